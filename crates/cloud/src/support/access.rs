//! Access by the customer's consent: asked for with a case and a reason, given for one to seven days, taken back at any
//! time, ended by the clock. An administrator may break the glass for a legal or a safety reason, for a day, and the
//! customer is told.

use super::find::too_many;
use super::{Actor, Why};
use crate::access::{Administrator, Caller, Customer, Staff};
use crate::audit::Action;
use crate::error::{ApiError, Code, Problem};
use crate::extract::{Json, Part, Peer};
use crate::ids::{AccessId, AccountId};
use crate::state::{App, Shared};
use crate::store::support::{AccessRow, Asked, Decided, Decision, REQUEST_LIFE, Standing};
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(own))
        .routes(routes!(give))
        .routes(routes!(decline))
        .routes(routes!(withdraw))
        .routes(routes!(cases))
        .routes(routes!(ask))
        .routes(routes!(close))
        .routes(routes!(break_glass))
}

/// Days of access at most.
pub const DAYS_MAX: u32 = 7;

const DAY_MS: i64 = 86_400_000;

/// What was taken without the customer is open so long, ms.
const GLASS_LIFE: i64 = DAY_MS;

/// Requests that are listed.
pub const LATEST: usize = 100;

/// How a request stands at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccessStanding {
    /// It waits for the customer.
    Asked,
    /// It waited too long.
    Lapsed,
    /// There is access.
    Given,
    /// There is access that an administrator took.
    BrokenGlass,
    /// Its time is over.
    Ended,
    /// The customer did not give it.
    Declined,
    /// The customer took it back.
    Withdrawn,
    /// The case was closed.
    Closed,
}

/// A request for access, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessView {
    /// Its id.
    pub id: AccessId,
    /// Who asked.
    pub staff: String,
    /// The number of the case.
    pub case: String,
    /// Why.
    pub reason: String,
    /// When, ms since 1970 UTC.
    pub asked_at: i64,
    /// How it stands now.
    pub standing: AccessStanding,
    /// From when there is, or was, access.
    pub from: Option<i64>,
    /// Until when there is, or was, access; while it waits: until when it does.
    pub until: Option<i64>,
}

impl AccessView {
    fn of(row: AccessRow, now: i64) -> Self {
        let live = row.is_live(now);
        let standing = match row.standing {
            Standing::Asked if row.is_open(now) => AccessStanding::Asked,
            Standing::Asked => AccessStanding::Lapsed,
            Standing::Given if live => AccessStanding::Given,
            Standing::BrokenGlass if live => AccessStanding::BrokenGlass,
            Standing::Given | Standing::BrokenGlass => AccessStanding::Ended,
            Standing::Declined => AccessStanding::Declined,
            Standing::Withdrawn => AccessStanding::Withdrawn,
            Standing::Closed => AccessStanding::Closed,
        };
        let lapses = row.asked_at.saturating_add(REQUEST_LIFE);
        let until = if row.standing == Standing::Asked { Some(lapses) } else { row.ends_at };
        Self {
            id: row.id,
            staff: row.staff_name,
            case: row.case,
            reason: row.reason,
            asked_at: row.asked_at,
            standing,
            from: row.from_at,
            until,
        }
    }
}

/// One's own requests, and the customer each is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseView {
    /// The customer.
    pub customer: AccountId,
    /// The customer's name; absent without access.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The customer's address, masked.
    pub mail: String,
    /// The request.
    #[serde(flatten)]
    pub access: AccessView,
}

/// What the maker's people asked the customer to let them see, the newest first.
#[utoipa::path(get, path = "/v1/access", tag = "support",
    responses((status = 200, body = [AccessView]), (status = 401, body = Problem)))]
async fn own(
    State(app): State<Shared>,
    Customer(by): Customer,
) -> Result<axum::Json<Vec<AccessView>>, ApiError> {
    let now = app.clock.now_ms();
    let all = app.store.accesses(by.account, LATEST).await?.into_iter();
    Ok(axum::Json(all.map(|row| AccessView::of(row, now)).collect()))
}

