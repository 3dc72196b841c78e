//! Entries in and out. Every entry of a batch is judged alone and gets its verdict in the order it was sent; what was
//! stored is on disk when the answer goes out; sending anything again is harmless.

#![expect(unused_qualifications, reason = "the macro that describes the API writes paths out")]

pub(crate) mod ingest;
mod shape;

pub use shape::EntryShape;

use crate::access::Customer;
use crate::error::{ApiError, Code, Problem};
use crate::extract::{Batch, Params};
use crate::ids::AccountId;
use crate::state::{App, Shared};
use crate::store::Verdict;
use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};
use refill_domain::endpoint::Slot;
use refill_domain::ids::{EntryId, SlotId};
use refill_domain::ledger::{AdmitError, Entry, EntryKind, Source, admit};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(pull, post)).merge(ingest::routes())
}

/// Longest text in an entry, in characters.
const TEXT_MAX: usize = 2000;

/// Entries of one page at most.
const PAGE_MAX: usize = 1000;

/// What became of one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is on disk.
    Stored,
    /// It was there, the same.
    Duplicate,
    /// Its id was used for something else, which stays.
    Conflict,
    /// It can't be; sending it again will not help.
    Refused,
    /// It lies in the future by this server's clock, so one of two clocks is wrong: nothing was stored, and it is to be
    /// sent again later.
    Later,
}

/// The verdict on one entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerdictView {
    /// Its id, if it could be read.
    pub id: Option<Uuid>,
    /// What became of it.
    pub outcome: Outcome,
    /// Its number within the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Why, if it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl VerdictView {
    fn refused(id: Option<Uuid>, why: &impl ToString) -> Self {
        let detail = why.to_string().chars().take(300).collect();
        Self { id, outcome: Outcome::Refused, seq: None, detail: Some(detail) }
    }

    fn later(id: EntryId) -> Self {
        Self { outcome: Outcome::Later, ..Self::refused(Some(id.0), &AHEAD_OF_US) }
    }

    fn of(id: EntryId, verdict: Verdict) -> Self {
        let (outcome, seq) = match verdict {
            Verdict::Stored(seq) => (Outcome::Stored, Some(seq)),
            Verdict::Duplicate(seq) => (Outcome::Duplicate, Some(seq)),
            Verdict::Conflict => (Outcome::Conflict, None),
            Verdict::NoSlot => return Self::refused(Some(id.0), &NO_SLOT),
        };
        Self { id: Some(id.0), outcome, seq, detail: None }
    }
}

const AHEAD_OF_US: &str = "It lies in the future: one of the clocks is wrong. Send it again later.";

/// So far ahead of this server's clock an entry may be and yet be true: a clock that was set back a day, and some.
const AHEAD_MAX: TimeDelta = TimeDelta::hours(48);

const NO_SLOT: &str = "You have no such slot.";

/// Verdicts in the order of the entries.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verdicts {
    /// One for each entry.
    pub verdicts: Vec<VerdictView>,
}

/// Entries that came, each judged or refused already.
type Judged = Result<Entry, VerdictView>;

/// Stores what was not refused, and puts all verdicts in order.
async fn store(app: &App, account: AccountId, judged: Vec<Judged>) -> Result<Vec<VerdictView>, ApiError> {
    let now = app.clock.now_ms();
    let count = u32::try_from(judged.len()).unwrap_or(u32::MAX);
    app.limits.events.take(account, count, now).map_err(ApiError::rate_limited)?;
    let entries: Vec<Entry> = judged.iter().filter_map(|of| of.as_ref().ok()).cloned().collect();
    let verdicts =
        if entries.is_empty() { Vec::new() } else { app.store.append(account, entries, now).await? };
    app.drs.sooner.notify_one();
    let mut verdicts = verdicts.into_iter();
    let view = |of: Judged| match of {
        Ok(entry) => verdicts.next().map(|verdict| VerdictView::of(entry.id, verdict)),
        Err(refused) => Some(refused),
    };
    Ok(judged.into_iter().filter_map(view).collect())
}

/// The id of something that could not be read as a whole.
fn id_of(raw: &RawValue) -> Option<Uuid> {
    #[derive(Deserialize)]
    struct OnlyId {
        id: Uuid,
    }
    serde_json::from_str::<OnlyId>(raw.get()).ok().map(|of| of.id)
}

