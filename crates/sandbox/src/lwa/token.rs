//! The token endpoint (protocols 3.3): exchanges codes and refreshes tokens, and refuses as was observed, with the error name
//! in `x-amzn-ErrorType` too.

use super::{Challenge, Code, Grants, TOKEN_SECONDS, Tokens};
use crate::config::Config;
use crate::reply;
use crate::sandbox::Sandbox;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use base64::Engine as _;
use chrono::{DateTime, Utc};
use serde_json::json;
use std::collections::HashMap;

/// A refusal of the token endpoint.
#[derive(Debug)]
struct Denied {
    status: u16,
    error: &'static str,
    why: String,
}

fn denied<T>(error: &'static str, why: impl Into<String>) -> Result<T, Denied> {
    let status = if error == "invalid_client" { 401 } else { 400 };
    Err(Denied { status, error, why: why.into() })
}

fn parameter<T>(error: &'static str, name: &str) -> Result<T, Denied> {
    let words = error.replace('_', " ").replacen("invalid", "an invalid", 1);
    denied(error, format!("The request has {words} parameter : {name}"))
}

/// `POST /auth/o2/token`.
pub async fn token(State(sandbox): State<Sandbox>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let kind = headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let form = kind.split(';').next().unwrap_or_default().trim() == "application/x-www-form-urlencoded";
    let now = sandbox.now();
    let mut state = sandbox.state();
    let state = &mut *state;
    let answer = if form {
        fields(&body).and_then(|fields| state.lwa.tokens(&state.config, &fields, now))
    } else {
        denied("invalid_request", "Content-Type must be application/x-www-form-urlencoded")
    };
    match answer {
        Ok((tokens, customer)) => {
            let body = json!({
                "access_token": tokens.access,
                "token_type": "bearer",
                "expires_in": TOKEN_SECONDS,
                "refresh_token": tokens.refresh,
            });
            let response = reply::header(reply::json(200, &body), "cache-control", "no-store");
            reply::judged(response, Some(customer), None)
        }
        Err(Denied { status, error, why }) => {
            let response = reply::json(status, &json!({"error": error, "error_description": why}));
            let kind = match error {
                "invalid_client" => "OA2InvalidClientException",
                "unauthorized_client" => "OA2UnauthorizedClientException",
                _ => "OA2InvalidRequestException",
            };
            let coral = "http://internal.amazon.com/coral/com.amazon.panda/";
            let response = reply::header(response, "x-amzn-errortype", &format!("{kind}:{coral}"));
            reply::judged(response, None, Some(format!("{error}: {why} (protocols 3.3)")))
        }
    }
}

fn fields(body: &[u8]) -> Result<HashMap<String, String>, Denied> {
    let mut all = HashMap::new();
    for (name, value) in url::form_urlencoded::parse(body) {
        if all.insert(name.to_string(), value.to_string()).is_some() {
            return denied("invalid_request", format!("The parameter {name} is repeated"));
        }
    }
    Ok(all)
}

impl Grants {
    fn tokens(
        &mut self,
        config: &Config,
        fields: &HashMap<String, String>,
        now: DateTime<Utc>,
    ) -> Result<(Tokens, String), Denied> {
        let field = |name: &str| fields.get(name).map(String::as_str).filter(|value| !value.is_empty());
        let Some(id) = field("client_id") else { return parameter("invalid_request", "client_id") };
        let Some(client) = config.client(id) else { return denied("invalid_client", "Client is unknown") };
        let secret = field("client_secret");
        if secret.is_some_and(|secret| secret != client.secret) {
            return denied("invalid_client", "Client authentication failed");
        }
        let public = secret.is_none();
        let (grant, refresh) = match field("grant_type") {
            Some("authorization_code") => {
                let Some(code) = field("code") else { return parameter("invalid_request", "code") };
                (self.exchange(code, id, &field, public, now)?, None)
            }
            Some("refresh_token") => {
                let Some(refresh) = field("refresh_token") else {
                    return parameter("invalid_request", "refresh_token");
                };
                let known = self.refresh.get(refresh).copied();
                let Some(grant) = known.filter(|grant| self.of(*grant, id)) else {
                    return parameter("invalid_grant", "refresh_token");
                };
                if config.rotate_refresh_tokens {
                    self.refresh.remove(refresh);
                    (grant, None)
                } else {
                    (grant, Some(refresh.to_owned()))
                }
            }
            Some(_) => return denied("unsupported_grant_type", "The grant_type is not supported"),
            None => return parameter("invalid_request", "grant_type"),
        };
        let Some(customer) = self.grants.get(&grant).map(|grant| grant.customer.clone()) else {
            return parameter("invalid_grant", "code");
        };
        Ok((self.issue(grant, refresh, now), customer))
    }

    fn of(&self, grant: u64, client: &str) -> bool {
        self.grants.get(&grant).is_some_and(|grant| grant.client == client)
    }

    fn exchange<'f>(
        &mut self,
        code: &str,
        client: &str,
        field: &impl Fn(&str) -> Option<&'f str>,
        public: bool,
        now: DateTime<Utc>,
    ) -> Result<u64, Denied> {
        // A code that comes twice was stolen or resent: what it gave ends (RFC 6749, 4.1.2).
        if let Some(grant) = self.used.get(code) {
            self.grants.remove(grant);
            return parameter("invalid_grant", "code");
        }
        let Some(Code { grant, redirect_uri, challenge, ends }) = self.codes.get(code) else {
            return parameter("invalid_grant", "code");
        };
        if now >= *ends || !self.of(*grant, client) {
            return parameter("invalid_grant", "code");
        }
        if let Some(wanted) = redirect_uri
            && field("redirect_uri") != Some(wanted.as_str())
        {
            return parameter("invalid_grant", "redirect_uri");
        }
        match (challenge, field("code_verifier")) {
            (None, None) if public => return denied("invalid_client", "client_secret or PKCE is needed"),
            (None, None) => {}
            (Some(challenge), Some(verifier)) if proves(challenge, verifier) => {}
            _ => return parameter("invalid_grant", "code_verifier"),
        }
        let grant = *grant;
        self.codes.remove(code);
        self.used.insert(code.to_owned(), grant);
        Ok(grant)
    }
}

/// Whether a verifier is the one of the challenge (protocols 6.4).
fn proves(challenge: &Challenge, verifier: &str) -> bool {
    let legal = (43..=128).contains(&verifier.len())
        && verifier.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c));
    legal
        && match challenge {
            Challenge::Plain(plain) => plain == verifier,
            Challenge::S256(hash) => {
                let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes());
                *hash == base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(digest)
            }
        }
}
