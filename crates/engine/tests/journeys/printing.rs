//! A printer from the first start on: found by its address, read every half hour, low, replaced, undone, redone, and
//! there after a restart; rises that ask; requests that come twice or together.

use crate::home::{GUARD, Home, replaced};
use crate::printer::Printer;
use chrono::TimeDelta;
use refill_domain::ids::{EntryId, SlotId};
use refill_domain::measure::{Amount, Unit};
use refill_engine::api::Api;
use refill_engine::clock::Clock;
use refill_engine::view::{
    AppState, Connection, Headline, LedgerWhat, Next, RiseAnswer, RowAction, Section, Why,
};
use tokio::time::timeout;

fn percent(level: i64) -> Option<Amount> {
    Some(Amount::whole(level, Unit::Percent))
}

#[tokio::test]
async fn onboarding_to_restart() {
    let printer = Printer::new();
    let mut home = Home::new().await;
    assert!(matches!(home.engine.state().await.unwrap(), AppState::Ready { first_run: true, .. }));
    assert_eq!(home.engine.supplies().await.unwrap().headline, Headline::Empty {});

    // Found by its address, nothing is kept yet.
    let found = home.engine.probe(printer.address()).await.unwrap();
    assert_eq!((found.name.as_str(), found.known, found.supplies.len()), ("Study printer", None, 4));
    assert!(home.rows().await.is_empty());

    let device = home.add_printer(&found.address).await;
    assert!(matches!(home.engine.state().await.unwrap(), AppState::Ready { first_run: false, .. }));
    let rows = home.rows().await;
    let shown: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.left)).collect();
    assert_eq!(
        shown,
        [
            ("Black ink", percent(62)),
            ("Cyan ink", percent(80)),
            ("Magenta ink", percent(71)),
            ("Yellow ink", percent(55))
        ]
    );
    assert!(rows.iter().all(|row| row.section == Section::NotKnown));
    assert_eq!(home.engine.supplies().await.unwrap().headline, Headline::Learning {});
    assert_eq!(home.engine.probe(printer.address()).await.unwrap().known, Some(device));

    // It is asked again every half hour, and not before.
    let black = home.slot_named("Black ink").await;
    let asked = *printer.asked().borrow();
    home.clock.advance(TimeDelta::minutes(29));
    home.rows().await;
    assert_eq!(*printer.asked().borrow(), asked);
    home.clock.advance(TimeDelta::minutes(-29));
    printer.ink(0, 60);
    home.next_poll().await;
    assert_eq!(home.row(black).await.left, percent(60));

    // Three low readings in a row make it low; one above starts again.
    for (level, streak) in [(9, 1), (8, 2), (20, 0), (9, 1), (8, 2)] {
        printer.ink(0, level);
        home.next_poll().await;
        let page = home.page(black).await;
        assert_ne!(page.row.section, Section::NeedsYou, "{level}");
        let counting = match page.why {
            Some(Why::LowCounting { readings, needed: 3, .. }) => readings,
            _ => 0,
        };
        assert_eq!(counting, streak, "at {level}: {:?}", page.why);
    }
    home.next_poll().await;
    let row = home.row(black).await;
    assert_eq!((row.section, row.action), (Section::NeedsYou, Some(RowAction::Bought)));
    assert!(matches!(row.next, Next::OrderBy { now: true, .. }), "{:?}", row.next);
    let supplies = home.engine.supplies().await.unwrap();
    assert_eq!((supplies.headline, supplies.named), (Headline::NeedYou { count: 1 }, vec![black]));

    // Replaced, undone, redone.
    let form = home.form(black, replaced());
    let preview = home.engine.preview(form.clone()).await.unwrap();
    assert_eq!((preview.left_before, preview.left_after), (percent(8), percent(100)));
    let recorded = home.engine.record(form).await.unwrap();
    let after = home.row(black).await;
    assert_eq!((after.left, after.section), (percent(100), Section::NotKnown));
    home.engine.undo(home.new_entry(), recorded.entry).await.unwrap();
    let undone = home.row(black).await;
    assert_eq!((undone.left, undone.section), (percent(8), Section::NeedsYou));
    let line = home.page(black).await.ledger.into_iter().find(|line| line.entry == Some(recorded.entry));
    assert!(line.is_some_and(|line| line.undone && line.own));
    home.engine.undo(home.new_entry(), recorded.entry).await.unwrap();
    assert_eq!(home.row(black).await.left, percent(100));

    // The printer sees the new cartridge and asks nothing.
    printer.ink(0, 100);
    home.next_poll().await;
    assert!(!matches!(home.row(black).await.next, Next::ConfirmRise { .. }));

    let (rows, page) = (home.rows().await, home.page(black).await);
    home.restart().await;
    assert_eq!(home.rows().await, rows);
    assert_eq!(home.page(black).await, page);
    assert!(page.ledger.iter().any(|line| matches!(line.what, LedgerWhat::Replaced { .. }) && !line.undone));

    // And it is read on.
    printer.ink(0, 99);
    home.next_poll().await;
    assert_eq!(home.row(black).await.left, percent(99));
    home.end().await;
}

