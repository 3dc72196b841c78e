//! The hider: it knows everything the household holds that is nobody else's business, gives each of it one alias for the
//! whole bundle, and counts what it replaced where. Texts are searched for all of it in any case, then for what only
//! looks like a secret.

use super::document::Removed;
use super::form::{Alias, Kind, Part, Text};
use super::look;
use crate::alexa::{FriendlyName, plain_text};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// So long a thing is found inside other words too; a shorter one must stand alone.
const ANYWHERE: usize = 8;

/// Characters of a text that are looked through.
const LOOKED_MAX: usize = 16 * 1024;

/// Something to be hidden, in the form it is searched in.
#[derive(Debug)]
struct Wanted {
    folded: Vec<char>,
    alias: Alias,
}

/// Replaces and counts.
#[derive(Debug, Default)]
pub struct Hider {
    known: BTreeMap<String, Alias>,
    /// By first character, the longest first.
    wanted: BTreeMap<char, Vec<Wanted>>,
    last: BTreeMap<Kind, u32>,
    open: BTreeSet<String>,
    removed: BTreeMap<(Kind, Part), (u32, BTreeSet<u32>)>,
}

fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

impl Hider {
    /// This host is public: the maker's cloud.
    pub fn leaves_host(&mut self, host: &str) {
        self.open.insert(host.to_ascii_lowercase());
    }

    /// Something of the household's that is to be found wherever it stands, in every spelling the program writes it in.
    pub fn knows(&mut self, kind: Kind, value: &str) {
        self.number(kind, value);
    }

    fn number(&mut self, kind: Kind, value: &str) -> Alias {
        let key = fold(value.trim());
        if let Some(alias) = self.known.get(&key) {
            return *alias;
        }
        let last = self.last.entry(kind).or_default();
        *last += 1;
        let alias = Alias { kind, number: *last };
        let plain = plain_text(value, usize::MAX);
        let mut spellings = BTreeSet::from([key, fold(value.trim())]);
        let quoted = value.trim().escape_debug().to_string();
        let json = serde_json::to_string(value.trim()).unwrap_or_default();
        let inner = json.get(1..json.len().saturating_sub(1)).unwrap_or_default().to_owned();
        let said = FriendlyName::of(value);
        let fallback = FriendlyName::of("");
        spellings.extend([&plain, &quoted, &inner, &encoded(value.trim())].map(|text| fold(text)));
        if said != fallback {
            spellings.insert(fold(said.as_str()));
        }
        for spelling in spellings {
            self.want(spelling, alias);
        }
        alias
    }

    fn want(&mut self, spelling: String, alias: Alias) {
        let folded: Vec<char> = spelling.chars().collect();
        let Some(first) = folded.first().copied() else { return };
        if self.known.contains_key(&spelling) {
            return;
        }
        self.known.insert(spelling, alias);
        let row = self.wanted.entry(first).or_default();
        let place = row.partition_point(|other| other.folded.len() >= folded.len());
        row.insert(place, Wanted { folded, alias });
    }

    fn count(&mut self, part: Part, alias: Alias) {
        let (times, things) = self.removed.entry((alias.kind, part)).or_default();
        *times += 1;
        things.insert(alias.number);
    }

    /// What stands for a value that has a field of its own.
    pub fn alias(&mut self, kind: Kind, part: Part, value: &str) -> Alias {
        let alias = self.number(kind, value);
        self.count(part, alias);
        alias
    }

    /// The same where there may be none, or an empty one.
    pub fn some(&mut self, kind: Kind, part: Part, value: Option<&str>) -> Option<Alias> {
        let value = value.filter(|value| !value.trim().is_empty())?;
        Some(self.alias(kind, part, value))
    }

