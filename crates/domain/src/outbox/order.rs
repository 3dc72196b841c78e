//! Which messages may be sent now, and which need not be sent any more. Messages of one sensor go one after another;
//! what concerns a whole device waits for everything of that device before it, and holds back everything behind it.

use super::delivery::State;
use crate::alexa::{ApplianceId, MessageId, Property, Report};
use crate::ids::Instance;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// What of a device a message is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// All of it: added, updated, deleted.
    Device,
    /// Whether it can be reached.
    Health,
    /// One sensor.
    Sensor(Instance),
}

/// One part of one device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane {
    /// Which device.
    pub appliance: ApplianceId,
    /// Which part.
    pub part: Part,
}

/// What a report is about.
pub fn lanes(report: &Report) -> Vec<Lane> {
    let lane = |appliance: &ApplianceId, part| Lane { appliance: appliance.clone(), part };
    match report {
        Report::Changed { appliance, properties, .. } => {
            let part = |property: &Property| match property {
                Property::Level { instance, .. } => Part::Sensor(instance.clone()),
                Property::Connectivity { .. } => Part::Health,
            };
            properties.iter().map(|property| lane(appliance, part(property))).collect()
        }
        Report::AddedOrUpdated { .. } | Report::Deleted { .. } => {
            report.appliances().into_iter().map(|appliance| lane(appliance, Part::Device)).collect()
        }
        Report::Consumed { appliance, instance, .. } | Report::Replaced { appliance, instance, .. } => {
            vec![lane(appliance, Part::Sensor(instance.clone()))]
        }
    }
}

/// A message of the queue, in the order it was queued in.
#[derive(Debug, Clone, Copy)]
pub struct Queued<'a> {
    /// Its id.
    pub id: &'a MessageId,
    /// What it says.
    pub report: &'a Report,
    /// Where it stands.
    pub state: &'a State,
}

/// The parts that messages further ahead still hold.
#[derive(Default)]
struct Held<'a> {
    parts: BTreeMap<&'a ApplianceId, BTreeSet<Part>>,
}

impl<'a> Held<'a> {
    fn holds(&self, lane: &Lane) -> bool {
        self.parts.get(&lane.appliance).is_some_and(|parts| {
            lane.part == Part::Device || parts.contains(&Part::Device) || parts.contains(&lane.part)
        })
    }

    fn hold(&mut self, report: &'a Report) {
        let names = report.appliances();
        for lane in lanes(report) {
            if let Some(appliance) = names.iter().find(|name| ***name == lane.appliance) {
                self.parts.entry(appliance).or_default().insert(lane.part);
            }
        }
    }
}

/// The messages of one account that may be begun now, at most `limit`, in order: all that is ahead of them in their lanes
/// is settled. A message that waits holds its lanes; a parked one does not. Whether the account may send at all is the
/// gate's to say. The oldest part of a long queue is enough to pass.
pub fn ready<'a>(queue: &[Queued<'a>], limit: usize, now: DateTime<Utc>) -> Vec<&'a MessageId> {
    let mut held = Held::default();
    let mut ready = Vec::new();
    for message in queue.iter().filter(|message| !message.state.is_settled()) {
        if ready.len() == limit {
            break;
        }
        let its_time = match message.state {
            State::Queued => true,
            State::Waiting { until } => *until <= now,
            _ => false,
        };
        if its_time && !lanes(message.report).iter().any(|lane| held.holds(lane)) {
            ready.push(message.id);
        }
        held.hold(message.report);
    }
    ready
}

/// The unsent messages that need not be sent once `new` is queued behind them.
///
/// A level or health replaces an older one of the same parts. A description of devices replaces an older one, unless
/// something of these devices stands between. A removal replaces levels and descriptions. Usage and replacements are
/// never replaced. Only messages that are not settled and share a device with `new` matter; passing those is enough.
pub fn superseded_by<'a>(queue: &[Queued<'a>], new: &Report) -> Vec<&'a MessageId> {
    let new_lanes: BTreeSet<Lane> = lanes(new).into_iter().collect();
    let devices: BTreeSet<&ApplianceId> = new.appliances().into_iter().collect();
    let covers_devices = |old: &Report| old.appliances().iter().all(|appliance| devices.contains(appliance));
    let (mut gone, mut between) = (Vec::new(), false);
    for old in queue.iter().rev().filter(|old| !old.state.is_settled()) {
        let replaced = match (new, old.report) {
            (Report::Changed { .. }, Report::Changed { .. }) => {
                lanes(old.report).iter().all(|lane| new_lanes.contains(lane))
            }
            (Report::AddedOrUpdated { .. }, Report::AddedOrUpdated { .. }) => {
                !between && covers_devices(old.report)
            }
            (Report::Deleted { .. }, Report::Changed { .. } | Report::AddedOrUpdated { .. }) => {
                covers_devices(old.report)
            }
            _ => false,
        };
        if replaced && old.state.is_unsent() {
            gone.push(old.id);
        } else if old.report.appliances().iter().any(|appliance| devices.contains(appliance)) {
            between = true;
        }
    }
    gone
}

#[cfg(test)]
mod tests;
