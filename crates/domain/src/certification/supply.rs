//! What is reported, against what the device did: the form of each message, the figures, the daily duty and the reset after a
//! replacement (protocols 2.4 to 2.6; cases 2 and 5, and the pre-checks of S0).

use super::heard::{Heard, Sample, heard};
use super::slots::{Found, Report, SLACK, Said, Scene, Slot};
use super::{Case, Choice, Deed, Happening, Rule};
use crate::endpoint::SensorKind;
use chrono::TimeDelta;
use std::ops::Range;

/// A report in this time (S0), with a quarter of an hour for those who report on the hour.
const DAY: TimeDelta = TimeDelta::minutes(24 * 60 + 15);

/// The form of every message that is no description.
pub(super) fn messages(scene: &Scene<'_>) -> Found {
    let mut found = Found { missing: true, ..Found::default() };
    for (at, moment) in scene.moments() {
        let Happening::Told { message, refused } = &moment.what else { continue };
        let said = heard(message);
        if matches!(said, Heard::Described | Heard::Deleted(_)) {
            continue;
        }
        found.missing = false;
        found.evidence.push(at);
        let before = found.flaws.len();
        match said {
            Heard::Levels { endpoint, levels } => {
                elsewhere(scene, at, &endpoint, &mut found);
                for level in &levels {
                    sample(scene, at, SensorKind::Level, level.sensor, &level.sample, &mut found);
                }
            }
            Heard::Used { endpoint, sensor, sample: used } => {
                elsewhere(scene, at, &endpoint, &mut found);
                // A level sensor has no uses.
                let own = sensor.filter(|kind| *kind != SensorKind::Level).unwrap_or(SensorKind::Usage);
                sample(scene, at, own, sensor, &used, &mut found);
            }
            Heard::Replaced { endpoint, sensor, sample: replaced } => {
                elsewhere(scene, at, &endpoint, &mut found);
                sample(scene, at, SensorKind::LevelUsage, sensor, &replaced, &mut found);
            }
            Heard::Described | Heard::Deleted(_) | Heard::Other => {}
        }
        // Where we see why ourselves, Amazon's sentence says it a second time.
        if let Some(why) = refused.as_ref().filter(|_| found.flaws.len() == before) {
            found.flaw(None, Some(at), Rule::Refused, why);
        }
    }
    found
}

fn elsewhere(scene: &Scene<'_>, at: usize, endpoint: &str, found: &mut Found) {
    if endpoint != scene.transcript.endpoint {
        found.flaw(None, Some(at), Rule::OtherEndpoint, endpoint);
    }
}

/// One figure of a message: `wanted` is the sensor such a message is for, `named` the one whose namespace it has.
fn sample(
    scene: &Scene<'_>,
    at: usize,
    wanted: SensorKind,
    named: Option<SensorKind>,
    of: &Sample,
    found: &mut Found,
) {
    let Some(slot) = scene.slot(&of.instance) else {
        return found.flaw(None, Some(at), Rule::SensorUnknown, &of.instance);
    };
    if slot.sensor != wanted || named != Some(slot.sensor) {
        let named = named.map_or_else(|| "—".to_owned(), |named| format!("{named:?}"));
        return found.flaw(Some(slot), Some(at), Rule::WrongKind, named);
    }
    // Replacements have a moment and no amount.
    let deeds = scene.deeds(slot, 0..at);
    let (amount, last) = match (of.amount, slot.sensor) {
        (Some(amount), _) => {
            if amount.unit != slot.unit {
                return found.flaw(Some(slot), Some(at), Rule::OtherMeasure, amount);
            }
            let uses = slot.sensor != SensorKind::Level;
            (true, deeds.iter().rfind(|(_, deed, _)| !uses || matches!(deed, Deed::Used { .. })))
        }
        (None, _) => (false, deeds.iter().rfind(|(_, deed, _)| *deed == Deed::Replaced)),
    };
    if !amount && slot.sensor != SensorKind::LevelUsage {
        return found.flaw(Some(slot), Some(at), Rule::OtherMeasure, "—");
    }
    let Some(sampled) = of.at else { return };
    if sampled > scene.time(at) + SLACK {
        found.flaw(Some(slot), Some(at), Rule::Ahead, sampled.to_rfc3339());
    } else if let Some((deed, ..)) = last
        && sampled < scene.time(*deed) - SLACK
    {
        found.flaw(Some(slot), Some(at), Rule::Stale, sampled.to_rfc3339());
    }
}

/// Where a slot's supply is compared: from the beginning until it is low, replaced or chosen otherwise.
fn compared(scene: &Scene<'_>, slot: &Slot<'_>) -> Option<Range<usize>> {
    let (from, low, _) = scene.chosen(slot, Choice::Reorder)?;
    let all = from..scene.end();
    let ends = [scene.low_from(slot, all.clone(), low), scene.replaced(slot, all.clone())];
    let until = ends.into_iter().flatten().min().unwrap_or(all.end);
    Some(from..until)
}

