//! When replenishment IDs are due: within seven business days of the request (protocols 7.1). Saturdays and Sundays are
//! left out; which holidays Amazon keeps is not documented, so that a countdown is a day or two short at most, never
//! long.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// Business days Amazon takes at most.
pub const WORKING_DAYS: u32 = 7;

/// How long an ID may still take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Countdown {
    /// The last day, if no holiday lies between.
    #[cfg_attr(feature = "ts", ts(type = "string"))]
    pub due: NaiveDate,
    /// Business days from today to then; none left on the day itself.
    pub left: u32,
    /// The day has passed.
    pub overdue: bool,
}

fn works(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

fn next(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX)
}

/// The seventh business day after the request.
pub fn due(requested: NaiveDate) -> NaiveDate {
    let (mut day, mut passed) = (requested, 0);
    while passed < WORKING_DAYS && day < NaiveDate::MAX {
        day = next(day);
        passed += u32::from(works(day));
    }
    day
}

/// How long an ID that was requested on a day may still take.
pub fn countdown(requested: NaiveDate, today: NaiveDate) -> Countdown {
    let due = due(requested);
    let (mut day, mut left) = (today.max(requested), 0);
    while day < due {
        day = next(day);
        left += u32::from(works(day));
    }
    Countdown { due, left, overdue: today > due }
}
