//! A slot's status read off its ledger's fold, in the units of the marketplace (S2, protocols 8.1): lives are told as
//! percentages, which is how the service counts filters; stock that is poured is told as an opened pack and full ones.

use super::request::SlotStatus;
use crate::endpoint::Slot;
use crate::fold::SlotState;
use crate::market::Marketplace;
use crate::measure::{Amount, Measurement, Milli};
use chrono::{DateTime, Utc};

/// All of it, in thousandths of a percent.
const ALL: Milli = 100_000;

impl SlotStatus {
    /// The status of a slot. `expected`: when the next order is expected to be needed, by the forecast; never before the
    /// last use. None where the level, what a full one holds, or the last use is not known: half a status is not sent.
    pub fn of(slot: &Slot, state: &SlotState, expected: DateTime<Utc>, market: Marketplace) -> Option<Self> {
        let last_use = state.used_at?;
        let left = state.left(slot)?.max(0);
        let (remaining, original, on_hand) = if slot.pooled() {
            let pack = slot.pack.max(1);
            // A stock of whole packs has one of them opened.
            let opened = if left == 0 { 0 } else { (left - 1) % pack + 1 };
            (opened, pack, left - opened)
        } else {
            let full = state.capacity.or(slot.full()).filter(|full| *full > 0)?;
            let spares = i64::from(state.spares(slot).unwrap_or(0));
            (left, full, spares.checked_mul(full)?)
        };
        let told = |milli: Milli| -> Option<Milli> {
            if slot.measurement() == Measurement::Duration {
                return Milli::try_from(i128::from(milli) * i128::from(ALL) / i128::from(original)).ok();
            }
            market.amount(Amount::new(milli, slot.unit)).ok().map(|amount| amount.milli)
        };
        Some(Self {
            expected_replenishment: expected.max(last_use),
            remaining: told(remaining)?,
            original: told(original)?,
            on_hand: told(on_hand)?,
            last_use,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::{SensorKind, SupplyKind};
    use crate::measure::Unit;
    use crate::testing::{START, day, ink, pods, slot};
    use proptest::prelude::*;

    fn state(level: Option<i64>, shelf: i64) -> SlotState {
        SlotState { level, shelf, used_at: Some(START), ..SlotState::default() }
    }

    #[test]
    fn every_kind_of_slot_has_a_status() {
        let detergent =
            Slot { pack: 2_000, ..slot(SensorKind::Usage, SupplyKind::Detergent, Unit::Liter, None) };
        let filter = slot(SensorKind::LevelUsage, SupplyKind::Filter, Unit::Hour, Some(150));
        let tank = slot(SensorKind::Level, SupplyKind::Ink, Unit::Milliliter, Some(500));
        for (slot, state, market, wanted) in [
            (&detergent, state(None, 5_000), Marketplace::De, (1_000, 2_000, 4_000)),
            (&detergent, state(None, 4_000), Marketplace::De, (2_000, 2_000, 2_000)),
            (&detergent, state(Some(0), 0), Marketplace::De, (0, 2_000, 0)),
            (&detergent, state(None, 2_000), Marketplace::Us, (67_628, 67_628, 0)),
            (&pods(SensorKind::Usage), state(None, 50_000), Marketplace::Us, (10_000, 40_000, 40_000)),
            (&ink(), state(Some(45_000), 2_000), Marketplace::It, (45_000, 100_000, 200_000)),
            (&filter, state(Some(30_000), 1_000), Marketplace::Jp, (20_000, 100_000, 100_000)),
            (&tank, state(Some(250_000), 0), Marketplace::Fr, (250, 500, 0)),
        ] {
            let status = SlotStatus::of(slot, &state, day(3.0), market).unwrap();
            assert_eq!((status.remaining, status.original, status.on_hand), wanted, "{:?}", slot.unit);
            assert_eq!(status.checked(false, day(1.0)), Ok(status));
        }
    }

    #[test]
    fn half_a_status_is_none() {
        let of = |state: &SlotState| SlotStatus::of(&ink(), state, day(3.0), Marketplace::De);
        assert_eq!(of(&state(None, 0)), None, "the level is not known");
        assert_eq!(of(&SlotState { used_at: None, ..state(Some(1), 0) }), None, "never used");
        let bottle = slot(SensorKind::Level, SupplyKind::Ink, Unit::Milliliter, None);
        assert_eq!(
            SlotStatus::of(&bottle, &state(Some(1), 0), day(3.0), Marketplace::De),
            None,
            "no capacity"
        );
        let late = SlotStatus::of(&ink(), &state(Some(1), 0), day(-9.0), Marketplace::De).unwrap();
        assert_eq!(late.expected_replenishment, START, "never before the last use");
    }

    proptest! {
        #[test]
        fn the_opened_pack_and_the_full_ones_are_what_there_is(left in 0..10_000_000i64, pack in 1..1_000_000i64) {
            let slot = Slot { pack, ..pods(SensorKind::Usage) };
            let status = SlotStatus::of(&slot, &state(Some(0), left), day(3.0), Marketplace::De).unwrap();
            prop_assert_eq!(status.remaining + status.on_hand, left);
            prop_assert_eq!(status.on_hand % pack, 0);
            prop_assert!(status.checked(false, day(1.0)).is_ok());
        }
    }
}
