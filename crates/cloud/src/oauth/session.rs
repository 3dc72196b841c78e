//! The browser's session: one cookie with a random value, of which only the hash is kept, changed at sign-in so that
//! nobody can fix it beforehand. Forms carry a token made of it, so that no other page can send them. Kept here rather
//! than by `tower-sessions`, which asks the system's clock and knows nothing of accounts.

use crate::error::ApiError;
use crate::second_factor::needed;
use crate::secret::{Door, Secret, mac, random, same, text};
use crate::state::App;
use crate::store::{Account, NewSession};
use axum::http::{HeaderMap, HeaderValue, header};

/// A sign-in is remembered so long, ms.
const LIFE: i64 = 12 * 3_600_000;

/// A password that waits for its second factor is remembered so long, ms.
const HALF_LIFE: i64 = 10 * 60_000;

/// Longest cookie that is looked at.
const COOKIE_MAX: usize = 256;

/// A browser.
pub struct Visitor {
    cookie: String,
    fresh: bool,
    /// Who signed in with it.
    pub account: Option<Account>,
    /// The second factor was shown too.
    proved: bool,
}

fn name(app: &App) -> &'static str {
    // The prefix makes browsers refuse it from another host or without TLS.
    if app.public.scheme() == "https" { "__Host-refill_session" } else { "refill_session" }
}

impl Visitor {
    /// Reads the cookie that came, or makes one.
    ///
    /// # Errors
    /// The store's.
    pub async fn of(app: &App, headers: &HeaderMap) -> Result<Self, ApiError> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let known = pairs.find(|(key, value)| *key == name(app) && value.len() <= COOKIE_MAX);
        let Some((_, cookie)) = known.filter(|(_, value)| value.len() >= 43) else {
            let cookie = text(&random::<32>().map_err(ApiError::internal)?);
            return Ok(Self { cookie, fresh: true, account: None, proved: false });
        };
        let session = match Secret::parse(Door::Session, cookie) {
            Some((secret, account)) => app.store.session(account, secret.hash(), app.clock.now_ms()).await?,
            None => None,
        };
        let proved = session.as_ref().is_some_and(|session| session.proved);
        let account = session.map(|session| session.account);
        Ok(Self { cookie: cookie.to_owned(), fresh: false, account, proved })
    }

    /// Whether the second factor of who signed in is still to be shown.
    pub fn half(&self) -> bool {
        self.account.as_ref().is_some_and(|account| needed(account.role)) && !self.proved
    }

    /// The token that a form of this browser carries.
    pub fn form_token(&self) -> String {
        text(&mac(self.cookie.as_bytes(), b"form"))
    }

    /// Whether a form was made for this browser.
    pub fn sent(&self, token: Option<&str>) -> bool {
        !self.fresh && token.is_some_and(|token| same(token.as_bytes(), self.form_token().as_bytes()))
    }

    /// Signs in, under a new cookie; `proved` says that the second factor was shown too.
    ///
    /// # Errors
    /// The store's.
    pub async fn sign_in(app: &App, account: &Account, proved: bool) -> Result<Self, ApiError> {
        let secret = Secret::new(Door::Session, account.id).map_err(ApiError::internal)?;
        let life = if proved || !needed(account.role) { LIFE } else { HALF_LIFE };
        let expires_at = app.clock.now_ms() + life;
        let new = NewSession { hash: secret.hash(), expires_at, proved };
        app.store.put_session(account.id, new).await?;
        Ok(Self { cookie: secret.expose().to_owned(), fresh: true, account: None, proved })
    }

    /// Signs out.
    ///
    /// # Errors
    /// The store's.
    pub async fn sign_out(&self, app: &App) -> Result<(), ApiError> {
        if let Some((secret, account)) = Secret::parse(Door::Session, &self.cookie) {
            app.store.end_session(account, secret.hash()).await?;
        }
        Ok(())
    }

    /// The header that gives the browser its cookie, if it is new.
    pub fn set_cookie(&self, app: &App) -> Option<HeaderValue> {
        let secure = if app.public.scheme() == "https" { "; Secure" } else { "" };
        let text = format!("{}={}; Path=/; HttpOnly; SameSite=Lax{secure}", name(app), self.cookie);
        HeaderValue::from_str(&text).ok().filter(|_| self.fresh)
    }
}
