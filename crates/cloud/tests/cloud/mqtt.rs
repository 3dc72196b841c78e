//! Devices over a true Mosquitto, encrypted, with the access list of the guide: each event stored once and told so, what
//! is down caught up with, and nobody believed without the device's own credential.

use crate::broker::{Broker, Client};
use crate::emulator::PATIENCE;
use crate::world::{World, used};
use chrono::TimeDelta;
use refill_cloud::config::Config;
use reqwest::Method;
use rumqttc::QoS;
use serde_json::{Value, json as j};
use std::collections::BTreeSet;

const CLOUD: (&str, &str) = ("refill-cloud", "CANARY-password-of-the-cloud");

/// A household's device at the broker.
struct Device {
    token: String,
    id: String,
    credential: String,
    /// Ids of events it heard of.
    known: BTreeSet<String>,
    at: Client,
}

impl Device {
    fn topic(&self) -> String {
        format!("refill/{}/events", self.id)
    }

    /// An event with the device's credential.
    fn event(&self, number: u32) -> Value {
        let mut event = used(number, 1000);
        event["credential"] = j!(self.credential);
        event
    }

    /// Publishes to its own topic and gives what it is told.
    async fn say(&mut self, body: impl Into<Vec<u8>>) -> Value {
        let topic = self.topic();
        self.at.publish(&topic, body).await;
        self.told().await
    }

    /// Hears that its event of this number, and in all so many, were stored; a broker may say a thing twice.
    async fn hears_of(&mut self, number: u32) {
        let last = self.event(number)["id"].as_str().unwrap().to_owned();
        while !self.known.contains(&last) || self.known.len() < number as usize {
            let told = self.told().await;
            let verdict = &told["verdicts"][0];
            assert!(verdict["outcome"] == "stored" || verdict["outcome"] == "duplicate", "{told}");
            self.known.insert(verdict["id"].as_str().unwrap().to_owned());
        }
    }

    async fn told(&mut self) -> Value {
        let (topic, body) = self.at.next().await;
        assert_eq!(topic, format!("refill/{}/verdicts", self.id));
        body
    }
}

struct Scene {
    world: World,
    broker: Broker,
    devices: Vec<Device>,
}

impl Scene {
    /// This many households, each with a device that is connected, and a cloud that is.
    async fn new(count: u32) -> Self {
        Self::with(count, None, |_| {}).await
    }

    async fn with(count: u32, access: Option<&str>, change: impl FnOnce(&mut Config)) -> Self {
        let mut broker = Broker::new();
        if let Some(list) = access {
            broker.access(list);
        }
        let mut way = broker.way();
        way.with_user(CLOUD.0, CLOUD.1);
        let world = World::with(|config| {
            config.mqtt = Some(way);
            change(config);
        })
        .await;
        broker.add(CLOUD.0, CLOUD.1).await;
        let mut homes = Vec::new();
        for number in 0..count {
            let (token, device, credential) = world.household(number).await;
            let id = device["id"].as_str().unwrap().to_owned();
            broker.add(&id, "password").await;
            homes.push((token, id, credential));
        }
        broker.start().await;
        let mut devices = Vec::new();
        for (token, id, credential) in homes {
            let verdicts = format!("refill/{id}/verdicts");
            let at = Client::new(&broker, &id, "password", &[&verdicts]).await;
            devices.push(Device { token, id, credential, known: BTreeSet::new(), at });
        }
        let this = Self { world, broker, devices };
        this.connected().await;
        this
    }

