//! What somebody of the maker's sees of a customer who gave access: what the customer sees, and what explains it. Every
//! route reads, none writes; each look is written down before anything is read. Without access a customer that is there
//! answers as one that is not.

#![expect(unused_qualifications, reason = "the macro that describes the API writes paths out")]

use super::figures::{Figure, LATEST, figure_of};
use super::{Actor, masked};
use crate::access::{Caller, Staff};
use crate::audit::Action;
use crate::devices::{DeviceView, shown};
use crate::error::{ApiError, Code, Problem};
use crate::extract::{Params, Part, Peer};
use crate::ids::AccountId;
use crate::ledger::{Cursor, EntryShape, Page, page_of};
use crate::oauth::{Link, links_of};
use crate::pull::changes_of;
use crate::relay::{AlexaView, Before, ReportsPage, WholeReport, reports_of, view_of, whole_of};
use crate::state::{App, Shared};
use crate::store::Change;
use crate::store::drs::Standing;
use crate::store::heard::Notice;
use crate::store::relay::OutRow;
use crate::store::{Account, Device};
use axum::extract::State;
use refill_domain::endpoint::SensorKind;
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::ledger::Entry;
use refill_domain::sns::Told;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::net::IpAddr;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(overview))
        .routes(routes!(entries))
        .routes(routes!(slot_entries))
        .routes(routes!(orders))
        .routes(routes!(reports))
        .routes(routes!(report))
        .routes(routes!(links))
        .routes(routes!(notices))
}

/// Hours of silence after which a device that owes a daily word counts as silent, where nothing else is set.
const SILENT_HOURS: u32 = 48;

const HOUR_MS: i64 = 3_600_000;

/// Entries of a slot on one page.
const SLOT_PAGE: usize = 5_000;

/// Notifications of one device that are shown.
const NOTICES_MAX: usize = 200;

/// Opens a customer to somebody of the maker's, and writes down that it was looked at.
async fn opened(
    app: &App,
    by: &Caller,
    peer: IpAddr,
    customer: Uuid,
    (action, about): (Action, Option<String>),
) -> Result<Opened, ApiError> {
    let customer = AccountId(customer);
    let live = app.store.live_access(customer, by.account, app.clock.now_ms()).await?;
    let live = live.ok_or_else(ApiError::not_found)?;
    let account = app.store.account(customer).await?.ok_or_else(ApiError::not_found)?;
    let mut line = Actor::of(app, by, peer).await?.line(action, Some(customer));
    (line.case, line.about) = (Some(live.case.clone()), about);
    app.store.audit(line).await?;
    Ok(Opened { account, case: live.case, until: live.ends_at.unwrap_or_default() })
}

/// A customer who is open to who asks.
struct Opened {
    account: Account,
    case: String,
    until: i64,
}

/// How a device does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// It speaks, or owes no daily word.
    Well,
    /// It owes a daily word and has not spoken for too long.
    Silent,
    /// It never spoke.
    NeverSpoke,
}

/// A device and how it does.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceCare {
    /// The device, as its owner sees it.
    pub device: DeviceView,
    /// How it does.
    pub health: Health,
    /// When it said anything last, ms since 1970 UTC.
    pub said_at: Option<i64>,
    /// What is in it, by slot.
    pub figures: Vec<Figure>,
}

/// A customer, open to who asks.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerView {
    /// The account.
    pub customer: AccountId,
    /// The customer's name.
    pub name: String,
    /// The address of sign-in, masked.
    pub mail: String,
    /// Since when there is the account, ms since 1970 UTC.
    pub since: i64,
    /// The case that opens it.
    pub case: String,
    /// Until when it is open.
    pub until: i64,
    /// The devices.
    pub devices: Vec<DeviceCare>,
}

async fn cared(
    app: &App,
    account: AccountId,
    device: Device,
    sent: &Arc<[OutRow]>,
) -> Result<DeviceCare, ApiError> {
    let (mut figures, mut said_at) = (Vec::new(), None);
    for slot in &device.slots {
        let entries = app.store.slot_entries(account, slot.id, 0, i64::MAX).await?;
        let (of, id, sent, now) = (slot.clone(), device.id, Arc::clone(sent), app.clock.now());
        // A long history takes a while, and others are to be answered meanwhile.
        let figure = tokio::task::spawn_blocking(move || figure_of(&of, id, &entries, &sent, now)).await;
        let figure = figure.map_err(ApiError::internal)?;
        said_at = said_at.max(figure.said_at);
        figures.push(figure);
    }
    // Only a level owes a daily word (S1).
    let owes = device.slots.iter().any(|slot| slot.sensor == SensorKind::Level);
    let hours = app.config.alexa.as_ref().map_or(SILENT_HOURS, |alexa| alexa.silent_hours);
    let late = |at: i64| app.clock.now_ms() - at >= i64::from(hours) * HOUR_MS;
    let health = match said_at {
        None => Health::NeverSpoke,
        Some(at) if owes && late(at) => Health::Silent,
        Some(_) => Health::Well,
    };
    let device = shown(app, vec![device]).await?.pop().ok_or_else(ApiError::not_found)?;
    Ok(DeviceCare { device, health, said_at, figures })
}

