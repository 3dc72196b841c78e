//! The pages customers see while linking: plain HTML that works on a phone and without scripts, with no pop-ups
//! (protocols 6.1). Everything that comes from outside is escaped by the template; nothing may be loaded from anywhere.

use crate::second_factor::Setup;
use crate::store::Role;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:26rem;margin:2rem auto;padding:0 1rem;\
color:#1b1d1f;background:#fcfcfb}label{display:block;margin:1rem 0 .25rem}input{font:inherit;width:100%;\
box-sizing:border-box;padding:.6rem;border:1px solid #6b7280;border-radius:.4rem}button{font:inherit;padding:.7rem 1.2rem;\
margin:1.2rem .6rem 0 0;border:1px solid #1c2024;border-radius:.4rem;background:#fff;color:#1c2024}\
button.first{background:#0f5f78;border-color:#0f5f78;color:#fff}.alert{border-left:4px solid #a5301a;padding-left:.8rem}\
@media(prefers-color-scheme:dark){body{background:#1c1d1f;color:#ebecee}button{background:#1c1d1f;color:#ebecee;\
border-color:#ebecee}button.first{background:#79c4d9;border-color:#79c4d9;color:#06222b}.alert{border-color:#ff9c84}\
input{background:#262729;color:inherit}}";

/// A page with the given `form-action` sources: browsers hold a form's redirect against them too.
fn page(status: StatusCode, title: &str, form_to: &str, body: &Markup) -> Response {
    let style_hash = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        crate::secret::digest(STYLE.as_bytes()),
    );
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (maud::PreEscaped(STYLE)) }
            }
            body { main { h1 { (title) } (body) } }
        }
    };
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style_hash}'; form-action {form_to}; frame-ancestors 'none'; base-uri 'none'"
    );
    let mut response = (status, Html(markup.into_string())).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Tells a person what is wrong, and sends them nowhere.
pub fn trouble(status: StatusCode, why: &str) -> Response {
    let body =
        html! { p { (why) } p { "Close this page and start again from the program or app you came from." } };
    page(status, "This did not work", "'none'", &body)
}

/// Tells a person how something went, and leads back to the app.
pub fn outcome(status: StatusCode, title: &str, text: &Markup) -> Response {
    let body = html! { (text) p { a href="refill://account" { "Back to Refill" } } };
    page(status, title, "'none'", &body)
}

/// Asks for address and password.
pub fn sign_in(
    status: StatusCode,
    maker: &str,
    form_token: &str,
    request: &str,
    email: &str,
    alert: Option<&str>,
) -> Response {
    let body = html! {
        @if let Some(alert) = alert { p.alert role="alert" { (alert) } }
        form method="post" action="/oauth/sign-in" {
            input type="hidden" name="form_token" value=(form_token);
            input type="hidden" name="request" value=(request);
            label for="email" { "E-mail address" }
            input #email type="email" name="email" value=(email) autocomplete="username" required;
            label for="password" { "Password" }
            input #password type="password" name="password" autocomplete="current-password" required;
            button.first type="submit" { "Sign in" }
        }
    };
    page(status, &format!("Sign in at {maker}"), "'self'", &body)
}

/// What the page of the second factor shows.
pub enum FactorPage<'a> {
    /// A new one, to be set up.
    SetUp(&'a Setup),
    /// That a first code is wanted, of one that was shown before.
    First,
    /// That a code is wanted.
    Code,
}

/// Asks for a code of the second factor, or has one set up.
pub fn second_factor(
    status: StatusCode,
    maker: &str,
    form_token: &str,
    request: &str,
    shown: &FactorPage<'_>,
    alert: Option<&str>,
) -> Response {
    let body = html! {
        @if let Some(alert) = alert { p.alert role="alert" { (alert) } }
        @match shown {
            FactorPage::SetUp(new) => {
                p { "Whoever helps customers signs in with a code as well. Scan this with an authenticator app, or type the key into one. It is shown this once." }
                p { (maud::PreEscaped(&new.picture)) }
                p { "Key: " code { (new.text) } }
                p { a href=(new.url) { "Open in an authenticator app on this device" } }
            }
            FactorPage::First => {
                p { "Enter the code that your authenticator app shows for the key you just added. To begin again with a new key, " a href=(format!("/oauth/authorize?{request}")) { "start over" } "." }
            }
            FactorPage::Code => {
                p { "Enter the code that your authenticator app shows. If you lost it, an administrator can reset it." }
            }
        }
        form method="post" action="/oauth/second-factor" {
            input type="hidden" name="form_token" value=(form_token);
            input type="hidden" name="request" value=(request);
            label for="code" { "Code of six digits" }
            input #code type="text" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="12" required;
            button.first type="submit" { "Continue" }
        }
        form method="post" action="/oauth/sign-out" {
            input type="hidden" name="form_token" value=(form_token);
            input type="hidden" name="request" value=(request);
            button type="submit" { "Use another account" }
        }
    };
    let title = match shown {
        FactorPage::SetUp(_) | FactorPage::First => format!("Set up your second factor at {maker}"),
        FactorPage::Code => format!("Your second factor at {maker}"),
    };
    page(status, &title, "'self'", &body)
}

/// Asks whether a client may do what it wants.
pub fn consent(
    maker: &str,
    form_token: &str,
    request: &str,
    client: &str,
    email: &str,
    scopes: &[Role],
    form_to: &str,
) -> Response {
    let words = |scope: &Role| match scope {
        Role::Customer => "See your devices and what they use, add to your records, and manage your orders",
        Role::Staff => "Help customers in your name",
        Role::Administrator => "Set up the service in your name",
    };
    let body = html! {
        p { strong { (client) } " wants to use your account " strong { (email) } " at " (maker) " to:" }
        ul { @for scope in scopes { li { (words(scope)) } } }
        p { "You can end this at any time in the app." }
        form method="post" action="/oauth/consent" {
            input type="hidden" name="form_token" value=(form_token);
            input type="hidden" name="request" value=(request);
            button.first type="submit" name="decision" value="allow" { "Allow" }
            button type="submit" name="decision" value="deny" { "Don't allow" }
        }
        form method="post" action="/oauth/sign-out" {
            input type="hidden" name="form_token" value=(form_token);
            input type="hidden" name="request" value=(request);
            button type="submit" { "Use another account" }
        }
    };
    page(StatusCode::OK, "Link your account", form_to, &body)
}

/// Says that an account is of the wrong kind for what is asked.
pub fn wrong_account(form_token: &str, request: &str, email: &str) -> Response {
    let body = html! {
        p { "The account " strong { (email) } " can't be used for this." }
        form method="post" action="/oauth/sign-out" {
            input type="hidden" name="form_token" value=(form_token);
            input type="hidden" name="request" value=(request);
            button.first type="submit" { "Use another account" }
        }
    };
    page(StatusCode::FORBIDDEN, "Use another account", "'self'", &body)
}
