//! Refill.
fn main() {
    refill_lib::run();
}
