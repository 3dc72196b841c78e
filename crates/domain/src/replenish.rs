//! What to do next about a slot, and where it stands among the others. One rule each, in the order of `ui.md`
//! section 4. What Amazon told of orders and reordering is an input like the forecast; without an account it is nothing.

mod policy;
pub mod replay;

pub use policy::{DELIVERY_DAYS_MAX, MARGIN_DAYS, PAUSED_DAYS, Policy, Quiet, Rule};

use crate::endpoint::Slot;
use crate::fold::{Rise, SlotState};
use crate::forecast::{Forecast, RunOut};
use crate::measure::Milli;
use crate::orders::{AtAmazon, Coming, Reorder};
use chrono::{DateTime, TimeDelta, Utc};

/// Low readings in a row that make a slot low, as Dash counts them.
pub const LOW_READINGS: u32 = 3;

/// Days of the lane on the Supplies screen.
pub const LANE_DAYS: i64 = 42;

/// This close to its end a slot asks to be ordered although Amazon should reorder it: an order takes about six hours to be
/// placed (protocols 2.6), and nothing says that one will be (ours).
pub const AMAZON_MISSED: TimeDelta = TimeDelta::days(3);

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
    /// An order is under way.
    Comes {
        /// How far it is.
        coming: Coming,
        /// It comes after the likely end, and nothing else is there.
        late: bool,
        /// The end.
        run_out: Option<RunOut>,
    },
    /// Low, and Amazon reorders it by itself.
    AmazonReorders {
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
    amazon: AtAmazon,
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
            // What was only asked for is not ordered.
            let sure = amazon.coming.filter(|coming| !matches!(coming, Coming::Requested { .. }));
            return sure.map_or(NextAction::EmptyNoSpare, |coming| comes(coming, Some(now), run_out));
        }
    }
    if let Some(rise) = &state.rise {
        return NextAction::ConfirmRise(rise.clone());
    }
    if let Some(coming) = amazon.coming {
        return comes(coming, run_out.filter(|_| !spare).map(|run_out| run_out.likely), run_out);
    }
    if spare {
        return quiet();
    }
    let by = policy.order_by(slot, state, forecast, now);
    let low = is_low(state);
    if let Some(Reorder::On { .. }) = amazon.reorder {
        let missed = run_out.is_some_and(|run_out| run_out.likely <= now + AMAZON_MISSED);
        if !missed {
            return if low { NextAction::AmazonReorders { run_out } } else { quiet() };
        }
    }
    if low || by.is_some_and(|by| by <= now) {
        return NextAction::OrderBy { by, run_out };
    }
    quiet()
}

/// An order under way, for what ends at `end`. One without a date is not said to be late.
fn comes(coming: Coming, end: Option<DateTime<Utc>>, run_out: Option<RunOut>) -> NextAction {
    let late = match (coming, coming.arrives()) {
        (Coming::Overdue { .. }, _) => end.is_some(),
        (_, arrives) => end.zip(arrives).is_some_and(|(end, arrives)| end < arrives),
    };
    NextAction::Comes { coming, late, run_out }
}

#[cfg(test)]
mod tests;
