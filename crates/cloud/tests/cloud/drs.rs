//! Journeys of the older service against the true sandbox, both clocks moved by hand: registered, used, low, ordered,
//! shipped, on the shelf on its day; paused, cancelled, taken out; and what happens when Amazon refuses.

use crate::sns::House;
use crate::world::{json, start};
use chrono::TimeDelta;
use refill_cloud::clock::Clock;
use reqwest::Method;
use serde_json::{Value, json as j};
use url::Url;

impl House {
    /// Looks until nothing is left to be done on either side.
    pub async fn settled(&self) {
        loop {
            self.amazon.running.sandbox.settle().await;
            let now = self.world.clock.now().timestamp_millis();
            let (due, _) = self.world.server().app().store.drs_due(now, 10).await.unwrap();
            if due.is_empty() {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    pub async fn pass(&self, by: TimeDelta) {
        let mut left = by;
        while left > TimeDelta::zero() {
            let step = left.min(TimeDelta::minutes(30));
            self.world.advance(step);
            self.amazon.running.sandbox.advance(step).await;
            self.settled().await;
            left -= step;
        }
    }

    pub fn drs(&self, more: &str) -> String {
        format!("/v1/devices/{}/drs{more}", self.device.0)
    }

    pub async fn standing(&self) -> Option<String> {
        let token = self.world.token(self.account, "customer").await;
        let answer = self.world.get(&self.drs(""), &token).await;
        let answer: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        answer["standing"].as_str().map(str::to_owned)
    }

    /// Goes to Amazon, agrees, and gives the way back.
    pub async fn agreed(&self, test: bool) -> String {
        let begun = json(self.world.post(&self.drs(""), &self.token, &j!({"test": test})).await, 200).await;
        let answer = self.world.http.get(begun["url"].as_str().unwrap()).send().await.unwrap();
        let back = answer.headers()["location"].to_str().unwrap().to_owned();
        assert!(back.starts_with("http://127.0.0.1:8787/amazon/return?"), "{back}");
        format!("/drs/return?{}", Url::parse(&back).unwrap().query().unwrap())
    }

    /// Registers the device, as a customer does.
    pub async fn register(&self, test: bool) {
        self.amazon.subscribe(&self.world, false).await;
        let back = self.agreed(test).await;
        let page = self.world.ask(Method::GET, &back).send().await.unwrap();
        assert_eq!(page.status(), 200);
        assert!(page.text().await.unwrap().contains("Registered"));
        self.settled().await;
        assert_eq!(self.standing().await.as_deref(), Some("linked"));
    }

    /// So much detergent is there, and some is used, in thousandths of a millilitre.
    pub async fn has(&self, milli: i64) {
        let token = self.world.token(self.account, "customer").await;
        let devices = self.world.server().app().store.devices(self.account).await.unwrap();
        let slot = devices[0].slots[0].id;
        let kind = j!({"kind": "counted", "level": null, "shelf": {"milli": milli, "unit": "MILLILITER"}});
        let entry = j!({"id": uuid::Uuid::from_u128(self.world.clock.now().timestamp_millis().cast_unsigned().into()), "slot": slot, "observed_at": self.world.clock.now(), "recorded_at": self.world.clock.now(), "source": "person", "about": null, "note": null, "kind": kind});
        let verdicts =
            json(self.world.post("/v1/entries", &token, &j!({"entries": [entry]})).await, 200).await;
        assert_eq!(verdicts["verdicts"][0]["outcome"], "stored", "{verdicts}");
    }

    pub async fn uses(&self, number: u128, milli: i64) {
        let kind = j!({"kind": "consumed", "amount": {"milli": milli, "unit": "MILLILITER"}});
        let event = j!({"id": uuid::Uuid::from_u128(number), "instance": "Slot01", "observed_at": self.world.clock.now(), "kind": kind});
        json(self.world.post("/v1/device/events", &self.credential, &event).await, 200).await;
        self.settled().await;
    }

    /// What Amazon received on one part.
    pub async fn came(&self, part: &str) -> Vec<Value> {
        let received = self.amazon.board("/received").await["received"].take();
        let Value::Array(all) = received else { panic!("no list") };
        all.into_iter().filter(|of| of["route"] == part).collect()
    }

    /// Waits until Amazon received so many on one part.
    pub async fn comes(&self, part: &str, count: usize) {
        let all = async {
            while self.came(part).await.len() < count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), all).await.expect("it comes");
    }

    pub async fn fails(&self, route: &str, fault: Value) {
        self.amazon.act("/faults", j!({"route": route, "times": 1, "fault": fault})).await;
    }
}

#[tokio::test]
async fn from_use_to_the_shelf_once() {
    for version in [1, 2] {
        let house =
            House::rehearsing(|amazon| amazon.topic.version = version, |config| config.drs.version = version)
                .await;
        house.register(false).await;
        assert_eq!(
            (house.came("drs.subscriptionInfo").await.len(), house.came("drs.deviceStatus").await.len()),
            (1, 1)
        );
        house.has(10_000_000).await;
        house.uses(1, 100_000).await;
        let told = house.came("drs.slotStatus").await;
        assert_eq!(told.len(), 1);
        assert_eq!((&told[0]["status"], &told[0]["target"]), (&j!(200), &j!("/slotStatus/Slot01")));
        assert_eq!(told[0]["body"].as_object().unwrap().len(), 5, "{}", told[0]);
        assert!(house.came("drs.replenish").await.is_empty(), "enough for more than a week");
        house.uses(2, 8_000_000).await;
        assert_eq!(house.came("drs.slotStatus").await.len(), 2, "at every use");
        assert_eq!(house.came("drs.replenish").await.len(), 1);
        assert_eq!(house.phases().await.last().unwrap(), "placed");
        house.uses(3, 100_000).await;
        house.pass(TimeDelta::hours(25)).await;
        assert_eq!(house.phases().await.last().unwrap(), "on_its_way");
        assert_eq!(house.came("drs.deviceStatus").await.len(), 2, "daily");
        assert!(house.received().await.is_empty());
        house.pass(TimeDelta::hours(46)).await;
        assert_eq!(house.came("drs.replenish").await.len(), 1, "once while it is on its way");
        assert!(house.received().await.is_empty());
        house.pass(TimeDelta::hours(2)).await;
        house.wait_for_entry().await;
        let received = house.received().await;
        assert_eq!(received.len(), 1);
        assert_eq!(received[0]["kind"]["content"]["milli"], 3_046_074, "103 fl oz: {}", received[0]);
        let refused: Vec<Value> = house.came("drs.unknown").await;
        assert_eq!(refused, Vec::<Value>::new());
        let all = house.amazon.board("/received").await["received"].take();
        assert!(all.as_array().unwrap().iter().all(|of| of["refused"].is_null()), "Amazon refused nothing");
    }
}

#[tokio::test]
async fn a_paused_subscription_orders_nothing_and_goes_on_when_it_is_resumed() {
    let house = House::rehearsing(|_| {}, |_| {}).await;
    house.register(false).await;
    let pause = async |on: bool| {
        house.pass(TimeDelta::seconds(2)).await;
        let body = j!({"model": "WashWell-900", "serial": "S1", "slot": "Slot01", "subscribed": on});
        house.amazon.act("/drs/subscription", body).await;
        house.settled().await;
    };
    pause(false).await;
    house.has(1_000_000).await;
    house.uses(1, 900_000).await;
    assert_eq!(house.came("drs.slotStatus").await.len(), 1);
    assert!(house.came("drs.replenish").await.is_empty());
    pause(true).await;
    assert_eq!(house.came("drs.replenish").await.len(), 1);
}

#[tokio::test]
async fn a_cancelled_order_is_tried_again_after_five_days_and_not_a_third_time() {
    let house = House::rehearsing(|_| {}, |_| {}).await;
    house.register(false).await;
    house.has(1_000_000).await;
    let cancel = async || {
        let answer = house.came("drs.replenish").await.len();
        let orders = house.world.server().app().store.orders(house.account, house.device).await.unwrap();
        for order in orders.orders() {
            let path = format!("/drs/orders/{}", order.instance());
            house.amazon.try_act(&path, j!({"step": "cancel"})).await;
        }
        house.settled().await;
        answer
    };
    house.uses(1, 900_000).await;
    assert_eq!(cancel().await, 1);
    assert_eq!(house.phases().await.last().unwrap(), "cancelled");
    house.pass(TimeDelta::hours(5 * 24 - 1)).await;
    assert_eq!(house.came("drs.replenish").await.len(), 1, "the customer said no");
    house.pass(TimeDelta::hours(26)).await;
    assert_eq!(cancel().await, 2);
    house.pass(TimeDelta::days(6)).await;
    assert_eq!(house.came("drs.replenish").await.len(), 2, "twice no is no");
}

#[tokio::test]
async fn what_amazon_does_not_answer_is_told_later_and_a_bad_token_is_renewed_once() {
    let house = House::rehearsing(|_| {}, |_| {}).await;
    house.register(false).await;
    house.has(10_000_000).await;
    house.fails("drs.slotStatus", j!({"kind": "answer", "status": 500})).await;
    house.uses(1, 100_000).await;
    let statuses = async || -> Vec<Value> {
        house.came("drs.slotStatus").await.into_iter().map(|of| of["status"].clone()).collect()
    };
    assert_eq!(statuses().await, [500]);
    house.pass(TimeDelta::minutes(2)).await;
    assert_eq!(statuses().await, [500, 200]);
    let bad = j!({"kind": "answer", "status": 400, "code": "InvalidTokenException"});
    house.fails("drs.slotStatus", bad.clone()).await;
    let before = house.came("lwa.token").await.len();
    house.uses(2, 100_000).await;
    assert_eq!(statuses().await, [500, 200, 400, 200]);
    assert_eq!(house.came("lwa.token").await.len(), before + 1);
    house.fails("drs.slotStatus", bad.clone()).await;
    house.fails("drs.slotStatus", bad).await;
    house.uses(3, 100_000).await;
    assert_eq!(house.standing().await.as_deref(), Some("lost"));
    house.uses(4, 100_000).await;
    assert_eq!(statuses().await.len(), 6, "a lost registration is left alone");
    let again = house.agreed(false).await;
    assert_eq!(house.world.ask(Method::GET, &again).send().await.unwrap().status(), 200);
    house.settled().await;
    assert_eq!(house.standing().await.as_deref(), Some("linked"));
}

#[tokio::test]
async fn a_device_is_taken_out_by_us_or_by_amazon_and_its_tokens_forgotten() {
    let house = House::rehearsing(|_| {}, |_| {}).await;
    house.register(false).await;
    let out = house.world.ask(Method::DELETE, &house.drs("")).bearer_auth(&house.token).send().await.unwrap();
    assert_eq!(out.status(), 204);
    assert_eq!(house.came("drs.deregister").await[0]["status"], 200);
    assert_eq!(house.standing().await, None);
    house.settled().await;
    house.pass(TimeDelta::seconds(2)).await;
    let back = house.agreed(false).await;
    assert_eq!(house.world.ask(Method::GET, &back).send().await.unwrap().status(), 200);
    house.settled().await;
    assert_eq!(house.standing().await.as_deref(), Some("linked"));
    house.pass(TimeDelta::seconds(2)).await;
    house.amazon.act("/drs/deregister", j!({"model": "WashWell-900", "serial": "S1"})).await;
    house.settled().await;
    assert_eq!(house.standing().await, None, "Amazon told it");
    let changes = house.changes().await;
    let last = changes.iter().rfind(|of| of["change"] == "drs_registration").unwrap();
    assert_eq!(last["registered"], false);
}

#[tokio::test]
async fn test_devices_order_and_nothing_comes() {
    let house = House::rehearsing(|_| {}, |_| {}).await;
    house.register(true).await;
    house.has(1_000_000).await;
    house.uses(1, 900_000).await;
    assert_eq!(house.came("drs.replenish").await.len(), 1);
    let cancelled =
        house.world.ask(Method::DELETE, &house.drs("/test-orders")).bearer_auth(&house.token).send().await;
    assert_eq!(cancelled.unwrap().status(), 204);
    house.pass(TimeDelta::days(4)).await;
    assert!(house.received().await.is_empty());
    let order = house.changes().await.into_iter().rfind(|of| of["change"] == "order").unwrap();
    assert_eq!(order["test"], true);
}

#[tokio::test]
async fn the_way_back_is_single_and_ends() {
    let house = House::rehearsing(|_| {}, |_| {}).await;
    let late = house.agreed(false).await;
    house.world.advance(TimeDelta::minutes(31));
    let get = async |path: &str| house.world.ask(Method::GET, path).send().await.unwrap().status().as_u16();
    assert_eq!(get(&late).await, 400);
    house.world.advance(TimeDelta::minutes(-31));
    for odd in ["", "?code=x", "?code=x&state=rfg_x", "?state="] {
        assert_eq!(get(&format!("/drs/return{odd}")).await, 400, "{odd}");
    }
    let back = house.agreed(false).await;
    assert_eq!(get(&late).await, 400, "only the last one counts");
    assert_eq!(get(&back).await, 200);
    assert_eq!(get(&back).await, 400);
    let again = house.world.post(&house.drs(""), &house.token, &j!({})).await;
    assert_eq!(again.status(), 409);
    assert_eq!(house.world.clock.now(), start());
    let data = std::fs::read(house.world.database()).unwrap();
    for secret in [&b"Atza|"[..], b"Atzr|"] {
        assert!(!data.windows(secret.len()).any(|window| window == secret), "a token lies open");
    }
}
