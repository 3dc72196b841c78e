//! Asks over some connections, each as soon as it has its answer, for a time. What came in the first fifth warms up both
//! sides and is not counted.

use crate::body::{Maker, discover};
use crate::server::Server;
use crate::spread;
use crate::wire::{Wire, find};
use anyhow::ensure;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// What is asked.
#[derive(Clone, Copy)]
pub enum What {
    /// Events of devices, so many in a request.
    Event { batch: usize },
    /// Which devices a customer has.
    Discover,
    /// A feed from its begin to a change's number.
    CatchUp { last: u64 },
}

struct Done {
    times: Vec<Duration>,
}

pub async fn run(
    server: &str,
    path: &str,
    keys: &[String],
    what: What,
    connections: usize,
    time: Duration,
) -> anyhow::Result<String> {
    let server: Server = server.parse()?;
    let keys: std::sync::Arc<[String]> = keys.into();
    let counted = Instant::now() + time / 5;
    let end = counted + time;
    let mut all = JoinSet::new();
    for number in 0..connections {
        let (keys, path) = (keys.clone(), path.to_owned());
        all.spawn(async move { one(server, &path, &keys, what, number, counted, end).await });
    }
    tokio::time::sleep_until(counted.into()).await;
    let used = server.used()?;
    tokio::time::sleep_until(end.into()).await;
    let used = server.used()? - used;
    let mut times = Vec::new();
    while let Some(done) = all.join_next().await {
        times.append(&mut done??.times);
    }
    ensure!(!times.is_empty(), "nothing was answered in this time");
    let count = times.len();
    let per_second = count as f64 / time.as_secs_f64();
    let (p50, p99, max) = spread(&mut times);
    let busy = used / time.as_secs_f64();
    Ok(format!(
        "{{\"per_second\":{per_second},\"count\":{count},\"p50\":{p50},\"p99\":{p99},\"max\":{max},\"busy\":{busy}}}"
    ))
}

async fn one(
    server: Server,
    path: &str,
    keys: &[String],
    what: What,
    number: usize,
    counted: Instant,
    end: Instant,
) -> anyhow::Result<Done> {
    let mut maker = Maker::new(server.address, path, number);
    let mut wire = Wire::open(server.address, number).await?;
    let mut times = Vec::new();
    loop {
        let key = &keys[maker.below(keys.len())];
        let request = request(&mut maker, key, what);
        if let What::CatchUp { .. } = what {
            // A feed does not end, so each has a connection of its own.
            wire = Wire::open(server.address, number).await?;
        }
        let began = Instant::now();
        wire.send(request.as_bytes()).await?;
        match what {
            What::CatchUp { last } => {
                wire.head().await?;
                let last = format!("id: {last}\n");
                while find(&wire.read, last.as_bytes()).is_none() {
                    ensure!(wire.more().await?, "a feed ended");
                }
            }
            What::Event { batch } if batch > 1 => {
                let answer = wire.answer().await?;
                ensure!(find(&answer, b"refused").is_none(), "{}", String::from_utf8_lossy(&answer));
            }
            What::Event { .. } | What::Discover => drop(wire.answer().await?),
        }
        let now = Instant::now();
        if now >= end {
            return Ok(Done { times });
        }
        if now >= counted {
            times.push(now - began);
        }
    }
}

fn request(maker: &mut Maker, key: &str, what: What) -> String {
    match what {
        What::Event { batch: 1 } => {
            let (id, mut body) = (maker.id(), String::with_capacity(256));
            maker.event(&id, &mut body);
            maker.post(key, &body)
        }
        What::Event { batch } => {
            let mut body = String::with_capacity(batch * 200);
            body.push_str("{\"events\":[");
            for at in 0..batch {
                let id = maker.id();
                maker.event(&id, &mut body);
                body.push_str(if at + 1 < batch { "," } else { "]}" });
            }
            maker.post(key, &body)
        }
        What::Discover => {
            let id = maker.id();
            maker.post(key, &discover(key, &id))
        }
        What::CatchUp { .. } => maker.feed(key, Some(0)),
    }
}
