//! Devices that nobody reads: pods that are bought and counted down, filters that are replaced, slips that are amended,
//! days that are entered late.

use crate::home::{Home, bought, by_hand, counted, replaced, typed};
use chrono::{NaiveDate, TimeDelta};
use refill_domain::endpoint::{DeviceKind, SensorKind, SupplyKind};
use refill_domain::measure::{Amount, Unit};
use refill_engine::api::Api;
use refill_engine::form::{RecordForm, SlotForm, SlotPatch, What};
use refill_engine::view::{LedgerWhat, Next, Section, When, Why};

fn when(next: &Next) -> &When {
    match next {
        Next::Runs { when } => when,
        other => panic!("no date in {other:?}"),
    }
}

#[tokio::test]
async fn pods_bought_and_counted_down_give_a_date() {
    let home = Home::new().await;
    let pods = by_hand("Coffee pods", SupplyKind::Pods, Unit::Count, Some("50"));
    let (_, pods) = home.add(DeviceKind::CoffeeMachine, pods).await;
    assert!(matches!(home.row(pods).await.next, Next::NotCounted {}));

    home.record(pods, bought("3")).await.unwrap();
    assert_eq!(home.row(pods).await.left, Some(Amount::whole(150, Unit::Count)));
    assert!(matches!(home.row(pods).await.next, Next::Learning { .. }));
    // Two pods a day, counted every third day.
    for turn in 1..=10 {
        home.clock.advance(TimeDelta::days(3));
        home.record(pods, counted_all(150 - 6 * turn)).await.unwrap();
    }
    let row = home.row(pods).await;
    assert_eq!((row.left, row.section), (Some(Amount::whole(90, Unit::Count)), Section::Later));
    let days = when(&row.next).days;
    assert!((40..=50).contains(&days), "90 pods at two a day last about 45 days, not {days}");

    // Not counted for a while: carried on at the usual pace, and said to be a guess.
    home.clock.advance(TimeDelta::days(10));
    let row = home.row(pods).await;
    assert!(row.estimated);
    let left = row.left.unwrap();
    assert!((70_000..=72_000).contains(&left.milli) && left.milli % 1000 == 0, "whole pods: {left:?}");
    assert!((30..=40).contains(&when(&row.next).days));

    // Bought more: it lasts longer.
    let form = home.form(pods, bought("2"));
    let outcome = home.engine.preview(form.clone()).await.unwrap();
    assert_eq!(outcome.effect, Some(Amount::whole(100, Unit::Count)));
    assert!(outcome.when_after.unwrap().days > outcome.when_before.unwrap().days + 40);
    home.engine.record(form).await.unwrap();
    assert!(when(&home.row(pods).await.next).days > 80);
    home.end().await;
}

/// All of it was counted, in the machine and on the shelf.
fn counted_all(pieces: i64) -> What {
    let zero = Some(typed("0", Unit::Count));
    What::Counted { level: Some(typed(&pieces.to_string(), Unit::Count)), shelf: zero }
}

#[tokio::test]
async fn a_filter_that_nothing_measures_is_forecast_from_its_replacements() {
    let home = Home::new().await;
    let filter = by_hand("Filter", SupplyKind::Filter, Unit::Count, Some("1"));
    let (_, filter) = home.add(DeviceKind::AirPurifier, filter).await;
    // Entered late, and not in their order.
    for days in [10, 100, 40, 70] {
        let form = home.form_of(days, filter, replaced());
        home.engine.record(form).await.unwrap();
    }
    let page = home.page(filter).await;
    let days = when(&page.row.next).days;
    assert!((18..=22).contains(&days), "every thirty days, ten days ago: {days}");
    assert_eq!(page.why, Some(Why::Interval { days: 30, replacements: 4 }));
    assert!(page.row.estimated && page.row.mark.fill.is_some_and(|fill| (0.6..0.7).contains(&fill)));
    assert_eq!(page.ledger.len(), 4);
    assert!(page.ledger.iter().all(|line| !line.timed), "only days are known");
    home.end().await;
}

#[tokio::test]
async fn an_amended_entry_takes_the_place_of_the_first() {
    let home = Home::new().await;
    let detergent = by_hand("Detergent", SupplyKind::Detergent, Unit::Milliliter, Some("1500"));
    let (_, detergent) = home.add(DeviceKind::WashingMachine, detergent).await;
    home.record(detergent, counted("700", Unit::Milliliter)).await.unwrap();
    let first = home.record(detergent, bought("2")).await.unwrap();
    assert_eq!(first.effect, Some(Amount::whole(3000, Unit::Milliliter)));
    let left = async || home.row(detergent).await.left.unwrap().milli / 1000;
    assert_eq!(left().await, 3700);

    let amendment = RecordForm { amends: Some(first.entry), ..home.form(detergent, bought("1")) };
    let outcome = home.engine.preview(amendment.clone()).await.unwrap();
    assert_eq!(outcome.left_after, Some(Amount::whole(2200, Unit::Milliliter)));
    home.engine.record(amendment.clone()).await.unwrap();
    home.engine.record(amendment.clone()).await.unwrap();
    assert_eq!(left().await, 2200);
    let lines = home.page(detergent).await.ledger;
    let undone: Vec<bool> = lines.iter().map(|line| line.undone).collect();
    assert_eq!(undone, [false, true, false]);
    assert!(lines[0].amended && !lines[1].amended);

    // Undone, the first is back; redone, it is gone again.
    home.engine.undo(home.new_entry(), amendment.id).await.unwrap();
    assert_eq!(left().await, 3700);
    home.engine.undo(home.new_entry(), amendment.id).await.unwrap();
    assert_eq!(left().await, 2200);

    // What is not there can't be amended, nor what belongs to another supply.
    let nothing = RecordForm { amends: Some(home.new_entry()), ..home.form(detergent, bought("1")) };
    home.engine.record(nothing).await.expect_err("unknown");
    let softener = by_hand("Softener", SupplyKind::Detergent, Unit::Milliliter, Some("1000"));
    let (_, softener) = home.add(DeviceKind::WashingMachine, softener).await;
    let other = RecordForm { amends: Some(first.entry), ..home.form(softener, bought("1")) };
    home.engine.record(other).await.expect_err("of another supply");
    assert_eq!(left().await, 2200);
    home.end().await;
}

