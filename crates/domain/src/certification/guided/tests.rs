//! Whole runs as tables: what is said step by step, and what comes of each case.

use super::*;
use crate::certification::{Rule, Verdict};
use crate::endpoint::SensorKind;
use crate::locale::Locale;
use crate::measure::Unit;
use crate::registration::{Answers, DossierSlot, preview};
use chrono::TimeDelta;
use serde_json::json;

fn slot(nth: usize, instance: &str) -> DossierSlot {
    DossierSlot {
        identifier: format!("SLOT 0{nth}"),
        instance: instance.into(),
        answers: Answers::leading_to(SensorKind::Level),
        unit: Some(Unit::Percent),
        asins: [(Marketplace::Uk, vec!["B00ABCDEF1".to_owned()])].into(),
        replenishment: format!("amzn1.id.{instance}"),
        ..DossierSlot::default()
    }
}

fn dossier() -> Dossier {
    Dossier {
        name: "InkWell".into(),
        model: "InkWell-640".into(),
        manufacturer: "Larkfield".into(),
        slots: vec![slot(1, "black"), slot(2, "cyan")],
        ..Dossier::default()
    }
}

fn begun() -> DateTime<Utc> {
    "2026-11-21T09:00:00Z".parse().unwrap()
}

/// The answer to `Discover`, as the registration has it.
fn described(dossier: &Dossier) -> Value {
    serde_json::from_str(&preview(dossier, Locale::EnGb).json).unwrap()
}

/// A level, as the skill reported it.
fn level(dossier: &Dossier, instance: &str, percent: i64, at: DateTime<Utc>) -> Value {
    let of = described(dossier);
    let endpoint = of["event"]["payload"]["endpoints"][0]["endpointId"].clone();
    let at = at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    json!({"event": {"header": {"namespace": "Alexa", "name": "ChangeReport", "messageId": "m"},
        "endpoint": {"endpointId": endpoint, "scope": {"type": "BearerToken", "token": "Atza|secret"}},
        "payload": {"change": {"properties": [{"namespace": "Alexa.InventoryLevelSensor", "name": "level",
            "instance": instance, "timeOfSample": at, "value": {"@type": "Percentage", "value": percent}}]}}}})
}

fn given(reply: Reply) -> Given {
    Given { reply, left: None, note: String::new(), pasted: String::new() }
}

/// Goes through all steps an hour apart: everything is seen, unless `otherwise` says what is given instead.
fn run(dossier: &Dossier, otherwise: impl Fn(&Step) -> Option<Given>) -> Guided {
    let mut guided = Guided::begin(Some(Marketplace::Uk), begun());
    let mut now = begun();
    while let Some(at) = guided.next(dossier) {
        let step = &steps(dossier)[at];
        let usual = || match step.case {
            Case::Discovery => Given { pasted: described(dossier).to_string(), ..given(Reply::Seen) },
            Case::Messages => {
                let all = json!([level(dossier, "black", 40, now), level(dossier, "cyan", 40, now)]);
                Given { pasted: all.to_string(), ..given(Reply::Seen) }
            }
            Case::Daily => given(Reply::CannotSee),
            _ => given(Reply::Seen),
        };
        guided.answer(dossier, at, &otherwise(step).unwrap_or_else(usual), now).unwrap();
        now += TimeDelta::hours(1);
    }
    guided
}

fn ended(guided: &Guided, dossier: &Dossier) -> Vec<(&'static str, &'static str)> {
    let (_, judged) = guided.judged(dossier, &[]);
    judged.iter().map(|one| (one.case.code(), one.verdict.word())).collect()
}

/// The cases that did not end as a run in which all is well.
fn other(guided: &Guided, dossier: &Dossier) -> Vec<(&'static str, &'static str)> {
    let well = |code: &str| if code == "P5" { "not_run" } else { "passed" };
    ended(guided, dossier).into_iter().filter(|(code, word)| *word != well(code)).collect()
}

#[test]
fn every_case_is_asked_for_that_is_not_judged_along_with_another() {
    let asked = steps(&dossier());
    assert_eq!(asked.len(), 3 + 1 + 1 + 2 * 2 + 1 + 4 * 2 + 1 + 1);
    for case in Case::ALL {
        // Sensors are in the discovery that is pasted for the case before.
        assert_eq!(asked.iter().any(|step| step.case == *case), *case != Case::Sensors, "{case:?}");
    }
    assert!(steps(&Dossier::default()).is_empty());
}

#[test]
fn what_is_seen_passes_and_what_nobody_can_see_never_does() {
    let dossier = dossier();
    assert_eq!(other(&run(&dossier, |_| None), &dossier), []);
    // Nobody can get at the messages: what they say is not judged, what is seen is seen.
    let blind = run(&dossier, |step| step.wants_messages().then(|| given(Reply::CannotSee)));
    assert_eq!(
        other(&blind, &dossier),
        [("P2", "not_run"), ("P3", "not_run"), ("P4", "not_run")],
        "cannot be judged"
    );
    // Nothing can be seen: nothing passes.
    let none = run(&dossier, |_| Some(given(Reply::CannotSee)));
    let ended = ended(&none, &dossier);
    assert!(ended.iter().all(|(_, word)| *word == "not_run" || *word == "needs_person"), "{ended:?}");
}

