//! A customer's household in memory, made of what the cloud lets see: so that what the desk shows of a supply is made by the
//! very code that shows it to the customer. Nothing of it is on disk, nothing in it goes anywhere, and it ends with the
//! sign-in.

use crate::chart::Chart;
use crate::clock::Clock;
use crate::error::{Code, Error};
use crate::form::ChartForm;
use crate::household::{Household, Origin, Watched};
use crate::present::{Presented, mark_of};
use crate::reconciled::Reported;
use crate::reports::{Heard, Key, Outward};
use crate::store::Store;
use crate::view::{
    AmazonSays, DeskDevice, DeskReport, DeskReports, DeskSlot, DeskSupply, DeskTold, LedgerLine, MakerSays,
    OrderLine, OrdersView, ReportState, Settings,
};
use chrono::{DateTime, Utc};
use refill_domain::desk::{Customer, DeviceCare, DeviceHealth, FigureCare};
use refill_domain::endpoint::SensorKind;
use refill_domain::forecast::RunOut;
use refill_domain::ids::SlotId;
use refill_domain::ledger::Entry;
use refill_domain::measure::Amount;
use refill_domain::reconcile::Figure;
use refill_domain::wire::{Change, Device, SentPage, SentWhole};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

use super::shown::line;

impl Household {
    /// A household in memory alone: nothing of it is kept.
    fn in_memory(clock: Arc<dyn Clock>, settings: Settings) -> Result<Self, Error> {
        let (store, reader) = Store::in_memory()?;
        let path = store.path().to_owned();
        let mut household = Self::load(Some(store), reader, path, clock)?;
        household.set_settings(settings)?;
        Ok(household)
    }
}

/// A customer's household, as far as the cloud knows it.
pub struct Mirror {
    /// Whose.
    pub customer: Uuid,
    /// When it was asked of the cloud, ms UTC.
    at: i64,
    seen: Customer,
    household: Household,
    /// Slots whose entries are all in it.
    whole: BTreeSet<SlotId>,
}

fn moment(ms: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(ms)
}

fn gone() -> Error {
    Error::new(Code::SlotUnknown, "The customer has no such supply any more.")
}

impl Mirror {
    /// As the cloud says, without entries.
    ///
    /// # Errors
    /// When it does not fit into memory, or can't be.
    pub fn of(
        clock: Arc<dyn Clock>,
        settings: Settings,
        customer: Uuid,
        mut seen: Customer,
        orders: Vec<Change>,
    ) -> Result<Self, Error> {
        for care in &mut seen.devices {
            care.device.device.name = line(&care.device.device.name);
            for slot in &mut care.device.device.slots {
                slot.name = line(&slot.name);
            }
        }
        let at = clock.now().timestamp_millis();
        let mut household = Household::in_memory(clock, settings)?;
        let devices: Vec<Device> = seen.devices.iter().map(|care| care.device.device.clone()).collect();
        household.adopt(&devices)?;
        household.note_orders(orders)?;
        Ok(Self { customer, at, seen, household, whole: BTreeSet::new() })
    }

    /// When it was asked of the cloud, ms UTC.
    pub fn asked_at(&self) -> i64 {
        self.at
    }

    /// Whether all entries of a slot are in it.
    pub fn holds(&self, customer: Uuid, slot: SlotId) -> bool {
        self.customer == customer && self.whole.contains(&slot)
    }

    /// Takes all entries of a slot in.
    ///
    /// # Errors
    /// When they do not fit into memory.
    pub fn fill(&mut self, slot: SlotId, entries: Vec<Entry>) -> Result<(), Error> {
        self.household.append_from(Origin::Cloud, entries, |_| Ok(()))?;
        self.whole.insert(slot);
        Ok(())
    }

    fn care(&self, slot: SlotId) -> Option<(&DeviceCare, Option<&FigureCare>)> {
        let care = self.seen.devices.iter().find(|of| of.device.device.slots.iter().any(|s| s.id == slot))?;
        Some((care, care.figures.iter().find(|figure| figure.slot == slot)))
    }

    /// Orders and reordering.
    pub fn orders(&self) -> OrdersView {
        self.household.orders()
    }

    /// The devices with what is in them.
    pub fn devices(&self) -> Vec<DeskDevice> {
        let device = |of: &DeviceCare| DeskDevice {
            id: of.device.device.id.to_string(),
            name: of.device.device.name.clone(),
            kind: of.device.device.kind,
            model: line(&of.device.device.model),
            serial: line(&of.device.serial),
            health: of.health,
            said_at: of.said_at,
            slots: self
                .household
                .slots_of(of.device.device.id)
                .map(|watched| {
                    let figure = of.figures.iter().find(|figure| figure.slot == watched.row.slot.id);
                    self.slot(of, watched, figure)
                })
                .collect(),
        };
        self.seen.devices.iter().map(device).collect()
    }

