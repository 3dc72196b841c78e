//! A sandbox of one test, and the calls on it.

use chrono::{DateTime, TimeDelta, Utc};
use refill_sandbox::{Clock, Config, Running, Sandbox, start};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

pub const SKILL: &str = "amzn1.ask.skill.sandbox";
pub const SKILL_CLIENT: (&str, &str) = ("amzn1.application-oa2-client.sandbox-skill", "sandbox-skill-secret");
pub const DASH_CLIENT: (&str, &str) = ("amzn1.application-oa2-client.sandbox-dash", "sandbox-dash-secret");
pub const RETURN: &str = "http://127.0.0.1:8787/amazon/return";
pub const ONE: &str = "amzn1.account.ONE";

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// What came back.
#[derive(Debug)]
pub struct Back {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Back {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|why| panic!("{why} in {:?}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }
}

/// A running sandbox whose clock is held at 2026-03-01, noon.
pub struct Side {
    pub running: Running,
    pub http: Client,
}

impl Side {
    pub async fn new() -> Self {
        Self::with(Config::default()).await
    }

    pub async fn with(config: Config) -> Self {
        let clock = Clock::at(at("2026-03-01T12:00:00Z"), 0);
        let sandbox = Sandbox::new(config, clock, false).expect("a sandbox");
        let running = start(sandbox, ([127, 0, 0, 1], 0).into(), false).await.expect("listens");
        let http = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("a client");
        Self { running, http }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.sandbox.base())
    }

