//! Amazon's side, which lives on while the server is killed, and what it got.

use crate::SKILL_SECRET;
use refill_sandbox::{Clock, Config, Running, Sandbox};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const SKILL: &str = "amzn1.ask.skill.sandbox";

pub struct Amazon {
    running: Running,
    http: reqwest::Client,
    /// The last request that was looked at.
    after: u64,
    /// Message ids that were taken in, by the thousandths that they told as used.
    pub used: BTreeMap<u64, BTreeSet<String>>,
    /// How often each message about a use came.
    pub came: BTreeMap<String, u32>,
    /// The level that was told last, with the latest time it was of.
    pub level: Option<Value>,
}

impl Amazon {
    pub async fn new() -> Self {
        let sandbox = Sandbox::new(Config::default(), Clock::system(1), false).unwrap();
        let running = refill_sandbox::start(sandbox, ([127, 0, 0, 1], 0).into(), false).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let (used, came) = (BTreeMap::new(), BTreeMap::new());
        Self { running, http, after: 0, used, came, level: None }
    }

    pub fn base(&self) -> &str {
        self.running.sandbox.base()
    }

    async fn board(&self, ask: reqwest::RequestBuilder) -> Value {
        let response = ask.send().await.unwrap();
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert!(status.is_success(), "{status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// The customer links the skill of the server at this address.
    pub async fn link(&self, cloud: &str, code: &str) {
        let at = |path: &str| format!("{}/_board{path}", self.base());
        let mut config = self.board(self.http.get(at("/config"))).await;
        config["deduplicate"] = true.into();
        config["skills"][0]["endpoint"] = format!("{cloud}alexa/directive").into();
        config["skills"][0]["accountLinking"] = json!({
            "authorizationUrl": format!("{cloud}oauth/authorize"), "accessTokenUrl": format!("{cloud}oauth/token"),
            "clientId": "alexa", "clientSecret": SKILL_SECRET, "scopes": ["customer"],
        });
        self.board(self.http.put(at("/config")).json(&config)).await;
        let back = format!("{}/api/skill/link/V1", self.base());
        let body = json!({"customer": "amzn1.account.ONE", "code": code, "redirectUri": back});
        self.board(self.http.post(at(&format!("/skills/{SKILL}/link"))).json(&body)).await;
    }

    /// Reads what came since the last look.
    pub async fn look(&mut self) {
        loop {
            let path =
                format!("{}/_board/received?route=gateway&sent=false&after={}", self.base(), self.after);
            let page = self.board(self.http.get(path)).await["received"].take();
            let page = page.as_array().unwrap().clone();
            for of in &page {
                self.after = of["seq"].as_u64().unwrap();
                self.take(of);
            }
            if page.is_empty() {
                return;
            }
        }
    }

    fn take(&mut self, of: &Value) {
        assert!(of["refused"].is_null(), "Amazon refuses nothing: {of}");
        let event = &of["body"]["event"];
        if event["header"]["name"] == "ChangeReport" {
            let told = &event["payload"]["change"]["properties"];
            self.level = Some(told[0]["value"]["value"].clone());
        } else if event["header"]["name"] == "InventoryConsumed" {
            let id = event["header"]["messageId"].as_str().unwrap().to_owned();
            let millilitres = event["payload"]["usage"]["value"].as_f64().unwrap();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and positive")]
            let milli = (millilitres * 1000.0).round() as u64;
            *self.came.entry(id.clone()).or_default() += 1;
            self.used.entry(milli).or_default().insert(id);
        }
    }
}
