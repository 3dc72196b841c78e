//! Our own export as a document: what each of its parts looks like, and a reader that takes it apart piece by piece, so
//! that it never holds more than one line of a file of any size. The parts stand in the order `format`, `version`,
//! `settings`, `devices`, `slots`, `away`, `entries`, `steps` (`docs/formats.md`); parts of a later program are passed
//! over.

use super::table::Lines;
use super::{Course, bad_file};
use crate::error::{Code, Error};
use crate::store::Care;
use crate::view::{Refusal, RiseAnswer};
use chrono::NaiveDate;
use refill_domain::endpoint::{Endpoint, Slot};
use refill_domain::forecast::track::{Band, Said};
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::replenish::{Quiet, Rule};
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cell::RefCell;
use std::io::Read;

/// What the document calls itself.
pub const FORMAT: &str = "refill-export";

/// The version of the document that this program writes, and the newest it reads.
pub const VERSION: u64 = 1;

/// A device in the document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeviceDoc {
    /// The device.
    #[serde(flatten)]
    pub endpoint: Endpoint,
    /// It belongs to the sample household.
    #[serde(default)]
    pub sample: bool,
    /// When it was removed, ms UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_at: Option<i64>,
    /// Its address; only in private exports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// How it is known again, with its serial number; only in private exports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
}

/// A slot in the document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlotDoc {
    /// The slot.
    #[serde(flatten)]
    pub slot: Slot,
    /// What the person last said a rise was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rise_answer: Option<RiseAnswer>,
    /// How it is watched, where that is not as usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub care: Option<CareDoc>,
    /// The dates that were given for it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<SaidDoc>,
}

/// How a slot is watched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CareDoc {
    /// By which rule it asks to be ordered.
    pub rule: Rule,
    /// Days a delivery takes; absent = the household's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_days: Option<u16>,
    /// Snoozed, or quiet for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Quiet>,
    /// Slots with the same value share a shelf.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shelf: Option<SlotId>,
}

impl Default for CareDoc {
    fn default() -> Self {
        Care::default().into()
    }
}

impl From<Care> for CareDoc {
    fn from(care: Care) -> Self {
        let Care { rule, delivery_days, quiet, shelf } = care;
        Self { rule, delivery_days, quiet, shelf }
    }
}

impl From<CareDoc> for Care {
    fn from(doc: CareDoc) -> Self {
        let CareDoc { rule, delivery_days, quiet, shelf } = doc;
        Self { rule, delivery_days, quiet, shelf }
    }
}

/// A date that was given: the day it was given, then the early, the likely and the late end; days since 1970. Nothing
/// for an end that could not be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidDoc(i32, Option<i32>, Option<i32>, Option<i32>);

impl From<Said> for SaidDoc {
    fn from(said: Said) -> Self {
        let band = said.band;
        Self(said.day, band.map(|b| b.early), band.map(|b| b.likely), band.and_then(|b| b.late))
    }
}

impl From<SaidDoc> for Said {
    fn from(SaidDoc(day, early, likely, late): SaidDoc) -> Self {
        let band = early.zip(likely).map(|(early, likely)| Band { early, likely, late });
        Self { day, band }
    }
}

/// Days on which nobody was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwayDoc {
    /// Its id.
    pub id: EntryId,
    /// The device alone; absent for the whole household.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<EndpointId>,
    /// The first day.
    pub first: NaiveDate,
    /// The last, included.
    pub last: NaiveDate,
}

/// Entries that were saved in one step, and are undone in one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDoc {
    /// The id of the step.
    pub id: EntryId,
    /// Its entries.
    pub entries: Vec<EntryId>,
}

/// A piece of the document.
#[derive(Debug)]
pub enum Piece {
    /// The settings.
    Settings(Value),
    /// A device.
    Device(Box<DeviceDoc>),
    /// A slot.
    Slot(Box<SlotDoc>),
    /// An absence.
    Away(AwayDoc),
    /// An entry.
    Entry(Box<refill_domain::ledger::Entry>),
    /// A step.
    Step(StepDoc),
}

/// Hears of every piece with the line it ends on, or why a line is none.
type Each<'a> = &'a mut dyn FnMut(u64, Result<Piece, (Refusal, String)>) -> Result<(), Error>;

