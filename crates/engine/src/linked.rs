//! The household beside its cloud: which slots both have, what was taken in and up to where, and what waits to be sent.
//! What came and how far it was heard are one transaction; what is recorded here and its way out are one too. So
//! nothing is lost and nothing counts twice, whatever ends in between.

use crate::error::Error;
use crate::household::{Household, Origin};
use crate::orders::Answer;
use crate::store::{self, AlexaRow, Backlog, CloudSlot, DeviceRow, LinkRow, OutgoingRow, Unwanted};
use crate::support::Heard;
use crate::view::AlexaView;
use refill_domain::alexa::plain_text;
use refill_domain::enablement::AlexaLink;
use refill_domain::endpoint::{Endpoint, Slot};
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::ledger::{Entry, Source};
use refill_domain::orders::{OrderFrame, SubscriptionFrame};
use refill_domain::wire::{Change, DashModel, Device, DeviceSlot, Numbered, Outcome, Verdict};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Characters of the cloud's words that are kept.
const DETAIL_MAX: usize = 300;

/// Entries sent at once: half of what a cloud takes by default. Free texts stay here, so one has a few hundred bytes.
const BATCH: u32 = 500;

/// The link in memory.
#[derive(Debug, Default)]
pub struct Linked {
    /// The link.
    pub row: Option<LinkRow>,
    /// Slots that are the cloud's too, by their key here.
    pub slots: BTreeMap<i64, CloudSlot>,
    /// What the Dash console calls the models of the cloud's devices, by the device's id there.
    pub dash: BTreeMap<EndpointId, DashModel>,
    /// How orders stand, by device and Amazon's name; what this app does not understand is on disk alone.
    pub orders: BTreeMap<(EndpointId, String), OrderFrame>,
    /// How reordering stands, by device and slot.
    pub subscriptions: BTreeMap<(EndpointId, String), SubscriptionFrame>,
    /// What the person said of orders.
    pub answers: BTreeMap<(EndpointId, String), Answer>,
    /// How the link to Alexa stands.
    pub alexa: Option<AlexaRow>,
    /// Something was queued since somebody last looked.
    pub queued: bool,
    /// What the maker's support asks and took, since it was heard last.
    pub support: Heard,
}

impl Linked {
    /// As the file has it.
    pub(crate) fn load(db: &rusqlite::Connection) -> anyhow::Result<Self> {
        let mut linked = Self {
            row: store::link(db)?,
            slots: store::cloud_slots(db)?,
            alexa: store::cloud_alexa(db)?,
            dash: store::cloud_dash(db)?,
            answers: store::order_answers(db)?.into_iter().collect(),
            ..Self::default()
        };
        for (device, order, state) in store::cloud_orders(db)? {
            linked.told_order(device, order, state.as_object());
        }
        for (device, slot, state) in store::cloud_subscriptions(db)? {
            linked.told_subscription(device, slot, state.as_object());
        }
        Ok(linked)
    }

    fn told_order(&mut self, device: EndpointId, order: String, state: Option<&Map<String, Value>>) {
        match state.and_then(|state| OrderFrame::read(&order, state)) {
            Some(frame) => drop(self.orders.insert((device, order), frame)),
            None => tracing::warn!(%device, "an order is told in a way that is not understood"),
        }
    }

    fn told_subscription(&mut self, device: EndpointId, slot: String, state: Option<&Map<String, Value>>) {
        match state.and_then(|state| SubscriptionFrame::read(&slot, state)) {
            Some(frame) => drop(self.subscriptions.insert((device, slot), frame)),
            None => tracing::warn!(%device, "a subscription is told in a way that is not understood"),
        }
    }

    fn told(&mut self, change: Change) {
        match change {
            Change::Order { device, order, state } => self.told_order(device, order, Some(&state)),
            Change::Subscription { device, slot, state } => {
                self.told_subscription(device, slot, Some(&state));
            }
            Change::Alexa { link, since, here } => self.alexa = Some(self.alexa_row(link, since, here)),
            _ => {}
        }
    }

