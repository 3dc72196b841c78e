//! Finding a customer by mail address, account or serial number. A case and a reason come first, and every search is
//! written down. What is found shows that a customer is there, under a masked address, and no more.

use super::{Actor, Why, masked};
use crate::access::Staff;
use crate::audit::Action;
use crate::error::{ApiError, Code, Problem};
use crate::extract::{Json, Peer};
use crate::ids::AccountId;
use crate::state::{App, Shared};
use crate::store::support::AccessRow;
use crate::store::{Account, Role};
use axum::extract::State;
use refill_domain::ids::EndpointId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(find))
}

/// Customers of one page.
const PAGE: usize = 20;

/// Fewest characters of the beginning of an address or a serial number.
const BEGINS_MIN: usize = 3;

/// Most of them.
const BEGINS_MAX: usize = 254;

/// What a customer is looked for by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The beginning of the address of sign-in.
    Mail,
    /// The id of the account, whole.
    Account,
    /// The beginning of a device's serial number.
    Serial,
}

/// A search.
#[derive(Debug, Deserialize, ToSchema)]
pub struct FindForm {
    /// The number of the case.
    pub case: String,
    /// Why.
    pub reason: String,
    /// What is looked for by.
    pub by: By,
    /// What is looked for: at least three characters.
    pub text: String,
    /// The `next` of the page before.
    #[serde(default)]
    pub after: Option<String>,
}

/// How somebody of the maker's stands towards a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Towards {
    /// Nothing was asked, or nothing came of it.
    Nothing,
    /// A request waits for the customer.
    Asked,
    /// There is access now.
    Open,
}

/// A customer who was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundView {
    /// Its account.
    pub customer: AccountId,
    /// Its address, masked.
    pub mail: String,
    /// How who asks stands towards it.
    pub access: Towards,
}

/// Customers who were found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundPage {
    /// In the order of what was looked for.
    pub customers: Vec<FoundView>,
    /// To be sent as `after` for the next page; absent where nothing follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// How a request stands for who made it.
pub fn towards(rows: &[AccessRow], staff: AccountId, now: i64) -> Towards {
    let mut own = rows.iter().filter(|row| row.staff == staff);
    if own.clone().any(|row| row.is_live(now)) {
        Towards::Open
    } else if own.any(|row| row.is_open(now)) {
        Towards::Asked
    } else {
        Towards::Nothing
    }
}

fn bad_page() -> ApiError {
    ApiError::field("after", "This is the end of no page. Search again from the beginning.")
}

fn begins(form: &FindForm) -> Result<String, ApiError> {
    let text = form.text.trim();
    let count = text.chars().count();
    if (BEGINS_MIN..=BEGINS_MAX).contains(&count) && !text.chars().any(char::is_control) {
        Ok(if form.by == By::Mail { text.to_lowercase() } else { text.to_owned() })
    } else {
        Err(ApiError::field("text", "Send at least the first three characters."))
    }
}

/// Where the next page begins, for a place that does not say what lies there.
fn place(text: &str) -> Option<(AccountId, EndpointId)> {
    let (account, device) = text.split_once('.')?;
    Some((AccountId(account.parse::<Uuid>().ok()?), EndpointId(device.parse::<Uuid>().ok()?)))
}

/// What is looked for, once it is known to be something.
enum Wanted {
    Mail(String, Option<AccountId>),
    Account(AccountId),
    Serial(String, Option<(AccountId, EndpointId)>),
}

fn wanted(form: &FindForm) -> Result<Wanted, ApiError> {
    let after = form.after.as_deref().filter(|after| !after.is_empty());
    Ok(match form.by {
        By::Account => {
            let id = form.text.trim().parse::<Uuid>();
            Wanted::Account(AccountId(
                id.map_err(|_| ApiError::field("text", "Send the whole id of the account."))?,
            ))
        }
        By::Mail => {
            let after = after.map(|after| after.parse::<Uuid>().map(AccountId)).transpose();
            Wanted::Mail(begins(form)?, after.map_err(|_| bad_page())?)
        }
        By::Serial => {
            let after = after.map(|after| place(after).ok_or_else(bad_page)).transpose()?;
            Wanted::Serial(begins(form)?, after)
        }
    })
}

/// Customers by what is looked for, with the place after the last.
async fn found(app: &App, wanted: Wanted) -> Result<(Vec<Account>, Option<String>), ApiError> {
    match wanted {
        Wanted::Account(id) => Ok((app.store.account(id).await?.into_iter().collect(), None)),
        Wanted::Mail(begins, after) => {
            let all = app.store.find_mail(begins, after, PAGE).await?;
            let next = all.last().filter(|_| all.len() == PAGE).map(|last| last.id.to_string());
            Ok((all, next))
        }
        Wanted::Serial(begins, after) => {
            let all = app.store.find_serial(begins, after, PAGE).await?;
            let next = all.last().filter(|_| all.len() == PAGE);
            let next = next.map(|last| format!("{}.{}", last.account.id, last.device));
            let mut accounts: Vec<Account> = Vec::new();
            for device in all {
                if accounts.iter().all(|known| known.id != device.account.id) {
                    accounts.push(device.account);
                }
            }
            Ok((accounts, next))
        }
    }
}

/// Finds customers. A case and a reason come first; every search is written down.
#[utoipa::path(post, path = "/v1/support/find", tag = "support", request_body = FindForm,
    responses((status = 200, body = FoundPage), (status = 401, body = Problem), (status = 403, body = Problem),
              (status = 422, body = Problem), (status = 429, body = Problem)))]
async fn find(
    State(app): State<Shared>,
    Staff(by): Staff,
    Peer(peer): Peer,
    Json(form): Json<FindForm>,
) -> Result<axum::Json<FoundPage>, ApiError> {
    let why = Why { case: form.case.clone(), reason: form.reason.clone() }.judged()?;
    let wanted = wanted(&form)?;
    let now = app.clock.now_ms();
    app.limits.lookups.take(by.account, 1, now).map_err(ApiError::rate_limited)?;
    let actor = Actor::of(&app, &by, peer).await?;
    let what = match form.by {
        By::Mail => format!("mail {}", masked::mail(form.text.trim())),
        By::Account => "account".to_owned(),
        By::Serial => "serial".to_owned(),
    };
    let mut line = actor.reasoned(Action::Find, None, &why);
    line.about = Some(what);
    app.store.audit(line).await?;
    let (accounts, next) = found(&app, wanted).await?;
    let mut customers = Vec::new();
    for account in accounts.into_iter().filter(|account| account.role == Role::Customer) {
        let rows = app.store.accesses(account.id, super::access::LATEST).await?;
        let access = towards(&rows, by.account, now);
        customers.push(FoundView { customer: account.id, mail: masked::mail(&account.email), access });
    }
    Ok(axum::Json(FoundPage { customers, next }))
}

/// A refusal that says a limit was reached for a customer.
pub(super) fn too_many() -> ApiError {
    let mut error = ApiError::new(Code::RateLimited, "Too many requests wait for this customer already.");
    error.retry_after = Some(86_400);
    error
}
