//! Which changes of a dossier the console still takes (protocols 7.1): until replenishment IDs are assigned, all; from
//! then on device, slots, product lists and IDs stand, and only what was empty may be filled in; once certified
//! somewhere, only marketplaces are added, and one that is certified is closed. An ID never wanders to another slot.

use super::{Dossier, DossierMarket, DossierSlot};
use crate::alexa::ReplenishmentId;
use crate::market::Marketplace;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Why a change is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Rule {
    /// IDs are assigned: the device and its lists stand.
    Assigned,
    /// Certified somewhere: only marketplaces are added.
    Certified,
    /// Certified in this country: it is closed.
    Closed {
        /// The country.
        marketplace: Marketplace,
    },
    /// The ID of another slot.
    Swapped {
        /// The slot it belongs to, as the console calls it.
        other: String,
    },
    /// An ID that was there is another one now, or gone.
    IdChanged,
}

/// A change that the console would not take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Refusal {
    /// The member, as `slots[0].category`.
    pub field: String,
    /// The slot it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub slot: Option<String>,
    /// Why.
    pub rule: Rule,
}

/// Every change from one version to the next that is refused; none: it may be kept.
pub fn change(before: &Dossier, after: &Dossier) -> Vec<Refusal> {
    let mut refused = Vec::new();
    ids(before, after, &mut refused);
    if before.is_assigned() || before.is_certified() {
        let rule = if before.is_certified() { Rule::Certified } else { Rule::Assigned };
        let mut frozen = Frozen { before, after, rule, refused: &mut refused };
        frozen.device();
        frozen.slots();
    }
    marketplaces(before, after, &mut refused);
    refused
}

fn letters(market: Marketplace) -> String {
    market.letters().to_ascii_uppercase()
}

/// The IDs that stand: each can be one and is one slot's alone. What was pasted badly, or twice, may be corrected.
fn standing(before: &Dossier) -> Vec<Option<ReplenishmentId>> {
    let ids: Vec<_> = before.slots.iter().map(DossierSlot::assigned).collect();
    let alone = |id: &&ReplenishmentId| ids.iter().flatten().filter(|other| other == id).count() == 1;
    ids.iter().map(|id| id.as_ref().filter(alone).cloned()).collect()
}

fn ids(before: &Dossier, after: &Dossier, refused: &mut Vec<Refusal>) {
    let stand = standing(before);
    let mut refuse = |at: usize, slot: &DossierSlot, rule| {
        let field = format!("slots[{at}].replenishment");
        refused.push(Refusal { field, slot: Some(slot.identifier.clone()), rule });
    };
    for (at, slot) in after.slots.iter().enumerate() {
        let (own, id) = (stand.get(at).and_then(Option::as_ref), slot.assigned());
        if own.is_some() && own == id.as_ref() {
            continue;
        }
        let owner = stand
            .iter()
            .zip(&before.slots)
            .enumerate()
            .find(|(other, (theirs, _))| *other != at && theirs.is_some() && **theirs == id);
        if let Some((_, (_, other))) = owner {
            refuse(at, slot, Rule::Swapped { other: other.identifier.clone() });
        } else if own.is_some() {
            refuse(at, slot, Rule::IdChanged);
        }
    }
    for (at, slot) in before.slots.iter().enumerate().skip(after.slots.len()) {
        if stand.get(at).is_some_and(Option::is_some) {
            refuse(at, slot, Rule::IdChanged);
        }
    }
}

/// What stands once IDs are assigned.
struct Frozen<'a> {
    before: &'a Dossier,
    after: &'a Dossier,
    rule: Rule,
    refused: &'a mut Vec<Refusal>,
}

impl Frozen<'_> {
    fn refuse(&mut self, field: String, slot: Option<&DossierSlot>) {
        let slot = slot.map(|slot| slot.identifier.clone());
        self.refused.push(Refusal { field, slot, rule: self.rule.clone() });
    }

    fn text(&mut self, field: &str, slot: Option<&DossierSlot>, was: &str, is: &str) {
        if was != is && !was.is_empty() {
            self.refuse(field.to_owned(), slot);
        }
    }

    fn device(&mut self) {
        let (before, after) = (self.before, self.after);
        if before.kind != after.kind {
            self.refuse("kind".to_owned(), None);
        }
        self.text("name", None, &before.name, &after.name);
        self.text("model", None, &before.model, &after.model);
        self.text("manufacturer", None, &before.manufacturer, &after.manufacturer);
        if before.image.is_some() && before.image != after.image {
            self.refuse("image".to_owned(), None);
        }
        self.texts("names", None, &before.names, &after.names);
    }

    fn texts<K: Ord + Serialize>(
        &mut self,
        field: &str,
        slot: Option<&DossierSlot>,
        was: &BTreeMap<K, String>,
        is: &BTreeMap<K, String>,
    ) {
        for (key, text) in was.iter().filter(|(_, text)| !text.is_empty()) {
            if is.get(key) != Some(text) {
                self.refuse(format!("{field}.{}", word(key)), slot);
            }
        }
    }

    fn slots(&mut self) {
        let (before, after) = (self.before, self.after);
        if before.slots.len() != after.slots.len() {
            self.refuse("slots".to_owned(), None);
        }
        for (at, (was, is)) in before.slots.iter().zip(&after.slots).enumerate() {
            let field = |member: &str| format!("slots[{at}].{member}");
            self.text(&field("identifier"), Some(was), &was.identifier, &is.identifier);
            self.text(&field("instance"), Some(was), &was.instance, &is.instance);
            self.text(&field("category"), Some(was), &was.category, &is.category);
            self.text(&field("description"), Some(was), &was.description, &is.description);
            // Only a sensor that was decided can become another one.
            if was.sensor().is_some() && was.sensor() != is.sensor() {
                self.refuse(field("answers"), Some(was));
            }
            if was.unit.is_some() && was.unit != is.unit {
                self.refuse(field("unit"), Some(was));
            }
            if was.requested.is_some() && was.requested != is.requested {
                self.refuse(field("requested"), Some(was));
            }
            self.texts(&field("names"), Some(was), &was.names, &is.names);
            for (market, list) in was.asins.iter().filter(|(_, list)| !list.is_empty()) {
                if is.asins.get(market) != Some(list) {
                    self.refuse(field(&format!("asins.{}", letters(*market))), Some(was));
                }
            }
        }
    }
}

fn word<K: Serialize>(key: &K) -> String {
    let word = serde_json::to_value(key).ok();
    word.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

fn marketplaces(before: &Dossier, after: &Dossier, refused: &mut Vec<Refusal>) {
    let mut refuse = |field: String, rule| refused.push(Refusal { field, slot: None, rule });
    for (&market, was) in &before.marketplaces {
        let field = format!("marketplaces.{}", letters(market));
        let closed = was.certified.is_some();
        let rule = if closed { Rule::Closed { marketplace: market } } else { Rule::Certified };
        let now: Option<&DossierMarket> = after.marketplaces.get(&market);
        match now {
            None if before.is_certified() => refuse(field, rule),
            Some(is) if closed && is.certified != was.certified => refuse(format!("{field}.certified"), rule),
            Some(is) if closed && is.customers != was.customers => refuse(format!("{field}.customers"), rule),
            None | Some(_) => {}
        }
    }
}
