//! Hostile bodies, for every route that takes one: a table made from the API's description, so that a route without a
//! row fails. Too deep, too many members, too large, of the wrong type, cut off, with members missing, misplaced or
//! unknown: always a whole problem of the 400s, and a fault of one member names it.

use crate::rehearsal::KEY;
use crate::world::{PASSWORD, World, json as json_of, model, refusal, start, used};
use chrono::TimeDelta;
use refill_cloud::http::description;
use refill_cloud::seal::SealKey;
use refill_cloud::store::relay::NewLink;
use refill_domain::gateway::Region;
use reqwest::{Method, Response};
use serde_json::{Value, json as j};
use std::collections::{BTreeMap, BTreeSet};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// What is done once, or to what is not there in this world: its good body finds nothing to do.
const DEEDS: [&str; 4] = [
    "POST /v1/accounts/{account}/second-factor/reset",
    "POST /v1/support/customers/{customer}/reports/{message}/release",
    "POST /v1/support/customers/{customer}/devices/{device}/cancel-test-orders",
    "POST /v1/support/customers/{customer}/devices/{device}/deregister",
];

/// Whether a good body was taken. What was there before is there.
fn happy(name: &str, status: u16) -> bool {
    [200, 201, 204, 409].contains(&status) || (status == 404 && DEEDS.contains(&name))
}

/// What a route takes, with a body it is happy with.
enum Takes {
    /// JSON.
    Json(Value),
    /// A form, whose refusals are RFC 6749's or pages.
    Form,
    /// Anything up to a size; what is wrong is said in its own way.
    Raw,
    /// Nothing; what comes is not read.
    Nothing,
}

/// One route.
struct Row {
    takes: Takes,
    /// Whose secret opens it.
    secret: String,
    /// What stands for the parts of its path.
    path: String,
}

struct Table {
    world: World,
    rows: BTreeMap<&'static str, Row>,
    description: Value,
}

