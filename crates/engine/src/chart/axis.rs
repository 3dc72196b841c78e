//! Where lines and ticks stand: a round scale of amounts from zero, and the starts of local months or weeks. Both are pure
//! arithmetic; the words beside them come from [`ChartWords`].

use super::ChartWords;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, TimeDelta, Weekday};

/// Amounts above this are drawn as this: nothing a household uses reaches it, and floats stay exact.
pub(crate) const LARGEST: f64 = 1e15;

/// The amounts at which lines stand: `0, step, … top`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scale {
    pub lines: Vec<f64>,
}

impl Scale {
    /// From zero to a round number not below `highest`, with four to six lines. `whole` units (pods, filters) never get
    /// a line between two numbers. A `highest` that is zero, tiny or no number counts as one.
    pub(crate) fn new(highest: f64, whole: bool) -> Self {
        let highest = if highest.is_finite() && highest > 1e-9 { highest.min(LARGEST) } else { 1.0 };
        let (steps, mantissa, power) = [5_u8, 4, 3]
            .into_iter()
            .map(|steps| {
                let (mantissa, power) = round_step(highest / f64::from(steps), whole);
                (steps, mantissa, power)
            })
            // The tightest scale; of equal ones the one with more lines, which comes first.
            .min_by(|a, b| top(*a).total_cmp(&top(*b)))
            .unwrap_or((4, 2.5, -1));
        Self { lines: (0..=steps).map(|line| multiple(line, mantissa, power)).collect() }
    }

    /// The topmost line.
    pub(crate) fn top(&self) -> f64 {
        self.lines.last().copied().unwrap_or(1.0)
    }
}

fn top((steps, mantissa, power): (u8, f64, i32)) -> f64 {
    multiple(steps, mantissa, power)
}

/// `line × mantissa × 10^power`, as the float nearest to the decimal number (0.3, not 0.30000000000000004).
fn multiple(line: u8, mantissa: f64, power: i32) -> f64 {
    let value = f64::from(line) * mantissa;
    if power < 0 { value / 10_f64.powi(-power) } else { value * 10_f64.powi(power) }
}

/// The smallest of 1, 2, 2.5, 5 × a power of ten that is at least `least`.
fn round_step(least: f64, whole: bool) -> (f64, i32) {
    let least = if whole { least.max(1.0) } else { least };
    let power = least.log10().floor() as i32;
    for power in [power - 1, power, power + 1] {
        for mantissa in [1.0, 2.0, 2.5, 5.0] {
            let step = multiple(1, mantissa, power);
            if step >= least * (1.0 - 1e-9) && (!whole || step.fract() == 0.0) {
                return (mantissa, power);
            }
        }
    }
    (1.0, power + 1)
}

/// Milliseconds since 1970 in UTC as dates and times of a place, given its offset from UTC in seconds at an instant.
#[derive(Clone, Copy)]
pub(crate) struct Calendar<'a>(pub &'a dyn Fn(i64) -> i32);

/// First and last instant a chart can show (years 1900 and 9999): everything else is moved there.
pub(crate) const FIRST: i64 = -2_208_988_800_000;
pub(crate) const LAST: i64 = 253_370_764_800_000;

impl Calendar<'_> {
    fn offset_ms(self, at: i64) -> i64 {
        // No place is further than 18 hours from UTC.
        i64::from((self.0)(at)).clamp(-64_800, 64_800) * 1_000
    }

    /// The local date and time of an instant.
    pub(crate) fn local(self, at: i64) -> NaiveDateTime {
        let at = at.clamp(FIRST, LAST);
        DateTime::from_timestamp_millis(at + self.offset_ms(at)).unwrap_or_default().naive_utc()
    }

    /// The first instant of a local day, also where the clock is put forward at midnight.
    pub(crate) fn start_of(self, day: NaiveDate) -> i64 {
        let wall = day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis();
        let guess = wall - self.offset_ms(wall);
        let start = wall - self.offset_ms(guess);
        if self.local(start).date() < day { guess.max(start + 3_600_000) } else { start }
    }

    /// The instant `months` calendar months before `at`, at the same local time.
    pub(crate) fn months_before(self, at: i64, months: u32) -> i64 {
        let local = self.local(at);
        let date = local.date().checked_sub_months(Months::new(months)).unwrap_or(local.date());
        let into_day = (local - local.date().and_time(chrono::NaiveTime::MIN)).num_milliseconds();
        (self.start_of(date) + into_day).min(at)
    }
}