    pub fn to(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    /// An answer, or `None` where the connection broke.
    pub async fn try_send(&self, request: RequestBuilder) -> Option<Back> {
        let response = request.send().await.ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Some(Back { status, headers, text: response.text().await.ok()? })
    }

    pub async fn send(&self, request: RequestBuilder) -> Back {
        self.try_send(request).await.expect("an answer")
    }

    pub async fn get(&self, path: &str) -> Back {
        self.send(self.to(Method::GET, path)).await
    }

    pub async fn board(&self, path: &str) -> Value {
        let back = self.get(&format!("/_board{path}")).await;
        assert_eq!(back.status, 200, "{}", back.text);
        back.json()
    }

    pub async fn act(&self, path: &str, body: Value) -> Back {
        self.send(self.to(Method::POST, &format!("/_board{path}")).json(&body)).await
    }

    pub async fn fault(&self, route: &str, times: Option<u32>, fault: Value) -> u64 {
        let back = self.act("/faults", json!({"route": route, "times": times, "fault": fault})).await;
        assert_eq!(back.status, 201, "{}", back.text);
        back.json()["id"].as_u64().expect("an id")
    }

    pub async fn advance(&self, by: TimeDelta) {
        let back = self.act("/clock", json!({"advanceSeconds": by.num_seconds()})).await;
        assert_eq!(back.status, 200, "{}", back.text);
    }

    /// A live access token for events of a customer.
    pub async fn events_token(&self, customer: &str) -> String {
        let back = self.act("/grants", json!({"customer": customer, "skill": SKILL})).await;
        assert_eq!(back.status, 201, "{}", back.text);
        back.json()["accessToken"].as_str().expect("a token").to_owned()
    }

    /// Posts an event as its text stands.
    pub async fn post_event(&self, token: &str, body: &Value) -> Back {
        let request = self.to(Method::POST, "/na/v3/events").bearer_auth(token).json(body);
        self.send(request).await
    }

    pub async fn token(&self, form: &[(&str, &str)]) -> Back {
        self.send(self.to(Method::POST, "/auth/o2/token").form(form)).await
    }
}

/// A device with one sensor of each kind, and the rest that the documents ask for.
pub fn device(id: &str) -> Value {
    let sensor = |interface: &str, instance: &str, measurement: Value| {
        json!({
            "type": "AlexaInterface",
            "interface": format!("Alexa.{interface}"),
            "version": "3",
            "instance": instance,
            "capabilityResources": {"friendlyNames": [
                {"@type": "text", "value": {"text": "Cyan ink", "locale": "en-US"}},
            ]},
            "configuration": {
                "measurement": measurement,
                "replenishment": {"@type": "DashReplenishmentId", "value": format!("drs-{instance}")},
            },
        })
    };
    let mut level =
        sensor("InventoryLevelSensor", "Ink.Cyan", json!({"@type": "Volume", "unit": "MILLILITER"}));
    level["properties"] =
        json!({"supported": [{"name": "level"}], "proactivelyReported": true, "retrievable": true});
    json!({
        "endpointId": id,
        "manufacturerName": "Sample Manufacturer",
        "description": "Printer by Sample Manufacturer",
        "friendlyName": "Printer",
        "displayCategories": ["OTHER"],
        "cookie": {},
        "capabilities": [
            level,
            sensor("InventoryUsageSensor", "Pods", json!({"@type": "Count"})),
            sensor("InventoryLevelUsageSensor", "Filter", json!({"@type": "Duration"})),
            {"type": "AlexaInterface", "interface": "Alexa.EndpointHealth", "version": "3", "properties": {
                "supported": [{"name": "connectivity"}], "proactivelyReported": true, "retrievable": true}},
            {"type": "AlexaInterface", "interface": "Alexa", "version": "3"},
        ],
    })
}

fn header(namespace: &str, name: &str, number: u32) -> Value {
    json!({"namespace": namespace, "name": name, "payloadVersion": "3", "messageId": format!("message-{number}")})
}

pub fn add_or_update(token: &str, devices: &[Value]) -> Value {
    json!({"event": {
        "header": header("Alexa.Discovery", "AddOrUpdateReport", 1),
        "payload": {"endpoints": devices, "scope": {"type": "BearerToken", "token": token}},
    }})
}

fn of_device(token: &str, id: &str, head: &Value, payload: &Value) -> Value {
    json!({"event": {
        "header": head,
        "endpoint": {"scope": {"type": "BearerToken", "token": token}, "endpointId": id},
        "payload": payload,
    }})
}

pub fn change(token: &str, id: &str, number: u32, left: f64) -> Value {
    let mut event = of_device(
        token,
        id,
        &header("Alexa", "ChangeReport", number),
        &json!({"change": {"cause": {"type": "PERIODIC_POLL"}, "properties": [{
            "namespace": "Alexa.InventoryLevelSensor",
            "instance": "Ink.Cyan",
            "name": "level",
            "value": {"@type": "Volume", "value": left, "unit": "MILLILITER"},
            "timeOfSample": "2026-03-01T11:59:00.52Z",
            "uncertaintyInMilliseconds": 0,
        }]}}),
    );
    event["context"] = json!({"properties": [{
        "namespace": "Alexa.EndpointHealth",
        "name": "connectivity",
        "value": {"value": "OK"},
        "timeOfSample": "2026-03-01T11:59:00Z",
        "uncertaintyInMilliseconds": 0,
    }]});
    event
}

pub fn consumed(token: &str, id: &str, number: u32, pods: u32) -> Value {
    let mut head = header("Alexa.InventoryUsageSensor", "InventoryConsumed", number);
    head["instance"] = json!("Pods");
    let usage = json!({"usage": {"@type": "Count", "value": pods}, "timeOfSample": "2026-03-01T11:59:00Z"});
    of_device(token, id, &head, &usage)
}

pub fn ran(token: &str, id: &str, number: u32, duration: &str) -> Value {
    let mut head = header("Alexa.InventoryLevelUsageSensor", "InventoryConsumed", number);
    head["instance"] = json!("Filter");
    let usage =
        json!({"usage": {"@type": "Duration", "value": duration}, "timeOfSample": "2026-03-01T11:59:00Z"});
    of_device(token, id, &head, &usage)
}

pub fn replaced(token: &str, id: &str, number: u32) -> Value {
    let mut head = header("Alexa.InventoryLevelUsageSensor", "InventoryReplaced", number);
    head["instance"] = json!("Filter");
    of_device(token, id, &head, &json!({"replacedDate": "2026-03-01T11:00:00Z"}))
}

pub fn deleted(token: &str, id: &str) -> Value {
    json!({"event": {
        "header": header("Alexa.Discovery", "DeleteReport", 9),
        "payload": {"endpoints": [{"endpointId": id}], "scope": {"type": "BearerToken", "token": token}},
    }})
}

pub fn state(token: &str, id: &str, number: u32) -> Value {
    let mut head = header("Alexa", "StateReport", number);
    head["correlationToken"] = json!("opaque");
    let mut event = of_device(token, id, &head, &json!({}));
    event["context"] = change(token, id, number, 5.0)["context"].clone();
    event
}

pub fn failed(token: &str, id: &str, number: u32, kind: &str) -> Value {
    let mut head = header("Alexa", "ErrorResponse", number);
    head["correlationToken"] = json!("opaque");
    of_device(token, id, &head, &json!({"type": kind, "message": "for the developer"}))
}
