//! A household beside a true cloud on loopback, both on clocks that are moved by hand, and a person with a browser.

use crate::leaks::search_at_the_end;
use chrono::{DateTime, TimeDelta, Utc};
use refill_cloud::accounts::{AccountForm, make};
use refill_cloud::clock::{Clock as _, ManualClock as CloudClock};
use refill_cloud::config::{Client, Config as CloudConfig};
use refill_cloud::ids::{AccountId, GrantId};
use refill_cloud::secret::{Door, Secret};
use refill_cloud::serve::{self, Server};
use refill_cloud::store::{CodeRow, KeptToken, Pair, Redeem, Role};
use refill_domain::ids::{EntryId, SlotId};
use refill_domain::measure::Unit;
use refill_engine::api::Api as _;
use refill_engine::clock::ManualClock;
use refill_engine::engine::{Config, Engine};
use refill_engine::form::{RecordForm, Typed, What};
use refill_engine::link::vault::MemoryKeychain;
use refill_engine::view::{AccountView, CloudConnection, LinkState, Notice, Update};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::time::timeout;

/// How long to wait before a journey has failed; nothing takes a second of it.
pub const GUARD: Duration = Duration::from_secs(120);

/// How long Amazon may take to answer: journeys that make it silent wait for this.
const AMAZON_WITHIN: Duration = Duration::from_millis(500);

pub const EMAIL: &str = "one@example.com";
pub const PASSWORD: &str = "CANARY-correct-horse";

/// Saturday, 21 November 2026, 10:00 UTC.
pub fn beginning() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_255_200, 0).unwrap()
}

/// The cloud with one customer and a coffee machine.
/// A purchase of so many packs, as a person records it.
pub fn bought(id: EntryId, slot: SlotId, packs: &str) -> RecordForm {
    let packs = packs.into();
    let what = What::Bought { packs, content: None, asin: None, price: None, currency: None, shop: None };
    RecordForm { id, slot, on: None, note: None, amends: None, what }
}

pub struct Maker {
    pub clock: Arc<CloudClock>,
    pub folder: tempfile::TempDir,
    config: CloudConfig,
    server: Option<Server>,
    http: reqwest::Client,
    pub credential: String,
    pub device: String,
    reached: Option<String>,
}

impl Drop for Maker {
    fn drop(&mut self) {
        search_at_the_end(self.folder.path());
    }
}

pub fn model() -> Value {
    let slot = |instance: &str, name: &str, supply: &str, sensor: &str, unit: &str, pack: u32| json!({"instance": instance, "name": name, "supply": supply, "sensor": sensor, "unit": unit, "pack": pack});
    json!({"id": "BREW-1", "name": "Brew", "kind": "coffee_machine", "slots": [
        slot("capsules", "Capsules", "pods", "usage", "COUNT", 50_000),
        slot("filter", "Filter", "filter", "level", "PERCENT", 1000),
    ]})
}

