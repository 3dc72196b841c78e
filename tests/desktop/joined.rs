//! The app joined with a maker's cloud and Amazon's side, all three true programs on loopback: linked in a real browser,
//! an order followed while its supply's page is open, Amazon's page and the way back from it, and unlinked. The cloud
//! stands behind https, as makers' clouds do.

use crate::servers::{Browser, EMAIL, PASSWORD, Servers, person};
use crate::window::{App, ENTER};
use std::path::PathBuf;

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
    app.enter_button("It arrived").await;
    app.sees("Counted as arrived.").await;
    app.picture("joined-5-orders").await;

    // Amazon's page, in the browser and at the person's own Amazon; from there back to the app, and to this supply.
    app.chord("1").await;
    let slot = app.slot_of("Detergent").await;
    app.opens("Detergent").await;
    app.enter_button("Open in browser, WashWell 900").await;
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
