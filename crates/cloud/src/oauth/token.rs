//! Tokens for codes and for refresh tokens, and their end. Errors are those of RFC 6749 5.2, because that is what Alexa and
//! OAuth libraries read.

use super::rules::{self, ACCESS_LIFE, OauthCode, REFRESH_LIFE, Refresh};
use crate::config::{Client, ClientKind};
use crate::error::ApiError;
use crate::extract::{Fields, Peer, Posted};
use crate::ids::{AccountId, GrantId};
use crate::limit::neighbourhood;
use crate::secret::{Door, Secret, random};
use crate::state::{App, Shared};
use crate::store::{Followed, KeptToken, Pair, Redeem, Rotate};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use url::form_urlencoded;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(token)).routes(routes!(revoke))
}

/// Tokens, as RFC 6749 5.1 and Alexa (protocols 6.1) want them.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tokens {
    access_token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
    refresh_token: String,
    scope: String,
}

/// What is sent for tokens.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form, which is read field by field")]
pub struct TokenForm {
    /// `authorization_code` or `refresh_token`.
    grant_type: String,
    /// The code.
    code: Option<String>,
    /// The address of the request, unchanged.
    redirect_uri: Option<String>,
    /// The PKCE verifier.
    code_verifier: Option<String>,
    /// The refresh token.
    refresh_token: Option<String>,
    /// Unless sent by HTTP Basic.
    client_id: Option<String>,
    /// Alexa's, unless sent by HTTP Basic.
    client_secret: Option<String>,
}

/// What is sent to end a token.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form, which is read field by field")]
pub struct RevokeForm {
    /// An access or refresh token.
    token: String,
    /// Unless sent by HTTP Basic.
    client_id: Option<String>,
    /// Alexa's, unless sent by HTTP Basic.
    client_secret: Option<String>,
}

/// A refusal of RFC 6749 5.2.
#[derive(Debug, Serialize, ToSchema)]
pub struct OauthProblem {
    error: &'static str,
    error_description: String,
}

/// Why no token is given.
enum No {
    Oauth(OauthCode, &'static str),
    Other(ApiError),
}

impl From<ApiError> for No {
    fn from(error: ApiError) -> Self {
        No::Other(error)
    }
}

impl From<crate::store::StoreError> for No {
    fn from(error: crate::store::StoreError) -> Self {
        No::Other(error.into())
    }
}

impl From<anyhow::Error> for No {
    fn from(cause: anyhow::Error) -> Self {
        No::Other(ApiError::internal(cause))
    }
}

fn refused(code: OauthCode, why: &'static str) -> Response {
    let status = match code {
        OauthCode::InvalidClient => StatusCode::UNAUTHORIZED,
        _ => StatusCode::BAD_REQUEST,
    };
    let problem = OauthProblem { error: code.wire(), error_description: why.to_owned() };
    let mut response = (status, axum::Json(problem)).into_response();
    if code == OauthCode::InvalidClient {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"));
    }
    response
}

/// Lets only so many wrong secrets, codes and tokens come from one place.
fn answer(app: &App, peer: std::net::IpAddr, no: No) -> Response {
    match no {
        No::Other(error) => error.into_response(),
        No::Oauth(code, why) => {
            app.metrics.refused();
            let guess = matches!(code, OauthCode::InvalidClient | OauthCode::InvalidGrant);
            let taken = app.limits.token_peer.take(neighbourhood(peer), u32::from(guess), app.clock.now_ms());
            match taken {
                Ok(()) => refused(code, why),
                Err(wait) => ApiError::rate_limited(wait).into_response(),
            }
        }
    }
}

fn unescaped(text: &str) -> String {
    form_urlencoded::parse(format!("x={text}").as_bytes()).map(|(_, value)| value.into_owned()).collect()
}

/// Which client asks: by HTTP Basic or in the body, never both (RFC 6749 2.3).
fn client<'a>(app: &'a App, headers: &HeaderMap, fields: &Fields) -> Result<&'a Client, No> {
    let bad = || No::Oauth(OauthCode::InvalidClient, "unknown client, or not its secret");
    let basic = match headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or("")) {
        None => None,
        Some(text) => {
            let (scheme, rest) = text.split_once(' ').ok_or_else(bad)?;
            let decoded = STANDARD.decode(rest.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let decoded = decoded.filter(|_| scheme.eq_ignore_ascii_case("basic")).ok_or_else(bad)?;
            let (id, secret) = decoded.split_once(':').ok_or_else(bad)?;
            Some((unescaped(id), unescaped(secret)))
        }
    };
    if basic.is_some() && fields.get("client_secret").is_some() {
        return Err(No::Oauth(OauthCode::InvalidRequest, "credentials come twice"));
    }
    let (id, secret) = match basic {
        Some((id, secret)) => (id, Some(secret)),
        None => (
            fields.get("client_id").ok_or_else(bad)?.to_owned(),
            fields.get("client_secret").map(str::to_owned),
        ),
    };
    if fields.get("client_id").is_some_and(|other| other != id) {
        return Err(No::Oauth(OauthCode::InvalidRequest, "two clients are named"));
    }
    let client = app.client(&id).ok_or_else(bad)?;
    let proved = match (client.kind, secret) {
        (ClientKind::Alexa, Some(secret)) => client.secret_is(&secret),
        (ClientKind::Native, None) => true,
        (ClientKind::Alexa, None) | (ClientKind::Native, Some(_)) => false,
    };
    if proved { Ok(client) } else { Err(bad()) }
}

