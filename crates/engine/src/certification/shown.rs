//! Certification as the window shows it: rows, one case with its evidence, moments in words. Nothing is judged here.

use super::kept::{Kept, Shelf};
use super::report::raw;
use super::sentences::Sentences;
use crate::view::{CaseCount, CaseDetail, CaseRow, CaseState, MomentView, Verdicts};
use chrono::{DateTime, NaiveDate, Utc};
use refill_domain::certification::{
    Case, Flaw, Judged, Look, Moment, NotRun, Source, Transcript, Verdict, guided,
};
use refill_domain::registration::{Dossier, DossierKind, flaws, is_model_id};
use std::collections::BTreeSet;

/// Moments of one case that are shown; the report has all.
const EVIDENCE_SHOWN: usize = 60;

/// Why a model can't be rehearsed as it is, in words.
pub(super) fn unable(dossier: &Dossier, today: NaiveDate, say: Sentences) -> Option<String> {
    if dossier.kind != DossierKind::Skill {
        return Some(say.say("unable_kit", &[]));
    }
    let wrong = flaws(dossier, today);
    if let Some(first) = wrong.first() {
        let (count, what) = (wrong.len().to_string(), first.what.word());
        let parts = [("count", count.as_str()), ("what", what), ("place", first.field.as_str())];
        return Some(say.say("unable_flaws", &parts));
    }
    if !is_model_id(&dossier.model) {
        return Some(say.say("unable_model", &[]));
    }
    guided::steps(dossier).is_empty().then(|| say.say("unable_slots", &[]))
}

/// Whether what is judged of a model differs: its picture is not.
pub(super) fn differs(one: &Dossier, other: &Dossier) -> bool {
    let bare = |of: &Dossier| Dossier { image: None, ..of.clone() };
    bare(one) != bare(other)
}

fn state(verdict: &Verdict) -> CaseState {
    match verdict {
        Verdict::Passed => CaseState::Passed,
        Verdict::Failed { .. } => CaseState::Failed,
        Verdict::NeedsPerson { .. } => CaseState::Person,
        Verdict::NotRun { .. } => CaseState::Unjudged,
    }
}

fn row(case: Case, judged: Option<&Judged>, changed: bool, say: Sentences) -> CaseRow {
    let slots = judged.map(|judged| match &judged.verdict {
        Verdict::Failed { reasons } => {
            reasons.iter().filter_map(|flaw| flaw.slot.as_deref()).collect::<BTreeSet<_>>().len()
        }
        _ => 0,
    });
    CaseRow {
        case,
        code: case.code().to_owned(),
        numbered: case.source() == Source::Certification,
        tests: say.tests(case),
        expects: say.expects(case),
        state: judged.map_or(CaseState::Never, |judged| state(&judged.verdict)),
        slots: slots.and_then(|slots| u32::try_from(slots).ok()).unwrap_or(0),
        changed,
    }
}

fn count(cases: &[CaseRow]) -> CaseCount {
    let mut count = CaseCount::default();
    for case in cases.iter().filter(|case| case.numbered) {
        *match case.state {
            CaseState::Never => &mut count.never,
            CaseState::Passed => &mut count.passed,
            CaseState::Failed => &mut count.failed,
            CaseState::Person => &mut count.person,
            CaseState::Unjudged => &mut count.unjudged,
        } += 1;
    }
    count
}

/// What came of a model's rehearsals.
pub(super) fn rehearsed(shelf: &Shelf, dossier: &Dossier, say: Sentences) -> Verdicts {
    let of = |case: &Case| {
        let found = shelf.of(*case);
        let changed = found.is_some_and(|(_, kept, _)| differs(&kept.dossier, dossier));
        row(*case, found.map(|(_, _, judged)| judged), changed, say)
    };
    let cases: Vec<CaseRow> = Case::ALL.iter().map(of).collect();
    let newest = shelf.runs.last().map(|(_, kept)| kept);
    Verdicts {
        count: count(&cases),
        held_at: newest.map(|kept| kept.held_at.timestamp_millis()),
        market: newest.and_then(|kept| kept.transcript.marketplace),
        changed: cases.iter().any(|case| case.changed),
        cases,
    }
}

