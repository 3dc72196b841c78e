//! Answers as printers give them, and the recordings beside the repository.

use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::super::ipp_wire::{Attribute, PRINTER_GROUP};
use super::*;

fn names(list: &[&str]) -> Vec<Value> {
    list.iter().map(|text| Value::Text((*text).to_owned())).collect()
}

fn numbers(list: &[i32]) -> Vec<Value> {
    list.iter().copied().map(Value::Integer).collect()
}

fn octets(list: &[&str]) -> Vec<Value> {
    list.iter().map(|text| Value::Octets(text.as_bytes().to_vec())).collect()
}

fn one(attributes: &[(&str, Vec<Value>)]) -> PrinterReport {
    let attributes = attributes
        .iter()
        .map(|(name, values)| Attribute { name: (*name).to_owned(), values: values.clone() })
        .collect();
    let groups = vec![Group { tag: PRINTER_GROUP, attributes }];
    let answer = Answer { version: (2, 0), status: 0, groups, truncated: false };
    report(&answer).printers.remove(0)
}

/// Name, kind, percent, low mark, receptacle, state.
fn brief(report: &PrinterReport) -> Vec<Json> {
    let brief = |s: &Supply| json!([s.name, s.kind, s.level_pct, s.low, s.receptacle, s.state]);
    report.supplies.iter().map(brief).collect()
}

#[test]
fn one_value_instead_of_a_list() {
    let report = one(&[
        ("marker-names", names(&["BK"])),
        ("marker-colors", names(&["#000000"])),
        ("marker-types", names(&["toner"])),
        ("marker-levels", numbers(&[70])),
        ("marker-low-levels", numbers(&[9])),
        ("marker-high-levels", numbers(&[100])),
    ]);
    assert_eq!(brief(&report), [json!(["BK", "toner", 70, 9, false, "ok"])]);
}

#[test]
fn lists_of_different_length() {
    let report = one(&[
        ("marker-names", names(&["Black", "Cyan", ""])),
        ("marker-colors", names(&["#000000"])),
        ("marker-types", names(&["ink-cartridge", "ink-cartridge", "ink-cartridge", "ink-cartridge"])),
        ("marker-levels", numbers(&[7, -2, -3])),
        ("marker-low-levels", numbers(&[10, -1])),
    ]);
    assert_eq!(
        brief(&report),
        [
            json!(["Black", "ink", 7, 10, false, "low"]),
            json!(["Cyan", "ink", null, null, false, "unknown"]),
            json!(["Ink", "ink", null, null, false, "some"]),
        ]
    );
}

#[test]
fn an_out_of_band_value_in_a_list_keeps_its_place() {
    let report = one(&[
        ("marker-names", names(&["Black", "Cyan"])),
        ("marker-levels", vec![Value::OutOfBand(0x12), Value::Integer(40)]),
        ("marker-types", vec![Value::OutOfBand(0x13)]),
    ]);
    assert_eq!(
        brief(&report),
        [
            json!(["Black", "other", null, null, false, "unknown"]),
            json!(["Cyan", "other", 40, null, false, "ok"])
        ]
    );
}

/// Levels and marks as a Kyocera (waste toner) and a Canon (waste ink) state them: how full the container is.
#[test]
fn markers_state_how_full_a_receptacle_is() {
    for (level, high, state, used) in
        [(0, 95, "ok", 0), (94, 95, "ok", 94), (95, 95, "full", 95), (10, 64, "ok", 10), (64, 64, "full", 64)]
    {
        let report = one(&[
            ("marker-names", names(&["Cyan TK-5490CS", "Waste Toner Box"])),
            ("marker-colors", names(&["#00FFFF", "none"])),
            ("marker-types", names(&["toner", "waste-toner"])),
            ("marker-levels", numbers(&[92, level])),
            ("marker-low-levels", numbers(&[3, 0])),
            ("marker-high-levels", numbers(&[100, high])),
        ]);
        let waste = &report.supplies[1];
        assert_eq!(json!([waste.level_pct, waste.receptacle, waste.state]), json!([level, true, state]));
        assert_eq!(waste.used_pct(), Some(used));
        assert!(waste.colours.is_empty());
    }
}

