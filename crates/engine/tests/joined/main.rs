//! Journeys of a household that is linked: the true cloud on loopback, both on clocks that are moved by hand, real files,
//! and a person who signs in at the maker's pages. None of them sleeps; each waits for what the engine tells.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod alexa;
mod attaching;
mod bundle;
mod certification;
mod courier;
mod cuts;
mod dash;
mod desk;
mod direct;
mod drain;
mod full;
mod gateway;
mod killed;
mod leaks;
mod linking;
mod models;
mod notices;
mod orders;
mod reports;
mod support;
mod sync;
mod world;
