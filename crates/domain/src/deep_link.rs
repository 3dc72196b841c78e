//! Links that come in: `refill://…` opens the app at a place, and nothing more. Any program and any web page can open
//! one, so the grammar is exact, every parameter comes once, and nothing a link says changes anything: it is at most a
//! hint to look again. Linking an account never goes this way (RFC 8252 7.1 wants another scheme, and a scheme can be
//! claimed by any program).

use crate::ids::{EndpointId, SlotId};
use serde::Serialize;
use uuid::Uuid;

/// Longest link, in bytes.
pub const LINK_MAX: usize = 256;

/// Longest name of a visit or a case, in characters.
const NAME_MAX: usize = 64;

/// A place a link leads to.
///
/// ```text
/// refill://dash/return?visit=NAME    NAME: 1 to 64 of A-Z a-z 0-9 - _
/// refill://slot/ID                   ID: a UUID, 36 characters in lower case
/// refill://device/ID
/// refill://support/NAME
/// refill://account
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "to", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum DeepLink {
    /// Somebody comes back from Amazon's Dash pages (protocols 1.2): a hint to look again, never a statement.
    DashReturn {
        /// Which visit ended, as the app called it when it opened the page.
        visit: String,
    },
    /// A slot.
    Slot {
        /// Which.
        slot: SlotId,
    },
    /// A device.
    Device {
        /// Which.
        device: EndpointId,
    },
    /// A request of the maker's support.
    Support {
        /// Its case number.
        case: String,
    },
    /// The link with the maker's account, where the maker's pages send people back to.
    Account {},
}

/// Why a link leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadLink {
    /// Longer than any link of ours.
    #[error("the link is too long")]
    TooLong,
    /// It has characters that no link of ours has.
    #[error("the link has characters that do not belong there")]
    Characters,
    /// Not our scheme.
    #[error("the link is not one of Refill's")]
    Scheme,
    /// A place that there is not.
    #[error("the link leads to a place that there is not")]
    Place,
    /// What it names can't be a name.
    #[error("the link names something that can't be")]
    Name,
    /// A parameter is missing, unknown, or comes twice.
    #[error("the link's parameters are not those of its place")]
    Parameters,
}

fn name(text: &str) -> Result<String, BadLink> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let fits = (1..=NAME_MAX).contains(&text.len()) && text.bytes().all(plain);
    if fits { Ok(text.to_owned()) } else { Err(BadLink::Name) }
}

fn id(text: &str) -> Result<Uuid, BadLink> {
    // The one form we write: other forms of a UUID are no links of ours.
    let id = Uuid::try_parse(text).map_err(|_| BadLink::Name)?;
    if id.hyphenated().to_string() == text { Ok(id) } else { Err(BadLink::Name) }
}

