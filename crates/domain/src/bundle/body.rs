//! Messages in a bundle: JSON of which only the words of the protocol are left. A text in it is kept where it is plainly
//! an identifier and stands where no person's words do; everything else gets an alias.

use super::form::{Kind, Part, is_clean};
use super::hide::Hider;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// How deep a message goes.
const DEPTH_MAX: usize = 32;

/// How many values a message has.
const VALUES_MAX: usize = 2000;

/// Characters of a member's name.
const KEY_MAX: usize = 64;

/// Characters of an identifier.
const WORD_MAX: usize = 100;

/// A message without what it should not say.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "unknown", rename = "BundleBody"))]
pub struct Body(Value);

impl Body {
    /// The message.
    pub fn value(&self) -> &Value {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(from)?;
        let mut left = VALUES_MAX;
        if is_fit(&value, DEPTH_MAX, &mut left) {
            Ok(Self(value))
        } else {
            Err(D::Error::custom("a message is JSON of at most 2000 values, 32 deep, in clean texts"))
        }
    }
}

fn is_fit(value: &Value, depth: usize, left: &mut usize) -> bool {
    let (Some(under), Some(rest)) = (depth.checked_sub(1), left.checked_sub(1)) else { return false };
    *left = rest;
    match value {
        Value::String(text) => is_clean(text),
        Value::Array(all) => all.iter().all(|one| is_fit(one, under, left)),
        Value::Object(all) => all.iter().all(|(key, one)| is_clean(key) && is_fit(one, under, left)),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

/// What a JSON member of this name holds, if that is nobody's business.
pub fn kind_of(key: &str) -> Option<Kind> {
    let key = key.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| key.contains(word));
    let is = |words: &[&str]| words.contains(&key.as_str());
    if has(&["token", "secret", "password", "authorization", "cookie", "credential", "grant"])
        || is(&["code", "pin", "key", "refresh", "access", "client"])
    {
        return Some(Kind::Token);
    }
    if has(&["serial", "macaddress"]) {
        return Some(Kind::Serial);
    }
    if has(&["mail"]) {
        return Some(Kind::Mail);
    }
    if has(&["address", "street", "city", "postal", "zip", "phone", "host", "url", "uri", "location"])
        || is(&["ip"])
    {
        return Some(Kind::Address);
    }
    if has(&["path", "folder", "file"]) {
        return Some(Kind::Path);
    }
    let written =
        has(&["description", "note", "comment", "title", "label", "shop", "customer", "user", "owner"]);
    let named = (key.ends_with("name") || key.ends_with("names")) && !is(&["modelname", "manufacturername"]);
    (written || named).then_some(Kind::Name)
}

fn is_word(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_.:+-|/".contains(c);
    text.len() <= WORD_MAX && text.chars().all(fits)
}

/// Whether `name` beside this namespace is a word of Alexa's (protocols 2.1): a header's or a property's.
fn is_alexas(members: &Map<String, Value>) -> bool {
    members
        .get("namespace")
        .and_then(Value::as_str)
        .is_some_and(|of| of == "Alexa" || of.starts_with("Alexa."))
        && members.get("name").and_then(Value::as_str).is_some_and(is_word)
}

impl Hider {
    /// A message without what it should not say; nothing of one that is larger than any that is sent.
    pub fn body(&mut self, part: Part, message: &Value) -> Body {
        let mut left = VALUES_MAX;
        Body(self.value(part, message, None, (DEPTH_MAX, &mut left)).unwrap_or_default())
    }

    fn value(
        &mut self,
        part: Part,
        value: &Value,
        of: Option<Kind>,
        (depth, left): (usize, &mut usize),
    ) -> Option<Value> {
        let under = depth.checked_sub(1)?;
        *left = left.checked_sub(1)?;
        Some(match (value, of) {
            (Value::Null | Value::Bool(_), _) | (Value::Number(_), None) => value.clone(),
            (Value::Number(number), Some(kind)) => self.stands_for(kind, part, &number.to_string()),
            (Value::String(text), _) if text.is_empty() => value.clone(),
            (Value::String(text), Some(kind)) => self.stands_for(kind, part, text),
            (Value::String(text), None) if is_word(text) => self.text(part, text).as_str().into(),
            (Value::String(text), None) => self.stands_for(Kind::Name, part, text),
            (Value::Array(all), _) => {
                let all = all.iter().map(|one| self.value(part, one, of, (under, &mut *left)));
                Value::Array(all.collect::<Option<_>>()?)
            }
            (Value::Object(members), _) => {
                let alexas = is_alexas(members);
                let mut out = Map::new();
                for (key, one) in members {
                    let free = matches!(key.as_str(), "detail" | "message" | "reason" | "unclear");
                    let kept = match (of, one) {
                        (None, Value::String(text)) if free => self.text(part, text).as_str().into(),
                        (None, Value::String(text)) if alexas && key == "name" => {
                            self.text(part, text).as_str().into()
                        }
                        _ => self.value(part, one, of.or_else(|| kind_of(key)), (under, &mut *left))?,
                    };
                    out.insert(self.key(part, key), kept);
                }
                Value::Object(out)
            }
        })
    }

    fn stands_for(&mut self, kind: Kind, part: Part, text: &str) -> Value {
        self.alias(kind, part, text).to_string().into()
    }

    fn key(&mut self, part: Part, key: &str) -> String {
        // Names such as `@type` are the protocol's own.
        let word = key.strip_prefix('@').unwrap_or(key);
        let plain = is_word(word) && word.len() <= KEY_MAX && !self.hides(word);
        if plain { key.to_owned() } else { self.alias(Kind::Name, part, key).to_string() }
    }
}
