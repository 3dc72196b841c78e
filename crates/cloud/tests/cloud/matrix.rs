//! Who may do what: every route of the router, asked by everybody there is, for what is their own, somebody else's and
//! nobody's. Made from the API's description, so that a route without a row fails. What is another's answers as what
//! does not exist.

use crate::rehearsal::KEY;
use crate::world::{World, json};
use refill_cloud::config::{Addresses, AlexaConfig};
use refill_cloud::http::description;
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
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Whom a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// Everybody; what opens it, if anything, is in the body.
    Open,
    /// Whoever has a token, Alexa too.
    Anybody,
    Customer,
    Staff,
    Administrator,
    Device,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Nobody,
    Owner,
    Other,
    Device,
    Staff,
    Administrator,
    Alexa,
}

const EVERYBODY: [Who; 7] =
    [Who::Nobody, Who::Owner, Who::Other, Who::Device, Who::Staff, Who::Administrator, Who::Alexa];

impl Door {
    /// How it refuses somebody; absent: it opens.
    fn refuses(self, who: Who) -> Option<u16> {
        let opens = match self {
            Self::Open => true,
            Self::Anybody => !matches!(who, Who::Nobody | Who::Device),
            Self::Customer => matches!(who, Who::Owner | Who::Other),
            Self::Staff => matches!(who, Who::Staff | Who::Administrator),
            Self::Administrator => who == Who::Administrator,
            Self::Device => who == Who::Device,
        };
        // A secret of the wrong kind opens nothing; a token of the wrong scope is known.
        let unknown = who == Who::Nobody || (self == Self::Device) != (who == Who::Device);
        (!opens).then_some(if unknown { 401 } else { 403 })
    }
}

/// Every route, in an order in which each still finds what it is about.
const ROUTES: &[(&str, Door)] = &[
    ("GET /.well-known/oauth-authorization-server", Door::Open),
    ("GET /healthz", Door::Open),
    ("GET /readyz", Door::Open),
    ("GET /metrics", Door::Open),
    ("GET /openapi.json", Door::Open),
    ("GET /dash/return", Door::Open),
    ("GET /drs/return", Door::Open),
    ("GET /alexa/return", Door::Open),
    ("GET /oauth/authorize", Door::Open),
    ("POST /oauth/token", Door::Open),
    ("POST /oauth/revoke", Door::Open),
    ("POST /oauth/sign-in", Door::Open),
    ("POST /oauth/sign-out", Door::Open),
    ("POST /oauth/consent", Door::Open),
    ("POST /alexa/directive", Door::Open),
    ("POST /alexa/directive/{region}", Door::Open),
    ("POST /sns", Door::Open),
    ("GET /v1/me", Door::Anybody),
    ("PUT /v1/me/password", Door::Anybody),
    ("GET /v1/models", Door::Anybody),
    ("PUT /v1/models/{model}", Door::Administrator),
    ("PUT /v1/models/{model}/slots/{instance}/replenishment", Door::Administrator),
    ("PUT /v1/models/{model}/registration", Door::Administrator),
    ("GET /v1/models/{model}/registration", Door::Administrator),
    ("POST /v1/accounts", Door::Administrator),
    ("GET /v1/device", Door::Device),
    ("POST /v1/device/events", Door::Device),
    ("POST /v1/device/events/batch", Door::Device),
    ("GET /v1/devices", Door::Customer),
    ("POST /v1/devices", Door::Customer),
    ("GET /v1/devices/{device}", Door::Customer),
    ("POST /v1/devices/{device}/drs", Door::Customer),
    ("GET /v1/devices/{device}/drs", Door::Customer),
    ("GET /v1/entries", Door::Customer),
    ("POST /v1/entries", Door::Customer),
    ("GET /v1/feed", Door::Customer),
    ("GET /v1/state", Door::Customer),
    ("GET /v1/links", Door::Customer),
    ("GET /v1/alexa", Door::Customer),
    ("POST /v1/alexa/link", Door::Customer),
    ("POST /v1/alexa/check", Door::Customer),
    ("POST /v1/alexa/resume", Door::Customer),
    ("GET /v1/alexa/parked", Door::Staff),
    ("GET /v1/accounts/{account}/alexa", Door::Staff),
    ("POST /v1/accounts/{account}/alexa/resume", Door::Administrator),
    ("POST /v1/accounts/{account}/alexa/parked/{message}/release", Door::Administrator),
    ("GET /v1/reports", Door::Customer),
    ("GET /v1/reports/{message}", Door::Customer),
    ("POST /v1/reports/{message}/retry", Door::Customer),
    ("POST /v1/reports/{message}/discard", Door::Customer),
    ("DELETE /v1/alexa/link", Door::Customer),
    ("DELETE /v1/devices/{device}/drs/test-orders", Door::Customer),
    ("DELETE /v1/devices/{device}/drs", Door::Customer),
    ("DELETE /v1/devices/{device}", Door::Customer),
    ("DELETE /v1/links/{link}", Door::Customer),
];

