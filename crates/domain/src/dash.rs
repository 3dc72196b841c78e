//! Amazon's pages for Dash settings: which address opens them for a marketplace, and which addresses may be opened at
//! all (protocols 1). Every value is percent-encoded where it stands; on the mobile address path and query lie inside
//! the fragment. The legacy link that carries a token is not made, and refused wherever it comes from.

use crate::drs::encoded;
use crate::market::Marketplace;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Longest page type, vendor code and model id; none is documented (ours).
const VALUE_MAX: usize = 128;

/// Longest address to come back to; none is documented (ours).
const EXIT_MAX: usize = 1024;

/// Longest address that is opened.
const URL_MAX: usize = 4096;

/// Hosts of Amazon's Dash pages (protocols 1.1, 1.3).
const HOSTS: [&str; 8] = [
    "alexa.amazon.com",
    "drs-web.amazon.com",
    "drs-web-eu.amazon.co.uk",
    "drs-web-eu.amazon.de",
    "drs-web-eu.amazon.fr",
    "drs-web-eu.amazon.it",
    "drs-web-eu.amazon.es",
    "drs-web.amazon.co.jp",
];

/// Why no address could be made, or may be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPage {
    /// A page type is a path segment; which there are is not documented.
    #[error("A page type has 1 to 128 letters, digits, dashes or underscores, such as settings")]
    PageType,
    /// Empty or too long.
    #[error("A {0} has 1 to 128 characters, none of them for control")]
    Value(&'static str),
    /// Without a scheme there is no way back (protocols 1.2).
    #[error("The address to come back to must begin with https://")]
    Exit,
    /// Not one of Amazon's pages.
    #[error("Refill opens only Amazon's own Dash pages")]
    Stranger,
    /// The legacy settings link: its token would stay in the browser's history.
    #[error("This link carries a token. Open the settings from Refill instead")]
    Token,
}

/// Which page opens: a checked word, because the list of values is not documented (protocols 1.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PageType(String);

impl Default for PageType {
    fn default() -> Self {
        Self("settings".to_owned())
    }
}

impl FromStr for PageType {
    type Err = BadPage;

    fn from_str(text: &str) -> Result<Self, BadPage> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        let fits = (1..=VALUE_MAX).contains(&text.len()) && text.bytes().all(plain);
        if fits { Ok(Self(text.to_owned())) } else { Err(BadPage::PageType) }
    }
}

impl TryFrom<String> for PageType {
    type Error = BadPage;

    fn try_from(text: String) -> Result<Self, BadPage> {
        text.parse()
    }
}

impl From<PageType> for String {
    fn from(of: PageType) -> Self {
        of.0
    }
}

/// An address of one of Amazon's pages that may be opened. There is no other way to have one than to make it here or to
/// have it judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct DashUrl(String);

impl DashUrl {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DashUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DashUrl {
    type Err = BadPage;

    /// Judges an address that came from elsewhere: https, a host of the list to the letter, and no token.
    fn from_str(text: &str) -> Result<Self, BadPage> {
        let rest =
            text.strip_prefix("https://").filter(|_| text.len() <= URL_MAX).ok_or(BadPage::Stranger)?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (host, path) = rest.split_at(end);
        // Browsers take a backslash for a slash, and drop control characters: none of either.
        let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        if !HOSTS.contains(&host) || !plain {
            return Err(BadPage::Stranger);
        }
        let names = path.split(['?', '#', '&']).skip(1).filter_map(|pair| pair.split('=').next());
        if names.map(decoded).any(|name| name.eq_ignore_ascii_case("access_token")) {
            return Err(BadPage::Token);
        }
        Ok(Self(text.to_owned()))
    }
}

/// A name of a parameter, percent-decoded; what is no text reads as it stands.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escape = after.get(..2).filter(|_| first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        if let Some(byte) = escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One of the pages of a device model, in all the forms of its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<'a> {
    /// Which page.
    pub page: &'a PageType,
    /// The maker's code on the App Settings page of the Dash console.
    pub vendor: &'a str,
    /// The model as the Dash console has it.
    pub model: &'a str,
    /// An https address to come back to. Without one Amazon's page has no way out but the browser's.
    pub exit: Option<&'a str>,
}

