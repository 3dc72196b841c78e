//! Addresses of printers as people type them, turned into the requests worth trying. Nothing is resolved or
//! contacted here.

use std::net::Ipv6Addr;

use reqwest::Url;

/// IANA port of IPP, plain and over TLS.
pub const IPP_PORT: u16 = 631;
/// Longest address accepted; a host name has at most 253 characters.
const MAX_ADDRESS: usize = 1_000;
/// Resource paths in the order of how common they are: IPP Everywhere (PWG 5100.14), older HP and Samsung, bare.
const PATHS: [&str; 3] = ["/ipp/print", "/ipp/printer", "/"];

/// One request worth trying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Where to POST to, `http` or `https`.
    pub url: Url,
    /// The same place as `printer-uri` of the request and for keeping: `ipp` or `ipps`.
    pub printer_uri: String,
}

/// The text is no address of a printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an address: write something like 192.168.1.24, printer.local, or ipp://192.168.1.24:631/ipp/print"
)]
pub struct BadAddress;

/// Candidates for an address, the likeliest first. Understood: `192.168.1.24`, `host`, `host:port`,
/// `host:port/path`, IPv6 with or without brackets, and `ipp://`, `ipps://`, `http://`, `https://` URLs. A scheme
/// or a path that is given is kept; the rest is tried in turn.
///
/// # Errors
/// [`BadAddress`] when nothing can be made of it, and for addresses that carry a user name or password.
pub fn candidates(address: &str) -> Result<Vec<Candidate>, BadAddress> {
    let address = address.trim();
    if address.is_empty()
        || address.len() > MAX_ADDRESS
        || address.contains(|c: char| c.is_whitespace() || c.is_control() || "\\<>\"".contains(c))
    {
        return Err(BadAddress);
    }
    let (scheme, rest) = match address.split_once("://") {
        Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
        None => (None, address),
    };
    if rest.starts_with('/') {
        return Err(BadAddress); // the URL parser would take the path for the host
    }
    let rest = match rest.parse::<Ipv6Addr>() {
        Ok(bare) => format!("[{bare}]"),
        Err(_) => rest.to_owned(),
    };
    let given = Url::parse(&format!("http://{rest}")).map_err(|_| BadAddress)?;
    // The parser drops ":80", the default of the scheme it is parsed under.
    let port = given.port().or_else(|| has_port_80(&rest).then_some(80));
    let secret = !given.username().is_empty() || given.password().is_some();
    if secret || port == Some(0) || given.host_str().is_none_or(str::is_empty) {
        return Err(BadAddress);
    }
    let ways: Vec<(&str, u16)> = match (scheme.as_deref(), port) {
        (Some("ipp"), port) => vec![("http", port.unwrap_or(IPP_PORT))],
        (Some("ipps"), port) => vec![("https", port.unwrap_or(IPP_PORT))],
        (Some("http"), port) => vec![("http", port.unwrap_or(80))],
        (Some("https"), port) => vec![("https", port.unwrap_or(443))],
        (None, Some(port)) => vec![("http", port), ("https", port)],
        (None, None) => vec![("http", IPP_PORT), ("https", IPP_PORT), ("https", 443)],
        (Some(_), _) => return Err(BadAddress),
    };
    let paths = match given.path() {
        "" | "/" => PATHS.to_vec(),
        path => vec![path],
    };
    let host = given.host_str().unwrap_or_default();
    let mut list = Vec::new();
    for (scheme, port) in ways {
        let ipp = if scheme == "http" { "ipp" } else { "ipps" };
        for path in &paths {
            let query = given.query().map_or_else(String::new, |query| format!("?{query}"));
            let url =
                Url::parse(&format!("{scheme}://{host}:{port}{path}{query}")).map_err(|_| BadAddress)?;
            list.push(Candidate { url, printer_uri: format!("{ipp}://{host}:{port}{path}{query}") });
        }
    }
    Ok(list)
}

fn has_port_80(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once(':').is_some_and(|(_, port)| port.parse() == Ok(80_u16))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn uris(address: &str) -> Vec<String> {
        candidates(address).expect(address).into_iter().map(|candidate| candidate.printer_uri).collect()
    }

    #[test]
    fn every_form_of_address_is_understood() {
        for (address, first, count) in [
            ("192.168.1.24", "ipp://192.168.1.24:631/ipp/print", 9),
            (" printer.local ", "ipp://printer.local:631/ipp/print", 9),
            ("printer:8631", "ipp://printer:8631/ipp/print", 6),
            ("printer:80", "ipp://printer:80/ipp/print", 6),
            ("printer:8631/queue", "ipp://printer:8631/queue", 2),
            ("ipp://printer", "ipp://printer:631/ipp/print", 3),
            ("ipp://printer/ipp/printer", "ipp://printer:631/ipp/printer", 1),
            ("IPPS://Printer:443/ipp/print", "ipps://printer:443/ipp/print", 1),
            ("http://printer/ipp", "ipp://printer:80/ipp", 1),
            ("https://printer/ipp", "ipps://printer:443/ipp", 1),
            ("fe80::1", "ipp://[fe80::1]:631/ipp/print", 9),
            ("[2001:db8::7]:8631", "ipp://[2001:db8::7]:8631/ipp/print", 6),
            ("ipp://[::1]:8631/a?b=c", "ipp://[::1]:8631/a?b=c", 1),
        ] {
            let got = uris(address);
            assert_eq!(got.first().map(String::as_str), Some(first), "{address}");
            assert_eq!(got.len(), count, "{address}");
        }
    }

    #[test]
    fn plain_ipp_is_tried_before_tls() {
        let list = candidates("printer").expect("an address");
        let tried: Vec<&str> = list.iter().map(|candidate| candidate.url.as_str()).collect();
        assert_eq!(tried[0], "http://printer:631/ipp/print");
        assert_eq!(tried[1], "http://printer:631/ipp/printer");
        assert_eq!(tried[2], "http://printer:631/");
        assert_eq!(tried[3], "https://printer:631/ipp/print");
        assert_eq!(tried[6], "https://printer/ipp/print");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for address in [
            "",
            "   ",
            "two words",
            "ftp://printer/",
            "file:///etc/passwd",
            "user:secret@printer",
            "ipp://user@printer/ipp",
            "printer:0",
            "printer:99999",
            "http://",
            "ipp:///ipp/print",
            "a\nb",
            "[::1",
            "fe80::1%eth0",
            "<script>",
        ] {
            assert_eq!(candidates(address), Err(BadAddress), "{address:?}");
        }
        assert_eq!(candidates(&"a".repeat(5_000)), Err(BadAddress));
    }

    proptest! {
        #[test]
        fn any_text_is_refused_or_stays_with_its_host(text in "\\PC{0,60}") {
            if let Ok(list) = candidates(&text) {
                prop_assert!(!list.is_empty());
                let host = list[0].url.host_str().map(str::to_owned);
                prop_assert!(list.iter().all(|candidate| candidate.url.host_str().map(str::to_owned) == host));
            }
        }
    }
}