struct Scene {
    world: World,
    secrets: BTreeMap<Who, String>,
    /// The owner's things by the names of the parts of paths.
    own: BTreeMap<&'static str, String>,
}

/// What stands where there is nothing.
const NOTHING: &str = "00000000-0000-0000-0000-00000000beef";

impl Scene {
    async fn new() -> Self {
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
        })
        .await;
        let (owner, device, credential) = world.household(1).await;
        let (other, _, _) = world.household(2).await;
        let me = json(world.get("/v1/me", &owner).await, 200).await;
        let account = AccountId(serde_json::from_value(me["id"].clone()).unwrap());
        let staff = world.account(Scope::Staff, "s@example.com").await;
        let links = json(world.get("/v1/links", &owner).await, 200).await;
        let secrets = BTreeMap::from([
            (Who::Nobody, String::new()),
            (Who::Other, other),
            (Who::Device, credential),
            (Who::Staff, world.token(staff, "staff").await),
            (Who::Administrator, world.administrator().await),
            (Who::Alexa, world.token_of(account, "customer", "alexa").await),
            (Who::Owner, owner),
        ]);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let message = Uuid::from_u128(7);
        let own = BTreeMap::from([
            ("device", text(&device["id"])),
            ("link", text(&links[0]["id"])),
            ("account", account.0.to_string()),
            ("message", message.to_string()),
            ("model", "WASHER-1".into()),
            ("instance", "salt".into()),
            ("region", "europe".into()),
        ]);
        let store = &world.server().app().store;
        let link = NewLink { region: Region::Europe, tokens: vec![1], ends_at: i64::MAX };
        store.put_link(account, link, 0).await.unwrap();
        let id = EndpointId(text(&device["id"]).parse().unwrap());
        let state = State::Parked { reason: Reason::TooLarge };
        let parked = OutRow {
            seq: 1,
            report: Report::Deleted { appliances: vec![ApplianceId::from(id)] },
            delivery: Delivery { state, ..Delivery::new(MessageId::from(message)) },
        };
        let generation = store.relay_view(account).await.unwrap().unwrap().link.gate.generation;
        let changes = RelayChanges { generation, out: vec![parked], ..RelayChanges::default() };
        assert!(store.relay_commit(account, changes).await.unwrap());
        Self { world, secrets, own }
    }

    /// Asks a route: the status, and what was said without the request's id.
    async fn ask(&self, route: &str, who: Who, parts: &BTreeMap<&str, String>) -> (u16, Value) {
        let (method, path) = route.split_once(' ').unwrap();
        let mut at = path.to_owned();
        for (name, value) in parts {
            at = at.replace(&format!("{{{name}}}"), value);
        }
        let body = match path {
            "/v1/models/{model}/slots/{instance}/replenishment" => j!({"id": "amzn1.replenishment.1"}),
            "/v1/models/{model}/registration" => j!({"dossier": {"kind": {"is": "skill"}}}),
            _ => j!({}),
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

    /// The owner's things with one of them missing.
    fn without(&self, name: &str) -> BTreeMap<&'static str, String> {
        let mut parts = self.own.clone();
        let nothing = if ["model", "instance", "region"].contains(&name) { "nothing" } else { NOTHING };
        *parts.get_mut(name).unwrap() = nothing.to_owned();
        parts
    }
}

