//! The Slot screen's ledger and chart: runs of readings folded between what people said, undone lines, overshoot, rises;
//! and a picture of every kind of slot that never has more than 2,000 points.

use crate::shelf::{Shelf, bought, counted, detergent, ink, kind, level, replaced, used};
use refill_domain::endpoint::{SensorKind, SupplyKind};
use refill_domain::ids::{EntryId, SlotId};
use refill_domain::ledger::EntryKind;
use refill_domain::measure::Unit;
use refill_engine::chart::{Chart, Range};
use refill_engine::clock::Clock;
use refill_engine::form::ChartForm;
use refill_engine::view::{LedgerLine, LedgerWhat, RiseAnswer, SlotView};

/// A line in short: what, its change and what was left, struck through with `x`.
fn short(line: &LedgerLine) -> String {
    let what = match &line.what {
        LedgerWhat::Uses { count, levels, .. } => {
            format!("{count} {}", if *levels { "levels" } else { "uses" })
        }
        LedgerWhat::Bought { packs, .. } => format!("bought {packs}"),
        LedgerWhat::Replaced { .. } => "replaced".into(),
        LedgerWhat::Counted { .. } => "counted".into(),
        LedgerWhat::Received { .. } => "received".into(),
        LedgerWhat::Rise { .. } => "rise".into(),
        LedgerWhat::Dismissed { level } => format!("dismissed {}", level.milli / 1000),
        LedgerWhat::Overshoot { amount } => format!("over {}", amount.milli / 1000),
    };
    let number = |amount: Option<refill_domain::measure::Amount>| {
        amount.map_or("-".into(), |amount| (amount.milli / 1000).to_string())
    };
    let struck = if line.undone { " x" } else { "" };
    format!("{what} {} {}{struck}", number(line.change), number(line.left))
}

fn lines(page: &SlotView) -> Vec<String> {
    page.ledger.iter().map(short).collect()
}

fn undo(shelf: &mut Shelf, entry: EntryId) -> EntryId {
    let id = EntryId(shelf.clock.new_id());
    shelf.household.undo(id, entry).unwrap();
    id
}

#[test]
fn runs_are_folded_between_what_people_said() {
    let mut shelf = Shelf::new();
    let slot = shelf.add("Detergent", detergent());
    let ml = Unit::Milliliter;
    let said = shelf.say(
        slot,
        [
            (100, counted(1000, ml)),
            (90, used(100, ml)),
            (80, used(100, ml)),
            (70, used(100, ml)),
            (60, bought(1)),
            (50, used(100, ml)),
            (40, used(50, ml)),
        ],
    );
    let all = ["2 uses -150 2050", "bought 1 1500 2200", "3 uses -300 700", "counted - 1000"];
    assert_eq!(lines(&shelf.page(slot)), all);

    // Undone, it stays where it was, and the run is one.
    undo(&mut shelf, said[4]);
    assert_eq!(lines(&shelf.page(slot)), ["5 uses -450 550", "bought 1 - - x", "counted - 1000"]);
    undo(&mut shelf, said[4]);
    assert_eq!(lines(&shelf.page(slot)), all);

    // A page shows so many entries and says that there are more.
    let page = shelf.household.slot_page(slot, 1).unwrap();
    assert_eq!((lines(&page), page.more), (vec![all[0].to_owned(), all[1].to_owned()], true));
    assert!(!shelf.page(slot).more);

    // The members of a run, newest first.
    let run = &shelf.page(slot).ledger[2];
    let LedgerWhat::Uses { first_at, .. } = run.what else { panic!("{run:?}") };
    let members = shelf.household.run_members(slot, first_at, run.at).unwrap();
    assert_eq!(members.iter().map(short).collect::<Vec<_>>(), ["1 uses -100 -"; 3]);
    assert_eq!(members[0].at, shelf.ago(70).timestamp_millis());
}

#[test]
fn what_was_used_beyond_what_there_was_is_said() {
    let mut shelf = Shelf::new();
    let slot = shelf.add("Detergent", detergent());
    let ml = Unit::Milliliter;
    shelf.say(slot, [(50, counted(100, ml)), (40, used(80, ml)), (30, used(70, ml)), (20, bought(1))]);
    shelf.say(slot, [(10, used(100, ml))]);
    let page = shelf.page(slot);
    assert_eq!(
        lines(&page),
        ["1 uses -100 1400", "bought 1 1500 1500", "2 uses -100 0", "over 50 - -", "counted - 100"]
    );
    assert_eq!(page.overshoot.map(|over| over.milli), Some(50_000));
}

#[test]
fn levels_fold_into_runs_and_a_rise_is_a_line() {
    let mut shelf = Shelf::new();
    let slot = shelf.add("Ink", ink());
    shelf.say(slot, [(100, level(60)), (70, level(55)), (60, replaced()), (50, level(99)), (40, level(97))]);
    assert_eq!(lines(&shelf.page(slot)), ["2 levels -3 97", "replaced 45 100", "2 levels - 55"]);
    let members = {
        let page = shelf.page(slot);
        shelf.household.run_members(slot, shelf.ago(50).timestamp_millis(), page.ledger[0].at).unwrap()
    };
    assert_eq!(members.iter().map(short).collect::<Vec<_>>(), ["1 levels -2 97", "1 levels - 99"]);

    shelf.say(slot, [(39, level(50)), (38, level(50)), (10, level(80))]);
    let page = shelf.page(slot);
    let rise = page.ledger.iter().find(|line| matches!(line.what, LedgerWhat::Rise { .. })).unwrap();
    assert_eq!(short(rise), "rise 30 80");
    // A glitch leaves the runs and the members.
    let id = EntryId(shelf.clock.new_id());
    shelf.household.answer_rise(id, slot, rise.entry.unwrap(), RiseAnswer::Glitch).unwrap();
    let dismissed = ["dismissed 80 - -", "4 levels -50 50", "replaced 45 100", "2 levels - 55"];
    assert_eq!(lines(&shelf.page(slot)), dismissed);
    let now = shelf.ago(0).timestamp_millis();
    assert_eq!(shelf.household.run_members(slot, 0, now).unwrap().len(), 6);
}

