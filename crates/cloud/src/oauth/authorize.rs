//! Sign-in and consent. Each step judges the whole request again, so that no step can be left out or fed with another
//! request; whoever needs a second factor gets no further without it; nothing changes without a form that was made for this browser.

use super::rules::{self, Asked, CODE_LIFE, OauthCode, Refusal};
use super::session::Visitor;
use super::{factor, issuer, pages};
use crate::accounts;
use crate::config::Client;
use crate::error::{ApiError, Code};
use crate::extract::{Fields, Peer, Posted};
use crate::secret::{Door, Secret};
use crate::state::{App, Shared};
use crate::store::{Account, CodeRow, Role};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::{Url, form_urlencoded};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(authorize))
        .routes(routes!(sign_in))
        .routes(routes!(sign_out))
        .routes(routes!(consent))
}

/// Judges a request for access as it stands in the address or in a form.
pub(super) fn judged<'a>(app: &'a App, request: &str) -> Result<(&'a Client, Asked), Box<Response>> {
    let fields = Fields::parse(request.as_bytes());
    let twice = |_| Box::new(pages::trouble(StatusCode::BAD_REQUEST, "A parameter comes twice."));
    let fields = fields.map_err(twice)?;
    let client = fields.get("client_id").and_then(|id| app.client(id));
    rules::judge_request(client, &fields).map_err(|refusal| {
        Box::new(match refusal {
            Refusal::Page(why) => pages::trouble(StatusCode::BAD_REQUEST, why),
            Refusal::Back { redirect_uri, state, code, why } => {
                let answer = [("error", code.wire()), ("error_description", why)];
                back(app, &redirect_uri, state.as_deref(), &answer)
            }
        })
    })
}

/// Sends the browser back to the client.
fn back(app: &App, redirect_uri: &str, state: Option<&str>, answer: &[(&str, &str)]) -> Response {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(answer);
    if let Some(state) = state {
        query.append_pair("state", state);
    }
    query.append_pair("iss", &issuer(app));
    let join = if redirect_uri.contains('?') { '&' } else { '?' };
    see_other(&format!("{redirect_uri}{join}{}", query.finish()))
}

pub(super) fn see_other(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
        Err(_) => pages::trouble(StatusCode::BAD_REQUEST, "The address to go back to can't be used."),
    }
}

pub(super) fn with_cookie(app: &App, visitor: &Visitor, mut response: Response) -> Response {
    if let Some(cookie) = visitor.set_cookie(app) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// What a page may send its forms to: us, and from us on to the client.
fn form_to(redirect_uri: &str) -> String {
    let onward = Url::parse(redirect_uri).ok().map(|url| match (url.scheme(), url.host_str(), url.port()) {
        // A policy can't name an IPv6 address.
        ("http" | "https", Some(host), port) if !host.starts_with('[') => {
            let port = port.map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}://{host}{port}", url.scheme())
        }
        (scheme, ..) => format!("{scheme}:"),
    });
    format!("'self' {}", onward.unwrap_or_default())
}

/// Shows sign-in, or what a client asks for.
#[utoipa::path(get, path = "/oauth/authorize", tag = "linking",
    params(("client_id" = String, Query), ("redirect_uri" = String, Query), ("response_type" = String, Query),
           ("scope" = Option<String>, Query), ("state" = Option<String>, Query),
           ("code_challenge" = Option<String>, Query), ("code_challenge_method" = Option<String>, Query)),
    responses((status = 200, description = "A page", content_type = "text/html"),
              (status = 303, description = "Back to the client, refused"),
              (status = 400, description = "A page that says why", content_type = "text/html")))]
async fn authorize(
    State(app): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let request = query.unwrap_or_default();
    let (client, asked) = match judged(&app, &request) {
        Ok(judged) => judged,
        Err(refused) => return Ok(*refused),
    };
    let visitor = Visitor::of(&app, &headers).await?;
    let token = visitor.form_token();
    let shown = match &visitor.account {
        None => pages::sign_in(StatusCode::OK, &app.config.maker, &token, &request, "", None),
        Some(account) if visitor.half() => factor::page(&app, &visitor, account, &request).await?,
        Some(account) if rules::lent(account.role, &asked.scopes).is_empty() => {
            pages::wrong_account(&token, &request, &account.email)
        }
        Some(account) => {
            let onward = form_to(&asked.redirect_uri);
            pages::consent(
                &app.config.maker,
                &token,
                &request,
                &client.name,
                &account.email,
                &rules::lent(account.role, &asked.scopes),
                &onward,
            )
        }
    };
    Ok(with_cookie(&app, &visitor, shown))
}

