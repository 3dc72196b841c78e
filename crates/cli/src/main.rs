//! refillctl.
fn main() {}
