//! Lanes, order and coalescing, case by case.

use super::*;
use crate::alexa::{Cause, Connectivity, Device};
use crate::endpoint::SensorKind;
use crate::gateway::Reason;
use crate::measure::{Amount, Unit};
use crate::testing::{START, day};

fn appliance(name: &str) -> ApplianceId {
    name.parse().unwrap()
}

fn level(name: &str, instance: &str) -> Report {
    let instance = instance.parse().unwrap();
    let level =
        Property::Level { instance, amount: Amount::whole(1, Unit::Count), at: START, uncertainty: 0 };
    Report::Changed {
        appliance: appliance(name),
        cause: Cause::PeriodicPoll,
        properties: vec![level],
        unchanged: vec![],
    }
}

fn health(name: &str) -> Report {
    let value = Property::Connectivity { value: Connectivity::Ok, at: START, uncertainty: 0 };
    Report::Changed {
        appliance: appliance(name),
        cause: Cause::PeriodicPoll,
        properties: vec![value],
        unchanged: vec![],
    }
}

fn usage(name: &str, instance: &str) -> Report {
    let (instance, amount) = (instance.parse().unwrap(), Amount::whole(1, Unit::Count));
    Report::Consumed { appliance: appliance(name), instance, sensor: SensorKind::Usage, amount, at: START }
}

fn replaced(name: &str, instance: &str) -> Report {
    Report::Replaced { appliance: appliance(name), instance: instance.parse().unwrap(), at: START }
}

fn described(names: &[&str]) -> Report {
    let device = |name: &&str| Device::new(appliance(name), name, "Sample", None, Vec::new(), START).unwrap();
    Report::AddedOrUpdated { devices: names.iter().map(device).collect() }
}

fn deleted(names: &[&str]) -> Report {
    Report::Deleted { appliances: names.iter().map(|name| appliance(name)).collect() }
}

const SENDING: State = State::Sending { since: START };
const PARKED: State = State::Parked { reason: Reason::Invalid };

fn waiting() -> State {
    State::Waiting { until: day(1.0) }
}

/// Places of a queue that a function of it names.
fn places(queue: &[(Report, State)], of: impl Fn(&[Queued<'_>]) -> Vec<MessageId>) -> Vec<usize> {
    let ids: Vec<MessageId> = (0..queue.len()).map(|n| format!("m-{n}").parse().unwrap()).collect();
    let view: Vec<Queued<'_>> =
        queue.iter().zip(&ids).map(|((report, state), id)| Queued { id, report, state }).collect();
    let named = of(&view);
    (0..queue.len()).filter(|n| named.contains(&ids[*n])).collect()
}

fn ready_at(queue: &[(Report, State)], limit: usize, now: f64) -> Vec<usize> {
    places(queue, |view| ready(view, limit, day(now)).into_iter().cloned().collect())
}

#[test]
fn a_lane_goes_in_order_and_others_go_on() {
    let queue = [
        (level("a", "black"), waiting()),
        (level("a", "black"), State::Queued),
        (usage("a", "pods"), SENDING),
        (usage("a", "pods"), State::Queued),
        (health("a"), State::Queued),
        (usage("b", "pods"), PARKED),
        (usage("b", "pods"), State::Queued),
        (usage("b", "pods"), State::Queued),
    ];
    assert_eq!(ready_at(&queue, 9, 0.0), [4, 6], "what is ahead waits, is under way, or is parked");
    assert_eq!(ready_at(&queue, 9, 1.0), [0, 4, 6]);
    assert_eq!(ready_at(&queue, 1, 1.0), [0]);
}

#[test]
fn what_concerns_a_device_keeps_its_place_among_its_sensors() {
    let queue = [
        (described(&["a", "b"]), State::Queued),
        (level("a", "black"), State::Queued),
        (level("c", "black"), State::Queued),
        (deleted(&["c"]), State::Queued),
        (health("c"), State::Queued),
    ];
    assert_eq!(ready_at(&queue, 9, 0.0), [0, 2]);
    let first_done = [(queue[0].0.clone(), State::Delivered { at: START }), queue[1].clone()];
    assert_eq!(ready_at(&first_done, 9, 0.0), [1]);
}

fn gone(queue: &[(Report, State)], new: &Report) -> Vec<usize> {
    places(queue, |view| superseded_by(view, new).into_iter().cloned().collect())
}

#[test]
fn only_what_a_newer_message_says_better_is_dropped() {
    let queued = |report| (report, State::Queued);
    let queue = [
        queued(level("a", "black")),
        (level("a", "black"), waiting()),
        (level("a", "black"), SENDING),
        (level("a", "black"), PARKED),
        queued(level("a", "cyan")),
        queued(level("b", "black")),
        queued(health("a")),
        queued(usage("a", "pods")),
        queued(replaced("a", "filter")),
    ];
    assert_eq!(gone(&queue, &level("a", "black")), [0, 1]);
    assert_eq!(gone(&queue, &health("a")), [6]);
    assert_eq!(gone(&queue, &usage("a", "pods")), [] as [usize; 0]);
    assert_eq!(gone(&queue, &replaced("a", "filter")), [] as [usize; 0]);
    assert_eq!(gone(&queue, &described(&["a"])), [] as [usize; 0]);
    assert_eq!(gone(&queue, &deleted(&["a"])), [0, 1, 4, 6], "not what may arrive, and no usage");
    let both = [(queue[0].0.clone(), State::Queued), queued(level("a", "cyan"))];
    let Report::Changed { properties: two, .. } = level("a", "cyan") else { panic!("a level") };
    let mut wide = level("a", "black");
    if let Report::Changed { properties, .. } = &mut wide {
        properties.extend(two);
    }
    assert_eq!(gone(&both, &wide), [0, 1]);
    assert_eq!(
        gone(&[queued(wide)], &level("a", "black")),
        [] as [usize; 0],
        "it says more than the newer one"
    );
}

#[test]
fn descriptions_are_replaced_unless_something_stands_between() {
    let queued = |report| (report, State::Queued);
    let new = described(&["a", "b"]);
    assert_eq!(gone(&[queued(described(&["a"])), queued(described(&["b"]))], &new), [0, 1]);
    assert_eq!(gone(&[queued(described(&["a", "c"]))], &new), [] as [usize; 0]);
    let between = [queued(described(&["a"])), queued(level("a", "black")), queued(described(&["b"]))];
    assert_eq!(gone(&between, &new), [2], "a level would come before its device");
    let removed = [queued(described(&["a"])), queued(deleted(&["a"]))];
    assert_eq!(gone(&removed, &new), [] as [usize; 0]);
    assert_eq!(gone(&removed, &deleted(&["a", "b"])), [0]);
}
