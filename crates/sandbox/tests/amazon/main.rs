//! Amazon's side, called as a maker calls it: over HTTP, with a clock that stands still unless it is moved.

mod drs;
mod events;
mod lwa;
mod refused;
mod side;
