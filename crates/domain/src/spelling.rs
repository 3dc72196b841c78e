//! Units as devices, shops and people spell them (`protocols.md` section 8.2), and amounts as people type them. A
//! spelling two kinds share (`oz`) is decided by the slot's kind; one that means nothing in that kind is refused
//! and kept, never guessed.

use crate::locale::{Locale, in_number, parse_number, plain};
use crate::measure::{AMOUNT_MAX, Amount, AmountError, Measurement, Unit};
use std::collections::HashMap;
use std::sync::LazyLock;

pub use crate::locale::{unit_label, units_for};

/// Beyond wire names and the labels of the locales. Lower case, without full stops, single spaces.
const SPELLINGS: &[(Unit, &[&str])] = &[
    (Unit::Count, &["count", "counts", "ct", "piece", "pieces", "pc", "pcs", "unit", "units"]),
    (Unit::Count, &["pod", "pods", "sheet", "sheets", "stk", "unidad", "pièce", "pezzo", "枚", "本"]),
    (Unit::Percent, &["%", "percent", "per cent", "pct", "prozent", "por ciento", "pour cent", "per cento"]),
    (Unit::Liter, &["l", "lt", "ltr", "liter", "liters", "litre", "litres", "litro", "litros", "litri"]),
    (Unit::Liter, &["ℓ", "リットル"]),
    (Unit::Milliliter, &["ml", "milliliter", "milliliters", "millilitre", "millilitres", "ミリリットル"]),
    (Unit::CubicCentimeter, &["cc", "ccm", "cm3"]),
    (Unit::CubicMeter, &["m3"]),
    (Unit::CubicInch, &["in3"]),
    (Unit::CubicFoot, &["ft3"]),
    (Unit::CubicYard, &["yd3"]),
    (Unit::UsFluidOunce, &["oz", "ounce", "ounces", "onza", "onzas"]),
    (Unit::UsFluidOunce, &["fl oz", "floz", "oz fl", "fluid ounce", "fluid ounces"]),
    (Unit::UsFluidOunce, &["us fl oz", "us floz", "onza líquida", "onzas líquidas"]),
    (
        Unit::UkFluidOunce,
        &["uk fl oz", "uk floz", "imp fl oz", "imperial fluid ounce", "imperial fluid ounces"],
    ),
    // Amazon's Connect Kit spells these three differently from its schema (`protocols.md` section 2.8).
    (Unit::UkFluidOunce, &["uk_ounce"]),
    (Unit::UkFluidDram, &["uk_dram"]),
    (Unit::MetricTeaspoon, &["au_teaspoon"]),
    (Unit::UsFluidPint, &["us pint", "us pints"]),
    (Unit::UsFluidQuart, &["us quart", "us quarts"]),
    (Unit::UsFluidGallon, &["us gallon", "us gallons"]),
    (Unit::UkPint, &["uk pint", "uk pints", "imperial pint", "imperial pints"]),
    (Unit::UkGallon, &["uk gallon", "uk gallons", "imperial gallon", "imperial gallons"]),
    (Unit::Kilogram, &["kg", "kgs", "kilo", "kilos", "kilogram", "kilograms", "kilogramm", "kilogramme"]),
    (Unit::Kilogram, &["kilogrammes", "キロ", "キログラム"]),
    (Unit::Gram, &["g", "gr", "gram", "grams", "gramm", "gramme", "grammes", "gramo", "gramos"]),
    (Unit::Gram, &["grammo", "grammi", "グラム"]),
    (Unit::Milligram, &["mg", "milligram", "milligrams"]),
    (Unit::Microgram, &["ug", "mcg", "μg", "microgram", "micrograms"]),
    (Unit::Ounce, &["oz", "ounce", "ounces", "onza", "onzas"]),
    (Unit::Pound, &["lb", "lbs", "pound", "pounds", "libra", "libras"]),
    (Unit::Second, &["s", "sec", "secs", "second", "seconds"]),
    (Unit::Minute, &["min", "mins", "minute", "minutes", "minuten", "minuto", "minutos", "minuti"]),
    (Unit::Hour, &["h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden"]),
    (Unit::Hour, &["hora", "horas", "heure", "heures", "ora", "ore"]),
    (Unit::Day, &["d", "day", "days", "tag", "día", "jour", "giorno"]),
];

