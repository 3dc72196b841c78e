//! Days, ranges, months and times of day. The year is written only where it is not the present one; `today` says
//! which that is. "Today" and "tomorrow" are words, and the caller's choice.

use super::Locale;
use super::data::{Habits, fill, habits};
use chrono::{Datelike, NaiveDate, NaiveTime, Timelike, Weekday};

/// Weekday and day: `Thu 3 Dec`.
pub fn day(date: NaiveDate, today: NaiveDate, locale: Locale) -> String {
    let habits = habits(locale);
    let short = short_day(date, today, locale);
    fill(&habits.weekday_day, &[("w", weekday(date, locale)), ("s", &short)])
}

/// Day and month: `3 Dec`, for `between … and …`. Where the year goes without saying, as on an axis, `today` may
/// be the date itself.
pub fn short_day(date: NaiveDate, today: NaiveDate, locale: Locale) -> String {
    short(date, date.year() != today.year(), habits(locale))
}

/// Both ends of a span of days, for tables and labels (sentences say it in words): `30 Nov – 8 Dec`, `3–8 Dec`,
/// or the one day. The order of the two does not matter. A year both ends share is written once.
pub fn day_range(one: NaiveDate, other: NaiveDate, today: NaiveDate, locale: Locale) -> String {
    let habits = habits(locale);
    let (from, to) = (one.min(other), one.max(other));
    if from == to {
        return short_day(from, today, locale);
    }
    let same_year = from.year() == to.year();
    let (from_year, to_year) = (from.year() != today.year(), to.year() != today.year());
    if same_year && from.month() == to.month() {
        let pattern = if from_year { &habits.same_month_year } else { &habits.same_month };
        let (d, e) = (day_number(from, habits), day_number(to, habits));
        let year = from.year().to_string();
        return fill(pattern, &[("d", &d), ("e", &e), ("m", short_month(from, locale)), ("y", &year)]);
    }
    let a = short(from, from_year && (!same_year || habits.year_first), habits);
    let b = short(to, to_year && (!same_year || !habits.year_first), habits);
    fill(&habits.range, &[("a", &a), ("b", &b)])
}

fn short(date: NaiveDate, with_year: bool, habits: &Habits) -> String {
    let pattern = if with_year { &habits.short_day_year } else { &habits.short_day };
    let month = habits.months.get(date.month0() as usize).map_or("", String::as_str);
    fill(pattern, &[("d", &day_number(date, habits)), ("m", month), ("y", &date.year().to_string())])
}

fn day_number(date: NaiveDate, habits: &Habits) -> String {
    if date.day() == 1 { habits.first_day.clone() } else { date.day().to_string() }
}

/// Abbreviated weekday: `Thu`.
pub fn weekday(date: NaiveDate, locale: Locale) -> &'static str {
    let index = date.weekday().num_days_from_monday() as usize;
    habits(locale).weekdays.get(index).map_or("", String::as_str)
}

/// Month in full, as within a sentence: `December`, `décembre`.
pub fn month(date: NaiveDate, locale: Locale) -> &'static str {
    habits(locale).month_names.get(date.month0() as usize).map_or("", String::as_str)
}

/// Month in full and its year: `December 2027`.
pub fn month_year(date: NaiveDate, locale: Locale) -> String {
    fill(&habits(locale).month_year, &[("M", month(date, locale)), ("y", &date.year().to_string())])
}

/// Month in full, as seen from today: with the year unless it is this month or one of the eleven to come, which
/// a bare name can't be mistaken for.
pub fn month_from(date: NaiveDate, today: NaiveDate, locale: Locale) -> String {
    let months = |d: NaiveDate| i64::from(d.year()) * 12 + i64::from(d.month0());
    if (0..12).contains(&(months(date) - months(today))) {
        month(date, locale).to_owned()
    } else {
        month_year(date, locale)
    }
}

/// Abbreviated month: `Dec`.
pub fn short_month(date: NaiveDate, locale: Locale) -> &'static str {
    habits(locale).months.get(date.month0() as usize).map_or("", String::as_str)
}

