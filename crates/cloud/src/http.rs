//! The router and what surrounds every request: its id, security headers, its line in the log, its place in the figures,
//! and problem details for whatever went wrong, also for addresses and methods that do not exist.

use crate::error::{ApiError, Carried, Code};
use crate::state::Shared;
use crate::{
    accounts, alexa, devices, drs, feed, ledger, oauth, probes, pull, registration, relay, returning, skill,
    sns, support,
};
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The frame of the API's description; paths and schemas come from the handlers.
#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "Refill cloud",
    description = "The maker's side of Refill: linking, devices, the ledger and its feed.",
    license(name = "MIT OR Apache-2.0")
))]
struct Frame;

fn parts() -> OpenApiRouter<Shared> {
    OpenApiRouter::with_openapi(Frame::openapi())
        .merge(probes::routes())
        .merge(accounts::routes())
        .merge(oauth::routes())
        .merge(devices::routes())
        .merge(registration::routes())
        .merge(ledger::routes())
        .merge(feed::routes())
        .merge(pull::routes())
        .merge(returning::routes())
        .merge(skill::routes())
        .merge(relay::routes())
        .merge(alexa::routes())
        .merge(drs::routes())
        .merge(sns::routes())
        .merge(support::routes())
        .merge(OpenApiRouter::new().routes(routes!(served)))
}

/// The API's description.
pub fn description() -> OpenApi {
    parts().split_for_parts().1
}

/// The API's description (OpenAPI 3.1).
#[utoipa::path(get, path = "/openapi.json", tag = "operation",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")))]
async fn served() -> axum::Json<OpenApi> {
    axum::Json(description())
}

/// Everything that is served.
pub fn router(app: &Shared) -> Router {
    let (router, _) = parts().split_for_parts();
    router
        .fallback(async || ApiError::not_found())
        .method_not_allowed_fallback(async || {
            ApiError::new(Code::MethodNotAllowed, "This address does not take that method.")
        })
        .layer(from_fn_with_state(Shared::clone(app), around))
        .with_state(Shared::clone(app))
}

/// Name of the header that names a request.
const REQUEST_ID: &str = "x-request-id";

/// The id that came along if it can go into a log as it is, or a new one.
fn request_id(app: &Shared, headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let plain = |text: &&str| {
        (8..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    given.filter(plain).map_or_else(|| app.clock.new_id().to_string(), str::to_owned)
}

async fn around(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let id = request_id(&app, request.headers());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("(none)", MatchedPath::as_str);
    let method = request.method().clone();
    let began = tokio::time::Instant::now();
    let mut response = next.run(request).await;
    if let Some(carried) = response.extensions_mut().remove::<Carried>() {
        let headers = std::mem::take(response.headers_mut());
        response = carried.render(&id, headers);
        let error = carried.error();
        if let Some(cause) = &error.cause {
            let code = error.code.wire();
            tracing::error!(request.id = %id, http.route = %route, error.code = code, error.cause = %format!("{cause:#}"), "A request failed");
        }
    }
    let (status, took) = (response.status().as_u16(), began.elapsed());
    app.metrics.answered(route, method.as_str(), status, took);
    tracing::debug!(request.id = %id, http.method = %method, http.route = %route, http.status = status, took_us = took.as_micros(), "Answered");
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    let mut set = |name: header::HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::CACHE_CONTROL, "no-store");
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
    if app.public.scheme() == "https" {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}
