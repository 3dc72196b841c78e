//! Where the person is: the locale that numbers, dates and units follow.

use crate::view::Settings;
use refill_domain::locale::Locale;

/// The locale in force: the person's choice, else the system's, else British English.
pub fn locale(settings: &Settings) -> Locale {
    match settings.locale.as_str() {
        "system" => sys_locale::get_locale().map_or(Locale::EnGb, |tag| Locale::nearest(&tag)),
        tag => Locale::nearest(tag),
    }
}

/// The language of the interface: `en` or `de`.
pub fn language(settings: &Settings) -> &'static str {
    let tag = match settings.language.as_str() {
        "system" => sys_locale::get_locale().unwrap_or_default(),
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
