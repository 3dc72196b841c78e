//! The engine's part of the message catalogue: words that stand in pictures and files made without the interface.
//! Messages have named parts in braces; both languages hold the same keys, a test compares them.

use serde_json::{Map, Value};
use std::sync::LazyLock;

static EN: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    parse(&[
        include_str!("../messages/en.json"),
        include_str!("../messages/certification.en.json"),
        include_str!("../messages/registration.en.json"),
    ])
});
static DE: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    parse(&[
        include_str!("../messages/de.json"),
        include_str!("../messages/certification.de.json"),
        include_str!("../messages/registration.de.json"),
    ])
});

fn parse(files: &[&str]) -> Map<String, Value> {
    let read = |text: &&str| serde_json::from_str::<Map<String, Value>>(text).unwrap_or_default();
    files.iter().flat_map(read).collect()
}

/// The words of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    german: bool,
}

impl Words {
    /// The words of `en` or `de`.
    pub fn of(language: &str) -> Self {
        Self { german: language == "de" }
    }

    /// `en` or `de`.
    pub fn language(self) -> &'static str {
        if self.german { "de" } else { "en" }
    }

    /// A message with its parts filled in. A key that does not exist comes back as itself.
    pub fn say(self, key: &str, parts: &[(&str, &str)]) -> String {
        let catalogue = if self.german { &*DE } else { &*EN };
        let mut rest = catalogue.get(key).and_then(Value::as_str).unwrap_or(key);
        let mut said = String::with_capacity(rest.len() + 16);
        // One pass: a part's own braces are never filled in again.
        while let Some(open) = rest.find('{') {
            let (before, after) = rest.split_at(open);
            said.push_str(before);
            let Some(close) = after.find('}') else {
                rest = after;
                break;
            };
            let name = after.get(1..close).unwrap_or_default();
            match parts.iter().find(|(part, _)| *part == name) {
                Some((_, value)) => said.push_str(value),
                None => said.push_str(after.get(..=close).unwrap_or_default()),
            }
            rest = after.get(close + 1..).unwrap_or_default();
        }
        said.push_str(rest);
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_hold_the_same_messages_and_parts() {
        let parts = |text: &Value| {
            let mut names: Vec<String> = text
                .as_str()
                .unwrap()
                .split('{')
                .skip(1)
                .map(|p| p.split('}').next().unwrap().to_owned())
                .collect();
            names.sort();
            names
        };
        assert!(EN.len() > 20);
        assert_eq!(EN.keys().collect::<Vec<_>>(), DE.keys().collect::<Vec<_>>());
        for (key, text) in EN.iter() {
            assert_eq!(parts(text), parts(&DE[key]), "{key}");
        }
    }

    #[test]
    fn parts_are_filled_in_once() {
        let words = Words::of("en");
        assert_eq!(words.say("chart_left", &[("amount", "{amount} <b>")]), "{amount} <b> left");
        assert_eq!(words.say("no_such_key", &[]), "no_such_key");
        assert_eq!(Words::of("de").say("chart_today", &[]), "Heute");
    }
}
