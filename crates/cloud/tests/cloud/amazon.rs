//! Amazon's side for one test: the true sandbox, its clock held beside the server's.

use crate::world::{World, start};
use chrono::{DateTime, TimeDelta, Utc};
use refill_cloud::config::Config as CloudConfig;
use refill_cloud::seal::SealKey;
use refill_sandbox::{Clock, Config, Running, Sandbox};
use serde_json::{Value, json as j};

pub const TOPIC: &str = "arn:aws:sns:us-east-1:476877469412:DrsNotifications";
pub const MODEL: &str = "WashWell-900";

pub struct Amazon {
    pub running: Running,
    http: reqwest::Client,
}

impl Amazon {
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        change(&mut config);
        let sandbox = Sandbox::new(config, Clock::at(start(), 0), false).unwrap();
        let running = refill_sandbox::start(sandbox, ([127, 0, 0, 1], 0).into(), false).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { running, http }
    }

    pub fn base(&self) -> &str {
        self.running.sandbox.base()
    }

    /// Believes this Amazon, as a developer does.
    pub fn rehearse(&self, config: &mut CloudConfig) {
        config.sns.topics = vec![TOPIC.into()];
        config.sns.rehearsal = Some(format!("{}/sns", self.base()));
        let at = |path: &str| format!("{}{path}", self.base());
        config.drs.client_id = Some("amzn1.application-oa2-client.sandbox-dash".into());
        config.drs.redirect_uri = Some("http://127.0.0.1:8787/amazon/return".into());
        (config.drs.service, config.drs.authorize_url) = (at(""), at("/ap/oa"));
        config.drs.token_url = at("/auth/o2/token");
        let key = SealKey::parse("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=").unwrap();
        config.drs.with_secrets("sandbox-dash-secret", key);
    }

    pub async fn act(&self, path: &str, body: Value) -> Value {
        let ask = self.http.post(format!("{}/_board{path}", self.base())).json(&body);
        let response = ask.send().await.unwrap();
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// [`Self::act`], where it can be done.
    pub async fn try_act(&self, path: &str, body: Value) {
        let ask = self.http.post(format!("{}/_board{path}", self.base())).json(&body);
        ask.send().await.unwrap();
    }

    pub async fn board(&self, path: &str) -> Value {
        let response = self.http.get(format!("{}/_board{path}", self.base())).send().await.unwrap();
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    }

    pub async fn fault(&self, kind: &str) {
        self.act("/faults", j!({"route": "sns.delivery", "times": 1, "fault": {"kind": kind}})).await;
    }

    pub async fn subscribe(&self, world: &World, raw: bool) {
        self.act("/sns/subscribe", j!({"endpoint": world.url("/sns"), "raw": raw})).await;
    }

    pub async fn publish(&self, message: &Value) {
        self.act("/sns/publish", j!({"message": message.to_string()})).await;
    }

    /// What it sent last to the server's listener: headers, body, and how that was answered.
    pub async fn sent(&self) -> Vec<Value> {
        let all = self.board("/received").await["received"].take();
        let Value::Array(all) = all else { panic!("no list") };
        all.into_iter().filter(|of| of["route"] == "sns.delivery").collect()
    }

    /// Lets time pass on both sides, in steps that no message grows old in.
    pub async fn advance(&self, world: &World, by: TimeDelta) {
        let mut left = by;
        while left > TimeDelta::zero() {
            let step = left.min(TimeDelta::minutes(30));
            world.advance(step);
            self.running.sandbox.advance(step).await;
            left -= step;
        }
    }
}

/// A notification about a device of [`MODEL`].
pub fn told(kind: &str, serial: &str, id: &str, at: DateTime<Utc>, extra: &Value) -> Value {
    let mut message = j!({
        "notificationInfo": {"notificationType": kind, "lwaClientId": "c", "notificationTime": at, "notificationId": id, "version": "2015-06-05"},
        "deviceInfo": {"deviceIdentifier": {"serialNumber": serial}, "productIdentifier": {"modelId": MODEL}},
        "customerInfo": {"directedCustomerId": "amzn1.account.ONE"},
    });
    for (name, value) in extra.as_object().unwrap() {
        message[name] = value.clone();
    }
    message
}

/// What an order notification says, in either version.
pub fn order(instance: &str, version: u8, due: DateTime<Utc>) -> Value {
    let product = if version == 1 {
        j!({"quantity": 2, "unit": "l"})
    } else {
        j!({"quantity": 2.0, "unit": "l", "asin": "B00JGZBTCI", "estimatedDeliveryDate": due})
    };
    let mut info = j!({"instanceId": instance, "slotId": "Slot01", "productInfo": [product]});
    if version == 1 {
        info["estimatedDeliveryDate"] = j!(due);
    }
    j!({"orderInfo": info})
}
