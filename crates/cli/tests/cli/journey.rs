//! What a person does with it, from the first device to the chart.

use super::{Home, program};
use serde_json::json;

#[test]
fn from_the_first_device_to_the_chart() {
    let home = Home::furnished();
    let supplies = home.json(&["supplies"]);
    assert_eq!(supplies["rows"].as_array().unwrap().len(), 3);

    let bought = home.json(&["record", "bought", "coffee pods", "--packs", "2", "--price", "8.50"]);
    assert_eq!(bought["effect"], json!({ "milli": 100_000, "unit": "COUNT" }));
    let row = home.json(&["slot", "coffee PODS"]);
    assert_eq!(row["row"]["left"]["milli"], 114_000);
    assert_eq!(row["ledger"][0]["what"]["price_milli"], 8_500);
    assert_eq!(row["ledger"][0]["what"]["currency"], "GBP");

    let entry = bought["entry"].as_str().unwrap();
    let undone = home.run(&["undo", &entry[24..]]);
    assert_eq!(undone.text(), "Undone for Coffee pods.\n");
    assert_eq!(home.json(&["slot", "coffee pods"])["row"]["left"]["milli"], 14_000);
    assert!(home.run(&["undo", entry]).text().contains("nothing was changed"));
    assert_eq!(home.json(&["undo", entry]), json!(null));
    home.run(&["undo", "--redo", entry]).text();
    assert_eq!(home.json(&["slot", "coffee pods"])["row"]["left"]["milli"], 114_000);

    let svg = home.run(&["chart", "coffee pods", "--svg", "-", "--range", "month"]);
    assert!(svg.text().starts_with("<svg") && svg.out.trim_end().ends_with("</svg>"), "{}", svg.out);
    assert!(svg.out.contains("Coffee pods · Espresso machine"));
    let png = home.path().join("pods.png");
    let written = home.json(&["chart", "coffee pods", "--png", png.to_str().unwrap()]);
    let bytes = std::fs::read(&png).unwrap();
    assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
    assert_eq!(written["bytes"], bytes.len());
}

#[test]
fn text_reads_like_the_app() {
    let home = Home::furnished();
    let text = home.run(&["supplies"]);
    assert_eq!(
        text.text(),
        "Still learning\n\n\
         Not known yet\n  \
           Coffee pods       Espresso machine  14 of 50  No forecast yet  0 uses recorded, 2 more needed\n  \
           Liquid detergent  Washing machine   unknown   Not counted yet  Count it once to start\n  \
           Softener          Washing machine   unknown   Not counted yet  Count it once to start\n"
    );
    home.run(&["record", "counted", "softener", "--level", "0 ml"]).text();
    let text = home.run(&["supplies"]);
    assert!(text.text().starts_with("One supply needs you\n\nNeeds you\n  Softener "), "{}", text.out);
    home.run(&["settings", "language=de", "locale=de-DE"]).text();
    let text = home.run(&["supplies"]);
    assert!(text.text().starts_with("Ein Vorrat braucht Sie\n\nBraucht Sie\n  Softener "), "{}", text.out);
}

#[test]
fn a_steady_pace_is_said_as_a_day() {
    let home = Home::empty();
    let slot = "name=Tablets,supply=tablets,unit=count,pack=40";
    home.run(&["add", "--kind", "dishwasher", "--name", "Dishwasher", "--slot", slot]).text();
    let today = home.json(&["supplies"])["today"].as_str().unwrap().to_owned();
    // Two a day, counted every week.
    let days = days_before(&today, &[43, 36, 29, 22, 15, 8, 1]);
    for (day, level) in days.iter().zip([120, 106, 92, 78, 64, 50, 36]) {
        home.run(&["record", "counted", "tablets", "--level", &level.to_string(), "--on", day]).text();
    }
    let slot = home.json(&["slot", "tablets"]);
    let pace = slot["per_day"]["milli"].as_i64().unwrap();
    assert!((1_900..=2_100).contains(&pace), "{slot}");
    let text = home.run(&["slot", "dishwasher/tablets"]);
    assert!(text.text().contains(" a day"), "{}", text.out);
    let text = home.run(&["supplies"]);
    assert!(text.text().contains("Within six weeks") && text.out.contains("  Runs out "), "{}", text.out);
}

/// The days so many before `today`.
fn days_before(today: &str, offsets: &[u64]) -> Vec<String> {
    let today: chrono::NaiveDate = today.parse().unwrap();
    offsets.iter().map(|days| (today - chrono::Days::new(*days)).to_string()).collect()
}

#[test]
fn a_dry_run_records_nothing() {
    let home = Home::furnished();
    let outcome = home.json(&["record", "counted", "coffee pods", "--level", "10", "--dry-run"]);
    assert_eq!(outcome["left_after"]["milli"], 10_000);
    let text = home.run(&["record", "counted", "coffee pods", "--level", "10", "--dry-run"]);
    assert_eq!(text.text(), "Left 14, then 10.\nNothing was recorded.\n");
    assert_eq!(home.ledger("coffee pods").len(), 1);
}

