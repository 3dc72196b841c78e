//! The true server on a free port of the loopback network, asked over HTTP. The clock is moved by hand; nothing waits for
//! time.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test ends where it fails")]

mod accounts;
mod amazon;
mod bodies;
mod broker;
mod clock;
mod description;
mod devices;
mod drs;
mod edges;
mod emulator;
mod enabling;
mod faults;
mod feed;
mod guard;
mod lambda;
mod leaving;
mod ledger;
mod linking;
mod matrix;
mod mqtt;
mod parked;
mod queue;
mod registration;
mod rehearsal;
mod relay;
mod reports;
mod sns;
mod support;
mod support_deeds;
mod support_factor;
mod support_seen;
mod wire;
mod world;
