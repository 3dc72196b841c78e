//! The dossier of a printer with two inks that is ready to be requested, and what becomes of it.

mod changes;
mod findings;
mod messages;
mod properties;

use super::*;
use crate::measure::Unit;
use chrono::NaiveDate;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Saturday, 21 November 2026.
fn today() -> NaiveDate {
    day("2026-11-21")
}

fn ink(identifier: &str, instance: &str, german: &str, english: &str) -> DossierSlot {
    DossierSlot {
        identifier: identifier.into(),
        instance: instance.into(),
        category: "Printer ink".into(),
        answers: Answers { left: Some(true), ..Answers::default() },
        unit: Some(Unit::Percent),
        description: "An optical sensor in the cartridge holder.".into(),
        names: [(Locale::DeDe, german.to_owned()), (Locale::EnGb, english.to_owned())].into(),
        ..DossierSlot::default()
    }
}

/// Complete for Germany and the United Kingdom, as far as a request goes.
fn printer() -> Dossier {
    Dossier {
        kind: DossierKind::Skill,
        name: "Larkfield InkWell 640".into(),
        model: "InkWell-640".into(),
        manufacturer: "Larkfield".into(),
        image: Some(DossierImage {
            file: "inkwell-640.png".into(),
            bytes: 240_000,
            format: ImageFormat::Png,
            width: 800,
            height: 600,
            background: Background { white: 1000, transparent: 0 },
        }),
        names: [(Locale::DeDe, "Tintendrucker".to_owned()), (Locale::EnGb, "Ink printer".to_owned())].into(),
        slots: vec![
            ink("SLOT 01", "ink.black", "Schwarze Tinte", "Black ink"),
            ink("CYAN", "ink.cyan", "Cyan-Tinte", "Cyan ink"),
        ],
        marketplaces: [
            (Marketplace::De, DossierMarket::default()),
            (Marketplace::Uk, DossierMarket::default()),
        ]
        .into(),
    }
}

/// The same with IDs assigned, products looked at and somebody to test.
fn assigned() -> Dossier {
    let mut dossier = printer();
    for (slot, id) in dossier.slots.iter_mut().zip(["amzn1.id.black", "amzn1.id.cyan"]) {
        slot.requested = Some(day("2026-11-02"));
        slot.replenishment = id.into();
        for market in [Marketplace::De, Marketplace::Uk] {
            slot.asins.insert(market, vec!["B00ABCDEF1".into()]);
        }
    }
    for market in dossier.marketplaces.values_mut() {
        market.customers = vec!["A1B2C3D4".into()];
    }
    dossier
}

#[test]
fn a_dossier_is_read_as_it_was_written() {
    for dossier in [Dossier::default(), Dossier::new(), printer(), assigned()] {
        let text = write(&dossier);
        assert!(text.ends_with("}\n"));
        assert_eq!(read(text.as_bytes()), Ok(dossier.clone()));
        assert_eq!(read(format!("\u{feff}{text}").as_bytes()), Ok(dossier), "with a mark before it");
    }
    insta::assert_snapshot!("document", write(&assigned()));
}

