//! From a slot's fold to its row on the screen: the mark, the words' figures, the lane, the section, the order. Every
//! decision about what is shown is made here; the interface only formats.

use crate::household::{Household, Watched};
use crate::view::{
    DeviceBrief, Headline, Lane, LaneWeek, Mark, Next, Precision, Rise, RowAction, Section, SuppliesView,
    SupplyRow, Sync, Texture, Verb, When,
};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};
use refill_domain::endpoint::{SensorKind, Slot, SupplyKind};
use refill_domain::forecast::{Forecast, RunOut};
use refill_domain::locale;
use refill_domain::measure::{Amount, Measurement, Milli};
use refill_domain::orders::Coming;
use refill_domain::replenish::{LANE_DAYS, NextAction, Quiet};

/// A device that reports is stale after this long without a reading (`ui.md` section 3).
const STALE: TimeDelta = TimeDelta::hours(48);

/// Most segments a mark of counted pieces shows one by one.
const SEGMENTS_MAX: i64 = 12;

/// A row, with what orders it among the others.
#[derive(Debug, Clone)]
pub struct Presented {
    /// The row.
    pub row: SupplyRow,
    /// When it ends, if that can be said.
    pub when: Option<When>,
    /// What the forecast says.
    pub forecast: Forecast,
    /// What happens next.
    pub action: NextAction,
    rank: (Section, u8, i64),
}

impl Household {
    /// One slot as its row.
    pub fn present(&self, watched: &Watched) -> Presented {
        let seen = self.on_shelf(watched);
        let watched = seen.as_ref();
        let (slot, state) = (&watched.row.slot, &watched.fold.state);
        let now = self.now();
        let forecast = self.forecast(watched);
        let action = self.next_step(watched, &forecast);
        let run_out = match &forecast {
            Forecast::Dated { run_out, .. } => Some(*run_out),
            Forecast::Learning { .. }
            | Forecast::Unused { .. }
            | Forecast::LevelUnknown { .. }
            | Forecast::NotCounted => None,
        };
        let when = run_out.map(|run_out| self.when(&run_out));
        let silent = self.silent_for(watched);
        let shown = shown_level(slot, watched, &forecast, now);
        let next = self.next(watched, &forecast, &action);
        let lane = self.lane(run_out);
        let section = section(&action, &lane);
        let device = self.devices.iter().find(|device| device.endpoint.id == slot.endpoint);
        let earliest = run_out.map_or(i64::MAX, |run_out| run_out.earliest.timestamp_millis());
        let row = SupplyRow {
            slot: slot.id,
            device: slot.endpoint,
            name: slot.name.clone(),
            device_name: device.map(|device| device.endpoint.name.clone()).unwrap_or_default(),
            device_kind: device
                .map_or(refill_domain::endpoint::DeviceKind::Other, |device| device.endpoint.kind),
            supply: slot.supply,
            sensor: slot.sensor,
            section,
            action: row_action(&action),
            next,
            verb: verb(slot),
            mark: self.mark(watched, shown.fill, silent.is_some()),
            left: shown.left.map(|left| slot.amount(left)),
            of: slot
                .capacity
                .filter(|full| {
                    // With packs on the shelf there is more than one holds: "114 of 50" would only puzzle.
                    slot.measurement() != Measurement::Percentage
                        && shown.left.is_some_and(|left| left <= *full)
                })
                .map(|capacity| slot.amount(capacity)),
            estimated: shown.estimated,
            spares: state.spares(slot),
            pooled: slot.pooled(),
            silent_days: silent.and_then(|gap| u32::try_from(gap.num_days()).ok()).filter(|days| *days >= 2),
            lane,
            arrives: self.arrives(watched),
            muted: slot.muted || watched.care.quiet == Some(Quiet::Always),
            muted_always: watched.care.quiet == Some(Quiet::Always),
            snoozed_until: match watched.care.quiet {
                Some(Quiet::Until(end)) if now < end => Some(self.clock.day(end).to_string()),
                Some(Quiet::Until(_) | Quiet::Always) | None => None,
            },
            dash: self.has_dash(slot.endpoint),
            shared_with: self.shelf_mates(watched).map(|mate| self.mate_name(watched, mate)).collect(),
        };
        Presented { rank: (section, urgency(&action), earliest), row, when, forecast, action }
    }