#[test]
fn an_entry_can_be_amended() {
    let home = Home::furnished();
    let bought = home.json(&["record", "bought", "coffee pods", "--packs", "20"]);
    let entry = bought["entry"].as_str().unwrap();
    home.run(&["record", "bought", "coffee pods", "--packs", "2", "--amends", entry]).text();
    assert_eq!(home.json(&["slot", "coffee pods"])["row"]["left"]["milli"], 114_000);
}

#[test]
fn devices_are_renamed_removed_and_brought_back() {
    let home = Home::furnished();
    assert_eq!(home.json(&["rename", "espresso machine", "Barista"])["name"], "Barista");
    assert!(home.run(&["remove", "barista"]).text().contains("kept 30 days"));
    assert_eq!(home.json(&["devices"])["devices"].as_array().unwrap().len(), 1);
    assert_eq!(home.json(&["devices", "--removed"])["devices"][0]["name"], "Barista");
    assert_eq!(home.run(&["slot", "coffee pods"]).code, 1);
    assert_eq!(home.json(&["bring-back", "Barista"])["name"], "Barista");
    assert_eq!(home.json(&["slot", "barista/coffee pods"])["row"]["left"]["milli"], 14_000);

    home.run(&["set", "coffee pods", "--name", "Capsules", "--low", "5", "--mute"]).text();
    let slot = home.json(&["slot", "capsules"]);
    assert_eq!((&slot["low_mark"]["milli"], &slot["row"]["muted"]), (&json!(5_000), &json!(true)));
    home.run(&["set", "capsules", "--low", "", "--unmute"]).text();
    assert_eq!(home.json(&["slot", "capsules"])["low_mark"], json!(null));
}

#[test]
fn repeating_with_the_same_id_records_once() {
    let home = Home::furnished();
    let id = "01960000-0000-7000-8000-000000000001";
    for _ in 0..3 {
        let recorded = home.json(&["record", "bought", "coffee pods", "--id", id]);
        assert_eq!(recorded["entry"], id);
    }
    assert_eq!(home.ledger("coffee pods").len(), 2);
    for _ in 0..2 {
        let added = home.json(&["add", "--kind", "pet-feeder", "--name", "Bowl", "--id", id]);
        assert_eq!(added["id"], id);
    }
    assert_eq!(home.json(&["devices"])["devices"].as_array().unwrap().len(), 3);
}

#[test]
fn every_kind_has_its_usual_supplies() {
    let home = Home::empty();
    let kinds = [
        "printer",
        "coffee-machine",
        "washing-machine",
        "dishwasher",
        "vacuum",
        "air-purifier",
        "pet-feeder",
        "battery-device",
        "other",
    ];
    for kind in kinds {
        let added = home.json(&["add", "--kind", kind, "--name", kind]);
        assert_eq!(added["kind"], kind.replace('-', "_"));
        assert!(!added["rows"].as_array().unwrap().is_empty(), "{kind}");
    }
}

#[test]
fn the_folder_is_found_by_the_environment_too() {
    let home = Home::furnished();
    let output = program().env("REFILL_DATA", home.path()).args(["devices", "--json"]).output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("Espresso machine"));
}

#[test]
fn every_command_helps() {
    for command in [
        "supplies",
        "slot",
        "devices",
        "add",
        "record",
        "undo",
        "answer",
        "chart",
        "read",
        "rename",
        "set",
        "remove",
        "bring-back",
        "export",
        "import",
        "backup",
        "restore",
        "settings",
        "probe",
        "find",
    ] {
        let output = program().args([command, "--help"]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && text.contains("Usage: refillctl"), "{command}: {text}");
    }
    let text = String::from_utf8(program().arg("--help").output().unwrap().stdout).unwrap();
    assert!(text.contains("Exit codes:") && text.contains("Examples:"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 110), "{text}");
}

#[test]
fn use_is_told_by_week_and_month_with_what_is_not_known() {
    let home = Home::furnished();
    home.run(&["record", "bought", "coffee pods", "--packs", "1", "--price", "10", "--on", "yesterday"])
        .text();
    home.run(&["record", "counted", "coffee pods", "--level", "0", "--shelf", "40"]).text();
    let text = home.run(&["usage", "--by", "month"]);
    assert!(text.text().starts_with("Use by month, "), "{}", text.out);
    assert!(text.text().contains("Espresso machine\n  Coffee pods"), "{}", text.out);
    let one = home.run(&["usage", "--slot", "coffee pods", "--from", "today"]);
    let lines: Vec<&str> = one.text().lines().collect();
    assert_eq!(lines[2], "Coffee pods · Espresso machine");
    assert!(lines[3].contains("So far"), "{}", one.out);
    assert!(lines[4].starts_with("  In all"), "{}", one.out);
    let view = home.json(&["usage", "--device", "washing machine"]);
    assert_eq!(view["spans"].as_array().unwrap().len(), 12);
    let each = view["devices"][0]["slots"][0]["each"].as_array().unwrap();
    assert_eq!((each.len(), &each[0]["amount"]), (12, &json!(null)), "nobody looked: not known, not zero");
    home.run(&["settings", "language=de", "locale=en-US"]).text();
    assert!(home.run(&["usage"]).text().starts_with("Verbrauch je Woche, "));
}
