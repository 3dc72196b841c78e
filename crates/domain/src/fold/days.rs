//! Use by day, the forecast's only food: amounts are spread exactly, and what is too old to matter is forgotten, so
//! that neither memory nor time grows with the age of a household.

use crate::measure::Milli;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Days of use that are kept for the forecast; older days weigh less than a ten-thousandth in it.
pub const DAYS_KEPT: i32 = 400;

const DAY_MS: i64 = 86_400_000;

/// Use by UTC day, the forecast's only food. Weekly sums make the choice of midnight irrelevant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayBook {
    /// Use of each day that had any, by days since 1970.
    pub used: BTreeMap<i32, Milli>,
    /// First day anything was observed.
    pub first: Option<i32>,
    /// Last day anything was observed.
    pub last: Option<i32>,
}

/// The UTC day of an instant, in days since 1970.
pub fn utc_day(at: DateTime<Utc>) -> i32 {
    i32::try_from(at.timestamp_millis().div_euclid(DAY_MS)).unwrap_or(i32::MAX)
}

impl DayBook {
    /// Somebody looked at `at`: days from the first to the last look that had no use are days without use.
    pub(super) fn observe(&mut self, at: DateTime<Utc>) {
        let day = utc_day(at);
        self.first = Some(self.first.map_or(day, |first| first.min(day)));
        if self.last.is_none_or(|last| last < day) {
            self.last = Some(day);
            let oldest = day - DAYS_KEPT;
            if self.used.first_key_value().is_some_and(|(first, _)| *first < oldest) {
                self.used = self.used.split_off(&oldest);
            }
        }
    }

    /// Adds use to one day.
    pub(super) fn add(&mut self, day: i32, amount: Milli) {
        if amount > 0 && self.last.is_none_or(|last| day >= last - DAYS_KEPT) {
            let used = self.used.entry(day).or_default();
            *used = used.saturating_add(amount);
        }
    }

    /// Spreads use evenly over `(from, to]`, exactly: the parts of all days, forgotten ones included, sum to `amount`.
    pub(super) fn spread(&mut self, from: DateTime<Utc>, to: DateTime<Utc>, amount: Milli) {
        let (start, end) = (from.timestamp_millis().min(to.timestamp_millis()), to.timestamp_millis());
        let span = i128::from(end - start);
        if span == 0 {
            self.add(utc_day(to), amount);
            return;
        }
        let share = |ms: i64| i128::from(amount) * i128::from(ms - start) / span;
        let mut given = 0i128;
        // Days before those that are kept need no walk: their share is dropped in one step.
        let first_kept = (i64::from(utc_day(to)) - i64::from(DAYS_KEPT)).max(start.div_euclid(DAY_MS));
        if first_kept * DAY_MS > start {
            given = share(first_kept * DAY_MS);
        }
        for day in first_kept..=end.div_euclid(DAY_MS) {
            let until = ((day + 1) * DAY_MS).min(end);
            let upto = if until == end { i128::from(amount) } else { share(until) };
            let part = Milli::try_from(upto - given).unwrap_or(Milli::MAX);
            self.add(i32::try_from(day).unwrap_or(i32::MAX), part);
            given = upto;
            if until == end {
                break;
            }
        }
    }
}
