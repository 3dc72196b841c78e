//! Enabling a skill from Alexa's side: the customer signs in at the maker and comes back with a code (protocols 6.1).

use super::links::Pending;
use crate::check::{Checked, Refusal, refuse};
use crate::clock::secret;
use crate::reply::{self, escaped};
use crate::sandbox::Sandbox;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, Uri};
use std::collections::HashMap;
use url::Url;

/// Begins a linking from Alexa's side: the maker's page that the customer has to open.
///
/// # Errors
/// The skill is unknown or has no account linking.
pub fn begin(sandbox: &Sandbox, skill: &str, customer: &str) -> Checked<String> {
    let skill = super::configured(sandbox, skill)?;
    let Some(linking) = skill.account_linking else {
        return refuse("skill", "has no account linking", "6.1");
    };
    let Ok(mut url) = Url::parse(&linking.authorization_url) else {
        return refuse("authorizationUrl", "is no address", "6.1");
    };
    let state = secret::<32>();
    let redirect_uri = format!("{}/api/skill/link/{}", sandbox.base(), skill.vendor_id);
    url.query_pairs_mut()
        .append_pair("client_id", &linking.client_id)
        .append_pair("response_type", "code")
        .append_pair("scope", &linking.scopes.join(" "))
        .append_pair("redirect_uri", &redirect_uri)
        .append_pair("state", &state);
    let pending = Pending { skill: skill.id, customer: customer.to_owned(), redirect_uri };
    sandbox.state().links.wait(state, pending);
    Ok(url.into())
}

/// `GET /api/skill/link/{vendorId}`: the customer comes back from the maker.
pub async fn returned(State(sandbox): State<Sandbox>, uri: Uri) -> Response<Body> {
    let query: HashMap<String, String> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let pending = query.get("state").and_then(|state| sandbox.state().links.back(state));
    let Some(pending) = pending else {
        return failed(400, &unlinked("state", "is none that was sent, or came twice", "6.1"), None);
    };
    let customer = pending.customer.clone();
    let Some(code) = query.get("code") else {
        let why = query.get("error").map_or("is missing", String::as_str);
        return failed(400, &unlinked("code", why, "6.1"), Some(customer));
    };
    match super::link(&sandbox, &pending.skill, &customer, code, &pending.redirect_uri).await {
        Ok(()) => {
            let page = reply::page(200, "Linked", "<p>The skill is enabled, the devices are discovered.</p>");
            reply::judged(page, Some(customer), None)
        }
        Err(refusal) => failed(502, &refusal, Some(customer)),
    }
}

fn unlinked(path: &str, why: &str, section: &'static str) -> Refusal {
    Refusal { path: path.to_owned(), why: why.to_owned(), section }
}

fn failed(status: u16, refusal: &Refusal, customer: Option<String>) -> Response<Body> {
    let why = refusal.to_string();
    let page = reply::page(status, "The skill can't be linked", &format!("<p>{}</p>", escaped(&why)));
    reply::judged(page, customer, Some(why))
}
