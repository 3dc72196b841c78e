//! Delivery (reliability 2, 4.2). A message is queued with the fact that causes it, keeps its id at every attempt, and ends
//! in exactly one of delivered, parked or superseded. Messages about one sensor never overtake each other. A level that
//! a newer one replaces is not sent any more; a usage always is, once, and when nobody can say whether it arrived, that
//! is counted.

mod cadence;
mod delivery;
mod order;

pub use cadence::{
    Pending, PendingKind, Planned, Reported, Watched, anchor, due, health_due, local_day, next_day, utc_day,
};
pub use delivery::{Delivery, Gate, GateState, NotNow, Settled, State, UNDER_WAY_MAX};
pub use order::{Lane, Part, Queued, lanes, ready, superseded_by};