    fn slot(&self, of: &DeviceCare, watched: &Watched, figure: Option<&FigureCare>) -> DeskSlot {
        let slot = &watched.row.slot;
        let left = figure.and_then(|of| of.left);
        let some_left = figure.is_some_and(|of| of.some_left);
        let run_out = figure.and_then(|of| of.ends).and_then(|ends| {
            let (earliest, likely) = (moment(ends.earliest)?, moment(ends.likely)?);
            Some(RunOut { earliest, likely, latest: ends.latest.and_then(moment) })
        });
        let presented = self.household.present(watched);
        DeskSlot {
            id: slot.id.to_string(),
            name: slot.name.clone(),
            supply: slot.supply,
            mark: mark_of(slot, left, of.health == DeviceHealth::Silent, some_left),
            left: left.map(|milli| slot.amount(milli)),
            left_at: figure.and_then(|of| of.left_at),
            full: slot.capacity.map(|milli| Amount::new(milli, slot.unit)),
            some_left,
            low_since: figure.and_then(|of| of.low_since),
            unexplained: figure.is_some_and(|of| of.unexplained),
            said_at: figure.and_then(|of| of.said_at),
            when: run_out.map(|run_out| self.household.when(&run_out)),
            order: self.latest_order(watched, &presented),
            reorder: self.household.slot_orders(watched, &presented).map(|of| of.reorder.state),
            told: figure.and_then(told),
        }
    }

    fn latest_order(&self, watched: &Watched, presented: &Presented) -> Option<OrderLine> {
        self.household.slot_orders(watched, presented)?.orders.into_iter().next()
    }

    /// A supply, as its own screen shows it.
    ///
    /// # Errors
    /// There is no such supply any more.
    pub fn supply(&self, slot: SlotId, lines: u32) -> Result<DeskSupply, Error> {
        let (care, figure) = self.care(slot).ok_or_else(gone)?;
        let mut view = self.household.slot_page(slot, lines)?;
        let watched = self.household.watched(slot)?;
        let taken = figure.and_then(|of| of.told.as_ref());
        let reported = taken.and_then(|told| {
            let figure = Figure { amount: told.level?, at: moment(told.taken_of?)? };
            Some(Reported { figure, confirmed: true })
        });
        view.reconciliation = self.household.reconciliation(watched, reported)?;
        if reported.is_none() {
            let uses = matches!(watched.row.slot.sensor, SensorKind::Usage | SensorKind::LevelUsage);
            view.reconciliation.amazon = match taken.and_then(|told| told.taken_of).filter(|_| uses) {
                Some(last) => AmazonSays::Counts { last },
                None => AmazonSays::NotReported {},
            };
        }
        Ok(DeskSupply { view, health: care.health, told: figure.and_then(told), at: self.at })
    }

    /// A chart of a supply.
    ///
    /// # Errors
    /// There is no such supply any more.
    pub fn chart(&self, form: &ChartForm) -> Result<Chart, Error> {
        self.household.chart(form)
    }

    /// The members of a run of readings.
    ///
    /// # Errors
    /// There is no such supply any more.
    pub fn run(&self, slot: SlotId, from: i64, to: i64) -> Result<Vec<LedgerLine>, Error> {
        self.household.run_members(slot, from, to)
    }

    /// A page of messages to Alexa with the names that things have here.
    ///
    /// # Errors
    /// When memory can't be read.
    pub fn reports(&self, server: String, page: SentPage) -> Result<DeskReports, Error> {
        let granted = page.linked;
        let next = page.reports.last().filter(|_| page.more).map(|sent| sent.place);
        let view = self.household.reports(&Outward::default(), &Heard::Known { server, page })?;
        let stopped = match view.maker {
            MakerSays::Known { stopped, .. } => stopped,
            MakerSays::Unlinked {} | MakerSays::Unreachable { .. } => None,
        };
        let lines = view.days.into_iter().flat_map(|day| day.lines).collect();
        Ok(DeskReports { granted, stopped, lines, next })
    }

    /// One of them, whole.
    ///
    /// # Errors
    /// When memory can't be read.
    pub fn report(&self, server: String, key: Key, whole: SentWhole) -> Result<DeskReport, Error> {
        let SentWhole { sent, mut message } = whole;
        crate::reports::hide_tokens(&mut message);
        let page = SentPage { linked: true, gate: None, reports: vec![sent], more: false };
        let heard = Heard::Known { server, page };
        let report = self.household.report(key, &Outward::default(), &heard, Some(&message))?;
        let parked = matches!(report.line.state, ReportState::Parked { .. });
        Ok(DeskReport { report, parked })
    }

    /// What a device is called.
    pub fn name_of(&self, device: refill_domain::ids::EndpointId) -> String {
        self.household.device(device).map(|row| row.endpoint.name.clone()).unwrap_or_default()
    }
}

fn told(of: &FigureCare) -> Option<DeskTold> {
    of.told.as_ref().map(|told| DeskTold { standing: told.standing, at: told.at })
}
