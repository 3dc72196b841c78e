//! The shapes of `--json`, held by snapshots: scripts rely on them. Ids, moments and days are taken out.

use super::Home;
use serde_json::Value;

/// Everything that differs from run to run, replaced by its kind.
fn steady(value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| {
                let value = match key.as_str() {
                    "at" | "measured_at" | "first_at" | "removed_at" | "last_answer" | "last_reading"
                        if value.is_number() =>
                    {
                        Value::from("[at]")
                    }
                    "hour" => Value::from("[hour]"),
                    "weeks" => Value::from("[weeks]"),
                    "svg" => Value::from("[svg]"),
                    _ => steady(value),
                };
                (key, value)
            })
            .collect(),
        Value::Array(all) => all.into_iter().map(steady).collect(),
        Value::String(text) if text.len() == 36 && text.bytes().filter(|b| *b == b'-').count() == 4 => {
            "[id]".into()
        }
        Value::String(text) if text.len() == 10 && text.parse::<chrono::NaiveDate>().is_ok() => {
            "[day]".into()
        }
        other => other,
    }
}

macro_rules! shape {
    ($home:expr, $name:literal, $args:expr) => {
        insta::assert_json_snapshot!($name, steady($home.json($args)))
    };
}

#[test]
fn shapes_are_stable() {
    let home = Home::furnished();
    let pods =
        &["record", "bought", "coffee pods", "--packs", "2", "--on", "yesterday", "--shop", "Corner shop"];
    shape!(home, "recorded", &[&pods[..], &["--price", "8.50", "--note", "On offer"]].concat());
    shape!(home, "outcome", &["record", "counted", "liquid detergent", "--level", "620 ml", "--dry-run"]);
    shape!(home, "supplies", &["supplies"]);
    shape!(home, "slot", &["slot", "coffee pods"]);
    shape!(home, "devices", &["devices"]);
    shape!(home, "device", &["devices", "washing machine"]);
    shape!(home, "undone", &["undo", "--last", "coffee pods"]);
    shape!(home, "read", &["read"]);
    shape!(home, "usage", &["usage", "--slot", "coffee pods", "--from", "today"]);
    shape!(home, "settings", &["settings"]);
    shape!(home, "orders", &["orders"]);
    shape!(home, "removed", &["remove", "washing machine"]);
    shape!(home, "removed_devices", &["devices", "--removed"]);
    let chart = home.json(&["chart", "coffee pods"]);
    let keys: Vec<&String> = chart.as_object().unwrap().keys().collect();
    insta::assert_json_snapshot!("chart_keys", keys);
}

#[test]
fn a_probe_keeps_its_shape() {
    let bytes =
        super::printer::answer(&[("Black ink", "#000000", 57), ("Tri-color", "#00FFFF#FF00FF#FFFF00", -2)]);
    let said = Home::empty().feed(&["probe", "ipp", "--file", "-", "--json"], &bytes);
    insta::assert_snapshot!("probe", said.text());
}
