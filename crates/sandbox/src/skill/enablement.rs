//! The enablement interface (protocols 6.2, with Amazon's Skill Enablement REST API Reference, which it is from): a maker's
//! server asks where a customer's account is registered, enables the skill there with its own code, asks how it stands,
//! and turns it off. Only a live token of the customer with the scope for it opens anything.

use crate::check::{At, Checked, Refusal, refuse};
use crate::config::Region;
use crate::gateway::bearer;
use crate::lwa::{Grant, Purpose};
use crate::reply;
use crate::sandbox::Sandbox;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Response};
use serde_json::{Value, json};

/// A refusal with its status.
struct Denied(u16, Refusal, Option<String>);

fn because(path: &str, why: &str) -> Refusal {
    Refusal { path: path.to_owned(), why: why.to_owned(), section: "6.2" }
}

fn denied(Denied(status, refusal, customer): Denied) -> Response<Body> {
    let why = refusal.to_string();
    reply::judged(reply::json(status, &json!({"message": why})), customer, Some(why))
}

/// Who asks: a live token of Amazon's.
fn asks(sandbox: &Sandbox, headers: &HeaderMap) -> Result<Grant, Denied> {
    let now = sandbox.now();
    let grant = bearer(headers).and_then(|token| sandbox.state().lwa.bearer(token, now).cloned());
    grant.ok_or_else(|| Denied(401, because("Authorization", "is no live access token of Amazon"), None))
}

/// Who asks about a skill in a region, and may.
fn permitted(sandbox: &Sandbox, headers: &HeaderMap, region: Region, skill: &str) -> Result<String, Denied> {
    let Grant { customer, purpose, .. } = asks(sandbox, headers)?;
    let state = sandbox.state();
    let no = |status, path: &str, why: &str| Denied(status, because(path, why), Some(customer.clone()));
    if purpose != Purpose::Linking {
        return Err(no(403, "Authorization", "lacks the scope alexa::skills:account_linking"));
    }
    if state.config.region_of(&customer) != region {
        return Err(no(404, "Host", "is not of the region of the customer: ask /v1/alexaApiEndpoint"));
    }
    if state.config.skill(skill).is_none() {
        return Err(no(404, "skillId", "is no skill"));
    }
    drop(state);
    Ok(customer)
}

/// `GET /v1/alexaApiEndpoint`: the host of the region that the customer's account is registered in.
pub fn endpoint(sandbox: &Sandbox, headers: &HeaderMap) -> Response<Body> {
    let grant = match asks(sandbox, headers) {
        Ok(grant) => grant,
        Err(no) => return denied(no),
    };
    let region = match sandbox.state().config.region_of(&grant.customer) {
        Region::Na => "na",
        Region::Eu => "eu",
        Region::Fe => "fe",
    };
    let base = sandbox.base();
    let host = base.split_once("://").map_or(base, |(_, host)| host);
    let answer = reply::json(200, &json!({"endpoints": [format!("{host}/{region}")]}));
    reply::judged(answer, Some(grant.customer), None)
}

/// `POST /v1/users/~current/skills/{skillId}/enablement`: enables the skill and links the account with the maker's code.
pub async fn enable(
    sandbox: &Sandbox,
    region: Region,
    skill: &str,
    headers: &HeaderMap,
    body: &Bytes,
) -> Response<Body> {
    let customer = match permitted(sandbox, headers, region, skill) {
        Ok(customer) => customer,
        Err(no) => return denied(no),
    };
    let json = serde_json::from_slice::<Value>(body).unwrap_or(Value::Null);
    let known = Some(customer.clone());
    let (code, redirect_uri, stage) = match request(&json) {
        Ok(read) => read,
        Err(refusal) => return denied(Denied(400, refusal, known)),
    };
    match super::link(sandbox, skill, &customer, &code, &redirect_uri).await {
        Ok(()) => reply::judged(reply::json(201, &shown(skill, Some(&stage))), known, None),
        Err(refusal) => denied(Denied(400, refusal, known)),
    }
}

fn shown(skill: &str, stage: Option<&str>) -> Value {
    let skill = match stage {
        Some(stage) => json!({"id": skill, "stage": stage}),
        None => json!({"id": skill}),
    };
    json!({"skill": skill, "status": "ENABLED", "accountLink": {"status": "LINKED"}})
}

/// `GET /v1/users/~current/skills/{skillId}/enablement`: 200 where the skill is enabled, else 404.
pub fn status(sandbox: &Sandbox, region: Region, skill: &str, headers: &HeaderMap) -> Response<Body> {
    let customer = match permitted(sandbox, headers, region, skill) {
        Ok(customer) => customer,
        Err(no) => return denied(no),
    };
    if sandbox.state().links.get(skill, &customer).is_none_or(|link| link.disabled) {
        return denied(Denied(404, because("skillId", "is not enabled by the customer"), Some(customer)));
    }
    reply::judged(reply::json(200, &shown(skill, None)), Some(customer), None)
}

/// `DELETE /v1/users/~current/skills/{skillId}/enablement`: turns the skill off and unlinks the account.
pub fn disable(sandbox: &Sandbox, region: Region, skill: &str, headers: &HeaderMap) -> Response<Body> {
    let customer = match permitted(sandbox, headers, region, skill) {
        Ok(customer) => customer,
        Err(no) => return denied(no),
    };
    let mut state = sandbox.state();
    if state.links.get(skill, &customer).is_none_or(|link| link.disabled) {
        drop(state);
        return denied(Denied(404, because("skillId", "is not enabled by the customer"), Some(customer)));
    }
    state.links.disable(skill, &customer);
    drop(state);
    reply::judged(reply::empty(204), Some(customer), None)
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
