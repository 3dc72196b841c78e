//! Bad input: every amount, day and word that can't be is refused with its code at its field, and nothing is recorded.

use crate::home::{Home, bought, by_hand, counted, typed};
use chrono::TimeDelta;
use refill_domain::endpoint::{DeviceKind, SensorKind, SupplyKind};
use refill_domain::ids::EndpointId;
use refill_domain::measure::Unit;
use refill_engine::api::Api;
use refill_engine::clock::Clock;
use refill_engine::error::{Code, Error};
use refill_engine::form::{AddDeviceForm, RecordForm, SlotForm, SlotPatch, What};

fn assert_refused<T>(result: Result<T, Error>, code: Code, field: &str, case: &str) {
    let error = result.err().unwrap_or_else(|| panic!("{case} was taken"));
    assert_eq!((error.code, error.field.as_deref()), (code, Some(field)), "{case}: {error}");
    assert!(error.message.ends_with(['.', ')']), "{case}: {error}");
}

/// What no amount can be, and why.
const BAD: [&str; 9] = ["0", "-3", "NaN", "inf", "1e12", "1000000000000", "", "ten", "0.0001"];

async fn detergent(home: &Home) -> refill_domain::ids::SlotId {
    let form = by_hand("Detergent", SupplyKind::Detergent, Unit::Milliliter, Some("1500"));
    home.add(DeviceKind::WashingMachine, form).await.1
}

#[tokio::test]
async fn amounts_that_cannot_be() {
    let home = Home::new().await;
    let slot = detergent(&home).await;
    let content = |text: &str, unit| What::Bought {
        packs: "1".into(),
        content: Some(typed(text, unit)),
        asin: None,
        price: None,
        currency: None,
        shop: None,
    };
    let shelf = |text: &str, unit| What::Counted { level: None, shelf: Some(typed(text, unit)) };
    let mut cases: Vec<(What, &str)> = Vec::new();
    for bad in BAD {
        cases.push((bought(bad), "packs"));
        cases.push((content(bad, Unit::Milliliter), "content"));
        // Counting nothing is counting.
        if bad != "0" {
            cases.push((counted(bad, Unit::Milliliter), "level"));
            cases.push((shelf(bad, Unit::Milliliter), "shelf"));
        }
    }
    cases.push((bought("1.5"), "packs"));
    cases.push((bought("1000001"), "packs"));
    for unit in [Unit::Count, Unit::Gram, Unit::Hour, Unit::Percent] {
        cases.push((content("1", unit), "content"));
        cases.push((counted("1", unit), "level"));
        cases.push((shelf("1", unit), "shelf"));
    }
    // Which of the two it was.
    let both = |level: &str, shelf: &str| What::Counted {
        level: Some(typed(level, Unit::Milliliter)),
        shelf: Some(typed(shelf, Unit::Milliliter)),
    };
    cases.push((both("-1", "1"), "level"));
    cases.push((both("1", "-1"), "shelf"));
    cases.push((both("999999999999", "1"), "level"));
    for (what, field) in cases {
        let case = format!("{what:?}");
        let form = home.form(slot, what);
        assert_refused(home.engine.preview(form.clone()).await, Code::BadAmount, field, &case);
        assert_refused(home.engine.record(form).await, Code::BadAmount, field, &case);
    }
    let nothing = What::Counted { level: None, shelf: None };
    assert_eq!(home.record(slot, nothing).await.expect_err("says nothing").code, Code::BadAmount);
    let page = home.page(slot).await;
    assert_eq!((page.row.left, page.ledger.len()), (None, 0));
    home.end().await;
}

