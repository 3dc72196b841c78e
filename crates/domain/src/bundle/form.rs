//! What a bundle is made of: aliases, clean texts and short lists. None of them can be read from a file in any other form
//! than they are written in, so that what is opened needs no further care.

use crate::alexa::{is_seen, plain_text};
use crate::ids::Instance;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

/// Characters of a text.
pub const TEXT_MAX: usize = 2000;

/// What is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "HiddenKind"))]
pub enum Kind {
    /// What opens a door: tokens, credentials, codes, identities at Amazon.
    Token,
    /// What only one device has: serial numbers, hardware addresses, a printer's own UUID.
    Serial,
    /// Addresses of mail.
    Mail,
    /// Where something is: hosts, IP addresses, links, places in the home, postal addresses.
    Address,
    /// Files and folders.
    Path,
    /// What people or their things are called, and what people wrote.
    Name,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Token, Self::Serial, Self::Mail, Self::Address, Self::Path, Self::Name];

    /// Its name in an alias.
    pub fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Serial => "serial",
            Self::Mail => "mail",
            Self::Address => "address",
            Self::Path => "path",
            Self::Name => "name",
        }
    }
}

/// Where in the bundle something was hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "BundlePart"))]
pub enum Part {
    /// Versions and settings.
    App,
    /// Links to the maker and to Amazon.
    Links,
    /// Devices and their slots.
    Devices,
    /// Orders.
    Orders,
    /// The delivery log.
    Messages,
    /// The log.
    Log,
    /// The report of a crash.
    Crash,
}

/// What stands for something hidden: `serial-1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
pub struct Alias {
    /// What it is.
    pub kind: Kind,
    /// Which; from 1 on.
    pub number: u32,
}

impl fmt::Display for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.kind.word(), self.number)
    }
}

impl FromStr for Alias {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (word, digits) = text.split_once('-').ok_or(())?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.word() == word).ok_or(())?;
        let number: u32 = digits.parse().map_err(|_| ())?;
        let alias = Self { kind, number };
        if number > 0 && alias.to_string() == text { Ok(alias) } else { Err(()) }
    }
}

impl Serialize for Alias {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Alias {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(|()| D::Error::custom("an alias is a kind and a number, as in serial-1"))
    }
}

/// A clean line of at most [`TEXT_MAX`] characters. Only the hider makes one of a text from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string", rename = "BundleText"))]
pub struct Text(String);

impl Text {
    /// A word that is in the program's own source.
    pub fn word(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// The name a maker's or a device's program gave a slot, which is of its own checked form.
    pub fn instance(of: &Instance) -> Self {
        Self(of.as_str().to_owned())
    }

    /// Of what was scrubbed.
    pub(super) fn clean(text: &str) -> Self {
        Self(plain_text(text, TEXT_MAX))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text from a file is one that could have been written.
pub(super) fn is_clean(text: &str) -> bool {
    text.chars().count() <= TEXT_MAX && text.chars().all(is_seen)
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        if is_clean(&text) {
            Ok(Self(text))
        } else {
            Err(D::Error::custom("a text is one clean line of at most 2000 characters"))
        }
    }
}

/// At most `MAX` of something.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct List<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> List<T, MAX> {
    /// The first `MAX` of these.
    pub fn of(all: impl IntoIterator<Item = T>) -> Self {
        Self(all.into_iter().take(MAX).collect())
    }
}

impl<T, const MAX: usize> Default for List<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MAX: usize> std::ops::Deref for List<T, MAX> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for List<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let all = Vec::<T>::deserialize(from)?;
        if all.len() <= MAX { Ok(Self(all)) } else { Err(D::Error::custom(format!("at most {MAX} go here"))) }
    }
}