/// A customer's devices, how each does, and what is in its slots with the age of every figure.
#[utoipa::path(get, path = "/v1/support/customers/{customer}", tag = "support",
    params(("customer" = Uuid, Path)),
    responses((status = 200, body = CustomerView), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn overview(
    State(app): State<Shared>,
    Staff(by): Staff,
    Peer(peer): Peer,
    Part(customer): Part<Uuid>,
) -> Result<axum::Json<CustomerView>, ApiError> {
    let open = opened(&app, &by, peer, customer, (Action::SeeDevices, None)).await?;
    let mut devices = Vec::new();
    let sent: Arc<[OutRow]> = app.store.outbox(open.account.id, LATEST).await?.into();
    for device in app.store.devices(open.account.id).await? {
        devices.push(cared(&app, open.account.id, device, &sent).await?);
    }
    Ok(axum::Json(CustomerView {
        customer: open.account.id,
        mail: masked::mail(&open.account.email),
        name: open.account.name,
        since: open.account.created_at,
        case: open.case,
        until: open.until,
        devices,
    }))
}

/// The customer's entries by number, without prices, shops and notes.
#[utoipa::path(get, path = "/v1/support/customers/{customer}/entries", tag = "support",
    params(("customer" = Uuid, Path), Cursor),
    responses((status = 200, body = Page), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn entries(
    State(app): State<Shared>,
    Staff(by): Staff,
    Peer(peer): Peer,
    Part(customer): Part<Uuid>,
    Params(cursor): Params<Cursor>,
) -> Result<axum::Json<Page>, ApiError> {
    let about = (cursor.after > 0).then(|| format!("after {}", cursor.after));
    let open = opened(&app, &by, peer, customer, (Action::SeeEntries, about)).await?;
    let mut page = page_of(&app, open.account.id, &cursor).await?;
    page.entries = page
        .entries
        .into_iter()
        .map(|mut numbered| {
            numbered.entry = masked::entry(numbered.entry);
            numbered
        })
        .collect();
    Ok(axum::Json(page))
}

/// Where a page of a slot's entries begins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Behind {
    /// The `next` of the page before.
    after: Option<String>,
}

/// A page of a slot's entries.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlotPage {
    /// By the time they tell of, then by id: the order in which they take effect.
    #[schema(value_type = Vec<EntryShape>)]
    pub entries: Vec<Entry>,
    /// To be sent as `after` for the next page; absent where nothing follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A place among a slot's entries: `1795255200000.0193…`.
fn place(text: &str) -> Option<(i64, EntryId)> {
    let (at, id) = text.split_once('.')?;
    Some((at.parse().ok()?, EntryId(id.parse::<Uuid>().ok()?)))
}

/// A slot's entries by the time they tell of, for its chart and its ledger; without prices, shops and notes.
#[utoipa::path(get, path = "/v1/support/customers/{customer}/slots/{slot}/entries", tag = "support",
    params(("customer" = Uuid, Path), ("slot" = Uuid, Path), Behind),
    responses((status = 200, body = SlotPage), (status = 400, body = Problem), (status = 403, body = Problem),
              (status = 404, body = Problem)))]
async fn slot_entries(
    State(app): State<Shared>,
    Staff(by): Staff,
    Peer(peer): Peer,
    Part((customer, slot)): Part<(Uuid, Uuid)>,
    Params(behind): Params<Behind>,
) -> Result<axum::Json<SlotPage>, ApiError> {
    let first = (i64::MIN, EntryId(Uuid::nil()));
    let odd = || ApiError::new(Code::InvalidParameter, "This is the end of no page. Begin again.");
    let after = behind.after.as_deref().map(|text| place(text).ok_or_else(odd)).transpose()?;
    let open = opened(&app, &by, peer, customer, (Action::SeeEntries, Some(slot.to_string()))).await?;
    let devices = app.store.devices(open.account.id).await?;
    if !devices.iter().flat_map(|device| &device.slots).any(|known| known.id.0 == slot) {
        return Err(ApiError::not_found());
    }
    let page = app.store.slot_page(open.account.id, SlotId(slot), after.unwrap_or(first), SLOT_PAGE).await?;
    let next = page.last().filter(|_| page.len() == SLOT_PAGE);
    let next = next.map(|last| format!("{}.{}", last.observed_at.timestamp_millis(), last.id));
    let entries = page.into_iter().map(masked::entry).collect();
    Ok(axum::Json(SlotPage { entries, next }))
}

