//! Who and what the matrix is about: two customers with a device each, the maker's people with access, with access that has
//! ended and without, and things that are there, another's, gone, or never were.

use super::Who;
use crate::rehearsal::KEY;
use crate::world::{World, json};
use chrono::TimeDelta;
use refill_cloud::clock::Clock as _;
use refill_cloud::config::{Addresses, AlexaConfig};
use refill_cloud::ids::AccountId;
use refill_cloud::seal::SealKey;
use refill_cloud::store::Role as Scope;
use refill_cloud::store::relay::{NewLink, OutRow, RelayChanges};
use refill_domain::alexa::{ApplianceId, MessageId, Report};
use refill_domain::gateway::{Reason, Region};
use refill_domain::ids::EndpointId;
use refill_domain::outbox::{Delivery, State};
use reqwest::Method;
use serde_json::{Value, json as j};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What the parts of paths stand for.
pub type Parts = BTreeMap<&'static str, String>;

pub struct Scene {
    world: World,
    secrets: BTreeMap<Who, String>,
    /// The owner's things by the names of the parts of paths.
    pub own: Parts,
    /// Somebody else's.
    others: Parts,
    /// What was the owner's and is gone.
    deleted: Parts,
}

/// What stands where there is nothing.
const NOTHING: &str = "00000000-0000-0000-0000-00000000beef";

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// A customer's things: the account, and what its paths are made of.
struct Home {
    account: AccountId,
    token: String,
    credential: String,
    parts: Parts,
}

async fn home(world: &World, number: u32) -> Home {
    let (token, device, credential) = world.household(number).await;
    let me = json(world.get("/v1/me", &token).await, 200).await;
    let account = AccountId(serde_json::from_value(me["id"].clone()).unwrap());
    let links = json(world.get("/v1/links", &token).await, 200).await;
    let message = Uuid::from_u128(u128::from(number) + 6);
    let parts = BTreeMap::from([
        ("customer", account.0.to_string()),
        ("device", text(&device["id"])),
        ("slot", text(&device["slots"][0]["id"])),
        ("link", text(&links[0]["id"])),
        ("message", message.to_string()),
        ("model", "WASHER-1".into()),
        ("instance", "salt".into()),
        ("region", "europe".into()),
    ]);
    // Without Alexa's grant the relay would end the link.
    world.token_of(account, "customer", "alexa").await;
    let store = &world.server().app().store;
    let link = NewLink { region: Region::Europe, tokens: vec![1], ends_at: i64::MAX };
    store.put_link(account, link, 0).await.unwrap();
    let appliance = ApplianceId::from(EndpointId(parts["device"].parse().unwrap()));
    let state = State::Parked { reason: Reason::TooLarge };
    let parked = OutRow {
        seq: 1,
        report: Report::Deleted { appliances: vec![appliance] },
        delivery: Delivery { state, ..Delivery::new(MessageId::from(message)) },
    };
    // The relay may have a step of its own between.
    loop {
        let generation = store.relay_view(account).await.unwrap().unwrap().link.gate.generation;
        let (out, now) = (vec![parked.clone()], world.clock.now_ms());
        let changes = RelayChanges { generation, out, now, ..RelayChanges::default() };
        if store.relay_commit(account, changes).await.unwrap() {
            break;
        }
    }
    Home { account, token, credential, parts }
}

fn why() -> Value {
    j!({"case": "SUP-1", "reason": "It stopped counting"})
}

/// Asks for access, and has it given for so many days; gives its id.
async fn access(world: &World, home: &Home, staff: AccountId, days: Option<u32>) -> String {
    let staff = world.token(staff, "staff").await;
    let ask = format!("/v1/support/customers/{}/ask", home.account.0);
    let id = text(&json(world.post(&ask, &staff, &why()).await, 201).await["id"]);
    if let Some(days) = days {
        let give = world.post(&format!("/v1/access/{id}/give"), &home.token, &j!({"days": days})).await;
        assert_eq!(give.status(), 200);
    }
    id
}

