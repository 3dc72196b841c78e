//! Counting many supplies in one step, keeping supplies quiet, choosing when they ask, and sharing a shelf.

use crate::Home;

#[test]
fn a_stocktake_is_all_or_nothing_and_undone_in_one() {
    let home = Home::furnished();
    let books = home.json(&["stocktake"]);
    assert_eq!(books["lines"][0]["level"]["milli"], 14_000);
    assert!(home.run(&["stocktake"]).text().contains("Coffee pods"));

    let told = home.run(&["stocktake", "coffee pods=12+40", "no such=1", "--json"]);
    assert_eq!((told.code, told.error()["field"].as_str()), (1, Some("lines.1.slot")));
    let told = home.run(&["stocktake", "coffee pods=-3", "--json"]);
    assert_eq!((told.code, told.error()["field"].as_str()), (1, Some("lines.0.level")));
    assert_eq!(home.run(&["stocktake", "coffee pods"]).code, 2, "no count at all");
    assert_eq!(home.json(&["stocktake"]), books, "nothing was recorded");

    let text = home.run(&["stocktake", "coffee pods=12+40", "--dry-run"]);
    assert!(text.text().contains("14 → 52") && text.text().contains("Nothing was recorded"), "{}", text.out);
    let id = "01980000-0000-7000-8000-000000000000";
    for _ in 0..2 {
        let taken = home.json(&["stocktake", "coffee pods=12+40", "--id", id, "--note", "shelf"]);
        assert_eq!(taken["count"], 1);
    }
    assert_eq!(home.json(&["slot", "coffee pods"])["row"]["left"]["milli"], 52_000);
    assert_eq!(home.ledger("coffee pods")[0]["stocktake"], id);
    home.run(&["undo", id]).text();
    assert_eq!(home.json(&["slot", "coffee pods"])["row"]["left"]["milli"], 14_000);
}

#[test]
fn a_list_names_its_broken_line() {
    let home = Home::furnished();
    let list = b"{\"slot\":\"coffee pods\",\"shelf\":\"80\"}\n\n{\"slot\":\"coffee pods\",\"lvel\":\"3\"}\n";
    let told = home.feed(&["stocktake", "--list", "-", "--json"], list);
    let error = told.error();
    assert!(error["message"].as_str().unwrap().starts_with("Line 3 is no count"), "{error}");
    assert_eq!(home.json(&["stocktake"])["lines"][0]["shelf"]["milli"], 0);
    let told = home.feed(&["stocktake", "--list", "-"], b"{\"slot\":\"coffee pods\",\"shelf\":\"80\"}\n");
    assert!(told.text().contains("Counted 1 supply."), "{told:?}");
    assert_eq!(home.json(&["stocktake"])["lines"][0]["shelf"]["milli"], 80_000);
    assert_eq!(home.run(&["stocktake", "--list", "/no/such/file"]).code, 1);
    assert_eq!(home.feed(&["stocktake", "--list", "-"], b"\xff\xfe").code, 1);
}

#[test]
fn quiet_and_asking() {
    let home = Home::furnished();
    let row = home.json(&["snooze", "coffee pods", "7"]);
    assert!(row["snoozed_until"].is_string());
    assert!(home.run(&["slot", "coffee pods"]).text().contains("Quiet"), "it is said");
    for bad in ["yesterday", "0", "2020-01-01", "9999"] {
        let told = home.run(&["snooze", "coffee pods", bad, "--json"]);
        assert_eq!((told.code, told.error()["code"].as_str()), (1, Some("bad_date")), "{bad}");
    }
    let row = home.json(&["mute", "coffee pods", "--always"]);
    assert_eq!((&row["muted"], &row["muted_always"]), (&true.into(), &true.into()));
    assert!(home.run(&["mute", "coffee pods", "--off"]).text().contains("asks again"));

    home.run(&["rule", "coffee pods", "thrifty", "--delivery-days", "3"]).text();
    let policy = &home.json(&["slot", "coffee pods"])["policy"];
    assert_eq!((policy["rule"].as_str(), policy["delivery_days"].as_u64()), (Some("thrifty"), Some(3)));
    assert!(home.run(&["slot", "coffee pods"]).text().contains("Thrifty, a delivery takes 3 days"));
    assert_eq!(home.run(&["rule", "coffee pods", "thrifty", "--delivery-days", "99"]).code, 1);
    assert_eq!(home.run(&["rule", "coffee pods", "soon"]).code, 2);
}

#[test]
fn two_machines_share_a_shelf_and_every_figure_is_said() {
    let home = Home::furnished();
    let pods = "name=Office pods,supply=pods,sensor=none,unit=count,capacity=50,pack=50,level=6";
    home.run(&["add", "--kind", "coffee-machine", "--name", "Office", "--slot", pods]).text();
    home.run(&["record", "bought", "coffee pods"]).text();
    assert!(home.run(&["share", "office pods", "coffee pods"]).text().contains("shelf of Coffee pods"));
    let slot = home.json(&["slot", "office pods"]);
    assert_eq!(
        (slot["shelf"]["milli"].as_u64(), slot["row"]["left"]["milli"].as_u64()),
        (Some(50_000), Some(70_000))
    );
    assert_eq!(slot["row"]["shared_with"][0], "Espresso machine");
    let text = home.run(&["slot", "office pods"]);
    for words in ["Nothing measures it", "bought", "Espresso machine", "Nothing was reported yet"] {
        assert!(text.text().contains(words), "{words}: {}", text.out);
    }
    home.run(&["share", "office pods", "--own"]).text();
    assert_eq!(home.json(&["slot", "office pods"])["shelf"]["milli"], 0);
    let told = home.run(&["share", "office pods", "liquid detergent", "--json"]);
    assert_eq!(told.error()["field"], "with");
}
