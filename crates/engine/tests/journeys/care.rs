//! How supplies are watched and corrected: the order rule, quiet, one shelf for several devices, the stocktake with its
//! one undo, rises that are answered later, and the three figures with what makes their differences.

use crate::home::typed;
use crate::shelf::{Shelf, bought, counted, detergent, ink, kind, level, replaced, used};
use refill_domain::endpoint::{SensorKind, SupplyKind};
use refill_domain::ids::{EntryId, SlotId};
use refill_domain::ledger::EntryKind;
use refill_domain::measure::{Amount, Unit};
use refill_domain::reconcile::{Cause, Figure};
use refill_domain::replenish::Rule;
use refill_engine::clock::Clock;
use refill_engine::error::Code;
use refill_engine::form::{CountForm, QuietForm, RecordForm, StocktakeForm, What};
use refill_engine::reconciled::Reported;
use refill_engine::view::{
    AmazonSays, DeviceSays, DifferenceView, LedgerWhat, Next, RiseAnswer, Section, SupplyRow,
};

fn pods() -> refill_engine::form::SlotForm {
    kind(SensorKind::Usage, SupplyKind::Pods, Unit::Count, Some("40"))
}

fn new_id(shelf: &Shelf) -> EntryId {
    EntryId(shelf.clock.new_id())
}

fn asks(row: &SupplyRow) -> bool {
    row.section == Section::NeedsYou
}

/// A cartridge that is low: three readings at 9 %.
fn low_ink(shelf: &mut Shelf, name: &str) -> SlotId {
    let slot = shelf.add(name, ink());
    shelf.say(slot, [(30, level(9)), (20, level(9)), (10, level(9))]);
    slot
}

fn whole(amount: Amount) -> i64 {
    amount.milli / 1000
}

/// The steps of a difference in short; they sum to it, always.
fn steps(difference: Option<&DifferenceView>) -> Vec<(Cause, i64)> {
    let Some(difference) = difference else { return Vec::new() };
    let sum: i64 = difference.steps.iter().map(|step| step.change.milli).sum();
    assert_eq!(sum, difference.amount.milli, "{difference:?}");
    difference.steps.iter().map(|step| (step.cause, whole(step.change))).collect()
}

#[test]
fn each_supply_asks_by_its_own_rule() {
    let mut shelf = Shelf::new();
    let slot = shelf.add("Pods", pods());
    shelf.steady(slot, 60, 2, 26);
    let by = |shelf: &Shelf| shelf.page(slot).policy.order_by.unwrap();
    assert!(!asks(&shelf.presented(slot).row), "thirteen days");
    let normal = by(&shelf);
    shelf.household.set_rule(slot, Rule::Careful, Some(12)).unwrap();
    assert!(asks(&shelf.presented(slot).row), "a delivery of twelve days and two are too late");
    let policy = shelf.page(slot).policy;
    assert_eq!(
        (policy.rule, policy.risk, policy.delivery_days, policy.delivery_own),
        (Rule::Careful, Some(5), 12, true)
    );
    assert!(by(&shelf) < normal);
    shelf.household.set_rule(slot, Rule::Amazon, None).unwrap();
    let policy = shelf.page(slot).policy;
    assert_eq!((policy.risk, policy.delivery_days, policy.delivery_own), (None, 5, false));
    assert_eq!(policy.order_by.as_deref(), Some("2026-11-27"), "13 days less 7");
    let error = shelf.household.set_rule(slot, Rule::Normal, Some(91)).unwrap_err();
    assert_eq!((error.code, error.field.as_deref()), (Code::BadField, Some("delivery_days")));
}

