//! What people do to a supply: forms read by the person's locale, judged, previewed, recorded, undone.

use crate::error::{Code, Error};
use crate::form::{RecordForm, Typed, What};
use crate::household::{Household, Watched, bad_amount, refused};
use crate::region;
use crate::sources::label::is_invisible;
use crate::store::{self, SlotRow};
use crate::view::{Outcome, Recorded, RiseAnswer};
use chrono::{DateTime, NaiveTime, TimeZone, Utc};
use refill_domain::endpoint::Slot;
use refill_domain::fold::Fold;
use refill_domain::ids::{Asin, EntryId, SlotId};
use refill_domain::ledger::{self, Entry, EntryKind, Money, Source};
use refill_domain::locale::{Locale, parse_number};
use refill_domain::measure::Amount;
use refill_domain::replenish::Quiet;
use std::sync::Arc;

/// Longest note or shop name that is kept, in characters.
pub const TEXT_MAX: usize = 500;

/// A field's text without control and invisible characters and outer space; absent when nothing is left.
///
/// # Errors
/// `BadField` when it is longer than `max` characters.
pub(crate) fn text(field: &str, value: Option<&str>, max: usize) -> Result<Option<String>, Error> {
    let clean: String =
        value.unwrap_or_default().chars().filter(|c| !c.is_control() && !is_invisible(*c)).collect();
    let clean = clean.trim();
    if clean.chars().count() > max {
        return Err(Error::new(Code::BadField, format!("Use {max} characters at most.")).at(field));
    }
    Ok((!clean.is_empty()).then(|| clean.to_owned()))
}

/// A typed amount of the slot's kind.
pub(crate) fn amount(field: &str, typed: &Typed, locale: Locale) -> Result<Amount, Error> {
    let milli = parse_number(&typed.text, locale).map_err(|cause| bad_amount(cause).at(field))?;
    Ok(Amount::new(milli, typed.unit))
}

