//! From a row to the entry it means. The id of an entry is made of what the row says (and of which of several equal rows
//! it is), so that a file that comes twice adds nothing, and a longer file of the same origin adds only what is new.

use super::columns::{Word, word};
use super::dates::{self, Moment};
use super::ledger_csv::plain;
use super::survey::cell;
use crate::clock::Clock;
use crate::record::TEXT_MAX;
use crate::region;
use crate::view::{FileKind, Happened, ImportPlan, Refusal, Role};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use refill_domain::endpoint::Slot;
use refill_domain::ids::EntryId;
use refill_domain::ledger::{Entry, EntryKind, Level, Money, PACKS_MAX, Source};
use refill_domain::locale::{Locale, parse_number};
use refill_domain::measure::{Amount, AmountError, Measurement, Milli, Unit};
use refill_domain::spelling::parse_unit;
use std::collections::HashMap;
use uuid::Uuid;

/// What ids of imported rows are made in.
const NAMESPACE: Uuid = Uuid::from_u128(0x5265_6669_6c6c_4e61_8d65_7370_6163_6531);

/// What a row comes to.
#[derive(Debug)]
pub enum Meant {
    /// This.
    Entry(Box<Entry>),
    /// Nothing that is kept.
    LeftOut,
}

/// Why a row can't be, and what stands there.
pub type Refused = (Refusal, String);

/// The name a row carries: as a key, and its device and supply.
pub fn name_of(cells: &[String], roles: &[Role]) -> Option<(String, Option<String>, String)> {
    let supply = plain(cell(cells, roles, Role::Supply)?).to_owned();
    match cell(cells, roles, Role::Device).map(plain) {
        Some(device) => Some((format!("{device} / {supply}"), Some(device.to_owned()), supply)),
        None => Some((supply.clone(), None, supply)),
    }
}

/// An id made of parts: the same parts, the same id.
pub fn derived(parts: &[&str]) -> Uuid {
    let mut text = String::new();
    for part in parts {
        // Lengths keep `a|bc` and `ab|c` apart.
        text.push_str(&format!("{}:{part};", part.len()));
    }
    Uuid::new_v5(&NAMESPACE, text.as_bytes())
}

/// A time-ordered id made of a moment and of what was derived.
fn derived_at(ms: i64, from: Uuid) -> Uuid {
    let [a, b, c, d, e, f, _, h, _, j, k, l, ..] = from.into_bytes();
    let ms = u64::try_from(ms).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(ms, &[a, b, c, d, e, f, h, j, k, l]).into_uuid()
}

/// Reads rows of one table.
pub struct Reading<'a> {
    /// Whose file it is.
    pub kind: FileKind,
    /// How it is read.
    pub plan: &'a ImportPlan,
    /// The person's region, for prices without a currency.
    pub locale: Locale,
    /// Zone and now.
    pub clock: &'a dyn Clock,
    seen: HashMap<u64, u32>,
}

impl<'a> Reading<'a> {
    /// Begins at the first row.
    pub fn new(kind: FileKind, plan: &'a ImportPlan, locale: Locale, clock: &'a dyn Clock) -> Self {
        Self { kind, plan, locale, clock, seen: HashMap::new() }
    }

