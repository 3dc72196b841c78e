//! The program that is killed: its folder, its household, and how it is started and struck.

use refill_cloud::clock::{Clock as _, SystemClock};
use refill_cloud::ids::AccountId;
use refill_cloud::secret::{Door, Secret};
use refill_cloud::store::sqlite::{Options, SqliteStore};
use refill_cloud::store::{Account, CodeRow, Device, NewAccount, NewDevice, Registered, Role, Store as _};
use refill_domain::ids::EndpointId;
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use uuid::Uuid;

/// Settings of a server beside a sandbox; the rest comes from the environment.
fn settings(amazon: &str) -> String {
    let events =
        ["north_america", "europe", "far_east"].map(|region| format!("{region} = \"{amazon}/na/v3/events\""));
    let tokens = ["north_america", "europe", "far_east"]
        .map(|region| format!("{region} = \"{amazon}/auth/o2/token\""));
    format!(
        "[alexa]\nclient_id = \"amzn1.application-oa2-client.sandbox-skill\"\nsecret_file = \"secret\"\nkey_file = \"key\"\n\
         manufacturer = \"Sample Maker\"\n[alexa.events]\n{}\n[alexa.tokens]\n{}\n\
         [[clients]]\nid = \"alexa\"\nkind = \"alexa\"\nname = \"Alexa\"\nvendor_id = \"V1\"\nscopes = [\"customer\"]\n\
         secret_file = \"skill\"\nredirect_uris = [\"{amazon}/api/skill/link/V1\"]\n",
        events.join("\n"),
        tokens.join("\n")
    )
}

/// Writes the settings of a server that reports to this Amazon.
pub fn configure(folder: &Path, amazon: &str) {
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    write("cloud.toml", &settings(amazon));
    write("secret", "sandbox-skill-secret");
    write("key", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=");
    write("skill", super::SKILL_SECRET);
}

/// A started program.
pub struct Running {
    child: Child,
    /// Where it listens; empty if it never got so far.
    pub address: String,
}

fn start(folder: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_refill-cloud"));
    if folder.join("cloud.toml").exists() {
        command.arg("--config").arg(folder.join("cloud.toml"));
    }
    command
        .arg("serve")
        .env("REFILL_CLOUD_DATA", folder.join("data"))
        .env("REFILL_CLOUD_LISTEN", "127.0.0.1:0")
        .env("REFILL_CLOUD_LOG", "off")
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command.spawn().unwrap()
}

impl Running {
    /// Starts it and waits until it listens.
    pub fn serve(folder: &Path) -> Self {
        let mut child = start(folder);
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { child, address: address.trim().to_owned() }
    }

    /// Kills it at once and for good.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Kills it after so many turns of whoever else has something to do.
    pub async fn strike(&mut self, turns: u64) {
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        self.kill();
    }
}

/// Starts it and kills it somewhere on its way up, while it repairs what the last kill left.
pub async fn killed_on_its_way_up(folder: &Path, turns: u64) {
    let mut running = Running { child: start(folder), address: String::new() };
    running.strike(turns).await;
}

/// Who sends.
pub struct Household {
    pub account: AccountId,
    /// The device's credential.
    pub credential: String,
    /// A code with which Alexa links the account.
    pub code: String,
}

/// An account with one device, made before the first start.
pub async fn household(folder: &Path, back: &str) -> Household {
    let store = SqliteStore::open(&folder.join("data"), Options::default()).unwrap();
    let account = AccountId(Uuid::from_u128(1));
    let new = Account {
        id: account,
        role: Role::Customer,
        email: "a@example.com".into(),
        name: "A".into(),
        created_at: 0,
    };
    assert!(store.create_account(NewAccount { account: new, password: String::new() }).await.unwrap());
    let slot = |instance: &str, sensor: &str, unit: &str| json!({"instance": instance, "name": instance, "supply": "detergent", "sensor": sensor, "unit": unit, "pack": 1000});
    let slots = [slot("soap", "usage", "MILLILITER"), slot("salt", "level", "PERCENT")];
    let model = json!({"id": "W", "name": "Washer", "kind": "washing_machine", "slots": slots});
    let model: refill_cloud::catalogue::Model = serde_json::from_value(model).unwrap();
    assert!(store.put_model(model.clone()).await.unwrap());
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
    let code = Secret::new(Door::Code, account).unwrap();
    let row = CodeRow {
        account,
        hash: code.hash(),
        client: "alexa".into(),
        redirect_uri: back.into(),
        challenge: None,
        scope: "customer".into(),
        expires_at: SystemClock.now_ms() + 60_000,
        used_for: None,
    };
    store.put_code(row).await.unwrap();
    store.close().await;
    let shown = |secret: &Secret| secret.expose().to_owned();
    Household { account, credential: shown(&credential), code: shown(&code) }
}
