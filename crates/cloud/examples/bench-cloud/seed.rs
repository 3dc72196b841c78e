//! A store with many customers in it, made through the store's own calls: each has linked the app and Alexa, and has a
//! coffee machine with two slots that said something every day. One more has twenty devices.

use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use refill_cloud::catalogue::Model;
use refill_cloud::ids::{AccountId, GrantId, Label};
use refill_cloud::secret::{Door, Secret};
use refill_cloud::store::sqlite::{Options, SqliteStore};
use refill_cloud::store::{
    Account, CodeRow, Device, KeptToken, NewAccount, NewDevice, Pair, Redeem, Registered, Role, Store,
    Verdict,
};
use refill_domain::ids::{EndpointId, EntryId};
use refill_domain::ledger::{Entry, EntryKind, Level, Source};
use refill_domain::measure::{Amount, Unit};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tokio::task::JoinSet;

/// Customers whose secrets are written down for the load, at most.
const KNOWN: u64 = 15_000;

/// Days on which each slot said something.
const DAYS: i64 = 5;

/// Customers that are being made at a time.
const AT_ONCE: u64 = 512;

const DAY_MS: i64 = 86_400_000;

/// The secrets of one customer.
struct Keys {
    device: Secret,
    app: Secret,
    alexa: Secret,
}

struct Maker {
    store: SqliteStore,
    coffee: Model,
    printer: Model,
    now: i64,
}

/// Fills a new store and writes the secrets beside it, one a line: `devices`, `readers` (the app's tokens), `alexa`; and
/// `house`, Alexa's token of the customer with twenty devices.
pub async fn seed(folder: &Path, customers: u64) -> anyhow::Result<Value> {
    let began = Instant::now();
    let store = SqliteStore::open(folder, Options::default())?;
    let slot = |instance: &str, sensor: &str, unit: &str| json!({"instance": instance, "name": instance, "supply": "other", "sensor": sensor, "unit": unit, "pack": 50_000});
    let colours = ["black", "cyan", "magenta", "yellow", "photo"].map(|name| slot(name, "level", "PERCENT"));
    let coffee = json!({"id": "COFFEE-2", "name": "Coffee machine", "kind": "coffee_machine",
        "slots": [slot("pods", "usage", "COUNT"), slot("descaler", "level", "PERCENT")]});
    let printer = json!({"id": "PRINTER-5", "name": "Printer", "kind": "printer", "slots": colours});
    let (coffee, printer): (Model, Model) =
        (serde_json::from_value(coffee)?, serde_json::from_value(printer)?);
    let maker = Maker { store, coffee, printer, now: Utc::now().timestamp_millis() };
    for model in [&maker.coffee, &maker.printer] {
        ensure!(maker.store.put_model(model.clone()).await?, "another model is there");
    }
    let maker = Arc::new(maker);
    let house = maker.house().await?;
    std::fs::write(folder.join("house"), house.expose())?;
    let every = customers.div_ceil(KNOWN.min(customers));
    let mut making = JoinSet::new();
    for from in 0..AT_ONCE.min(customers) {
        let maker = Arc::clone(&maker);
        making.spawn(async move {
            let mut kept = Vec::new();
            for number in (from..customers).step_by(usize::try_from(AT_ONCE)?) {
                let keys = maker.customer(number, number % every == 0).await?;
                kept.extend(keys.map(|keys| (number, keys)));
            }
            anyhow::Ok(kept)
        });
    }
    let mut keys = Vec::new();
    while let Some(kept) = making.join_next().await {
        keys.append(&mut kept??);
    }
    keys.sort_by_key(|(number, _)| *number);
    for (file, secret) in [
        ("devices", (|of| &of.device) as fn(&Keys) -> &Secret),
        ("readers", |of| &of.app),
        ("alexa", |of| &of.alexa),
    ] {
        let lines: Vec<&str> = keys.iter().map(|(_, of)| secret(of).expose()).collect();
        std::fs::write(folder.join(file), lines.join("\n"))?;
    }
    maker.store.close().await;
    let last = 3 + 2 * DAYS;
    Ok(
        json!({"seconds": began.elapsed().as_secs_f64(), "customers": customers, "known": keys.len(), "last": last}),
    )
}