    fn cell<'c>(&self, cells: &'c [String], role: Role) -> Option<&'c str> {
        cell(cells, &self.plan.columns, role)
    }

    /// The entry that a row means for a slot.
    ///
    /// # Errors
    /// Why it can't be.
    pub fn entry(&mut self, cells: &[String], slot: &Slot) -> Result<Meant, Refused> {
        let happened = match self.cell(cells, Role::What) {
            None => None,
            Some(text) => match word(text) {
                Word::Is(happened) => Some(happened),
                Word::PassedOver => return Ok(Meant::LeftOut),
                // What went is used, what came is bought.
                Word::Correction
                    if self.cell(cells, Role::Amount).is_some_and(|t| t.starts_with(['-', '−'])) =>
                {
                    Some(Happened::Used)
                }
                Word::Correction => Some(Happened::Bought),
                Word::Unknown => return Err((Refusal::BadWhat, text.to_owned())),
            },
        };
        let happened = happened.or(self.plan.what).ok_or((Refusal::BadWhat, String::new()))?;
        // Grocy writes into the product's cell that a booking was undone.
        if self.kind == FileKind::Grocy && cells.iter().any(|cell| cell.contains("Undone on")) {
            return Ok(Meant::LeftOut);
        }
        let (at, moment) = self.moment(cells)?;
        let note = self.text(cells, Role::Note)?;
        let kind = self.happened(happened, cells, slot)?;
        let timed = moment.is_some_and(|moment| moment.time.is_some());
        // What has a time and nothing but a figure was said by a device.
        let figure =
            matches!(kind, EntryKind::LevelRead { .. } | EntryKind::Consumed { .. }) && note.is_none();
        let source = if timed && figure { Source::Device } else { Source::Import };
        let id = match self.cell(cells, Role::Id).map(str::parse::<EntryId>) {
            Some(Ok(id)) => id,
            Some(Err(_)) => {
                return Err((Refusal::BadShape, self.cell(cells, Role::Id).unwrap_or_default().to_owned()));
            }
            None => self.id(cells, slot, moment),
        };
        let now = self.clock.now();
        let recorded_at = if source == Source::Device { at } else { now };
        Ok(Meant::Entry(Box::new(Entry {
            id,
            slot: slot.id,
            observed_at: at,
            recorded_at,
            source,
            about: None,
            note,
            kind,
        })))
    }

    /// Made of the row's words and its moment as written, so that neither the zone nor the clock changes it.
    fn id(&mut self, cells: &[String], slot: &Slot, moment: Option<Moment>) -> EntryId {
        let row = derived(&["row", &slot.id.to_string(), &cells.join("\u{1f}")]);
        let count = self.seen.entry(row.as_u64_pair().0).or_default();
        *count += 1;
        let row = if *count == 1 { row } else { derived(&["again", &row.to_string(), &count.to_string()]) };
        let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
        let ms = moment.map_or(0, |moment| {
            moment.day.and_time(moment.time.unwrap_or(noon)).and_utc().timestamp_millis()
        });
        EntryId(derived_at(ms, row))
    }

    /// When a row happened, and the moment as written; days alone are at noon.
    fn moment(&self, cells: &[String]) -> Result<(DateTime<Utc>, Option<Moment>), Refused> {
        let mut text = self.cell(cells, Role::Date).unwrap_or_default();
        if self.kind == FileKind::Grocy {
            // The page adds how long ago that is.
            text = text.get(..19).unwrap_or(text);
        }
        let none = text.is_empty() || (self.kind == FileKind::Homebox && text.starts_with("0001"));
        if none {
            let day = self.plan.undated.ok_or((Refusal::NoDate, String::new()))?;
            return Ok((self.instant(day, None), None));
        }
        let bad = || (Refusal::BadDate, text.to_owned());
        let mut moment = dates::read(text, self.plan.dates).ok_or_else(bad)?;
        if let Some(time) = self.cell(cells, Role::Time)
            && moment.time.is_none()
        {
            moment.time =
                Some(dates::clock(time).ok_or_else(|| (Refusal::BadDate, format!("{text} {time}")))?);
        }
        let at = match (moment.time, moment.zone) {
            (Some(time), Some(zone)) => {
                let at = zone.from_local_datetime(&moment.day.and_time(time)).single();
                at.map(|at| at.to_utc()).ok_or_else(bad)?
            }
            (time, _) => self.instant(moment.day, time),
        };
        if at.timestamp() < 0 || at > self.clock.now() + refill_domain::ledger::CLOCK_SKEW {
            return Err((Refusal::NotThen, text.to_owned()));
        }
        Ok((at, Some(moment)))
    }

    /// An instant of the person's zone: noon where no time is said, and now if that is still to come.
    fn instant(&self, day: NaiveDate, time: Option<NaiveTime>) -> DateTime<Utc> {
        let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
        let naive = Utc.from_utc_datetime(&day.and_time(time.unwrap_or(noon)));
        let offset = self.clock.offset(naive);
        let at = naive - TimeDelta::seconds(i64::from(offset.local_minus_utc()));
        let now = self.clock.now();
        if time.is_none() && day == self.clock.day(now) { at.min(now) } else { at }
    }

    fn text(&self, cells: &[String], role: Role) -> Result<Option<String>, Refused> {
        let Some(text) = self.cell(cells, role).map(plain) else { return Ok(None) };
        crate::record::text("", Some(text), TEXT_MAX)
            .map_err(|_| (Refusal::TooLong, text.chars().take(80).collect()))
    }

    fn happened(&self, happened: Happened, cells: &[String], slot: &Slot) -> Result<EntryKind, Refused> {
        let text = self.cell(cells, Role::Amount);
        if happened == Happened::Level {
            match text.map(str::to_lowercase).as_deref() {
                Some("unknown" | "unavailable" | "none") => {
                    return Ok(EntryKind::LevelRead { level: Level::Unknown });
                }
                Some("some") => return Ok(EntryKind::LevelRead { level: Level::SomeLeft }),
                _ => {}
            }
        }
        let pieces = |amount: &Amount| amount.unit == Unit::Count && slot.unit != Unit::Count;
        let amount = |unit: Unit| self.amount(cells, unit);
        Ok(match happened {
            Happened::Level => {
                let amount = amount(slot.unit)?.ok_or((Refusal::NoAmount, String::new()))?;
                EntryKind::LevelRead { level: Level::Amount { amount } }
            }
            Happened::Used => {
                let amount = amount(slot.unit)?.ok_or((Refusal::NoAmount, String::new()))?;
                // A stock journal writes what went as a number below zero.
                EntryKind::Consumed { amount: Amount::new(amount.milli.abs(), amount.unit) }
            }
            Happened::Bought => {
                let content = amount(slot.shelf_unit())?;
                let (packs, content) = match self.packs(cells)? {
                    Some(packs) => (packs, content.or(Some(Amount::new(slot.pack, slot.shelf_unit())))),
                    None => {
                        let content = content.ok_or((Refusal::NoAmount, String::new()))?;
                        if slot.pooled() { (1, Some(content)) } else { (whole(content.milli, text)?, None) }
                    }
                };
                EntryKind::Purchased {
                    packs,
                    content,
                    asin: None,
                    price: self.price(cells, packs)?,
                    shop: self.text(cells, Role::Shop)?,
                }
            }
            Happened::Replaced => EntryKind::Replaced { capacity: None, from_shelf: true },
            Happened::Counted if slot.pooled() => {
                let level = amount(slot.unit)?.ok_or((Refusal::NoAmount, String::new()))?;
                EntryKind::Counted { level: Some(level), shelf: Some(Amount::new(0, slot.unit)) }
            }
            Happened::Counted => {
                let counted = match amount(slot.unit) {
                    Ok(counted) => counted,
                    // Cartridges on the shelf are pieces, whatever is in the device.
                    Err((Refusal::BadUnit, _)) => amount(Unit::Count)?,
                    Err(other) => return Err(other),
                };
                let counted = counted.ok_or((Refusal::NoAmount, String::new()))?;
                let (level, shelf) =
                    if pieces(&counted) { (None, Some(counted)) } else { (Some(counted), None) };
                EntryKind::Counted { level, shelf }
            }
        })
    }

    /// The amount of a row in a unit of `wanted`'s kind; without a unit, in `wanted` itself.
    fn amount(&self, cells: &[String], wanted: Unit) -> Result<Option<Amount>, Refused> {
        let Some(text) = self.cell(cells, Role::Amount) else { return Ok(None) };
        let split = text.find(|c: char| c.is_alphabetic() || c == '%' || c == '％').unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let milli = self.number(plain(number)).map_err(|_| (Refusal::BadAmount, text.to_owned()))?;
        let unit = self.cell(cells, Role::Unit).or(Some(unit.trim()).filter(|unit| !unit.is_empty()));
        let unit = match unit {
            None => wanted,
            Some(unit) => match parse_unit(unit, wanted.measurement()) {
                Ok(unit) => unit,
                // Packets, bottles and jars are pieces to whoever counts them.
                Err(unknown) if unknown.spells.is_empty() && wanted.measurement() == Measurement::Count => {
                    wanted
                }
                Err(_) => return Err((Refusal::BadUnit, format!("{} {unit}", number.trim()))),
            },
        };
        Ok(Some(Amount::new(milli, unit)))
    }

    /// A number by the table's locale. A sensor's further decimals are rounded away, a person's are refused.
    fn number(&self, text: &str) -> Result<Milli, AmountError> {
        let read = parse_number(text, self.plan.numbers);
        if read == Err(AmountError::TooPrecise)
            && self.kind == FileKind::HomeAssistant
            && let Some((whole, decimals)) = text.split_once('.')
        {
            let kept = decimals.get(..3).unwrap_or(decimals);
            let up = decimals.get(3..4).is_some_and(|next| next >= "5");
            let milli = parse_number(&format!("{whole}.{kept}"), self.plan.numbers)?;
            let step = if text.trim_start().starts_with('-') { -1 } else { 1 };
            return Ok(milli + if up { step } else { 0 });
        }
        read
    }

    fn packs(&self, cells: &[String]) -> Result<Option<u32>, Refused> {
        let Some(text) = self.cell(cells, Role::Packs) else { return Ok(None) };
        let milli = self.number(text).map_err(|_| (Refusal::BadPacks, text.to_owned()))?;
        whole(milli, Some(text)).map(Some)
    }

    /// What all of it cost; Homebox writes what one did.
    fn price(&self, cells: &[String], packs: u32) -> Result<Option<Money>, Refused> {
        let Some(text) = self.cell(cells, Role::Price) else { return Ok(None) };
        let bad = || (Refusal::BadPrice, text.to_owned());
        let is_number =
            |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | ' ' | '\u{a0}' | '\u{202f}');
        let number: String = text.chars().filter(|c| is_number(*c)).collect();
        let sign: String = text.chars().filter(|c| !is_number(*c)).collect();
        let each = self.number(&number).map_err(|_| bad())?;
        let times = if self.kind == FileKind::Homebox { i64::from(packs) } else { 1 };
        let milli = each
            .checked_mul(times)
            .filter(|milli| (0..=1_000_000_000_000).contains(milli))
            .ok_or_else(bad)?;
        if milli == 0 && self.kind == FileKind::Homebox {
            return Ok(None);
        }
        let said = self.cell(cells, Role::Currency).unwrap_or(&sign).trim().to_uppercase();
        let currency = match said.as_str() {
            "" => region::currency(self.locale).to_owned(),
            "€" => "EUR".to_owned(),
            "$" | "US$" => "USD".to_owned(),
            "£" => "GBP".to_owned(),
            "¥" | "円" => "JPY".to_owned(),
            code if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) => code.to_owned(),
            _ => return Err(bad()),
        };
        Ok(Some(Money { milli, currency }))
    }
}

fn whole(milli: Milli, text: Option<&str>) -> Result<u32, Refused> {
    let packs =
        u32::try_from(milli / 1000).ok().filter(|packs| (1..=PACKS_MAX).contains(packs) && milli % 1000 == 0);
    packs.ok_or_else(|| (Refusal::BadPacks, text.unwrap_or_default().to_owned()))
}
