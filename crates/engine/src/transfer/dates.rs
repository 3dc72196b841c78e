//! Dates as tables write them: ISO 8601, RFC 3339, `21.11.2026`, `21/11/2026`, `11/21/2026`, `2026年11月21日`, seconds or
//! milliseconds since 1970. Only the order in dates with strokes is ever a question, and it is asked, not guessed, unless
//! the file answers it.

use crate::view::Dates;
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta};

/// A moment as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The day.
    pub day: NaiveDate,
    /// The time of day, if it is said.
    pub time: Option<NaiveTime>,
    /// The zone, if it is said.
    pub zone: Option<FixedOffset>,
}

/// What a date with strokes says about its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strokes {
    /// It has none, or is no date.
    None,
    /// It may be either.
    Either,
    /// Only this.
    Only(Dates),
}

/// The three numbers of a date with what parts them, and what follows.
struct Parts<'a> {
    numbers: [u32; 3],
    digits: [usize; 3],
    mark: char,
    rest: &'a str,
}

fn parts(text: &str) -> Option<Parts<'_>> {
    let (mut numbers, mut digits, mut mark) = ([0u32; 3], [0usize; 3], None);
    let mut rest = text;
    for at in 0..3 {
        let length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at(length);
        *numbers.get_mut(at)? = number.parse().ok().filter(|_| length <= 4)?;
        *digits.get_mut(at)? = length;
        rest = after;
        let mut chars = rest.chars();
        match chars.next() {
            Some(c @ ('.' | '/' | '-')) if at < 2 && mark.is_none_or(|mark| mark == c) => {
                mark = Some(c);
                // `21. 11. 2026`
                rest = chars.as_str().trim_start();
            }
            Some('年' | '月') if at < 2 => {
                mark = Some('年');
                rest = chars.as_str();
            }
            Some('日') if at == 2 => rest = chars.as_str(),
            Some('.') if at == 2 => rest = chars.as_str(),
            _ if at < 2 => return None,
            _ => {}
        }
    }
    Some(Parts { numbers, digits, mark: mark?, rest })
}

/// What a date says about the order of day and month.
pub fn strokes(text: &str) -> Strokes {
    let Some(Parts { numbers: [a, b, _], digits: [first, ..], mark, .. }) = parts(text.trim()) else {
        return Strokes::None;
    };
    match (a, b) {
        _ if first > 2 || !matches!(mark, '/' | '-') => Strokes::None,
        (13..=31, 1..=12) => Strokes::Only(Dates::DayFirst),
        (1..=12, 13..=31) => Strokes::Only(Dates::MonthFirst),
        (1..=12, 1..=12) if a != b => Strokes::Either,
        _ => Strokes::None,
    }
}

/// Reads a moment; `order` is how dates with strokes are written.
pub fn read(text: &str, order: Option<Dates>) -> Option<Moment> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return number(text);
    }
    let Parts { numbers: [a, b, c], digits: [first, _, last], mark, rest } = parts(text)?;
    let year = |number: u32, digits: usize| match digits {
        4 => i32::try_from(number).ok(),
        2 => i32::try_from(number).ok().map(|year| 2000 + year),
        _ => None,
    };
    let (year, month, day) = match (first, mark, order) {
        (4, _, _) => (year(a, 4)?, b, c),
        (_, '.', _) => (year(c, last)?, b, a),
        (_, '/' | '-', Some(Dates::DayFirst)) => (year(c, last)?, b, a),
        (_, '/' | '-', Some(Dates::MonthFirst)) => (year(c, last)?, a, b),
        // Day and month are the same: the order does not matter.
        (_, '/' | '-', None) if a == b => (year(c, last)?, a, b),
        _ => return None,
    };
    let day = NaiveDate::from_ymd_opt(year, month, day)?;
    let rest = rest.trim_start_matches([',', ' ', 'T', 't', '\u{a0}']);
    let (time, zone) =
        if rest.is_empty() { (None, None) } else { time(rest).map(|(time, zone)| (Some(time), zone))? };
    Some(Moment { day, time, zone })
}

/// Reads a time of day alone.
pub fn clock(text: &str) -> Option<NaiveTime> {
    time(text.trim()).map(|(time, _)| time)
}

/// Eight digits are a day, more are seconds or milliseconds since 1970.
fn number(text: &str) -> Option<Moment> {
    if text.len() == 8 {
        return NaiveDate::parse_from_str(text, "%Y%m%d").ok().map(|day| Moment {
            day,
            time: None,
            zone: None,
        });
    }
    let number: i64 = text.parse().ok()?;
    let at = match text.len() {
        9 | 10 => DateTime::from_timestamp(number, 0)?,
        12 | 13 => DateTime::from_timestamp_millis(number)?,
        _ => return None,
    };
    let zone = FixedOffset::east_opt(0)?;
    Some(Moment { day: at.date_naive(), time: Some(at.time()), zone: Some(zone) })
}

