//! What is still missing before a model can be requested, tested and certified in a country, and what Amazon will ask
//! for. A marketplace is localised and certified by itself (protocols 7.1), so each has its own list.

use super::finding::{Finding, Grade, Stage, Step, What};
use super::{Decision, Dossier, DossierKind, DossierSlot, countdown, decide, flaws, locales};
use crate::market::Marketplace;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How a model stands in one country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Standing {
    /// The country.
    pub marketplace: Marketplace,
    /// What comes next there; nothing once it is certified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub next: Option<Stage>,
    /// What is wrong, missing or awaited there, what is true of all countries included.
    pub findings: Vec<Finding>,
}

impl Standing {
    /// Whether nothing is in the way of a stage, what Amazon has to do first included.
    pub fn is_ready(&self, stage: Stage) -> bool {
        self.findings.iter().all(|finding| finding.bars > stage)
    }
}

/// How a model stands as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Verdict {
    /// Everything that is wrong, missing or awaited anywhere, each once, in the console's order.
    pub findings: Vec<Finding>,
    /// Country by country.
    pub marketplaces: Vec<Standing>,
}

impl Verdict {
    /// Whether nothing is in the way of a stage, in one country or, without one, in all of them.
    pub fn is_ready(&self, stage: Stage, market: Option<Marketplace>) -> bool {
        let concerns = |finding: &&Finding| market.is_none_or(|market| finding.concerns(market));
        self.findings.iter().filter(concerns).all(|finding| finding.bars > stage)
            && market.is_none_or(|market| self.marketplaces.iter().any(|of| of.marketplace == market))
    }

    /// How many findings are of a grade.
    pub fn count(&self, grade: Grade) -> usize {
        self.findings.iter().filter(|finding| finding.what.grade() == grade).count()
    }
}

/// Judges the whole dossier on a day.
pub fn judge(dossier: &Dossier, today: NaiveDate) -> Verdict {
    let mut findings = flaws(dossier, today);
    findings.extend(gaps(dossier, today));
    findings.sort_by_key(|finding| (finding.step, finding.what.grade()));
    let next = |market: &Marketplace| {
        let requested = |slot: &DossierSlot| slot.requested.is_some() || !slot.replenishment.is_empty();
        if dossier.marketplaces.get(market).is_some_and(|of| of.certified.is_some()) {
            None
        } else if !dossier.slots.iter().all(requested) || dossier.slots.is_empty() {
            Some(Stage::Request)
        } else if findings.iter().any(|finding| finding.bars <= Stage::Test && finding.concerns(*market)) {
            Some(Stage::Test)
        } else {
            Some(Stage::Certify)
        }
    };
    let standing = |market: &Marketplace| Standing {
        marketplace: *market,
        next: next(market),
        findings: findings.iter().filter(|finding| finding.concerns(*market)).cloned().collect(),
    };
    let marketplaces = dossier.marketplaces.keys().map(standing).collect();
    Verdict { findings, marketplaces }
}

/// Everything that is missing or awaited, in the console's order.
pub fn gaps(dossier: &Dossier, today: NaiveDate) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut lacks = |field: &str, step, bars, what, text: &str| {
        if text.trim().is_empty() {
            found.push(Finding::new(field, step, bars, what));
        }
    };
    lacks("name", Step::Device, Stage::Request, What::NoName, &dossier.name);
    lacks("model", Step::Device, Stage::Request, What::NoModel, &dossier.model);
    if let DossierKind::ConnectKit { device_type } = &dossier.kind {
        lacks("kind.device_type", Step::Device, Stage::Request, What::NoDeviceType, device_type);
    }
    lacks("manufacturer", Step::Device, Stage::Test, What::NoManufacturer, &dossier.manufacturer);
    let image = if dossier.image.is_some() { "there" } else { "" };
    lacks("image", Step::Customise, Stage::Request, What::NoImage, image);
    let somewhere = if dossier.marketplaces.is_empty() { "" } else { "there" };
    lacks("marketplaces", Step::Customise, Stage::Request, What::NoMarketplace, somewhere);
    let any = if dossier.slots.is_empty() { "" } else { "there" };
    lacks("slots", Step::Slots, Stage::Request, What::NoSlots, any);
    for &market in dossier.marketplaces.keys() {
        for &locale in locales(market) {
            if dossier.names.get(&locale).is_none_or(|name| name.trim().is_empty()) {
                let field = format!("names.{locale}");
                let missing = Finding::new(field, Step::Customise, Stage::Request, What::NoDeviceName);
                found.push(missing.locale(locale));
            }
        }
    }
    for (at, slot) in dossier.slots.iter().enumerate() {
        of_slot(dossier, at, slot, today, &mut found);
    }
    for (market, of) in &dossier.marketplaces {
        // Once certified there is nothing to test any more.
        if of.customers.is_empty() && of.certified.is_none() {
            let field = format!("marketplaces.{}.customers", market.letters().to_ascii_uppercase());
            let missing = Finding::new(field, Step::Accounts, Stage::Test, What::NoCustomers);
            found.push(missing.market(*market));
        }
    }
    found
}

fn of_slot(dossier: &Dossier, at: usize, slot: &DossierSlot, today: NaiveDate, found: &mut Vec<Finding>) {
    let finding = |member: &str, step, bars, what| {
        Finding::new(format!("slots[{at}].{member}"), step, bars, what).slot(&slot.identifier)
    };
    let mut lacks = |member: &str, step, bars, what, text: &str| {
        if text.trim().is_empty() {
            found.push(finding(member, step, bars, what));
        }
    };
    lacks("identifier", Step::Slots, Stage::Request, What::NoIdentifier, &slot.identifier);
    lacks("instance", Step::Slots, Stage::Test, What::NoInstance, &slot.instance);
    lacks("category", Step::Slots, Stage::Request, What::NoCategory, &slot.category);
    for &market in dossier.marketplaces.keys() {
        for &locale in locales(market) {
            if slot.names.get(&locale).is_none_or(|name| name.trim().is_empty()) {
                let missing =
                    finding(&format!("names.{locale}"), Step::Slots, Stage::Request, What::NoSlotName);
                found.push(missing.locale(locale));
            }
        }
        if slot.asins.get(&market).is_none_or(Vec::is_empty) {
            let field = format!("asins.{}", market.letters().to_ascii_uppercase());
            found.push(finding(&field, Step::Slots, Stage::Certify, What::NoAsins).market(market));
        }
    }
    match (decide(slot.answers), slot.unit) {
        (Decision::Ask { .. }, _) => {
            found.push(finding("answers", Step::Ids, Stage::Request, What::NoSensor));
        }
        (Decision::Sensor { .. }, None) => {
            found.push(finding("unit", Step::Ids, Stage::Request, What::NoUnit));
        }
        (Decision::Sensor { .. }, Some(_)) | (Decision::None, _) => {}
    }
    if slot.description.trim().is_empty() {
        found.push(finding("description", Step::Ids, Stage::Request, What::NoDescription));
    }
    if slot.replenishment.is_empty() {
        let what = slot.requested.map_or(What::NotRequested, |day| {
            let countdown = countdown(day, today);
            match countdown.overdue {
                true => What::IdOverdue { due: countdown.due },
                false => What::IdAwaited { due: countdown.due, left: countdown.left },
            }
        });
        found.push(finding("replenishment", Step::Ids, Stage::Test, what));
    }
}
