//! Requests to Amazon: its event gateways and its token endpoint. Redirects are not followed, answers are read up to a
//! limit and within a time, and a request that never left is told from one that may have arrived.

use crate::config::AlexaConfig;
use crate::ids::AccountId;
use anyhow::Context;
use refill_domain::gateway::{ANSWER_MAX, Client, Heard, Region, TokenRequest};
use refill_domain::secret::Secret;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use std::time::Duration;
use url::Url;

/// The way to Amazon.
#[derive(Debug, Clone)]
pub struct Amazon {
    http: reqwest::Client,
    config: AlexaConfig,
}

/// Amazon's tokens of one customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// For requests.
    pub access: Secret,
    /// For the next pair.
    pub refresh: Secret,
}

impl Amazon {
    /// With these settings.
    ///
    /// # Errors
    /// TLS can't be set up.
    pub fn new(config: AlexaConfig) -> anyhow::Result<Self> {
        let within = Duration::from_millis(config.timeout_ms);
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(within)
            .connect_timeout(within)
            .build()?;
        Ok(Self { http, config })
    }

    /// The settings.
    pub fn config(&self) -> &AlexaConfig {
        &self.config
    }

    /// The tokens as they are kept.
    ///
    /// # Errors
    /// No key is set, or the system has no randomness.
    pub fn seal(&self, account: AccountId, tokens: &Tokens) -> anyhow::Result<Vec<u8>> {
        let key = self.config.key().context("No key is set")?;
        key.seal(account, &(tokens.access.expose(), tokens.refresh.expose()))
    }

    /// The tokens that were kept.
    ///
    /// # Errors
    /// No key is set, or another one than they were sealed with.
    pub fn open(&self, account: AccountId, sealed: &[u8]) -> anyhow::Result<Tokens> {
        let (access, refresh) =
            self.config.key().context("No key is set")?.open::<(String, String)>(account, sealed)?;
        Ok(Tokens { access: Secret::new(access), refresh: Secret::new(refresh) })
    }

    /// Asks the token endpoint of a region.
    pub async fn token(&self, region: Region, request: TokenRequest<'_>) -> Heard {
        let client = Client { id: &self.config.client_id, secret: self.config.secret() };
        let form = request.form(&client).expose().to_owned();
        let url = self.config.token_url(region);
        let request = self.http.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        hear(request.body(form)).await
    }

    /// Asks the enablement interface at one host (protocols 6.2). Enabling takes several requests of Amazon's to us, so it
    /// has more time than others.
    pub async fn api(&self, method: Method, url: &str, token: &Secret, body: Option<Vec<u8>>) -> Heard {
        let Ok(mut bearer) = HeaderValue::from_str(&format!("Bearer {}", token.expose())) else {
            return Heard::NotSent;
        };
        bearer.set_sensitive(true);
        let within = Duration::from_millis(self.config.timeout_ms) * if body.is_some() { 4 } else { 1 };
        let mut request = self.http.request(method, url).header(AUTHORIZATION, bearer).timeout(within);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        hear(request).await
    }

    /// Sends a message to the gateway of a region.
    pub async fn event(&self, region: Region, token: &Secret, body: Vec<u8>) -> Heard {
        let Ok(mut bearer) = HeaderValue::from_str(&format!("Bearer {}", token.expose())) else {
            return Heard::NotSent;
        };
        bearer.set_sensitive(true);
        let url: Url = self.config.events_url(region);
        let request = self.http.post(url).header(AUTHORIZATION, bearer);
        hear(request.header(CONTENT_TYPE, "application/json").body(body)).await
    }
}

async fn hear(request: reqwest::RequestBuilder) -> Heard {
    let mut response = match request.send().await {
        Ok(response) => response,
        Err(cause) if cause.is_connect() || cause.is_builder() => return Heard::NotSent,
        Err(_) => return Heard::Lost,
    };
    let status = response.status().as_u16();
    let retry_after = response.headers().get(RETRY_AFTER);
    let retry_after = retry_after.and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut body = Vec::new();
    while body.len() < ANSWER_MAX {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break,
            // The status says it was taken in; of an error, the body may say what was wrong, and is missing.
            Err(_) if response.status().is_success() => break,
            Err(_) => return Heard::Lost,
        }
    }
    body.truncate(ANSWER_MAX);
    Heard::Answer { status, retry_after, body }
}
