//! Straight to the gateway of a true sandbox, on a clock that is moved by hand: delivered once under one id whatever the
//! gateway answers, levels give way and uses never do, the daily report comes on its day, and what a person has to do is
//! said.

use crate::gateway::{Amazon, CLIENT, counts, tank};
use crate::world::{GUARD, Home, Maker};
use chrono::{DateTime, TimeDelta, Utc};
use refill_engine::api::Api as _;
use refill_engine::clock::Clock as _;
use refill_engine::error::Code;
use refill_engine::view::{DirectForm, DirectView, ReportLine, ReportReason, ReportState, ReportTold};
use serde_json::json;
use std::collections::BTreeMap;

async fn advance(home: &Home, amazon: &Amazon, by: TimeDelta) {
    amazon.running.sandbox.advance(by).await;
    home.clock.advance(by);
}

async fn status(home: &mut Home, what: &str, like: impl Fn(&DirectView) -> bool) -> DirectView {
    home.until(what, async |engine| {
        let view = engine.direct().await.unwrap();
        like(&view).then_some(view)
    })
    .await
}

/// The sensor a message is about; those of one never overtake each other.
fn sensor(line: &ReportLine) -> Option<&str> {
    match &line.told {
        ReportTold::Used { name, .. } => Some(name),
        ReportTold::Levels { levels, .. } => levels.first().map(|level| level.name.as_str()),
        _ => None,
    }
}

