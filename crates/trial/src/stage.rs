//! The trial's whole world but the desktop: both servers with the sample maker and its customer in them, the weeks before
//! told, the devices registered and linked in both ways, and the half hours that follow, one at a time. A half hour is
//! over when nothing is left to be done on either side.

use crate::clock::{STEP, TrialClock};
use crate::household::{Act, CANCELLED, DEVICES, Device, Story};
use crate::servers::{Maker, Servers};
use anyhow::{Context, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use refill_cloud::catalogue::{Model, ModelSlot};
use refill_cloud::ids::{AccountId, GrantId};
use refill_cloud::secret::{Door, Secret};
use refill_cloud::store::{Device as Registered, KeptToken, NewDevice, Pair, Redeem};
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::ledger::{Entry, EntryKind, Source};
use refill_domain::orders::Phase;
use refill_engine::words::Words;
use reqwest::Method;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;

/// The customer, who signs in nowhere.
const EMAIL: &str = "sample@example.com";

/// Entries of one call to the store.
const BATCH: usize = 500;

/// So long after it was placed, the customer cancels an order.
const REGRET: TimeDelta = TimeDelta::hours(6);

/// A device of the household at the cloud.
struct Played {
    of: &'static Device,
    id: EndpointId,
    slots: Vec<SlotId>,
    credential: String,
}

/// The world of the trial.
pub struct Stage {
    clock: Arc<TrialClock>,
    servers: Servers,
    account: AccountId,
    story: Story,
    devices: Vec<Played>,
    regret: Option<Regret>,
}

/// The order that is to be cancelled.
enum Regret {
    Waiting,
    Placed(DateTime<Utc>),
}

/// Serial numbers at the maker.
fn serial(device: &Device) -> String {
    format!("{}-0001", device.model)
}

fn model_of(device: &Device, words: Words) -> anyhow::Result<Model> {
    let slot = |supply: &crate::household::Supply| {
        Ok(ModelSlot {
            instance: supply.instance.parse()?,
            name: words.say(supply.name, &[]),
            supply: supply.supply,
            sensor: supply.sensor,
            unit: supply.unit,
            capacity: supply.capacity,
            pack: supply.pack,
        })
    };
    Ok(Model {
        // Its settings at Amazon are nobody's.
        dash: None,
        id: device.model.parse()?,
        name: device.title.to_owned(),
        kind: device.kind,
        slots: device.supplies.iter().map(slot).collect::<anyhow::Result<_>>()?,
    })
}

impl Stage {
    /// Stands up everything in an empty folder, with names in this language.
    ///
    /// # Errors
    /// A port or the disk can't be had, or one of the sides refuses what it takes every day.
    pub async fn set_up(data: PathBuf, clock: Arc<TrialClock>, words: Words) -> anyhow::Result<Self> {
        let begin = clock.time();
        let zone = refill_engine::clock::Clock::offset(&*clock, begin);
        let servers = Servers::start(data, clock.clone(), &Maker::sample()).await?;
        let account = AccountId(servers.cloud().clock.new_id());
        let story = Story { begin, zone };
        let mut stage =
            Self { clock, servers, account, story, devices: Vec::new(), regret: Some(Regret::Waiting) };
        match stage.furnish(words).await {
            Ok(()) => Ok(stage),
            Err(why) => {
                stage.stop().await;
                Err(why)
            }
        }
    }

    async fn furnish(&mut self, words: Words) -> anyhow::Result<()> {
        self.servers.customer(self.account, EMAIL, words.say("sample_customer", &[])).await?;
        for device in DEVICES {
            let played = self.registered(device, words).await?;
            self.remember(&played).await?;
            self.devices.push(played);
        }
        let redirect = self.servers.skill_return()?;
        let code = self.code("alexa", &redirect, None).await?;
        self.servers.enable_skill(&code, &redirect).await?;
        let token = self.token().await?;
        for played in self.devices.iter().filter(|played| played.of.ordered) {
            let path = format!("/v1/devices/{}/drs", played.id.0);
            let begun = self.servers.ask(&path, &token, &json!({"test": false})).await?;
            self.servers.agree(begun["url"].as_str().context("Where the customer goes on")?).await?;
        }
        self.rest().await;
        Ok(())
    }

    /// Puts a model into the catalogue and registers the customer's device of it.
    async fn registered(&self, of: &'static Device, words: Words) -> anyhow::Result<Played> {
        let (app, store) = (self.servers.cloud(), &self.servers.cloud().store);
        let model = model_of(of, words)?;
        ensure!(model.trouble().is_none(), "{:?}", model.trouble());
        store.put_model(model.clone()).await?;
        if !of.ordered {
            for slot in &model.slots {
                let id = format!("sample-{}-{}", of.model, slot.instance.as_str()).parse()?;
                store.assign(model.id.clone(), slot.instance.clone(), id).await?;
            }
        }
        let id = EndpointId(app.clock.new_id());
        let device = Registered {
            id,
            slots: model.slots_of(id),
            model: model.id,
            serial: serial(of).parse()?,
            name: words.say(of.name, &[]),
            registered_at: (self.story.begin - crate::household::HISTORY).timestamp_millis(),
        };
        let slots = device.slots.iter().map(|slot| slot.id).collect();
        let credential = Secret::new(Door::Device, self.account)?;
        store.register(NewDevice { account: self.account, device, credential: credential.hash() }).await?;
        Ok(Played { of, id, slots, credential: credential.expose().to_owned() })
    }

    /// Tells the weeks before the trial.
    async fn remember(&self, played: &Played) -> anyhow::Result<()> {
        let mut all: Vec<(DateTime<Utc>, SlotId, Source, EntryKind)> = Vec::new();
        for (supply, slot) in played.of.supplies.iter().zip(&played.slots) {
            let kept = self.story.kept(supply).into_iter();
            all.extend(kept.map(|(at, kind)| (at, *slot, Source::Person, kind)));
            for at in self.story.before() {
                let said = self.story.says(supply, at).into_iter().enumerate();
                all.extend(said.map(|(nth, kind)| (after(at, nth), *slot, Source::Device, kind)));
            }
        }
        all.sort_by_key(|(at, ..)| *at);
        let entry = |(at, slot, source, kind)| {
            let id = EntryId(self.clock.id_of(at));
            Entry { id, slot, observed_at: at, recorded_at: at, source, about: None, note: None, kind }
        };
        let entries: Vec<Entry> = all.into_iter().map(entry).collect();
        let now = self.clock.time().timestamp_millis();
        for some in entries.chunks(BATCH) {
            self.servers.cloud().store.append(self.account, some.to_vec(), now).await?;
        }
        Ok(())
    }

    /// A code of the customer's for a client, as the page of consent hands one out.
    ///
    /// # Errors
    /// The disk refuses.
    pub async fn code(
        &self,
        client: &str,
        redirect: &str,
        challenge: Option<String>,
    ) -> anyhow::Result<String> {
        self.servers.code(self.account, client, redirect, challenge).await
    }

    /// A token of the customer's own.
    async fn token(&self) -> anyhow::Result<String> {
        let redirect = "http://127.0.0.1/callback";
        let code = self.code("refill", redirect, None).await?;
        let (code, _) = Secret::parse(Door::Code, &code).context("A code")?;
        let now = self.clock.time();
        let [access, refresh] = [Door::Access, Door::Refresh].map(|door| Secret::new(door, self.account));
        let (access, refresh) = (access?, refresh?);
        let ends = (now + TimeDelta::hours(1)).timestamp_millis();
        let kept = |secret: &Secret| KeptToken { hash: secret.hash(), expires_at: ends };
        let redeem = Redeem {
            account: self.account,
            code: code.hash(),
            grant: GrantId(self.servers.cloud().clock.new_id()),
            pair: Pair { access: kept(&access), refresh: kept(&refresh) },
            now: now.timestamp_millis(),
        };
        ensure!(self.servers.cloud().store.redeem_code(redeem).await?, "the code is good once");
        Ok(access.expose().to_owned())
    }

    /// Now, there.
    pub fn time(&self) -> DateTime<Utc> {
        self.clock.time()
    }

    /// The cloud's address, as a person types it.
    pub fn address(&self) -> String {
        self.servers.address()
    }

    /// The cloud's name of itself.
    pub fn issuer(&self) -> String {
        self.servers.at("")
    }

    /// How the orders of a supply stand at the cloud, the first one first.
    ///
    /// # Errors
    /// The disk refuses.
    pub async fn orders(&self, model: &str, slot: &str) -> anyhow::Result<Vec<Phase>> {
        let Some(device) = self.devices.iter().find(|played| played.of.model == model) else {
            return Ok(Vec::new());
        };
        let (store, now) = (&self.servers.cloud().store, self.clock.time());
        let all = store.orders(self.account, device.id).await?;
        let of = all.orders().filter(|order| order.slot().is_some_and(|of| of.as_str() == slot));
        Ok(of.map(|order| order.phase(now)).collect())
    }

    /// The next half hour, with all that happens in it.
    ///
    /// # Errors
    /// One of the sides refuses what it takes every day.
    pub async fn pass(&mut self) -> anyhow::Result<()> {
        self.clock.advance(STEP);
        self.servers.amazon().advance(STEP).await;
        self.rest().await;
        let now = self.clock.time();
        for played in &self.devices {
            for supply in played.of.supplies {
                for (nth, kind) in self.story.says(supply, now).into_iter().enumerate() {
                    // Before now, so that it is over when it is told.
                    let at = after(now, nth) - TimeDelta::seconds(1);
                    let id = self.clock.id_of(at);
                    let event =
                        json!({"id": id, "instance": supply.instance, "observed_at": at, "kind": kind});
                    self.servers.ask("/v1/device/events", &played.credential, &event).await?;
                }
            }
        }
        if let Some(Act::Reorder { model, slot, on }) = self.story.does(now)
            && let Some(device) = DEVICES.iter().find(|device| device.model == model)
        {
            let body = json!({"model": model, "serial": serial(device), "slot": slot, "subscribed": on});
            self.servers.board(Method::POST, "/drs/subscription", &body).await?;
        }
        self.rue(now).await?;
        self.rest().await;
        Ok(())
    }

    /// Cancels the one order that the customer does not want.
    async fn rue(&mut self, now: DateTime<Utc>) -> anyhow::Result<()> {
        let Some(regret) = &self.regret else { return Ok(()) };
        let shown = self.servers.board(Method::GET, "/drs", &Value::Null).await?;
        let of = DEVICES.iter().find(|device| device.model == CANCELLED.0).map(serial);
        let orders = shown["orders"].as_array().context("Amazon's orders")?;
        let placed = orders.iter().find(|order| {
            order["slot"] == CANCELLED.1
                && order["serial"].as_str() == of.as_deref()
                && order["stage"] == "placed"
        });
        let Some(id) = placed.and_then(|order| order["instanceId"].as_str()) else { return Ok(()) };
        match regret {
            Regret::Waiting => self.regret = Some(Regret::Placed(now)),
            Regret::Placed(since) if now - *since >= REGRET => {
                let step = json!({"step": "cancel"});
                self.servers.board(Method::POST, &format!("/drs/orders/{id}"), &step).await?;
                self.regret = None;
            }
            Regret::Placed(_) => {}
        }
        Ok(())
    }

    /// Waits until nothing is left to be done before time goes on.
    async fn rest(&self) {
        if !self.servers.rest().await {
            tracing::warn!("the trial goes on before all of it has come to rest");
        }
    }

    /// Ends both sides.
    pub async fn stop(self) {
        self.servers.stop().await;
    }
}

/// What happens at one moment has an order.
fn after(at: DateTime<Utc>, nth: usize) -> DateTime<Utc> {
    at + TimeDelta::milliseconds(i64::try_from(nth).unwrap_or(0))
}
