//! How an engine runs: where everything is kept, what tells the time, and what it does by itself.

use crate::certification::stage::Stage;
use crate::clock::Clock;
use crate::link::vault::{Keychain, SystemKeychain};
use crate::sources::probe::Limits;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How to run.
#[derive(Clone)]
pub struct Config {
    /// Where the household, its logs and its lock are.
    pub folder: PathBuf,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// Bounds of one look at a printer.
    pub limits: Limits,
    /// Look for printers on the loopback interface too, as tests do.
    pub loopback: bool,
    /// Read printers by themselves every so often.
    pub polling: bool,
    /// Where the key of all tokens lies.
    pub keychain: Arc<dyn Keychain>,
    /// Somebody shows notices: without, none is looked for, and none counts as told.
    pub notices: bool,
    /// Who holds rehearsals of device models; without, there are none.
    pub stage: Option<Arc<dyn Stage>>,
    /// How long Amazon may take to answer what goes straight to it.
    pub amazon_within: Duration,
}

impl Config {
    /// The usual way, in `folder`.
    pub fn new(folder: PathBuf, clock: Arc<dyn Clock>) -> Self {
        Self {
            folder,
            clock,
            limits: Limits::default(),
            loopback: false,
            polling: true,
            keychain: Arc::new(SystemKeychain),
            notices: false,
            stage: None,
            amazon_within: refill_gateway::WITHIN,
        }
    }
}