/// Longer text is no spelling of anything.
const LONGEST: usize = 40;

/// What each spelling of each kind means. Labels of the locales come first, so that what a form shows is always
/// read as what it means.
static MEANINGS: LazyLock<HashMap<(Measurement, String), Unit>> = LazyLock::new(|| {
    let mut meanings = HashMap::new();
    let mut learn = |text: &str, unit: Unit| {
        meanings.entry((unit.measurement(), folded(text))).or_insert(unit);
    };
    for &unit in Unit::ALL {
        learn(unit.wire(), unit);
        for &locale in Locale::ALL {
            learn(unit_label(unit, locale), unit);
        }
    }
    for (unit, texts) in SPELLINGS {
        for text in *texts {
            learn(text, *unit);
        }
    }
    meanings
});

const KINDS: [Measurement; 5] = [
    Measurement::Count,
    Measurement::Percentage,
    Measurement::Volume,
    Measurement::Weight,
    Measurement::Duration,
];

/// Text that spells no unit of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{:?} is no unit of {wanted:?}", .text.chars().take(LONGEST).collect::<String>())]
pub struct UnknownUnit {
    /// The text as it came.
    pub text: String,
    /// The kind a unit was wanted for.
    pub wanted: Measurement,
    /// The text does spell a unit, but of these other kinds.
    pub spells: Vec<Unit>,
}

