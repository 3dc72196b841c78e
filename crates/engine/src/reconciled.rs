//! The three figures of the Slot screen side by side: what the device says, what lies on the shelf, what Amazon believes,
//! each with its age, and every difference with the entries that make it.

use crate::error::Error;
use crate::household::{Household, Watched};
use crate::store::{self, EntryRow};
use crate::view::{AmazonSays, DeviceSays, DifferenceView, FigureView, Reconciliation, ShelfSays, StepView};
use chrono::{DateTime, Utc};
use refill_domain::endpoint::SensorKind;
use refill_domain::ids::EntryId;
use refill_domain::ledger::{Entry, EntryKind};
use refill_domain::measure::{Amount, Milli, Unit};
use refill_domain::reconcile::{Cause, Difference, Figure, Step, explain};
use refill_domain::shelf::{MoveKind, Shelf};

/// What Amazon was told of a slot: the figure, when, and whether it was told back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported {
    /// What was reported, in the slot's unit.
    pub figure: Figure,
    /// It was told back as taken in.
    pub confirmed: bool,
}

impl Household {
    /// The three figures of a slot. `reported`: the last report to Amazon, absent while nothing was reported.
    ///
    /// # Errors
    /// Why the file can't be read.
    pub fn reconciliation(
        &self,
        watched: &Watched,
        reported: Option<Reported>,
    ) -> Result<Reconciliation, Error> {
        let (slot, key) = (&watched.row.slot, watched.row.key);
        let seen = self.on_shelf(watched);
        let rows: Vec<EntryRow> = self.read(|db| store::entries(db, key, slot))?;
        let rows: Vec<EntryRow> = rows.into_iter().filter(|row| !row.voided).collect();
        let left = seen.fold.state.left(slot).filter(|_| !seen.fold.state.some_left);
        let amazon = match reported {
            None if self.linked.slots.contains_key(&watched.row.key) => AmazonSays::ThroughMaker {},
            None => AmazonSays::NotReported {},
            Some(Reported { figure, confirmed }) => AmazonSays::Reported {
                difference: match left {
                    Some(left) => self.since_report(watched, figure, left, &rows)?,
                    None => None,
                },
                figure: self.figure(slot.unit, figure.amount, figure.at),
                confirmed,
            },
        };
        Ok(Reconciliation {
            ledger: left
                .zip(seen.fold.state.level_at.or(seen.fold.state.last.map(|(at, _)| at)))
                .map(|(left, at)| self.figure(slot.unit, left, at)),
            device: self.device_says(watched, &rows)?,
            shelf: self.shelf_says(watched, &seen, &rows)?,
            amazon,
        })
    }

    fn device_says(&self, watched: &Watched, rows: &[EntryRow]) -> Result<DeviceSays, Error> {
        let (slot, state) = (&watched.row.slot, &watched.fold.state);
        if slot.sensor == SensorKind::None {
            return Ok(DeviceSays::Unmeasured {});
        }
        let said = self.read(|db| store::last_level(db, watched.row.key, slot))?;
        let number = said.and_then(|(at, id, amount)| Some((at, id, amount.to(slot.unit).ok()?.milli)));
        let Some((at, id, amount)) = number else {
            let last = state.read_at;
            return Ok(match (slot.sensor, last) {
                (SensorKind::Usage | SensorKind::LevelUsage, last) => {
                    DeviceSays::Uses { last: last.map(|at| at.timestamp_millis()) }
                }
                (_, Some(last)) => DeviceSays::NoNumber { last: last.timestamp_millis() },
                (_, None) => DeviceSays::Nothing {},
            });
        };
        // A share of a full one is never above 100, whatever a printer says.
        let amount = amount.min(slot.full().filter(|_| slot.unit == Unit::Percent).unwrap_or(amount));
        let from = Figure { amount, at };
        let difference = state.level.map(|level| {
            let steps = rows.iter().filter_map(|row| self.level_step(row));
            // At the same moment the order is that of the ids.
            let after = |step: &Step| step.entry.is_some_and(|entry| entry > id);
            explain(from, level, steps, after, Cause::Unrecorded {})
        });
        Ok(DeviceSays::Level {
            figure: self.figure(slot.unit, amount, at),
            difference: difference.and_then(|told| self.told(slot.unit, told, rows, None)),
        })
    }

