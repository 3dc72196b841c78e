//! One rehearsal from its first to its last moment: both sides are set up in an empty folder that goes with it, the model is
//! registered, the skill is linked, the story of the device is told step by step, and all of it is judged. Its time is its
//! own: it stands still until nothing is left to be done.

use crate::between::Between;
use crate::dash::Dash;
use crate::device::{Act, LOW, STEP_HOURS, Slot};
use crate::fault::Fault;
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use refill_cloud::catalogue::{Model, ModelSlot};
use refill_cloud::ids::{AccountId, Label};
use refill_cloud::secret::{Door, Secret};
use refill_cloud::store::relay::{Kept, Over};
use refill_cloud::store::{Device as Registered, NewDevice};
use refill_domain::alexa::ApplianceId;
use refill_domain::certification::{
    Case, Deed, Happening, Judged, Moment, Transcript, judge, without_tokens,
};
use refill_domain::endpoint::{DeviceKind, SensorKind, Slot as KeptSlot, SupplyKind};
use refill_domain::fold::Fold;
use refill_domain::ids::{EndpointId, EntryId};
use refill_domain::ledger::{Entry, EntryKind, Level, Source};
use refill_domain::market::Marketplace;
use refill_domain::measure::Amount;
use refill_domain::registration::{Dossier, DossierKind, Finding, flaws};
use refill_engine::certification::stage::{Audience, Nobody};
use refill_trial::clock::{STEP, TrialClock};
use refill_trial::servers::{Maker, Servers};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Where a rehearsal begins and what is done to it.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    /// Where it is rehearsed; without one in the dossier's first marketplace.
    pub marketplace: Option<Marketplace>,
    /// When it begins, by its own clock.
    pub begin: DateTime<Utc>,
    /// A deliberate fault.
    pub fault: Option<Fault>,
    /// Only as far as this case has to see; without one to the end.
    pub until: Option<Case>,
    /// The folder below which its own one is made; without one the system's for such things.
    pub beneath: Option<&'a Path>,
}

/// A rehearsal that was held.
#[derive(Debug)]
pub struct Rehearsed {
    /// What happened.
    pub transcript: Transcript,
    /// What comes of each case.
    pub judged: Vec<Judged>,
}

