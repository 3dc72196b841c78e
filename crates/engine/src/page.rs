//! The Slot screen: one slot's row with why it says what it says, its figures, and its ledger with runs of readings
//! folded into one line each.

use crate::error::Error;
use crate::household::{Household, Watched};
use crate::present::per_day;
use crate::store::{self, EntryRow};
use crate::view::{Connection, LedgerLine, LedgerWhat, LowSource, SlotView, Why};
use chrono::{DateTime, Utc};
use refill_domain::endpoint::{SensorKind, Slot};
use refill_domain::forecast::{BurnRate, Forecast, RunOut};
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::ledger::{EntryKind, Source};
use refill_domain::locale::units_for;
use refill_domain::measure::{Amount, Milli};
use refill_domain::replenish::{LOW_READINGS, NextAction, PAUSED_DAYS};
use std::collections::BTreeSet;

/// Ledger lines of one page, at most.
const LINES_MAX: u32 = 500;

/// Members of a run that are shown, at most.
const RUN_MAX: usize = 200;

/// Where an entry stands in the order of effect.
type Place = (i64, EntryId);

impl Household {
    /// The Slot screen with at most `lines` entries.
    ///
    /// # Errors
    /// `SlotUnknown`, or why the file can't be read.
    pub fn slot_page(&self, id: SlotId, lines: u32) -> Result<SlotView, Error> {
        let watched = self.watched(id)?;
        let seen = self.on_shelf(watched);
        let (slot, state) = (&watched.row.slot, &seen.fold.state);
        let presented = self.present(watched);
        let (ledger, more) = self.ledger(watched, lines.clamp(1, LINES_MAX))?;
        let order: Vec<SlotId> = self.supplies().rows.iter().map(|row| row.slot).collect();
        let place = order.iter().position(|slot| *slot == id);
        let neighbour = |step: isize| {
            place.and_then(|at| at.checked_add_signed(step)).and_then(|at| order.get(at)).copied()
        };
        let rate = match &presented.forecast {
            Forecast::Dated { rate, .. } => *rate,
            Forecast::Learning { .. }
            | Forecast::Unused { .. }
            | Forecast::LevelUnknown { .. }
            | Forecast::NotCounted => None,
        };
        Ok(SlotView {
            at: self.now().timestamp_millis(),
            today: self.today().to_string(),
            dash: self.dash(slot.endpoint)?,
            why: self.why(&seen, &presented.action, &presented.forecast),
            level: state.level.filter(|_| !state.some_left).map(|level| slot.amount(level)),
            shelf: Amount::new(state.shelf, slot.shelf_unit()),
            pack: Amount::new(slot.pack, slot.shelf_unit()),
            capacity: slot.capacity.map(|capacity| slot.amount(capacity)),
            per_day: rate.map(|rate| per_day(slot, rate.per_day)),
            basis: rate.map(|rate| self.basis(watched, &rate)),
            record: self.track_record(watched),
            low_mark: slot.low_mark().map(|mark| slot.amount(mark)),
            low_source: low_source(slot),
            measured_at: state.level_at.or(state.read_at).map(|at| at.timestamp_millis()),
            unit: slot.unit,
            units: units(slot, self.locale()),
            recent_packs: recent_packs(slot, &ledger),
            overshoot: Some(state.overshoot).filter(|over| *over > 0).map(|over| slot.amount(over)),
            ledger,
            more,
            previous: neighbour(-1),
            following: neighbour(1),
            connection: self.connection(slot.endpoint),
            policy: self.policy_view(watched, &presented.forecast),
            low_readings: state.low_streak,
            low_needed: LOW_READINGS,
            shelf_mates: self.shelf_mates(watched).map(|mate| self.mate(mate)).collect(),
            shelf_candidates: self.shelf_candidates(watched)?,
            attachable: self.attachable(watched),
            reconciliation: self.reconciliation(watched, None)?,
            orders: self.slot_orders(watched, &presented),
            row: presented.row,
        })
    }

    /// How a device is reached.
    pub fn connection(&self, id: EndpointId) -> Connection {
        let reach = self.devices.iter().find(|d| d.endpoint.id == id).and_then(|d| d.reach.as_ref());
        reach.map_or(Connection::ByHand {}, |reach| Connection::Network {
            address: reach.address.clone(),
            answers: reach.trouble.is_none() && reach.answered_at.is_some(),
            last_answer: reach.answered_at,
            trouble: reach.trouble.clone(),
        })
    }

    /// The members of a folded run, newest first.
    ///
    /// # Errors
    /// `SlotUnknown`, or why the file can't be read.
    pub fn run_members(&self, id: SlotId, from: i64, to: i64) -> Result<Vec<LedgerLine>, Error> {
        let watched = self.watched(id)?;
        let slot = &watched.row.slot;
        let readings =
            self.read(|db| store::newest_readings(db, watched.row.key, slot, (from, to), RUN_MAX + 1))?;
        let line = |at: i64, used: bool, value: Milli, before: Option<Milli>| LedgerLine {
            what: LedgerWhat::Uses { count: 1, from: self.day_of(at), first_at: at, levels: !used },
            change: if used { Some(-value) } else { before.map(|b| value - b) }.map(|c| slot.amount(c)),
            left: (!used).then(|| slot.amount(value)),
            ..self.blank(at)
        };
        let before = |at: usize| readings.get(at + 1).filter(|r| !r.used).map(|r| r.value);
        Ok(readings
            .iter()
            .enumerate()
            .take(RUN_MAX)
            .map(|(at, r)| line(r.at, r.used, r.value, before(at)))
            .collect())
    }

