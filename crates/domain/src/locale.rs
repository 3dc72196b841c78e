//! How people of eight regions write numbers, amounts, money, dates and times. The data stands once, in
//! `ui/src/format/locales.json`; the interface reads the same file, and `table.snapshot.json` beside it holds both
//! sides to the same answer for every row. Words of sentences (today, under, left) belong to the catalogue.
//!
//! No text made here breaks inside: spaces within a number, an amount or a date are no-break spaces; only a range
//! of days may break, after its dash. Minus is `−`.

mod amounts;
mod data;
mod dates;
mod numbers;

pub use amounts::{Shown, format_amount, format_exact, format_left, unit_label, units_for};
pub use dates::{
    clock, day, day_range, month, month_from, month_year, short_day, short_month, week_start, weekday,
};
pub use numbers::{format_number, money, parse_number};
pub(crate) use numbers::{in_number, plain};

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Language and region whose habits are followed: those Dash takes device names in (console, names matrix).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Locale {
    /// German, Germany.
    #[serde(rename = "de-DE")]
    DeDe,
    /// English, United Kingdom.
    #[serde(rename = "en-GB")]
    EnGb,
    /// English, United States.
    #[serde(rename = "en-US")]
    EnUs,
    /// Spanish, Spain.
    #[serde(rename = "es-ES")]
    EsEs,
    /// Spanish, United States.
    #[serde(rename = "es-US")]
    EsUs,
    /// French, France.
    #[serde(rename = "fr-FR")]
    FrFr,
    /// Italian, Italy.
    #[serde(rename = "it-IT")]
    ItIt,
    /// Japanese, Japan.
    #[serde(rename = "ja-JP")]
    JaJp,
}

/// No locale of ours speaks this language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{tag:?} is none of our languages (de, en, es, fr, it, ja)")]
pub struct UnknownLanguage {
    /// The tag as it came.
    pub tag: String,
}

impl Locale {
    /// Every locale, by tag.
    pub const ALL: &'static [Locale] = &[
        Locale::DeDe,
        Locale::EnGb,
        Locale::EnUs,
        Locale::EsEs,
        Locale::EsUs,
        Locale::FrFr,
        Locale::ItIt,
        Locale::JaJp,
    ];

    /// The tag, such as `de-DE`.
    pub fn tag(self) -> &'static str {
        match self {
            Locale::DeDe => "de-DE",
            Locale::EnGb => "en-GB",
            Locale::EnUs => "en-US",
            Locale::EsEs => "es-ES",
            Locale::EsUs => "es-US",
            Locale::FrFr => "fr-FR",
            Locale::ItIt => "it-IT",
            Locale::JaJp => "ja-JP",
        }
    }

    /// The nearest locale to what the system says (`de_AT.UTF-8`, `en-IE`), and en-GB (metric, 24 hours) for
    /// languages we don't speak.
    pub fn nearest(tag: &str) -> Locale {
        tag.parse().unwrap_or(Locale::EnGb)
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// Regions where English is written as in the United States.
const US_ENGLISH: [&str; 9] = ["US", "AS", "GU", "LR", "MP", "PH", "PR", "UM", "VI"];

/// Regions where Spanish is written with a decimal point. They get es-US in spite of its ounces: an unfamiliar
/// unit is seen, a misread separator changes an amount a thousandfold in silence.
const POINT_SPANISH: [&str; 11] = ["US", "419", "DO", "GT", "HN", "MX", "NI", "PA", "PE", "PR", "SV"];

/// Reads language tags and POSIX names (`_`, `.UTF-8`, `@euro`, any case); scripts and variants are passed over.
impl FromStr for Locale {
    type Err = UnknownLanguage;

    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        let plain = tag.trim().split(['.', '@']).next().unwrap_or_default();
        let mut parts = plain.split(['-', '_']);
        let language = parts.next().unwrap_or_default().to_ascii_lowercase();
        let region = parts
            .find(|part| part.len() == 2 || part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit()))
            .map(str::to_ascii_uppercase);
        match (language.as_str(), region.as_deref()) {
            ("de", _) => Ok(Locale::DeDe),
            ("en", None) => Ok(Locale::EnUs),
            ("en", Some(region)) if US_ENGLISH.contains(&region) => Ok(Locale::EnUs),
            ("en", Some(_)) => Ok(Locale::EnGb),
            ("es", Some(region)) if POINT_SPANISH.contains(&region) => Ok(Locale::EsUs),
            ("es", _) => Ok(Locale::EsEs),
            ("fr", _) => Ok(Locale::FrFr),
            ("it", _) => Ok(Locale::ItIt),
            ("ja", _) => Ok(Locale::JaJp),
            _ => Err(UnknownLanguage { tag: tag.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_there_and_back() {
        for &locale in Locale::ALL {
            assert_eq!(locale.tag().parse(), Ok(locale));
            let json = serde_json::to_string(&locale).unwrap();
            assert_eq!(json, format!("\"{locale}\""));
            assert_eq!(serde_json::from_str::<Locale>(&json).unwrap(), locale);
        }
    }

    #[test]
    fn others_get_the_nearest() {
        let cases = [
            ("de-AT", Locale::DeDe),
            ("de_CH.UTF-8", Locale::DeDe),
            ("en", Locale::EnUs),
            ("EN-us", Locale::EnUs),
            ("en-IE", Locale::EnGb),
            ("en_AU.utf8", Locale::EnGb),
            ("en-Latn-GB", Locale::EnGb),
            ("en-001", Locale::EnGb),
            ("es", Locale::EsEs),
            ("es-AR", Locale::EsEs),
            ("es-MX", Locale::EsUs),
            ("es-419", Locale::EsUs),
            ("fr_CA@euro", Locale::FrFr),
            ("it-CH", Locale::ItIt),
            ("ja", Locale::JaJp),
            ("ja-JP-u-ca-japanese", Locale::JaJp),
        ];
        for (tag, locale) in cases {
            assert_eq!(tag.parse(), Ok(locale), "{tag}");
        }
        for tag in ["", "C", "POSIX", "nl-NL", "-", "日本", "deutsch"] {
            assert_eq!(tag.parse::<Locale>(), Err(UnknownLanguage { tag: tag.to_owned() }));
            assert_eq!(Locale::nearest(tag), Locale::EnGb);
        }
    }
}