#[tokio::test]
async fn an_entry_of_an_earlier_day_is_put_where_it_belongs() {
    let home = Home::new().await;
    let detergent = by_hand("Detergent", SupplyKind::Detergent, Unit::Milliliter, Some("1500"));
    let (_, detergent) = home.add(DeviceKind::WashingMachine, detergent).await;
    home.engine.record(home.form_of(5, detergent, counted("1000", Unit::Milliliter))).await.unwrap();
    home.record(detergent, counted("600", Unit::Milliliter)).await.unwrap();
    // Bought between the two counts: the second had seen it.
    let late = home.form_of(3, detergent, bought("1"));
    let outcome = home.engine.preview(late.clone()).await.unwrap();
    home.engine.record(late).await.unwrap();
    let page = home.page(detergent).await;
    assert_eq!(page.row.left, outcome.left_after);
    let days: Vec<NaiveDate> = page.ledger.iter().map(|line| line.day.parse().unwrap()).collect();
    assert!(days.is_sorted_by(|a, b| a >= b), "newest first: {days:?}");
    assert!(matches!(page.ledger[1].what, LedgerWhat::Bought { packs: 1, .. }));

    // A replacement before the last count: the count came later and still counts.
    let outcome = home.engine.preview(home.form_of(2, detergent, replaced())).await.unwrap();
    assert_eq!(outcome.left_after, page.row.left);
    home.end().await;
}

#[tokio::test]
async fn what_a_pack_was_is_kept_with_what_was_bought() {
    let home = Home::new().await;
    let detergent = SlotForm {
        pack: Some(typed("1.5", Unit::Liter)),
        ..by_hand("Detergent", SupplyKind::Detergent, Unit::Milliliter, Some("1500"))
    };
    let (_, detergent) = home.add(DeviceKind::WashingMachine, detergent).await;
    home.record(detergent, bought("1")).await.unwrap();
    let patch = SlotPatch { pack: Some(typed("2", Unit::Liter)), ..SlotPatch::default() };
    home.engine.set_slot(detergent, patch).await.unwrap();
    assert_eq!(home.row(detergent).await.left, Some(Amount::whole(1500, Unit::Milliliter)));
    home.record(detergent, bought("1")).await.unwrap();
    assert_eq!(home.row(detergent).await.left, Some(Amount::whole(3500, Unit::Milliliter)));
    let packs = home.page(detergent).await.recent_packs;
    assert_eq!(packs, [Amount::whole(2000, Unit::Milliliter), Amount::whole(1500, Unit::Milliliter)]);
    home.end().await;
}

#[tokio::test]
async fn a_muted_supply_is_heard_again_once_it_is_replaced() {
    let home = Home::new().await;
    let ink = SlotForm {
        level: Some(typed("0", Unit::Percent)),
        sensor: SensorKind::Level,
        ..by_hand("Black", SupplyKind::Ink, Unit::Percent, None)
    };
    let (_, ink) = home.add(DeviceKind::Printer, ink).await;
    assert_eq!(home.row(ink).await.section, Section::NeedsYou);
    let patch = SlotPatch { muted: Some(true), ..SlotPatch::default() };
    home.engine.set_slot(ink, patch).await.unwrap();
    let row = home.row(ink).await;
    assert_eq!((row.section, row.muted), (Section::NotKnown, true));
    home.record(ink, replaced()).await.unwrap();
    home.record(ink, counted("0", Unit::Percent)).await.unwrap();
    let row = home.row(ink).await;
    assert_eq!((row.section, row.muted), (Section::NeedsYou, false));
    home.end().await;
}

#[tokio::test]
async fn every_template_can_be_added_as_it_is_offered() {
    let home = Home::new().await;
    for template in home.engine.templates().await.unwrap() {
        for slot in template.slots {
            let form = SlotForm {
                instance: None,
                name: slot.name.clone(),
                supply: slot.supply,
                sensor: slot.sensor,
                unit: slot.unit,
                capacity: slot.capacity.map(|full| typed(&(full.milli / 1000).to_string(), full.unit)),
                pack: Some(typed(&(slot.pack.milli / 1000).to_string(), slot.pack.unit)),
                low: None,
                level: None,
                shelf: None,
            };
            let (_, id) = home.add(template.kind, form).await;
            let page = home.page(id).await;
            assert_eq!((page.pack, page.capacity), (slot.pack, slot.capacity), "{}", slot.name);
            home.record(id, bought("1")).await.unwrap();
            home.record(id, replaced()).await.unwrap();
            home.page(id).await;
        }
    }
    home.end().await;
}
