//! Requests straight to Amazon: its event gateway and its token endpoint. Redirects are not followed, answers are read up
//! to a limit and within a time, and a request that never left is told from one that may have arrived.

use refill_domain::gateway::{ANSWER_MAX, Heard};
use refill_domain::secret::Secret;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use std::time::Duration;
use url::Url;

/// How long an answer may take.
const WITHIN: Duration = Duration::from_secs(10);

/// The way to Amazon.
#[derive(Debug, Clone)]
pub struct Gateway {
    http: reqwest::Client,
}

impl Gateway {
    /// Ready to ask.
    ///
    /// # Errors
    /// The system has no TLS.
    pub fn new() -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Ok(Self { http: http.timeout(WITHIN).connect_timeout(WITHIN).build()? })
    }

    /// Asks a token endpoint.
    pub async fn token(&self, url: Url, form: &Secret) -> Heard {
        let request = self.http.post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        hear(request.body(form.expose().to_owned())).await
    }

    /// Sends a message to an event gateway.
    pub async fn event(&self, url: Url, token: &Secret, body: Vec<u8>) -> Heard {
        let Ok(mut bearer) = HeaderValue::from_str(&format!("Bearer {}", token.expose())) else {
            return Heard::NotSent;
        };
        bearer.set_sensitive(true);
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
