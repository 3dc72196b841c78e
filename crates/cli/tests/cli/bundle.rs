//! The file for support as a script makes and reads it.

use crate::Home;
use std::fs;

#[test]
fn it_is_written_shown_and_holds_no_name() {
    let home = Home::furnished();
    let file = home.path().join("for-support.json");
    let name = file.to_str().unwrap();
    let look = home.json(&["support-bundle", "write", "--dry-run"]);
    assert_eq!((&look["file"], &look["devices"]), (&serde_json::Value::Null, &2.into()));
    assert!(!file.exists());
    let written = home.json(&["support-bundle", "write", name]);
    assert_eq!(written["removed"], look["removed"]);
    assert!(written["removed"].as_array().unwrap().iter().any(|of| of["kind"] == "name"));
    let text = fs::read_to_string(&file).unwrap().to_lowercase();
    for supply in home.json(&["supplies"])["rows"].as_array().unwrap() {
        let own = supply["name"].as_str().unwrap().to_lowercase();
        assert!(!text.contains(&own), "{own} in {text}");
    }
    let shown = home.json(&["support-bundle", "show", name]);
    assert_eq!(shown["household"]["devices"].as_array().map(Vec::len), Some(2));
    assert!(home.run(&["support-bundle", "show", name]).text().contains("program 0.1.0"));
    assert_eq!(home.run(&["support-bundle", "write"]).code, 2);
}

#[test]
fn a_file_that_is_none_is_refused() {
    let home = Home::empty();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("other.json");
    let name = file.to_str().unwrap();
    fs::write(&file, "{\"format\":\"refill-export\",\"version\":1}").unwrap();
    let error = home.run(&["support-bundle", "show", name, "--json"]).error();
    assert_eq!(error["code"], "bad_file");
    assert!(error["message"].as_str().unwrap().starts_with("This is no support file"), "{error}");
    assert_eq!(home.run(&["support-bundle", "write", name]).code, 1);
}
