//! Everything a client starts from, in one answer: the devices, and what the feed would have told of each of them, as it
//! stands now. Whoever begins, or was told that its cursor is gone, applies this, pulls the entries, and follows the feed
//! from the cursor that came with it: what changes meanwhile is told again, whole, and nothing falls between.

use crate::access::Customer;
use crate::devices::{DeviceView, shown};
use crate::error::{ApiError, Problem};
use crate::ids::AccountId;
use crate::state::{App, Shared};
use crate::store::alexa::AlexaStands;
use crate::store::heard::differences;
use crate::store::{Change, Device};
use axum::extract::State;
use chrono::{DateTime, Utc};
use refill_domain::orders::Orders;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(everything))
}

/// How everything of an account stands, entries aside.
#[derive(Debug, Serialize, ToSchema)]
pub struct Everything {
    /// The devices.
    pub devices: Vec<DeviceView>,
    /// Registrations, subscriptions and orders of the devices at Amazon, and the link to Alexa, each as the feed tells it.
    #[schema(value_type = Vec<Object>)]
    pub changes: Vec<Change>,
    /// To be sent as `Last-Event-ID`, or `after`, for the feed.
    pub next: u64,
}

/// How everything of the customer stands, to begin from. Entries are pulled from `/v1/entries`.
#[utoipa::path(get, path = "/v1/state", tag = "ledger",
    responses((status = 200, body = Everything), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn everything(
    State(app): State<Shared>,
    Customer(by): Customer,
) -> Result<axum::Json<Everything>, ApiError> {
    // The cursor first: what changes after it is told by the feed, even where it is in this answer already.
    let next = *app.store.changes(by.account).await?.borrow();
    let devices = app.store.devices(by.account).await?;
    let changes = changes_of(&app, by.account, &devices).await?;
    let devices = shown(&app, devices).await?;
    Ok(axum::Json(Everything { devices, changes, next }))
}

/// Registrations, subscriptions and orders of an account's devices, and its link to Alexa, as they stand.
///
/// # Errors
/// The store's.
pub async fn changes_of(app: &App, account: AccountId, devices: &[Device]) -> Result<Vec<Change>, ApiError> {
    let mut changes = Vec::new();
    for device in devices {
        let orders = app.store.orders(account, device.id).await?;
        let nothing = (&Orders::default(), DateTime::<Utc>::MIN_UTC);
        changes.extend(differences(device.id, &device.slots, nothing, (&orders, app.clock.now())));
    }
    if let Some(alexa) = &app.config.alexa {
        let AlexaStands { link, since } = app.store.alexa_stands(account).await?;
        changes.push(Change::Alexa { link, since, here: Some(alexa.skill_id.is_some()) });
    }
    Ok(changes)
}
