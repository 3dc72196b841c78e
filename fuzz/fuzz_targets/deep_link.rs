//! Whatever opens the app: reading a link never ends the program, and what is read is written as it came.
#![no_main]

use libfuzzer_sys::fuzz_target;
use refill_domain::deep_link::{DeepLink, LINK_MAX};

fuzz_target!(|text: &str| {
    if let Ok(link) = DeepLink::read(text) {
        assert_eq!(link.written(), text);
        assert!(text.len() <= LINK_MAX && text.is_ascii());
    }
});