/// For how long.
#[derive(Debug, Deserialize, ToSchema)]
pub struct GiveForm {
    /// Days, 1 to 7.
    pub days: u32,
}

async fn decided(
    app: &App,
    by: &Caller,
    peer: IpAddr,
    access: Uuid,
    decision: Decision,
) -> Result<axum::Json<AccessView>, ApiError> {
    let action = match decision {
        Decision::Give { .. } => Action::Give,
        Decision::Decline => Action::Decline,
        Decision::Withdraw => Action::Withdraw,
    };
    let line = Actor::of(app, by, peer).await?.line(action, Some(by.account));
    match app.store.decide_access(by.account, AccessId(access), decision, line).await? {
        Decided::Done(row) => Ok(axum::Json(AccessView::of(row, app.clock.now_ms()))),
        Decided::NotNow => Err(ApiError::new(
            Code::AccessDecided,
            "This was answered already, or its time is over. Look again.",
        )),
        Decided::Nothing => Err(ApiError::not_found()),
    }
}

/// Gives the access that was asked for, for one to seven days.
#[utoipa::path(post, path = "/v1/access/{access}/give", tag = "support", params(("access" = Uuid, Path)),
    request_body = GiveForm,
    responses((status = 200, body = AccessView), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem)))]
async fn give(
    State(app): State<Shared>,
    Customer(by): Customer,
    Peer(peer): Peer,
    Part(access): Part<Uuid>,
    Json(form): Json<GiveForm>,
) -> Result<axum::Json<AccessView>, ApiError> {
    if !(1..=DAYS_MAX).contains(&form.days) {
        return Err(ApiError::field("days", "Give access for 1 to 7 days."));
    }
    let until = app.clock.now_ms() + i64::from(form.days) * DAY_MS;
    decided(&app, &by, peer, access, Decision::Give { until }).await
}