impl Maker {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut CloudConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = CloudConfig { listen: ([127, 0, 0, 1], 0).into(), ..CloudConfig::default() };
        config.data = folder.path().to_owned();
        config.limits.sign_ins_per_minute = 1000;
        config.dash.vendor_code = Some("SAMPL".into());
        let back = ["http://127.0.0.1/callback"];
        config.clients = vec![Client::native("refill", "Refill", &back, &["customer"])];
        change(&mut config);
        let clock = Arc::new(CloudClock::at(beginning()));
        let server = serve::start(config.clone(), clock.clone()).await.unwrap();
        // The same address after every start.
        config.listen = server.address;
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let maker = Self {
            clock,
            folder,
            config,
            server: Some(server),
            http,
            credential: String::new(),
            device: String::new(),
            reached: None,
        };
        maker.app().store.put_model(serde_json::from_value(model()).unwrap()).await.unwrap();
        let form = AccountForm {
            role: Role::Customer,
            email: EMAIL.into(),
            name: "Customer One".into(),
            password: PASSWORD.into(),
        };
        make(maker.app(), form).await.map_err(|error| error.detail).unwrap();
        maker
    }

    pub fn app(&self) -> &refill_cloud::state::App {
        self.server.as_ref().unwrap().app()
    }

    pub fn address(&self) -> String {
        self.config.listen.to_string()
    }

    /// Others reach it at this address from now on, which leads to its own.
    pub async fn reached_at(&mut self, address: std::net::SocketAddr) {
        self.config.public_url = Some(format!("http://{address}").parse().unwrap());
        self.stop().await;
        self.start().await;
        self.reached = Some(address.to_string());
    }

    /// Takes as much as comes, after its next start.
    pub fn unlimited(&mut self) {
        self.config.limits.events_burst = 1_000_000;
        self.config.limits.events_per_minute = 1_000_000;
    }

    pub async fn stop(&mut self) {
        self.server.take().unwrap().stop().await;
    }

    pub async fn start(&mut self) {
        self.server = Some(serve::start(self.config.clone(), self.clock.clone()).await.unwrap());
    }

    pub async fn ask(&self, method: Method, path: &str, token: &str, body: &Value) -> Value {
        let request =
            self.http.request(method, format!("http://{}{path}", self.address())).bearer_auth(token);
        let request = if body.is_null() { request } else { request.json(body) };
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// A token of the customer's, straight from the store.
    pub async fn token(&self) -> String {
        self.tokens_for("refill").await.0
    }

    /// The same for any client.
    pub async fn token_for(&self, client: &str) -> String {
        self.tokens_for(client).await.0
    }

    /// One that opens the account for an hour, and the one that gets the next.
    pub async fn tokens(&self) -> (String, String) {
        self.tokens_for("refill").await
    }

    async fn tokens_for(&self, client: &str) -> (String, String) {
        let (store, now) = (&self.app().store, self.clock.now().timestamp_millis());
        let account = self.account().await;
        let new = |door| Secret::new(door, account).unwrap();
        let (code, access, refresh) = (new(Door::Code), new(Door::Access), new(Door::Refresh));
        let row = CodeRow {
            account,
            hash: code.hash(),
            client: client.into(),
            redirect_uri: "http://127.0.0.1/callback".into(),
            challenge: None,
            scope: "customer".into(),
            expires_at: now + 1000,
            used_for: None,
        };
        store.put_code(row).await.unwrap();
        let kept = |secret: &Secret| KeptToken { hash: secret.hash(), expires_at: now + 3_600_000 };
        let pair = Pair { access: kept(&access), refresh: kept(&refresh) };
        let grant = GrantId(self.clock.new_id());
        assert!(store.redeem_code(Redeem { account, code: code.hash(), grant, pair, now }).await.unwrap());
        (access.expose().to_owned(), refresh.expose().to_owned())
    }

    /// Registers a device, as the maker's own app would.
    pub async fn register(&mut self, serial: &str) {
        let token = self.token().await;
        let form = json!({"model": "BREW-1", "serial": serial, "name": "Espresso machine"});
        let made = self.ask(Method::POST, "/v1/devices", &token, &form).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (self.device, self.credential) = (text(&made["device"]["id"]), text(&made["credential"]));
    }

    /// The device says something.
    pub async fn says(&self, instance: &str, kind: Value) {
        self.said_at(self.clock.now(), instance, kind).await;
    }

    async fn said_at(&self, at: DateTime<Utc>, instance: &str, kind: Value) {
        let id = self.clock.new_id();
        let event = json!({"id": id, "instance": instance, "observed_at": at, "kind": kind});
        self.ask(Method::POST, "/v1/device/events", &self.credential, &event).await;
    }

    pub async fn uses(&self, milli: i64) {
        self.says("capsules", json!({"kind": "consumed", "amount": {"milli": milli, "unit": "COUNT"}})).await;
    }

    /// Capsules were used at a moment.
    pub async fn used_at(&self, at: DateTime<Utc>, milli: i64) {
        let kind = json!({"kind": "consumed", "amount": {"milli": milli, "unit": "COUNT"}});
        self.said_at(at, "capsules", kind).await;
    }

    /// A person at the maker's page: signs in, answers, and gives the address the browser is sent back to.
    pub async fn browse(&self, url: &str, decision: &str) -> String {
        let mut cookie = String::new();
        let mut page = self.http.get(url).send().await.unwrap();
        for fields in [vec![("email", EMAIL), ("password", PASSWORD)], vec![("decision", decision)]] {
            if let Some(set) = page.headers().get("set-cookie") {
                cookie = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            }
            let text = page.text().await.unwrap();
            let hidden = |name: &str| {
                let start = format!("name=\"{name}\" value=\"");
                let rest = text.split_once(&start).unwrap_or_else(|| panic!("no {name} in {text}")).1;
                rest.split('"').next().unwrap().replace("&amp;", "&")
            };
            let action = if fields.len() == 2 { "/oauth/sign-in" } else { "/oauth/consent" };
            let (token, request) = (hidden("form_token"), hidden("request"));
            let mut form: HashMap<&str, &str> = fields.into_iter().collect();
            form.extend([("form_token", token.as_str()), ("request", request.as_str())]);
            let to = format!("http://{}{action}", self.address());
            let answer = self.http.post(to).header("cookie", &cookie).form(&form).send().await.unwrap();
            let back = answer.headers()["location"].to_str().unwrap().to_owned();
            if action == "/oauth/consent" {
                return back;
            }
            if let Some(set) = answer.headers().get("set-cookie") {
                cookie = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            }
            let next = format!("http://{}{back}", self.address());
            page = self.http.get(next).header("cookie", &cookie).send().await.unwrap();
        }
        unreachable!("consent ends it")
    }

    /// The customer's account.
    pub async fn account(&self) -> AccountId {
        self.app().store.login(EMAIL.into()).await.unwrap().unwrap().account.id
    }

    /// [`Self::follow`], where nobody may listen yet.
    pub async fn follow_maybe(&self, url: &str) -> Option<u16> {
        Some(self.http.get(url).send().await.ok()?.status().as_u16())
    }

    /// Follows an address, as a browser does, and gives the status.
    pub async fn follow(&self, url: &str) -> u16 {
        self.http.get(url).send().await.unwrap().status().as_u16()
    }
}

