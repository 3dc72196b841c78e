//! How fast a month offline goes up, against the same entries posted by a bare client: a measurement, run by hand.

use crate::world::{Home, Maker};
use chrono::TimeDelta;
use refill_engine::api::Api as _;
use refill_engine::clock::Clock as _;
use serde_json::{Value, json};
use std::time::Instant;

const ENTRIES: usize = 10_000;

/// Entries of one request, as the courier sends them.
const BATCH: usize = 500;

/// Prints both times in ms as one line of JSON (goal: at least 0.7 of the bare client's rate): `npm run bench -- drain`
/// runs it and says how far it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
#[expect(clippy::disallowed_methods, reason = "what it measures is time")]
async fn ten_thousand_entries_after_a_month_offline() {
    let (mut maker, mut home) = (Maker::new().await, Home::new());
    maker.register("S1").await;
    home.link(&maker).await;
    let slot = home.slot("Capsules").await.unwrap();
    maker.stop().await;
    maker.unlimited();
    for _ in 0..ENTRIES {
        home.clock.advance(TimeDelta::minutes(4));
        home.buy(slot, "1").await;
    }
    maker.clock.advance(home.clock.now() - refill_cloud::clock::Clock::now(&*maker.clock));
    maker.start().await;
    home.pass_over();
    let begun = Instant::now();
    home.engine.sync_now().await.unwrap();
    home.in_step().await;
    let ours = begun.elapsed();

    let token = maker.token().await;
    let there: Value = maker.ask(reqwest::Method::GET, "/v1/devices", &token, &Value::Null).await;
    let slot = there[0]["slots"][0]["id"].clone();
    let bodies: Vec<Value> = (0..ENTRIES / BATCH)
        .map(|_| {
            let entry = |_| {
                let at = home.clock.now();
                json!({"id": home.clock.new_id(), "slot": slot, "observed_at": at, "recorded_at": at,
                    "source": "person", "about": null, "note": null, "kind": {"kind": "purchased", "packs": 1,
                    "content": null, "price": null, "shop": null, "asin": null}})
            };
            json!({ "entries": (0..BATCH).map(entry).collect::<Vec<Value>>() })
        })
        .collect();
    let begun = Instant::now();
    for body in &bodies {
        let verdicts = maker.ask(reqwest::Method::POST, "/v1/entries", &token, body).await;
        assert_eq!(verdicts["verdicts"].as_array().unwrap().len(), BATCH);
    }
    let bare = begun.elapsed();
    home.stop().await;
    let figures = json!({"ours_ms": ours.as_secs_f64() * 1000.0, "bare_ms": bare.as_secs_f64() * 1000.0});
    println!("\n{figures}");
}