    /// The Supplies screen.
    pub fn supplies(&self) -> SuppliesView {
        let mut rows: Vec<Presented> = self.present_slots().map(|watched| self.present(watched)).collect();
        rows.sort_by(|a, b| a.rank.cmp(&b.rank).then_with(|| a.row.name.cmp(&b.row.name)));
        let (now, today) = (self.now(), self.today());
        SuppliesView {
            at: now.timestamp_millis(),
            today: today.to_string(),
            hour: now.with_timezone(&self.clock.offset(now)).hour(),
            headline: self.headline(&rows),
            named: rows
                .iter()
                .filter(|row| row.row.section == Section::NeedsYou)
                .take(2)
                .map(|row| row.row.slot)
                .collect(),
            rows: rows.into_iter().map(|row| row.row).collect(),
            devices: self.briefs(),
            weeks: self.weeks(),
            sync: Sync {
                linked: false,
                last_reading: self.present_slots().filter_map(|w| w.fold.state.read_at).max().map(ms),
                read: u32::try_from(self.present_devices().filter(|d| d.reach.is_some()).count())
                    .unwrap_or(0),
                silent: u32::try_from(self.present_devices().filter(|d| self.unanswering(d)).count())
                    .unwrap_or(0),
            },
            sample: self.clock.pace().is_some() || self.devices.iter().any(|device| device.sample),
            open_orders: self.open_orders(),
        }
    }

    /// Slots of devices that were not removed, in the order they were added.
    pub fn present_slots(&self) -> impl Iterator<Item = &Watched> {
        self.slots.iter().filter(|watched| {
            self.present_devices().any(|device| device.endpoint.id == watched.row.slot.endpoint)
        })
    }

    fn unanswering(&self, device: &crate::store::DeviceRow) -> bool {
        device.reach.as_ref().is_some_and(|reach| reach.trouble.is_some())
    }

    fn briefs(&self) -> Vec<DeviceBrief> {
        self.present_devices()
            .map(|device| DeviceBrief {
                id: device.endpoint.id,
                name: device.endpoint.name.clone(),
                kind: device.endpoint.kind,
                silent_days: self
                    .slots_of(device.endpoint.id)
                    .filter_map(|watched| self.silent_for(watched))
                    .min()
                    .and_then(|gap| u32::try_from(gap.num_days()).ok()),
            })
            .collect()
    }

    /// Hairlines of the lane: the first day of each week, by the locale.
    pub fn weeks(&self) -> Vec<LaneWeek> {
        let (today, start) = (self.today(), locale::week_start(self.locale()));
        (1..i32::try_from(LANE_DAYS).unwrap_or(42))
            .filter_map(|offset| {
                let day = today + TimeDelta::days(i64::from(offset));
                (day.weekday() == start).then(|| LaneWeek { offset, day: day.to_string() })
            })
            .collect()
    }

    /// How long a device that says its levels has been silent, once that is stale. A sensor that reports each use says
    /// nothing while nothing is used, so its silence means nothing.
    pub fn silent_for(&self, watched: &Watched) -> Option<TimeDelta> {
        let reads = |w: &&Watched| matches!(w.row.slot.sensor, SensorKind::Level | SensorKind::LevelUsage);
        let mut levels = self.slots_of(watched.row.slot.endpoint).filter(reads);
        reads(&watched).then_some(())?;
        let last = levels.by_ref().filter_map(|w| w.fold.state.read_at).max()?;
        Some(self.now() - last).filter(|gap| *gap >= STALE)
    }

