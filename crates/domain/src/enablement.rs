//! Enabling the maker's skill from the maker's own app, as rules (protocols 6.2, and Amazon's Skill Enablement REST API
//! Reference where that is silent): where a person signs in at Amazon, what is asked of the enablement interface, what its
//! answers mean, and how the link to Alexa stands for the person. No address but Amazon's own is called or opened.

use crate::drs::encoded;
use crate::gateway::{ANSWER_MAX, Came, Region, Stop};
use crate::outbox::GateState;
use crate::secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What the person is asked for at Login with Amazon (protocols 6.2).
pub const SCOPE: &str = "alexa::skills:account_linking";

/// Where people sign in, unless it is set otherwise (protocols 3.3).
pub const SIGN_IN_PAGE: &str = "https://www.amazon.com/ap/oa";

/// Where every customer's region can be asked for; any region's host answers.
pub const ENDPOINT_PATH: &str = "/v1/alexaApiEndpoint";

/// Longest address that is opened.
const URL_MAX: usize = 4096;

/// Which skill: the one under test or the published one (protocols 6.2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The one that only the maker's own Amazon accounts see.
    Development,
    /// The published one.
    #[default]
    Live,
}

/// What the sign-in needs.
#[derive(Debug, Clone, Copy)]
pub struct SignIn<'a> {
    /// The page.
    pub page: &'a str,
    /// The *Alexa* client of the skill's Permissions page (protocols 3.3).
    pub client_id: &'a str,
    /// Exactly one of its Allowed Return URLs.
    pub redirect_uri: &'a str,
    /// Single use, judged on the way back.
    pub state: &'a str,
    /// SHA-256 of the PKCE verifier, base64url without padding.
    pub challenge: &'a str,
}

/// The address at which a person lets the maker enable the skill, with PKCE S256.
pub fn sign_in_url(ask: SignIn<'_>) -> Secret {
    let query = [
        ("client_id", ask.client_id),
        ("scope", SCOPE),
        ("response_type", "code"),
        ("redirect_uri", ask.redirect_uri),
        ("state", ask.state),
        ("code_challenge", ask.challenge),
        ("code_challenge_method", "S256"),
    ];
    let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    Secret::new(format!("{}?{}", ask.page, query.join("&")))
}

/// Whether an app may open this address for a person to sign in at Amazon: one of Amazon's own sign-in pages. An app that
/// is linked with a cloud on its own computer (`rehearsal`) may open a page there too.
pub fn may_open(url: &str, rehearsal: bool) -> bool {
    let hosts =
        ["www.amazon.com", "eu.account.amazon.com", "apac.account.amazon.com", "na.account.amazon.com"];
    let regional = ["www.amazon.co.uk", "www.amazon.de", "www.amazon.fr", "www.amazon.it", "www.amazon.es"];
    let page = |host: &str| url.strip_prefix("https://").and_then(|url| url.strip_prefix(host));
    let signs_in = |rest: &str| rest.starts_with("/ap/oa?");
    let amazon = hosts.into_iter().chain(regional).chain(["www.amazon.co.jp"]).filter_map(page).any(signs_in);
    let here = url.strip_prefix("http://127.0.0.1:").and_then(|rest| rest.split_once('/'));
    let here = here.is_some_and(|(port, path)| port.parse::<u16>().is_ok() && path.starts_with("ap/oa?"));
    let plain = url.len() <= URL_MAX && url.bytes().all(|b| b.is_ascii_graphic());
    plain && (amazon || (rehearsal && here))
}

/// The path of a customer's enablement of a skill.
pub fn path(skill: &str) -> String {
    format!("/v1/users/~current/skills/{}/enablement", encoded(skill))
}

/// What enables the skill: the maker's own code, as Alexa will exchange it at the maker.
pub fn body(stage: Stage, redirect_uri: &str, code: &Secret) -> Value {
    let link = json!({"redirectUri": redirect_uri, "authCode": code.expose(), "type": "AUTH_CODE"});
    json!({"stage": stage, "accountLinkRequest": link})
}

/// What is asked of the enablement interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Enable and link.
    Enable,
    /// How does it stand?
    Look,
    /// Turn off and unlink.
    Disable,
}

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The skill is enabled, and linked with the maker's account.
    Enabled,
    /// It is not, or no longer.
    NotEnabled,
    /// Nobody knows, or not now: ask again later.
    Later,
    /// It was refused.
    Refused(Refusal),
}

