//! What stands in a dossier and can't be: every limit of protocols 7.1, the shape of identifiers, and what two slots
//! must not share. An empty text is never a flaw; it is missing, which is another question.

use super::finding::{Finding, Stage, Step, What};
use super::picture::is_plain_file;
use super::{
    ASINS_MAX, CUSTOMERS_MAX, DESCRIPTION_MAX, Decision, Dossier, DossierKind, DossierSlot, FIRST_SLOT,
    IMAGE_MAX, MODEL_MAX, NAME_MAX, SHOWN_MAX, SLOTS_MAX, WORD_MAX, decide, is_model_id,
};
use crate::alexa::{ReplenishmentId, is_seen};
use crate::ids::{Asin, Instance};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// Everything that can't be, in the console's order.
pub fn flaws(dossier: &Dossier, today: NaiveDate) -> Vec<Finding> {
    let mut found = Vec::new();
    device(dossier, &mut found);
    image(dossier, &mut found);
    for (locale, name) in &dossier.names {
        let at = Finding::new(format!("names.{locale}"), Step::Customise, Stage::Request, What::Unseen);
        text(name, SHOWN_MAX, &at.locale(*locale), &mut found);
    }
    if dossier.slots.len() > SLOTS_MAX {
        let what = What::TooManySlots { count: dossier.slots.len() };
        found.push(Finding::new("slots", Step::Slots, Stage::Request, what));
    }
    for (at, slot) in dossier.slots.iter().enumerate() {
        let near = Near { dossier, at, slot, today };
        near.names(&mut found);
        near.sensor(&mut found);
        near.products(&mut found);
        near.id(&mut found);
    }
    accounts(dossier, today, &mut found);
    found
}

/// One line of text: what nobody sees in it, and its length. `at` says where.
fn text(of: &str, max: usize, at: &Finding, found: &mut Vec<Finding>) {
    let chars = of.chars().count();
    if chars > max {
        found.push(Finding { what: What::TooLong { chars, max }, ..at.clone() });
    }
    if !of.chars().all(is_seen) {
        found.push(Finding { what: What::Unseen, ..at.clone() });
    }
}

fn device(dossier: &Dossier, found: &mut Vec<Finding>) {
    let at = |field: &str| Finding::new(field, Step::Device, Stage::Request, What::Unseen);
    text(&dossier.name, NAME_MAX, &at("name"), found);
    if !dossier.model.is_empty() && !is_model_id(&dossier.model) {
        let chars = dossier.model.chars().count();
        let what = if chars > MODEL_MAX { What::TooLong { chars, max: MODEL_MAX } } else { What::BadModel };
        found.push(Finding { what, ..at("model") });
    }
    if let DossierKind::ConnectKit { device_type } = &dossier.kind {
        text(device_type, WORD_MAX, &at("kind.device_type"), found);
    }
    let maker = Finding { bars: Stage::Test, ..at("manufacturer") };
    text(&dossier.manufacturer, SHOWN_MAX, &maker, found);
}

fn image(dossier: &Dossier, found: &mut Vec<Finding>) {
    let Some(image) = &dossier.image else { return };
    let mut add = |field: &str, what| found.push(Finding::new(field, Step::Customise, Stage::Request, what));
    if !is_plain_file(&image.file) {
        add("image.file", What::BadFile);
    }
    if image.bytes > IMAGE_MAX {
        add("image.bytes", What::ImageTooLarge { bytes: image.bytes });
    }
    if !image.background.fits() {
        let clear = image.background.white.saturating_add(image.background.transparent);
        add("image.background", What::ImageBackground { clear });
    }
}

/// A slot among the others.
struct Near<'a> {
    dossier: &'a Dossier,
    at: usize,
    slot: &'a DossierSlot,
    today: NaiveDate,
}

impl<'a> Near<'a> {
    fn finding(&self, member: &str, step: Step, bars: Stage, what: What) -> Finding {
        Finding::new(format!("slots[{}].{member}", self.at), step, bars, what).slot(&self.slot.identifier)
    }

    /// The first slot before this one with the same of something that is there.
    fn before(&self, of: impl Fn(&'a DossierSlot) -> &'a str) -> Option<&'a DossierSlot> {
        let own = of(self.slot);
        let mut before = self.dossier.slots.iter().take(self.at);
        before.find(|other| !own.is_empty() && of(other).trim() == own.trim())
    }

