//! What left this computer and what the cloud sent on is told as it stands, offline as far as it is known here; what waits
//! for a person goes again, or never.

use crate::world::{Home, Maker};
use chrono::TimeDelta;
use refill_cloud::clock::Clock as _;
use refill_cloud::store::relay::{NewLink, OutRow, RelayChanges};
use refill_domain::alexa::{ApplianceId, Cause, MessageId, Property, Report};
use refill_domain::endpoint::SensorKind;
use refill_domain::gateway::{Reason, Region, Stop};
use refill_domain::ids::EntryId;
use refill_domain::measure::{Amount, Unit};
use refill_domain::outbox::{Delivery, Gate, GateState, State};
use refill_engine::api::Api as _;
use refill_engine::clock::Clock as _;
use refill_engine::engine::Engine;
use refill_engine::error::Code;
use refill_engine::form::{RecordForm, What};
use refill_engine::view::{
    CloudConnection, LinkState, MakerSays, ReportAction, ReportGroup, ReportLine, ReportReason, ReportState,
    ReportTold, ReportsView, StepWhat,
};

fn lines(view: &ReportsView) -> Vec<&ReportLine> {
    view.days.iter().flat_map(|day| &day.lines).collect()
}

async fn buy(home: &Home, slot: refill_domain::ids::SlotId) -> EntryId {
    let id = EntryId(home.clock.new_id());
    let what = What::Bought {
        packs: "2".into(),
        content: None,
        asin: None,
        price: Some("9".into()),
        currency: Some("EUR".into()),
        shop: Some("CANARY shop".into()),
    };
    home.engine.record(RecordForm { id, slot, on: None, note: None, amends: None, what }).await.unwrap();
    id
}

/// What the cloud's relay would keep: messages about the customer's device, each as it stands.
pub async fn messages(maker: &Maker, gate: Option<GateState>, rows: Vec<(Report, State)>) -> Vec<String> {
    let store = &maker.app().store;
    let account = maker.account().await;
    store
        .put_link(account, NewLink { region: Region::Europe, tokens: vec![1], ends_at: i64::MAX }, 0)
        .await
        .unwrap();
    let link = store.relay_view(account).await.unwrap().unwrap().link;
    let mut out = Vec::new();
    let mut ids = Vec::new();
    for (seq, (report, state)) in (1..).zip(rows) {
        let id = maker.clock.new_id();
        ids.push(format!("maker:{id}"));
        let delivery = Delivery { state, attempts: 1, ..Delivery::new(MessageId::from(id)) };
        out.push(OutRow { seq, report, delivery });
    }
    let generation = link.gate.generation;
    let gate = gate.map(|state| Gate { state, generation });
    let now = maker.clock.now().timestamp_millis();
    let changes = RelayChanges { generation, gate, out, now, ..RelayChanges::default() };
    assert!(store.relay_commit(account, changes).await.unwrap());
    ids
}

pub fn used(maker: &Maker, milli: i64) -> Report {
    Report::Consumed {
        appliance: maker.device.parse().unwrap(),
        instance: "capsules".parse().unwrap(),
        sensor: SensorKind::Usage,
        amount: Amount::new(milli, Unit::Count),
        at: maker.clock.now(),
    }
}

