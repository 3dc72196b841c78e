//! What the REST answers and the notifications of DRS have in common (protocols 4.3, 5.1): slots, products,
//! subscriptions. Read tolerantly, within limits: dates and names in both spellings, quantities whole or not, unknown
//! members passed over. A quantity that can't be is none, and the product stays.

use crate::figures;
use crate::ids::wire_id;
use crate::measure::Milli;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

wire_id!(
    /// A slot's id of the Dash console, which customers never see.
    DrsSlot,
    255,
    |c| !c.is_control(),
    "a slot id of the Dash console (1 to 255 characters)"
);
wire_id!(
    /// One order: the `eventInstanceId` of `replenish`, the `instanceId` of notifications.
    OrderInstance,
    255,
    |c| c.is_ascii_graphic(),
    "an order's instanceId (1 to 255 visible characters)"
);

/// Products of one order, and slots of one device, that are read (ours).
const LIST_MAX: usize = 200;

/// Characters of a unit or product number that are kept (ours).
const TEXT_MAX: usize = 64;

/// Which of the two shapes a message has (protocols 5.1): the date and the products' numbers moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ShapeVersion {
    /// `{slot: true}`, no product numbers.
    #[serde(rename = "1.0")]
    V1,
    /// An object under each slot, `asin` and date inside the product.
    #[serde(rename = "2.0")]
    V2,
}

/// A product as ordered or chosen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Product {
    /// Its number, in version 2.
    pub asin: Option<String>,
    /// How much of it, in thousandths of `unit`; none where it is no amount (absent, negative, beyond a billion).
    pub quantity: Option<Milli>,
    /// The unit as it was spelled; what it means depends on the slot's kind (protocols 8.2).
    pub unit: Option<String>,
    /// The estimated delivery date.
    pub delivery: Option<DateTime<Utc>>,
}

/// Whether a slot reorders by itself, and what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SlotSubscription {
    /// It does.
    pub subscribed: bool,
    /// The chosen products, in version 2.
    pub products: Vec<Product>,
}

/// The subscriptions of one device's slots.
pub type Subscriptions = BTreeMap<DrsSlot, SlotSubscription>;

/// A text of the wire, cut.
pub(crate) fn short(value: &Value) -> Option<String> {
    value.as_str().map(|text| crate::alexa::plain_text(text, TEXT_MAX)).filter(|text| !text.is_empty())
}

/// The products of a `productInfo` or `productInfoList`; `order_date` is version 1's date of the whole order. An absent
/// list is an empty one.
///
/// # Errors
/// What is wrong with it, in words.
pub fn read_products(
    list: &Value,
    order_date: &Value,
) -> Result<(Vec<Product>, Option<ShapeVersion>), String> {
    let products = match list {
        Value::Null => return Ok((Vec::new(), None)),
        Value::Array(products) if products.len() <= LIST_MAX => products,
        Value::Array(_) => return Err(format!("more than {LIST_MAX} products")),
        _ => return Err("the products are no list".into()),
    };
    let of_order = date(order_date);
    let mut version = None;
    let mut read = Vec::with_capacity(products.len());
    for product in products {
        if !product.is_object() {
            return Err("a product is no object".into());
        }
        let own = date_in(product);
        if product.get("asin").is_some() || own.is_some() {
            version = Some(ShapeVersion::V2);
        }
        read.push(Product {
            asin: short(&product["asin"]),
            quantity: figures::milli(&product["quantity"]).filter(|milli| *milli >= 0),
            unit: short(&product["unit"]),
            delivery: own.or(of_order),
        });
    }
    if version.is_none() && !order_date.is_null() {
        version = Some(ShapeVersion::V1);
    }
    Ok((read, version))
}

fn date(value: &Value) -> Option<DateTime<Utc>> {
    figures::moment(value)
}

/// The estimated delivery date of a product or an order, in both of its spellings.
pub(crate) fn date_in(object: &Value) -> Option<DateTime<Utc>> {
    date(&object["estimatedDeliveryDate"]).or_else(|| date(&object["estimatedDeliverydate"]))
}

/// A `slotsSubscriptionStatus` of either version.
///
/// # Errors
/// What is wrong with it, in words.
pub fn read_subscriptions(status: &Value) -> Result<(Subscriptions, Option<ShapeVersion>), String> {
    let slots = status.as_object().ok_or("`slotsSubscriptionStatus` is missing or no object")?;
    if slots.len() > LIST_MAX {
        return Err(format!("more than {LIST_MAX} slots"));
    }
    let mut version = None;
    let mut read = BTreeMap::new();
    for (slot, told) in slots {
        let slot: DrsSlot = slot.parse().map_err(|_| "a slot without a usable id".to_owned())?;
        let subscription = match told {
            Value::Bool(subscribed) => {
                version = version.max(Some(ShapeVersion::V1));
                SlotSubscription { subscribed: *subscribed, products: Vec::new() }
            }
            Value::Object(_) => {
                version = Some(ShapeVersion::V2);
                let subscribed = told["subscribed"].as_bool();
                let subscribed =
                    subscribed.ok_or_else(|| format!("`subscribed` of slot {slot} is missing"))?;
                let (products, _) = read_products(&told["productInfoList"], &Value::Null)?;
                SlotSubscription { subscribed, products }
            }
            _ => return Err(format!("slot {slot} is neither true nor false nor an object")),
        };
        read.insert(slot, subscription);
    }
    Ok((read, version))
}
