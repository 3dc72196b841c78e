//! The maker's cloud of Refill: it links accounts, takes in what devices use, keeps each customer's ledger and pushes
//! every change to the desktop. A library that a test can run whole on a free port, and a thin binary around it.
//!
//! What it acknowledges is on disk. It keeps no secret in a form that could be used: passwords as Argon2id, everything
//! else that opens a door as its SHA-256. It reads no clock but the one it is given.

pub mod access;
pub mod accounts;
pub mod alexa;
pub mod audit;
pub mod catalogue;
pub mod clock;
pub mod config;
pub mod devices;
pub mod drs;
pub mod error;
pub mod extract;
pub mod feed;
pub mod http;
pub mod ids;
#[cfg(feature = "lambda")]
pub mod lambda;
pub mod ledger;
pub mod limit;
#[cfg(feature = "program")]
pub mod log;
pub mod metrics;
#[cfg(feature = "mqtt")]
pub mod mqtt;
pub mod oauth;
pub mod probes;
pub mod pull;
pub mod registration;
pub mod relay;
pub mod returning;
pub mod seal;
pub mod second_factor;
pub mod secret;
pub mod serve;
pub mod skill;
pub mod sns;
pub mod state;
pub mod store;
pub mod support;
