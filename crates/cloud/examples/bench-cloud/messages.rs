//! Alexa's messages: how often a second a report is made into what goes out, and a directive is read.

use crate::rate;
use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};
use refill_domain::alexa::{
    ApplianceId, Asked, Cause, Connectivity, MessageId, Property, Report, read_directive,
};
use refill_domain::ids::EndpointId;
use refill_domain::measure::{Amount, Unit};
use refill_domain::secret::Secret;
use serde_json::{Value, json};
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

/// As long as Amazon's own (`performance.md` 2.8).
const TOKEN: usize = 355;

fn report() -> anyhow::Result<(Report, MessageId, Secret)> {
    let at: DateTime<Utc> = "2026-03-01T12:00:00.250Z".parse()?;
    let level = |instance: &str, milli| {
        let (amount, instance) = (Amount::new(milli, Unit::Percent), instance.parse()?);
        anyhow::Ok(Property::Level { instance, amount, at, uncertainty: 0 })
    };
    let report = Report::Changed {
        appliance: ApplianceId::from(EndpointId(Uuid::from_u128(7))),
        cause: Cause::PhysicalInteraction,
        properties: vec![level("black", 64_500)?],
        unchanged: vec![
            level("colour", 31_000)?,
            Property::Connectivity { value: Connectivity::Ok, at, uncertainty: 60_000 },
        ],
    };
    Ok((report, MessageId::from(Uuid::from_u128(9)), Secret::new("x".repeat(TOKEN))))
}

/// Writes `report.json` and `directive.json` for the floor and the peer.
pub fn make(folder: &Path) -> anyhow::Result<Value> {
    let (report, id, token) = report()?;
    std::fs::write(folder.join("report.json"), serde_json::to_vec(&report.message(&id, &token))?)?;
    let asked = json!({"directive": {
        "header": {"namespace": "Alexa", "name": "ReportState", "payloadVersion": "3",
            "messageId": Uuid::from_u128(9), "correlationToken": "dFMb0z+PgpgdDmluhJ1LddFvSqZ/jCc8ptlAKulUj90jSqg=="},
        "endpoint": {"endpointId": Uuid::from_u128(7), "cookie": {},
            "scope": {"type": "BearerToken", "token": "x".repeat(TOKEN)}},
        "payload": {}}});
    let asked = asked.to_string();
    let read = read_directive(asked.as_bytes())?;
    ensure!(matches!(read.asked, Asked::ReportState { .. }), "the directive is another");
    std::fs::write(folder.join("directive.json"), asked)?;
    Ok(json!({}))
}

/// Writes the report as it goes out, again and again.
pub fn build(_folder: &Path, time: Duration) -> anyhow::Result<Value> {
    let (report, id, token) = report()?;
    let per_second = rate(time, || {
        black_box(serde_json::to_vec(&black_box(&report).message(&id, &token))?);
        Ok(())
    })?;
    Ok(json!({"per_second": per_second}))
}

/// Reads the directive again and again.
pub fn parse(folder: &Path, time: Duration) -> anyhow::Result<Value> {
    let body = std::fs::read(folder.join("directive.json")).context("Read directive.json")?;
    let per_second = rate(time, || {
        black_box(read_directive(black_box(&body))?);
        Ok(())
    })?;
    Ok(json!({"per_second": per_second}))
}