impl Household {
    /// The instant of a form's day: now for today, noon for an earlier one.
    fn moment(&self, on: Option<chrono::NaiveDate>) -> Result<DateTime<Utc>, Error> {
        let (now, today) = (self.now(), self.today());
        match on {
            None => Ok(now),
            Some(day) if day == today => Ok(now),
            Some(day) if day > today => {
                Err(Error::new(Code::BadDate, "This day lies in the future. Choose today or earlier.")
                    .at("on"))
            }
            Some(day) if day < today - chrono::TimeDelta::days(365 * 20) => {
                Err(Error::new(Code::BadDate, "This day is more than twenty years ago. Check the year.")
                    .at("on"))
            }
            Some(day) => {
                let noon = day.and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default());
                let offset = self.clock.offset(Utc.from_utc_datetime(&noon));
                Ok((Utc.from_utc_datetime(&noon)
                    - chrono::TimeDelta::seconds(i64::from(offset.local_minus_utc())))
                .min(now))
            }
        }
    }

    /// The entry a form means.
    pub(crate) fn entry(&self, form: &RecordForm) -> Result<Entry, Error> {
        let slot = &self.watched(form.slot)?.row.slot;
        let locale = self.locale();
        let kind = match &form.what {
            What::Bought { packs, content, asin, price, currency, shop } => EntryKind::Purchased {
                packs: whole_packs(packs, locale)?,
                // What a pack is may change; what was bought then does not.
                content: match content {
                    Some(typed) => Some(amount("content", typed, locale)?),
                    None => Some(Amount::new(slot.pack, slot.shelf_unit())),
                },
                asin: match text("asin", asin.as_deref(), 40)? {
                    None => None,
                    Some(asin) => Some(asin.parse::<Asin>().map_err(|_| {
                        Error::new(
                            Code::BadField,
                            "An ASIN has ten letters and digits, as on the product's page.",
                        )
                        .at("asin")
                    })?),
                },
                price: self.price(price.as_deref(), currency.as_deref())?,
                shop: text("shop", shop.as_deref(), TEXT_MAX)?,
            },
            What::Replaced { from_shelf } => EntryKind::Replaced { capacity: None, from_shelf: *from_shelf },
            What::Counted { level, shelf } => EntryKind::Counted {
                level: level.as_ref().map(|typed| amount("level", typed, locale)).transpose()?,
                shelf: shelf.as_ref().map(|typed| amount("shelf", typed, locale)).transpose()?,
            },
        };
        let entry = Entry {
            id: form.id,
            slot: form.slot,
            observed_at: self.moment(form.on)?,
            recorded_at: self.now(),
            source: Source::Person,
            about: form.amends,
            note: text("note", form.note.as_deref(), TEXT_MAX)?,
            kind,
        };
        ledger::admit(&entry, slot, self.now()).map_err(|cause| {
            let field = match (&entry.kind, &cause) {
                (_, ledger::AdmitError::Future) => "on",
                (EntryKind::Purchased { content: Some(_), .. }, ledger::AdmitError::Amount(_)) => "content",
                (EntryKind::Purchased { .. }, _) => "packs",
                (EntryKind::Counted { level, shelf: Some(_) }, _) => {
                    let level = EntryKind::Counted { level: *level, shelf: None };
                    match ledger::admit(&Entry { kind: level, ..entry.clone() }, slot, self.now()) {
                        Ok(()) | Err(ledger::AdmitError::Empty) => "shelf",
                        Err(_) => "level",
                    }
                }
                _ => "level",
            };
            refused(cause).at(field)
        })?;
        Ok(entry)
    }

    fn price(&self, price: Option<&str>, currency: Option<&str>) -> Result<Option<Money>, Error> {
        let Some(price) = text("price", price, 40)? else { return Ok(None) };
        let milli = parse_number(&price, self.locale()).map_err(|cause| bad_amount(cause).at("price"))?;
        if !(0..=1_000_000_000_000).contains(&milli) {
            return Err(Error::new(Code::BadAmount, "Enter a price of 0 or more.").at("price"));
        }
        let currency = text("currency", currency, 3)?
            .unwrap_or_else(|| region::currency(self.locale()).to_owned())
            .to_ascii_uppercase();
        if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(
                Error::new(Code::BadField, "A currency has three letters, such as EUR.").at("currency")
            );
        }
        Ok(Some(Money { milli, currency }))
    }

    /// Records what a person did. The same id twice records once.
    ///
    /// # Errors
    /// At the field that can't be, or why the disk refused; then nothing was recorded.
    pub fn record(&mut self, form: &RecordForm) -> Result<Recorded, Error> {
        let entry = self.entry(form)?;
        let row = self.watched(form.slot)?.row.clone();
        let effect = effect(&row.slot, &entry.kind);
        let mut entries = Vec::with_capacity(2);
        if let Some(amended) = form.amends
            && !self.own_entry(amended, row.key)?
        {
            // Made from the form's own id, so that a repeated form voids once, too.
            entries.push(self.void(beside(form.id), form.slot, amended));
        }
        let unmute = matches!(entry.kind, EntryKind::Replaced { .. });
        entries.push(entry);
        self.append_with(entries, row, unmute)?;
        Ok(Recorded { entry: form.id, slot: form.slot, effect })
    }

    /// Appends entries of one slot with the slot's remembered answer as `row` has it; `unmute`: what was muted until it
    /// is replaced is heard again.
    fn append_with(&mut self, entries: Vec<Entry>, mut row: SlotRow, unmute: bool) -> Result<(), Error> {
        row.slot.muted &= !unmute;
        let before = self.watched(row.slot.id)?;
        let (changed, old) = (before.row != row, before.care);
        let mut care = old;
        care.quiet = care.quiet.filter(|quiet| !unmute || *quiet == Quiet::Always);
        self.append_and(entries, |tx| {
            if changed {
                tx.save_slot(&row.slot, row.rise_answer)?;
            }
            if care != old {
                tx.save_care(row.key, &care)?;
            }
            Ok(())
        })?;
        if let Some(watched) = self.slots.iter_mut().find(|w| w.row.key == row.key) {
            (watched.row, watched.care) = (row, care);
        }
        Ok(())
    }

    fn void(&self, id: EntryId, slot: SlotId, entry: EntryId) -> Entry {
        let now = self.now();
        Entry {
            id,
            slot,
            observed_at: now,
            recorded_at: now,
            source: Source::Person,
            about: None,
            note: None,
            kind: EntryKind::Voided { entry },
        }
    }

    /// Whether an entry that may be amended is undone now.
    fn own_entry(&self, id: EntryId, key: i64) -> Result<bool, Error> {
        match self.read(|db| store::find_entry(db, id))? {
            Some((_, EntryKind::Voided { .. }, _)) | None => Err(unknown()),
            Some((found, _, voided)) if found == key => Ok(voided),
            Some(_) => Err(unknown()),
        }
    }

    /// The slot of an entry, and whether the entry is undone.
    ///
    /// # Errors
    /// `EntryUnknown`, or why the file can't be read.
    pub fn undone(&self, entry: EntryId) -> Result<(SlotId, bool), Error> {
        let Some((key, _, voided)) = self.read(|db| store::find_entry(db, entry))? else {
            return self.stocktake_undone(entry)?.ok_or_else(unknown);
        };
        let watched = self.slots.iter().find(|w| w.row.key == key).ok_or_else(unknown)?;
        Ok((watched.row.slot.id, voided))
    }

    /// What was recorded under an id already: a request that comes twice is answered as the first time.
    fn recorded(&self, id: EntryId) -> Result<Option<Recorded>, Error> {
        let Some((key, kind, _)) = self.read(|db| store::find_entry(db, id))? else { return Ok(None) };
        let watched = self.slots.iter().find(|w| w.row.key == key).ok_or_else(unknown)?;
        let slot = &watched.row.slot;
        let kind = match kind {
            EntryKind::Voided { entry } => {
                self.read(|db| store::find_entry(db, entry))?.map(|(_, kind, _)| kind)
            }
            kind => Some(kind),
        };
        let effect = kind.and_then(|kind| effect(slot, &kind));
        Ok(Some(Recorded { entry: id, slot: slot.id, effect }))
    }

    /// Undoes an entry; an undone one is brought back. What it amended comes back, or goes, with it.
    ///
    /// # Errors
    /// `EntryUnknown`, or why the disk refused.
    pub fn undo(&mut self, id: EntryId, entry: EntryId) -> Result<Recorded, Error> {
        if let Some(recorded) = self.recorded(id)? {
            return Ok(recorded);
        }
        let Some((key, kind, voided)) = self.read(|db| store::find_entry(db, entry))? else {
            return self.undo_stocktake(id, entry)?.ok_or_else(unknown);
        };
        let watched = self.slots.iter().find(|w| w.row.key == key).ok_or_else(unknown)?;
        let slot = self.watched(watched.row.slot.id)?.row.slot.clone();
        let mut entries = self.turn(id, &slot, key, entry, voided)?;
        let amended = beside(entry);
        if let Some((found, EntryKind::Voided { .. }, off)) =
            self.read(|db| store::find_entry(db, amended))?
            && found == key
            && off == voided
        {
            entries.extend(self.turn(beside(id), &slot, key, amended, off)?);
        }
        self.append(entries)?;
        Ok(Recorded { entry: id, slot: slot.id, effect: effect(&slot, &kind) })
    }

    /// What undoes an entry, or brings back a voided one: a void of each of its voids in force, the first under `id`.
    pub(crate) fn turn(
        &self,
        id: EntryId,
        slot: &Slot,
        key: i64,
        entry: EntryId,
        voided: bool,
    ) -> Result<Vec<Entry>, Error> {
        let targets = if voided { self.read(|db| store::voids_of(db, key, entry))? } else { vec![entry] };
        if targets.is_empty() {
            return Err(unknown());
        }
        let ids = std::iter::once(id).chain(std::iter::repeat_with(|| EntryId(self.clock.new_id())));
        // A void takes effect at once, wherever what it voids stands; its own place only orders voids among themselves.
        let void = |(id, target)| Entry { about: Some(entry), ..self.void(id, slot.id, target) };
        Ok(ids.zip(targets).map(void).collect())
    }

    /// Says what a rise was, and remembers the answer for the next time.
    ///
    /// # Errors
    /// `EntryUnknown` when the question is not open any more.
    pub fn answer_rise(
        &mut self,
        id: EntryId,
        slot: SlotId,
        reading: EntryId,
        answer: RiseAnswer,
    ) -> Result<Recorded, Error> {
        if let Some(recorded) = self.recorded(id)? {
            return Ok(recorded);
        }
        let (entry, row) = self.rise_answered(id, slot, reading, answer)?;
        self.append_with(vec![entry], row, answer == RiseAnswer::New)?;
        Ok(Recorded { entry: id, slot, effect: None })
    }

    /// What an answer to a rise would do; nothing is recorded.
    ///
    /// # Errors
    /// `EntryUnknown` when the question is not open any more.
    pub fn preview_rise(&self, slot: SlotId, reading: EntryId, answer: RiseAnswer) -> Result<Outcome, Error> {
        let (entry, _) = self.rise_answered(EntryId(self.clock.new_id()), slot, reading, answer)?;
        self.outcome(&entry, None)
    }

    /// The entry that an answer to a rise is, and the slot with the answer remembered. Any rise that nobody has
    /// explained can be answered, the latest or one before it.
    fn rise_answered(
        &self,
        id: EntryId,
        slot: SlotId,
        reading: EntryId,
        answer: RiseAnswer,
    ) -> Result<(Entry, SlotRow), Error> {
        let watched = self.watched(slot)?;
        let state = &watched.fold.state;
        let rise = state
            .rise
            .iter()
            .chain(&state.passed_rises)
            .find(|rise| rise.entry == reading)
            .cloned()
            .ok_or_else(|| Error::new(Code::EntryUnknown, "This question was answered already."))?;
        let row = watched.row.clone();
        let seen = self.on_shelf(watched);
        let spare = seen.fold.state.spares(&row.slot).is_some_and(|spares| spares > 0);
        let kind = match answer {
            RiseAnswer::New => EntryKind::Replaced { capacity: None, from_shelf: spare },
            RiseAnswer::PartlyRefilled => {
                EntryKind::Counted { level: Some(row.slot.amount(rise.to)), shelf: None }
            }
            RiseAnswer::Glitch => EntryKind::Voided { entry: reading },
        };
        let observed_at = match answer {
            RiseAnswer::Glitch => self.now(),
            RiseAnswer::New | RiseAnswer::PartlyRefilled => rise.at,
        };
        let entry = Entry {
            id,
            slot,
            observed_at,
            recorded_at: self.now(),
            source: Source::Person,
            about: Some(reading),
            note: None,
            kind,
        };
        Ok((entry, SlotRow { rise_answer: Some(answer), ..row }))
    }

    /// What a form would do; nothing is recorded.
    ///
    /// # Errors
    /// At the field that can't be.
    pub fn preview(&self, form: &RecordForm) -> Result<Outcome, Error> {
        self.outcome(&self.entry(form)?, form.amends)
    }

    fn outcome(&self, entry: &Entry, amends: Option<EntryId>) -> Result<Outcome, Error> {
        let watched = self.watched(entry.slot)?;
        let after = self.after(watched, entry, amends)?;
        let before_row = self.present(watched);
        let after_row = self.present(&after);
        let last_read = watched.fold.state.read_at.filter(|at| *at > entry.observed_at);
        let counts = matches!(entry.kind, EntryKind::Replaced { .. } | EntryKind::Counted { .. });
        Ok(Outcome {
            spares_after: after_row.row.spares,
            when_before: before_row.when,
            when_after: after_row.when,
            left_before: before_row.row.left,
            left_after: after_row.row.left,
            before: before_row.row.mark,
            after: after_row.row.mark,
            later_reading: last_read.filter(|_| counts).map(|at| self.clock.day(at).to_string()),
            effect: effect(&watched.row.slot, &entry.kind),
        })
    }

    /// The slot as it would be with one more entry (and without the one it amends).
    fn after(&self, watched: &Watched, entry: &Entry, amends: Option<EntryId>) -> Result<Watched, Error> {
        let mut after = watched.clone();
        let row = &mut after.row;
        if matches!(entry.kind, EntryKind::Replaced { .. }) {
            row.slot.muted = false;
            after.care.quiet = after.care.quiet.filter(|quiet| *quiet == Quiet::Always);
        }
        let void = amends.map(|amended| self.void(beside(entry.id), row.slot.id, amended));
        let more: Vec<Entry> = void.into_iter().chain([entry.clone()]).collect();
        if amends.is_none() && after.fold.follows(entry) {
            after.fold.apply(&row.slot, entry);
        } else {
            let mut all = self.read(|db| store::all_entries(db, row.key, &row.slot))?;
            all.extend_from_slice(&more);
            after.fold = Fold::of(&row.slot, &all);
        }
        if let Some(shelf) = watched.care.shelf.filter(|_| watched.shared.is_some()) {
            after.shared = self.shelf_with(shelf, &more)?.map(Arc::new);
        }
        Ok(after)
    }
}

