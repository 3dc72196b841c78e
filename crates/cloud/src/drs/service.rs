//! Calls on the older service in a device's name: exact headers, tokens renewed ahead of their end and once more when
//! Amazon says they are bad, and kept, sealed, before they are used. Redirects are not followed, answers are bounded.

use crate::ids::AccountId;
use crate::seal::SealKey;
use crate::state::App;
use crate::store::StoreError;
use crate::store::drs::{DrsRow, Standing};
use anyhow::Context;
use refill_domain::drs::{Answered, DrsError, Method, Request};
use refill_domain::gateway::{
    Attempt, Came, Client, Granted, REFRESH_AHEAD, TokenAnswer, TokenRequest, TokenStop, classify_token,
};
use refill_domain::secret::Secret;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::sync::Notify;

/// How long an answer may take.
const ANSWER_TIME: Duration = Duration::from_secs(10);

/// Bytes of an answer that are read.
const ANSWER_MAX: usize = 64 * 1024;

/// What speaking to the service needs.
pub struct Service {
    http: reqwest::Client,
    /// Something happened that may have to be reported.
    pub(crate) sooner: Notify,
}

impl Service {
    /// Ready to call.
    ///
    /// # Errors
    /// There is no TLS.
    pub fn new() -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
        let http = http.timeout(ANSWER_TIME).build().context("Prepare to call Amazon")?;
        Ok(Self { http, sooner: Notify::new() })
    }
}

/// Why a call came to nothing.
#[derive(Debug)]
pub enum Halt {
    /// Amazon does not answer, or not now.
    Later,
    /// Amazon no longer accepts the registration.
    Lost,
    /// The registration changed under the call.
    Changed,
    /// A fault of ours, the configuration among them.
    Failed(anyhow::Error),
    /// The store's.
    Store(StoreError),
}

impl From<StoreError> for Halt {
    fn from(cause: StoreError) -> Self {
        Self::Store(cause)
    }
}

/// Tokens of a device, as they are sealed.
#[derive(Serialize, Deserialize)]
pub struct Tokens {
    access: String,
    refresh: String,
    ends_at: i64,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
pub enum Kept {
    /// PKCE's verifier, while the customer is at Amazon.
    Verifier(String),
    /// Tokens.
    Tokens(Tokens),
}

impl Kept {
    /// Seals it.
    ///
    /// # Errors
    /// No randomness.
    pub fn sealed(&self, key: &SealKey, account: AccountId) -> anyhow::Result<Vec<u8>> {
        key.seal(account, &serde_json::to_vec(self)?)
    }

    /// Opens it.
    pub fn open(key: &SealKey, account: AccountId, sealed: &[u8]) -> Option<Self> {
        serde_json::from_slice(&key.open(account, sealed)?).ok()
    }
}

struct Reply {
    status: u16,
    error_type: Option<String>,
    body: Vec<u8>,
}

async fn reply(request: reqwest::RequestBuilder) -> Option<Reply> {
    let mut response = request.send().await.ok()?;
    let header = |name: &str| response.headers().get(name)?.to_str().ok().map(str::to_owned);
    let (status, error_type) = (response.status().as_u16(), header("x-amzn-errortype"));
    if let Some(id) = header("x-amzn-requestid").filter(|_| status >= 400) {
        tracing::info!(drs.request = %id, drs.status = status, "Amazon refused a call");
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_MAX {
            body.truncate(ANSWER_MAX);
            break;
        }
    }
    Some(Reply { status, error_type, body })
}

async fn granted(app: &App, request: TokenRequest<'_>) -> Result<Granted, Halt> {
    let secrets = app.config.drs.secrets().context("No client of the older service");
    let (id, secret, _) = secrets.map_err(Halt::Failed)?;
    let form = request.form(&Client { id, secret: Some(secret.clone()) });
    let ask = app.drs.http.post(&app.config.drs.token_url).body(form.expose().to_owned());
    let ask = ask.header("content-type", "application/x-www-form-urlencoded");
    let answer = reply(ask).await.ok_or(Halt::Later)?;
    let came = Came::Answer { status: answer.status, retry_after: None, body: &answer.body };
    let attempt = Attempt { number: 1, refreshed: false, divisible: false, jitter: 0 };
    match classify_token(came, attempt, app.clock.now()) {
        TokenAnswer::Granted(granted) => Ok(granted),
        TokenAnswer::Again { .. } => Err(Halt::Later),
        TokenAnswer::Stop(TokenStop::LinkLost) => Err(Halt::Lost),
        TokenAnswer::Stop(why) => Err(Halt::Failed(anyhow::Error::new(why))),
    }
}

/// Tokens for the code that a customer brought back.
///
/// # Errors
/// [`Halt`].
pub async fn exchange(app: &App, code: &Secret, back: &str, verifier: &Secret) -> Result<Tokens, Halt> {
    let request = TokenRequest::Code { code, redirect_uri: Some(back), verifier: Some(verifier) };
    let granted = granted(app, request).await?;
    let refresh = granted.refresh.context("Amazon gave no refresh token").map_err(Halt::Failed)?;
    Ok(Tokens {
        access: granted.access.expose().to_owned(),
        refresh: refresh.expose().to_owned(),
        ends_at: granted.ends_at.timestamp_millis(),
    })
}

/// A registered device, to speak in its name.
pub struct Link<'a> {
    app: &'a App,
    /// Its registration as it was read, tokens renewed.
    pub row: DrsRow,
    tokens: Tokens,
}

