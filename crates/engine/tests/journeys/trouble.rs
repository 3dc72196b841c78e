//! Printers that sleep, hang, turn into something else or are taken away, clocks that are set back, households that are
//! open already: nothing is lost, nothing wrong is recorded, and what happened is said.

use crate::home::{GUARD, Home, assert_refold_agrees};
use crate::log;
use crate::printer::{Manner, Printer, SERIAL, UUID};
use chrono::TimeDelta;
use refill_domain::ids::EndpointId;
use refill_engine::api::Api;
use refill_engine::clock::Clock;
use refill_engine::engine::{Config, Engine};
use refill_engine::error::Code;
use refill_engine::sources::probe::Limits;
use refill_engine::view::{AppState, Connection, Next, Settings, Trouble};
use std::time::Duration;
use tokio::time::timeout;

async fn trouble(engine: &Engine, device: EndpointId) -> Option<Trouble> {
    match engine.device(device).await.unwrap().connection {
        Connection::Network { trouble, answers, .. } => {
            assert_eq!(answers, trouble.is_none());
            trouble
        }
        Connection::ByHand {} => panic!("a printer is on the network"),
    }
}

#[tokio::test]
async fn a_sleeping_printer_keeps_its_level_and_its_silence_is_counted() {
    let mut printer = Printer::new();
    let mut home = Home::new().await;
    let device = home.add_printer(&printer.address()).await;
    let black = home.slot_named("Black ink").await;
    let answered = home.clock.now().timestamp_millis();
    printer.switch_off();

    home.clock.advance(TimeDelta::minutes(30));
    let told = home.until("trouble", async |engine| trouble(engine, device).await).await;
    assert_eq!(told.code, Code::Unreachable);
    assert!(told.detail.contains("switched on"), "{}", told.detail);
    let row = home.row(black).await;
    assert_eq!(
        (row.left.map(|left| left.milli), row.silent_days, row.mark.stale),
        (Some(62_000), None, false)
    );
    assert_eq!(home.engine.supplies().await.unwrap().sync.silent, 1);

    for (days, silent) in [(1, None), (2, Some(2)), (3, Some(3))] {
        home.clock.advance(TimeDelta::days(1));
        let row = home.row(black).await;
        assert_eq!((row.silent_days, row.mark.stale), (silent, silent.is_some()), "day {days}");
        assert_eq!(row.left.map(|left| left.milli), Some(62_000));
    }
    let view = home.engine.device(device).await.unwrap();
    assert!(matches!(view.connection, Connection::Network { last_answer: Some(at), .. } if at == answered));

    // After a restart it is still silent, and asked at once.
    home.restart().await;
    assert_eq!(home.row(black).await.silent_days, Some(3));

    // The look of the start is over before the printer is on again.
    home.engine.read_now(Some(device)).await.expect_err("still off");
    printer.switch_on();
    printer.ink(0, 50);
    home.engine.read_now(Some(device)).await.unwrap();
    let row = home.row(black).await;
    assert_eq!(
        (row.left.map(|left| left.milli), row.silent_days, row.mark.stale),
        (Some(50_000), None, false)
    );
    assert_eq!(trouble(&home.engine, device).await, None);
    assert_eq!(home.engine.supplies().await.unwrap().sync.silent, 0);
    home.end().await;
}

#[tokio::test]
async fn another_printer_at_the_address_is_not_recorded() {
    let printer = Printer::new();
    let mut home = Home::new().await;
    let device = home.add_printer(&printer.address()).await;
    let before = home.rows().await;
    printer.change(|says| {
        says.uuid = "99999999-b800-1f08-abcd-000000000000";
        says.serial = "OTHER00001";
        says.inks[0].2 = 3;
    });
    home.clock.advance(TimeDelta::minutes(30));
    let told = home.until("trouble", async |engine| trouble(engine, device).await).await;
    assert_eq!(told.code, Code::OtherDevice);
    assert_eq!(home.rows().await, before);
    let error = home.engine.move_device(device, printer.address()).await.expect_err("another printer");
    assert_eq!(error.code, Code::OtherDevice);

    // The true one at another address.
    let moved = Printer::new();
    home.engine.move_device(device, moved.address()).await.unwrap();
    assert_eq!(trouble(&home.engine, device).await, None);
    printer.ink(0, 1);
    moved.ink(0, 58);
    home.next_poll().await;
    let black = home.slot_named("Black ink").await;
    assert_eq!(home.row(black).await.left.map(|left| left.milli), Some(58_000));
    home.end().await;
}

#[tokio::test]
async fn odd_answers_are_told_and_nothing_is_recorded() {
    for (manner, code) in [
        (Manner::WebPage, Code::NotAPrinter),
        (Manner::Half, Code::BadAnswer),
        (Manner::Floods, Code::BadAnswer),
    ] {
        let printer = Printer::new();
        let home = Home::new().await;
        let device = home.add_printer(&printer.address()).await;
        let before = home.rows().await;
        printer.change(|says| says.manner = manner);
        home.clock.advance(TimeDelta::minutes(1));
        let error = home.engine.read_now(Some(device)).await.expect_err("told");
        assert_eq!(error.code, code, "{manner:?}");
        assert_eq!(trouble(&home.engine, device).await.map(|trouble| trouble.code), Some(code));
        let error = home.engine.probe(printer.address()).await.expect_err("told");
        assert_eq!((error.code, error.field.as_deref()), (code, Some("address")));
        assert_eq!(home.rows().await, before);
        home.end().await;
    }
}

