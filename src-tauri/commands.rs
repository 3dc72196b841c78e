//! What the interface may ask of the shell: the engine's commands through one door, and those that need the system's
//! dialogs. Paths never come from the page: people choose them, or they lie in the data folder.

use refill_domain::dash::DashUrl;
use refill_domain::ids::{EndpointId, SlotId};
use refill_engine::api::{Api, Call, dispatch};
use refill_engine::engine::Engine;
use refill_engine::error::{Code, Error};
use refill_engine::view::{BackupView, ExportAs, LinkState, Trouble, Written};
use serde_json::Value;
use std::path::PathBuf;
use tauri::{AppHandle, Runtime, State};
use tauri_plugin_dialog::{DialogExt, FilePath};
use tauri_plugin_opener::OpenerExt;
use tokio::sync::oneshot;

/// Longest file name that is suggested, in characters.
const NAME_MAX: usize = 120;

type Answer<T> = Result<T, Trouble>;

/// Asks the engine.
#[tauri::command]
pub async fn call(engine: State<'_, Engine>, call: Call) -> Answer<Value> {
    dispatch(&*engine, call).await.map_err(|cause| cause.trouble())
}

/// Lets the person choose a place and writes a file there. False when they cancelled.
#[tauri::command]
pub async fn save_file<R: Runtime>(
    app: AppHandle<R>,
    name: String,
    text: Option<String>,
    bytes: Option<Vec<u8>>,
) -> Answer<bool> {
    let content = text.map(String::into_bytes).or(bytes).unwrap_or_default();
    let Some(path) = place(&app, &name).await else { return Ok(false) };
    std::fs::write(&path, content).map(|()| true).map_err(|cause| {
        let message = format!("{} could not be written. Choose another place.", path.display());
        Error::new(Code::Unexpected, message).caused_by(cause).trouble()
    })
}

/// Shows the household's file in the system's file manager.
#[tauri::command]
pub async fn show_file<R: Runtime>(app: AppHandle<R>, engine: State<'_, Engine>) -> Answer<()> {
    let folder = refill_engine::places::chosen(engine.folder());
    let file = folder.join(refill_engine::store::FILE);
    app.opener().reveal_item_in_dir(file).map_err(|cause| {
        Error::new(Code::Unexpected, format!("It lies in {}.", folder.display())).caused_by(cause).trouble()
    })
}

/// Lets the person choose the folder of another household and opens it. False when they cancelled.
#[tauri::command]
pub async fn open_household<R: Runtime>(app: AppHandle<R>, engine: State<'_, Engine>) -> Answer<bool> {
    let (chosen, choice) = oneshot::channel();
    app.dialog().file().pick_folder(move |path| {
        // The window is gone: nobody waits.
        let _ = chosen.send(path);
    });
    let Some(folder) = choice.await.ok().flatten().and_then(local) else { return Ok(false) };
    let folder = folder.display().to_string();
    engine.open_household(folder).await.map(|_| true).map_err(|cause| cause.trouble())
}

/// Lets the person choose a place and exports there. Absent when they cancelled.
#[tauri::command]
pub async fn export_data<R: Runtime>(
    app: AppHandle<R>,
    engine: State<'_, Engine>,
    name: String,
    form: ExportAs,
    secret: bool,
) -> Answer<Option<Written>> {
    let Some(path) = place(&app, &name).await else { return Ok(None) };
    engine.export(path, form, secret).await.map(Some).map_err(|cause| cause.trouble())
}

/// Lets the person choose a place and backs up there. Absent when they cancelled.
#[tauri::command]
pub async fn back_up<R: Runtime>(
    app: AppHandle<R>,
    engine: State<'_, Engine>,
    name: String,
) -> Answer<Option<Written>> {
    let Some(path) = place(&app, &name).await else { return Ok(None) };
    engine.back_up(path).await.map(Some).map_err(|cause| cause.trouble())
}

/// Lets the person choose a folder and writes everything of a device model into a new one there. Absent when they
/// cancelled.
#[tauri::command]
pub async fn export_model<R: Runtime>(
    app: AppHandle<R>,
    engine: State<'_, Engine>,
    model: String,
) -> Answer<Option<Vec<String>>> {
    let (chosen, choice) = oneshot::channel();
    app.dialog().file().pick_folder(move |path| {
        // The window is gone: nobody waits.
        let _ = chosen.send(path);
    });
    let Some(folder) = choice.await.ok().flatten().and_then(local) else { return Ok(None) };
    engine.export_model(model, folder).await.map(Some).map_err(|cause| cause.trouble())
}

/// Begins to link an account, and opens the maker's page in the system's browser.
#[tauri::command]
pub async fn link_in_browser<R: Runtime>(
    app: AppHandle<R>,
    engine: State<'_, Engine>,
    server: String,
) -> Answer<()> {
    let begun = engine.begin_link(server).await.map_err(|cause| cause.trouble())?;
    open(&app, &begun.url)
}