/// A household that can be linked.
pub struct Home {
    pub folder: tempfile::TempDir,
    pub clock: Arc<ManualClock>,
    pub keychain: Arc<MemoryKeychain>,
    pub engine: Engine,
    updates: broadcast::Receiver<Update>,
    notices: bool,
}

fn engine(
    folder: &std::path::Path,
    clock: &Arc<ManualClock>,
    keychain: &Arc<MemoryKeychain>,
    notices: bool,
) -> Engine {
    let config = Config::new(folder.to_owned(), clock.clone());
    let (keychain, amazon_within) = (keychain.clone(), AMAZON_WITHIN);
    Engine::start(Config { keychain, polling: false, notices, amazon_within, ..config }).unwrap()
}

impl Drop for Home {
    fn drop(&mut self) {
        search_at_the_end(self.folder.path());
    }
}

impl Home {
    pub fn new() -> Self {
        Self::with(MemoryKeychain::default())
    }

    pub fn with(keychain: MemoryKeychain) -> Self {
        Self::made(keychain, false)
    }

    /// One whose notices somebody shows.
    pub fn telling() -> Self {
        Self::made(MemoryKeychain::default(), true)
    }

    fn made(keychain: MemoryKeychain, notices: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (clock, keychain) = (Arc::new(ManualClock::at(beginning())), Arc::new(keychain));
        let engine = engine(folder.path(), &clock, &keychain, notices);
        let updates = engine.updates();
        Self { folder, clock, keychain, engine, updates, notices }
    }

    pub async fn stop(&self) {
        timeout(GUARD, self.engine.stop()).await.expect("the engine stops");
    }

    pub async fn restart(&mut self) {
        self.stop().await;
        self.start().await;
    }

    pub async fn start(&mut self) {
        self.engine = engine(self.folder.path(), &self.clock, &self.keychain, self.notices);
        self.updates = self.engine.updates();
        self.engine.state().await.unwrap();
    }

