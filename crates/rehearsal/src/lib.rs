//! A certification rehearsal against Amazon's side on this computer: the model of a dossier is registered at the true cloud, a
//! customer lets Alexa in, and a virtual device goes through the cases of protocols 7.2 at a pace of its own. What Amazon
//! heard and did is the transcript; the domain judges it. Nothing leaves this computer, and nothing of it stays.

pub mod between;
pub mod dash;
pub mod device;
pub mod fault;
mod run;
mod stage;

pub use fault::Fault;
pub use run::{Options, Rehearsed, Unrehearsable, rehearse, rehearse_before};
pub use stage::OnThisComputer;
