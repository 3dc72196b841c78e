//! A dossier between the desk and the maker's cloud: it goes there and back for an administrator alone, what both changed is
//! shown and chosen, and what the cloud refuses loses nothing.

use crate::desk::{ADA, TOM, maker, sign_in_as};
use crate::world::Home;
use refill_domain::measure::Unit;
use refill_domain::registration::{Answers, Dossier, DossierSlot};
use refill_engine::api::Api as _;
use refill_engine::error::Code;
use refill_engine::view::{AtCloud, ExchangeForm, ExchangeKeep, ExchangeStanding, Exchanged};

const AT: &str = "BREW-1";

async fn at_cloud(home: &Home, model: &str) -> AtCloud {
    home.engine.model_at_cloud(model.to_owned(), AT.into()).await.unwrap()
}

async fn exchange(home: &Home, model: &str, keep: ExchangeKeep, seen: &AtCloud) -> Exchanged {
    let form = ExchangeForm { model: model.to_owned(), at: AT.into(), keep, seen: seen.seen.clone() };
    home.engine.exchange_model(form).await.unwrap()
}

async fn edit(home: &Home, model: &str, edit: impl FnOnce(&mut Dossier)) {
    let mut dossier = home.engine.model(model.to_owned()).await.unwrap().dossier;
    edit(&mut dossier);
    assert_eq!(home.engine.set_model(model.to_owned(), dossier).await.unwrap().refused, []);
}

/// A model here with the slot that the catalogue has.
async fn begun(home: &Home) -> String {
    let model = home.engine.new_model("Brew".into()).await.unwrap();
    edit(home, &model, |dossier| {
        dossier.slots = vec![DossierSlot {
            identifier: "SLOT 01".into(),
            instance: "filter".into(),
            answers: Answers { left: Some(true), ..Answers::default() },
            unit: Some(Unit::Percent),
            ..DossierSlot::default()
        }];
    })
    .await;
    model
}

#[tokio::test]
async fn what_one_side_changed_goes_over_and_what_both_did_is_chosen() {
    let maker = maker().await;
    let (one, other, mut factor) = (Home::new(), Home::new(), None);
    sign_in_as(&one, &maker, ADA, &mut factor).await;
    let listed = one.engine.cloud_models().await.unwrap();
    assert_eq!((listed[0].id.as_str(), listed[0].name.as_str()), (AT, "Brew"));
    let model = begun(&one).await;
    let seen = at_cloud(&one, &model).await;
    assert_eq!((seen.standing, seen.differs.len()), (ExchangeStanding::Absent, 0));
    let Exchanged::Done { now, .. } = exchange(&one, &model, ExchangeKeep::Mine, &seen).await else {
        panic!()
    };
    assert_eq!(now.standing, ExchangeStanding::Same);

    // Another administrator's computer takes it, changes it, and gives it back.
    maker.clock.advance(chrono::TimeDelta::minutes(2));
    sign_in_as(&other, &maker, ADA, &mut factor).await;
    let there = other.engine.new_model(String::new()).await.unwrap();
    let seen = at_cloud(&other, &there).await;
    assert_eq!(seen.standing, ExchangeStanding::Both, "nobody knows what they had in common");
    let Exchanged::Done { view, .. } = exchange(&other, &there, ExchangeKeep::Theirs, &seen).await else {
        panic!()
    };
    assert_eq!(view.dossier, one.engine.model(model.clone()).await.unwrap().dossier);
    let before = other.folder.path().join("models").join(&there).join("dossier.before.json");
    assert!(before.exists(), "what gave way is kept");
    edit(&other, &there, |dossier| dossier.manufacturer = "Larkfield".into()).await;
    let seen = at_cloud(&other, &there).await;
    assert_eq!((seen.standing, seen.differs[0].field.as_str()), (ExchangeStanding::Mine, "manufacturer"));
    let stale = at_cloud(&one, &model).await;
    assert!(matches!(exchange(&other, &there, ExchangeKeep::Mine, &seen).await, Exchanged::Done { .. }));

    // Only theirs changed; and after an edit here, both did.
    assert_eq!(at_cloud(&one, &model).await.standing, ExchangeStanding::Theirs);
    edit(&one, &model, |dossier| dossier.manufacturer = "Meadow".into()).await;
    // What was looked at is not there any more: nothing is written over.
    let Exchanged::Changed { now } = exchange(&one, &model, ExchangeKeep::Mine, &stale).await else {
        panic!()
    };
    assert_eq!(now.standing, ExchangeStanding::Both);
    let told = &now.differs[0];
    let said = (told.field.as_str(), told.mine.as_deref(), told.theirs.as_deref());
    assert_eq!(said, ("manufacturer", Some("Meadow"), Some("Larkfield")));
    let Exchanged::Done { view, now } = exchange(&one, &model, ExchangeKeep::Mine, &now).await else {
        panic!()
    };
    assert_eq!((view.dossier.manufacturer.as_str(), now.standing), ("Meadow", ExchangeStanding::Same));
    for home in [one, other] {
        home.stop().await;
    }
}