    fn names(&self, found: &mut Vec<Finding>) {
        let at = |member: &str| self.finding(member, Step::Slots, Stage::Request, What::Unseen);
        let slot = self.slot;
        text(&slot.identifier, WORD_MAX, &at("identifier"), found);
        if self.at == 0 && !slot.identifier.is_empty() && slot.identifier != FIRST_SLOT {
            found.push(Finding { what: What::FirstSlot, ..at("identifier") });
        }
        if self.before(|slot| &slot.identifier).is_some() {
            found.push(Finding { what: What::SameIdentifier, ..at("identifier") });
        }
        let instance = Finding { bars: Stage::Test, ..at("instance") };
        if !slot.instance.is_empty() && slot.instance.parse::<Instance>().is_err() {
            found.push(Finding { what: What::BadInstance, ..instance.clone() });
        }
        if let Some(other) = self.before(|slot| &slot.instance) {
            let what = What::SameInstance { other: other.identifier.clone() };
            found.push(Finding { what, ..instance });
        }
        text(&slot.category, WORD_MAX, &at("category"), found);
        for (locale, name) in &slot.names {
            text(name, SHOWN_MAX, &at(&format!("names.{locale}")).locale(*locale), found);
        }
    }

    fn sensor(&self, found: &mut Vec<Finding>) {
        let at = |member: &str, what| self.finding(member, Step::Ids, Stage::Request, what);
        match (decide(self.slot.answers), self.slot.unit) {
            (Decision::None, _) => found.push(at("answers", What::NoSensorFits)),
            (Decision::Sensor { kind, .. }, Some(unit)) if !kind.measures(unit) => {
                found.push(at("unit", What::UnitDoesNotFit));
            }
            _ => {}
        }
        let chars = self.slot.description.chars().count();
        if chars > DESCRIPTION_MAX {
            found.push(at("description", What::TooLong { chars, max: DESCRIPTION_MAX }));
        }
        // Several lines are welcome here; what turns them round is not.
        if !self.slot.description.chars().all(|c| is_seen(c) || matches!(c, '\n' | '\r' | '\t')) {
            found.push(at("description", What::Unseen));
        }
    }

    fn products(&self, found: &mut Vec<Finding>) {
        for (market, list) in &self.slot.asins {
            let field = format!("asins.{}", market.letters().to_ascii_uppercase());
            let at = |what| self.finding(&field, Step::Slots, Stage::Certify, what).market(*market);
            if !self.dossier.marketplaces.contains_key(market) && !list.is_empty() {
                found.push(at(What::StrayAsins));
            }
            if list.len() > ASINS_MAX {
                found.push(at(What::TooManyAsins { count: list.len() }));
            }
            let mut seen = BTreeSet::new();
            for text in list.iter().take(ASINS_MAX) {
                match text.parse::<Asin>() {
                    Err(bad) => found.push(at(What::BadAsin { text: bad.text })),
                    Ok(asin) if !seen.insert(asin.clone()) => {
                        found.push(at(What::SameAsin { text: asin.as_str().to_owned() }));
                    }
                    Ok(_) => {}
                }
            }
        }
    }

    fn id(&self, found: &mut Vec<Finding>) {
        let at = |member: &str, what| self.finding(member, Step::Ids, Stage::Test, what);
        if self.slot.requested.is_some_and(|day| day > self.today) {
            found.push(at("requested", What::RequestedLater));
        }
        let id = &self.slot.replenishment;
        if !id.is_empty() && id.parse::<ReplenishmentId>().is_err() {
            found.push(at("replenishment", What::BadId));
        }
        if let Some(other) = self.before(|slot| &slot.replenishment) {
            let what = What::SameId { other: other.identifier.clone() };
            found.push(at("replenishment", what));
        }
    }
}

fn accounts(dossier: &Dossier, today: NaiveDate, found: &mut Vec<Finding>) {
    for (market, of) in &dossier.marketplaces {
        let letters = market.letters().to_ascii_uppercase();
        let at = |member: &str, what| {
            let field = format!("marketplaces.{letters}.{member}");
            Finding::new(field, Step::Accounts, Stage::Test, what).market(*market)
        };
        let mut seen = BTreeSet::new();
        for id in of.customers.iter().take(CUSTOMERS_MAX * 2) {
            // Its form is not documented: one visible word (ours).
            let short: String = id.chars().take(80).collect();
            if id.is_empty() || id.len() > WORD_MAX || !id.chars().all(|c| c.is_ascii_graphic()) {
                found.push(at("customers", What::BadCustomer { text: short }));
            } else if !seen.insert(id) {
                found.push(at("customers", What::SameCustomer { text: short }));
            }
        }
        if of.customers.len() > CUSTOMERS_MAX {
            found.push(at("customers", What::TooManyCustomers { count: of.customers.len() }));
        }
        if of.certified.is_some_and(|day| day > today) {
            let late = at("certified", What::CertifiedLater);
            found.push(Finding { bars: Stage::Certify, ..late });
        }
    }
}