    fn headline(&self, rows: &[Presented]) -> Headline {
        let needing = rows.iter().filter(|row| row.row.section == Section::NeedsYou).count();
        if rows.is_empty() {
            return Headline::Empty {};
        }
        if needing > 0 {
            return Headline::NeedYou { count: u32::try_from(needing).unwrap_or(u32::MAX) };
        }
        let first = rows.iter().filter_map(|row| row.when.as_ref()).min_by(|a, b| a.likely.cmp(&b.likely));
        let all_dated = rows.iter().all(|row| row.when.is_some());
        match first {
            None => Headline::Learning {},
            Some(first) if all_dated && i64::from(first.days) > LANE_DAYS => {
                Headline::LastsUntil { when: first.clone() }
            }
            Some(_) => Headline::NothingThisWeek {},
        }
    }

    /// A band as days of the person's zone, with the precision its width allows.
    pub fn when(&self, run_out: &RunOut) -> When {
        let day = |at: DateTime<Utc>| self.clock.day(at);
        let (earliest, likely, latest) =
            (day(run_out.earliest), day(run_out.likely), run_out.latest.map(day));
        let precision = match latest.map(|latest| (latest - earliest).num_days()) {
            Some(0..=2) => Precision::Day,
            Some(3..=28) => Precision::About,
            Some(29..=60) => Precision::PartOfMonth,
            Some(61..=120) => Precision::Month,
            Some(_) | None => Precision::NotBefore,
        };
        When {
            precision,
            earliest: earliest.to_string(),
            likely: likely.to_string(),
            latest: latest.map(|latest| latest.to_string()),
            days: self.days_until(likely),
        }
    }

    pub(crate) fn days_until(&self, day: NaiveDate) -> i32 {
        i32::try_from((day - self.today()).num_days()).unwrap_or(i32::MAX).max(0)
    }

    fn lane(&self, run_out: Option<RunOut>) -> Lane {
        let Some(run_out) = run_out else { return Lane::Unknown {} };
        let offset = |at: DateTime<Utc>| self.days_until(self.clock.day(at));
        if i64::from(offset(run_out.earliest)) > LANE_DAYS {
            let likely = self.clock.day(run_out.likely);
            return Lane::Beyond { month: likely.with_day(1).unwrap_or(likely).to_string() };
        }
        Lane::Dated {
            earliest: offset(run_out.earliest),
            likely: offset(run_out.likely),
            latest: run_out.latest.map(offset),
        }
    }

    /// An open question about a rise, as it is asked.
    pub fn rise(&self, watched: &Watched) -> Option<Rise> {
        watched.fold.state.rise.as_ref().map(|rise| asked(watched, rise))
    }

    /// All rises that nobody has explained, those a later one came after too.
    pub fn rises(&self, watched: &Watched) -> Vec<Rise> {
        let state = &watched.fold.state;
        state.passed_rises.iter().chain(&state.rise).map(|rise| asked(watched, rise)).collect()
    }

    fn next(&self, watched: &Watched, forecast: &Forecast, action: &NextAction) -> Next {
        let spares = watched.fold.state.spares(&watched.row.slot).unwrap_or(0);
        match action {
            NextAction::ReplaceNow { empty } => Next::ReplaceNow { spares, empty: *empty },
            NextAction::EmptyNoSpare => Next::EmptyNoSpare {},
            NextAction::ConfirmRise(_) => match self.rise(watched) {
                Some(rise) => Next::ConfirmRise { rise },
                None => Next::NotCounted {},
            },
            NextAction::OrderBy { by, run_out } => {
                let by = by.map(|by| self.clock.day(by));
                Next::OrderBy {
                    now: by.is_none_or(|by| by <= self.today()),
                    by: by.map(|by| by.to_string()),
                    runs_out: run_out.as_ref().map(|run_out| self.when(run_out)),
                    paused: self.policy(watched).paused,
                }
            }
            NextAction::Comes { coming, late, run_out } => self.comes(*coming, *late, run_out.as_ref()),
            NextAction::AmazonReorders { .. } => Next::AmazonReorders {},
            NextAction::Runs(run_out) => Next::Runs { when: self.when(run_out) },
            NextAction::Unknown => match forecast {
                Forecast::Learning { seen, more, more_days } => {
                    Next::Learning { seen: *seen, more: *more, more_days: *more_days }
                }
                Forecast::Unused { last } => {
                    Next::Unused { last: last.map(|last| self.clock.day(last).to_string()) }
                }
                Forecast::LevelUnknown { some_left } => Next::LevelUnknown { some_left: *some_left },
                Forecast::NotCounted | Forecast::Dated { .. } => Next::NotCounted {},
            },
        }
    }

