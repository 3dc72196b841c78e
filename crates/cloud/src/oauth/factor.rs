//! The second step of signing in, for the maker's people: setting up a second factor on the first time, and a code of it
//! ever after. The secret is on one page, once; whoever loads that page again gets another. Guessing is slowed for the
//! account and for the caller, and a code that was used is used up.

use super::authorize::{form, judged, see_other, with_cookie};
use super::pages::{self, FactorPage};
use super::session::Visitor;
use crate::audit::{Action, NewAudit};
use crate::error::ApiError;
use crate::extract::{Peer, Posted};
use crate::limit::neighbourhood;
use crate::second_factor::{set_up, step_of};
use crate::state::{App, Shared};
use crate::store::Account;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use std::net::IpAddr;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(prove))
}

fn unsealed() -> Response {
    let why = "This service can't keep a second factor yet. Its operator has to set a sealing key.";
    pages::trouble(StatusCode::SERVICE_UNAVAILABLE, why)
}

/// The page that comes after the password: asks for a code, or sets up what makes them.
///
/// # Errors
/// The store's, or the system has no randomness.
pub async fn page(
    app: &App,
    visitor: &Visitor,
    account: &Account,
    request: &str,
) -> Result<Response, ApiError> {
    let Some(key) = app.config.seal_key() else { return Ok(unsealed()) };
    let token = visitor.form_token();
    let maker = &app.config.maker;
    let known = app.store.factor(account.id).await?.is_some_and(|row| row.confirmed);
    if !known {
        let new = set_up(key, account.id, maker, &account.email).map_err(ApiError::internal)?;
        if app.store.put_factor(account.id, new.sealed.clone()).await? {
            let shown = FactorPage::SetUp(&new);
            return Ok(pages::second_factor(StatusCode::OK, maker, &token, request, &shown, None));
        }
        // Set up in another window meanwhile.
    }
    Ok(pages::second_factor(StatusCode::OK, maker, &token, request, &FactorPage::Code, None))
}

/// What a try came to.
enum Try {
    Proved,
    Wrong,
    Later(u64),
}

async fn tried(app: &App, account: &Account, code: &str, peer: IpAddr) -> Result<Option<Try>, ApiError> {
    let Some(key) = app.config.seal_key() else { return Ok(None) };
    let (now, network) = (app.clock.now_ms(), neighbourhood(peer));
    let taken = app.limits.sign_in_peer.take(network, 1, now);
    if let Err(wait) = taken.and_then(|()| app.limits.factor.take(account.id, 1, now)) {
        return Ok(Some(Try::Later(wait)));
    }
    let Some(row) = app.store.factor(account.id).await? else { return Ok(Some(Try::Wrong)) };
    let step = step_of(key, account.id, &row.sealed, code, now).map_err(ApiError::internal)?;
    let first = NewAudit {
        at: now,
        actor: account.id,
        actor_name: account.name.clone(),
        role: account.role,
        customer: None,
        action: Action::SetFactor,
        about: None,
        case: None,
        reason: None,
        peer: network.to_string(),
    };
    let used = match step {
        Some(step) => app.store.use_factor(account.id, row.sealed, step, first).await?,
        None => false,
    };
    if !used {
        app.metrics.refused();
    }
    Ok(Some(if used { Try::Proved } else { Try::Wrong }))
}

/// Shows a code of the second factor.
#[utoipa::path(post, path = "/oauth/second-factor", tag = "linking",
    responses((status = 303, description = "On to consent, or back to sign-in"),
              (status = 401, description = "The page again"),
              (status = 403, description = "The form is not of this browser"),
              (status = 429, description = "Too many tries"),
              (status = 503, description = "No second factor can be kept here")))]
async fn prove(
    State(app): State<Shared>,
    Peer(peer): Peer,
    headers: HeaderMap,
    Posted(fields): Posted,
) -> Result<Response, ApiError> {
    let (visitor, request) = match form(&app, &headers, &fields).await? {
        Ok(form) => form,
        Err(refused) => return Ok(refused),
    };
    if let Err(refused) = judged(&app, request) {
        return Ok(*refused);
    }
    let on = format!("/oauth/authorize?{request}");
    let Some(account) = visitor.account.as_ref().filter(|_| visitor.half()) else {
        return Ok(see_other(&on));
    };
    let (status, alert) = match tried(&app, account, fields.get("code").unwrap_or_default(), peer).await? {
        None => return Ok(unsealed()),
        Some(Try::Proved) => {
            visitor.sign_out(&app).await?;
            let signed_in = Visitor::sign_in(&app, account, true).await?;
            return Ok(with_cookie(&app, &signed_in, see_other(&on)));
        }
        Some(Try::Wrong) => {
            let why = "This code is not right, or was used already. Wait for the next one.";
            (StatusCode::UNAUTHORIZED, why.to_owned())
        }
        Some(Try::Later(wait)) => {
            (StatusCode::TOO_MANY_REQUESTS, format!("Too many tries. Wait {wait} seconds, then try again."))
        }
    };
    let known = app.store.factor(account.id).await?.is_some_and(|row| row.confirmed);
    let shown = if known { FactorPage::Code } else { FactorPage::First };
    let (maker, token) = (&app.config.maker, visitor.form_token());
    Ok(pages::second_factor(status, maker, &token, request, &shown, Some(&alert)))
}