/// `18:22`, `18:22:11.5`, `6:22 PM`, each with `Z`, `UTC`, `+01:00` or `+0100`.
fn time(text: &str) -> Option<(NaiveTime, Option<FixedOffset>)> {
    let digits = |text: &mut &str, most: usize| -> Option<u32> {
        let length = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, rest) = text.split_at(length);
        *text = rest;
        number.parse().ok().filter(|_| (1..=most).contains(&length))
    };
    let mut rest = text;
    let mut hour = digits(&mut rest, 2)?;
    rest = rest.strip_prefix([':', '.', 'h'])?;
    let minute = digits(&mut rest, 2)?;
    let (mut second, mut milli) = (0, 0);
    if let Some(after) = rest.strip_prefix(':') {
        rest = after;
        second = digits(&mut rest, 2)?;
        if let Some(after) = rest.strip_prefix(['.', ',']) {
            let length = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            let (fraction, after) = after.split_at(length);
            milli = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
            rest = after;
        }
    }
    let lower = rest.trim().to_ascii_lowercase().replace(['.', '\u{a0}', '\u{202f}'], "");
    let mut rest = lower.as_str();
    if let Some((noon, after)) =
        [("am", 0), ("pm", 12)].iter().find_map(|(word, noon)| Some((*noon, rest.strip_prefix(word)?)))
    {
        hour = (1..=12).contains(&hour).then_some(hour % 12 + noon)?;
        rest = after.trim_start();
    }
    let zone = match rest {
        "" => None,
        "z" | "utc" | "gmt" => FixedOffset::east_opt(0),
        offset => Some(offset_of(offset)?),
    };
    Some((NaiveTime::from_hms_milli_opt(hour, minute, second, milli)?, zone))
}

fn offset_of(text: &str) -> Option<FixedOffset> {
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits = text.get(1..)?.replace(':', "");
    let (hours, minutes): (i32, i32) = match digits.len() {
        2 => (digits.parse().ok()?, 0),
        4 => (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?),
        _ => return None,
    };
    FixedOffset::east_opt(
        sign * i32::try_from(TimeDelta::minutes(i64::from(hours * 60 + minutes)).num_seconds()).ok()?,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str, order: Option<Dates>) -> Option<String> {
        read(text, order).map(|moment| moment.day.to_string())
    }

    #[test]
    fn dates_of_every_kind_are_read() {
        let cases = [
            ("2026-11-03", None, "2026-11-03"),
            ("2026/11/3", None, "2026-11-03"),
            ("20261103", None, "2026-11-03"),
            ("3.11.2026", None, "2026-11-03"),
            ("03.11.26", None, "2026-11-03"),
            ("3. 11. 2026", None, "2026-11-03"),
            ("2026年11月3日", None, "2026-11-03"),
            ("3/11/2026", Some(Dates::DayFirst), "2026-11-03"),
            ("11/3/2026", Some(Dates::MonthFirst), "2026-11-03"),
            ("3-11-2026", Some(Dates::DayFirst), "2026-11-03"),
            ("11/11/2026", None, "2026-11-11"),
            ("1793664000", None, "2026-11-03"),
        ];
        for (text, order, expected) in cases {
            assert_eq!(day(text, order).as_deref(), Some(expected), "{text}");
        }
        for bad in [
            "",
            "soon",
            "3/11/2026",
            "31.02.2026",
            "2026-13-01",
            "1/2",
            "3.11.226",
            "2026-11-03 25:00",
            "11/3.2026",
        ] {
            assert_eq!(day(bad, None), None, "{bad}");
        }
        assert_eq!(day("25/12/2026", Some(Dates::MonthFirst)), None);
    }

    #[test]
    fn times_and_zones_are_read() {
        let at =
            |text| read(text, None).map(|m| (m.time.unwrap().to_string(), m.zone.map(|z| z.to_string())));
        let z = |zone: &str| Some(zone.to_owned());
        assert_eq!(at("2026-11-03T18:22:11.500Z"), Some(("18:22:11.500".into(), z("+00:00"))));
        assert_eq!(at("2026-11-03 18:22"), Some(("18:22:00".into(), None)));
        assert_eq!(at("2026-11-03 6:22 p.m."), Some(("18:22:00".into(), None)));
        assert_eq!(at("3.11.2026, 12:00 AM"), Some(("00:00:00".into(), None)));
        assert_eq!(at("2026-11-03T18:22:11+01:00"), Some(("18:22:11".into(), z("+01:00"))));
        assert_eq!(at("2026-11-03 18:22 yesterday"), None);
        assert_eq!(clock("7:05"), NaiveTime::from_hms_opt(7, 5, 0));
    }

    #[test]
    fn strokes_tell_what_they_can() {
        assert_eq!(strokes("13/11/2026"), Strokes::Only(Dates::DayFirst));
        assert_eq!(strokes("11/13/2026 10:00"), Strokes::Only(Dates::MonthFirst));
        assert_eq!(strokes("11/03/2026"), Strokes::Either);
        for clear in ["2026/11/03", "3.11.2026", "x", "11/11/2026"] {
            assert_eq!(strokes(clear), Strokes::None, "{clear}");
        }
    }
}
