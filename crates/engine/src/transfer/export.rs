//! Export: the whole household as one JSON document, or its ledger as a table. Written as it is read, so that millions of
//! readings take no more memory than one; a document ends whole or is not there. Serial numbers and addresses stay here
//! unless they are asked for.

use super::document::{AwayDoc, DeviceDoc, FORMAT, SlotDoc, StepDoc, VERSION};
use super::ledger_csv::LedgerCsv;
use super::{Course, unwritten, write_whole};
use crate::error::Error;
use crate::household::{Household, Watched};
use crate::store::{self, AwayRow, Care, DeviceRow};
use crate::view::{ExportAs, Written};
use chrono::NaiveDate;
use refill_domain::ids::EndpointId;
use serde::Serialize;
use serde_json::json;
use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

/// How to export.
#[derive(Debug, Clone, Copy)]
pub struct Export {
    /// As what.
    pub form: ExportAs,
    /// With serial numbers and addresses.
    pub private: bool,
}

/// Writes an export to a file, whole or not at all.
///
/// # Errors
/// `Cancelled`, or why the file can't be written; what stood there before then still does.
pub fn to_file(household: &Household, path: &Path, what: Export, course: &Course) -> Result<Written, Error> {
    let (entries, bytes) = write_whole(path, |out| write(household, out, what, course))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Written { name, entries, bytes })
}

/// Writes an export, and says how many entries are in it.
///
/// # Errors
/// `Cancelled`, or why it can't be written or read.
pub fn write(
    household: &Household,
    out: &mut dyn Write,
    what: Export,
    course: &Course,
) -> Result<u64, Error> {
    let total = household.read(store::census)?.entries;
    course.at(0, Some(total))?;
    match what.form {
        ExportAs::Json => document(household, out, what.private, course, total),
        ExportAs::Csv => table(household, out, course, total),
    }
}

fn document(
    household: &Household,
    out: &mut dyn Write,
    private: bool,
    course: &Course,
    total: u64,
) -> Result<u64, Error> {
    let io = |cause| unwritten(Path::new("The export"), cause);
    let head = json!({
        "format": FORMAT, "version": VERSION, "program": env!("CARGO_PKG_VERSION"),
        "made_at": household.now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true), "private": private,
    });
    // The order of the parts is part of the format, and a map would sort its keys.
    let field = |name: &str| head.get(name).map(ToString::to_string).unwrap_or_default();
    write!(
        out,
        "{{\"format\":{},\"version\":{},\"program\":{},\"made_at\":{},\"private\":{},\n\"settings\":{},\n\"devices\":[",
        field("format"),
        field("version"),
        field("program"),
        field("made_at"),
        field("private"),
        line(household.settings())?
    )
    .map_err(io)?;
    let mut between = Between::default();
    for device in &household.devices {
        write!(out, "{}{}", between.next(), line(&device_doc(device, private))?).map_err(io)?;
    }
    write!(out, "\n],\n\"slots\":[").map_err(io)?;
    let mut between = Between::default();
    for watched in &household.slots {
        write!(out, "{}{}", between.next(), line(&slot_doc(household, watched))?).map_err(io)?;
    }
    write!(out, "\n],\n\"away\":[").map_err(io)?;
    let mut between = Between::default();
    for away in household.away.iter().filter_map(away_doc) {
        write!(out, "{}{}", between.next(), line(&away)?).map_err(io)?;
    }
    write!(out, "\n],\n\"entries\":[").map_err(io)?;
    let mut between = Between::default();
    let mut done = 0;
    for watched in &household.slots {
        household.read(|db| {
            store::each_entry(db, &watched.row, |entry, _| {
                write!(out, "{}{}", between.next(), line(&entry)?).map_err(io)?;
                done += 1;
                Ok(course.at(done, Some(total))?)
            })
        })?;
    }
    write!(out, "\n],\n\"steps\":[").map_err(io)?;
    let mut between = Between::default();
    for (id, entries) in household.read(store::batches)? {
        write!(out, "{}{}", between.next(), line(&StepDoc { id, entries })?).map_err(io)?;
    }
    write!(out, "\n]}}\n").map_err(io)?;
    Ok(done)
}

fn table(household: &Household, out: &mut dyn Write, course: &Course, total: u64) -> Result<u64, Error> {
    let names: HashMap<EndpointId, &str> =
        household.devices.iter().map(|device| (device.endpoint.id, device.endpoint.name.as_str())).collect();
    let mut csv = LedgerCsv::new(out)?;
    let mut done = 0;
    for watched in &household.slots {
        let device = names.get(&watched.row.slot.endpoint).copied().unwrap_or_default();
        household.read(|db| {
            store::each_entry(db, &watched.row, |entry, undone| {
                csv.entry(device, watched, &entry, undone)?;
                done += 1;
                Ok(course.at(done, Some(total))?)
            })
        })?;
    }
    csv.end()?;
    Ok(done)
}

fn device_doc(device: &DeviceRow, private: bool) -> DeviceDoc {
    let reach = device.reach.as_ref().filter(|_| private);
    DeviceDoc {
        endpoint: device.endpoint.clone(),
        sample: device.sample,
        removed_at: device.removed_at,
        address: reach.map(|reach| reach.address.clone()),
        identity: reach.and_then(|reach| reach.identity.clone()),
    }
}

fn slot_doc(household: &Household, watched: &Watched) -> SlotDoc {
    let said = household.said.get(&watched.row.key).into_iter().flatten();
    SlotDoc {
        slot: watched.row.slot.clone(),
        rise_answer: watched.row.rise_answer,
        care: (watched.care != Care::default()).then(|| watched.care.into()),
        said: said.map(|said| (*said).into()).collect(),
    }
}

fn away_doc(row: &AwayRow) -> Option<AwayDoc> {
    let day = |day: i32| NaiveDate::from_epoch_days(day);
    Some(AwayDoc { id: row.id, device: row.endpoint, first: day(row.days.first)?, last: day(row.days.last)? })
}

/// What stands before a line of a list: a comma before all but the first.
#[derive(Default)]
struct Between(bool);

impl Between {
    fn next(&mut self) -> &'static str {
        if std::mem::replace(&mut self.0, true) { ",\n" } else { "\n" }
    }
}

/// A value as one line of JSON.
fn line(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|cause| anyhow::Error::from(cause).into())
}

/// How a supply and its device are called, for tables and choices.
pub(crate) fn full_name(household: &Household, watched: &Watched) -> String {
    let device = household.devices.iter().find(|device| device.endpoint.id == watched.row.slot.endpoint);
    format!("{} / {}", device.map_or("", |device| device.endpoint.name.as_str()), watched.row.slot.name)
}