#[tokio::test]
async fn a_printer_that_hangs_is_given_up_and_holds_nobody_up() {
    let printer = Printer::new();
    let home = Home::new().await;
    let device = home.add_printer(&printer.address()).await;
    timeout(GUARD, home.engine.stop()).await.unwrap();
    let short = Duration::from_millis(200);
    let limits = Limits { total: short, request: short, ..Limits::default() };
    let config = Config { limits, ..Config::new(home.folder.path().to_owned(), home.clock.clone()) };
    let engine = Engine::start(config).unwrap();
    printer.change(|says| says.manner = Manner::Holds);
    let error = timeout(GUARD, engine.read_now(Some(device))).await.unwrap().expect_err("given up");
    assert_eq!(error.code, Code::TimedOut);
    assert_eq!(engine.supplies().await.unwrap().rows.len(), 4);
    assert_eq!(trouble(&engine, device).await.map(|trouble| trouble.code), Some(Code::TimedOut));

    // Stopped while a look is under way: whoever waits is told, and the engine ends.
    let asked = *printer.asked().borrow();
    let stop = async {
        let mut seen = printer.asked();
        timeout(GUARD, seen.wait_for(|now| *now > asked)).await.unwrap().unwrap();
        engine.stop().await;
    };
    let (waiting, ()) =
        timeout(GUARD, async { tokio::join!(engine.read_now(Some(device)), stop) }).await.unwrap();
    waiting.expect_err("told");
    assert_refold_agrees(home.folder.path());
}

#[tokio::test]
async fn a_device_removed_while_it_is_asked_stays_removed() {
    let printer = Printer::new();
    let home = Home::new().await;
    let device = home.add_printer(&printer.address()).await;
    let asked = *printer.asked().borrow();
    printer.change(|says| says.manner = Manner::Holds);
    let remove = async {
        let mut seen = printer.asked();
        timeout(GUARD, seen.wait_for(|now| *now > asked)).await.unwrap().unwrap();
        home.clock.advance(TimeDelta::minutes(1));
        home.engine.remove_device(device).await.unwrap();
        printer.change(|says| {
            says.inks[0].2 = 5;
            says.manner = Manner::Answers;
        });
    };
    let (read, ()) = tokio::join!(home.engine.read_now(Some(device)), remove);
    assert_eq!(read.expect_err("it was removed").code, Code::DeviceUnknown);
    assert!(home.rows().await.is_empty());
    home.engine.restore_device(device).await.unwrap();
    let black = home.slot_named("Black ink").await;
    assert_eq!(home.row(black).await.left.map(|left| left.milli), Some(62_000), "nothing was recorded");
    home.end().await;
}

#[tokio::test]
async fn a_clock_set_back_does_not_stop_the_readings() {
    let printer = Printer::new();
    let mut home = Home::new().await;
    let device = home.add_printer(&printer.address()).await;
    let mut asked = printer.asked();
    home.next_poll().await;
    let before = *asked.borrow();
    home.clock.advance(TimeDelta::days(-400));
    home.rows().await;
    assert_eq!(*asked.borrow(), before, "not asked for being set back");
    home.clock.advance(TimeDelta::minutes(30));
    timeout(GUARD, asked.wait_for(|now| *now > before)).await.expect("asked again").unwrap();
    home.engine.read_now(Some(device)).await.unwrap();
    home.clock.advance(TimeDelta::days(400));
    home.next_poll().await;
    home.end().await;
}

#[tokio::test]
async fn one_household_is_open_once() {
    let mut home = Home::new().await;
    let printer = Printer::new();
    home.add_printer(&printer.address()).await;
    let second = Engine::start(Config::new(home.folder.path().to_owned(), home.clock.clone())).unwrap();
    let AppState::Closed { trouble, path } = second.state().await.unwrap() else {
        panic!("it is open already")
    };
    assert_eq!(trouble.code, Code::DatabaseLocked);
    assert!(path.ends_with("household.db"), "{path}");
    assert_eq!(second.supplies().await.expect_err("closed").code, Code::DatabaseLocked);

    // Another folder can be opened, and is remembered.
    let other = tempfile::tempdir().unwrap();
    let usual = tempfile::tempdir().unwrap();
    second.stop().await;
    let third = Engine::start(Config::new(usual.path().to_owned(), home.clock.clone())).unwrap();
    let error = third.open_household(home.folder.path().display().to_string()).await.expect_err("locked");
    assert_eq!(error.code, Code::DatabaseLocked);
    assert!(matches!(third.state().await.unwrap(), AppState::Ready { .. }), "what was open stays");
    third.open_household(other.path().display().to_string()).await.unwrap();
    third.set_settings(Settings { days_in_hand: 11, ..Settings::default() }).await.unwrap();
    third.stop().await;
    let fourth = Engine::start(Config::new(usual.path().to_owned(), home.clock.clone())).unwrap();
    let AppState::Ready { settings, .. } = fourth.state().await.unwrap() else { panic!("opens") };
    assert_eq!(settings.days_in_hand, 11);
    fourth.stop().await;

    // When the first has closed, whoever waits may try again.
    let fifth = Engine::start(Config::new(home.folder.path().to_owned(), home.clock.clone())).unwrap();
    assert!(matches!(fifth.state().await.unwrap(), AppState::Closed { .. }));
    home.engine.stop().await;
    assert!(matches!(fifth.state().await.unwrap(), AppState::Ready { .. }));
    assert_eq!(fifth.supplies().await.unwrap().rows.len(), 4);
    fifth.stop().await;
    home.restart_only().await;
    home.end().await;
}

