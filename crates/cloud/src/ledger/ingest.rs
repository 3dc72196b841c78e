//! What devices say with their own credentials: levels, uses, durations (uses in a unit of time) and replacements, one
//! at a time or many. The entry's id is the event's, so that a device may send again until it hears an answer.

use super::{Judged, Outcome, VerdictView, Verdicts, admitted, id_of, shape, store, within};
use crate::access::{OfDevice, Speaker};
use crate::error::{ApiError, Code, Problem};
use crate::extract::{Batch, Json};
use crate::state::{App, Shared};
use axum::extract::State;
use chrono::{DateTime, Utc};
use refill_domain::ids::{EntryId, Instance};
use refill_domain::ledger::{Entry, EntryKind, Source};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(single)).routes(routes!(batch))
}

/// Seconds after which what lies in the future is worth another try.
const LATER: u64 = 900;

/// Something a device says.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Event {
    /// Made by the device, the same at every try; a time-ordered UUID (version 7) is best.
    pub id: Uuid,
    /// Which slot.
    #[schema(value_type = String)]
    pub instance: Instance,
    /// When it happened.
    pub observed_at: DateTime<Utc>,
    /// What happened: `level_read`, `consumed` or `replaced`.
    #[schema(value_type = shape::Kind)]
    pub kind: EntryKind,
}

fn judge(event: Event, speaker: &Speaker, now: DateTime<Utc>) -> Judged {
    let refused = |why: &str| Err(VerdictView::refused(Some(event.id), &why));
    match &event.kind {
        EntryKind::LevelRead { .. } | EntryKind::Consumed { .. } | EntryKind::Replaced { .. } => {}
        EntryKind::Purchased { .. }
        | EntryKind::Received { .. }
        | EntryKind::Counted { .. }
        | EntryKind::Voided { .. } => return refused("A device says levels, uses and replacements."),
    }
    let Some(slot) = speaker.slot(event.instance.as_str()) else {
        return refused("This device has no such instance.");
    };
    let entry = Entry {
        id: EntryId(event.id),
        slot: slot.id,
        observed_at: event.observed_at,
        recorded_at: now,
        source: Source::Device,
        about: None,
        note: None,
        kind: event.kind,
    };
    admitted(entry, slot, now)
}

/// Judges and stores one event, by whichever way it came.
///
/// # Errors
/// The device says too much, or the store failed.
pub(crate) async fn one(app: &App, speaker: &Speaker, event: Event) -> Result<VerdictView, ApiError> {
    let judged = vec![judge(event, speaker, app.clock.now())];
    let verdict = store(app, speaker.account, judged).await?.pop();
    verdict.ok_or_else(|| ApiError::internal(anyhow::anyhow!("No verdict")))
}

/// Judges and stores many events, each alone, by whichever way they came.
///
/// # Errors
/// They are none or too many, the device says too much, or the store failed.
pub(crate) async fn many(
    app: &App,
    speaker: &Speaker,
    events: Vec<Box<RawValue>>,
) -> Result<Vec<VerdictView>, ApiError> {
    within(events.len(), app)?;
    let now = app.clock.now();
    let read = |raw: Box<RawValue>| -> Judged {
        let event = serde_json::from_str(raw.get());
        judge(event.map_err(|why| VerdictView::refused(id_of(&raw), &why))?, speaker, now)
    };
    store(app, speaker.account, events.into_iter().map(read).collect()).await
}

/// Takes in one event.
#[utoipa::path(post, path = "/v1/device/events", tag = "ingest", request_body = Event,
    responses((status = 200, body = VerdictView, description = "Stored, or there already"),
              (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem),
              (status = 503, body = Problem, description = "One of the clocks is wrong"),
              (status = 507, body = Problem)))]
async fn single(
    State(app): State<Shared>,
    OfDevice(speaker): OfDevice,
    Json(event): Json<Event>,
) -> Result<axum::Json<VerdictView>, ApiError> {
    let verdict = one(&app, &speaker, event).await?;
    match verdict.outcome {
        Outcome::Stored | Outcome::Duplicate => Ok(axum::Json(verdict)),
        Outcome::Conflict => {
            Err(ApiError::new(Code::IdReused, "This id was used for something else.").at("id"))
        }
        Outcome::Later => {
            let mut error =
                ApiError::new(Code::ClockDiffers, verdict.detail.unwrap_or_default()).at("observed_at");
            error.retry_after = Some(LATER);
            Err(error)
        }
        Outcome::Refused => {
            Err(ApiError::new(Code::InvalidField, verdict.detail.unwrap_or_default()).at("kind"))
        }
    }
}

/// Many events.
#[derive(Deserialize, ToSchema)]
pub struct Events {
    /// In any order.
    #[schema(value_type = Vec<Event>)]
    pub events: Vec<Box<RawValue>>,
}

/// Takes in many events, each judged alone.
#[utoipa::path(post, path = "/v1/device/events/batch", tag = "ingest", request_body = Events,
    responses((status = 200, body = Verdicts), (status = 400, body = Problem), (status = 429, body = Problem),
              (status = 507, body = Problem)))]
async fn batch(
    State(app): State<Shared>,
    OfDevice(speaker): OfDevice,
    Batch(sent): Batch<Events>,
) -> Result<axum::Json<Verdicts>, ApiError> {
    Ok(axum::Json(Verdicts { verdicts: many(&app, &speaker, sent.events).await? }))
}
