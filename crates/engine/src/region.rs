//! Where the person is: the locale that numbers, dates and units follow.

use crate::view::Settings;
use refill_domain::locale::Locale;

/// What the system asks for, as a language tag; British English where it says nothing (or `C`).
pub fn system() -> String {
    sys_locale::get_locale().filter(|tag| tag.len() >= 2).unwrap_or_else(|| Locale::EnGb.tag().to_owned())
}

/// The locale in force: the person's choice, else the system's, else British English.
pub fn locale(settings: &Settings) -> Locale {
    match settings.locale.as_str() {
        "system" => Locale::nearest(&system()),
        tag => Locale::nearest(tag),
    }
}

/// The locale that writes amounts: the person may want the units of the other side of the sea.
pub fn measuring(settings: &Settings) -> Locale {
    let region = locale(settings);
    let american = matches!(region, Locale::EnUs | Locale::EsUs);
    match settings.units.as_str() {
        "us" if !american => Locale::EnUs,
        "metric" if american => Locale::EnGb,
        _ => region,
    }
}

/// The language of the interface: `en` or `de`.
pub fn language(settings: &Settings) -> &'static str {
    let tag = match settings.language.as_str() {
        "system" => system(),
        chosen => chosen.to_owned(),
    };
    if tag.to_ascii_lowercase().starts_with("de") { "de" } else { "en" }
}

/// The currency people there pay in (ISO 4217), for a price typed without one.
pub fn currency(locale: Locale) -> &'static str {
    match locale {
        Locale::EnGb => "GBP",
        Locale::EnUs | Locale::EsUs => "USD",
        Locale::JaJp => "JPY",
        Locale::DeDe | Locale::EsEs | Locale::FrFr | Locale::ItIt => "EUR",
    }
}