    /// Waits until the cloud is there, whose clock must move on for it to try again.
    async fn connected(&self) {
        let mut pulse = self.world.server().app().mqtt.pulse();
        let there = async {
            while !pulse.borrow_and_update().subscribed {
                self.world.advance(TimeDelta::seconds(61));
                pulse.changed().await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, there).await.expect("the cloud does not come to the broker");
    }

    async fn stored(&self, device: usize) -> usize {
        let page = self.world.get("/v1/entries", &self.devices[device].token).await;
        crate::world::json(page, 200).await["entries"].as_array().unwrap().len()
    }

    async fn ready(&self) -> u16 {
        self.world.ask(Method::GET, "/readyz").send().await.unwrap().status().as_u16()
    }
}

#[tokio::test]
async fn one_and_many_and_the_same_again() {
    let mut scene = Scene::new(1).await;
    let device = &mut scene.devices[0];
    let one = device.event(1);
    let told = device.say(one.to_string()).await;
    assert_eq!(told["verdicts"][0]["outcome"], "stored", "{told}");
    assert_eq!(told["verdicts"][0]["id"], one["id"]);
    assert_eq!(device.say(one.to_string()).await["verdicts"][0]["outcome"], "duplicate");
    let mut other = one.clone();
    other["kind"]["amount"]["milli"] = j!(2);
    assert_eq!(device.say(other.to_string()).await["verdicts"][0]["outcome"], "conflict");
    let mut nowhere = used(3, 5);
    nowhere["instance"] = j!("none");
    let many =
        j!({"credential": device.credential, "events": [used(1, 1000), used(2, 5), nowhere, {"id": 7}]});
    let told = device.say(many.to_string()).await;
    let outcomes: Vec<&str> =
        told["verdicts"].as_array().unwrap().iter().map(|of| of["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["duplicate", "stored", "refused", "refused"]);
    // The same by HTTP is the same.
    let posted = scene.world.post("/v1/device/events", &scene.devices[0].credential, &used(2, 5)).await;
    assert_eq!(crate::world::json(posted, 200).await["outcome"], "duplicate");
    assert_eq!(scene.stored(0).await, 2);
}

#[tokio::test]
async fn nobody_speaks_for_a_device_without_its_credential() {
    // An access list that lets everybody do everything: the cloud must not depend on it.
    let mut scene = Scene::with(2, Some("pattern readwrite #\n"), |_| {}).await;
    let (victim, thief) = (scene.devices[0].topic(), scene.devices[1].credential.clone());
    let (event, own) = (used(1, 5), scene.devices[0].credential.clone());
    let with = |credential: Value| {
        let mut event = event.clone();
        event["credential"] = credential;
        event.to_string()
    };
    let changed = format!("{}x", &own[..own.len() - 1]);
    for (body, code) in [
        (event.to_string(), "unauthorized"),
        (with(j!(thief)), "forbidden"),
        (with(j!(scene.devices[0].token)), "unauthorized"),
        (with(j!(changed)), "unauthorized"),
        (with(j!("")), "unauthorized"),
        (with(j!(7)), "invalid_field"),
        (j!({"credential": thief, "events": [event]}).to_string(), "forbidden"),
    ] {
        scene.devices[1].at.publish(&victim, body.clone()).await;
        let told = scene.devices[0].told().await;
        assert_eq!(told["problem"]["code"], code, "{body}");
        assert!(!told.to_string().contains("rfd_"), "{told}");
    }
    assert_eq!((scene.stored(0).await, scene.stored(1).await), (0, 0));
    let path = format!("/v1/devices/{}", scene.devices[0].id);
    let gone =
        scene.world.ask(Method::DELETE, &path).bearer_auth(&scene.devices[0].token).send().await.unwrap();
    assert_eq!(gone.status(), 204);
    let told = scene.devices[0].say(with(j!(own))).await;
    assert_eq!(told["problem"]["code"], "unauthorized", "it was registered, and is no more");
}

#[tokio::test]
async fn the_access_list_of_the_guide_parts_the_devices() {
    let mut scene = Scene::new(2).await;
    let ids: Vec<String> = scene.devices.iter().map(|device| device.id.clone()).collect();
    let everything = ["#", "refill/+/events", &format!("refill/{}/verdicts", ids[0])];
    let mut spy = Client::new(&scene.broker, &ids[1], "password", &everything).await;
    let event = scene.devices[0].event(1).to_string();
    // Not even with the right credential: the broker does not let it through.
    spy.publish(&scene.devices[0].topic(), event.clone()).await;
    assert_eq!(scene.devices[0].say(event).await["verdicts"][0]["outcome"], "stored", "and not a duplicate");
    let own = scene.devices[1].event(2).to_string();
    spy.publish(&scene.devices[1].topic(), own).await;
    let (topic, _) = spy.next().await;
    assert_eq!(topic, format!("refill/{}/verdicts", ids[1]), "the first it hears is its own");
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_hurts_nobody() {
    let small = |config: &mut Config| {
        (config.limits.body_bytes, config.limits.batch_bytes, config.limits.batch_entries) = (1024, 4096, 3);
    };
    let mut scene = Scene::with(1, Some("pattern readwrite #\n"), small).await;
    let device = &mut scene.devices[0];
    let deep = format!("{{\"events\":{}", "[".repeat(3000));
    let many =
        |count: usize| j!({"credential": device.credential, "events": vec![j!({}); count]}).to_string();
    let mut wide = device.event(1);
    wide["note"] = j!("x".repeat(1500));
    let mut odd = device.event(1);
    odd["kind"]["amount"]["unit"] = j!("FURLONG");
    let rows: Vec<(Vec<u8>, &str)> = vec![
        (vec![], "invalid_body"),
        (vec![0xff, 0xfe, 0], "invalid_body"),
        (b"null".to_vec(), "invalid_field"),
        (b"[1]".to_vec(), "invalid_field"),
        (b"{}".to_vec(), "unauthorized"),
        (b"{} {}".to_vec(), "invalid_body"),
        (deep.into(), "invalid_body"),
        (many(0).into(), "invalid_body"),
        (many(4).into(), "invalid_body"),
        (wide.to_string().into(), "body_too_large"),
        (vec![b'x'; 4097], "body_too_large"),
        (vec![b'x'; 1_000_000], "body_too_large"),
        (odd.to_string().into(), "invalid_field"),
    ];
    for (body, code) in rows {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let told = device.say(body).await;
        assert_eq!(told["problem"]["code"], code, "{shown}: {told}");
    }
    assert_eq!(device.say(odd.to_string()).await["problem"]["id"], odd["id"], "it is told which");
    // Topics of no device are nobody's; other qualities and retained messages are taken as they are.
    for topic in ["refill/x/events", "refill//events", "refill/0/events"] {
        device.at.publish(topic, "{}").await;
    }
    for (number, (quality, retained)) in
        [(QoS::AtMostOnce, false), (QoS::ExactlyOnce, false), (QoS::AtMostOnce, true)].into_iter().enumerate()
    {
        let event = device.event(10 + u32::try_from(number).unwrap()).to_string();
        device.at.client.try_publish(device.topic(), quality, retained, event).unwrap();
        assert_eq!(device.told().await["verdicts"][0]["outcome"], "stored");
    }
    assert_eq!(scene.stored(0).await, 3);
    assert_eq!(scene.world.server().app().mqtt.pulse().borrow().failures, 0, "the connection held");
}

#[tokio::test]
async fn what_comes_while_the_cloud_or_the_broker_is_down_is_stored_later() {
    let mut scene = Scene::new(1).await;
    scene.world.stop().await;
    let topic = scene.devices[0].topic();
    for number in 1..=50 {
        let event = scene.devices[0].event(number).to_string();
        scene.devices[0].at.publish(&topic, event).await;
    }
    // The broker keeps them over a restart of its own.
    scene.broker.stop().await;
    scene.broker.start().await;
    scene.world.start().await;
    scene.connected().await;
    scene.devices[0].hears_of(50).await;
    scene.broker.stop().await;
    let mut pulse = scene.world.server().app().mqtt.pulse();
    tokio::time::timeout(PATIENCE, pulse.wait_for(|pulse| !pulse.subscribed)).await.unwrap().unwrap();
    assert_eq!(scene.ready().await, 200);
    scene.broker.start().await;
    scene.connected().await;
    let event = scene.devices[0].event(51).to_string();
    scene.devices[0].at.publish(&topic, event).await;
    scene.devices[0].hears_of(51).await;
    assert_eq!(scene.stored(0).await, 51);
}

#[tokio::test]
async fn what_could_not_be_stored_stays_at_the_broker() {
    let mut scene = Scene::with(1, None, |config| config.store.max_mib = Some(1)).await;
    let mut full = None;
    for round in 0..200 {
        let kind = |number: u32| used(number, i64::from(round * 1000 + number) + 1)["kind"].clone();
        let event = |number: u32| {
            let id = uuid::Uuid::from_u128(u128::from(1_000_000 + round * 1000 + number));
            j!({"id": id, "instance": "soap", "observed_at": used(1, 1)["observed_at"], "kind": kind(number)})
        };
        let events: Vec<Value> = (0..1000).map(event).collect();
        let body = j!({"events": events});
        let answer = scene.world.post("/v1/device/events/batch", &scene.devices[0].credential, &body).await;
        scene.world.advance(TimeDelta::minutes(1));
        if answer.status() == 507 {
            full = Some(events);
            break;
        }
    }
    let many = full.expect("the disk is full");
    let failures = |scene: &Scene| scene.world.server().app().store.figures().failures;
    let before = failures(&scene);
    let topic = scene.devices[0].topic();
    let body = j!({"credential": scene.devices[0].credential, "events": many}).to_string();
    scene.devices[0].at.publish(&topic, body).await;
    let tried = async {
        let mut look = tokio::time::interval(std::time::Duration::from_millis(5));
        while failures(&scene) == before {
            look.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, tried).await.expect("the store took it");
    assert_eq!(scene.world.server().app().mqtt.pulse().borrow().acknowledged, 0);
    scene.world.stop().await;
    scene.world.set(|config| config.store.max_mib = None);
    scene.world.start().await;
    scene.connected().await;
    let told = scene.devices[0].told().await;
    let verdicts = told["verdicts"].as_array().unwrap();
    assert!(verdicts.len() == 1000 && verdicts.iter().all(|of| of["outcome"] == "stored"), "{told}");
}

#[tokio::test]
async fn a_flood_of_one_device_is_refused_and_the_other_goes_on() {
    let tight = |config: &mut Config| {
        (config.limits.events_burst, config.limits.events_per_minute) = (20, 1);
    };
    let mut scene = Scene::with(2, None, tight).await;
    let topic = scene.devices[0].topic();
    for number in 0..300 {
        let event = scene.devices[0].event(number).to_string();
        scene.devices[0].at.client.try_publish(&topic, QoS::AtLeastOnce, false, event).unwrap();
    }
    let event = scene.devices[1].event(500).to_string();
    assert_eq!(scene.devices[1].say(event).await["verdicts"][0]["outcome"], "stored");
    let (mut stored, mut refused) = (0, 0);
    for _ in 0..300 {
        let told = scene.devices[0].told().await;
        match told["problem"]["code"].as_str() {
            Some("rate_limited") => {
                assert!(told["problem"]["retry_after"].as_u64().unwrap() > 0);
                refused += 1;
            }
            _ => stored += 1,
        }
    }
    assert_eq!((stored, refused), (20, 280));
    assert_eq!(scene.stored(0).await, 20);
}

#[tokio::test]
async fn a_wrong_password_is_tried_again_and_the_server_works() {
    let mut broker = Broker::new();
    let mut way = broker.way();
    way.with_user(CLOUD.0, "wrong");
    broker.add(CLOUD.0, CLOUD.1).await;
    broker.start().await;
    let mut world = World::with(|config| config.mqtt = Some(way)).await;
    let mut pulse = world.server().app().mqtt.pulse();
    for failures in 1..4 {
        let failed = pulse.wait_for(|pulse| pulse.failures >= failures);
        tokio::time::timeout(PATIENCE, failed).await.unwrap().unwrap();
        world.advance(TimeDelta::seconds(61));
    }
    assert!(!pulse.borrow().subscribed);
    let metrics = world.ask(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("refill_cloud_mqtt_connected 0"), "{metrics}");
    assert_eq!(world.ask(Method::GET, "/readyz").send().await.unwrap().status(), 200);
    world.stop().await;
}
