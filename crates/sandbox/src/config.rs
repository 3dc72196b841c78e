//! What Amazon would know of a maker from its consoles: clients, the skill, device models and customers (protocols 3, 6, 7),
//! and the times and habits of Amazon's side that no document fixes. Unknown members are refused, so a typing error is
//! seen.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Ten years: no time that can be set is longer.
pub const SECONDS_MAX: i64 = 3660 * 86_400;

/// Everything that can be set.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Config {
    /// Login with Amazon clients: of the skill, and of the security profile of the older service.
    pub clients: Vec<Client>,
    /// Skills of the maker.
    pub skills: Vec<Skill>,
    /// Device models of the older service, by model id.
    pub models: BTreeMap<String, Model>,
    /// Customers who can sign in; the first is the one of the automatic consent.
    pub customers: Vec<String>,
    /// Where customers' accounts are registered; those that are not listed are in North America (protocols 6.2).
    pub customer_regions: BTreeMap<String, Region>,
    /// How the consent page answers.
    pub consent: Consent,
    /// The maker's code in deep links (protocols 1.1).
    pub vendor_code: String,
    /// The topic of the older service.
    pub topic: Topic,
    /// Times of an order, in seconds of the sandbox's clock.
    pub orders: OrderTimes,
    /// Whether a refresh answers with a new refresh token (protocols 3.3: it may).
    pub rotate_refresh_tokens: bool,
    /// Whether a message id that came already is taken in and ignored (protocols 3.2: the documents are silent).
    pub deduplicate: bool,
    /// The share of the pack, or the count, at which a level is low (protocols 2.6: Amazon's own setting).
    pub low_level: f64,
    /// The HTTP status of the two `…_NOT_FOUND` codes (protocols 3.2: not confirmed).
    pub not_found_status: u16,
}

/// A Login with Amazon client.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Client {
    /// At most 100 bytes (protocols 3.3).
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// Allowed return URLs, compared exactly (protocols 6.3).
    #[serde(default)]
    pub redirect_uris: Vec<String>,
}

/// A skill as its console has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Skill {
    /// `amzn1.ask.skill.…`.
    pub id: String,
    /// The *Alexa* client of the permissions page (protocols 3.3).
    pub client_id: String,
    /// Where directives go.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// The region of that endpoint.
    #[serde(default)]
    pub region: Region,
    /// "Send Alexa Events" (protocols 2.4).
    #[serde(default = "yes")]
    pub send_events: bool,
    /// Part of the redirect URIs of account linking (protocols 6.1).
    #[serde(default = "vendor")]
    pub vendor_id: String,
    /// The maker's OAuth server.
    #[serde(default)]
    pub account_linking: Option<Linking>,
}

/// The maker's OAuth server (protocols 6.1).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Linking {
    /// Where customers sign in.
    pub authorization_url: String,
    /// Where codes become tokens.
    pub access_token_url: String,
    /// How the client says who it is.
    #[serde(default)]
    pub access_token_scheme: Scheme,
    /// Alexa's client id there.
    pub client_id: String,
    /// And its secret.
    pub client_secret: String,
    /// At least one.
    pub scopes: Vec<String>,
}

/// `accessTokenScheme` (protocols 6.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Scheme {
    /// In a header.
    #[default]
    HttpBasic,
    /// In the form.
    RequestBodyCredentials,
}

/// A region of the event gateway (protocols 3.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Region {
    /// North America.
    #[default]
    Na,
    /// Europe and India.
    Eu,
    /// Far East and Australia.
    Fe,
}

/// A device model of the older service.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Model {
    /// Approved; others are shown only with `should_include_non_live` (protocols 6.3).
    #[serde(default = "yes")]
    pub live: bool,
    /// What each slot is refilled with, by slot id.
    pub slots: BTreeMap<String, Product>,
}

/// What an order of a slot delivers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Product {
    /// Amazon's product number.
    pub asin: String,
    /// How much of it.
    pub quantity: f64,
    /// In which unit (protocols 8.1).
    pub unit: String,
}

/// How the consent page answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Consent {
    /// At once, for the first customer or the one named by `customer` in the request.
    #[default]
    Allow,
    /// At once with `access_denied`.
    Deny,
    /// With a page on which a person chooses.
    Ask,
}

/// The topic of the older service.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Topic {
    /// Its ARN.
    pub arn: String,
    /// Version of the notifications, 1 or 2 (protocols 5.1).
    pub version: u8,
    /// `SignatureVersion`, 1 or 2 (protocols 5.3).
    pub signature_version: u8,
    /// Wraps each message once per protocol, under `default`, `http` and `email`.
    pub wrapped: bool,
    /// Prints the certificate and confirmation addresses as Amazon does, instead of the sandbox's own.
    pub amazon_urls: bool,
}

