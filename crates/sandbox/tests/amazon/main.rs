//! Amazon's side, called as a maker calls it: over HTTP, with a clock that stands still unless it is moved.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod board;
mod drs;
mod events;
mod lwa;
mod maker;
mod pages;
mod refused;
mod rows;
mod side;
mod skill;
mod sns;