/// What all forms carry: the browser they were made for, and the request they are about.
pub(super) async fn form<'a>(
    app: &App,
    headers: &HeaderMap,
    fields: &'a Fields,
) -> Result<Result<(Visitor, &'a str), Response>, ApiError> {
    let visitor = Visitor::of(app, headers).await?;
    let request = fields.get("request").unwrap_or_default();
    if visitor.sent(fields.get("form_token")) {
        return Ok(Ok((visitor, request)));
    }
    let why = "This page was open for too long, or cookies are off.";
    Ok(Err(pages::trouble(StatusCode::FORBIDDEN, why)))
}

/// Signs in.
#[utoipa::path(post, path = "/oauth/sign-in", tag = "linking",
    responses((status = 303, description = "On to consent"), (status = 401, description = "The page again"),
              (status = 403, description = "The form is not of this browser"),
              (status = 429, description = "Too many tries")))]
async fn sign_in(
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
    let email = fields.get("email").unwrap_or_default();
    let password = fields.get("password").unwrap_or_default().to_owned();
    let (status, alert) = match accounts::sign_in(&app, email, password, peer).await {
        Ok(Some(account)) => {
            visitor.sign_out(&app).await?;
            let signed_in = Visitor::sign_in(&app, &account, false).await?;
            return Ok(with_cookie(&app, &signed_in, see_other(&format!("/oauth/authorize?{request}"))));
        }
        Ok(None) => {
            (StatusCode::UNAUTHORIZED, "This address and password do not belong together.".to_owned())
        }
        Err(error) if error.code == Code::RateLimited => {
            let wait = error.retry_after.unwrap_or(60);
            (StatusCode::TOO_MANY_REQUESTS, format!("Too many tries. Wait {wait} seconds, then try again."))
        }
        Err(error) => return Err(error),
    };
    Ok(pages::sign_in(status, &app.config.maker, &visitor.form_token(), request, email, Some(&alert)))
}

/// Signs out, to sign in as somebody else.
#[utoipa::path(post, path = "/oauth/sign-out", tag = "linking",
    responses((status = 303, description = "Back to sign-in"),
              (status = 403, description = "The form is not of this browser")))]
async fn sign_out(
    State(app): State<Shared>,
    headers: HeaderMap,
    Posted(fields): Posted,
) -> Result<Response, ApiError> {
    let (visitor, request) = match form(&app, &headers, &fields).await? {
        Ok(form) => form,
        Err(refused) => return Ok(refused),
    };
    visitor.sign_out(&app).await?;
    Ok(match judged(&app, request) {
        Ok(_) => see_other(&format!("/oauth/authorize?{request}")),
        Err(refused) => *refused,
    })
}

/// Allows or refuses what a client asks for.
#[utoipa::path(post, path = "/oauth/consent", tag = "linking",
    responses((status = 303, description = "Back to the client, with a code or a refusal"),
              (status = 403, description = "The form is not of this browser")))]
async fn consent(
    State(app): State<Shared>,
    headers: HeaderMap,
    Posted(fields): Posted,
) -> Result<Response, ApiError> {
    let (visitor, request) = match form(&app, &headers, &fields).await? {
        Ok(form) => form,
        Err(refused) => return Ok(refused),
    };
    let (client, asked) = match judged(&app, request) {
        Ok(judged) => judged,
        Err(refused) => return Ok(*refused),
    };
    let Some(account) = visitor.account.as_ref().filter(|_| !visitor.half()) else {
        return Ok(see_other(&format!("/oauth/authorize?{request}")));
    };
    let lent = rules::lent(account.role, &asked.scopes);
    let state = asked.state.as_deref();
    if fields.get("decision") != Some("allow") || lent.is_empty() {
        let answer = [("error", OauthCode::AccessDenied.wire())];
        return Ok(back(&app, &asked.redirect_uri, state, &answer));
    }
    let code = new_code(&app, client, account, &asked, &lent).await?;
    Ok(back(&app, &asked.redirect_uri, state, &[("code", code.expose())]))
}

async fn new_code(
    app: &App,
    client: &Client,
    account: &Account,
    asked: &Asked,
    lent: &[Role],
) -> Result<Secret, ApiError> {
    let code = Secret::new(Door::Code, account.id).map_err(ApiError::internal)?;
    let row = CodeRow {
        account: account.id,
        hash: code.hash(),
        client: client.id.clone(),
        redirect_uri: asked.redirect_uri.clone(),
        challenge: asked.challenge.clone(),
        scope: rules::scope_text(lent),
        expires_at: app.clock.now_ms() + CODE_LIFE,
        used_for: None,
    };
    app.store.put_code(row).await?;
    Ok(code)
}
