//! The consent page (protocols 3.3, 6.3): answers by itself, or asks a person. A request whose client or return address is
//! wrong is never sent back anywhere; every other refusal goes back with its `state`.

use super::{Challenge, DeviceId, Grant, Purpose};
use crate::check::{At, Checked, Refusal, refuse};
use crate::config::{Config, Consent};
use crate::reply::{self, escaped};
use crate::sandbox::Sandbox;
use crate::sns::Notice;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Response, Uri};
use serde_json::Value;
use std::collections::HashMap;
use url::Url;

/// What is asked for, legal as a whole.
struct Asked {
    purpose: Purpose,
    test: bool,
    challenge: Option<Challenge>,
}

/// `GET /ap/oa`, and `POST` to it from its own page.
pub async fn authorize(State(sandbox): State<Sandbox>, uri: Uri, body: Bytes) -> Response<Body> {
    let query = pairs(uri.query().unwrap_or_default().as_bytes());
    let choice = pairs(&body);
    let now = sandbox.now();
    let mut state = sandbox.state();
    let state = &mut *state;
    let (Some(id), Some(back)) = (query.get("client_id"), query.get("redirect_uri")) else {
        return stopped("client_id and redirect_uri are needed (protocols 3.3)");
    };
    let Some(client) = state.config.client(id) else {
        return stopped("the client_id is unknown (protocols 3.3)");
    };
    if !client.redirect_uris.contains(back) {
        return stopped("the redirect_uri is none of the Allowed Return URLs (protocols 6.3)");
    }
    let Ok(mut to) = Url::parse(back) else { return stopped("the redirect_uri is no URL (protocols 6.3)") };
    let echo = query.get("state").cloned();
    let mut go = |pairs: &[(&str, &str)], customer: Option<String>, refused: Option<String>| {
        let echoed = echo.iter().map(|echo| ("state", echo.as_str()));
        to.query_pairs_mut().extend_pairs(pairs.iter().copied().chain(echoed));
        reply::judged(reply::redirect(to.as_str()), customer, refused)
    };
    let asked = match legal(&state.config, &query) {
        Ok(asked) => asked,
        Err((error, refusal)) => {
            let why = refusal.to_string();
            return go(&[("error", error), ("error_description", &why)], None, Some(why.clone()));
        }
    };
    let named = choice.get("customer").or_else(|| query.get("customer"));
    let customer = named.or(state.config.customers.first()).cloned().unwrap_or_default();
    if !state.config.customers.contains(&customer) {
        return stopped("this customer is not known to the sandbox");
    }
    let answer = match (choice.get("answer").map(String::as_str), state.config.consent) {
        (Some("allow"), _) | (None, Consent::Allow) => true,
        (Some(_), _) | (None, Consent::Deny) => false,
        (None, Consent::Ask) => return ask(&state.config, asked.purpose.scope()),
    };
    if !answer {
        return go(&[("error", "access_denied")], Some(customer), None);
    }
    if let Purpose::Replenish(device) = &asked.purpose {
        let registered = state.drs.register(device, &customer, id, asked.test, &state.config);
        if let Err(why) = registered {
            return go(
                &[("error", "invalid_request"), ("error_description", &why)],
                Some(customer),
                Some(why.clone()),
            );
        }
        state.tell(now, &Notice::Registered(device.clone()));
        state.tell(now, &Notice::Subscription(device.clone()));
        sandbox.wake();
    }
    let scope = asked.purpose.scope();
    let grant = Grant { customer: customer.clone(), client: id.clone(), purpose: asked.purpose };
    let code = state.lwa.code(grant, Some(back.clone()), asked.challenge, now);
    go(&[("code", &code), ("scope", scope)], Some(customer), None)
}

fn stopped(why: &str) -> Response<Body> {
    let response = reply::page(400, "The request can't be answered", &format!("<p>{}</p>", escaped(why)));
    reply::judged(response, None, Some(why.to_owned()))
}

