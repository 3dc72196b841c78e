//! Whole rehearsals: healthy devices of every kind of sensor pass all that can be judged, and each deliberate fault fails in
//! exactly the case that has to notice it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use chrono::{DateTime, Utc};
use refill_domain::certification::{Case, Judged, Verdict};
use refill_domain::endpoint::SensorKind;
use refill_domain::locale::Locale;
use refill_domain::market::Marketplace;
use refill_domain::measure::Unit;
use refill_domain::registration::{Answers, Dossier, DossierMarket, DossierSlot};
use refill_rehearsal::{Fault, Options, Rehearsed, Unrehearsable, rehearse};

fn slot(nth: usize, instance: &str, sensor: SensorKind, unit: Unit) -> DossierSlot {
    DossierSlot {
        identifier: format!("SLOT 0{nth}"),
        instance: instance.into(),
        answers: Answers::leading_to(sensor),
        unit: Some(unit),
        names: [(Locale::EnGb, format!("{instance} supply"))].into(),
        asins: [(Marketplace::Uk, vec![format!("B00ABCDEF{nth}")])].into(),
        replenishment: format!("amzn1.id.{instance}"),
        ..DossierSlot::default()
    }
}

fn dossier(sensors: &[(SensorKind, Unit)]) -> Dossier {
    let names = ["black", "cyan", "pods", "filter"];
    let slots = sensors.iter().zip(names).enumerate();
    Dossier {
        name: "Larkfield InkWell 640".into(),
        model: "InkWell-640".into(),
        manufacturer: "Larkfield".into(),
        slots: slots.map(|(nth, ((sensor, unit), name))| slot(nth + 1, name, *sensor, *unit)).collect(),
        marketplaces: [(Marketplace::Uk, DossierMarket::default())].into(),
        ..Dossier::default()
    }
}

const PRINTER: &[(SensorKind, Unit)] =
    &[(SensorKind::Level, Unit::Percent), (SensorKind::Level, Unit::Percent)];
const BREWER: &[(SensorKind, Unit)] = &[(SensorKind::Level, Unit::Percent), (SensorKind::Usage, Unit::Count)];
const PURIFIER: &[(SensorKind, Unit)] =
    &[(SensorKind::LevelUsage, Unit::Hour), (SensorKind::Level, Unit::Milliliter)];

fn begin() -> DateTime<Utc> {
    "2026-11-21T09:10:00Z".parse().unwrap()
}

async fn held(dossier: &Dossier, fault: Option<Fault>) -> Rehearsed {
    rehearse(dossier, Options { marketplace: None, begin: begin(), fault, until: None, beneath: None })
        .await
        .unwrap()
}

/// The cases that ended so.
fn ended(judged: &[Judged], word: &str) -> Vec<&'static str> {
    judged.iter().filter(|one| one.verdict.word() == word).map(|one| one.case.code()).collect()
}

fn reasons(of: &Rehearsed) -> String {
    let failed = of.judged.iter().filter(|one| matches!(one.verdict, Verdict::Failed { .. }));
    failed.map(|one| format!("{} {:?}\n", one.case.code(), one.verdict)).collect()
}

#[tokio::test]
async fn healthy_devices_pass_all_that_can_be_judged() {
    for sensors in [PRINTER, BREWER, PURIFIER] {
        let held = held(&dossier(sensors), None).await;
        assert_eq!(ended(&held.judged, "failed"), Vec::<&str>::new(), "{sensors:?}: {}", reasons(&held));
        assert_eq!(ended(&held.judged, "needs_person"), ["P1"], "{sensors:?}");
        assert_eq!(ended(&held.judged, "not_run"), Vec::<&str>::new(), "{sensors:?}");
        for judged in held.judged.iter().filter(|one| one.verdict == Verdict::Passed) {
            assert!(!judged.evidence.is_empty(), "{:?} passed on nothing", judged.case);
            assert!(judged.evidence.iter().all(|at| *at < held.transcript.moments.len()));
        }
        let kept = serde_json::to_string(&held.transcript).unwrap();
        for secret in ["Atza|", "Atzr|", "\"token\":\"r"] {
            assert!(!kept.contains(secret), "a token is kept");
        }
    }
}

