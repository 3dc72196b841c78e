//! The shape of the shared entry type, for the API's description alone. A test holds it against what the domain writes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// One line of the ledger.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Entry)]
#[serde(deny_unknown_fields)]
pub struct EntryShape {
    /// Made by whoever records it.
    id: Uuid,
    /// The slot it is about.
    slot: Uuid,
    /// When it happened; whole milliseconds.
    observed_at: DateTime<Utc>,
    /// When the cloud heard of it; what is sent is replaced.
    recorded_at: DateTime<Utc>,
    /// `person`, `device`, `cloud` or `import`.
    source: String,
    /// The entry this one explains or replaces.
    about: Option<Uuid>,
    /// Anything a person wanted to remember.
    note: Option<String>,
    /// What happened.
    kind: Kind,
}

/// A quantity.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// Thousandths of the unit.
    milli: i64,
    /// The unit as Alexa spells it (protocols 2.8).
    unit: String,
}

/// A level as a device states it.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum Level {
    /// A number.
    Amount {
        /// What is left.
        amount: Amount,
    },
    /// The device does not know.
    Unknown,
    /// The device knows that some is left.
    SomeLeft,
}

/// An amount of money.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Thousandths of the currency.
    milli: i64,
    /// ISO 4217.
    currency: String,
}

/// What happened.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = EntryKind)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Kind {
    /// The device stated what is in it.
    LevelRead {
        /// The level.
        level: Level,
    },
    /// This much was used since the last report.
    Consumed {
        /// How much.
        amount: Amount,
    },
    /// What was in the device was replaced by a full one.
    Replaced {
        /// Content of what went in; absent: the slot's capacity.
        capacity: Option<Amount>,
        /// It came from the shelf.
        from_shelf: bool,
    },
    /// A person bought packs.
    Purchased {
        /// How many.
        packs: u32,
        /// Content of one.
        content: Option<Amount>,
        /// Which product.
        asin: Option<String>,
        /// What all of it cost.
        price: Option<Money>,
        /// Where.
        shop: Option<String>,
    },
    /// An order arrived.
    Received {
        /// The order.
        order: String,
        /// How many packs.
        packs: u32,
        /// Content of one.
        content: Option<Amount>,
    },
    /// A person looked and counted.
    Counted {
        /// What is in the device.
        level: Option<Amount>,
        /// What lies on the shelf.
        shelf: Option<Amount>,
    },
    /// Another entry no longer counts.
    Voided {
        /// Which.
        entry: Uuid,
    },
}

#[cfg(test)]
mod tests {
    use super::EntryShape;
    use refill_domain::ids::{EntryId, SlotId};
    use refill_domain::ledger::{Entry, EntryKind, Level, Money, Source};
    use refill_domain::measure::{Amount, Unit};

    #[test]
    fn the_shape_is_what_the_domain_writes() {
        let amount = Amount::new(1, Unit::Milliliter);
        let price = Some(Money { milli: 1, currency: "EUR".into() });
        let (asin, shop) = (Some("B00ABCDEF1".parse().unwrap()), Some("shop".to_owned()));
        let kinds = [
            EntryKind::LevelRead { level: Level::Amount { amount } },
            EntryKind::LevelRead { level: Level::Unknown },
            EntryKind::LevelRead { level: Level::SomeLeft },
            EntryKind::Consumed { amount },
            EntryKind::Replaced { capacity: Some(amount), from_shelf: true },
            EntryKind::Purchased { packs: 1, content: Some(amount), asin, price, shop },
            EntryKind::Received { order: "o".into(), packs: 1, content: None },
            EntryKind::Counted { level: Some(amount), shelf: None },
            EntryKind::Voided { entry: EntryId(uuid::Uuid::from_u128(3)) },
        ];
        for kind in kinds {
            let entry = Entry {
                id: EntryId(uuid::Uuid::from_u128(1)),
                slot: SlotId(uuid::Uuid::from_u128(2)),
                observed_at: chrono::DateTime::UNIX_EPOCH,
                recorded_at: chrono::DateTime::UNIX_EPOCH,
                source: Source::Person,
                about: None,
                note: Some("n".into()),
                kind,
            };
            let written = serde_json::to_value(&entry).unwrap();
            let shape: EntryShape = serde_json::from_value(written.clone()).unwrap();
            assert_eq!(serde_json::to_value(shape).unwrap(), written);
        }
    }
}