#[tokio::test]
async fn of_two_administrators_who_save_at_once_one_is_asked_again() {
    let maker = maker().await;
    let (one, other, mut factor) = (Home::new(), Home::new(), None);
    sign_in_as(&one, &maker, ADA, &mut factor).await;
    maker.clock.advance(chrono::TimeDelta::minutes(2));
    sign_in_as(&other, &maker, ADA, &mut factor).await;
    let (here, there) = (begun(&one).await, begun(&other).await);
    for round in 0..5 {
        edit(&one, &here, |dossier| dossier.manufacturer = format!("Larkfield {round}")).await;
        edit(&other, &there, |dossier| dossier.manufacturer = format!("Meadow {round}")).await;
        let (seen_here, seen_there) = (at_cloud(&one, &here).await, at_cloud(&other, &there).await);
        let (ours, theirs) = tokio::join!(
            exchange(&one, &here, ExchangeKeep::Mine, &seen_here),
            exchange(&other, &there, ExchangeKeep::Mine, &seen_there)
        );
        let (winner, asked) = match (&ours, &theirs) {
            (Exchanged::Done { .. }, Exchanged::Changed { now }) => ("Larkfield", now),
            (Exchanged::Changed { now }, Exchanged::Done { .. }) => ("Meadow", now),
            both => panic!("round {round}: {both:?}"),
        };
        let told = asked.differs.iter().find(|told| told.field == "manufacturer").unwrap();
        assert_eq!(told.theirs, Some(format!("{winner} {round}")));
    }
    for home in [one, other] {
        home.stop().await;
    }
}

#[tokio::test]
async fn a_refusal_loses_nothing_and_staff_may_not() {
    let maker = maker().await;
    let (home, staff, mut ada, mut tom) = (Home::new(), Home::new(), None, None);
    let nobody = home.engine.cloud_models().await.unwrap_err();
    assert_eq!(nobody.code, Code::Refused);
    sign_in_as(&home, &maker, ADA, &mut ada).await;
    let model = begun(&home).await;
    // The catalogue has no such slot.
    edit(&home, &model, |dossier| dossier.slots[0].instance = "lid".into()).await;
    let before = home.engine.model(model.clone()).await.unwrap().dossier;
    let seen = at_cloud(&home, &model).await;
    let Exchanged::Refused { why } = exchange(&home, &model, ExchangeKeep::Mine, &seen).await else {
        panic!()
    };
    assert!(why.contains("no slot of this instance"), "{why}");
    assert_eq!(home.engine.model(model.clone()).await.unwrap().dossier, before);
    assert_eq!(at_cloud(&home, &model).await.standing, ExchangeStanding::Absent);

    // With an ID assigned most of it stands: that is said before anything is sent.
    edit(&home, &model, |dossier| {
        dossier.slots[0].instance = "filter".into();
        dossier.slots[0].replenishment = "0123456789abcdef0123456789abcdef".into();
    })
    .await;
    let sent = exchange(&home, &model, ExchangeKeep::Mine, &seen).await;
    assert!(matches!(sent, Exchanged::Done { .. }), "{sent:?}");
    let second = begun(&home).await;
    edit(&home, &second, |dossier| dossier.name = "Another".into()).await;
    let seen = at_cloud(&home, &second).await;
    assert!(seen.refused.iter().any(|of| of.field == "name"), "{seen:?}");
    let refused = exchange(&home, &second, ExchangeKeep::Mine, &seen).await;
    assert!(matches!(refused, Exchanged::Refused { .. }), "{refused:?}");
    for bad in ["../me", "", "a/b", "a?b"] {
        let why = home.engine.model_at_cloud(second.clone(), bad.into()).await.unwrap_err();
        assert_eq!((why.code, why.field.as_deref()), (Code::BadField, Some("at")), "{bad}");
    }
    maker.clock.advance(chrono::TimeDelta::minutes(2));
    sign_in_as(&staff, &maker, TOM, &mut tom).await;
    let model = begun(&staff).await;
    let why = staff.engine.model_at_cloud(model, AT.into()).await.unwrap_err();
    assert_eq!(why.code, Code::Refused);
    for home in [home, staff] {
        home.stop().await;
    }
}
