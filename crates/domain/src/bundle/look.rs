//! What looks like a secret, whoever's it is: addresses of mail and in networks, links, files, tokens and serial numbers
//! in a line of text. It errs on the side of hiding; the ids of our own books (UUIDs) and the moments of a log stay.

use super::form::Kind;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::collections::BTreeSet;
use std::ops::Range;

/// A stretch of a text, in bytes, and what it is.
pub type Span = (Range<usize>, Kind);

/// How Amazon's and the maker's own tokens and identities begin.
const BEGINNINGS: [&str; 13] = [
    "Atza|", "Atzr|", "Atc|", "amzn1.", "eyJ", "rfa_", "rfr_", "rfc_", "rfs_", "rfd_", "rfg_", "rfl_", "rfk_",
];

/// Words before what opens a door.
const OPENERS: [&str; 9] =
    ["password", "passwd", "secret", "token", "apikey", "api_key", "authorization", "cookie", "credential"];

/// Where files lie that say who somebody is.
const ROOTS: [&str; 14] = [
    "/home/",
    "/Users/",
    "/root/",
    "/media/",
    "/mnt/",
    "/Volumes/",
    "/tmp/",
    "/var/",
    "/private/",
    "/run/",
    "/opt/",
    "/srv/",
    "~/",
    "\\\\",
];

/// Endings of hosts at home.
const AT_HOME: [&str; 8] =
    [".local", ".lan", ".home", ".box", ".internal", ".home.arpa", ".localdomain", ".intranet"];

/// Endings of names that are files or words of protocols, and no hosts.
const NO_HOSTS: [&str; 16] = [
    "db", "json", "log", "txt", "csv", "html", "rs", "svg", "png", "toml", "wal", "shm", "part", "level",
    "response", "sql",
];

/// Hosts of Amazon's that everybody calls.
const PUBLIC: [&str; 3] = ["amazonalexa.com", "amazonaws.com", "amazon.com"];

fn is_public(host: &str, open: &BTreeSet<String>) -> bool {
    let host = host.to_ascii_lowercase();
    let amazons = |base: &&str| host == **base || host.ends_with(&format!(".{base}"));
    open.contains(&host) || host == "localhost" || PUBLIC.iter().any(amazons)
}

fn of_a_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.+/=|~:".contains(c)
}

fn parts_words(c: char) -> bool {
    c.is_whitespace() || "\"'`<>".contains(c)
}

/// The stretches between characters that part them.
fn words(text: &str, from: usize, parts: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut begun: Option<usize> = None;
    for (at, c) in text.char_indices() {
        match (parts(c), begun) {
            (true, Some(start)) => {
                all.push(from + start..from + at);
                begun = None;
            }
            (false, None) => begun = Some(at),
            (true, None) | (false, Some(_)) => {}
        }
    }
    all.extend(begun.map(|start| from + start..from + text.len()));
    all
}

/// How far the characters of `fits` go from `at` on.
fn reach(text: &str, at: usize, fits: impl Fn(char) -> bool) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.find(|c| !fits(c)).unwrap_or(rest.len())
}

/// All that looks like a secret. Stretches may overlap.
pub fn spans(text: &str, open: &BTreeSet<String>) -> Vec<Span> {
    let mut found = Vec::new();
    beginnings(text, &mut found);
    openers(text, &mut found);
    files(text, &mut found);
    for word in words(text, 0, parts_words) {
        let Some(inner) = text.get(word.clone()) else { continue };
        match inner.find("://") {
            Some(at) => link(text, word.start + at + 3, word.end, open, &mut found),
            None => plain(text, word, open, &mut found),
        }
    }
    found
}

fn beginnings(text: &str, found: &mut Vec<Span>) {
    for word in BEGINNINGS {
        for (at, _) in text.match_indices(word) {
            let end = reach(text, at, of_a_token);
            if end - at >= word.len() + 4 {
                found.push((at..end, Kind::Token));
            }
        }
    }
}

