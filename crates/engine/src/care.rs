//! How slots are watched: the order rule, the delivery time, quiet, and the shelf that several slots share. What is
//! shown of a slot that shares one is what lies there for all of them; a spare is promised to one slot at a time.

use crate::error::{Code, Error};
use crate::form::QuietForm;
use crate::household::{Household, Watched};
use crate::store::{self, Care};
use crate::view::{PolicyView, ShelfMate};
use chrono::{NaiveTime, TimeDelta, TimeZone, Utc};
use refill_domain::endpoint::Slot;
use refill_domain::fold::SlotState;
use refill_domain::forecast::Forecast;
use refill_domain::ids::SlotId;
use refill_domain::ledger::Entry;
use refill_domain::measure::Milli;
use refill_domain::orders::{AtAmazon, Reorder};
use refill_domain::replenish::{DELIVERY_DAYS_MAX, NextAction, Policy, Quiet, Rule, next_action};
use refill_domain::shelf::{Claim, Shelf, allot, can_share, pool};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The farthest day to snooze until.
const SNOOZE_MAX: TimeDelta = TimeDelta::days(366);

impl Household {
    /// What the person wants for a slot.
    pub fn policy(&self, watched: &Watched) -> Policy {
        Policy {
            rule: watched.care.rule,
            delivery_days: watched.care.delivery_days.unwrap_or(self.settings.delivery_days),
            days_in_hand: self.settings.days_in_hand,
            quiet: watched.care.quiet,
            paused: matches!(self.reorder(watched), Some(Reorder::Paused { .. })),
        }
    }

    /// The same for the screen, with the day it asks to be ordered by.
    pub fn policy_view(&self, watched: &Watched, forecast: &Forecast) -> PolicyView {
        let (policy, seen) = (self.policy(watched), self.on_shelf(watched));
        let by = policy.order_by(&seen.row.slot, &seen.fold.state, forecast, self.now());
        PolicyView {
            rule: policy.rule,
            risk: policy.rule.risk_percent(),
            delivery_days: policy.delivery_days,
            delivery_own: watched.care.delivery_days.is_some(),
            days_in_hand: policy.days_in_hand,
            order_by: by.map(|by| self.clock.day(by).to_string()),
        }
    }

    /// Chooses the order rule of a slot and the days its deliveries take; absent = the household's.
    ///
    /// # Errors
    /// `BadField` at `delivery_days`, `SlotUnknown`, or why the disk refused.
    pub fn set_rule(&mut self, id: SlotId, rule: Rule, delivery_days: Option<u16>) -> Result<(), Error> {
        if delivery_days.is_some_and(|days| days > DELIVERY_DAYS_MAX) {
            let message = format!("A delivery takes {DELIVERY_DAYS_MAX} days at most.");
            return Err(Error::new(Code::BadField, message).at("delivery_days"));
        }
        let care = Care { rule, delivery_days, ..self.watched(id)?.care };
        self.save_care(id, care)
    }

    /// Keeps a slot out of "Needs you" for a while, until it is replaced, or for good; or lets it ask again.
    ///
    /// # Errors
    /// `BadDate` at `until`, `SlotUnknown`, or why the disk refused.
    pub fn set_quiet(&mut self, id: SlotId, form: &QuietForm) -> Result<(), Error> {
        let watched = self.watched(id)?;
        let (mut row, mut care) = (watched.row.clone(), watched.care);
        row.slot.muted = matches!(form, QuietForm::UntilReplaced {});
        care.quiet = match form {
            QuietForm::Heard {} | QuietForm::UntilReplaced {} => None,
            QuietForm::Always {} => Some(Quiet::Always),
            QuietForm::Until { day } => {
                let today = self.today();
                if *day <= today || *day > today + SNOOZE_MAX {
                    let message = "Choose a day after today, within a year.";
                    return Err(Error::new(Code::BadDate, message).at("until"));
                }
                let midnight = Utc.from_utc_datetime(&day.and_time(NaiveTime::MIN));
                let offset = TimeDelta::seconds(i64::from(self.clock.offset(midnight).local_minus_utc()));
                Some(Quiet::Until(midnight - offset))
            }
        };
        self.write(|tx| {
            tx.save_slot(&row.slot, row.rise_answer)?;
            tx.save_care(row.key, &care)
        })?;
        if let Some(watched) = self.slots.iter_mut().find(|watched| watched.row.key == row.key) {
            (watched.row, watched.care) = (row, care);
        }
        Ok(())
    }