/// Why nothing was enabled or turned off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Amazon's token is dead.
    #[error("Amazon no longer accepts your agreement. Start again.")]
    Token,
    /// The account may not have the skill: unpublished, or not offered in its country.
    #[error("Your Amazon account can't use this skill: it may not be offered in your country yet.")]
    NotForAccount,
    /// No such skill, in this stage or region.
    #[error("Amazon does not know the skill. The maker has to look at its settings.")]
    NoSkill,
    /// Something in the way is enabled or being enabled.
    #[error("Amazon is busy with this skill for your account. Wait a minute, then start again.")]
    Conflict,
    /// Amazon could not link with the maker's account, or found the request wrong.
    #[error("Amazon could not link the two accounts. Start again; if it stays so, ask the maker.")]
    NotLinked,
}

/// Says what an answer of the enablement interface means.
pub fn classify(verb: Verb, came: Came<'_>) -> Answer {
    let (status, body) = match came {
        Came::NotSent | Came::Lost => return Answer::Later,
        Came::Answer { status, body, .. } => (status, body),
    };
    match (verb, status) {
        (Verb::Disable, 200..=299 | 404) | (Verb::Look, 404) => Answer::NotEnabled,
        (Verb::Enable | Verb::Look, 200..=299) => {
            let said: Value =
                serde_json::from_slice(body.get(..ANSWER_MAX).unwrap_or(body)).unwrap_or_default();
            let is = |pointer: &str, word: &str| said.pointer(pointer).and_then(Value::as_str) == Some(word);
            match (is("/status", "ENABLED"), is("/accountLink/status", "LINKED")) {
                (true, true) => Answer::Enabled,
                _ if verb == Verb::Look => Answer::NotEnabled,
                (true, false) => Answer::Refused(Refusal::NotLinked),
                // `ENABLING`, and words of a later interface.
                _ => Answer::Later,
            }
        }
        (_, 401) => Answer::Refused(Refusal::Token),
        (_, 403) => Answer::Refused(Refusal::NotForAccount),
        (_, 404) => Answer::Refused(Refusal::NoSkill),
        (_, 409) => Answer::Refused(Refusal::Conflict),
        (_, 408 | 425 | 429 | 500..=599) => Answer::Later,
        _ => Answer::Refused(Refusal::NotLinked),
    }
}

/// The hosts an answer to [`ENDPOINT_PATH`] names: where the customer's account is registered, or several where Amazon
/// can't tell; then all of them are to be asked. Each is as Amazon writes it, without a scheme.
pub fn hosts(body: &[u8]) -> Vec<String> {
    let said: Value = serde_json::from_slice(body.get(..ANSWER_MAX).unwrap_or(body)).unwrap_or_default();
    let listed = said["endpoints"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let bare = |host: &str| host.trim_start_matches("https://").trim_end_matches('/').to_owned();
    let mut found = Vec::new();
    for host in listed.map(bare).filter(|host| !host.is_empty()).take(8) {
        if !found.contains(&host) {
            found.push(host);
        }
    }
    found
}

impl Region {
    /// Every region.
    pub const ALL: [Region; 3] = [Region::NorthAmerica, Region::Europe, Region::FarEast];

    /// Where the enablement interface of customers of this region is.
    pub fn api_url(self) -> &'static str {
        match self {
            Self::NorthAmerica => "https://api.amazonalexa.com",
            Self::Europe => "https://api.eu.amazonalexa.com",
            Self::FarEast => "https://api.fe.amazonalexa.com",
        }
    }
}

/// How the link to Alexa stands for a customer, as the account's feed tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum AlexaLink {
    /// The skill was never enabled, or turned off from here.
    NotEnabled {},
    /// Levels and uses go to Alexa.
    Enabled {
        /// Whose gateway.
        region: Region,
    },
    /// The customer turned the skill off at Amazon.
    Disabled {},
    /// Amazon no longer takes what is sent: link again.
    LinkAgain {},
    /// Something that only the maker can mend.
    MakerTrouble {},
    /// A word of a later cloud.
    #[serde(other)]
    Unknown,
}

/// How it stands: `events` is the permission to send events with its gate, `enabled` that the skill was enabled from the
/// maker's app.
pub fn standing(events: Option<(Region, GateState)>, enabled: bool) -> AlexaLink {
    match events {
        // Enabled, and Alexa never handed over its grant: the skill may not send events (protocols 2.4).
        None if enabled => AlexaLink::MakerTrouble {},
        None => AlexaLink::NotEnabled {},
        Some((_, GateState::Stopped { why })) => match why {
            Stop::SkillDisabled => AlexaLink::Disabled {},
            Stop::LinkLost | Stop::NotEnabledHere | Stop::OtherSkill => AlexaLink::LinkAgain {},
            Stop::NotPermitted | Stop::WrongAddress => AlexaLink::MakerTrouble {},
        },
        Some((region, GateState::Open | GateState::Until { .. } | GateState::Refreshing)) => {
            AlexaLink::Enabled { region }
        }
    }
}

#[cfg(test)]
mod tests;
