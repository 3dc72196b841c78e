//! The pure rules of Refill: amounts and units, devices and slots, the ledger and its fold, run-out forecasts and
//! what to do about them.
//!
//! Nothing here reads a clock, draws a random number, or touches a file or the network: `now` is an argument, ids
//! come in from outside, and the same input gives the same answer for ever.

pub mod endpoint;
pub mod fold;
pub mod forecast;
pub mod ids;
pub mod ledger;
pub mod locale;
pub mod market;
pub mod measure;
pub mod replenish;
pub mod spelling;
pub mod usage;

#[cfg(test)]
mod testing;
