//! What to do next about a slot, and where it stands among the others. One rule each, in the order of `ui.md`
//! section 4; orders and subscriptions join it when an account is linked.

mod policy;
pub mod replay;

pub use policy::{DELIVERY_DAYS_MAX, MARGIN_DAYS, Policy, Quiet, Rule};

use crate::endpoint::Slot;
use crate::fold::{Rise, SlotState};
use crate::forecast::{Forecast, RunOut};
use crate::measure::Milli;
use chrono::{DateTime, TimeDelta, Utc};

/// Low readings in a row that make a slot low, as Dash counts them.
pub const LOW_READINGS: u32 = 3;

/// Days of the lane on the Supplies screen.
pub const LANE_DAYS: i64 = 42;

/// At or below this share of a full one a slot is as good as empty.
const NEARLY_EMPTY: (Milli, Milli) = (2, 100);

/// What happens next.
#[derive(Debug, Clone, PartialEq)]
pub enum NextAction {
    /// Empty, as good as empty, or so by tomorrow, and a spare lies ready.
    ReplaceNow {
        /// It is empty already.
        empty: bool,
    },
    /// Empty, and nothing on the shelf.
    EmptyNoSpare,
    /// Somebody must say what a rise was.
    ConfirmRise(Rise),
    /// Order, because it is low or the moment has come.
    OrderBy {
        /// When to have ordered, by [`Policy::order_by`]; absent where no end can be said.
        by: Option<DateTime<Utc>>,
        /// The end.
        run_out: Option<RunOut>,
    },
    /// Nothing to do until then.
    Runs(RunOut),
    /// Nothing can be said; the forecast says why.
    Unknown,
}

/// Whether a slot is low: [`LOW_READINGS`] in a row at or below its mark, or a person's count where nothing measures.
///
/// Before it is low, one reading above the mark starts the count again. Once it is low, a level that flickers about the
/// mark does not end it. What does: a reading [clearly above](crate::endpoint::Slot::clearly_above_low) the mark that
/// is not a jump nobody has confirmed; a jump that a second reading or a person confirmed; a replacement; stock that a
/// person counted or bought to above the mark.
pub fn is_low(state: &SlotState) -> bool {
    state.low_streak >= LOW_READINGS
}

/// What happens next with a slot.
pub fn next_action(
    slot: &Slot,
    state: &SlotState,
    forecast: &Forecast,
    policy: Policy,
    now: DateTime<Utc>,
) -> NextAction {
    let run_out = match forecast {
        Forecast::Dated { run_out, .. } => Some(*run_out),
        Forecast::Learning { .. }
        | Forecast::Unused { .. }
        | Forecast::LevelUnknown { .. }
        | Forecast::NotCounted => None,
    };
    let quiet = || run_out.map_or(NextAction::Unknown, NextAction::Runs);
    if slot.muted || policy.quiet.is_some_and(|until| until.holds(now)) {
        return quiet();
    }
    let spare = state.spares(slot).is_some_and(|spares| spares > 0);
    // A device that only says that some is left is not empty, whatever it said before.
    if let Some(left) = state.left(slot).filter(|_| !state.some_left) {
        let empty = left <= 0;
        let nearly = slot.full().is_some_and(|full| left <= full / NEARLY_EMPTY.1 * NEARLY_EMPTY.0);
        let tomorrow = run_out.is_some_and(|r| r.likely <= now + TimeDelta::days(1));
        if spare && (empty || nearly || tomorrow) {
            return NextAction::ReplaceNow { empty };
        }
        if empty {
            return NextAction::EmptyNoSpare;
        }
    }
    if let Some(rise) = &state.rise {
        return NextAction::ConfirmRise(rise.clone());
    }
    if spare {
        return quiet();
    }
    let by = policy.order_by(slot, state, forecast, now);
    if is_low(state) || by.is_some_and(|by| by <= now) {
        return NextAction::OrderBy { by, run_out };
    }
    quiet()
}

#[cfg(test)]
mod tests;
