//! All cases of one transcript. A case whose needs did not pass is not judged: it would fail for another's reason. A
//! person's answer passes what only a person can see and fails whatever they deny; it never passes what failed. What a
//! person saw of a real skill passes a case that nothing speaks against, also where the messages behind it are not known.

use super::orders::{low_mail, notify_only, order};
use super::setup::{discovery, kept, products, sensors, set_up};
use super::slots::{Found, Scene};
use super::supply::{daily, messages, reset, supply};
use super::witness::witness;
use super::{Case, Flaw, Happening, Judged, Look, NotRun, Rule, Transcript, Verdict};
use crate::registration::Dossier;

/// Judges every case, in the order of [`Case::ALL`].
pub fn judge(dossier: &Dossier, transcript: &Transcript) -> Vec<Judged> {
    let scene = Scene::new(dossier, transcript);
    let mut done: Vec<Judged> = Vec::with_capacity(Case::ALL.len());
    // No case waits for itself, so each round judges at least one.
    for _ in Case::ALL {
        for case in Case::ALL {
            let verdict = |of: &Case| done.iter().find(|judged| judged.case == *of).map(|j| &j.verdict);
            if verdict(case).is_none() && case.needs().iter().all(|need| verdict(need).is_some()) {
                // What waits for a person has not failed, and what follows can be seen all the same.
                let holds = |need: &&Case| {
                    matches!(verdict(need), Some(Verdict::Passed | Verdict::NeedsPerson { .. }))
                };
                let broken = case.needs().iter().find(|need| !holds(need)).copied();
                let failed =
                    broken.is_some_and(|need| matches!(verdict(&need), Some(Verdict::Failed { .. })));
                done.push(one(&scene, *case, broken, failed));
            }
        }
    }
    done.sort_by_key(|judged| Case::ALL.iter().position(|case| *case == judged.case));
    done
}

/// `broken` is a case that did not pass and that this one needs; `failed` says that it did more than not pass.
fn one(scene: &Scene<'_>, case: Case, broken: Option<Case>, failed: bool) -> Judged {
    let seen = witness(scene, case);
    // What is seen to work is seen, whether or not all that it rests on could be judged.
    let broken = broken.filter(|_| failed || !seen.complete);
    let answer = scene.moments().filter_map(|(at, moment)| match moment.what {
        Happening::Answered { case: of, holds } if of == case => Some((at, holds)),
        _ => None,
    });
    let answer = answer.last();
    let no_slots = scene.slots.is_empty() && case != Case::Prerequisites;
    let mut found = match (no_slots, broken) {
        (true, _) | (_, Some(_)) => Found { missing: true, ..Found::default() },
        (false, None) => look(scene, case),
    };
    if let Some((at, false)) = answer {
        let (rule, none) = (Rule::Denied, String::new());
        found.flaws.push(Flaw { slot: None, moment: Some(at), rule, found: none, above: None });
    }
    if scene.transcript.partial {
        found.only_what_is_there();
    }
    found.flaws.extend(seen.flaws);
    found.evidence.extend(seen.evidence);
    found.evidence.extend(answer.map(|(at, _)| at));
    found.evidence.sort_unstable();
    found.evidence.dedup();
    found.looks.sort_unstable();
    found.looks.dedup();
    let verdict = if !found.flaws.is_empty() {
        Verdict::Failed { reasons: found.flaws }
    } else if let Some(case) = broken {
        Verdict::NotRun { why: NotRun::Needs { case } }
    } else if no_slots {
        Verdict::NotRun { why: NotRun::NoSlots }
    } else if seen.complete {
        Verdict::Passed
    } else if !found.looks.is_empty() && answer.is_none() {
        Verdict::NeedsPerson { look: found.looks }
    } else if found.missing {
        Verdict::NotRun { why: NotRun::NothingHappened }
    } else {
        Verdict::Passed
    };
    Judged { case, verdict, evidence: found.evidence }
}

fn look(scene: &Scene<'_>, case: Case) -> Found {
    match case {
        Case::Prerequisites => Found {
            looks: vec![Look::AllowList, Look::RetailAccount, Look::CancelOrders],
            ..Found::default()
        },
        Case::Discovery => discovery(scene),
        Case::SetUp => set_up(scene),
        Case::Sensors => sensors(scene),
        Case::Messages => messages(scene),
        Case::Supply => supply(scene),
        Case::Daily => daily(scene),
        Case::LowMail => low_mail(scene),
        Case::Order => order(scene),
        Case::Reset => reset(scene),
        Case::Products => products(scene),
        Case::NotifyOnly => notify_only(scene),
        Case::Kept => kept(scene),
    }
}