impl Scene {
    pub async fn new() -> Self {
        let world = World::with(|config| {
            config.drs.client_id = Some("client".into());
            config.drs.with_secrets("secret-of-the-client", SealKey::parse(KEY).unwrap());
            // Nothing listens there.
            let nowhere = Addresses::all(&"http://127.0.0.1:9/".parse().unwrap());
            let key = SealKey::parse(KEY).unwrap();
            let mut alexa = AlexaConfig::new("client", "secret-of-the-client", key, "Maker");
            alexa.skill_id = Some("amzn1.ask.skill.one".into());
            (alexa.events, alexa.tokens, alexa.api) = (nowhere.clone(), nowhere.clone(), nowhere);
            config.alexa = Some(alexa);
            config.limits.lookups_per_minute = 100_000;
        })
        .await;
        let (mut owner, mut other) = (home(&world, 1).await, home(&world, 2).await);
        let mut people = Vec::new();
        for name in ["staff", "granted", "ended", "asker", "lost"] {
            people.push(world.account(Scope::Staff, &format!("{name}@example.com")).await);
        }
        let [staff, granted, ended, asker, lost] = people[..] else { panic!("five") };
        access(&world, &owner, granted, Some(7)).await;
        access(&world, &owner, ended, Some(1)).await;
        let declined = access(&world, &owner, lost, None).await;
        let path = format!("/v1/access/{declined}/decline");
        assert_eq!(world.post(&path, &owner.token, &j!({})).await.status(), 200);
        owner.parts.insert("access", access(&world, &owner, asker, None).await);
        other.parts.insert("access", access(&world, &other, asker, None).await);
        let store = &world.server().app().store;
        for (account, home) in [(lost, &mut owner), (asker, &mut other)] {
            assert!(store.put_factor(account, vec![1]).await.unwrap());
            home.parts.insert("account", account.0.to_string());
        }
        // A device that was there, and a link.
        let form = j!({"model": "WASHER-1", "serial": "S77", "name": "Washer"});
        let gone = json(world.post("/v1/devices", &owner.token, &form).await, 201).await["device"].clone();
        let away = async |path: String| {
            let deleted = world.ask(Method::DELETE, &path).bearer_auth(&owner.token).send().await.unwrap();
            assert_eq!(deleted.status(), 204, "{path}");
        };
        away(format!("/v1/devices/{}", text(&gone["id"]))).await;
        let before = owner.parts["link"].clone();
        world.token(owner.account, "customer").await;
        let links = json(world.get("/v1/links", &owner.token).await, 200).await;
        let apps = links.as_array().unwrap().iter().filter(|link| link["client"] == "refill");
        let ended_link = apps.map(|link| text(&link["id"])).find(|id| *id != before).unwrap();
        away(format!("/v1/links/{ended_link}")).await;
        let mut deleted = owner.parts.clone();
        deleted.insert("device", text(&gone["id"]));
        deleted.insert("slot", text(&gone["slots"][0]["id"]));
        deleted.insert("link", ended_link);
        // What ends by the clock has ended; tokens are made after that.
        world.advance(TimeDelta::days(2));
        let alexa = world.token_of(owner.account, "customer", "alexa").await;
        let secrets = BTreeMap::from([
            (Who::Nobody, String::new()),
            (Who::Other, world.token(other.account, "customer").await),
            (Who::Device, owner.credential),
            (Who::Staff, world.token(staff, "staff").await),
            (Who::Granted, world.token(granted, "staff").await),
            (Who::Ended, world.token(ended, "staff").await),
            (Who::Administrator, world.administrator().await),
            (Who::Alexa, alexa),
            (Who::Owner, world.token(owner.account, "customer").await),
        ]);
        Self { world, secrets, own: owner.parts, others: other.parts, deleted }
    }

    /// Asks a route: the status, and what was said without the request's id.
    pub async fn ask(&self, route: &str, who: Who, parts: &BTreeMap<&str, String>) -> (u16, Value) {
        let (method, path) = route.split_once(' ').unwrap();
        let mut at = path.to_owned();
        for (name, value) in parts {
            at = at.replace(&format!("{{{name}}}"), value);
        }
        let body = match path {
            "/v1/models/{model}/slots/{instance}/replenishment" => j!({"id": "amzn1.replenishment.1"}),
            "/v1/models/{model}/registration" => j!({"dossier": {"kind": {"is": "skill"}}}),
            "/v1/access/{access}/give" => j!({"days": 1}),
            "/v1/support/find" => {
                j!({"case": "SUP-1", "reason": "It stopped counting", "by": "mail", "text": "nobody@"})
            }
            "/v1/support/customers/{customer}/break-glass" => {
                j!({"case": "SUP-1", "reason": "The law says so", "grounds": "legal"})
            }
            // Not the device's: the deed itself is tested elsewhere.
            "/v1/support/customers/{customer}/devices/{device}/deregister" => {
                j!({"case": "SUP-1", "reason": "Sold", "serial": "S0"})
            }
            _ => why(),
        };
        let method: Method = method.parse().unwrap();
        let mut ask = self.world.ask(method.clone(), &at);
        if method != Method::GET {
            ask = ask.json(&body);
        }
        if who != Who::Nobody {
            ask = ask.bearer_auth(&self.secrets[&who]);
        }
        let response = ask.send().await.unwrap();
        let status = response.status().as_u16();
        if status < 400 {
            return (status, Value::Null);
        }
        let mut said: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default();
        if said["request_id"].is_string() {
            said["request_id"].take();
        }
        (status, said)
    }

    /// The owner's things with one of them another: missing, somebody else's, or gone.
    pub fn instead(&self, name: &'static str) -> Vec<(&'static str, Parts)> {
        let nothing = if ["model", "instance", "region"].contains(&name) { "nothing" } else { NOTHING };
        let with = |value: &str| {
            let mut parts = self.own.clone();
            parts.insert(name, value.to_owned());
            parts
        };
        let mut all = vec![("missing", with(nothing))];
        for (what, from) in [("another's", &self.others), ("deleted", &self.deleted)] {
            if from[name] != self.own[name] {
                all.push((what, with(&from[name])));
            }
        }
        all
    }
}
