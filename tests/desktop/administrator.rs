//! An administrator in the built app: looks at a customer without consent for a reason that allows it, sends a discovery
//! anew, and both stand in the log.

use crate::servers::{Browser, PASSWORD, Servers, person};
use crate::window::App;
use std::path::PathBuf;

const ADMINISTRATOR: &str = "admin@example.com";

/// From signing in with a second factor to the log.
pub async fn journey(pictures: PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let servers = Servers::start(home.path()).await;
    let authority = servers.front.authority.display().to_string();
    let browser = Browser::new(home.path());
    let around = [("PATH", &*browser.path()), ("SSL_CERT_FILE", &authority)];
    let app = App::start_with(home.path(), &pictures, &around).await;
    app.sees("What do you have that runs out?").await;
    app.press_button("Skip").await;
    app.gone("What do you have that runs out?").await;
    app.chord(",").await;
    app.fills("Address of the maker’s cloud", &servers.front.url).await;
    app.press_button("Sign in as staff").await;
    let address = browser.opened(&app).await;
    person(&["allows", &address, ADMINISTRATOR, PASSWORD, &servers.factor]).await;
    app.sees("Find a customer").await;
    app.fills("Case number", "SAF-7").await;
    app.fills("Reason", "The machine may overheat").await;
    app.fills("Mail address", "one@").await;
    app.sees("1 customer").await;

    app.press("main li button[aria-haspopup=\"menu\"]").await;
    app.press("[role=\"menu\"] [role=\"menuitem\"]").await;
    app.sees("The customer is told at once").await;
    app.fills("Reason", "Somebody smelled smoke").await;
    app.picture("administrator-1-glass").await;
    app.press_button("Break the glass").await;
    app.sees("You have access for a day.").await;
    app.press_button("Close").await;
    app.press_button("Open").await;
    app.sees("For administrators").await;
    app.picture("administrator-2-customer").await;
    app.press_button("Send discovery…").await;
    app.sees("Describe the devices to Alexa anew?").await;
    app.fills("Reason", "The app shows an old name").await;
    app.press_button("Send discovery").await;
    app.sees("The discovery waits to be sent.").await;
    app.press_button("Close").await;
    app.press_button("Audit log").await;
    app.sees("Broke the glass").await;
    app.picture("administrator-3-log").await;
    app.quit().await;
    servers.stop().await;
}
