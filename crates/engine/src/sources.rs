//! Where readings come from. A source turns what a device says into plain values and knows nothing of the
//! ledger or the database; every byte it reads may be hostile, and nothing it reads can make it panic.

pub mod address;
pub mod discovery;
pub mod ipp;
pub mod ipp_wire;
pub mod label;
pub mod probe;
pub mod supply;