    fn comes(&self, coming: Coming, late: bool, run_out: Option<&RunOut>) -> Next {
        let day = |at: DateTime<Utc>| self.clock.day(at);
        let arrives = |due: DateTime<Utc>, shipped| {
            let gap = run_out.map(|run_out| (day(run_out.likely) - day(due)).num_days());
            let spare = gap.and_then(|gap| i32::try_from(gap).ok());
            // Late by hours is late by a day.
            let spare = if late { spare.map(|spare| spare.min(-1)) } else { spare.map(|spare| spare.max(0)) };
            Next::OrderArrives { due: day(due).to_string(), spare, late, shipped }
        };
        match coming {
            Coming::Overdue { due } => Next::OrderOverdue { due: day(due).to_string() },
            Coming::Shipped { due } => arrives(due, true),
            Coming::Placed { expected: Some(due), .. } => arrives(due, false),
            Coming::Placed { at, expected: None } => Next::OrderPlaced { at: day(at).to_string() },
            Coming::Requested { at } => Next::OrderRequested { at: day(at).to_string() },
        }
    }

    /// Days until what is under way for a slot arrives, if a day is known.
    fn arrives(&self, watched: &Watched) -> Option<i32> {
        self.expected(watched).map(|(due, _)| self.days_until(self.clock.day(due)))
    }

    fn mark(&self, watched: &Watched, fill: Option<f64>, stale: bool) -> Mark {
        let (slot, state) = (&watched.row.slot, &watched.fold.state);
        Mark { fill, ..mark_of(slot, state.left(slot), stale, state.some_left) }
    }
}

/// The mark of a slot of which so much is left.
pub(crate) fn mark_of(slot: &Slot, left: Option<Milli>, stale: bool, some_left: bool) -> Mark {
    let (full, low) = (mark_full(slot), slot.low_mark());
    Mark {
        fill: left.zip(full).filter(|_| !some_left).map(|(left, full)| share(left, full)),
        texture: match slot.measurement() {
            Measurement::Count => Texture::Segments,
            Measurement::Duration => Texture::Lines,
            Measurement::Percentage | Measurement::Volume | Measurement::Weight => Texture::Solid,
        },
        segments: slot
            .capacity
            .map(|capacity| capacity / 1000)
            .filter(|pieces| (1..=SEGMENTS_MAX).contains(pieces))
            .and_then(|pieces| u32::try_from(pieces).ok())
            .unwrap_or(10),
        colours: slot.colours.clone(),
        low: full.zip(low).map(|(full, low)| share(low, full)),
        low_reached: matches!((left, low), (Some(left), Some(low)) if left <= low),
        stale,
        some_left,
    }
}

fn asked(watched: &Watched, rise: &refill_domain::fold::Rise) -> Rise {
    let slot = &watched.row.slot;
    Rise {
        entry: rise.entry,
        at: ms(rise.at),
        from: slot.amount(rise.from),
        to: slot.amount(rise.to),
        last_answer: watched.row.rise_answer,
    }
}

struct Shown {
    left: Option<Milli>,
    fill: Option<f64>,
    estimated: bool,
}

