//! One line of the Reports screen: an entry for the maker's cloud, or a message to Alexa, with the names it has here.

use super::{Key, Outward, group};
use crate::household::{Household, Watched};
use crate::store::{EntryState, ReportRow, Unwanted};
use crate::view::{ReportLevel, ReportLine, ReportReason, ReportState, ReportTold};
use chrono::{DateTime, Utc};
use refill_domain::alexa::{ApplianceId, Connectivity, Told, plain_text};
use refill_domain::gateway::{Reason, Stop};
use refill_domain::ids::{EndpointId, Instance, SlotId};
use refill_domain::ledger::{Entry, EntryKind, Level};
use refill_domain::outbox::{GateState, State};
use refill_domain::wire::{Sent, SentPage};
use uuid::Uuid;

/// Where a line is from.
#[derive(Debug)]
pub(super) enum Origin {
    Entry(ReportRow),
    Message(Sent),
}

/// A line with what is not shown.
#[derive(Debug)]
pub(super) struct Line {
    pub line: ReportLine,
    pub key: Key,
    /// The slot here, where it is about one.
    pub slot: Option<SlotId>,
    /// The slot, the moment and the kind: what an entry and its message have in common.
    pub same: Option<(SlotId, i64, u8)>,
    /// When the maker's cloud took the entry that a message is from.
    pub accepted: Option<i64>,
    pub origin: Origin,
}

/// Characters of a message's name that are shown.
const NAME_MAX: usize = 60;

const USED: u8 = 0;
const LEVEL: u8 = 1;
const REPLACED: u8 = 2;

/// Why nothing of an account goes, for people.
pub fn reason_of_stop(stop: Stop) -> ReportReason {
    match stop {
        Stop::LinkLost => ReportReason::LinkLost,
        Stop::SkillDisabled => ReportReason::SkillDisabled,
        Stop::NotEnabledHere => ReportReason::NotEnabledHere,
        Stop::NotPermitted => ReportReason::NotPermitted,
        Stop::OtherSkill => ReportReason::OtherSkill,
        Stop::WrongAddress => ReportReason::WrongAddress,
    }
}

fn reason_of(reason: Reason) -> ReportReason {
    match reason {
        Reason::Invalid => ReportReason::Invalid,
        Reason::TooLarge => ReportReason::TooLarge,
        Reason::DeviceGone => ReportReason::DeviceGone,
    }
}

/// When a message was queued, as its id or its first attempt says.
pub(crate) fn queued_at(sent: &Sent) -> Option<DateTime<Utc>> {
    let id: Option<Uuid> = sent.id.as_str().parse().ok();
    let made = id.and_then(|id| id.get_timestamp()).and_then(|made| {
        let (seconds, nanos) = made.to_unix();
        DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
    });
    made.or_else(|| sent.tries.first().map(|tried| tried.at))
}

pub(crate) fn wire_kind(kind: &EntryKind) -> &'static str {
    match kind {
        EntryKind::LevelRead { .. } => "level_read",
        EntryKind::Consumed { .. } => "consumed",
        EntryKind::Replaced { .. } => "replaced",
        EntryKind::Purchased { .. } => "purchased",
        EntryKind::Received { .. } => "received",
        EntryKind::Counted { .. } => "counted",
        EntryKind::Voided { .. } => "voided",
    }
}

fn told_by(entry: &Entry, watched: Option<&Watched>) -> ReportTold {
    let name = watched.map(|watched| watched.row.slot.name.clone()).unwrap_or_default();
    let supply = watched.map(|watched| watched.row.slot.supply);
    match &entry.kind {
        EntryKind::LevelRead { level } => {
            let amount = if let Level::Amount { amount } = level { Some(*amount) } else { None };
            ReportTold::Levels { levels: vec![ReportLevel { name, amount, supply }], daily: false }
        }
        EntryKind::Consumed { amount } => ReportTold::Used { name, amount: *amount, supply },
        EntryKind::Replaced { .. } => ReportTold::Replaced { name },
        EntryKind::Purchased { packs, .. } => ReportTold::Bought { name, packs: *packs },
        EntryKind::Received { packs, .. } => ReportTold::Received { name, packs: *packs },
        EntryKind::Counted { .. } => ReportTold::Counted { name },
        EntryKind::Voided { .. } => ReportTold::Undone { name },
    }
}

