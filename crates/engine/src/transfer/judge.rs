//! Judging what a file brings, piece by piece: texts that can be shown, figures that can be, nothing without the device
//! or supply it belongs to, and what is there already left as it is.

use super::document::{AwayDoc, DeviceDoc, Piece, SaidDoc, SlotDoc, StepDoc};
use super::export::full_name;
use super::ledger_csv;
use super::rows::Refused;
use crate::adding::NAME_MAX;
use crate::household::{Household, bounded};
use crate::record::{TEXT_MAX, text};
use crate::sources::label::clean;
use crate::store::{AwayRow, Care, DeviceRow, Reach, SlotRow};
use crate::track::sound_absence;
use crate::view::{Refusal, RiseAnswer, Settings};
use chrono::{DateTime, Utc};
use refill_domain::endpoint::Slot;
use refill_domain::forecast::track::Said;
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::ledger::{AdmitError, Entry, EntryKind, admit};
use refill_domain::locale::Locale;
use refill_domain::measure::{AMOUNT_MAX, Amount, AmountError};
use refill_domain::replenish::DELIVERY_DAYS_MAX;
use std::collections::{HashMap, HashSet};

/// Dates given for one slot that are taken over: one a day, as long as they are kept.
const SAID_MAX: usize = 1301;

/// The latest day that a given date may name: 2200, in days since 1970.
const DAY_MAX: i32 = 84_000;

/// Entries of one step: more than any household has supplies.
const STEP_MAX: usize = 10_000;

/// A supply that a file brings.
#[derive(Debug, Clone)]
pub struct NewSlot {
    /// The supply.
    pub slot: Slot,
    /// What the person last said a rise was.
    pub rise_answer: Option<RiseAnswer>,
    /// How it is watched.
    pub care: Care,
    /// The dates that were given for it.
    pub said: Vec<Said>,
}

impl NewSlot {
    /// A supply of which nothing else is known.
    pub fn bare(slot: Slot) -> Self {
        Self { slot, rise_answer: None, care: Care::default(), said: Vec::new() }
    }
}

/// What a line of a file brings.
#[derive(Debug)]
pub enum Item {
    /// Settings.
    Settings(Box<Settings>),
    /// A device.
    Device(Box<DeviceRow>),
    /// A supply.
    Slot(Box<NewSlot>),
    /// Days on which nobody was there.
    Away(AwayRow),
    /// An entry.
    Entry(Box<Entry>),
    /// Entries that were saved in one step.
    Step(EntryId, Vec<EntryId>),
    /// A row that says nothing Refill keeps.
    LeftOut,
}

/// A piece of a document, with texts that can be shown and figures that can be.
///
/// # Errors
/// Why it can't be, and the text to show.
pub fn item(piece: Piece) -> Result<Item, Refused> {
    let bad = |what: &str| (Refusal::BadShape, what.to_owned());
    let name = |name: &str| {
        let name = clean(name, NAME_MAX);
        if name.is_empty() { Err(bad("name")) } else { Ok(name) }
    };
    let remark =
        |text: Option<String>| text.map(|text| clean(&text, NAME_MAX)).filter(|text| !text.is_empty());
    Ok(match piece {
        Piece::Settings(value) => {
            let settings: Settings =
                serde_json::from_value(value).map_err(|cause| bad(&cause.to_string()))?;
            Item::Settings(Box::new(bounded(settings)))
        }
        Piece::Device(doc) => {
            let DeviceDoc { mut endpoint, sample, removed_at, address, identity } = *doc;
            endpoint.name = name(&endpoint.name)?;
            (endpoint.model, endpoint.location) = (remark(endpoint.model), remark(endpoint.location));
            let reach = address.map(|address| Reach {
                address: clean(&address, 300),
                identity,
                answered_at: None,
                trouble: None,
            });
            Item::Device(Box::new(DeviceRow { endpoint, reach, sample, removed_at }))
        }
        Piece::Slot(doc) => {
            let SlotDoc { mut slot, rise_answer, care, said } = *doc;
            slot.name = name(&slot.name)?;
            let fits = |milli: i64, least: i64| (least..=AMOUNT_MAX).contains(&milli);
            let optional = [(slot.capacity, 1), (slot.low_own, 0), (slot.low_device, 0)];
            if !fits(slot.pack, 1)
                || optional.iter().any(|(milli, least)| milli.is_some_and(|m| !fits(m, *least)))
            {
                return Err((Refusal::BadAmount, slot.name));
            }
            slot.colours.truncate(16);
            let mut care = Care::from(care.unwrap_or_default());
            care.delivery_days = care.delivery_days.map(|days| days.min(DELIVERY_DAYS_MAX));
            let said = given(&said).ok_or_else(|| bad("said"))?;
            Item::Slot(Box::new(NewSlot { slot, rise_answer, care, said }))
        }
        Piece::Away(AwayDoc { id, device, first, last }) => {
            let days = sound_absence(first, last).ok_or_else(|| bad("away"))?;
            Item::Away(AwayRow { id, endpoint: device, days })
        }
        Piece::Entry(entry) => Item::Entry(Box::new(readable(*entry)?)),
        Piece::Step(StepDoc { id, entries }) if entries.len() <= STEP_MAX => Item::Step(id, entries),
        Piece::Step(_) => return Err(bad("steps")),
    })
}

