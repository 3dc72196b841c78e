//! The support bundle of a household with a printer, of a log that says too much, and of a household that can't be opened.

use crate::home::Home;
use crate::printer::{Printer, SERIAL, UUID};
use refill_domain::bundle::{Connection, Household, LogLevel, Reach};
use refill_engine::api::Api;
use refill_engine::bundle::{Around, gather};
use refill_engine::clock::Clock;
use refill_engine::engine::{Config, Engine};
use refill_engine::household::Household as Books;
use refill_engine::reports::Heard;
use refill_engine::store;

#[tokio::test]
async fn a_printer_is_followed_through_figures_and_log_by_its_aliases() {
    let printer = Printer::new();
    let home = Home::new().await;
    let device = home.add_printer(&printer.address()).await;
    home.engine.rename_device(device, "Annas Drucker".into()).await.unwrap();
    let address = printer.address();
    let log = format!(
        "2026-11-21T10:00:00.000000Z  WARN refill_engine::run: annas drucker at {address} ({SERIAL}) is away\n\
         its id is {UUID}, somebody@else.example has Atza|IQEBLjAsAhRmHjNgHpi0UDme37rR6CuUpSR\n\
         /home/anna/refill can't be read\n"
    );
    let folder = home.engine.folder().to_owned();
    let around = Around {
        folder: folder.clone(),
        names: vec!["anna".into()],
        system: "Debian 12".into(),
        log,
        crash: format!("thread anna at {}/x.rs\n", folder.display()),
        ..Around::default()
    };
    let books = Books::open_to_read(&folder, home.clock.clone()).unwrap();
    let way = (Connection::Unknown, None);
    let bundle = gather(Ok((&books, way, &Heard::Unlinked)), &around, home.clock.now()).unwrap();
    let text = refill_domain::bundle::write(&bundle);
    let lower = text.to_lowercase();
    for canary in ["anna", "127.0.0.1", "somebody", "Atza", SERIAL, UUID, &folder.display().to_string()] {
        assert!(!lower.contains(&canary.to_lowercase()), "{canary} in {text}");
    }
    let Household::Open(held) = &bundle.household else { panic!("{bundle:?}") };
    let Reach::Network { address, serial, uuid, .. } = &held.devices[0].reach else { panic!("{held:?}") };
    let (serial, uuid) = (serial.unwrap(), uuid.unwrap());
    assert_eq!((bundle.log[0].level, bundle.log.len()), (Some(LogLevel::Warn), 3));
    let said = format!("refill_engine::run: {} at {address} ({serial}) is away", held.devices[0].name);
    assert_eq!(bundle.log[0].text.as_str(), said);
    assert_eq!(bundle.log[1].text.as_str(), format!("its id is {uuid}, mail-1 has token-1"));
    assert_eq!(held.devices[0].slots.len(), 4);
    assert_eq!(held.devices[0].slots[0].left, Some(62_000));
    assert_eq!((bundle.versions.schema, bundle.versions.schema_known), (Some(store::SCHEMA), store::SCHEMA));
}

#[tokio::test]
async fn a_household_that_can_t_be_opened_has_one_too() {
    let home = Home::new().await;
    let folder = home.engine.folder().to_owned();
    home.engine.stop().await;
    std::fs::write(folder.join(store::FILE), "no household").unwrap();
    let engine = Engine::start(Config::new(folder, home.clock.clone())).unwrap();
    let ready = engine.make_bundle().await.unwrap();
    assert!(ready.closed);
    let bundle = refill_domain::bundle::read(ready.text.as_bytes()).unwrap();
    let Household::Closed { code, detail } = &bundle.household else { panic!("{bundle:?}") };
    assert_eq!(code.as_str(), "database_damaged");
    assert!(detail.as_str().starts_with("path-"), "{}", detail.as_str());
    engine.stop().await;
}
