//! `refillctl support-bundle`: the file for support, written and opened. `write` says what was taken out, and with --dry-run
//! writes nothing; `show` takes a file from anybody, in exactly its form or not at all. JSON: what was written; the bundle.

use crate::failure::Failure;
use crate::output::table;
use crate::session::Session;
use chrono::{DateTime, SecondsFormat};
use clap::{Args, Subcommand};
use refill_domain::bundle::{Bundle, Connection, Household, Removed};
use refill_engine::bundle::{Around, gather, open, ready};
use refill_engine::household::Household as Books;
use refill_engine::places;
use refill_engine::reports::Heard;
use refill_engine::transfer::write_text;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const HELP: &str = "\
The file holds versions, links, devices with their figures, orders, what was sent, and the log. Tokens, serial numbers,
addresses and names are not in it: the same thing has the same number, such as serial-1, throughout one file.
docs/formats.md lists its members.

Examples:
  refillctl support-bundle write --dry-run
  refillctl support-bundle write for-support.json
  refillctl support-bundle show from-a-customer.json --json";

/// What to do with a file for support.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct BundleArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write one, and say what was taken out
    Write(WriteArgs),
    /// Show one that a customer sent; nothing of it is kept
    Show(ShowArgs),
}

#[derive(Debug, Args)]
struct WriteArgs {
    /// The file to write
    #[arg(required_unless_present = "dry_run")]
    file: Option<PathBuf>,
    /// Say what would be taken out, and write nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
struct ShowArgs {
    /// The file
    file: PathBuf,
}

/// Writes or shows one.
pub fn run(args: &BundleArgs, session: &Session) -> Result<(), Failure> {
    match &args.command {
        Command::Write(args) => write(args, session),
        Command::Show(args) => show(&args.file, session),
    }
}

/// A word as it stands in the file.
fn word(value: &impl serde::Serialize) -> String {
    let word = serde_json::to_value(value).ok();
    word.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn removed_rows(removed: &[Removed]) -> Vec<String> {
    let row = |of: &Removed| vec![word(&of.kind), word(&of.part), of.times.to_string()];
    table(&removed.iter().map(row).collect::<Vec<_>>())
}

fn write(args: &WriteArgs, session: &Session) -> Result<(), Failure> {
    session.expect()?;
    let folder = session.folder();
    let usual = places::data();
    let around = Around::here(&usual, &folder);
    let clock = session.clock();
    let now = clock.now();
    let books = Books::open_to_read(&folder, clock).map_err(|why| why.trouble());
    let maker = Heard::Unlinked;
    let held = books.as_ref().map(|books| (books, (Connection::Unknown, None), &maker));
    let made = ready(&gather(held, &around, now)?);
    let name = match &args.file {
        Some(file) if !args.dry_run => {
            write_text(file, &made.text)?;
            Some(file.display().to_string())
        }
        Some(_) | None => None,
    };
    let json = json!({
        "file": name, "bytes": made.text.len(), "removed": made.removed, "devices": made.devices,
        "messages": made.messages, "lines": made.lines, "closed": made.closed,
    });
    let say = session.say_anyway();
    session.out.show(&json, || {
        let mut lines = removed_rows(&made.removed);
        let (devices, messages, log) =
            (made.devices.to_string(), made.messages.to_string(), made.lines.to_string());
        let counts =
            [("devices", devices.as_str()), ("messages", messages.as_str()), ("lines", log.as_str())];
        lines.push(match &name {
            Some(name) => say.say("done_bundle", &[("file", name), counts[0], counts[1], counts[2]]),
            None => say.say("dry_bundle", &counts),
        });
        Ok(lines)
    })
}

fn at(ms: i64) -> String {
    let at = DateTime::from_timestamp_millis(ms).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn milli(value: Option<i64>) -> String {
    value.map_or_else(|| "?".to_owned(), |milli| refill_domain::figures::number(milli).to_string())
}

fn show(file: &Path, session: &Session) -> Result<(), Failure> {
    let bundle = open(file)?;
    session.out.show(&bundle, || Ok(lines(&bundle)))
}

/// The bundle by the names of its members, which are the words of the file.
fn lines(bundle: &Bundle) -> Vec<String> {
    let versions = &bundle.versions;
    let mut lines = vec![
        format!("made_at {}", at(bundle.made_at)),
        format!("program {}", versions.program.as_str()),
        format!("system {}, {}", versions.system.as_str(), versions.machine.as_str()),
    ];
    match &bundle.household {
        Household::Closed { code, detail } => {
            lines.push(format!("household closed: {}: {}", code.as_str(), detail.as_str()));
        }
        Household::Open(held) => {
            if let Some(cloud) = &held.links.cloud {
                let (server, way) = (cloud.server.as_str(), word(&cloud.connection));
                let counts = (cloud.outbox.waiting, cloud.outbox.parked);
                lines.push(format!("cloud {server} {way}, waiting {}, parked {}", counts.0, counts.1));
            }
            for device in held.devices.iter() {
                let model = device.model.as_ref().map(|model| model.as_str()).unwrap_or_default();
                lines.push(String::new());
                lines.push(format!("{} {} {model}", device.name, word(&device.kind)));
                let row = |slot: &refill_domain::bundle::Slot| {
                    let left = format!("{} {}", milli(slot.left), word(&slot.unit));
                    let read = slot.read_at.map_or_else(|| "-".to_owned(), at);
                    vec![format!("  {}", slot.name), slot.instance.as_str().to_owned(), left, read]
                };
                lines.extend(table(&device.slots.iter().map(row).collect::<Vec<_>>()));
            }
        }
    }
    if !bundle.messages.is_empty() {
        lines.push(String::new());
        let row = |of: &refill_domain::bundle::Message| {
            let reason = of.reason.as_ref().map(|reason| reason.as_str()).unwrap_or_default();
            vec![at(of.at), word(&of.route), of.kind.as_str().to_owned(), word(&of.state), reason.to_owned()]
        };
        lines.extend(table(&bundle.messages.iter().map(row).collect::<Vec<_>>()));
    }
    if !bundle.log.is_empty() {
        lines.push(String::new());
        lines.extend(bundle.log.iter().map(|line| {
            let (when, level) = (line.at.map(at).unwrap_or_default(), line.level.map(|of| word(&of)));
            format!("{when} {} {}", level.unwrap_or_default(), line.text.as_str()).trim().to_owned()
        }));
    }
    lines.push(String::new());
    lines.extend(removed_rows(&bundle.removed));
    lines
}