impl Page<'_> {
    /// Path and query, the same on every host.
    fn rest(&self) -> Result<String, BadPage> {
        let fits = |text: &str| {
            (1..=VALUE_MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control)
        };
        let value = |name, text| if fits(text) { Ok(encoded(text)) } else { Err(BadPage::Value(name)) };
        let (vendor, model) = (value("vendor code", self.vendor)?, value("model", self.model)?);
        let exit = match self.exit {
            None => String::new(),
            Some(exit) => {
                let whole = exit.strip_prefix("https://").is_some_and(|rest| !rest.is_empty());
                if !whole || exit.len() > EXIT_MAX || exit.chars().any(|c| c.is_control() || c == ' ') {
                    return Err(BadPage::Exit);
                }
                format!("&exitUri={}", encoded(exit))
            }
        };
        let page = &self.page.0;
        Ok(format!("drs/partner/page/{page}?vendorCode={vendor}&modelId={model}{exit}&settings=true"))
    }

    /// For a browser on a computer: one host a region, the five European marketplaces have one together
    /// (protocols 1.1).
    ///
    /// # Errors
    /// The value that can't be.
    pub fn web(&self, marketplace: Marketplace) -> Result<DashUrl, BadPage> {
        let host = match marketplace {
            Marketplace::Us => "drs-web.amazon.com",
            Marketplace::Jp => "drs-web.amazon.co.jp",
            Marketplace::Uk | Marketplace::De | Marketplace::Fr | Marketplace::It | Marketplace::Es => {
                "drs-web-eu.amazon.co.uk"
            }
        };
        Ok(DashUrl(format!("https://{host}/{}", self.rest()?)))
    }

    /// For a phone: opens the Alexa app where it is installed, the same everywhere (protocols 1.1).
    ///
    /// # Errors
    /// The value that can't be.
    pub fn mobile(&self) -> Result<DashUrl, BadPage> {
        Ok(DashUrl(format!("https://alexa.amazon.com/spa/index.html#v2/{}", self.rest()?)))
    }
}

