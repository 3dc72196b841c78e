//! The real `refillctl` in temporary folders, in a fixed language and zone. Only loopback is asked for anything.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what surrounds the tests fails as they do"
)]

mod bundle;
mod care;
mod journey;
mod locking;
mod model;
mod moving;
mod printer;
mod probing;
mod reading;
mod refusals;
mod rehearsing;
mod series;
mod shapes;

use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A folder with (or without) a household.
pub struct Home {
    folder: tempfile::TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub struct Said {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// The program, in English, British and UTC whatever the machine speaks.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_refillctl"));
    command.env("TZ", "UTC").env("LANG", "en_GB.UTF-8");
    for other in ["LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LANGUAGE", "REFILL_DATA"] {
        command.env_remove(other);
    }
    command
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("an exit code"),
            out: String::from_utf8(output.stdout).expect("text"),
            err: String::from_utf8(output.stderr).expect("text"),
        }
    }
}

impl Said {
    /// What was printed as JSON.
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|cause| panic!("{cause}: {self:?}"))
    }

    /// The error told as JSON.
    pub fn error(&self) -> Value {
        assert_eq!(self.out, "", "an error leaves stdout empty");
        let line: Value = serde_json::from_str(&self.err).unwrap_or_else(|cause| panic!("{cause}: {self:?}"));
        line["error"].clone()
    }

    /// The text, of a run that went well.
    pub fn text(&self) -> &str {
        assert_eq!(self.code, 0, "{self:?}");
        &self.out
    }
}

impl Home {
    /// Nothing in it yet.
    pub fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    /// A coffee machine with 14 pods, a washing machine with its usual supplies.
    pub fn furnished() -> Self {
        let home = Self::empty();
        let pods = "name=Coffee pods,supply=pods,sensor=none,unit=count,capacity=50,pack=50,level=14";
        home.run(&["add", "--kind", "coffee-machine", "--name", "Espresso machine", "--slot", pods]).text();
        home.run(&["add", "--kind", "washing-machine", "--name", "Washing machine"]).text();
        home
    }

    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The program on this folder, to be started.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = program();
        command.arg("--data").arg(self.path()).args(args);
        command
    }

    /// Runs it to its end.
    pub fn run(&self, args: &[&str]) -> Said {
        self.command(args).output().expect("refillctl runs").into()
    }

    /// Runs it with `--json` and takes what it prints.
    pub fn json(&self, args: &[&str]) -> Value {
        self.run(&[args, &["--json"]].concat()).json()
    }

    /// Runs it with `input` on stdin.
    pub fn feed(&self, args: &[&str], input: &[u8]) -> Said {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("refillctl runs");
        // It may have read enough and gone.
        let _ = child.stdin.take().expect("stdin").write_all(input);
        child.wait_with_output().expect("an end").into()
    }

    /// Ledger lines of a supply.
    pub fn ledger(&self, slot: &str) -> Vec<Value> {
        self.json(&["slot", slot])["ledger"].as_array().expect("a ledger").clone()
    }
}