/// Given dates in the order of their days, each after the one before and with its ends in order.
fn given(said: &[SaidDoc]) -> Option<Vec<Said>> {
    let said: Vec<Said> = said.iter().map(|said| (*said).into()).collect();
    let sound = |day: i32| (0..=DAY_MAX).contains(&day);
    let whole = said.iter().all(|said| {
        sound(said.day)
            && said.band.is_none_or(|band| {
                sound(band.early)
                    && band.early <= band.likely
                    && sound(band.late.unwrap_or(band.likely))
                    && band.likely <= band.late.unwrap_or(band.likely)
            })
    });
    let ordered = said.is_sorted_by(|before, after| before.day < after.day);
    (whole && ordered && said.len() <= SAID_MAX).then_some(said)
}

/// An entry whose texts can be shown, in whole milliseconds.
fn readable(mut entry: Entry) -> Result<Entry, Refused> {
    let short = |value: Option<String>| {
        text("", value.as_deref(), TEXT_MAX)
            .map_err(|_| (Refusal::TooLong, value.clone().unwrap_or_default()))
    };
    let whole = |at: DateTime<Utc>| DateTime::from_timestamp_millis(at.timestamp_millis()).unwrap_or(at);
    entry.observed_at = whole(entry.observed_at);
    entry.recorded_at = whole(entry.recorded_at);
    entry.note = short(entry.note.take())?;
    match &mut entry.kind {
        EntryKind::Purchased { shop, .. } => *shop = short(shop.take())?,
        EntryKind::Received { order, .. } => {
            *order = short(Some(std::mem::take(order)))?.ok_or((Refusal::BadShape, "order".into()))?;
        }
        _ => {}
    }
    Ok(entry)
}

/// What becomes of a line.
#[derive(Debug)]
pub enum Judged {
    /// It is there already, and no row.
    Nothing,
    /// A row that says nothing Refill keeps.
    LeftOut,
    /// Settings to take over.
    Settings(Box<Settings>),
    /// A new device.
    Device(Box<DeviceRow>),
    /// A new supply.
    Slot(Box<NewSlot>),
    /// An absence; it may be there already.
    Away(AwayRow),
    /// A step of which some entries are new.
    Step(EntryId, Vec<EntryId>),
    /// It can be, and may be there already.
    Entry(Box<Entry>),
}

/// What is there, and what the file has brought so far.
pub struct Books {
    empty: bool,
    devices: HashSet<EndpointId>,
    /// Every supply; a negative key where it is only looked at.
    pub slots: HashMap<SlotId, SlotRow>,
    instances: HashSet<(EndpointId, String)>,
    /// How every supply is called.
    pub names: HashMap<SlotId, String>,
    /// Ids of entries that were looked at.
    pub seen: HashSet<u128>,
    /// Counts that the file brought: only they can be bound into a step, so that no file binds what is there.
    pub counted: HashSet<EntryId>,
    now: DateTime<Utc>,
}

impl Books {
    /// What a household holds.
    pub fn of(household: &Household) -> Self {
        let rows = || household.slots.iter().map(|watched| &watched.row);
        Self {
            empty: household.devices.is_empty(),
            devices: household.devices.iter().map(|device| device.endpoint.id).collect(),
            slots: rows().map(|row| (row.slot.id, row.clone())).collect(),
            instances: rows().map(|row| (row.slot.endpoint, row.slot.instance.as_str().to_owned())).collect(),
            names: household.slots.iter().map(|w| (w.row.slot.id, full_name(household, w))).collect(),
            seen: HashSet::new(),
            counted: HashSet::new(),
            now: household.now(),
        }
    }

