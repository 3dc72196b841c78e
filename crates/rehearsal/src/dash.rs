//! What Amazon does about what it heard, which the sandbox leaves to whoever runs it: it keeps the household's inventory from
//! the reports it took, mails when it gets low, and after three low updates in a row orders or notifies (protocols 2.6).
//! It knows nothing of the device but the messages.

use refill_domain::certification::{Choice, Happening};
use refill_domain::market::Marketplace;
use refill_domain::measure::Amount;
use refill_domain::registration::Dossier;
use serde_json::Value;
use std::collections::BTreeMap;

/// Low updates in a row that make an order (protocols 2.6).
const LOW_UPDATES: u32 = 3;

/// One slot as Amazon has it, in thousandths of the unit it is told; durations in seconds.
#[derive(Debug)]
struct Inventory {
    full: f64,
    left: f64,
    low: f64,
    row: u32,
    choice: Choice,
}

/// Amazon's side of the inventory of one device.
#[derive(Debug)]
pub struct Dash {
    endpoint: String,
    slots: BTreeMap<String, Inventory>,
    ids: BTreeMap<String, String>,
    /// Orders although the customer wants notifications alone.
    pub heedless: bool,
}

/// An amount as Alexa is told it.
fn told(amount: Amount) -> f64 {
    let amount = amount.to(refill_domain::alexa::wire_unit(amount.unit)).unwrap_or(amount);
    #[expect(clippy::cast_precision_loss, reason = "the story's figures are small and whole")]
    let milli = amount.milli as f64;
    milli / 1000.0
}

/// Hours, minutes and seconds of `PTnHnMnS`.
fn seconds(text: &str) -> Option<f64> {
    let mut rest = text.strip_prefix("PT")?;
    let mut total = 0.0;
    for (mark, factor) in [('H', 3600.0), ('M', 60.0), ('S', 1.0)] {
        if let Some((number, after)) = rest.split_once(mark) {
            total += number.parse::<f64>().ok()? * factor;
            rest = after;
        }
    }
    Some(total)
}

fn value(of: &Value) -> Option<f64> {
    let value = of.get("value")?;
    value.as_f64().or_else(|| seconds(value.as_str()?))
}

impl Dash {
    /// For a device that nobody set up yet.
    pub fn new(endpoint: &str) -> Self {
        Self { endpoint: endpoint.to_owned(), slots: BTreeMap::new(), ids: BTreeMap::new(), heedless: false }
    }

    /// The customer chooses what is to happen when a slot is low.
    pub fn choose(&mut self, instance: &str, choice: Choice, low: Amount, left: Amount, full: Amount) {
        let row = Inventory { full: told(full), left: told(left), low: told(low), row: 0, choice };
        let slot = self.slots.entry(instance.to_owned()).or_insert(row);
        slot.choice = choice;
        slot.row = 0;
    }

    /// An order was shipped: what is counted out grows by a pack (protocols 2.6).
    pub fn shipped(&mut self, instance: &str) {
        if let Some(slot) = self.slots.get_mut(instance) {
            slot.left += slot.full;
            slot.row = 0;
        }
    }

    /// Takes a description of the device.
    pub fn described(&mut self, message: &Value) {
        let all = message.pointer("/event/payload/endpoints").and_then(Value::as_array);
        let ours = |one: &&Value| one["endpointId"] == self.endpoint.as_str();
        let Some(device) = all.into_iter().flatten().find(ours) else { return };
        for capability in device["capabilities"].as_array().into_iter().flatten() {
            let id = capability.pointer("/configuration/replenishment/value").and_then(Value::as_str);
            if let (Some(instance), Some(id)) = (capability["instance"].as_str(), id) {
                self.ids.insert(instance.to_owned(), id.to_owned());
            }
        }
    }

