//! The built app in a real window, driven by WebDriver, beside a true IPP printer. The test starts itself a second time
//! inside a network of its own (`tests/ippeve/printer.sh`) with a display and a session bus of its own, so that it
//! needs nothing of the machine and leaves nothing behind.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test ends where it fails, or says why it was not run"
)]

#[path = "desktop/administrator.rs"]
mod administrator;
#[path = "desktop/front.rs"]
mod front;
#[path = "desktop/joined.rs"]
mod joined;
#[path = "desktop/models.rs"]
mod models;
#[path = "desktop/servers.rs"]
mod servers;
#[path = "desktop/staff.rs"]
mod staff;
#[path = "desktop/window.rs"]
mod window;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use window::App;

/// Set for the second start; holds the folder for pictures.
const INSIDE: &str = "REFILL_DESKTOP_TEST";

/// `printer.sh` ends so when a printer can't be had here.
const NO_PRINTER: i32 = 69;

fn pictures() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("desktop")
}

/// Displays and printers are had one at a time: two that look for a free number at once take the same.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// No journey takes longer; one that does has hung.
const LIMIT: Duration = Duration::from_secs(240);

/// Runs `test` of this binary again, inside.
fn beside_a_printer(test: &str) {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::create_dir_all(pictures()).unwrap();
    let log = std::fs::File::create(pictures().join(format!("{test}.log"))).unwrap();
    let status = Command::new(root.join("tests/ippeve/printer.sh"))
        .args(["xvfb-run", "-a", "-s", "-screen 0 1400x1000x24", "dbus-run-session", "--"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(INSIDE, pictures())
        .stdin(std::process::Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .status()
        .expect("printer.sh runs");
    let said = std::fs::read_to_string(pictures().join(format!("{test}.log"))).unwrap_or_default();
    if status.code() == Some(NO_PRINTER) && std::env::var_os("CI").is_none() {
        println!("SKIPPED {test}: {}", said.lines().last().unwrap_or_default());
        return;
    }
    assert!(status.success(), "{test} ended with {status}\n{said}");
}

/// Runs the journey inside, or starts it there.
fn journey(name: &str, steps: impl AsyncFnOnce(PathBuf)) {
    match std::env::var_os(INSIDE) {
        None => beside_a_printer(name),
        Some(folder) => tokio::runtime::Runtime::new().unwrap().block_on(async {
            tokio::time::timeout(LIMIT, steps(PathBuf::from(folder))).await.expect("the journey ends");
        }),
    }
}

#[test]
fn a_printer_is_found_by_address_and_all_is_there_after_a_restart() {
    journey("a_printer_is_found_by_address_and_all_is_there_after_a_restart", async |pictures| {
        let home = tempfile::tempdir().unwrap();
        let printer = std::env::var("REFILL_TEST_PRINTER").unwrap();
        let app = App::start(home.path(), &pictures).await;
        app.sees("What do you have that runs out?").await;
        app.press_button("Add a device").await;
        app.sees("1 of 3").await;
        app.picture("1-welcome").await;
        app.types(&printer).await;
        app.key(window::ENTER).await;
        app.sees("2 of 3").await;
        app.picture("2-supplies-of-the-printer").await;
        app.key(window::ENTER).await;
        app.sees("3 of 3").await;
        app.key(window::ENTER).await;
        app.gone("3 of 3").await;
        for ink in ["Black", "Cyan", "Magenta", "Yellow"] {
            app.sees(ink).await;
        }
        app.picture("3-device").await;

        app.chord("1").await;
        app.sees("What happens next").await;
        app.picture("4-supplies").await;
        app.press_text("Cyan").await;
        app.sees("About this supply").await;
        app.sees_within("svg.chart", "").await;
        app.picture("5-slot").await;

        app.press_button("I replaced it").await;
        app.sees_within("[role=\"dialog\"] button[type=\"submit\"]", "of the dialog").await;
        // What it will do is said before it is done.
        app.sees("No spare left.").await;
        app.picture("6-replace").await;
        app.press("[role=\"dialog\"] button[type=\"submit\"]:not([disabled])").await;
        app.sees("You replaced it").await;
        app.press_button("Undo").await;
        app.sees("undone").await;
        app.picture("7-undone").await;
        app.quit().await;

        let app = App::start(home.path(), &pictures).await;
        app.sees("What happens next").await;
        for ink in ["Black", "Cyan", "Magenta", "Yellow"] {
            app.sees(ink).await;
        }
        app.press_text("Cyan").await;
        app.sees("undone").await;
        app.picture("8-after-the-restart").await;
        app.quit().await;
    });
}

#[test]
fn a_wrong_address_says_what_to_do_and_stores_nothing() {
    journey("a_wrong_address_says_what_to_do_and_stores_nothing", async |pictures| {
        let home = tempfile::tempdir().unwrap();
        let app = App::start(home.path(), &pictures).await;
        app.sees("What do you have that runs out?").await;
        app.press_button("Add a device").await;
        app.sees("1 of 3").await;
        // Nothing listens on the port beside the printer's.
        app.types("ipp://localhost:8633/ipp/print").await;
        app.key(window::ENTER).await;
        app.sees("Nothing answers at").await;
        app.picture("wrong-address").await;
        app.quit().await;

        let app = App::start(home.path(), &pictures).await;
        app.sees("What do you have that runs out?").await;
        app.quit().await;
    });
}

/// The line of a supply in the list, as it is read.
const PODS: &str = "//li[@data-slot][contains(normalize-space(.), \"Coffee pods\")]";

#[test]
fn a_trial_lives_by_itself_and_leaves_nothing() {
    journey("a_trial_lives_by_itself_and_leaves_nothing", async |pictures| {
        let home = tempfile::tempdir().unwrap();
        let trial = home.path().join("data/trial");
        let app = App::start(home.path(), &pictures).await;
        app.sees("What do you have that runs out?").await;
        for round in ["once", "twice"] {
            app.press_button("Try it").await;
            app.sees("Sample data").await;
            app.sees("A day passes in 20 seconds").await;
            for name in ["Coffee pods", "Liquid detergent", "Cyan ink", "Main brush"] {
                app.sees(name).await;
            }
            assert!(trial.is_dir(), "{round}");
            app.picture(&format!("trial-1-{round}")).await;
            // Nobody touches anything.
            app.changes(PODS).await;
            app.press_button("Pause").await;
            app.sees("Time stands still").await;
            app.picture(&format!("trial-2-{round}")).await;
            app.press_button("Go on").await;
            app.changes(PODS).await;
            app.press_button("Remove sample").await;
            app.sees("What do you have that runs out?").await;
            assert!(!trial.exists(), "{round}");
        }
        app.quit().await;

        let app = App::start(home.path(), &pictures).await;
        app.sees("What do you have that runs out?").await;
        app.quit().await;
    });
}

#[test]
fn a_trial_that_was_cut_off_is_gone_at_the_next_start() {
    journey("a_trial_that_was_cut_off_is_gone_at_the_next_start", async |pictures| {
        let home = tempfile::tempdir().unwrap();
        let trial = home.path().join("data/trial");
        let app = App::start(home.path(), &pictures).await;
        app.sees("What do you have that runs out?").await;
        app.press_button("Try it").await;
        app.sees("A day passes in 20 seconds").await;
        app.killed().await;
        assert!(trial.is_dir(), "nobody had the time to tidy up");

        let app = App::start(home.path(), &pictures).await;
        app.sees("What do you have that runs out?").await;
        assert!(!trial.exists());
        app.quit().await;
    });
}

#[test]
fn linked_in_a_browser_an_order_is_followed_and_the_link_is_ended() {
    journey("linked_in_a_browser_an_order_is_followed_and_the_link_is_ended", joined::journey);
}

#[test]
fn support_asks_the_customer_gives_and_both_see_what_was_done() {
    journey("support_asks_the_customer_gives_and_both_see_what_was_done", staff::journey);
}

#[test]
fn a_model_is_begun_and_another_passes_all_cases_here() {
    journey("a_model_is_begun_and_another_passes_all_cases_here", models::journey);
}

#[test]
fn an_administrator_breaks_the_glass_and_sends_a_discovery() {
    journey("an_administrator_breaks_the_glass_and_sends_a_discovery", administrator::journey);
}
