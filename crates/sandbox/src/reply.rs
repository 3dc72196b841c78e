//! Answers: built in one place, so that each leaves behind whose request it was and why it was refused.

use crate::record::Verdict;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::Value;

/// An answer with a body of some type.
pub fn with_body(status: u16, kind: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// A JSON answer.
pub fn json(status: u16, body: &Value) -> Response<Body> {
    with_body(status, "application/json", body.to_string())
}

/// An answer without a body.
pub fn empty(status: u16) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// Leads on to another address; refused addresses give a plain 500, which no caller of ours can cause.
pub fn redirect(to: &str) -> Response<Body> {
    HeaderValue::from_str(to).map_or_else(
        |_| empty(500),
        |value| {
            let mut response = empty(302);
            response.headers_mut().insert(header::LOCATION, value);
            response
        },
    )
}

/// A page; its parts must have gone through [`escaped`].
pub fn page(status: u16, title: &str, body: &str) -> Response<Body> {
    let title = escaped(title);
    let text = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>{title}</title><h1>{title}</h1><p>This is the sandbox, not Amazon.</p>{body}</html>"
    );
    let mut response = with_body(status, "text/html; charset=utf-8", text);
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// Text as it may stand in a page.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// Adds a header; a value that is none is left out.
pub fn header(mut response: Response<Body>, name: &'static str, value: &str) -> Response<Body> {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    response
}

/// Leaves behind whose request it was, and why it was refused.
pub fn judged(
    mut response: Response<Body>,
    customer: Option<String>,
    refused: Option<String>,
) -> Response<Body> {
    response.extensions_mut().insert(Verdict { customer, refused, fault: None });
    response
}
