//! The two ways to enable a skill: from Alexa's side, where the customer signs in at the maker and comes back with a code
//! (protocols 6.1), and from the maker's app through the enablement interface (protocols 6.2).

use super::links::Pending;
use crate::check::{At, Checked, Refusal, refuse};
use crate::clock::secret;
use crate::gateway::bearer;
use crate::lwa::Purpose;
use crate::reply::{self, escaped};
use crate::sandbox::Sandbox;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, Uri};
use serde_json::{Value, json};
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

/// `POST /v1/users/~current/skills/{skillId}/enablement` (protocols 6.2).
pub async fn enablement(
    State(sandbox): State<Sandbox>,
    Path(skill): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let now = sandbox.now();
    let grant = bearer(&headers).and_then(|token| sandbox.state().lwa.bearer(token, now).cloned());
    let error = |status: u16, refusal: &Refusal, customer: Option<String>| {
        let why = refusal.to_string();
        let response = reply::json(status, &json!({"message": why}));
        reply::judged(response, customer, Some(why))
    };
    let Some(grant) = grant else {
        return error(401, &unlinked("Authorization", "is no live access token of Amazon", "6.2"), None);
    };
    let customer = Some(grant.customer.clone());
    if grant.purpose != Purpose::Linking {
        let refusal = unlinked("Authorization", "lacks the scope alexa::skills:account_linking", "6.2");
        return error(403, &refusal, customer);
    }
    if sandbox.state().config.skill(&skill).is_none() {
        return error(404, &unlinked("skillId", "is no skill", "6.2"), customer);
    }
    let json = serde_json::from_slice::<Value>(&body).unwrap_or(Value::Null);
    let (code, redirect_uri, stage) = match request(&json) {
        Ok(read) => read,
        Err(refusal) => return error(400, &refusal, customer),
    };
    match super::link(&sandbox, &skill, &grant.customer, &code, &redirect_uri).await {
        Ok(()) => {
            let answer = json!({
                "skill": {"id": skill, "stage": stage},
                "status": "ENABLED",
                "accountLink": {"status": "LINKED"},
            });
            reply::judged(reply::json(201, &answer), customer, None)
        }
        Err(refusal) => error(400, &refusal, customer),
    }
}

/// The maker's code, the redirect URI it was given to, and the stage.
fn request(json: &Value) -> Checked<(String, String, String)> {
    let at = At::root(json, "");
    if !json.is_object() {
        return refuse("the body", "must be a JSON object", "6.2");
    }
    let stage = at.member("stage", "6.2")?.one_of(&["development", "live"], "6.2")?;
    let link = at.member("accountLinkRequest", "6.2")?;
    link.member("type", "6.2")?.exactly("AUTH_CODE", "6.2")?;
    let code = link.member("authCode", "6.2")?.text("6.2")?;
    let redirect = link.member("redirectUri", "6.2")?.text("6.2")?;
    Ok((code.to_owned(), redirect.to_owned(), stage.to_owned()))
}
