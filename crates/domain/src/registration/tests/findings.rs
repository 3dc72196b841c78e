//! What is wrong, missing and awaited.

use super::*;

fn words(dossier: &Dossier) -> Vec<String> {
    let found = judge(dossier, today()).findings;
    found.into_iter().map(|finding| format!("{} {}", finding.field, finding.what.word())).collect()
}

#[test]
fn a_new_dossier_lacks_everything_and_nothing_is_wrong() {
    assert_eq!(flaws(&Dossier::new(), today()), []);
    insta::assert_snapshot!("new", words(&Dossier::new()).join("\n"));
    let none = judge(&Dossier::default(), today());
    assert!(none.findings.iter().any(|finding| finding.what == What::NoSlots));
    assert!(!none.is_ready(Stage::Request, None));
}

#[test]
fn a_complete_one_waits_for_nothing_it_can_do_itself() {
    let verdict = judge(&printer(), today());
    assert!(verdict.is_ready(Stage::Request, None), "{:?}", verdict.findings);
    assert!(!verdict.is_ready(Stage::Test, None));
    assert_eq!(verdict.marketplaces[0].next, Some(Stage::Request));
    assert!(!verdict.is_ready(Stage::Request, Some(Marketplace::Jp)), "it is not to be sold there");

    let mut asked = printer();
    for slot in &mut asked.slots {
        slot.requested = Some(day("2026-11-16"));
    }
    let verdict = judge(&asked, today());
    assert_eq!(verdict.marketplaces[0].next, Some(Stage::Test));
    assert_eq!(verdict.count(Grade::Awaited), 2);
    let awaited = What::IdAwaited { due: day("2026-11-25"), left: 3 };
    assert!(verdict.findings.iter().any(|finding| finding.what == awaited));
    let late = judge(&asked, day("2026-11-26"));
    assert!(late.findings.iter().any(|f| f.what == What::IdOverdue { due: day("2026-11-25") }));

    let verdict = judge(&assigned(), today());
    assert_eq!(verdict.findings, []);
    assert!(verdict.is_ready(Stage::Certify, Some(Marketplace::De)));
    assert_eq!(verdict.marketplaces[0].next, Some(Stage::Certify));

    let mut certified = assigned();
    certified.marketplaces.get_mut(&Marketplace::De).unwrap().certified = Some(day("2026-11-20"));
    let verdict = judge(&certified, today());
    let next = |market| verdict.marketplaces.iter().find(|of| of.marketplace == market).unwrap().next;
    assert_eq!((next(Marketplace::De), next(Marketplace::Uk)), (None, Some(Stage::Certify)));
}

#[test]
fn each_country_has_its_own_list() {
    let mut dossier = assigned();
    dossier.marketplaces.insert(Marketplace::Us, DossierMarket::default());
    let verdict = judge(&dossier, today());
    let of = |market| verdict.marketplaces.iter().find(|of| of.marketplace == market).unwrap();
    assert_eq!(of(Marketplace::De).findings, []);
    let found: Vec<_> =
        of(Marketplace::Us).findings.iter().map(|f| (f.field.as_str(), f.what.word())).collect();
    assert_eq!(
        found,
        [
            ("names.en-US", "no_device_name"),
            ("names.es-US", "no_device_name"),
            ("slots[0].names.en-US", "no_slot_name"),
            ("slots[0].names.es-US", "no_slot_name"),
            ("slots[0].asins.US", "no_asins"),
            ("slots[1].names.en-US", "no_slot_name"),
            ("slots[1].names.es-US", "no_slot_name"),
            ("slots[1].asins.US", "no_asins"),
            ("marketplaces.US.customers", "no_customers"),
        ]
    );
    assert!(of(Marketplace::De).is_ready(Stage::Certify) && !of(Marketplace::Us).is_ready(Stage::Request));
    assert!(verdict.is_ready(Stage::Certify, Some(Marketplace::Uk)));
    assert!(!verdict.is_ready(Stage::Request, None));
}