#[test]
fn quiet_until_a_day_until_replaced_or_for_good() {
    let mut shelf = Shelf::new();
    let slot = low_ink(&mut shelf, "Ink");
    let day = |text: &str| QuietForm::Until { day: text.parse().unwrap() };
    let quiet = |shelf: &mut Shelf, form| shelf.household.set_quiet(slot, &form);
    assert!(asks(&shelf.presented(slot).row));
    for bad in ["2026-11-21", "2026-11-20", "2028-01-01"] {
        assert_eq!(quiet(&mut shelf, day(bad)).unwrap_err().code, Code::BadDate, "{bad}");
    }
    quiet(&mut shelf, day("2026-11-23")).unwrap();
    let row = shelf.presented(slot).row;
    assert_eq!((asks(&row), row.snoozed_until.as_deref(), row.muted), (false, Some("2026-11-23"), false));
    shelf.clock.advance(chrono::TimeDelta::hours(37));
    assert!(!asks(&shelf.presented(slot).row), "Sunday, 23:00");
    shelf.clock.advance(chrono::TimeDelta::hours(1));
    let row = shelf.presented(slot).row;
    assert_eq!((asks(&row), row.snoozed_until), (true, None), "its day has come");

    quiet(&mut shelf, QuietForm::UntilReplaced {}).unwrap();
    assert!(!asks(&shelf.presented(slot).row) && shelf.presented(slot).row.muted);
    let record = |shelf: &Shelf| RecordForm {
        id: new_id(shelf),
        slot,
        on: None,
        note: None,
        amends: None,
        what: What::Replaced { from_shelf: false },
    };
    let form = record(&shelf);
    shelf.household.record(&form).unwrap();
    assert!(!shelf.presented(slot).row.muted, "a new one is heard again");

    quiet(&mut shelf, QuietForm::Always {}).unwrap();
    let form = record(&shelf);
    shelf.household.record(&form).unwrap();
    shelf.household.reload().unwrap();
    let row = shelf.presented(slot).row;
    assert!(row.muted && row.muted_always, "for good is for good, and on disk");
    quiet(&mut shelf, QuietForm::Heard {}).unwrap();
    assert!(!shelf.presented(slot).row.muted);
}

#[test]
fn one_shelf_for_two_printers() {
    let mut shelf = Shelf::new();
    let (study, hall) = (low_ink(&mut shelf, "Study"), low_ink(&mut shelf, "Hall"));
    shelf.say(study, [(5, bought(1))]);
    assert!(asks(&shelf.presented(hall).row) && !asks(&shelf.presented(study).row));
    let mates = shelf.page(hall).shelf_candidates;
    assert_eq!(mates.iter().map(|mate| mate.slot).collect::<Vec<_>>(), [study]);
    shelf.household.share_shelf(hall, Some(study)).unwrap();
    let spares = |shelf: &Shelf| [study, hall].map(|slot| shelf.presented(slot).row.spares.unwrap());
    assert_eq!(spares(&shelf), [1, 1], "one shelf");
    let asking =
        |shelf: &Shelf| [study, hall].iter().filter(|slot| asks(&shelf.presented(**slot).row)).count();
    assert_eq!(asking(&shelf), 1, "one spare is promised once");
    assert_eq!(shelf.presented(hall).row.shared_with, ["Device"], "another device");

    // The preview knows the shelf, and what was bought for one is there for both.
    let mut form = RecordForm {
        id: new_id(&shelf),
        slot: hall,
        on: None,
        note: None,
        amends: None,
        what: What::Replaced { from_shelf: true },
    };
    assert_eq!(shelf.household.preview(&form).unwrap().spares_after, Some(0));
    shelf.household.record(&form).unwrap();
    assert_eq!(spares(&shelf), [0, 0]);
    let taken = form.id;
    form.id = new_id(&shelf);
    shelf.household.undo(form.id, taken).unwrap();
    assert_eq!(spares(&shelf), [1, 1], "undo puts it back");
    shelf.say(hall, [(0, bought(1))]);
    assert_eq!((spares(&shelf), asking(&shelf)), ([2, 2], 0));
    shelf.household.reload().unwrap();
    assert_eq!(spares(&shelf), [2, 2], "on disk, too");
    shelf.household.share_shelf(hall, None).unwrap();
    assert_eq!(
        (spares(&shelf), shelf.page(study).shelf_mates.len()),
        ([1, 1], 0),
        "what was recorded for each"
    );
}

#[test]
fn what_is_not_counted_alike_does_not_share() {
    let mut shelf = Shelf::new();
    let (cartridge, poured) = (shelf.add("Ink", ink()), shelf.add("Detergent", detergent()));
    for with in [poured, cartridge] {
        let error = shelf.household.share_shelf(cartridge, Some(with)).unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), (Code::BadField, Some("with")));
    }
    assert!(shelf.page(cartridge).shelf_candidates.is_empty());
}