    /// Puts a slot on the shelf of another, which takes the same product, or gives it one of its own.
    ///
    /// # Errors
    /// `BadField` at `with` when the two can't share, `SlotUnknown`, or why the disk refused.
    pub fn share_shelf(&mut self, id: SlotId, with: Option<SlotId>) -> Result<(), Error> {
        let own = self.watched(id)?;
        let Some(with) = with else {
            let (old, care) = (own.care.shelf, Care { shelf: None, ..own.care });
            self.save_care(id, care)?;
            return self.fill_shelves_of(&old.into_iter().collect::<Vec<_>>());
        };
        let other = self.watched(with)?;
        if id == with || !can_share(&own.row.slot, &other.row.slot) {
            let message = "These two can't take from one shelf: they are not counted alike.";
            return Err(Error::new(Code::BadField, message).at("with"));
        }
        let shelf = other.care.shelf.unwrap_or(with);
        let old = own.care.shelf;
        let cares = [
            (own.row.key, id, Care { shelf: Some(shelf), ..own.care }),
            (other.row.key, with, Care { shelf: Some(shelf), ..other.care }),
        ];
        self.write(|tx| cares.iter().try_for_each(|(key, _, care)| tx.save_care(*key, care)))?;
        for (_, slot, care) in cares {
            if let Some(watched) = self.slots.iter_mut().find(|watched| watched.row.slot.id == slot) {
                watched.care = care;
            }
        }
        self.fill_shelves_of(&old.into_iter().chain([shelf]).collect::<Vec<_>>())
    }

    fn save_care(&mut self, id: SlotId, care: Care) -> Result<(), Error> {
        let key = self.watched(id)?.row.key;
        self.write(|tx| tx.save_care(key, &care))?;
        if let Some(watched) = self.slots.iter_mut().find(|watched| watched.row.key == key) {
            watched.care = care;
        }
        Ok(())
    }

    /// Folds every shared shelf from the file.
    pub(crate) fn fill_shelves(&mut self) -> Result<(), Error> {
        let all: BTreeSet<SlotId> = self.slots.iter().filter_map(|watched| watched.care.shelf).collect();
        for watched in &mut self.slots {
            watched.shared = None;
        }
        self.fill_shelves_of(&all.into_iter().collect::<Vec<_>>())
    }

    /// Folds these shared shelves from the file.
    pub(crate) fn fill_shelves_of(&mut self, shelves: &[SlotId]) -> Result<(), Error> {
        for watched in self.slots.iter_mut().filter(|watched| watched.care.shelf.is_none()) {
            watched.shared = None;
        }
        for shelf in shelves {
            let filled = self.shelf_with(*shelf, &[])?.map(Arc::new);
            for watched in self.slots.iter_mut().filter(|watched| watched.care.shelf == Some(*shelf)) {
                watched.shared.clone_from(&filled);
            }
        }
        Ok(())
    }

    /// A shared shelf as the file has it, with `more` entries; absent when only one slot is left on it. Removed devices'
    /// slots stay on it while their history is kept: what they took is gone.
    pub(crate) fn shelf_with(&self, shelf: SlotId, more: &[Entry]) -> Result<Option<Shelf>, Error> {
        let members: Vec<&Watched> =
            self.slots.iter().filter(|watched| watched.care.shelf == Some(shelf)).collect();
        if members.len() < 2 {
            return Ok(None);
        }
        let mut entries = self.read(|db| {
            let mut all = Vec::new();
            for Watched { row, .. } in &members {
                if row.slot.pooled() {
                    all.extend(store::all_entries(db, row.key, &row.slot)?);
                } else {
                    all.extend(store::entries(db, row.key, &row.slot)?.into_iter().map(|row| row.entry));
                }
            }
            Ok(all)
        })?;
        entries.extend_from_slice(more);
        let slots: Vec<&Slot> = members.iter().map(|watched| &watched.row.slot).collect();
        Ok(Some(Shelf::of(&slots, &entries)))
    }

    /// Slots on the same shelf, of devices that were not removed; the slot itself is not among them.
    pub fn shelf_mates(&self, watched: &Watched) -> impl Iterator<Item = &Watched> {
        let (own, shelf) = (watched.row.slot.id, watched.care.shelf.filter(|_| watched.shared.is_some()));
        self.present_slots()
            .filter(move |other| shelf.is_some() && other.care.shelf == shelf && other.row.slot.id != own)
    }

