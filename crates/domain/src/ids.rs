//! Identifiers as checked newtypes: one can't be passed where another is meant, and none can be empty or of a
//! shape its owner would refuse. Making a new id needs a clock and randomness, so that happens in the engine.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Why a text is not the identifier it claims to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not {wanted}")]
pub struct BadId {
    /// The text as it came, cut to 80 characters.
    pub text: String,
    /// What it should have been, in words.
    pub wanted: &'static str,
}

impl BadId {
    pub(crate) fn new(text: &str, wanted: &'static str) -> Self {
        Self { text: text.chars().take(80).collect(), wanted }
    }
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $wanted:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
        pub struct $name(pub Uuid);

        impl $name {
            /// The 16 bytes as they are stored; byte order is time order.
            pub fn bytes(self) -> [u8; 16] {
                self.0.into_bytes()
            }

            /// The id of these 16 stored bytes.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                Uuid::parse_str(text).map(Self).map_err(|_| BadId::new(text, $wanted))
            }
        }
    };
}

uuid_id!(
    /// One ledger entry. A UUIDv7 made by whoever records the entry, so that repeating a request is harmless
    /// and ids sort by the time they were made.
    EntryId,
    "an entry id (a UUID)"
);
uuid_id!(
    /// One device, in the household's own books; a cloud's `endpointId` is attached to it later.
    EndpointId,
    "a device id (a UUID)"
);
uuid_id!(
    /// One slot: the place of one consumable in one device.
    SlotId,
    "a supply id (a UUID)"
);

impl SlotId {
    /// The id of a registered device's slot, which follows from the device and the slot's capability instance.
    pub fn of(device: EndpointId, instance: &str) -> Self {
        Self(Uuid::new_v5(&device.0, instance.as_bytes()))
    }
}

/// The name of one capability instance within an endpoint, such as one ink colour: 1 to 64 characters of
/// `[A-Za-z0-9._-]`, the same at every reading.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
pub struct Instance(String);

impl Instance {
    /// That of a slot that stands for a plain series.
    pub(crate) fn of_series() -> Self {
        Self("series".to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Instance {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if (1..=64).contains(&text.len()) && text.chars().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadId::new(text, "an instance name (1 to 64 letters, digits, dots, dashes or underscores)"))
        }
    }
}

impl<'de> Deserialize<'de> for Instance {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A text identifier of another system: bytes at most, characters allowed, and what it is in words.
macro_rules! wire_id {
    ($(#[$doc:meta])* $name:ident, $max:literal, $fits:expr, $wanted:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::ids::BadId;

            fn from_str(text: &str) -> Result<Self, $crate::ids::BadId> {
                let fits: fn(char) -> bool = $fits;
                if !text.is_empty() && text.len() <= $max && text.chars().all(fits) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err($crate::ids::BadId::new(text, $wanted))
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use wire_id;

/// Amazon's number of one product: ten capital letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
pub struct Asin(String);

impl Asin {
    /// The ten characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Asin {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let text = text.trim().to_ascii_uppercase();
        if text.len() == 10 && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            Ok(Self(text))
        } else {
            Err(BadId::new(&text, "an ASIN (ten letters and digits, as in the address of the product page)"))
        }
    }
}

impl<'de> Deserialize<'de> for Asin {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_and_asins_are_checked() {
        for good in ["black", "ink.cyan-2", "A_1"] {
            assert!(good.parse::<Instance>().is_ok(), "{good}");
        }
        for bad in ["", "two words", "tinte:ä", &"x".repeat(65)] {
            assert!(bad.parse::<Instance>().is_err(), "{bad}");
        }
        assert_eq!(" b00abcdef1 ".parse::<Asin>().map(|a| a.as_str().to_owned()), Ok("B00ABCDEF1".into()));
        for bad in ["B00ABCDEF", "B00ABCDEF12", "B00-BCDEF1"] {
            assert!(bad.parse::<Asin>().is_err(), "{bad}");
        }
        assert!(serde_json::from_str::<Instance>("\"a b\"").is_err());
    }
}