    fn shelf_says(&self, watched: &Watched, seen: &Watched, rows: &[EntryRow]) -> Result<ShelfSays, Error> {
        let slot = &watched.row.slot;
        let own;
        let shelf: &Shelf = match &watched.shared {
            Some(shared) => shared,
            None => {
                let entries: Vec<Entry> = rows.iter().map(|row| row.entry.clone()).collect();
                own = Shelf::of(&[slot], &entries);
                &own
            }
        };
        // What was poured out is in readings that need not be looked at: whatever they took was opened.
        let now = if watched.shared.is_some() { shelf.stock } else { seen.fold.state.shelf };
        let counted = shelf.counted();
        let from = counted.map_or(Figure { amount: 0, at: DateTime::<Utc>::MIN_UTC }, |count| Figure {
            amount: count.after,
            at: count.at,
        });
        let steps = shelf.moves.iter().filter(|m| m.kind != MoveKind::Counted).map(|m| Step {
            entry: Some(m.entry),
            at: Some(m.at),
            cause: match m.kind {
                MoveKind::Counted => Cause::Counted {},
                MoveKind::Bought => Cause::Bought {},
                MoveKind::Received => Cause::Received {},
                MoveKind::TakenOut => Cause::TakenOut {},
                MoveKind::Opened => Cause::Opened { count: 1 },
            },
            change: m.change,
        });
        let rest = if slot.pooled() { Cause::Opened { count: 1 } } else { Cause::Unrecorded {} };
        let told = explain(from, now, steps, |_| true, rest);
        Ok(ShelfSays {
            now: Amount::new(now, shelf.unit),
            counted: counted.map(|count| self.figure(shelf.unit, count.after, count.at)),
            difference: self.told(shelf.unit, told, rows, Some((watched, shelf))),
        })
    }

    /// From what was reported to what is left now: every entry since, and what the device used meanwhile.
    fn since_report(
        &self,
        watched: &Watched,
        from: Figure,
        left: Milli,
        rows: &[EntryRow],
    ) -> Result<Option<DifferenceView>, Error> {
        let (slot, key) = (&watched.row.slot, watched.row.key);
        let after = Some((from.at.timestamp_millis(), EntryId::from_bytes([255; 16])));
        let run = self.read(|db| store::run_between(db, key, after, None))?;
        let said = rows.iter().filter_map(|row| self.level_step(row));
        let stepped: Vec<Step> = said.collect();
        let spoken: Milli = stepped
            .iter()
            .filter(|step| step.at.is_some_and(|at| at > from.at))
            .fold(0, |sum, step| sum.saturating_add(step.change));
        // Whatever entries do not make, the readings do, if there were any.
        let uses = run.map(|run| Step {
            entry: None,
            at: DateTime::from_timestamp_millis(run.last),
            cause: Cause::Used { count: run.count },
            change: left.saturating_sub(from.amount).saturating_sub(spoken),
        });
        let told = explain(from, left, stepped.into_iter().chain(uses), |_| false, Cause::Unrecorded {});
        Ok(self.told(slot.unit, told, rows, None))
    }

    /// What an entry did to what is left.
    fn level_step(&self, row: &EntryRow) -> Option<Step> {
        let cause = match row.entry.kind {
            EntryKind::Counted { .. } => Cause::Counted {},
            EntryKind::Replaced { .. } => Cause::Replaced {},
            EntryKind::Purchased { .. } => Cause::Bought {},
            EntryKind::Received { .. } => Cause::Received {},
            EntryKind::Consumed { .. } => Cause::Used { count: 1 },
            EntryKind::LevelRead { .. } => Cause::Read {},
            EntryKind::Voided { .. } => return None,
        };
        let (entry, at) = (Some(row.entry.id), Some(row.entry.observed_at));
        Some(Step { entry, at, cause, change: row.change.unwrap_or(0) })
    }

    /// A difference for the screen; absent when there is none and nothing happened.
    fn told(
        &self,
        unit: Unit,
        told: Difference,
        rows: &[EntryRow],
        shelf: Option<(&Watched, &Shelf)>,
    ) -> Option<DifferenceView> {
        if told.steps.is_empty() {
            return None;
        }
        let stated = |entry: Option<EntryId>| {
            let row = rows.iter().find(|row| Some(row.entry.id) == entry)?;
            match (&row.entry.kind, shelf) {
                (EntryKind::Counted { level, .. }, None) => *level,
                (EntryKind::Counted { shelf, .. }, Some(_)) => *shelf,
                _ => None,
            }
        };
        let elsewhere = |entry: Option<EntryId>| {
            let (own, shelf) = shelf?;
            let at = shelf.moves.iter().find(|m| Some(m.entry) == entry)?;
            let other = self.slots.iter().find(|w| w.row.slot.id == at.slot)?;
            (other.row.slot.id != own.row.slot.id).then(|| self.mate_name(own, other))
        };
        Some(DifferenceView {
            amount: Amount::new(told.amount, unit),
            steps: told
                .steps
                .into_iter()
                .map(|step| StepView {
                    entry: step.entry,
                    day: step.at.map(|at| self.clock.day(at).to_string()),
                    cause: step.cause,
                    stated: stated(step.entry),
                    change: Amount::new(step.change, unit),
                    device_name: elsewhere(step.entry),
                })
                .collect(),
        })
    }

    fn figure(&self, unit: Unit, amount: Milli, at: DateTime<Utc>) -> FigureView {
        FigureView {
            amount: Amount::new(amount, unit),
            at: at.timestamp_millis(),
            day: self.clock.day(at).to_string(),
        }
    }
}
