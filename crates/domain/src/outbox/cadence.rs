//! When what is reported (S1): a level on each change, or once a day with the same value; usage at each use; a
//! level-usage sensor's sum once a day, its replacement at once. Days are compared, not hours counted, so that summer
//! time, a sleeping machine and a clock that was set neither skip a day nor report one twice.

use crate::alexa::{ApplianceId, Cause, Connectivity, Property, Report, Sensor, wire_unit};
use crate::endpoint::SensorKind;
use crate::ids::EntryId;
use crate::measure::{Amount, Unit};
use chrono::{DateTime, Datelike, FixedOffset, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How far the last report may lie ahead of now before the clock counts as set back.
const SET_BACK: TimeDelta = TimeDelta::hours(2);

/// Seconds of a day.
const DAY: i64 = 86_400;

/// The last report of a sensor: its last level, or the last sum of a level-usage sensor. Replacements don't count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// The level it gave; none for sums of use.
    pub level: Option<Amount>,
    /// When it was queued.
    pub at: DateTime<Utc>,
}

/// Something of the ledger that is not in any report yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// The entry.
    pub entry: EntryId,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What.
    pub kind: PendingKind,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PendingKind {
    /// So much was used.
    Used(Amount),
    /// The part was replaced.
    Replaced,
}

/// One sensor, with what is known and what was told.
#[derive(Debug, Clone, Copy)]
pub struct Watched<'a> {
    /// Its device.
    pub appliance: &'a ApplianceId,
    /// The sensor; its level is the present one.
    pub sensor: &'a Sensor,
    /// The device's health, which goes along as unchanged.
    pub health: &'a Property,
    /// The last report.
    pub reported: Option<Reported>,
    /// Uses and replacements to tell, in any order.
    pub pending: &'a [Pending],
}

/// A report to queue, in one transaction with the note that these entries are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The report.
    pub report: Report,
    /// The entries it tells; each is in one report, ever.
    pub tells: Vec<EntryId>,
}

/// What is to be queued now for one sensor, in this order.
pub fn due(watched: &Watched<'_>, now: DateTime<Utc>, day: &dyn Fn(DateTime<Utc>) -> i64) -> Vec<Planned> {
    match watched.sensor.kind {
        SensorKind::Level => level_due(watched, now, day).into_iter().collect(),
        SensorKind::Usage => {
            in_order(watched.pending).iter().filter_map(|one| used(watched, one, now)).collect()
        }
        SensorKind::LevelUsage => sums_due(watched, now, day),
        SensorKind::None => Vec::new(),
    }
}

fn level_due(
    watched: &Watched<'_>,
    now: DateTime<Utc>,
    day: &dyn Fn(DateTime<Utc>) -> i64,
) -> Option<Planned> {
    let (amount, at) = watched.sensor.level?;
    // Compared as Alexa is told it, so that a reading in another unit is no change by itself.
    let amount = amount.to(wire_unit(watched.sensor.unit)).ok()?;
    let changed = watched.reported.and_then(|reported| reported.level) != Some(amount);
    if !changed && !watched.reported.is_none_or(|reported| day_is_over(reported.at, now, day)) {
        return None;
    }
    let cause = if changed { Cause::PhysicalInteraction } else { Cause::PeriodicPoll };
    let instance = watched.sensor.instance.clone();
    let level = Property::Level { instance, amount, at: at.min(now), uncertainty: 0 };
    Some(Planned { report: changed_report(watched, cause, level), tells: Vec::new() })
}

fn changed_report(watched: &Watched<'_>, cause: Cause, property: Property) -> Report {
    Report::Changed {
        appliance: watched.appliance.clone(),
        cause,
        properties: vec![property],
        unchanged: vec![watched.health.clone()],
    }
}

fn in_order(pending: &[Pending]) -> Vec<Pending> {
    let mut sorted = pending.to_vec();
    sorted.sort_by_key(|one| (one.at, one.entry));
    sorted.dedup_by_key(|one| one.entry);
    sorted
}

fn consumed(watched: &Watched<'_>, amount: Amount, at: DateTime<Utc>) -> Report {
    Report::Consumed {
        appliance: watched.appliance.clone(),
        instance: watched.sensor.instance.clone(),
        sensor: watched.sensor.kind,
        amount,
        at,
    }
}

fn used(watched: &Watched<'_>, one: &Pending, now: DateTime<Utc>) -> Option<Planned> {
    let PendingKind::Used(amount) = one.kind else { return None };
    let amount = amount.to(wire_unit(watched.sensor.unit)).ok().filter(|amount| amount.milli > 0)?;
    Some(Planned { report: consumed(watched, amount, one.at.min(now)), tells: vec![one.entry] })
}

