//! `refillctl find`: looks for printers on the network by mDNS, asks each what it holds, and lists them. Works without a
//! household. JSON: `{"printers": […]}` of the engine's `FoundPrinter`.

use crate::failure::Failure;
use crate::output::table;
use crate::phrase::Say;
use crate::session::Session;
use clap::Args;
use refill_engine::adding::found_printer;
use refill_engine::sources::discovery::{Discovery, Options};
use refill_engine::sources::probe::{Limits, Probed, probe};
use refill_engine::view::FoundPrinter;
use serde_json::json;
use std::time::Duration;
use tokio::task::JoinSet;

/// Most printers one search asks.
const ASKED_MAX: usize = 100;

/// How to look.
#[derive(Debug, Args)]
#[command(after_help = "Add one with: refillctl add --printer ADDRESS")]
pub struct FindArgs {
    /// How long to listen; sleeping printers need about ten seconds
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: u64,
    /// Look on this computer too, where print servers announce their queues
    #[arg(long)]
    loopback: bool,
}

/// Looks.
pub fn run(args: &FindArgs, session: &mut Session) -> Result<(), Failure> {
    let probed = session.wait(search(Duration::from_secs(args.seconds), args.loopback))??;
    // Without a household every printer is new.
    let household = if session.exists() { session.look().ok() } else { None };
    let mut printers: Vec<FoundPrinter> = probed
        .iter()
        .map(|probed| {
            household.as_ref().map_or_else(|| found_printer(probed, None), |h| h.found_printer(probed))
        })
        .collect();
    printers.sort_by(|a, b| (&a.name, &a.address).cmp(&(&b.name, &b.address)));
    let say = session.say_anyway();
    if printers.is_empty() {
        session.out.warn("no_printer", say.word("find_none"));
    }
    session.out.show(&json!({ "printers": printers }), || Ok(table(&rows(&printers, &say))))
}

async fn search(listen: Duration, loopback: bool) -> Result<Vec<Probed>, Failure> {
    let mut discovery = Discovery::start(Options { loopback }).map_err(|cause| {
        let message =
            format!("The network can't be searched ({cause}); ask an address with refillctl probe.");
        Failure::new("unreachable", message)
    })?;
    let mut asking = JoinSet::new();
    let over = tokio::time::sleep(listen);
    tokio::pin!(over);
    loop {
        let found = tokio::select! {
            () = &mut over => break,
            found = discovery.next() => found,
        };
        let Some(found) = found else { break };
        if let Some(uri) = found.uri().filter(|_| asking.len() < ASKED_MAX) {
            asking.spawn(async move { probe(&uri, Limits::default()).await });
        }
    }
    // Announced but not answering: nothing that can be added.
    Ok(asking.join_all().await.into_iter().filter_map(Result::ok).collect())
}

fn rows(printers: &[FoundPrinter], say: &Say) -> Vec<Vec<String>> {
    if printers.is_empty() {
        return Vec::new();
    }
    let head = ["col_name", "col_address", "col_supplies"].map(|key| say.word(key)).to_vec();
    let row = |printer: &FoundPrinter| {
        let supplies = match printer.supplies.len() {
            0 => say.word("find_no_levels"),
            count => count.to_string(),
        };
        let known = if printer.known.is_some() { say.word("find_known") } else { String::new() };
        vec![printer.name.clone(), printer.address.clone(), supplies, known]
    };
    std::iter::once(head).chain(printers.iter().map(row)).collect()
}
