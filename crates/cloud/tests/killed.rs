//! The program is killed at any moment while devices send: what was acknowledged is there, nothing is there twice, and
//! the file is whole. `REFILL_KILLS` sets how often; `REFILL_SEED` gives another sequence.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test ends where it fails")]

use refill_cloud::ids::AccountId;
use refill_cloud::secret::{Door, Secret};
use refill_cloud::store::sqlite::{Options, SqliteStore};
use refill_cloud::store::{Account, Device, NewAccount, NewDevice, Registered, Role, Store};
use refill_domain::ids::EndpointId;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use uuid::Uuid;

const KILLS: u64 = 24;

fn kills() -> u64 {
    std::env::var("REFILL_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS)
}

/// A repeatable sequence of numbers.
fn dice() -> impl FnMut(u64) -> u64 {
    let mut state: u64 = std::env::var("REFILL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(11);
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

fn serve(folder: &Path) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_refill-cloud"))
        .arg("serve")
        .env("REFILL_CLOUD_DATA", folder)
        .env("REFILL_CLOUD_LISTEN", "127.0.0.1:0")
        .env("REFILL_CLOUD_LOG", "off")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut address = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
    (child, address.trim().to_owned())
}

/// An account with one device, made before the first start.
async fn household(folder: &Path) -> (AccountId, String) {
    let store = SqliteStore::open(folder, Options::default()).unwrap();
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
    (account, credential.expose().to_owned())
}

fn event(number: u128) -> Value {
    let kind = json!({"kind": "consumed", "amount": {"milli": 1 + number % 1000, "unit": "MILLILITER"}});
    json!({"id": Uuid::from_u128(number), "instance": "soap", "observed_at": "2026-01-01T00:00:00Z", "kind": kind})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_by_a_kill_and_nothing_counts_twice() {
    let folder = tempfile::tempdir().unwrap();
    let (account, credential) = household(folder.path()).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut roll = dice();
    let mut next = 1000u128;
    let mut told: BTreeMap<u128, u64> = BTreeMap::new();
    let mut unsure: Vec<u128> = Vec::new();

    for kill in 0..kills() {
        let (mut child, address) = serve(folder.path());
        let post = async |path: &str, body: Value| {
            let ask = http.post(format!("{address}v1/device/{path}")).bearer_auth(&credential).json(&body);
            ask.send().await?.error_for_status()?.json::<Value>().await
        };
        // What was not acknowledged before is sent again, as a device would; the killer counts answers.
        let answers = if kill % 5 == 0 { 0 } else { roll(40) };
        let mut heard = 0;
        loop {
            let numbers: Vec<u128> = if unsure.is_empty() {
                let count = 1 + roll(8) as u128;
                next += count;
                (next - count..next).collect()
            } else {
                std::mem::take(&mut unsure)
            };
            let batch = json!({"events": numbers.iter().map(|number| event(*number)).collect::<Vec<_>>()});
            // Two at once, so that one may be in the transaction that the kill cuts off.
            let other = next;
            next += 1;
            // The signal leaves beside them: it meets the requests on their way, in the transaction or after it.
            let pid = (heard == answers).then(|| child.id().to_string());
            let signal = tokio::task::spawn_blocking(move || {
                pid.map(|pid| Command::new("kill").args(["-9", &pid]).status().unwrap())
            });
            let (many, one, signal) =
                tokio::join!(post("events/batch", batch), post("events", event(other)), signal);
            let killed = signal.unwrap().is_some();
            let mut lost: Option<reqwest::Error> = None;
            match many {
                Ok(answer) => {
                    for (number, verdict) in numbers.iter().zip(answer["verdicts"].as_array().unwrap()) {
                        let seq = verdict["seq"].as_u64().unwrap();
                        assert!(told.insert(*number, seq).is_none());
                    }
                }
                Err(error) => (lost, unsure) = (Some(error), numbers),
            }
            match one {
                Ok(answer) => assert!(told.insert(other, answer["seq"].as_u64().unwrap()).is_none()),
                Err(error) => {
                    lost = Some(error);
                    unsure.push(other);
                }
            }
            assert!(killed || lost.is_none(), "nobody killed it: {lost:?}");
            if killed {
                break;
            }
            heard += 1;
        }
        child.wait().unwrap();
    }
    assert!(told.len() as u64 > kills() * 5, "only {} were acknowledged", told.len());

    let db = rusqlite::Connection::open(folder.path().join("cloud.db")).unwrap();
    let check: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    drop(db);
    let store = SqliteStore::open(folder.path(), Options::default()).unwrap();
    let entries = store.entries(account, 0, 1_000_000).await.unwrap();
    let ids: BTreeSet<Uuid> = entries.iter().map(|(_, entry)| entry.id.0).collect();
    let numbers: BTreeSet<u64> = entries.iter().map(|(seq, _)| *seq).collect();
    assert_eq!(
        (ids.len(), numbers.len()),
        (entries.len(), entries.len()),
        "an entry or a number is there twice"
    );
    let kept: BTreeMap<Uuid, u64> = entries.iter().map(|(seq, entry)| (entry.id.0, *seq)).collect();
    for (number, seq) in &told {
        assert_eq!(kept.get(&Uuid::from_u128(*number)), Some(seq), "{number} was acknowledged");
    }
    for id in &ids {
        assert!(told.contains_key(&id.as_u128()) || unsure.contains(&id.as_u128()), "{id} was never sent");
    }
    store.close().await;
}
