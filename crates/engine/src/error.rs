//! Errors at the engine's edge: a [`Code`] where someone acts on it, a sentence for people, and the cause for the log.

use serde::Serialize;
use ts_rs::TS;

/// What the interface does something different for. Nobody reads error text to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// An amount that can't be: zero, negative, not a number, too large, of another kind.
    BadAmount,
    /// A day in the future, or not a day.
    BadDate,
    /// A field that is empty, too long or of a shape that can't be.
    BadField,
    /// The slot is gone.
    SlotUnknown,
    /// The device is gone.
    DeviceUnknown,
    /// The entry is gone or can't be undone.
    EntryUnknown,
    /// The order is gone, or its date was not reached.
    OrderUnknown,
    /// The address can't be read as one.
    BadAddress,
    /// Nothing answers there.
    Unreachable,
    /// It took longer than 10 seconds.
    TimedOut,
    /// Something answers, but it is no printer.
    NotAPrinter,
    /// The answer was cut off, too large or broken.
    BadAnswer,
    /// Another printer than the one that was added answers there.
    OtherDevice,
    /// A server could not prove who it is.
    BadCertificate,
    /// The printer refused to answer.
    Refused,
    /// The database was written by a newer program.
    DatabaseTooNew,
    /// The database is damaged.
    DatabaseDamaged,
    /// Another program has the household open.
    DatabaseLocked,
    /// The folder of the household that was chosen is not there.
    FolderMissing,
    /// The disk is full.
    DiskFull,
    /// A file that can't be read as what it is to be: not a table, not an export, another file than was looked at.
    BadFile,
    /// The person stopped it.
    Cancelled,
    /// Nothing of the above.
    Unexpected,
}

/// An error that leaves the engine.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What to do about it.
    pub code: Code,
    /// What was tried and what to do, in plain words.
    pub message: String,
    /// The form field it is about; `slots.2.capacity` inside a list.
    pub field: Option<String>,
    /// What caused it, for the log.
    #[source]
    pub source: Option<anyhow::Error>,
}

impl Error {
    /// An error with a code and a sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: None, source: None }
    }

    /// The same, about a form field.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same, with its cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<anyhow::Error>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// As the interface reads it.
    pub fn trouble(&self) -> crate::view::Trouble {
        let detail = match &self.source {
            Some(source) => format!("{} ({source:#})", self.message),
            None => self.message.clone(),
        };
        crate::view::Trouble { code: self.code, detail, field: self.field.clone() }
    }
}

impl From<anyhow::Error> for Error {
    fn from(source: anyhow::Error) -> Self {
        Self::new(Code::Unexpected, "Something unexpected went wrong; nothing was changed.").caused_by(source)
    }
}