#[test]
fn every_limit_is_told_at_its_field() {
    type Spoil = fn(&mut Dossier);
    let cases: &[(Spoil, &str)] = &[
        (|d| d.name = "x".repeat(61), "name too_long"),
        (|d| d.name = "a\u{202e}b".into(), "name unseen"),
        (|d| d.model = "a b".into(), "model bad_model"),
        (|d| d.model = "x".repeat(65), "model too_long"),
        (
            |d| d.kind = DossierKind::ConnectKit { device_type: String::new() },
            "kind.device_type no_device_type",
        ),
        (|d| d.kind = DossierKind::ConnectKit { device_type: "x".repeat(129) }, "kind.device_type too_long"),
        (|d| d.manufacturer = "x".repeat(129), "manufacturer too_long"),
        (|d| d.manufacturer.clear(), "manufacturer no_manufacturer"),
        (|d| d.image = None, "image no_image"),
        (|d| d.image.as_mut().unwrap().bytes = 1_000_001, "image.bytes image_too_large"),
        (|d| d.image.as_mut().unwrap().file = "../x.png".into(), "image.file bad_file"),
        (
            |d| d.image.as_mut().unwrap().background = Background { white: 300, transparent: 0 },
            "image.background image_background",
        ),
        (|d| drop(d.names.insert(Locale::DeDe, "x".repeat(129))), "names.de-DE too_long"),
        (|d| drop(d.names.insert(Locale::DeDe, " ".into())), "names.de-DE no_device_name"),
        (|d| d.marketplaces.clear(), "marketplaces no_marketplace"),
        (|d| d.slots.clear(), "slots no_slots"),
        (|d| d.slots = vec![d.slots[0].clone(); 99], "slots too_many_slots"),
        (|d| d.slots[0].identifier = "BLACK".into(), "slots[0].identifier first_slot"),
        (|d| d.slots[0].identifier.clear(), "slots[0].identifier no_identifier"),
        (|d| d.slots[1].identifier = "SLOT 01 ".into(), "slots[1].identifier same_identifier"),
        (|d| d.slots[1].instance = "ink.black".into(), "slots[1].instance same_instance"),
        (|d| d.slots[0].instance = "ink black".into(), "slots[0].instance bad_instance"),
        (|d| d.slots[0].instance.clear(), "slots[0].instance no_instance"),
        (|d| d.slots[0].category.clear(), "slots[0].category no_category"),
        (|d| d.slots[0].category = "x".repeat(129), "slots[0].category too_long"),
        (|d| d.slots[0].answers = Answers::default(), "slots[0].answers no_sensor"),
        (|d| d.slots[0].answers = Answers::leading_to(SensorKind::None), "slots[0].answers no_sensor_fits"),
        (|d| d.slots[0].unit = None, "slots[0].unit no_unit"),
        (|d| d.slots[0].unit = Some(Unit::Hour), "slots[0].unit unit_does_not_fit"),
        (|d| d.slots[0].description.clear(), "slots[0].description no_description"),
        (|d| d.slots[0].description = "x".repeat(2001), "slots[0].description too_long"),
        (|d| d.slots[0].description = "a\u{202e}b".into(), "slots[0].description unseen"),
        (|d| drop(d.slots[0].names.remove(&Locale::EnGb)), "slots[0].names.en-GB no_slot_name"),
        (|d| drop(d.slots[0].names.insert(Locale::EnGb, "a\u{0}".into())), "slots[0].names.en-GB unseen"),
        (|d| d.slots[0].asins.values_mut().for_each(Vec::clear), "slots[0].asins.DE no_asins"),
        (|d| drop(d.slots[0].asins.insert(Marketplace::De, vec!["B0".into()])), "slots[0].asins.DE bad_asin"),
        (
            |d| drop(d.slots[0].asins.insert(Marketplace::De, vec!["B00ABCDEF1".into(); 2])),
            "slots[0].asins.DE same_asin",
        ),
        (
            |d| drop(d.slots[0].asins.insert(Marketplace::De, vec!["B00ABCDEF1".into(); 201])),
            "slots[0].asins.DE too_many_asins",
        ),
        (
            |d| drop(d.slots[0].asins.insert(Marketplace::Jp, vec!["B00ABCDEF1".into()])),
            "slots[0].asins.JP stray_asins",
        ),
        (|d| d.slots[0].requested = Some(day("2026-11-22")), "slots[0].requested requested_later"),
        (|d| d.slots[0].replenishment = "a b".into(), "slots[0].replenishment bad_id"),
        (|d| d.slots[1].replenishment = "amzn1.id.black".into(), "slots[1].replenishment same_id"),
        (
            |d| {
                d.slots[0].replenishment.clear();
                d.slots[0].requested = None;
            },
            "slots[0].replenishment not_requested",
        ),
        (|d| market(d).customers.clear(), "marketplaces.DE.customers no_customers"),
        (|d| market(d).customers.push("a b".into()), "marketplaces.DE.customers bad_customer"),
        (|d| market(d).customers.push("A1B2C3D4".into()), "marketplaces.DE.customers same_customer"),
        (
            |d| market(d).customers = (0..11).map(|at| format!("A{at}")).collect(),
            "marketplaces.DE.customers too_many_customers",
        ),
        (|d| market(d).certified = Some(day("2026-12-01")), "marketplaces.DE.certified certified_later"),
    ];
    let mut told = std::collections::BTreeSet::new();
    for (spoil, wanted) in cases {
        let mut dossier = assigned();
        spoil(&mut dossier);
        let words = words(&dossier);
        assert!(words.iter().any(|word| word == wanted), "{wanted}: {words:?}");
        told.insert(wanted.split(' ').nth(1).unwrap());
    }
    // A new word needs a case here.
    let elsewhere = ["no_name", "no_model", "id_awaited", "id_overdue"];
    let open: Vec<_> =
        What::WORDS.iter().filter(|word| !told.contains(**word) && !elsewhere.contains(word)).collect();
    assert!(open.is_empty(), "{open:?}");
    assert_eq!(words(&assigned()), [""; 0]);
}

fn market(dossier: &mut Dossier) -> &mut DossierMarket {
    dossier.marketplaces.get_mut(&Marketplace::De).unwrap()
}

#[test]
fn several_lines_of_description_are_welcome() {
    let mut dossier = assigned();
    dossier.slots[0].description = "One.\r\nTwo.\tThree.".into();
    assert_eq!(words(&dossier), [""; 0]);
}
