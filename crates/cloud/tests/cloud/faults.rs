//! Storms and a full disk: who storms is told to wait and costs nobody else anything; without room nothing is taken in,
//! all is still told, and taking in goes on as soon as there is room.

use crate::world::{World, json, refusal, used};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json as j};

fn batch(from: u32, count: u32) -> Value {
    j!({"events": (from..from + count).map(|number| used(number % 500, 5)).zip(from..)
        .map(|(mut event, number)| { event["id"] = j!(uuid::Uuid::from_u128(u128::from(number))); event })
        .collect::<Vec<_>>()})
}

#[tokio::test]
async fn a_storm_of_one_customer_is_told_to_wait_and_anothers_events_are_taken_at_once() {
    let world = World::with(|config| {
        config.limits.events_burst = 50;
        config.limits.events_per_minute = 60;
    })
    .await;
    let (_, _, storming) = world.household(1).await;
    let (_, _, calm) = world.household(2).await;
    let (mut taken, mut refused, mut number) = (0, 0, 0);
    for _ in 0..30 {
        // Ten at once of the one; beside them one of the other, which is never among those that wait.
        let sends = (0..10).map(|_| {
            number += 1;
            let ask = world.ask(Method::POST, "/v1/device/events").bearer_auth(&storming);
            ask.json(&used(number, 5)).send()
        });
        let mut storm = tokio::task::JoinSet::new();
        sends.for_each(|send| {
            storm.spawn(send);
        });
        number += 1;
        let other = world.post("/v1/device/events", &calm, &used(number, 5)).await;
        assert_eq!(json(other, 200).await["outcome"], "stored");
        for response in storm.join_all().await {
            let response = response.unwrap();
            if response.status() == 200 {
                taken += 1;
            } else {
                let wait = response.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap();
                assert!((1..=60).contains(&wait), "{wait}");
                assert_eq!(refusal(response, 429).await, "rate_limited");
                refused += 1;
            }
        }
    }
    assert_eq!(
        (taken, refused),
        (50, 250),
        "what was allowed at once, and nothing more while the clock stands"
    );
    // The storm's own device goes on after the wait it was told, with what it kept.
    world.advance(TimeDelta::seconds(60));
    assert_eq!(world.post("/v1/device/events", &storming, &used(900, 5)).await.status(), 200);
}

#[tokio::test]
async fn when_there_is_room_again_taking_in_goes_on() {
    let world = World::with(|config| {
        config.store.max_mib = Some(1);
        config.limits.events_burst = 100_000;
    })
    .await;
    let (token, _, credential) = world.household(1).await;
    let form = j!({"model": "WASHER-1", "serial": "S2", "name": "Second"});
    let second = json(world.post("/v1/devices", &token, &form).await, 201).await;
    let other = second["credential"].as_str().unwrap().to_owned();
    assert_eq!(world.post("/v1/device/events", &credential, &used(1, 5)).await.status(), 200);
    let mut next = 1000;
    loop {
        let response = world.post("/v1/device/events/batch", &other, &batch(next, 200)).await;
        if response.status() != 200 {
            assert_eq!(refusal(response, 507).await, "storage_full");
            break;
        }
        next += 200;
        assert!(next < 100_000, "a megabyte is never full");
    }
    for _ in 0..3 {
        let refused = world.post("/v1/device/events/batch", &credential, &batch(next, 200)).await;
        assert_eq!(refusal(refused, 507).await, "storage_full");
        let page = json(world.get("/v1/entries", &token).await, 200).await;
        assert!(page["entries"].as_array().unwrap().len() > 200, "reading goes on");
    }
    let entries = async || {
        let (mut after, mut count) = (0, 0);
        loop {
            let page = json(world.get(&format!("/v1/entries?after={after}"), &token).await, 200).await;
            count += page["entries"].as_array().unwrap().len();
            after = page["next"].as_u64().unwrap();
            if page["more"] == false {
                return count;
            }
        }
    };
    assert_eq!(entries().await, 1 + (next as usize - 1000), "all that was acknowledged, and nothing else");
    // The customer makes room.
    let path = format!("/v1/devices/{}", second["device"]["id"].as_str().unwrap());
    let gone = world.ask(Method::DELETE, &path).bearer_auth(&token).send().await.unwrap();
    assert_eq!(gone.status(), 204);
    let taken = world.post("/v1/device/events/batch", &credential, &batch(next, 200)).await;
    assert_eq!(taken.status(), 200, "taken in again without a restart");
    assert_eq!(entries().await, 201);
}
