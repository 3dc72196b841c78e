//! The desktop shell.
/// Starts the app.
pub fn run() {}