    /// The slot as it is seen with what lies on its shared shelf.
    pub fn on_shelf<'a>(&self, watched: &'a Watched) -> Cow<'a, Watched> {
        let Some(shared) = &watched.shared else { return Cow::Borrowed(watched) };
        let mut seen = watched.clone();
        let slot = &watched.row.slot;
        if slot.pooled() {
            let others = self.shelf_mates(watched).map(|other| (&other.row.slot, &other.fold));
            let members: Vec<_> = std::iter::once((slot, &watched.fold)).chain(others).collect();
            seen.fold = pool(slot, &members, shared);
        } else {
            seen.fold.state.shelf = shared.stock;
        }
        Cow::Owned(seen)
    }

    /// What happens next with a slot as seen on its shelf: a spare that a more urgent slot needs does not count.
    pub fn next_step(&self, seen: &Watched, forecast: &Forecast) -> NextAction {
        let (slot, state) = (&seen.row.slot, &seen.fold.state);
        let (policy, amazon) = (self.policy(seen), self.at_amazon(seen));
        let act = |state: &SlotState| next_action(slot, state, forecast, policy, amazon, self.now());
        if seen.shared.is_none() || slot.pooled() || state.shelf == 0 {
            return act(state);
        }
        let mut claims = vec![self.claim(seen, forecast)];
        claims.extend(self.shelf_mates(seen).map(|mate| {
            let forecast = refill_domain::forecast::forecast(&mate.row.slot, &mate.fold, self.now());
            self.claim(mate, &forecast)
        }));
        let promised: Milli = allot(state.shelf, &claims).get(&slot.id).copied().unwrap_or(state.shelf);
        if promised == state.shelf {
            act(state)
        } else {
            act(&SlotState { shelf: promised, ..state.clone() })
        }
    }

    fn claim(&self, watched: &Watched, forecast: &Forecast) -> Claim {
        let slot = &watched.row.slot;
        let bare = SlotState { shelf: 0, ..watched.fold.state.clone() };
        let amazon = AtAmazon::default();
        let action = next_action(slot, &bare, forecast, self.policy(watched), amazon, self.now());
        let ends = match forecast {
            // Nothing is left to wait for.
            _ if bare.left(slot).is_some_and(|left| left <= 0) => Some(self.now()),
            Forecast::Dated { run_out, .. } => Some(run_out.likely),
            Forecast::Learning { .. }
            | Forecast::Unused { .. }
            | Forecast::LevelUnknown { .. }
            | Forecast::NotCounted => None,
        };
        let asks = matches!(action, NextAction::EmptyNoSpare | NextAction::OrderBy { .. });
        Claim { slot: slot.id, asks, ends }
    }

    /// Slots that could share a slot's shelf, those that were bought as the same product first.
    ///
    /// # Errors
    /// Why the file can't be read.
    pub fn shelf_candidates(&self, watched: &Watched) -> Result<Vec<ShelfMate>, Error> {
        let asins = self.read(store::asins)?;
        let of = |other: &Watched| asins.get(&other.row.key).map(Vec::as_slice).unwrap_or_default();
        let own = of(watched);
        let mates: BTreeSet<SlotId> = self.shelf_mates(watched).map(|mate| mate.row.slot.id).collect();
        let mut candidates: Vec<ShelfMate> = self
            .present_slots()
            .filter(|other| other.row.slot.id != watched.row.slot.id)
            .filter(|other| !mates.contains(&other.row.slot.id))
            .filter(|other| can_share(&watched.row.slot, &other.row.slot))
            .filter(|other| watched.row.slot.supply == other.row.slot.supply)
            .map(|other| ShelfMate {
                same_product: of(other).iter().any(|asin| own.contains(asin)),
                ..self.mate(other)
            })
            .collect();
        candidates.sort_by_key(|candidate| !candidate.same_product);
        Ok(candidates)
    }

    /// A slot as another's shelf names it.
    pub(crate) fn mate(&self, watched: &Watched) -> ShelfMate {
        let device = self.devices.iter().find(|device| device.endpoint.id == watched.row.slot.endpoint);
        ShelfMate {
            slot: watched.row.slot.id,
            name: watched.row.slot.name.clone(),
            device_name: device.map(|device| device.endpoint.name.clone()).unwrap_or_default(),
            same_product: false,
        }
    }

    /// What a slot's shelf mate is called beside it: by its device, or by its own name in the same device.
    pub(crate) fn mate_name(&self, watched: &Watched, mate: &Watched) -> String {
        let same_device = watched.row.slot.endpoint == mate.row.slot.endpoint;
        let named = self.mate(mate);
        if same_device { named.name } else { named.device_name }
    }
}
