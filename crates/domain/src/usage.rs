//! Use over time: what was used in each week or month, what is not known of it, and what it cost. Amounts are summed
//! exactly from the use by day and never between kinds; a period that was observed only in part says so, and one that
//! nobody observed has no amount at all rather than a zero.
//!
//! Days are those of the [`DayBook`](crate::fold::DayBook): UTC days. Weeks begin on the day the region says, months
//! are those of the calendar.

mod cost;

pub use cost::{DayCost, Told, cost_by_day};

use crate::ledger::Money;
use crate::measure::{Amount, AmountError, Milli, Unit};
use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What use is summed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum By {
    /// Seven days from the region's first day of the week.
    Week,
    /// A month of the calendar.
    Month,
}

/// A week or month: its first and last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First day.
    pub first: NaiveDate,
    /// Last day, not before `first`.
    pub last: NaiveDate,
}

impl Span {
    /// The week or month that `day` lies in, or none at the ends of the calendar.
    pub fn of(by: By, week_start: Weekday, day: NaiveDate) -> Option<Self> {
        match by {
            By::Week => {
                let since = day.weekday().days_since(week_start);
                let first = day.checked_sub_days(Days::new(u64::from(since)))?;
                Some(Self { first, last: first.checked_add_days(Days::new(6))? })
            }
            By::Month => {
                let first = day.with_day(1)?;
                Some(Self { first, last: first.checked_add_months(Months::new(1))?.pred_opt()? })
            }
        }
    }

    /// Days in it.
    pub fn days(&self) -> u32 {
        u32::try_from((self.last - self.first).num_days() + 1).unwrap_or(0)
    }

    /// Whether `day` lies in it.
    pub fn holds(&self, day: NaiveDate) -> bool {
        (self.first..=self.last).contains(&day)
    }
}

/// The whole weeks or months that the days from `from` to `to` touch, oldest first, at most `limit` of them; none when
/// `to` lies before `from`.
pub fn spans(by: By, week_start: Weekday, from: NaiveDate, to: NaiveDate, limit: usize) -> Vec<Span> {
    let first = Span::of(by, week_start, from).filter(|_| from <= to);
    let following = |span: &Span| span.last.succ_opt().and_then(|day| Span::of(by, week_start, day));
    std::iter::successors(first, following).take_while(|span| span.first <= to).take(limit).collect()
}

/// The first day of the last `count` weeks or months, the one of `today` included.
pub fn first_of_last(by: By, week_start: Weekday, today: NaiveDate, count: u32) -> NaiveDate {
    let back = count.saturating_sub(1);
    let start = Span::of(by, week_start, today).map_or(today, |span| span.first);
    let moved = match by {
        By::Week => start.checked_sub_days(Days::new(7 * u64::from(back))),
        By::Month => start.checked_sub_months(Months::new(back)),
    };
    moved.unwrap_or(start)
}

/// What is known of one slot's use, in thousandths of its unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Use of each day that had any, by days since 1970.
    pub used: BTreeMap<i32, Milli>,
    /// First day anything was observed.
    pub first: Option<i32>,
    /// Last day anything was observed.
    pub last: Option<i32>,
    /// What the use of each day cost.
    pub cost: BTreeMap<i32, DayCost>,
}

/// What was used in one span.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Used {
    /// How much, in thousandths of the slot's unit; absent when nobody observed any of its days.
    pub amount: Option<Milli>,
    /// Days of the span that lie between the first and the last observation.
    pub observed: u32,
    /// All its days were observed, and it is over.
    pub whole: bool,
    /// What it cost as far as prices are known, one sum a currency, by its code. Never added to one another.
    pub cost: Vec<Money>,
    /// The part of `amount` whose price nobody recorded.
    pub unpriced: Milli,
}

/// What was used in each span, as seen on the day `today`.
pub fn used_in(history: &History, spans: &[Span], today: NaiveDate) -> Vec<Used> {
    spans.iter().map(|span| used(history, *span, today)).collect()
}

fn used(history: &History, span: Span, today: NaiveDate) -> Used {
    let (first, last) = (day_number(span.first), day_number(span.last));
    let days = || first..=last;
    let sum = history.used.range(days()).fold(0, |sum: Milli, (_, used)| sum.saturating_add(*used));
    let observed = match (history.first, history.last) {
        (Some(from), Some(to)) => {
            let (from, to) = (from.max(first), to.min(last).min(day_number(today)));
            u32::try_from(i64::from(to) - i64::from(from) + 1).unwrap_or(0)
        }
        _ => 0,
    };
    let mut total = DayCost::default();
    for (_, day) in history.cost.range(days()) {
        total.add(day);
    }
    Used {
        amount: (observed > 0 || sum > 0).then_some(sum),
        observed,
        whole: observed == span.days() && span.last < today,
        cost: total.sums(),
        unpriced: total.unpriced,
    }
}

/// Days since 1970, the key of a day book.
fn day_number(day: NaiveDate) -> i32 {
    day.to_epoch_days()
}

/// All of `uses` together: amounts and costs summed, observed days too. Whole only if each of them is.
pub fn total(uses: &[Used]) -> Used {
    let mut cost = DayCost::default();
    let mut sum = Used { whole: !uses.is_empty(), ..Used::default() };
    for used in uses {
        sum.amount = match (sum.amount, used.amount) {
            (Some(a), Some(b)) => Some(a.saturating_add(b)),
            (a, b) => a.or(b),
        };
        sum.observed = sum.observed.saturating_add(used.observed);
        sum.whole &= used.whole;
        cost.add_money(&used.cost);
        cost.unpriced = cost.unpriced.saturating_add(used.unpriced);
    }
    Used { cost: cost.sums(), unpriced: cost.unpriced, ..sum }
}

/// The mean use of the whole spans among `uses` and how many they are, or none without any. Rounded half to even at
/// the third decimal.
pub fn mean(uses: &[Used]) -> Option<(Milli, u32)> {
    let whole: Vec<Milli> = uses.iter().filter(|used| used.whole).filter_map(|used| used.amount).collect();
    let count = u32::try_from(whole.len()).ok().filter(|count| *count > 0)?;
    let sum: i128 = whole.iter().map(|amount| i128::from(*amount)).sum();
    let mean = crate::measure::div_half_even(sum, i128::from(count));
    Milli::try_from(mean).ok().map(|mean| (mean, count))
}

/// Amounts of one kind, in whatever units, added up exactly and told in `unit`: rounded once, at the end.
///
/// # Errors
/// `OtherKind` when one of them measures something else than `unit`, `TooLarge` if the sum does not fit.
pub fn add_up(amounts: impl IntoIterator<Item = Amount>, unit: Unit) -> Result<Amount, AmountError> {
    let wanted = unit.measurement();
    let mut sum = 0i128;
    for amount in amounts {
        let got = amount.unit.measurement();
        if got != wanted {
            return Err(AmountError::OtherKind { wanted, got });
        }
        let exact = i128::from(amount.milli).checked_mul(amount.unit.factor());
        sum = exact.and_then(|exact| sum.checked_add(exact)).ok_or(AmountError::TooLarge)?;
    }
    let milli = crate::measure::div_half_even(sum, unit.factor());
    Milli::try_from(milli).map(|milli| Amount::new(milli, unit)).map_err(|_| AmountError::TooLarge)
}

#[cfg(test)]
mod tests;