    /// A text without what it should not say.
    pub fn text(&mut self, part: Part, text: &str) -> Text {
        let cut: String = text.chars().take(LOOKED_MAX).collect();
        // Invisible characters go first, so that they can't part a word that is looked for.
        let line = plain_text(&cut, LOOKED_MAX);
        let mut out = String::with_capacity(line.len());
        let mut from = 0;
        for (span, what) in self.found(&line) {
            out.push_str(line.get(from..span.start).unwrap_or_default());
            let alias = match what {
                Ok(alias) => alias,
                Err(kind) => self.number(kind, line.get(span.clone()).unwrap_or_default()),
            };
            self.count(part, alias);
            out.push_str(&alias.to_string());
            from = span.end;
        }
        out.push_str(line.get(from..).unwrap_or_default());
        Text::clean(&out)
    }

    /// Whether a text says something that it should not.
    pub(super) fn hides(&self, text: &str) -> bool {
        !self.found(text).is_empty()
    }

    /// Everything to be hidden, in order and without overlaps: what stands for it, or what it is where it is new.
    fn found(&self, text: &str) -> Vec<(Range<usize>, Result<Alias, Kind>)> {
        let looks = look::spans(text, &self.open).into_iter().map(|(span, kind)| (span, Err(kind)));
        let mut all: Vec<(Range<usize>, Result<Alias, Kind>)> = self.known_in(text);
        all.extend(looks.filter(|(span, _)| !span.is_empty()));
        // What is known comes first where both say the same.
        all.sort_by_key(|(span, what)| (span.start, std::cmp::Reverse(span.end), what.is_err()));
        let mut merged: Vec<(Range<usize>, Result<Alias, Kind>)> = Vec::with_capacity(all.len());
        for (span, what) in all {
            match merged.last_mut().filter(|(last, _)| span.start < last.end) {
                Some((last, kept)) if span.end > last.end => {
                    // Two things that overlap are hidden as one.
                    last.end = span.end;
                    *kept = Err(kept.map_or_else(|kind| kind, |alias| alias.kind));
                }
                Some(_) => {}
                None => merged.push((span, what)),
            }
        }
        merged
    }

    fn known_in(&self, text: &str) -> Vec<(Range<usize>, Result<Alias, Kind>)> {
        let mut folded: Vec<(char, usize, usize)> = Vec::with_capacity(text.len());
        for (at, c) in text.char_indices() {
            folded.extend(c.to_lowercase().map(|lower| (lower, at, at + c.len_utf8())));
        }
        let (mut all, mut at) = (Vec::new(), 0);
        while let Some((first, start, _)) = folded.get(at).copied() {
            let row = self.wanted.get(&first).into_iter().flatten();
            let Some(wanted) = row.into_iter().find(|wanted| matches(&folded, at, wanted)) else {
                at += 1;
                continue;
            };
            let end = folded.get(at + wanted.folded.len() - 1).map_or(start, |(_, _, end)| *end);
            all.push((start..end, Ok(wanted.alias)));
            at += wanted.folded.len();
        }
        all
    }

    /// What was hidden, by kind and place.
    pub fn removed(&self) -> Vec<Removed> {
        let all = self.removed.iter();
        all.map(|((kind, part), (times, things))| Removed {
            kind: *kind,
            part: *part,
            times: *times,
            things: u32::try_from(things.len()).unwrap_or(u32::MAX),
        })
        .collect()
    }
}

fn matches(text: &[(char, usize, usize)], at: usize, wanted: &Wanted) -> bool {
    let long = wanted.folded.len();
    let Some(found) = text.get(at..at + long) else { return false };
    if !found.iter().map(|(c, ..)| c).eq(&wanted.folded) {
        return false;
    }
    if long >= ANYWHERE {
        return true;
    }
    let beside = |one: Option<&char>, other: Option<&(char, usize, usize)>| {
        one.is_some_and(|c| c.is_alphanumeric()) && other.is_some_and(|(c, ..)| c.is_alphanumeric())
    };
    let before = at.checked_sub(1).and_then(|at| text.get(at));
    !beside(wanted.folded.first(), before) && !beside(wanted.folded.last(), text.get(at + long))
}
