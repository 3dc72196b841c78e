//! `refillctl forecast`: days to empty for the series on standard input, one line in and one line out, without a
//! household. JSON: `{"id", "early_days", "likely_days", "late_days", "rate_per_day", "why"}`, or `{"id", "learning"}`, or
//! `{"line", "id", "error"}` for a line that can't be read.

use super::series::{self, Broken, Named, SHAPE};
use crate::failure::Failure;
use crate::output::plain;
use crate::session::Session;
use clap::Args;
use refill_domain::forecast::series::{CaseError, History, Learning, Told, answer};
use serde_json::{Value, json};
use std::io::{self, BufWriter, Write};

/// The input, the output and what the exit code means.
fn help() -> String {
    format!(
        "{SHAPE}

Output with --json: one line for each line, in order; days are counted from the start of today.
  {{\"id\":\"pods\",\"early_days\":4.1,\"likely_days\":6.4,\"late_days\":9.6,\"rate_per_day\":0.95,\"why\":\"…\"}}
  {{\"id\":\"new\",\"learning\":\"…\"}}   below two weeks of history or two changes
  {{\"line\":7,\"id\":null,\"error\":\"…\"}}   a line that can't be read; the rest go on

Exit codes: 0 every line was answered; 1 at least one line could not be read, the others were answered.

Example:
  refillctl forecast --json < cases.ndjson"
    )
}

/// Nothing to choose: the series say it all.
#[derive(Debug, Args)]
#[command(after_help = help())]
pub struct ForecastArgs {}

/// Answers line by line.
pub fn run(_args: &ForecastArgs, session: &Session) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let json = session.out.is_json();
    let (mut lines, mut broken) = (0u64, 0u64);
    series::read(&mut io::stdin().lock(), |number, line| {
        lines += 1;
        let told = line.and_then(|named| {
            let Named { id, case } = named;
            match answer(&case) {
                Ok(told) => Ok((id, told, matches!(case.history, History::Levels(_)))),
                Err(cause) => Err(Broken { id, error: words(cause) }),
            }
        });
        broken += u64::from(told.is_err());
        let text = match (told, json) {
            (Ok((id, told, gauge)), true) => document(&id, &told, gauge).to_string(),
            (Ok((id, told, gauge)), false) => sentence(&id, &told, gauge),
            (Err(Broken { id, error }), true) => {
                json!({ "line": number, "id": id, "error": error }).to_string()
            }
            (Err(Broken { error, .. }), false) => format!("Line {number}: {error}"),
        };
        // JSON escapes what could move the cursor but for C1 and invisible characters, which mean nothing in it.
        writeln!(out, "{}", plain(&text))?;
        // Whoever feeds one line at a time waits for its answer.
        Ok(out.flush()?)
    })?;
    match broken {
        0 => Ok(()),
        _ => {
            let message =
                format!("Of {lines} lines, {broken} could not be read; each is told where it came.");
            Err(Failure::new("broken_lines", message))
        }
    }
}

/// The refusal of a case, as a sentence.
pub fn words(cause: CaseError) -> String {
    let text = cause.to_string();
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

fn document(id: &Value, told: &Result<Told, Learning>, gauge: bool) -> Value {
    match told {
        Ok(told) => json!({
            "id": id,
            "early_days": rounded(told.early, 100.0),
            "likely_days": rounded(told.likely, 100.0),
            "late_days": rounded(told.late, 100.0),
            "rate_per_day": rounded(told.rate.per_day, 1e6),
            "why": why(told, gauge),
        }),
        Err(learning) => json!({ "id": id, "learning": reason(*learning) }),
    }
}

fn sentence(id: &Value, told: &Result<Told, Learning>, gauge: bool) -> String {
    let name = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
    match told {
        Ok(told) => format!(
            "{name}: about {} days, probably between {} and {}. {}",
            told.likely.round(),
            told.early.round(),
            told.late.round(),
            why(told, gauge)
        ),
        Err(learning) => format!("{name}: {}", reason(*learning)),
    }
}

/// Why this date, from the values it was made of.
fn why(told: &Told, gauge: bool) -> String {
    let (rate, basis) = (&told.rate, told.rate.basis);
    let unit = if gauge { " %" } else { "" };
    let over = if rate.over_days >= 28 {
        format!("{} weeks", (rate.over_days + 3) / 7)
    } else {
        format!("{} days", rate.over_days)
    };
    let mut left_out = Vec::new();
    match basis.refills {
        0 => {}
        1 => left_out.push("one refill was left out".to_owned()),
        many => left_out.push(format!("{many} refills were left out")),
    }
    match basis.absent_days {
        0 => {}
        1 => left_out.push("one day away was left out".to_owned()),
        many => left_out.push(format!("{many} days away were left out")),
    }
    let mut text = format!("You use {}{unit} a day, counted over the last {over}", significant(rate.per_day));
    if !left_out.is_empty() {
        text = format!("{text}; {}", left_out.join(", "));
    }
    text.push('.');
    if let Some(step) = basis.step {
        text = format!("{text} The gauge moves in steps of {} %.", step / 1000);
    }
    text
}

fn reason(learning: Learning) -> String {
    match learning {
        Learning::Short { days } => {
            let verb = if days == 1 { "is" } else { "are" };
            format!("Still learning: 14 days of history are needed, there {verb} {days}.")
        }
        Learning::Changes { seen } => format!("Still learning: two changes are needed, {seen} seen so far."),
        Learning::NoLevel => "Still learning: the gauge has not told a number yet.".to_owned(),
    }
}

fn rounded(figure: f64, parts: f64) -> f64 {
    (figure * parts).round() / parts
}

/// Two significant digits, at least as many as before the point.
fn significant(figure: f64) -> String {
    let decimals = match figure {
        f if f >= 10.0 => 0,
        f if f >= 1.0 => 1,
        f if f >= 0.1 => 2,
        f if f >= 0.01 => 3,
        _ => 5,
    };
    format!("{figure:.decimals$}")
}