#[tokio::test]
async fn a_damaged_household_is_said_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let html = b"<html>Sign in</html>";
    std::fs::write(folder.path().join("household.db"), html).unwrap();
    let home = Home::new().await;
    let engine = Engine::start(Config::new(folder.path().to_owned(), home.clock.clone())).unwrap();
    let AppState::Closed { trouble, .. } = engine.state().await.unwrap() else { panic!("damaged") };
    assert_eq!(trouble.code, Code::DatabaseDamaged);
    // Nothing can be done there, and nothing happens; another one opens.
    assert_eq!(engine.open_sample().await.expect_err("closed").code, Code::DatabaseDamaged);
    assert_eq!(engine.find_printers().await.expect_err("closed").code, Code::DatabaseDamaged);
    let other = tempfile::tempdir().unwrap();
    let state = engine.open_household(other.path().display().to_string()).await.unwrap();
    assert!(matches!(state, AppState::Ready { .. }));
    engine.stop().await;
    assert_eq!(std::fs::read(folder.path().join("household.db")).unwrap(), html);
    home.end().await;
}

#[tokio::test]
async fn a_household_whose_disk_is_away_is_missed_and_comes_back_with_it() {
    let home = Home::new().await;
    let usual = tempfile::tempdir().unwrap();
    let disk = tempfile::tempdir().unwrap();
    let (there, away) = (disk.path().join("refill"), disk.path().join("away"));
    std::fs::create_dir(&there).unwrap();
    let start = || Engine::start(Config::new(usual.path().to_owned(), home.clock.clone())).unwrap();

    let first = start();
    first.open_household(there.display().to_string()).await.unwrap();
    first.set_settings(Settings { days_in_hand: 11, ..Settings::default() }).await.unwrap();
    first.stop().await;
    std::fs::rename(&there, &away).unwrap();

    let second = start();
    let AppState::Closed { trouble, path } = second.state().await.unwrap() else { panic!("it is away") };
    assert_eq!((trouble.code, path.contains("refill")), (Code::FolderMissing, true));
    assert!(trouble.detail.contains(&there.display().to_string()), "{}", trouble.detail);
    assert!(!there.exists(), "no empty household in its place");
    // Trying again after it was plugged in opens it.
    std::fs::rename(&away, &there).unwrap();
    let AppState::Ready { settings, .. } = second.state().await.unwrap() else { panic!("it is back") };
    assert_eq!(settings.days_in_hand, 11);
    second.stop().await;
    std::fs::rename(&there, &away).unwrap();

    // The household of this computer is one request away, and is the one that opens next time.
    let third = start();
    assert!(matches!(third.state().await.unwrap(), AppState::Closed { .. }));
    let AppState::Ready { settings, .. } = third.open_household(String::new()).await.unwrap() else {
        panic!("opens")
    };
    assert_eq!(settings.days_in_hand, Settings::default().days_in_hand);
    third.stop().await;
    let fourth = start();
    assert!(matches!(fourth.state().await.unwrap(), AppState::Ready { .. }));
    fourth.stop().await;
    home.end().await;
}

#[tokio::test]
async fn the_log_names_no_serial_and_no_address() {
    let mut printer = Printer::new();
    let home = Home::new().await;
    let device = home.add_printer(&printer.address()).await;
    let black = home.slot_named("Black ink").await;
    printer.change(|says| says.manner = Manner::WebPage);
    home.engine.read_now(Some(device)).await.expect_err("a web page");
    printer.switch_off();
    home.engine.read_now(Some(device)).await.expect_err("off");
    home.engine.probe(printer.address()).await.expect_err("off");
    assert!(!matches!(home.row(black).await.next, Next::ConfirmRise { .. }));
    // Something is logged, so that the silence means something.
    let second = Engine::start(Config::new(home.folder.path().to_owned(), home.clock.clone())).unwrap();
    second.state().await.unwrap();
    second.stop().await;
    home.end().await;
    let written = log::written();
    assert!(written.contains("could not be opened"), "{written}");
    for secret in [SERIAL, UUID, "127.0.0.1", "localhost", "OTHER00001", "Larkfield"] {
        assert!(!written.contains(secret), "{secret} in the log:\n{written}");
    }
}
