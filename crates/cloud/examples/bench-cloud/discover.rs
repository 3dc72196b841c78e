//! `Discover` for the customer with twenty devices: the service's whole answer beside serialising it alone, in turns.

use anyhow::{Context, ensure};
use refill_cloud::clock::SystemClock;
use refill_cloud::config::{Client, Config};
use refill_cloud::relay::describe;
use refill_cloud::secret::{Door, Secret};
use refill_cloud::{serve, skill};
use refill_domain::alexa::{Device, MessageId, discover_response};
use refill_domain::gateway::Region;
use serde_json::{Value, json};
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many of each in a turn.
const TURN: u32 = 50;

/// Answers the directive as a request would have it answered, and serialises the same answer, in turns.
pub async fn discover(folder: &Path, time: Duration) -> anyhow::Result<Value> {
    let token = std::fs::read_to_string(folder.join("house")).context("Read house")?;
    let mut config =
        Config { listen: ([127, 0, 0, 1], 0).into(), data: folder.to_owned(), ..Config::default() };
    config.clients = vec![Client::alexa("alexa", "secret-of-the-benchmark", "M2AAAAAAAAAAAA")];
    let server = serve::start(config, Arc::new(SystemClock)).await?;
    let app = server.app();
    let (_, account) = Secret::parse(Door::Access, &token).context("A token")?;
    let asked = json!({"directive": {
        "header": {"namespace": "Alexa.Discovery", "name": "Discover", "payloadVersion": "3", "messageId": "m-1"},
        "payload": {"scope": {"type": "BearerToken", "token": token}}}});
    let asked = asked.to_string();
    let mut devices: Vec<Device> = Vec::new();
    for device in app.store.devices(account).await? {
        let at = chrono::DateTime::from_timestamp_millis(device.registered_at).context("A time")?;
        devices.push(describe(&device, &[], &[], "Refill", at)?);
    }
    let id = MessageId::from(app.clock.new_id());
    let serialised = || serde_json::to_string(&discover_response(black_box(&devices), &id));
    let (mut ours, mut floor, mut count, mut bytes) = (Duration::ZERO, Duration::ZERO, 0, 0);
    let end = Instant::now() + time;
    while Instant::now() < end {
        let began = Instant::now();
        for _ in 0..TURN {
            let answer = skill::answer(app, Region::NorthAmerica, asked.as_bytes()).await;
            bytes = black_box(answer.map_err(|error| anyhow::anyhow!(error.detail))?).len();
        }
        ours += began.elapsed();
        let began = Instant::now();
        for _ in 0..TURN {
            ensure!(black_box(serialised()?).len() == bytes, "the service answers something else");
        }
        floor += began.elapsed();
        count += TURN;
    }
    server.stop().await;
    let us = |of: Duration| of.as_secs_f64() * 1e6 / f64::from(count);
    Ok(json!({"ours": us(ours), "floor": us(floor), "bytes": bytes, "devices": devices.len()}))
}
