//! The program's log as lines: when, how grave, and what. A line of another form (the rest of a long message) is a text
//! alone.

use super::form::{Part, Text};
use super::hide::Hider;
use chrono::DateTime;
use serde::{Deserialize, Serialize};

/// How grave a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum LogLevel {
    /// Something is broken.
    Error,
    /// Something is odd.
    Warn,
    /// Something happened.
    Info,
    /// Details.
    Debug,
    /// Everything.
    Trace,
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "BundleLine"))]
pub struct Line {
    /// When, ms UTC.
    #[cfg_attr(feature = "ts", ts(type = "number | null"))]
    pub at: Option<i64>,
    /// How grave.
    pub level: Option<LogLevel>,
    /// What.
    pub text: Text,
}

fn level(word: &str) -> Option<LogLevel> {
    Some(match word {
        "ERROR" => LogLevel::Error,
        "WARN" => LogLevel::Warn,
        "INFO" => LogLevel::Info,
        "DEBUG" => LogLevel::Debug,
        "TRACE" => LogLevel::Trace,
        _ => return None,
    })
}

/// Moment, level and the rest, where a line begins with them.
fn head(line: &str) -> Option<(i64, LogLevel, &str)> {
    let (at, rest) = line.split_once(' ')?;
    let at = DateTime::parse_from_rfc3339(at).ok()?.timestamp_millis();
    let (word, rest) = rest.trim_start().split_once(' ')?;
    Some((at, level(word)?, rest))
}

/// The last `max` lines of a log, scrubbed. Lines without a text are left out.
pub fn lines(log: &str, max: usize, part: Part, hider: &mut Hider) -> Vec<Line> {
    let all: Vec<&str> = log.lines().filter(|line| !line.trim().is_empty()).collect();
    let kept = all.get(all.len().saturating_sub(max)..).unwrap_or_default();
    kept.iter()
        .map(|line| match head(line) {
            Some((at, level, rest)) => {
                Line { at: Some(at), level: Some(level), text: hider.text(part, rest) }
            }
            None => Line { at: None, level: None, text: hider.text(part, line) },
        })
        .collect()
}
