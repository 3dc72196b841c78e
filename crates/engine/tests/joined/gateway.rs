//! Amazon's side of the straight way: a true sandbox with its event gateway, and a device here of which it is told.

use crate::world::{Home, beginning};
use chrono::{DateTime, Utc};
use refill_domain::endpoint::{DeviceKind, SensorKind, SupplyKind};
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::measure::Unit;
use refill_engine::api::Api as _;
use refill_engine::clock::Clock as _;
use refill_engine::form::{AddDeviceForm, RecordForm, SlotForm, Typed, What};
use refill_engine::view::{DirectForm, GatewayRegion};
use refill_sandbox::{Clock, Config, Running, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const SKILL: &str = "amzn1.ask.skill.sandbox";
pub const CLIENT: (&str, &str) = ("amzn1.application-oa2-client.sandbox-skill", "sandbox-skill-secret");
const ONE: &str = "amzn1.account.ONE";

/// A true sandbox, and what its board tells.
pub struct Amazon {
    pub running: Running,
    http: reqwest::Client,
}

impl Amazon {
    pub async fn new() -> Self {
        Self::at(beginning()).await
    }

    /// One whose clock stands at a moment until it is moved.
    pub async fn at(moment: DateTime<Utc>) -> Self {
        let config = Config { deduplicate: true, ..Config::default() };
        let sandbox = Sandbox::new(config, Clock::at(moment, 0), false).unwrap();
        let running = refill_sandbox::start(sandbox, ([127, 0, 0, 1], 0).into(), false).await.unwrap();
        Self { running, http: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.sandbox.base())
    }

    async fn board(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = self.http.request(method.clone(), self.url(&format!("/_board{path}")));
        let request = if method == Method::GET { request } else { request.json(body) };
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default()
    }

    pub async fn refresh_token(&self) -> String {
        let granted = self.board(Method::POST, "/grants", &json!({"customer": ONE, "skill": SKILL})).await;
        granted["refreshToken"].as_str().unwrap().to_owned()
    }

    pub async fn form(&self) -> DirectForm {
        DirectForm {
            client: CLIENT.0.into(),
            secret: CLIENT.1.into(),
            region: GatewayRegion::NorthAmerica,
            refresh: Some(self.refresh_token().await),
            code: None,
            events: Some(self.url("/na/v3/events")),
            tokens: Some(self.url("/auth/o2/token")),
        }
    }

    pub async fn fault(&self, route: &str, times: Option<u32>, fault: Value) {
        self.board(Method::POST, "/faults", &json!({"route": route, "times": times, "fault": fault})).await;
    }

    pub async fn well(&self) {
        self.board(Method::DELETE, "/faults", &json!({})).await;
    }

    /// What came to the gateway, in order: status, name, id, and the moment.
    pub async fn came(&self) -> Vec<(u64, String, String)> {
        let all = self.board(Method::GET, "/received?route=gateway&sent=false", &Value::Null).await;
        let text = |of: &Value| of.as_str().unwrap_or_default().to_owned();
        let one = |of: &Value| {
            let header = &of["body"]["event"]["header"];
            (of["status"].as_u64().unwrap_or_default(), text(&header["name"]), text(&header["messageId"]))
        };
        all["received"].as_array().unwrap().iter().map(one).collect()
    }

    /// When each message came, by its id.
    pub async fn tries(&self) -> BTreeMap<String, Vec<DateTime<Utc>>> {
        let all = self.board(Method::GET, "/received?route=gateway&sent=false", &Value::Null).await;
        let mut tries: BTreeMap<String, Vec<DateTime<Utc>>> = BTreeMap::new();
        for one in all["received"].as_array().unwrap() {
            let id = one["body"]["event"]["header"]["messageId"].as_str().unwrap();
            tries.entry(id.to_owned()).or_default().push(one["at"].as_str().unwrap().parse().unwrap());
        }
        tries
    }

    pub async fn taken(&self, name: &str) -> usize {
        self.came().await.iter().filter(|(status, of, _)| *status == 202 && of == name).count()
    }

    /// Every message that came to the gateway, as it was sent.
    pub async fn messages(&self) -> Vec<Value> {
        let all =
            self.board(Method::GET, "/received?route=gateway&sent=false&limit=1000", &Value::Null).await;
        all["received"].as_array().unwrap().iter().map(|one| one["body"].clone()).collect()
    }

    /// What Amazon believes is left in the only sensor.
    pub async fn level(&self) -> f64 {
        self.sensors().await.first().map_or(f64::NAN, |sensor| sensor["level"].as_f64().unwrap_or(f64::NAN))
    }

    pub async fn sensors(&self) -> Vec<Value> {
        let all = self.board(Method::GET, &format!("/endpoints?customer={ONE}"), &Value::Null).await;
        all["endpoints"][0]["sensors"].as_array().cloned().unwrap_or_default()
    }
}

/// A device with a level that people count, of which Alexa can be told.
pub async fn tank(home: &Home) -> SlotId {
    let form = AddDeviceForm {
        id: EndpointId(home.clock.new_id()),
        name: "Water softener".into(),
        kind: DeviceKind::Other,
        model: None,
        location: None,
        address: None,
        slots: vec![SlotForm {
            instance: None,
            name: "Salt".into(),
            supply: SupplyKind::Other,
            sensor: SensorKind::Level,
            unit: Unit::Percent,
            capacity: None,
            pack: None,
            low: None,
            level: Some(Typed { text: "20".into(), unit: Unit::Percent }),
            shelf: None,
        }],
    };
    home.engine.add_device(form).await.unwrap();
    home.slot("Salt").await.unwrap()
}

/// What a person says who counts what is left.
pub fn counted(id: EntryId, slot: SlotId, percent: &str) -> RecordForm {
    let level = Some(Typed { text: percent.into(), unit: Unit::Percent });
    let what = What::Counted { level, shelf: None };
    RecordForm { id, slot, on: None, note: None, amends: None, what }
}

pub async fn counts(home: &Home, slot: SlotId, percent: &str) {
    let id = EntryId(home.clock.new_id());
    home.engine.record(counted(id, slot, percent)).await.unwrap();
}
