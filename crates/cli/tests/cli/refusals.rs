//! What can't be is refused at its field, with the reason, and changes nothing.

use super::Home;

/// Code, field and a part of the sentence for each bad input.
const TABLE: &[(&[&str], &str, &str, &str)] = &[
    (&["record", "bought", "pods", "--packs", "0"], "bad_amount", "packs", "above 0"),
    (&["record", "bought", "pods", "--packs", "-1"], "bad_amount", "packs", "above 0"),
    (&["record", "bought", "pods", "--packs", "NaN"], "bad_amount", "packs", "Enter a number"),
    (&["record", "bought", "pods", "--packs", "inf"], "bad_amount", "packs", "Enter a number"),
    (&["record", "bought", "pods", "--packs", "1.5"], "bad_amount", "packs", "Packs are whole"),
    (
        &["record", "bought", "pods", "--packs", "1000000000000"],
        "bad_amount",
        "packs",
        "more than there can be",
    ),
    (&["record", "bought", "pods", "--packs", "2000000"], "bad_amount", "packs", "a million packs"),
    (&["record", "bought", "pods", "--content", "0"], "bad_amount", "content", "above 0"),
    (&["record", "bought", "pods", "--content", "-50"], "bad_amount", "content", "above 0"),
    (&["record", "bought", "pods", "--content", "1 kg"], "bad_amount", "content", "something else"),
    (&["record", "bought", "soap", "--content", "1.5"], "bad_amount", "content", "Write the unit too"),
    (
        &["record", "bought", "soap", "--content", "40 wombats"],
        "bad_amount",
        "content",
        "no unit Refill knows",
    ),
    (&["record", "bought", "soap", "--content", "1e12 ml"], "bad_amount", "content", "no unit Refill knows"),
    (&["record", "bought", "soap", "--content", "1000000000000 ml"], "bad_amount", "content", "more than"),
    (&["record", "bought", "soap", "--content", "0.0001 l"], "bad_amount", "content", "Three decimals"),
    (&["link", "http://home.example.com"], "bad_address", "server", "https://"),
    (&["link", "not an address"], "bad_address", "server", "home.example.com"),
    (&["usage", "--from", "2026-02-30"], "bad_date", "from", "Write the day as"),
    (&["usage", "--to", "2999-01-01"], "bad_date", "to", "in the future"),
    (&["usage", "--from", "today", "--to", "2020-01-01"], "bad_date", "from", "after the last"),
    (&["usage", "--from", "1970-01-01"], "bad_date", "from", "more than ten years"),
    (&["usage", "--slot", "wombat"], "slot_unknown", "supply", "is called"),
    (&["record", "bought", "pods", "--asin", "short"], "bad_field", "asin", "ten letters and digits"),
    (&["record", "bought", "pods", "--price", "-1"], "bad_amount", "price", "0 or more"),
    (&["record", "bought", "pods", "--price", "free"], "bad_amount", "price", "Enter a number"),
    (
        &["record", "bought", "pods", "--price", "1", "--currency", "EU"],
        "bad_field",
        "currency",
        "three letters",
    ),
    (&["record", "bought", "pods", "--on", "9999-12-31"], "bad_date", "on", "future"),
    (&["record", "bought", "pods", "--on", "1825-01-01"], "bad_date", "on", "twenty years"),
    (&["record", "bought", "pods", "--on", "2026-02-30"], "bad_date", "on", "Write the day"),
    (&["record", "replaced", "pods", "--on", "tomorrow"], "bad_date", "on", "Write the day"),
    (&["record", "counted", "pods", "--level", "-1"], "bad_amount", "level", "0 or more"),
    (&["record", "counted", "pods", "--level", "12 h"], "bad_amount", "level", "something else"),
    (&["record", "counted", "pods", "--shelf", "5 oz"], "bad_amount", "shelf", "something else"),
    (&["record", "counted", "soap", "--level", "620"], "bad_amount", "level", "one of: l, ml"),
    (&["record", "counted", "soap", "--level", "40 lb"], "bad_amount", "level", "something else"),
    (&["set", "soap", "--low", "-5 ml"], "bad_amount", "low", "above 0"),
    (&["set", "soap", "--name", ""], "bad_field", "name", "a name"),
    (&["set", "soap", "--capacity", "0 ml"], "bad_amount", "capacity", "above 0"),
    (&["rename", "machine", ""], "bad_field", "name", "a name"),
    (&["record", "replaced", "nothing"], "slot_unknown", "supply", "No supply is called"),
    (&["remove", "nothing"], "device_unknown", "device", "No device is called"),
    (&["bring-back", "machine"], "device_unknown", "removed device", "no removed device"),
    (&["undo", "ffffffff"], "entry_unknown", "entry", "No entry"),
    (&["undo", "--last", "soap"], "entry_unknown", "last", "left to undo"),
    (&["answer", "pods", "new"], "entry_unknown", "slot", "nothing to answer"),
    (&["read", "machine"], "bad_field", "device", "counted by hand"),
    (&["settings", "theme=purple"], "bad_field", "theme", "system, light, dark"),
    (&["settings", "colour=red"], "bad_field", "colour", "There is no setting"),
    (&["settings", "poll_minutes=-1"], "bad_field", "poll_minutes", "whole number"),
    (&["add", "--kind", "other", "--name", "", "--slot", "name=A"], "bad_field", "name", "a name"),
    (
        &["add", "--kind", "other", "--name", "B", "--slot", "name=A,level=-1"],
        "bad_amount",
        "slots.0.level",
        "0 or more",
    ),
    (
        &["add", "--kind", "other", "--name", "B", "--slot", "name=A,unit=ml,pack=1 kg"],
        "bad_amount",
        "slots.0.pack",
        "something else",
    ),
    (&["add", "--printer", "not an address"], "bad_address", "printer", "not an address"),
];

