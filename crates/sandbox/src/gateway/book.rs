//! What Amazon knows of the customers' devices: their sensors from discovery, their levels and use from reports. Replenishment
//! ids never change after their first report; a level comes in the measure it was configured in, and daily.

use crate::alexa::{Amount, Described, ENDPOINTS_MAX, Event, Interface, Message, Property, Sensor};
use crate::check::{Checked, refuse};
use crate::clock::printed;
use crate::config::Config;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// A report in this time (protocols 2.5, 2.6), with a quarter of an hour for those who report on the hour.
const DAY: TimeDelta = TimeDelta::minutes(24 * 60 + 15);
/// How far a maker's clock may be ahead.
const AHEAD: TimeDelta = TimeDelta::minutes(5);
/// Updates at or below the mark that make an order (protocols 2.6).
const LOW_UPDATES: u32 = 3;
/// Message ids remembered.
const IDS_MAX: usize = 100_000;

#[derive(Debug)]
struct Known {
    customer: String,
    described: Described,
    deleted: bool,
    replenishments: BTreeMap<String, String>,
    watched: BTreeMap<String, Watched>,
    reachable: Option<bool>,
}

#[derive(Debug, Default, Clone)]
struct Watched {
    first: Option<DateTime<Utc>>,
    last: Option<DateTime<Utc>>,
    level: Option<Amount>,
    highest: f64,
    low_updates: u32,
    consumed: f64,
    reports: u64,
    replaced: Option<DateTime<Utc>>,
}

/// Everything known of devices.
#[derive(Debug, Default)]
pub struct Book {
    endpoints: BTreeMap<String, Known>,
    seen: HashMap<String, u32>,
    order: VecDeque<String>,
}

impl Book {
    /// Takes devices from a discovery; says what is legal but not advised.
    ///
    /// # Errors
    /// An id of another customer, a changed replenishment id, too many devices; nothing is taken then.
    pub fn describe(
        &mut self,
        customer: &str,
        all: &[Described],
        path: &str,
        now: DateTime<Utc>,
    ) -> Checked<Vec<String>> {
        for (i, each) in all.iter().enumerate() {
            let at = format!("{path}[{i}]");
            let Some(known) = self.endpoints.get(&each.id) else { continue };
            if known.customer != customer {
                let why = "belongs to another customer: ids are unique over all of them";
                return refuse(format!("{at}.endpointId"), why, "2.2");
            }
            for sensor in &each.sensors {
                let first = known.replenishments.get(&sensor.instance);
                if first.is_some() && first != sensor.replenishment.as_ref() {
                    let path = format!("{at}.capabilities({}).configuration.replenishment", sensor.instance);
                    return refuse(path, "can't change after its first report", "2.4");
                }
            }
        }
        let mine = |known: &Known| known.customer == customer && !known.deleted;
        let others =
            self.endpoints.iter().filter(|(id, known)| mine(known) && all.iter().all(|e| e.id != **id));
        if others.count() + all.len() > ENDPOINTS_MAX {
            return refuse(
                path,
                format!("would give the customer more than {ENDPOINTS_MAX} endpoints"),
                "2.2",
            );
        }
        for each in all {
            let known = self.endpoints.entry(each.id.clone()).or_insert_with(|| Known {
                customer: customer.to_owned(),
                described: each.clone(),
                deleted: false,
                replenishments: BTreeMap::new(),
                watched: BTreeMap::new(),
                reachable: None,
            });
            known.described = each.clone();
            known.deleted = false;
            for sensor in &each.sensors {
                if let Some(id) = &sensor.replenishment {
                    known.replenishments.insert(sensor.instance.clone(), id.clone());
                }
                known.watched.entry(sensor.instance.clone()).or_default().first.get_or_insert(now);
            }
        }
        Ok(all.iter().flat_map(|each| &each.advice).map(ToString::to_string).collect())
    }

