//! Each transition, and storms against a hostile gateway that does not recognise duplicates.

use super::*;
use crate::alexa::{ApplianceId, Cause, Property, Report};
use crate::endpoint::SensorKind;
use crate::measure::{Amount, Unit};
use crate::outbox::{Queued, ready, superseded_by};
use crate::testing::START;
use chrono::TimeDelta;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn id(number: usize) -> MessageId {
    format!("m-{number}").parse().unwrap()
}

fn answer(status: u16) -> Came<'static> {
    Came::Answer { status, retry_after: None, body: b"" }
}

fn seconds(seconds: i64) -> DateTime<Utc> {
    START + TimeDelta::seconds(seconds)
}

/// A message under way.
fn sending(gate: &Gate) -> Delivery {
    let mut message = Delivery::new(id(1));
    message.begin(gate, START).unwrap();
    message
}

#[test]
fn each_answer_moves_the_message_and_the_gate() {
    let until = seconds(1);
    let waiting = (State::Waiting { until }, GateState::Until { at: until }, Settled::Nothing);
    let stopped = |why| (State::Queued, GateState::Stopped { why }, Settled::Stopped(why));
    let parked = |reason| (State::Parked { reason }, GateState::Open, Settled::Nothing);
    for (came, wanted) in [
        (answer(202), (State::Delivered { at: START }, GateState::Open, Settled::Nothing)),
        (answer(429), waiting.clone()),
        (Came::NotSent, waiting.clone()),
        (Came::Lost, waiting),
        (answer(401), (State::Queued, GateState::Refreshing, Settled::Refresh)),
        (answer(403), stopped(Stop::NotPermitted)),
        (answer(301), stopped(Stop::WrongAddress)),
        (answer(400), parked(Reason::Invalid)),
        (answer(413), parked(Reason::TooLarge)),
    ] {
        let mut gate = Gate::open();
        let mut message = sending(&gate);
        assert_eq!(
            (message.attempts, &message.state),
            (1, &State::Sending { since: START }),
            "counted before it is sent"
        );
        let settled = message.settle(came, &mut gate, None, None, 0, START);
        assert_eq!((message.state, gate.state, settled), wanted, "{came:?}");
        assert_eq!(message.ambiguous, u32::from(matches!(came, Came::Lost)));
    }
}

#[test]
fn a_second_refusal_of_a_fresh_token_ends_the_link() {
    let mut gate = Gate::open();
    let mut message = sending(&gate);
    assert_eq!(message.settle(answer(401), &mut gate, None, None, 0, START), Settled::Refresh);
    assert_eq!(message.begin(&gate, START), Err(NotNow::Waits), "one refresh, and everything waits for it");
    gate.renewed();
    message.begin(&gate, START).unwrap();
    assert_eq!(
        message.settle(answer(401), &mut gate, None, None, 0, START),
        Settled::Stopped(Stop::LinkLost)
    );
    gate.renewed();
    message.begin(&gate, START).unwrap();
    assert_eq!(
        message.settle(answer(401), &mut gate, None, None, 0, START),
        Settled::Refresh,
        "linked again: anew"
    );
}

#[test]
fn a_thousand_refusals_are_one_refresh_and_late_ones_none() {
    let mut gate = Gate::open();
    let mut messages: Vec<Delivery> = (0..1000).map(|n| Delivery::new(id(n))).collect();
    for message in &mut messages {
        message.begin(&gate, START).unwrap();
    }
    let (late, early) = messages.split_at_mut(10);
    let refresh = early.iter_mut().map(|m| m.settle(answer(401), &mut gate, None, None, 0, START));
    assert_eq!(refresh.filter(|settled| *settled == Settled::Refresh).count(), 1);
    gate.renewed();
    for message in late {
        assert_eq!(message.settle(answer(401), &mut gate, None, None, 0, START), Settled::Nothing);
        assert_eq!((&message.state, gate.state), (&State::Queued, GateState::Open), "that was the old token");
    }
}