/// A tick on the time axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tick {
    pub at: i64,
    pub label: String,
}

/// Most ticks on one axis.
const MOST_TICKS: usize = 64;

/// Ticks at the local month starts in `from..=to`.
pub(crate) fn month_ticks(calendar: Calendar<'_>, words: &dyn ChartWords, from: i64, to: i64) -> Vec<Tick> {
    let day = calendar.local(from).date();
    ticks(
        calendar,
        day.with_day(1).unwrap_or(day),
        from,
        to,
        |day| day + Months::new(1),
        |day| words.month(day),
    )
}

/// Ticks at the local week starts in `from..=to`.
pub(crate) fn week_ticks(calendar: Calendar<'_>, words: &dyn ChartWords, from: i64, to: i64) -> Vec<Tick> {
    let day = calendar.local(from).date();
    let start = day.week(words.week_start()).checked_first_day().unwrap_or(day);
    ticks(calendar, start, from, to, |day| day + Days::new(7), |day| words.week(day))
}

fn ticks(
    calendar: Calendar<'_>,
    start: NaiveDate,
    from: i64,
    to: i64,
    next: impl Fn(NaiveDate) -> NaiveDate,
    label: impl Fn(NaiveDate) -> String,
) -> Vec<Tick> {
    std::iter::successors(Some(start), |day| Some(next(*day)))
        .take(MOST_TICKS)
        .map(|day| (day, calendar.start_of(day)))
        .take_while(|&(_, at)| at <= to)
        .filter(|&(_, at)| at >= from)
        .map(|(day, at)| Tick { at, label: label(day) })
        .collect()
}

/// The starts of the local days after `from` up to `to`, thinned to at most `most`.
pub(crate) fn days_after(calendar: Calendar<'_>, from: i64, to: i64, most: usize) -> Vec<i64> {
    let days = (to.saturating_sub(from) / 86_400_000).clamp(0, 100_000) as usize;
    let stride = days / most.max(1) + 1;
    let first = calendar.local(from).date();
    (1..=days + 1)
        .step_by(stride)
        .map(|day| calendar.start_of(first + TimeDelta::days(day as i64)))
        .take_while(|&at| at <= to)
        .take(most)
        .collect()
}

