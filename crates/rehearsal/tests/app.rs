//! Rehearsals as the app holds them, through the engine's commands: one case, all of them, one that is ended half way, and
//! a test with a real skill over several days. The household beside them stays as it is, to the byte.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use chrono::TimeDelta;
use refill_domain::certification::Case;
use refill_domain::certification::guided::Reply;
use refill_domain::endpoint::SensorKind;
use refill_domain::locale::Locale;
use refill_domain::market::Marketplace;
use refill_domain::measure::Unit;
use refill_domain::registration::{Answers, Dossier, DossierMarket, DossierSlot, preview};
use refill_engine::api::Api as _;
use refill_engine::certification::stage::{Holding, Play, Stage};
use refill_engine::clock::{Clock as _, ManualClock};
use refill_engine::engine::{Config, Engine};
use refill_engine::error::Code;
use refill_engine::link::vault::MemoryKeychain;
use refill_engine::view::{
    CaseState, CertificationView, GuidedForm, GuidedView, ReportForm, Settings, Update, Work,
};
use refill_rehearsal::OnThisComputer;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Notify;
use tokio::sync::broadcast::error::RecvError;

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2026-11-21T09:10:00Z".parse().unwrap()))
}

fn engine(data: &Path, clock: &Arc<ManualClock>, stage: Arc<dyn Stage>) -> Engine {
    let config = Config::new(data.to_owned(), clock.clone());
    let keychain = Arc::new(MemoryKeychain::default());
    Engine::start(Config { keychain, polling: false, stage: Some(stage), ..config }).unwrap()
}

fn slot(nth: usize, instance: &str) -> DossierSlot {
    DossierSlot {
        identifier: format!("SLOT 0{nth}"),
        instance: instance.into(),
        answers: Answers::leading_to(SensorKind::Level),
        unit: Some(Unit::Percent),
        names: [(Locale::EnGb, format!("{instance} ink"))].into(),
        asins: [(Marketplace::Uk, vec!["B00ABCDEF1".to_owned()])].into(),
        replenishment: format!("amzn1.id.{instance}"),
        ..DossierSlot::default()
    }
}

fn dossier() -> Dossier {
    Dossier {
        name: "Larkfield InkWell 640".into(),
        model: "InkWell-640".into(),
        manufacturer: "Larkfield".into(),
        slots: vec![slot(1, "black"), slot(2, "cyan")],
        marketplaces: [(Marketplace::Uk, DossierMarket::default())].into(),
        ..Dossier::default()
    }
}

/// Every file below a folder but the models, with its content.
fn household(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                open.push(entry);
            } else if !entry.components().any(|part| part.as_os_str() == "models") {
                all.insert(entry.clone(), std::fs::read(&entry).unwrap());
            }
        }
    }
    all
}

fn files(data: &Path, model: &str) -> Vec<String> {
    let all = std::fs::read_dir(data.join("models").join(model)).unwrap();
    let mut all: Vec<String> = all.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    all.sort();
    all
}

fn ended(view: &CertificationView, state: CaseState) -> Vec<&str> {
    let all = view.rehearsed.cases.iter().filter(|case| case.state == state);
    all.map(|case| case.code.as_str()).collect()
}

