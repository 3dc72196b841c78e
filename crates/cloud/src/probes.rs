//! What operators and their machines ask: is it alive, can it work, what are its figures.

use crate::error::{ApiError, Code};
use crate::state::Shared;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(healthz)).routes(routes!(readyz)).routes(routes!(metrics))
}

/// The program runs.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, description = "It runs")))]
async fn healthz() -> &'static str {
    "ok\n"
}

/// It reads, its writer answers, and it is not going down.
#[utoipa::path(get, path = "/readyz", tag = "operation",
    responses((status = 200, description = "Send requests"), (status = 503, description = "Send none")))]
async fn readyz(State(app): State<Shared>) -> Result<&'static str, ApiError> {
    if app.stopping.is_cancelled() {
        return Err(ApiError::new(Code::Unavailable, "Going down."));
    }
    app.store.check().await?;
    Ok("ready\n")
}

/// Figures in Prometheus' form, for whoever reaches the server without the proxy.
#[utoipa::path(get, path = "/metrics", tag = "operation",
    responses((status = 200, description = "Figures", content_type = "text/plain")))]
async fn metrics(State(app): State<Shared>, headers: HeaderMap) -> Result<Response, ApiError> {
    // What came through the proxy came from outside.
    if app.config.behind_proxy && headers.contains_key("x-forwarded-for") {
        return Err(ApiError::not_found());
    }
    let text = app.metrics.text(&app.store.figures());
    Ok(([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response())
}