    pub async fn until<T>(&mut self, what: &str, look: impl AsyncFn(&Engine) -> Option<T>) -> T {
        loop {
            if let Some(seen) = look(&self.engine).await {
                return seen;
            }
            match timeout(GUARD, self.updates.recv()).await {
                Ok(Ok(_) | Err(broadcast::error::RecvError::Lagged(_))) => {}
                Ok(Err(broadcast::error::RecvError::Closed)) => panic!("the engine ended before {what}"),
                Err(_) => panic!("never: {what}; {:?}", self.account().await),
            }
        }
    }

    /// Passes over what was told until now: each of it would make [`Self::until`] look again.
    pub fn pass_over(&mut self) {
        self.updates = self.engine.updates();
    }

    /// The next notice.
    pub async fn notice(&mut self) -> Notice {
        loop {
            match timeout(GUARD, self.updates.recv()).await.expect("a notice never came") {
                Ok(Update::Notice { notice }) => return notice,
                Ok(_) => {}
                Err(cause) => panic!("{cause}"),
            }
        }
    }

    /// Lets the moment pass in which changes come together.
    pub async fn settle(&self) {
        // What was asked before is done with when this is answered.
        self.engine.looked().await.unwrap();
        self.clock.advance(TimeDelta::seconds(3));
    }

    /// Waits until the look that is due was made, and asserts that it told nothing.
    pub async fn looked(&mut self) {
        timeout(GUARD, self.engine.looked()).await.expect("it looks").unwrap();
        while let Ok(update) = self.updates.try_recv() {
            assert!(!matches!(update, Update::Notice { .. }), "{update:?}");
        }
    }

    pub async fn account(&self) -> AccountView {
        self.engine.account().await.unwrap()
    }

    /// Waits until everything is known and nothing waits to be sent.
    pub async fn in_step(&mut self) {
        self.until("in step", async |engine| {
            let account = engine.account().await.unwrap();
            let listening =
                matches!(account.state, LinkState::Linked { connection: CloudConnection::Listening {}, .. });
            (listening && account.waiting == 0).then_some(())
        })
        .await;
    }

    /// Waits for the next thing the engine tells, or for nothing where it tells nothing any more.
    pub async fn step(&mut self) {
        let soon = Duration::from_millis(200);
        if let Ok(Err(broadcast::error::RecvError::Closed)) = timeout(soon, self.updates.recv()).await {
            panic!("the engine ended");
        }
    }

    /// Links, through the maker's pages and back to the loopback address.
    pub async fn link(&mut self, maker: &Maker) {
        let address = maker.reached.clone().unwrap_or_else(|| maker.address());
        let begun = self.engine.begin_link(address).await.unwrap();
        let back = maker.browse(&begun.url, "allow").await;
        assert_eq!(maker.follow(&back).await, 200);
        self.in_step().await;
    }

    pub async fn slot(&self, name: &str) -> Option<SlotId> {
        let supplies = self.engine.supplies().await.unwrap();
        supplies.rows.iter().find(|row| row.name == name).map(|row| row.slot)
    }

    /// A person buys so many packs.
    pub async fn buy(&self, slot: SlotId, packs: &str) -> EntryId {
        use refill_engine::clock::Clock as _;
        let id = EntryId(self.clock.new_id());
        self.engine.record(bought(id, slot, packs)).await.unwrap();
        id
    }

    /// Counts what is left of a supply that is one pool.
    pub async fn count(&self, slot: SlotId, pieces: &str) {
        let typed = Typed { text: pieces.into(), unit: Unit::Count };
        let what = What::Counted { level: Some(typed), shelf: None };
        let id = EntryId(refill_engine::clock::Clock::new_id(&*self.clock));
        let form = RecordForm { id, slot, on: None, note: None, amends: None, what };
        self.engine.record(form).await.unwrap();
    }

    pub fn advance(&self, maker: &Maker, by: TimeDelta) {
        self.clock.advance(by);
        maker.clock.advance(by);
    }
}