    /// What is offered for a slot: the products listed for the replenishment ID it was described with.
    pub fn offers(&self, instance: &str, dossier: &Dossier, market: Option<Marketplace>) -> Happening {
        let id = self.ids.get(instance);
        let listed = dossier.slots.iter().find(|slot| id.is_some_and(|id| slot.replenishment.trim() == id));
        let products = listed.zip(market).and_then(|(slot, market)| slot.asins.get(&market));
        Happening::Offered { instance: instance.to_owned(), products: products.cloned().unwrap_or_default() }
    }

    /// Takes a message that the gateway took; says what Amazon does about it.
    pub fn heard(&mut self, message: &Value) -> Vec<Happening> {
        let header = |name: &str| message["event"]["header"][name].as_str().unwrap_or_default();
        if header("name") == "AddOrUpdateReport" {
            self.described(message);
        }
        if message["event"]["endpoint"]["endpointId"] != self.endpoint.as_str() {
            return Vec::new();
        }
        let mut updated = Vec::new();
        match header("name") {
            "ChangeReport" => {
                let changed = message.pointer("/event/payload/change/properties").and_then(Value::as_array);
                for property in changed.into_iter().flatten() {
                    let instance = property["instance"].as_str().unwrap_or_default();
                    if let (Some(slot), Some(level)) =
                        (self.slots.get_mut(instance), value(&property["value"]))
                    {
                        slot.left = level;
                        updated.push(instance.to_owned());
                    }
                }
            }
            "InventoryConsumed" => {
                let used = value(&message["event"]["payload"]["usage"]);
                if let (Some(slot), Some(used)) = (self.slots.get_mut(header("instance")), used) {
                    slot.left -= used;
                    updated.push(header("instance").to_owned());
                }
            }
            "InventoryReplaced" => {
                if let Some(slot) = self.slots.get_mut(header("instance")) {
                    slot.left = slot.full;
                    slot.row = 0;
                }
            }
            _ => {}
        }
        updated.into_iter().flat_map(|instance| self.update(instance)).collect()
    }

    fn update(&mut self, instance: String) -> Vec<Happening> {
        let Some(slot) = self.slots.get_mut(&instance) else { return Vec::new() };
        slot.row = if slot.left <= slot.low { slot.row + 1 } else { 0 };
        let (row, choice) = (slot.row, slot.choice);
        let mut does = Vec::new();
        if row == 1 {
            does.push(Happening::Mailed { instance: instance.clone() });
        }
        if row != LOW_UPDATES {
            return does;
        }
        match (choice, self.ids.get(&instance)) {
            (Choice::Notify, Some(id)) if self.heedless => {
                does.push(Happening::Ordered { instance, replenishment: id.clone() });
            }
            (Choice::Notify, _) => does.push(Happening::Notified { instance }),
            (Choice::Reorder, Some(id)) => {
                does.push(Happening::Ordered { instance, replenishment: id.clone() });
            }
            // Without an ID there is nothing it could order.
            (Choice::Reorder, None) => {}
        }
        does
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use refill_domain::measure::Unit;
    use serde_json::json;

    fn level(instance: &str, value: f64) -> Value {
        json!({"event": {"header": {"name": "ChangeReport"}, "endpoint": {"endpointId": "e"},
            "payload": {"change": {"properties": [{"instance": instance, "name": "level",
                "value": {"@type": "Percentage", "value": value}}]}}}})
    }

    #[test]
    fn three_low_updates_in_a_row_order_and_two_do_not() {
        let percent = |number| Amount::whole(number, Unit::Percent);
        let mut dash = Dash::new("e");
        dash.ids.insert("black".to_owned(), "id".to_owned());
        dash.choose("black", Choice::Reorder, percent(20), percent(100), percent(100));
        let mut say = |value| dash.heard(&level("black", value)).len();
        // A mail at the first; what is not low begins anew.
        assert_eq!([19.0, 20.0, 21.0, 20.0, 20.0].map(&mut say), [1, 0, 0, 1, 0]);
        let does = dash.heard(&level("black", 12.0));
        assert_eq!(
            does,
            [Happening::Ordered { instance: "black".to_owned(), replenishment: "id".to_owned() }]
        );
        assert!(dash.heard(&level("black", 11.0)).is_empty(), "one order is enough");
    }
}