impl Household {
    fn name_of(&self, device: EndpointId) -> Option<String> {
        let row = self.devices.iter().find(|row| row.endpoint.id == device)?;
        Some(row.endpoint.name.clone())
    }

    pub(super) fn entry_line(&self, row: ReportRow, outward: &Outward) -> Line {
        let entry = &row.entry;
        let there = self.linked.slots.iter().find(|(_, slot)| slot.id == entry.slot).map(|(key, _)| *key);
        let watched = self
            .slots
            .iter()
            .find(|watched| there.map_or(watched.row.slot.id == entry.slot, |key| watched.row.key == key));
        let state = match &row.state {
            EntryState::Waiting if outward.sending.contains(&entry.id) => ReportState::Sending {},
            EntryState::Waiting => match outward.until {
                Some(until) => ReportState::Waiting { until },
                None => ReportState::Queued {},
            },
            EntryState::Parked { why, .. } => ReportState::Parked {
                reason: match why {
                    Unwanted::Refused => ReportReason::EntryRefused,
                    Unwanted::Conflict => ReportReason::EntryConflict,
                },
            },
            EntryState::Accepted { at } => ReportState::WithMaker { at: *at },
            EntryState::Discarded { at } => ReportState::Discarded { at: *at },
        };
        let kind = match entry.kind {
            EntryKind::Consumed { .. } => Some(USED),
            EntryKind::LevelRead { .. } => Some(LEVEL),
            EntryKind::Replaced { .. } => Some(REPLACED),
            _ => None,
        };
        let (slot, at) = (watched.map(|watched| watched.row.slot.id), entry.observed_at.timestamp_millis());
        let key = Key::Entry(entry.id);
        let line = ReportLine {
            key: key.to_string(),
            at,
            told: told_by(entry, watched),
            device: watched.and_then(|watched| self.name_of(watched.row.slot.endpoint)),
            message: wire_kind(&entry.kind).to_owned(),
            group: group(&state),
            state,
        };
        let same = slot.zip(kind).map(|(slot, kind)| (slot, at, kind));
        Line { line, key, slot, same, accepted: None, origin: Origin::Entry(row) }
    }

    /// The device here that is this appliance.
    fn device_at(&self, appliance: &ApplianceId) -> Option<EndpointId> {
        let id = EndpointId(appliance.as_str().parse().ok()?);
        let here = self.linked.slots.iter().find(|(_, slot)| slot.device == id);
        let attached = here.and_then(|(key, _)| self.slots.iter().find(|watched| watched.row.key == *key));
        let known = || self.devices.iter().any(|row| row.endpoint.id == id).then_some(id);
        attached.map(|watched| watched.row.slot.endpoint).or_else(known)
    }

    fn slot_at(&self, appliance: &ApplianceId, instance: &Instance) -> Option<&Watched> {
        let device = self.device_at(appliance)?;
        self.slots_of(device).find(|watched| watched.row.slot.instance == *instance)
    }