/// What is shown as left. Where nothing measures the slot, its last count is carried on at the usual pace.
fn shown_level(slot: &Slot, watched: &Watched, forecast: &Forecast, now: DateTime<Utc>) -> Shown {
    let state = &watched.fold.state;
    if state.some_left {
        return Shown { left: None, fill: None, estimated: false };
    }
    let known = state.left(slot);
    let full = mark_full(slot);
    let fill = |left: Milli| full.map(|full| share(left, full));
    if let (SensorKind::None, Forecast::Dated { rate, interval, .. }, Some(left), Some(at)) =
        (slot.sensor, forecast, known, state.level_at)
    {
        let days = fractional_days(now - at);
        if let Some((mean, _)) = interval {
            let worn = if left <= 0 { 1.0 } else { (days / mean).clamp(0.0, 1.0) };
            return Shown { left: None, fill: Some(1.0 - worn), estimated: true };
        }
        if let Some(rate) = rate.filter(|_| days >= 1.0) {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a guess, rounded, far below the limit of amounts"
            )]
            let used = (rate.per_day * days).round() as Milli;
            let mut left = (left - used).max(0);
            if slot.measurement() == Measurement::Count {
                left = (left + 500) / 1000 * 1000;
            }
            return Shown { left: Some(left), fill: fill(left), estimated: true };
        }
    }
    Shown { left: known, fill: known.and_then(fill), estimated: false }
}

/// What a full mark stands for: the capacity, else one pack.
fn mark_full(slot: &Slot) -> Option<Milli> {
    slot.full().or((slot.pooled() && slot.pack > 0).then_some(slot.pack)).filter(|full| *full > 0)
}

fn share(part: Milli, full: Milli) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a height on the screen")]
    let share = part as f64 / full as f64;
    share.clamp(0.0, 1.0)
}

fn fractional_days(gap: TimeDelta) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let minutes = gap.num_minutes() as f64;
    minutes / 1440.0
}

fn ms(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

/// An amount a day, in the slot's unit.
pub fn per_day(slot: &Slot, rate: f64) -> Amount {
    #[expect(clippy::cast_possible_truncation, reason = "rates are far below the limit of amounts")]
    let milli = rate.round() as Milli;
    slot.amount(milli)
}

/// The words of a row and its lane agree on what lies within six weeks.
fn section(action: &NextAction, lane: &Lane) -> Section {
    match (action, lane) {
        (NextAction::Runs(_), Lane::Dated { .. }) => Section::SixWeeks,
        (NextAction::Runs(_), _) => Section::Later,
        (NextAction::Unknown, _) => Section::NotKnown,
        (NextAction::Comes { late: false, .. } | NextAction::AmazonReorders { .. }, _) => Section::OnItsWay,
        _ => Section::NeedsYou,
    }
}

fn urgency(action: &NextAction) -> u8 {
    match action {
        NextAction::EmptyNoSpare | NextAction::ReplaceNow { empty: true } => 0,
        NextAction::ReplaceNow { empty: false } => 1,
        NextAction::OrderBy { .. } | NextAction::Comes { late: true, .. } => 2,
        NextAction::ConfirmRise(_) => 3,
        NextAction::Comes { .. } | NextAction::AmazonReorders { .. } => 4,
        NextAction::Runs(_) | NextAction::Unknown => 5,
    }
}

fn row_action(action: &NextAction) -> Option<RowAction> {
    match action {
        NextAction::ReplaceNow { .. } => Some(RowAction::Replaced),
        NextAction::EmptyNoSpare | NextAction::OrderBy { .. } | NextAction::Comes { late: true, .. } => {
            Some(RowAction::Bought)
        }
        NextAction::ConfirmRise(_) => Some(RowAction::AnswerRise),
        NextAction::Comes { .. } | NextAction::AmazonReorders { .. } => None,
        NextAction::Runs(_) | NextAction::Unknown => None,
    }
}

fn verb(slot: &Slot) -> Verb {
    match slot.supply {
        SupplyKind::Battery => Verb::Empty,
        _ if slot.receptacle => Verb::Full,
        SupplyKind::Waste => Verb::Full,
        SupplyKind::Filter | SupplyKind::Brush | SupplyKind::Part => Verb::WornOut,
        SupplyKind::Ink
        | SupplyKind::Toner
        | SupplyKind::Pods
        | SupplyKind::Tablets
        | SupplyKind::Detergent
        | SupplyKind::Food
        | SupplyKind::Other => {
            if slot.measurement() == Measurement::Duration {
                Verb::WornOut
            } else {
                Verb::RunsOut
            }
        }
    }
}
