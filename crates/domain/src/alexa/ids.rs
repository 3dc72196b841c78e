//! Identifiers that go over the wire, each checked against the limits of protocols 2.1 and 2.2.

use crate::ids::{EndpointId, wire_id};
use uuid::Uuid;

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
