//! What Amazon did about a low slot: the mail, the order, the notification (protocols 2.6; cases 3, 4 and 7).

use super::slots::{Found, LOW_UPDATES, Row, Scene, Slot};
use super::{Choice, Happening, Look, Rule};
use std::ops::Range;

/// Where a slot was low with a choice: from the first low deed until the next replacement or choice, with the threshold and
/// what Amazon held to be left at `from`.
struct Low {
    /// From the choice on.
    all: Range<usize>,
    /// From the first low deed on.
    span: Range<usize>,
    low: i64,
    base: i64,
}

fn low(scene: &Scene<'_>, slot: &Slot<'_>, choice: Choice) -> Option<Low> {
    let (from, low, base) = scene.chosen(slot, choice)?;
    let first = scene.low_from(slot, from..scene.end(), low)?;
    let otherwise = |what: &Happening| {
        matches!(what, Happening::Chosen { instance, choice: other, .. }
            if *instance == slot.of.instance && *other != choice)
    };
    let ends = [scene.first(first..scene.end(), otherwise), scene.replaced(slot, first..scene.end())];
    let until = ends.into_iter().flatten().min().unwrap_or(scene.end());
    Some(Low { all: from..until, span: first..until, low, base })
}

impl Low {
    /// The longest row of low updates.
    fn row(&self, scene: &Scene<'_>, slot: &Slot<'_>) -> Row {
        let rows = scene.low_rows(slot, self.all.clone(), self.low, self.base);
        rows.into_iter().max_by_key(|row| row.updates.len()).unwrap_or_default()
    }
}

/// Case 3.
pub(super) fn low_mail(scene: &Scene<'_>) -> Found {
    let mut found = Found::default();
    for slot in &scene.slots {
        let Some(low) = low(scene, slot, Choice::Reorder) else {
            found.missing = true;
            continue;
        };
        let row = low.row(scene, slot);
        found.evidence.extend(&row.updates);
        let mailed = |what: &Happening| matches!(what, Happening::Mailed { instance } if *instance == slot.of.instance);
        match (row.updates.is_empty(), scene.first(low.all.clone(), mailed)) {
            (true, _) => found.flaw(Some(slot), Some(low.span.start), Rule::LowNotTold, slot.figure(low.low)),
            (false, Some(at)) => found.evidence.push(at),
            (false, None) => {
                found.flaw(Some(slot), row.updates.last().copied(), Rule::NoMail, row.updates.len());
            }
        }
    }
    found
}

/// The first order of a slot in a span, with its ID.
fn ordered<'a>(scene: &Scene<'a>, slot: &Slot<'_>, span: &Range<usize>) -> Option<(usize, &'a str)> {
    scene.within(span.clone()).find_map(|(at, moment)| match &moment.what {
        Happening::Ordered { instance, replenishment } if *instance == slot.of.instance => {
            Some((at, replenishment.as_str()))
        }
        _ => None,
    })
}

/// Case 4.
pub(super) fn order(scene: &Scene<'_>) -> Found {
    let mut found = Found::default();
    for slot in &scene.slots {
        let Some(assigned) = slot.of.assigned() else {
            found.looks.push(Look::NoId);
            continue;
        };
        let Some(low) = low(scene, slot, Choice::Reorder) else {
            found.missing = true;
            continue;
        };
        let row = low.row(scene, slot);
        found.evidence.extend(&row.updates);
        let third = row.updates.get(LOW_UPDATES - 1).copied();
        match (third, ordered(scene, slot, &low.all)) {
            (None, Some((at, _))) => found.flaw(Some(slot), Some(at), Rule::EarlyOrder, row.updates.len()),
            (None, None) => found.few_low(slot, &row, low.low),
            (Some(third), None) => found.flaw(Some(slot), Some(third), Rule::NoOrder, ""),
            (Some(third), Some((at, _))) if at < third => {
                found.flaw(Some(slot), Some(at), Rule::EarlyOrder, row.updates.len());
            }
            (Some(_), Some((at, id))) if id != assigned.as_str() => {
                found.flaw(Some(slot), Some(at), Rule::OtherId, id);
            }
            (Some(_), Some((at, _))) => found.evidence.push(at),
        }
    }
    found
}

/// Case 7.
pub(super) fn notify_only(scene: &Scene<'_>) -> Found {
    let mut found = Found::default();
    for slot in &scene.slots {
        let Some((from, ..)) = scene.chosen(slot, Choice::Notify) else {
            found.missing = true;
            continue;
        };
        if let Some((at, id)) = ordered(scene, slot, &(from..scene.end())) {
            found.flaw(Some(slot), Some(at), Rule::OrderedAnyway, id);
            continue;
        }
        let Some(low) = low(scene, slot, Choice::Notify) else {
            found.missing = true;
            continue;
        };
        let row = low.row(scene, slot);
        found.evidence.extend(&row.updates);
        let notified = |what: &Happening| matches!(what, Happening::Notified { instance } if *instance == slot.of.instance);
        match scene.first(low.all.clone(), notified) {
            Some(at) => found.evidence.push(at),
            None if row.updates.len() < LOW_UPDATES => found.few_low(slot, &row, low.low),
            None => found.flaw(Some(slot), row.updates.last().copied(), Rule::NoNotice, ""),
        }
    }
    found
}
