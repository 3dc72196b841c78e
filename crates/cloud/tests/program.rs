//! The program itself: settings, the first account, an orderly end on a signal, and a log at its most talkative that holds
//! no secret, serial number or address of a customer.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_refill-cloud"));
    command.args(["--config", folder.join("cloud.toml").to_str().unwrap()]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn settings(folder: &Path) {
    let data = folder.join("data");
    let text = format!(
        "listen = \"127.0.0.1:0\"\ndata = {:?}\n[log]\nfilter = \"trace\"\n[[clients]]\nid = \"alexa\"\nkind = \"alexa\"\n\
         name = \"Alexa\"\nvendor_id = \"V1\"\nscopes = [\"customer\"]\nsecret_file = \"secret\"\n",
        data.to_str().unwrap()
    );
    std::fs::write(folder.join("cloud.toml"), text).unwrap();
    std::fs::write(folder.join("secret"), "CANARY-secret-of-alexa").unwrap();
}

fn add_account(folder: &Path, password: &str) -> Output {
    let mut child = program(folder)
        .args([
            "add-account",
            "--role",
            "administrator",
            "--email",
            "CANARY-address@example.com",
            "--name",
            "A",
        ])
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn the_first_account_is_made_and_settings_are_told_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    settings(folder.path());
    let short = add_account(folder.path(), "short\n");
    assert!(!short.status.success());
    assert!(String::from_utf8_lossy(&short.stderr).contains("8 to 256"), "{short:?}");
    let made = add_account(folder.path(), "CANARY-password\n");
    assert!(made.status.success(), "{made:?}");
    assert!(uuid::Uuid::parse_str(String::from_utf8_lossy(&made.stdout).trim()).is_ok());
    let again = add_account(folder.path(), "CANARY-password\n");
    assert!(String::from_utf8_lossy(&again.stderr).contains("already"), "{again:?}");
    let told = program(folder.path()).arg("check").output().unwrap();
    let text = String::from_utf8_lossy(&told.stdout);
    assert!(text.contains("client = alexa (alexa, secret set") && !text.contains("CANARY"), "{text}");
}

#[tokio::test]
async fn the_log_holds_no_secret_and_a_signal_ends_the_program_in_order() {
    let folder = tempfile::tempdir().unwrap();
    settings(folder.path());
    assert!(add_account(folder.path(), "CANARY-password\n").status.success());
    let mut child = program(folder.path()).arg("serve").spawn().unwrap();
    let mut address = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let log = std::thread::spawn(move || {
        let mut text = String::new();
        stderr.read_to_string(&mut text).map(|_| text)
    });
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let at = |path: &str| format!("{}{path}", address.trim());
    for path in [
        "v1/me",
        "v1/devices/CANARY-device",
        "v1/feed?after=CANARY",
        "oauth/authorize?state=CANARY&client_id=CANARY",
    ] {
        http.get(at(path)).bearer_auth("rfa_CANARY-token").send().await.unwrap();
    }
    let form =
        [("grant_type", "refresh_token"), ("refresh_token", "rfr_CANARY"), ("client_secret", "CANARY")];
    http.post(at("oauth/token")).form(&form).send().await.unwrap();
    http.post(at("oauth/sign-in")).form(&[("email", "CANARY"), ("password", "CANARY")]).send().await.unwrap();
    let ended = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(ended.success());
    assert!(child.wait().unwrap().success(), "an orderly end");
    let text = log.join().unwrap().unwrap();
    assert!(!text.contains("CANARY"), "{text}");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let said = |word: &str| lines.iter().any(|line| line["message"] == word);
    assert!(said("Listening") && said("Answered") && said("Stopped"), "{text}");
    let answered = lines.iter().find(|line| line["http.route"] == "/v1/devices/{device}").unwrap();
    assert_eq!(answered["http.status"], 401);
    assert!(answered["request.id"].is_string());
}

/// What `audit verify` says, and how it ends.
fn verified(folder: &Path, more: &[&str]) -> (Option<i32>, Value) {
    let told = program(folder).args(["audit", "verify", "--json"]).args(more).output().unwrap();
    (told.status.code(), serde_json::from_slice(&told.stdout).unwrap_or_default())
}

#[tokio::test]
async fn the_audit_trail_is_verified_from_outside_and_a_lost_factor_is_taken_away() {
    use refill_cloud::ids::AccountId;
    use refill_cloud::store::Store as _;
    use refill_cloud::store::sqlite::{Options, SqliteStore};
    use refill_cloud::store::support::SupportStore as _;
    let folder = tempfile::tempdir().unwrap();
    settings(folder.path());
    assert_eq!(verified(folder.path(), &[]).0, Some(2), "there is nothing to judge yet");
    let made = add_account(folder.path(), "CANARY-password\n");
    let id = String::from_utf8_lossy(&made.stdout).trim().parse().unwrap();
    let reset = || {
        let mut command = program(folder.path());
        command.args([
            "reset-second-factor",
            "--email",
            "CANARY-address@example.com",
            "--reason",
            "Phone lost",
        ]);
        command.output().unwrap()
    };
    let none = reset();
    assert!(String::from_utf8_lossy(&none.stderr).contains("Nobody with a second factor"), "{none:?}");
    let data = folder.path().join("data");
    let store = SqliteStore::open(&data, Options::default()).unwrap();
    assert!(store.put_factor(AccountId(id), vec![1]).await.unwrap());
    store.close().await;
    drop(store);
    assert!(reset().status.success());
    assert!(!reset().status.success(), "it is gone");
    let (code, verdict) = verified(folder.path(), &[]);
    assert_eq!((code, &verdict["whole"], &verdict["rows"]), (Some(0), &true.into(), &1.into()), "{verdict}");
    let head = verdict["head"].as_str().unwrap();
    assert_eq!(verified(folder.path(), &["--expect", head]).0, Some(0));
    assert_eq!(verified(folder.path(), &["--expect", "nonsense"]).0, Some(2));
    let db = rusqlite::Connection::open(data.join("cloud.db")).unwrap();
    db.execute_batch("DROP TRIGGER audit_never_changes; UPDATE audit SET reason = 'Another'").unwrap();
    drop(db);
    let (code, verdict) = verified(folder.path(), &[]);
    assert_eq!((code, &verdict["whole"]), (Some(1), &false.into()), "{verdict}");
    assert!(verdict["trouble"].as_str().unwrap().contains("Row 1 was changed"), "{verdict}");
}