    /// Whether linking can begin here is told where everything is.
    fn alexa_row(&self, link: AlexaLink, since: Option<i64>, here: Option<bool>) -> AlexaRow {
        let before = self.alexa.is_some_and(|row| row.here);
        AlexaRow { link, since, here: here.unwrap_or(before) }
    }

    fn without(&mut self, device: EndpointId) {
        self.slots.retain(|_, slot| slot.device != device);
        self.orders.retain(|(of, _), _| *of != device);
        self.subscriptions.retain(|(of, _), _| *of != device);
        self.dash.remove(&device);
    }
}

fn slot_of(of: &DeviceSlot, endpoint: EndpointId) -> Slot {
    Slot {
        id: of.id,
        endpoint,
        instance: of.instance.clone(),
        name: of.name.clone(),
        supply: of.supply,
        sensor: of.sensor,
        unit: of.unit,
        capacity: of.capacity,
        pack: of.pack.max(1),
        low_own: None,
        low_device: None,
        colours: Vec::new(),
        receptacle: false,
        muted: false,
    }
}

impl Household {
    /// The link, if there is one.
    pub fn link(&self) -> Option<&LinkRow> {
        self.linked.row.as_ref()
    }

    /// How the maker's link to Alexa stands; absent where the maker has none, or has not said yet.
    pub fn alexa(&self) -> Option<AlexaView> {
        self.linked.alexa.map(|row| AlexaView { link: row.link, since: row.since, here: row.here })
    }