#[tokio::test]
async fn shares_above_all_of_it() {
    let home = Home::new().await;
    let ink =
        SlotForm { sensor: SensorKind::Level, ..by_hand("Black", SupplyKind::Ink, Unit::Percent, None) };
    let (_, slot) = home.add(DeviceKind::Printer, ink).await;
    assert_refused(home.record(slot, counted("101", Unit::Percent)).await, Code::BadAmount, "level", "101 %");
    let both =
        What::Counted { level: Some(typed("101", Unit::Percent)), shelf: Some(typed("1", Unit::Count)) };
    assert_refused(home.record(slot, both).await, Code::BadAmount, "level", "101 % and a spare");
    let patch = SlotPatch { low: Some(typed("150", Unit::Percent)), ..SlotPatch::default() };
    assert_refused(home.engine.set_slot(slot, patch).await, Code::BadAmount, "low", "a mark of 150 %");
    home.end().await;
}

#[tokio::test]
async fn days_that_cannot_be() {
    let home = Home::new().await;
    let slot = detergent(&home).await;
    let today = home.clock.day(home.clock.now());
    for days in [1, 2, 400, -366 * 21] {
        let form = RecordForm { on: Some(today + TimeDelta::days(days)), ..home.form(slot, bought("1")) };
        assert_refused(home.engine.preview(form.clone()).await, Code::BadDate, "on", &days.to_string());
        assert_refused(home.engine.record(form).await, Code::BadDate, "on", &days.to_string());
    }
    let form = RecordForm { on: Some(today), ..home.form(slot, bought("1")) };
    home.engine.record(form).await.unwrap();
    home.engine.record(home.form_of(365 * 19, slot, bought("1"))).await.unwrap();
    home.end().await;
}

#[tokio::test]
async fn words_that_cannot_be() {
    let home = Home::new().await;
    let slot = detergent(&home).await;
    let long = "x".repeat(501);
    let with = |change: &dyn Fn(&mut [Option<String>; 4])| {
        let mut fields = [None, None, None, None];
        change(&mut fields);
        let [asin, price, currency, shop] = fields;
        What::Bought { packs: "1".into(), content: None, asin, price, currency, shop }
    };
    let cases: [(What, Code, &str); 9] = [
        (with(&|f| f[0] = Some("B00".into())), Code::BadField, "asin"),
        (with(&|f| f[0] = Some("B0!1234567".into())), Code::BadField, "asin"),
        (with(&|f| f[1] = Some("free".into())), Code::BadAmount, "price"),
        (with(&|f| f[1] = Some("-1".into())), Code::BadAmount, "price"),
        (with(&|f| f[1] = Some("1000000000000".into())), Code::BadAmount, "price"),
        (with(&|f| (f[1], f[2]) = (Some("1".into()), Some("euro".into()))), Code::BadField, "currency"),
        (with(&|f| (f[1], f[2]) = (Some("1".into()), Some("E1R".into()))), Code::BadField, "currency"),
        (with(&|f| f[3] = Some(long.clone())), Code::BadField, "shop"),
        (with(&|f| f[0] = Some("x".repeat(100))), Code::BadField, "asin"),
    ];
    for (what, code, field) in cases {
        let case = format!("{what:?}");
        assert_refused(home.record(slot, what).await, code, field, &case);
    }
    let form = RecordForm { note: Some(long), ..home.form(slot, bought("1")) };
    assert_refused(home.engine.record(form).await, Code::BadField, "note", "a long note");
    // Control characters are taken out; what is left is kept.
    let form =
        RecordForm { note: Some("\u{0}\u{7} a\u{1b}[31m note\n".into()), ..home.form(slot, bought("1")) };
    home.engine.record(form).await.unwrap();
    assert_eq!(home.page(slot).await.ledger[0].note.as_deref(), Some("a[31m note"));
    home.end().await;
}

