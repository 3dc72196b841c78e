//! A change and everybody who hears of it: from the moment it is sent to the moment each reader has it. As many changes
//! are under way as there are devices given; the next ones go out when all readers have the last.

use crate::body::Maker;
use crate::server::Server;
use crate::spread;
use crate::wire::{Wire, find};
use anyhow::{Context, ensure};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Connections that devices post over.
const POSTING: usize = 16;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where to.
#[derive(Clone, Copy)]
pub struct Places<'a> {
    pub server: &'a str,
    pub feed: &'a str,
    pub post: &'a str,
}

/// What a reader had: when, which reader, and how many bytes.
type Heard = (Instant, usize, usize);

/// Reads a feed and tells what it had.
async fn listen(mut wire: Wire, number: usize, heard: mpsc::UnboundedSender<Heard>) -> anyhow::Result<()> {
    loop {
        while let Some(at) = find(&wire.read, b"\n\n") {
            if find(&wire.read[..at], b"data: ").is_some() {
                let _ = heard.send((Instant::now(), number, at));
            }
            wire.read.drain(..at + 2);
        }
        ensure!(wire.more().await?, "a feed ended");
    }
}

/// Posts for every so manieth device; resolves to when each was sent.
async fn post(
    places: (Server, String),
    keys: Arc<[String]>,
    from: usize,
) -> anyhow::Result<Vec<(usize, Instant)>> {
    let (server, path) = places;
    let mut maker = Maker::new(server.address, &path, from);
    let mut wire = Wire::open(server.address, from).await?;
    let mut sent = Vec::new();
    for (number, key) in keys.iter().enumerate().skip(from).step_by(POSTING) {
        let (id, mut body) = (maker.id(), String::new());
        maker.event(&id, &mut body);
        if key == "none" {
            // As long as what ours tells of it.
            body = format!("{{\"change\":\"entry\",\"entry\":{body},\"padding\":\"{:99}\"}}", "");
        }
        let request = maker.post(key, &body);
        sent.push((number, Instant::now()));
        wire.send(request.as_bytes()).await?;
        wire.answer().await?;
    }
    Ok(sent)
}

pub async fn run(
    places: Places<'_>,
    readers: &[String],
    devices: &[String],
    count: usize,
    time: Duration,
) -> anyhow::Result<String> {
    let server: Server = places.server.parse()?;
    let (heard, mut hearing) = mpsc::unbounded_channel();
    let mut all = JoinSet::new();
    for number in 0..count {
        let mut wire = Wire::open(server.address, number).await?;
        let maker = Maker::new(server.address, places.feed, number);
        wire.send(maker.feed(&readers[number % readers.len()], None).as_bytes()).await?;
        wire.head().await?;
        all.spawn(listen(wire, number, heard.clone()));
    }
    let devices: Arc<[String]> = devices.into();
    let (mut times, mut posts, mut length) = (Vec::new(), 0, 0);
    let (began, used) = (Instant::now(), server.used()?);
    while began.elapsed() < time || posts == 0 {
        let mut posting = JoinSet::new();
        for from in 0..POSTING.min(devices.len()) {
            posting.spawn(post((server, places.post.to_owned()), devices.clone(), from));
        }
        let mut all_heard = Vec::with_capacity(count);
        for _ in 0..count {
            let next = tokio::time::timeout(PATIENCE, hearing.recv());
            all_heard.push(next.await.context("a reader heard nothing")?.context("no reader is left")?);
        }
        let mut sent = vec![None; devices.len()];
        while let Some(posted) = posting.join_next().await {
            for (number, at) in posted?? {
                sent[number] = Some(at);
                posts += 1;
            }
        }
        for (at, reader, bytes) in all_heard {
            // With one device everybody hears of it; with many, each reader of its own.
            times.push(at - sent[reader % devices.len()].context("heard before it was sent")?);
            length = bytes;
        }
    }
    let took = began.elapsed().as_secs_f64();
    let busy = (server.used()? - used) / took;
    let deliveries = times.len();
    let per_second = deliveries as f64 / took;
    let (p50, p99, max) = spread(&mut times);
    all.abort_all();
    Ok(format!(
        "{{\"per_second\":{per_second},\"posts\":{posts},\"deliveries\":{deliveries},\"p50\":{p50},\"p99\":{p99},\
         \"max\":{max},\"length\":{length},\"busy\":{busy}}}"
    ))
}
