//! The tray: what needs the person, and the way back to the window. Systems without a tray go without.

use crate::bridge;
use refill_engine::view::{Headline, Section, SuppliesView};
use refill_engine::words::Words;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tauri::image::Image;
use tauri::menu::{Menu, MenuBuilder, MenuItemBuilder};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, Runtime};

const ID: &str = "refill";

/// Supplies named in the menu.
const NAMED: usize = 3;

/// Puts the icon into the tray. Where the system's tray library is missing, its absence is logged.
pub fn show<R: Runtime>(app: &AppHandle<R>) {
    // The tray crate panics, rather than fails, where libayatana-appindicator is missing.
    let made = catch_unwind(AssertUnwindSafe(|| -> tauri::Result<()> {
        let icon = Image::from_bytes(include_bytes!("../icons/tray.png"))?;
        TrayIconBuilder::with_id(ID)
            .icon(icon)
            .icon_as_template(true)
            .menu(&menu(app, None)?)
            .on_menu_event(|app, event| match event.id().as_ref() {
                "quit" => app.exit(0),
                _ => bridge::come_forward(app),
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

/// Brings the menu up to date.
pub fn update<R: Runtime>(app: &AppHandle<R>, supplies: &SuppliesView) {
    let Some(tray) = app.tray_by_id(ID) else { return };
    // Sample data is nobody's to be reminded of.
    let own = (!supplies.sample).then_some(supplies);
    let done = menu(app, own).and_then(|menu| tray.set_menu(Some(menu)));
    if let Err(cause) = done {
        tracing::info!(%cause, "the tray's menu could not be changed");
    }
}

fn menu<R: Runtime>(app: &AppHandle<R>, supplies: Option<&SuppliesView>) -> tauri::Result<Menu<R>> {
    let settings = app.try_state::<refill_engine::view::Settings>();
    let words = Words::of(settings.map_or("en", |settings| refill_engine::region::language(&settings)));
    let mut menu = MenuBuilder::new(app);
    if let Some(supplies) = supplies {
        let head = match supplies.headline {
            Headline::NeedYou { count } => words.say("tray_need_you", &[("count", &count.to_string())]),
            Headline::LastsUntil { .. }
            | Headline::NothingThisWeek {}
            | Headline::Learning {}
            | Headline::Empty {} => words.say("tray_nothing", &[]),
        };
        menu = menu.item(&MenuItemBuilder::with_id("head", head).enabled(false).build(app)?);
        for row in supplies.rows.iter().filter(|row| row.section == Section::NeedsYou).take(NAMED) {
            let text = format!("{}, {}", row.name, row.device_name);
            menu = menu.item(&MenuItemBuilder::with_id(row.slot.to_string(), text).build(app)?);
        }
        menu = menu.separator();
    }
    menu.item(&MenuItemBuilder::with_id("open", words.say("tray_open", &[])).build(app)?)
        .item(&MenuItemBuilder::with_id("quit", words.say("tray_quit", &[])).build(app)?)
        .build()
}
