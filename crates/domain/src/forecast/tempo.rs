//! Days that are not as usual: marked absences, and what a person wants to try out (guests, a holiday, another device).
//! Usual days of use are mapped to days of the calendar; the mapping only rises, so a band keeps its order.

use crate::fold::utc_day;
use chrono::{DateTime, Utc};

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// Days on which nobody was there, both included, in days since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Away {
    /// The first.
    pub first: i32,
    /// The last.
    pub last: i32,
}

impl Away {
    /// Whether this day is one of them.
    pub fn holds(&self, day: i32) -> bool {
        (self.first..=self.last).contains(&day)
    }
}

/// A time in which use differs, in days from the moment the stock was stated.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Span {
    from: f64,
    to: f64,
    factor: f64,
}

/// How fast use goes compared with usual.
#[derive(Debug, Clone, PartialEq)]
pub struct Tempo {
    spans: Vec<Span>,
    factor: f64,
}

impl Tempo {
    /// As usual.
    pub const USUAL: Self = Self { spans: Vec::new(), factor: 1.0 };

    /// This many more devices that use the same, each as much as the one there is.
    pub fn more_devices(mut self, devices: u32) -> Self {
        self.factor *= 1.0 + f64::from(devices);
        self
    }

    /// `guests` join `people` from now on for `days`; each uses as much as one of them.
    pub fn guests(mut self, guests: u32, people: u32, days: u32) -> Self {
        let factor = 1.0 + f64::from(guests) / f64::from(people.max(1));
        self.spans.push(Span { from: 0.0, to: f64::from(days), factor });
        self
    }

    /// The same with absences that are not over at `now`, told from the moment `stated`. What was planned begins at
    /// `now`. An absence before `stated` says nothing about what is left.
    pub(super) fn without(&self, away: &[Away], stated: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let today = utc_day(now);
        let offset = |day: i64| days_between(stated, day * DAY_MS);
        let start = days_between(stated, now.timestamp_millis()).max(0.0);
        let moved =
            self.spans.iter().map(|span| Span { from: span.from + start, to: span.to + start, ..*span });
        let gone = away.iter().filter(|away| away.last >= utc_day(stated).min(today)).map(|away| Span {
            from: offset(i64::from(away.first)),
            to: offset(i64::from(away.last) + 1),
            factor: 0.0,
        });
        Self { spans: moved.chain(gone).collect(), factor: self.factor }
    }

    /// Days of the calendar after which as much is used as in `usual` days.
    pub fn calendar(&self, usual: f64) -> f64 {
        if self.spans.is_empty() || usual <= 0.0 {
            return usual / self.factor;
        }
        let mut edges: Vec<f64> = self.spans.iter().flat_map(|span| [span.from, span.to]).collect();
        edges.retain(|edge| *edge > 0.0);
        edges.sort_by(f64::total_cmp);
        let (mut at, mut rest) = (0.0, usual);
        for edge in edges {
            let used = (edge - at) * self.factor_at(f64::midpoint(at, edge));
            if used >= rest && used > 0.0 {
                return at + (edge - at) * rest / used;
            }
            rest -= used;
            at = edge;
        }
        at + rest / self.factor
    }

    fn factor_at(&self, day: f64) -> f64 {
        let spans = self.spans.iter().filter(|span| span.from <= day && day < span.to);
        spans.fold(self.factor, |factor, span| factor * span.factor)
    }
}

/// Days from a moment to another, in milliseconds since 1970.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of some years are exact")]
fn days_between(from: DateTime<Utc>, to_ms: i64) -> f64 {
    to_ms.saturating_sub(from.timestamp_millis()) as f64 / DAY_MS as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} {b}");
    }

    #[test]
    fn guests_devices_and_holidays_move_the_date() {
        near(Tempo::USUAL.calendar(10.0), 10.0);
        near(Tempo::USUAL.more_devices(1).calendar(10.0), 5.0);
        // Two guests with two people: ten days of stock, six of them go in three days.
        let guests = Tempo::USUAL.guests(2, 2, 3);
        near(guests.calendar(4.0), 2.0);
        near(guests.calendar(10.0), 7.0);
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(100);
        let holiday = [Away { first: 102, last: 108 }];
        let tempo = Tempo::USUAL.without(&holiday, now, now);
        near(tempo.calendar(1.0), 1.0);
        near(tempo.calendar(2.0), 2.0);
        near(tempo.calendar(3.0), 10.0);
        let over = Tempo::USUAL.without(&[Away { first: 80, last: 90 }], now, now);
        near(over.calendar(5.0), 5.0);
        let told_earlier = guests.without(&[], now - TimeDelta::days(1), now);
        near(told_earlier.calendar(1.0), 1.0);
        near(told_earlier.calendar(3.0), 2.0);
    }

    #[test]
    fn a_later_day_of_use_is_never_an_earlier_day() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(100);
        let away = [Away { first: 99, last: 104 }, Away { first: 103, last: 110 }];
        let tempo = Tempo::USUAL.guests(3, 1, 5).more_devices(2).without(&away, now, now);
        let days: Vec<f64> = (0..400).map(|n| tempo.calendar(f64::from(n) / 10.0)).collect();
        assert!(days.is_sorted());
        assert_eq!(days[0], 0.0);
    }
}
