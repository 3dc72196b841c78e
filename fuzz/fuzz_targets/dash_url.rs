//! Whatever is to be opened: nothing passes but an https address of Amazon's Dash pages, without a token.
#![no_main]

use libfuzzer_sys::fuzz_target;
use refill_domain::dash::DashUrl;

fuzz_target!(|text: &str| {
    let Ok(url) = text.parse::<DashUrl>() else { return };
    let (host, _) = url.as_str()[8..].split_once(['/', '?', '#']).unwrap_or((&url.as_str()[8..], ""));
    assert!(url.as_str().starts_with("https://"));
    assert!(host.ends_with(".amazon.com") || host.contains(".amazon.co.") || host.starts_with("drs-web-eu.amazon."));
    assert!(!url.as_str().contains("?access_token=") && !url.as_str().contains("&access_token="));
});
