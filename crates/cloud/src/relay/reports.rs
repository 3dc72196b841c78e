//! What a customer sees of the messages to Alexa about their devices: each with what it said, where it stands and what came
//! of it, and the very message without its token. One that was put aside is sent again under its id, or put away for
//! good; only its own customer sees or touches it.

#![expect(unused_qualifications, reason = "the macro that describes the API writes paths out")]

use super::care::{keep, put_aside, released};
use crate::access::Customer;
use crate::error::{ApiError, Code, Problem};
use crate::extract::{Params, Part};
use crate::ids::AccountId;
use crate::state::{App, Shared};
use crate::store::relay::OutRow;
use axum::extract::State;
use axum::http::StatusCode;
use refill_domain::alexa::without_token;
use refill_domain::outbox::{GateState, State as MessageState};
use refill_domain::wire::Sent;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(retry))
        .routes(routes!(discard))
}

/// Messages of one page at most.
const PAGE_MAX: usize = 200;

/// A page of messages.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportsPage {
    /// Alexa may be told of this account.
    pub linked: bool,
    /// Whether messages of the account may be sent; absent without a link.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<GateState>,
    /// The messages, the newest first: `id`, `place`, `name`, what was `told`, `state`, `attempts`, `ambiguous`, `tries`.
    #[schema(value_type = Vec<Object>)]
    pub reports: Vec<Sent>,
    /// There are more: ask again with the last one's place.
    pub more: bool,
}

/// One message.
#[derive(Debug, Serialize, ToSchema)]
pub struct WholeReport {
    /// As in the list.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub sent: Sent,
    /// As it is sent, without its token.
    #[schema(value_type = Object)]
    pub message: Value,
}

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Before {
    /// The place of the last message that is known.
    before: Option<i64>,
}

fn sent(row: &OutRow) -> Sent {
    Sent::of(row.seq, &row.report, &row.delivery)
}

/// Messages to Alexa about the customer's devices, the newest first. Settled ones are let go after some days.
#[utoipa::path(get, path = "/v1/reports", tag = "alexa", params(Before),
    responses((status = 200, body = ReportsPage), (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem)))]
async fn list(
    State(app): State<Shared>,
    Customer(by): Customer,
    Params(from): Params<Before>,
) -> Result<axum::Json<ReportsPage>, ApiError> {
    Ok(axum::Json(reports_of(&app, by.account, &from).await?))
}

/// A page of an account's messages.
///
/// # Errors
/// The store's.
pub async fn reports_of(app: &App, account: AccountId, from: &Before) -> Result<ReportsPage, ApiError> {
    let Some(view) = app.store.relay_view(account).await? else {
        return Ok(ReportsPage { linked: false, gate: None, reports: Vec::new(), more: false });
    };
    let rows = app.store.outbox_page(account, from.before.unwrap_or(i64::MAX), PAGE_MAX).await?;
    Ok(ReportsPage {
        linked: view.link.tokens.is_some(),
        gate: Some(view.link.gate.state),
        more: rows.len() == PAGE_MAX,
        reports: rows.iter().map(sent).collect(),
    })
}

async fn found(app: &App, account: AccountId, message: Uuid) -> Result<OutRow, ApiError> {
    app.store.outbox_message(account, message.into()).await?.ok_or_else(ApiError::not_found)
}

/// One message of an account, as it is sent, without its token.
///
/// # Errors
/// There is none, or the store's.
pub async fn whole_of(app: &App, account: AccountId, message: Uuid) -> Result<WholeReport, ApiError> {
    let row = found(app, account, message).await?;
    let message = without_token(&row.report, &row.delivery.id);
    Ok(WholeReport { sent: sent(&row), message })
}

/// One message to Alexa, as it is sent.
#[utoipa::path(get, path = "/v1/reports/{message}", tag = "alexa", params(("message" = Uuid, Path)),
    responses((status = 200, body = WholeReport), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn one(
    State(app): State<Shared>,
    by: Customer,
    Part(message): Part<Uuid>,
) -> Result<axum::Json<WholeReport>, ApiError> {
    Ok(axum::Json(whole_of(&app, by.0.account, message).await?))
}

/// Sends a message again that was put aside, under its id and in its place; where something newer was said since, it is
/// settled without being sent. One that is not put aside is left as it is.
#[utoipa::path(post, path = "/v1/reports/{message}/retry", tag = "alexa", params(("message" = Uuid, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem),
              (status = 503, body = Problem)))]
async fn retry(
    State(app): State<Shared>,
    by: Customer,
    Part(message): Part<Uuid>,
) -> Result<StatusCode, ApiError> {
    if put_aside(&found(&app, by.0.account, message).await?) {
        return released(&app, by.0.account, message).await;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a message away that was put aside: it is never sent.
#[utoipa::path(post, path = "/v1/reports/{message}/discard", tag = "alexa", params(("message" = Uuid, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 503, body = Problem)))]
async fn discard(
    State(app): State<Shared>,
    by: Customer,
    Part(message): Part<Uuid>,
) -> Result<StatusCode, ApiError> {
    let mut row = found(&app, by.0.account, message).await?;
    match row.delivery.state {
        MessageState::Discarded { .. } => return Ok(StatusCode::NO_CONTENT),
        MessageState::Parked { .. } => {}
        _ => {
            let why = "Only a message that was put aside can be discarded. This one is not, or no longer.";
            return Err(ApiError::new(Code::NotPutAside, why));
        }
    }
    row.delivery.discard(app.clock.now());
    keep(&app, by.0.account, row).await
}