/// Gives tokens for a code or a refresh token.
#[utoipa::path(post, path = "/oauth/token", tag = "linking",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = Tokens), (status = 400, body = OauthProblem), (status = 401, body = OauthProblem)))]
async fn token(
    State(app): State<Shared>,
    Peer(peer): Peer,
    headers: HeaderMap,
    Posted(fields): Posted,
) -> Response {
    if let Err(wait) = app.limits.token_peer.look(&neighbourhood(peer), app.clock.now_ms()) {
        return ApiError::rate_limited(wait).into_response();
    }
    let given = match client(&app, &headers, &fields) {
        Err(no) => Err(no),
        Ok(client) => match fields.get("grant_type") {
            Some("authorization_code") => by_code(&app, client, &fields).await,
            Some("refresh_token") => by_refresh(&app, client, &fields).await,
            Some(_) => {
                Err(No::Oauth(OauthCode::UnsupportedGrantType, "use authorization_code or refresh_token"))
            }
            None => Err(No::Oauth(OauthCode::InvalidRequest, "grant_type is missing")),
        },
    };
    match given {
        Ok(tokens) => ([(header::PRAGMA, "no-cache")], axum::Json(tokens)).into_response(),
        Err(no) => answer(&app, peer, no),
    }
}

fn kept(access: &Secret, refresh: &Secret, now: i64) -> Pair {
    Pair {
        access: KeptToken { hash: access.hash(), expires_at: now + ACCESS_LIFE },
        refresh: KeptToken { hash: refresh.hash(), expires_at: now + REFRESH_LIFE },
    }
}

async fn by_code(app: &App, client: &Client, fields: &Fields) -> Result<Tokens, No> {
    let bad = |why| No::Oauth(OauthCode::InvalidGrant, why);
    let shown = fields.get("code").ok_or(No::Oauth(OauthCode::InvalidRequest, "code is missing"))?;
    let (secret, account) = Secret::parse(Door::Code, shown).ok_or(bad("unknown code"))?;
    let code = app.store.code(account, secret.hash()).await?.ok_or(bad("unknown code"))?;
    let now = app.clock.now_ms();
    rules::judge_code(&code, client, fields.get("redirect_uri"), fields.get("code_verifier"), now)
        .map_err(bad)?;
    let (access, refresh) = (Secret::new(Door::Access, account)?, Secret::new(Door::Refresh, account)?);
    let grant = GrantId(app.clock.new_id());
    let redeem = Redeem { account, code: secret.hash(), grant, pair: kept(&access, &refresh, now), now };
    if !app.store.redeem_code(redeem).await? {
        app.access.forget(account);
        return Err(bad("the code was used before; what it gave is revoked"));
    }
    Ok(tokens(&access, &refresh, ACCESS_LIFE, code.scope))
}