#[test]
fn a_page_of_a_supply_replaced_as_a_whole_names_no_content() {
    let mut shelf = Shelf::new();
    let slot = shelf.add("Ink", ink());
    let form = refill_engine::form::RecordForm {
        id: EntryId(shelf.clock.new_id()),
        slot,
        on: None,
        note: Some("blue box".into()),
        amends: None,
        what: crate::home::bought("2"),
    };
    shelf.household.record(&form).unwrap();
    let page = shelf.page(slot);
    let LedgerWhat::Bought { packs: 2, content: None, .. } = page.ledger[0].what else {
        panic!("{:?}", page.ledger[0])
    };
    assert_eq!((page.ledger[0].note.as_deref(), page.ledger[0].own), (Some("blue box"), true));
    assert_eq!((page.row.spares, page.shelf.milli), (Some(2), 2000));
}

fn chart(shelf: &Shelf, slot: SlotId, range: Range) -> Chart {
    let form = ChartForm { slot, range, width: 900.0, height: 286.0, scale: 1.0 };
    let chart = shelf.household.chart(&form).unwrap();
    resvg::usvg::roxmltree::Document::parse(&chart.svg).unwrap();
    assert!(chart.points.len() <= 2000, "{} points", chart.points.len());
    assert!(chart.points.is_sorted_by(|a, b| a.at <= b.at));
    chart
}

#[test]
fn every_kind_of_slot_has_a_picture() {
    for (form, said) in [
        (ink(), vec![(300, level(70)), (200, level(60)), (100, replaced()), (90, level(99))]),
        (
            detergent(),
            vec![(300, counted(900, Unit::Milliliter)), (200, used(50, Unit::Milliliter)), (100, bought(1))],
        ),
        (
            kind(SensorKind::LevelUsage, SupplyKind::Filter, Unit::Hour, Some("150")),
            vec![(300, counted(100, Unit::Hour)), (200, used(3, Unit::Hour)), (100, used(4, Unit::Hour))],
        ),
        (
            kind(SensorKind::None, SupplyKind::Pods, Unit::Count, Some("50")),
            vec![(300, bought(1)), (200, counted(40, Unit::Count)), (100, counted(30, Unit::Count))],
        ),
        (
            kind(SensorKind::None, SupplyKind::Filter, Unit::Count, Some("1")),
            vec![(900, replaced()), (200, replaced())],
        ),
        (ink(), Vec::new()),
    ] {
        let mut shelf = Shelf::new();
        let empty = said.is_empty();
        let slot = shelf.add("Supply", form);
        shelf.say(slot, said);
        for range in [Range::Month, Range::ThreeMonths, Range::Year] {
            let chart = chart(&shelf, slot, range);
            assert_eq!(chart.points.is_empty(), empty, "{range:?}");
        }
        let form = ChartForm { slot, range: Range::Month, width: f64::NAN, height: -1.0, scale: 1e9 };
        let svg = shelf.household.chart_svg(&form).unwrap();
        resvg::usvg::roxmltree::Document::parse(&svg).unwrap();
    }
}

#[test]
fn a_voided_reading_is_not_drawn() {
    let mut shelf = Shelf::new();
    let slot = shelf.add("Ink", ink());
    let said = shelf.say(slot, [(300, level(50)), (200, level(5)), (100, level(49))]);
    let drawn = |shelf: &Shelf| {
        let at = shelf.ago(200).timestamp_millis();
        chart(shelf, slot, Range::Month).points.iter().any(|point| point.at == at)
    };
    assert!(drawn(&shelf));
    shelf.say(slot, [(0, EntryKind::Voided { entry: said[1] })]);
    assert!(!drawn(&shelf));
}

#[test]
fn a_year_of_readings_every_half_hour_is_a_picture_of_few_points() {
    let mut shelf = Shelf::new();
    let slot = shelf.add("Ink", ink());
    let form = shelf.household.watched(slot).unwrap().row.slot.clone();
    let readings = (0..17_520i64).map(|n| refill_domain::ledger::Entry {
        id: EntryId(shelf.clock.new_id()),
        slot: form.id,
        observed_at: shelf.ago(0) - chrono::TimeDelta::minutes(30 * (17_520 - n)),
        recorded_at: shelf.ago(0),
        source: refill_domain::ledger::Source::Device,
        about: None,
        note: None,
        kind: level(100 - n % 2000 / 20),
    });
    let readings: Vec<_> = readings.collect();
    shelf.household.append(readings).unwrap();
    let chart = chart(&shelf, slot, Range::Year);
    assert!(chart.points.len() > 100);
    let vertices = chart.svg.matches(['L', 'H', 'V', 'M']).count();
    assert!(vertices < 6000, "{vertices} vertices");
    let page = shelf.page(slot);
    let runs = page.ledger.iter().filter(|line| matches!(line.what, LedgerWhat::Uses { .. }));
    assert_eq!(runs.map(short).collect::<Vec<_>>(), ["17520 levels - 25"]);
}