impl<'a> Link<'a> {
    /// Opens what is sealed.
    ///
    /// # Errors
    /// It is not registered, or was sealed with another key.
    pub fn open(app: &'a App, row: DrsRow) -> Result<Self, Halt> {
        let secrets = app.config.drs.secrets().context("No client of the older service");
        let (.., key) = secrets.map_err(Halt::Failed)?;
        match Kept::open(key, row.account, &row.sealed) {
            Some(Kept::Tokens(tokens)) if matches!(row.standing, Standing::Linked | Standing::Leaving) => {
                Ok(Self { app, row, tokens })
            }
            _ => Err(Halt::Lost),
        }
    }

    /// Keeps the registration with a change.
    ///
    /// # Errors
    /// Something else changed it first.
    pub async fn keep(&mut self, change: impl FnOnce(&mut DrsRow)) -> Result<(), Halt> {
        let from = self.row.sealed.clone();
        change(&mut self.row);
        let kept = self.app.store.put_drs(self.row.clone(), Some(from)).await?;
        if kept { Ok(()) } else { Err(Halt::Changed) }
    }

    async fn renew(&mut self) -> Result<(), Halt> {
        let refresh = Secret::new(self.tokens.refresh.as_str());
        let granted = granted(self.app, TokenRequest::Refresh { token: &refresh }).await?;
        self.tokens.access = granted.access.expose().to_owned();
        if let Some(refresh) = granted.refresh {
            self.tokens.refresh = refresh.expose().to_owned();
        }
        self.tokens.ends_at = granted.ends_at.timestamp_millis();
        let secrets = self.app.config.drs.secrets().context("No client of the older service");
        let (.., key) = secrets.map_err(Halt::Failed)?;
        let tokens = serde_json::to_vec(&KeptTokens { tokens: &self.tokens }).map_err(anyhow::Error::new);
        let sealed = tokens.and_then(|plain| key.seal(self.row.account, &plain)).map_err(Halt::Failed)?;
        self.keep(|row| row.sealed = sealed).await
    }

    /// Makes a call. A bad token is renewed once; the second time the registration is lost.
    ///
    /// # Errors
    /// [`Halt`]; what Amazon says against the call itself is inside.
    pub async fn ask<T>(
        &mut self,
        request: &Request,
        read: impl Fn(Answered<'_>) -> Result<T, DrsError>,
    ) -> Result<Result<T, DrsError>, Halt> {
        if self.tokens.ends_at <= (self.app.clock.now() + REFRESH_AHEAD).timestamp_millis() {
            self.renew().await?;
        }
        let mut renewed = false;
        loop {
            let url = format!("{}{}", self.app.config.drs.service.trim_end_matches('/'), request.path);
            let http = &self.app.drs.http;
            let mut ask = match request.method {
                Method::Get => http.get(url),
                Method::Post => http.post(url),
                Method::Delete => http.delete(url),
            };
            for (name, value) in request.headers(&Secret::new(self.tokens.access.as_str())) {
                ask = ask.header(name, value);
            }
            if let Some(body) = &request.body {
                let body = serde_json::to_vec(body).map_err(|why| Halt::Failed(why.into()))?;
                ask = ask.header("content-type", "application/json").body(body);
            }
            let answer = reply(ask).await.ok_or(Halt::Later)?;
            let error_type = answer.error_type.as_deref();
            match read(Answered { status: answer.status, error_type, body: &answer.body }) {
                Err(DrsError::Token) if renewed => return Err(Halt::Lost),
                Err(DrsError::Token) => {
                    self.renew().await?;
                    renewed = true;
                }
                Err(DrsError::Again) => return Err(Halt::Later),
                other => return Ok(other),
            }
        }
    }
}

/// [`Kept::Tokens`] without giving the tokens away.
struct KeptTokens<'a> {
    tokens: &'a Tokens,
}

impl Serialize for KeptTokens<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_newtype_variant("Kept", 1, "Tokens", self.tokens)
    }
}
