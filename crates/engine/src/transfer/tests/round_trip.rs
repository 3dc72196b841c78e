//! Out and back in: whatever a household holds, an empty one that takes its export folds to the same; a second time adds
//! nothing; what can't be is told by its line.

use super::*;
use crate::store::{AwayRow, Care};
use crate::view::ExportAs;
use proptest::prelude::*;
use refill_domain::forecast::tempo::Away;
use refill_domain::forecast::track::{Band, Said};
use refill_domain::ledger::Money;
use refill_domain::replenish::{Quiet, Rule};

fn kinds(slot: &Slot) -> BoxedStrategy<EntryKind> {
    let (unit, shelf) = (slot.unit, slot.shelf_unit());
    let amount = move |range: std::ops::Range<i64>| range.prop_map(move |milli| Amount::new(milli, unit));
    let level =
        amount(0..100_000).prop_map(|amount| EntryKind::LevelRead { level: Level::Amount { amount } });
    prop_oneof![
        4 => level,
        3 => amount(1..50_000).prop_map(|amount| EntryKind::Consumed { amount }),
        1 => Just(EntryKind::LevelRead { level: Level::Unknown }),
        1 => Just(EntryKind::LevelRead { level: Level::SomeLeft }),
        1 => any::<bool>().prop_map(|from_shelf| EntryKind::Replaced { capacity: None, from_shelf }),
        1 => (1u32..5, 0i64..20_000).prop_map(move |(packs, milli)| EntryKind::Purchased {
            packs,
            content: Some(Amount::whole(3, shelf)),
            asin: None,
            price: Some(Money { milli, currency: "EUR".into() }),
            shop: Some("=the \"shop\", round the corner".into()),
        }),
        1 => (1u32..3, 0u32..3).prop_map(|(packs, order)| EntryKind::Received {
            order: format!("order {order}"),
            packs,
            content: None
        }),
        1 => amount(0..90_000).prop_map(|level| EntryKind::Counted { level: Some(level), shelf: None }),
        1 => (1u128..60).prop_map(|id| EntryKind::Voided { entry: EntryId(Uuid::from_u128(id)) }),
    ]
    .boxed()
}

