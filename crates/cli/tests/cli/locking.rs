//! Two programs on one household: one writes, any number look.

use super::Home;
use refill_engine::clock::SystemClock;
use refill_engine::household::Household;
use refill_engine::lock::Lock;
use std::process::Stdio;
use std::sync::Arc;

#[test]
fn beside_the_app_one_can_look_but_not_record() {
    let home = Home::furnished();
    // As the app has it: locked, with the file open for writing.
    let lock = Lock::take(&home.path()).unwrap();
    let app = Household::open(&home.path(), Arc::new(SystemClock)).unwrap();
    for args in [
        &["record", "replaced", "coffee pods"][..],
        &["undo", "--last", "coffee pods"],
        &["rename", "espresso machine", "Other"],
        &["settings", "days_in_hand=9"],
        &["read"],
        &["add", "--kind", "other", "--name", "A"],
    ] {
        let said = home.run(args);
        assert_eq!((said.code, said.out.as_str()), (3, ""), "{args:?}");
        assert_eq!(said.err, "refillctl: Refill has this household open. Close it, or record it there.\n");
        assert_eq!(home.run(&[args, &["--json"]].concat()).error()["code"], "database_locked");
    }
    assert_eq!(home.json(&["supplies"])["rows"].as_array().unwrap().len(), 3);
    assert_eq!(home.json(&["slot", "coffee pods"])["row"]["left"]["milli"], 14_000);
    home.run(&["chart", "coffee pods", "--svg", "-"]).text();
    assert_eq!(home.json(&["reports"])["maker"]["is"], "unlinked");
    home.run(&["record", "counted", "coffee pods", "--level", "3", "--dry-run"]).text();
    app.close().unwrap();
    drop(lock);
    home.run(&["record", "counted", "coffee pods", "--level", "3"]).text();
    assert_eq!(home.ledger("coffee pods").len(), 2);
}

#[test]
fn of_two_writers_at_once_none_loses_or_doubles_anything() {
    let home = Home::furnished();
    let id = "01960000-0000-7000-8000-0000000000aa";
    let start = || {
        let mut command = home.command(&["record", "bought", "coffee pods", "--id", id]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = (0..6).map(|_| start()).collect();
    let codes: Vec<i32> =
        children.into_iter().map(|child| child.wait_with_output().unwrap().status.code().unwrap()).collect();
    assert!(codes.iter().all(|code| [0, 3].contains(code)) && codes.contains(&0), "{codes:?}");
    let bought = home.ledger("coffee pods").iter().filter(|line| line["entry"] == id).count();
    assert_eq!(bought, 1);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let home = Home::furnished();
    let mut command = home.command(&["supplies", "--json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn reports_are_listed_and_one_that_is_none_is_refused() {
    let home = Home::furnished();
    assert_eq!(home.run(&["reports"]).text(), "Nothing to report yet.\n");
    assert_eq!(home.json(&["reports"])["counts"]["parked"], 0);
    for act in ["retry", "discard"] {
        for key in [
            "entry:x",
            "entry:01960000-0000-7000-8000-0000000000aa",
            "maker:01960000-0000-7000-8000-0000000000aa",
        ] {
            let said = home.run(&["reports", act, key, "--json"]);
            assert_eq!((said.code, &said.error()["code"]), (1, &"entry_unknown".into()), "{act} {key}");
        }
    }
}