/// A printer whose black ink stood at 40 for a while, and now says 95.
async fn risen(printer: &Printer, home: &mut Home) -> (SlotId, EntryId) {
    printer.ink(0, 40);
    home.add_printer(&printer.address()).await;
    let black = home.slot_named("Black ink").await;
    for _ in 0..3 {
        home.next_poll().await;
    }
    printer.ink(0, 95);
    home.next_poll().await;
    (black, asked(home, black).await.0)
}

/// The open question and the answer to be preselected.
async fn asked(home: &Home, slot: SlotId) -> (EntryId, Option<RiseAnswer>) {
    let row = home.row(slot).await;
    assert_eq!((row.section, row.action), (Section::NeedsYou, Some(RowAction::AnswerRise)));
    let Next::ConfirmRise { rise } = row.next else { panic!("{:?}", row.next) };
    (rise.entry, rise.last_answer)
}

#[tokio::test]
async fn a_rise_asks_and_every_answer_is_remembered() {
    for answer in [RiseAnswer::New, RiseAnswer::PartlyRefilled, RiseAnswer::Glitch] {
        let printer = Printer::new();
        let mut home = Home::new().await;
        let (black, reading) = risen(&printer, &mut home).await;
        let page = home.page(black).await;
        assert!(page.ledger.iter().any(|line| matches!(&line.what, LedgerWhat::Rise { .. })));

        let id = home.new_entry();
        home.engine.answer_rise(id, black, reading, answer).await.unwrap();
        // A double press is harmless.
        assert_eq!(home.engine.answer_rise(id, black, reading, answer).await.unwrap().entry, id);
        let page = home.page(black).await;
        assert!(!matches!(page.row.next, Next::ConfirmRise { .. }), "{answer:?}");
        let level = match answer {
            RiseAnswer::New => 100,
            RiseAnswer::PartlyRefilled => 95,
            RiseAnswer::Glitch => 40,
        };
        assert_eq!(page.row.left, percent(level), "{answer:?}");
        let replacements =
            page.ledger.iter().filter(|line| matches!(line.what, LedgerWhat::Replaced { .. })).count();
        assert_eq!(replacements, usize::from(answer == RiseAnswer::New));
        home.engine
            .answer_rise(home.new_entry(), black, reading, answer)
            .await
            .expect_err("the question was answered");

        // Undone, it asks again.
        home.engine.undo(home.new_entry(), id).await.unwrap();
        assert_eq!(asked(&home, black).await, (reading, Some(answer)));
        home.engine.undo(home.new_entry(), id).await.unwrap();

        // Asked for the next rise, after a restart too, with the answer of the last time.
        printer.ink(0, 20);
        for _ in 0..3 {
            home.next_poll().await;
        }
        home.restart().await;
        home.clock.advance(TimeDelta::days(8));
        let at = home.clock.now().timestamp_millis();
        home.until("a reading", async |engine| {
            (engine.supplies().await.unwrap().sync.last_reading == Some(at)).then_some(())
        })
        .await;
        printer.ink(0, 90);
        home.next_poll().await;
        assert_eq!(asked(&home, black).await.1, Some(answer));
        home.end().await;
    }
}