fn sums_due(watched: &Watched<'_>, now: DateTime<Utc>, day: &dyn Fn(DateTime<Utc>) -> i64) -> Vec<Planned> {
    let mut planned = Vec::new();
    let mut sum = Sum::default();
    for one in in_order(watched.pending) {
        match one.kind {
            PendingKind::Used(amount) => sum.add(&one, amount),
            PendingKind::Replaced => {
                // What the old part did is told before the new one is.
                planned.extend(sum.take(watched, now));
                let report = Report::Replaced {
                    appliance: watched.appliance.clone(),
                    instance: watched.sensor.instance.clone(),
                    at: one.at.min(now),
                };
                let mut tells = std::mem::take(&mut sum).tells;
                tells.push(one.entry);
                planned.push(Planned { report, tells });
            }
        }
    }
    if watched.reported.is_none_or(|reported| day_is_over(reported.at, now, day)) {
        planned.extend(sum.take(watched, now));
    }
    planned
}

#[derive(Default)]
struct Sum {
    milli: i64,
    until: Option<DateTime<Utc>>,
    tells: Vec<EntryId>,
}

impl Sum {
    fn add(&mut self, one: &Pending, amount: Amount) {
        let seconds = amount.to(Unit::Second).map_or(0, |amount| amount.milli.max(0));
        self.milli = self.milli.saturating_add(seconds);
        self.until = Some(one.at);
        self.tells.push(one.entry);
    }

    /// The sum as a report; less than half a second goes on being added to.
    fn take(&mut self, watched: &Watched<'_>, now: DateTime<Utc>) -> Option<Planned> {
        if self.milli < 500 {
            return None;
        }
        let Sum { milli, until, tells } = std::mem::take(self);
        let at = until.map_or(now, |at| at.min(now));
        Some(Planned { report: consumed(watched, Amount::new(milli, Unit::Second), at), tells })
    }
}

/// A report of the device's health, if it is another than was told. The level reports carry it along daily.
pub fn health_due(
    appliance: &ApplianceId,
    told: Option<Connectivity>,
    present: Connectivity,
    at: DateTime<Utc>,
) -> Option<Report> {
    (told != Some(present)).then(|| Report::Changed {
        appliance: appliance.clone(),
        cause: Cause::PeriodicPoll,
        properties: vec![Property::Connectivity { value: present, at, uncertainty: 0 }],
        unchanged: Vec::new(),
    })
}

/// Whether the day of the last report is over. A last report that lies well ahead of now was made before the clock was set
/// back, and says nothing: better one report too many than days without.
fn day_is_over(last: DateTime<Utc>, now: DateTime<Utc>, day: &dyn Fn(DateTime<Utc>) -> i64) -> bool {
    last > now + SET_BACK || day(now) > day(last)
}

/// When the day of `last` will be over, to the second: when to look again if nothing happens before.
pub fn next_day(
    last: DateTime<Utc>,
    now: DateTime<Utc>,
    day: &dyn Fn(DateTime<Utc>) -> i64,
) -> DateTime<Utc> {
    if day_is_over(last, now, day) {
        return now;
    }
    // Never more than two days on, even for a day that a zone repeats.
    let (mut before, mut after) = (0, 2 * DAY + SET_BACK.num_seconds());
    while after - before > 1 {
        let middle = i64::midpoint(before, after);
        if day(now + TimeDelta::seconds(middle)) > day(last) {
            after = middle;
        } else {
            before = middle;
        }
    }
    now + TimeDelta::seconds(after)
}

/// Days of UTC that begin at this time of day instead of midnight.
pub fn utc_day(begins: TimeDelta) -> impl Fn(DateTime<Utc>) -> i64 {
    move |at| (at - begins).timestamp().div_euclid(DAY)
}

/// Days of a place, by its offset from UTC at each moment.
pub fn local_day(offset: impl Fn(DateTime<Utc>) -> FixedOffset) -> impl Fn(DateTime<Utc>) -> i64 {
    move |at| i64::from(at.with_timezone(&offset(at)).date_naive().num_days_from_ce())
}

/// When a device's reporting day begins: spread over the day by its id, so that a million devices don't report at
/// midnight together.
pub fn anchor(appliance: &ApplianceId) -> TimeDelta {
    // FNV-1a: stable for ever, unlike the standard library's hashes.
    let hash = appliance.as_str().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    TimeDelta::seconds(i64::try_from(hash % 86_400).unwrap_or(0))
}

#[cfg(test)]
mod tests;