fn openers(text: &str, found: &mut Vec<Span>) {
    let lower = text.to_ascii_lowercase();
    let ends_value = |c: char| parts_words(c) || ",;&)}]".contains(c);
    let value = |from: usize, found: &mut Vec<Span>| {
        let start = reach(text, from, parts_words);
        let end = reach(text, start, |c| !ends_value(c));
        if end > start {
            found.push((start..end, Kind::Token));
        }
    };
    for word in OPENERS {
        for (at, _) in lower.match_indices(word) {
            let after = reach(text, at + word.len(), |c| parts_words(c) || c == '_');
            if text.get(after..).is_some_and(|rest| rest.starts_with(['=', ':'])) {
                value(after + 1, found);
            }
        }
    }
    for word in ["bearer ", "basic "] {
        for (at, _) in lower.match_indices(word) {
            value(at + word.len(), found);
        }
    }
}

/// A path goes on to the last word that has a separator: names of folders have spaces. Quotes end it.
fn files(text: &str, found: &mut Vec<Span>) {
    let drive = |at: usize| {
        let bytes = text.as_bytes();
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        bytes.get(at).is_some_and(u8::is_ascii_alphabetic)
            && bytes.get(at + 1) == Some(&b':')
            && matches!(bytes.get(at + 2), Some(b'\\' | b'/'))
            && bytes.get(at + 3) != Some(&b'/')
            && before.is_none_or(|before| !before.is_ascii_alphanumeric())
    };
    let mut begins: Vec<usize> =
        ROOTS.iter().flat_map(|root| text.match_indices(root).map(|(at, _)| at)).collect();
    begins.extend(text.char_indices().map(|(at, _)| at).filter(|at| drive(*at)));
    for at in begins {
        let quoted =
            text.get(..at).and_then(|before| before.chars().next_back()).filter(|c| "\"'`".contains(*c));
        let rest = text.get(at..).unwrap_or_default();
        let rest = quoted.and_then(|quote| rest.find(quote)).map_or(rest, |end| &rest[..end]);
        let last = rest.rfind(['/', '\\']).unwrap_or(0);
        let end =
            if quoted.is_some() { at + rest.len() } else { reach(text, at + last, |c| !parts_words(c)) };
        found.push((at..end, Kind::Path));
    }
}

/// Of a link, the host stays if everybody knows it, and the path if it is plain.
fn link(text: &str, from: usize, end: usize, open: &BTreeSet<String>, found: &mut Vec<Span>) {
    let whole = text.get(from..end).unwrap_or_default();
    let authority = whole.find(['/', '?', '#', '\\']).unwrap_or(whole.len());
    let host = whole.get(..authority).unwrap_or_default();
    let bare = bare_host(host);
    if host.contains('@') {
        found.push((from..from + authority, Kind::Address));
    } else if !bare.is_empty() && !is_public(bare, open) && !is_loopback(bare) {
        let at = from + host.find(bare).unwrap_or(0);
        found.push((at..at + bare.len(), Kind::Address));
    }
    let rest = whole.get(authority..).unwrap_or_default();
    let query = rest.find(['?', '#']).unwrap_or(rest.len());
    if query + 1 < rest.len() {
        found.push((from + authority + query + 1..end, Kind::Token));
    }
    let path = rest.get(..query).unwrap_or_default();
    if path.contains('%') {
        found.push((from + authority..from + authority + path.len(), Kind::Path));
    } else {
        plain(text, from + authority..from + authority + query, open, found);
    }
}

/// A host without its port and brackets.
fn bare_host(host: &str) -> &str {
    if let Some(inner) = host.strip_prefix('[') {
        return inner.split(']').next().unwrap_or_default();
    }
    match host.rsplit_once(':') {
        Some((bare, port)) if !bare.contains(':') && port.bytes().all(|b| b.is_ascii_digit()) => bare,
        _ => host,
    }
}

/// Four numbers, though perhaps none that a program would take for an address.
fn is_quad(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() == 4
        && parts.iter().all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
}

