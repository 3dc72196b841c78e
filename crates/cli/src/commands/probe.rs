//! `refillctl probe`: what a printer says, live or from a recorded answer, as a bug report needs it. Works without a
//! household, stores nothing, and never prints a serial number. JSON: `{"printers": […]}`, each with its `supplies`.

use crate::failure::Failure;
use crate::output::table;
use crate::phrase::Say;
use crate::session::Session;
use clap::Args;
use refill_engine::engine::unanswered;
use refill_engine::sources::ipp::{self, PrinterReport, Reading};
use refill_engine::sources::ipp_wire;
use refill_engine::sources::probe::{Limits, probe};
use refill_engine::sources::supply::{State, Supply};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The largest file that is read; a real answer has 10 to 60 thousand bytes.
const FILE_MAX: u64 = 16 * 1024 * 1024;

const HELP: &str = "\
Examples:
  refillctl probe 192.168.1.24
  refillctl probe ipp://printer.local:631/ipp/print --json
  refillctl probe ipp --file answer.bin --json

A file holds the bytes of one Get-Printer-Attributes answer, without HTTP headers; - reads stdin. An
answer that names no printer gives an empty list and a remark on stderr. Serial numbers are left out.";

/// Whom to ask.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct ProbeArgs {
    /// A printer's address; or ipp, with --file
    #[arg(value_name = "ADDRESS|ipp")]
    target: String,
    /// Read a recorded answer instead of asking; - is stdin
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Asks or reads.
pub fn run(args: &ProbeArgs, session: &mut Session) -> Result<(), Failure> {
    let reading = match &args.file {
        Some(file) if args.target.eq_ignore_ascii_case("ipp") => recorded(file, session)?,
        Some(_) => {
            let message = "Write probe ipp --file FILE, or probe ADDRESS; not both.";
            return Err(Failure::usage(message));
        }
        None if args.target.eq_ignore_ascii_case("ipp") => {
            return Err(Failure::usage("Name the recorded answer: probe ipp --file FILE."));
        }
        None => live(&args.target, session)?,
    };
    // The person's language is in the household; without one, the system's.
    let say = session.say_anyway();
    session.out.show(&reading, || Ok(reading.printers.iter().flat_map(|p| lines(p, &say)).collect()))
}

fn live(address: &str, session: &Session) -> Result<Reading, Failure> {
    let answer = session.wait(probe(address, Limits::default()))?;
    let probed = answer.map_err(|cause| unanswered(&cause))?;
    if probed.report.supplies.is_empty() {
        session.out.warn("no_supplies", "The printer answers, but states no supplies.");
    }
    Ok(Reading { printers: vec![probed.report] })
}

fn recorded(file: &Path, session: &Session) -> Result<Reading, Failure> {
    let name = if file == Path::new("-") { "stdin".to_owned() } else { file.display().to_string() };
    let unread = |cause: std::io::Error| Failure::io(&format!("{name} can't be read"), &cause).at("file");
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().lock().take(FILE_MAX + 1).read_to_end(&mut bytes).map_err(unread)?;
    } else {
        let open = std::fs::File::open(file).map_err(unread)?;
        open.take(FILE_MAX + 1).read_to_end(&mut bytes).map_err(unread)?;
    }
    let bad = |message: String| Failure::new("bad_file", message).at("file");
    if bytes.len() as u64 > FILE_MAX {
        return Err(bad(format!(
            "{name} is larger than 16 MiB, far more than a printer's answer; nothing was read."
        )));
    }
    let answer = ipp_wire::decode(&bytes).map_err(|_| {
        bad(format!(
            "{name} is no IPP answer; it must hold the bytes of one Get-Printer-Attributes answer, without HTTP headers."
        ))
    })?;
    let reading = ipp::report(&answer);
    if answer.truncated {
        session.out.warn("cut_off", format!("The answer in {name} is cut off; what is whole was read."));
    }
    if reading.printers.is_empty() {
        let message = if answer.is_success() {
            format!("The answer in {name} says nothing about a printer.")
        } else {
            format!(
                "The answer in {name} is a refusal (IPP status 0x{:04x}); it says nothing about a printer.",
                answer.status
            )
        };
        session.out.warn("no_printer", message);
    }
    Ok(reading)
}

fn lines(printer: &PrinterReport, say: &Say) -> Vec<String> {
    let mut lines = vec![printer.make_and_model.clone().unwrap_or_else(|| say.word("kind_printer"))];
    if printer.supplies.is_empty() {
        lines.push(say.word("probe_none"));
        return lines;
    }
    let head =
        ["col_name", "col_kind", "col_level", "col_low", "col_state"].map(|key| say.word(key)).to_vec();
    let rows = printer.supplies.iter().map(|supply| row(supply, say));
    lines.extend(table(&std::iter::once(head).chain(rows).collect::<Vec<_>>()));
    lines
}

fn row(supply: &Supply, say: &Say) -> Vec<String> {
    let kind = serde_json::to_value(supply.kind).ok();
    let state = say.word(match supply.state {
        State::Ok => "probe_state_ok",
        State::Low => "probe_state_low",
        State::Empty => "probe_state_empty",
        State::Full => "probe_state_full",
        State::Unknown => "probe_state_unknown",
        State::Some => "probe_state_some",
    });
    vec![
        supply.name.clone(),
        kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or_default().to_owned(),
        match (supply.level_pct, supply.stated()) {
            (Some(level), _) => say.percent(level),
            // A unit that makes no share is shown as it came.
            (None, Some(stated)) => stated,
            (None, None) => say.word("level_unknown"),
        },
        supply.low.map(|low| low.to_string()).unwrap_or_default(),
        state,
    ]
}