    /// Takes a message of a customer; says what is legal but not advised.
    ///
    /// # Errors
    /// What contradicts the device's discovery; nothing is taken then.
    pub fn take(
        &mut self,
        customer: &str,
        message: &Message,
        config: &Config,
        now: DateTime<Utc>,
    ) -> Checked<Vec<String>> {
        let mut advice = Vec::new();
        match &message.event {
            Event::Added(all) => {
                let told = self.describe(customer, all, "event.payload.endpoints", now)?;
                self.again(&message.header.message_id);
                return Ok(told);
            }
            Event::Deleted(ids) => {
                for (i, id) in ids.iter().enumerate() {
                    match self.endpoints.get_mut(id).filter(|known| known.customer == customer) {
                        Some(known) => known.deleted = true,
                        None => advice
                            .push(format!("event.payload.endpoints[{i}]: {id} is unknown (protocols 2.4)")),
                    }
                }
                self.again(&message.header.message_id);
                return Ok(advice);
            }
            _ => {}
        }
        let (Event::Changed { endpoint, .. }
        | Event::Consumed { endpoint, .. }
        | Event::Replaced { endpoint, .. }
        | Event::State { endpoint, .. }
        | Event::Failed { endpoint, .. }) = &message.event
        else {
            return Ok(advice);
        };
        let mine = |known: &&mut Known| known.customer == customer && !known.deleted;
        let Some(known) = self.endpoints.get_mut(endpoint).filter(mine) else {
            // 202 only says that the event was taken in, not that it was valid for the endpoint (protocols 3.1).
            self.again(&message.header.message_id);
            return Ok(vec![format!(
                "event.endpoint.endpointId: {endpoint} was never discovered (protocols 2.4)"
            )]);
        };
        fits(known, &message.event)?;
        let times = self.seen.get(&message.header.message_id).copied().unwrap_or(0);
        if times > 0 {
            advice.push(format!("event.header.messageId: came {} times (protocols 2.1)", times + 1));
        }
        for at in sampled(&message.event) {
            if at > now + AHEAD {
                advice.push(format!("timeOfSample: {} is in the future (protocols 2.1)", printed(at)));
            }
        }
        if times == 0 || !config.deduplicate {
            known.apply(&message.event, now, config.low_level, &mut advice);
        }
        self.again(&message.header.message_id);
        Ok(advice)
    }

    fn again(&mut self, id: &str) {
        let times = self.seen.entry(id.to_owned()).or_default();
        *times += 1;
        if *times == 1 {
            self.order.push_back(id.to_owned());
        }
        if self.order.len() > IDS_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
    }

    /// Takes the state that a skill answered.
    pub fn stated(&mut self, id: &str, properties: &[Property], config: &Config, now: DateTime<Utc>) {
        if let Some(known) = self.endpoints.get_mut(id) {
            for property in properties {
                known.property(property, now, config.low_level);
            }
        }
    }

    /// A device of a customer.
    pub fn endpoint(&self, customer: &str, id: &str) -> Option<&Described> {
        let known = self.endpoints.get(id)?;
        (known.customer == customer && !known.deleted).then_some(&known.described)
    }

    /// What is known of the devices of a customer, or of all, with the sensors whose daily report is late.
    pub fn shown(&self, customer: Option<&str>, now: DateTime<Utc>) -> Value {
        let fits = |known: &&Known| customer.is_none_or(|customer| known.customer == customer);
        let all = self.endpoints.values().filter(fits).map(|known| known.shown(now));
        json!({"endpoints": all.collect::<Vec<_>>()})
    }
}

/// When the parts of a message were sampled.
fn sampled(event: &Event) -> Vec<DateTime<Utc>> {
    match event {
        Event::Changed { changed, others, .. } => changed.iter().chain(others).map(|p| p.sampled).collect(),
        Event::State { properties, .. } => properties.iter().map(|p| p.sampled).collect(),
        Event::Consumed { sampled, .. } => vec![*sampled],
        _ => Vec::new(),
    }
}

