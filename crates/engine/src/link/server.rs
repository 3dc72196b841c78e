//! The address of a maker's cloud, as a person types it: https, with a name or an address and perhaps a port. Plain http is
//! for a cloud on this very computer, which is how one is tried out.

use crate::error::{Code, Error};
use std::fmt;
use url::{Host, Url};

/// Longest address.
const ADDRESS_MAX: usize = 300;

/// A cloud's address: scheme, host, port, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server(Url);

fn loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    }
}

fn safe(url: &Url) -> bool {
    let plain = url.username().is_empty() && url.password().is_none() && url.host().is_some();
    plain && (url.scheme() == "https" || (url.scheme() == "http" && loopback(url)))
}

impl Server {
    /// Reads an address; without a scheme it is https, or http where it is this computer.
    ///
    /// # Errors
    /// `BadAddress`, with what to type instead.
    pub fn read(text: &str) -> Result<Self, Error> {
        let bad = |why: &str| Error::new(Code::BadAddress, why).at("server");
        let text = text.trim();
        if text.is_empty()
            || text.len() > ADDRESS_MAX
            || text.chars().any(|c| c.is_control() || c.is_whitespace())
        {
            return Err(bad("Type the address of the maker's cloud, such as home.example.com."));
        }
        let url = if text.contains("://") {
            Url::parse(text)
        } else {
            Url::parse(&format!("http://{text}"))
                .map(|url| loopback(&url))
                .and_then(|here| Url::parse(&format!("{}://{text}", if here { "http" } else { "https" })))
        };
        let url =
            url.map_err(|why| bad("This is no address. Type one such as home.example.com.").caused_by(why))?;
        if !safe(&url) {
            return Err(bad("The address must begin with https://, and name no user."));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(bad("Type the address alone, without anything after the name."));
        }
        Ok(Self(url))
    }

    /// Its name of itself (RFC 8414): the address without its last slash.
    pub fn issuer(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// The host, for people.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Whether it is on this computer.
    pub fn is_here(&self) -> bool {
        loopback(&self.0)
    }

    /// What speaks to it and follows nothing elsewhere. What is on this computer is not asked by way of a proxy.
    pub(super) fn client(&self) -> reqwest::ClientBuilder {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        if self.is_here() { client.no_proxy() } else { client }
    }

    /// A path of it, perhaps with a query; both are our own texts.
    pub(super) fn at(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        url.set_path(path);
        url.set_query(query);
        url
    }

    /// Whether it may send a browser or a token to this address: https, or itself where it is on this computer.
    pub(super) fn may_name(&self, address: &str) -> bool {
        let Ok(url) = Url::parse(address) else { return false };
        safe(&url) && (url.scheme() == "https" || loopback(&self.0)) && url.fragment().is_none()
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.host())?;
        self.0.port().map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_people_type_them() {
        for (typed, issuer) in [
            ("home.example.com", "https://home.example.com"),
            (" https://Home.Example.com/ ", "https://home.example.com"),
            ("home.example.com:8443", "https://home.example.com:8443"),
            ("127.0.0.1:8480", "http://127.0.0.1:8480"),
            ("http://127.0.0.1:8480/", "http://127.0.0.1:8480"),
            ("http://[::1]:8480", "http://[::1]:8480"),
            ("https://192.168.1.20", "https://192.168.1.20"),
            ("müller.example", "https://xn--mller-kva.example"),
        ] {
            assert_eq!(Server::read(typed).unwrap().issuer(), issuer, "{typed}");
        }
    }

    #[test]
    fn what_is_no_address_of_a_cloud_is_refused() {
        for odd in [
            "",
            " ",
            "http://home.example.com",
            "http://localhost:8480",
            "ftp://home.example.com",
            "https://",
            "https://user@home.example.com",
            "https://user:pw@home.example.com",
            "home.example.com/path",
            "home.example.com?x",
            "home.example.com#x",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "a b",
            "a\nb",
            "http://192.168.1.20",
            "refill://slot/x",
            &"a".repeat(301),
        ] {
            let error = Server::read(odd).expect_err(odd);
            assert_eq!((error.code, error.field.as_deref()), (Code::BadAddress, Some("server")), "{odd:?}");
        }
    }

    #[test]
    fn a_server_names_only_safe_addresses() {
        let far = Server::read("home.example.com").unwrap();
        assert!(far.may_name("https://login.example.com/authorize?tenant=1"));
        for odd in [
            "http://127.0.0.1/token",
            "http://home.example.com/token",
            "javascript:x",
            "refill://x",
            "https://u@home.example.com/",
            "https://home.example.com/#x",
            "",
        ] {
            assert!(!far.may_name(odd), "{odd}");
        }
        assert!(Server::read("127.0.0.1:1").unwrap().may_name("http://127.0.0.1:1/oauth/token"));
    }
}
