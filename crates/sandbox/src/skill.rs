//! Alexa towards a skill (protocols 2.4, 6): links an account through the maker's OAuth server, hands over the grant, discovers
//! and asks for state; every answer is read strictly and within its time.

mod enable;
mod enablement;
mod links;

pub use enable::{begin, returned};
pub use enablement::{disable, enable, endpoint, status};
pub use links::{Link, Links};

use crate::alexa::{Answer, Asked, answer};
use crate::check::{Checked, refuse};
use crate::clock::{id, secret};
use crate::config::{Linking, SECONDS_MAX, Scheme, Skill};
use crate::lwa::{Grant, Purpose};
use crate::record::{Draft, Verdict, kept};
use crate::sandbox::Sandbox;
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::time::Duration;

/// A directive is answered within this (protocols 2.2).
const ANSWER_WITHIN: Duration = Duration::from_secs(8);
/// The maker's token endpoint answers within this (protocols 6.1).
const TOKEN_WITHIN: Duration = Duration::from_millis(4500);
/// Life of the maker's token where `expires_in` is missing (`defaultTokenExpirationInSeconds`, protocols 6.1).
const TOKEN_SECONDS: i64 = 3600;

/// What a skill was asked and said.
#[derive(Debug)]
pub struct Heard {
    /// The answer as it came.
    pub body: Value,
    /// What it says.
    pub answer: Answer,
}

fn configured(sandbox: &Sandbox, skill: &str) -> Checked<Skill> {
    let found = sandbox.state().config.skill(skill).cloned();
    found.map_or_else(|| refuse("skill", "is not known to the sandbox", "6.1"), Ok)
}

/// Sends to the maker and records it: status and body.
async fn exchange(
    sandbox: &Sandbox,
    route: &str,
    customer: &str,
    request: reqwest::RequestBuilder,
    shown: Value,
    target: &str,
) -> Option<(u16, Vec<u8>)> {
    let draft = Draft {
        sent: true,
        route: route.to_owned(),
        method: "POST".to_owned(),
        target: target.to_owned(),
        headers: Vec::new(),
        body: shown,
    };
    let answered = match request.send().await {
        Ok(response) => {
            let status = response.status().as_u16();
            response.bytes().await.ok().map(|body| (status, body.to_vec()))
        }
        Err(_) => None,
    };
    let verdict = Verdict { customer: Some(customer.to_owned()), ..Verdict::default() };
    sandbox.note(draft, answered.as_ref().map(|(status, _)| *status), verdict);
    answered
}

