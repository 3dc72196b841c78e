//! From the engine to the system: updates become window events, notices, the tray's menu and the login item.

use crate::{links, notices, tray};
use refill_engine::engine::Engine;
use refill_engine::view::{Settings, Update};
use tauri::{AppHandle, Emitter, Manager, Runtime};
use tauri_plugin_autostart::ManagerExt;
use tauri_plugin_deep_link::DeepLinkExt;
use tokio::sync::broadcast::error::RecvError;

/// Passes on the engine's updates until it stops.
pub fn start<R: Runtime>(app: &AppHandle<R>, engine: &Engine) {
    // Elsewhere links are arguments, and are taken as they came: see `links`.
    if cfg!(target_os = "macos") {
        let at = app.clone();
        app.deep_link().on_open_url(move |event| {
            let urls = event.urls();
            let one = if let [url] = urls.as_slice() { Some(url.to_string()) } else { None };
            links::opened(&at, one);
        });
    }
    let (app, engine) = (app.clone(), engine.clone());
    let mut updates = engine.updates();
    #[expect(clippy::disallowed_methods, reason = "the shell's one task; it ends with the engine")]
    tauri::async_runtime::spawn(async move {
        look(&app, &engine).await;
        loop {
            let update = match updates.recv().await {
                Ok(update) => update,
                // Too slow for some of them: asking anew makes up for all.
                Err(RecvError::Lagged(_)) => Update::Changed {},
                Err(RecvError::Closed) => return,
            };
            match &update {
                Update::Changed {} | Update::Account {} => look(&app, &engine).await,
                Update::Settings { settings } => open_at_login(&app, settings),
                Update::Notice { notice } => {
                    notices::show(&app, notice);
                    // The page shows what it is about anyway.
                    continue;
                }
                Update::Found { .. }
                | Update::SearchEnded { .. }
                | Update::Progress { .. }
                | Update::Trouble { .. } => {}
            }
            if let Err(cause) = app.emit("update", &update) {
                tracing::warn!(%cause, "an update did not reach the window");
            }
        }
    });
}

/// Shows the window, whatever was done to it.
pub fn come_forward<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window("main") {
        let shown = window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus());
        if let Err(cause) = shown {
            tracing::warn!(%cause, "the window could not come forward");
        }
    }
}

async fn look<R: Runtime>(app: &AppHandle<R>, engine: &Engine) {
    if let Ok(Some(now)) = engine.tray().await {
        tray::update(app, &now);
    }
}

fn open_at_login<R: Runtime>(app: &AppHandle<R>, settings: &Settings) {
    let login = app.autolaunch();
    if login.is_enabled().is_ok_and(|on| on == settings.open_at_login) {
        return;
    }
    let done = if settings.open_at_login { login.enable() } else { login.disable() };
    if let Err(cause) = done {
        tracing::warn!(%cause, "the login item could not be changed");
    }
}
