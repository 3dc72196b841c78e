//! `refillctl`: everything the engine can do, for scripts and machines without a screen, on the household the app
//! keeps. What it promises to scripts (exit codes, what goes to which stream, the shapes of `--json`) is in `args`.

mod args;
mod commands;
mod failure;
mod output;
mod phrase;
mod pick;
mod session;
mod typed;

use std::process::ExitCode;

fn main() -> ExitCode {
    args::run()
}