#[test]
fn after_a_wait_one_message_tries_alone() {
    let until = |at| Gate { state: GateState::Until { at }, generation: 0 };
    let refreshing = Gate { state: GateState::Refreshing, generation: 0 };
    for (gate, under_way, wanted) in [
        (Gate::open(), 0, 4),
        (Gate::open(), 3, 1),
        (Gate::open(), 9, 0),
        (until(seconds(1)), 0, 0),
        (until(START), 0, 1),
        (until(START), 1, 0),
        (refreshing, 0, 0),
    ] {
        assert_eq!(gate.allowance(under_way, START), wanted, "{gate:?} with {under_way}");
    }
    let mut gate = until(START);
    let mut probe = sending(&gate);
    probe.settle(answer(202), &mut gate, None, None, 0, START);
    assert_eq!(gate.state, GateState::Open, "it was over");
}

#[test]
fn newer_levels_and_halves_take_its_place() {
    let superseded = |by| State::Superseded { by: id(by) };
    for came in [answer(500), Came::Lost, answer(401), answer(400), answer(403)] {
        let mut gate = Gate::open();
        let mut message = sending(&gate);
        message.settle(came, &mut gate, Some(&id(2)), None, 0, START);
        assert_eq!(message.state, superseded(2), "{came:?}");
    }
    let mut gate = Gate::open();
    let mut message = sending(&gate);
    message.settle(answer(202), &mut gate, Some(&id(2)), None, 0, START);
    assert_eq!(message.state, State::Delivered { at: START }, "delivered is delivered");

    let mut large = sending(&gate);
    assert_eq!(large.settle(answer(413), &mut gate, None, Some(&id(3)), 0, START), Settled::Split);
    assert_eq!(large.state, superseded(3));
}

#[test]
fn only_what_may_move_moves() {
    let mut gate = Gate::open();
    let mut message = sending(&gate);
    assert_eq!(message.begin(&gate, START), Err(NotNow::State), "under way");
    assert!(!message.supersede(&id(2)), "too late");
    assert!(!message.release(None));
    message.settle(answer(429), &mut gate, None, None, 0, START);
    assert_eq!(message.begin(&gate, START), Err(NotNow::Waits));
    let mut other = Delivery::new(id(9));
    assert_eq!(other.begin(&gate, START), Err(NotNow::Waits), "the account waits");
    assert!(other.begin(&gate, seconds(1)).is_ok());
    assert!(message.clone().supersede(&id(2)), "a waiting one is unsent");
    message.begin(&gate, seconds(1)).unwrap();
    assert_eq!(message.settle(answer(400), &mut gate, None, None, 0, seconds(1)), Settled::Nothing);
    assert_eq!(message.clone().settle(answer(202), &mut gate, None, None, 0, seconds(1)), Settled::Nothing);
    assert!(message.state.is_settled() && !message.supersede(&id(2)), "a person is to see it");
    assert!(message.clone().release(Some(&id(2))));
    assert!(message.release(None));
    assert_eq!((message.state, message.attempts), (State::Queued, 2));
}

#[test]
fn what_was_under_way_at_a_crash_is_counted_and_sent_again() {
    let gate = Gate::open();
    let mut message = sending(&gate);
    message.resumed();
    assert_eq!((message.ambiguous, message.attempts, &message.state), (1, 1, &State::Queued));
    message.resumed();
    assert_eq!(message.ambiguous, 1, "only what was under way");
    assert_eq!(message.id, id(1), "the same id");
}

#[test]
fn states_are_kept_in_a_settled_form() {
    let states = [
        State::Queued,
        State::Sending { since: START },
        State::Waiting { until: START },
        State::Delivered { at: START },
        State::Parked { reason: Reason::Invalid },
        State::Superseded { by: id(2) },
    ];
    let gates = [
        GateState::Open,
        GateState::Until { at: START },
        GateState::Refreshing,
        GateState::Stopped { why: Stop::LinkLost },
    ];
    insta::assert_json_snapshot!("states", (&states, gates, Delivery::new(id(1)), Gate::open()));
    let kept = serde_json::to_string(&states).unwrap();
    assert_eq!(serde_json::from_str::<[State; 6]>(&kept).unwrap(), states);
}