/// Asks the maker's token endpoint (protocols 6.1) and keeps what it gives.
async fn tokens(
    sandbox: &Sandbox,
    skill: &Skill,
    customer: &str,
    linking: &Linking,
    mut form: Vec<(&'static str, String)>,
) -> Checked {
    let url = match sandbox.callable(&linking.access_token_url) {
        Ok(url) => url,
        Err(why) => return refuse("accessTokenUrl", why, "6.1"),
    };
    let mut request = sandbox.http().post(url).timeout(TOKEN_WITHIN).header("accept", "application/json");
    match linking.access_token_scheme {
        Scheme::HttpBasic => request = request.basic_auth(&linking.client_id, Some(&linking.client_secret)),
        Scheme::RequestBodyCredentials => {
            form.push(("client_id", linking.client_id.clone()));
            form.push(("client_secret", linking.client_secret.clone()));
        }
    }
    let shown = json!({"grant_type": form.first().map(|(_, value)| value)});
    let request = request.form(&form);
    let answer = exchange(sandbox, "skill.token", customer, request, shown, &linking.access_token_url).await;
    let Some((status, body)) = answer else {
        return refuse("the token endpoint", "did not answer within 4.5 seconds", "6.1");
    };
    if status != 200 {
        return refuse("the token endpoint", format!("answered {status}: {}", kept(&body)), "6.1");
    }
    let Ok(json) = serde_json::from_slice::<Value>(&body) else {
        return refuse("the token endpoint", "must answer JSON", "6.1");
    };
    let at = crate::check::At::root(&json, "");
    let access = at.member("access_token", "6.1")?.text("6.1")?.to_owned();
    let kind = at.member("token_type", "6.1")?;
    kind.must(kind.text("6.1")?.eq_ignore_ascii_case("bearer"), "must be bearer", "6.1")?;
    let seconds = match at.maybe("expires_in") {
        Some(at) => match at.value.as_i64().filter(|seconds| (1..=SECONDS_MAX).contains(seconds)) {
            Some(seconds) => seconds,
            None => return at.fail("must be an integer from 1 second to ten years", "6.1"),
        },
        None => TOKEN_SECONDS,
    };
    let refresh = at.member("refresh_token", "6.1")?.text("6.1")?.to_owned();
    let ends = sandbox.now() + TimeDelta::seconds(seconds);
    sandbox.state().links.set(&skill.id, customer, Link { access, refresh, ends, disabled: false });
    Ok(())
}

/// Links a customer with the maker's code: tokens, grant, discovery. What fails undoes the link.
///
/// # Errors
/// The first thing the maker's side did wrong.
pub async fn link(sandbox: &Sandbox, skill: &str, customer: &str, code: &str, redirect_uri: &str) -> Checked {
    let skill = configured(sandbox, skill)?;
    let Some(linking) = skill.account_linking.clone() else {
        return refuse("skill", "has no account linking", "6.1");
    };
    let form = vec![
        ("grant_type", "authorization_code".to_owned()),
        ("code", code.to_owned()),
        ("redirect_uri", redirect_uri.to_owned()),
    ];
    tokens(sandbox, &skill, customer, &linking, form).await?;
    let done = match grant(sandbox, &skill.id, customer).await {
        Ok(()) => discover(sandbox, &skill.id, customer).await.map(|_| ()),
        Err(refusal) => Err(refusal),
    };
    if done.is_err() {
        sandbox.state().links.remove(&skill.id, customer);
    }
    done
}

/// The maker's token of a customer, refreshed if it ended.
async fn token_of(sandbox: &Sandbox, skill: &Skill, customer: &str) -> Checked<String> {
    let link = sandbox.state().links.get(&skill.id, customer).cloned();
    let Some(link) = link.filter(|link| !link.disabled) else {
        return refuse("customer", "has not enabled the skill", "6.2");
    };
    if sandbox.now() < link.ends {
        return Ok(link.access);
    }
    let Some(linking) = skill.account_linking.clone() else {
        return refuse("skill", "has no account linking", "6.1");
    };
    let form = vec![("grant_type", "refresh_token".to_owned()), ("refresh_token", link.refresh)];
    tokens(sandbox, skill, customer, &linking, form).await?;
    let fresh = sandbox.state().links.get(&skill.id, customer).map(|link| link.access.clone());
    fresh.map_or_else(|| refuse("customer", "has not enabled the skill", "6.2"), Ok)
}

/// Sends a directive and reads the answer.
async fn ask(
    sandbox: &Sandbox,
    skill: &Skill,
    customer: &str,
    directive: Value,
    asked: &Asked<'_>,
) -> Checked<Heard> {
    let Some(endpoint) = &skill.endpoint else { return refuse("skill", "has no endpoint", "6.1") };
    let url = match sandbox.callable(endpoint) {
        Ok(url) => url,
        Err(why) => return refuse("endpoint", why, "6.1"),
    };
    let body = json!({"directive": directive});
    let request = sandbox.http().post(url).timeout(ANSWER_WITHIN).json(&body);
    let Some((status, bytes)) = exchange(sandbox, "skill.directive", customer, request, body, endpoint).await
    else {
        return refuse("the skill", "did not answer within 8 seconds", "2.2");
    };
    if status != 200 {
        return refuse("the skill", format!("answered {status}"), "2.2");
    }
    let Ok(body) = serde_json::from_slice::<Value>(&bytes) else {
        return refuse("the skill", "must answer JSON", "2.1");
    };
    let answer = answer(asked, &body)?;
    Ok(Heard { body, answer })
}

fn header(namespace: &str, name: &str) -> Value {
    json!({"namespace": namespace, "name": name, "payloadVersion": "3", "messageId": id()})
}

/// Sends `AcceptGrant`, where the skill may send events (protocols 2.4).
///
/// # Errors
/// The skill did not take it, or said so before it had exchanged the code.
pub async fn grant(sandbox: &Sandbox, skill: &str, customer: &str) -> Checked {
    let skill = configured(sandbox, skill)?;
    if !skill.send_events {
        return Ok(());
    }
    let token = token_of(sandbox, &skill, customer).await?;
    let code = {
        let now = sandbox.now();
        let mut state = sandbox.state();
        let purpose = Purpose::Events { skill: skill.id.clone(), region: skill.region };
        state.lwa.end(|grant| grant.customer == customer && grant.purpose == purpose);
        let grant = Grant { customer: customer.to_owned(), client: skill.client_id.clone(), purpose };
        state.lwa.code(grant, None, None, now)
    };
    let directive = json!({
        "header": header("Alexa.Authorization", "AcceptGrant"),
        "payload": {
            "grant": {"type": "OAuth2.AuthorizationCode", "code": code},
            "grantee": {"type": "BearerToken", "token": token},
        },
    });
    match ask(sandbox, &skill, customer, directive, &Asked::Grant).await?.answer {
        Answer::Granted if sandbox.state().lwa.exchanged(&code) => Ok(()),
        Answer::Granted => refuse("AcceptGrant.Response", "came before the code was exchanged", "2.4"),
        Answer::NotGranted(why) => refuse("ACCEPT_GRANT_FAILED", why, "2.4"),
        _ => refuse("event.header.name", "does not answer AcceptGrant", "2.4"),
    }
}

/// Discovers a customer's devices.
///
/// # Errors
/// What is wrong with the answer.
pub async fn discover(sandbox: &Sandbox, skill: &str, customer: &str) -> Checked<Heard> {
    let skill = configured(sandbox, skill)?;
    let token = token_of(sandbox, &skill, customer).await?;
    let directive = json!({
        "header": header("Alexa.Discovery", "Discover"),
        "payload": {"scope": {"type": "BearerToken", "token": token}},
    });
    let heard = ask(sandbox, &skill, customer, directive, &Asked::Discover).await?;
    if let Answer::Found(found) = &heard.answer {
        let now = sandbox.now();
        let mut state = sandbox.state();
        for advice in state.book.describe(customer, found, "event.payload.endpoints", now)? {
            state.find(now, "skill.discover", Some(customer), advice);
        }
    }
    Ok(heard)
}

/// Asks a device for its state, or sends it any other directive.
///
/// # Errors
/// What is wrong with the answer.
pub async fn directive(
    sandbox: &Sandbox,
    skill: &str,
    customer: &str,
    endpoint: &str,
    (namespace, name): (&str, &str),
    payload: Value,
) -> Checked<Heard> {
    let skill = configured(sandbox, skill)?;
    let token = token_of(sandbox, &skill, customer).await?;
    let known = sandbox.state().book.endpoint(customer, endpoint).cloned();
    let correlation = secret::<48>();
    let mut head = header(namespace, name);
    head["correlationToken"] = json!(correlation);
    let cookie =
        known.as_ref().filter(|known| known.cookie.is_object()).map_or(json!({}), |k| k.cookie.clone());
    let directive = json!({
        "header": head,
        "endpoint": {
            "scope": {"type": "BearerToken", "token": token},
            "endpointId": endpoint,
            "cookie": cookie,
        },
        "payload": payload,
    });
    let asked = if (namespace, name) == ("Alexa", "ReportState") {
        Asked::State { correlation: &correlation, endpoint: known.as_ref() }
    } else {
        Asked::Other { correlation: &correlation }
    };
    let heard = ask(sandbox, &skill, customer, directive, &asked).await?;
    if let Answer::State(properties) = &heard.answer {
        let now = sandbox.now();
        let mut state = sandbox.state();
        let state = &mut *state;
        state.book.stated(endpoint, properties, &state.config, now);
    }
    Ok(heard)
}
