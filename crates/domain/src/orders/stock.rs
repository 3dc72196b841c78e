//! What an order adds to the shelf, as an entry of the ledger: once per order, in the slot's own unit, and only if the
//! amount is understood. Otherwise a person is asked; nothing is guessed.

use crate::drs::{DrsSlot, OrderInstance, Product};
use crate::endpoint::Slot;
use crate::ledger::EntryKind;
use crate::measure::{AMOUNT_MAX, Amount, Measurement, Milli};
use crate::spelling::parse_unit;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// An order whose delivery date is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Arrival {
    /// The order; the ledger counts each once.
    pub order: OrderInstance,
    /// The slot of the Dash console.
    pub slot: DrsSlot,
    /// What came.
    pub products: Vec<Product>,
    /// When: the entry's `observed_at`.
    pub at: DateTime<Utc>,
}

/// Why an arrival can't be added without a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unclear {
    /// Amazon did not say how much.
    #[error("Amazon did not say how much was shipped; record it as bought")]
    Quantity,
    /// In a unit that means nothing for this supply.
    #[error("{unit:?} says nothing about this supply; record it as bought")]
    Unit {
        /// As it came.
        unit: String,
    },
    /// More than can be.
    #[error("the amount is larger than a billion; record it as bought")]
    TooLarge,
}

/// The entry that an arrival makes in this slot's ledger.
///
/// A quantity in the unit the shelf is counted in is its content (103 fl oz of detergent, 40 pods, 2 cartridges). A number
/// of pieces of what is poured is as many of the slot's packs.
///
/// # Errors
/// [`Unclear`].
pub fn received(arrival: &Arrival, slot: &Slot) -> Result<EntryKind, Unclear> {
    let content = content(&arrival.products, slot)?;
    Ok(EntryKind::Received { order: arrival.order.as_str().to_owned(), packs: 1, content: Some(content) })
}

/// How much of a slot's supply some products are together, in the unit its shelf is counted in.
///
/// # Errors
/// [`Unclear`].
pub fn content(products: &[Product], slot: &Slot) -> Result<Amount, Unclear> {
    let shelf = slot.shelf_unit();
    let mut sum: i128 = 0;
    for product in products {
        let quantity = product.quantity.filter(|milli| *milli > 0).ok_or(Unclear::Quantity)?;
        let text = product.unit.as_deref().unwrap_or("count");
        let added: i128 = if let Ok(unit) = parse_unit(text, shelf.measurement()) {
            Amount::new(quantity, unit).to(shelf).map_err(|_| Unclear::TooLarge)?.milli.into()
        } else if parse_unit(text, Measurement::Count).is_ok() {
            i128::from(quantity) * i128::from(slot.pack) / 1000
        } else {
            return Err(Unclear::Unit { unit: text.to_owned() });
        };
        sum += added;
    }
    let milli = Milli::try_from(sum).ok().filter(|milli| *milli <= AMOUNT_MAX).ok_or(Unclear::TooLarge)?;
    if milli == 0 {
        return Err(Unclear::Quantity);
    }
    Ok(Amount::new(milli, shelf))
}
