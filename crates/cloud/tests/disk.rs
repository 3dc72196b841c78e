//! A disk that is really full: the program on a small file system of its own answers 507, goes on reading, loses nothing
//! it acknowledged, and takes in again as soon as there is room. Needs Linux with user name spaces; says so where it
//! can't run.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

use refill_cloud::ids::AccountId;
use refill_cloud::secret::{Door, Secret};
use refill_cloud::store::sqlite::{Options, SqliteStore};
use refill_cloud::store::{Account, Device, NewAccount, NewDevice, Registered, Role, Store as _};
use refill_domain::ids::EndpointId;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use uuid::Uuid;

/// Kibibytes of the file system, and of what fills half of it at first.
const SIZE: u32 = 8192;
const BALLAST: u32 = 6144;

/// Starts the program with its folder on a file system of [`SIZE`]; nothing if this system lets nobody make one.
fn on_a_small_disk(folder: &Path) -> Option<(Child, String)> {
    let script = format!(
        "mount -t tmpfs -o size={SIZE}k tmpfs \"$1\" || exit 9\n\
         cp \"$1.db\" \"$1/cloud.db\" && head -c {BALLAST}k /dev/zero > \"$1/ballast\" && exec \"$2\" serve"
    );
    let mut child = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", &script, "sh"])
        .arg(folder)
        .arg(env!("CARGO_BIN_EXE_refill-cloud"))
        .env("REFILL_CLOUD_DATA", folder)
        .env("REFILL_CLOUD_LISTEN", "127.0.0.1:0")
        .env("REFILL_CLOUD_LOG", "off")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut address = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
    if address.is_empty() {
        child.wait().unwrap();
        return None;
    }
    Some((child, address.trim().to_owned()))
}

/// A database with one customer and one device, as a file; gives the device's credential.
async fn prepared(folder: &Path) -> String {
    let made = folder.join("made");
    let store = SqliteStore::open(&made, Options::default()).unwrap();
    let account = AccountId(Uuid::from_u128(1));
    let new = Account {
        id: account,
        role: Role::Customer,
        email: "a@example.com".into(),
        name: "A".into(),
        created_at: 0,
    };
    assert!(store.create_account(NewAccount { account: new, password: String::new() }).await.unwrap());
    let slot = json!({"instance": "soap", "name": "Soap", "supply": "detergent", "sensor": "usage", "unit": "MILLILITER", "pack": 1000});
    let model = json!({"id": "W", "name": "Washer", "kind": "washing_machine", "slots": [slot]});
    let model: refill_cloud::catalogue::Model = serde_json::from_value(model).unwrap();
    let (id, credential) = (EndpointId(Uuid::from_u128(2)), Secret::new(Door::Device, account).unwrap());
    let device = Device {
        id,
        slots: model.slots_of(id),
        model: model.id,
        serial: "S".parse().unwrap(),
        name: "Washer".into(),
        registered_at: 0,
    };
    let new = NewDevice { account, device, credential: credential.hash() };
    assert_eq!(store.register(new).await.unwrap(), Registered::Done);
    store.close().await;
    std::fs::rename(made.join("cloud.db"), folder.join("small.db")).unwrap();
    credential.expose().to_owned()
}

fn batch(from: u128) -> Value {
    let event = |number: u128| {
        let kind = json!({"kind": "consumed", "amount": {"milli": 1 + number % 1000, "unit": "MILLILITER"}});
        json!({"id": Uuid::from_u128(number), "instance": "soap", "observed_at": "2024-01-01T00:00:00Z", "kind": kind})
    };
    json!({"events": (from..from + 100).map(event).collect::<Vec<_>>()})
}

#[tokio::test]
async fn a_full_disk_is_507_until_there_is_room_and_nothing_acknowledged_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let credential = prepared(folder.path()).await;
    let disk = folder.path().join("small");
    std::fs::create_dir(&disk).unwrap();
    let Some((mut child, address)) = on_a_small_disk(&disk) else {
        println!("skipped: this system does not let a test make a file system of its own");
        return;
    };
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = async |from: u128| {
        let ask = http.post(format!("{address}v1/device/events/batch")).bearer_auth(&credential);
        ask.json(&batch(from)).send().await.unwrap()
    };
    let mut next = 1000u128;
    let refused = loop {
        let response = post(next).await;
        if response.status() != 200 {
            break response;
        }
        next += 100;
        assert!(next < 1_000_000, "two megabytes are never full");
    };
    assert_eq!(refused.status(), 507);
    assert!(refused.text().await.unwrap().contains("storage_full"));
    assert!(next > 2000, "something was taken in before: {next}");
    // Nothing more is taken in, and everything is answered all the same.
    for _ in 0..3 {
        assert_eq!(post(next).await.status(), 507);
        let own = http.get(format!("{address}v1/device")).bearer_auth(&credential).send().await.unwrap();
        assert_eq!(own.status(), 200);
    }
    let alive = http.get(format!("{address}healthz")).send().await.unwrap();
    assert_eq!(alive.status(), 200);

    // Room comes back while it runs.
    let seen = format!("/proc/{}/root{}", child.id(), disk.display());
    std::fs::remove_file(format!("{seen}/ballast")).unwrap();
    for _ in 0..3 {
        assert_eq!(post(next).await.status(), 200);
        next += 100;
    }
    let copy = folder.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    assert!(Command::new("kill").args(["-STOP", &child.id().to_string()]).status().unwrap().success());
    for name in ["cloud.db", "cloud.db-wal"] {
        std::fs::copy(format!("{seen}/{name}"), copy.join(name)).unwrap();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let store = SqliteStore::open(&copy, Options::default()).unwrap();
    let entries = store.entries(AccountId(Uuid::from_u128(1)), 0, 1_000_000).await.unwrap();
    let mut ids: Vec<u128> = entries.iter().map(|(_, entry)| entry.id.0.as_u128()).collect();
    ids.sort_unstable();
    assert_eq!(ids, (1000..next).collect::<Vec<_>>(), "what was acknowledged, once, and nothing else");
    store.close().await;
}