/// Begins to sign somebody of the maker's in at the support desk, and opens the maker's page in the system's browser.
#[tauri::command]
pub async fn desk_in_browser<R: Runtime>(
    app: AppHandle<R>,
    engine: State<'_, Engine>,
    server: String,
) -> Answer<()> {
    let begun = engine.begin_desk(server).await.map_err(|cause| cause.trouble())?;
    open(&app, &begun.url)
}

/// Opens the maker's page of the linking under way once more.
#[tauri::command]
pub async fn open_link_again<R: Runtime>(app: AppHandle<R>, engine: State<'_, Engine>) -> Answer<()> {
    let account = engine.account().await.map_err(|cause| cause.trouble())?;
    match account.state {
        LinkState::Waiting { url: Some(url), .. } => open(&app, &url),
        _ => Ok(()),
    }
}

/// Begins to link with Alexa, and opens Amazon's page in the system's browser.
#[tauri::command]
pub async fn link_alexa_in_browser<R: Runtime>(app: AppHandle<R>, engine: State<'_, Engine>) -> Answer<()> {
    let begun = engine.link_alexa().await.map_err(|cause| cause.trouble())?;
    open(&app, &begun.url)
}

/// Opens a device's Dash settings in the system's browser. True when Amazon's page leads back by itself.
#[tauri::command]
pub async fn open_dash_page<R: Runtime>(
    app: AppHandle<R>,
    engine: State<'_, Engine>,
    device: EndpointId,
    slot: Option<SlotId>,
) -> Answer<bool> {
    let opened = engine.open_dash(device, slot).await.map_err(|cause| cause.trouble())?;
    // Judged once more at the door: nothing but one of Amazon's pages goes through it.
    let url: DashUrl = opened.url.as_str().parse().map_err(|cause| {
        Error::new(Code::Unexpected, "This address is none of Amazon's.")
            .caused_by(anyhow::Error::from(cause))
            .trouble()
    })?;
    open(&app, url.as_str())?;
    Ok(opened.returns)
}

/// Opens an address that the engine made; the page names none.
fn open<R: Runtime>(app: &AppHandle<R>, url: &str) -> Answer<()> {
    app.opener().open_url(url, None::<&str>).map_err(|cause| {
        let message = "No browser could be opened. Copy the address into one.";
        Error::new(Code::Unexpected, message).caused_by(cause).trouble()
    })
}

/// Lets the person choose the file that the import commands are about. False when they cancelled.
#[tauri::command]
pub async fn choose_import<R: Runtime>(app: AppHandle<R>, engine: State<'_, Engine>) -> Answer<bool> {
    let Some(path) = existing(&app).await else { return Ok(false) };
    engine.choose_import(path);
    Ok(true)
}

/// Lets the person choose a backup and checks it. Absent when they cancelled.
#[tauri::command]
pub async fn choose_backup<R: Runtime>(
    app: AppHandle<R>,
    engine: State<'_, Engine>,
) -> Answer<Option<BackupView>> {
    let Some(path) = existing(&app).await else { return Ok(None) };
    engine.choose_backup(path).await.map(Some).map_err(|cause| cause.trouble())
}

/// The place a person chose for a file to be written.
async fn place<R: Runtime>(app: &AppHandle<R>, name: &str) -> Option<PathBuf> {
    let (chosen, choice) = oneshot::channel();
    app.dialog().file().set_file_name(plain(name)).save_file(move |path| {
        // The window is gone: nobody waits.
        let _ = chosen.send(path);
    });
    choice.await.ok().flatten().and_then(local)
}

/// The file a person chose.
async fn existing<R: Runtime>(app: &AppHandle<R>) -> Option<PathBuf> {
    let (chosen, choice) = oneshot::channel();
    app.dialog().file().pick_file(move |path| {
        // The window is gone: nobody waits.
        let _ = chosen.send(path);
    });
    choice.await.ok().flatten().and_then(local)
}

fn local(path: FilePath) -> Option<PathBuf> {
    path.into_path().ok()
}

/// A file name without anything a file system or a shell might take for more than a name.
fn plain(name: &str) -> String {
    let fits = |c: char| if c.is_control() || "/\\:*?\"<>|".contains(c) { '-' } else { c };
    name.trim_start_matches('.').chars().map(fits).take(NAME_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn suggested_names_are_only_names() {
        assert_eq!(plain("Cyan ink.svg"), "Cyan ink.svg");
        assert_eq!(plain("../../etc/passwd\0"), "-..-etc-passwd-");
        assert_eq!(plain(&"x".repeat(500)).len(), super::NAME_MAX);
    }
}
