//! The link with a maker's cloud: its address, the way through the system's browser and back, and the tokens that come of
//! it, sealed. Never by the app's own scheme, which any program can claim.

pub mod cloud;
pub mod courier;
pub mod door;
pub mod frames;
pub mod landing;
pub mod oauth;
pub mod postman;
pub mod server;
pub mod vault;