#[test]
fn two_machines_run_out_of_one_pool_together() {
    let mut shelf = Shelf::new();
    let (kitchen, office) = (shelf.add("Kitchen pods", pods()), shelf.add("Office pods", pods()));
    shelf.steady(kitchen, 40, 1, 0);
    shelf.steady(office, 40, 1, 0);
    shelf.say(kitchen, [(0, bought(1))]);
    shelf.household.share_shelf(office, Some(kitchen)).unwrap();
    let (one, two) = (shelf.presented(kitchen), shelf.presented(office));
    assert_eq!((one.row.left.map(whole), two.row.left.map(whole)), (Some(40), Some(40)));
    let days = [one, two].map(|p| p.when.unwrap().days);
    assert_eq!(days[0], days[1]);
    assert!((19..=21).contains(&days[0]), "forty at two a day: {}", days[0]);
    shelf.say(office, [(0, used(10, Unit::Count))]);
    assert_eq!(
        shelf.presented(kitchen).row.left.map(whole),
        Some(30),
        "what the other uses is gone for both"
    );
}

fn count(slot: SlotId, level: Option<&str>, shelf: Option<&str>, unit: Unit) -> CountForm {
    CountForm {
        slot,
        level: level.map(|text| typed(text, unit)),
        shelf: shelf.map(|text| typed(text, Unit::Count)),
    }
}

#[test]
fn a_stocktake_is_one_step_and_one_undo() {
    let mut shelf = Shelf::new();
    let (black, cyan, pods) =
        (shelf.add("Black", ink()), shelf.add("Cyan", ink()), shelf.add("Pods", pods()));
    shelf.say(black, [(40, level(50)), (30, bought(3))]);
    let before = shelf.household.supplies();
    let lines = shelf.household.stocktake().lines;
    assert_eq!(lines.iter().map(|line| line.row.slot).collect::<Vec<_>>(), [black, cyan, pods]);
    assert_eq!((lines[0].level.map(whole), whole(lines[0].shelf)), (Some(50), 3));

    let mut form = StocktakeForm {
        id: new_id(&shelf),
        on: None,
        note: Some("Saturday".into()),
        lines: vec![
            count(black, Some("46"), Some("2"), Unit::Percent),
            count(cyan, Some("many"), None, Unit::Percent),
            count(pods, None, None, Unit::Count),
        ],
    };
    let error = shelf.household.take_stock(&form).unwrap_err();
    assert_eq!((error.code, error.field.as_deref()), (Code::BadAmount, Some("lines.1.level")));
    assert_eq!(shelf.household.supplies(), before, "all or nothing");
    form.lines[1] = count(black, None, Some("1"), Unit::Percent);
    assert_eq!(shelf.household.take_stock(&form).unwrap_err().field.as_deref(), Some("lines.1"), "twice");
    form.lines[1] = count(cyan, None, Some("1.5"), Unit::Percent);
    form.lines[1].shelf = Some(typed("-1", Unit::Count));
    assert_eq!(shelf.household.take_stock(&form).unwrap_err().field.as_deref(), Some("lines.1.shelf"));
    let nothing = StocktakeForm { lines: vec![], ..form.clone() };
    assert_eq!(shelf.household.take_stock(&nothing).unwrap_err().code, Code::BadAmount);
    assert_eq!(shelf.household.supplies(), before);

    form.lines[1] = count(cyan, None, Some("1"), Unit::Percent);
    assert_eq!(shelf.household.take_stock(&form).unwrap().count, 2);
    assert_eq!(shelf.household.take_stock(&form).unwrap().count, 2, "the same form twice is one stocktake");
    let figures = |shelf: &Shelf| {
        [black, cyan].map(|slot| {
            let row = shelf.presented(slot).row;
            (row.left.map(whole), row.spares)
        })
    };
    assert_eq!(figures(&shelf), [(Some(46), Some(2)), (None, Some(1))]);
    let line =
        shelf.page(black).ledger.into_iter().find(|line| matches!(line.what, LedgerWhat::Counted { .. }));
    let line = line.unwrap();
    assert_eq!((line.stocktake, line.note.as_deref()), (Some(form.id), Some("Saturday")));

    let undo = new_id(&shelf);
    shelf.household.undo(undo, form.id).unwrap();
    shelf.household.undo(undo, form.id).unwrap();
    assert_eq!(figures(&shelf), [(Some(50), Some(3)), (None, Some(0))], "all of it, once");
    assert!(shelf.household.undone(form.id).unwrap().1);
    shelf.household.undo(new_id(&shelf), form.id).unwrap();
    assert_eq!(figures(&shelf), [(Some(46), Some(2)), (None, Some(1))], "and back");
    // One count of it undone alone: the step's undo takes the rest.
    shelf.household.undo(new_id(&shelf), line.entry.unwrap()).unwrap();
    shelf.household.undo(new_id(&shelf), form.id).unwrap();
    assert_eq!(figures(&shelf), [(Some(50), Some(3)), (None, Some(0))]);
    let unknown = new_id(&shelf);
    assert_eq!(shelf.household.undo(new_id(&shelf), unknown).unwrap_err().code, Code::EntryUnknown);
}

