//! Certification in the app: a rehearsal on this computer and a test with a real skill, each judged by the domain, kept
//! beside the model's dossier, shown in the person's words and made into a report. Whoever can hold a rehearsal is
//! handed in; the engine knows no server.

mod commands;
mod guided;
mod kept;
mod live;
mod outbox;
mod report;
mod sentences;
mod shown;
pub mod stage;

pub use guided::Test;
pub use kept::{KEPT_FORMAT, Kept};
pub use live::Rehearsing;
pub use report::{Count, Part, document, page};
pub use sentences::Sentences;
