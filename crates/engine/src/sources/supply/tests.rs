//! Tables for every rule of judgement.

use proptest::prelude::*;

use super::*;

#[test]
fn kinds_by_type_and_by_name() {
    for (type_raw, name, kind) in [
        ("ink-cartridge", "", Kind::Ink),
        ("inkCartridge", "", Kind::Ink),
        ("ink", "", Kind::Ink),
        ("toner", "", Kind::Toner),
        ("toner-cartridge", "", Kind::Toner),
        ("tonerCartridge", "", Kind::Toner),
        ("waste-toner", "", Kind::Waste),
        ("wasteToner", "", Kind::Waste),
        ("waste-ink", "MC", Kind::Waste),
        ("wasteWax", "", Kind::Waste),
        ("opc", "", Kind::Drum),
        ("fuser", "", Kind::Fuser),
        ("fuser-cleaning-pad", "", Kind::Fuser),
        ("developer", "", Kind::Developer),
        ("transfer-unit", "", Kind::Transfer),
        ("transferUnit", "", Kind::Transfer),
        ("cleaner-unit", "", Kind::Cleaner),
        ("maintenance-kit", "", Kind::Maintenance),
        ("print-head", "", Kind::Printhead),
        ("ink-ribbon", "", Kind::Ribbon),
        ("solid-wax", "", Kind::Wax),
        ("staples", "", Kind::Staples),
        ("stitching-wire", "", Kind::Staples),
        ("shrink-wrap", "", Kind::Other),
        ("other", "Belt Unit", Kind::Transfer),
        ("other", "Fuser life", Kind::Fuser),
        ("other", "Imaging Unit life", Kind::Drum),
        ("unknown", "Toner Collection Unit", Kind::Waste),
        ("unknown", "Maintenance Box", Kind::Waste),
        ("other", "Tray1 Pickup Roller life", Kind::Other),
        ("other", "Pink sheet", Kind::Other),
        ("", "Black ink", Kind::Ink),
        ("ink-cartridge", "Waste of money", Kind::Ink),
    ] {
        assert_eq!(Kind::of(Some(type_raw), name), kind, "{type_raw:?} {name:?}");
    }
    assert_eq!(Kind::of(None, ""), Kind::Other);
}

#[test]
fn colours_in_every_writing() {
    for (raw, want) in [
        ("#000000", &["#000000"][..]),
        ("#00FFFF#FF00FF#FFFF00", &["#00FFFF", "#FF00FF", "#FFFF00"]),
        ("#00ffff, #ff00ff", &["#00FFFF", "#FF00FF"]),
        ("#0Cf", &["#00CCFF"]),
        ("#00CFFFAA", &["#00CFFF"]),
        ("00cfff", &["#00CFFF"]),
        ("black", &["#000000"]),
        ("Light-Cyan", &["#E0FFFF"]),
        ("light cyan", &["#E0FFFF"]),
        ("multi-color", &["#00FFFF", "#FF00FF", "#FFFF00"]),
        ("none", &[]),
        ("NONE", &[]),
        ("unknown", &[]),
        ("", &[]),
        ("#", &[]),
        ("#12345", &[]),
        ("#zzzzzz", &[]),
    ] {
        assert_eq!(colours(raw), want, "{raw:?}");
    }
}

#[test]
fn negative_levels_are_never_a_percentage() {
    for level in [-1, -2, -3, -4, i32::MIN] {
        assert_eq!(percent(Some(level), Some(100)), None, "{level}");
    }
    assert_eq!(percent(None, Some(100)), None);
}

#[test]
fn percent_by_capacity() {
    for (level, capacity, want) in [
        (57, Some(100), 57),
        (57, None, 57),
        (10, Some(64), 10), // a mark below 100 is a mark, not a capacity
        (0, Some(100), 0),
        (110, Some(100), 100),
        (4260, Some(6000), 71),
        (50, Some(6000), 1),
        (7000, Some(6000), 100),
        (i32::MAX, Some(i32::MAX), 100),
        (i32::MAX, None, 100),
    ] {
        assert_eq!(percent(Some(level), capacity), Some(want), "{level} of {capacity:?}");
    }
}