#[test]
fn a_shared_shelf_is_counted_once() {
    let mut shelf = Shelf::new();
    let (study, hall) = (shelf.add("Study", ink()), shelf.add("Hall", ink()));
    shelf.household.share_shelf(hall, Some(study)).unwrap();
    let lines = shelf.household.stocktake().lines;
    assert_eq!(lines.iter().map(|line| line.shelf_above).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn rises_are_answered_and_dismissed_later_from_the_ledger() {
    let mut shelf = Shelf::new();
    let slot = shelf.add("Ink", ink());
    shelf
        .say(slot, [(400, level(20)), (390, level(90)), (380, level(90)), (100, level(30)), (90, level(30))]);
    shelf.say(slot, [(50, level(95)), (40, level(95))]);
    let rises = |shelf: &Shelf| -> Vec<(EntryId, i64)> {
        let page = shelf.page(slot);
        let rise = |what: &LedgerWhat| match what {
            LedgerWhat::Rise { rise } => Some((rise.entry, whole(rise.to))),
            _ => None,
        };
        page.ledger.iter().filter_map(|line| rise(&line.what)).collect()
    };
    let open = rises(&shelf);
    assert_eq!(
        open.iter().map(|(_, to)| *to).collect::<Vec<_>>(),
        [95, 90],
        "the last one and the one before"
    );
    // What an answer would do is shown first: a month ago a new one went in.
    let outcome = shelf.household.preview_rise(slot, open[1].0, RiseAnswer::New).unwrap();
    assert_eq!(outcome.left_after.map(whole), Some(95));
    let answered = shelf.household.answer_rise(new_id(&shelf), slot, open[1].0, RiseAnswer::New).unwrap();
    assert_eq!(rises(&shelf), [open[0]]);
    shelf.household.undo(new_id(&shelf), answered.entry).unwrap();
    assert_eq!(rises(&shelf), open, "undone, it is asked again");

    // A jump of one reading, dismissed, and brought back from the ledger.
    let glitch = shelf.say(slot, [(30, level(20)), (29, level(20)), (5, level(60))])[2];
    let outcome = shelf.household.preview_rise(slot, glitch, RiseAnswer::Glitch).unwrap();
    assert_eq!((outcome.left_before.map(whole), outcome.left_after.map(whole)), (Some(60), Some(20)));
    shelf.household.answer_rise(new_id(&shelf), slot, glitch, RiseAnswer::Glitch).unwrap();
    assert_eq!(shelf.presented(slot).row.left.map(whole), Some(20));
    let dismissed = |shelf: &Shelf| {
        let page = shelf.page(slot);
        let line =
            page.ledger.into_iter().find(|line| matches!(line.what, LedgerWhat::Dismissed { .. })).unwrap();
        assert!(line.own);
        (line.entry.unwrap(), line.undone)
    };
    let (line, undone) = dismissed(&shelf);
    assert!(!undone);
    shelf.household.undo(new_id(&shelf), line).unwrap();
    assert_eq!((shelf.presented(slot).row.left.map(whole), dismissed(&shelf).1), (Some(60), true));
    assert!(matches!(shelf.presented(slot).row.next, Next::ConfirmRise { .. }));
    shelf.household.undo(new_id(&shelf), line).unwrap();
    assert_eq!(shelf.presented(slot).row.left.map(whole), Some(20), "dismissed again");
}

#[test]
fn the_device_and_the_ledger_differ_by_what_a_person_counted() {
    let mut shelf = Shelf::new();
    let slot = shelf.add("Ink", ink());
    shelf.say(slot, [(100, level(42)), (50, level(40))]);
    let says = shelf.page(slot).reconciliation;
    let DeviceSays::Level { figure, difference: None } = says.device else { panic!("{:?}", says.device) };
    assert_eq!((whole(figure.amount), says.ledger.map(|l| whole(l.amount))), (40, Some(40)), "they agree");
    let counted = EntryKind::Counted {
        level: Some(Amount::whole(46, Unit::Percent)),
        shelf: Some(Amount::whole(1, Unit::Count)),
    };
    let ids = shelf.say(slot, [(20, counted), (15, bought(2))]);
    let says = shelf.page(slot).reconciliation;
    let DeviceSays::Level { figure, difference } = &says.device else { panic!("{:?}", says.device) };
    assert_eq!((whole(figure.amount), says.ledger.map(|l| whole(l.amount))), (40, Some(46)));
    assert_eq!(steps(difference.as_ref()), [(Cause::Counted {}, 6)]);
    let step = &difference.as_ref().unwrap().steps[0];
    assert_eq!(
        (step.entry, step.stated.map(whole), step.day.as_deref()),
        (Some(ids[0]), Some(46), Some("2026-11-20"))
    );
    assert_eq!((whole(says.shelf.now), says.shelf.counted.as_ref().map(|c| whole(c.amount))), (3, Some(1)));
    assert_eq!(steps(says.shelf.difference.as_ref()), [(Cause::Bought {}, 2)]);
    assert_eq!(says.amazon, AmazonSays::NotReported {});
    // The next reading counts again; undoing the count leaves nothing to explain.
    shelf.household.undo(new_id(&shelf), ids[0]).unwrap();
    let DeviceSays::Level { difference, .. } = shelf.page(slot).reconciliation.device else { panic!() };
    assert_eq!(difference, None);
    shelf.say(slot, [(10, replaced())]);
    let DeviceSays::Level { difference, .. } = shelf.page(slot).reconciliation.device else { panic!() };
    assert_eq!(steps(difference.as_ref()), [(Cause::Replaced {}, 60)]);
}

#[test]
fn every_kind_of_slot_has_its_three_figures() {
    let mut shelf = Shelf::new();
    let washer = shelf.add("Detergent", detergent());
    let ml = Unit::Milliliter;
    shelf.say(washer, [(100, counted(1000, ml)), (90, bought(1)), (80, used(700, ml)), (70, used(700, ml))]);
    let says = shelf.page(washer).reconciliation;
    assert!(matches!(says.device, DeviceSays::Uses { last: Some(_) }));
    assert_eq!(
        steps(says.shelf.difference.as_ref()),
        [(Cause::Bought {}, 1500), (Cause::Opened { count: 1 }, -1500)]
    );
    let part = shelf.add("Filter", kind(SensorKind::None, SupplyKind::Filter, Unit::Count, Some("1")));
    let says = shelf.page(part).reconciliation;
    assert_eq!((says.device, says.ledger), (DeviceSays::Unmeasured {}, None));
    let silent = shelf.add("Ink", ink());
    assert_eq!(shelf.page(silent).reconciliation.device, DeviceSays::Nothing {});
}

#[test]
fn what_amazon_was_told_is_explained_by_what_came_since() {
    let mut shelf = Shelf::new();
    let slot = shelf.add("Pods", pods());
    shelf.say(slot, [(100, counted(30, Unit::Count)), (90, used(2, Unit::Count))]);
    let told = Reported { figure: Figure { amount: 28_000, at: shelf.ago(80) }, confirmed: true };
    shelf.say(slot, [(70, used(3, Unit::Count)), (60, bought(1)), (50, used(1, Unit::Count))]);
    let watched = shelf.household.watched(slot).unwrap().clone();
    let says = shelf.household.reconciliation(&watched, Some(told)).unwrap();
    let AmazonSays::Reported { figure, confirmed: true, difference } = says.amazon else { panic!() };
    assert_eq!((whole(figure.amount), says.ledger.map(|l| whole(l.amount))), (28, Some(64)));
    assert_eq!(steps(difference.as_ref()), [(Cause::Bought {}, 40), (Cause::Used { count: 2 }, -4)]);
}

#[test]
fn figures_of_a_shared_shelf_name_the_other_device() {
    let mut shelf = Shelf::new();
    let (study, hall) = (shelf.add("Study", ink()), shelf.add("Hall", ink()));
    shelf.household.share_shelf(hall, Some(study)).unwrap();
    shelf.say(study, [(9, bought(2))]);
    let says = shelf.page(hall).reconciliation.shelf;
    let difference = says.difference.unwrap();
    assert_eq!((whole(says.now), difference.steps[0].device_name.as_deref()), (2, Some("Device")));
    assert_eq!(shelf.page(study).reconciliation.shelf.difference.unwrap().steps[0].device_name, None);
}
