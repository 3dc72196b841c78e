//! Where use is counted, where cycles end, and how coarse a gauge is: what the record of past dates and the sentence
//! "why" are made of.

use super::{Fold, PERCENT_FULL, SUDDEN, SlotState};
use crate::measure::Milli;
use chrono::{DateTime, Utc};

/// Ends of cycles that are kept: each is compared with three dates, and the last twenty comparisons judge the band.
const ENDS_KEPT: usize = 24;

/// A gauge whose levels are all multiples of so much has coarse steps (thousandths of a percent).
const COARSE: Milli = 5_000;

impl SlotState {
    /// The step of a coarse gauge, once two changes have shown it.
    pub fn step(&self) -> Option<Milli> {
        self.grain.filter(|grain| *grain >= COARSE && *grain < PERCENT_FULL && self.changes >= 2)
    }
}

impl Fold {
    pub(super) fn use_between(&mut self, from: DateTime<Utc>, to: DateTime<Utc>, amount: Milli) {
        if amount > 0 {
            self.days.spread(from, to, amount);
            self.state.changes = self.state.changes.saturating_add(1);
            self.state.used_at = Some(to);
        }
    }

    /// A cycle ended. What is told twice within a day (the replacement, and the rise that shows it) ended once.
    pub(super) fn end_cycle(&mut self, at: DateTime<Utc>) {
        if self.state.ends.last().is_some_and(|last| at - *last < SUDDEN) {
            return;
        }
        self.state.ends.push(at);
        if self.state.ends.len() > ENDS_KEPT {
            self.state.ends.remove(0);
        }
    }
}

/// The largest number that both are multiples of.
pub(super) fn common_step(a: Milli, b: Milli) -> Milli {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
