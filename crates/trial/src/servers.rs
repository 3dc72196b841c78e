//! The maker's cloud and Amazon's side on loopback, on free ports, introduced to each other: what `npm run cloud` does with
//! two programs. Their secrets are made for the trial and end with it. Neither calls anything that is not of this
//! computer.

use crate::clock::TrialClock;
use crate::household::DEVICES;
use anyhow::{Context, bail};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use refill_cloud::config::{Addresses, AlexaConfig, Client, Config};
use refill_cloud::ids::AccountId;
use refill_cloud::relay::Relay;
use refill_cloud::seal::SealKey;
use refill_cloud::secret::{Door, Secret};
use refill_cloud::serve;
use refill_cloud::state::Shared;
use refill_cloud::store::{Account, CodeRow, NewAccount, Role};
use refill_sandbox::{Clock, Model, OrderTimes, Product, Running, Sandbox};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// The maker.
pub const MAKER: &str = "Larkfield";

/// The skill and the customer as Amazon knows them.
const SKILL: &str = "amzn1.ask.skill.sandbox";
const CUSTOMER: &str = "amzn1.account.ONE";

/// Hours from an order to the moment it is placed, shipped and there.
const PLACED: i64 = 2;
const SHIPPED: i64 = 20;
const DELIVERED: i64 = 52;

/// Both sides come to rest in less; one that does not is not waited for any longer.
const REST: Duration = Duration::from_secs(5);

/// Between two looks at whether they have.
const LOOK: Duration = Duration::from_millis(4);

/// Longer than any answer on loopback takes; after it something is wrong.
const PATIENCE: Duration = Duration::from_secs(10);

/// Both sides, running.
pub struct Servers {
    cloud: serve::Server,
    amazon: Running,
    http: reqwest::Client,
}

/// A new secret.
fn secret() -> anyhow::Result<[u8; 32]> {
    refill_cloud::secret::random()
}

fn word() -> anyhow::Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(secret()?))
}

fn key() -> anyhow::Result<SealKey> {
    SealKey::parse(&STANDARD.encode(secret()?))
}

/// Who the servers are set up for.
#[derive(Debug)]
pub struct Maker {
    /// What they are called.
    pub name: String,
    /// Their models at the older service, by id.
    pub models: BTreeMap<String, Model>,
    /// The base of an address on this computer that stands between the two: what the cloud tells Alexa goes to
    /// `/amazon…` below it, and what Alexa asks the skill to `/cloud…`. Without one they speak directly.
    pub between: Option<String>,
}

impl Maker {
    /// The maker of the sample household.
    pub fn sample() -> Self {
        let ordered = DEVICES.iter().filter(|device| device.ordered);
        let model = |device: &crate::household::Device| {
            let slots = device.supplies.iter().map(|supply| {
                let (asin, quantity, unit) = supply.product;
                let product = Product { asin: asin.to_owned(), quantity, unit: unit.to_owned() };
                (supply.instance.to_owned(), product)
            });
            (device.model.to_owned(), Model { live: true, slots: slots.collect() })
        };
        Self { name: MAKER.to_owned(), models: ordered.map(model).collect(), between: None }
    }
}

/// What Amazon knows of the maker: models with what each slot is refilled with, and how long orders take.
fn consoles(maker: &Maker) -> anyhow::Result<refill_sandbox::Config> {
    let mut config = refill_sandbox::Config::default();
    for client in &mut config.clients {
        client.secret = word()?;
    }
    config.models = maker.models.clone();
    let hours = |hours: i64| hours * 3600;
    config.orders = OrderTimes {
        placed: hours(PLACED),
        shipped: hours(SHIPPED),
        delivered: hours(DELIVERED),
        ..OrderTimes::default()
    };
    // Its other way of signing is for topics that still default to it.
    config.topic.signature_version = 2;
    Ok(config)
}

/// The settings of a cloud that believes this Amazon, as a developer's does.
fn settings(
    data: PathBuf,
    amazon: &str,
    consoles: &refill_sandbox::Config,
    between: &str,
    maker: &Maker,
) -> anyhow::Result<Config> {
    let mut config = Config { listen: ([127, 0, 0, 1], 0).into(), data, ..Config::default() };
    let at = |path: &str| Url::parse(&format!("{amazon}{path}")).context("An address on loopback");
    let [skill, dash] = consoles.clients.as_slice() else { bail!("Amazon knows two clients") };
    let [of_skill] = consoles.skills.as_slice() else { bail!("Amazon knows one skill") };
    maker.name.clone_into(&mut config.maker);
    config.store.readers = 1;
    let mut alexa = Client::alexa("alexa", between, &of_skill.vendor_id);
    alexa.redirect_uris = vec![back(amazon, &of_skill.vendor_id)];
    let refill = Client::native("refill", "Refill", &["http://127.0.0.1/callback"], &["customer"]);
    config.clients = vec![alexa, refill];
    let mut events = AlexaConfig::new(&skill.id, &skill.secret, key()?, &maker.name);
    let gateway =
        maker.between.as_ref().map_or_else(|| amazon.to_owned(), |between| format!("{between}/amazon"));
    let gateway = |path: &str| Url::parse(&format!("{gateway}{path}")).context("An address on loopback");
    events.events = Addresses {
        north_america: Some(gateway("/na/v3/events")?),
        europe: Some(gateway("/eu/v3/events")?),
        far_east: Some(gateway("/fe/v3/events")?),
    };
    events.tokens = Addresses::all(&at("/auth/o2/token")?);
    config.alexa = Some(events);
    config.sns.topics = vec![consoles.topic.arn.clone()];
    config.sns.rehearsal = Some(format!("{amazon}/sns"));
    config.drs.client_id = Some(dash.id.clone());
    amazon.clone_into(&mut config.drs.service);
    config.drs.authorize_url = at("/ap/oa")?.into();
    config.drs.token_url = at("/auth/o2/token")?.into();
    config.drs.with_secrets(&dash.secret, key()?);
    Ok(config)
}