#[test]
fn judgement_by_the_printers_own_marks() {
    use Measures::{Content, Space};
    for (level, low, high, receptacle, want) in [
        (Some(57), Some(15), Some(100), None, State::Ok),
        (Some(15), Some(15), Some(100), None, State::Low),
        (Some(1), Some(1), Some(100), None, State::Low),
        (Some(5), None, Some(100), None, State::Ok),
        (Some(0), Some(15), Some(100), None, State::Empty),
        (Some(0), None, None, None, State::Empty),
        (Some(-1), Some(15), None, None, State::Unknown),
        (Some(-2), Some(15), None, None, State::Unknown),
        (Some(-3), Some(15), None, None, State::Some),
        (Some(-9), None, None, None, State::Unknown),
        (None, Some(15), Some(100), None, State::Unknown),
        (Some(0), Some(0), Some(95), Some(Content), State::Ok),
        (Some(94), Some(0), Some(95), Some(Content), State::Ok),
        (Some(95), Some(0), Some(95), Some(Content), State::Full),
        (Some(100), None, None, Some(Content), State::Full),
        (Some(100), None, None, Some(Space), State::Ok),
        (Some(25), None, Some(100), Some(Space), State::Ok),
        (Some(0), None, Some(100), Some(Space), State::Full),
        (Some(5), Some(5), Some(100), Some(Space), State::Full),
        (Some(-3), None, None, Some(Space), State::Some),
        (Some(-2), None, None, Some(Content), State::Unknown),
    ] {
        assert_eq!(judge(level, low, high, receptacle), want, "{level:?} {low:?} {high:?} {receptacle:?}");
    }
}

fn supply(name: &str, kind: Kind, colours: &[&str]) -> Supply {
    Supply {
        name: name.to_owned(),
        kind,
        type_raw: None,
        colours: colours.iter().map(|colour| (*colour).to_owned()).collect(),
        colour_raw: None,
        level_pct: Some(50),
        level_raw: Some(50),
        unit_raw: None,
        low: None,
        high: None,
        receptacle: false,
        state: State::Ok,
        serial: None,
        measures: Measures::Content,
        instance: String::new(),
    }
}

fn instances(mut supplies: Vec<Supply>) -> Vec<String> {
    assign_instances(&mut supplies);
    supplies.iter().map(|supply| supply.instance().to_owned()).collect()
}

#[test]
fn instances_tell_supplies_apart_and_survive_a_new_part_number() {
    let epson = |black: &str| {
        vec![
            supply("Photo Black ink", Kind::Ink, &["#000000"]),
            supply("Cyan ink", Kind::Ink, &["#00FFFF"]),
            supply(black, Kind::Ink, &["#000000"]),
            supply("tri", Kind::Ink, &["#00FFFF", "#FF00FF"]),
            supply("Box", Kind::Waste, &[]),
            supply("Roller 1", Kind::Other, &[]),
            supply("Roller 2", Kind::Other, &[]),
        ]
    };
    let want = [
        "ink-000000-photo-black-ink",
        "ink-00ffff",
        "ink-000000-black-ink",
        "ink-00ffff-ff00ff",
        "waste",
        "other-roller",
        "other-roller-2",
    ];
    assert_eq!(instances(epson("Black ink")), want);
    assert_eq!(instances(epson("Black ink T3351")), want);
}

#[test]
fn used_has_one_meaning_for_all() {
    let with = |receptacle, measures| Supply {
        receptacle,
        measures,
        level_pct: Some(30),
        ..supply("x", Kind::Ink, &[])
    };
    assert_eq!(with(false, Measures::Content).used_pct(), Some(70));
    assert_eq!(with(true, Measures::Content).used_pct(), Some(30));
    assert_eq!(with(true, Measures::Space).used_pct(), Some(70));
    assert_eq!(Supply { level_pct: None, ..with(true, Measures::Space) }.used_pct(), None);
}

#[test]
fn a_nameless_supply_gets_a_name() {
    assert_eq!(name_for(Kind::Ink, &["#000000".to_owned()]), "Black ink");
    assert_eq!(name_for(Kind::Ink, &["#00FFFF".to_owned(), "#FF00FF".to_owned()]), "Colour ink");
    assert_eq!(name_for(Kind::Waste, &[]), "Waste container");
    assert_eq!(name_for(Kind::Toner, &["#123456".to_owned()]), "Toner");
}

proptest! {
    #[test]
    fn instances_are_unique(names in proptest::collection::vec("[a-c0-1 ]{0,4}", 0..8), same in any::<bool>()) {
        let colour: &[&str] = if same { &["#000000"] } else { &[] };
        let all = instances(names.iter().map(|name| supply(name, Kind::Ink, colour)).collect());
        let unique: std::collections::HashSet<&String> = all.iter().collect();
        prop_assert_eq!(unique.len(), all.len());
    }

    #[test]
    fn any_colour_text_gives_well_formed_colours(raw in any::<String>()) {
        for colour in colours(&raw) {
            prop_assert_eq!(colour.len(), 7);
            prop_assert!(colour[1..].chars().all(|c| c.is_ascii_hexdigit() && !c.is_ascii_lowercase()));
        }
    }
}
