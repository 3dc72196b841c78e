//! Everything that was received and sent, kept for whoever asks: bounded in number and in size, the oldest goes first.
//! Credentials in headers are shortened; those in bodies are the sandbox's own and worth nothing elsewhere.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::VecDeque;

/// Entries kept.
const ENTRIES_MAX: usize = 20_000;
/// Bytes of one body kept.
const BODY_MAX: usize = 64 * 1024;
/// Bytes of all bodies kept.
const BYTES_MAX: usize = 64 * 1024 * 1024;

/// One request, in or out.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Counts up from 1, never used again.
    pub seq: u64,
    /// By the sandbox's clock.
    #[serde(serialize_with = "instant")]
    pub at: DateTime<Utc>,
    /// Sent by the sandbox (`true`) or received.
    pub sent: bool,
    /// Which part it belongs to, e.g. `gateway` or `drs.replenish`.
    pub route: String,
    /// HTTP method.
    pub method: String,
    /// Path with query.
    pub target: String,
    /// Headers by lower-case name.
    pub headers: Vec<(String, String)>,
    /// The body: JSON where it is, else text.
    pub body: Value,
    /// What was answered; absent where nothing came back.
    pub status: Option<u16>,
    /// Whose, if known.
    pub customer: Option<String>,
    /// Why it was refused, with the section of the protocol facts.
    pub refused: Option<String>,
    /// The fault that was played on it.
    pub fault: Option<String>,
    #[serde(skip)]
    bytes: usize,
}

fn instant<S: serde::Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&crate::clock::printed(*at))
}

/// A body as it is kept: JSON, or text cut at a bound.
pub fn kept(body: &[u8]) -> Value {
    if body.len() <= BODY_MAX
        && let Ok(json) = serde_json::from_slice(body)
    {
        return json;
    }
    let end = body.len().min(BODY_MAX);
    Value::String(String::from_utf8_lossy(&body[..end]).into_owned())
}

/// What is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Wanted {
    /// Begins the route, e.g. `drs`.
    pub route: Option<String>,
    /// Only of this customer.
    pub customer: Option<String>,
    /// Only after this one.
    pub after: u64,
    /// Only sent, or only received.
    pub sent: Option<bool>,
    /// At most so many, the oldest first.
    pub limit: Option<usize>,
}

impl Wanted {
    fn fits(&self, entry: &Entry) -> bool {
        entry.seq > self.after
            && self.route.as_ref().is_none_or(|route| entry.route.starts_with(route.as_str()))
            && self.customer.as_ref().is_none_or(|customer| entry.customer.as_ref() == Some(customer))
            && self.sent.is_none_or(|sent| entry.sent == sent)
    }
}

/// The record.
#[derive(Debug, Default)]
pub struct Record {
    entries: VecDeque<Entry>,
    last: u64,
    bytes: usize,
}

impl Record {
    /// Adds an entry; its number and size are set here.
    pub fn add(&mut self, mut entry: Entry) {
        self.last += 1;
        entry.seq = self.last;
        entry.bytes = entry.body.as_str().map_or_else(|| entry.body.to_string().len(), str::len);
        self.bytes += entry.bytes;
        self.entries.push_back(entry);
        while self.entries.len() > ENTRIES_MAX || self.bytes > BYTES_MAX {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.bytes -= oldest.bytes;
        }
    }

    /// What fits, oldest first.
    pub fn find(&self, wanted: &Wanted) -> Vec<Entry> {
        let fitting = self.entries.iter().filter(|entry| wanted.fits(entry));
        fitting.take(wanted.limit.unwrap_or(1000)).cloned().collect()
    }

    /// Forgets all but the count.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.bytes = 0;
    }
}

/// What an entry starts from.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Sent by the sandbox or received.
    pub sent: bool,
    /// Which part.
    pub route: String,
    /// HTTP method.
    pub method: String,
    /// Path with query.
    pub target: String,
    /// Headers by lower-case name; tokens are cut.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Value,
}

impl Draft {
    /// The entry, once it is known how it ended.
    pub fn ended(self, at: DateTime<Utc>, status: Option<u16>, verdict: Verdict) -> Entry {
        let Self { sent, route, method, target, mut headers, body } = self;
        for (name, value) in &mut headers {
            if name == "authorization" {
                *value = shortened(value);
            }
        }
        let Verdict { customer, refused, fault } = verdict;
        Entry {
            seq: 0,
            at,
            sent,
            route,
            method,
            target,
            headers,
            body,
            status,
            customer,
            refused,
            fault,
            bytes: 0,
        }
    }
}

/// What is known about a request after it was handled; handlers leave it in the response.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// Whose.
    pub customer: Option<String>,
    /// Why refused.
    pub refused: Option<String>,
    /// The fault played.
    pub fault: Option<String>,
}

/// The kind and the last characters of a credential.
fn shortened(value: &str) -> String {
    let end: String = value.chars().rev().take(6).collect::<Vec<_>>().into_iter().rev().collect();
    format!("{}…{end}", value.split([' ', '|']).next().unwrap_or_default())
}
