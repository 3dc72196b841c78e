//! When to order: Amazon's rule or ours, the days a delivery takes, and how long a slot is to be quiet. All of it is
//! arithmetic on a forecast that was made elsewhere; nothing here says when something ends.

use crate::endpoint::{SensorKind, Slot};
use crate::fold::SlotState;
use crate::forecast::{Forecast, RunOut};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Days that our rule keeps in hand beyond the delivery (`forecast.md`: replays with early end ≤ delivery + 2).
pub const MARGIN_DAYS: u16 = 2;

/// Days by which a slot asks earlier while its reordering is paused: nothing comes by itself (ours).
pub const PAUSED_DAYS: i64 = 7;

/// The longest delivery that can be set, in days.
pub const DELIVERY_DAYS_MAX: u16 = 90;

/// By which rule a slot asks to be ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Rule {
    /// Amazon's: what is left is at most the burn rate times the days in hand (7).
    Amazon,
    /// Ours, with one end in twenty coming before the delivery.
    Careful,
    /// Ours, with one in ten.
    #[default]
    Normal,
    /// Ours, with one in four.
    Thrifty,
}

impl Rule {
    /// The chance, in percent, that it ends before a delivery ordered on the last day; absent for Amazon's rule, which
    /// knows no chances.
    pub fn risk_percent(self) -> Option<u8> {
        match self {
            Self::Amazon => None,
            Self::Careful => Some(5),
            Self::Normal => Some(10),
            Self::Thrifty => Some(25),
        }
    }

    /// How far the early end at this risk lies from the likely one on a logarithmic scale, where the early end of the
    /// forecast (10 %) lies at 1: ratios of the normal law's quantiles.
    fn reach(self) -> f64 {
        match self {
            Self::Amazon => 0.0,
            Self::Careful => 1.644_854 / 1.281_552,
            Self::Normal => 1.0,
            Self::Thrifty => 0.674_490 / 1.281_552,
        }
    }

    /// The early end at this rule's risk, in the unit of `earliest` (10 %) and `likely` (50 %). It is read off the band
    /// alone, so that it fits whatever law made it: through both goes one log-normal law, which lies within a hundredth
    /// of the way between them of the first-passage law at 5 % and 25 %. Never after the likely end.
    pub fn early(self, earliest: f64, likely: f64) -> f64 {
        if earliest <= 0.0 || likely <= earliest {
            return earliest.min(likely);
        }
        likely * (earliest / likely).powf(self.reach())
    }
}

/// How long a slot is to be quiet, beside [`Slot::muted`] (until it is replaced).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", content = "at", rename_all = "snake_case")]
pub enum Quiet {
    /// Until this moment.
    Until(DateTime<Utc>),
    /// For ever.
    Always,
}

impl Quiet {
    /// Whether it is still to be quiet.
    pub fn holds(self, now: DateTime<Utc>) -> bool {
        match self {
            Self::Until(end) => now < end,
            Self::Always => true,
        }
    }
}

/// What the person wants for one slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The rule.
    pub rule: Rule,
    /// Days from ordering to having it, for our rule.
    pub delivery_days: u16,
    /// Days of use to keep in hand, for Amazon's rule: it orders at inventory ≤ burn rate × 7 days.
    pub days_in_hand: u16,
    /// Whether it is to be quiet.
    pub quiet: Option<Quiet>,
    /// Amazon reordered it by itself, and that was stopped: it asks [`PAUSED_DAYS`] earlier.
    pub paused: bool,
}

impl Policy {
    /// When to have ordered at the latest; absent where the forecast says no end.
    ///
    /// Amazon's rule: [`Self::days_in_hand`] before the day on which the stated amount is used up at the mean pace (the
    /// likely end where only replacements tell the pace). Ours: the delivery and [`MARGIN_DAYS`] before the
    /// [early end](RunOut::early). [`PAUSED_DAYS`] earlier where [reordering is paused](Self::paused).
    pub fn order_by(
        &self,
        slot: &Slot,
        state: &SlotState,
        forecast: &Forecast,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let Forecast::Dated { run_out, rate, .. } = forecast else { return None };
        let paused = if self.paused { PAUSED_DAYS } else { 0 };
        if self.rule != Rule::Amazon {
            let ahead = i64::from(self.delivery_days.saturating_add(MARGIN_DAYS)) + paused;
            return run_out.early(self.rule, now).checked_sub_signed(TimeDelta::days(ahead));
        }
        let mean_end = rate.zip(state.left(slot)).and_then(|(rate, left)| {
            let reports_uses = matches!(slot.sensor, SensorKind::Usage | SensorKind::LevelUsage);
            let stated = state.level_at.filter(|_| !reports_uses).map_or(now, |at| at.min(now));
            after(stated, exact(left.max(0)) / rate.per_day)
        });
        let ahead = i64::from(self.days_in_hand) + paused;
        mean_end.unwrap_or(run_out.likely).checked_sub_signed(TimeDelta::days(ahead))
    }
}

impl RunOut {
    /// The [early end](Rule::early) at a rule's risk; never before `now`.
    pub fn early(&self, rule: Rule, now: DateTime<Utc>) -> DateTime<Utc> {
        let days = |at: DateTime<Utc>| exact((at - now).num_minutes()) / 1440.0;
        let early = rule.early(days(self.earliest), days(self.likely)).max(0.0);
        after(now, early).unwrap_or(self.earliest)
    }
}

fn after(start: DateTime<Utc>, days: f64) -> Option<DateTime<Utc>> {
    #[expect(clippy::cast_possible_truncation, reason = "twenty years of minutes at most; saturates")]
    let minutes = (days * 1440.0).clamp(0.0, 10_512_000.0).round() as i64;
    start.checked_add_signed(TimeDelta::minutes(minutes))
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn exact(number: i64) -> f64 {
    number as f64
}
