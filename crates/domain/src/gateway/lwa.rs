//! Answers of Login with Amazon's token endpoint (protocols 3.3). `invalid_grant` means that the link is lost, any other
//! refusal that the configuration is wrong, and everything else that it has to be asked again.

use super::{Attempt, Came, again_at};
use crate::drs::encoded;
use crate::secret::Secret;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How long before its end a token is renewed (ours).
pub const REFRESH_AHEAD: TimeDelta = TimeDelta::minutes(5);

/// Bytes of a token (protocols 3.3: an access token has at most 2,048).
const TOKEN_MAX: usize = 4096;

/// The life of a token that does not say: as documented.
const USUAL_LIFE: i64 = 3600;

/// Who asks: the skill's Alexa client of the Permissions page, not its account-linking one; or the security profile of the
/// older service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its secret; none for a public client, which proves itself by the verifier.
    pub secret: Option<Secret>,
}

/// What is asked of the token endpoint.
#[derive(Debug, Clone, Copy)]
pub enum TokenRequest<'a> {
    /// Tokens for a code, good for five minutes.
    Code {
        /// The code.
        code: &'a Secret,
        /// For the web and DRS flows: where the code came back to.
        redirect_uri: Option<&'a str>,
        /// PKCE's verifier, if the code was asked for with a challenge.
        verifier: Option<&'a Secret>,
    },
    /// A new access token.
    Refresh {
        /// The refresh token that came last.
        token: &'a Secret,
    },
}

impl TokenRequest<'_> {
    /// The body, `application/x-www-form-urlencoded`.
    pub fn form(&self, client: &Client<'_>) -> Secret {
        let pairs: [(&str, Option<&str>); 7] = match self {
            Self::Code { code, redirect_uri, verifier } => [
                ("grant_type", Some("authorization_code")),
                ("code", Some(code.expose())),
                ("redirect_uri", *redirect_uri),
                ("code_verifier", verifier.map(Secret::expose)),
                ("refresh_token", None),
                ("client_id", Some(client.id)),
                ("client_secret", client.secret.as_ref().map(Secret::expose)),
            ],
            Self::Refresh { token } => [
                ("grant_type", Some("refresh_token")),
                ("code", None),
                ("redirect_uri", None),
                ("code_verifier", None),
                ("refresh_token", Some(token.expose())),
                ("client_id", Some(client.id)),
                ("client_secret", client.secret.as_ref().map(Secret::expose)),
            ],
        };
        let said =
            pairs.iter().filter_map(|(name, value)| value.map(|value| format!("{name}={}", encoded(value))));
        Secret::new(said.collect::<Vec<_>>().join("&"))
    }
}

/// What the token endpoint's answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenAnswer {
    /// Tokens. Store them before anything else.
    Granted(Granted),
    /// Ask again then.
    Again {
        /// Not before.
        until: DateTime<Utc>,
    },
    /// A person has to do something.
    Stop(TokenStop),
}

/// Tokens as granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// For requests.
    pub access: Secret,
    /// For the next refresh; none means that the one there is stays good.
    pub refresh: Option<Secret>,
    /// When the access token ends.
    pub ends_at: DateTime<Utc>,
}

impl Granted {
    /// When to renew it.
    pub fn refresh_at(&self) -> DateTime<Utc> {
        self.ends_at - REFRESH_AHEAD
    }
}

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum TokenStop {
    /// `invalid_grant`: the customer took the permission back, or the code was used or too old.
    #[error("Amazon no longer accepts the link. The customer has to link again.")]
    LinkLost,
    /// Another refusal: client id, secret or address.
    #[error("Amazon refuses the client ({0}). Check the Alexa client id and secret of the Permissions page.")]
    Configuration(String),
    /// Success that holds no token.
    #[error("Amazon's answer holds no token. Check the token endpoint's address in the configuration.")]
    NoToken,
}

/// Says what an answer to a code exchange or a refresh means.
pub fn classify_token(came: Came<'_>, attempt: Attempt, now: DateTime<Utc>) -> TokenAnswer {
    let again = |retry_after| TokenAnswer::Again { until: again_at(retry_after, attempt, now) };
    let (status, retry_after, body) = match came {
        Came::NotSent | Came::Lost => return again(None),
        Came::Answer { status, retry_after, body } => (status, retry_after, body),
    };
    let value: Value =
        serde_json::from_slice(body.get(..super::ANSWER_MAX).unwrap_or(body)).unwrap_or_default();
    let error = value["error"].as_str().unwrap_or_default();
    match status {
        200..=299 => granted(&value, now).map_or(TokenAnswer::Stop(TokenStop::NoToken), TokenAnswer::Granted),
        408 | 425 | 429 | 500..=599 => again(retry_after),
        _ if error == "invalid_grant" => TokenAnswer::Stop(TokenStop::LinkLost),
        _ => {
            let known = error.chars().filter(|c| c.is_ascii_graphic()).take(60).collect::<String>();
            let said = if known.is_empty() { format!("status {status}") } else { known };
            TokenAnswer::Stop(TokenStop::Configuration(said))
        }
    }
}

fn granted(value: &Value, now: DateTime<Utc>) -> Option<Granted> {
    let token = |name: &str| {
        let text = value[name].as_str()?;
        let fits = (1..=TOKEN_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| Secret::new(text))
    };
    let bearer = value["token_type"].as_str().is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
    let life = value["expires_in"].as_i64().unwrap_or(USUAL_LIFE).clamp(0, 24 * USUAL_LIFE);
    Some(Granted {
        access: token("access_token").filter(|_| bearer)?,
        refresh: token("refresh_token"),
        ends_at: now + TimeDelta::seconds(life),
    })
}