#[test]
fn a_case_ends_by_what_was_said_of_its_slots() {
    let dossier = dossier();
    for (case, reply, note, word) in [
        (Case::LowMail, Reply::NotSeen, "", "failed"),
        (Case::Order, Reply::Other, "an order of cyan", "failed"),
        (Case::Reset, Reply::CannotSee, "", "not_run"),
        (Case::NotifyOnly, Reply::NotSeen, "", "failed"),
        (Case::Products, Reply::Other, "toner", "failed"),
        (Case::SetUp, Reply::NotSeen, "", "failed"),
        (Case::Kept, Reply::CannotSee, "", "not_run"),
    ] {
        let guided = run(&dossier, |step| {
            let here = step.case == case && step.instance.as_deref().is_none_or(|of| of == "cyan");
            here.then(|| Given { note: note.to_owned(), ..given(reply) })
        });
        let (_, judged) = guided.judged(&dossier, &[]);
        let one = judged.iter().find(|one| one.case == case).unwrap();
        assert_eq!(one.verdict.word(), word, "{case:?}");
        if let Verdict::Failed { reasons } = &one.verdict {
            assert_eq!(reasons.len(), 1, "{case:?}");
            assert_eq!((reasons[0].rule, reasons[0].found.as_str()), (Rule::Denied, note));
            let slot = (case.sight() == Sight::Slots).then_some("SLOT 02");
            assert_eq!(reasons[0].slot.as_deref(), slot, "{case:?}");
        }
    }
}

#[test]
fn messages_speak_against_what_is_seen() {
    let dossier = dossier();
    // A sensor less in the discovery fails where it should, and what needs it is not judged.
    let less = run(&dossier, |step| {
        let mut message = described(&dossier);
        let all = message.pointer_mut("/event/payload/endpoints/0/capabilities").unwrap();
        all.as_array_mut().unwrap().retain(|of| of["instance"] != "cyan");
        (step.case == Case::Discovery).then(|| Given { pasted: message.to_string(), ..given(Reply::Seen) })
    });
    let ended = ended(&less, &dossier);
    assert!(ended.contains(&("1", "failed")) && ended.contains(&("P3", "not_run")), "{ended:?}");

    // Under Supply stands another figure than was told.
    let seen = |left: i64| {
        run(&dossier, |step| {
            let black = step.instance.as_deref() == Some("black") && step.case == Case::Supply;
            let pasted = level(&dossier, "black", 40, begun() + TimeDelta::hours(2)).to_string();
            let left = Some(Amount::whole(left, Unit::Percent));
            black.then(|| Given { left, pasted, ..given(Reply::Seen) })
        })
    };
    assert_eq!(other(&seen(40), &dossier), []);
    assert!(other(&seen(55), &dossier).contains(&("2", "failed")));

    // A report of a slot that is not registered.
    let strange = run(&dossier, |step| {
        let pasted = level(&dossier, "pods", 40, begun()).to_string();
        (step.case == Case::Messages).then(|| Given { pasted, ..given(Reply::Seen) })
    });
    assert!(other(&strange, &dossier).contains(&("P4", "failed")));
}

#[test]
fn a_day_of_reports_is_judged_when_it_was_heard() {
    let dossier = dossier();
    let daily = |hours: &[i64]| {
        let told = |instance| hours.iter().map(move |hour| (instance, begun() + TimeDelta::hours(*hour)));
        let told = told("black").chain(told("cyan"));
        let all: Vec<Value> = told.map(|(of, at)| level(&dossier, of, 40, at)).collect();
        let pasted = Value::Array(all).to_string();
        let guided = run(&dossier, |step| {
            (step.case == Case::Daily)
                .then(|| Given { pasted: pasted.clone(), ..given(Reply::Seen) })
                .or_else(|| (step.case == Case::Messages).then(|| given(Reply::CannotSee)))
        });
        let ended = ended(&guided, &dossier);
        ended.iter().find(|(code, _)| *code == "P5").unwrap().1
    };
    // The run takes 20 hours, so what was told before it is told within it.
    assert_eq!(daily(&[-20, 0, 18]), "passed");
    assert_eq!(daily(&[-20, 18]), "not_run", "one may have been told in between");
    assert_eq!(daily(&[0, 18]), "not_run", "not for a day");
}