/// Does not give the access that was asked for.
#[utoipa::path(post, path = "/v1/access/{access}/decline", tag = "support", params(("access" = Uuid, Path)),
    responses((status = 200, body = AccessView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn decline(
    State(app): State<Shared>,
    Customer(by): Customer,
    Peer(peer): Peer,
    Part(access): Part<Uuid>,
) -> Result<axum::Json<AccessView>, ApiError> {
    decided(&app, &by, peer, access, Decision::Decline).await
}

/// Takes access back; it opens nothing from then on.
#[utoipa::path(post, path = "/v1/access/{access}/withdraw", tag = "support", params(("access" = Uuid, Path)),
    responses((status = 200, body = AccessView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn withdraw(
    State(app): State<Shared>,
    Customer(by): Customer,
    Peer(peer): Peer,
    Part(access): Part<Uuid>,
) -> Result<axum::Json<AccessView>, ApiError> {
    decided(&app, &by, peer, access, Decision::Withdraw).await
}

/// One's own cases, the newest first.
#[utoipa::path(get, path = "/v1/support/cases", tag = "support",
    responses((status = 200, body = [CaseView]), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn cases(State(app): State<Shared>, Staff(by): Staff) -> Result<axum::Json<Vec<CaseView>>, ApiError> {
    let now = app.clock.now_ms();
    let mut cases = Vec::new();
    for row in app.store.accesses_by(by.account, LATEST).await? {
        let Some(customer) = app.store.account(row.account).await? else { continue };
        cases.push(CaseView {
            customer: customer.id,
            name: row.is_live(now).then_some(customer.name),
            mail: super::masked::mail(&customer.email),
            access: AccessView::of(row, now),
        });
    }
    Ok(axum::Json(cases))
}

/// A request as it is made.
fn request(app: &App, actor: &Actor, customer: Uuid, why: &Why) -> AccessRow {
    AccessRow {
        account: AccountId(customer),
        id: AccessId(app.clock.new_id()),
        staff: actor.account.id,
        staff_name: actor.account.name.clone(),
        case: why.case.clone(),
        reason: why.reason.clone(),
        asked_at: app.clock.now_ms(),
        standing: Standing::Asked,
        from_at: None,
        ends_at: None,
    }
}

/// Asks a customer for access. Asked again, the request that waits, or the access there is, is the answer.
#[utoipa::path(post, path = "/v1/support/customers/{customer}/ask", tag = "support",
    params(("customer" = Uuid, Path)), request_body = Why,
    responses((status = 200, body = AccessView), (status = 201, body = AccessView), (status = 403, body = Problem),
              (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
async fn ask(
    State(app): State<Shared>,
    Staff(by): Staff,
    Peer(peer): Peer,
    Part(customer): Part<Uuid>,
    Json(form): Json<Why>,
) -> Result<(StatusCode, axum::Json<AccessView>), ApiError> {
    let why = form.judged()?;
    let now = app.clock.now_ms();
    app.limits.lookups.take(by.account, 1, now).map_err(ApiError::rate_limited)?;
    let actor = Actor::of(&app, &by, peer).await?;
    let row = request(&app, &actor, customer, &why);
    let line = actor.reasoned(Action::Ask, Some(row.account), &why);
    match app.store.ask_access(row.clone(), line).await? {
        Asked::Done => Ok((StatusCode::CREATED, axum::Json(AccessView::of(row, now)))),
        Asked::Already(row) => Ok((StatusCode::OK, axum::Json(AccessView::of(row, now)))),
        Asked::TooMany => Err(too_many()),
        Asked::NoCustomer => Err(ApiError::not_found()),
    }
}

/// Closes one's case with a customer: what was asked is asked no more, and access ends.
#[utoipa::path(post, path = "/v1/support/customers/{customer}/close", tag = "support",
    params(("customer" = Uuid, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn close(
    State(app): State<Shared>,
    Staff(by): Staff,
    Peer(peer): Peer,
    Part(customer): Part<Uuid>,
) -> Result<StatusCode, ApiError> {
    let customer = AccountId(customer);
    let line = Actor::of(&app, &by, peer).await?.line(Action::Close, Some(customer));
    let closed = app.store.close_access(customer, by.account, line).await?;
    if closed { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::not_found()) }
}

/// What allows to see without consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grounds {
    /// The law demands it.
    Legal,
    /// Somebody is in danger.
    Safety,
}

/// Why the glass is broken.
#[derive(Debug, Deserialize, ToSchema)]
pub struct GlassForm {
    /// What allows it.
    pub grounds: Grounds,
    /// The number of the case.
    pub case: String,
    /// Why, for the customer too.
    pub reason: String,
}

/// Takes access for a day without the customer, for a legal or a safety reason. The customer is told.
#[utoipa::path(post, path = "/v1/support/customers/{customer}/break-glass", tag = "support",
    params(("customer" = Uuid, Path)), request_body = GlassForm,
    responses((status = 201, body = AccessView), (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 422, body = Problem)))]
async fn break_glass(
    State(app): State<Shared>,
    Administrator(by): Administrator,
    Peer(peer): Peer,
    Part(customer): Part<Uuid>,
    Json(form): Json<GlassForm>,
) -> Result<(StatusCode, axum::Json<AccessView>), ApiError> {
    let why = Why { case: form.case, reason: form.reason }.judged()?;
    let actor = Actor::of(&app, &by, peer).await?;
    let row = request(&app, &actor, customer, &why);
    let (now, ends_at) = (row.asked_at, row.asked_at + GLASS_LIFE);
    let row =
        AccessRow { standing: Standing::BrokenGlass, from_at: Some(now), ends_at: Some(ends_at), ..row };
    let mut line = actor.reasoned(Action::BreakGlass, Some(row.account), &why);
    let grounds = match form.grounds {
        Grounds::Legal => "legal",
        Grounds::Safety => "safety",
    };
    line.about = Some(grounds.to_owned());
    match app.store.ask_access(row.clone(), line).await? {
        Asked::Done => Ok((StatusCode::CREATED, axum::Json(AccessView::of(row, now)))),
        Asked::Already(_) | Asked::TooMany | Asked::NoCustomer => Err(ApiError::not_found()),
    }
}