    fn day_of(&self, ms: i64) -> String {
        let at = DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::<Utc>::MIN_UTC);
        self.clock.day(at).to_string()
    }

    /// A line of which only the moment is known.
    fn blank(&self, at: i64) -> LedgerLine {
        LedgerLine {
            entry: None,
            at,
            day: self.day_of(at),
            timed: true,
            what: LedgerWhat::Replaced { from_shelf: false },
            change: None,
            left: None,
            undone: false,
            own: false,
            amended: false,
            note: None,
            stocktake: None,
        }
    }

    fn ledger(&self, watched: &Watched, limit: u32) -> Result<(Vec<LedgerLine>, bool), Error> {
        let (slot, key) = (&watched.row.slot, watched.row.key);
        let mut rows = self.read(|db| store::newest_entries(db, key, slot, limit + 1))?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let said: BTreeSet<EntryId> = rows.iter().map(|row| row.entry.id).collect();
        let mut lines = Vec::with_capacity(rows.len() * 2 + 1);
        let mut left = watched.fold.state.left(slot);
        let mut before: Option<Place> = None;
        for row in &rows {
            let place = (row.entry.observed_at.timestamp_millis(), row.entry.id);
            // Undone entries stand where they were, but do not part what counts.
            if !row.voided {
                let start = row.left_after;
                self.run(watched, (Some(place), before), left, start, &mut lines)?;
                before = Some(place);
                left = row.left_after.zip(row.change).map(|(after, change)| after - change);
            }
            lines.push(self.line(slot, row, &said));
            if row.overshoot > 0 && !row.voided {
                lines.push(LedgerLine {
                    what: LedgerWhat::Overshoot { amount: slot.amount(row.overshoot) },
                    ..self.blank(place.0)
                });
            }
        }
        if !more {
            self.run(watched, (None, before), left, None, &mut lines)?;
        }
        for (row, level) in self.read(|db| store::dismissals(db, key, slot, limit))? {
            lines.push(LedgerLine {
                change: None,
                left: None,
                what: LedgerWhat::Dismissed { level },
                ..self.line(slot, &row, &said)
            });
        }
        for rise in self.rises(watched) {
            let change = Some(Amount::new(rise.to.milli - rise.from.milli, slot.unit));
            let line = LedgerLine {
                left: Some(rise.to),
                change,
                entry: Some(rise.entry),
                what: LedgerWhat::Rise { rise: rise.clone() },
                ..self.blank(rise.at)
            };
            lines.push(line);
        }
        let batches = self.read(|db| store::batches_of(db, key))?;
        for line in &mut lines {
            line.stocktake = line.entry.and_then(|entry| batches.get(&entry)).copied();
        }
        lines.sort_by_key(|line| std::cmp::Reverse(line.at));
        Ok((lines, more))
    }

    /// The run of readings between two entries as one line, and another where they used more than there was.
    fn run(
        &self,
        watched: &Watched,
        (after, before): (Option<Place>, Option<Place>),
        left: Option<Milli>,
        start: Option<Milli>,
        lines: &mut Vec<LedgerLine>,
    ) -> Result<(), Error> {
        let (slot, key) = (&watched.row.slot, watched.row.key);
        let Some(run) = self.read(|db| store::run_between(db, key, after, before))? else { return Ok(()) };
        let over = start.zip(left).zip(run.used).map(|((start, left), used)| used - (start - left));
        lines.push(LedgerLine {
            what: LedgerWhat::Uses {
                count: run.count,
                from: self.day_of(run.first),
                first_at: run.first,
                levels: slot.sensor == SensorKind::Level,
            },
            change: left.zip(start).map(|(left, start)| slot.amount(left - start)),
            left: left.map(|left| slot.amount(left)),
            ..self.blank(run.last)
        });
        if let Some(over) = over.filter(|over| *over > 0) {
            lines.push(LedgerLine {
                what: LedgerWhat::Overshoot { amount: slot.amount(over) },
                ..self.blank(run.last)
            });
        }
        Ok(())
    }

    fn line(&self, slot: &Slot, row: &EntryRow, said: &BTreeSet<EntryId>) -> LedgerLine {
        let entry = &row.entry;
        let what = match &entry.kind {
            EntryKind::Purchased { packs, content, asin, price, shop } => LedgerWhat::Bought {
                packs: *packs,
                content: content
                    .or_else(|| slot.pooled().then(|| slot.amount(slot.pack)))
                    .filter(|content| slot.pooled() || content.milli != 1000),
                price_milli: price.as_ref().map(|price| price.milli),
                currency: price.as_ref().map(|price| price.currency.clone()),
                shop: shop.clone(),
                asin: asin.as_ref().map(|asin| asin.as_str().to_owned()),
            },
            EntryKind::Received { packs, .. } => LedgerWhat::Received { packs: *packs },
            EntryKind::Replaced { from_shelf, .. } => LedgerWhat::Replaced { from_shelf: *from_shelf },
            EntryKind::Counted { level, shelf } => LedgerWhat::Counted { level: *level, shelf: *shelf },
            EntryKind::LevelRead { .. } | EntryKind::Consumed { .. } | EntryKind::Voided { .. } => {
                let at = entry.observed_at.timestamp_millis();
                LedgerWhat::Uses {
                    count: 1,
                    from: self.day_of(at),
                    first_at: at,
                    levels: matches!(entry.kind, EntryKind::LevelRead { .. }),
                }
            }
        };
        let counts = |amount: Option<Milli>| amount.filter(|_| !row.voided).map(|milli| slot.amount(milli));
        LedgerLine {
            entry: Some(entry.id),
            timed: self.clock.day(entry.observed_at) == self.clock.day(entry.recorded_at),
            what,
            change: counts(row.change),
            left: counts(row.left_after),
            undone: row.voided,
            own: matches!(entry.source, Source::Person | Source::Import),
            amended: entry.about.is_some_and(|about| said.contains(&about)),
            note: entry.note.clone(),
            ..self.blank(entry.observed_at.timestamp_millis())
        }
    }

    fn why(&self, watched: &Watched, action: &NextAction, forecast: &Forecast) -> Option<Why> {
        let (slot, state) = (&watched.row.slot, &watched.fold.state);
        let mark = slot.low_mark().map(|mark| slot.amount(mark));
        if let (Some(mark), Some(since), readings @ 1..) = (mark, state.low_since, state.low_streak) {
            if readings < LOW_READINGS {
                return Some(Why::LowCounting { readings, needed: LOW_READINGS, mark });
            }
            if slot.sensor == SensorKind::None {
                return Some(Why::LowCounted { since: self.clock.day(since).to_string(), mark });
            }
            return Some(Why::LowReadings { since: self.clock.day(since).to_string(), readings, mark });
        }
        let Forecast::Dated { run_out, rate, interval } = forecast else { return None };
        if let Some((days, replacements)) = interval {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "days between replacements"
            )]
            return Some(Why::Interval { days: days.round() as u32, replacements: *replacements });
        }
        let rate = (*rate)?;
        let pace = per_day(slot, rate.per_day);
        let spare = state.spares(slot).is_some_and(|spares| spares > 0);
        match action {
            NextAction::OrderBy { .. } | NextAction::Runs(_) if !spare => {
                self.order_rule(watched, forecast, run_out, pace)
            }
            _ => Some(pace_of(&rate, pace)),
        }
    }

    /// Why it asks when it asks, by the slot's rule.
    fn order_rule(
        &self,
        watched: &Watched,
        forecast: &Forecast,
        run_out: &RunOut,
        per_day: Amount,
    ) -> Option<Why> {
        let policy = self.policy(watched);
        let by = policy.order_by(&watched.row.slot, &watched.fold.state, forecast, self.now())?;
        let by = self.clock.day(by).to_string();
        if policy.paused {
            return Some(Why::Paused { by, days: u32::try_from(PAUSED_DAYS).unwrap_or(u32::MAX) });
        }
        let left = self.present(watched).row.left?;
        Some(match policy.rule.risk_percent() {
            None => Why::DaysInHand { left, per_day, by, days: u32::from(policy.days_in_hand) },
            Some(risk) => Why::Delivery {
                left,
                per_day: Some(per_day),
                early: self.clock.day(run_out.early(policy.rule, self.now())).to_string(),
                by,
                days: u32::from(policy.delivery_days),
                risk: u32::from(risk),
            },
        })
    }
}

fn pace_of(rate: &BurnRate, per_day: Amount) -> Why {
    Why::Pace { per_day, over_days: rate.over_days }
}

fn low_source(slot: &Slot) -> LowSource {
    if slot.low_own.is_some() {
        LowSource::Own
    } else if slot.low_device.is_some() {
        LowSource::Device
    } else if slot.low_mark().is_some() {
        LowSource::Usual
    } else {
        LowSource::None
    }
}

/// The slot's own unit first, then what people of the region use for its kind.
pub(crate) fn units(slot: &Slot, locale: refill_domain::locale::Locale) -> Vec<refill_domain::measure::Unit> {
    let usual = units_for(slot.measurement(), locale);
    let own = (!usual.contains(&slot.unit)).then_some(slot.unit);
    usual.iter().copied().chain(own).collect()
}

fn recent_packs(slot: &Slot, ledger: &[LedgerLine]) -> Vec<Amount> {
    let mut packs: Vec<Amount> = Vec::new();
    for line in ledger.iter().filter(|line| !line.undone) {
        if let LedgerWhat::Bought { content: Some(content), .. } = &line.what
            && slot.pooled()
            && !packs.contains(content)
        {
            packs.push(*content);
        }
    }
    packs.truncate(5);
    packs
}