/// Where Alexa has customers come back to.
fn back(amazon: &str, vendor: &str) -> String {
    format!("{amazon}/api/skill/link/{vendor}")
}

impl Servers {
    /// Starts both.
    ///
    /// # Errors
    /// A port, a key or the disk can't be had.
    pub async fn start(data: PathBuf, clock: Arc<TrialClock>, maker: &Maker) -> anyhow::Result<Self> {
        let mut consoles = consoles(maker)?;
        let sandbox = Sandbox::new(consoles.clone(), Clock::at(clock.time(), 0), false)?;
        let amazon = refill_sandbox::start(sandbox, ([127, 0, 0, 1], 0).into(), false).await?;
        let base = amazon.sandbox.base().to_owned();
        // Alexa proves itself to the cloud with a secret that only the two of them know.
        let between = word()?;
        let config = settings(data, &base, &consoles, &between, maker)?;
        let cloud = match serve::start(config, clock).await {
            Ok(cloud) => cloud,
            Err(why) => {
                amazon.stop().await;
                return Err(why);
            }
        };
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .build()?;
        let servers = Self { cloud, amazon, http };
        if let Err(why) = servers.introduce(&mut consoles, &between, maker).await {
            servers.stop().await;
            return Err(why);
        }
        Ok(servers)
    }

    /// Tells Amazon where the cloud is.
    async fn introduce(
        &self,
        consoles: &mut refill_sandbox::Config,
        between: &str,
        maker: &Maker,
    ) -> anyhow::Result<()> {
        if let Some(dash) = consoles.clients.get_mut(1) {
            dash.redirect_uris = vec![self.at("/drs/return")];
        }
        if let Some(skill) = consoles.skills.first_mut() {
            let cloud = maker.between.as_ref().map(|between| format!("{between}/cloud/alexa/directive"));
            skill.endpoint = Some(cloud.unwrap_or_else(|| self.at("/alexa/directive")));
            skill.account_linking = Some(refill_sandbox::Linking {
                authorization_url: self.at("/oauth/authorize"),
                access_token_url: self.at("/oauth/token"),
                access_token_scheme: refill_sandbox::Scheme::default(),
                client_id: "alexa".to_owned(),
                client_secret: between.to_owned(),
                scopes: vec!["customer".to_owned()],
            });
        }
        self.board(Method::PUT, "/config", &serde_json::to_value(consoles)?).await?;
        self.board(Method::POST, "/sns/subscribe", &json!({"endpoint": self.at("/sns")})).await?;
        Ok(())
    }

    /// The cloud from within.
    pub fn cloud(&self) -> &Shared {
        self.cloud.app()
    }

    /// Amazon from within.
    pub fn amazon(&self) -> &Sandbox {
        &self.amazon.sandbox
    }

    /// The relay of the cloud.
    pub fn relay(&self) -> &Relay {
        &self.cloud().relay
    }

    /// The cloud's address, as a person types it.
    pub fn address(&self) -> String {
        self.cloud.address.to_string()
    }

