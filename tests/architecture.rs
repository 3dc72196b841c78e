//! What each part of the project may know of the others, checked over `cargo metadata`, and three things that must be
//! absent from the sources.
#![expect(clippy::expect_used, reason = "a test ends where it fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Our packages with the packages of ours that each depends on, tests aside.
fn directions() -> Vec<(String, BTreeSet<String>)> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo metadata");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let ours: BTreeSet<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("dependencies").iter();
            let used = dependencies
                .filter(|d| d["kind"].as_str() != Some("dev"))
                .filter_map(|d| d["name"].as_str())
                .filter(|name| ours.contains(name))
                .map(str::to_owned)
                .collect();
            (package["name"].as_str().expect("name").to_owned(), used)
        })
        .collect()
}

#[test]
fn crates_depend_in_one_direction() {
    let allowed: &[(&str, &[&str])] = &[
        ("refill", &["refill-domain", "refill-engine", "refill-rehearsal", "refill-trial"]),
        ("refillctl", &["refill-domain", "refill-engine", "refill-rehearsal"]),
        ("refill-engine", &["refill-domain", "refill-gateway"]),
        ("refill-domain", &[]),
        // What the cloud and the desktop send to Amazon, they send alike.
        ("refill-gateway", &["refill-domain"]),
        // Nothing of ours: a mistake in our messages must not be checked by itself.
        ("refill-sandbox", &[]),
        ("refill-cloud", &["refill-domain", "refill-gateway"]),
        // It plays all sides: it brings the desktop and a server together.
        ("refill-trial", &["refill-cloud", "refill-domain", "refill-engine", "refill-sandbox"]),
        // The sandbox it asks as a stranger would, over its board.
        ("refill-rehearsal", &["refill-cloud", "refill-domain", "refill-engine", "refill-trial"]),
    ];
    let directions = directions();
    assert_eq!(directions.len(), allowed.len(), "a new package needs a line here");
    for (name, used) in directions {
        let (_, may) =
            allowed.iter().find(|(other, _)| *other == name).unwrap_or_else(|| panic!("{name} is unknown"));
        let may: BTreeSet<String> = may.iter().map(ToString::to_string).collect();
        assert!(used.is_subset(&may), "{name} uses {used:?}, but may only use {may:?}");
    }
}

/// All Rust files below a folder, with their text.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in
            std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path())
        {
            if entry.is_dir() {
                open.push(entry);
            } else if entry.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&entry).expect("UTF-8");
                found.push((entry, text));
            }
        }
    }
    assert!(found.len() > 3, "{} holds sources", folder.display());
    found
}

#[test]
fn only_the_shell_knows_tauri_and_only_the_store_knows_sql() {
    for name in ["domain", "engine", "cli", "cloud", "trial", "rehearsal"] {
        for (path, text) in sources(&root().join("crates").join(name).join("src")) {
            let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            assert!(!code.contains("tauri::"), "{} knows Tauri", path.display());
            let in_store = path.components().any(|part| part.as_os_str() == "store")
                || path.file_name().is_some_and(|name| name == "store.rs");
            for word in ["SELECT ", "INSERT INTO ", "DELETE FROM "] {
                assert!(in_store || !code.contains(word), "{} knows SQL ({word})", path.display());
            }
        }
    }
}

#[test]
fn the_domain_has_no_clock_no_io_and_no_async() {
    for (path, text) in sources(&root().join("crates/domain/src")) {
        for word in ["std::fs", "std::net", "std::env", "Utc::now", "SystemTime::now", "async fn", "rand::"] {
            let tests = path.components().any(|part| part.as_os_str() == "tests")
                || path
                    .file_stem()
                    .is_some_and(|stem| stem == "tests" || stem == "testing" || stem == "table");
            assert!(tests || !text.contains(word), "{} uses {word}", path.display());
        }
    }
}

#[test]
fn the_window_may_do_only_what_is_listed() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).expect(path);
    let capability: serde_json::Value =
        serde_json::from_str(&read("src-tauri/capabilities/main.json")).expect("JSON");
    assert_eq!(
        capability["permissions"],
        serde_json::json!(["core:event:allow-listen", "core:event:allow-unlisten"]),
        "a permission more needs a reason here"
    );
    let config: serde_json::Value = serde_json::from_str(&read("tauri.conf.json")).expect("JSON");
    assert!(config["app"]["withGlobalTauri"].is_null(), "the page gets no global Tauri");
    let policy = &config["app"]["security"]["csp"];
    assert_eq!(policy["default-src"], "'self'");
    assert!(!policy.to_string().contains("unsafe-eval"));
    assert!(capability["remote"].is_null(), "no remote page may call us");
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let mut long = Vec::new();
    for folder in [
        "crates/domain/src",
        "crates/engine/src",
        "crates/cli/src",
        "crates/cloud/src",
        "crates/sandbox/src",
        "crates/trial/src",
        "crates/rehearsal/src",
        "src-tauri",
    ] {
        for (path, text) in sources(&root().join(folder)) {
            let lines = text.lines().count();
            if lines > 800 {
                long.push(format!("{} has {lines} lines", path.display()));
            }
        }
    }
    assert!(long.is_empty(), "{long:#?}");
}
