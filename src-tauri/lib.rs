//! The desktop shell: the only code that knows Tauri. It starts the engine, passes the interface's requests to it and
//! its updates to the interface, and does what only a shell can: windows, tray, notices, system dialogs.

mod bridge;
mod commands;
mod links;
mod notices;
mod tray;
mod trial;

use refill_engine::certification::stage::Stage;
use refill_engine::clock::SystemClock;
use refill_engine::engine::{Config, Engine};
use refill_engine::{crash, places};
use refill_rehearsal::OnThisComputer;
use std::process::ExitCode;
use std::sync::Arc;
use tauri::{Builder, Manager as _, RunEvent, Runtime};

/// Runs the app until it is quit.
pub fn run() -> ExitCode {
    let folder = places::data();
    let _logging = crash::start(&places::logs(&folder));
    refill_trial::sweep(&folder);
    let stage: Arc<dyn Stage> = Arc::new(OnThisComputer::default());
    let config = Config { notices: true, stage: Some(stage), ..Config::new(folder, Arc::new(SystemClock)) };
    let engine = match Engine::start(config) {
        Ok(engine) => engine,
        Err(cause) => return failed(&cause),
    };
    #[expect(clippy::disallowed_methods, reason = "what the macro makes asks for the process's exit")]
    let context = tauri::generate_context!();
    let app = configure(Builder::default(), engine.clone()).build(context);
    match app {
        Ok(app) => {
            app.run(move |app, event| {
                if let RunEvent::Exit = event {
                    tauri::async_runtime::block_on(async {
                        if let Err(cause) = app.state::<trial::Trying>().end().await {
                            tracing::warn!(%cause, "after the sample, the own household could not be opened");
                        }
                        engine.stop().await;
                    });
                }
            });
            ExitCode::SUCCESS
        }
        Err(cause) => failed(&cause),
    }
}

fn failed(cause: &dyn std::error::Error) -> ExitCode {
    tracing::error!(%cause, "Refill could not start");
    #[expect(clippy::print_stderr, reason = "there is no window to say it in")]
    {
        eprintln!("Refill could not start: {cause}");
    }
    ExitCode::FAILURE
}

/// Everything of the app but its windows, on any runtime, so that tests can run it on Tauri's mock.
pub fn configure<R: Runtime>(builder: Builder<R>, engine: Engine) -> Builder<R> {
    builder
        // First, as its documentation asks: a second start ends here and brings this one forward, with its link.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _folder| {
            links::opened(app, links::link_in(&arguments));
        }))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_autostart::Builder::new().build())
        .manage(engine.clone())
        .manage(trial::Trying::default())
        .manage(links::Asked::default())
        .manage(notices::Shown::default())
        .invoke_handler(tauri::generate_handler![
            commands::call,
            commands::save_file,
            commands::show_file,
            commands::open_household,
            commands::export_data,
            commands::export_model,
            commands::back_up,
            commands::choose_import,
            commands::choose_backup,
            commands::link_in_browser,
            commands::open_link_again,
            commands::desk_in_browser,
            commands::link_alexa_in_browser,
            trial::start_trial,
            trial::pause_trial,
            trial::end_trial,
            commands::open_dash_page,
            links::take_place,
        ])
        .setup(move |app| {
            tray::show(app.handle());
            notices::listen(app.handle());
            bridge::start(app.handle(), &engine);
            links::opened(app.handle(), links::link_in(std::env::args_os()));
            Ok(())
        })
}