/// Orders, subscriptions, registrations and the link to Alexa, each as the feed tells it.
#[utoipa::path(get, path = "/v1/support/customers/{customer}/orders", tag = "support",
    params(("customer" = Uuid, Path)),
    responses((status = 200, body = [Object]), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn orders(
    State(app): State<Shared>,
    Staff(by): Staff,
    Peer(peer): Peer,
    Part(customer): Part<Uuid>,
) -> Result<axum::Json<Vec<Change>>, ApiError> {
    let open = opened(&app, &by, peer, customer, (Action::SeeOrders, None)).await?;
    let devices = app.store.devices(open.account.id).await?;
    Ok(axum::Json(changes_of(&app, open.account.id, &devices).await?))
}

/// The messages to Alexa about the customer's devices, the newest first.
#[utoipa::path(get, path = "/v1/support/customers/{customer}/reports", tag = "support",
    params(("customer" = Uuid, Path), Before),
    responses((status = 200, body = ReportsPage), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn reports(
    State(app): State<Shared>,
    Staff(by): Staff,
    Peer(peer): Peer,
    Part(customer): Part<Uuid>,
    Params(from): Params<Before>,
) -> Result<axum::Json<ReportsPage>, ApiError> {
    let open = opened(&app, &by, peer, customer, (Action::SeeReports, None)).await?;
    Ok(axum::Json(reports_of(&app, open.account.id, &from).await?))
}

/// One message to Alexa, as it is sent, without its token.
#[utoipa::path(get, path = "/v1/support/customers/{customer}/reports/{message}", tag = "support",
    params(("customer" = Uuid, Path), ("message" = Uuid, Path)),
    responses((status = 200, body = WholeReport), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn report(
    State(app): State<Shared>,
    Staff(by): Staff,
    Peer(peer): Peer,
    Part((customer, message)): Part<(Uuid, Uuid)>,
) -> Result<axum::Json<WholeReport>, ApiError> {
    let open = opened(&app, &by, peer, customer, (Action::SeeReport, Some(message.to_string()))).await?;
    Ok(axum::Json(whole_of(&app, open.account.id, message).await?))
}

/// A device's registration with the older service.
#[derive(Debug, Serialize, ToSchema)]
pub struct DrsCare {
    /// The device.
    #[schema(value_type = Uuid)]
    pub device: EndpointId,
    /// How it stands.
    pub standing: Standing,
    /// It is a test device.
    pub test: bool,
    /// When the service last heard that it lives, ms since 1970 UTC.
    pub lived_at: Option<i64>,
    /// Tries that failed in a row.
    pub tries: u32,
    /// When it is looked at again.
    pub next_at: Option<i64>,
}

/// How a customer is linked.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinksView {
    /// Programs that may act for the customer.
    pub clients: Vec<Link>,
    /// Alexa's permission: how it stands, why nothing is sent, what was put aside.
    pub alexa: AlexaView,
    /// Registrations with the older service.
    pub registrations: Vec<DrsCare>,
}

/// How the customer is linked: programs, Alexa with its last trouble, and the older service.
#[utoipa::path(get, path = "/v1/support/customers/{customer}/links", tag = "support",
    params(("customer" = Uuid, Path)),
    responses((status = 200, body = LinksView), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn links(
    State(app): State<Shared>,
    Staff(by): Staff,
    Peer(peer): Peer,
    Part(customer): Part<Uuid>,
) -> Result<axum::Json<LinksView>, ApiError> {
    let open = opened(&app, &by, peer, customer, (Action::SeeLinks, None)).await?;
    let account = open.account.id;
    let registrations = app.store.drs_of(account).await?.into_iter().map(|row| DrsCare {
        device: row.device,
        standing: row.standing,
        test: row.test,
        lived_at: row.lived_at,
        tries: row.tries,
        next_at: row.next_at,
    });
    Ok(axum::Json(LinksView {
        clients: links_of(&app, account).await?,
        alexa: view_of(&app, account).await?,
        registrations: registrations.collect(),
    }))
}

/// A notification of Amazon's about a device.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeView {
    /// The device.
    #[schema(value_type = Uuid)]
    pub device: EndpointId,
    /// The id of the message that brought it.
    pub message: String,
    /// When it was taken in, ms since 1970 UTC.
    pub taken_at: i64,
    /// It is of a kind that this server knows.
    pub known: bool,
    /// What it said, without persons, addresses and prices.
    #[schema(value_type = Object)]
    pub told: Value,
}

/// Amazon's notifications about the customer's devices, the newest first, those of unknown kinds too.
#[utoipa::path(get, path = "/v1/support/customers/{customer}/notices", tag = "support",
    params(("customer" = Uuid, Path)),
    responses((status = 200, body = [NoticeView]), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn notices(
    State(app): State<Shared>,
    Staff(by): Staff,
    Peer(peer): Peer,
    Part(customer): Part<Uuid>,
) -> Result<axum::Json<Vec<NoticeView>>, ApiError> {
    let open = opened(&app, &by, peer, customer, (Action::SeeNotices, None)).await?;
    let mut all = Vec::new();
    for device in app.store.devices(open.account.id).await? {
        let kept = app.store.notices(open.account.id, device.id).await?;
        let latest = kept.into_iter().rev().take(NOTICES_MAX);
        let view = |of: Notice| NoticeView {
            device: device.id,
            message: of.message,
            taken_at: of.taken_at,
            known: !matches!(of.notification.told, Told::Unknown { .. }),
            told: masked::told(of.notification.told),
        };
        all.extend(latest.map(view));
    }
    all.sort_by_key(|notice| std::cmp::Reverse(notice.taken_at));
    Ok(axum::Json(all))
}