#[test]
fn printer_supply_alone_states_the_room_left() {
    let report = one(&[
        (
            "printer-supply",
            octets(&[
                "index=1;class=receptacleThatIsFilled;type=wasteToner;unit=percent;maxcapacity=100;level=25;colorantname=unknown;",
                "index=2;class=supplyThatIsConsumed;type=toner;unit=percent;maxcapacity=100;level=75;colorantname=black;",
                "index=3;class=supplyThatIsConsumed;type=toner;unit=impressions;maxcapacity=6000;level=4260;colorantname=cyan;",
                "index=4;class=supplyThatIsConsumed;type=toner;unit=tenthsOfMilliliters;maxcapacity=-2;level=40;colorantname=magenta;",
                "type=toner;level=-3;maxcapacity=100;class=supplyThatIsConsumed;unit=percent;colorantname=yellow",
            ]),
        ),
        ("printer-supply-description", names(&["Toner Waste Tank", "Black Toner", "Cyan Toner S/N:CRUM-1"])),
    ]);
    assert_eq!(
        brief(&report),
        [
            json!(["Toner Waste Tank", "waste", 25, null, true, "ok"]),
            json!(["Black Toner", "toner", 75, null, false, "ok"]),
            json!(["Cyan Toner", "toner", 71, null, false, "ok"]),
            json!(["Magenta toner", "toner", null, null, false, "ok"]),
            json!(["Yellow toner", "toner", null, null, false, "some"]),
        ]
    );
    assert_eq!(report.supplies[0].used_pct(), Some(75), "25 left of 100 is 75 used");
    assert_eq!(report.supplies[4].colours, ["#FFFF00"]);
    assert_eq!(report.supplies[2].serial.as_ref().map(Serial::reveal), Some("CRUM-1"));
    assert_eq!(report.printer_supply_levels, Some(vec![Some(25), Some(75), Some(4260), Some(40), Some(-3)]));
}

#[test]
fn a_waste_box_with_a_high_mark_states_how_full_it_is() {
    let waste = |level: i32| {
        let text = format!(
            "class=receptacleThatIsFilled;type=wasteToner;unit=percent;maxcapacity=100;level={level};highlevel=95;"
        );
        one(&[("printer-supply", octets(&[&text]))]).supplies.remove(0)
    };
    assert_eq!((waste(0).state, waste(0).used_pct()), (State::Ok, Some(0)));
    assert_eq!((waste(96).state, waste(96).high), (State::Full, Some(95)));
}

#[test]
fn printer_supply_fills_what_markers_do_not_know() {
    let report = one(&[
        ("marker-names", names(&["Black", "Cyan", "Drum"])),
        ("marker-colors", names(&["#000000", "#00FFFF", "none"])),
        ("marker-types", names(&["toner", "toner", "opc"])),
        ("marker-levels", numbers(&[-1, 20, -3])),
        ("marker-low-levels", numbers(&[10, 10, 10])),
        (
            "printer-supply",
            octets(&[
                "type=opc;class=supplyThatIsConsumed;unit=percent;maxcapacity=100;level=-3;",
                "type=toner;class=supplyThatIsConsumed;unit=percent;maxcapacity=100;level=99;colorantname=cyan;",
                "type=toner;class=supplyThatIsConsumed;unit=percent;maxcapacity=100;level=8;colorantname=black;",
                "type=wasteToner;class=receptacleThatIsFilled;unit=percent;maxcapacity=100;level=60;",
            ]),
        ),
        ("printer-supply-description", names(&["Drum", "Cyan", "Black", "Waste"])),
    ]);
    assert_eq!(
        brief(&report),
        [
            json!(["Black", "toner", 8, 10, false, "low"]),
            json!(["Cyan", "toner", 20, 10, false, "ok"]),
            json!(["Drum", "drum", null, 10, false, "some"]),
            json!(["Waste", "waste", 60, null, true, "ok"]),
        ]
    );
}