/// Why a typed amount can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TypedAmountError {
    /// Its number.
    #[error(transparent)]
    Number(#[from] AmountError),
    /// Its unit.
    #[error(transparent)]
    Unit(#[from] UnknownUnit),
    /// A number alone, where several units are possible.
    #[error("the unit is missing")]
    UnitMissing,
}

/// The unit that `text` spells for a slot of this kind: trimmed, in any case and width, with or without full
/// stops. `oz` is the US fluid ounce for volumes (the United States are the only marketplace that sends it) and
/// the avoirdupois ounce for weights.
///
/// # Errors
/// `UnknownUnit`, which keeps the text.
pub fn parse_unit(text: &str, kind: Measurement) -> Result<Unit, UnknownUnit> {
    // In characters: full-width ones take three bytes each.
    let short = text.chars().nth(LONGEST).is_none();
    let meaning = |kind: Measurement| if short { MEANINGS.get(&(kind, folded(text))).copied() } else { None };
    meaning(kind).ok_or_else(|| UnknownUnit {
        text: text.to_owned(),
        wanted: kind,
        spells: KINDS.into_iter().filter_map(meaning).collect(),
    })
}

/// Lower case, plain width, no full stops, single spaces.
fn folded(text: &str) -> String {
    let lower: String = text.chars().map(plain).filter(|c| *c != '.').flat_map(char::to_lowercase).collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The amount a person typed: a number of that locale and a unit of the slot's kind, `1,5 l`. Counts and
/// percentages need no unit. A duration may have several parts, `1 h 13 min`, and comes in the smallest of them.
///
/// # Errors
/// `Number`, `Unit`, or `UnitMissing`. Zero and amounts below it are the caller's to judge.
pub fn parse_amount(text: &str, locale: Locale, kind: Measurement) -> Result<Amount, TypedAmountError> {
    let (number, rest) = split_at(text, |c| !in_number(c));
    let milli = parse_number(number, locale)?;
    let rest = rest.trim();
    if rest.is_empty() {
        return match kind {
            Measurement::Count => Ok(Amount::new(milli, Unit::Count)),
            Measurement::Percentage => Ok(Amount::new(milli, Unit::Percent)),
            _ => Err(TypedAmountError::UnitMissing),
        };
    }
    if kind != Measurement::Duration {
        return Ok(Amount::new(milli, parse_unit(rest, kind)?));
    }
    let (unit, mut rest) = split_at(rest, in_later_number);
    let mut total = Amount::new(milli, parse_unit(unit, kind)?);
    let negative = number.trim_start().chars().next().map(plain) == Some('-');
    while !rest.is_empty() {
        let (number, after) = split_at(rest, |c| !in_number(c));
        let (unit, after) = split_at(after, in_later_number);
        let part = Amount::new(parse_number(number, locale)?, parse_unit(unit, kind)?);
        total = plus_smaller(total, part, negative)?;
        rest = after;
    }
    Ok(total)
}

/// Only a digit begins a later part of a duration: full stops and spaces belong to the unit before it.
fn in_later_number(c: char) -> bool {
    plain(c).is_ascii_digit()
}

fn split_at(text: &str, end: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(end).unwrap_or(text.len()))
}

/// `total` and a part in a smaller unit, in that unit; parts in the wrong order are no way to write a duration.
fn plus_smaller(total: Amount, part: Amount, negative: bool) -> Result<Amount, AmountError> {
    if part.unit.factor() >= total.unit.factor() {
        return Err(AmountError::NotANumber);
    }
    let before = total.to(part.unit)?.milli;
    let sum = if negative { before.checked_sub(part.milli) } else { before.checked_add(part.milli) };
    let milli = sum.filter(|sum| (-AMOUNT_MAX..=AMOUNT_MAX).contains(sum)).ok_or(AmountError::TooLarge)?;
    Ok(Amount::new(milli, part.unit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::{format_amount, format_exact};
    use proptest::prelude::*;

    #[test]
    fn every_documented_spelling_is_known() {
        let cases: &[(Measurement, &[&str], Unit)] = &[
            (
                Measurement::Volume,
                &["liters", "liter", "litre", "litres", "l", "L", "Lt", "  L ", "Ｌ", "LITER"],
                Unit::Liter,
            ),
            (Measurement::Volume, &["ml", "milliliter", "milliliters", "mL", "ＭＬ"], Unit::Milliliter),
            (
                Measurement::Volume,
                &["ounces", "ounce", "oz", "fl oz", "FL OZ", "floz", "fl. oz.", "fl\u{a0}oz", "Oz."],
                Unit::UsFluidOunce,
            ),
            (Measurement::Weight, &["kg", "kilograms", "kilogram", "KG"], Unit::Kilogram),
            (Measurement::Weight, &["ounces", "ounce", "oz", "OZ"], Unit::Ounce),
            (Measurement::Weight, &["lb", "lbs", "Lbs", "pound", "pounds", "lb."], Unit::Pound),
            (Measurement::Weight, &["g", "gram", "grams"], Unit::Gram),
            (Measurement::Count, &["count", "Count", "pod", "pods", "sheet", "sheets"], Unit::Count),
            (Measurement::Duration, &["h", "hour", "hours", "時間", "Std."], Unit::Hour),
            (Measurement::Duration, &["min", "分"], Unit::Minute),
            (Measurement::Percentage, &["%", "％", "percent"], Unit::Percent),
        ];
        for (kind, texts, unit) in cases {
            for text in *texts {
                assert_eq!(parse_unit(text, *kind), Ok(*unit), "{text:?} as {kind:?}");
            }
        }
    }

    #[test]
    fn every_unit_and_spelling_is_read_in_any_case_width_and_dress() {
        let wide = |text: &str| -> String {
            let wider = |c: char| {
                if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c }
            };
            text.chars().map(wider).collect()
        };
        let listed = SPELLINGS.iter().flat_map(|(unit, texts)| texts.iter().map(|text| (*unit, *text)));
        let named = Unit::ALL.iter().map(|unit| (*unit, unit.wire()));
        let mut read = 0;
        for (unit, text) in named.chain(listed) {
            let kind = unit.measurement();
            let dressed = [
                text.to_owned(),
                format!("  {text}\u{a0}"),
                format!("{text}."),
                text.to_ascii_uppercase(),
                text.to_ascii_lowercase(),
                wide(text),
                text.replace(' ', "\u{202f} "),
            ];
            for spelled in dressed {
                assert_eq!(parse_unit(&spelled, kind), Ok(unit), "{spelled:?}");
                for other in KINDS.into_iter().filter(|other| *other != kind) {
                    if let Ok(meant) = parse_unit(&spelled, other) {
                        assert_eq!(meant.measurement(), other, "a kind is never crossed");
                    }
                }
            }
            read += 1;
        }
        assert!(read > 150, "{read} spellings");
    }

    #[test]
    fn what_means_something_in_two_kinds_needs_the_kind() {
        for text in ["oz", "Oz.", "OUNCE", "ounces", "onza"] {
            assert_eq!(parse_unit(text, Measurement::Volume), Ok(Unit::UsFluidOunce), "{text}");
            assert_eq!(parse_unit(text, Measurement::Weight), Ok(Unit::Ounce), "{text}");
            for kind in [Measurement::Count, Measurement::Percentage, Measurement::Duration] {
                assert_eq!(parse_unit(text, kind).unwrap_err().spells, [Unit::UsFluidOunce, Unit::Ounce]);
            }
        }
    }

    #[test]
    fn what_a_form_shows_is_read_as_what_it_means() {
        for &locale in Locale::ALL {
            for &unit in Unit::ALL {
                let label = unit_label(unit, locale);
                assert_eq!(parse_unit(label, unit.measurement()), Ok(unit), "{label:?} in {locale}");
            }
        }
    }

    #[test]
    fn no_spelling_is_listed_under_two_units_of_a_kind() {
        for (unit, texts) in SPELLINGS {
            for text in *texts {
                assert_eq!(*text, folded(text), "spellings are listed as they are compared");
                assert_eq!(parse_unit(text, unit.measurement()), Ok(*unit), "{text:?}");
            }
        }
    }

    #[test]
    fn unknown_units_are_kept_and_never_guessed() {
        let error = parse_unit(" Oz ", Measurement::Count).unwrap_err();
        assert_eq!(error.text, " Oz ");
        assert_eq!(error.spells, [Unit::UsFluidOunce, Unit::Ounce]);
        assert_eq!(error.to_string(), r#"" Oz " is no unit of Count"#);
        let long = "z".repeat(5_000);
        let error = parse_unit(&long, Measurement::Weight).unwrap_err();
        assert_eq!((error.text.len(), error.spells.len()), (5_000, 0));
        assert!(error.to_string().len() < 100, "the message stays short");
        for text in ["", " ", ".", "lo", "m", "\u{0}"] {
            for kind in KINDS {
                assert!(parse_unit(text, kind).is_err(), "{text:?} as {kind:?}");
            }
        }
    }

    #[test]
    fn amounts_are_typed_in_many_ways() {
        use Measurement::{Count, Duration, Percentage, Volume, Weight};
        let cases = [
            ("1.5 l", Locale::EnGb, Volume, Amount::new(1_500, Unit::Liter)),
            ("1,5l", Locale::DeDe, Volume, Amount::new(1_500, Unit::Liter)),
            ("12 fl. oz.", Locale::EnUs, Volume, Amount::whole(12, Unit::UsFluidOunce)),
            ("12oz", Locale::EnUs, Weight, Amount::whole(12, Unit::Ounce)),
            ("５００ｍｌ", Locale::JaJp, Volume, Amount::whole(500, Unit::Milliliter)),
            ("2 m3", Locale::ItIt, Volume, Amount::whole(2, Unit::CubicMeter)),
            ("1 234,5 g", Locale::FrFr, Weight, Amount::new(1_234_500, Unit::Gram)),
            ("50", Locale::EnGb, Count, Amount::whole(50, Unit::Count)),
            ("50 pods", Locale::EnGb, Count, Amount::whole(50, Unit::Count)),
            ("45 %", Locale::DeDe, Percentage, Amount::whole(45, Unit::Percent)),
            ("45", Locale::DeDe, Percentage, Amount::whole(45, Unit::Percent)),
            ("1 h 13 min", Locale::EnGb, Duration, Amount::whole(73, Unit::Minute)),
            ("-1 Std. 13 Min.", Locale::DeDe, Duration, Amount::whole(-73, Unit::Minute)),
            ("1時間13分", Locale::JaJp, Duration, Amount::whole(73, Unit::Minute)),
            ("1 día 2 h 3 min", Locale::EsEs, Duration, Amount::whole(1_563, Unit::Minute)),
            ("1,5 jours", Locale::FrFr, Duration, Amount::new(1_500, Unit::Day)),
        ];
        for (text, locale, kind, amount) in cases {
            assert_eq!(parse_amount(text, locale, kind), Ok(amount), "{text:?} in {locale}");
        }
    }

    #[test]
    fn what_is_wrong_with_an_amount_is_named() {
        use Measurement::{Count, Duration, Volume};
        let of = |text, kind| parse_amount(text, Locale::EnGb, kind);
        let number = |error| Err(TypedAmountError::Number(error));
        assert_eq!(of("1.5", Volume), Err(TypedAmountError::UnitMissing));
        assert_eq!(of("5", Duration), Err(TypedAmountError::UnitMissing));
        for text in ["", "l", "NaN", "infinity l", "-", "1.2.3 l"] {
            assert_eq!(of(text, Volume), number(AmountError::NotANumber), "{text:?}");
        }
        assert_eq!(of("0.0001 l", Volume), number(AmountError::TooPrecise));
        assert_eq!(of("1000000000000 l", Volume), number(AmountError::TooLarge));
        assert_eq!(of("1000000000 days 1 s", Duration), number(AmountError::TooLarge));
        for text in ["13 min 1 h", "1 h 2 h", "1 h 13"] {
            assert!(of(text, Duration).is_err(), "{text:?}");
        }
        for (text, kind, kept) in
            [("1e5 ml", Volume, "e5 ml"), ("10^12 l", Volume, "^12 l"), ("5 kg", Count, "kg")]
        {
            let Err(TypedAmountError::Unit(error)) = of(text, kind) else { panic!("{text:?} has a unit") };
            assert_eq!(error.text, kept);
        }
    }

    /// Half a step of what is shown is lost by rounding, or nearly a whole one where rounding up would lie.
    fn tolerance(amount: Amount, shown: Amount) -> i128 {
        let value = (i128::from(amount.milli.abs()) * amount.unit.factor()).max(shown.unit.factor() * 1000);
        let smallest = match shown.unit.measurement() {
            Measurement::Count | Measurement::Percentage => 1000,
            Measurement::Duration if shown.unit == Unit::Hour && shown.milli.abs() <= 10_000 => 100,
            Measurement::Duration => 1000,
            Measurement::Volume | Measurement::Weight => 10,
        };
        // Three figures: never more than one part in a hundred; the last figure of small numbers is larger.
        let step = shown.unit.factor() * smallest;
        match shown.unit.measurement() {
            Measurement::Count | Measurement::Percentage => step,
            _ => step.max(value / 100),
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back_as_precisely_as_shown(
            milli in prop_oneof![0..5_000i64, 0..5_000_000i64, -2_000_000..0i64, 0..100_000_000_000i64],
            unit in prop::sample::select(Unit::ALL),
        ) {
            let amount = Amount::new(milli, unit);
            for &locale in Locale::ALL {
                let shown = format_amount(amount, locale);
                let Ok(back) = parse_amount(&shown.text, locale, unit.measurement()) else {
                    // A billion is the most anyone may type; some units reach beyond it when shown in another.
                    prop_assert!(milli > 1_000_000, "{} in {}", shown.text, locale);
                    continue;
                };
                let exact = i128::from(milli) * unit.factor();
                let off = (i128::from(back.milli) * back.unit.factor() - exact).abs();
                prop_assert!(off <= tolerance(amount, back), "{amount} is {} in {locale}", shown.text);
            }
        }

        #[test]
        fn what_is_written_exactly_reads_back_exactly(
            milli in -AMOUNT_MAX..=AMOUNT_MAX,
            unit in prop::sample::select(Unit::ALL),
        ) {
            let amount = Amount::new(milli, unit);
            for &locale in Locale::ALL {
                let text = format_exact(amount, locale);
                prop_assert_eq!(parse_amount(&text, locale, unit.measurement()), Ok(amount), "{} in {}", text, locale);
            }
        }

        #[test]
        fn no_text_breaks_it(text in ".{0,60}", near in "[-0-9.,' ]{0,6}[a-z. ％%日時間]{0,5}[0-9]{0,3}[a-z]{0,4}") {
            for kind in KINDS {
                for text in [&text, &near] {
                    if let Err(error) = parse_unit(text, kind) {
                        prop_assert_eq!(&error.text, text);
                    }
                    for &locale in Locale::ALL {
                        if let Ok(amount) = parse_amount(text, locale, kind) {
                            prop_assert!(amount.unit.measurement() == kind && amount.milli.abs() <= AMOUNT_MAX);
                        }
                    }
                }
            }
        }
    }
}
