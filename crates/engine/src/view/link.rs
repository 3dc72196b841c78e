//! The account: how the household stands with a maker's cloud.

use super::Trouble;
use refill_domain::enablement::AlexaLink;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The Account screen.
#[derive(Debug, Clone, Serialize, TS)]
pub struct AccountView {
    /// How it stands.
    pub state: LinkState,
    /// Why the last try to link did not end in a link; until the next one.
    pub trouble: Option<Trouble>,
    /// Entries of the cloud's supplies that it has not confirmed yet.
    pub waiting: u32,
    /// Entries it does not want.
    pub parked: u32,
    /// Requests of the maker's support that wait for an answer.
    pub asks: u32,
}

/// How the household stands with a cloud.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum LinkState {
    /// With none.
    Unlinked {},
    /// Somebody is in the browser.
    Waiting {
        /// The cloud's address, for people.
        server: String,
        /// The maker's page, to be opened again; absent after a restart.
        url: Option<String>,
        /// Until when it is waited for.
        #[ts(type = "number")]
        until: i64,
    },
    /// With one.
    Linked {
        /// The cloud's address, for people.
        server: String,
        /// The address its owner signs in with.
        email: String,
        /// Its owner's name.
        name: String,
        /// What was granted.
        scope: String,
        /// Since when.
        #[ts(type = "number")]
        since: i64,
        /// Supplies that the cloud has too.
        supplies: u32,
        /// The link is still there at the next start; there is a keychain.
        lasting: bool,
        /// How it goes.
        connection: CloudConnection,
        /// How the maker's link to Alexa stands; absent where the maker has none, or has not said yet.
        alexa: Option<AlexaView>,
    },
}

/// How the maker's link to Alexa stands.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub struct AlexaView {
    /// How.
    pub link: AlexaLink,
    /// Since when, ms UTC.
    #[ts(type = "number | null")]
    pub since: Option<i64>,
    /// It can be linked and turned off from here; elsewise in the Alexa app.
    pub here: bool,
}

/// Linking with Alexa began: the address to be opened in the browser.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AlexaBegun {
    /// Amazon's page.
    pub url: String,
    /// Until when somebody may take there.
    #[ts(type = "number")]
    pub until: i64,
}

/// The link to Alexa was turned off.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub struct AlexaEnded {
    /// Amazon turned the skill off too. If not, it is still to be turned off in the Alexa app.
    pub at_amazon: bool,
}

/// How the way to the cloud is.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum CloudConnection {
    /// Looking.
    Connecting {},
    /// Everything is known, and changes come as they happen.
    Listening {},
    /// It can't be reached; it is tried again.
    Offline {
        /// When.
        #[ts(type = "number")]
        until: i64,
        /// Why, for the details.
        detail: String,
    },
    /// The keychain was locked, moved or emptied, or the maker ended the link: link again. Nothing is lost.
    Ended {},
}

/// A linking that began: the address to be opened in the browser.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LinkBegun {
    /// The maker's page.
    pub url: String,
    /// Until when somebody may take there.
    #[ts(type = "number")]
    pub until: i64,
}

/// A link that was ended here.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub struct Unlinked {
    /// The maker knows it too. If not, the computer can be taken off the list at the maker's.
    pub told: bool,
}
