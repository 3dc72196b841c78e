//! Export, import, backup and restore as a script does them: what goes out comes back, and bad files change nothing.

use crate::Home;
use std::fs;

#[test]
fn what_is_exported_is_imported_elsewhere_and_once() {
    let home = Home::furnished();
    let json = home.run(&["export", "--json"]);
    assert!(json.text().starts_with("{\"format\":\"refill-export\",\"version\":1,"), "{}", json.out);
    let file = home.path().join("export.json");
    let written = home.json(&["export", "--to", file.to_str().unwrap()]);
    assert_eq!(written["name"], "export.json");
    assert_eq!(
        fs::read_to_string(&file).unwrap().lines().skip(1).collect::<Vec<_>>(),
        json.out.lines().skip(1).collect::<Vec<_>>()
    );
    let other = Home::empty();
    let args = ["import", file.to_str().unwrap()];
    let done = other.json(&args);
    assert_eq!((&done["devices"], &done["refused"]), (&2.into(), &0.into()));
    assert_eq!(
        other.json(&["supplies"])["rows"].as_array().map(Vec::len),
        home.json(&["supplies"])["rows"].as_array().map(Vec::len)
    );
    assert_eq!(other.json(&args)["new"], 0);
    let csv = home.run(&["export", "--csv"]);
    assert!(
        csv.text().starts_with("id,at,device,supply,what,amount,unit,packs,shelf,shelf_unit,"),
        "{}",
        csv.out
    );
    assert_eq!(home.run(&["export"]).code, 2);
    assert_eq!(home.run(&["export", "--csv", "--json"]).code, 2);
}

#[test]
fn a_table_is_looked_at_first_and_bad_lines_end_it() {
    let home = Home::furnished();
    let file = home.path().join("pods.csv");
    fs::write(&file, "Date,Product,What,Menge\n2026-01-03,Coffee pods,used,2\n3/4/2026,Coffee pods,used,2\nsoon,Coffee pods,used,2\n").unwrap();
    let name = file.to_str().unwrap();
    let error = home.run(&["import", name, "--json"]).error();
    assert_eq!(error["code"], "bad_file");
    assert!(error["message"].as_str().unwrap().contains("dates"), "{error}");
    let args = ["import", name, "--dates", "day-first", "--undated", "2026-01-01"];
    let look = home.json(&[&args[..], &["--dry-run"]].concat());
    assert_eq!((&look["new"], &look["refused"]), (&2.into(), &1.into()));
    assert_eq!(look["refusals"][0]["line"], 4);
    let before = home.ledger("coffee pods").len();
    let refused = home.run(&args);
    assert_eq!(refused.code, 1);
    assert!(
        refused.err.contains("line 4: bad date: soon") && refused.err.contains("Nothing was changed"),
        "{}",
        refused.err
    );
    assert_eq!(home.ledger("coffee pods").len(), before);
    assert_eq!(home.json(&[&args[..], &["--skip-bad"]].concat())["new"], 2);
    assert_eq!(home.json(&[&args[..], &["--skip-bad"]].concat())["new"], 0);
    assert_eq!(home.run(&["import", name, "--column", "date=Nothing"]).code, 1);
}

#[test]
fn a_backup_restores_and_a_bad_one_does_not() {
    let home = Home::furnished();
    let copy = home.path().join("copy.refill");
    let name = copy.to_str().unwrap();
    let made = home.json(&["backup", name]);
    assert_eq!(made["devices"], 2);
    home.run(&["record", "bought", "coffee pods", "--packs", "2"]).text();
    let other = Home::empty();
    assert_eq!(other.json(&["restore", name])["before"], serde_json::Value::Null);
    assert_eq!(other.ledger("coffee pods").len(), home.ledger("coffee pods").len() - 1);
    let restored = home.json(&["restore", name]);
    assert!(restored["before"].as_str().unwrap().ends_with("household.before-restore.db"));
    assert_eq!(home.ledger("coffee pods").len(), other.ledger("coffee pods").len());
    let before = home.run(&["export", "--json"]).out.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    let mut bytes = fs::read(&copy).unwrap();
    bytes[60..64].copy_from_slice(&99u32.to_be_bytes());
    fs::write(&copy, bytes).unwrap();
    assert_eq!(home.run(&["restore", name, "--json"]).error()["code"], "database_too_new");
    fs::write(&copy, "no backup").unwrap();
    assert_eq!(home.run(&["restore", name, "--json"]).error()["code"], "database_damaged");
    let after = home.run(&["export", "--json"]).out.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(before, after);
}