#[test]
fn only_the_shape_is_strict() {
    let plain = |inner: &str| format!("{{\"format\":\"refill-dossier\",\"version\":1,\"dossier\":{inner}}}");
    let minimal = read(plain("{\"kind\":{\"is\":\"skill\"}}").as_bytes()).unwrap();
    assert_eq!(minimal, Dossier::default());
    for (inner, why) in [
        ("{}", "missing field `kind`"),
        ("{\"kind\":{\"is\":\"skill\"},\"nmae\":\"x\"}", "unknown field `nmae`"),
        ("{\"kind\":{\"is\":\"skill\"},\"name\":\"x\",\"name\":\"y\"}", "duplicate field `name`"),
        ("{\"kind\":{\"is\":\"skill\"},\"name\":7}", "invalid type: integer `7`"),
        ("{\"kind\":{\"is\":\"lamp\"}}", "unknown variant `lamp`"),
        ("{\"kind\":{\"is\":\"connect_kit\"}}", "missing field `device_type`"),
        ("{\"kind\":{\"is\":\"skill\"},\"names\":{\"en-AU\":\"x\"}}", "unknown variant `en-AU`"),
        ("{\"kind\":{\"is\":\"skill\"},\"names\":{\"en-GB\":\"x\",\"en-GB\":\"y\"}}", "stands there twice"),
        ("{\"kind\":{\"is\":\"skill\"},\"marketplaces\":{\"XX\":{}}}", "unknown variant `XX`"),
        ("{\"kind\":{\"is\":\"skill\"},\"slots\":[{}]}", "missing field `identifier`"),
        (
            "{\"kind\":{\"is\":\"skill\"},\"slots\":[{\"identifier\":\"a\",\"unit\":\"TEASPOON\"}]}",
            "unknown variant",
        ),
        (
            "{\"kind\":{\"is\":\"skill\"},\"slots\":[{\"identifier\":\"a\",\"requested\":\"soon\"}]}",
            "invalid",
        ),
    ] {
        let BadDossier::Shape(told) = read(plain(inner).as_bytes()).unwrap_err() else { panic!("{inner}") };
        assert!(told.contains(why), "{inner}: {told}");
    }
    let newer = "{\"format\":\"refill-dossier\",\"version\":2,\"dossier\":[]}";
    assert_eq!(read(newer.as_bytes()), Err(BadDossier::Newer(2)));
    for other in ["", "[]", "{}", "{\"format\":\"refill-export\",\"version\":1}", &"[".repeat(100_000)] {
        assert!(matches!(read(other.as_bytes()), Err(BadDossier::NotOne(_))), "{other:.40}");
    }
    assert_eq!(read(&vec![b' '; DOSSIER_MAX + 1]), Err(BadDossier::TooLarge));
}

#[test]
fn three_questions_decide_the_sensor() {
    use crate::endpoint::SensorKind::{Level, LevelUsage, Usage};
    use Decision::{Ask, Sensor};
    let sensor = |kind, reason| Sensor { kind, reason };
    let (yes, no) = (Some(true), Some(false));
    for (left, used, run, wanted) in [
        (None, None, None, Ask { question: Question::Left }),
        (None, yes, yes, Ask { question: Question::Left }),
        (yes, None, None, sensor(Level, Reason::MeasuresLeft)),
        (yes, no, yes, sensor(Level, Reason::MeasuresLeft)),
        (no, None, yes, Ask { question: Question::Used }),
        (no, yes, None, sensor(Usage, Reason::KnowsUse)),
        (no, yes, no, sensor(Usage, Reason::KnowsUse)),
        (no, no, None, Ask { question: Question::Run }),
        (no, no, yes, sensor(LevelUsage, Reason::KnowsTime)),
        (no, no, no, Decision::None),
    ] {
        assert_eq!(decide(Answers { left, used, run }), wanted, "{left:?} {used:?} {run:?}");
    }
    for kind in [Level, Usage, LevelUsage] {
        let Sensor { kind: decided, .. } = decide(Answers::leading_to(kind)) else { panic!("{kind:?}") };
        assert_eq!(decided, kind);
    }
    assert_eq!(decide(Answers::leading_to(SensorKind::None)), Decision::None);
}

#[test]
fn seven_working_days_are_counted_without_weekends() {
    for (requested, wanted) in [
        ("2026-11-16", "2026-11-25"), // Monday, as in the drawing of the screen
        ("2026-11-20", "2026-12-01"), // Friday
        ("2026-11-21", "2026-12-01"), // Saturday counts as the Friday before
        ("2026-11-22", "2026-12-01"), // Sunday
        ("2026-12-28", "2027-01-06"), // over the turn of the year; holidays are not known
    ] {
        assert_eq!(due(day(requested)), day(wanted), "{requested}");
    }
    let asked = day("2026-11-16");
    let at = |today| {
        let countdown = countdown(asked, day(today));
        assert_eq!(countdown.due, day("2026-11-25"));
        (countdown.left, countdown.overdue)
    };
    assert_eq!(at("2026-11-01"), (7, false), "a clock that is behind");
    assert_eq!(at("2026-11-16"), (7, false));
    assert_eq!(at("2026-11-20"), (3, false));
    assert_eq!(at("2026-11-22"), (3, false), "a weekend takes nothing");
    assert_eq!(at("2026-11-25"), (0, false));
    assert_eq!(at("2026-11-26"), (0, true));
    assert_eq!(due(NaiveDate::MAX), NaiveDate::MAX);
}