fn home() -> Home {
    let home = Home::empty();
    let slots = [
        "--slot",
        "name=Pods,supply=pods,pack=50,level=14",
        "--slot",
        "name=Soap,supply=detergent,unit=ml,pack=500",
    ];
    home.run(&[&["add", "--kind", "other", "--name", "Machine"], &slots[..]].concat()).text();
    home
}

#[test]
fn bad_input_is_refused_at_its_field() {
    let home = home();
    let before =
        (home.ledger("pods"), home.ledger("soap"), home.json(&["devices"]), home.json(&["settings"]));
    for (args, code, field, says) in TABLE {
        let said = home.run(&[*args, &["--json"]].concat());
        assert_eq!(said.code, 1, "{args:?}: {said:?}");
        let error = said.error();
        assert_eq!(
            (error["code"].as_str(), error["field"].as_str()),
            (Some(*code), Some(*field)),
            "{args:?}: {error}"
        );
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(says), "{args:?}: {message}");
        let text = home.run(args);
        assert_eq!((text.code, text.out.as_str()), (1, ""), "{args:?}");
        assert_eq!(text.err, format!("refillctl: {field}: {message}\n"), "one line says it");
    }
    let after = (home.ledger("pods"), home.ledger("soap"), home.json(&["devices"]), home.json(&["settings"]));
    assert_eq!(before, after, "nothing was changed");
}

#[test]
fn wrong_usage_is_told_apart() {
    let home = home();
    let cases: &[&[&str]] = &[
        &[],
        &["fly"],
        &["record", "counted", "pods"],
        &["record", "bought", "pods", "--id", "one"],
        &["add", "--name", "A"],
        &["add", "--kind", "spaceship", "--name", "A"],
        &["add", "--kind", "other", "--name", "A", "--slot", "colour=red"],
        &["add", "--kind", "other", "--name", "A", "--slot", "name=A,unit=oz"],
        &["answer", "pods", "maybe"],
        &["chart", "pods"],
        &["chart", "pods", "--svg", "-", "--json"],
        &["chart", "pods", "--svg", "a", "--png", "b"],
        &["chart", "pods", "--svg", "-", "--width", "1"],
        &["set", "pods"],
        &["settings", "theme"],
        &["undo"],
        &["probe"],
        &["probe", "ipp"],
        &["probe", "printer.local", "--file", "a"],
    ];
    for args in cases {
        let said = home.run(args);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{args:?}: {said:?}");
        assert!(!said.err.is_empty(), "{args:?}");
    }
}

#[test]
fn several_that_fit_are_listed() {
    let home = home();
    home.run(&["add", "--kind", "other", "--name", "Second", "--slot", "name=Pods"]).text();
    let said = home.run(&["record", "replaced", "pods", "--json"]);
    let error = said.error();
    assert_eq!(error["code"], "ambiguous");
    assert!(error["message"].as_str().unwrap().contains("Machine/Pods, Second/Pods"), "{error}");
    home.run(&["record", "replaced", "second/pods"]).text();
}

#[test]
fn without_a_household_nothing_is_made_by_looking() {
    let home = Home::empty();
    for args in
        [&["supplies"][..], &["devices"], &["record", "replaced", "a"], &["undo", "--last", "a"], &["read"]]
    {
        let said = home.run(&[args, &["--json"]].concat());
        assert_eq!((said.code, said.error()["code"].as_str()), (1, Some("no_household")), "{args:?}");
    }
    assert!(!home.path().exists());
    assert_eq!(home.json(&["settings"])["days_in_hand"], 7);
}

#[test]
fn a_damaged_household_is_left_as_it_is() {
    let home = home();
    let file = home.path().join("household.db");
    let garbage = vec![0x5a; 8192];
    std::fs::write(&file, &garbage).unwrap();
    for args in [&["supplies", "--json"][..], &["record", "replaced", "pods", "--json"]] {
        let said = home.run(args);
        assert_eq!((said.code, said.error()["code"].as_str()), (1, Some("database_damaged")), "{args:?}");
    }
    assert_eq!(std::fs::read(&file).unwrap(), garbage);
}

#[test]
fn no_name_reaches_the_terminal_as_a_command() {
    let home = Home::empty();
    let name = "Evil\u{1b}[2J\u{202e}\u{9b}31m\u{200b}";
    home.run(&["add", "--kind", "other", "--name", name, "--slot", &format!("name={name}")]).text();
    let clean = |text: &str| {
        !text.chars().any(|c| {
            (c.is_control() && c != '\n') || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        })
    };
    for args in [&["supplies"][..], &["devices"], &["supplies", "--json"], &["devices", "--json"]] {
        let said = home.run(args);
        assert!(said.text().contains("Evil") && clean(&said.out), "{args:?}: {:?}", said.out);
    }
    for args in [
        &["slot", name][..],
        &["slot", "\u{1b}[31mno"],
        &["remove", "\u{202e}no", "--json"],
        &["probe", "\u{1b}x"],
    ] {
        let said = home.run(args);
        assert!(clean(&said.err) && clean(&said.out), "{args:?}: {:?}", said.err);
    }
}