#[test]
fn what_was_heard_of_the_outbox_counts_too() {
    let dossier = dossier();
    let blind = run(&dossier, |step| step.wants_messages().then(|| given(Reply::CannotSee)));
    let at = begun() + TimeDelta::minutes(5);
    let told = |message, refused: Option<&str>| Moment {
        at,
        what: Happening::Told { message, refused: refused.map(str::to_owned) },
    };
    let verdict = |heard: &[Moment]| {
        let (transcript, judged) = blind.judged(&dossier, heard);
        assert!(transcript.moments.is_sorted_by_key(|moment| moment.at));
        judged.iter().find(|one| one.case == Case::Messages).unwrap().verdict.word()
    };
    let own = described(&dossier);
    let mut report = own.clone();
    report["event"]["header"]["name"] = "AddOrUpdateReport".into();
    report["event"]["payload"]["scope"] = json!({"type": "BearerToken", "token": "token hidden"});
    let described_first = Moment { at: begun(), what: Happening::Described { message: own, refused: None } };
    let level = level(&dossier, "black", 40, at);
    assert_eq!(verdict(&[described_first.clone(), told(level.clone(), None)]), "passed");
    assert_eq!(verdict(&[described_first.clone(), told(level.clone(), Some("INVALID_VALUE"))]), "failed");
    let early = |message| Moment { at: begun() - TimeDelta::hours(1), ..told(message, None) };
    let before = early(level.clone());
    assert_eq!(verdict(&[before, described_first]), "not_run", "what was said before the run is not of it");
    // But for what the device was described as.
    assert_eq!(verdict(&[early(report), told(level, None)]), "passed");
}

#[test]
fn a_run_is_put_away_and_gone_on_with() {
    let dossier = dossier();
    let whole = run(&dossier, |_| None);
    let mut guided = Guided::begin(Some(Marketplace::Uk), begun());
    for (at, answer) in whole.answers.iter().enumerate() {
        let kept = serde_json::to_string(&guided).unwrap();
        assert!(!kept.contains("secret"), "a token is kept");
        guided = serde_json::from_str(&kept).unwrap();
        assert_eq!(guided.next(&dossier), Some(at));
        let pasted = if answer.messages.is_empty() {
            String::new()
        } else {
            Value::Array(answer.messages.clone()).to_string()
        };
        guided.answer(&dossier, at, &Given { pasted, ..given(answer.reply) }, answer.at).unwrap();
    }
    assert_eq!(guided, whole);
    assert_eq!(guided.next(&dossier), None);
    assert!(guided.take_back());
    assert_eq!(guided.next(&dossier), Some(steps(&dossier).len() - 1));
    // What was answered can be answered otherwise, and stays in its place.
    let mut again = whole.clone();
    again.answer(&dossier, 0, &given(Reply::NotSeen), begun() + TimeDelta::days(3)).unwrap();
    assert_eq!(again.answers[0].reply, Reply::NotSeen);
    assert_eq!(again.answers.len(), whole.answers.len());
    assert!(ended(&again, &dossier).contains(&("P1", "failed")));
}

#[test]
fn what_can_t_be_taken_says_why_and_changes_nothing() {
    let dossier = dossier();
    let mut guided = Guided::begin(None, begun());
    let whole = run(&dossier, |_| None);
    let take = |guided: &mut Guided, at, given: Given| guided.answer(&dossier, at, &given, begun());
    assert_eq!(take(&mut guided, 1, given(Reply::Seen)), Err(NotTaken::Order));
    let pasted = |text: &str| Given { pasted: text.to_owned(), ..given(Reply::Seen) };
    for (text, why) in [
        ("hello", NotTaken::NotAMessage),
        ("{}", NotTaken::NotAMessage),
        ("[]", NotTaken::NotAMessage),
        ("[1]", NotTaken::NotAMessage),
        (r#"{"event":{"header":{"name":""}}}"#, NotTaken::NotAMessage),
    ] {
        assert_eq!(take(&mut guided, 0, pasted(text)), Err(why), "{text}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(take(&mut guided, 0, pasted(&deep)), Err(NotTaken::NotAMessage));
    let one = r#"{"event":{"header":{"name":"x"}}}"#;
    let many = format!("[{}]", vec![one; MESSAGES_MAX + 1].join(","));
    assert_eq!(take(&mut guided, 0, pasted(&many)), Err(NotTaken::TooMuch));
    let long = Given { note: "x".repeat(NOTE_MAX + 1), ..given(Reply::Seen) };
    assert_eq!(take(&mut guided, 0, long), Err(NotTaken::LongNote));
    assert_eq!(take(&mut guided, 0, given(Reply::Other)), Err(NotTaken::NoWords));
    let figure = Given { left: Some(Amount::whole(1, Unit::Percent)), ..given(Reply::Seen) };
    assert_eq!(take(&mut guided, 0, figure), Err(NotTaken::OtherMeasure));
    assert_eq!(guided, Guided::begin(None, begun()));
    assert!(!guided.take_back());

    let mut whole = whole;
    let discovery = steps(&dossier).iter().position(|step| step.case == Case::Discovery).unwrap();
    assert_eq!(take(&mut whole, discovery, given(Reply::Seen)), Err(NotTaken::NoMessage));
    let supply = steps(&dossier).iter().position(|step| step.case == Case::Supply).unwrap();
    let grams = Given { left: Some(Amount::whole(1, Unit::Gram)), ..given(Reply::Seen) };
    assert_eq!(take(&mut whole, supply, grams), Err(NotTaken::OtherMeasure));
}
