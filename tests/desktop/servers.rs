//! What the app is joined with: a maker's cloud behind https and Amazon's side, both true programs on loopback, and the
//! person's browser, which is a real one.

use crate::front::Front;
use crate::window::App;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// The password of everybody.
pub const PASSWORD: &str = "CANARY-password-of-all";

/// The customer whose washing machine is registered at the older service, which tells of orders.
pub const EMAIL: &str = "two@example.com";

/// Building up a month of use takes a while.
const LIMIT: Duration = Duration::from_secs(90);

/// `npm run cloud`, until it is dropped.
pub struct Servers {
    /// Its https door.
    pub front: Front,
    /// The key of its administrator's second factor.
    pub factor: String,
    child: Child,
    // Read to its end, or the programs would stop at a full pipe.
    _said: tokio::task::JoinHandle<()>,
}

impl Servers {
    pub async fn start(folder: &Path) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let programs = Path::new(env!("CARGO_BIN_EXE_refill")).parent().unwrap();
        // Free in a network of our own, and the door has to lead somewhere before the cloud is there.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let front = Front::open(folder, port).await;
        let mut child = Command::new("node")
            .arg(root.join("scripts/cloud.mjs"))
            .args([
                "--port",
                &port.to_string(),
                "--behind",
                &front.url,
                "--amazon",
                "0",
                "--every",
                "0.5",
                "--delivery",
                "8",
                "--password",
                PASSWORD,
            ])
            .arg("--data")
            .arg(folder.join("servers"))
            .arg("--programs")
            .arg(programs)
            .env("NO_COLOR", "1")
            .env("NODE_EXTRA_CA_CERTS", &front.authority)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let factor = tokio::time::timeout(LIMIT, ready(&mut lines)).await.expect("the servers start");
        #[expect(clippy::disallowed_methods, reason = "ends with the servers")]
        let said = tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { front, factor, child, _said: said }
    }

    /// Ends them, as Ctrl C does.
    pub async fn stop(mut self) {
        let id = self.child.id().unwrap().to_string();
        let status = Command::new("kill").args(["-TERM", &id]).status().await.unwrap();
        assert!(status.success());
        self.child.wait().await.unwrap();
    }
}

/// Waits until they are ready; the key of the administrator's second factor, which they say.
async fn ready(lines: &mut Lines<BufReader<ChildStdout>>) -> String {
    let (mut said, mut factor) = (String::new(), String::new());
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some((_, key)) = line.split_once("key of the second factor: ") {
            key.trim().clone_into(&mut factor);
        }
        if line.contains("What happens") {
            return factor;
        }
        said += &format!("{line}\n");
    }
    panic!("the servers ended before they were ready:\n{said}");
}

/// A folder for the search path whose `xdg-open` writes down what the app gives to the system's browser.
pub struct Browser {
    folder: PathBuf,
}

impl Browser {
    pub fn new(home: &Path) -> Self {
        let folder = home.join("bin");
        std::fs::create_dir_all(&folder).unwrap();
        let script = folder.join("xdg-open");
        let to = folder.join("opened");
        std::fs::write(
            &script,
            format!("#!/bin/sh\nprintf '%s\\n' \"$1\" > '{0}.new' && mv '{0}.new' '{0}'\n", to.display()),
        )
        .unwrap();
        std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        Self { folder }
    }

    /// The search path with it in front.
    pub fn path(&self) -> String {
        format!("{}:{}", self.folder.display(), std::env::var("PATH").unwrap_or_default())
    }

    /// What was opened last; it is taken.
    pub async fn opened(&self, by: &App) -> String {
        let file = self.folder.join("opened");
        let wait = async {
            let mut look = tokio::time::interval(Duration::from_millis(20));
            while !file.exists() {
                look.tick().await;
            }
        };
        if tokio::time::timeout(LIMIT, wait).await.is_err() {
            by.fails("the app opens no browser").await;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        text.trim().to_owned()
    }
}

/// What a person does in Chromium, and what the last page says.
pub async fn person(words: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let person = Command::new("node")
        .arg(root.join("tests/desktop/person.mjs"))
        .args(words)
        .stdin(Stdio::null())
        .output();
    let output = tokio::time::timeout(LIMIT, person).await.expect("the browser comes back").unwrap();
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}