    /// A page or a call of the cloud's.
    pub fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.cloud.address)
    }

    /// Asks the cloud in somebody's name.
    ///
    /// # Errors
    /// It can't be asked, or refuses.
    pub async fn ask(&self, path: &str, token: &str, body: &Value) -> anyhow::Result<Value> {
        let asked = self.http.post(self.at(path)).bearer_auth(token);
        told(asked.header("content-type", "application/json").body(body.to_string()).send().await?, path)
            .await
    }

    /// Acts for Amazon and its customer.
    ///
    /// # Errors
    /// It can't be asked, or refuses.
    pub async fn board(&self, method: Method, path: &str, body: &Value) -> anyhow::Result<Value> {
        let url = format!("{}/_board{path}", self.amazon().base());
        let asked = self.http.request(method, url);
        let asked = match body {
            Value::Null => asked,
            body => asked.header("content-type", "application/json").body(body.to_string()),
        };
        told(asked.send().await?, path).await
    }

    /// Goes to a page of Amazon's where the customer agrees at once, and comes back to the cloud with the answer.
    ///
    /// # Errors
    /// A page is not the one that leads on.
    pub async fn agree(&self, url: &str) -> anyhow::Result<()> {
        let page = self.http.get(url).send().await?;
        let back = page.headers().get("location").context("Amazon's page leads nowhere")?;
        let back = self.http.get(back.to_str()?).send().await?;
        anyhow::ensure!(back.status().is_success(), "coming back was answered with {}", back.status());
        Ok(())
    }

    /// Lets Alexa in with a code of the customer's, and has it look for devices.
    ///
    /// # Errors
    /// The skill is not taken.
    pub async fn enable_skill(&self, code: &str, redirect: &str) -> anyhow::Result<()> {
        let told = self.skill("link", &json!({"code": code, "redirectUri": redirect})).await?;
        told.map(|_| ()).map_err(anyhow::Error::msg)
    }

    /// Has Alexa do something with the skill for the customer: `link`, `discover` and the other acts of the board. What
    /// the skill did wrong is a sentence.
    ///
    /// # Errors
    /// Amazon's side can't be asked.
    pub async fn skill(&self, act: &str, more: &Value) -> anyhow::Result<Result<Value, String>> {
        let mut body = more.clone();
        if let Some(members) = body.as_object_mut() {
            members.insert("customer".to_owned(), json!(CUSTOMER));
        }
        let url = format!("{}/_board/skills/{SKILL}/{act}", self.amazon().base());
        let asked = self.http.post(url).header("content-type", "application/json").body(body.to_string());
        let answer = asked.send().await?;
        if answer.status() != StatusCode::UNPROCESSABLE_ENTITY {
            return told(answer, act).await.map(Ok);
        }
        let wrong: Value = serde_json::from_str(&answer.text().await?).unwrap_or_default();
        let part = |name: &str| wrong[name].as_str().unwrap_or_default().to_owned();
        Ok(Err(format!("{} {} ({})", part("path"), part("why"), part("section"))))
    }

    /// A code of a customer's for a client, as the page of consent hands one out; good for five minutes.
    ///
    /// # Errors
    /// The disk refuses.
    pub async fn code(
        &self,
        account: AccountId,
        client: &str,
        redirect: &str,
        challenge: Option<String>,
    ) -> anyhow::Result<String> {
        let code = Secret::new(Door::Code, account)?;
        let ends = self.cloud().clock.now() + TimeDelta::minutes(5);
        let row = CodeRow {
            account,
            hash: code.hash(),
            client: client.to_owned(),
            redirect_uri: redirect.to_owned(),
            challenge,
            scope: "customer".to_owned(),
            expires_at: ends.timestamp_millis(),
            used_for: None,
        };
        self.cloud().store.put_code(row).await?;
        Ok(code.expose().to_owned())
    }

    /// Puts a customer into the cloud, who signs in nowhere.
    ///
    /// # Errors
    /// The disk refuses, or there is one of this address.
    pub async fn customer(&self, id: AccountId, email: &str, name: String) -> anyhow::Result<()> {
        let created_at = self.cloud().clock.now().timestamp_millis();
        let account = Account { id, role: Role::Customer, email: email.to_owned(), name, created_at };
        // No password has this as its hash.
        let new = NewAccount { account, password: "-".to_owned() };
        anyhow::ensure!(self.cloud().store.create_account(new).await?, "the customer is there already");
        Ok(())
    }

    /// Waits until nothing is left to be done on either side before time goes on; says whether that came to be.
    pub async fn rest(&self) -> bool {
        let app = self.cloud();
        let rested = async {
            loop {
                self.amazon().settle().await;
                self.relay().idle(app).await;
                let now = app.clock.now().timestamp_millis();
                let drs = app.store.drs_due(now, 1).await.map(|(due, _)| due.is_empty());
                let arrivals = app.store.due(now, 1).await.map(|due| due.devices.is_empty());
                if drs.unwrap_or(true) && arrivals.unwrap_or(true) {
                    return;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(REST, rested).await.is_ok()
    }

    /// Where Alexa has its customers come back to.
    pub fn skill_return(&self) -> anyhow::Result<String> {
        let alexa = self.cloud().client("alexa").context("The cloud knows Alexa")?;
        alexa.redirect_uris.first().cloned().context("Alexa comes back")
    }

    /// Ends both.
    pub async fn stop(self) {
        self.cloud.stop().await;
        self.amazon.stop().await;
    }
}

async fn told(answer: Response, path: &str) -> anyhow::Result<Value> {
    let (status, text) = (answer.status(), answer.text().await?);
    anyhow::ensure!(status.is_success(), "{path} was answered with {status}: {text}");
    Ok(serde_json::from_str(&text).unwrap_or_default())
}
