//! Dash settings of a true cloud's devices: certified later, opened, and back.

use crate::world::{Home, Maker, model};
use refill_domain::market::Marketplace;
use refill_engine::api::Api as _;
use refill_engine::view::{DashState, Place};
use serde_json::{Value, json};

async fn certify(maker: &Maker, dash: Value) {
    let mut model = model();
    model["dash"] = dash;
    assert!(maker.app().store.put_model(serde_json::from_value(model).unwrap()).await.unwrap());
}

#[tokio::test]
async fn a_device_that_is_certified_later_has_a_link_from_the_next_visit_on() {
    let (mut maker, mut home) = (Maker::new().await, Home::new());
    maker.register("S1").await;
    home.link(&maker).await;
    let settings = |country: &str| {
        let country = country.to_owned();
        refill_engine::view::Settings { amazon_country: country, ..Default::default() }
    };
    home.engine.set_settings(settings("uk")).await.unwrap();
    let state = async |home: &Home| home.engine.dash_devices().await.unwrap()[0].dash.state.clone();
    assert_eq!(state(&home).await, DashState::UnknownModel {});

    certify(&maker, json!({"model": "Brew_1"})).await;
    home.restart().await;
    home.in_step().await;
    assert_eq!(state(&home).await, DashState::NotCertified {});
    certify(&maker, json!({"model": "Brew_1", "marketplaces": ["UK"]})).await;
    home.restart().await;
    home.in_step().await;
    // A cloud on this computer has no address that Amazon could come back to.
    let available = DashState::Available { country: Marketplace::Uk, returns: false };
    assert_eq!(state(&home).await, available);

    let slot = home.slot("Capsules").await.unwrap();
    let device = home.engine.slot(slot, 1).await.unwrap().row.device;
    let opened = home.engine.open_dash(device, Some(slot)).await.unwrap();
    assert_eq!(
        opened.url.as_str(),
        "https://drs-web-eu.amazon.co.uk/drs/partner/page/settings?vendorCode=SAMPL&modelId=Brew_1&settings=true"
    );
    assert!(!opened.returns);
    assert!(home.engine.slot(slot, 1).await.unwrap().dash.visit.is_some());
    let phone = home.engine.dash_for_phone(device).await.unwrap();
    assert!(phone.starts_with("https://alexa.amazon.com/spa/index.html#v2/"), "{phone}");
    home.engine.set_settings(settings("jp")).await.unwrap();
    assert!(matches!(state(&home).await, DashState::CountryNotOffered { .. }));
    let place = home.engine.open_link(format!("refill://slot/{slot}")).await.unwrap();
    assert_eq!(place, Place::Slot { slot });
    home.stop().await;
}