/// Hours and minutes, of 24 or 12 hours; seconds are cut off.
pub fn clock(time: NaiveTime, locale: Locale) -> String {
    let habits = habits(locale);
    let (afternoon, hour12) = time.hour12();
    let [before_noon, after_noon] = &habits.day_parts;
    fill(
        &habits.clock,
        &[
            ("HH", &format!("{:02}", time.hour())),
            ("H", &time.hour().to_string()),
            ("h", &hour12.to_string()),
            ("mm", &format!("{:02}", time.minute())),
            ("p", if afternoon { after_noon } else { before_noon }),
        ],
    )
}

/// The day weeks begin with.
pub fn week_start(locale: Locale) -> Weekday {
    habits(locale).week_start.unwrap_or(Weekday::Mon)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn spaced(text: &str) -> String {
        text.replace('\u{a0}', " ")
    }

    #[test]
    fn the_year_is_written_once_and_only_if_it_is_another() {
        let today = date(2026, 11, 21);
        let cases = [
            (date(2026, 12, 3), date(2026, 12, 8), "3–8 Dec", "12月3日～8日"),
            (date(2027, 1, 3), date(2027, 1, 8), "3–8 Jan 2027", "2027年1月3日～8日"),
            (date(2027, 1, 30), date(2027, 2, 8), "30 Jan – 8 Feb 2027", "2027年1月30日～2月8日"),
            (date(2026, 12, 30), date(2027, 1, 8), "30 Dec – 8 Jan 2027", "12月30日～2027年1月8日"),
            (date(2025, 12, 30), date(2026, 1, 8), "30 Dec 2025 – 8 Jan", "2025年12月30日～1月8日"),
            (
                date(2027, 12, 30),
                date(2028, 1, 8),
                "30 Dec 2027 – 8 Jan 2028",
                "2027年12月30日～2028年1月8日",
            ),
            (date(2026, 12, 3), date(2026, 12, 3), "3 Dec", "12月3日"),
        ];
        for (a, b, english, japanese) in cases {
            assert_eq!(spaced(&day_range(a, b, today, Locale::EnGb)), english);
            assert_eq!(spaced(&day_range(b, a, today, Locale::JaJp)), japanese);
        }
    }

    #[test]
    fn a_bare_month_is_never_mistaken() {
        let today = date(2026, 11, 21);
        let from = |d| spaced(&month_from(d, today, Locale::EnGb));
        assert_eq!(from(date(2026, 11, 1)), "November");
        assert_eq!(from(date(2027, 3, 1)), "March");
        assert_eq!(from(date(2027, 10, 31)), "October");
        assert_eq!(from(date(2027, 11, 1)), "November 2027");
        assert_eq!(from(date(2026, 10, 31)), "October 2026");
        assert_eq!(spaced(&month_year(today, Locale::EsEs)), "noviembre de 2026");
        assert_eq!(month_year(today, Locale::JaJp), "2026年11月");
    }

    #[test]
    fn noon_and_midnight_are_twelve() {
        let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 59).unwrap();
        let cases = [
            (at(0, 0), "12:00 AM", "12:00 a.m.", "00:00", "0:00"),
            (at(12, 30), "12:30 PM", "12:30 p.m.", "12:30", "12:30"),
            (at(23, 59), "11:59 PM", "11:59 p.m.", "23:59", "23:59"),
        ];
        for (time, us, spanish_us, german, japanese) in cases {
            assert_eq!(spaced(&clock(time, Locale::EnUs)), us);
            assert_eq!(spaced(&clock(time, Locale::EsUs)), spanish_us);
            assert_eq!(clock(time, Locale::DeDe), german);
            assert_eq!(clock(time, Locale::JaJp), japanese);
        }
    }

    proptest! {
        #[test]
        fn every_date_can_be_written(a in -90_000_000i32..90_000_000, b in -900_000i32..900_000) {
            let (Some(a), Some(b)) = (
                NaiveDate::from_num_days_from_ce_opt(a),
                NaiveDate::from_num_days_from_ce_opt(b),
            ) else { return Ok(()) };
            for &locale in Locale::ALL {
                for text in [day(a, b, locale), day_range(a, b, b, locale), month_from(a, b, locale)] {
                    prop_assert!(!text.is_empty() && !text.contains(['{', '}']), "{text}");
                }
            }
        }
    }
}
