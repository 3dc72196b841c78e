//! Import: first a look, which says row by row what would happen and changes nothing; then the same again in one
//! transaction, all of it or nothing. Both go through the same code, so that the look can't promise what the import does
//! not do. What is there already is recognised by its id and left as it is.

use super::document;
use super::judge::{Books, Item, Judged, NewSlot, amount_of, item};
use super::ledger_csv;
use super::places::{Place, places};
use super::rows::{Meant, Reading, Refused, name_of};
use super::survey::{Survey, clipped, survey};
use super::table::{Lines, Shape, Table};
use super::{Course, bad_file, unread};
use crate::clock::Clock;
use crate::error::{Code, Error};
use crate::household::Household;
use crate::store::{self, Care, CloudSlot, SlotRow};
use crate::view::{
    Fate, FileKind, Goes, ImportPlan, ImportView, Imported, NameView, Refusal, RefusedRow, RowView,
};
use refill_domain::ids::SlotId;
use refill_domain::ledger::{self, EntryKind};
use refill_domain::locale::Locale;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::hash::Hasher;
use std::io::{BufReader, Read};
use std::path::Path;

/// Refused rows that are shown.
const REFUSALS: usize = 100;

/// Rows that are shown.
const SAMPLE: usize = 50;

/// Names that are shown.
const NAMES: usize = 1000;

/// Hears of every line.
type Each<'a> = &'a mut dyn FnMut(u64, Result<Item, Refused>) -> Result<(), Error>;

/// What an import would do; nothing is changed. Without a plan one is guessed.
///
/// # Errors
/// `BadFile`, `Cancelled`, or why the household can't be read.
pub fn look(
    household: &Household,
    path: &Path,
    plan: Option<&ImportPlan>,
    course: &Course,
) -> Result<ImportView, Error> {
    let source = Source::open(household, path, plan, course)?;
    let mut books = Books::of(household);
    let mut view = source.view(path);
    if source.missing() {
        view.stamp = stamp(path, course)?;
        return Ok(view);
    }
    household.read(|db| {
        source.feed(household.locale(), household.clock.as_ref(), course, &mut |line, item| {
            let name = |slot: SlotId, books: &Books| books.names.get(&slot).cloned().unwrap_or_default();
            match item.and_then(|item| books.judge(item)) {
                Err((why, text)) => {
                    view.refused += 1;
                    if view.refusals.len() < REFUSALS {
                        view.refusals.push(RefusedRow { line, why, text: clipped(&text) });
                    }
                }
                Ok(Judged::Nothing) => {}
                Ok(Judged::LeftOut) => view.left_out += 1,
                Ok(Judged::Settings(_)) => view.settings = true,
                Ok(Judged::Device(_)) => view.devices += 1,
                Ok(Judged::Slot(new)) => {
                    books.keep_slot(SlotRow { key: -1, slot: new.slot, rise_answer: new.rise_answer });
                    view.slots += 1;
                }
                // They come along with what they belong to.
                Ok(Judged::Away(_) | Judged::Step(..)) => {}
                Ok(Judged::Entry(entry)) => {
                    let known = match books.slots.get(&entry.slot) {
                        Some(row) if row.key >= 0 => store::knows(db, row, &entry)?,
                        _ => false,
                    };
                    let fate = if known || !books.seen.insert(entry.id.0.as_u128()) {
                        Fate::Known
                    } else {
                        Fate::New
                    };
                    match fate {
                        Fate::New => view.new += 1,
                        Fate::Known => view.known += 1,
                    }
                    if view.sample.len() < SAMPLE {
                        view.sample.push(RowView {
                            line,
                            fate,
                            at: entry.observed_at.timestamp_millis(),
                            supply: name(entry.slot, &books),
                            what: ledger_csv::word(&entry.kind).to_owned(),
                            amount: amount_of(&entry.kind),
                        });
                    }
                }
            }
            Ok(())
        })?;
        Ok(())
    })?;
    view.rows = view.new + view.known + view.left_out + view.refused;
    view.stamp = stamp(path, course)?;
    Ok(view)
}