/// Waits until nothing goes on before the clock does; true if nothing waits any more.
async fn still(home: &Home) -> bool {
    let still = async {
        loop {
            let view = home.engine.direct().await.unwrap();
            if view.waiting == 0 {
                return true;
            }
            let reports = home.engine.reports().await.unwrap();
            let lines: Vec<&ReportLine> = reports.days.iter().flat_map(|day| &day.lines).collect();
            let now = home.clock.now().timestamp_millis();
            let waits =
                |line: &ReportLine| matches!(line.state, ReportState::Waiting { until } if until > now);
            let held: Vec<_> = lines.iter().filter(|line| waits(line)).map(|line| sensor(line)).collect();
            let goes_on = |line: &ReportLine| match line.state {
                ReportState::Sending {} => true,
                ReportState::Waiting { until } => until <= now,
                ReportState::Queued {} => !held.contains(&sensor(line)),
                _ => false,
            };
            if !lines.into_iter().any(goes_on) {
                return false;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(GUARD, still).await.expect("the postman goes on")
}

/// Moves on until nothing waits.
async fn delivered(home: &mut Home, amazon: &Amazon) {
    for _ in 0..60 {
        if still(home).await {
            return;
        }
        advance(home, amazon, TimeDelta::minutes(1)).await;
    }
    panic!("something waits for ever: {:?}", home.engine.direct().await);
}

#[tokio::test]
async fn a_device_is_described_then_reported_and_secrets_are_nowhere() {
    let (amazon, mut home) = (Amazon::new().await, Home::new());
    let slot = tank(&home).await;
    let form = amazon.form().await;
    let refresh = form.refresh.clone().unwrap();
    let wrong = DirectForm { secret: "wrong".into(), ..form.clone() };
    assert_eq!(home.engine.set_direct(wrong).await.unwrap_err().code, Code::Refused);
    let plain = DirectForm { events: Some("http://example.com/v3/events".into()), ..form.clone() };
    let refused = home.engine.set_direct(plain).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (Code::BadAddress, Some("events")));
    assert!(home.engine.direct().await.unwrap().on.is_none(), "nothing was turned on");
    home.engine.set_direct(form.clone()).await.unwrap();
    delivered(&mut home, &amazon).await;
    let names: Vec<String> = amazon.came().await.into_iter().map(|(_, name, _)| name).collect();
    assert_eq!(names[0], "AddOrUpdateReport", "described before anything is said: {names:?}");
    assert_eq!(amazon.level().await, 20.0);
    counts(&home, slot, "18").await;
    delivered(&mut home, &amazon).await;
    assert_eq!(amazon.level().await, 18.0);
    let view = home.engine.reports().await.unwrap();
    let line = &view.days[0].lines[0];
    assert!(
        line.key.starts_with("direct:") && matches!(line.state, ReportState::Delivered { .. }),
        "{line:?}"
    );
    let one = home.engine.report(line.key.clone()).await.unwrap();
    assert!(one.message.contains("token hidden") && one.strip.is_some_and(|strip| strip.due.is_some()));
    // It goes on after a restart, and the file holds no secret.
    home.restart().await;
    counts(&home, slot, "17").await;
    home.until("told", async |_| (amazon.level().await == 17.0).then_some(())).await;
    home.stop().await;
    for file in std::fs::read_dir(home.folder.path()).unwrap() {
        let path = file.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for secret in [refresh.as_str(), CLIENT.1, "Atza|"] {
            let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!found, "{} holds a secret", path.display());
        }
    }
    assert!(!format!("{form:?}").contains(&refresh));
}

#[tokio::test]
async fn whatever_the_gateway_answers_each_message_arrives_once_under_one_id() {
    let (amazon, mut home) = (Amazon::new().await, Home::new());
    let slot = tank(&home).await;
    home.engine.set_direct(amazon.form().await).await.unwrap();
    delivered(&mut home, &amazon).await;
    let faults = [
        json!({"kind": "answer", "status": 429, "code": "THROTTLING_EXCEPTION"}),
        json!({"kind": "answer", "status": 500, "code": "INTERNAL_SERVICE_EXCEPTION"}),
        json!({"kind": "answer", "status": 503, "code": "SERVICE_UNAVAILABLE_EXCEPTION"}),
        json!({"kind": "drop"}),
        json!({"kind": "cut"}),
    ];
    for (number, fault) in faults.into_iter().enumerate() {
        let before = amazon.came().await.len();
        amazon.fault("gateway", Some(2), fault.clone()).await;
        counts(&home, slot, &format!("{}", 15 - number)).await;
        delivered(&mut home, &amazon).await;
        let tries: Vec<_> = amazon.came().await.split_off(before);
        let ids: BTreeMap<&str, usize> = tries.iter().fold(BTreeMap::new(), |mut ids, (_, _, id)| {
            *ids.entry(id.as_str()).or_default() += 1;
            ids
        });
        assert_eq!(ids.into_values().collect::<Vec<_>>(), [3], "{fault}: {tries:?}");
        assert_eq!(amazon.level().await, 15.0 - f64::from(u8::try_from(number).unwrap()), "{fault}");
        amazon.well().await;
    }
    // An hour of nothing but trouble, with levels meanwhile: only the last one is sent, and no faster than may be.
    amazon
        .fault(
            "gateway",
            None,
            json!({"kind": "answer", "status": 503, "code": "SERVICE_UNAVAILABLE_EXCEPTION"}),
        )
        .await;
    let before = amazon.came().await.len();
    for number in 0..60 {
        counts(&home, slot, &format!("{}", 90 - number)).await;
        advance(&home, &amazon, TimeDelta::minutes(1)).await;
    }
    let tried = amazon.came().await.len() - before;
    assert!((1..=60).contains(&tried), "{tried} requests in an hour");
    amazon.well().await;
    delivered(&mut home, &amazon).await;
    assert_eq!(amazon.level().await, 31.0);
    home.stop().await;
}

#[tokio::test]
async fn the_daily_report_comes_on_its_day_also_after_the_clock_jumped() {
    let (amazon, mut home) = (Amazon::new().await, Home::new());
    tank(&home).await;
    home.engine.set_direct(amazon.form().await).await.unwrap();
    delivered(&mut home, &amazon).await;
    let mut days: Vec<DateTime<Utc>> = vec![home.clock.now()];
    let mut told = amazon.taken("ChangeReport").await;
    for _ in 0..3 {
        advance(&home, &amazon, TimeDelta::hours(24)).await;
        let wanted = told + 1;
        home.until("the daily report", async |_| {
            (amazon.taken("ChangeReport").await >= wanted).then_some(())
        })
        .await;
        delivered(&mut home, &amazon).await;
        let now = amazon.taken("ChangeReport").await;
        assert!(
            now - told <= 2,
            "one level a day, and the device's health when it falls silent: {}",
            now - told
        );
        told = now;
        days.push(home.clock.now());
    }
    // Set back by two days: what lies ahead says nothing, and the report comes again.
    home.clock.advance(TimeDelta::days(-2));
    home.clock.advance(TimeDelta::hours(25));
    let wanted = told + 1;
    home.until("after the jump", async |_| (amazon.taken("ChangeReport").await >= wanted).then_some(()))
        .await;
    home.stop().await;
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once_and_one_that_is_taken_back_asks_for_a_new_link() {
    let (amazon, mut home) = (Amazon::new().await, Home::new());
    let slot = tank(&home).await;
    home.engine.set_direct(amazon.form().await).await.unwrap();
    delivered(&mut home, &amazon).await;
    amazon
        .fault(
            "gateway",
            Some(1),
            json!({"kind": "answer", "status": 401, "code": "INVALID_ACCESS_TOKEN_EXCEPTION"}),
        )
        .await;
    counts(&home, slot, "12").await;
    delivered(&mut home, &amazon).await;
    assert_eq!(amazon.level().await, 12.0);
    amazon
        .fault(
            "gateway",
            Some(2),
            json!({"kind": "answer", "status": 401, "code": "INVALID_ACCESS_TOKEN_EXCEPTION"}),
        )
        .await;
    counts(&home, slot, "11").await;
    let view = status(&mut home, "stopped", |view| view.stopped.is_some()).await;
    assert_eq!((view.stopped, view.waiting), (Some(ReportReason::LinkLost), 1), "it waits, and says why");
    let reports = home.engine.reports().await.unwrap();
    let lines = reports.days.iter().flat_map(|day| &day.lines);
    let parked = lines.filter(|line| line.state == ReportState::Parked { reason: ReportReason::LinkLost });
    assert_eq!((parked.count(), reports.counts.parked), (1, 1));
    amazon.well().await;
    home.engine.set_direct(amazon.form().await).await.unwrap();
    delivered(&mut home, &amazon).await;
    assert_eq!(amazon.level().await, 11.0, "linked again, it goes on");
    // What is wiped leaves nothing behind but the word that it is gone.
    let device = home.engine.slot(slot, 1).await.unwrap().row.device;
    home.engine.wipe_device(device).await.unwrap();
    let view = home.engine.reports().await.unwrap();
    let messages: Vec<&str> =
        view.days.iter().flat_map(|day| &day.lines).map(|line| line.message.as_str()).collect();
    assert!(messages.iter().all(|message| *message == "DeleteReport"), "{messages:?}");
    home.engine.end_direct().await.unwrap();
    assert!(home.engine.direct().await.unwrap().on.is_none());
    home.stop().await;
}

#[tokio::test]
async fn what_was_queued_and_not_sent_goes_out_after_the_next_start() {
    let (amazon, mut home) = (Amazon::new().await, Home::new());
    let slot = tank(&home).await;
    home.engine.set_direct(amazon.form().await).await.unwrap();
    delivered(&mut home, &amazon).await;
    // It never answers: the message is noted as under way when the program ends.
    amazon.fault("gateway", None, json!({"kind": "hold"})).await;
    counts(&home, slot, "7").await;
    status(&mut home, "queued", |view| view.waiting == 1).await;
    home.stop().await;
    amazon.well().await;
    home.start().await;
    delivered(&mut home, &amazon).await;
    assert_eq!(amazon.level().await, 7.0);
    let ids: Vec<String> = amazon.came().await.into_iter().map(|(_, _, id)| id).collect();
    assert!(!ids.is_empty());
    home.stop().await;
}

#[tokio::test]
async fn every_use_is_told_however_long_the_gateway_is_away() {
    let (amazon, mut maker, mut home) = (Amazon::new().await, Maker::new().await, Home::new());
    maker.register("S1").await;
    home.link(&maker).await;
    home.engine.set_direct(amazon.form().await).await.unwrap();
    delivered(&mut home, &amazon).await;
    amazon
        .fault(
            "gateway",
            None,
            json!({"kind": "answer", "status": 500, "code": "INTERNAL_SERVICE_EXCEPTION"}),
        )
        .await;
    for _ in 0..5 {
        maker.uses(1000).await;
        maker.clock.advance(TimeDelta::minutes(1));
        advance(&home, &amazon, TimeDelta::minutes(1)).await;
    }
    status(&mut home, "all wait", |view| view.waiting == 5).await;
    amazon.well().await;
    delivered(&mut home, &amazon).await;
    let consumed: f64 = amazon.sensors().await.iter().filter_map(|sensor| sensor["consumed"].as_f64()).sum();
    assert!((consumed - 5.0).abs() < 1e-9, "{consumed}");
    assert_eq!(amazon.taken("InventoryConsumed").await, 5);
    home.stop().await;
}

#[tokio::test]
async fn an_hour_of_every_trouble_loses_nothing_and_keeps_the_pace() {
    let (amazon, mut maker, mut home) = (Amazon::new().await, Maker::new().await, Home::new());
    maker.register("S1").await;
    home.link(&maker).await;
    home.engine.set_direct(amazon.form().await).await.unwrap();
    delivered(&mut home, &amazon).await;
    let answer = |status: u16, code: &str| json!({"kind": "answer", "status": status, "code": code});
    let troubles = [
        json!({"kind": "answer", "status": 429, "code": "THROTTLING_EXCEPTION", "retryAfter": 45}),
        json!({"kind": "hold"}),
        answer(500, "INTERNAL_SERVICE_EXCEPTION"),
        json!({"kind": "drop"}),
        answer(503, "SERVICE_UNAVAILABLE_EXCEPTION"),
        json!({"kind": "cut"}),
    ];
    for round in 0..12 {
        amazon.well().await;
        amazon.fault("gateway", None, troubles[round % troubles.len()].clone()).await;
        maker.uses(1000).await;
        let amount = json!({"milli": 1000 * (60 - round), "unit": "PERCENT"});
        maker
            .says("filter", json!({"kind": "level_read", "level": {"is": "amount", "amount": amount}}))
            .await;
        status(&mut home, "both wait", |view| view.waiting > 0).await;
        for _ in 0..15 {
            still(&home).await;
            home.advance(&maker, TimeDelta::seconds(20));
            amazon.running.sandbox.advance(TimeDelta::seconds(20)).await;
        }
    }
    let tries = amazon.tries().await;
    // Resent "at least 1 second apart" (protocols 3.2), whatever the answer was.
    for (id, moments) in &tries {
        let apart = moments.windows(2).map(|pair| pair[1] - pair[0]).min();
        assert!(apart.is_none_or(|apart| apart >= TimeDelta::seconds(1)), "{id}: {moments:?}");
    }
    let most = tries.values().map(Vec::len).max();
    assert!(most > Some(3), "one was tried all along: {most:?}");
    amazon.well().await;
    delivered(&mut home, &amazon).await;
    let sensors = amazon.sensors().await;
    let consumed: f64 = sensors.iter().filter_map(|sensor| sensor["consumed"].as_f64()).sum();
    assert!((consumed - 12.0).abs() < 1e-9, "each use once: {consumed}");
    assert!(sensors.iter().any(|sensor| sensor["level"] == 49.0), "{sensors:?}");
    home.stop().await;
}

#[tokio::test]
async fn what_was_taken_back_or_turned_off_keeps_no_token_and_loses_no_message() {
    let (amazon, mut home) = (Amazon::new().await, Home::new());
    let slot = tank(&home).await;
    home.engine.set_direct(amazon.form().await).await.unwrap();
    delivered(&mut home, &amazon).await;
    assert!(home.engine.direct().await.unwrap().lasting);
    let refused = json!({"kind": "answer", "status": 401, "code": "INVALID_ACCESS_TOKEN_EXCEPTION"});
    let disabled = json!({"kind": "answer", "status": 403, "code": "SKILL_DISABLED_EXCEPTION"});
    let ended = json!({"kind": "answer", "status": 400, "code": "invalid_grant"});
    for (gateway, tokens, reason, percent) in
        [(refused, Some(ended), ReportReason::LinkLost, 12), (disabled, None, ReportReason::SkillDisabled, 9)]
    {
        amazon.fault("gateway", Some(1), gateway).await;
        if let Some(tokens) = tokens {
            amazon.fault("lwa.token", Some(1), tokens).await;
        }
        counts(&home, slot, &percent.to_string()).await;
        let view = status(&mut home, "stopped", |view| view.stopped.is_some()).await;
        assert_eq!((view.stopped, view.lasting, view.waiting), (Some(reason), false, 1));
        home.restart().await;
        let view = home.engine.direct().await.unwrap();
        assert_eq!((view.stopped, view.waiting), (Some(reason), 1), "also after a restart");
        amazon.well().await;
        home.engine.set_direct(amazon.form().await).await.unwrap();
        delivered(&mut home, &amazon).await;
        assert_eq!(amazon.level().await, f64::from(percent));
    }
    home.stop().await;
}