#[test]
fn equal_colours_are_matched_by_place_and_shades_do_not_matter() {
    let row = |level: i32, colour: &str| {
        format!(
            "type=inkCartridge;class=supplyThatIsConsumed;unit=percent;maxcapacity=100;level={level};colorantname={colour};"
        )
    };
    let rows = [row(11, "black"), row(22, "cyan"), row(33, "black")];
    let report = one(&[
        ("marker-names", names(&["Photo Black", "Cyan", "Black"])),
        ("marker-colors", names(&["#000000", "#00CFFF", "#000000"])),
        ("marker-types", names(&["ink-cartridge", "ink-cartridge", "ink-cartridge"])),
        ("printer-supply", octets(&rows.iter().map(String::as_str).collect::<Vec<_>>())),
    ]);
    let levels: Vec<Option<u8>> = report.supplies.iter().map(|supply| supply.level_pct).collect();
    assert_eq!(levels, [Some(11), Some(22), Some(33)]);
    assert_eq!(report.supplies[1].colours, ["#00CFFF"]);
}

#[test]
fn several_supplies_in_one_string_and_quoted_separators() {
    let report = one(&[(
        "printer-supply",
        octets(&[
            "type=ink;level=5;unit=percent;colorantname=black;type=ink;level=6;unit=percent;colorantname=a\\;b;",
        ]),
    )]);
    assert_eq!(report.supplies.len(), 2);
    assert_eq!(report.supplies[1].colour_raw.as_deref(), Some("a;b"));
    let odd = one(&[(
        "printer-supply",
        octets(&["", ";;;", "=;=", "level", "level=abc;type=;", "level=99999999999;"]),
    )]);
    assert!(odd.supplies.iter().all(|supply| supply.level_pct.is_none() && !supply.name.is_empty()));
}

#[test]
fn a_printer_without_supplies_is_an_empty_list() {
    let report =
        one(&[("printer-make-and-model", names(&["ECOSYS M2540dn"])), ("marker-names", names(&[""]))]);
    assert_eq!(report.supplies, []);
    assert_eq!(report.printer_supply_levels, None);
}

#[test]
fn what_identifies_a_home_is_read_but_not_shown() {
    let report = one(&[
        ("printer-device-id", names(&["MFG:EPSON;CMD:ESC;MDL:XP-430 Series;SN:565A5650;"])),
        ("printer-uuid", names(&["urn:uuid:CFE92100-67C4-11D4-A45F-44D24472B0DC"])),
        ("printer-info", names(&["Anna's\u{7} printer"])),
        ("printer-location", names(&["Bedroom"])),
        ("marker-names", names(&["Black Toner S/N:CRUM-777"])),
    ]);
    assert_eq!(report.make_and_model.as_deref(), Some("EPSON XP-430 Series"));
    assert_eq!(report.uuid.as_deref(), Some("cfe92100-67c4-11d4-a45f-44d24472b0dc"));
    assert_eq!(report.name.as_deref(), Some("Anna's printer"));
    assert_eq!(report.serial.as_ref().map(Serial::reveal), Some("565A5650"));
    let shown = serde_json::to_string(&report).expect("JSON");
    for secret in ["565A5650", "CRUM", "cfe92100", "Anna", "Bedroom"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    let debug = format!("{report:?}");
    assert!(!debug.contains("565A5650") && !debug.contains("CRUM"), "{debug}");
}

#[test]
fn another_printer_is_recognised() {
    let id = |uuid: Option<&str>, serial: Option<&str>, model: Option<&str>| Identity {
        uuid: uuid.map(str::to_owned),
        serial: serial.and_then(Serial::new),
        make_and_model: model.map(str::to_owned),
    };
    let known = id(Some("a"), Some("1"), Some("HP 1"));
    for (later, differs) in [
        (id(Some("a"), Some("1"), Some("HP 1")), false),
        (id(Some("a"), None, Some("renamed")), false),
        (id(Some("b"), Some("1"), None), false),
        (id(Some("b"), Some("2"), Some("HP 1")), true),
        (id(Some("b"), None, Some("HP 1")), true),
        (id(None, Some("2"), Some("HP 1")), true),
        (id(None, None, Some("hp 1")), false),
        (id(None, None, Some("Epson")), true),
        (id(None, None, None), false),
    ] {
        assert_eq!(known.differs_from(&later), differs, "{later:?}");
    }
}

/// The folder of recordings, which is not part of the repository.
fn samples() -> Option<PathBuf> {
    let folder = std::env::var_os("REFILL_SAMPLES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples"),
        PathBuf::from,
    );
    folder.join("expected.json").is_file().then_some(folder)
}