#[test]
fn model_ids_are_what_scope_data_takes() {
    for good in ["A", "InkWell-640", "a+b_c-1", &"x".repeat(64)] {
        assert!(is_model_id(good), "{good}");
    }
    for bad in ["", "a b", "ä", "a/b", &"x".repeat(65)] {
        assert!(!is_model_id(bad), "{bad}");
    }
    let random = [0, 1, 2, 3, 0xfc, 0xfd, 0xfe, 0xff];
    assert_eq!(generated_model_id("Larkfield InkWell 640", random), "Larkfield-InkWell-640-00010203fcfdfeff");
    assert_eq!(generated_model_id("プリンター", random), "00010203fcfdfeff");
    assert!(is_model_id(&generated_model_id(&"word ".repeat(60), random)));
    assert!(is_model_id(&generated_model_id(&"x".repeat(500), random)));
}

#[test]
fn a_background_is_white_clear_or_both() {
    let of = |white, clear| Background::of(white, clear, 1000).fits();
    assert!(of(1000, 0) && of(0, 1000) && of(500, 450) && of(950, 0));
    assert!(!of(949, 0) && !of(0, 0) && !of(400, 500));
    assert!(!Background::of(0, 0, 0).fits(), "no border, no background");
}

#[test]
fn every_word_is_the_one_on_the_wire() {
    let word = |value: serde_json::Value| value.as_str().map(str::to_owned);
    for why in Why::ALL {
        assert_eq!(word(serde_json::to_value(why).unwrap()).as_deref(), Some(why.word()));
    }
    for label in Label::ALL {
        assert_eq!(word(serde_json::to_value(label).unwrap()).as_deref(), Some(label.word()));
    }
    for unknown in Unknown::ALL {
        assert_eq!(word(serde_json::to_value(unknown).unwrap()).as_deref(), Some(unknown.word()));
    }
    for what in [What::NoName, What::TooLong { chars: 1, max: 0 }, What::ImageBackground { clear: 1 }] {
        assert_eq!(serde_json::to_value(&what).unwrap()["is"], what.word());
    }
    let words: std::collections::BTreeSet<_> = What::WORDS.iter().collect();
    assert_eq!(words.len(), What::WORDS.len());
}

#[test]
fn fields_come_in_the_consoles_order() {
    let fields = copy_fields(&assigned());
    let lines: Vec<String> = fields
        .iter()
        .map(|field| {
            let at: Vec<String> = [
                field.slot.clone(),
                field.locale.map(|locale| locale.to_string()),
                field.marketplace.map(|market| market.letters().to_owned()),
            ]
            .into_iter()
            .flatten()
            .collect();
            format!("{:?} {:?} {}: {}", field.step, field.label, at.join(" "), field.value)
        })
        .collect();
    insta::assert_snapshot!("copy_fields", lines.join("\n"));
    assert!(fields.is_sorted_by_key(|field| field.step));
    let kit = DossierKind::ConnectKit { device_type: "ABC".into() };
    let of_kit = copy_fields(&Dossier { kind: kit, ..printer() });
    assert!(of_kit.iter().any(|field| field.label == Label::DeviceType && field.value == "ABC"));
}

#[test]
fn a_letter_holds_what_they_would_ask_back_for() {
    for topic in Topic::ALL {
        let letter = letter(&assigned(), *topic);
        assert_eq!(letter.form, "Dash Replenishment");
        assert!(letter.description.contains("InkWell-640") && letter.description.contains("amzn1.id.cyan"));
        assert!(!letter.description.contains("A1B2C3D4"), "no test customer");
    }
    insta::assert_snapshot!("letter", {
        let letter = letter(&assigned(), Topic::Products);
        format!("{}\n{}\n\n{}", letter.form, letter.subject, letter.description)
    });
    let hostile = Dossier { name: "a\u{202e}b\nSubject: c".into(), ..Dossier::new() };
    let subject = letter(&hostile, Topic::Question).subject;
    assert_eq!(subject, "Question for ab Subject: c (no model ID yet)");
}
