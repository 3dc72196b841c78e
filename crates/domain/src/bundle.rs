//! The support bundle: one document in which a customer's app tells the maker's support how it stands, without what says
//! who the customer is. Tokens, serial numbers, addresses and names are replaced by aliases that stay the same within one
//! bundle, so that a thing can still be followed; what was replaced is counted, by kind and place, and told with it.
//!
//! Two nets hold. What has a field of its own is an [`Alias`] there, and no other type fits. What is free text or a
//! message (log, details, bodies) goes through [`Hider::text`] and [`Hider::body`], which know everything the household
//! holds and, beyond that, what a secret looks like; of a message, only what is plainly a word of the protocol is left.
//! Whoever opens a bundle treats it as anybody's: [`read`] takes exactly this form, within limits, and nothing else.

mod body;
mod document;
mod file;
mod form;
mod hide;
mod log;
mod look;

pub use body::{Body, kind_of};
pub use document::{
    Answer, Bundle, Cloud, Connection, Counts, Device, Direct, Formats, Held, Household, Links, Message,
    MessageState, Notices, Order, OrderState, OrderStep, Reach, Removed, Reorder, Route, Slot, Try, Versions,
};
pub use file::{BUNDLE_MAX, BadBundle, FORMAT, VERSION, read, write};
pub use form::{Alias, Kind, List, Part, TEXT_MAX, Text};
pub use hide::Hider;
pub use log::{Line, LogLevel, lines};

#[cfg(test)]
mod tests;