    pub(super) fn sent_line(
        &self,
        sent: &Sent,
        page: &SentPage,
        stop: Option<Stop>,
        key: fn(Uuid) -> Key,
    ) -> Line {
        let named = |appliance: &ApplianceId, instance: &Instance| {
            let watched = self.slot_at(appliance, instance);
            let name =
                watched.map_or_else(|| instance.as_str().to_owned(), |watched| watched.row.slot.name.clone());
            (name, watched.map(|watched| &watched.row.slot))
        };
        let mut slot = None;
        let mut kind = None;
        let (told, appliance) = match &sent.told {
            Told::Levels { appliance, levels, daily, .. } => {
                let levels: Vec<ReportLevel> = levels
                    .iter()
                    .map(|level| {
                        let (name, of) = named(appliance, &level.instance);
                        slot = slot.or(of.map(|slot| slot.id));
                        ReportLevel { name, amount: Some(level.amount), supply: of.map(|slot| slot.supply) }
                    })
                    .collect();
                kind = (levels.len() == 1).then_some(LEVEL);
                (ReportTold::Levels { levels, daily: *daily }, Some(appliance))
            }
            Told::Health { appliance, value, .. } => {
                (ReportTold::Health { reachable: *value == Connectivity::Ok }, Some(appliance))
            }
            Told::Described { appliances } => {
                let name = |appliance| self.device_at(appliance).and_then(|device| self.name_of(device));
                (ReportTold::Described { devices: appliances.iter().filter_map(name).collect() }, None)
            }
            Told::Removed { appliances } => {
                let count = u32::try_from(appliances.len()).unwrap_or(u32::MAX);
                (ReportTold::Removed { count }, None)
            }
            Told::Used { appliance, instance, amount, .. } => {
                let (name, of) = named(appliance, instance);
                (slot, kind) = (of.map(|slot| slot.id), Some(USED));
                let supply = of.map(|slot| slot.supply);
                (ReportTold::Used { name, amount: *amount, supply }, Some(appliance))
            }
            Told::Replaced { appliance, instance, .. } => {
                let (name, of) = named(appliance, instance);
                (slot, kind) = (of.map(|slot| slot.id), Some(REPLACED));
                (ReportTold::Replaced { name }, Some(appliance))
            }
        };
        let state = state_of(sent, page, stop);
        let at = sent.told.at().or_else(|| queued_at(sent)).unwrap_or_default().timestamp_millis();
        let key = key(sent.id.as_str().parse().unwrap_or_default());
        let line = ReportLine {
            key: key.to_string(),
            at,
            told,
            device: appliance.and_then(|appliance| self.device_at(appliance)).and_then(|id| self.name_of(id)),
            message: plain_text(&sent.name, NAME_MAX),
            group: group(&state),
            state,
        };
        let same = slot.zip(kind).map(|(slot, kind)| (slot, at, kind));
        Line { line, key, slot, same, accepted: None, origin: Origin::Message(sent.clone()) }
    }
}

fn state_of(sent: &Sent, page: &SentPage, stop: Option<Stop>) -> ReportState {
    let gate = match page.gate {
        Some(GateState::Until { at }) => Some(at),
        _ => None,
    };
    let ms = |at: DateTime<Utc>| at.timestamp_millis();
    match (&sent.state, stop) {
        (State::Queued | State::Waiting { .. }, Some(stop)) => {
            ReportState::Parked { reason: reason_of_stop(stop) }
        }
        (State::Queued, None) => {
            gate.map_or(ReportState::Queued {}, |at| ReportState::Waiting { until: ms(at) })
        }
        (State::Waiting { until }, None) => {
            ReportState::Waiting { until: ms(gate.map_or(*until, |gate| gate.max(*until))) }
        }
        (State::Sending { .. }, _) => ReportState::Sending {},
        (State::Delivered { at }, _) => ReportState::Delivered { at: ms(*at) },
        (State::Parked { reason }, _) => ReportState::Parked { reason: reason_of(*reason) },
        (State::Superseded { by }, _) => {
            let newer = page.reports.iter().find(|other| other.id == *by);
            let at = newer.and_then(|newer| newer.told.at().or_else(|| queued_at(newer)));
            ReportState::Superseded { by: at.map(ms) }
        }
        (State::Discarded { at }, _) => ReportState::Discarded { at: ms(*at) },
    }
}