/// Times of an order after the call, in seconds (protocols 4.4).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct OrderTimes {
    /// Until it is placed.
    pub placed: i64,
    /// Until it is shipped; customers can cancel until then.
    pub shipped: i64,
    /// Until it arrives.
    pub delivered: i64,
    /// Until an order in resolution is given up.
    pub resolution: i64,
    /// Whether orders go to resolution first.
    pub resolve: bool,
}

fn yes() -> bool {
    true
}

fn vendor() -> String {
    "M2SAMPLEVENDOR".to_owned()
}

impl Default for Topic {
    fn default() -> Self {
        Self {
            arn: "arn:aws:sns:us-east-1:476877469412:DrsNotifications".to_owned(),
            version: 2,
            signature_version: 1,
            wrapped: false,
            amazon_urls: false,
        }
    }
}

impl Default for OrderTimes {
    fn default() -> Self {
        let day = 86_400;
        Self { placed: 0, shipped: day, delivered: 3 * day, resolution: 3 * day, resolve: false }
    }
}

impl Default for Config {
    fn default() -> Self {
        let slot = |asin: &str, quantity, unit: &str| Product {
            asin: asin.to_owned(),
            quantity,
            unit: unit.to_owned(),
        };
        let slots = BTreeMap::from([
            ("Slot01".to_owned(), slot("B00JGZBTCI", 103.0, "fl oz")),
            ("Slot02".to_owned(), slot("B077YLQ2R1", 42.0, "count")),
        ]);
        Self {
            clients: vec![
                Client {
                    id: "amzn1.application-oa2-client.sandbox-skill".to_owned(),
                    secret: "sandbox-skill-secret".to_owned(),
                    redirect_uris: Vec::new(),
                },
                Client {
                    id: "amzn1.application-oa2-client.sandbox-dash".to_owned(),
                    secret: "sandbox-dash-secret".to_owned(),
                    redirect_uris: vec!["http://127.0.0.1:8787/amazon/return".to_owned()],
                },
            ],
            skills: vec![Skill {
                id: "amzn1.ask.skill.sandbox".to_owned(),
                client_id: "amzn1.application-oa2-client.sandbox-skill".to_owned(),
                endpoint: None,
                region: Region::Na,
                send_events: true,
                vendor_id: vendor(),
                account_linking: None,
            }],
            models: BTreeMap::from([("WashWell-900".to_owned(), Model { live: true, slots })]),
            customers: ["amzn1.account.ONE", "amzn1.account.TWO", "amzn1.account.THREE"]
                .map(str::to_owned)
                .into(),
            customer_regions: BTreeMap::new(),
            consent: Consent::Allow,
            vendor_code: "SAMPLEVENDOR".to_owned(),
            topic: Topic::default(),
            orders: OrderTimes::default(),
            rotate_refresh_tokens: false,
            deduplicate: false,
            low_level: 20.0,
            not_found_status: 404,
        }
    }
}

impl Config {
    /// A client by its id.
    pub fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id)
    }

    /// Where a customer's account is registered.
    pub fn region_of(&self, customer: &str) -> Region {
        self.customer_regions.get(customer).copied().unwrap_or_default()
    }

    /// A skill by its id.
    pub fn skill(&self, id: &str) -> Option<&Skill> {
        self.skills.iter().find(|skill| skill.id == id)
    }

    /// What can't be true of any console.
    ///
    /// # Errors
    /// A sentence that names the member.
    pub fn checked(self) -> Result<Self, String> {
        if self.customers.is_empty() {
            return Err("customers: needs at least one".to_owned());
        }
        if let Some(long) = self.clients.iter().find(|client| client.id.is_empty() || client.id.len() > 100) {
            return Err(format!("clients: the id {:?} must have 1 to 100 bytes (protocols 3.3)", long.id));
        }
        if let Some(lost) = self.skills.iter().find(|skill| self.client(&skill.client_id).is_none()) {
            return Err(format!("skills: {} names a client that is not listed", lost.id));
        }
        if let Some(lost) = self.customer_regions.keys().find(|name| !self.customers.contains(name)) {
            return Err(format!("customerRegions: {lost} is none of the customers"));
        }
        for skill in &self.skills {
            let scopes = skill.account_linking.as_ref().map_or(1, |linking| linking.scopes.len());
            if !(1..=15).contains(&scopes) {
                return Err(format!("skills: {} needs 1 to 15 scopes (protocols 6.1)", skill.id));
            }
        }
        if !matches!(self.topic.version, 1 | 2) || !matches!(self.topic.signature_version, 1 | 2) {
            return Err("topic: version and signatureVersion are 1 or 2 (protocols 5)".to_owned());
        }
        let OrderTimes { placed, shipped, delivered, resolution, .. } = self.orders;
        if ![placed, shipped, delivered, resolution].iter().all(|seconds| (0..=SECONDS_MAX).contains(seconds))
        {
            return Err("orders: times are 0 seconds to ten years".to_owned());
        }
        if !(100..=999).contains(&self.not_found_status) {
            return Err("notFoundStatus: is no HTTP status".to_owned());
        }
        Ok(self)
    }
}