impl DeepLink {
    /// Reads a link.
    ///
    /// # Errors
    /// The first thing that is wrong. Whoever opened the link is told nothing but that it leads nowhere.
    pub fn read(text: &str) -> Result<Self, BadLink> {
        if text.len() > LINK_MAX {
            return Err(BadLink::TooLong);
        }
        // Nothing of ours needs an escape, so none is undone.
        let belongs =
            |b: u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'/' | b'?' | b'=' | b'-' | b'_');
        if !text.bytes().all(belongs) {
            return Err(BadLink::Characters);
        }
        let rest = text.strip_prefix("refill://").ok_or(BadLink::Scheme)?;
        let (path, query) = rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
        if path == "account" {
            return if query.is_some() { Err(BadLink::Parameters) } else { Ok(Self::Account {}) };
        }
        let (place, named) = path.split_once('/').ok_or(BadLink::Place)?;
        let link = match (place, named) {
            ("dash", "return") => {
                let visit =
                    query.and_then(|query| query.strip_prefix("visit=")).ok_or(BadLink::Parameters)?;
                return Ok(Self::DashReturn { visit: name(visit)? });
            }
            ("slot", _) => Self::Slot { slot: SlotId(id(named)?) },
            ("device", _) => Self::Device { device: EndpointId(id(named)?) },
            ("support", _) => Self::Support { case: name(named)? },
            _ => return Err(BadLink::Place),
        };
        if query.is_some() { Err(BadLink::Parameters) } else { Ok(link) }
    }

    /// The link itself, as it is put on a page.
    pub fn written(&self) -> String {
        match self {
            Self::DashReturn { visit } => format!("refill://dash/return?visit={visit}"),
            Self::Slot { slot } => format!("refill://slot/{slot}"),
            Self::Device { device } => format!("refill://device/{device}"),
            Self::Support { case } => format!("refill://support/{case}"),
            Self::Account {} => "refill://account".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "01a1ff27-14dc-7576-a5ce-a29142786fc7";

    #[test]
    fn the_five_places() {
        let slot: SlotId = ID.parse().unwrap();
        let device: EndpointId = ID.parse().unwrap();
        for (text, link) in [
            ("refill://dash/return?visit=a-B_9".to_owned(), DeepLink::DashReturn { visit: "a-B_9".into() }),
            (format!("refill://slot/{ID}"), DeepLink::Slot { slot }),
            (format!("refill://device/{ID}"), DeepLink::Device { device }),
            ("refill://support/SUP-20418".to_owned(), DeepLink::Support { case: "SUP-20418".into() }),
            ("refill://account".to_owned(), DeepLink::Account {}),
        ] {
            assert_eq!(DeepLink::read(&text), Ok(link.clone()));
            assert_eq!(link.written(), text);
        }
    }

    /// Links as attackers, careless pages and broken programs make them: one a line, with what stops it.
    #[test]
    fn hostile_links_lead_nowhere() {
        use BadLink::{Characters, Name, Parameters, Place, Scheme, TooLong};
        let long = format!("refill://support/{}", "a".repeat(65));
        let megabyte = format!("refill://slot/{}", "a".repeat(1_000_000));
        let upper = format!("refill://slot/{}", ID.to_uppercase());
        let simple = format!("refill://slot/{}", ID.replace('-', ""));
        let braced = format!("refill://slot/{{{ID}}}");
        let urn = format!("refill://slot/urn:uuid:{ID}");
        let with = |rest: &str| format!("refill://slot/{ID}{rest}");
        let owned = [
            (with("?x=1"), Parameters),
            (with("?"), Parameters),
            (with("/"), Name),
            (with("/replace"), Name),
            (with("#x"), Characters),
            (with("%00"), Characters),
            (with("\0"), Characters),
            (with("\n--flag"), Characters),
            (with(" --flag"), Characters),
            (with("\u{202e}"), Characters),
            (with("\u{200b}"), Characters),
            (with(";rm -rf"), Characters),
            (with("$(id)"), Characters),
            (with("`id`"), Characters),
            (with("|id"), Characters),
            (with("&x=1"), Characters),
            (with(&format!(" refill://slot/{ID}")), Characters),
        ];
        let fixed = [
            ("", Scheme),
            ("refill", Scheme),
            ("refill:", Scheme),
            ("refill:/", Scheme),
            ("refill://", Place),
            ("refill:///", Place),
            ("refill:slot/x", Scheme),
            ("Refill://slot/x", Scheme),
            ("REFILL://dash/return?visit=a", Scheme),
            ("refill2://slot/x", Scheme),
            ("refill+x://slot/x", Characters),
            ("https://refill/slot/x", Scheme),
            ("http://127.0.0.1/refill://slot/x", Characters),
            ("javascript:alert(1)", Characters),
            ("javascript:location", Scheme),
            ("file:///etc/passwd", Scheme),
            ("data:text/html,x", Characters),
            ("vbscript:x", Scheme),
            ("tauri://localhost", Scheme),
            ("--version", Scheme),
            ("-h", Scheme),
            ("/etc/passwd", Scheme),
            ("..", Characters),
            ("refill://../../etc/passwd", Characters),
            ("refill://slot/../device/x", Characters),
            ("refill://slot//x", Name),
            ("refill://slot", Place),
            ("refill://slot/", Name),
            ("refill://slot/0", Name),
            ("refill://slot/-1", Name),
            ("refill://slot/00000000-0000-0000-0000-00000000000g", Name),
            ("refill://slots/01a1ff27-14dc-7576-a5ce-a29142786fc7", Place),
            ("refill://SLOT/01a1ff27-14dc-7576-a5ce-a29142786fc7", Place),
            ("refill://user@slot/x", Characters),
            ("refill://slot:80/x", Place),
            ("refill://device/https://evil", Name),
            ("refill://dash/return", Parameters),
            ("refill://dash/return?", Parameters),
            ("refill://dash/return?visit", Parameters),
            ("refill://dash/return?visit=", Name),
            ("refill://dash/return?visit=a&visit=b", Characters),
            ("refill://dash/return?visit=a?visit=b", Name),
            ("refill://dash/return?visit=a=b", Name),
            ("refill://dash/return?Visit=a", Parameters),
            ("refill://dash/return?code=a", Parameters),
            ("refill://dash/return?code=a&state=b", Characters),
            ("refill://dash/return?state=a", Parameters),
            ("refill://dash/return?visit=%61", Characters),
            ("refill://dash/return?visit=a%0d%0aSet-Cookie", Characters),
            ("refill://dash/return?visit=<script>", Characters),
            ("refill://dash/return?visit=\"onload", Characters),
            ("refill://dash/return?visit='x", Characters),
            ("refill://dash/return?visit=ä", Characters),
            ("refill://dash/return?visit=a\u{0}", Characters),
            ("refill://dash/return/?visit=a", Place),
            ("refill://dash/order?visit=a", Place),
            ("refill://dash/", Place),
            ("refill://oauth/callback?code=x", Place),
            ("refill://link?code=x", Place),
            ("refill://settings/reset", Place),
            ("refill://device/delete", Name),
            ("refill://account?", Parameters),
            ("refill://account?unlink=yes", Parameters),
            ("refill://account/", Place),
            ("refill://account/unlink", Place),
            ("refill://Account", Place),
            ("refill://accounts", Place),
            ("refill:account", Scheme),
            ("refill://account#x", Characters),
            ("refill://support/", Name),
            ("refill://support/a/b", Name),
            ("refill://support/a?grant=yes", Parameters),
            ("refill://support/a b", Characters),
            ("refill://support/../x", Characters),
            (&long, Name),
            (&megabyte, TooLong),
            (&upper, Name),
            (&simple, Name),
            (&braced, Characters),
            (&urn, Name),
        ];
        assert!(fixed.len() + owned.len() >= 60, "at least sixty");
        for (text, why) in fixed.into_iter().chain(owned.iter().map(|(text, why)| (text.as_str(), *why))) {
            assert_eq!(DeepLink::read(text), Err(why), "{:?}", text.get(..120.min(text.len())));
        }
    }

    proptest! {
        #[test]
        fn reading_is_total_and_what_is_read_is_written_the_same(text in "\\PC*|refill://(slot|dash/return|device|support|account)[/?]?.*|refill://support/[A-Za-z0-9_-]{0,70}") {
            if let Ok(link) = DeepLink::read(&text) {
                prop_assert_eq!(link.written(), text);
            }
        }
    }
}
