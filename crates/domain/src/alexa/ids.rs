//! Identifiers that go over the wire, each checked against the limits of protocols 2.1 and 2.2.

use crate::ids::{BadId, EndpointId};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! wire_id {
    ($(#[$doc:meta])* $name:ident, $max:literal, $fits:expr, $wanted:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                let fits: fn(char) -> bool = $fits;
                if !text.is_empty() && text.len() <= $max && text.chars().all(fits) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(BadId::new(text, $wanted))
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

wire_id!(
    /// Alexa's `endpointId` of a device: unique over all customers, the same for ever. Ours are the device's UUID; ids
    /// that others made (serial numbers, spaces included) are accepted.
    ApplianceId,
    256,
    |c| c.is_ascii_alphanumeric() || " _-=#;:?@&".contains(c),
    "an endpointId (1 to 256 letters, digits, spaces or _-=#;:?@&)"
);
wire_id!(
    /// The id of one message; the same at every attempt to deliver it.
    MessageId,
    127,
    |c| c.is_ascii_alphanumeric() || c == '-',
    "a messageId (1 to 127 letters, digits or dashes)"
);
wire_id!(
    /// What Amazon assigned to one slot of a device model: it names the products that can refill it. Its form is not
    /// documented; 1 to 512 visible characters are taken (ours).
    ReplenishmentId,
    512,
    |c| c.is_ascii_graphic(),
    "a replenishment ID (as the Dash console shows it, without spaces)"
);

impl From<EndpointId> for ApplianceId {
    fn from(id: EndpointId) -> Self {
        Self(id.to_string())
    }
}

impl From<Uuid> for MessageId {
    fn from(id: Uuid) -> Self {
        Self(id.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_ids_keep_amazons_limits() {
        for good in ["appliance-001", "SN 12_3=4#5;6:7?8@9&0", &"x".repeat(256)] {
            assert!(good.parse::<ApplianceId>().is_ok(), "{good}");
        }
        for bad in ["", "a/b", "a.b", "ü", "a\n", &"x".repeat(257)] {
            assert!(bad.parse::<ApplianceId>().is_err(), "{bad:?}");
        }
        for bad in ["", "a_b", "a b", &"x".repeat(128)] {
            assert!(bad.parse::<MessageId>().is_err(), "{bad:?}");
        }
        for bad in ["", "a b", "é", "a\u{0}"] {
            assert!(bad.parse::<ReplenishmentId>().is_err(), "{bad:?}");
        }
        assert!("amzn1.dash.replenishment.v1/1234|x".parse::<ReplenishmentId>().is_ok());
        let own = ApplianceId::from(EndpointId::from_bytes([0xab; 16]));
        assert!(own.as_str().parse::<ApplianceId>().is_ok() && !own.as_str().contains(' '));
        assert!(MessageId::from(Uuid::from_bytes([7; 16])).as_str().parse::<MessageId>().is_ok());
        assert!(serde_json::from_str::<ApplianceId>("\"a/b\"").is_err());
    }
}