/// What chance does.
#[derive(Debug, Clone, Copy)]
enum Step {
    Level(usize),
    Usage(usize),
    /// Begin what is ready, and settle with this answer, taken in or not where nobody knows.
    Send(u8, bool),
    Crash,
    Later(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0usize..3).prop_map(Step::Level),
        2 => (0usize..3).prop_map(Step::Usage),
        6 => (0u8..9, any::<bool>()).prop_map(|(kind, taken)| Step::Send(kind, taken)),
        1 => Just(Step::Crash),
        2 => (1i64..4_000).prop_map(Step::Later),
    ]
}

struct World {
    now: DateTime<Utc>,
    gate: Gate,
    queue: Vec<(Report, Delivery)>,
    /// Every message the gateway took in, by its place in the queue.
    taken: Vec<usize>,
}

impl World {
    fn enqueue(&mut self, report: Report) {
        let new = id(self.queue.len());
        let gone: Vec<MessageId> = superseded_by(&self.view(), &report).into_iter().cloned().collect();
        for (_, message) in &mut self.queue {
            if gone.contains(&message.id) {
                assert!(message.supersede(&new));
            }
        }
        self.queue.push((report, Delivery::new(new)));
    }

    fn view(&self) -> Vec<Queued<'_>> {
        self.queue.iter().map(|(report, m)| Queued { id: &m.id, report, state: &m.state }).collect()
    }

    fn send(&mut self, kind: u8, taken_in: bool) {
        let ids: Vec<MessageId> = ready(&self.view(), 4, self.now).into_iter().cloned().collect();
        let places: Vec<usize> =
            (0..self.queue.len()).filter(|n| ids.contains(&self.queue[*n].1.id)).collect();
        let begun: Vec<usize> =
            places.into_iter().filter(|n| self.queue[*n].1.begin(&self.gate, self.now).is_ok()).collect();
        for n in begun {
            let came = match kind {
                0..=2 => answer(202),
                3 => answer(429),
                4 => answer(500),
                5 => answer(401),
                6 => answer(400),
                7 => Came::NotSent,
                _ => Came::Lost,
            };
            if matches!(kind, 0..=2) || kind == 8 && taken_in {
                self.taken.push(n);
            }
            let newer = self.newer_than(n);
            let settled = self.queue[n].1.settle(came, &mut self.gate, newer.as_ref(), None, 7, self.now);
            if matches!(settled, Settled::Refresh | Settled::Stopped(_)) {
                self.gate.renewed();
            }
        }
    }

    fn newer_than(&self, n: usize) -> Option<MessageId> {
        let same = |report: &Report| {
            matches!((report, &self.queue[n].0),
            (Report::Changed { properties: a, .. }, Report::Changed { properties: b, .. }) if level(a) == level(b))
        };
        self.queue
            .iter()
            .skip(n + 1)
            .filter(|(report, _)| same(report))
            .map(|(_, m)| m.id.clone())
            .next_back()
    }
}

fn level(properties: &[Property]) -> Option<&str> {
    properties.iter().find_map(|property| match property {
        Property::Level { instance, .. } => Some(instance.as_str()),
        Property::Connectivity { .. } => None,
    })
}

fn report(lane: usize, usage: bool, number: usize) -> Report {
    let appliance: ApplianceId = "a".parse().unwrap();
    let instance: crate::ids::Instance = format!("{}{lane}", if usage { "U" } else { "L" }).parse().unwrap();
    let amount = Amount::whole(number as i64, Unit::Count);
    if usage {
        return Report::Consumed { appliance, instance, sensor: SensorKind::Usage, amount, at: START };
    }
    let level = Property::Level { instance, amount, at: START, uncertainty: 0 };
    Report::Changed { appliance, cause: Cause::PeriodicPoll, properties: vec![level], unchanged: Vec::new() }
}

