//! Login with Amazon (protocols 3.3, 6.2, 6.3): who agreed to what, codes that live five minutes and work once, access tokens
//! that live sixty, refresh tokens that live until the grant ends. One grant belongs to one customer and one purpose.

mod authorize;
mod token;

pub use authorize::authorize;
pub use token::token;

use crate::clock::secret;
use crate::config::Region;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;

/// Life of an access token (protocols 3.3).
pub const TOKEN_SECONDS: i64 = 3600;
/// Life of a code (protocols 3.3).
const CODE_SECONDS: i64 = 300;
/// Tokens and codes kept before the ended ones are thrown out.
const KEPT: usize = 50_000;

/// A device of the older service: model, then serial.
pub type DeviceId = (String, String);

/// What a customer agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// Events to the gateway, from `AcceptGrant`.
    Events {
        /// Of this skill.
        skill: String,
        /// The region whose endpoint received `AcceptGrant` (protocols 3.1).
        region: Region,
    },
    /// The older service, for one device (protocols 6.3).
    Replenish(DeviceId),
    /// Linking a skill from the maker's app (protocols 6.2).
    Linking,
}

impl Purpose {
    /// The scope that stands for it.
    pub fn scope(&self) -> &'static str {
        match self {
            Self::Events { .. } => "alexa::async_event:write",
            Self::Replenish(_) => "dash:replenish",
            Self::Linking => "alexa::skills:account_linking",
        }
    }
}

/// Who agreed, for which client, to what.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The customer.
    pub customer: String,
    /// The client.
    pub client: String,
    /// To what.
    pub purpose: Purpose,
}

#[derive(Debug)]
struct Code {
    grant: u64,
    redirect_uri: Option<String>,
    challenge: Option<Challenge>,
    ends: DateTime<Utc>,
}

/// A PKCE challenge (protocols 6.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Challenge {
    /// The verifier itself.
    Plain(String),
    /// Base64url of its SHA-256.
    S256(String),
}

/// All grants, with their codes and tokens.
#[derive(Debug, Default)]
pub struct Grants {
    grants: HashMap<u64, Grant>,
    codes: HashMap<String, Code>,
    used: HashMap<String, u64>,
    access: HashMap<String, (u64, DateTime<Utc>)>,
    refresh: HashMap<String, u64>,
    last: u64,
}

/// A fresh pair.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// `Atza|…`, at least 350 characters.
    pub access: String,
    /// `Atzr|…`.
    pub refresh: String,
}

impl Grants {
    /// A grant with its code.
    pub fn code(
        &mut self,
        grant: Grant,
        redirect_uri: Option<String>,
        challenge: Option<Challenge>,
        now: DateTime<Utc>,
    ) -> String {
        self.tidy(now);
        self.last += 1;
        self.grants.insert(self.last, grant);
        let code = format!("AN{}", secret::<24>());
        let ends = now + TimeDelta::seconds(CODE_SECONDS);
        self.codes.insert(code.clone(), Code { grant: self.last, redirect_uri, challenge, ends });
        code
    }

    /// A grant with its tokens at once, for what needs no page.
    pub fn direct(&mut self, grant: Grant, now: DateTime<Utc>) -> Tokens {
        self.last += 1;
        self.grants.insert(self.last, grant);
        self.issue(self.last, None, now)
    }

    fn issue(&mut self, grant: u64, refresh: Option<String>, now: DateTime<Utc>) -> Tokens {
        self.tidy(now);
        let access = format!("Atza|{}", secret::<270>());
        self.access.insert(access.clone(), (grant, now + TimeDelta::seconds(TOKEN_SECONDS)));
        let refresh = refresh.unwrap_or_else(|| format!("Atzr|{}", secret::<270>()));
        self.refresh.insert(refresh.clone(), grant);
        Tokens { access, refresh }
    }

    /// Whose live access token it is.
    pub fn bearer(&self, token: &str, now: DateTime<Utc>) -> Option<&Grant> {
        let (grant, ends) = self.access.get(token)?;
        (now < *ends).then(|| self.grants.get(grant)).flatten()
    }

    /// Whether a code was exchanged.
    pub fn exchanged(&self, code: &str) -> bool {
        self.used.contains_key(code)
    }

    /// Ends every grant that fits, with all its codes and tokens; says how many.
    pub fn end(&mut self, fits: impl Fn(&Grant) -> bool) -> usize {
        let before = self.grants.len();
        self.grants.retain(|_, grant| !fits(grant));
        before - self.grants.len()
    }

    fn tidy(&mut self, now: DateTime<Utc>) {
        if self.access.len() > KEPT {
            self.access.retain(|_, (_, ends)| now < *ends);
        }
        if self.codes.len() > KEPT {
            self.codes.retain(|_, code| now < code.ends);
        }
        if self.used.len() > KEPT {
            self.used.clear();
        }
        let grants = &self.grants;
        if self.refresh.len() > KEPT {
            self.refresh.retain(|_, grant| grants.contains_key(grant));
        }
    }
}
