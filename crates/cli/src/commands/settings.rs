//! `refillctl settings`: shows them, or changes those named as `key=value`. JSON: the engine's `Settings`.

use crate::failure::Failure;
use crate::output::table;
use crate::session::{Missing, Session};
use clap::Args;
use refill_domain::locale::Locale;
use refill_engine::view::Settings;
use serde_json::{Map, Value};

/// What to change.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  refillctl settings\n  refillctl settings days_in_hand=10 poll_minutes=60\n  \
    refillctl settings locale=de-DE language=de"
)]
pub struct SettingsArgs {
    /// Settings to change; without any, all are shown
    #[arg(value_name = "KEY=VALUE")]
    changes: Vec<String>,
}

/// Shows or changes them.
pub fn run(args: &SettingsArgs, session: &mut Session) -> Result<(), Failure> {
    if args.changes.is_empty() {
        let settings =
            if session.exists() { session.look()?.settings().clone() } else { Settings::default() };
        return session.out.show(&settings, || Ok(lines(&settings)));
    }
    let (wanted, kept) = session.change(Missing::Make, |household| {
        let mut all = object(household.settings());
        for change in &args.changes {
            apply(&mut all, change)?;
        }
        let wanted: Settings = serde_json::from_value(Value::Object(all))
            .map_err(|cause| Failure::new("bad_field", format!("A value can't be: {cause}.")))?;
        household.set_settings(wanted.clone())?;
        Ok((wanted, household.settings().clone()))
    })?;
    let (before, after) = (object(&wanted), object(&kept));
    for (key, value) in after.iter().filter(|(key, value)| before.get(*key) != Some(*value)) {
        session.out.warn("limited", format!("{key} was set to {value}, the nearest that can be."));
    }
    session.out.show(&kept, || Ok(lines(&kept)))
}

fn object(settings: &Settings) -> Map<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(map)) => map,
        Ok(_) | Err(_) => Map::new(),
    }
}

fn apply(all: &mut Map<String, Value>, change: &str) -> Result<(), Failure> {
    let Some((key, text)) = change.split_once('=') else {
        return Err(Failure::usage(format!("“{change}” is no change: write key=value.")));
    };
    let keys = all.keys().cloned().collect::<Vec<_>>().join(", ");
    let Some(value) = all.get_mut(key) else {
        let message = format!("There is no setting “{key}”; there is: {keys}.");
        return Err(Failure::new("bad_field", message).at(key));
    };
    let bad = |wanted: String| Failure::new("bad_field", format!("“{text}” can't be; use {wanted}.")).at(key);
    *value = match value {
        Value::Bool(_) => Value::Bool(match text {
            "true" | "on" | "yes" => true,
            "false" | "off" | "no" => false,
            _ => return Err(bad("on or off".to_owned())),
        }),
        Value::Number(_) => Value::from(text.parse::<u16>().map_err(|_| bad("a whole number".to_owned()))?),
        _ => {
            let allowed = allowed(key);
            let found = allowed.iter().find(|word| word.eq_ignore_ascii_case(text));
            Value::String(found.ok_or_else(|| bad(allowed.join(", ")))?.clone())
        }
    };
    Ok(())
}

/// The words a setting can have.
fn allowed(key: &str) -> Vec<String> {
    let words: &[&str] = match key {
        "language" => &["system", "en", "de"],
        "theme" => &["system", "light", "dark"],
        "density" => &["comfortable", "compact"],
        "units" => &["region", "metric", "us"],
        "group" => &["urgency", "device"],
        "notice_when" => &["at_once", "daily"],
        "amazon_country" => &["region", "us", "uk", "de", "fr", "it", "es", "jp"],
        "locale" => {
            let tags = Locale::ALL.iter().map(|locale| locale.tag().to_owned());
            return std::iter::once("system".to_owned()).chain(tags).collect();
        }
        _ => &[],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn lines(settings: &Settings) -> Vec<String> {
    let rows: Vec<Vec<String>> = object(settings)
        .into_iter()
        .map(|(key, value)| vec![key, value.as_str().map_or_else(|| value.to_string(), str::to_owned)])
        .collect();
    table(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_that_is_a_word_has_its_words() {
        for (key, value) in object(&Settings::default()) {
            if let Value::String(word) = value {
                assert!(allowed(&key).contains(&word), "{key} is {word} by default");
            }
        }
    }

    #[test]
    fn changes_that_cannot_be_name_their_field() {
        for change in ["theme=purple", "poll_minutes=often", "polling=maybe", "colour=red"] {
            let failure = apply(&mut object(&Settings::default()), change).unwrap_err();
            assert_eq!(failure.field.as_deref(), change.split('=').next(), "{change}");
        }
        let mut all = object(&Settings::default());
        apply(&mut all, "locale=DE-de").unwrap();
        assert_eq!(all["locale"], "de-DE");
    }
}
