//! What a customer sees of the link to Alexa, and how what was stopped or put aside goes on; and the replenishment IDs
//! that the maker assigns to the slots of a model (S3).

use crate::access::{Administrator, Customer};
use crate::error::{ApiError, Code, Problem};
use crate::extract::{Json, Part};
use crate::ids::{AccountId, Label};
use crate::state::{App, Shared};
use crate::store::alexa::AlexaStands;
use crate::store::relay::{Assigned, RelayChanges};
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use refill_domain::alexa::ReplenishmentId;
use refill_domain::enablement::AlexaLink;
use refill_domain::ids::Instance;
use refill_domain::outbox::{Gate, GateState, State as MessageState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(show))
        .routes(routes!(resume))
        .routes(routes!(assign))
        .merge(super::care::routes())
        .merge(super::reports::routes())
}

/// Messages that are looked at for what is shown.
const SHOWN: usize = 200;

/// A message that was put aside.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParkedView {
    /// Its id.
    pub id: String,
    /// Why, and what to do.
    pub reason: String,
}

/// The link to Alexa's event gateway.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlexaView {
    /// How the link stands, as the feed tells it.
    #[schema(value_type = Object)]
    pub link: AlexaLink,
    /// Since when, ms since 1970 UTC.
    pub since: Option<i64>,
    /// There is a permission to send events.
    pub linked: bool,
    /// Why nothing is sent, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
    /// Nothing is sent before then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_until: Option<DateTime<Utc>>,
    /// Messages not settled yet.
    pub waiting: usize,
    /// Attempts of which nobody knows whether they arrived, of the latest messages.
    pub ambiguous: u32,
    /// Messages that were put aside, of the latest.
    pub parked: Vec<ParkedView>,
}

/// How reporting to Alexa stands.
#[utoipa::path(get, path = "/v1/alexa", tag = "alexa",
    responses((status = 200, body = AlexaView), (status = 401, body = Problem)))]
async fn show(State(app): State<Shared>, Customer(by): Customer) -> Result<axum::Json<AlexaView>, ApiError> {
    Ok(axum::Json(view_of(&app, by.account).await?))
}

/// How reporting to Alexa stands for an account.
///
/// # Errors
/// The store's.
pub async fn view_of(app: &App, account: AccountId) -> Result<AlexaView, ApiError> {
    let AlexaStands { link, since } = app.store.alexa_stands(account).await?;
    let Some(view) = app.store.relay_view(account).await? else {
        return Ok(AlexaView {
            link,
            since,
            linked: false,
            stopped: None,
            waits_until: None,
            waiting: 0,
            ambiguous: 0,
            parked: Vec::new(),
        });
    };
    let latest = app.store.outbox(account, SHOWN).await?;
    let parked = latest.iter().filter_map(|row| match &row.delivery.state {
        MessageState::Parked { reason } => {
            Some(ParkedView { id: row.delivery.id.to_string(), reason: reason.to_string() })
        }
        _ => None,
    });
    let (stopped, waits_until) = match view.link.gate.state {
        GateState::Stopped { why } => (Some(why.to_string()), None),
        GateState::Until { at } => (None, Some(at)),
        GateState::Open | GateState::Refreshing => (None, None),
    };
    Ok(AlexaView {
        link,
        since,
        linked: view.link.tokens.is_some(),
        stopped,
        waits_until,
        waiting: view.queue.len(),
        ambiguous: latest.iter().map(|row| row.delivery.ambiguous).sum(),
        parked: parked.collect(),
    })
}

/// Sends again what was stopped, once its reason is gone. Where the tokens were deleted or are refused, only linking the
/// skill again helps.
#[utoipa::path(post, path = "/v1/alexa/resume", tag = "alexa",
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn resume(State(app): State<Shared>, Customer(by): Customer) -> Result<StatusCode, ApiError> {
    reopen(&app, by.account).await
}

/// Opens the gate of an account whose messages were stopped.
///
/// # Errors
/// There is no link, or the store's.
pub async fn reopen(app: &App, account: AccountId) -> Result<StatusCode, ApiError> {
    // Renewed meanwhile means that it goes on anyway, so one look is enough.
    let view = app.store.relay_view(account).await?.ok_or_else(ApiError::not_found)?;
    let generation = view.link.gate.generation;
    if matches!(view.link.gate.state, GateState::Stopped { .. }) {
        let now = app.clock.now_ms();
        let gate = Some(Gate { state: GateState::Open, generation });
        let changes = RelayChanges { generation, gate, look_at: now, now, ..RelayChanges::default() };
        app.store.relay_commit(account, changes).await?;
        app.store.changed().add(account);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// A replenishment ID.
#[derive(Deserialize, ToSchema)]
pub struct Assignment {
    /// As the Dash console shows it.
    #[schema(value_type = String)]
    pub id: ReplenishmentId,
}

/// Assigns Amazon's replenishment ID to a slot of a model. Devices that are linked are described to Alexa anew; once a
/// device of the model is registered, an ID can't become another one.
#[utoipa::path(put, path = "/v1/models/{model}/slots/{instance}/replenishment", tag = "devices",
    params(("model" = Label, Path), ("instance" = String, Path)), request_body = Assignment,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
async fn assign(
    State(app): State<Shared>,
    _by: Administrator,
    Part((model, instance)): Part<(Label, Instance)>,
    Json(form): Json<Assignment>,
) -> Result<StatusCode, ApiError> {
    let known = app.store.model(model.clone()).await?.ok_or_else(ApiError::not_found)?;
    if !known.slots.iter().any(|slot| slot.instance == instance) {
        return Err(ApiError::not_found());
    }
    match app.store.assign(model, instance, form.id).await? {
        Assigned::Changed if app.amazon.is_some() => app.relay.assigned(),
        Assigned::Changed | Assigned::Same => {}
        Assigned::Frozen(frozen) => {
            return Err(ApiError::new(Code::ReplenishmentFrozen, frozen.to_string()).at("id"));
        }
        Assigned::Elsewhere(other) => {
            let detail = format!("This is the replenishment ID of the slot {}.", other.as_str());
            return Err(ApiError::new(Code::ReplenishmentFrozen, detail).at("id"));
        }
    }
    Ok(StatusCode::NO_CONTENT)
}