fn history(slot: &Slot, from: u128) -> impl Strategy<Value = Vec<Entry>> {
    let source = prop_oneof![
        3 => Just(Source::Device),
        1 => Just(Source::Person),
        1 => Just(Source::Import),
    ];
    let one = (0i64..200_000, source, kinds(slot), proptest::option::of("[ -~äß日]{1,12}"));
    let slot = slot.id;
    proptest::collection::vec(one, 0..60).prop_map(move |made| {
        made.into_iter()
            .enumerate()
            .map(|(at, (minutes, source, kind, note))| {
                let id = from + at as u128;
                let note = note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
                let note = note.filter(|_| source != Source::Device);
                Entry { note, ..entry(id, slot, minutes, source, kind) }
            })
            .filter(|entry| entry.kind != EntryKind::Voided { entry: entry.id })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_goes_out_comes_back_the_same(ink_said in history(&ink(), 1), soap_said in history(&detergent(), 1000)) {
        let mut home = Home::empty();
        home.household
            .keep_all(vec![
                (device(1, "Washing machine", DeviceKind::WashingMachine), vec![detergent()], soap_said),
                (device(2, "Printer", DeviceKind::Printer), vec![ink()], ink_said),
            ])
            .unwrap();
        let export = home.export();
        let mut other = Home::empty();
        let file = other.file("export.json", &export);
        let done = other.import(&file);
        prop_assert_eq!(done.new, home.entries());
        prop_assert_eq!((done.devices, done.slots), (2, 2));
        prop_assert_eq!(home.folds(), other.folds());
        prop_assert_eq!(&export, &other.export());
        // Once more, into both: nothing is new.
        for home in [&mut home, &mut other] {
            let file = home.file("again.json", &export);
            let done = home.import(&file);
            prop_assert_eq!((done.new, done.devices, done.slots), (0, 0, 0));
            prop_assert_eq!(&export, &home.export());
        }
    }
}

/// The furnished home with a rule, a snooze, a shared shelf, past dates, absences and a stocktake.
fn arranged() -> Home {
    let mut home = Home::furnished();
    let (soap, ink) = (detergent().id, ink().id);
    let key = |slot| home.household.watched(slot).unwrap().row.key;
    let (soap_key, ink_key) = (key(soap), key(ink));
    let id = |n| EntryId(Uuid::from_u128(n));
    let band = Band { early: 20_780, likely: 20_784, late: None };
    home.household
        .write(|tx| {
            let careful =
                Care { rule: Rule::Careful, delivery_days: Some(9), quiet: None, shelf: Some(soap) };
            let snoozed = Care { quiet: Some(Quiet::Until(now())), ..Care::default() };
            tx.save_care(soap_key, &careful)?;
            tx.save_care(ink_key, &snoozed)?;
            tx.save_said(ink_key, &Said { day: 20_700, band: Some(band) })?;
            tx.save_said(ink_key, &Said { day: 20_703, band: None })?;
            let days = Away { first: 20_660, last: 20_670 };
            tx.save_away(&AwayRow { id: id(900), endpoint: None, days })?;
            tx.save_away(&AwayRow {
                id: id(901),
                endpoint: Some(device(2, "", DeviceKind::Printer).endpoint.id),
                days,
            })?;
            tx.save_batch(id(910), &[id(100)])?;
            Ok(())
        })
        .unwrap();
    home.household.reload().unwrap();
    home
}

#[test]
fn the_document_looks_like_this() {
    insta::assert_snapshot!(arranged().export());
}

#[test]
fn what_people_arranged_comes_along() {
    let home = arranged();
    let mut other = Home::empty();
    let file = other.file("export.json", home.export());
    other.import(&file);
    assert_eq!(other.export(), home.export());
    for (a, b) in home.household.slots.iter().zip(&other.household.slots) {
        assert_eq!((a.care, &a.row), (b.care, &b.row));
    }
    assert_eq!(home.household.read(crate::store::batches).unwrap().len(), 1);
    assert_eq!(home.household.away, other.household.away);
}

#[test]
fn no_file_binds_what_is_there_into_a_step() {
    let mut home = Home::furnished();
    let file = home.file("export.json", arranged().export());
    home.import(&file);
    assert!(home.household.read(crate::store::batches).unwrap().is_empty());
}

#[test]
fn arrangements_that_cannot_be_are_told_by_their_line() {
    let good = arranged().export();
    let bad = good
        .replace("[20700,20780,20784,null]", "[20700,20784,20780,null]")
        .replace("\"last\":\"2026-08-05\"", "\"last\":\"2016-08-05\"");
    let home = Home::empty();
    let view = home.look(&home.file("bad.json", &bad), None).unwrap();
    assert_eq!(
        refusals(&view),
        [
            (9, Refusal::BadShape),
            (12, Refusal::BadShape),
            (13, Refusal::BadShape),
            (17, Refusal::Orphan),
            (18, Refusal::Orphan)
        ],
        "{bad}"
    );
}

#[test]
fn the_table_looks_like_this() {
    let mut home = Home::furnished();
    let (soap, ink) = (detergent().id, ink().id);
    let bought = EntryKind::Purchased {
        packs: 2,
        content: Some(Amount::whole(1500, Unit::Milliliter)),
        asin: None,
        price: Some(Money { milli: 8990, currency: "EUR".into() }),
        shop: Some("=HYPERLINK(\"x\")".into()),
    };
    let void = EntryKind::Voided { entry: EntryId(Uuid::from_u128(200)) };
    let used = EntryKind::Consumed { amount: Amount::new(50_500, Unit::Milliliter) };
    home.household
        .append(vec![
            Entry {
                note: Some("a \"note\",\nin two lines".into()),
                ..entry(300, soap, 10, Source::Person, bought)
            },
            entry(301, soap, 20, Source::Device, used),
            entry(302, ink, 30, Source::Person, void),
        ])
        .unwrap();
    let mut out = Vec::new();
    let what = export::Export { form: ExportAs::Csv, private: false };
    export::write(&home.household, &mut out, what, &Course::quiet(Work::Export)).unwrap();
    let text = String::from_utf8(out).unwrap();
    insta::assert_snapshot!(text.replace("\r\n", "⏎\n"));
    // Our own table brings nothing new into the household it came from.
    let file = home.file("ledger.csv", &text);
    let done = home.import(&file);
    assert_eq!((done.new, done.known, done.left_out), (0, 5, 1));
}

#[test]
fn serials_and_addresses_go_out_only_when_asked_for() {
    let mut home = Home::empty();
    let reach = crate::store::Reach {
        address: "192.168.1.24".into(),
        identity: Some("{\"serial\":\"CN3A\"}".into()),
        answered_at: Some(1),
        trouble: Some(Error::new(Code::Unreachable, "Nothing answers at 192.168.1.24.").trouble()),
    };
    let printer = DeviceRow { reach: Some(reach), ..device(2, "Printer", DeviceKind::Printer) };
    home.household.keep_all(vec![(printer, vec![ink()], vec![])]).unwrap();
    let export = |private| {
        let mut out = Vec::new();
        let what = export::Export { form: ExportAs::Json, private };
        export::write(&home.household, &mut out, what, &Course::quiet(Work::Export)).unwrap();
        String::from_utf8(out).unwrap()
    };
    let open = export(false);
    assert!(!open.contains("192.168") && !open.contains("CN3A"), "{open}");
    let private = export(true);
    assert!(private.contains("192.168.1.24") && private.contains("CN3A"));
    let mut other = Home::empty();
    let file = other.file("private.json", private);
    other.import(&file);
    let row = other.household.devices.first().unwrap();
    assert_eq!(row.reach.as_ref().map(|reach| reach.address.as_str()), Some("192.168.1.24"));
}

#[test]
fn lines_that_cannot_be_are_told_and_nothing_is_imported() {
    let good = Home::furnished().export();
    let bad = good
        .replace("\"milli\":79000", "\"milli\":-1")
        .replace("\"kind\":\"counted\"", "\"kind\":\"danced\"")
        .replace("\n],\n\"slots\"", ",\n{\"id\":\"nobody\"}\n],\n\"slots\"");
    let mut home = Home::empty();
    let file = home.file("bad.json", &bad);
    let view = home.look(&file, None).unwrap();
    assert_eq!(refusals(&view), [(6, Refusal::BadShape), (15, Refusal::BadShape), (17, Refusal::BadAmount)]);
    assert_eq!((view.new, view.refused, view.devices, view.slots), (1, 3, 2, 2));
    let error = home.take(&file, &view, false).unwrap_err();
    assert_eq!(error.code, Code::BadFile);
    assert!(error.message.contains("Line 6"), "{}", error.message);
    assert_eq!((home.entries(), home.household.devices.len()), (0, 0), "all or nothing");
    let done = home.take(&file, &view, true).unwrap();
    assert_eq!((done.new, done.refused), (1, 3));
    home.folds();
}

#[test]
fn documents_that_are_none_are_refused_whole() {
    let good = Home::furnished().export();
    let cut = good.get(..good.len() - 40).unwrap().to_owned();
    let cases = [
        (cut, "cut off"),
        ("{\"format\":\"other\"}".into(), "calls itself something else"),
        (good.replace("\"version\":1", "\"version\":2"), "newer Refill"),
        ("{\"format\":\"refill-export\",\"version\":1,\"entries\":[]}".into(), "parts are missing"),
        ("{\"entries\":[],\"format\":\"refill-export\"}".into(), "don't stand first"),
        ("{\"a\":".into(), "cut off"),
        ("{\"a\" 1}".into(), "not an export"),
        (format!("{{\"a\":[1{}", "[".repeat(500)), "not an export"),
    ];
    let home = Home::furnished();
    let before = home.export();
    for (text, says) in cases {
        let error = home.look(&home.file("bad.json", &text), None).unwrap_err();
        assert_eq!(error.code, Code::BadFile, "{text:.60}");
        assert!(error.message.contains(says), "{text:.60}: {}", error.message);
    }
    assert_eq!(home.export(), before);
}

#[test]
fn a_file_that_changed_after_the_look_is_refused() {
    let mut home = Home::empty();
    let export = Home::furnished().export();
    let file = home.file("export.json", &export);
    let view = home.look(&file, None).unwrap();
    home.file("export.json", export.replace("Washing", "Drying"));
    let error = home.take(&file, &view, false).unwrap_err();
    assert!(error.message.contains("has changed"), "{}", error.message);
    assert_eq!(home.household.devices.len(), 0);
}

#[test]
fn what_is_stopped_leaves_no_trace() {
    let source = Home::furnished();
    let export = source.export();
    let mut home = Home::empty();
    let file = home.file("export.json", &export);
    let view = home.look(&file, None).unwrap();
    for nth in 1..4 {
        let course = cancelled_at(Work::Import, nth);
        let stopped = import::import(&mut home.household, &file, &view.plan, &view.stamp, false, &course);
        assert_eq!(stopped.unwrap_err().code, Code::Cancelled, "{nth}");
        assert_eq!((home.entries(), home.household.devices.len()), (0, 0));
    }
    let to = source.file("out.json", "what stood there before");
    let what = export::Export { form: ExportAs::Json, private: false };
    let stopped = export::to_file(&source.household, &to, what, &cancelled_at(Work::Export, 2));
    assert_eq!(stopped.unwrap_err().code, Code::Cancelled);
    assert_eq!(std::fs::read(&to).unwrap(), b"what stood there before");
    assert!(!beside(&to).exists());
}