/// Monday in most of the world; locales that differ say so in their words.
pub(crate) const DEFAULT_WEEK_START: Weekday = Weekday::Mon;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn scales_by_table() {
        let table: [(f64, bool, &[f64]); 16] = [
            (2.41, false, &[0.0, 0.5, 1.0, 1.5, 2.0, 2.5]),
            (100.0, false, &[0.0, 20.0, 40.0, 60.0, 80.0, 100.0]),
            (97.0, false, &[0.0, 20.0, 40.0, 60.0, 80.0, 100.0]),
            (1500.0, false, &[0.0, 500.0, 1000.0, 1500.0]),
            (680.0, false, &[0.0, 250.0, 500.0, 750.0]),
            (16.0, false, &[0.0, 5.0, 10.0, 15.0, 20.0]),
            (0.3, false, &[0.0, 0.1, 0.2, 0.3]),
            (0.07, false, &[0.0, 0.025, 0.05, 0.075]),
            (12.0, true, &[0.0, 5.0, 10.0, 15.0]),
            (6.0, true, &[0.0, 2.0, 4.0, 6.0]),
            (1.0, true, &[0.0, 1.0, 2.0, 3.0]),
            (24.0, true, &[0.0, 5.0, 10.0, 15.0, 20.0, 25.0]),
            (0.0, false, &[0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
            (0.0, true, &[0.0, 1.0, 2.0, 3.0]),
            (f64::NAN, false, &[0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
            (-3.0, false, &[0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        ];
        for (highest, whole, lines) in table {
            assert_eq!(Scale::new(highest, whole).lines, lines, "{highest} {whole}");
        }
    }

    proptest! {
        #[test]
        fn scales_hold_their_promise(highest in prop_oneof![0.0_f64..1e3, 1e-8..1e15_f64], whole: bool) {
            let scale = Scale::new(highest, whole);
            prop_assert!((4..=6).contains(&scale.lines.len()));
            prop_assert_eq!(scale.lines[0], 0.0);
            prop_assert!(scale.top() >= highest * (1.0 - 1e-8));
            prop_assert!(scale.lines.windows(2).all(|pair| pair[0] < pair[1]));
            // Not much air: the curve uses more than a third of the height (small whole numbers excepted).
            prop_assert!(highest <= 1e-9 || (whole && highest < 3.0) || scale.top() <= highest * 2.0);
            if whole {
                prop_assert!(scale.lines.iter().all(|line| line.fract() == 0.0));
            }
        }
    }

    /// Central European time in 2026: summer time from 29 March to 25 October, 01:00 UTC.
    fn berlin(at: i64) -> i32 {
        let (summer, winter) = (1_774_746_000_000, 1_792_890_000_000);
        if (summer..winter).contains(&at) { 7_200 } else { 3_600 }
    }

    struct Dates;
    impl ChartWords for Dates {
        fn axis(&self, _: f64, _: bool) -> String {
            String::new()
        }
        fn short_day(&self, day: NaiveDate) -> String {
            day.to_string()
        }
        fn month(&self, first: NaiveDate) -> String {
            first.to_string()
        }
        fn week(&self, first: NaiveDate) -> String {
            first.to_string()
        }
        fn today(&self) -> String {
            String::new()
        }
        fn title(&self) -> String {
            String::new()
        }
        fn description(&self) -> String {
            String::new()
        }
        fn kind(&self, _: super::super::MarkerKind) -> String {
            String::new()
        }
        fn forecast(&self) -> String {
            String::new()
        }
        fn reading(&self, _: NaiveDateTime, _: f64) -> String {
            String::new()
        }
        fn event(&self, _: NaiveDateTime, _: super::super::MarkerKind, _: &str, _: Option<f64>) -> String {
            String::new()
        }
        fn band(&self, _: NaiveDate, _: f64, _: f64, _: f64) -> String {
            String::new()
        }
    }

    fn utc(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
    }

    #[test]
    fn ticks_stand_at_local_starts_across_clock_changes() {
        let calendar = Calendar(&berlin);
        let (from, to) = (utc("2026-08-30T10:00:00Z"), utc("2026-12-19T00:00:00Z"));
        let months: Vec<_> =
            month_ticks(calendar, &Dates, from, to).into_iter().map(|t| (t.at, t.label)).collect();
        assert_eq!(
            months,
            [
                (utc("2026-08-31T22:00:00Z"), "2026-09-01".to_owned()),
                (utc("2026-09-30T22:00:00Z"), "2026-10-01".to_owned()),
                (utc("2026-10-31T23:00:00Z"), "2026-11-01".to_owned()),
                (utc("2026-11-30T23:00:00Z"), "2026-12-01".to_owned()),
            ]
        );
        let weeks = week_ticks(calendar, &Dates, utc("2026-10-20T00:00:00Z"), utc("2026-11-04T00:00:00Z"));
        assert_eq!(
            weeks.iter().map(|t| t.at).collect::<Vec<_>>(),
            [utc("2026-10-25T23:00:00Z"), utc("2026-11-01T23:00:00Z")]
        );
        assert_eq!(calendar.months_before(utc("2026-11-21T09:00:00Z"), 3), utc("2026-08-21T08:00:00Z"));
        // 31 March minus one month is the last of February.
        assert_eq!(calendar.months_before(utc("2026-03-31T08:00:00Z"), 1), utc("2026-02-28T09:00:00Z"));
    }

    #[test]
    fn a_midnight_that_does_not_exist_starts_at_one() {
        // Clock put forward at local midnight: 2026-10-18 00:00 becomes 01:00 (03:00 UTC at -3, then -2).
        let change = utc("2026-10-18T03:00:00Z");
        let zone = |at: i64| if at < change { -10_800 } else { -7_200 };
        let calendar = Calendar(&zone);
        assert_eq!(calendar.start_of(NaiveDate::from_ymd_opt(2026, 10, 18).unwrap()), change);
        assert_eq!(
            calendar.start_of(NaiveDate::from_ymd_opt(2026, 10, 19).unwrap()),
            utc("2026-10-19T02:00:00Z")
        );
    }

    #[test]
    fn days_are_thinned_and_bounded() {
        let calendar = Calendar(&berlin);
        let from = utc("2026-10-24T10:00:00Z");
        let days = days_after(calendar, from, utc("2026-10-27T10:00:00Z"), 400);
        assert_eq!(
            days,
            [utc("2026-10-24T22:00:00Z"), utc("2026-10-25T23:00:00Z"), utc("2026-10-26T23:00:00Z")]
        );
        assert!(days_after(calendar, from, from - 5, 400).is_empty());
        assert!(days_after(calendar, from, from + 4_000 * 86_400_000, 400).len() <= 400);
    }
}
