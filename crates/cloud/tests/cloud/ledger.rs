//! Ingest by devices and entries by the desktop: once each, judged one by one, numbered, and back by cursor.

use crate::world::{World, json, refusal, start, used};
use chrono::TimeDelta;
use serde_json::{Value, json as j};

fn outcomes(verdicts: &Value) -> Vec<&str> {
    let verdicts = verdicts["verdicts"].as_array().unwrap();
    verdicts.iter().map(|verdict| verdict["outcome"].as_str().unwrap()).collect()
}

fn slot<'a>(device: &'a Value, instance: &str) -> &'a str {
    let slots = device["slots"].as_array().unwrap();
    slots.iter().find(|slot| slot["instance"] == instance).unwrap()["id"].as_str().unwrap()
}

fn counted(number: u32, slot: &str) -> Value {
    j!({
        "id": uuid::Uuid::from_u128(u128::from(number)), "slot": slot, "observed_at": start(), "recorded_at": start(),
        "source": "person", "about": null, "note": "counted", "kind": {"kind": "counted", "level": null,
        "shelf": {"milli": 2000, "unit": "COUNT"}},
    })
}

#[tokio::test]
async fn a_device_says_everything_it_can_and_each_thing_counts_once() {
    let world = World::new().await;
    let (owner, device, credential) = world.household(1).await;
    let event = |number: u32, instance: &str, kind: Value| {
        let mut event = used(number, 1);
        event["instance"] = instance.into();
        event["kind"] = kind;
        event
    };
    let events = [
        event(
            1,
            "salt",
            j!({"kind": "level_read", "level": {"is": "amount", "amount": {"milli": 80_000, "unit": "PERCENT"}}}),
        ),
        event(2, "salt", j!({"kind": "level_read", "level": {"is": "some_left"}})),
        event(3, "filter", j!({"kind": "consumed", "amount": {"milli": 1500, "unit": "MINUTE"}})),
        event(4, "salt", j!({"kind": "replaced", "capacity": null, "from_shelf": true})),
        used(5, 40_000),
    ];
    for (event, seq) in events.iter().zip(3u64..) {
        let stored = json(world.post("/v1/device/events", &credential, event).await, 200).await;
        assert_eq!((stored["outcome"].as_str(), stored["seq"].as_u64()), (Some("stored"), Some(seq)));
        let again = json(world.post("/v1/device/events", &credential, event).await, 200).await;
        assert_eq!((again["outcome"].as_str(), again["seq"].as_u64()), (Some("duplicate"), Some(seq)));
    }
    let other = event(5, "soap", j!({"kind": "consumed", "amount": {"milli": 1, "unit": "MILLILITER"}}));
    let reused = world.post("/v1/device/events", &credential, &other).await;
    assert_eq!(refusal(reused, 409).await, "id_reused");
    let page = json(world.get("/v1/entries", &owner).await, 200).await;
    let entries = page["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 5);
    assert_eq!(entries[2]["entry"]["kind"], events[2]["kind"]);
    assert_eq!(entries[2]["entry"]["slot"], slot(&device, "filter"));
    assert_eq!(entries[2]["entry"]["source"], "device");
    assert_eq!((page["next"].as_u64(), page["more"].as_bool()), (Some(7), Some(false)));
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_words_and_costs_the_rest_nothing() {
    let world = World::new().await;
    let (_, _, credential) = world.household(1).await;
    let with = |number: u32, change: &dyn Fn(&mut Value)| {
        let mut event = used(number, 1);
        change(&mut event);
        event
    };
    let bad: Vec<Value> = vec![
        with(1, &|e| e["kind"]["amount"]["milli"] = (-5).into()),
        with(2, &|e| e["kind"]["amount"]["milli"] = 0.into()),
        with(3, &|e| e["kind"]["amount"]["milli"] = j!(1e308)),
        with(4, &|e| e["kind"]["amount"]["milli"] = i64::MAX.into()),
        with(5, &|e| e["kind"]["amount"]["unit"] = "PERCENT".into()),
        with(6, &|e| e["kind"]["amount"]["unit"] = "furlong".into()),
        with(7, &|e| e["observed_at"] = j!(start() + TimeDelta::hours(72))),
        with(8, &|e| e["observed_at"] = "1969-12-31T23:59:59Z".into()),
        with(9, &|e| e["observed_at"] = "yesterday".into()),
        with(10, &|e| e["instance"] = "none".into()),
        with(11, &|e| e["instance"] = "../x".into()),
        with(12, &|e| e["kind"] = j!({"kind": "purchased", "packs": 1})),
        with(13, &|e| e["kind"] = j!({"kind": "voided", "entry": uuid::Uuid::nil()})),
        with(14, &|e| e["id"] = "x".into()),
        j!(null),
        j!("text"),
        j!([]),
    ];
    let mut events = bad.clone();
    events.insert(7, used(100, 7));
    events.push(used(101, 7));
    let sent = j!({"events": events, "unknown": "member"});
    let answer = json(world.post("/v1/device/events/batch", &credential, &sent).await, 200).await;
    let stored: Vec<usize> = outcomes(&answer)
        .iter()
        .enumerate()
        .filter(|(_, word)| **word == "stored")
        .map(|(at, _)| at)
        .collect();
    assert_eq!(stored, [7, 18]);
    let verdicts = answer["verdicts"].as_array().unwrap();
    assert_eq!(verdicts[0]["id"], events[0]["id"]);
    assert!(verdicts.iter().filter(|of| of["outcome"] == "refused").all(|of| of["detail"].is_string()));
    for event in &bad {
        let refused = world.post("/v1/device/events", &credential, event).await;
        assert!([400, 422].contains(&refused.status().as_u16()), "{event}");
    }
    for empty in [j!({"events": []}), j!({}), j!({"events": vec![used(1, 1); 1001]})] {
        let status = world.post("/v1/device/events/batch", &credential, &empty).await.status();
        assert!([400, 413, 422].contains(&status.as_u16()), "{status}");
    }
}

#[tokio::test]
async fn the_desktop_sends_entries_and_pulls_them_by_cursor() {
    let world = World::new().await;
    let (owner, device, credential) = world.household(1).await;
    let (other, others, _) = world.household(2).await;
    let salt = slot(&device, "salt");
    let mut cloud = counted(3, salt);
    cloud["source"] = "cloud".into();
    let mut long = counted(4, salt);
    long["note"] = "x".repeat(2001).into();
    let foreign = counted(5, slot(&others, "salt"));
    let sent = j!({"entries": [counted(1, salt), counted(1, salt), cloud, long, foreign, counted(2, salt)]});
    let answer = json(world.post("/v1/entries", &owner, &sent).await, 200).await;
    assert_eq!(outcomes(&answer), ["stored", "duplicate", "refused", "refused", "refused", "stored"]);
    let mut changed = counted(1, salt);
    changed["note"] = "other".into();
    let answer = json(world.post("/v1/entries", &owner, &j!({"entries": [changed]})).await, 200).await;
    assert_eq!(outcomes(&answer), ["conflict"]);
    world.post("/v1/device/events", &credential, &used(50, 1)).await;

    let first = json(world.get("/v1/entries?limit=2", &owner).await, 200).await;
    assert_eq!((first["next"].as_u64(), first["more"].as_bool()), (Some(4), Some(true)));
    let rest = json(world.get("/v1/entries?limit=2&after=4", &owner).await, 200).await;
    assert_eq!(rest["entries"].as_array().unwrap().len(), 1);
    assert_eq!((rest["entries"][0]["seq"].as_u64(), rest["next"].as_u64()), (Some(5), Some(5)));
    assert_eq!(json(world.get("/v1/entries?after=5", &owner).await, 200).await["entries"], j!([]));
    assert_eq!(json(world.get("/v1/entries", &other).await, 200).await["entries"], j!([]));
    for bad in ["after=-1", "after=x", "limit=x"] {
        let refused = world.get(&format!("/v1/entries?{bad}"), &owner).await;
        assert_eq!(refusal(refused, 400).await, "invalid_parameter");
    }
}

#[tokio::test]
async fn a_storm_of_one_customer_does_not_starve_another() {
    let world = World::with(|config| {
        config.limits.events_burst = 100;
        config.limits.events_per_minute = 60;
    })
    .await;
    let (_, _, loud) = world.household(1).await;
    let (_, _, quiet) = world.household(2).await;
    let events: Vec<Value> = (0..100).map(|number| used(number, 1)).collect();
    let storm = async || world.post("/v1/device/events/batch", &loud, &j!({"events": events})).await;
    assert_eq!(storm().await.status(), 200);
    for _ in 0..20 {
        let refused = storm().await;
        assert!(refused.headers().contains_key("retry-after"));
        assert_eq!(refusal(refused, 429).await, "rate_limited");
    }
    assert_eq!(world.post("/v1/device/events", &quiet, &used(1, 1)).await.status(), 200);
    world.advance(TimeDelta::seconds(1));
    assert_eq!(world.post("/v1/device/events", &loud, &used(200, 1)).await.status(), 200);
}

#[tokio::test]
async fn a_clock_a_day_off_does_no_harm() {
    let world = World::new().await;
    let (owner, _, credential) = world.household(1).await;
    assert_eq!(world.post("/v1/device/events", &credential, &used(1, 1)).await.status(), 200);
    world.advance(TimeDelta::days(-1));
    let refused = world.post("/v1/device/events", &credential, &used(2, 1)).await;
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(refusal(refused, 503).await, "clock_differs", "one of the clocks is wrong");
    let batch = j!({"events": [used(2, 1), used(1, 1)]});
    let told = json(world.post("/v1/device/events/batch", &credential, &batch).await, 200).await;
    let outcomes: Vec<&Value> =
        told["verdicts"].as_array().unwrap().iter().map(|of| &of["outcome"]).collect();
    assert_eq!(outcomes, ["later", "later"], "kept by the device");
    world.advance(TimeDelta::days(-2));
    let refused = world.post("/v1/device/events", &credential, &used(2, 1)).await;
    assert_eq!(refusal(refused, 422).await, "invalid_field", "no clock is three days wrong for long");
    world.advance(TimeDelta::days(2));
    assert_eq!(
        json(world.get("/v1/entries", &owner).await, 200).await["entries"].as_array().unwrap().len(),
        1
    );
    world.advance(TimeDelta::days(2));
    assert_eq!(world.post("/v1/device/events", &credential, &used(2, 1)).await.status(), 200);
    let again = json(world.post("/v1/device/events", &credential, &used(1, 1)).await, 200).await;
    assert_eq!(again["outcome"], "duplicate");
}
