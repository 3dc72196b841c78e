//! What was put aside: administrators look through the messages of all customers, and a message is sent again. One that
//! something newer was said after is not sent again; none is ever sent under another id.

#![expect(unused_qualifications, reason = "the macro that describes the API writes paths out")]

use super::worker::said_since;
use crate::access::Administrator;
use crate::audit::Action;
use crate::error::{ApiError, Code, Problem};
use crate::extract::{Params, Peer};
use crate::ids::AccountId;
use crate::state::{App, Shared};
use crate::store::relay::{OutRow, RelayChanges};
use crate::support::Actor;
use axum::extract::State;
use axum::http::StatusCode;
use refill_domain::outbox::State as MessageState;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(parked))
}

/// Messages of one page at most.
const PAGE_MAX: usize = 200;

/// Messages behind a parked one that are looked at for something newer.
const BEHIND_MAX: usize = 100_000;

/// A message that was put aside. What it says of the customer's home is left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParkedMessage {
    /// Whose.
    pub account: AccountId,
    /// Its id.
    pub message: String,
    /// What kind of message, by Alexa's name.
    pub kind: &'static str,
    /// Why it was put aside, and what to do.
    pub reason: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Its place, for the next page.
    pub place: i64,
}

/// A page of messages that were put aside.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParkedPage {
    /// By account and place.
    pub messages: Vec<ParkedMessage>,
    /// There may be more: ask again with the last one's account and place.
    pub more: bool,
}

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// The account of the last message that is known.
    account: Option<Uuid>,
    /// Its place.
    place: Option<i64>,
}

/// Messages to Alexa that were put aside, of all accounts.
#[utoipa::path(get, path = "/v1/alexa/parked", tag = "alexa", params(After),
    responses((status = 200, body = ParkedPage), (status = 400, body = Problem), (status = 403, body = Problem)))]
async fn parked(
    State(app): State<Shared>,
    Administrator(by): Administrator,
    Peer(peer): Peer,
    Params(after): Params<After>,
) -> Result<axum::Json<ParkedPage>, ApiError> {
    app.store.audit(Actor::of(&app, &by, peer).await?.line(Action::SeeParked, None)).await?;
    let account = AccountId(after.account.unwrap_or_default());
    let found = app.store.relay_parked((account, after.place.unwrap_or(i64::MIN)), PAGE_MAX).await?;
    let more = found.len() == PAGE_MAX;
    let view = |(account, row): (AccountId, OutRow)| {
        let MessageState::Parked { reason } = row.delivery.state else { return None };
        Some(ParkedMessage {
            account,
            message: row.delivery.id.to_string(),
            kind: row.report.name(),
            reason: reason.to_string(),
            attempts: row.delivery.attempts,
            place: row.seq,
        })
    };
    Ok(axum::Json(ParkedPage { messages: found.into_iter().filter_map(view).collect(), more }))
}

/// Whether a message was put aside.
pub(super) fn put_aside(row: &OutRow) -> bool {
    matches!(row.delivery.state, MessageState::Parked { .. })
}

/// Sends a message again that was put aside.
///
/// # Errors
/// There is none, it is not put aside, the customer linked again meanwhile, or the store's.
pub async fn released(app: &App, account: AccountId, message: Uuid) -> Result<StatusCode, ApiError> {
    let row = app.store.outbox_message(account, message.into()).await?;
    let mut row = row.ok_or_else(ApiError::not_found)?;
    if !put_aside(&row) {
        let why = "Only a message that was put aside can be sent again. This one is not, or no longer.";
        return Err(ApiError::new(Code::NotPutAside, why));
    }
    let all = app.store.outbox(account, BEHIND_MAX).await?;
    row.delivery.release(said_since(&row, &all).as_ref());
    keep(app, account, row).await
}

/// Keeps what became of a message, and has the relay look.
///
/// # Errors
/// The customer linked again meanwhile, or the store's.
pub(super) async fn keep(app: &App, account: AccountId, row: OutRow) -> Result<StatusCode, ApiError> {
    let view = app.store.relay_view(account).await?.ok_or_else(ApiError::not_found)?;
    let (generation, now) = (view.link.gate.generation, app.clock.now_ms());
    let changes = RelayChanges { generation, look_at: now, out: vec![row], now, ..RelayChanges::default() };
    if !app.store.relay_commit(account, changes).await? {
        let why = "The customer linked again meanwhile. Look again.";
        return Err(ApiError::new(Code::Unavailable, why));
    }
    app.store.changed().add(account);
    Ok(StatusCode::NO_CONTENT)
}