/// Whether a case of a test with a real skill was begun: nothing that nobody was asked about is called unjudged.
fn begun(run: &guided::Guided, dossier: &Dossier, judged: &Judged) -> bool {
    let asked = |case: Case| {
        let of: Vec<_> = guided::steps(dossier).into_iter().filter(|step| step.case == case).collect();
        !of.is_empty() && of.iter().all(|step| run.answer_to(step).is_some())
    };
    match &judged.verdict {
        Verdict::Passed | Verdict::Failed { .. } => true,
        Verdict::NeedsPerson { .. } => asked(judged.case),
        // What is judged along with another case is asked for there.
        Verdict::NotRun { why: NotRun::Needs { case } } if judged.case == Case::Sensors => {
            asked(*case) && asked(Case::Discovery)
        }
        Verdict::NotRun { .. } if judged.case == Case::Sensors => asked(Case::Discovery),
        Verdict::NotRun { .. } => asked(judged.case),
    }
}

/// How the cases of a test with a real skill stand.
pub(super) fn guided_so_far(
    run: &guided::Guided,
    (kept, now): (&Dossier, &Dossier),
    judged: &[Judged],
    say: Sentences,
) -> Verdicts {
    let changed = differs(kept, now);
    let of =
        |judged: &Judged| row(judged.case, Some(judged).filter(|one| begun(run, kept, one)), changed, say);
    let cases: Vec<CaseRow> = judged.iter().map(of).collect();
    Verdicts {
        count: count(&cases),
        held_at: run.answers.iter().map(|answer| answer.at.timestamp_millis()).max(),
        market: run.marketplace,
        changed,
        cases,
    }
}

/// One case of a run. Without a run only what it is.
pub(super) fn detail(
    case: Case,
    found: Option<(&Transcript, &Judged)>,
    (held, changed): (Option<&Kept>, bool),
    say: Sentences,
) -> CaseDetail {
    let judged = found.map(|(_, judged)| judged);
    let reasons = judged.map(|judged| say.reasons(&judged.verdict)).unwrap_or_default();
    let evidence = found.map(|(transcript, judged)| evidence(transcript, judged, say)).unwrap_or_default();
    let asks = |verdict: &Verdict| match verdict {
        // What has no ID yet can't be answered away.
        Verdict::NeedsPerson { look } => !look.contains(&Look::NoId),
        _ => false,
    };
    CaseDetail {
        row: row(case, judged, changed, say),
        reasons,
        evidence,
        held_at: held.map(|kept| kept.held_at.timestamp_millis()),
        took_ms: held.map(|kept| kept.took_ms),
        market: found.and_then(|(transcript, _)| transcript.marketplace),
        asks: judged.is_some_and(|judged| asks(&judged.verdict)),
    }
}

/// What a verdict rests on. Of much, what speaks against it comes first, then the latest; in order.
fn evidence(transcript: &Transcript, judged: &Judged, say: Sentences) -> Vec<MomentView> {
    let reasons: &[Flaw] = match &judged.verdict {
        Verdict::Failed { reasons } => reasons,
        _ => &[],
    };
    let wrong: BTreeSet<usize> = reasons.iter().filter_map(|flaw| flaw.moment).collect();
    let mut shown: BTreeSet<usize> = wrong.iter().copied().take(EVIDENCE_SHOWN).collect();
    for at in judged.evidence.iter().rev() {
        if shown.len() < EVIDENCE_SHOWN {
            shown.insert(*at);
        }
    }
    let begin = transcript.moments.first().map(|moment| moment.at);
    let of = |at: usize| {
        let moment = transcript.moments.get(at)?;
        Some(MomentView { wrong: wrong.contains(&at), ..self::moment(at, moment, begin, say) })
    };
    shown.into_iter().filter_map(of).collect()
}

/// A moment in words.
pub(super) fn moment(at: usize, of: &Moment, begin: Option<DateTime<Utc>>, say: Sentences) -> MomentView {
    let message = raw(of);
    let days = begin.map_or(0, |begin| (of.at - begin).num_days());
    MomentView {
        number: u32::try_from(at + 1).unwrap_or(u32::MAX),
        day: u32::try_from(days + 1).unwrap_or(1),
        at: of.at.timestamp_millis(),
        says: say.moment(of),
        json: message.and_then(|(message, _)| serde_json::to_string_pretty(message).ok()),
        refused: message.and_then(|(_, refused)| refused.map(str::to_owned)),
        wrong: false,
    }
}
