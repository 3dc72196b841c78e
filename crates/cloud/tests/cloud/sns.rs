//! Notifications of the true sandbox: confirmed, verified, taken in once whatever their order, and refused when they are
//! not what they seem.

use crate::amazon::{Amazon, MODEL, TOPIC, order, told};
use crate::world::{World, json, refusal, start};
use chrono::{DateTime, TimeDelta};
use refill_cloud::ids::AccountId;
use refill_cloud::store::Feed;
use refill_domain::ids::EndpointId;
use reqwest::{Method, Response};
use serde_json::{Value, json as j};

/// A server that believes a sandbox, and a customer with a washing machine known to both.
pub struct House {
    pub world: World,
    pub amazon: Amazon,
    pub account: AccountId,
    pub device: EndpointId,
    pub token: String,
    pub credential: String,
}

impl House {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut refill_sandbox::Config)) -> Self {
        let amazon = Amazon::with(change).await;
        let world = World::with(|config| amazon.rehearse(config)).await;
        Self::of(world, amazon).await
    }

    /// With settings of both sides.
    pub async fn rehearsing(
        change: impl FnOnce(&mut refill_sandbox::Config),
        settings: impl FnOnce(&mut refill_cloud::config::Config),
    ) -> Self {
        let amazon = Amazon::with(change).await;
        let world = World::with(|config| {
            amazon.rehearse(config);
            settings(config);
        })
        .await;
        Self::of(world, amazon).await
    }

    async fn of(world: World, amazon: Amazon) -> Self {
        let (account, token) = world.customer("c@example.com").await;
        let slot = |instance: &str, supply: &str, unit: &str| j!({"instance": instance, "name": instance, "supply": supply, "sensor": "usage", "unit": unit, "pack": 2_000_000});
        let model = j!({"id": MODEL, "name": "Washer", "kind": "washing_machine", "slots": [slot("Slot01", "detergent", "MILLILITER"), slot("Slot02", "tablets", "COUNT")]});
        world.server().app().store.put_model(serde_json::from_value(model).unwrap()).await.unwrap();
        let form = j!({"model": MODEL, "serial": "S1", "name": "Washer"});
        let new = json(world.post("/v1/devices", &token, &form).await, 201).await;
        let device = serde_json::from_value(new["device"]["id"].clone()).unwrap();
        let credential = new["credential"].as_str().unwrap().to_owned();
        Self { world, amazon, account, device, token, credential }
    }

    /// All changes of the account, as the feed shows them.
    pub async fn changes(&self) -> Vec<Value> {
        let feed = self.world.server().app().store.feed(self.account, 0, 1000).await.unwrap();
        let Feed::Told(items) = feed else { panic!("gone") };
        items.iter().map(|item| serde_json::to_value(&item.change).unwrap()).collect()
    }

    pub async fn phases(&self) -> Vec<String> {
        let orders = self.changes().await.into_iter().filter(|of| of["change"] == "order");
        orders.map(|of| of["is"].as_str().unwrap().to_owned()).collect()
    }

    /// What came to lie on the shelf.
    pub async fn received(&self) -> Vec<Value> {
        let entries = self.changes().await.into_iter().filter(|of| of["change"] == "entry");
        entries.map(|of| of["entry"].clone()).filter(|of| of["kind"]["kind"] == "received").collect()
    }

    /// Waits until the feed tells an arrival.
    pub async fn wait_for_entry(&self) {
        let mut changes = self.world.server().app().store.changes(self.account).await.unwrap();
        while self.received().await.is_empty() {
            changes.changed().await.unwrap();
        }
    }

    async fn post(&self, headers: &[(&str, &str)], body: &str) -> Response {
        let mut ask = self.world.ask(Method::POST, "/sns").body(body.to_owned());
        for (name, value) in headers {
            ask = ask.header(*name, *value);
        }
        ask.send().await.unwrap()
    }

    /// What the sandbox sent last.
    async fn last(&self) -> Value {
        self.amazon.sent().await.pop().unwrap()
    }
}

fn at(hours: i64) -> DateTime<chrono::Utc> {
    start() + TimeDelta::hours(hours)
}