#[tokio::test]
async fn the_same_request_twice_counts_once() {
    let printer = Printer::new();
    let home = Home::new().await;
    let address = printer.address();
    home.add_printer(&address).await;
    let black = home.slot_named("Black ink").await;

    let form = home.form(black, crate::home::bought("2"));
    let (one, two) = tokio::join!(home.engine.record(form.clone()), home.engine.record(form.clone()));
    assert_eq!(one.unwrap(), two.unwrap());
    assert_eq!(home.row(black).await.spares, Some(2));

    let id = home.new_entry();
    let (one, two) = tokio::join!(home.engine.undo(id, form.id), home.engine.undo(id, form.id));
    assert_eq!(one.unwrap(), two.unwrap());
    assert_eq!(home.row(black).await.spares, Some(0));
    let id = home.new_entry();
    home.engine.undo(id, form.id).await.unwrap();
    home.engine.undo(id, form.id).await.unwrap();
    assert_eq!(home.row(black).await.spares, Some(2));
    home.end().await;
}

#[tokio::test]
async fn two_askers_at_once_are_one_look_and_both_are_told() {
    let mut printer = Printer::new();
    let home = Home::new().await;
    let device = home.add_printer(&printer.address()).await;
    let asked = *printer.asked().borrow();
    printer.change(|says| says.manner = crate::printer::Manner::Holds);
    let (one, two) = (home.engine.read_now(Some(device)), home.engine.read_now(None));
    let release = async {
        let mut seen = printer.asked();
        timeout(GUARD, seen.wait_for(|now| *now > asked)).await.unwrap().unwrap();
        // While the printer thinks, everything else goes on.
        assert_eq!(home.rows().await.len(), 4);
        let black = home.slot_named("Black ink").await;
        home.record(black, crate::home::bought("1")).await.unwrap();
        printer.change(|says| {
            says.inks[0].2 = 33;
            says.manner = crate::printer::Manner::Answers;
        });
    };
    let (one, two, ()) = tokio::join!(one, two, release);
    one.unwrap();
    two.unwrap();
    assert_eq!(*printer.asked().borrow(), asked + 1);
    let black = home.slot_named("Black ink").await;
    assert_eq!(home.row(black).await.left, percent(33));

    printer.switch_off();
    let (one, two) = tokio::join!(home.engine.read_now(Some(device)), home.engine.read_now(None));
    one.expect_err("the asker for one device is told");
    two.unwrap();
    let Connection::Network { answers, .. } = home.engine.device(device).await.unwrap().connection else {
        panic!("a printer is on the network")
    };
    assert!(!answers);
    home.end().await;
}

#[tokio::test]
async fn polling_that_is_switched_off_stays_off() {
    let printer = Printer::new();
    let mut home = Home::new().await;
    home.add_printer(&printer.address()).await;
    let AppState::Ready { settings, .. } = home.engine.state().await.unwrap() else { panic!() };
    let off = refill_engine::view::Settings { polling: false, ..settings.clone() };
    home.engine.set_settings(off).await.unwrap();
    home.engine.read_now(None).await.unwrap();
    let asked = *printer.asked().borrow();
    home.clock.advance(TimeDelta::days(3));
    for _ in 0..3 {
        home.rows().await;
    }
    assert_eq!(*printer.asked().borrow(), asked, "asked though polling is off");
    home.engine.set_settings(settings).await.unwrap();
    let now = home.clock.now().timestamp_millis();
    home.until("a reading", async |engine| {
        (engine.supplies().await.unwrap().sync.last_reading == Some(now)).then_some(())
    })
    .await;
    home.end().await;
}