    /// Notes a supply that the file brought.
    pub fn keep_slot(&mut self, row: SlotRow) {
        self.instances.insert((row.slot.endpoint, row.slot.instance.as_str().to_owned()));
        self.names.insert(row.slot.id, row.slot.name.clone());
        self.slots.insert(row.slot.id, row);
    }

    /// What becomes of an item.
    ///
    /// # Errors
    /// Why it can't be, and the text to show.
    pub fn judge(&mut self, item: Item) -> Result<Judged, Refused> {
        Ok(match item {
            Item::LeftOut => Judged::LeftOut,
            Item::Settings(settings) if self.empty => Judged::Settings(settings),
            Item::Settings(_) => Judged::Nothing,
            Item::Device(device) => {
                if self.devices.insert(device.endpoint.id) {
                    Judged::Device(device)
                } else {
                    Judged::Nothing
                }
            }
            Item::Slot(new) => {
                let slot = &new.slot;
                if self.slots.contains_key(&slot.id) {
                    return Ok(Judged::Nothing);
                }
                if !self.devices.contains(&slot.endpoint) {
                    return Err((Refusal::Orphan, slot.name.clone()));
                }
                if self.instances.contains(&(slot.endpoint, slot.instance.as_str().to_owned())) {
                    return Err((Refusal::Taken, slot.name.clone()));
                }
                Judged::Slot(new)
            }
            Item::Away(row) => {
                if row.endpoint.is_some_and(|device| !self.devices.contains(&device)) {
                    return Err((Refusal::Orphan, row.id.to_string()));
                }
                Judged::Away(row)
            }
            Item::Step(id, mut entries) => {
                entries.retain(|entry| self.counted.contains(entry));
                if entries.is_empty() { Judged::Nothing } else { Judged::Step(id, entries) }
            }
            Item::Entry(mut entry) => {
                let Some(row) = self.slots.get(&entry.slot) else {
                    return Err((Refusal::Orphan, entry.id.to_string()));
                };
                if entry.observed_at.timestamp() < 0 {
                    return Err((Refusal::NotThen, entry.observed_at.to_string()));
                }
                entry.recorded_at = entry.recorded_at.min(self.now).max(DateTime::UNIX_EPOCH);
                admit(&entry, &row.slot, self.now).map_err(|cause| (why(cause), shown(&entry)))?;
                Judged::Entry(entry)
            }
        })
    }
}

fn why(cause: AdmitError) -> Refusal {
    match cause {
        AdmitError::Amount(AmountError::OtherKind { .. }) => Refusal::BadUnit,
        AdmitError::Amount(_) | AdmitError::AboveFull => Refusal::BadAmount,
        AdmitError::Future => Refusal::NotThen,
        AdmitError::Empty => Refusal::NoAmount,
        AdmitError::TooMany => Refusal::BadPacks,
        AdmitError::Currency => Refusal::BadPrice,
        AdmitError::Itself => Refusal::BadShape,
    }
}

/// What to show of an entry that can't be.
fn shown(entry: &Entry) -> String {
    match amount_of(&entry.kind) {
        Some(amount) => refill_domain::locale::format_exact(amount, Locale::EnGb),
        None => ledger_csv::word(&entry.kind).to_owned(),
    }
}

/// The figure of an entry.
pub fn amount_of(kind: &EntryKind) -> Option<Amount> {
    use refill_domain::ledger::Level;
    match kind {
        EntryKind::LevelRead { level: Level::Amount { amount } } | EntryKind::Consumed { amount } => {
            Some(*amount)
        }
        EntryKind::Purchased { packs, content, .. } | EntryKind::Received { packs, content, .. } => {
            match content {
                Some(content) => {
                    content.milli.checked_mul(i64::from(*packs)).map(|milli| Amount::new(milli, content.unit))
                }
                None => Some(Amount::whole(i64::from(*packs), refill_domain::measure::Unit::Count)),
            }
        }
        EntryKind::Counted { level, shelf } => level.or(*shelf),
        EntryKind::Replaced { capacity, .. } => *capacity,
        EntryKind::LevelRead { .. } | EntryKind::Voided { .. } => None,
    }
}
