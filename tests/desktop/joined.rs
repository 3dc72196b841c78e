//! The app joined with a maker's cloud and Amazon's side, all three true programs on loopback: linked in a real browser,
//! an order followed while its supply's page is open, and unlinked.

use crate::window::{App, ENTER};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

const PASSWORD: &str = "CANARY-password-of-all";

/// The customer whose washing machine is registered at the older service, which tells of orders.
const EMAIL: &str = "two@example.com";

/// Building up a month of use takes a while.
const LIMIT: Duration = Duration::from_secs(90);

/// `npm run cloud`, until it is dropped.
struct Servers {
    address: String,
    child: Child,
    // Read to its end, or the programs would stop at a full pipe.
    _said: tokio::task::JoinHandle<()>,
}

impl Servers {
    async fn start(folder: &Path) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let programs = Path::new(env!("CARGO_BIN_EXE_refill")).parent().unwrap();
        let mut child = Command::new("node")
            .arg(root.join("scripts/cloud.mjs"))
            .args([
                "--port",
                "0",
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
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = tokio::time::timeout(LIMIT, address_in(&mut lines)).await.expect("the servers start");
        #[expect(clippy::disallowed_methods, reason = "ends with the servers")]
        let said = tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { address, child, _said: said }
    }

    async fn stop(mut self) {
        let id = self.child.id().unwrap().to_string();
        // As Ctrl C does: it ends what it started.
        let status = Command::new("kill").args(["-TERM", &id]).status().await.unwrap();
        assert!(status.success());
        self.child.wait().await.unwrap();
    }
}

async fn address_in(lines: &mut Lines<BufReader<ChildStdout>>) -> String {
    let mut address = None;
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some(rest) = line.trim_start().strip_prefix("Cloud ") {
            address = Some(rest.trim().trim_start_matches("http://").trim_end_matches('/').to_owned());
        }
        if line.contains("What happens") {
            return address.expect("the address comes first");
        }
    }
    panic!("the servers ended before they were ready");
}

/// A folder for the search path whose `xdg-open` writes down what the app gives to the system's browser.
struct Browser {
    folder: PathBuf,
}

impl Browser {
    fn new(home: &Path) -> Self {
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

    fn path(&self) -> String {
        format!("{}:{}", self.folder.display(), std::env::var("PATH").unwrap_or_default())
    }

    /// What was opened last; it is taken.
    async fn opened(&self) -> String {
        let file = self.folder.join("opened");
        let wait = async {
            let mut look = tokio::time::interval(Duration::from_millis(20));
            while !file.exists() {
                look.tick().await;
            }
        };
        tokio::time::timeout(LIMIT, wait).await.expect("the app opens the browser");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        text.trim().to_owned()
    }
}

/// Signs in and allows, in Chromium.
async fn allows(address: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let person = Command::new("node")
        .arg(root.join("tests/desktop/person.mjs"))
        .args([address, EMAIL, PASSWORD])
        .stdin(Stdio::null())
        .output();
    let output = tokio::time::timeout(LIMIT, person).await.expect("the browser comes back").unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

/// From the welcome to a linked account, an order on its supply's page, and back to unlinked.
pub async fn journey(pictures: PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let servers = Servers::start(home.path()).await;
    let browser = Browser::new(home.path());
    let app = App::start_with(home.path(), &pictures, &[("PATH", &browser.path())]).await;
    app.sees("What do you have that runs out?").await;
    app.press_button("Link an account").await;
    app.press("form.link input").await;
    app.types(&servers.address).await;
    app.key(ENTER).await;
    app.sees("Waiting for your browser").await;
    app.picture("joined-1-waiting").await;
    let address = browser.opened().await;
    assert!(address.starts_with(&format!("http://{}/oauth/authorize?", servers.address)), "{address}");
    allows(&address).await;
    app.sees("Linked with").await;
    app.picture("joined-2-linked").await;

    app.chord("1").await;
    app.opens("Detergent").await;
    app.sees("Auto-reorder: On").await;
    app.picture("joined-3-supply").await;
    // Pushed while the page is open: an order goes its way until its day.
    app.sees("Did it arrive?").await;
    app.picture("joined-4-order").await;
    app.chord("2").await;
    app.press_button("It arrived").await;
    app.sees("Counted as arrived.").await;
    app.picture("joined-5-orders").await;

    // Amazon's page, in the browser and at the person's own Amazon; a cloud without https can't bring them back.
    app.chord("1").await;
    let slot = app.slot_of("Detergent").await;
    app.opens("Detergent").await;
    app.press("button[aria-label^=\"Open in browser\"]").await;
    let page = browser.opened().await;
    assert!(
        page.starts_with("https://drs-web-eu.amazon.co.uk/drs/partner/page/settings?vendorCode="),
        "{page}"
    );
    assert!(page.contains("&modelId=WashWell_900&") && !page.contains("exitUri"), "{page}");
    app.sees("You opened its settings").await;
    app.picture("joined-6-dash").await;

    // A link brings the window that is there to its supply, and one that is none of ours to nowhere.
    app.chord("2").await;
    app.sees("as Amazon last told").await;
    app.link(&format!("refill://slot/{slot}?buy=now")).await;
    app.sees("as Amazon last told").await;
    app.link(&format!("refill://slot/{slot}")).await;
    app.sees("About this supply").await;

    app.chord("4").await;
    app.press_button("Unlink this computer…").await;
    app.press_button("Unlink this computer").await;
    app.sees("Not linked to an account").await;
    app.chord("1").await;
    app.sees("Detergent").await;
    app.quit().await;
    servers.stop().await;
}
