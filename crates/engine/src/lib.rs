//! The effects of Refill.

pub mod chart;