fn parts_of(route: &str) -> Vec<&str> {
    route.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect()
}

#[test]
fn every_route_has_a_row() {
    let description = serde_json::to_value(description()).unwrap();
    let mut described = BTreeSet::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        described.extend(
            methods.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())),
        );
    }
    let rows: BTreeSet<String> = ROUTES.iter().map(|(route, _)| (*route).to_owned()).collect();
    assert_eq!(rows, described, "say whom a new route is for");
    assert_eq!(rows.len(), ROUTES.len());
}

#[tokio::test]
async fn doors_open_for_those_they_are_for_and_for_nobody_else() {
    let scene = Scene::new().await;
    let mut checked = 0;
    // Refusals first: they change nothing, whatever is asked for.
    for (route, door) in ROUTES {
        for who in EVERYBODY {
            let Some(wanted) = door.refuses(who) else { continue };
            let mut said = BTreeSet::new();
            let missing = parts_of(route).into_iter().map(|name| scene.without(name));
            for parts in [scene.own.clone()].into_iter().chain(missing) {
                let (status, answer) = scene.ask(route, who, &parts).await;
                assert_eq!(status, wanted, "{route} by {who:?}: {answer}");
                said.insert(answer.to_string());
                checked += 1;
            }
            assert_eq!(said.len(), 1, "{route} by {who:?} tells what exists: {said:?}");
        }
    }
    // What is another's is as good as none.
    for (route, door) in ROUTES.iter().filter(|(route, door)| *door == Door::Customer && route.contains('{'))
    {
        assert_eq!(door.refuses(Who::Other), None);
        let others = scene.ask(route, Who::Other, &scene.own).await;
        for name in parts_of(route) {
            let none = scene.ask(route, Who::Other, &scene.without(name)).await;
            assert_eq!(others, none, "{route}");
            checked += 1;
        }
        assert_eq!(others.0, 404, "{route}: {}", others.1);
    }
    // What is nobody's is not found; what is one's own is there.
    for (route, door) in ROUTES {
        let who = match door {
            Door::Open => Who::Nobody,
            Door::Customer | Door::Anybody => Who::Owner,
            Door::Staff => Who::Staff,
            Door::Administrator => Who::Administrator,
            Door::Device => Who::Device,
        };
        // Models are made by naming them.
        for name in parts_of(route).into_iter().filter(|_| *route != "PUT /v1/models/{model}") {
            let (status, said) = scene.ask(route, who, &scene.without(name)).await;
            assert_eq!(status, 404, "{route} without a {name}: {said}");
            checked += 1;
        }
        let everybody = EVERYBODY.into_iter().filter(|who| *door == Door::Open && *who != Who::Nobody);
        for who in everybody.chain([who]) {
            let (status, said) = scene.ask(route, who, &scene.own).await;
            // SNS, Login with Amazon and forms say 400, 401 and 403 of what is in the body.
            let refused = *door != Door::Open && [401, 403, 404].contains(&status);
            assert!(!refused && status < 500 && status != 405, "{route} by {who:?}: {status} {said}");
            assert!(status != 404, "{route} by {who:?}: {said}");
            checked += 1;
        }
    }
    // What is gone answers as what never was.
    for route in [
        "GET /v1/devices/{device}",
        "DELETE /v1/devices/{device}",
        "GET /v1/devices/{device}/drs",
        "DELETE /v1/links/{link}",
    ] {
        // The owner's own link went last, so another customer's token asks after the device.
        let who = Who::Other;
        let gone = scene.ask(route, who, &scene.own).await;
        assert_eq!(gone, scene.ask(route, who, &scene.without(parts_of(route)[0])).await, "{route}");
        assert_eq!(gone.0, 404);
        checked += 1;
    }
    assert!(checked > 380, "{checked}");
}
