//! Series on standard input: the shape of each answer, broken lines that cost themselves alone, and no household.

use super::Home;
use serde_json::{Value, json};

/// One a day but for Sundays, 70 days to Saturday 21 November 2026.
fn pods(id: &str, inventory: f64) -> Value {
    let day = |n: u32| chrono::NaiveDate::from_ymd_opt(2026, 9, 12).unwrap() + chrono::Days::new(n.into());
    let used: Vec<Value> = (0..70).map(|n| json!([day(n).to_string(), f64::from(n % 7 != 1)])).collect();
    json!({ "id": id, "today": "2026-11-21", "inventory": inventory, "used": used })
}

fn ink(step: u32) -> Value {
    let mut levels: Vec<Value> = (0..60)
        .map(|n| {
            let at = chrono::NaiveDate::from_ymd_opt(2026, 9, 20).unwrap() + chrono::Days::new(n.into());
            let level = 100 - (n % 40) * 2;
            json!([format!("{at}T21:30:00+02:00"), level / step * step])
        })
        .collect();
    levels[7][1] = json!(-2);
    json!({ "id": { "slot": "ink" }, "today": "2026-11-21", "levels": levels })
}

fn lines(said: &super::Said) -> Vec<Value> {
    said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_line_has_its_answer() {
    let home = Home::empty();
    let input = [
        pods("some", 6.0).to_string(),
        "{\"id\": 7, \"today\": \"2026-11-21\", \"used\": [[\"2026-11-20\", ".to_owned(),
        String::new(),
        ink(10).to_string(),
        json!({ "id": "new", "today": "2026-11-21", "inventory": 3, "used": [["2026-11-20", 1]] })
            .to_string(),
        json!({ "id": "odd", "today": "21.11.2026", "inventory": 3, "used": [] }).to_string(),
        json!({ "id": "none", "today": "2026-11-21", "used": [] }).to_string(),
        pods("last", 0.0).to_string(),
    ]
    .join("\n");
    let said = home.feed(&["forecast", "--json"], input.as_bytes());
    assert_eq!(said.code, 1, "some lines are broken: {}", said.err);
    let told = lines(&said);
    assert_eq!(told.len(), 7, "{}", said.out);
    assert_eq!(told[0]["id"], "some");
    let days = ["early_days", "likely_days", "late_days"].map(|key| told[0][key].as_f64().unwrap());
    assert!(days.is_sorted() && (6.0..8.5).contains(&days[1]), "{days:?}");
    assert!((told[0]["rate_per_day"].as_f64().unwrap() - 6.0 / 7.0).abs() < 0.05);
    assert_eq!(told[0]["why"], "You use 0.86 a day, counted over the last 10 weeks.");
    assert_eq!((&told[1]["line"], &told[1]["id"]), (&json!(2), &json!(null)));
    assert_eq!(told[2]["id"], json!({ "slot": "ink" }));
    assert_eq!(
        told[2]["why"],
        "You use 2.0 % a day, counted over the last 8 weeks; one refill was left out. \
         The gauge moves in steps of 10 %."
    );
    assert!((26.0..32.0).contains(&told[2]["likely_days"].as_f64().unwrap()), "{}", told[2]);
    assert_eq!(
        told[3],
        json!({ "id": "new", "learning": "Still learning: 14 days of history are needed, there is 1." })
    );
    assert_eq!((&told[4]["line"], &told[4]["id"]), (&json!(6), &json!("odd")));
    assert!(told[5]["error"].as_str().unwrap().contains("nventory is missing"), "{}", told[5]);
    assert_eq!([&told[6]["early_days"], &told[6]["late_days"]], [&json!(0.0), &json!(0.0)]);
    assert!(!home.path().exists(), "nothing is kept");
}

#[test]
fn whole_input_is_no_error() {
    let home = Home::empty();
    let input = format!("\u{feff}{}\r\n{}\n", pods("a", 6.0), ink(1));
    let said = home.feed(&["forecast"], input.as_bytes());
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.starts_with("a: about 7 days, probably between "), "{}", said.out);
    assert!(!said.out.contains("steps of"), "{}", said.out);
    assert_eq!(home.feed(&["forecast", "--json"], b"").code, 0);
    assert_eq!(home.feed(&["forecast", "--json"], b"\xff\xfe\x00[\n").code, 1);
}

