//! The low rule: three readings in a row at or below the mark, as Dash counts them, with hysteresis, so that a gauge that
//! flickers about its mark neither makes a slot low nor ends it.

use super::Fold;
use crate::endpoint::Slot;
use crate::measure::Milli;
use crate::replenish::LOW_READINGS;
use chrono::{DateTime, Utc};

impl Fold {
    /// The low rule counts readings in a row at or below the mark, as Dash does; one above it starts again. Once there
    /// were enough of them, only a reading clearly above the mark ends it, and not a jump that nobody has confirmed.
    pub(super) fn judge_low(&mut self, slot: &Slot, at: DateTime<Utc>, left: Option<Milli>) {
        if below_mark(slot, left) {
            self.state.low_streak = self.state.low_streak.saturating_add(1);
            self.state.low_since.get_or_insert(at);
            return;
        }
        let doubted = self.state.rise.as_ref().is_some_and(|rise| !rise.confirmed);
        let clearly = !doubted && left.is_none_or(|left| slot.clearly_above_low(left));
        if self.state.low_streak < LOW_READINGS || clearly {
            self.state.low_streak = 0;
            self.state.low_since = None;
        }
    }

    /// Stock was added or counted: above the mark ends a low spell.
    pub(super) fn judge_stock(&mut self, slot: &Slot) {
        let above =
            matches!((self.state.left(slot), slot.low_mark()), (Some(left), Some(mark)) if left > mark);
        if above {
            self.state.low_streak = 0;
            self.state.low_since = None;
        }
    }
}

pub(super) fn below_mark(slot: &Slot, left: Option<Milli>) -> bool {
    matches!((left, slot.low_mark()), (Some(left), Some(mark)) if left <= mark)
}
