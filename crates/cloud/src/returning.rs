//! The page that Dash's settings come back to: an https address of ours that hands over to the app's own link
//! (protocols 1.2). It carries nothing but the visit it was opened for, and works by a click where scripts or links of
//! other programs are off.

#![expect(unused_qualifications, reason = "the macro that describes the API writes paths out")]

use crate::error::ApiError;
use crate::extract::Params;
use crate::state::Shared;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, html};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(dash_return))
}

/// Longest name of a visit.
const VISIT_MAX: usize = 64;

/// Which visit ends.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Visit {
    /// What the app called it: letters, digits, dashes and underscores.
    visit: Option<String>,
}

/// Hands over to the app after a visit to Dash's settings.
#[utoipa::path(get, path = "/dash/return", tag = "linking", params(Visit),
    responses((status = 200, description = "A page that opens the app", content_type = "text/html")))]
async fn dash_return(Params(of): Params<Visit>) -> Result<Response, ApiError> {
    let plain = |text: &String| {
        (1..=VISIT_MAX).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    let link = match of.visit.filter(plain) {
        Some(visit) => format!("refill://dash/return?visit={visit}"),
        None => "refill://dash/return".to_owned(),
    };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="refresh" content=(format!("0;url={link}"));
                title { "Back to Refill" }
            }
            body { main {
                h1 { "Back to Refill" }
                p { "Refill opens now. You can close this page." }
                p { a href=(link) { "Open Refill" } }
            } }
        }
    };
    let mut response = Html(page.into_string()).into_response();
    let policy = HeaderValue::from_static(
        "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    );
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}