#[tokio::test]
async fn what_is_recorded_here_waits_is_accepted_and_stays_to_be_looked_at() {
    let (mut maker, mut home) = (Maker::new().await, Home::new());
    let none = home.engine.reports().await.unwrap();
    assert_eq!((none.days.len(), &none.maker), (0, &MakerSays::Unlinked {}));
    maker.register("S1").await;
    home.link(&maker).await;
    let slot = home.slot("Capsules").await.unwrap();
    assert_eq!(home.engine.slot_reports(slot).await.unwrap(), None, "nothing was reported yet");
    let first = buy(&home, slot).await;
    home.in_step().await;
    maker.stop().await;
    home.advance(&maker, TimeDelta::minutes(5));
    let second = buy(&home, slot).await;
    let view = home
        .until("it waits", async |engine| {
            let view = engine.reports().await.unwrap();
            let waits = |line: &&ReportLine| matches!(line.state, ReportState::Waiting { .. });
            lines(&view).iter().any(waits).then_some(view)
        })
        .await;
    assert!(matches!(view.maker, MakerSays::Unreachable { .. }), "{:?}", view.maker);
    assert_eq!((view.counts.waiting, view.counts.delivered_today), (1, 1));
    let keys: Vec<&str> = lines(&view).iter().map(|line| line.key.as_str()).collect();
    assert_eq!(keys, [format!("entry:{second}"), format!("entry:{first}")], "the newest first");
    let line = lines(&view)[0];
    assert_eq!(line.told, ReportTold::Bought { name: "Capsules".into(), packs: 2 });
    assert_eq!((line.message.as_str(), line.device.as_deref()), ("purchased", Some("Espresso machine")));
    let one = home.engine.report(line.key.clone()).await.unwrap();
    assert_eq!((one.action, one.discardable), (ReportAction::SendNow, false));
    assert!(!one.message.contains("CANARY") && one.message.contains("purchased"), "as it is sent: {one:?}");

    maker.start().await;
    home.engine.sync_now().await.unwrap();
    home.in_step().await;
    let view = home.engine.reports().await.unwrap();
    assert!(matches!(view.maker, MakerSays::Known { alexa: false, stopped: None, .. }), "{:?}", view.maker);
    assert!(lines(&view).iter().all(|line| matches!(line.state, ReportState::WithMaker { .. })));
    assert_eq!((view.counts.waiting, view.counts.parked), (0, 0));
    let one = home.engine.report(format!("entry:{second}")).await.unwrap();
    assert!(matches!(one.steps.last().unwrap().what, StepWhat::Accepted { .. }), "{:?}", one.steps);
    // A month later it is no longer remembered.
    home.restart().await;
    home.in_step().await;
    home.advance(&maker, TimeDelta::days(31));
    let third = buy(&home, slot).await;
    home.engine.sync_now().await.unwrap();
    home.in_step().await;
    let view = home.engine.reports().await.unwrap();
    let keys: Vec<&str> = lines(&view).iter().map(|line| line.key.as_str()).collect();
    assert_eq!(keys, [format!("entry:{third}")]);
    assert_eq!(home.engine.report(format!("entry:{first}")).await.unwrap_err().code, Code::EntryUnknown);
    home.engine.unlink().await.unwrap();
    assert_eq!(lines(&home.engine.reports().await.unwrap()).len(), 0, "they were of that account");
    home.stop().await;
}

#[tokio::test]
async fn what_the_cloud_refuses_is_discarded_and_stays_in_the_ledger() {
    let (mut maker, mut home) = (Maker::new().await, Home::new());
    maker.register("S1").await;
    home.link(&maker).await;
    let slot = home.slot("Capsules").await.unwrap();
    maker.stop().await;
    let until = async |engine: &Engine| match engine.account().await.unwrap().state {
        LinkState::Linked { connection: CloudConnection::Offline { until, .. }, .. } => Some(until),
        _ => None,
    };
    let first = home.until("away", until).await;
    let refused = buy(&home, slot).await;
    // It was tried to send it, in vain: from here on nothing goes by itself.
    home.until("still away", async |engine| until(engine).await.filter(|until| *until != first)).await;
    // Another thing under the same id, which the cloud heard first.
    maker.start().await;
    let token = maker.token().await;
    let devices = maker.ask(reqwest::Method::GET, "/v1/devices", &token, &serde_json::Value::Null).await;
    let other = serde_json::json!({"id": refused, "slot": devices[0]["slots"][0]["id"],
        "observed_at": maker.clock.now(), "recorded_at": maker.clock.now(), "source": "person", "about": null,
        "note": null, "kind": {"kind": "purchased", "packs": 7, "content": null, "asin": null, "price": null,
        "shop": null}});
    maker.ask(reqwest::Method::POST, "/v1/entries", &token, &serde_json::json!({"entries": [other]})).await;
    // Past whatever the cloud asked to wait as it went down.
    home.advance(&maker, TimeDelta::minutes(20));
    home.engine.sync_now().await.unwrap();
    home.until("parked", async |engine| (engine.account().await.unwrap().parked == 1).then_some(())).await;
    let key = format!("entry:{refused}");
    let one = home.engine.report(key.clone()).await.unwrap();
    assert_eq!(one.line.state, ReportState::Parked { reason: ReportReason::EntryConflict });
    assert_eq!(
        (one.action, one.discardable, one.line.group),
        (ReportAction::SendAgain, true, ReportGroup::Parked)
    );
    // Sent again unchanged, it is refused again.
    home.engine.retry_report(key.clone()).await.unwrap();
    home.until("parked again", async |engine| {
        let account = engine.account().await.unwrap();
        (account.parked == 1 && account.waiting == 0).then_some(())
    })
    .await;
    home.engine.discard_report(key.clone()).await.unwrap();
    home.engine.discard_report(key.clone()).await.unwrap();
    let one = home.engine.report(key).await.unwrap();
    assert!(matches!(one.line.state, ReportState::Discarded { .. }));
    assert_eq!((home.account().await.parked, home.account().await.waiting), (0, 0));
    assert!(!home.engine.slot(slot, 10).await.unwrap().ledger.is_empty(), "it is what happened here");
    for odd in ["", "entry", "entry:x", "moon:0193f1c2-7a4e-7000-8000-000000000001", "maker:1"] {
        assert_eq!(home.engine.report(odd.into()).await.unwrap_err().code, Code::EntryUnknown, "{odd}");
    }
    let unknown = format!("entry:{}", uuid::Uuid::nil());
    assert_eq!(home.engine.retry_report(unknown).await.unwrap_err().code, Code::EntryUnknown);
    home.stop().await;
}

