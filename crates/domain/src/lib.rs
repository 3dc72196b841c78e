//! The pure rules of Refill: amounts and units, devices and slots, the ledger and its fold, run-out forecasts and
//! what to do about them; and what is said between clouds: Alexa's messages, the older replenishment service, its
//! notifications, and the rules of delivering and believing them; and what
//! Amazon is told of a device model before any of it begins, and how it certifies one.
//!
//! Nothing here reads a clock, draws a random number, or touches a file or the network: `now` is an argument, ids
//! come in from outside, and the same input gives the same answer for ever.

pub mod alexa;
pub mod bundle;
pub mod certification;
pub mod dash;
pub mod deep_link;
pub mod desk;
pub mod drs;
pub mod enablement;
pub mod endpoint;
pub mod figures;
pub mod fold;
pub mod forecast;
pub mod gateway;
pub mod ids;
pub mod ledger;
pub mod link;
pub mod locale;
pub mod market;
pub mod measure;
pub mod notice;
pub mod orders;
pub mod outbox;
pub mod reconcile;
pub mod registration;
pub mod replenish;
pub mod secret;
pub mod shelf;
pub mod skill;
pub mod sns;
pub mod spelling;
pub mod support;
pub mod usage;
pub mod wire;

#[cfg(test)]
mod testing;
