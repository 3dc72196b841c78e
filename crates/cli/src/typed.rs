//! What people type: amounts with their unit, days, and the words of an option. A unit is never guessed; a number is
//! read as the person's region writes it, and judged by the engine like the same number in a form.

use crate::failure::Failure;
use chrono::{NaiveDate, TimeDelta};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use refill_domain::locale::{Locale, format_number, unit_label, units_for};
use refill_domain::measure::{Amount, AmountError, Measurement, Unit};
use refill_domain::spelling::{TypedAmountError, parse_amount, parse_unit};
use refill_engine::error::{Code, Error};
use refill_engine::form::Typed;
use refill_engine::household::bad_amount;
use serde::de::DeserializeOwned;
use std::str::FromStr;

/// An amount in the form the engine reads.
pub fn form(amount: Amount, locale: Locale) -> Typed {
    Typed { text: format_number(amount.milli, locale), unit: amount.unit }
}

/// The amount a person typed for a slot of this kind; a bare number takes `unit`, if one goes without saying.
///
/// # Errors
/// `bad_amount` at the field.
pub fn amount(
    field: &str,
    text: &str,
    kind: Measurement,
    unit: Option<Unit>,
    locale: Locale,
) -> Result<Typed, Failure> {
    let hint = || units_for(kind, locale).iter().map(|unit| unit_label(*unit, locale)).collect::<Vec<_>>();
    let bad = |message: String| Failure::from(Error::new(Code::BadAmount, message).at(field));
    let amount = parse_amount(text, locale, kind).or_else(|cause| match (cause, unit) {
        (TypedAmountError::UnitMissing, Some(unit)) => refill_domain::locale::parse_number(text, locale)
            .map(|milli| Amount::new(milli, unit))
            .map_err(|cause| bad_amount(cause).at(field).into()),
        (TypedAmountError::UnitMissing, None) => {
            Err(bad(format!("Write the unit too, one of: {}.", hint().join(", "))))
        }
        (TypedAmountError::Number(cause), _) => Err(bad_amount(cause).at(field).into()),
        (TypedAmountError::Unit(unknown), _) => match unknown.spells.first() {
            Some(other) => {
                let wanted = AmountError::OtherKind { wanted: kind, got: other.measurement() };
                let message = bad_amount(wanted).message;
                Err(bad(format!("{message} Use one of: {}.", hint().join(", "))))
            }
            None => {
                let unit: String = unknown.text.chars().take(40).collect();
                Err(bad(format!("“{unit}” is no unit Refill knows; use one of: {}.", hint().join(", "))))
            }
        },
    })?;
    Ok(form(amount, locale))
}

/// The unit a text spells, of any kind; `oz` could be two and is refused.
///
/// # Errors
/// What to write instead.
pub fn unit(text: &str) -> Result<Unit, String> {
    if let Some(unit) = Unit::ALL.iter().find(|unit| unit.wire() == text.trim()) {
        return Ok(*unit);
    }
    let kinds = [
        Measurement::Count,
        Measurement::Percentage,
        Measurement::Volume,
        Measurement::Weight,
        Measurement::Duration,
    ];
    let meant: Vec<Unit> = kinds.iter().filter_map(|kind| parse_unit(text, *kind).ok()).collect();
    match meant.as_slice() {
        [unit] => Ok(*unit),
        [] => {
            Err(format!("“{text}” is no unit Refill knows; use count, percent, ml, l, g, kg, h or another"))
        }
        several => {
            let names: Vec<&str> = several.iter().map(|unit| unit.wire()).collect();
            Err(format!("“{text}” could be several units; write {}", names.join(" or ")))
        }
    }
}

/// A day as typed: `2026-11-20`, `today` or `yesterday`.
///
/// # Errors
/// `bad_date` at `on`.
pub fn day(text: &str, today: NaiveDate) -> Result<NaiveDate, Failure> {
    match text.trim().to_lowercase().as_str() {
        "today" => Ok(today),
        "yesterday" => Ok(today - TimeDelta::days(1)),
        text => NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| {
            let message = "Write the day as 2026-11-20, or today, or yesterday.";
            Error::new(Code::BadDate, message).at("on").into()
        }),
    }
}

/// A word of the engine's vocabulary as an option writes it: `coffee-machine` for `coffee_machine`.
pub fn word<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text.to_lowercase().replace('-', "_"))).ok()
}

/// An option that takes one of the engine's words.
pub fn words<T>(all: &'static [&'static str]) -> impl TypedValueParser<Value = T>
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(all).try_map(|text| word(&text).ok_or("this word has no meaning here"))
}

/// An id as an option's value.
///
/// # Errors
/// What an id looks like.
pub fn id<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| "an id is a UUID, such as uuidgen prints".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, kind: Measurement) -> Result<Typed, String> {
        amount("f", text, kind, None, Locale::EnGb).map_err(|failure| failure.message)
    }

    #[test]
    fn amounts_need_their_unit_and_it_is_never_guessed() {
        let typed = |text: &str, unit| Typed { text: text.to_owned(), unit };
        assert_eq!(read("1.5 l", Measurement::Volume), Ok(typed("1.5", Unit::Liter)));
        assert_eq!(read("40 oz", Measurement::Weight), Ok(typed("40", Unit::Ounce)));
        assert_eq!(read("40 oz", Measurement::Volume), Ok(typed("40", Unit::UsFluidOunce)));
        assert_eq!(read("3", Measurement::Count), Ok(typed("3", Unit::Count)));
        for (text, kind, says) in [
            ("620", Measurement::Volume, "Write the unit too"),
            ("5 oz", Measurement::Count, "measures something else"),
            ("1 kg", Measurement::Volume, "measures something else"),
            ("1 wombat", Measurement::Weight, "no unit Refill knows"),
            ("NaN", Measurement::Count, "Enter a number"),
            ("1000000000000", Measurement::Count, "more than there can be"),
            ("1e12 ml", Measurement::Volume, "no unit Refill knows"),
        ] {
            let told = read(text, kind).unwrap_err();
            assert!(told.contains(says), "{text}: {told}");
        }
        let bare = amount("f", "1,500", Measurement::Volume, Some(Unit::Milliliter), Locale::EnGb);
        assert_eq!(bare.unwrap(), typed("1,500", Unit::Milliliter));
    }

    #[test]
    fn units_of_two_kinds_are_asked_back() {
        assert_eq!(unit("ML"), Ok(Unit::Milliliter));
        assert_eq!(unit("OUNCE"), Ok(Unit::Ounce));
        assert!(unit("oz").unwrap_err().contains("US_FLUID_OUNCE or OUNCE"));
        assert!(unit("wombat").is_err());
    }

    #[test]
    fn days_are_days() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        assert_eq!(day("yesterday", today).unwrap().to_string(), "2026-02-28");
        assert_eq!(day("Today", today).unwrap(), today);
        assert_eq!(day("2026-02-28", today).unwrap().to_string(), "2026-02-28");
        for text in ["", "2026-02-30", "tomorrow", "28.2.2026"] {
            assert_eq!(day(text, today).unwrap_err().field.as_deref(), Some("on"), "{text}");
        }
    }
}
