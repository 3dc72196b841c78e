//! The relay to Alexa's event gateway. An entry becomes a message in the transaction that notes that it did; a message is
//! noted as under way before it leaves, and keeps its id until it is settled. One worker at a time acts for an account;
//! accounts with nothing to do cost one row and no memory. What all of it means is the domain's: cadence, order, answers.

mod amazon;
mod care;
mod plan;
mod reports;
mod run;
mod status;
mod worker;

pub use amazon::{Amazon, Tokens};
pub use care::released;
pub use plan::{describe, told};
pub use reports::{Before, ReportsPage, WholeReport, reports_of, whole_of};
pub use run::{Relay, run};
pub use status::{AlexaView, reopen, routes, view_of};
