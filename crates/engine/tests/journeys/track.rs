//! The record of past dates, marked absences and what-if questions, through the household and its file.

use crate::shelf::{Shelf, detergent, ink, level, replaced};
use chrono::TimeDelta;
use refill_domain::ids::{EntryId, SlotId};
use refill_engine::clock::Clock;
use refill_engine::error::Code;
use refill_engine::form::{AwayForm, WhatIfForm};
use refill_engine::view::TrackRecord;

/// A cartridge that loses 4 % a day and is replaced when it is empty, for so many days.
fn print(shelf: &mut Shelf, slot: SlotId, days: i64) -> Vec<EntryId> {
    let mut replacements = Vec::new();
    for day in 0..days {
        shelf.clock.advance(TimeDelta::days(1));
        shelf.household.note_dates();
        if day % 25 == 0 {
            replacements.extend(shelf.say(slot, [(1, replaced())]));
        }
        shelf.say(slot, [(0, level(100 - 4 * (day % 25)))]);
    }
    replacements
}

fn days_to(shelf: &Shelf, form: &WhatIfForm) -> (i32, i32) {
    let told = shelf.household.what_if(form).unwrap();
    (told.days_before.unwrap(), told.days_after.unwrap())
}

fn plan(slot: SlotId) -> WhatIfForm {
    WhatIfForm { slot, guests: 0, days: 0, people: None, away_from: None, away_to: None, devices: 0 }
}

#[test]
fn the_dates_given_are_compared_with_what_came() {
    let mut shelf = Shelf::new();
    let slot = shelf.add("Cyan", ink());
    print(&mut shelf, slot, 20);
    assert_eq!(shelf.page(slot).record, None, "nothing has ended since a date was given");
    let replacements = print(&mut shelf, slot, 25 * 9);
    let told: TrackRecord = shelf.page(slot).record.unwrap();
    assert_eq!((told.ends, told.judged), (6, 16), "two dates a cycle: thirty days before is another cycle");
    assert!(told.off_days <= 2 && told.inside >= 10, "{told:?}");

    // Loaded again and folded again it is the same.
    shelf.household.reload().unwrap();
    assert_eq!(shelf.page(slot).record.unwrap(), told);

    // What is undone leaves no trace, and comes back with the redo.
    let undo = EntryId(shelf.clock.new_id());
    shelf.household.undo(undo, *replacements.last().unwrap()).unwrap();
    let undone = shelf.page(slot).record.unwrap();
    assert!(undone.judged <= told.judged, "{undone:?}");
    let redo = EntryId(shelf.clock.new_id());
    shelf.household.undo(redo, *replacements.last().unwrap()).unwrap();
    assert_eq!(shelf.page(slot).record.unwrap(), told);
}

#[test]
fn absences_are_left_out_of_the_pace_and_move_the_date() {
    let mut shelf = Shelf::new();
    let slot = shelf.add("Detergent", detergent());
    shelf.steady(slot, 60, 10, 300);
    let (usual, _) = days_to(&shelf, &plan(slot));
    assert!((29..=32).contains(&usual), "{usual}");
    assert_eq!(shelf.page(slot).basis.unwrap().absent_days, 0);

    let day = |days: i64| (shelf.household.today() + TimeDelta::days(days)).to_string();
    let form = |first: String, last: String| AwayForm {
        id: EntryId(shelf.clock.new_id()),
        device: None,
        first,
        last,
    };
    let (past, coming) = (form(day(-40), day(-31)), form(day(3), day(12)));
    let (backwards, nonsense) = (form(day(5), day(4)), form("soon".into(), day(4)));
    for bad in [backwards, nonsense] {
        assert_eq!(shelf.household.add_away(&bad).unwrap_err().code, Code::BadDate);
    }
    shelf.household.add_away(&past).unwrap();
    assert_eq!(shelf.page(slot).basis.unwrap().absent_days, 10);
    shelf.household.add_away(&coming).unwrap();
    shelf.household.add_away(&coming).unwrap();
    assert_eq!(shelf.household.away().len(), 2, "the same form twice is one absence");
    assert_eq!(days_to(&shelf, &plan(slot)).0, usual + 10, "ten days nobody uses any");

    shelf.household.reload().unwrap();
    assert_eq!(days_to(&shelf, &plan(slot)).0, usual + 10);
    shelf.household.remove_away(coming.id).unwrap();
    assert_eq!(shelf.household.remove_away(coming.id).unwrap_err().code, Code::EntryUnknown);
    assert_eq!(days_to(&shelf, &plan(slot)).0, usual);
}

#[test]
fn a_what_if_changes_the_date_and_stores_nothing() {
    let mut shelf = Shelf::new();
    let slot = shelf.add("Detergent", detergent());
    shelf.steady(slot, 60, 10, 300);
    let page = shelf.page(slot);
    let (usual, same) = days_to(&shelf, &plan(slot));
    assert_eq!(usual, same);
    let with = |form: WhatIfForm| days_to(&shelf, &form).1;
    let double = with(WhatIfForm { devices: 1, ..plan(slot) });
    assert!((double - usual / 2).abs() <= 1, "{double}");
    let guests = with(WhatIfForm { guests: 2, days: 5, ..plan(slot) });
    assert_eq!(guests, usual - 5, "two with two: each of five days counts twice");
    assert!(with(WhatIfForm { guests: 2, days: 5, people: Some(4), ..plan(slot) }) > guests);
    let day = |days: i64| Some((shelf.household.today() + TimeDelta::days(days)).to_string());
    let holiday = with(WhatIfForm { away_from: day(1), away_to: day(7), ..plan(slot) });
    assert_eq!(holiday, usual + 7);
    for bad in [
        WhatIfForm { away_from: day(1), ..plan(slot) },
        WhatIfForm { away_from: day(4), away_to: day(1), ..plan(slot) },
        WhatIfForm { devices: 4_000_000_000, ..plan(slot) },
    ] {
        assert!(shelf.household.what_if(&bad).is_err());
    }
    assert_eq!(shelf.page(slot), page);
    assert!(shelf.household.away().is_empty());
}