fn unknown() -> Error {
    Error::new(Code::EntryUnknown, "This entry is not in the ledger any more.")
}

/// The id of the void that goes with an amending form: the form's id, one further.
fn beside(id: EntryId) -> EntryId {
    EntryId(uuid::Uuid::from_u128(id.0.as_u128().wrapping_add(1)))
}

/// Packs as typed: a whole number above 0.
fn whole_packs(typed: &str, locale: Locale) -> Result<u32, Error> {
    let milli = parse_number(typed, locale).map_err(|cause| bad_amount(cause).at("packs"))?;
    if milli <= 0 {
        return Err(Error::new(Code::BadAmount, "Enter an amount above 0.").at("packs"));
    }
    if milli % 1000 != 0 {
        return Err(Error::new(Code::BadAmount, "Packs are whole. Enter the content of one pack beside it.")
            .at("packs"));
    }
    u32::try_from(milli / 1000)
        .ok()
        .filter(|packs| *packs <= ledger::PACKS_MAX)
        .ok_or_else(|| refused(ledger::AdmitError::TooMany).at("packs"))
}

/// The effect of an entry in one amount: what was added, or corrected to.
fn effect(slot: &Slot, kind: &EntryKind) -> Option<Amount> {
    match kind {
        EntryKind::Purchased { packs, content, .. } | EntryKind::Received { packs, content, .. } => {
            let unit = slot.shelf_unit();
            let one = content.unwrap_or(Amount::new(slot.pack, unit));
            let milli = one.milli.checked_mul(i64::from(*packs))?;
            Some(Amount::new(milli, one.unit))
        }
        EntryKind::Counted { level, shelf } => level.or(*shelf),
        EntryKind::Replaced { capacity, .. } => capacity.or(slot.full().map(|full| slot.amount(full))),
        EntryKind::Consumed { amount } => Some(*amount),
        EntryKind::LevelRead { .. } | EntryKind::Voided { .. } => None,
    }
}
