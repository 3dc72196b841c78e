//! The support bundle of a linked household: it tells how everything stands, and nothing of who lives there, wherever that
//! was typed; and what somebody hands in as one changes nothing.

use crate::world::{EMAIL, Home, Maker, bought};
use refill_domain::bundle::{Connection, Household, MessageState, Part, Reach, Route};
use refill_domain::endpoint::{DeviceKind, SensorKind, SupplyKind};
use refill_domain::ids::{EndpointId, EntryId};
use refill_domain::measure::Unit;
use refill_engine::api::Api as _;
use refill_engine::clock::Clock as _;
use refill_engine::error::Code;
use refill_engine::form::{AddDeviceForm, RecordForm, SlotForm, What};

/// What a person typed somewhere; each is searched for in any case.
const TYPED: [&str; 9] = [
    EMAIL,
    "customer one",
    "oma ernas küche",
    "kanarienvogel",
    "Hinterhaus 3",
    "Selbstbau Canaria",
    "Bohnen von Tante Käthe",
    "Feinkost Kanari",
    "Schlüssel unter der Matte",
];

/// Its ASCII letters and digits alone: whatever became of the others, and of what was between.
fn core(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn by_hand(home: &Home) -> AddDeviceForm {
    let slot = SlotForm {
        instance: None,
        name: "Bohnen von Tante Käthe".into(),
        supply: SupplyKind::Food,
        sensor: SensorKind::None,
        unit: Unit::Count,
        capacity: None,
        pack: None,
        low: None,
        level: None,
        shelf: None,
    };
    AddDeviceForm {
        id: EndpointId(home.clock.new_id()),
        name: "Oma Ernas Küche".into(),
        kind: DeviceKind::Other,
        model: Some("Selbstbau Canaria".into()),
        location: Some("Hinterhaus 3".into()),
        address: None,
        slots: vec![slot],
    }
}

#[tokio::test]
async fn it_tells_how_everything_stands_and_nothing_of_who_lives_there() {
    let mut maker = Maker::new().await;
    maker.register("CANARY-SN-4711").await;
    let mut home = Home::new();
    home.link(&maker).await;
    let device: EndpointId = maker.device.parse().unwrap();
    home.engine.rename_device(device, "Kanarienvogel".into()).await.unwrap();
    home.engine.add_device(by_hand(&home)).await.unwrap();
    let capsules = home.slot("Capsules").await.unwrap();
    let id = EntryId(home.clock.new_id());
    let shop = Some("Feinkost Kanari".into());
    let what =
        What::Bought { packs: "2".into(), content: None, asin: None, price: None, currency: None, shop };
    let note = Some("Schlüssel unter der Matte".into());
    home.engine.record(RecordForm { note, what, ..bought(id, capsules, "2") }).await.unwrap();
    home.in_step().await;

    let ready = home.engine.make_bundle().await.unwrap();
    let text = core(&ready.text);
    for typed in TYPED {
        assert!(!text.contains(&core(typed)), "{typed} in {}", ready.text);
    }
    assert!(!text.contains(&core(&home.folder.path().display().to_string())));
    assert_eq!(ready.name, "refill-support-2026-11-21.json");
    let bundle = refill_domain::bundle::read(ready.text.as_bytes()).unwrap();
    let Household::Open(held) = &bundle.household else { panic!("{bundle:?}") };
    let cloud = held.links.cloud.as_ref().unwrap();
    assert_eq!((cloud.connection, cloud.outbox.waiting), (Connection::Listening, 0));
    assert_eq!((held.devices.len(), ready.devices), (2, 2));
    let brew = held.devices.iter().find(|row| row.id == device).unwrap();
    assert_eq!((&brew.reach, brew.slots.len()), (&Reach::Cloud {}, 2));
    let slot = brew.slots.iter().find(|slot| slot.instance.as_str() == "capsules").unwrap();
    assert_eq!((slot.left, slot.at_maker), (Some(100_000), Some(capsules)));
    let sent = bundle.messages.iter().find(|of| of.id.as_str() == id.to_string()).unwrap();
    assert_eq!(
        (sent.route, sent.state, sent.kind.as_str()),
        (Route::Maker, MessageState::Delivered, "purchased")
    );
    // What leaves for the cloud has neither note nor shop, so nothing had to go from it.
    let removed: Vec<Part> = ready.removed.iter().map(|of| of.part).collect();
    for part in [Part::Links, Part::Devices] {
        assert!(removed.contains(&part), "{removed:?}");
    }
    assert_eq!(ready.removed, bundle.removed.to_vec());
    // It is another sign-in that opens it, or none: it is a file.
    let file = home.folder.path().join("from-a-customer.json");
    std::fs::write(&file, &ready.text).unwrap();
    home.engine.choose_import(file.clone());
    assert_eq!(home.engine.open_bundle().await.unwrap(), bundle);
    maker.stop().await;
    home.stop().await;
}

#[tokio::test]
async fn what_is_handed_in_changes_nothing_and_what_is_none_is_refused_in_words() {
    let home = Home::new();
    home.engine.open_sample().await.unwrap();
    let before = home.engine.supplies().await.unwrap();
    let ready = home.engine.make_bundle().await.unwrap();
    let file = home.folder.path().join("handed-in.json");
    for (content, said) in [
        (ready.text.replacen("\"version\": 1", "\"version\": 9", 1), "get the update"),
        (
            ready.text.replacen("\"sample\": true", "\"sample\": true, \"run\": \"rm\"", 1),
            "damaged or changed",
        ),
        ("{\"format\":\"refill-export\",\"version\":1}".to_owned(), "no support file"),
        ("x".repeat(9 * 1024 * 1024), "8 MB"),
    ] {
        std::fs::write(&file, content).unwrap();
        home.engine.choose_import(file.clone());
        let why = home.engine.open_bundle().await.unwrap_err();
        assert_eq!(why.code, Code::BadFile);
        assert!(why.message.contains(said), "{why}");
    }
    std::fs::write(&file, &ready.text).unwrap();
    let bundle = home.engine.open_bundle().await.unwrap();
    assert!(matches!(&bundle.household, Household::Open(held) if held.devices.iter().all(|row| row.sample)));
    assert_eq!(home.engine.supplies().await.unwrap(), before);
    home.stop().await;
}
