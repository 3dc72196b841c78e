//! A test with a real skill whose messages this app sends itself, straight to the gateway of a true sandbox: they are
//! evidence by themselves, with what Amazon answered, and hold no token.

use crate::direct::{advance, delivered};
use crate::gateway::{Amazon, counts, tank};
use crate::world::Home;
use chrono::TimeDelta;
use refill_domain::certification::Case;
use refill_domain::certification::guided::Reply;
use refill_domain::endpoint::SensorKind;
use refill_domain::measure::Unit;
use refill_domain::registration::{Answers, Dossier, DossierSlot};
use refill_engine::api::Api as _;
use refill_engine::view::{CaseState, GuidedForm, GuidedView};

fn form(reply: Reply) -> GuidedForm {
    GuidedForm { reply, note: String::new(), left: String::new(), pasted: String::new() }
}

fn state(guided: &GuidedView, case: Case) -> CaseState {
    guided.verdicts.cases.iter().find(|row| row.case == case).unwrap().state
}

#[tokio::test]
async fn what_the_app_itself_told_amazon_is_evidence() {
    let (amazon, mut home) = (Amazon::new().await, Home::new());
    let slot = tank(&home).await;
    home.engine.set_direct(amazon.form().await).await.unwrap();
    delivered(&mut home, &amazon).await;
    let model = home.engine.new_model("Softener".into()).await.unwrap();
    let salt = DossierSlot {
        identifier: "SLOT 01".into(),
        instance: "salt".into(),
        answers: Answers::leading_to(SensorKind::Level),
        unit: Some(Unit::Percent),
        ..DossierSlot::default()
    };
    let dossier = home.engine.model(model.clone()).await.unwrap().dossier;
    let other =
        Dossier { slots: vec![DossierSlot { instance: "ink".into(), ..salt.clone() }], ..dossier.clone() };
    home.engine.set_model(model.clone(), other).await.unwrap();
    assert_eq!(home.engine.certification(model.clone()).await.unwrap().devices, [], "none of this model");
    home.engine.set_model(model.clone(), Dossier { slots: vec![salt], ..dossier }).await.unwrap();
    let devices = home.engine.certification(model.clone()).await.unwrap().devices;
    assert_eq!(devices.iter().map(|of| of.name.as_str()).collect::<Vec<_>>(), ["Water softener"]);

    advance(&home, &amazon, TimeDelta::minutes(1)).await;
    let device = Some(devices[0].id);
    let begun = home.engine.begin_guided(model.clone(), None, device).await.unwrap().guided.unwrap();
    assert_eq!((begun.heard, begun.device.as_ref()), (0, devices.first()));
    counts(&home, slot, "18").await;
    delivered(&mut home, &amazon).await;
    let mut guided = home.engine.certification(model.clone()).await.unwrap().guided.unwrap();
    assert!(guided.heard > 0);
    while let Some(next) = guided.next {
        let step = &guided.steps[next as usize];
        let given = match step.case {
            Case::Supply => GuidedForm { left: "18".into(), ..form(Reply::Seen) },
            _ if step.wants_messages => form(Reply::CannotSee),
            _ => form(Reply::Seen),
        };
        guided = home.engine.answer_guided(model.clone(), next, given).await.unwrap().guided.unwrap();
    }
    // Sensors and reports are judged by what went out; the answer to Discover is the skill's own.
    for (case, wanted) in [
        (Case::Sensors, CaseState::Passed),
        (Case::Messages, CaseState::Passed),
        (Case::Supply, CaseState::Passed),
        (Case::Discovery, CaseState::Unjudged),
        (Case::Daily, CaseState::Unjudged),
    ] {
        assert_eq!(state(&guided, case), wanted, "{case:?}");
    }
    let messages = home.engine.certification_case(model.clone(), Case::Messages, true).await.unwrap();
    let json = messages.evidence.iter().find_map(|of| of.json.clone()).unwrap();
    assert!(
        json.contains("ChangeReport") && json.contains("token hidden") && !json.contains("Atza|"),
        "{json}"
    );

    // Under Supply stands another figure than Amazon was told.
    let supply = guided.steps.iter().position(|step| step.case == Case::Supply).unwrap();
    let given = GuidedForm { left: "30".into(), ..form(Reply::Seen) };
    let at = u32::try_from(supply).unwrap();
    guided = home.engine.answer_guided(model.clone(), at, given).await.unwrap().guided.unwrap();
    assert_eq!(state(&guided, Case::Supply), CaseState::Failed);
    home.stop().await;
}
