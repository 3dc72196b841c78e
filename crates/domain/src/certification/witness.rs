//! What a person saw of a case, out of what they said: the last word about each thing counts, all of it has to be as
//! expected, and whatever is not is a reason to fail, with the person's own words.

use super::cases::Sight;
use super::slots::Scene;
use super::{Case, Flaw, Happening, Look, Rule, Saw};
use std::collections::BTreeMap;

/// What was seen of one case.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// What was not as expected.
    pub flaws: Vec<Flaw>,
    /// What was said.
    pub evidence: Vec<usize>,
    /// Everything a person can see of it is as expected.
    pub complete: bool,
}

/// One thing to look at: a slot, one of several looks, or neither.
type Thing<'a> = (Option<&'a str>, Option<Look>);

pub(super) fn witness(scene: &Scene<'_>, case: Case) -> Seen {
    let mut said: BTreeMap<Thing<'_>, (usize, Saw, &str)> = BTreeMap::new();
    for (at, moment) in scene.moments() {
        if let Happening::Witnessed { case: of, instance, look, saw, note, .. } = &moment.what
            && *of == case
        {
            said.insert((instance.as_deref(), *look), (at, *saw, note));
        }
    }
    let mut seen = Seen::default();
    for ((instance, _), (at, saw, note)) in &said {
        seen.evidence.push(*at);
        if *saw != Saw::Expected {
            let slot = instance.and_then(|instance| scene.slot(instance));
            seen.flaws.push(Flaw {
                slot: slot.map(|slot| slot.of.identifier.clone()),
                moment: Some(*at),
                rule: Rule::Denied,
                found: (*note).to_owned(),
                above: None,
            });
        }
    }
    let wanted: Vec<Thing<'_>> = match case.sight() {
        Sight::None => Vec::new(),
        Sight::Device => vec![(None, None)],
        Sight::Slots => scene.slots.iter().map(|slot| (Some(slot.of.instance.as_str()), None)).collect(),
        Sight::Looks => Look::OF_THE_ACCOUNT.iter().map(|look| (None, Some(*look))).collect(),
    };
    let as_expected = |thing: &Thing<'_>| said.get(thing).is_some_and(|(_, saw, _)| *saw == Saw::Expected);
    seen.complete = !wanted.is_empty() && wanted.iter().all(as_expected);
    seen
}
