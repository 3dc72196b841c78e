//! Why a command failed, in the form both streams need: a code for scripts, one sentence for people, the field it is
//! about, and the exit code it means.

use refill_engine::error::{Code, Error};
use serde::Serialize;
use std::io;

/// A failed command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The engine's code, or one of our own: `no_household`, `ambiguous`, `already_added`, `bad_file`, `io`.
    pub code: String,
    /// What was tried and what to do, in one sentence.
    pub message: String,
    /// The option or field it is about.
    pub field: Option<String>,
    #[serde(skip)]
    exit: Exit,
}

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 1.
    Failed,
    /// 2: the arguments can't be meant together, which clap could not see.
    Usage,
    /// 3.
    Locked,
    /// 0 without a word: whoever read our output has enough.
    Quiet,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Quiet => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Locked => 3,
        }
    }
}

impl Failure {
    /// One of our own.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), field: None, exit: Exit::Failed }
    }

    /// Arguments that can't be meant together.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, ..Self::new("usage", message) }
    }

    /// The same, about an option or a field.
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// A file or stream that could not be read or written; `what` names it.
    pub fn io(what: &str, cause: &io::Error) -> Self {
        let reason = match cause.kind() {
            io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
            io::ErrorKind::PermissionDenied => "permission is denied".to_owned(),
            io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
            io::ErrorKind::StorageFull => "the disk is full".to_owned(),
            _ => cause.to_string(),
        };
        Self::new("io", format!("{what}: {reason}."))
    }

    /// How the program ends.
    pub fn exit(&self) -> Exit {
        self.exit
    }
}

/// Errors of writing the result.
impl From<io::Error> for Failure {
    fn from(cause: io::Error) -> Self {
        if cause.kind() == io::ErrorKind::BrokenPipe {
            return Self { exit: Exit::Quiet, ..Self::new("io", "The reader is gone.") };
        }
        Self::io("The result can't be written", &cause)
    }
}

impl From<Error> for Failure {
    fn from(cause: Error) -> Self {
        if cause.code == Code::DatabaseLocked {
            let message = "Refill has this household open. Close it, or record it there.";
            return Self { exit: Exit::Locked, ..Self::new(&word(cause.code), message) };
        }
        // Only the unexpected needs its cause to be understood.
        let message = if cause.code == Code::Unexpected { cause.trouble().detail } else { cause.message };
        Self { field: cause.field, ..Self::new(&word(cause.code), message) }
    }
}

/// The code as it is on the wire.
pub fn word(code: Code) -> String {
    let word = serde_json::to_value(code).ok();
    word.as_ref().and_then(serde_json::Value::as_str).unwrap_or("unexpected").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_end_has_its_number() {
        let locked = Failure::from(Error::new(Code::DatabaseLocked, "held"));
        assert_eq!((locked.exit().code(), locked.code.as_str()), (3, "database_locked"));
        let field = Failure::from(Error::new(Code::BadAmount, "Enter an amount above 0.").at("packs"));
        assert_eq!((field.exit().code(), field.field.as_deref()), (1, Some("packs")));
        let gone = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!(gone.exit(), Exit::Quiet);
        assert_eq!(Failure::usage("both").exit().code(), 2);
    }
}
