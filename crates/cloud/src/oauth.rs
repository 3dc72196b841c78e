//! The authorization server for Alexa and for native apps (RFC 6749, 7009, 7636, 8252, 8414, 9700; protocols 6.1 and
//! 6.4). What is decided is decided in `rules`, which touches nothing; the rest carries its decisions out.

mod authorize;
mod factor;
pub mod pages;
pub mod rules;
mod session;
mod token;

use crate::access::Customer;
use crate::config::ClientKind;
use crate::error::{ApiError, Problem};
use crate::extract::Part;
use crate::ids::{AccountId, GrantId};
use crate::state::{App, Shared};
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .merge(authorize::routes())
        .merge(factor::routes())
        .merge(token::routes())
        .routes(routes!(metadata))
        .routes(routes!(links))
        .routes(routes!(unlink))
}

/// What the server can do (RFC 8414).
#[derive(Debug, Serialize, ToSchema)]
pub struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    revocation_endpoint: String,
    scopes_supported: [&'static str; 3],
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    grant_types_supported: [&'static str; 2],
    token_endpoint_auth_methods_supported: [&'static str; 3],
    revocation_endpoint_auth_methods_supported: [&'static str; 3],
    code_challenge_methods_supported: [&'static str; 1],
    authorization_response_iss_parameter_supported: bool,
}

/// The issuer's name: the public address without its last slash.
pub fn issuer(app: &App) -> String {
    app.public.as_str().trim_end_matches('/').to_owned()
}

/// What the authorization server can do.
#[utoipa::path(get, path = "/.well-known/oauth-authorization-server", tag = "linking",
    responses((status = 200, body = Metadata)))]
async fn metadata(State(app): State<Shared>) -> axum::Json<Metadata> {
    let issuer = issuer(&app);
    let methods = ["client_secret_basic", "client_secret_post", "none"];
    axum::Json(Metadata {
        authorization_endpoint: format!("{issuer}/oauth/authorize"),
        token_endpoint: format!("{issuer}/oauth/token"),
        revocation_endpoint: format!("{issuer}/oauth/revoke"),
        issuer,
        scopes_supported: ["customer", "staff", "administrator"],
        response_types_supported: ["code"],
        response_modes_supported: ["query"],
        grant_types_supported: ["authorization_code", "refresh_token"],
        token_endpoint_auth_methods_supported: methods,
        revocation_endpoint_auth_methods_supported: methods,
        code_challenge_methods_supported: ["S256"],
        authorization_response_iss_parameter_supported: true,
    })
}

/// A client that may act for the customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Link {
    /// Its id, to end it.
    pub id: GrantId,
    /// The client.
    pub client: String,
    /// What the client is; absent where it is no longer in the settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<ClientKind>,
    /// What it may do.
    pub scope: String,
    /// Since when, ms since 1970 UTC.
    pub since: i64,
}

/// Who may act for the customer.
#[utoipa::path(get, path = "/v1/links", tag = "linking",
    responses((status = 200, body = [Link]), (status = 401, body = Problem)))]
async fn links(State(app): State<Shared>, Customer(by): Customer) -> Result<axum::Json<Vec<Link>>, ApiError> {
    Ok(axum::Json(links_of(&app, by.account).await?))
}

/// Who may act for an account.
///
/// # Errors
/// The store's.
pub async fn links_of(app: &App, account: AccountId) -> Result<Vec<Link>, ApiError> {
    let grants = app.store.grants(account).await?.into_iter();
    let link = |of: crate::store::GrantRow| Link {
        id: of.id,
        kind: app.client(&of.client).map(|client| client.kind),
        client: of.client,
        scope: of.scope,
        since: of.created_at,
    };
    Ok(grants.map(link).collect())
}

/// Ends a link; its tokens open nothing from then on.
#[utoipa::path(delete, path = "/v1/links/{link}", tag = "linking", params(("link" = uuid::Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn unlink(
    State(app): State<Shared>,
    Customer(by): Customer,
    Part(link): Part<uuid::Uuid>,
) -> Result<StatusCode, ApiError> {
    let ended = app.store.revoke_grant(by.account, GrantId(link), app.clock.now_ms()).await?;
    app.access.forget(by.account);
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::not_found()) }
}