async fn table() -> Table {
    let world = World::with(|config| {
        config.limits.tokens_per_minute = 100_000;
        config.limits.lookups_per_minute = 100_000;
        config.drs.client_id = Some("client".into());
        config.drs.with_secrets("secret-of-the-client", SealKey::parse(KEY).unwrap());
    })
    .await;
    let (customer, device, credential) = world.household(1).await;
    let admin = world.administrator().await;
    let (person, customer_id) = {
        let account = world.account(refill_cloud::store::Role::Customer, "p@example.com").await;
        (world.token(account, "customer").await, account)
    };
    let device = device["id"].as_str().unwrap().to_owned();
    let slot = world.get("/v1/devices", &customer).await.json::<Value>().await.unwrap();
    let slot = slot[0]["slots"][1]["id"].clone();
    let at = start() - TimeDelta::minutes(1);
    let kind = j!({"kind": "consumed", "amount": {"milli": 5, "unit": "MILLILITER"}});
    let entry = j!({"id": uuid::Uuid::from_u128(77), "slot": slot, "observed_at": at, "recorded_at": at,
        "source": "person", "about": null, "note": null, "kind": kind});
    let account =
        j!({"role": "customer", "email": "new@example.com", "name": "N", "password": "long enough"});
    let row =
        |takes: Takes, secret: &str, path: &str| Row { takes, secret: secret.into(), path: path.into() };
    let json = Takes::Json;
    let why = j!({"case": "SUP-1", "reason": "It stopped counting"});
    let care = format!("/v1/support/customers/{}", customer_id.0);
    let store = &world.server().app().store;
    let link = NewLink { region: Region::Europe, tokens: vec![1], ends_at: i64::MAX };
    store.put_link(customer_id, link, 0).await.unwrap();
    let staff = world.account(refill_cloud::store::Role::Staff, "s@example.com").await;
    assert!(store.put_factor(staff, vec![1]).await.unwrap());
    let staff_id = staff;
    let staff = world.token(staff, "staff").await;
    let asked = json_of(world.post(&format!("{care}/ask"), &staff, &why).await, 201).await;
    let access = format!("/v1/access/{}", asked["id"].as_str().unwrap());
    let find =
        j!({"case": "SUP-1", "reason": "It stopped counting", "by": "mail", "text": "nobody@", "after": ""});
    let glass = j!({"case": "SUP-1", "reason": "It may overheat", "grounds": "safety"});
    let sold = j!({"case": "SUP-1", "reason": "Sold", "serial": "S9"});
    let rows = BTreeMap::from([
        ("POST /alexa/directive", row(Takes::Raw, "", "/alexa/directive")),
        ("POST /alexa/directive/{region}", row(Takes::Raw, "", "/alexa/directive/europe")),
        ("POST /sns", row(Takes::Raw, "", "/sns")),
        ("POST /oauth/consent", row(Takes::Form, "", "/oauth/consent")),
        ("POST /oauth/revoke", row(Takes::Form, "", "/oauth/revoke")),
        ("POST /oauth/sign-in", row(Takes::Form, "", "/oauth/sign-in")),
        ("POST /oauth/second-factor", row(Takes::Form, "", "/oauth/second-factor")),
        ("POST /oauth/sign-out", row(Takes::Form, "", "/oauth/sign-out")),
        ("POST /oauth/token", row(Takes::Form, "", "/oauth/token")),
        ("POST /v1/accounts", row(json(account), &admin, "/v1/accounts")),
        (
            "POST /v1/accounts/{account}/second-factor/reset",
            row(json(why.clone()), &admin, &format!("/v1/accounts/{}/second-factor/reset", staff_id.0)),
        ),
        ("POST /v1/access/{access}/give", row(json(j!({"days": 3})), &person, &format!("{access}/give"))),
        ("POST /v1/access/{access}/decline", row(Takes::Nothing, &person, &format!("{access}/decline"))),
        ("POST /v1/access/{access}/withdraw", row(Takes::Nothing, &person, &format!("{access}/withdraw"))),
        ("POST /v1/support/find", row(json(find), &admin, "/v1/support/find")),
        ("POST /v1/support/customers/{customer}/ask", row(json(why.clone()), &admin, &format!("{care}/ask"))),
        (
            "POST /v1/support/customers/{customer}/close",
            row(Takes::Nothing, &admin, &format!("{care}/close")),
        ),
        (
            "POST /v1/support/customers/{customer}/break-glass",
            row(json(glass), &admin, &format!("{care}/break-glass")),
        ),
        (
            "POST /v1/support/customers/{customer}/resume",
            row(json(why.clone()), &admin, &format!("{care}/resume")),
        ),
        (
            "POST /v1/support/customers/{customer}/discovery",
            row(json(why.clone()), &admin, &format!("{care}/discovery")),
        ),
        (
            "POST /v1/support/customers/{customer}/reports/{message}/release",
            row(json(why.clone()), &admin, &format!("{care}/reports/{}/release", uuid::Uuid::nil())),
        ),
        (
            "POST /v1/support/customers/{customer}/devices/{device}/cancel-test-orders",
            row(json(why), &admin, &format!("{care}/devices/{device}/cancel-test-orders")),
        ),
        (
            "POST /v1/support/customers/{customer}/devices/{device}/deregister",
            row(json(sold), &admin, &format!("{care}/devices/{device}/deregister")),
        ),
        (
            "POST /v1/reports/{message}/retry",
            row(Takes::Nothing, &customer, &format!("/v1/reports/{}/retry", uuid::Uuid::nil())),
        ),
        (
            "POST /v1/reports/{message}/discard",
            row(Takes::Nothing, &customer, &format!("/v1/reports/{}/discard", uuid::Uuid::nil())),
        ),
        ("POST /v1/alexa/check", row(Takes::Nothing, &customer, "/v1/alexa/check")),
        ("POST /v1/alexa/link", row(Takes::Nothing, &customer, "/v1/alexa/link")),
        ("POST /v1/alexa/resume", row(Takes::Nothing, &customer, "/v1/alexa/resume")),
        ("POST /v1/device/events", row(json(used(1, 5)), &credential, "/v1/device/events")),
        (
            "POST /v1/device/events/batch",
            row(json(j!({"events": [used(2, 5)]})), &credential, "/v1/device/events/batch"),
        ),
        (
            "POST /v1/devices",
            row(json(j!({"model": "WASHER-1", "serial": "S9", "name": "W"})), &customer, "/v1/devices"),
        ),
        (
            "POST /v1/devices/{device}/drs",
            row(json(j!({"test": true})), &customer, &format!("/v1/devices/{device}/drs")),
        ),
        ("POST /v1/entries", row(json(j!({"entries": [entry]})), &customer, "/v1/entries")),
        (
            "PUT /v1/me/password",
            row(json(j!({"current": PASSWORD, "new": PASSWORD})), &person, "/v1/me/password"),
        ),
        (
            "PUT /v1/models/{model}/registration",
            row(json(j!({"dossier": {"kind": {"is": "skill"}}})), &admin, "/v1/models/WASHER-1/registration"),
        ),
        ("PUT /v1/models/{model}", row(json(model()), &admin, "/v1/models/WASHER-1")),
        (
            "PUT /v1/models/{model}/slots/{instance}/replenishment",
            row(
                json(j!({"id": "amzn1.replenishment.1"})),
                &admin,
                "/v1/models/WASHER-1/slots/salt/replenishment",
            ),
        ),
    ]);
    Table { world, rows, description: serde_json::to_value(description()).unwrap() }
}

