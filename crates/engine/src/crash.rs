//! Logs and crash reports. Logs rotate daily in the platform's place and hold no secret, no serial number and no address
//! above debug; a panic leaves a report beside them that the next start offers to show.

use std::io::Read;
use std::path::{Path, PathBuf};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// Log files that are kept, one a day.
const LOGS_KEPT: usize = 7;

/// Longest crash report that is shown, in bytes.
const REPORT_MAX: u64 = 16 * 1024;

const REPORT: &str = "crash.txt";

/// Starts logging to `folder`, and leaves a report there when the program panics. Keep the guard: dropping it writes
/// what is still in memory. `REFILL_LOG` sets the level (`info` unless told otherwise).
pub fn start(folder: &Path) -> Option<WorkerGuard> {
    std::fs::create_dir_all(folder).ok()?;
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("refill")
        .filename_suffix("log")
        .max_log_files(LOGS_KEPT)
        .build(folder)
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(files);
    let level = std::env::var("REFILL_LOG").unwrap_or_else(|_| "info".into());
    // What libraries say about hosts stays out, whatever level is asked for, and so does what the servers of a trial say
    // to those who run one.
    let quiet = "mdns_sd=error,hyper=error,hyper_util=error,reqwest=error,rustls=error,h2=error";
    let filter = format!("{level},{quiet},refill_cloud=error");
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    // Another subscriber is there already only in tests.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(false).try_init();
    report_panics(folder.join(REPORT));
    Some(guard)
}

fn report_panics(file: PathBuf) {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
        let trace = std::backtrace::Backtrace::force_capture();
        let text = format!(
            "Refill {} on {} {}\nthread {thread} at {place}\n{}\n\n{trace}\n",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS,
            std::env::consts::ARCH,
            panic.payload_as_str().unwrap_or("no message"),
        );
        // Nothing more can be done about a report that can't be written.
        let _ = std::fs::write(&file, text);
        before(panic);
    }));
}

/// The report of an earlier crash, if one waits to be shown.
pub fn report(folder: &Path) -> Option<String> {
    let file = std::fs::File::open(crate::places::logs(folder).join(REPORT)).ok()?;
    let mut bytes = Vec::new();
    file.take(REPORT_MAX).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The report was seen.
pub fn dismiss(folder: &Path) {
    // It is gone already: as wanted.
    let _ = std::fs::remove_file(crate::places::logs(folder).join(REPORT));
}
