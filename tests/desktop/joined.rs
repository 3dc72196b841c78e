//! The app joined with a maker's cloud and Amazon's side, all three true programs on loopback: linked in a real browser,
//! an order followed while its supply's page is open, Amazon's page and the way back from it, and unlinked. The cloud
//! stands behind https, as makers' clouds do.

use crate::front::Front;
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
    front: Front,
    child: Child,
    // Read to its end, or the programs would stop at a full pipe.
    _said: tokio::task::JoinHandle<()>,
}

impl Servers {
    async fn start(folder: &Path) -> Self {
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
        tokio::time::timeout(LIMIT, ready(&mut lines)).await.expect("the servers start");
        #[expect(clippy::disallowed_methods, reason = "ends with the servers")]
        let said = tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { front, child, _said: said }
    }

    async fn stop(mut self) {
        let id = self.child.id().unwrap().to_string();
        // As Ctrl C does: it ends what it started.
        let status = Command::new("kill").args(["-TERM", &id]).status().await.unwrap();
        assert!(status.success());
        self.child.wait().await.unwrap();
    }
}

async fn ready(lines: &mut Lines<BufReader<ChildStdout>>) {
    let mut said = String::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        if line.contains("What happens") {
            return;
        }
        said += &format!("{line}\n");
    }
    panic!("the servers ended before they were ready:\n{said}");
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
    async fn opened(&self, by: &App) -> String {
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
async fn person(words: &[&str]) -> String {
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

/// From the welcome to a linked account, an order on its supply's page, and back to unlinked.
pub async fn journey(pictures: PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let servers = Servers::start(home.path()).await;
    let browser = Browser::new(home.path());
    let authority = servers.front.authority.display().to_string();
    let around = [("PATH", &*browser.path()), ("SSL_CERT_FILE", &authority)];
    let app = App::start_with(home.path(), &pictures, &around).await;
    app.sees("What do you have that runs out?").await;
    app.press_button("Link an account").await;
    app.press("form.link input").await;
    app.types(&servers.front.url).await;
    app.key(ENTER).await;
    app.sees("Waiting for your browser").await;
    app.picture("joined-1-waiting").await;
    let address = browser.opened(&app).await;
    assert!(address.starts_with(&format!("{}oauth/authorize?", servers.front.url)), "{address}");
    person(&["allows", &address, EMAIL, PASSWORD]).await;
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

    // Amazon's page, in the browser and at the person's own Amazon; from there back to the app, and to this supply.
    app.chord("1").await;
    let slot = app.slot_of("Detergent").await;
    app.opens("Detergent").await;
    app.press("button[aria-label^=\"Open in browser\"]").await;
    let page = browser.opened(&app).await;
    assert!(
        page.starts_with("https://drs-web-eu.amazon.co.uk/drs/partner/page/settings?vendorCode="),
        "{page}"
    );
    assert!(page.contains("&modelId=WashWell_900&"), "{page}");
    app.sees("You opened its settings").await;
    app.picture("joined-6-dash").await;
    let exit = exit_of(&page);
    assert!(exit.starts_with(&format!("{}dash/return?visit=", servers.front.url)), "{exit}");
    let back = person(&["returns", &exit]).await;
    app.chord("2").await;
    app.sees("as Amazon last told").await;
    app.link(&back).await;
    app.sees("About this supply").await;
    app.picture("joined-7-back").await;

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

/// Where Amazon's page sends people when they are done: its fragment says it (protocols 1.2).
fn exit_of(page: &str) -> String {
    let page = url::Url::parse(page).unwrap();
    let fields =
        page.query_pairs().chain(url::form_urlencoded::parse(page.fragment().unwrap_or_default().as_bytes()));
    let exit = fields.into_iter().find(|(name, _)| name == "exitUri");
    exit.expect("the page is told where to send people").1.into_owned()
}
