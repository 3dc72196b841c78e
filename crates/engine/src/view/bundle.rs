//! The support bundle, as it waits to be saved.

use refill_domain::bundle::Removed;
use serde::Serialize;
use ts_rs::TS;

/// A bundle that was made and is not saved yet.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct BundleReady {
    /// A name for its file.
    pub name: String,
    /// The file: what was looked at is what is saved.
    pub text: String,
    /// What was hidden in it, by kind and place.
    pub removed: Vec<Removed>,
    /// Devices in it.
    pub devices: u32,
    /// Messages in it.
    pub messages: u32,
    /// Lines of the log in it.
    pub lines: u32,
    /// The household can't be opened, and is not in it.
    pub closed: bool,
}
