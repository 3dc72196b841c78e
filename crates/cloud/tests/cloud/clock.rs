//! The server's clock jumps a day ahead and a day back, while Amazon's and the devices' go on: nothing is sent in a storm,
//! nothing waits for the lost day, daily reports are neither left out nor doubled, and doors that time closed for a day
//! open again.

use crate::amazon::{order, told};
use crate::rehearsal::Rehearsal;
use crate::sns::House;
use crate::world::{World, json, refusal, start};
use chrono::TimeDelta;
use refill_cloud::store::Role;
use reqwest::Method;
use serde_json::{Value, json as j};

const JUMPS: [i64; 2] = [1, -1];

#[tokio::test]
async fn what_waits_for_amazon_goes_out_and_nothing_storms() {
    for jump in JUMPS {
        let stage = Rehearsal::new().await;
        let home = stage.linked().await;
        stage.level(&home, 60).await;
        stage.settled().await;
        // The gateway and the token endpoint are both busy when the clock jumps.
        stage.fault("gateway", Some(1), j!({"kind": "answer", "status": 503})).await;
        stage.uses(&home, "soap", 10_000, "MILLILITER").await;
        stage.settled().await;
        let before = stage.received("gateway").await.len();
        for there in [jump, -jump] {
            stage.world.advance(TimeDelta::days(there));
            stage.settled().await;
        }
        let sent = stage.received("gateway").await.len() - before;
        assert!(sent <= 5, "the use, and the level of the other day at most once each way: {sent}");
        stage.until_delivered(&home).await;
        assert_eq!(stage.sensor("soap").await["consumed"], 10.0, "{jump}");

        // A wait that began on the clock of the other day ends within its own length.
        stage.world.advance(TimeDelta::days(jump));
        stage.settled().await;
        let busy = j!({"kind": "answer", "status": 429, "code": "THROTTLING_EXCEPTION", "retryAfter": 600});
        stage.fault("gateway", Some(1), busy).await;
        stage.uses(&home, "soap", 10_000, "MILLILITER").await;
        stage.settled().await;
        stage.world.advance(TimeDelta::days(-jump));
        stage.settled().await;
        stage.advance(TimeDelta::minutes(61)).await;
        stage.until_delivered(&home).await;
        assert_eq!(stage.sensor("soap").await["consumed"], 20.0, "{jump}");

        // On the right clock again, there is one report a day.
        stage.advance(TimeDelta::days(1)).await;
        let reports = stage.sensor("salt").await["reports"].as_u64().unwrap();
        for day in 1..=5 {
            stage.advance(TimeDelta::days(1)).await;
            assert_eq!(stage.sensor("salt").await["reports"], reports + day, "neither left out nor doubled");
        }
        assert_eq!(stage.status(&home).await["parked"], j!([]));
    }
}

#[tokio::test]
async fn a_server_that_starts_on_yesterdays_clock_still_sends_what_waits() {
    let mut stage = Rehearsal::new().await;
    let home = stage.linked().await;
    stage.level(&home, 60).await;
    stage.settled().await;
    stage.fault("gateway", Some(1), j!({"kind": "answer", "status": 503})).await;
    stage.uses(&home, "soap", 10_000, "MILLILITER").await;
    stage.settled().await;
    stage.world.advance(TimeDelta::days(-1));
    stage.restart().await;
    stage.until_delivered(&home).await;
    assert_eq!(stage.sensor("soap").await["consumed"], 10.0);
}

