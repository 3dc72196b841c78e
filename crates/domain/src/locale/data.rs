//! The data of `ui/src/format/locales.json`, compiled in and parsed once. Nothing here can fail at run time: the
//! text is a constant, and a test reads it strictly.

use super::Locale;
use crate::measure::{Measurement, Unit};
use chrono::Weekday;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Also read by the interface: `ui/src/format/format.ts`.
const TEXT: &str = include_str!("../../../../ui/src/format/locales.json");

static FILE: LazyLock<File> = LazyLock::new(|| serde_json::from_str(TEXT).unwrap_or_default());

/// The habits of one locale. Patterns hold named parts in braces; `fill` puts them in.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Habits {
    /// What amounts are shown in and what forms offer.
    pub system: System,
    /// Decimal separator.
    pub decimal: String,
    /// Separator of groups of three digits.
    pub group: String,
    /// Fewest digits before the first group separator (2: `1234`, but `12.345`).
    pub min_grouping: usize,
    /// `{n}` and the sign.
    pub percent: String,
    /// `{c}` symbol or code, `{n}` number.
    pub money: String,
    /// Symbols that differ from the common ones.
    pub currencies: HashMap<String, String>,
    /// First day of the week.
    pub week_start: Option<Weekday>,
    /// Abbreviated, from Monday.
    pub weekdays: [String; 7],
    /// Abbreviated.
    pub months: [String; 12],
    /// In full, as within a sentence.
    pub month_names: [String; 12],
    /// `{M}` month in full, `{y}` year.
    pub month_year: String,
    /// `{w}` weekday, `{s}` short day.
    pub weekday_day: String,
    /// `{d}` day, `{m}` abbreviated month.
    pub short_day: String,
    /// The same with `{y}`.
    pub short_day_year: String,
    /// How the first of a month is written.
    pub first_day: String,
    /// `{a}` and `{b}`, both short days.
    pub range: String,
    /// Days `{d}` to `{e}` of month `{m}`.
    pub same_month: String,
    /// The same with `{y}`.
    pub same_month_year: String,
    /// The year stands before the month, so a range carries it at its start.
    pub year_first: bool,
    /// `{HH}` two digits, `{H}` one or two, `{h}` twelve hours, `{mm}` minutes, `{p}` part of the day.
    pub clock: String,
    /// Before and after noon.
    pub day_parts: [String; 2],
    /// The word after exactly one day.
    pub day_one: String,
    /// Unit labels that differ from the common ones.
    pub labels: HashMap<Unit, String>,
}

/// Metric or US customary.
#[derive(Default, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum System {
    /// l, ml, kg, g.
    #[default]
    Metric,
    /// fl oz, oz, lb.
    Us,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Locales {
    #[serde(rename = "de-DE")]
    de_de: Habits,
    #[serde(rename = "en-GB")]
    en_gb: Habits,
    #[serde(rename = "en-US")]
    en_us: Habits,
    #[serde(rename = "es-ES")]
    es_es: Habits,
    #[serde(rename = "es-US")]
    es_us: Habits,
    #[serde(rename = "fr-FR")]
    fr_fr: Habits,
    #[serde(rename = "it-IT")]
    it_it: Habits,
    #[serde(rename = "ja-JP")]
    ja_jp: Habits,
}

/// A currency as most locales write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Currency {
    /// Symbol, or the code where none is common.
    pub symbol: String,
    /// Decimals of its prices, at most 3.
    pub digits: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), expect(dead_code, reason = "kind and factor are for the interface, which has no Unit"))]
struct UnitEntry {
    kind: Measurement,
    factor: String,
    label: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    locales: Locales,
    currencies: HashMap<String, Currency>,
    offered: HashMap<System, HashMap<Measurement, Vec<Unit>>>,
    units: HashMap<Unit, UnitEntry>,
}

/// The habits of `locale`.
pub(super) fn habits(locale: Locale) -> &'static Habits {
    let all = &FILE.locales;
    match locale {
        Locale::DeDe => &all.de_de,
        Locale::EnGb => &all.en_gb,
        Locale::EnUs => &all.en_us,
        Locale::EsEs => &all.es_es,
        Locale::EsUs => &all.es_us,
        Locale::FrFr => &all.fr_fr,
        Locale::ItIt => &all.it_it,
        Locale::JaJp => &all.ja_jp,
    }
}

/// The currency of an ISO 4217 code, if its habits are known.
pub(super) fn currency(code: &str) -> Option<&'static Currency> {
    FILE.currencies.get(code)
}

/// What a form offers for a kind, in order.
pub(super) fn offered(system: System, kind: Measurement) -> &'static [Unit] {
    FILE.offered.get(&system).and_then(|kinds| kinds.get(&kind)).map_or(&[], Vec::as_slice)
}

/// The label of `unit` in `locale`.
pub(super) fn label(unit: Unit, locale: Locale) -> &'static str {
    let own = habits(locale).labels.get(&unit);
    own.or_else(|| FILE.units.get(&unit).map(|entry| &entry.label)).map_or("", String::as_str)
}

/// `pattern` with each `{name}` replaced; names not given stay as they are.
pub(super) fn fill(pattern: &str, parts: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let part = after
            .split_once('}')
            .and_then(|(name, tail)| parts.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value, tail)));
        match part {
            Some((value, tail)) => {
                text.push_str(value);
                rest = tail;
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_in_full() {
        let file: File = serde_json::from_str(TEXT).unwrap();
        assert_eq!(file.units.len(), Unit::ALL.len());
        for &unit in Unit::ALL {
            let entry = file.units.get(&unit).unwrap_or_else(|| panic!("{unit:?} is missing"));
            assert_eq!(entry.kind, unit.measurement(), "{unit:?}");
            assert_eq!(entry.factor, unit.factor().to_string(), "{unit:?}");
            assert!(!entry.label.is_empty(), "{unit:?}");
        }
        for kinds in file.offered.values() {
            assert_eq!(kinds.len(), 5, "each kind of measurement");
            for (kind, units) in kinds {
                assert!(
                    !units.is_empty() && units.iter().all(|unit| unit.measurement() == *kind),
                    "{kind:?}"
                );
            }
        }
        for currency in file.currencies.values() {
            assert!(currency.digits <= 3 && !currency.symbol.is_empty(), "{}", currency.symbol);
        }
        for &locale in Locale::ALL {
            let habits = habits(locale);
            assert!(habits.week_start.is_some(), "{locale}");
            assert_ne!(habits.decimal, habits.group, "{locale}");
            assert_eq!((habits.decimal.chars().count(), habits.group.chars().count()), (1, 1), "{locale}");
        }
    }

    #[test]
    fn braces_that_name_nothing_stay() {
        assert_eq!(fill("{a}–{b}", &[("a", "1"), ("b", "{a}")]), "1–{a}");
        assert_eq!(fill("{x} {a} {", &[("a", "1")]), "{x} 1 {");
    }
}
