//! What is discovered: the answer to `Discover` and every later description, against the registration (protocols 2.2 to 2.6,
//! 7.1; cases 1, 6 and 8).

use super::heard::{self, Heard, Sensor, heard};
use super::slots::{Found, Scene, Slot};
use super::{Choice, Happening, Look, Rule};
use crate::registration::validate;
use serde_json::Value;
use std::collections::BTreeMap;

/// Every description: where, the message, why it was refused.
fn descriptions<'a>(scene: &Scene<'a>) -> Vec<(usize, &'a Value, Option<&'a str>)> {
    let described = scene.moments().filter_map(|(at, moment)| match &moment.what {
        Happening::Described { message, refused } => Some((at, message, refused.as_deref())),
        Happening::Told { message, refused } if heard::describes(message) => {
            Some((at, message, refused.as_deref()))
        }
        _ => None,
    });
    described.collect()
}

/// The sensors of each description that lists the device under test.
fn listed<'a>(scene: &Scene<'a>) -> Vec<(usize, Vec<Sensor>)> {
    let endpoint = &scene.transcript.endpoint;
    let of = descriptions(scene).into_iter();
    of.filter_map(|(at, message, _)| Some((at, heard::sensors(message, endpoint)?))).collect()
}

/// Instances whose replenishment ID differs from the one told first: where, which, from what to what.
fn changed(scene: &Scene<'_>) -> Vec<(usize, String, String)> {
    let mut first: BTreeMap<String, String> = BTreeMap::new();
    let mut changed = Vec::new();
    for (at, sensors) in listed(scene) {
        for sensor in sensors {
            let told = first.get(&sensor.instance);
            if let Some(told) = told.filter(|told| sensor.replenishment.as_ref() != Some(*told)) {
                let now = sensor.replenishment.as_deref().unwrap_or("—");
                changed.push((at, sensor.instance, format!("{told} → {now}")));
            } else if let Some(id) = sensor.replenishment {
                first.insert(sensor.instance, id);
            }
        }
    }
    changed
}

/// The pre-check of S0: `Discover` is answered completely, and Amazon takes it.
pub(super) fn discovery(scene: &Scene<'_>) -> Found {
    let mut found = Found::default();
    let all = descriptions(scene);
    found.missing = !scene.moments().any(|(_, moment)| matches!(moment.what, Happening::Described { .. }));
    // An ID that changed is told where products are judged, and not twice.
    let changed = changed(scene);
    for (at, message, refused) in all {
        found.evidence.push(at);
        let broken = validate(message);
        for rule in &broken {
            found.flaw(None, Some(at), Rule::Malformed, format!("{} {}", rule.at, rule.rule));
        }
        if let Some(why) = refused.filter(|_| broken.is_empty() && changed.iter().all(|(of, ..)| *of != at)) {
            found.flaw(None, Some(at), Rule::Refused, why);
        }
    }
    found
}

/// Case 1.
pub(super) fn set_up(scene: &Scene<'_>) -> Found {
    let mut found = Found::default();
    // What the skill answers, whatever it told of its own accord.
    let answer = scene.moments().find_map(|(at, moment)| match &moment.what {
        Happening::Described { message, .. } => Some((at, message)),
        _ => None,
    });
    let described =
        answer.and_then(|(at, message)| Some((at, heard::sensors(message, &scene.transcript.endpoint)?)));
    let Some((at, sensors)) = described else {
        let at = answer.map(|(at, _)| at);
        found.flaw(None, at, Rule::DeviceMissing, &scene.transcript.endpoint);
        return found;
    };
    found.evidence.push(at);
    for slot in &scene.slots {
        if sensors.iter().all(|sensor| sensor.instance != slot.of.instance) {
            found.flaw(Some(slot), Some(at), Rule::SensorMissing, &slot.of.instance);
        }
        match scene.chosen(slot, Choice::Reorder) {
            Some((chosen, ..)) => found.evidence.push(chosen),
            None => found.missing = true,
        }
    }
    for sensor in sensors.iter().filter(|sensor| scene.slot(&sensor.instance).is_none()) {
        found.flaw(None, Some(at), Rule::SensorUnknown, &sensor.instance);
    }
    found
}