fn ip(text: &str) -> Option<IpAddr> {
    let text = text.split(['%', '/']).next().unwrap_or_default();
    text.parse::<Ipv4Addr>().map(IpAddr::V4).or_else(|_| text.parse::<Ipv6Addr>().map(IpAddr::V6)).ok()
}

fn is_loopback(host: &str) -> bool {
    ip(host).is_some_and(|ip| ip.is_loopback() || ip.is_unspecified())
}

fn is_hardware(text: &str) -> bool {
    let groups: Vec<&str> = text.split([':', '-']).collect();
    groups.len() == 6 && groups.iter().all(|two| two.len() == 2 && two.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn is_host(text: &str, open: &BTreeSet<String>) -> bool {
    let lower = text.to_ascii_lowercase();
    if AT_HOME.iter().any(|end| lower.ends_with(end) && lower.len() > end.len()) {
        return true;
    }
    let labels: Vec<&str> = text.split('.').collect();
    let Some(last) = labels.last().filter(|_| labels.len() > 1) else { return false };
    let label = |label: &&str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    labels.iter().all(label)
        && (2..=24).contains(&last.len())
        && last.bytes().all(|b| b.is_ascii_lowercase())
        && !NO_HOSTS.contains(last)
        && !is_public(text, open)
}

fn plain(text: &str, word: Range<usize>, open: &BTreeSet<String>, found: &mut Vec<Span>) {
    let inner = text.get(word.clone()).unwrap_or_default();
    if let Some(at) = inner.find('@') {
        let start = inner.get(..at).and_then(|before| before.rfind(['(', '[', '{', ',', ';', '=', ':', '/']));
        let start = start.map_or(0, |at| at + 1);
        let end = reach(inner, at, |c| !"()[]{},;/".contains(c));
        if end - start > 1 {
            found.push((word.start + start..word.start + end, Kind::Mail));
        }
    }
    for part in words(inner, word.start, |c| "()[]{},;&?#|=".contains(c)) {
        let bit = text.get(part.clone()).unwrap_or_default().trim_end_matches(['.', ',', ':', '!', '?']);
        let here = part.start..part.start + bit.len();
        let bare = bare_host(bit);
        let host = here.start..here.start + bare.len();
        if is_hardware(bit) {
            found.push((here.clone(), Kind::Serial));
        } else if ip(bit).is_some() && !is_loopback(bit) {
            found.push((here.clone(), Kind::Address));
        } else if ((ip(bare).is_some() || is_quad(bare)) && !is_loopback(bare)) || is_host(bare, open) {
            found.push((host, Kind::Address));
        }
        let fits = |c: char| !(c.is_ascii_alphanumeric() || "-_+~".contains(c));
        for run in words(bit, here.start, fits) {
            if let Some(kind) = run_kind(text.get(run.clone()).unwrap_or_default()) {
                found.push((run, kind));
            }
        }
    }
}

/// What a run of letters, digits and few marks is.
fn run_kind(run: &str) -> Option<Kind> {
    let uuid = run.len() == 36 && uuid::Uuid::parse_str(run).is_ok();
    if uuid {
        return None;
    }
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    let letters = run.bytes().filter(u8::is_ascii_alphabetic).count();
    let parts = run.split(['-', '_', '+', '~']);
    let mixed = |part: &str| {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        part.len() >= 8 && digits > 0 && digits < part.len()
    };
    if (run.len() >= 20
        && parts.clone().any(|part| mixed(part) || part.len() >= 20 && letters > 0 && digits > 0))
        || parts.clone().any(|part| part.len() >= 32)
    {
        return Some(Kind::Token);
    }
    let capital = run.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let asin = run.len() == 10 && run.starts_with("B0");
    if capital && run.len() >= 8 && letters > 0 && digits >= 4 && !asin {
        return Some(Kind::Serial);
    }
    let moment = matches!(run.len(), 10 | 13) && run.starts_with('1');
    (letters == 0 && digits == run.len() && digits >= 10 && !moment).then_some(Kind::Serial)
}
