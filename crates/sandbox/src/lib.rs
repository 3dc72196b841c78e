//! Amazon's side of Refill on loopback, for tests, rehearsal and trying things out: the event gateway, Login with Amazon, the
//! older replenishment service, its notifications, the Dash pages and Alexa's calls to a skill. It is strict: it takes what the
//! documents allow and refuses the rest with the documented error, naming the member and the section. It shares no
//! code with the rest of Refill, so that a mistake in our messages is not checked by itself.

mod alexa;
mod board;
mod check;
mod clock;
mod config;
mod dash;
mod drs;
mod gateway;
mod lwa;
mod record;
mod reply;
mod sandbox;
mod serve;
mod skill;
mod sns;

pub use clock::Clock;
pub use config::{
    Client, Config, Consent, Linking, Model, OrderTimes, Product, Region, Scheme, Skill, Topic,
};
pub use sandbox::Sandbox;
pub use serve::{Running, addresses, start};
