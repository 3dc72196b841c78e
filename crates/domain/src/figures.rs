//! Numbers and moments as they stand in JSON between clouds. An amount leaves as the shortest number that means exactly
//! its thousandths, and comes back as the same thousandths; a moment is UTC, to the millisecond.

use crate::measure::{AMOUNT_MAX, Milli};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Number, Value};

/// Thousandths as a JSON number: `2500` is `2.5`, `3000` is `3`. Exact for everything up to
/// [`AMOUNT_MAX`], because fifteen digits survive a binary number.
pub fn number(milli: Milli) -> Number {
    if milli % 1000 == 0 {
        return Number::from(milli / 1000);
    }
    #[expect(clippy::cast_precision_loss, reason = "whole below 2^53; the quotient prints as it was divided")]
    Number::from_f64(milli as f64 / 1000.0).unwrap_or_else(|| Number::from(milli / 1000))
}

/// The thousandths of a JSON number, or of a text that is a plain number (Amazon's tables call some values String,
/// protocols 2.5). Further decimals are rounded half to even. None for anything else, and beyond a billion.
pub fn milli(value: &Value) -> Option<Milli> {
    match value {
        Value::Number(number) => decimal(&plain(number)),
        Value::String(text) if text.len() <= 40 => decimal(text.trim()),
        _ => None,
    }
}

/// The number without an exponent.
fn plain(number: &Number) -> String {
    number
        .as_i64()
        .map_or_else(|| format!("{}", number.as_f64().unwrap_or(f64::NAN)), |whole| whole.to_string())
}

fn decimal(text: &str) -> Option<Milli> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || !all_digits(whole) || !all_digits(rest) {
        return None;
    }
    let kept: String = format!("{rest:0<3}").chars().take(3).collect();
    let mut milli = whole.parse::<i64>().ok()? * 1000 + kept.parse::<i64>().ok()?;
    let beyond = rest.get(3..).unwrap_or_default().trim_end_matches('0');
    let up = match beyond.cmp("5") {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => milli % 2 == 1,
        std::cmp::Ordering::Greater => true,
    };
    milli += i64::from(up);
    (milli <= AMOUNT_MAX).then_some(sign * milli)
}

/// A moment as Amazon's documents write it: `2026-09-01T07:30:00.000Z` (protocols 2.1: UTC, at most three decimals).
pub fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A moment that came in: ISO 8601 with any offset, in whole milliseconds.
pub fn moment(value: &Value) -> Option<DateTime<Utc>> {
    let text = value.as_str().filter(|text| text.len() <= 40)?;
    let at = DateTime::parse_from_rfc3339(text.trim()).ok()?;
    DateTime::from_timestamp_millis(at.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn numbers_are_written_as_people_would() {
        for (thousandths, text) in [
            (0, "0"),
            (3_000, "3"),
            (2_500, "2.5"),
            (1, "0.001"),
            (-70_000, "-70"),
            (123_456_789_012, "123456789.012"),
        ] {
            assert_eq!(number(thousandths).to_string(), text);
        }
    }

    #[test]
    fn numbers_are_read_exactly_or_not_at_all() {
        let cases = [
            (json!(103), Some(103_000)),
            (json!(5.0), Some(5_000)),
            (json!(3.5), Some(3_500)),
            (json!("3.5"), Some(3_500)),
            (json!(-1), Some(-1_000)),
            (json!(0.0005), Some(0)),
            (json!(0.0015), Some(2)),
            (json!(0.00251), Some(3)),
            (json!(0.0025), Some(2)),
            (json!(1e9), Some(AMOUNT_MAX)),
            (json!(1_000_000_001), None),
            (json!(1e308), None),
            (json!(i64::MIN), None),
            (json!(u64::MAX), None),
            (json!("1e5"), None),
            (json!("1,5"), None),
            (json!("."), None),
            (json!(""), None),
            (json!(null), None),
            (json!(true), None),
            (json!([1]), None),
        ];
        for (value, wanted) in cases {
            assert_eq!(milli(&value), wanted, "{value}");
        }
    }

    #[test]
    fn moments_are_utc_to_the_millisecond() {
        let at = moment(&json!("2018-02-03T17:20:50.5299+01:00")).unwrap();
        assert_eq!(stamp(at), "2018-02-03T16:20:50.529Z");
        for bad in [json!("2018-02-03"), json!("now"), json!(1_517_674_850), json!("x".repeat(100_000))] {
            assert_eq!(moment(&bad), None);
        }
    }

    proptest! {
        #[test]
        fn an_amount_comes_back_as_it_left(thousandths in -AMOUNT_MAX..=AMOUNT_MAX) {
            let sent = serde_json::to_string(&number(thousandths)).unwrap();
            prop_assert_eq!(milli(&serde_json::from_str(&sent).unwrap()), Some(thousandths), "{}", sent);
        }

        #[test]
        fn no_number_breaks_it(any: f64, text in "[-0-9.eE+ ]{0,30}") {
            let _ = milli(&json!(any));
            let _ = milli(&json!(text));
            let _ = moment(&json!(text));
        }
    }
}