/// Checks what the domain does not: lengths of texts, and times that can be kept.
fn admitted(mut entry: Entry, slot: &Slot, now: DateTime<Utc>) -> Judged {
    let id = Some(entry.id.0);
    let ms = entry.observed_at.timestamp_millis();
    entry.observed_at = DateTime::from_timestamp_millis(ms).unwrap_or(entry.observed_at);
    entry.recorded_at = now;
    let texts = match &entry.kind {
        EntryKind::Purchased { shop, .. } => [entry.note.as_deref(), shop.as_deref()],
        EntryKind::Received { order, .. } => [entry.note.as_deref(), Some(order.as_str())],
        _ => [entry.note.as_deref(), None],
    };
    if texts.into_iter().flatten().any(|text| text.chars().count() > TEXT_MAX) {
        return Err(VerdictView::refused(id, &"A text is longer than 2000 characters."));
    }
    if entry.observed_at < DateTime::UNIX_EPOCH {
        return Err(VerdictView::refused(id, &"observed_at is before 1970."));
    }
    match admit(&entry, slot, now) {
        Ok(()) => Ok(entry),
        Err(AdmitError::Future) if entry.observed_at <= now + AHEAD_MAX => Err(VerdictView::later(entry.id)),
        Err(why) => Err(VerdictView::refused(id, &why)),
    }
}

fn within(count: usize, app: &App) -> Result<(), ApiError> {
    let max = app.config.limits.batch_entries;
    if (1..=max).contains(&count) {
        Ok(())
    } else {
        Err(ApiError::new(Code::InvalidBody, format!("Send 1 to {max} at once.")))
    }
}

/// Entries to be stored.
#[derive(Deserialize, ToSchema)]
pub struct Entries {
    /// In any order.
    #[schema(value_type = Vec<EntryShape>)]
    pub entries: Vec<Box<RawValue>>,
}

/// Stores entries of the customer's slots, each once.
#[utoipa::path(post, path = "/v1/entries", tag = "ledger", request_body = Entries,
    responses((status = 200, body = Verdicts), (status = 400, body = Problem), (status = 429, body = Problem),
              (status = 507, body = Problem)))]
async fn post(
    State(app): State<Shared>,
    Customer(by): Customer,
    Batch(sent): Batch<Entries>,
) -> Result<axum::Json<Verdicts>, ApiError> {
    within(sent.entries.len(), &app)?;
    let devices = app.store.devices(by.account).await?;
    let slots: BTreeMap<SlotId, &Slot> =
        devices.iter().flat_map(|device| &device.slots).map(|slot| (slot.id, slot)).collect();
    let now = app.clock.now();
    let judge = |raw: Box<RawValue>| -> Judged {
        let entry: Entry =
            serde_json::from_str(raw.get()).map_err(|why| VerdictView::refused(id_of(&raw), &why))?;
        if entry.source == Source::Cloud {
            return Err(VerdictView::refused(Some(entry.id.0), &"Only the cloud speaks for itself."));
        }
        let slot = slots.get(&entry.slot);
        let slot = slot.ok_or_else(|| VerdictView::refused(Some(entry.id.0), &NO_SLOT))?;
        admitted(entry, slot, now)
    };
    let judged = sent.entries.into_iter().map(judge).collect();
    Ok(axum::Json(Verdicts { verdicts: store(&app, by.account, judged).await? }))
}

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Cursor {
    /// The number of the last entry that is known; 0 for all.
    #[serde(default)]
    pub after: u64,
    /// Entries wanted at most, up to 1000.
    #[serde(default = "page")]
    pub limit: usize,
}

fn page() -> usize {
    PAGE_MAX
}

/// A numbered entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct Numbered {
    /// Its number, growing within the account.
    pub seq: u64,
    /// The entry.
    #[schema(value_type = EntryShape)]
    pub entry: Entry,
}

/// A page of entries.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page {
    /// By number.
    pub entries: Vec<Numbered>,
    /// To be sent as `after` for the next page, and as `Last-Event-ID` for the feed.
    pub next: u64,
    /// There may be more.
    pub more: bool,
}

/// The customer's entries by number.
#[utoipa::path(get, path = "/v1/entries", tag = "ledger", params(Cursor),
    responses((status = 200, body = Page), (status = 400, body = Problem)))]
async fn pull(
    State(app): State<Shared>,
    Customer(by): Customer,
    Params(cursor): Params<Cursor>,
) -> Result<axum::Json<Page>, ApiError> {
    Ok(axum::Json(page_of(&app, by.account, &cursor).await?))
}

/// A page of an account's entries.
///
/// # Errors
/// The store's.
pub async fn page_of(app: &App, account: AccountId, cursor: &Cursor) -> Result<Page, ApiError> {
    let limit = cursor.limit.clamp(1, PAGE_MAX);
    let head = *app.store.changes(account).await?.borrow();
    let mut found = app.store.entries(account, cursor.after, limit).await?;
    let more = found.len() == limit;
    // What came after the head was read waits for the next page, so that no other change is jumped over either.
    found.retain(|(seq, _)| *seq <= head);
    let last = found.last().map_or(cursor.after, |(seq, _)| *seq);
    let next = if more { last } else { last.max(head) };
    let entries = found.into_iter().map(|(seq, entry)| Numbered { seq, entry }).collect();
    Ok(Page { entries, next, more })
}