/// Why none can be held.
#[derive(Debug, thiserror::Error)]
pub enum Unrehearsable {
    /// The device speaks to Alexa by a module of Amazon's, and there is no skill to be tested.
    #[error("a Connect Kit device has no skill that could be rehearsed")]
    ConnectKit,
    /// No slot has instance, sensor and unit.
    #[error("no slot is ready: each needs an instance, a sensor type and a unit")]
    NoSlots,
    /// The dossier can't be registered.
    #[error("the dossier can't be registered: {} of them are wrong, the first is {}", .0.len(), first(.0))]
    Flawed(Vec<Finding>),
    /// The model ID can't be one.
    #[error("the model ID needs 1 to 64 letters, digits or -+_")]
    ModelId,
    /// The dossier does not name the marketplace.
    #[error("the dossier does not name this marketplace")]
    Marketplace,
    /// Somebody ended it.
    #[error("the rehearsal was ended")]
    Ended,
    /// A port, the disk or one of the sides.
    #[error("the rehearsal could not be held: {0:#}")]
    Stopped(#[from] anyhow::Error),
}

fn first(of: &[Finding]) -> String {
    of.first().map(|flaw| format!("{} ({})", flaw.field, flaw.what.word())).unwrap_or_default()
}

/// Rehearses a model.
///
/// # Errors
/// [`Unrehearsable`]; a model whose rehearsal fails is none.
pub async fn rehearse(dossier: &Dossier, options: Options<'_>) -> Result<Rehearsed, Unrehearsable> {
    rehearse_before(dossier, options, &Nobody).await
}

/// Rehearses a model before somebody who hears every moment at once and may end it; what was set up goes all the same.
///
/// # Errors
/// [`Unrehearsable`], [`Unrehearsable::Ended`] among them.
pub async fn rehearse_before(
    dossier: &Dossier,
    options: Options<'_>,
    audience: &dyn Audience,
) -> Result<Rehearsed, Unrehearsable> {
    if dossier.kind != DossierKind::Skill {
        return Err(Unrehearsable::ConnectKit);
    }
    let wrong = flaws(dossier, options.begin.date_naive());
    if !wrong.is_empty() {
        return Err(Unrehearsable::Flawed(wrong));
    }
    if options.marketplace.is_some_and(|market| !dossier.marketplaces.contains_key(&market)) {
        return Err(Unrehearsable::Marketplace);
    }
    let label: Label = dossier.model.parse().map_err(|_| Unrehearsable::ModelId)?;
    let model = model(dossier, label)?;
    let transcript = held(dossier, model, options, audience).await?;
    let judged = judge(dossier, &transcript);
    Ok(Rehearsed { transcript, judged })
}

/// The model as the maker's catalogue has it.
fn model(dossier: &Dossier, id: Label) -> Result<Model, Unrehearsable> {
    let slot = |of: &refill_domain::registration::DossierSlot| {
        let (sensor, unit) = of.sensor().zip(of.unit).filter(|(sensor, unit)| sensor.measures(*unit))?;
        let instance = of.instance.parse().ok()?;
        let full = Slot::new(&of.instance, sensor, unit, None).full.to(unit).ok()?;
        let supply = match sensor {
            SensorKind::Usage => SupplyKind::Pods,
            SensorKind::LevelUsage => SupplyKind::Filter,
            SensorKind::Level | SensorKind::None => SupplyKind::Ink,
        };
        let pack = if sensor == SensorKind::Usage { full.milli } else { 1000 };
        let name = of.identifier.clone();
        Some(ModelSlot { instance, name, supply, sensor, unit, capacity: Some(full.milli), pack })
    };
    let slots: Vec<ModelSlot> = dossier.slots.iter().filter_map(slot).collect();
    if slots.is_empty() {
        return Err(Unrehearsable::NoSlots);
    }
    let name = if dossier.name.trim().is_empty() { id.as_str().to_owned() } else { dossier.name.clone() };
    let model = Model { id, name, kind: DeviceKind::Other, slots, dash: None };
    match model.trouble() {
        Some((field, why)) => Err(anyhow::anyhow!("{field}: {why}").into()),
        None => Ok(model),
    }
}

async fn held(
    dossier: &Dossier,
    model: Model,
    options: Options<'_>,
    audience: &dyn Audience,
) -> Result<Transcript, Unrehearsable> {
    let folder = options.beneath.map_or_else(std::env::temp_dir, Path::to_path_buf);
    let folder = tempfile::Builder::new().prefix("refill-rehearsal-").tempdir_in(folder);
    let folder = folder.context("Make a folder for the rehearsal")?;
    let between = Between::start(options.fault).await?;
    let clock = Arc::new(TrialClock::at(options.begin));
    let name = if dossier.manufacturer.trim().is_empty() { "Maker" } else { dossier.manufacturer.trim() };
    let maker =
        Maker { name: name.to_owned(), models: BTreeMap::new(), between: Some(between.base().to_owned()) };
    let servers = match Servers::start(folder.path().join("cloud"), Arc::clone(&clock), &maker).await {
        Ok(servers) => servers,
        Err(why) => {
            between.stop().await;
            return Err(why.into());
        }
    };
    between.leads(servers.amazon().base(), &servers.at(""));
    let account = AccountId(refill_cloud::clock::Clock::new_id(&*clock));
    let mut scene = Scene {
        dossier,
        fault: options.fault,
        until: options.until,
        audience,
        done: 0,
        clock,
        servers,
        between,
        account,
        device: EndpointId::from_bytes([0; 16]),
        kept: Vec::new(),
        credential: String::new(),
        slots: Vec::new(),
        dash: Dash::new(""),
        heard: 0,
        transcript: Transcript {
            marketplace: options.marketplace.or_else(|| dossier.marketplaces.keys().next().copied()),
            endpoint: String::new(),
            partial: false,
            moments: Vec::new(),
        },
    };
    let played = scene.play(model).await;
    let Scene { servers, between, transcript, .. } = scene;
    servers.stop().await;
    between.stop().await;
    // What can't be removed now goes with the system's own folder for such things.
    let _ = folder.close();
    match played {
        Ok(true) => Ok(transcript),
        Ok(false) => Err(Unrehearsable::Ended),
        Err(why) => Err(why.into()),
    }
}

struct Scene<'a> {
    dossier: &'a Dossier,
    fault: Option<Fault>,
    until: Option<Case>,
    audience: &'a dyn Audience,
    /// Steps that are over.
    done: usize,
    clock: Arc<TrialClock>,
    servers: Servers,
    between: Between,
    account: AccountId,
    device: EndpointId,
    kept: Vec<KeptSlot>,
    credential: String,
    slots: Vec<Slot>,
    dash: Dash,
    /// The last line of Amazon's record that was read.
    heard: u64,
    transcript: Transcript,
}