#[tokio::test]
async fn all_six_types_are_taken_in_under_both_signatures_and_versions() {
    for (signature, version, wrapped) in [(1, 1, true), (2, 2, false)] {
        let house = House::with(|config| {
            config.topic.signature_version = signature;
        })
        .await;
        house.amazon.subscribe(&house.world, false).await;
        let confirmed = house.last().await;
        assert_eq!(
            (&confirmed["status"], &confirmed["body"]["Type"]),
            (&j!(204), &j!("SubscriptionConfirmation"))
        );
        let slots = if version == 1 {
            j!({"Slot01": true})
        } else {
            j!({"Slot01": {"subscribed": true, "productInfoList": [{"asin": "B00JGZBTCI", "quantity": 2, "unit": "l"}]}})
        };
        let rows = [
            ("DeviceRegistered", j!({})),
            ("SubscriptionChanged", j!({"subscriptionInfo": {"slotsSubscriptionStatus": slots}})),
            ("OrderPlaced", order("o1", version, at(72))),
            ("ItemShipped", order("o1", version, at(72))),
            ("OrderPlaced", order("o2", version, at(96))),
            ("OrderCancelled", j!({"orderInfo": {"instanceId": "o2", "slotId": "Slot01"}})),
            ("DeviceDeregistered", j!({})),
        ];
        for (number, (kind, extra)) in rows.iter().enumerate() {
            let when = start() + TimeDelta::seconds(i64::try_from(number).unwrap());
            let message = told(&format!("{kind}Notification"), "S1", &format!("n{number}"), when, extra);
            let message = if wrapped {
                j!({"default": message.to_string(), "http": message.to_string()})
            } else {
                message
            };
            house.amazon.publish(&message).await;
            assert_eq!(house.last().await["status"], 204, "{kind}");
        }
        let changes = house.changes().await;
        let seen: Vec<&str> = changes.iter().skip(2).map(|of| of["change"].as_str().unwrap()).collect();
        let wanted = [
            "drs_registration",
            "subscription",
            "order",
            "order",
            "order",
            "order",
            "drs_registration",
            "subscription",
        ];
        assert_eq!(seen, wanted);
        assert_eq!(house.phases().await, ["placed", "on_its_way", "placed", "cancelled"]);
        let (on, off) = (&changes[3], &changes[9]);
        assert_eq!((&on["subscribed"], &on["by"], &on["slot"]), (&j!(true), &j!("customer"), &j!("Slot01")));
        assert_eq!((&off["subscribed"], &off["by"]), (&j!(false), &j!("deregistration")));
        assert!(house.received().await.is_empty(), "on its way is not on the shelf");
    }
}