impl Table {
    async fn send(&self, name: &str, kind: &str, body: impl Into<reqwest::Body>) -> Response {
        let row = &self.rows[name];
        let method: Method = name.split(' ').next().unwrap().parse().unwrap();
        let mut ask = self.world.ask(method, &row.path).header("content-type", kind).body(body);
        if !row.secret.is_empty() {
            ask = ask.bearer_auth(&row.secret);
        }
        ask.send().await.unwrap()
    }

    /// Only the head of a body of ten megabytes, and a little more than the route takes.
    async fn send_large(&self, name: &str, kind: &str) -> u16 {
        let row = &self.rows[name];
        let method = name.split(' ').next().unwrap();
        let mut stream = tokio::net::TcpStream::connect(self.world.server().address).await.unwrap();
        let head = format!(
            "{method} {} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\ncontent-type: {kind}\r\ncontent-length: 10485760\r\n\r\n",
            row.path, row.secret
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let limits = &self.world.server().app().config.limits;
        let sent = vec![b' '; limits.batch_bytes + 1];
        // It may close before it has read what is too much.
        let _ = stream.write_all(&sent).await;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        std::str::from_utf8(&answer[9..]).unwrap().parse().unwrap()
    }

    /// Members of the body, and which of them must be there.
    fn members(&self, name: &str) -> (BTreeSet<String>, BTreeSet<String>) {
        let (method, path) = name.split_once(' ').unwrap();
        let body = &self.description["paths"][path][method.to_lowercase()]["requestBody"];
        let schema = body["content"]["application/json"]["schema"]["$ref"].as_str().unwrap();
        let schema = &self.description["components"]["schemas"][schema.rsplit('/').next().unwrap()];
        let all = schema["properties"].as_object().unwrap().keys().cloned().collect();
        let list = schema["required"].as_array().cloned().unwrap_or_default();
        (all, list.iter().map(|name| name.as_str().unwrap().to_owned()).collect())
    }
}

#[tokio::test]
async fn every_route_that_takes_a_body_has_a_row() {
    let table = table().await;
    let mut described = BTreeSet::new();
    for (path, methods) in table.description["paths"].as_object().unwrap() {
        for method in
            methods.as_object().unwrap().keys().filter(|method| *method != "get" && *method != "delete")
        {
            described.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let rows: BTreeSet<String> = table.rows.keys().map(ToString::to_string).collect();
    assert_eq!(rows, described, "a route without a row is not tested against hostile bodies");
    for (name, row) in &table.rows {
        if let Takes::Json(good) = &row.takes {
            let status = table.send(name, "application/json", good.to_string()).await.status().as_u16();
            assert!(happy(name, status), "{name} is happy with its body: {status}");
        }
    }
}

#[tokio::test]
async fn hostile_bodies_are_refused_and_cost_nothing() {
    let table = table().await;
    let keys = |count: usize| {
        let members: Vec<String> = (0..count).map(|key| format!("\"{key}\":0")).collect();
        format!("{{{}}}", members.join(","))
    };
    let deep = |open: &str, close: &str| format!("{}0{}", open.repeat(10_000), close.repeat(10_000));
    for (name, row) in &table.rows {
        let hostile = [
            ("deep lists", deep("[", "]").into_bytes()),
            ("deep objects", deep("{\"a\":", "}").into_bytes()),
            ("100,000 members", keys(100_000).into_bytes()),
            ("cut off", b"{\"a\": ".to_vec()),
            ("nothing", Vec::new()),
            ("no text", vec![0xff, 0xfe, 0x00, 0xd8]),
            ("a lone surrogate", b"{\"a\": \"\\ud800\"}".to_vec()),
            ("a number beyond all", b"{\"a\": 1e999999}".to_vec()),
        ];
        for (what, body) in hostile {
            let kind = match row.takes {
                Takes::Form => "application/x-www-form-urlencoded",
                Takes::Raw => "text/plain",
                _ => "application/json",
            };
            let response = table.send(name, kind, body).await;
            let status = response.status().as_u16();
            match row.takes {
                // Each thing of a batch is judged alone; where nothing must be there, what nobody knows is ignored.
                Takes::Json(_) if status == 200 => {
                    let verdicts = crate::world::json(response, 200).await["verdicts"].take();
                    let refused = |all: &Vec<Value>| all.iter().all(|of| of["outcome"] == "refused");
                    let ignored = table.members(name).1.is_empty();
                    assert!(verdicts.as_array().map_or(ignored, refused), "{name}, {what}: {verdicts}");
                }
                Takes::Json(_) => {
                    assert!([400, 413, 422].contains(&status), "{name}, {what}: {status}");
                    refusal(response, status).await;
                }
                // A form of nothing that is known, or a directive that is none, has an answer of its own.
                Takes::Form | Takes::Raw => {
                    assert!([200, 303, 400, 401, 403, 413].contains(&status), "{name}, {what}: {status}");
                }
                Takes::Nothing => assert!([200, 204, 404, 409].contains(&status), "{name}, {what}: {status}"),
            }
        }
        let kinds: &[&str] = match row.takes {
            Takes::Json(_) => &[
                "text/plain",
                "application/x-www-form-urlencoded",
                "application/jsonp",
                "",
                "multipart/form-data",
            ],
            Takes::Form => &["text/plain", "application/json", "", "multipart/form-data"],
            Takes::Raw | Takes::Nothing => &[],
        };
        for kind in kinds {
            let response = table.send(name, kind, "{}").await;
            assert_eq!(refusal(response, 415).await, "unsupported_media_type", "{name} as {kind}");
        }
        let kind = if matches!(row.takes, Takes::Form) {
            "application/x-www-form-urlencoded"
        } else {
            "application/json"
        };
        let wanted = if matches!(row.takes, Takes::Nothing) { &[200, 204, 404, 409][..] } else { &[413][..] };
        let status = table.send_large(name, kind).await;
        assert!(wanted.contains(&status), "{name}, ten megabytes: {status}");
    }
    assert_eq!(table.world.ask(Method::GET, "/readyz").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn what_is_wrong_with_a_member_is_said_of_that_member_and_unknown_ones_are_ignored() {
    let table = table().await;
    let mut checked = 0;
    for (name, row) in &table.rows {
        let Takes::Json(good) = &row.takes else { continue };
        let happy = |status: u16| happy(name, status);
        let mut more = good.clone();
        more["nobody knows this"] = j!({"role": "administrator", "list": [[1, {"a": null}]]});
        for number in 0..500 {
            more[format!("unknown{number}")] = number.into();
        }
        let status = table.send(name, "application/json", more.to_string()).await.status().as_u16();
        assert!(happy(status), "{name} ignores what it does not know: {status}");
        let status =
            table.send(name, "application/json; charset=utf-8", good.to_string()).await.status().as_u16();
        assert!(happy(status), "{name} with a charset: {status}");
        let (all, required) = table.members(name);
        for member in &all {
            for wrong in [j!({"a": [1]}), j!([{}, 1]), j!(0.5)] {
                if wrong.is_array() && good[member].is_array() {
                    continue;
                }
                let mut body = good.clone();
                body[member] = wrong.clone();
                let response = table.send(name, "application/json", body.to_string()).await;
                let problem = crate::world::json(response, 422).await;
                let field = problem["field"].as_str().unwrap_or_else(|| panic!("{name} {member}: {problem}"));
                assert!(
                    field == member
                        || field.starts_with(&format!("{member}."))
                        || field.starts_with(&format!("{member}[")),
                    "{name} {member}: {problem}"
                );
                checked += 1;
            }
        }
        for member in &required {
            let mut body = good.clone();
            body.as_object_mut().unwrap().remove(member);
            let response = table.send(name, "application/json", body.to_string()).await;
            let problem = crate::world::json(response, 422).await;
            let said = format!("{} {}", problem["field"], problem["detail"]);
            assert!(said.contains(member.as_str()), "{name} without {member}: {problem}");
            checked += 1;
        }
    }
    assert!(checked > 60, "{checked}");
}