async fn with_model(data: &Path, clock: &Arc<ManualClock>, stage: Arc<dyn Stage>) -> (Engine, String) {
    let engine = engine(data, clock, stage);
    engine.set_settings(Settings { welcomed: true, ..Settings::default() }).await.unwrap();
    let model = engine.new_model("InkWell".into()).await.unwrap();
    let saved = engine.set_model(model.clone(), dossier()).await.unwrap();
    assert!(saved.refused.is_empty(), "{:?}", saved.refused);
    (engine, model)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_and_all_cases_are_run_and_shown_again_after_a_restart() {
    let (data, clock) = (tempfile::tempdir().unwrap(), clock());
    let (app, model) = with_model(data.path(), &clock, Arc::new(OnThisComputer::default())).await;
    let fresh = app.certification(model.clone()).await.unwrap();
    assert_eq!(ended(&fresh, CaseState::Never).len(), Case::ALL.len());
    assert_eq!((fresh.unable, fresh.live), (None, None));
    app.stop().await;
    let before = household(data.path());

    let app = engine(data.path(), &clock, Arc::new(OnThisComputer::default()));
    let mut updates = app.updates();
    let one = app.rehearse(model.clone(), Some(Marketplace::Uk), Some(Case::SetUp)).await.unwrap();
    assert_eq!(ended(&one, CaseState::Passed), ["1"]);
    assert_eq!(ended(&one, CaseState::Never).len(), Case::ALL.len() - 1);
    clock.advance(TimeDelta::minutes(1));
    let all = app.rehearse(model.clone(), None, None).await.unwrap();
    assert_eq!(ended(&all, CaseState::Failed), Vec::<&str>::new());
    assert_eq!((all.rehearsed.count.passed, ended(&all, CaseState::Person)), (8, vec!["P1"]));
    let steps = std::iter::from_fn(|| match updates.try_recv() {
        Ok(update) => Some(Some(update)),
        Err(tokio::sync::broadcast::error::TryRecvError::Lagged(_)) => Some(None),
        Err(_) => None,
    });
    let told = |update: &Option<Update>| matches!(update, Some(Update::Progress { work: Work::Rehearsal, done, total: Some(total) }) if done <= total);
    assert!(steps.filter(told).count() > 20, "progress is told");

    // The newest run of each case counts, and what counts for none is gone.
    let runs: Vec<String> = files(data.path(), &model);
    assert_eq!(runs, ["dossier.json", "rehearsal-20261121T091100000Z.json"]);
    let supply = app.certification_case(model.clone(), Case::Supply, false).await.unwrap();
    assert!(
        supply.evidence.iter().any(|of| of.json.as_deref().is_some_and(|json| json.contains("ChangeReport")))
    );
    assert!(supply.evidence.iter().all(|of| !of.json.as_deref().unwrap_or_default().contains("Atza|")));

    // A person's word decides what waits for one.
    let account = app.certification_case(model.clone(), Case::Prerequisites, false).await.unwrap();
    assert!(account.asks && account.reasons.len() == 3);
    let said = app.answer_case(model.clone(), Case::Prerequisites, true).await.unwrap();
    assert_eq!(ended(&said, CaseState::Person), Vec::<&str>::new());
    app.stop().await;
    assert_eq!(household(data.path()), before, "the own household is as it was");

    // Closed and opened: it is there, until the model changes.
    let app = engine(data.path(), &clock, Arc::new(OnThisComputer::default()));
    let again = app.certification(model.clone()).await.unwrap();
    assert_eq!(again.rehearsed, said.rehearsed);
    assert_eq!(again.rehearsed.held_at, Some(clock.now().timestamp_millis()));
    let mut other = dossier();
    other.slots[1].replenishment = "amzn1.id.other".into();
    std::fs::write(
        data.path().join("models").join(&model).join("dossier.json"),
        refill_domain::registration::write(&other),
    )
    .unwrap();
    let changed = app.certification(model.clone()).await.unwrap();
    assert!(changed.rehearsed.changed && changed.rehearsed.cases.iter().all(|case| case.changed));

    let html = app.certification_file(model.clone(), ReportForm::Html, false).await.unwrap();
    assert!(html.name == "InkWell-640-rehearsal.html" && html.text.contains("ChangeReport"));
    let json = app.certification_file(model.clone(), ReportForm::Json, false).await.unwrap();
    let json: serde_json::Value = serde_json::from_str(&json.text).unwrap();
    assert_eq!(
        (&json["format"], &json["count"]["passed"]),
        (&"refill-certification-report".into(), &13.into())
    );
    std::fs::write(data.path().join("models").join(&model).join("rehearsal-2.json"), "{").unwrap();
    assert_eq!(app.certification(model.clone()).await.unwrap().unreadable, 1);
    app.stop().await;
}

/// A stage that begins only when it is told to.
struct Held {
    begun: Arc<Notify>,
    go: Arc<Notify>,
    below: OnThisComputer,
}

impl Stage for Held {
    fn hold(&self, play: Play) -> Holding {
        let (begun, go, below) = (self.begun.clone(), self.go.clone(), self.below.clone());
        Box::pin(async move {
            begun.notify_one();
            go.notified().await;
            below.hold(play).await
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_is_one_at_a_time_and_what_is_ended_leaves_nothing() {
    let (data, clock) = (tempfile::tempdir().unwrap(), clock());
    let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let place = tempfile::tempdir().unwrap();
    let below = OnThisComputer { beneath: Some(place.path().to_owned()) };
    let stage = Arc::new(Held { begun: begun.clone(), go: go.clone(), below });
    let (app, model) = with_model(data.path(), &clock, stage).await;
    let first = app.rehearse(model.clone(), None, None);
    let second = async {
        begun.notified().await;
        let live = app.rehearsal(0).await.unwrap().unwrap();
        assert_eq!((live.model.as_str(), live.case, live.moments.len()), (model.as_str(), None, 0));
        let second = app.rehearse(model.clone(), None, None).await.unwrap_err();
        assert_eq!(second.code, Code::BadField);
        let mut updates = app.updates();
        go.notify_one();
        // Somebody stops it once something happened.
        loop {
            match updates.recv().await {
                Ok(Update::Progress { work: Work::Rehearsal, done, .. }) if done > 1 => break,
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => panic!("the engine ended"),
            }
        }
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1, "it lies there");
        app.cancel_work().await.unwrap();
    };
    let (first, ()) = tokio::join!(first, second);
    assert_eq!(first.unwrap_err().code, Code::Cancelled);
    assert_eq!(app.rehearsal(0).await.unwrap(), None);
    assert_eq!(files(data.path(), &model), ["dossier.json"]);
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "nothing of it is left");
    app.stop().await;

    // What a model lacks is said before anything begins.
    let app = engine(data.path(), &clock, Arc::new(OnThisComputer::default()));
    let elsewhere = app.rehearse(model.clone(), Some(Marketplace::Jp), None).await.unwrap_err();
    assert_eq!((elsewhere.code, elsewhere.field.as_deref()), (Code::BadField, Some("market")));
    let bare = app.new_model("Bare".into()).await.unwrap();
    let unable = app.certification(bare.clone()).await.unwrap().unable.unwrap();
    assert!(unable.starts_with("No slot is ready"), "{unable}");
    assert_eq!(app.rehearse(bare, None, None).await.unwrap_err().code, Code::BadField);
    app.stop().await;
}

fn form(reply: Reply) -> GuidedForm {
    GuidedForm { reply, note: String::new(), left: String::new(), pasted: String::new() }
}

fn states(guided: &GuidedView, state: CaseState) -> Vec<&str> {
    let all = guided.verdicts.cases.iter().filter(|case| case.state == state);
    all.map(|case| case.code.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_with_a_real_skill_is_put_away_and_gone_on_with() {
    let (data, clock) = (tempfile::tempdir().unwrap(), clock());
    let (mut app, model) = with_model(data.path(), &clock, Arc::new(OnThisComputer::default())).await;
    let none = app.answer_guided(model.clone(), 0, form(Reply::Seen)).await.unwrap_err();
    assert_eq!(none.field.as_deref(), Some("model"));
    let view = app.begin_guided(model.clone(), Some(Marketplace::Uk), None).await.unwrap();
    let mut guided = view.guided.unwrap();
    assert_eq!((guided.next, guided.steps.len()), (Some(0), 20));
    assert_eq!(states(&guided, CaseState::Never).len(), Case::ALL.len());
    assert_eq!(guided.verdicts.count.never, 8);

    let discovery = preview(&dossier(), Locale::EnGb).json;
    while let Some(next) = guided.next {
        let step = guided.steps[next as usize].clone();
        assert!(!step.task.is_empty() && !step.task.contains('{'), "{}", step.task);
        if step.case == Case::Discovery {
            let refused = app.answer_guided(model.clone(), next, form(Reply::Seen)).await.unwrap_err();
            assert_eq!(refused.field.as_deref(), Some("pasted"));
        }
        let given = match step.case {
            Case::Discovery => GuidedForm { pasted: discovery.clone(), ..form(Reply::Seen) },
            Case::Messages | Case::Daily => form(Reply::CannotSee),
            Case::Supply => GuidedForm { left: "40".into(), ..form(Reply::Seen) },
            Case::Order if step.slot.as_deref() == Some("cyan ink") => {
                GuidedForm { note: "An order of black".into(), ..form(Reply::Other) }
            }
            _ => form(Reply::Seen),
        };
        guided = app.answer_guided(model.clone(), next, given).await.unwrap().guided.unwrap();
        if next % 5 == 4 {
            // Another day, another start of the program.
            app.stop().await;
            clock.advance(TimeDelta::days(1));
            app = engine(data.path(), &clock, Arc::new(OnThisComputer::default()));
            let again = app.certification(model.clone()).await.unwrap().guided.unwrap();
            assert_eq!(again, guided);
        }
    }
    assert_eq!(states(&guided, CaseState::Failed), ["4"]);
    assert_eq!(states(&guided, CaseState::Unjudged), ["P4", "P5", "7"]);
    assert_eq!(states(&guided, CaseState::Never), Vec::<&str>::new());
    let order = app.certification_case(model.clone(), Case::Order, true).await.unwrap();
    assert!(order.reasons[0].contains("An order of black"), "{:?}", order.reasons);
    let report = app.certification_file(model.clone(), ReportForm::Html, true).await.unwrap();
    assert!(report.text.contains("with a real skill") && report.text.contains("An order of black"));

    let undone = app.undo_guided(model.clone()).await.unwrap().guided.unwrap();
    assert_eq!(undone.next, Some(19));
    // Begun anew, the last one lies beside it.
    let anew = app.begin_guided(model.clone(), None, None).await.unwrap().guided.unwrap();
    assert_eq!(anew.next, Some(0));
    assert_eq!(files(data.path(), &model), ["dossier.json", "guided-20261121T091000Z.json", "guided.json"]);
    std::fs::write(data.path().join("models").join(&model).join("guided.json"), "[]").unwrap();
    // One that was damaged hides nothing else, takes no answer, and is kept when another begins.
    let view = app.certification(model.clone()).await.unwrap();
    assert_eq!((view.guided, view.unreadable), (None, 1));
    assert_eq!(app.undo_guided(model.clone()).await.unwrap_err().code, Code::BadFile);
    let anew = app.begin_guided(model.clone(), None, None).await.unwrap();
    assert_eq!((anew.guided.unwrap().next, anew.unreadable), (Some(0), 0));
    let damaged = data.path().join("models").join(&model).join("guided-unreadable.json");
    assert_eq!(std::fs::read_to_string(damaged).unwrap(), "[]");
    app.stop().await;
}
