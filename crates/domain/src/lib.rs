//! The pure rules of Refill.
