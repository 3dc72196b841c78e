//! The audit trail as it is read: by customers, what concerns them; by the maker's people, what they did themselves; by
//! administrators, all of it, and whether it is whole. Reading all of it is in the trail, too.

#![expect(unused_qualifications, reason = "the macro that describes the API writes paths out")]

use super::Actor;
use crate::access::{Administrator, Customer, Staff};
use crate::audit::{Action, AuditRow, Verdict, Walk, read_head};
use crate::error::{ApiError, Code, Problem};
use crate::extract::{Params, Peer};
use crate::ids::AccountId;
use crate::state::Shared;
use crate::store::Role;
use crate::store::support::AuditFilter;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(own)).routes(routes!(list)).routes(routes!(check))
}

/// Rows of one page.
const PAGE: usize = 100;

/// Rows that are walked at once, so that nobody waits long behind it.
const STRETCH: usize = 2_000;

/// Where to go on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BeforeRow {
    /// The number of the last row that is known.
    before: Option<i64>,
}

/// One line of the trail, as the customer reads it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrailLine {
    /// Its number.
    pub number: i64,
    /// When, ms since 1970 UTC.
    pub at: i64,
    /// Who.
    pub who: String,
    /// As what they acted: `customer`, `staff` or `administrator`.
    pub role: String,
    /// What was done.
    pub action: String,
    /// On what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The number of the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A page of the trail, as the customer reads it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrailPage {
    /// The newest first.
    pub lines: Vec<TrailLine>,
    /// There are more: ask again with the last one's number.
    pub more: bool,
}

impl From<AuditRow> for TrailLine {
    fn from(row: AuditRow) -> Self {
        Self {
            number: row.seq,
            at: row.at,
            who: row.actor_name,
            role: row.role,
            action: row.action,
            about: row.about,
            case: row.case,
            reason: row.reason,
        }
    }
}

/// What was looked at and done of the customer's, the newest first.
#[utoipa::path(get, path = "/v1/trail", tag = "support", params(BeforeRow),
    responses((status = 200, body = TrailPage), (status = 401, body = Problem)))]
async fn own(
    State(app): State<Shared>,
    Customer(by): Customer,
    Params(from): Params<BeforeRow>,
) -> Result<axum::Json<TrailPage>, ApiError> {
    let filter = AuditFilter { customer: Some(by.account), actor: None };
    let rows = app.store.audits(filter, from.before.unwrap_or(i64::MAX), PAGE).await?;
    let more = rows.len() == PAGE;
    Ok(axum::Json(TrailPage { lines: rows.into_iter().map(Into::into).collect(), more }))
}

/// Which rows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditAsked {
    /// The number of the last row that is known.
    before: Option<i64>,
    /// About this customer alone.
    customer: Option<Uuid>,
    /// By this person alone. Who is no administrator sees their own rows, whatever is asked.
    actor: Option<Uuid>,
}

/// One row of the trail.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditView {
    /// As the customer reads it.
    #[serde(flatten)]
    pub line: TrailLine,
    /// Who.
    pub actor: AccountId,
    /// Whom it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<AccountId>,
    /// From which network.
    pub from: String,
}

/// A page of the trail.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditPage {
    /// The newest first.
    pub rows: Vec<AuditView>,
    /// There are more: ask again with the last one's number.
    pub more: bool,
}

/// The audit trail: administrators see all of it, others what they did themselves.
#[utoipa::path(get, path = "/v1/audit", tag = "support", params(AuditAsked),
    responses((status = 200, body = AuditPage), (status = 400, body = Problem), (status = 403, body = Problem)))]
async fn list(
    State(app): State<Shared>,
    Staff(by): Staff,
    Peer(peer): Peer,
    Params(asked): Params<AuditAsked>,
) -> Result<axum::Json<AuditPage>, ApiError> {
    let customer = asked.customer.map(AccountId);
    let all = by.scopes.contains(&Role::Administrator);
    let actor = if all { asked.actor.map(AccountId) } else { Some(by.account) };
    // What one did oneself is nobody else's: to look at it is no line of its own.
    if actor != Some(by.account) {
        let line = Actor::of(&app, &by, peer).await?.line(Action::SeeAudit, customer);
        app.store.audit(line).await?;
    }
    let filter = AuditFilter { customer, actor };
    let rows = app.store.audits(filter, asked.before.unwrap_or(i64::MAX), PAGE).await?;
    let more = rows.len() == PAGE;
    let view = |row: AuditRow| AuditView {
        actor: row.actor,
        customer: row.customer,
        from: row.peer.clone(),
        line: row.into(),
    };
    Ok(axum::Json(AuditPage { rows: rows.into_iter().map(view).collect(), more }))
}

/// What the trail is held against.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Expected {
    /// A head that was written down: `number:hash`.
    head: Option<String>,
}

/// Walks the whole trail and says whether anything was changed, taken out, slipped in or cut off.
#[utoipa::path(get, path = "/v1/audit/check", tag = "support", params(Expected),
    responses((status = 200, body = Verdict), (status = 400, body = Problem), (status = 403, body = Problem)))]
async fn check(
    State(app): State<Shared>,
    _by: Administrator,
    Params(expected): Params<Expected>,
) -> Result<axum::Json<Verdict>, ApiError> {
    let bad = || ApiError::new(Code::InvalidParameter, "A head is a number, a colon and 64 digits.");
    let head = expected.head.as_deref().map(|text| read_head(text).ok_or_else(bad)).transpose()?;
    let mut walk = Walk::new(head);
    loop {
        let rows = app.store.audit_after(walk.head().seq, STRETCH).await?;
        let whole = rows.iter().all(|row| walk.next(row));
        if !whole || rows.len() < STRETCH {
            return Ok(axum::Json(walk.end()));
        }
    }
}