fn tokens(access: &Secret, refresh: &Secret, left: i64, scope: String) -> Tokens {
    Tokens {
        access_token: access.expose().to_owned(),
        token_type: "bearer",
        expires_in: left / 1000,
        refresh_token: refresh.expose().to_owned(),
        scope,
    }
}

async fn by_refresh(app: &App, client: &Client, fields: &Fields) -> Result<Tokens, No> {
    let bad = |why| No::Oauth(OauthCode::InvalidGrant, why);
    let shown = fields
        .get("refresh_token")
        .ok_or(No::Oauth(OauthCode::InvalidRequest, "refresh_token is missing"))?;
    let (secret, account) = Secret::parse(Door::Refresh, shown).ok_or(bad("unknown token"))?;
    // Who loses a race against an equal request finds what the other did, and answers the same.
    for _ in 0..2 {
        let row = app.store.token(account, secret.hash()).await?.ok_or(bad("unknown token"))?;
        let granted: Vec<&str> = row.grant.scope.split(' ').collect();
        if fields.get("scope").is_some_and(|scope| scope.split(' ').any(|word| !granted.contains(&word))) {
            return Err(No::Oauth(OauthCode::InvalidScope, "more than was granted"));
        }
        let now = app.clock.now_ms();
        match rules::judge_refresh(&row, client, now) {
            Refresh::Nothing(why) => return Err(bad(why)),
            Refresh::Replayed => {
                end(app, account, row.grant.id).await?;
                return Err(bad("the token was used before; its grant is revoked"));
            }
            Refresh::Again(Followed { salt, at, .. }) => {
                let (access, refresh) = followers(account, &secret, &salt);
                let left = (at + ACCESS_LIFE - now).clamp(1000, ACCESS_LIFE);
                return Ok(tokens(&access, &refresh, left, row.grant.scope));
            }
            Refresh::Follow => {
                let salt = random::<16>()?;
                let (access, refresh) = followers(account, &secret, &salt);
                let pair = kept(&access, &refresh, now);
                if app.store.rotate(Rotate { account, from: secret.hash(), salt, pair, now }).await? {
                    return Ok(tokens(&access, &refresh, ACCESS_LIFE, row.grant.scope));
                }
            }
        }
    }
    Err(bad("the token was revoked"))
}

fn followers(account: AccountId, from: &Secret, salt: &[u8; 16]) -> (Secret, Secret) {
    let of = |door| Secret::derived(door, account, from, salt);
    (of(Door::Access), of(Door::Refresh))
}

async fn end(app: &App, account: AccountId, grant: GrantId) -> Result<(), No> {
    app.store.revoke_grant(account, grant, app.clock.now_ms()).await?;
    app.access.forget(account);
    Ok(())
}

/// Ends a token's whole grant (RFC 7009). What is unknown is ended already.
#[utoipa::path(post, path = "/oauth/revoke", tag = "linking",
    request_body(content = RevokeForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "It opens nothing (any more)"), (status = 401, body = OauthProblem)))]
async fn revoke(
    State(app): State<Shared>,
    Peer(peer): Peer,
    headers: HeaderMap,
    Posted(fields): Posted,
) -> Response {
    match ended(&app, &headers, &fields).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(no) => answer(&app, peer, no),
    }
}

async fn ended(app: &App, headers: &HeaderMap, fields: &Fields) -> Result<(), No> {
    let client = client(app, headers, fields)?;
    let shown = fields.get("token").ok_or(No::Oauth(OauthCode::InvalidRequest, "token is missing"))?;
    let known = Secret::parse(Door::Refresh, shown).or_else(|| Secret::parse(Door::Access, shown));
    let Some((secret, account)) = known else { return Ok(()) };
    match app.store.token(account, secret.hash()).await? {
        Some(row) if row.grant.client == client.id => end(app, account, row.grant.id).await,
        Some(_) | None => Ok(()),
    }
}
