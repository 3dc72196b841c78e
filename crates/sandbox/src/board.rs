//! The board: how tests and people look into Amazon's side and act for it: configuration, clock, faults, record, orders,
//! notifications, skills. It is not part of what Amazon offers, and nothing here is recorded or faulted.

mod acts;
mod faults;

pub use faults::{Fault, Faults, Planned};

use crate::clock::printed;
use crate::config::{Config, SECONDS_MAX};
use crate::record::Wanted;
use crate::reply;
use crate::sandbox::Sandbox;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::Response;
use axum::response::IntoResponse;
use axum::routing::{delete, get, post};
use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Years in which the clock may stand: those in which the certificate holds.
const YEARS: std::ops::Range<i32> = 2015..2099;

type Answer = Result<Response<Body>, Wrong>;

/// What can't be done, in a sentence.
#[derive(Debug)]
struct Wrong(String);

impl IntoResponse for Wrong {
    fn into_response(self) -> Response<Body> {
        reply::json(400, &json!({"error": self.0}))
    }
}

/// Everything below `/_board`.
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/", get(addresses))
        .route("/config", get(config).put(configure))
        .route("/clock", get(clock).post(set_clock))
        .route("/settle", post(settle))
        .route("/reset", post(reset))
        .route("/received", get(received).delete(forget))
        .route("/findings", get(findings))
        .route("/faults", get(faults_planned).post(plan).delete(clear))
        .route("/faults/{id}", delete(clear_one))
        .merge(acts::router())
}

/// Reads a body; what can't be read is told in a sentence.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Wrong> {
    serde_json::from_slice(body).map_err(|why| wrong(&why.to_string()))
}

fn wrong(why: &str) -> Wrong {
    Wrong(why.to_owned())
}

fn ok(body: &Value) -> Response<Body> {
    reply::json(200, body)
}

async fn addresses(State(sandbox): State<Sandbox>) -> Response<Body> {
    ok(&crate::serve::addresses(&sandbox))
}

async fn config(State(sandbox): State<Sandbox>) -> Response<Body> {
    ok(&json!(sandbox.state().config))
}

async fn configure(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let config: Config = read(&body)?;
    let config = config.checked().map_err(|why| wrong(&why))?;
    sandbox.state().config = config;
    Ok(reply::empty(204))
}

async fn clock(State(sandbox): State<Sandbox>) -> Response<Body> {
    ok(&json!({"now": printed(sandbox.now()), "rate": sandbox.clock().rate()}))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewClock {
    at: Option<DateTime<Utc>>,
    rate: Option<u32>,
    advance_seconds: Option<i64>,
}

async fn set_clock(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let NewClock { at, rate, advance_seconds } = read(&body)?;
    let rate = rate.unwrap_or_else(|| sandbox.clock().rate());
    if at.is_some_and(|at| !YEARS.contains(&at.year())) {
        return Err(wrong("at: must be in the years 2015 to 2098"));
    }
    if rate > 1_000_000 {
        return Err(wrong("rate: at most a million seconds a second"));
    }
    sandbox.clock().set(at.unwrap_or_else(|| sandbox.now()), rate);
    if let Some(seconds) = advance_seconds {
        if !(0..=SECONDS_MAX).contains(&seconds) {
            return Err(wrong("advanceSeconds: at least 0 and at most ten years; set `at` to go back"));
        }
        sandbox.advance(TimeDelta::seconds(seconds)).await;
    }
    Ok(clock(State(sandbox)).await)
}

async fn settle(State(sandbox): State<Sandbox>) -> Response<Body> {
    sandbox.settle().await;
    reply::empty(204)
}

async fn reset(State(sandbox): State<Sandbox>) -> Response<Body> {
    sandbox.reset();
    reply::empty(204)
}

async fn received(State(sandbox): State<Sandbox>, Query(wanted): Query<Wanted>) -> Response<Body> {
    let found = sandbox.state().record.find(&wanted);
    ok(&json!({"received": found}))
}

async fn forget(State(sandbox): State<Sandbox>) -> Response<Body> {
    sandbox.state().record.clear();
    reply::empty(204)
}

async fn findings(State(sandbox): State<Sandbox>) -> Response<Body> {
    ok(&json!({"findings": sandbox.state().findings}))
}

async fn faults_planned(State(sandbox): State<Sandbox>) -> Response<Body> {
    let state = sandbox.state();
    ok(&json!({"faults": state.faults.list().collect::<Vec<_>>()}))
}

async fn plan(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let planned: Planned = read(&body)?;
    let id = sandbox.state().faults.plan(planned).map_err(|why| wrong(&why))?;
    Ok(reply::json(201, &json!({"id": id})))
}

async fn clear(State(sandbox): State<Sandbox>) -> Response<Body> {
    let cleared = sandbox.state().faults.clear(None);
    sandbox.faults_changed();
    ok(&json!({"cleared": cleared}))
}

async fn clear_one(State(sandbox): State<Sandbox>, Path(id): Path<u64>) -> Response<Body> {
    let cleared = sandbox.state().faults.clear(Some(id));
    sandbox.faults_changed();
    reply::json(if cleared == 1 { 200 } else { 404 }, &json!({"cleared": cleared}))
}