impl Maker {
    /// A time-ordered id; `part` tells ids of one customer apart.
    fn id(&self, number: u64, part: u16) -> uuid::Uuid {
        let mut random = [0; 10];
        random[..2].copy_from_slice(&part.to_be_bytes());
        random[2..].copy_from_slice(&number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
        let ms = u64::try_from(self.now - 30 * DAY_MS).unwrap_or(0) + number;
        uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
    }

    async fn account(&self, number: u64) -> anyhow::Result<AccountId> {
        let account = Account {
            id: AccountId(self.id(number, 0)),
            role: Role::Customer,
            email: format!("c{number}@example.com"),
            name: "Somebody".to_owned(),
            created_at: self.now,
        };
        let id = account.id;
        let password = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5$nobody".to_owned();
        ensure!(self.store.create_account(NewAccount { account, password }).await?, "the account is there");
        Ok(id)
    }

    /// Links a client; its access token is good for a month.
    async fn link(&self, account: AccountId, client: &str, grant: uuid::Uuid) -> anyhow::Result<Secret> {
        let new = |door| Secret::new(door, account);
        let (code, access, refresh) = (new(Door::Code)?, new(Door::Access)?, new(Door::Refresh)?);
        let expires_at = self.now + 30 * DAY_MS;
        self.store
            .put_code(CodeRow {
                account,
                hash: code.hash(),
                client: client.to_owned(),
                redirect_uri: "http://127.0.0.1/callback".to_owned(),
                challenge: None,
                scope: "customer".to_owned(),
                expires_at,
                used_for: None,
            })
            .await?;
        let kept = |secret: &Secret| KeptToken { hash: secret.hash(), expires_at };
        let pair = Pair { access: kept(&access), refresh: kept(&refresh) };
        let redeem = Redeem { account, code: code.hash(), grant: GrantId(grant), pair, now: self.now };
        ensure!(self.store.redeem_code(redeem).await?, "the code was used");
        Ok(access)
    }

    async fn device(
        &self,
        account: AccountId,
        model: &Model,
        id: uuid::Uuid,
    ) -> anyhow::Result<(Device, Secret)> {
        let serial: Label = id.simple().to_string().parse()?;
        let id = EndpointId(id);
        let device = Device {
            id,
            model: model.id.clone(),
            serial,
            name: model.name.clone(),
            registered_at: self.now,
            slots: model.slots_of(id),
        };
        let credential = Secret::new(Door::Device, account)?;
        let new = NewDevice { account, device: device.clone(), credential: credential.hash() };
        ensure!(self.store.register(new).await? == Registered::Done, "the device is there");
        Ok((device, credential))
    }

    async fn customer(&self, number: u64, known: bool) -> anyhow::Result<Option<Keys>> {
        let account = self.account(number).await?;
        let keys = if known {
            let app = self.link(account, "refill", self.id(number, 1)).await?;
            Some((app, self.link(account, "alexa", self.id(number, 2)).await?))
        } else {
            None
        };
        let (device, credential) = self.device(account, &self.coffee, self.id(number, 3)).await?;
        let at = |day: i64| DateTime::from_timestamp_millis(self.now - day * DAY_MS).context("A time");
        let mut entries = Vec::new();
        for day in (1..=DAYS).rev() {
            for (part, slot) in device.slots.iter().enumerate() {
                let kind = if part == 0 {
                    EntryKind::Consumed { amount: Amount::new(3000, Unit::Count) }
                } else {
                    let amount = Amount::new(50_000 + day * 1000, Unit::Percent);
                    EntryKind::LevelRead { level: Level::Amount { amount } }
                };
                entries.push(Entry {
                    id: EntryId(self.id(number, u16::try_from(10 + entries.len())?)),
                    slot: slot.id,
                    observed_at: at(day)?,
                    recorded_at: at(day)?,
                    source: Source::Device,
                    about: None,
                    note: None,
                    kind,
                });
            }
        }
        let verdicts = self.store.append(account, entries, self.now).await?;
        ensure!(verdicts.iter().all(|of| matches!(of, Verdict::Stored(_))), "an entry was not stored");
        Ok(keys.map(|(app, alexa)| Keys { device: credential, app, alexa }))
    }

    /// The customer with twenty devices.
    async fn house(&self) -> anyhow::Result<Secret> {
        let number = u64::from(u32::MAX);
        let account = self.account(number).await?;
        let alexa = self.link(account, "alexa", self.id(number, 1)).await?;
        for part in 0..20 {
            let model = if part % 2 == 0 { &self.coffee } else { &self.printer };
            self.device(account, model, self.id(number, 100 + part)).await?;
        }
        Ok(alexa)
    }
}
