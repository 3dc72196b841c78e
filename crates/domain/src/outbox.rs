//! Delivery (reliability 2, 4.2). A message is queued with the fact that causes it, keeps its id at every attempt, and ends
//! in exactly one of delivered, parked, superseded or discarded. Messages about one sensor never overtake each other. A level that
//! a newer one replaces is not sent any more; a usage always is, once, and when nobody can say whether it arrived, that
//! is counted.

mod book;
mod cadence;
mod delivery;
mod order;

pub use book::{Book, Page, Waiting, follow, level_now};
pub use cadence::{
    Pending, PendingKind, Planned, Reported, Watched, anchor, due, health_due, local_day, next_day, utc_day,
};
pub use delivery::{
    Answered, Delivery, Gate, GateState, NotNow, Settled, State, TRIES_KEPT, Tried, UNDER_WAY_MAX,
};
pub use order::{Lane, Part, Queued, lanes, ready, superseded_by};