impl Scene<'_> {
    fn note(&mut self, what: Happening) {
        let moment = Moment { at: self.clock.time(), what };
        self.audience.heard(&moment);
        self.transcript.moments.push(moment);
    }

    /// Says how far it is; whether it goes on.
    fn goes_on(&self) -> bool {
        let steps = self.slots.iter().map(Slot::steps).max().unwrap_or(0);
        self.audience.goes_on(self.done, steps)
    }

    /// Plays it all; false if somebody ended it.
    async fn play(&mut self, model: Model) -> anyhow::Result<bool> {
        self.register(model).await?;
        if !self.goes_on() {
            return Ok(false);
        }
        let redirect = self.servers.skill_return()?;
        let code = self.servers.code(self.account, "alexa", &redirect, None).await?;
        let linked = self.servers.skill("link", &json!({"code": code, "redirectUri": redirect})).await?;
        self.described(linked.as_ref().err().map(String::as_str));
        if let Err(why) = linked {
            if self.transcript.moments.is_empty() {
                anyhow::bail!("the skill could not be linked: {why}");
            }
            return Ok(true);
        }
        // A customer taps "Discover devices" once more: what is said twice must be the same.
        self.discover().await?;
        self.rest().await?;
        while self.slots.iter().any(|slot| !slot.is_over()) {
            self.step().await?;
            self.done += 1;
            if !self.goes_on() {
                return Ok(false);
            }
        }
        if self.fault == Some(Fault::Deregistered) {
            let now = self.clock.time().timestamp_millis();
            self.servers.cloud().store.deregister(self.account, self.device, now).await?;
            self.rest().await?;
        }
        self.discover().await.map(|()| true)
    }

    async fn register(&mut self, model: Model) -> anyhow::Result<()> {
        let store = &self.servers.cloud().store;
        self.servers.customer(self.account, "tester@example.com", "Tester".to_owned()).await?;
        anyhow::ensure!(store.put_model(model.clone()).await?, "the model is there already");
        match store.put_registration(model.clone(), self.dossier.clone(), Over::Anything).await? {
            Kept::Changed | Kept::Same => {}
            other => anyhow::bail!("the registration is refused: {other:?}"),
        }
        self.device = EndpointId(self.servers.cloud().clock.new_id());
        self.kept = model.slots_of(self.device);
        self.slots = model
            .slots
            .iter()
            .map(|slot| Slot::new(slot.instance.as_str(), slot.sensor, slot.unit, self.until))
            .collect();
        let device = Registered {
            id: self.device,
            slots: self.kept.clone(),
            model: model.id,
            serial: "REHEARSAL-1".parse()?,
            name: model.name,
            registered_at: self.clock.time().timestamp_millis(),
        };
        let credential = Secret::new(Door::Device, self.account)?;
        let account = self.account;
        store.register(NewDevice { account, device, credential: credential.hash() }).await?;
        credential.expose().clone_into(&mut self.credential);
        let appliance = ApplianceId::from(self.device).as_str().to_owned();
        self.dash = Dash::new(&appliance);
        self.dash.heedless = self.fault == Some(Fault::OrderedAnyway);
        self.transcript.endpoint = appliance;
        for at in 0..self.slots.len() {
            let (sensor, full) = (self.slots[at].sensor, self.slots[at].full);
            match sensor {
                SensorKind::Usage => self.person(at, None, Some(full)).await?,
                SensorKind::LevelUsage => self.person(at, Some(full), None).await?,
                SensorKind::Level | SensorKind::None => {}
            }
        }
        Ok(())
    }

    /// The person at the device counts, as the maker's app would record it.
    async fn person(&self, at: usize, level: Option<Amount>, shelf: Option<Amount>) -> anyhow::Result<()> {
        let Some(slot) = self.kept.get(at) else { return Ok(()) };
        let id = EntryId(refill_cloud::clock::Clock::new_id(&*self.clock));
        let now = self.clock.time();
        let kind = EntryKind::Counted { level, shelf };
        let (observed_at, source) = (now - TimeDelta::seconds(1), Source::Person);
        let entry =
            Entry { id, slot: slot.id, observed_at, recorded_at: now, source, about: None, note: None, kind };
        self.servers.cloud().store.append(self.account, vec![entry], now.timestamp_millis()).await?;
        Ok(())
    }

    /// The answers to `Discover` since the last look; the last one is the one that was refused.
    fn described(&mut self, refused: Option<&str>) {
        let all = self.between.described();
        let last = all.len().saturating_sub(1);
        for (at, message) in all.into_iter().enumerate() {
            let refused = refused.filter(|_| at == last).map(str::to_owned);
            if refused.is_none() {
                self.dash.described(&message);
            }
            self.note(Happening::Described { message: without_tokens(message), refused });
        }
    }

    async fn discover(&mut self) -> anyhow::Result<()> {
        let answered = self.servers.skill("discover", &json!({})).await?;
        self.described(answered.err().as_deref());
        Ok(())
    }

    /// Waits until both sides are at rest, and takes in what Amazon heard.
    async fn rest(&mut self) -> anyhow::Result<()> {
        anyhow::ensure!(self.servers.rest().await, "the cloud and Amazon's side did not come to rest");
        loop {
            let path = format!("/received?route=gateway&sent=false&limit=100&after={}", self.heard);
            let mut record = self.servers.board(Method::GET, &path, &Value::Null).await?;
            let all = record["received"].as_array_mut().map(std::mem::take).unwrap_or_default();
            let Some(last) = all.last() else { return Ok(()) };
            self.heard = last["seq"].as_u64().context("Amazon's record counts")?;
            for mut entry in all {
                let message = entry["body"].take();
                let refused = entry["refused"].as_str().map(str::to_owned);
                let does = if refused.is_none() { self.dash.heard(&message) } else { Vec::new() };
                self.note(Happening::Told { message: without_tokens(message), refused });
                for what in does {
                    self.note(what);
                }
            }
        }
    }

    /// Six hours: what happens in each slot, what is told, and what the app shows then.
    async fn step(&mut self) -> anyhow::Result<()> {
        for at in 0..self.slots.len() {
            if let Some(act) = self.slots[at].goes_on() {
                self.act(at, act).await?;
            }
        }
        self.rest().await?;
        for _ in 0..STEP_HOURS * 60 / STEP.num_minutes() {
            self.clock.advance(STEP);
            self.servers.amazon().advance(STEP).await;
            self.rest().await?;
        }
        for at in 0..self.slots.len() {
            if let Some(left) = self.shown(at).await? {
                let instance = self.slots[at].instance.clone();
                self.note(Happening::Shown { instance, left });
            }
        }
        Ok(())
    }

    async fn act(&mut self, at: usize, act: Act) -> anyhow::Result<()> {
        let mut slot = self.slots[at].clone();
        let instance = slot.instance.clone();
        match act {
            Act::Rest => {}
            Act::Choose(choice) => {
                let (low, left, full) = (slot.share(LOW), slot.left, slot.full);
                self.dash.choose(&instance, choice, low, left, full);
                self.note(Happening::Chosen { instance: instance.clone(), choice, low, left });
                let offers = self.dash.offers(&instance, self.dossier, self.transcript.marketplace);
                self.note(offers);
                if slot.sensor == SensorKind::Level {
                    self.measure(&slot, Deed::Measured).await?;
                }
            }
            Act::Down(percent) => {
                let before = slot.left;
                slot.left = slot.share(percent);
                let amount = Amount::new(before.milli - slot.left.milli, before.unit);
                if slot.sensor == SensorKind::Level {
                    self.measure(&slot, Deed::Measured).await?;
                } else {
                    let left = slot.left;
                    self.note(Happening::Did { instance, deed: Deed::Used { amount }, left });
                    self.say(&slot, vec![EntryKind::Consumed { amount }]).await?;
                }
            }
            Act::Refill => {
                slot.refill();
                match slot.sensor {
                    SensorKind::Level => self.measure(&slot, Deed::Replaced).await?,
                    SensorKind::LevelUsage => {
                        let left = slot.left;
                        self.note(Happening::Did { instance, deed: Deed::Replaced, left });
                        let capacity = Some(slot.full);
                        self.say(&slot, vec![EntryKind::Replaced { capacity, from_shelf: false }]).await?;
                    }
                    SensorKind::Usage | SensorKind::None => {
                        // Nothing of the device's: the order arrives, and a person pours it in.
                        let left = slot.left;
                        self.note(Happening::Did { instance: instance.clone(), deed: Deed::Replaced, left });
                        self.dash.shipped(&instance);
                        self.person(at, None, Some(left)).await?;
                    }
                }
            }
        }
        self.slots[at] = slot;
        Ok(())
    }

    /// The device measures what is left and says so.
    async fn measure(&mut self, slot: &Slot, deed: Deed) -> anyhow::Result<()> {
        let (instance, left) = (slot.instance.clone(), slot.left);
        self.note(Happening::Did { instance, deed, left });
        let replaced = EntryKind::Replaced { capacity: Some(slot.full), from_shelf: false };
        let read = EntryKind::LevelRead { level: Level::Amount { amount: left } };
        let says = if deed == Deed::Replaced { vec![replaced, read] } else { vec![read] };
        self.say(slot, says).await
    }

    /// The device speaks to the maker's cloud.
    async fn say(&self, slot: &Slot, says: Vec<EntryKind>) -> anyhow::Result<()> {
        for (nth, kind) in says.into_iter().enumerate() {
            // Before now, so that it is over when it is told; one after the other.
            let before = 1000 - i64::try_from(nth).unwrap_or(0);
            let at = self.clock.time() - TimeDelta::milliseconds(before);
            let event = json!({
                "id": self.clock.id_of(at), "instance": slot.instance, "observed_at": at, "kind": kind,
            });
            self.servers.ask("/v1/device/events", &self.credential, &event).await?;
        }
        Ok(())
    }

    /// What the maker's app shows to be left.
    async fn shown(&self, at: usize) -> anyhow::Result<Option<Amount>> {
        let Some(slot) = self.kept.get(at) else { return Ok(None) };
        let until = self.clock.time().timestamp_millis() + 1;
        let mut entries = self.servers.cloud().store.slot_entries(self.account, slot.id, 0, until).await?;
        entries.sort_by_key(Entry::key);
        let mut fold = Fold::default();
        for entry in &entries {
            fold.apply(slot, entry);
        }
        let wrong = if self.fault == Some(Fault::OtherShown) { 3000 } else { 0 };
        Ok(fold.state.left(slot).map(|milli| Amount::new(milli + wrong, slot.unit)))
    }
}