/// Case 2.
pub(super) fn supply(scene: &Scene<'_>) -> Found {
    let mut found = Found::default();
    for slot in &scene.slots {
        seen(scene, slot, &mut found);
        let Some(span) = compared(scene, slot) else {
            found.missing = true;
            continue;
        };
        let deeds = scene.deeds(slot, span.clone());
        let reports = scene.reports(slot, span.clone());
        if deeds.is_empty() {
            found.missing = true;
            continue;
        }
        found.evidence.extend(deeds.iter().map(|(at, ..)| *at));
        found.evidence.extend(reports.iter().map(|report| report.at));
        match slot.sensor {
            SensorKind::Level => levels(slot, &deeds, &reports, span.end, &mut found),
            SensorKind::Usage => uses(slot, &deeds, &reports, span.end, &mut found),
            SensorKind::LevelUsage => sums(scene, slot, &span, &mut found),
            SensorKind::None => {}
        }
        shown(scene, slot, span, &mut found);
    }
    found
}

/// What a person saw under Supply is the level that was told last.
fn seen(scene: &Scene<'_>, slot: &Slot<'_>, found: &mut Found) {
    for (at, moment) in scene.moments() {
        let Happening::Witnessed { case: Case::Supply, instance: Some(instance), left: Some(left), .. } =
            &moment.what
        else {
            continue;
        };
        if *instance != slot.of.instance {
            continue;
        }
        let told = scene.reports(slot, 0..at).into_iter().rev().find_map(|report| match report.what {
            Said::Level(amount) => Some((report.at, slot.milli(amount)?)),
            Said::Used(_) | Said::Replaced => None,
        });
        if let Some((told_at, milli)) = told {
            found.evidence.push(told_at);
            if slot.milli(*left) != Some(milli) {
                found.flaw(Some(slot), Some(at), Rule::OtherFigure, left);
            }
        }
    }
}

/// The reports between a deed and the next.
fn answering<'a>(
    deeds: &'a [(usize, Deed, i64)],
    reports: &'a [Report],
    end: usize,
) -> impl Iterator<Item = (usize, Deed, i64, Vec<Report>)> + 'a {
    deeds.iter().enumerate().map(move |(nth, (at, deed, left))| {
        let until = deeds.get(nth + 1).map_or(end, |(next, ..)| *next);
        let of = reports.iter().filter(|report| (*at..until).contains(&report.at)).copied();
        (*at, *deed, *left, of.collect())
    })
}

fn levels(slot: &Slot<'_>, deeds: &[(usize, Deed, i64)], reports: &[Report], end: usize, found: &mut Found) {
    for (at, _, left, told) in answering(deeds, reports, end) {
        let figures = told.iter().filter_map(|report| match report.what {
            Said::Level(amount) => Some((report.at, slot.milli(amount)?)),
            Said::Used(_) | Said::Replaced => None,
        });
        let (right, wrong): (Vec<_>, Vec<_>) = figures.partition(|(_, milli)| *milli == left);
        for (at, milli) in &wrong {
            found.flaw(Some(slot), Some(*at), Rule::OtherFigure, slot.figure(*milli));
        }
        if right.is_empty() && wrong.is_empty() {
            found.flaw(Some(slot), Some(at), Rule::NotTold, slot.figure(left));
        }
    }
}

fn uses(slot: &Slot<'_>, deeds: &[(usize, Deed, i64)], reports: &[Report], end: usize, found: &mut Found) {
    for (at, deed, _, told) in answering(deeds, reports, end) {
        let Deed::Used { amount } = deed else { continue };
        let Some(wanted) = slot.milli(amount) else { continue };
        let mut told = told.iter().filter_map(|report| match report.what {
            Said::Used(amount) => Some((report.at, slot.milli(amount)?)),
            Said::Level(_) | Said::Replaced => None,
        });
        match told.next() {
            None => found.flaw(Some(slot), Some(at), Rule::NotTold, slot.figure(wanted)),
            Some((at, milli)) if milli != wanted => {
                found.flaw(Some(slot), Some(at), Rule::OtherFigure, slot.figure(milli));
            }
            Some(_) => {}
        }
        for (at, milli) in told {
            found.flaw(Some(slot), Some(at), Rule::ToldTwice, slot.figure(milli));
        }
    }
}

