//! The device management pages (protocols 1): what a deep link opens, and the way back. The way back is offered only to http
//! and https addresses of this computer, and is a bare signal: nothing is appended.

use crate::reply::{self, escaped};
use crate::sandbox::{Sandbox, is_loopback};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, Uri};
use std::collections::HashMap;
use url::Url;

fn query(uri: &Uri) -> HashMap<String, String> {
    url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect()
}

fn refused(why: &str) -> Response<Body> {
    let response = reply::page(400, "This link is wrong", &format!("<p>{}</p>", escaped(why)));
    reply::judged(response, None, Some(why.to_owned()))
}

/// The way back, or why there is none.
fn exit(query: &HashMap<String, String>) -> Result<Option<Url>, String> {
    let Some(text) = query.get("exitUri") else { return Ok(None) };
    let url = Url::parse(text).map_err(|_| "exitUri: must be an address with its scheme (protocols 1.2)")?;
    if !matches!(url.scheme(), "http" | "https") || !is_loopback(&url) {
        return Err("exitUri: must be an http or https address of this computer (protocols 1.2)".to_owned());
    }
    Ok(Some(url))
}

/// `GET /drs/partner/page/{pageType}` (protocols 1.1); `settings` and `exitUri` may be absent.
pub async fn partner(State(sandbox): State<Sandbox>, Path(kind): Path<String>, uri: Uri) -> Response<Body> {
    let query = query(&uri);
    let legal = !kind.is_empty() && kind.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if !legal {
        return refused("pageType: may only hold letters, digits, - and _ (protocols 1.1)");
    }
    let (Some(vendor), Some(model)) = (query.get("vendorCode"), query.get("modelId")) else {
        return refused("vendorCode and modelId are needed (protocols 1.1)");
    };
    let state = sandbox.state();
    if *vendor != state.config.vendor_code {
        return refused("vendorCode: is not the maker's (protocols 1.1)");
    }
    if query.get("settings").is_some_and(|settings| settings != "true") {
        return refused("settings: is literally true, or absent (protocols 1.1)");
    }
    let exit = match exit(&query) {
        Ok(exit) => exit,
        Err(why) => return refused(&why),
    };
    let known = if state.config.models.contains_key(model) { "" } else { " (not registered in the console)" };
    let back = exit.map_or_else(String::new, |exit| {
        format!("<p><a id=exit href=\"{}\">Exit</a></p>", escaped(exit.as_str()))
    });
    let body = format!(
        "<p>Page <code>{}</code> for the model <code>{}</code>{known}.</p>{back}",
        escaped(&kind),
        escaped(model)
    );
    reply::page(200, "Dash Replenishment", &body)
}

/// `GET /dart_device_list` (protocols 1.3).
pub async fn devices(State(sandbox): State<Sandbox>, uri: Uri) -> Response<Body> {
    let query = query(&uri);
    let state = sandbox.state();
    if query.contains_key("vendorCode") {
        return refused("vendor_code: is written in snake case here (protocols 1.3)");
    }
    if query.get("vendor_code").is_some_and(|code| *code != state.config.vendor_code) {
        return refused("vendor_code: is not the maker's (protocols 1.3)");
    }
    let shown = state.drs.shown();
    let rows =
        shown["devices"].as_array().into_iter().flatten().filter(|device| device["registered"] == true);
    let rows: String = rows
        .map(|device| {
            let text = |name: &str| escaped(device[name].as_str().unwrap_or_default());
            format!("<li>{} {}</li>", text("model"), text("serial"))
        })
        .collect();
    reply::page(200, "Your devices", &format!("<ul>{rows}</ul>"))
}

/// `GET /settings`: known and refused, because it puts a token into an address (protocols 1.3).
pub async fn settings() -> Response<Body> {
    refused("the link puts an access token into an address: use the partner page (protocols 1.3)")
}