#[tokio::test]
async fn what_was_shipped_is_on_the_shelf_on_its_day_once_whatever_came_twice_or_late() {
    let house = House::new().await;
    house.amazon.subscribe(&house.world, false).await;
    let placed = told("OrderPlacedNotification", "S1", "n1", at(0), &order("o1", 2, at(72)));
    let shipped = told("ItemShippedNotification", "S1", "n2", at(0), &order("o1", 2, at(72)));
    house.amazon.fault("reorder").await;
    house.amazon.publish(&placed).await;
    house.amazon.fault("duplicate").await;
    house.amazon.publish(&shipped).await;
    house.amazon.publish(&shipped).await;
    assert_eq!(house.phases().await.last().unwrap(), "on_its_way");
    house.amazon.advance(&house.world, TimeDelta::hours(71)).await;
    assert!(house.received().await.is_empty());
    house.world.advance(TimeDelta::hours(1));
    house.wait_for_entry().await;
    house.amazon.running.sandbox.advance(TimeDelta::hours(1)).await;
    let cancelled = told("OrderCancelledNotification", "S1", "n9", at(72), &order("o1", 2, at(72)));
    for message in [&shipped, &cancelled] {
        house.amazon.publish(message).await;
        assert_eq!(house.last().await["status"], 204);
    }
    house.world.advance(TimeDelta::days(-2));
    house.world.advance(TimeDelta::days(9));
    let received = house.received().await;
    assert_eq!(received.len(), 1, "{received:?}");
    let entry = &received[0];
    assert_eq!(entry["kind"]["content"], j!({"milli": 2_000_000, "unit": "MILLILITER"}));
    assert_eq!((&entry["source"], &entry["kind"]["order"]), (&j!("cloud"), &j!("o1")));
    assert_eq!(entry["observed_at"].as_str().unwrap().parse::<DateTime<chrono::Utc>>().unwrap(), at(72));
    let phases = house.phases().await;
    assert!(
        phases.contains(&"arrived".to_owned()) && !phases.contains(&"cancelled".to_owned()),
        "{phases:?}"
    );
    let store = &house.world.server().app().store;
    assert_eq!(store.entries(house.account, 0, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn after_a_stop_arrivals_are_caught_up_and_messages_still_known() {
    let mut house = House::new().await;
    house.amazon.subscribe(&house.world, false).await;
    let shipped = told("ItemShippedNotification", "S1", "n1", at(0), &order("o1", 2, at(48)));
    house.amazon.publish(&shipped).await;
    let sent = house.last().await["body"].to_string();
    house.world.stop().await;
    house.world.start().await;
    assert_eq!(house.post(&[], &sent).await.status(), 204, "a retry is no error");
    let store = &house.world.server().app().store;
    assert_eq!(store.notices(house.account, house.device).await.unwrap().len(), 1);
    house.world.stop().await;
    house.world.advance(TimeDelta::days(30));
    house.world.start().await;
    house.wait_for_entry().await;
    assert_eq!(house.received().await.len(), 1);
}

#[tokio::test]
async fn unknown_kinds_are_kept_and_what_is_about_nobody_is_put_aside() {
    let house = House::new().await;
    house.amazon.subscribe(&house.world, false).await;
    let new = told("ItemLostNotification", "S1", "n1", at(0), &j!({"lost": {"where": "at sea"}}));
    house.amazon.publish(&new).await;
    let store = &house.world.server().app().store;
    let kept = store.notices(house.account, house.device).await.unwrap();
    assert_eq!(serde_json::to_value(&kept[0].notification.told).unwrap()["body"]["lost"]["where"], "at sea");
    house.amazon.publish(&told("OrderPlacedNotification", "S9", "n2", at(0), &order("o", 2, at(1)))).await;
    house.amazon.publish(&j!({"no": "notification"})).await;
    assert_eq!(house.last().await["status"], 204);
    assert_eq!(store.strays().await.unwrap().len(), 2);
    let far = (start() + TimeDelta::days(31)).timestamp_millis();
    store.sweep(far, 0).await.unwrap();
    assert_eq!(store.strays().await.unwrap().len(), 0);
    assert_eq!(store.notices(house.account, house.device).await.unwrap().len(), 1, "the unknown kind stays");
}

#[tokio::test]
async fn an_amount_that_is_not_understood_is_left_to_a_person() {
    let house = House::new().await;
    house.amazon.subscribe(&house.world, false).await;
    let mut info = order("o1", 2, at(0));
    info["orderInfo"]["productInfo"][0]["unit"] = j!("kg");
    house.amazon.publish(&told("ItemShippedNotification", "S1", "n1", at(0), &info)).await;
    let changes = house.changes().await;
    let last = changes.last().unwrap();
    assert_eq!(last["is"], "arrived");
    assert!(last["unclear"].as_str().unwrap().contains("record it as bought"), "{last}");
    assert!(house.received().await.is_empty());
}

#[tokio::test]
async fn nothing_else_is_believed() {
    let house = House::new().await;
    house.amazon.subscribe(&house.world, false).await;
    let placed = told("OrderPlacedNotification", "S1", "n1", at(0), &order("o1", 2, at(72)));
    house.amazon.fault("forge").await;
    house.amazon.publish(&placed).await;
    let forged = house.last().await;
    assert_eq!(forged["status"], 403);
    house.amazon.publish(&placed).await;
    let good = house.last().await["body"].clone();
    let changed = |member: &str, value: &Value| {
        let mut other = good.clone();
        other[member] = value.clone();
        other.to_string()
    };
    let base = house.amazon.base();
    let rows = [
        (changed("Message", &j!("{}")), 403, "signature"),
        (changed("MessageId", &j!("00000000-0000-0000-0000-000000000000")), 403, "signature"),
        (changed("Signature", &j!("AAAA")), 403, "signature"),
        (changed("SignatureVersion", &j!("2")), 403, "signature"),
        (changed("SignatureVersion", &j!("3")), 400, "SignatureVersion"),
        (changed("Type", &j!("UnsubscribeConfirmation")), 400, "Token"),
        (changed("TopicArn", &j!("arn:aws:sns:us-east-1:476877469412:Other")), 403, "topic-not-configured"),
        (changed("SigningCertURL", &j!("https://evil.example/a.pem")), 403, "certificate-url"),
        (changed("SigningCertURL", &j!(format!("{base}/sns/../sns/x.pem"))), 403, "certificate-url"),
        (changed("Timestamp", &j!(at(-2))), 403, "stale"),
        (changed("Timestamp", &j!(at(2))), 403, "from-the-future"),
        ("not JSON".to_owned(), 400, "no SNS message"),
        (String::new(), 400, "no SNS message"),
    ];
    for (body, status, word) in rows {
        let response = house.post(&[], &body).await;
        let problem = json(response, status).await;
        assert!(problem["detail"].as_str().unwrap().contains(word), "{word}: {problem}");
    }
    let text = good.to_string();
    for (name, value, status) in [
        ("x-amz-sns-rawdelivery", "true", 403),
        ("x-amz-sns-topic-arn", "arn:aws:sns:us-east-1:476877469412:Other", 403),
        ("x-amz-sns-message-type", "SubscriptionConfirmation", 403),
    ] {
        assert_eq!(refusal(house.post(&[(name, value)], &text).await, status).await, "forbidden", "{name}");
    }
    let large = "x".repeat(600 * 1024);
    assert_eq!(refusal(house.post(&[], &large).await, 413).await, "body_too_large");
    house.world.advance(TimeDelta::hours(2));
    assert_eq!(house.post(&[], &text).await.status(), 403, "a replay two hours later");
    assert_eq!(house.phases().await, ["placed"]);
}

#[tokio::test]
async fn without_the_setting_the_sandbox_is_nobody() {
    let amazon = Amazon::with(|_| {}).await;
    let world = World::with(|config| config.sns.topics = vec![TOPIC.into()]).await;
    let house = House::of(world, amazon).await;
    house.amazon.subscribe(&house.world, false).await;
    assert_eq!(house.last().await["status"], 403);
}

#[tokio::test]
async fn raw_delivery_is_believed_only_where_it_is_allowed() {
    for (allowed, status) in [(false, 403), (true, 204)] {
        let amazon = Amazon::with(|_| {}).await;
        let world = World::with(|config| {
            amazon.rehearse(config);
            config.sns.allow_raw = allowed;
        })
        .await;
        let house = House::of(world, amazon).await;
        house.amazon.subscribe(&house.world, true).await;
        house
            .amazon
            .publish(&told("OrderPlacedNotification", "S1", "n1", at(0), &order("o1", 2, at(9))))
            .await;
        assert_eq!(house.last().await["status"], status);
        assert_eq!(house.phases().await.len(), usize::from(allowed));
    }
}

#[tokio::test]
async fn a_device_that_goes_takes_its_orders() {
    let house = House::new().await;
    house.amazon.subscribe(&house.world, false).await;
    let shipped = told("ItemShippedNotification", "S1", "n1", at(0), &order("o1", 2, at(48)));
    house.amazon.publish(&shipped).await;
    let path = format!("/v1/devices/{}", house.device.0);
    let gone = house.world.ask(Method::DELETE, &path).bearer_auth(&house.token).send().await.unwrap();
    assert_eq!(gone.status(), 204);
    let store = &house.world.server().app().store;
    assert_eq!(store.notices(house.account, house.device).await.unwrap(), []);
    assert_eq!(store.orders(house.account, house.device).await.unwrap().orders().count(), 0);
    assert!(store.due(i64::MAX, 10).await.unwrap().devices.is_empty());
    house.amazon.publish(&shipped).await;
    assert_eq!(store.strays().await.unwrap().len(), 1);
}
