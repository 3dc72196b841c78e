//! Notifications by way of a queue: an emulator of Amazon SQS that nobody here wrote holds what the sandbox's topic
//! signed. Believed whatever its age, once by whichever way, deleted when it is stored, and left when it may yet be.

use crate::amazon::{order, told};
use crate::emulator::{KEY, Letterbox, Moto, PATIENCE, REGION, free_port, url};
use crate::sns::House;
use crate::world::start;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use chrono::TimeDelta;
use refill_cloud::config::{Config, QueueConfig};
use reqwest::Method;
use serde_json::{Value, json as j};
use std::sync::Arc;
use tokio::sync::mpsc;

fn settings(port: u16) -> impl FnOnce(&mut Config) {
    move |config| {
        let mut queue = QueueConfig::new(&url(port), REGION);
        queue.endpoint = Some(format!("http://127.0.0.1:{port}"));
        queue.wait_seconds = 1;
        queue.with_credentials(KEY.0, KEY.1);
        config.sns.queue = Some(queue);
    }
}

/// A household, its queue, and somebody who keeps what the topic signs.
struct Scene {
    house: House,
    moto: Moto,
    letters: Letterbox,
}

impl Scene {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let moto = Moto::start().await;
        moto.queue().await;
        let set = settings(moto.port);
        let house = House::rehearsing(
            |_| {},
            |config| {
                set(config);
                change(config);
            },
        )
        .await;
        let letters = Letterbox::default();
        house.amazon.act("/sns/subscribe", j!({"endpoint": letters.open().await, "raw": false})).await;
        Self { house, moto, letters }
    }

    /// A signed message about an order.
    async fn signed(&self, kind: &str, id: &str) -> String {
        let message = told(kind, "S1", id, start(), &order("o1", 2, start() + TimeDelta::hours(72)));
        self.house.amazon.publish(&message).await;
        self.letters.last()
    }

    /// Waits until something is so, looking whenever the queue has answered.
    async fn until(&self, what: &str, is: impl AsyncFn() -> bool) {
        let mut pulse = self.house.world.server().app().sns.queue.pulse();
        let looked = async {
            while !is().await {
                pulse.changed().await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, looked).await.unwrap_or_else(|_| panic!("never: {what}"));
    }

    async fn drained(&self) {
        self.until("the queue is empty", async || self.moto.count().await == 0).await;
    }

    /// How many messages came to this end by the queue.
    async fn counted(&self, outcome: &str) -> bool {
        let text = self.house.world.ask(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
        text.contains(&format!("sns_messages_total{{by=\"queue\",outcome=\"{outcome}\"}}"))
    }

    async fn notices(&self) -> usize {
        let store = &self.house.world.server().app().store;
        store.notices(self.house.account, self.house.device).await.unwrap().len()
    }
}

#[tokio::test]
async fn a_message_counts_once_whatever_its_age_its_way_and_how_often_it_comes() {
    let scene = Scene::new().await;
    let placed = scene.signed("OrderPlacedNotification", "n1").await;
    let shipped = scene.signed("ItemShippedNotification", "n2").await;
    // Posted first, then queued 12 times; queued alone, in the wrong order, and weeks late.
    let post = async |body: &str| {
        let ask = scene.house.world.ask(Method::POST, "/sns").body(body.to_owned());
        ask.send().await.unwrap().status().as_u16()
    };
    assert_eq!(post(&shipped).await, 204);
    scene.house.world.advance(TimeDelta::days(20));
    assert_eq!(post(&placed).await, 403, "too old over HTTPS");
    for _ in 0..12 {
        scene.moto.put(&shipped).await;
    }
    scene.moto.put(&placed).await;
    scene.moto.put(&placed).await;
    scene.drained().await;
    assert_eq!(scene.notices().await, 2);
    assert_eq!(scene.house.received().await.len(), 1);
    // What is remembered outlasts every retry: 23 days after it was taken in (reliability N4).
    let world = &scene.house.world;
    world.advance(TimeDelta::days(23));
    let now = refill_cloud::clock::Clock::now(&*world.clock).timestamp_millis();
    world.server().app().store.sweep(now, 0).await.unwrap();
    scene.moto.put(&placed).await;
    scene.drained().await;
    assert_eq!(scene.notices().await, 1, "of the two, the younger is remembered");
    let store = &world.server().app().store;
    assert_eq!(store.entries(scene.house.account, 0, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_forged_is_deleted_and_says_nothing() {
    let scene = Scene::new().await;
    let good: Value = serde_json::from_str(&scene.signed("OrderPlacedNotification", "n1").await).unwrap();
    let changed = |name: &str, value: Value| {
        let mut message = good.clone();
        message[name] = value;
        message.to_string()
    };
    for forged in [
        changed("Message", j!("another")),
        changed("MessageId", j!("another")),
        changed("SigningCertURL", j!("https://evil.example/x.pem")),
        "no JSON".to_owned(),
        j!({"Type": "Notification"}).to_string(),
    ] {
        scene.moto.put(&forged).await;
    }
    scene.drained().await;
    assert_eq!((scene.notices().await, scene.house.phases().await.len()), (0, 0));
    for outcome in ["signature", "certificate-url", "unreadable"] {
        assert!(scene.counted(outcome).await, "{outcome}");
    }
    let ready = scene.house.world.ask(Method::GET, "/readyz").send().await.unwrap();
    assert_eq!(ready.status(), 200);
}

#[tokio::test]
async fn what_a_setting_or_the_network_is_in_the_way_of_stays() {
    let scene = Scene::new().await;
    let body = scene.signed("OrderPlacedNotification", "n1").await;
    let good: Value = serde_json::from_str(&body).unwrap();
    let mut elsewhere = good.clone();
    elsewhere["TopicArn"] = j!("arn:aws:sns:us-east-1:476877469412:Other");
    scene.moto.put(&elsewhere.to_string()).await;
    scene.moto.put(good["Message"].as_str().unwrap()).await;
    for outcome in ["topic-not-configured", "raw-delivery"] {
        scene.until(outcome, async || scene.counted(outcome).await).await;
    }
    let fault = j!({"kind": "answer", "status": 503});
    scene.house.amazon.act("/faults", j!({"route": "sns.api", "times": 1, "fault": fault})).await;
    scene.moto.put(&body).await;
    scene.until("the certificate is missed", async || scene.counted("later").await).await;
    assert_eq!(scene.notices().await, 0);
    scene.house.world.advance(TimeDelta::seconds(20));
    scene.until("it is taken in", async || scene.notices().await == 1).await;
    scene.until("two are left", async || scene.moto.count().await == 2).await;
}

#[tokio::test]
async fn raw_delivery_is_taken_where_it_is_allowed() {
    let scene = Scene::with(|config| config.sns.allow_raw = true).await;
    let signed: Value = serde_json::from_str(&scene.signed("OrderPlacedNotification", "n1").await).unwrap();
    scene.moto.put(signed["Message"].as_str().unwrap()).await;
    scene.drained().await;
    assert_eq!(scene.house.phases().await, ["placed"]);
}

#[tokio::test]
async fn a_queue_that_is_away_is_asked_again_and_keeps_nobody_from_working() {
    let port = free_port();
    let mut house = House::rehearsing(|_| {}, settings(port)).await;
    let letters = Letterbox::default();
    house.amazon.act("/sns/subscribe", j!({"endpoint": letters.open().await, "raw": false})).await;
    let placed = told("OrderPlacedNotification", "S1", "n1", start(), &order("o1", 2, start()));
    house.amazon.publish(&placed).await;
    let mut pulse = house.world.server().app().sns.queue.pulse();
    for failures in 1..4 {
        let failed = pulse.wait_for(|pulse| pulse.failures >= failures);
        tokio::time::timeout(PATIENCE, failed).await.unwrap().unwrap();
        let ready = house.world.ask(Method::GET, "/readyz").send().await.unwrap();
        assert_eq!(ready.status(), 200);
        house.world.advance(TimeDelta::seconds(60));
    }
    let moto = Moto::at(port).await;
    moto.queue().await;
    moto.put(&letters.last()).await;
    let phases = async {
        while house.phases().await.is_empty() {
            // It may have failed again before the queue was made.
            house.world.advance(TimeDelta::seconds(60));
            pulse.changed().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, phases).await.unwrap();
    assert_eq!(pulse.borrow().failures, 0);
    tokio::time::timeout(PATIENCE, house.world.stop()).await.unwrap();
}

/// What a stand-in for SQS does: gives two messages once, and does not delete the first of them at the first try.
struct Stubborn {
    messages: std::sync::Mutex<Vec<String>>,
    asked: mpsc::UnboundedSender<Vec<String>>,
}

async fn stubborn(State(stub): State<Arc<Stubborn>>, headers: HeaderMap, body: String) -> Json<Value> {
    let body: Value = serde_json::from_str(&body).unwrap();
    if headers["x-amz-target"] == "AmazonSQS.ReceiveMessage" {
        let bodies = std::mem::take(&mut *stub.messages.lock().unwrap());
        if bodies.is_empty() {
            // A long poll.
            std::future::pending::<()>().await;
        }
        let message = |(number, body): (usize, &String)| j!({"MessageId": "m", "ReceiptHandle": format!("r{number}"), "Body": body});
        return Json(j!({"Messages": bodies.iter().enumerate().map(message).collect::<Vec<_>>()}));
    }
    let entries = body["Entries"].as_array().unwrap();
    let handles: Vec<String> =
        entries.iter().map(|of| of["ReceiptHandle"].as_str().unwrap().into()).collect();
    let first = handles.len() > 1;
    stub.asked.send(handles).unwrap();
    let failed = j!([{"Id": entries[0]["Id"], "SenderFault": false, "Code": "InternalError"}]);
    let deleted = |of: &Value| j!({"Id": of["Id"]});
    Json(if first {
        j!({"Successful": entries[1..].iter().map(deleted).collect::<Vec<_>>(), "Failed": failed})
    } else {
        j!({"Successful": entries.iter().map(deleted).collect::<Vec<_>>(), "Failed": []})
    })
}

#[tokio::test]
async fn what_was_not_deleted_is_deleted_again_and_a_long_poll_holds_up_no_stop() {
    let (asked, mut heard) = mpsc::unbounded_channel();
    let stub = Stubborn { messages: std::sync::Mutex::new(vec!["a".into(), "b".into()]), asked };
    let router = axum::Router::new().fallback(stubborn).with_state(Arc::new(stub));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
    let patient = |config: &mut Config| {
        settings(port)(config);
        config.sns.queue.as_mut().unwrap().wait_seconds = 20;
    };
    let mut house = House::rehearsing(|_| {}, patient).await;
    let mut next = async || tokio::time::timeout(PATIENCE, heard.recv()).await.unwrap().unwrap();
    assert_eq!(next().await, ["r0", "r1"]);
    assert_eq!(next().await, ["r0"]);
    let stopped = tokio::time::timeout(std::time::Duration::from_secs(9), house.world.stop());
    stopped.await.expect("it waited for the poll");
}

#[cfg(unix)]
#[tokio::test]
async fn the_program_finds_its_credentials_in_the_environment_and_prints_none_of_it() {
    use tokio::io::{AsyncBufReadExt as _, BufReader};
    let moto = Moto::start().await;
    moto.queue().await;
    moto.put(&j!({"deviceInfo": "CANARY-serial"}).to_string()).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cloud.toml");
    let text = format!(
        "listen = \"127.0.0.1:0\"\ndata = {:?}\n[log]\nfilter = \"trace\"\n[sns]\ntopics = [{:?}]\n[sns.queue]\n\
         url = {:?}\nregion = {REGION:?}\nendpoint = \"http://127.0.0.1:{}\"\nwait_seconds = 1\n",
        folder.path().join("data").to_str().unwrap(),
        crate::amazon::TOPIC,
        moto.url(),
        moto.port
    );
    std::fs::write(&file, text).unwrap();
    let mut program = tokio::process::Command::new(env!("CARGO_BIN_EXE_refill-cloud"))
        .arg("--config")
        .arg(&file)
        .arg("serve")
        .env("AWS_ACCESS_KEY_ID", KEY.0)
        .env("AWS_SECRET_ACCESS_KEY", KEY.1)
        .env("HOME", folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut address = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut address).await.unwrap();
    let id = program.id().unwrap().to_string();
    let worked = async {
        let mut look = tokio::time::interval(std::time::Duration::from_millis(50));
        while moto.count().await > 0 {
            look.tick().await;
        }
        let ended = tokio::process::Command::new("kill").args(["-TERM", &id]).status().await.unwrap();
        assert!(ended.success());
    };
    let ended = async { tokio::join!(worked, program.wait_with_output()).1.unwrap() };
    let output = tokio::time::timeout(PATIENCE, ended).await.expect("it did not read the queue");
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && log.contains("none of SNS; it is deleted"), "{log}");
    assert!(!log.contains("CANARY"), "{log}");
}
