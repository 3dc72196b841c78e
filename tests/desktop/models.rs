//! The product person's and the test engineer's place in the built app: a model begun at the keyboard, and one that is
//! complete taken through Amazon's cases on this computer, which is there again after a restart.

use crate::window::{App, ENTER};
use refill_domain::endpoint::SensorKind;
use refill_domain::locale::Locale;
use refill_domain::market::Marketplace;
use refill_domain::measure::Unit;
use refill_domain::registration::{Answers, Dossier, DossierMarket, DossierSlot};
use refill_engine::api::Api as _;
use refill_engine::clock::SystemClock;
use refill_engine::engine::{Config, Engine};
use refill_engine::view::Settings;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const NAME: &str = "Larkfield InkWell 640";

fn slot(identifier: &str, instance: &str) -> DossierSlot {
    DossierSlot {
        identifier: identifier.into(),
        instance: instance.into(),
        answers: Answers::leading_to(SensorKind::Level),
        unit: Some(Unit::Percent),
        names: [(Locale::EnGb, format!("{instance} ink"))].into(),
        asins: [(Marketplace::Uk, vec!["B00ABCDEF1".to_owned()])].into(),
        replenishment: format!("amzn1.id.{instance}"),
        ..DossierSlot::default()
    }
}

/// What a colleague left in this folder: a model with all that a rehearsal needs.
async fn left(data: &Path) {
    let engine = Engine::start(Config::new(data.to_owned(), Arc::new(SystemClock))).unwrap();
    engine.set_settings(Settings { welcomed: true, ..Settings::default() }).await.unwrap();
    let model = engine.new_model(NAME.into()).await.unwrap();
    let dossier = Dossier {
        name: NAME.into(),
        model: "InkWell-640".into(),
        manufacturer: "Larkfield".into(),
        slots: vec![slot("SLOT 01", "black"), slot("SLOT 02", "cyan")],
        marketplaces: [(Marketplace::Uk, DossierMarket::default())].into(),
        ..Dossier::default()
    };
    let saved = engine.set_model(model, dossier).await.unwrap();
    assert!(saved.refused.is_empty(), "{:?}", saved.refused);
    engine.stop().await;
}

async fn opened(home: &Path, pictures: &Path) -> App {
    let app = App::start(home, pictures).await;
    app.sees("Add a device").await;
    app.chord(",").await;
    app.press_button("Open").await;
    app.sees(NAME).await;
    app
}

/// From a new model's name to all eight cases.
pub async fn journey(pictures: PathBuf) {
    let home = tempfile::tempdir().unwrap();
    left(&home.path().join("data")).await;
    let app = opened(home.path(), &pictures).await;
    app.press_button("New model").await;
    app.sees("missing for the new model").await;
    app.fills("Device name", "Espresso E3").await;
    app.key(ENTER).await;
    app.sees("missing for Espresso E3").await;
    app.picture("models-1-new").await;

    app.press(&format!("nav button[title=\"{NAME}\"]")).await;
    app.press("[role=\"tab\"][id$=\"certification\"]").await;
    app.sees("Not rehearsed yet").await;
    app.press_button("Run all").await;
    app.sees("All eight cases pass").await;
    app.picture("models-2-certified").await;
    app.quit().await;

    let app = opened(home.path(), &pictures).await;
    app.sees("Espresso E3").await;
    app.press(&format!("nav button[title=\"{NAME}\"]")).await;
    app.press("[role=\"tab\"][id$=\"certification\"]").await;
    app.sees("All eight cases pass").await;
    app.quit().await;
}