    /// How much waits for the cloud.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn backlog(&self) -> Result<Backlog, Error> {
        self.read(store::backlog)
    }

    /// Keeps the link. One to another account or another cloud forgets what came of the one before, but not the ledger.
    ///
    /// # Errors
    /// Why the disk refused.
    pub fn save_link(&mut self, row: LinkRow) -> Result<(), Error> {
        let before = self.link().map(|link| (&link.server, link.account.id));
        let other = before.is_some_and(|before| before != (&row.server, row.account.id));
        self.write(|tx| {
            if other {
                tx.forget_link()?;
            }
            tx.save_link_flow(None)?;
            tx.save_link(&row)
        })?;
        if other {
            self.linked = Linked::default();
        }
        self.linked.row = Some(row);
        Ok(())
    }

    /// Forgets the link; devices and their ledger stay.
    ///
    /// # Errors
    /// Why the disk refused.
    pub fn forget_link(&mut self) -> Result<(), Error> {
        self.write(|tx| tx.forget_link())?;
        self.linked = Linked::default();
        Ok(())
    }

    /// Takes in the account's devices: new ones are added, known ones stay as the person has them, and those that are
    /// no longer there stay here alone.
    ///
    /// # Errors
    /// Why the disk refused.
    pub fn adopt(&mut self, devices: &[Device]) -> Result<(), Error> {
        // Slots of a device may all have become one with slots of one's own, and the device with them.
        let attached = self.linked.slots.values().map(|slot| slot.device);
        let known: BTreeSet<EndpointId> =
            self.devices.iter().map(|device| device.endpoint.id).chain(attached).collect();
        let new = devices.iter().filter(|device| !known.contains(&device.id)).map(|device| {
            let endpoint = Endpoint {
                id: device.id,
                name: device.name.clone(),
                kind: device.kind,
                model: Some(device.model.clone()),
                location: None,
            };
            let row = DeviceRow { endpoint, reach: None, sample: false, removed_at: None };
            (row, device.slots.iter().map(|slot| slot_of(slot, device.id)).collect(), Vec::new())
        });
        let new: Vec<(DeviceRow, Vec<Slot>, Vec<Entry>)> = new.collect();
        if !new.is_empty() {
            self.keep_all(new)?;
        }
        let of = |device: &Device, slot: &DeviceSlot| {
            let here = self.slots.iter().find(|watched| watched.row.slot.id == slot.id)?;
            let there = CloudSlot { id: slot.id, device: device.id, since: 0 };
            (!self.linked.slots.contains_key(&here.row.key)).then_some((here.row.key, there))
        };
        let added: Vec<(i64, CloudSlot)> = devices
            .iter()
            .flat_map(|device| device.slots.iter().filter_map(move |slot| of(device, slot)))
            .collect();
        let there: BTreeSet<EndpointId> = devices.iter().map(|device| device.id).collect();
        let gone: BTreeSet<EndpointId> =
            self.linked.slots.values().map(|slot| slot.device).filter(|id| !there.contains(id)).collect();
        let said = |device: &Device| device.dash.as_ref() != self.linked.dash.get(&device.id);
        let dash: Vec<(EndpointId, Option<DashModel>)> = devices
            .iter()
            .filter(|device| said(device))
            .map(|device| (device.id, device.dash.clone()))
            .collect();
        if added.is_empty() && gone.is_empty() && dash.is_empty() {
            return Ok(());
        }
        // They may have been the cloud's before: what was recorded since it last took something goes there with them.
        let added: BTreeMap<i64, CloudSlot> = added.into_iter().collect();
        let own = self.recorded_of(&added)?;
        self.write(|tx| {
            for (key, slot) in &added {
                tx.save_cloud_slot(*key, *slot)?;
            }
            own.iter().try_for_each(|(entry, slot)| tx.send(entry, *slot))?;
            for (device, said) in &dash {
                tx.save_cloud_dash(*device, said.as_ref())?;
            }
            gone.iter().try_for_each(|device| tx.forget_cloud_device(*device))
        })?;
        gone.iter().for_each(|device| self.linked.without(*device));
        self.linked.slots.extend(added);
        self.linked.queued |= !own.is_empty();
        for (device, said) in dash {
            match said {
                Some(said) => self.linked.dash.insert(device, said),
                None => self.linked.dash.remove(&device),
            };
        }
        Ok(())
    }

    /// Takes in entries of the cloud, and that it was heard up to `cursor`. What can't be is left out and logged: the
    /// cloud took it, and one entry must not stop the others.
    ///
    /// # Errors
    /// Why the disk refused.
    pub fn take_in(&mut self, entries: Vec<Numbered>, cursor: u64) -> Result<(), Error> {
        let here: BTreeMap<SlotId, SlotId> = self
            .slots
            .iter()
            .filter_map(|watched| Some((self.linked.slots.get(&watched.row.key)?.id, watched.row.slot.id)))
            .collect();
        let mapped = entries.into_iter().filter_map(|Numbered { entry, .. }| {
            let slot = here.get(&entry.slot).copied();
            slot.map(|slot| Entry { slot, ..entry })
        });
        self.append_from(Origin::Cloud, mapped.collect(), |tx| tx.save_cursor(cursor))?;
        self.heard(cursor);
        Ok(())
    }

    fn heard(&mut self, cursor: u64) {
        if let Some(link) = &mut self.linked.row {
            link.cursor = cursor;
        }
    }

    /// Notes how orders, reordering and the link to Alexa stand.
    ///
    /// # Errors
    /// Why the disk refused.
    pub fn note_orders(&mut self, changes: Vec<Change>) -> Result<(), Error> {
        if changes.is_empty() {
            return Ok(());
        }
        let alexa = changes.iter().filter_map(|change| match change {
            Change::Alexa { link, since, here } => Some(self.linked.alexa_row(*link, *since, *here)),
            _ => None,
        });
        let alexa: Vec<AlexaRow> = alexa.collect();
        self.write(|tx| {
            alexa.iter().try_for_each(|row| tx.save_alexa(row))?;
            changes.iter().try_for_each(|change| match change {
                Change::Order { device, order, state } => tx.save_order(*device, order, state),
                Change::Subscription { device, slot, state } => tx.save_subscription(*device, slot, state),
                _ => Ok(()),
            })
        })?;
        changes.into_iter().for_each(|change| self.linked.told(change));
        Ok(())
    }

    /// Takes in one change of the feed.
    ///
    /// # Errors
    /// Why the disk refused.
    pub fn hear(&mut self, seq: u64, change: Change) -> Result<(), Error> {
        match change {
            Change::Entry { entry } => return self.take_in(vec![Numbered { seq, entry }], seq),
            Change::Order { device, order, state } => {
                self.write(|tx| {
                    tx.save_order(device, &order, &state)?;
                    tx.save_cursor(seq)
                })?;
                self.linked.told_order(device, order, Some(&state));
            }
            Change::Subscription { device, slot, state } => {
                self.write(|tx| {
                    tx.save_subscription(device, &slot, &state)?;
                    tx.save_cursor(seq)
                })?;
                self.linked.told_subscription(device, slot, Some(&state));
            }
            Change::Alexa { link, since, here } => {
                let row = self.linked.alexa_row(link, since, here);
                self.write(|tx| {
                    tx.save_alexa(&row)?;
                    tx.save_cursor(seq)
                })?;
                self.linked.alexa = Some(row);
            }
            Change::DeviceRemoved { device } => {
                self.write(|tx| {
                    tx.forget_cloud_device(device)?;
                    tx.save_cursor(seq)
                })?;
                self.linked.without(device);
            }
            // The devices were asked for before this was told.
            Change::DeviceRegistered { .. } | Change::Support {} | Change::Unknown => {
                self.write(|tx| tx.save_cursor(seq))?;
            }
        }
        self.heard(seq);
        Ok(())
    }

    /// The next entries for the cloud behind a place in the queue, in the order they were recorded.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn next_out(&self, behind: i64) -> Result<Vec<OutgoingRow>, Error> {
        self.read(|db| store::outgoing(db, behind, BATCH))
    }

    /// What became of entries that were sent: those the cloud has are settled, those it refuses are parked with its
    /// reason. The account was heard up to `cursor`.
    ///
    /// # Errors
    /// Why the disk refused.
    pub fn settle(&mut self, sent: &[EntryId], verdicts: &[Verdict], cursor: u64) -> Result<(), Error> {
        let now = self.now().timestamp_millis();
        self.write(|tx| {
            let mut there = Vec::with_capacity(sent.len());
            for (id, verdict) in sent.iter().zip(verdicts) {
                let detail = &plain_text(verdict.detail.as_deref().unwrap_or_default(), DETAIL_MAX);
                match verdict.outcome {
                    Outcome::Stored | Outcome::Duplicate => there.push(*id),
                    // It waits until the clocks agree.
                    Outcome::Later => {}
                    Outcome::Conflict => tx.park(*id, Unwanted::Conflict, detail, now)?,
                    Outcome::Refused => tx.park(*id, Unwanted::Refused, detail, now)?,
                }
            }
            tx.sent(&there, now)?;
            tx.save_cursor(cursor)?;
            tx.prune_history(now)
        })?;
        self.heard(cursor);
        Ok(())
    }

    /// What was recorded here of slots that are the cloud's too, in the order of recording.
    fn recorded_of(&self, slots: &BTreeMap<i64, CloudSlot>) -> Result<Vec<(Entry, CloudSlot)>, Error> {
        let mut entries = Vec::new();
        for row in self.slots.iter().map(|watched| &watched.row) {
            let Some(slot) = slots.get(&row.key) else { continue };
            let all = self.read(|db| store::all_entries(db, row.key, &row.slot))?;
            let own = all.into_iter().filter(|entry| entry.source != Source::Cloud);
            entries.extend(own.map(|entry| (entry, *slot)));
        }
        entries.sort_by_key(|(entry, _)| entry.id);
        Ok(entries)
    }

    /// Queues everything again that was recorded here of the cloud's slots, and hears everything again: it may have been
    /// set back to an older copy, and takes once what comes twice.
    ///
    /// # Errors
    /// Why the disk refused.
    pub fn send_again(&mut self) -> Result<(), Error> {
        let entries = self.recorded_of(&self.linked.slots)?;
        self.write(|tx| {
            tx.save_cursor(0)?;
            entries.iter().try_for_each(|(entry, slot)| tx.send(entry, *slot))
        })?;
        self.heard(0);
        Ok(())
    }
}