fn pairs(form: &[u8]) -> HashMap<String, String> {
    url::form_urlencoded::parse(form).into_owned().collect()
}

fn ask(config: &Config, scope: &str) -> Response<Body> {
    let options: String =
        config.customers.iter().map(|name| format!("<option>{}</option>", escaped(name))).collect();
    let body = format!(
        "<form method=post><p>May the maker use <code>{}</code>?</p><p><label>Customer \
         <select name=customer>{options}</select></label></p><p><button name=answer value=allow>Allow</button> \
         <button name=answer value=deny>Cancel</button></p></form>",
        escaped(scope)
    );
    reply::page(200, "Sign in", &body)
}

fn legal(config: &Config, query: &HashMap<String, String>) -> Result<Asked, (&'static str, Refusal)> {
    if query.get("response_type").map(String::as_str) != Some("code") {
        let wrong = refuse("response_type", "must be code", "3.3");
        return wrong.map_err(|refusal| ("unsupported_response_type", refusal));
    }
    let challenge = challenge(query).map_err(|refusal| ("invalid_request", refusal))?;
    match query.get("scope").map(String::as_str) {
        Some("dash:replenish") => {
            let (device, test) = device(config, query).map_err(|refusal| ("invalid_request", refusal))?;
            Ok(Asked { purpose: Purpose::Replenish(device), test, challenge })
        }
        Some("alexa::skills:account_linking") => {
            Ok(Asked { purpose: Purpose::Linking, test: false, challenge })
        }
        _ => refuse("scope", "must be dash:replenish or alexa::skills:account_linking", "6.3")
            .map_err(|refusal| ("invalid_scope", refusal)),
    }
}

fn challenge(query: &HashMap<String, String>) -> Checked<Option<Challenge>> {
    let Some(challenge) = query.get("code_challenge").cloned() else { return Ok(None) };
    let legal = (43..=128).contains(&challenge.len())
        && challenge.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c));
    if !legal {
        return refuse("code_challenge", "must be 43 to 128 of A-Z a-z 0-9 - . _ ~", "6.4");
    }
    match query.get("code_challenge_method").map(String::as_str) {
        Some("S256") => Ok(Some(Challenge::S256(challenge))),
        Some("plain") | None => Ok(Some(Challenge::Plain(challenge))),
        Some(_) => refuse("code_challenge_method", "must be S256 or plain", "3.3"),
    }
}

/// `scope_data` (protocols 6.3).
fn device(config: &Config, query: &HashMap<String, String>) -> Checked<(DeviceId, bool)> {
    let parsed = query.get("scope_data").and_then(|text| serde_json::from_str::<Value>(text).ok());
    let Some(parsed) = parsed else { return refuse("scope_data", "must be JSON", "6.3") };
    let data = At::root(&parsed, "scope_data").member("dash:replenish", "6.3")?;
    let name = |member: &str| -> Checked<String> {
        let at = data.member(member, "6.3")?;
        let text = at.text_within(64, "6.3")?;
        let legal = text.chars().all(|c| c.is_ascii_alphanumeric() || "-+_".contains(c));
        at.must(legal, "may only hold A-Z a-z 0-9 - + _", "6.3")?;
        Ok(text.to_owned())
    };
    // JSON booleans in the web documents, strings in the Android sample.
    let flag = |member: &str| -> Checked<bool> {
        let Some(at) = data.maybe(member) else { return Ok(false) };
        match at.value.as_str() {
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            _ => at.flag("6.3"),
        }
    };
    let (model, serial) = (name("device_model")?, name("serial")?);
    let (test, all) = (flag("is_test_device")?, flag("should_include_non_live")?);
    let at = data.member("device_model", "6.3")?;
    let Some(known) = config.models.get(&model) else { return at.fail("is no registered model", "7.1") };
    at.must(known.live || all, "is not approved: needs should_include_non_live", "6.3")?;
    Ok(((model, serial), test))
}