/// What each fault is played on.
fn device_of(fault: Fault) -> &'static [(SensorKind, Unit)] {
    match fault {
        Fault::UseTwice | Fault::UseNever | Fault::UseTotals => BREWER,
        Fault::ReplacedNever => PURIFIER,
        _ => PRINTER,
    }
}

async fn fails_where_it_should(faults: &[Fault]) {
    for fault in faults {
        let held = held(&dossier(device_of(*fault)), Some(*fault)).await;
        assert_eq!(ended(&held.judged, "failed"), [fault.fails().code()], "{fault:?}: {}", reasons(&held));
    }
}

#[tokio::test]
async fn faults_of_discovery_fail_where_they_should() {
    let (some, _) = Fault::ALL.split_at(12);
    fails_where_it_should(some).await;
}

#[tokio::test]
async fn faults_of_reports_fail_where_they_should() {
    let (_, rest) = Fault::ALL.split_at(12);
    let (some, _) = rest.split_at(rest.len() / 2);
    fails_where_it_should(some).await;
}

#[tokio::test]
async fn faults_of_figures_and_habits_fail_where_they_should() {
    let (_, rest) = Fault::ALL.split_at(12);
    let (_, some) = rest.split_at(rest.len() / 2);
    assert!(Fault::ALL.len() >= 30);
    fails_where_it_should(some).await;
}

#[tokio::test]
async fn uses_of_running_time_are_judged_too() {
    for (fault, code) in [(Fault::UseTwice, "2"), (Fault::UseNever, "2")] {
        let held = held(&dossier(PURIFIER), Some(fault)).await;
        assert_eq!(ended(&held.judged, "failed"), [code], "{fault:?}: {}", reasons(&held));
    }
}

#[tokio::test]
async fn what_a_dossier_does_not_say_waits_for_a_person_and_never_passes() {
    let mut bare = dossier(PRINTER);
    for slot in &mut bare.slots {
        slot.asins.clear();
        slot.replenishment.clear();
    }
    let held = held(&bare, None).await;
    assert_eq!(ended(&held.judged, "needs_person"), ["P1", "4", "6"], "{}", reasons(&held));
    assert_eq!(ended(&held.judged, "failed"), Vec::<&str>::new());
}

#[tokio::test]
async fn what_can_t_be_rehearsed_says_why() {
    let options = Options {
        marketplace: Some(Marketplace::Jp),
        begin: begin(),
        fault: None,
        until: None,
        beneath: None,
    };
    let elsewhere = rehearse(&dossier(PRINTER), options).await;
    assert!(matches!(elsewhere, Err(Unrehearsable::Marketplace)));
    let here = Options { marketplace: None, ..options };
    assert!(matches!(rehearse(&dossier(&[]), here).await, Err(Unrehearsable::NoSlots)));
    assert_eq!(Case::ALL.len(), 13);
}

#[tokio::test]
async fn one_case_alone_ends_as_it_does_among_all() {
    for sensors in [PRINTER, BREWER, PURIFIER] {
        // One of each length there is.
        for case in &[Case::Products, Case::Daily, Case::Order, Case::Reset] {
            let options =
                Options { marketplace: None, begin: begin(), fault: None, until: Some(*case), beneath: None };
            let held = rehearse(&dossier(sensors), options).await.unwrap();
            let one = held.judged.iter().find(|one| one.case == *case).unwrap();
            assert_eq!(one.verdict, Verdict::Passed, "{case:?} of {sensors:?}");
        }
    }
}

#[tokio::test]
async fn as_far_as_its_case_sees_it_a_fault_is_seen() {
    for fault in Fault::ALL.iter().filter(|fault| !matches!(fault.fails(), Case::NotifyOnly | Case::Kept)) {
        let until = Some(fault.fails());
        let options =
            Options { marketplace: None, begin: begin(), fault: Some(*fault), until, beneath: None };
        let held = rehearse(&dossier(device_of(*fault)), options).await.unwrap();
        assert_eq!(ended(&held.judged, "failed"), [fault.fails().code()], "{fault:?}: {}", reasons(&held));
    }
}