#[tokio::test]
async fn messages_to_alexa_are_told_sent_again_and_put_away_through_the_cloud() {
    let (mut maker, mut home) = (Maker::new().await, Home::new());
    maker.register("S1").await;
    home.link(&maker).await;
    let at = maker.clock.now();
    let level = Report::Changed {
        appliance: maker.device.parse::<ApplianceId>().unwrap(),
        cause: Cause::PeriodicPoll,
        properties: vec![Property::Level {
            instance: "filter".parse().unwrap(),
            amount: Amount::new(61_000, Unit::Percent),
            at,
            uncertainty: 0,
        }],
        unchanged: Vec::new(),
    };
    let parked = State::Parked { reason: Reason::Invalid };
    let rows = vec![
        (level, State::Delivered { at }),
        (used(&maker, 1000), parked.clone()),
        (used(&maker, 2000), parked),
        (used(&maker, 3000), State::Queued),
    ];
    let keys = messages(&maker, None, rows).await;
    let view = home.engine.reports().await.unwrap();
    assert!(matches!(view.maker, MakerSays::Known { alexa: true, stopped: None, .. }));
    assert_eq!((view.counts.parked, view.counts.parked_there, view.counts.waiting), (2, 2, 1));
    let of = |key: &str| lines(&view).into_iter().find(|line| line.key == key).unwrap();
    let ReportTold::Levels { levels, daily: true } = &of(&keys[0]).told else { panic!("{view:?}") };
    assert_eq!((levels[0].name.as_str(), of(&keys[0]).message.as_str()), ("Filter", "ChangeReport"));
    assert_eq!(of(&keys[3]).state, ReportState::Queued {});
    let one = home.engine.report(keys[1].clone()).await.unwrap();
    assert!(one.message.contains("\"token hidden\"") && one.message.contains("InventoryConsumed"), "{one:?}");
    let strip = one.strip.unwrap();
    assert_eq!((strip.name.as_str(), strip.refused), ("Capsules", 2));
    assert_eq!(
        home.engine.slot_reports(strip.slot).await.unwrap(),
        Some(strip),
        "the supply's page says the same"
    );
    home.engine.retry_report(keys[1].clone()).await.unwrap();
    home.engine.discard_report(keys[2].clone()).await.unwrap();
    assert_eq!(home.engine.discard_report(keys[0].clone()).await.unwrap_err().code, Code::BadField);
    let view = home.engine.reports().await.unwrap();
    let of = |key: &str| lines(&view).into_iter().find(|line| line.key == key).unwrap().state.clone();
    assert_eq!(of(&keys[1]), ReportState::Queued {});
    assert!(matches!(of(&keys[2]), ReportState::Discarded { .. }));
    // The token ends while the feed is followed: the courier renews it, and the screen does not notice.
    home.advance(&maker, TimeDelta::hours(2));
    assert_eq!(lines(&home.engine.reports().await.unwrap()).len(), 4);
    maker.stop().await;
    let view = home
        .until("away", async |engine| {
            let view = engine.reports().await.unwrap();
            matches!(view.maker, MakerSays::Unreachable { .. }).then_some(view)
        })
        .await;
    assert_eq!(lines(&view).len(), 0, "nothing of the cloud's answer is kept");
    assert_eq!(home.engine.retry_report(keys[1].clone()).await.unwrap_err().code, Code::Unreachable);
    home.stop().await;
}

#[tokio::test]
async fn what_waits_for_its_whole_account_says_why_and_goes_on_when_asked() {
    let (mut maker, mut home) = (Maker::new().await, Home::new());
    maker.register("S1").await;
    home.link(&maker).await;
    let stopped = GateState::Stopped { why: Stop::SkillDisabled };
    let keys = messages(&maker, Some(stopped), vec![(used(&maker, 1000), State::Queued)]).await;
    let view = home.engine.reports().await.unwrap();
    let told =
        MakerSays::Known { server: maker.address(), alexa: true, stopped: Some(ReportReason::SkillDisabled) };
    assert_eq!((&view.maker, view.counts.parked), (&told, 1));
    let one = home.engine.report(keys[0].clone()).await.unwrap();
    assert_eq!(one.line.state, ReportState::Parked { reason: ReportReason::SkillDisabled });
    assert_eq!((one.action, one.discardable), (ReportAction::LinkAgain, false));
    home.engine.retry_report(keys[0].clone()).await.unwrap();
    let view = home.engine.reports().await.unwrap();
    assert!(matches!(view.maker, MakerSays::Known { stopped: None, .. }));
    assert_eq!(lines(&view)[0].state, ReportState::Queued {});
    home.stop().await;
}
