//! The true server on a free port of the loopback network, asked over HTTP. The clock is moved by hand; nothing waits for
//! time.

mod accounts;
mod edges;
mod world;