/// Refuses what contradicts the discovery.
fn fits(known: &Known, event: &Event) -> Checked {
    let sensor = |interface: Interface, instance: &str, path: &str| -> Checked<&Sensor> {
        let found =
            known.described.sensors.iter().find(|s| s.interface == interface && s.instance == instance);
        let unknown = || refuse(path, format!("{instance} is no such sensor of the device"), "2.3");
        found.map_or_else(unknown, Ok)
    };
    let differs =
        |path: String, section| refuse(path, "differs in type or unit from the configuration", section);
    let levels = |all: &[Property]| -> Checked {
        for property in all {
            let (Some(amount), Some(instance)) = (&property.level, &property.instance) else { continue };
            let at = format!("{}.instance", property.path);
            if sensor(Interface::Level, instance, &at)?.measure != amount.measure {
                return differs(format!("{}.value", property.path), "2.5");
            }
        }
        Ok(())
    };
    match event {
        Event::Changed { changed, others, .. } => levels(changed).and_then(|()| levels(others)),
        Event::State { properties, .. } => levels(properties),
        Event::Consumed { interface, instance, usage, .. } => {
            if sensor(*interface, instance, "event.header.instance")?.measure != usage.measure {
                return differs("event.payload.usage".to_owned(), "2.6");
            }
            Ok(())
        }
        Event::Replaced { instance, .. } => {
            sensor(Interface::LevelUsage, instance, "event.header.instance").map(|_| ())
        }
        Event::Added(_) | Event::Deleted(_) | Event::Failed { .. } => Ok(()),
    }
}

impl Known {
    fn apply(&mut self, event: &Event, now: DateTime<Utc>, low: f64, advice: &mut Vec<String>) {
        match event {
            Event::Changed { changed, others, .. } => {
                for property in changed.iter().chain(others) {
                    self.property(property, now, low);
                }
            }
            Event::State { properties, .. } => {
                for property in properties {
                    self.property(property, now, low);
                }
            }
            Event::Consumed { interface, instance, usage, .. } => {
                let watched = self.watched.entry(instance.clone()).or_default();
                let early = watched.last.is_some_and(|last| now - last < TimeDelta::hours(20));
                if *interface == Interface::LevelUsage && early {
                    let why = "came twice in a day: one aggregated report a day";
                    advice.push(format!("event.payload.usage: {instance} {why} (protocols 2.6)"));
                }
                watched.consumed += usage.value;
                watched.reports += 1;
                watched.last = Some(now);
            }
            Event::Replaced { instance, at, .. } => {
                let watched = self.watched.entry(instance.clone()).or_default();
                watched.replaced = Some(*at);
                watched.consumed = 0.0;
            }
            Event::Added(_) | Event::Deleted(_) | Event::Failed { .. } => {}
        }
    }

    fn property(&mut self, property: &Property, now: DateTime<Utc>, low: f64) {
        if let Some(reachable) = property.reachable {
            self.reachable = Some(reachable);
        }
        let (Some(amount), Some(instance)) = (&property.level, &property.instance) else { return };
        let watched = self.watched.entry(instance.clone()).or_default();
        watched.highest = watched.highest.max(amount.value);
        // The mark is a share of a full one: of 100 %, or of the most that was ever reported.
        let full = if amount.measure.kind == "Percentage" { 100.0 } else { watched.highest };
        let is_low = amount.value <= full * low / 100.0;
        watched.low_updates = if is_low { watched.low_updates + 1 } else { 0 };
        watched.level = Some(amount.clone());
        watched.reports += 1;
        watched.last = Some(now);
    }

    fn shown(&self, now: DateTime<Utc>) -> Value {
        let sensors = self.described.sensors.iter().map(|sensor| {
            let watched = self.watched.get(&sensor.instance).cloned().unwrap_or_default();
            // Use is reported at each use (protocols 2.6); only the other two owe a daily report.
            let owes = sensor.interface != Interface::Usage && !self.deleted;
            let since = watched.last.or(watched.first);
            let late = owes && since.is_some_and(|since| now - since > DAY);
            json!({
                "instance": sensor.instance,
                "interface": format!("{:?}", sensor.interface),
                "measure": {"@type": sensor.measure.kind, "unit": sensor.measure.unit},
                "replenishmentId": self.replenishments.get(&sensor.instance),
                "level": watched.level.map(|amount| amount.value),
                "consumed": watched.consumed,
                "reports": watched.reports,
                "lastReport": watched.last.map(printed),
                "replaced": watched.replaced.map(printed),
                "lowUpdates": watched.low_updates,
                "orderDue": watched.low_updates >= LOW_UPDATES,
                "late": late,
            })
        });
        json!({
            "endpointId": self.described.id,
            "customer": self.customer,
            "deleted": self.deleted,
            "reachable": self.reachable,
            "sensors": sensors.collect::<Vec<_>>(),
        })
    }
}
