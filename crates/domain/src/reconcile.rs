//! Why two figures for the same thing differ: the entries that lie between them. Whatever was recorded, the steps of an
//! explanation sum to the difference exactly; what no entry makes is said to be just that.

use crate::ids::EntryId;
use crate::measure::Milli;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A figure and when it was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// Thousandths of the unit it is told in.
    pub amount: Milli,
    /// When it was stated.
    pub at: DateTime<Utc>,
}

/// What made a part of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Cause {
    /// A person counted something else.
    Counted {},
    /// Bought since.
    Bought {},
    /// An order arrived since.
    Received {},
    /// A new one went in.
    Replaced {},
    /// One was taken off the shelf.
    TakenOut {},
    /// A reading of the device.
    Read {},
    /// Used since, as the device told.
    Used {
        /// In so many entries.
        count: u32,
    },
    /// Packs were opened for use since.
    Opened {
        /// In so many entries.
        count: u32,
    },
    /// No entry says what it was.
    Unrecorded {},
}

/// One part of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The entry that made it; the last one of several uses in a row, none for what no entry makes.
    pub entry: Option<EntryId>,
    /// When it happened.
    pub at: Option<DateTime<Utc>>,
    /// What it was.
    pub cause: Cause,
    /// What it adds to the difference, in thousandths.
    pub change: Milli,
}

/// A difference between two figures, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The later figure less the earlier one; the changes of `steps` sum to it.
    pub amount: Milli,
    /// What makes it, in the order it happened.
    pub steps: Vec<Step>,
}

/// Explains how `from`, stated at its moment, became `to`, the figure of now.
///
/// `steps` are what the entries since did, in any order; those at or before `from.at` are part of `from` already unless
/// `same_moment` says that they came after it. Uses, and openings, that follow each other become one step. A rest that no
/// entry makes is the last step, of cause `rest`.
pub fn explain(
    from: Figure,
    to: Milli,
    steps: impl IntoIterator<Item = Step>,
    same_moment: impl Fn(&Step) -> bool,
    rest: Cause,
) -> Difference {
    let amount = to.saturating_sub(from.amount);
    let mut since: Vec<Step> = steps
        .into_iter()
        .filter(|step| step.change != 0)
        .filter(|step| step.at.is_some_and(|at| at > from.at || (at == from.at && same_moment(step))))
        .collect();
    since.sort_by_key(|step| (step.at, step.entry));
    let mut told: Vec<Step> = Vec::with_capacity(since.len() + 1);
    for step in since {
        match (told.last_mut(), step.cause) {
            (Some(last), Cause::Used { count }) if let Cause::Used { count: before } = last.cause => {
                *last = Step {
                    cause: Cause::Used { count: before.saturating_add(count) },
                    change: last.change.saturating_add(step.change),
                    ..step
                };
            }
            (Some(last), Cause::Opened { count }) if let Cause::Opened { count: before } = last.cause => {
                *last = Step {
                    cause: Cause::Opened { count: before.saturating_add(count) },
                    change: last.change.saturating_add(step.change),
                    ..step
                };
            }
            _ => told.push(step),
        }
    }
    let explained = told.iter().fold(0, |sum: Milli, step| sum.saturating_add(step.change));
    let unexplained = amount.saturating_sub(explained);
    if unexplained != 0 {
        told.push(Step { entry: None, at: None, cause: rest, change: unexplained });
    }
    Difference { amount, steps: told }
}

#[cfg(test)]
mod tests;