#[test]
fn recordings_of_real_printers() {
    let Some(folder) = samples() else {
        eprintln!("0 recordings compared: no folder of samples (REFILL_SAMPLES names it)");
        return;
    };
    let text = std::fs::read_to_string(folder.join("expected.json")).expect("expected.json");
    let expected: Json = serde_json::from_str(&text).expect("JSON");
    let mut compared = 0;
    for (file, want) in expected["expected"].as_object().expect("an object") {
        let Some(want) = want.get("printers") else { continue };
        let bytes = std::fs::read(folder.join(file)).expect("the recording");
        let reading = read(&bytes).expect("IPP");
        assert_eq!(&serde_json::to_value(&reading).expect("JSON")["printers"], want, "{file}");
        compared += 1;
    }
    eprintln!("{compared} recordings compared");
    assert!(compared >= 2, "the folder holds two IPP recordings");
}

#[test]
fn damaged_recordings_never_panic() {
    let Some(folder) = samples() else {
        eprintln!("0 recordings damaged: no folder of samples");
        return;
    };
    for file in ["ipp-epson-xp-430-series.bin", "ipp-hp-officejet-3830.bin"] {
        let bytes = std::fs::read(folder.join(file)).expect("the recording");
        for cut in (0..bytes.len()).step_by(7) {
            let _ = read(&bytes[..cut]);
        }
        for at in (0..bytes.len()).step_by(5) {
            let mut damaged = bytes.clone();
            damaged[at] = !damaged[at];
            let _ = read(&damaged);
        }
    }
}

proptest! {
    #[test]
    fn any_strings_and_levels_make_whole_supplies(
        labels in proptest::collection::vec(any::<String>(), 0..5),
        types in proptest::collection::vec(any::<String>(), 0..5),
        colours in proptest::collection::vec(any::<String>(), 0..5),
        levels in proptest::collection::vec(any::<i32>(), 0..5),
        highs in proptest::collection::vec(any::<i32>(), 0..5),
        rows in proptest::collection::vec("(level|unit|maxcapacity|class|type|[a-z]{1,3})=[-0-9a-zA-Z;\\\\]{0,12};", 0..5),
    ) {
        let text = |list: &[String]| list.iter().cloned().map(Value::Text).collect::<Vec<_>>();
        let report = one(&[
            ("marker-names", text(&labels)),
            ("marker-types", text(&types)),
            ("marker-colors", text(&colours)),
            ("marker-levels", numbers(&levels)),
            ("marker-high-levels", numbers(&highs)),
            ("printer-supply", text(&rows)),
        ]);
        for supply in &report.supplies {
            prop_assert!(supply.level_pct.is_none_or(|percent| percent <= 100));
            prop_assert!(!supply.name.is_empty() && supply.name.chars().count() <= MAX_LABEL);
            prop_assert!(!supply.instance().is_empty());
            if supply.level_raw.is_none_or(|level| level < 0) {
                prop_assert_eq!(supply.level_pct, None);
            }
        }
    }
}

#[test]
fn a_unit_that_makes_no_share_is_kept_as_it_came() {
    let rows = octets(&[
        "type=toner;class=supplyThatIsConsumed;unit=impressions;maxcapacity=-2;level=1200;colorantname=black;",
        "type=toner;class=supplyThatIsConsumed;unit=wombats\u{202e};maxcapacity=-2;level=7;colorantname=cyan;",
        "type=toner;class=supplyThatIsConsumed;unit=impressions;maxcapacity=6000;level=3000;colorantname=magenta;",
        "type=toner;class=supplyThatIsConsumed;unit=percent;maxcapacity=100;level=50;colorantname=yellow;",
        "type=toner;class=supplyThatIsConsumed;unit=feet;maxcapacity=-2;level=-2;colorantname=red;",
    ]);
    let report = one(&[("printer-supply", rows)]);
    let told: Vec<_> =
        report.supplies.iter().map(|s| (s.level_pct, s.stated(), s.unit_raw.clone())).collect();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        told,
        [
            (None, text("1200 impressions"), text("impressions")),
            (None, text("7 wombats"), text("wombats")),
            (Some(50), None, text("impressions")),
            (Some(50), None, None),
            (None, None, text("feet")),
        ]
    );
}
