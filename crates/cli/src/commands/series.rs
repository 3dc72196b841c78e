//! Series on standard input, one JSON object a line. Lines are read one at a time, at most 16 MiB each, so that input of
//! any length needs the memory of one line; a line that can't be read is told with its number and costs itself alone.

use crate::failure::Failure;
use chrono::{DateTime, NaiveDate};
use refill_domain::forecast::series::{Case, DayNumber, History};
use refill_domain::forecast::tempo::Away;
use serde::Deserialize;
use serde_json::Value;
use std::io::{BufRead, Read};

/// The longest line that is read; a series of ten years has some hundred thousand bytes.
const LINE_MAX: u64 = 16 * 1024 * 1024;

/// The shape of the input, for `--help`.
pub const SHAPE: &str = "\
Input: one JSON object a line.
  {\"id\":\"pods\",\"today\":\"2026-11-21\",\"inventory\":6.0,\"used\":[[\"2026-11-01\",1.0],[\"2026-11-02\",null]]}
  {\"id\":\"ink\",\"today\":\"2026-11-21\",\"levels\":[[\"2026-11-01T08:00:00Z\",80],[\"2026-11-02T08:00:00Z\",-2]]}
used: what was used each day; null = nobody observed that day. Today and later days do not count.
levels: percent at a moment, on the clock of its offset; -1, -2 and -3 (and null) are gaps.
inventory: what is there at the start of today. For levels it is percent, and the last level without it.
absent, optional: [[\"2026-08-01\",\"2026-08-14\"],…], days nobody was there, both included; they are left out.
Other fields are ignored. A day that comes twice counts twice; the order of days does not matter.";

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Value,
    today: String,
    #[serde(default)]
    inventory: Option<f64>,
    #[serde(default)]
    used: Option<Vec<(String, Option<f64>)>>,
    #[serde(default)]
    levels: Option<Vec<(String, Option<f64>)>>,
    #[serde(default)]
    absent: Vec<(String, String)>,
}

/// A line that can't be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Broken {
    /// Its id, if that much could be read.
    pub id: Value,
    /// Why, and what to do.
    pub error: String,
}

/// A case with the name it came with.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// The id, as it came; null without one.
    pub id: Value,
    /// The case.
    pub case: Case,
}

/// Gives each line of `input` that is not empty to `each`, with its number from 1 on.
///
/// # Errors
/// When the input can't be read any further, or what `each` fails with.
pub fn read(
    input: &mut impl BufRead,
    mut each: impl FnMut(u64, Result<Named, Broken>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let unread = |cause: std::io::Error| Failure::io("stdin can't be read", &cause);
        let read = input.by_ref().take(LINE_MAX).read_until(b'\n', &mut line).map_err(unread)?;
        if read == 0 {
            return Ok(());
        }
        if !line.ends_with(b"\n") && line.len() as u64 >= LINE_MAX {
            skip_line(input).map_err(unread)?;
            let error = "The line is longer than 16 MiB; split the series.".to_owned();
            each(number, Err(Broken { id: Value::Null, error }))?;
            continue;
        }
        let text = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&line).trim_ascii();
        if !text.is_empty() {
            each(number, parse(text))?;
        }
    }
    Ok(())
}

fn skip_line(input: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let part = input.fill_buf()?;
        let (length, done) = match part.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (part.len(), part.is_empty()),
        };
        input.consume(length);
        if done {
            return Ok(());
        }
    }
}

fn parse(text: &[u8]) -> Result<Named, Broken> {
    let line: Line = serde_json::from_slice(text).map_err(|cause| {
        let whole = serde_json::from_slice::<Value>(text).ok();
        let id = whole.and_then(|value| value.get("id").cloned()).unwrap_or(Value::Null);
        Broken { id, error: format!("This is no case: {cause}.") }
    })?;
    let id = line.id.clone();
    case(line).map(|case| Named { id: id.clone(), case }).map_err(|error| Broken { id, error })
}

fn case(line: Line) -> Result<Case, String> {
    let today = day("today", &line.today)?;
    let history = match (line.used, line.levels) {
        (Some(_), Some(_)) => return Err("Give used or levels, not both.".to_owned()),
        (None, None) => return Err("Give used or levels.".to_owned()),
        (Some(used), None) => {
            let days = used.into_iter().map(|(text, used)| Ok((day("used", &text)?, used)));
            History::Used(days.collect::<Result<_, String>>()?)
        }
        (None, Some(levels)) => {
            let mut read = Vec::with_capacity(levels.len());
            for (text, level) in levels {
                let at = DateTime::parse_from_rfc3339(text.trim()).map_err(|_| {
                    format!("levels: {:?} is no moment such as 2026-11-21T08:00:00Z.", short(&text))
                })?;
                // Days are those of the clock the reading came with.
                read.extend(level.map(|level| (at.naive_local().and_utc(), level)));
            }
            History::Levels(read)
        }
    };
    let away = line
        .absent
        .iter()
        .map(|(first, last)| Ok(Away { first: day("absent", first)?, last: day("absent", last)? }));
    Ok(Case { today, inventory: line.inventory, history, away: away.collect::<Result<_, String>>()? })
}

fn day(field: &str, text: &str) -> Result<DayNumber, String> {
    let date: NaiveDate = text
        .trim()
        .parse()
        .map_err(|_| format!("{field}: {:?} is no day such as 2026-11-21.", short(text)))?;
    i32::try_from((date - NaiveDate::default()).num_days())
        .ok()
        .filter(|day| day.abs() < 4_000_000)
        .ok_or_else(|| format!("{field}: {:?} is too far away.", short(text)))
}

/// What can be quoted of a text of any length.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}