#[tokio::test]
async fn the_older_service_is_told_daily_and_what_failed_is_tried_again() {
    for jump in JUMPS {
        let house = House::rehearsing(|_| {}, |_| {}).await;
        house.register(false).await;
        house.has(10_000_000).await;
        house.uses(1, 100_000).await;
        let count = async |part: &str| house.came(part).await.len();
        assert_eq!((count("drs.deviceStatus").await, count("drs.slotStatus").await), (1, 1));
        house.fails("drs.slotStatus", j!({"kind": "answer", "status": 500})).await;
        house.uses(2, 100_000).await;
        assert_eq!(count("drs.slotStatus").await, 2);
        house.world.advance(TimeDelta::days(jump));
        house.comes("drs.slotStatus", 3).await;
        house.settled().await;
        let alive = count("drs.deviceStatus").await;
        assert!(alive <= 2, "at most once more: {alive}");
        house.world.advance(TimeDelta::days(-jump));
        house.settled().await;
        let told = house.came("drs.slotStatus").await;
        assert_eq!(told.len(), 3, "nothing is told again and again: {told:#?}");
        house.pass(TimeDelta::hours(25)).await;
        let alive = count("drs.deviceStatus").await;
        for day in 1..=4 {
            house.pass(TimeDelta::days(1)).await;
            assert_eq!(count("drs.deviceStatus").await, alive + day, "{jump}");
        }
        house.uses(3, 100_000).await;
        assert_eq!(count("drs.slotStatus").await, 4);
    }
}

#[tokio::test]
async fn notifications_are_believed_by_the_right_clock_and_arrivals_count_once() {
    let house = House::rehearsing(|_| {}, |_| {}).await;
    house.amazon.subscribe(&house.world, false).await;
    let shipped = |id: &str| {
        told("ItemShippedNotification", "S1", id, start(), &order("o1", 2, start() + TimeDelta::hours(20)))
    };
    for (jump, wanted) in [(1, 403), (-1, 403), (0, 204)] {
        house.world.advance(TimeDelta::days(jump));
        house.amazon.publish(&shipped(&format!("n{jump}"))).await;
        assert_eq!(house.amazon.sent().await.pop().unwrap()["status"], wanted, "{jump}");
        house.world.advance(TimeDelta::days(-jump));
    }
    assert!(house.received().await.is_empty());
    // The clock goes ahead over the delivery date and back: it lies on the shelf once.
    house.world.advance(TimeDelta::days(1));
    house.wait_for_entry().await;
    for jump in [-1, 1, -1, 2] {
        house.world.advance(TimeDelta::days(jump));
        house.settled().await;
    }
    assert_eq!(house.received().await.len(), 1);
}

#[tokio::test]
async fn doors_that_time_closed_open_again_and_no_limit_locks_anybody_out() {
    let world = World::with(|config| {
        config.limits.events_burst = 5;
        config.limits.events_per_minute = 5;
    })
    .await;
    let (token, _, credential) = world.household(1).await;
    let me = async || world.get("/v1/me", &token).await.status().as_u16();
    assert_eq!(me().await, 200);
    world.advance(TimeDelta::days(1));
    assert_eq!(refusal(world.get("/v1/me", &token).await, 401).await, "unauthorized");
    world.advance(TimeDelta::days(-1));
    assert_eq!(me().await, 200, "nothing was let go that is good on the right clock");
    world.advance(TimeDelta::days(-1));
    assert_eq!(me().await, 200);
    let login = world.account(Role::Customer, "late@example.com").await;
    assert_eq!(world.get("/v1/me", &world.token(login, "customer").await).await.status(), 200);
    world.advance(TimeDelta::days(1));
    // A limit that was used up on tomorrow's clock is no limit of a whole day.
    let send = async |number: u32| {
        let at = start() - TimeDelta::days(2);
        let kind = j!({"kind": "consumed", "amount": {"milli": 5, "unit": "MILLILITER"}});
        let event = j!({"id": uuid::Uuid::from_u128(u128::from(number)), "instance": "soap", "observed_at": at, "kind": kind});
        world.post("/v1/device/events", &credential, &event).await.status().as_u16()
    };
    world.advance(TimeDelta::days(1));
    for number in 1..=5 {
        assert_eq!(send(number).await, 200);
    }
    assert_eq!(send(6).await, 429);
    world.advance(TimeDelta::days(-1));
    for number in 7..=11 {
        assert_eq!(send(number).await, 200);
    }
    assert_eq!(send(12).await, 429, "and it limits as before");
    let entries = json(world.get("/v1/entries", &token).await, 200).await;
    assert_eq!(entries["entries"].as_array().unwrap().len(), 10);
    let state: Value =
        json(world.ask(Method::GET, "/v1/state").bearer_auth(&token).send().await.unwrap(), 200).await;
    assert_eq!(state["next"], entries["next"]);
}