/// Each description says of each sensor what was registered.
pub(super) fn sensors(scene: &Scene<'_>) -> Found {
    let all = listed(scene);
    let mut found = Found { missing: all.is_empty(), ..Found::default() };
    for (at, sensors) in all {
        found.evidence.push(at);
        for slot in &scene.slots {
            let Some(sensor) = sensors.iter().find(|sensor| sensor.instance == slot.of.instance) else {
                found.flaw(Some(slot), Some(at), Rule::SensorMissing, &slot.of.instance);
                continue;
            };
            if sensor.kind != slot.sensor {
                found.flaw(Some(slot), Some(at), Rule::OtherInterface, format!("{:?}", sensor.kind));
            } else if sensor.unit != Some(slot.unit) {
                let unit = sensor.unit.map_or("—", |unit| unit.wire());
                found.flaw(Some(slot), Some(at), Rule::OtherMeasure, unit);
            }
        }
    }
    found
}

/// Case 6: each slot has its own replenishment ID, and its products are offered.
pub(super) fn products(scene: &Scene<'_>) -> Found {
    let mut found = Found::default();
    for (at, instance, what) in changed(scene) {
        found.flaw(scene.slot(&instance), Some(at), Rule::IdChanged, what);
    }
    // One ID that changed is one reason, and not also another ID than the assigned one.
    let changed_any = !found.flaws.is_empty();
    let last = listed(scene).into_iter().next_back();
    for slot in &scene.slots {
        let assigned = slot.of.assigned().map(|id| id.as_str().to_owned());
        let Some(assigned) = assigned else {
            found.looks.push(Look::NoId);
            continue;
        };
        if let Some((at, sensors)) = last.as_ref().filter(|_| !changed_any) {
            found.evidence.push(*at);
            let told = sensors.iter().find(|sensor| sensor.instance == slot.of.instance);
            let told = told.and_then(|sensor| sensor.replenishment.as_deref());
            if told != Some(assigned.as_str()) {
                let (rule, what) = stranger(scene, slot, told);
                found.flaw(Some(slot), Some(*at), rule, what);
                continue;
            }
        }
        offered(scene, slot, &mut found);
    }
    found
}

/// A replenishment ID that is not the slot's.
fn stranger(scene: &Scene<'_>, slot: &Slot<'_>, told: Option<&str>) -> (Rule, String) {
    let other = scene.dossier.slots.iter().find(|other| {
        other.instance != slot.of.instance && told.is_some_and(|told| other.replenishment.trim() == told)
    });
    match other {
        Some(other) => (Rule::SwappedId, other.identifier.clone()),
        None => (Rule::OtherId, told.unwrap_or("—").to_owned()),
    }
}

fn offered(scene: &Scene<'_>, slot: &Slot<'_>, found: &mut Found) {
    let listed = scene.transcript.marketplace.and_then(|market| slot.of.asins.get(&market));
    let Some(listed) = listed.filter(|listed| !listed.is_empty()) else {
        found.looks.push(Look::Products);
        return;
    };
    let offers = scene.moments().filter_map(|(at, moment)| match &moment.what {
        Happening::Offered { instance, products } if *instance == slot.of.instance => Some((at, products)),
        _ => None,
    });
    let Some((at, products)) = offers.last() else {
        found.missing = true;
        return;
    };
    found.evidence.push(at);
    let sorted = |all: &[String]| {
        let mut all: Vec<String> = all.iter().map(|one| one.trim().to_owned()).collect();
        all.sort();
        all
    };
    if sorted(products) != sorted(listed) {
        found.flaw(Some(slot), Some(at), Rule::OtherProducts, products.join(", "));
    }
}

/// Case 8: nobody took the device away, and it is still discovered in the end.
pub(super) fn kept(scene: &Scene<'_>) -> Found {
    let mut found = Found::default();
    let endpoint = &scene.transcript.endpoint;
    for (at, moment) in scene.moments() {
        match &moment.what {
            Happening::Removed { how } => found.flaw(None, Some(at), Rule::Deregistered, how),
            Happening::Told { message, .. } => {
                if let Heard::Deleted(gone) = heard(message)
                    && gone.contains(endpoint)
                {
                    found.flaw(None, Some(at), Rule::Deregistered, "DeleteReport");
                }
            }
            _ => {}
        }
    }
    let last_deed = scene.moments().filter(|(_, m)| matches!(m.what, Happening::Did { .. })).last();
    let asked = scene.moments().filter(|(_, m)| matches!(m.what, Happening::Described { .. })).last();
    match (last_deed, asked) {
        (Some((deed, _)), Some((at, moment))) if at > deed => {
            found.evidence.push(at);
            let Happening::Described { message, .. } = &moment.what else { return found };
            if found.flaws.is_empty() && heard::sensors(message, endpoint).is_none() {
                found.flaw(None, Some(at), Rule::DeviceMissing, endpoint);
            }
        }
        _ => found.missing = true,
    }
    found
}
