//! Opens feeds and holds them: what each costs the server in memory, and how many are still there at the end.

use crate::body::Maker;
use crate::server::Server;
use crate::wire::Wire;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;

/// Connections that are being opened at a time.
const AT_ONCE: usize = 64;

#[derive(Default)]
struct Seen {
    bytes: AtomicUsize,
    ended: AtomicUsize,
}

/// The server's memory once it has done what it does at its start.
async fn at_rest(server: &Server) -> anyhow::Result<f64> {
    let mut last = server.memory()?;
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let now = server.memory()?;
        if (now - last).abs() < 0.01 * last {
            return Ok(now);
        }
        last = now;
    }
}

pub async fn run(
    server: &str,
    path: &str,
    keys: &[String],
    count: usize,
    time: Duration,
) -> anyhow::Result<String> {
    let server: Server = server.parse()?;
    let keys: Arc<[String]> = keys.into();
    let before = at_rest(&server).await?;
    let (mut opening, mut held) = (JoinSet::new(), Vec::with_capacity(count));
    for number in 0..count {
        if opening.len() >= AT_ONCE {
            held.extend(opening.join_next().await.transpose()?.transpose()?);
        }
        let (keys, maker) = (keys.clone(), Maker::new(server.address, path, number));
        opening.spawn(async move {
            let mut wire = Wire::open(server.address, number).await?;
            wire.send(maker.feed(&keys[number % keys.len()], None).as_bytes()).await?;
            wire.head().await?;
            anyhow::Ok(wire)
        });
    }
    while let Some(opened) = opening.join_next().await {
        held.push(opened??);
    }
    let seen = Arc::new(Seen::default());
    let mut all = JoinSet::new();
    for mut wire in held {
        let seen = Arc::clone(&seen);
        all.spawn(async move {
            while matches!(wire.more().await, Ok(true)) {
                seen.bytes.fetch_add(wire.read.len(), Ordering::Relaxed);
                wire.read.clear();
            }
            seen.ended.fetch_add(1, Ordering::Relaxed);
        });
    }
    let used = server.used()?;
    // Half of the time nothing but the feeds; what the server's memory is then, and at the end: the larger counts.
    tokio::time::sleep(time / 2).await;
    let middle = server.memory()?;
    tokio::time::sleep(time / 2).await;
    let last = server.memory()?;
    let used = server.used()? - used;
    let each = (middle.max(last) - before) / count as f64;
    let (dropped, bytes) = (seen.ended.load(Ordering::Relaxed), seen.bytes.load(Ordering::Relaxed));
    all.abort_all();
    Ok(format!(
        "{{\"held\":{},\"dropped\":{dropped},\"bytes_each\":{each},\"heard\":{bytes},\"before\":{before},\"busy\":{}}}",
        count - dropped,
        used / time.as_secs_f64()
    ))
}