/// Imports a file that was looked at, by the same plan. Rows that are refused end it before anything is changed, unless
/// `skip` leaves them out.
///
/// # Errors
/// `BadFile` for a refused row, for another file than was looked at, or when the plan misses something; `Cancelled`.
/// Nothing was changed then.
pub fn import(
    household: &mut Household,
    path: &Path,
    plan: &ImportPlan,
    seen: &str,
    skip: bool,
    course: &Course,
) -> Result<Imported, Error> {
    let source = Source::open(household, path, Some(plan), course)?;
    if source.missing() {
        return Err(bad_file("It is not yet said what every column means. Say it, then import."));
    }
    let mut books = Books::of(household);
    let mut done = Imported::default();
    let mut items: Vec<(u64, Result<Item, Refused>)> = Vec::new();
    let (locale, clock) = (household.locale(), household.clock.clone());
    let since = household.now().timestamp_millis();
    let there: BTreeMap<i64, CloudSlot> =
        household.linked.slots.iter().map(|(key, slot)| (*key, CloudSlot { since, ..*slot })).collect();
    let mut queued = false;
    let result = household.write(|tx| {
        let mut touched: BTreeMap<SlotId, SlotRow> = BTreeMap::new();
        let mut put = |items: &mut Vec<(u64, Result<Item, Refused>)>| -> Result<(), Error> {
            for (line, item) in items.drain(..) {
                match item.and_then(|item| books.judge(item)) {
                    Err(_) if skip => done.refused += 1,
                    Err((why, text)) => return Err(refused_row(line, why, &text)),
                    Ok(Judged::Nothing) => {}
                    Ok(Judged::LeftOut) => done.left_out += 1,
                    Ok(Judged::Settings(settings)) => tx.save_settings(&settings)?,
                    Ok(Judged::Device(device)) => {
                        tx.save_device(&device)?;
                        done.devices += 1;
                    }
                    Ok(Judged::Away(row)) => tx.save_away(&row)?,
                    Ok(Judged::Step(id, entries)) => tx.save_batch(id, &entries)?,
                    Ok(Judged::Slot(new)) => {
                        let NewSlot { slot, rise_answer, care, said } = *new;
                        let key = tx.save_slot(&slot, rise_answer)?;
                        if care != Care::default() {
                            tx.save_care(key, &care)?;
                        }
                        said.iter().try_for_each(|said| tx.save_said(key, said))?;
                        let row = SlotRow { key, slot, rise_answer };
                        touched.insert(row.slot.id, row.clone());
                        books.keep_slot(row);
                        done.slots += 1;
                    }
                    Ok(Judged::Entry(entry)) => {
                        let Some(row) = books.slots.get(&entry.slot) else { continue };
                        if tx.add(row, &entry)? {
                            done.new += 1;
                            if matches!(entry.kind, EntryKind::Counted { .. }) {
                                books.counted.insert(entry.id);
                            }
                            if let Some(cloud) = there.get(&row.key)
                                && entry.source != ledger::Source::Cloud
                            {
                                tx.send(&entry, *cloud)?;
                                queued = true;
                            }
                            touched.entry(entry.slot).or_insert_with(|| row.clone());
                        } else {
                            done.known += 1;
                        }
                    }
                }
            }
            Ok(())
        };
        source.feed(locale, clock.as_ref(), course, &mut |line, item| {
            items.push((line, item));
            if items.len() < 1000 { Ok(()) } else { put(&mut items) }
        })?;
        put(&mut items)?;
        if stamp(path, course)? != seen {
            return Err(bad_file("The file has changed since you looked at it. Look at it again.").into());
        }
        for row in touched.values() {
            course.at(0, None)?;
            tx.refold(row)?;
            if let Some(cloud) = there.get(&row.key) {
                tx.save_cloud_slot(row.key, *cloud)?;
            }
        }
        Ok(())
    });
    result?;
    household.reload()?;
    household.linked.queued |= queued;
    Ok(done)
}

fn refused_row(line: u64, why: Refusal, text: &str) -> Error {
    let word = serde_json::to_value(why).ok();
    let why = word.as_ref().and_then(|word| word.as_str()).unwrap_or_default().replace('_', " ");
    bad_file(format!(
        "Line {line} can't be imported ({why}: {}). Correct it, or leave such lines out. Nothing was changed.",
        clipped(text)
    ))
}

/// Which file it is, by all of its bytes.
fn stamp(path: &Path, course: &Course) -> Result<String, Error> {
    let mut file = File::open(path).map_err(|cause| unread(path, cause))?;
    let mut hasher = std::hash::DefaultHasher::new();
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer).map_err(|cause| unread(path, cause))?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        hasher.write(part);
        bytes += read as u64;
        course.at(0, None)?;
    }
    Ok(format!("{bytes}-{:016x}", hasher.finish()))
}