#[test]
fn absences_are_left_out_and_said() {
    let home = Home::empty();
    let mut away = pods("away", 30.0);
    for day in away["used"].as_array_mut().unwrap().iter_mut().skip(40).take(21) {
        day[1] = json!(0.0);
    }
    let ask =
        |case: &Value| lines(&home.feed(&["forecast", "--json"], case.to_string().as_bytes())).remove(0);
    let unmarked = ask(&away);
    away["absent"] = json!([["2026-10-22", "2026-11-11"]]);
    let marked = ask(&away);
    let likely = |told: &Value| told["likely_days"].as_f64().unwrap();
    assert!(likely(&marked) < likely(&unmarked) - 5.0, "{marked} {unmarked}");
    assert!(marked["why"].as_str().unwrap().ends_with("; 21 days away were left out."), "{marked}");
    away["absent"] = json!([["2026-10-22", "2026-11-11"], ["2026-11-22", "2026-11-28"]]);
    assert!((likely(&ask(&away)) - likely(&marked) - 7.0).abs() < 0.05, "a holiday to come moves the date");
}

#[test]
fn ordering_is_played_side_by_side() {
    let home = Home::empty();
    let input = format!("{}\n{}\n", pods("a", 6.0), ink(1));
    let played = home.feed(&["replay", "--json", "--container-days", "14"], input.as_bytes());
    assert_eq!(played.code, 0, "{}", played.err);
    let played = played.json();
    assert_eq!((&played["delivery_days"], &played["series"]), (&json!(5), &json!(2)));
    let rules: Vec<&str> =
        played["rules"].as_array().unwrap().iter().map(|r| r["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["amazon", "ours_careful", "ours_normal", "ours_thrifty"]);
    assert!(played["rules"][0]["orders"].as_u64().unwrap() >= 1, "{played}");
    let slow = home.feed(&["replay", "--json", "--delivery-days", "12"], input.as_bytes()).json();
    assert!(slow["rules"][0]["stock_outs"].as_u64() > Some(0), "seven days in hand, twelve to wait: {slow}");
    let text = home.feed(&["replay"], input.as_bytes());
    assert!(text.out.contains("Ran dry per 100") && text.out.contains("ours, normal"), "{}", text.out);
    let broken = home.feed(&["replay", "--json"], b"{}\n");
    assert!(broken.code == 1 && broken.err.contains("Line 1"), "{}", broken.err);
    let played: Value = serde_json::from_str(&broken.out).unwrap();
    assert_eq!(played["rules"][0]["stock_outs_per_100"], json!(null));
}

#[test]
fn a_plan_and_an_absence_move_the_date_of_a_supply() {
    let home = Home::empty();
    home.run(&["add", "--kind", "coffee-machine", "--name", "Espresso"]);
    assert_eq!(home.run(&["away", "list"]).code, 0);
    let today = home.json(&["supplies"])["today"].as_str().unwrap().to_owned();
    let marked = home.json(&["away", "add", &today, &today]);
    let id = marked[0]["id"].as_str().unwrap().to_owned();
    assert_eq!((&marked[0]["first"], &marked[0]["device"]), (&json!(today), &json!(null)));
    let bad = home.run(&["away", "add", "2026-02-30", &today]);
    assert!(bad.code == 1 && bad.err.contains("Choose a day"), "{bad:?}");
    assert_eq!(home.run(&["away", "remove", "ffffffff"]).code, 1);
    assert_eq!(home.json(&["away", "remove", &id[id.len() - 12..]]), json!([]));
    let slot = home.json(&["supplies"])["rows"][0]["name"].as_str().unwrap().to_owned();
    let plan = home.json(&["slot", &slot, "--guests", "2", "--days", "5"]);
    assert_eq!(plan["before"], json!(null), "nothing is known of it yet");
    let told = home.run(&["slot", &slot, "--devices", "1"]);
    assert!(told.out.contains("No date can be said yet."), "{told:?}");
    assert_eq!(home.run(&["slot", &slot, "--guests", "2"]).code, 2, "for how long?");
    assert_eq!(home.run(&["slot", &slot, "--away", &today]).code, 2);
}
