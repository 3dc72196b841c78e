//! What the board does in the name of customers and of Amazon: grants, orders, subscriptions, notifications, skills.

use super::{Answer, ok, read, wrong};
use crate::check::{Checked, Refusal};
use crate::drs::Step;
use crate::lwa::{DeviceId, Grant, Purpose};
use crate::reply;
use crate::sandbox::Sandbox;
use crate::skill::{self, Heard};
use crate::sns::Notice;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/endpoints", get(endpoints))
        .route("/grants", post(grant))
        .route("/drs", get(drs))
        .route("/drs/orders/{id}", post(order))
        .route("/drs/subscription", post(subscription))
        .route("/drs/deregister", post(deregister))
        .route("/sns", get(sns))
        .route("/sns/subscribe", post(subscribe))
        .route("/sns/publish", post(publish))
        .route("/skills", get(skills))
        .route("/skills/{id}/{act}", post(act))
}

#[derive(Deserialize)]
struct Whose {
    customer: Option<String>,
}

async fn endpoints(State(sandbox): State<Sandbox>, Query(whose): Query<Whose>) -> Response<Body> {
    let now = sandbox.now();
    ok(&sandbox.state().book.shown(whose.customer.as_deref(), now))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewGrant {
    customer: String,
    skill: Option<String>,
    client: Option<String>,
}

/// Tokens without a page: for the events of a skill, or for linking from the maker's app.
async fn grant(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let NewGrant { customer, skill, client } = read(&body)?;
    let now = sandbox.now();
    let mut state = sandbox.state();
    let (client, purpose) = match (skill, client) {
        (Some(skill), None) => {
            let Some(known) = state.config.skill(&skill) else { return Err(wrong("skill: is unknown")) };
            (known.client_id.clone(), Purpose::Events { skill, region: known.region })
        }
        (None, Some(client)) => (client, Purpose::Linking),
        _ => return Err(wrong("name either a skill or a client")),
    };
    let tokens = state.lwa.direct(Grant { customer, client, purpose }, now);
    Ok(reply::json(201, &json!({"accessToken": tokens.access, "refreshToken": tokens.refresh})))
}

async fn drs(State(sandbox): State<Sandbox>) -> Response<Body> {
    ok(&sandbox.state().drs.shown())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderStep {
    step: Step,
}

async fn order(State(sandbox): State<Sandbox>, Path(id): Path<String>, body: Bytes) -> Answer {
    let OrderStep { step } = read(&body)?;
    {
        let now = sandbox.now();
        let mut state = sandbox.state();
        let times = state.config.orders.clone();
        let Some(notice) = state.drs.step(&id, step, &times, now) else {
            return Err(wrong("the order is unknown, or can't make this step now"));
        };
        state.tell(now, &notice);
    }
    sandbox.settle().await;
    Ok(reply::empty(204))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subscribed {
    model: String,
    serial: String,
    slot: String,
    subscribed: bool,
}

async fn subscription(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let Subscribed { model, serial, slot, subscribed } = read(&body)?;
    let device: DeviceId = (model, serial);
    {
        let now = sandbox.now();
        let mut state = sandbox.state();
        if !state.drs.subscribe(&device, &slot, subscribed) {
            return Err(wrong("no such device or slot"));
        }
        state.tell(now, &Notice::Subscription(device));
    }
    sandbox.settle().await;
    Ok(reply::empty(204))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gone {
    model: Option<String>,
    serial: Option<String>,
    customer: Option<String>,
}

/// One device, or all of a customer who removed the app under Login with Amazon (protocols 5.1).
async fn deregister(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let now = sandbox.now();
    {
        let mut state = sandbox.state();
        let devices = match read(&body)? {
            Gone { model: Some(model), serial: Some(serial), customer: None } => vec![(model, serial)],
            Gone { model: None, serial: None, customer: Some(customer) } => state.drs.of(&customer),
            _ => return Err(wrong("name either model and serial, or a customer")),
        };
        let mut ended = 0;
        for device in devices {
            ended += usize::from(crate::drs::deregister(&mut state, &device, now));
        }
        if ended == 0 {
            return Err(wrong("no such device is registered"));
        }
    }
    sandbox.settle().await;
    Ok(reply::empty(204))
}

async fn sns(State(sandbox): State<Sandbox>) -> Response<Body> {
    ok(&sandbox.state().topic.shown())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subscriber {
    endpoint: String,
    #[serde(default)]
    raw: bool,
}

async fn subscribe(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let Subscriber { endpoint, raw } = read(&body)?;
    sandbox.callable(&endpoint).map_err(|why| wrong(&why))?;
    let arn = {
        let now = sandbox.now();
        let mut state = sandbox.state();
        let topic = state.config.topic.clone();
        state.topic.subscribe(&topic, &endpoint, raw, now).map_err(|why| wrong(&why))?
    };
    sandbox.settle().await;
    Ok(reply::json(201, &json!({"subscriptionArn": arn})))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Publication {
    message: String,
    subject: Option<String>,
    #[serde(default)]
    attributes: Value,
    /// Another topic's ARN, signed all the same.
    topic_arn: Option<String>,
}

async fn publish(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let Publication { message, subject, attributes, topic_arn } = read(&body)?;
    {
        let now = sandbox.now();
        let mut state = sandbox.state();
        let mut topic = state.config.topic.clone();
        topic.arn = topic_arn.unwrap_or(topic.arn);
        state.topic.publish_text(&topic, &message, subject.as_deref(), &attributes, now);
    }
    sandbox.settle().await;
    Ok(reply::empty(204))
}

async fn skills(State(sandbox): State<Sandbox>) -> Response<Body> {
    ok(&sandbox.state().links.shown())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Act {
    customer: String,
    code: Option<String>,
    redirect_uri: Option<String>,
    endpoint_id: Option<String>,
    namespace: Option<String>,
    name: Option<String>,
    #[serde(default)]
    payload: Value,
    #[serde(default)]
    forget: bool,
}

/// `enable`, `link`, `grant`, `discover`, `report-state`, `directive`, `disable`. What the skill did wrong is answered with
/// 422 and the refusal.
async fn act(
    State(sandbox): State<Sandbox>,
    Path((skill, act)): Path<(String, String)>,
    body: Bytes,
) -> Answer {
    let asked: Act = read(&body)?;
    let (customer, endpoint) = (asked.customer.as_str(), asked.endpoint_id.as_deref().unwrap_or_default());
    let done = |done: Checked| done.map(|()| json!({"ok": true}));
    let heard = |heard: Checked<Heard>| heard.map(|heard| json!({"ok": true, "answer": heard.body}));
    let answer = match act.as_str() {
        "enable" => {
            skill::begin(&sandbox, &skill, customer).map(|url| json!({"ok": true, "authorizationUrl": url}))
        }
        "link" => {
            let (Some(code), Some(back)) = (&asked.code, &asked.redirect_uri) else {
                return Err(wrong("code and redirectUri are needed"));
            };
            done(skill::link(&sandbox, &skill, customer, code, back).await)
        }
        "grant" => done(skill::grant(&sandbox, &skill, customer).await),
        "discover" => heard(skill::discover(&sandbox, &skill, customer).await),
        "report-state" => {
            let named = ("Alexa", "ReportState");
            heard(skill::directive(&sandbox, &skill, customer, endpoint, named, json!({})).await)
        }
        "directive" => {
            let (Some(namespace), Some(name)) = (&asked.namespace, &asked.name) else {
                return Err(wrong("namespace and name are needed"));
            };
            let payload = if asked.payload.is_null() { json!({}) } else { asked.payload.clone() };
            heard(skill::directive(&sandbox, &skill, customer, endpoint, (namespace, name), payload).await)
        }
        "disable" => {
            let mut state = sandbox.state();
            let known = state.links.disable(&skill, customer);
            if asked.forget {
                let of = |grant: &Grant| {
                    grant.customer == customer
                        && matches!(&grant.purpose, Purpose::Events { skill: other, .. } if *other == skill)
                };
                state.lwa.end(of);
            }
            Ok(json!({"ok": known}))
        }
        _ => {
            return Err(wrong(
                "the acts are enable, link, grant, discover, report-state, directive, disable",
            ));
        }
    };
    Ok(match answer {
        Ok(body) => ok(&body),
        Err(Refusal { path, why, section }) => {
            reply::json(422, &json!({"ok": false, "path": path, "why": why, "section": section}))
        }
    })
}