/// Sums of a level-usage sensor: each brings the total to what some use brought it to.
fn sums(scene: &Scene<'_>, slot: &Slot<'_>, span: &Range<usize>, found: &mut Found) {
    let until = scene.replaced(slot, span.clone()).unwrap_or(scene.end());
    let mut total = 0;
    let mut totals = Vec::new();
    for (at, deed, _) in scene.deeds(slot, span.start..until) {
        if let Deed::Used { amount } = deed {
            total += slot.milli(amount).unwrap_or(0);
            totals.push((at, total));
        }
    }
    let mut told = 0;
    for report in scene.reports(slot, span.start..until) {
        let Said::Used(amount) = report.what else { continue };
        told += slot.milli(amount).unwrap_or(0);
        let used = totals.iter().rfind(|(at, _)| *at < report.at).map_or(0, |(_, total)| *total);
        if totals.iter().all(|(at, total)| *at > report.at || *total != told) {
            let rule = if told > used { Rule::ToldTwice } else { Rule::OtherFigure };
            found.flaw(Some(slot), Some(report.at), rule, amount);
            return;
        }
    }
    // What came last may be told after the span; what came before it must be.
    let within = totals.iter().rfind(|(at, _)| span.contains(at));
    if let Some((at, total)) = within.filter(|(_, total)| *total > told) {
        found.flaw(Some(slot), Some(*at), Rule::NotTold, slot.figure(total - told));
    }
}

/// What the maker's app shows is what the device has.
fn shown(scene: &Scene<'_>, slot: &Slot<'_>, span: Range<usize>, found: &mut Found) {
    let (start, end) = (span.start, span.end);
    for (at, moment) in scene.within(span) {
        let Happening::Shown { instance, left } = &moment.what else { continue };
        if *instance != slot.of.instance {
            continue;
        }
        found.evidence.push(at);
        let deed = scene.deeds(slot, start..at.min(end)).last().map(|(.., left)| *left);
        if deed.is_some_and(|deed| slot.milli(*left) != Some(deed)) {
            found.flaw(Some(slot), Some(at), Rule::OtherFigure, left);
        }
    }
}

/// S0: something once a day, if only the same again. Uses are told as they happen and owe nothing.
pub(super) fn daily(scene: &Scene<'_>) -> Found {
    let mut found = Found::default();
    let Some((last, _)) = scene.moments().last() else {
        return Found { missing: true, ..found };
    };
    for slot in scene.slots.iter().filter(|slot| slot.sensor != SensorKind::Usage) {
        let chosen = scene.chosen(slot, Choice::Reorder).map(|(from, ..)| from);
        // Nobody heard what the customer of a real skill chose; there it begins with the first report.
        let heard = || scene.reports(slot, 0..scene.end()).first().map(|report| report.at);
        let Some(from) = chosen.or_else(|| heard().filter(|_| scene.transcript.partial)) else {
            found.missing = true;
            continue;
        };
        let told: Vec<usize> =
            scene.reports(slot, from..scene.end()).iter().map(|report| report.at).collect();
        found.evidence.extend(&told);
        let owed: Vec<usize> = match slot.sensor {
            // A level is owed from report to report, and from the first that there was.
            SensorKind::Level => scene
                .deeds(slot, from..scene.end())
                .iter()
                .take(1)
                .map(|(at, ..)| *at)
                .chain(told.clone())
                .collect(),
            // A sum is owed for each use.
            _ => {
                let deeds = scene.deeds(slot, from..scene.end());
                deeds
                    .iter()
                    .filter(|(_, deed, _)| matches!(deed, Deed::Used { .. }))
                    .map(|(at, ..)| *at)
                    .collect()
            }
        };
        found.missing |= owed.is_empty() || scene.time(last) - scene.time(from) <= DAY;
        for since in owed {
            let next = told.iter().find(|at| **at > since).copied().unwrap_or(last);
            if scene.time(next) - scene.time(since) > DAY {
                found.flaw(Some(slot), Some(since), Rule::NoDailyReport, scene.time(since).to_rfc3339());
                break;
            }
        }
    }
    found
}

/// Case 5. A usage sensor has no event for it (protocols 2.6): there the next use counts from the new one alone.
pub(super) fn reset(scene: &Scene<'_>) -> Found {
    let mut found = Found::default();
    for slot in &scene.slots {
        let Some(replaced) = scene.replaced(slot, 0..scene.end()) else {
            found.missing = true;
            continue;
        };
        found.evidence.push(replaced);
        let until = scene.chosen(slot, Choice::Notify).map(|(at, ..)| at).filter(|at| *at > replaced);
        let span = replaced..until.unwrap_or(scene.end());
        let deeds = scene.deeds(slot, span.clone());
        let reports = scene.reports(slot, span);
        let next = deeds.iter().find_map(|(_, deed, _)| match deed {
            Deed::Used { amount } => slot.milli(*amount),
            _ => None,
        });
        if slot.sensor == SensorKind::Usage && next.is_none() {
            found.missing = true;
            continue;
        }
        let tells = |report: &&Report| match (slot.sensor, report.what) {
            (SensorKind::Level, Said::Level(amount)) => {
                deeds.iter().any(|(at, _, left)| *at < report.at && slot.milli(amount) == Some(*left))
            }
            (SensorKind::Usage, Said::Used(amount)) => slot.milli(amount) == next,
            (SensorKind::LevelUsage, Said::Replaced) => true,
            _ => false,
        };
        match reports.iter().find(tells) {
            Some(report) => found.evidence.push(report.at),
            None => found.flaw(Some(slot), Some(replaced), Rule::NotReset, ""),
        }
    }
    found
}