fn lane_of(report: &Report) -> &str {
    match report {
        Report::Changed { properties, .. } => level(properties).unwrap(),
        Report::Consumed { instance, .. } => instance.as_str(),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_storm_loses_nothing_and_overtakes_nothing(steps in prop::collection::vec(step(), 1..120)) {
        let mut world = World { now: START, gate: Gate::open(), queue: Vec::new(), taken: Vec::new() };
        for step in steps {
            match step {
                Step::Level(lane) => world.enqueue(report(lane, false, world.queue.len())),
                Step::Usage(lane) => world.enqueue(report(lane, true, world.queue.len())),
                Step::Send(kind, taken) => world.send(kind, taken),
                Step::Later(seconds) => world.now += TimeDelta::seconds(seconds),
                Step::Crash => world.queue.iter_mut().for_each(|(_, message)| message.resumed()),
            }
        }
        for _ in 0..world.queue.len() + 3 {
            world.now += TimeDelta::hours(2);
            world.send(0, true);
        }
        let mut last: BTreeMap<&str, usize> = BTreeMap::new();
        for n in &world.taken {
            let before = last.insert(lane_of(&world.queue[*n].0), *n).unwrap_or(0);
            prop_assert!(before <= *n, "{n} after {before}");
        }
        for (n, (report, message)) in world.queue.iter().enumerate() {
            prop_assert!(message.state.is_settled(), "{:?}", message);
            let times = world.taken.iter().filter(|taken| **taken == n).count();
            prop_assert!(times <= 1 + message.ambiguous as usize, "{times} times, {} ambiguous", message.ambiguous);
            let delivered = matches!(message.state, State::Delivered { .. });
            prop_assert!(!delivered || times >= 1);
            let usage = matches!(report, Report::Consumed { .. });
            let parked = matches!(message.state, State::Parked { .. });
            prop_assert!(!usage || delivered || parked, "usage is never superseded");
            let newest = !world.queue.iter().skip(n + 1).any(|(other, _)| lane_of(other) == lane_of(report));
            if newest && delivered {
                prop_assert_eq!(last.get(lane_of(report)), Some(&n), "the newest wins");
            }
            prop_assert!(!newest || delivered || parked);
        }
    }
}

#[test]
fn what_came_of_the_latest_attempts_is_remembered() {
    let mut gate = Gate::open();
    let mut message = Delivery::new(id(1));
    let coded = Came::Answer {
        status: 503,
        retry_after: None,
        body: br#"{"payload": {"code": "SERVICE_UNAVAILABLE_EXCEPTION<script>"}}"#,
    };
    let mut now = START;
    for came in [Came::NotSent, Came::Lost, coded] {
        message.begin(&gate, now).unwrap();
        message.settle(came, &mut gate, None, None, 0, now);
        now += TimeDelta::hours(1);
    }
    let code = Some("SERVICE_UNAVAILABLE_EXCEPTIONscript".to_owned());
    let came: Vec<Answered> = message.tries.iter().map(|tried| tried.came.clone()).collect();
    assert_eq!(came, [Answered::NotSent, Answered::Lost, Answered::Answer { status: 503, code }]);
    for _ in 0..10 {
        message.begin(&gate, now).unwrap();
        message.settle(answer(500), &mut gate, None, None, 0, now);
        now += TimeDelta::hours(1);
    }
    assert_eq!((message.tries.len(), message.attempts), (TRIES_KEPT, 13));
    let kept = serde_json::to_string(&message).unwrap();
    assert_eq!(serde_json::from_str::<Delivery>(&kept).unwrap(), message);
}

#[test]
fn only_a_parked_message_is_discarded_and_it_stays_so() {
    let mut gate = Gate::open();
    let mut message = sending(&gate);
    assert!(!message.discard(START), "it is under way");
    message.settle(answer(400), &mut gate, None, None, 0, START);
    assert!(message.discard(seconds(5)));
    assert_eq!(message.state, State::Discarded { at: seconds(5) });
    assert!(message.state.is_settled() && !message.release(None) && !message.discard(seconds(6)));
}
