//! The effects of Refill without a window: the store, the run loop that alone writes it, sources of readings, charts,
//! and the view models that every shell (desktop, command line) shows.

pub mod adding;
pub mod api;
pub mod care;
pub mod chart;
pub mod clock;
pub mod crash;
pub mod dash;
pub mod engine;
pub mod error;
pub mod form;
pub mod household;
pub mod link;
pub mod linked;
pub mod lock;
pub mod notices;
pub mod page;
pub mod picture;
pub mod places;
pub mod present;
pub mod reconciled;
pub mod record;
pub mod region;
pub mod run;
pub mod sample;
pub mod sources;
pub mod stocktake;
pub mod store;
pub mod templates;
pub mod tending;
mod track;
pub mod transfer;
pub mod usage;
pub mod view;
pub mod words;
