//! Alexa's messages by serde_json alone: structs for exactly these two messages, made of what our side wrote down.

use crate::rate;
use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

#[derive(Serialize, Deserialize)]
struct Told {
    event: Event,
    context: Around,
}

#[derive(Serialize, Deserialize)]
struct Event {
    header: Header,
    endpoint: Endpoint,
    payload: Payload,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header {
    namespace: String,
    name: String,
    payload_version: String,
    message_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_token: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Endpoint {
    scope: Scope,
    endpoint_id: String,
}

#[derive(Serialize, Deserialize)]
struct Scope {
    #[serde(rename = "type")]
    kind: String,
    token: String,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    change: Change,
}

#[derive(Serialize, Deserialize)]
struct Change {
    cause: Cause,
    properties: Vec<Property>,
}

#[derive(Serialize, Deserialize)]
struct Cause {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Serialize, Deserialize)]
struct Around {
    properties: Vec<Property>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Property {
    namespace: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    name: String,
    value: Value,
    time_of_sample: DateTime<Utc>,
    uncertainty_in_milliseconds: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Value {
    Quantity {
        #[serde(rename = "@type")]
        kind: String,
        value: serde_json::Number,
        #[serde(skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
    },
    Health {
        value: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Asked {
    directive: Directive,
}

#[derive(Serialize, Deserialize)]
struct Directive {
    header: Header,
    endpoint: Endpoint,
    payload: Nothing,
}

#[derive(Serialize, Deserialize)]
struct Nothing {}

/// Writes the change report again and again.
pub fn build(folder: &Path, time: Duration) -> anyhow::Result<()> {
    let text = std::fs::read(folder.join("report.json")).context("Read report.json")?;
    let told: Told = serde_json::from_slice(&text).context("Read the report")?;
    let same = |one: &[u8]| serde_json::from_slice::<serde_json::Value>(one).ok();
    ensure!(same(&serde_json::to_vec(&told)?) == same(&text), "the structs do not say what the report says");
    let per_second = rate(time, || {
        black_box(serde_json::to_vec(black_box(&told))?);
        Ok(())
    })?;
    println!("{{\"per_second\":{per_second}}}");
    Ok(())
}

/// Reads the directive again and again.
pub fn parse(folder: &Path, time: Duration) -> anyhow::Result<()> {
    let text = std::fs::read(folder.join("directive.json")).context("Read directive.json")?;
    let per_second = rate(time, || {
        black_box(serde_json::from_slice::<Asked>(black_box(&text))?);
        Ok(())
    })?;
    println!("{{\"per_second\":{per_second}}}");
    Ok(())
}
