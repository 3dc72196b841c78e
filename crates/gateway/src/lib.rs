//! Requests to Amazon: its event gateways, its token endpoints and its enablement interface. Redirects are not followed,
//! answers are read up to a limit and within a time, tokens are marked as secret, and a request that never left is told
//! from one that may have arrived. What an answer means is the domain's.

use refill_domain::gateway::{ANSWER_MAX, Heard};
use refill_domain::secret::Secret;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use std::time::Duration;
use url::Url;

/// How long an answer may take where nothing else is said.
pub const WITHIN: Duration = Duration::from_secs(10);

/// The way to Amazon.
#[derive(Debug, Clone)]
pub struct Gateway {
    http: reqwest::Client,
    within: Duration,
}

impl Gateway {
    /// Ready to ask; an answer may take so long.
    ///
    /// # Errors
    /// The system has no TLS.
    pub fn new(within: Duration) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Ok(Self { http: http.timeout(within).connect_timeout(within).build()?, within })
    }

    /// Asks a token endpoint with a form (protocols 3.3).
    pub async fn token(&self, url: Url, form: &Secret) -> Heard {
        let request = self.http.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        hear(request.body(form.expose().to_owned())).await
    }

    /// Sends a message to an event gateway (protocols 3.1).
    pub async fn event(&self, url: Url, token: &Secret, body: Vec<u8>) -> Heard {
        let Some(bearer) = bearer(token) else { return Heard::NotSent };
        let request = self.http.post(url).header(AUTHORIZATION, bearer);
        hear(request.header(CONTENT_TYPE, "application/json").body(body)).await
    }

    /// Asks the enablement interface (protocols 6.2). Enabling takes several requests of Amazon's to us, so it has more
    /// time than others.
    pub async fn api(&self, method: Method, url: &str, token: &Secret, body: Option<Vec<u8>>) -> Heard {
        let Some(bearer) = bearer(token) else { return Heard::NotSent };
        let within = self.within * if body.is_some() { 4 } else { 1 };
        let mut request = self.http.request(method, url).header(AUTHORIZATION, bearer).timeout(within);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        hear(request).await
    }
}

fn bearer(token: &Secret) -> Option<HeaderValue> {
    let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose())).ok()?;
    bearer.set_sensitive(true);
    Some(bearer)
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
