//! Walks JSON that somebody sent and says exactly where it is wrong: every refusal carries the path of the member, what
//! is wrong with it, and the section of the protocol facts that demands otherwise. Never panics on any JSON.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::{Map, Value};
use std::fmt;

/// Why a message is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Where, e.g. `event.payload.change.cause.type`.
    pub path: String,
    /// What is wrong, as a clause.
    pub why: String,
    /// The section of the protocol facts, e.g. `2.4`.
    pub section: &'static str,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} (protocols {})", self.path, self.why, self.section)
    }
}

/// What a check gives.
pub type Checked<T = ()> = Result<T, Refusal>;

/// A refusal at a path.
pub fn refuse<T>(path: impl Into<String>, why: impl Into<String>, section: &'static str) -> Checked<T> {
    Err(Refusal { path: path.into(), why: why.into(), section })
}

/// A value, and where it stands.
#[derive(Debug, Clone)]
pub struct At<'a> {
    /// The value itself.
    pub value: &'a Value,
    /// Its path from the root.
    pub path: String,
}

impl<'a> At<'a> {
    /// The root, under the name that paths begin with (may be empty).
    pub fn root(value: &'a Value, name: &str) -> Self {
        Self { value, path: name.to_owned() }
    }

    fn below(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// Refuses here.
    pub fn fail<T>(&self, why: impl Into<String>, section: &'static str) -> Checked<T> {
        refuse(self.path.clone(), why, section)
    }

    /// Refuses unless something holds.
    pub fn must(&self, holds: bool, why: impl Into<String>, section: &'static str) -> Checked {
        if holds { Ok(()) } else { self.fail(why, section) }
    }

    /// The object that must be here.
    pub fn object(&self, section: &'static str) -> Checked<&'a Map<String, Value>> {
        self.value.as_object().map_or_else(|| self.fail("must be an object", section), Ok)
    }

    /// A member that must be there.
    pub fn member(&self, name: &str, section: &'static str) -> Checked<At<'a>> {
        self.object(section)?;
        self.maybe(name).map_or_else(|| refuse(self.below(name), "is missing", section), Ok)
    }

    /// A member that may be there; `null` is there.
    pub fn maybe(&self, name: &str) -> Option<At<'a>> {
        let value = self.value.as_object()?.get(name)?;
        Some(At { value, path: self.below(name) })
    }

    /// Refuses a member that may not be there.
    pub fn without(&self, name: &str, why: &str, section: &'static str) -> Checked {
        self.maybe(name).map_or(Ok(()), |found| found.fail(why, section))
    }

    /// The elements of the array that must be here.
    pub fn array(&self, section: &'static str) -> Checked<Vec<At<'a>>> {
        let Some(all) = self.value.as_array() else { return self.fail("must be an array", section) };
        let at = |(i, value)| At { value, path: format!("{}[{i}]", self.path) };
        Ok(all.iter().enumerate().map(at).collect())
    }

    /// The text that must be here, not empty.
    pub fn text(&self, section: &'static str) -> Checked<&'a str> {
        match self.value.as_str() {
            Some("") => self.fail("may not be empty", section),
            Some(text) => Ok(text),
            None => self.fail("must be a string", section),
        }
    }

    /// Text of at most so many characters.
    pub fn text_within(&self, max: usize, section: &'static str) -> Checked<&'a str> {
        let text = self.text(section)?;
        self.must(text.chars().count() <= max, format!("is longer than {max} characters"), section)?;
        Ok(text)
    }

    /// Text out of a list.
    pub fn one_of(&self, allowed: &[&str], section: &'static str) -> Checked<&'a str> {
        let text = self.text(section)?;
        self.must(allowed.contains(&text), format!("must be one of {}", allowed.join(", ")), section)?;
        Ok(text)
    }

    /// Exactly this text.
    pub fn exactly(&self, wanted: &str, section: &'static str) -> Checked {
        self.must(self.value.as_str() == Some(wanted), format!("must be {wanted:?}"), section)
    }

    /// A JSON number that is not negative.
    pub fn amount(&self, section: &'static str) -> Checked<f64> {
        let Some(number) = self.value.as_f64() else { return self.fail("must be a number", section) };
        self.must(number >= 0.0, "may not be negative", section)?;
        Ok(number)
    }

    /// A boolean.
    pub fn flag(&self, section: &'static str) -> Checked<bool> {
        self.value.as_bool().map_or_else(|| self.fail("must be true or false", section), Ok)
    }

    /// A UTC instant `YYYY-MM-DDThh:mm:ssZ` with at most three digits of a second (protocols 2.1).
    pub fn instant(&self, section: &'static str) -> Checked<DateTime<Utc>> {
        let text = self.text(section)?;
        let parsed = text.strip_suffix('Z').and_then(|bare| {
            let fraction =
                bare.split_once('.').map_or(Some(0), |(_, f)| (!f.is_empty()).then_some(f.len()))?;
            if fraction > 3 {
                return None;
            }
            NaiveDateTime::parse_from_str(bare, "%Y-%m-%dT%H:%M:%S%.f").ok()
        });
        match parsed {
            Some(at) => Ok(at.and_utc()),
            None => self.fail("must be YYYY-MM-DDThh:mm:ss[.SSS]Z", section),
        }
    }
}
