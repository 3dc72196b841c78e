//! The effects of Refill.
pub mod sources;
