//! A server of its own for each test, with a folder, a clock that stands still, and accounts in it.

use chrono::{DateTime, TimeDelta, Utc};
use refill_cloud::accounts::{AccountForm, make};
use refill_cloud::clock::{Clock, ManualClock};
use refill_cloud::config::{Client, Config};
use refill_cloud::ids::{AccountId, GrantId};
use refill_cloud::secret::{Door, Secret};
use refill_cloud::serve::{self, Server};
use refill_cloud::store::{CodeRow, KeptToken, Pair, Redeem, Role};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json as j};
use std::sync::Arc;

pub const PASSWORD: &str = "correct horse battery";
pub const ALEXA_SECRET: &str = "secret-of-alexa-CANARY";

pub struct World {
    pub clock: Arc<ManualClock>,
    pub http: reqwest::Client,
    folder: tempfile::TempDir,
    server: Option<Server>,
    config: Config,
}

/// Midnight of a day in 2026.
pub fn start() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_790_000_000_000).unwrap()
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config { listen: ([127, 0, 0, 1], 0).into(), ..Config::default() };
        config.data = folder.path().to_owned();
        config.limits.sign_ins_per_minute = 1000;
        let app = ["http://127.0.0.1/callback", "http://[::1]/callback", "com.example.refill:/callback"];
        let every = ["customer", "staff", "administrator"];
        config.clients = vec![
            Client::alexa("alexa", ALEXA_SECRET, "M2AAAAAAAAAAAA"),
            Client::native("refill", "Refill", &app, &every),
        ];
        change(&mut config);
        let clock = Arc::new(ManualClock::at(start()));
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let server = serve::start(config.clone(), clock.clone()).await.unwrap();
        Self { clock, http, folder, server: Some(server), config }
    }

    /// The file everything is in.
    pub fn database(&self) -> std::path::PathBuf {
        self.config.data.join("cloud.db-wal")
    }

    pub fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub async fn stop(&mut self) {
        self.server.take().unwrap().stop().await;
    }

    pub async fn start(&mut self) {
        self.server = Some(serve::start(self.config.clone(), self.clock.clone()).await.unwrap());
    }

    pub fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server().address)
    }

    pub fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    pub async fn get(&self, path: &str, token: &str) -> Response {
        self.ask(Method::GET, path).bearer_auth(token).send().await.unwrap()
    }

    pub async fn post(&self, path: &str, token: &str, body: &Value) -> Response {
        self.ask(Method::POST, path).bearer_auth(token).json(body).send().await.unwrap()
    }

    pub async fn account(&self, role: Role, email: &str) -> AccountId {
        let form =
            AccountForm { role, email: email.into(), name: "Somebody".into(), password: PASSWORD.into() };
        make(self.server().app(), form).await.map_err(|error| error.detail).unwrap().id
    }

    /// A token for an account with the scope of its role, straight from the store.
    pub async fn token(&self, account: AccountId, scope: &str) -> String {
        self.token_of(account, scope, "refill").await
    }

    /// A token that another client holds.
    pub async fn token_of(&self, account: AccountId, scope: &str, client: &str) -> String {
        let (store, now) = (&self.server().app().store, self.clock.now_ms());
        let new = |door| Secret::new(door, account).unwrap();
        let (code, access, refresh) = (new(Door::Code), new(Door::Access), new(Door::Refresh));
        let row = CodeRow {
            account,
            hash: code.hash(),
            client: client.into(),
            redirect_uri: "http://127.0.0.1/callback".into(),
            challenge: None,
            scope: scope.into(),
            expires_at: now + 1000,
            used_for: None,
        };
        store.put_code(row).await.unwrap();
        let kept = |secret: &Secret| KeptToken { hash: secret.hash(), expires_at: now + 3_600_000 };
        let pair = Pair { access: kept(&access), refresh: kept(&refresh) };
        let grant = GrantId(self.clock.new_id());
        assert!(store.redeem_code(Redeem { account, code: code.hash(), grant, pair, now }).await.unwrap());
        access.expose().to_owned()
    }

    pub async fn customer(&self, email: &str) -> (AccountId, String) {
        let account = self.account(Role::Customer, email).await;
        let token = self.token(account, "customer").await;
        (account, token)
    }

    /// A customer with a device: its account's token, the device as it is shown, and its credential.
    pub async fn household(&self, number: u32) -> (String, Value, String) {
        let (_, token) = self.customer(&format!("c{number}@example.com")).await;
        self.catalogue().await;
        let form = j!({"model": "WASHER-1", "serial": format!("S{number}"), "name": "Washer"});
        let new = json(self.post("/v1/devices", &token, &form).await, 201).await;
        (token, new["device"].clone(), new["credential"].as_str().unwrap().to_owned())
    }

    /// Puts the model of [`World::household`] into the catalogue.
    pub async fn catalogue(&self) {
        let model = serde_json::from_value(model()).unwrap();
        assert!(self.server().app().store.put_model(model).await.unwrap());
    }

    pub async fn administrator(&self) -> String {
        let account = self.account(Role::Administrator, "admin@example.com").await;
        self.token(account, "administrator").await
    }
}

/// The answer's JSON, which must come with this status.
pub async fn json(response: Response, status: u16) -> Value {
    let (got, text) = (response.status(), response.text().await.unwrap());
    assert_eq!(got, StatusCode::from_u16(status).unwrap(), "{text}");
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"))
}

/// The code of a refusal, which must be a whole problem.
pub async fn refusal(response: Response, status: u16) -> String {
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let problem = json(response, status).await;
    assert_eq!(kind, "application/problem+json");
    assert_eq!(problem["request_id"], id);
    assert_eq!(problem["status"], status);
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.len() > 5), "{problem}");
    let code = problem["code"].as_str().unwrap().to_owned();
    assert_eq!(problem["type"], format!("urn:refill:problem:{code}"));
    code
}

/// A model with a level, a use and a duration.
pub fn model() -> Value {
    let slot = |instance: &str, sensor: &str, unit: &str| j!({"instance": instance, "name": instance, "supply": "other", "sensor": sensor, "unit": unit, "pack": 1000});
    j!({"id": "WASHER-1", "name": "Washer", "kind": "washing_machine", "slots": [
        slot("salt", "level", "PERCENT"),
        slot("soap", "usage", "MILLILITER"),
        slot("filter", "level_usage", "HOUR"),
    ]})
}

/// An event of such a device: `soap` used, ten minutes ago less `number` seconds.
pub fn used(number: u32, milli: i64) -> Value {
    let at = start() - TimeDelta::seconds(600 - i64::from(number));
    let kind = j!({"kind": "consumed", "amount": {"milli": milli, "unit": "MILLILITER"}});
    j!({"id": uuid::Uuid::from_u128(u128::from(number)), "instance": "soap", "observed_at": at, "kind": kind})
}
