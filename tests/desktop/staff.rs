//! Support in the built app, from both sides: one of the maker's people finds a customer and asks, the customer gives
//! access in an app of their own, and reads afterwards what was looked at.

use crate::servers::{Browser, EMAIL, PASSWORD, Servers, person};
use crate::window::{App, ENTER};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

const STAFF: &str = "staff@example.com";

/// Who the customer is, to their maker.
const NAME: &str = "Customer Two";

/// A session bus of one's own: two people do not sit at one desktop, and a second start of the app in one session would
/// only bring the first forward.
struct Bus {
    address: String,
    _child: Child,
}

impl Bus {
    async fn start() -> Self {
        let mut child = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("dbus-daemon starts");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.next_line().await.unwrap().expect("a bus says its address");
        Self { address, _child: child }
    }
}

async fn opened(home: &Path, pictures: &Path, around: &[(&str, &str)]) -> App {
    std::fs::create_dir_all(home).unwrap();
    let app = App::start_with(home, pictures, around).await;
    app.sees("What do you have that runs out?").await;
    app
}

/// From signing in at the desk to the customer reading what support did.
pub async fn journey(pictures: PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let servers = Servers::start(folder.path()).await;
    let authority = servers.front.authority.display().to_string();
    let (desk_home, own_home) = (folder.path().join("desk"), folder.path().join("own"));

    let bus = Bus::start().await;
    let desk_browser = Browser::new(&desk_home);
    let around = [
        ("PATH", &*desk_browser.path()),
        ("SSL_CERT_FILE", &authority),
        ("DBUS_SESSION_BUS_ADDRESS", &bus.address),
    ];
    let desk = opened(&desk_home, &pictures, &around).await;
    desk.press_button("Skip").await;
    desk.gone("What do you have that runs out?").await;
    desk.chord(",").await;
    desk.fills("Address of the maker’s cloud", &servers.front.url).await;
    desk.press_button("Sign in as staff").await;
    person(&["allows", &desk_browser.opened(&desk).await, STAFF, PASSWORD]).await;
    desk.sees("Find a customer").await;
    desk.fills("Case number", "SUP-20418").await;
    desk.fills("Reason", "The detergent is low too early").await;
    desk.fills("Mail address", "two@").await;
    desk.sees("1 customer").await;
    desk.picture("staff-1-found").await;
    desk.press_button("Send a request").await;
    desk.sees("Waits for the customer’s answer").await;

    let own_browser = Browser::new(&own_home);
    let around = [("PATH", &*own_browser.path()), ("SSL_CERT_FILE", &authority)];
    let own = opened(&own_home, &pictures, &around).await;
    own.press_button("Link an account").await;
    own.press("form.link input").await;
    own.types(&servers.front.url).await;
    own.key(ENTER).await;
    person(&["allows", &own_browser.opened(&own).await, EMAIL, PASSWORD]).await;
    own.sees("Linked with").await;
    own.sees("Staff asks to see your devices").await;
    own.sees("The detergent is low too early").await;
    own.picture("staff-2-asked").await;
    own.press_button("Give access").await;
    own.sees("Staff may see your devices until").await;

    // The answer comes to the desk by itself.
    desk.press_button("Open").await;
    desk.sees("Everything you open here is recorded").await;
    desk.sees("Detergent").await;
    desk.sees("Access until").await;
    desk.picture("staff-3-customer").await;

    own.chord("1").await;
    own.sees("Detergent").await;
    own.chord("4").await;
    own.sees("Staff looked at").await;
    own.picture("staff-4-told").await;
    own.press_button("Withdraw").await;
    own.sees("You took access back.").await;
    own.quit().await;
    // What was on the screen goes with the access.
    desk.sees("This customer has not given access").await;
    desk.gone("Detergent").await;

    desk.press_button("Audit log").await;
    desk.sees("Asked for access").await;
    // Nothing is left of the case.
    desk.gone(NAME).await;
    desk.picture("staff-5-after").await;
    desk.quit().await;
    servers.stop().await;
}
