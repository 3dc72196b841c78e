//! What the program writes to its log while the journeys run, at the level it has unless told otherwise.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

static WRITTEN: LazyLock<Arc<Mutex<Vec<u8>>>> = LazyLock::new(|| {
    let written: Arc<Mutex<Vec<u8>>> = Arc::default();
    let writer = Arc::clone(&written);
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::INFO)
        .with_ansi(false)
        .with_writer(move || Pen(Arc::clone(&writer)))
        .init();
    written
});

struct Pen(Arc<Mutex<Vec<u8>>>);

impl Write for Pen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Starts writing down, once.
pub fn capture() {
    LazyLock::force(&WRITTEN);
}

/// All that was written so far.
pub fn written() -> String {
    String::from_utf8_lossy(&WRITTEN.lock().unwrap()).into_owned()
}
