//! The effects of Refill.
