//! The true cloud beside the true sandbox: both on the loopback network, both with clocks that are moved by hand.

use crate::world::{World, json, start};
use chrono::TimeDelta;
use refill_cloud::config::{Addresses, AlexaConfig, Config};
use refill_cloud::ids::AccountId;
use refill_cloud::seal::SealKey;
use refill_cloud::secret::{Door, Secret};
use refill_cloud::store::CodeRow;
use refill_sandbox::{Clock, Running, Sandbox};
use reqwest::Method;
use serde_json::{Value, json as j};
use uuid::Uuid;

pub const SKILL: &str = "amzn1.ask.skill.sandbox";
pub const ONE: &str = "amzn1.account.ONE";
const VENDOR: &str = "M2SAMPLEVENDOR";
pub const KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

pub struct Rehearsal {
    pub world: World,
    pub amazon: Running,
    events: std::sync::atomic::AtomicU32,
}

/// A customer of both sides.
pub struct Home {
    pub account: AccountId,
    pub token: String,
    pub device: String,
    pub credential: String,
}

impl Rehearsal {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut AlexaConfig)) -> Self {
        let sandbox = Sandbox::new(refill_sandbox::Config::default(), Clock::at(start(), 0), false).unwrap();
        let amazon = refill_sandbox::start(sandbox, ([127, 0, 0, 1], 0).into(), false).await.unwrap();
        let base = amazon.sandbox.base().to_owned();
        let url = |path: &str| format!("{base}{path}").parse::<url::Url>().unwrap();
        let mut alexa = AlexaConfig::new(
            "amzn1.application-oa2-client.sandbox-skill",
            "sandbox-skill-secret",
            SealKey::parse(KEY).unwrap(),
            "Sample Maker",
        );
        alexa.events = Addresses {
            north_america: Some(url("/na/v3/events")),
            europe: Some(url("/eu/v3/events")),
            far_east: Some(url("/fe/v3/events")),
        };
        alexa.tokens = Addresses::all(&url("/auth/o2/token"));
        alexa.skill_id = Some(SKILL.into());
        alexa.sign_in = Some(url("/ap/oa"));
        alexa.api = Addresses {
            north_america: Some(url("/na")),
            europe: Some(url("/eu")),
            far_east: Some(url("/fe")),
        };
        change(&mut alexa);
        let world = World::with(|config: &mut Config| {
            config.alexa = Some(alexa);
            config.clients[0].redirect_uris = vec![format!("{base}/api/skill/link/{VENDOR}")];
        })
        .await;
        let this = Self { world, amazon, events: 1.into() };
        this.introduce("/alexa/directive").await;
        this.world.catalogue().await;
        this
    }

    pub fn base(&self) -> &str {
        self.amazon.sandbox.base()
    }

    pub async fn board(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let request = self.world.http.request(method.clone(), format!("{}/_board{path}", self.base()));
        let request = if method == Method::GET { request } else { request.json(body) };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or(Value::Null))
    }

    /// Tells Amazon where the cloud is (again: its port changes with every start).
    pub async fn introduce(&self, endpoint: &str) {
        let (_, mut config) = self.board(Method::GET, "/config", &Value::Null).await;
        config["deduplicate"] = true.into();
        config["clients"][0]["redirectUris"] = j!([self.world.url("/alexa/return")]);
        config["skills"][0]["endpoint"] = self.world.url(endpoint).into();
        if endpoint.ends_with("europe") {
            config["skills"][0]["region"] = "eu".into();
        }
        config["skills"][0]["accountLinking"] = j!({
            "authorizationUrl": self.world.url("/oauth/authorize"),
            "accessTokenUrl": self.world.url("/oauth/token"),
            "clientId": "alexa", "clientSecret": crate::world::ALEXA_SECRET, "scopes": ["customer"],
        });
        let (status, answer) = self.board(Method::PUT, "/config", &config).await;
        assert_eq!(status, 204, "{answer}");
    }

    pub async fn restart(&mut self) {
        self.world.stop().await;
        self.world.start().await;
        self.introduce("/alexa/directive").await;
    }

    /// Nothing is left to be done before the clock moves.
    pub async fn settled(&self) {
        let app = self.world.server().app();
        let idle = app.relay.idle(app);
        tokio::time::timeout(std::time::Duration::from_secs(30), idle).await.expect("the relay rests");
    }

    pub async fn advance(&self, by: TimeDelta) {
        self.amazon.sandbox.advance(by).await;
        self.world.advance(by);
        self.settled().await;
    }

    /// A customer with a device, not linked.
    pub async fn home(&self, number: u32) -> Home {
        let (account, token) = self.world.customer(&format!("c{number}@example.com")).await;
        let (device, credential) = self.device(&token, number).await;
        Home { account, token, device, credential }
    }

    pub async fn device(&self, token: &str, number: u32) -> (String, String) {
        let form = j!({"model": "WASHER-1", "serial": format!("S{number}"), "name": "Washer"});
        let new = json(self.world.post("/v1/devices", token, &form).await, 201).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&new["device"]["id"]), text(&new["credential"]))
    }

    /// The skill invoker links the customer: our code, our tokens, AcceptGrant, Discover.
    pub async fn link(&self, home: &Home) -> (u16, Value) {
        let code = Secret::new(Door::Code, home.account).unwrap();
        let redirect_uri = format!("{}/api/skill/link/{VENDOR}", self.base());
        let row = CodeRow {
            account: home.account,
            hash: code.hash(),
            client: "alexa".into(),
            redirect_uri: redirect_uri.clone(),
            challenge: None,
            scope: "customer".into(),
            expires_at: self.world.server().app().clock.now_ms() + 60_000,
            used_for: None,
        };
        self.world.server().app().store.put_code(row).await.unwrap();
        let body = j!({"customer": ONE, "code": code.expose(), "redirectUri": redirect_uri});
        let linked = self.board(Method::POST, &format!("/skills/{SKILL}/link"), &body).await;
        self.settled().await;
        linked
    }

    pub async fn linked(&self) -> Home {
        let home = self.home(1).await;
        let (status, answer) = self.link(&home).await;
        assert!((200..300).contains(&status), "{status} {answer}");
        home
    }

    pub async fn act(&self, act: &str, mut body: Value) -> (u16, Value) {
        body["customer"] = ONE.into();
        self.board(Method::POST, &format!("/skills/{SKILL}/{act}"), &body).await
    }

    /// The device says something.
    pub async fn says(&self, home: &Home, instance: &str, kind: Value) {
        let number = self.events.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let event = j!({
            "id": Uuid::from_u128(u128::from(number)),
            "instance": instance,
            "observed_at": self.world.server().app().clock.now() - TimeDelta::seconds(30)
                + TimeDelta::milliseconds(i64::from(number)),
            "kind": kind,
        });
        let answer = self.world.post("/v1/device/events", &home.credential, &event).await;
        assert_eq!(json(answer, 200).await["outcome"], "stored");
    }

    pub async fn level(&self, home: &Home, percent: i64) {
        let amount = j!({"milli": percent * 1000, "unit": "PERCENT"});
        self.says(home, "salt", j!({"kind": "level_read", "level": {"is": "amount", "amount": amount}}))
            .await;
    }

    pub async fn uses(&self, home: &Home, instance: &str, milli: i64, unit: &str) {
        self.says(home, instance, j!({"kind": "consumed", "amount": {"milli": milli, "unit": unit}})).await;
    }

    pub async fn replaced(&self, home: &Home, instance: &str) {
        self.says(home, instance, j!({"kind": "replaced", "capacity": null, "from_shelf": true})).await;
    }

    pub async fn fault(&self, route: &str, times: Option<u32>, fault: Value) {
        let plan = j!({"route": route, "times": times, "fault": fault});
        let (status, answer) = self.board(Method::POST, "/faults", &plan).await;
        assert_eq!(status, 201, "{answer}");
    }

    pub async fn well(&self) {
        self.board(Method::DELETE, "/faults", &j!({})).await;
    }

    /// What came to a part, in order.
    pub async fn received(&self, route: &str) -> Vec<Value> {
        let path = format!("/received?route={route}&sent=false");
        let (_, all) = self.board(Method::GET, &path, &Value::Null).await;
        all["received"].as_array().unwrap().clone()
    }

    /// Names of the messages the gateway took, in order.
    pub async fn taken(&self) -> Vec<String> {
        let all = self.received("gateway").await;
        let name = |of: &Value| of["body"]["event"]["header"]["name"].as_str().unwrap_or("?").to_owned();
        all.iter().filter(|of| of["status"] == 202).map(name).collect()
    }

    /// Amazon's picture of one sensor.
    pub async fn sensor(&self, instance: &str) -> Value {
        let (_, all) = self.board(Method::GET, &format!("/endpoints?customer={ONE}"), &Value::Null).await;
        let sensors = all["endpoints"][0]["sensors"].as_array().unwrap_or_else(|| panic!("{all}")).clone();
        sensors.into_iter().find(|sensor| sensor["instance"] == instance).unwrap()
    }

    /// What the customer is shown of the link.
    pub async fn status(&self, home: &Home) -> Value {
        // A token of its own: days may have passed.
        let token = self.world.token(home.account, "customer").await;
        let status = json(self.world.get("/v1/alexa", &token).await, 200).await;
        self.settled().await;
        status
    }

    /// Moves on until nothing waits.
    pub async fn until_delivered(&self, home: &Home) {
        for _ in 0..40 {
            self.settled().await;
            if self.status(home).await["waiting"] == 0 {
                return;
            }
            self.advance(TimeDelta::minutes(2)).await;
        }
        panic!("something waits for ever: {}", self.status(home).await);
    }
}