#[tokio::test]
async fn devices_that_cannot_be() {
    let home = Home::new().await;
    let slot = || by_hand("Pods", SupplyKind::Pods, Unit::Count, Some("50"));
    let form = |slots: Vec<SlotForm>| AddDeviceForm {
        id: EndpointId(home.clock.new_id()),
        name: "Machine".into(),
        kind: DeviceKind::CoffeeMachine,
        model: None,
        location: None,
        address: None,
        slots,
    };
    let percent = SlotForm { unit: Unit::Percent, capacity: None, ..slot() };
    let mut cases: Vec<(AddDeviceForm, Code, String)> = vec![
        (AddDeviceForm { name: " \u{200b}\t".into(), ..form(vec![slot()]) }, Code::BadField, "name".into()),
        (AddDeviceForm { name: "n".repeat(81), ..form(vec![slot()]) }, Code::BadField, "name".into()),
        (AddDeviceForm { model: Some("n".repeat(81)), ..form(vec![slot()]) }, Code::BadField, "model".into()),
        (form(Vec::new()), Code::BadField, "slots".into()),
        (form(vec![slot(); 61]), Code::BadField, "slots".into()),
        (
            form(vec![slot(), SlotForm { name: String::new(), ..slot() }]),
            Code::BadField,
            "slots.1.name".into(),
        ),
        (
            form(vec![SlotForm { level: Some(typed("101", Unit::Percent)), ..percent.clone() }]),
            Code::BadAmount,
            "slots.0.level".into(),
        ),
        (
            form(vec![SlotForm { low: Some(typed("101", Unit::Percent)), ..percent }]),
            Code::BadAmount,
            "slots.0.low".into(),
        ),
    ];
    for bad in BAD.into_iter().filter(|bad| !bad.is_empty()) {
        let typed = || Some(typed(bad, Unit::Count));
        cases.push((
            form(vec![SlotForm { capacity: typed(), ..slot() }]),
            Code::BadAmount,
            "slots.0.capacity".into(),
        ));
        cases.push((
            form(vec![SlotForm { pack: typed(), ..slot() }]),
            Code::BadAmount,
            "slots.0.pack".into(),
        ));
        cases.push((form(vec![SlotForm { low: typed(), ..slot() }]), Code::BadAmount, "slots.0.low".into()));
        if bad != "0" {
            cases.push((
                form(vec![SlotForm { level: typed(), ..slot() }]),
                Code::BadAmount,
                "slots.0.level".into(),
            ));
            cases.push((
                form(vec![SlotForm { shelf: typed(), ..slot() }]),
                Code::BadAmount,
                "slots.0.shelf".into(),
            ));
        }
    }
    let litre = Some(typed("1", Unit::Liter));
    cases.push((
        form(vec![SlotForm { capacity: litre.clone(), ..slot() }]),
        Code::BadAmount,
        "slots.0.capacity".into(),
    ));
    cases.push((form(vec![SlotForm { level: litre, ..slot() }]), Code::BadAmount, "slots.0.level".into()));
    for (form, code, field) in cases {
        let case = format!("{form:?}");
        assert_refused(home.engine.add_device(form).await, code, &field, &case);
    }
    for address in ["", "not an address", "ftp://127.0.0.1", "ipp://"] {
        let error = home.engine.probe(address.into()).await.expect_err(address);
        assert_eq!((error.code, error.field.as_deref()), (Code::BadAddress, Some("address")), "{address}");
    }
    assert!(home.rows().await.is_empty());
    // Two of one name are two.
    home.engine.add_device(form(vec![slot(), slot()])).await.unwrap();
    assert_eq!(home.rows().await.len(), 2);
    home.end().await;
}

#[tokio::test]
async fn numbers_are_read_as_in_the_region() {
    let home = Home::new().await;
    let slot = detergent(&home).await;
    let refill_engine::view::AppState::Ready { settings, .. } = home.engine.state().await.unwrap() else {
        panic!("open")
    };
    for (locale, text, milli) in
        [("en-GB", "1,250.5", 1_250_500), ("de-DE", "1.250,5", 1_250_500), ("de-DE", "0,5", 500)]
    {
        let settings = refill_engine::view::Settings { locale: locale.into(), ..settings.clone() };
        home.engine.set_settings(settings).await.unwrap();
        home.record(slot, counted(text, Unit::Milliliter)).await.unwrap();
        assert_eq!(home.row(slot).await.left.map(|left| left.milli), Some(milli), "{locale} {text}");
    }
    home.record(slot, counted("1", Unit::Liter)).await.unwrap();
    assert_eq!(home.row(slot).await.left.map(|left| left.milli), Some(1_000_000));
    home.end().await;
}