/// An open file, understood.
enum Source<'a> {
    Document(&'a Path),
    Table { path: &'a Path, survey: Box<Survey>, places: HashMap<String, Place> },
}

impl<'a> Source<'a> {
    fn open(
        household: &Household,
        path: &'a Path,
        plan: Option<&ImportPlan>,
        course: &Course,
    ) -> Result<Self, Error> {
        if Shape::is_document(path)? {
            return Ok(Self::Document(path));
        }
        let survey = survey(path, plan, household.locale(), course)?;
        let places = places(&survey, household, path)?;
        Ok(Self::Table { path, survey: Box::new(survey), places })
    }

    fn missing(&self) -> bool {
        matches!(self, Self::Table { survey, .. } if !survey.missing.is_empty())
    }

    /// What is known before any row is judged.
    fn view(&self, path: &Path) -> ImportView {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let view = ImportView {
            name,
            kind: FileKind::Refill,
            encoding: "UTF-8".into(),
            plan: ImportPlan {
                columns: Vec::new(),
                dates: None,
                numbers: Locale::EnGb,
                what: None,
                undated: None,
                sent: Vec::new(),
            },
            columns: Vec::new(),
            names: Vec::new(),
            missing: Vec::new(),
            strokes: false,
            rows: 0,
            new: 0,
            known: 0,
            left_out: 0,
            refused: 0,
            devices: 0,
            slots: 0,
            settings: false,
            refusals: Vec::new(),
            sample: Vec::new(),
            stamp: String::new(),
        };
        let Self::Table { survey, places, .. } = self else { return view };
        let goes = |key: &str| match places.get(key) {
            Some(Place::There(slot)) => Goes::To { slot: slot.id },
            Some(Place::New(_)) => Goes::New {},
            Some(Place::Nowhere) | None => Goes::Nowhere {},
        };
        let names = survey.names.iter().take(NAMES);
        ImportView {
            kind: survey.kind,
            encoding: survey.shape.encoding.name().into(),
            plan: survey.plan.clone(),
            columns: survey.columns.clone(),
            names: names
                .map(|(key, named)| NameView { name: key.clone(), rows: named.rows, goes: goes(key) })
                .collect(),
            missing: survey.missing.clone(),
            strokes: survey.strokes,
            rows: survey.rows,
            ..view
        }
    }

    /// Tells every line of the file.
    fn feed(&self, locale: Locale, clock: &dyn Clock, course: &Course, each: Each<'_>) -> Result<(), Error> {
        match self {
            Self::Document(path) => {
                let file = File::open(path).map_err(|cause| unread(path, cause))?;
                let size = file.metadata().map_err(|cause| unread(path, cause))?.len();
                let mut file = BufReader::with_capacity(1 << 16, file);
                skip_mark(&mut file).map_err(|cause| unread(path, cause))?;
                document::read(file, &Lines::of(size), course, &mut |line, piece| {
                    each(line, piece.and_then(item))
                })
            }
            Self::Table { path, survey, places } => {
                let mut table = Table::open(path, survey.shape)?;
                let mut reading = Reading::new(survey.kind, &survey.plan, locale, clock);
                let mut begun: HashSet<SlotId> = HashSet::new();
                while let Some(row) = table.next(course)? {
                    let meant = row.cells.and_then(|cells| {
                        let (key, ..) = name_of(&cells, &survey.plan.columns)
                            .ok_or((Refusal::NoSupply, cells.join(" ")))?;
                        let place = places.get(&key).unwrap_or(&Place::Nowhere);
                        match place.slot() {
                            None => Ok((Meant::LeftOut, place)),
                            Some(slot) => Ok((reading.entry(&cells, slot)?, place)),
                        }
                    });
                    match meant {
                        Err(refused) => each(row.line, Err(refused))?,
                        Ok((Meant::LeftOut, _)) => each(row.line, Ok(Item::LeftOut))?,
                        Ok((Meant::Entry(entry), place)) => {
                            if let Place::New(made) = place
                                && begun.insert(made.1.id)
                            {
                                each(row.line, Ok(Item::Device(Box::new(made.0.clone()))))?;
                                let slot = NewSlot::bare(made.1.clone());
                                each(row.line, Ok(Item::Slot(Box::new(slot))))?;
                            }
                            each(row.line, Ok(Item::Entry(entry)))?;
                        }
                    }
                }
                Ok(())
            }
        }
    }
}

/// Passes over the mark that some editors put before UTF-8.
fn skip_mark(file: &mut BufReader<File>) -> std::io::Result<()> {
    use std::io::BufRead;
    if file.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
        file.consume(3);
    }
    Ok(())
}

/// The plan names no supply twice, and not more than can be shown.
///
/// # Errors
/// `BadField`.
pub fn check_plan(plan: &ImportPlan) -> Result<(), Error> {
    let mut names = HashSet::new();
    if plan.sent.len() > NAMES || !plan.sent.iter().all(|sent| names.insert(sent.name.as_str())) {
        return Err(Error::new(Code::BadField, "A name can go to one place only.").at("sent"));
    }
    Ok(())
}
