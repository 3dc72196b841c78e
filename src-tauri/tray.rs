//! The tray: what needs the person, the most urgent first, and the way to it. What it says is the engine's. Systems without
//! a tray go without.

use crate::{bridge, links};
use refill_domain::ids::SlotId;
use refill_engine::api::Api as _;
use refill_engine::engine::Engine;
use refill_engine::view::{Place, Tray};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tauri::image::Image;
use tauri::menu::{CheckMenuItemBuilder, Menu, MenuBuilder, MenuItemBuilder, SubmenuBuilder};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, Runtime};

const ID: &str = "refill";

/// Starts of the names of items that name a supply.
const SLOT: &str = "slot:";
const BOUGHT: &str = "bought:";

/// What was chosen.
#[derive(Debug, PartialEq, Eq)]
enum Chosen {
    Quit,
    Quiet,
    Go(Place),
    Open,
}

fn chosen(id: &str) -> Chosen {
    let slot = |start: &str| id.strip_prefix(start).and_then(|id| id.parse::<SlotId>().ok());
    match id {
        "quit" => Chosen::Quit,
        "quiet" => Chosen::Quiet,
        "offline" => Chosen::Go(Place::Account {}),
        _ => match (slot(SLOT), slot(BOUGHT)) {
            (Some(slot), _) => Chosen::Go(Place::Slot { slot }),
            (_, Some(slot)) => Chosen::Go(Place::Bought { slot }),
            _ => Chosen::Open,
        },
    }
}

/// Puts the icon into the tray. Where the system's tray library is missing, its absence is logged.
pub fn show<R: Runtime>(app: &AppHandle<R>) {
    // The tray crate panics, rather than fails, where libayatana-appindicator is missing.
    let made = catch_unwind(AssertUnwindSafe(|| -> tauri::Result<()> {
        let icon = Image::from_bytes(include_bytes!("../icons/tray.png"))?;
        TrayIconBuilder::with_id(ID)
            .icon(icon)
            .icon_as_template(true)
            .on_menu_event(|app, event| match chosen(event.id().as_ref()) {
                Chosen::Quit => app.exit(0),
                Chosen::Quiet => quiet(app),
                Chosen::Open => bridge::come_forward(app),
                Chosen::Go(place) => {
                    bridge::come_forward(app);
                    links::go(app, place);
                }
            })
            .build(app)?;
        Ok(())
    }));
    match made {
        Ok(Ok(())) => {}
        Ok(Err(cause)) => tracing::info!(%cause, "no tray"),
        Err(_) => tracing::info!("no tray: its library is missing"),
    }
}

/// Keeps notices away until tomorrow, or lets them come again.
fn quiet<R: Runtime>(app: &AppHandle<R>) {
    let engine = app.state::<Engine>().inner().clone();
    #[expect(clippy::disallowed_methods, reason = "ends when the engine has answered")]
    tauri::async_runtime::spawn(async move {
        let done = async {
            let paused = engine.notices().await?.paused_until.is_some();
            engine.pause_notices(!paused).await
        };
        if let Err(cause) = done.await {
            tracing::warn!(%cause, "notices could not be kept away");
        }
    });
}

/// Brings the menu up to date.
pub fn update<R: Runtime>(app: &AppHandle<R>, tray: &Tray) {
    let Some(icon) = app.tray_by_id(ID) else { return };
    let done = menu(app, tray).and_then(|menu| {
        icon.set_menu(Some(menu))?;
        // Where the system shows one: the head in words, for whoever points at the icon.
        icon.set_tooltip(Some(&tray.head))
    });
    if let Err(cause) = done {
        tracing::info!(%cause, "the tray's menu could not be changed");
    }
}

/// An ampersand in a name is no mark of a key.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}

fn menu<R: Runtime>(app: &AppHandle<R>, tray: &Tray) -> tauri::Result<Menu<R>> {
    let item = |id: &str, text: &str| MenuItemBuilder::with_id(id, plain(text)).build(app);
    let mut menu = MenuBuilder::new(app)
        .item(&MenuItemBuilder::with_id("head", plain(&tray.head)).enabled(false).build(app)?);
    for line in &tray.lines {
        menu = menu.item(&item(&format!("{SLOT}{}", line.slot), &line.text)?);
    }
    menu = menu.separator();
    if !tray.supplies.is_empty() {
        let mut bought = SubmenuBuilder::new(app, plain(&tray.bought));
        for line in &tray.supplies {
            bought = bought.item(&item(&format!("{BOUGHT}{}", line.slot), &line.text)?);
        }
        menu = menu.item(&bought.build()?);
    }
    let quiet = CheckMenuItemBuilder::with_id("quiet", plain(&tray.quiet)).checked(tray.quiet_now);
    menu = menu.item(&item("open", &tray.open)?).item(&quiet.build(app)?);
    if let Some(offline) = &tray.offline {
        menu = menu.item(&item("offline", offline)?);
    }
    menu.item(&item("quit", &tray.quit)?).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen() {
        let id = "01a1ff27-14dc-7576-a5ce-a29142786fc7";
        let slot: SlotId = id.parse().unwrap_or_else(|_| unreachable!());
        assert_eq!(chosen(&format!("slot:{id}")), Chosen::Go(Place::Slot { slot }));
        assert_eq!(chosen(&format!("bought:{id}")), Chosen::Go(Place::Bought { slot }));
        assert_eq!(chosen("quit"), Chosen::Quit);
        assert_eq!(chosen("quiet"), Chosen::Quiet);
        assert_eq!(chosen("offline"), Chosen::Go(Place::Account {}));
        for other in ["open", "head", "slot:", "slot:x", ""] {
            assert_eq!(chosen(other), Chosen::Open, "{other}");
        }
    }

    #[test]
    fn names_mark_no_keys() {
        assert_eq!(plain("Salt & pepper"), "Salt && pepper");
    }
}