/// The older service's list of devices, of one maker or of all (protocols 1.3).
///
/// # Errors
/// The vendor code can't be.
pub fn device_list(marketplace: Marketplace, vendor: Option<&str>) -> Result<DashUrl, BadPage> {
    let host = match marketplace {
        Marketplace::Us => "drs-web.amazon.com",
        Marketplace::Uk => "drs-web-eu.amazon.co.uk",
        Marketplace::De => "drs-web-eu.amazon.de",
        Marketplace::Fr => "drs-web-eu.amazon.fr",
        Marketplace::It => "drs-web-eu.amazon.it",
        Marketplace::Es => "drs-web-eu.amazon.es",
        Marketplace::Jp => "drs-web.amazon.co.jp",
    };
    let query = match vendor {
        None => String::new(),
        Some(text) if (1..=VALUE_MAX).contains(&text.len()) => format!("?vendor_code={}", encoded(text)),
        Some(_) => return Err(BadPage::Value("vendor code")),
    };
    Ok(DashUrl(format!("https://{host}/dart_device_list{query}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BACK: &str = "https://cloud.example.com/dash/return?visit=a-1&x=#y";

    fn page<'a>(page: &'a PageType, exit: Option<&'a str>) -> Page<'a> {
        Page { page, vendor: "GEAPQ", model: "Dishwasher Pod+1/2", exit }
    }

    #[test]
    fn every_form_of_the_address_as_the_documents_have_it() {
        let kind = PageType::default();
        let shown = |marketplace| page(&kind, None).web(marketplace).unwrap().to_string();
        let all: Vec<String> = Marketplace::ALL.iter().map(|of| shown(*of)).collect();
        let rest =
            "/drs/partner/page/settings?vendorCode=GEAPQ&modelId=Dishwasher%20Pod%2B1%2F2&settings=true";
        let hosts = [
            "drs-web.amazon.com",
            "drs-web-eu.amazon.co.uk",
            "drs-web-eu.amazon.co.uk",
            "drs-web-eu.amazon.co.uk",
            "drs-web-eu.amazon.co.uk",
            "drs-web-eu.amazon.co.uk",
            "drs-web.amazon.co.jp",
        ];
        assert_eq!(all, hosts.map(|host| format!("https://{host}{rest}")));
        assert_eq!(
            page(&kind, Some(BACK)).mobile().unwrap().as_str(),
            "https://alexa.amazon.com/spa/index.html#v2/drs/partner/page/settings?vendorCode=GEAPQ\
             &modelId=Dishwasher%20Pod%2B1%2F2&exitUri=https%3A%2F%2Fcloud.example.com%2Fdash%2Freturn%3Fvisit%3Da-1%26x%3D%23y\
             &settings=true"
        );
        assert_eq!(
            device_list(Marketplace::De, Some("A&B")).unwrap().as_str(),
            "https://drs-web-eu.amazon.de/dart_device_list?vendor_code=A%26B"
        );
    }

    #[test]
    fn what_can_not_be_is_refused() {
        for odd in ["", "a/b", "..", "ä", "settings?x", &"a".repeat(129)] {
            assert_eq!(odd.parse::<PageType>(), Err(BadPage::PageType), "{odd:?}");
        }
        let kind = PageType::default();
        for exit in [
            "http://a.example",
            "a.example",
            "https://",
            "refill://dash/return",
            "https://a b",
            "https://a\n",
        ] {
            assert_eq!(page(&kind, Some(exit)).web(Marketplace::Us), Err(BadPage::Exit), "{exit:?}");
        }
        let page = Page { page: &kind, vendor: "", model: "m", exit: None };
        assert_eq!(page.mobile(), Err(BadPage::Value("vendor code")));
        assert_eq!(device_list(Marketplace::Us, Some("")), Err(BadPage::Value("vendor code")));
    }

    #[test]
    fn only_amazons_pages_may_be_opened_and_none_with_a_token() {
        for good in [
            "https://drs-web.amazon.com/drs/partner/page/settings?vendorCode=GEAPQ&settings=true&modelId=x",
            "https://alexa.amazon.com/spa/index.html#v2/drs/partner/page/settings?vendorCode=a",
            "https://drs-web-eu.amazon.fr/dart_device_list",
        ] {
            assert_eq!(good.parse::<DashUrl>().unwrap().as_str(), good);
        }
        for odd in [
            "http://drs-web.amazon.com/settings",
            "https://drs-web.amazon.com.evil.example/",
            "https://drs-web.amazon.com@evil.example/",
            "https://drs-web.amazon.com:8443/",
            "https://evil.example/#drs-web.amazon.com",
            "https://evil.example\\@drs-web.amazon.com/",
            "https://drs-web.amazon.com\\.evil.example/",
            "https://DRS-WEB.amazon.com/",
            "https://drs-web.amazon.com./",
            "https://drs-web.amazon.com/\u{202e}",
            "https://drs-web.amazon.com/a b",
            "https://drs-web.amazon.com/\nhttps://evil.example",
            "https:drs-web.amazon.com",
            "javascript:alert(1)//https://drs-web.amazon.com",
            "file:///etc/passwd",
            "",
        ] {
            assert_eq!(odd.parse::<DashUrl>(), Err(BadPage::Stranger), "{odd:?}");
        }
        for carries in [
            "https://drs-web.amazon.com/settings?access_token=Atza|x&exitUri=https%3A%2F%2Fa",
            "https://drs-web.amazon.com/settings?exitUri=a&Access%5FToken=x",
            "https://alexa.amazon.com/spa/index.html#v2/x?access_token=x",
        ] {
            assert_eq!(carries.parse::<DashUrl>(), Err(BadPage::Token), "{carries:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_made_may_be_opened_and_comes_back_as_it_went_in(
            vendor in "\\PC{1,40}", model in "\\PC{1,40}", path in "[ -~&&[^ ]]{1,40}"
        ) {
            let kind = PageType::default();
            let exit = format!("https://{path}");
            let page = Page { page: &kind, vendor: &vendor, model: &model, exit: Some(&exit) };
            for made in [page.web(Marketplace::Jp).unwrap(), page.mobile().unwrap()] {
                prop_assert_eq!(&made.as_str().parse::<DashUrl>().unwrap(), &made);
                let values: Vec<String> = made.as_str().split(['?', '&']).skip(1)
                    .filter_map(|pair| pair.split_once('=')).map(|(_, value)| decoded(value)).collect();
                prop_assert_eq!(&values, &[vendor.clone(), model.clone(), exit.clone(), "true".to_owned()]);
            }
        }

        #[test]
        fn judging_is_total(text in "\\PC*|https://drs-web\\.amazon\\.com.*") {
            let _ = text.parse::<DashUrl>();
        }
    }
}