/// Reads a document from its first byte to its last.
///
/// # Errors
/// `BadFile` when it is no JSON, not our document, cut off or of a newer program; what `each` fails with; `Cancelled`.
pub fn read(input: impl Read, lines: &Lines, course: &Course, each: Each<'_>) -> Result<(), Error> {
    let mut json = serde_json::Deserializer::from_reader(lines.reader(input));
    let state = State { lines, course, each: RefCell::new(each), failed: RefCell::new(None) };
    let ended = (&mut json).deserialize_map(Top(&state)).and_then(|()| json.end());
    if let Some(failed) = state.failed.into_inner() {
        return Err(failed);
    }
    ended.map_err(|cause| {
        let line = lines.line();
        if cause.is_io() {
            return bad_file(format!("The file can't be read to its end (line {line}): {cause}."));
        }
        let what = if cause.is_eof() { "is cut off" } else { "is not an export of Refill" };
        bad_file(format!("The file {what} (line {line}). Nothing was changed; choose another file."))
            .caused_by(cause)
    })
}

struct State<'a> {
    lines: &'a Lines,
    course: &'a Course,
    each: RefCell<Each<'a>>,
    failed: RefCell<Option<Error>>,
}

impl State<'_> {
    /// Ends the reading; the true reason is told at the end.
    fn fail<E: de::Error>(&self, error: Error) -> E {
        *self.failed.borrow_mut() = Some(error);
        E::custom("stopped")
    }

    fn take<E: de::Error>(&self, piece: Result<Piece, (Refusal, String)>) -> Result<(), E> {
        let (line, bytes) = (self.lines.line(), self.lines.bytes());
        self.lines.piece_ends();
        let told = self.course.at(bytes, self.lines.total());
        told.and_then(|()| (self.each.borrow_mut())(line, piece)).map_err(|cause| self.fail(cause))
    }
}

struct Top<'a, 'b>(&'a State<'b>);

impl<'de> Visitor<'de> for Top<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an export of Refill")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let state = self.0;
        let none =
            |what: &str| bad_file(format!("This is no export of Refill: {what}. Choose another file."));
        let (mut ours, mut version) = (false, None);
        let mut parts = 0;
        while let Some(key) = map.next_key::<String>()? {
            let begun = ours && version.is_some();
            match key.as_str() {
                "format" => {
                    let format: Value = map.next_value()?;
                    ours = format.as_str() == Some(FORMAT);
                    if !ours {
                        return Err(state.fail(none("it calls itself something else")));
                    }
                }
                "version" => {
                    let said = map.next_value::<Value>()?.as_u64().filter(|version| *version > 0);
                    if said.is_none_or(|said| said > VERSION) {
                        let message = "A newer Refill wrote this export. Get the update, then try again.";
                        return Err(state.fail(Error::new(Code::BadFile, message)));
                    }
                    version = said;
                }
                "settings" | "devices" | "slots" | "away" | "entries" | "steps" if !begun => {
                    return Err(state.fail(none("format and version don't stand first")));
                }
                "settings" => {
                    let settings = map.next_value::<Value>()?;
                    state.take(Ok(Piece::Settings(settings)))?;
                }
                "devices" => map.next_value_seed(List(state, |value| {
                    Ok(Piece::Device(Box::new(serde_json::from_value(value)?)))
                }))?,
                "slots" => map.next_value_seed(List(state, |value| {
                    Ok(Piece::Slot(Box::new(serde_json::from_value(value)?)))
                }))?,
                "away" => {
                    map.next_value_seed(List(state, |value| {
                        Ok(Piece::Away(serde_json::from_value(value)?))
                    }))?;
                }
                "steps" => {
                    map.next_value_seed(List(state, |value| {
                        Ok(Piece::Step(serde_json::from_value(value)?))
                    }))?;
                }
                "entries" => map.next_value_seed(List(state, |value| {
                    Ok(Piece::Entry(Box::new(serde_json::from_value(value)?)))
                }))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            parts += i32::from(matches!(key.as_str(), "devices" | "slots" | "entries"));
        }
        if parts < 3 {
            return Err(state.fail(none("some of its parts are missing")));
        }
        Ok(())
    }
}

/// A list of which each element is a piece, or a line that is refused alone.
struct List<'a, 'b, F>(&'a State<'b>, F);

impl<'de, F: Fn(Value) -> Result<Piece, serde_json::Error>> DeserializeSeed<'de> for List<'_, '_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, F: Fn(Value) -> Result<Piece, serde_json::Error>> Visitor<'de> for List<'_, '_, F> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(value) = list.next_element::<Value>()? {
            let shown = value.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
            let piece = (self.1)(value).map_err(|cause| (Refusal::BadShape, format!("{shown} {cause}")));
            self.0.take(piece)?;
        }
        Ok(())
    }
}
