//! Journeys of a person through the engine: a true HTTP printer on loopback, a clock moved by hand, real files. None of
//! them sleeps; each waits for what the engine tells.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod bundle;
mod by_hand;
mod care;
mod devices;
mod forms;
mod home;
mod killed;
mod log;
mod moving;
mod notices;
mod presented;
mod printer;
mod printing;
mod shelf;
mod slot_page;
mod track;
mod trouble;
mod usage;
mod visiting;
