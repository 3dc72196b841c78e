//! The older replenishment service (protocols 4, 6.3): a customer registers a device at Amazon and comes back, the worker
//! reports its use and orders for it, and it can be taken out again. Amazon's tokens are kept sealed and never shown.

#![expect(unused_qualifications, reason = "the macro that describes the API writes paths out")]

pub mod service;
pub mod worker;

use crate::access::Customer;
use crate::error::{ApiError, Code, Problem};
use crate::extract::{Json, Params, Part};
use crate::ids::AccountId;
use crate::secret::{Door, Secret, random, text};
use crate::state::{App, Shared};
use crate::store::drs::{DrsRow, Standing};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;
use maud::{DOCTYPE, html};
use refill_domain::drs::{Authorize, Request, Stage, authorize_url, read_cancelled, read_done, scope_data};
use refill_domain::ids::EndpointId;
use refill_domain::secret::Secret as Hidden;
use serde::{Deserialize, Serialize};
use service::{Halt, Kept, Link};
use sha2::{Digest as _, Sha256};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// How long a customer may take at Amazon, ms.
const AT_AMAZON: i64 = 30 * 60_000;

/// Start of the address that the domain makes; the settings may name another page.
const AUTHORIZE: &str = "https://www.amazon.com/ap/oa";

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(show, begin, end))
        .routes(routes!(cancel_tests))
        .routes(routes!(came_back))
}

/// How a device stands with the older service.
#[derive(Debug, Serialize, ToSchema)]
pub struct DrsView {
    /// How it stands.
    pub standing: Standing,
    /// It is a test device.
    pub test: bool,
}

/// A registration to be begun.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DrsForm {
    /// As a test device: orders are answered, and nothing is charged or comes.
    #[serde(default)]
    pub test: bool,
}

/// Where the customer goes on.
#[derive(Debug, Serialize, ToSchema)]
pub struct DrsBegun {
    /// Amazon's page, good for half an hour.
    pub url: String,
}

fn unspoken() -> ApiError {
    ApiError::new(Code::NotFound, "This server does not speak to the older replenishment service.")
}

fn back_to(app: &App) -> String {
    let own = || app.public.join("drs/return").map(String::from).unwrap_or_default();
    app.config.drs.redirect_uri.clone().unwrap_or_else(own)
}

/// How the device stands with the older service.
#[utoipa::path(get, path = "/v1/devices/{device}/drs", tag = "amazon", params(("device" = Uuid, Path)),
    responses((status = 200, body = DrsView), (status = 404, body = Problem)))]
async fn show(
    State(app): State<Shared>,
    Customer(by): Customer,
    Part(device): Part<Uuid>,
) -> Result<axum::Json<DrsView>, ApiError> {
    let row = linked(&app, by.account, device).await?;
    Ok(axum::Json(DrsView { standing: row.standing, test: row.test }))
}

/// Begins the registration of a device: the customer goes on at Amazon, and comes back here.
#[utoipa::path(post, path = "/v1/devices/{device}/drs", tag = "amazon", params(("device" = Uuid, Path)),
    request_body = DrsForm,
    responses((status = 200, body = DrsBegun), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 422, body = Problem), (status = 503, body = Problem)))]
async fn begin(
    State(app): State<Shared>,
    Customer(by): Customer,
    Part(device): Part<Uuid>,
    Json(form): Json<DrsForm>,
) -> Result<axum::Json<DrsBegun>, ApiError> {
    let (client_id, _, key) = app.config.drs.secrets().ok_or_else(unspoken)?;
    let devices = app.store.devices(by.account).await?;
    let device = devices.into_iter().find(|of| of.id.0 == device).ok_or_else(ApiError::not_found)?;
    let known = app.store.drs(by.account, device.id).await?;
    if known.as_ref().is_some_and(|row| row.standing == Standing::Linked) {
        return Err(ApiError::new(Code::DeviceTaken, "It is registered already. Take it out first."));
    }
    if app.store.drs_of(by.account).await?.iter().any(|row| row.standing == Standing::Leaving) {
        // Taken out late, the older registration of the same device would take the new one with it.
        let mut wait =
            ApiError::new(Code::Unavailable, "Amazon is still being told of a device that is gone.");
        wait.retry_after = Some(60);
        return Err(wait);
    }
    let stage = if app.config.drs.development { Stage::Development } else { Stage::Live };
    let data = scope_data(device.model.as_str(), device.serial.as_str(), form.test, stage);
    let data = data.map_err(|why| ApiError::field("device", format!("{why}.")))?;
    let state = Secret::new(Door::Registration, by.account).map_err(ApiError::internal)?;
    let verifier = text(&random::<32>().map_err(ApiError::internal)?);
    let asked = authorize_url(Authorize {
        client_id,
        redirect_uri: &back_to(&app),
        state: state.expose(),
        challenge: &text(&Sha256::digest(verifier.as_bytes())),
        scope_data: &data,
    });
    let url = asked.map_err(|why| ApiError::internal(anyhow::Error::new(why)))?;
    let url = url.replacen(AUTHORIZE, &app.config.drs.authorize_url, 1);
    let now = app.clock.now_ms();
    let row = DrsRow {
        account: by.account,
        device: device.id,
        standing: Standing::Asked,
        test: form.test,
        state: Some((state.hash(), now + AT_AMAZON)),
        sealed: Kept::Verifier(verifier).sealed(key, by.account).map_err(ApiError::internal)?,
        reported: 0,
        lived_at: None,
        tries: 0,
        next_at: None,
    };
    if !app.store.put_drs(row, known.map(|row| row.sealed)).await? {
        return Err(ApiError::new(Code::DeviceTaken, "Its registration changed meanwhile. Look again."));
    }
    Ok(axum::Json(DrsBegun { url }))
}

fn halted(halt: Halt) -> ApiError {
    match halt {
        Halt::Later => ApiError::new(Code::Unavailable, "Amazon's service does not answer. Try again later."),
        Halt::Lost => ApiError::new(Code::NotFound, "Amazon no longer knows this registration."),
        Halt::Changed => ApiError::new(Code::Unavailable, "Its registration changed meanwhile. Try again."),
        Halt::Failed(cause) => ApiError::internal(cause),
        Halt::Store(cause) => cause.into(),
    }
}

async fn linked(app: &App, account: AccountId, device: Uuid) -> Result<DrsRow, ApiError> {
    let row = app.store.drs(account, EndpointId(device)).await?;
    row.filter(|row| row.standing != Standing::Leaving).ok_or_else(ApiError::not_found)
}

/// Takes the device out of the older service. Its tokens are dead afterwards, and forgotten.
#[utoipa::path(delete, path = "/v1/devices/{device}/drs", tag = "amazon", params(("device" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 503, body = Problem)))]
async fn end(
    State(app): State<Shared>,
    Customer(by): Customer,
    Part(device): Part<Uuid>,
) -> Result<StatusCode, ApiError> {
    let row = linked(&app, by.account, device).await?;
    if row.standing == Standing::Linked {
        let asked = match Link::open(&app, row).map_err(halted)?.ask(&Request::deregister(), read_done).await
        {
            // What Amazon no longer knows is out.
            Err(Halt::Lost) => Ok(()),
            other => other.map_err(halted)?,
        };
        asked.map_err(|why| ApiError::new(Code::Unavailable, format!("{why}.")))?;
    }
    app.store.end_drs(by.account, EndpointId(device)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Cancels the orders of a test device.
#[utoipa::path(delete, path = "/v1/devices/{device}/drs/test-orders", tag = "amazon",
    params(("device" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 503, body = Problem)))]
async fn cancel_tests(
    State(app): State<Shared>,
    Customer(by): Customer,
    Part(device): Part<Uuid>,
) -> Result<StatusCode, ApiError> {
    tests_cancelled(&app, by.account, device).await
}

/// Cancels the orders of an account's test device.
///
/// # Errors
/// It is none, Amazon does not answer, or the store's.
pub async fn tests_cancelled(app: &App, account: AccountId, device: Uuid) -> Result<StatusCode, ApiError> {
    let row = linked(app, account, device).await?;
    if row.standing != Standing::Linked || !row.test {
        return Err(ApiError::new(Code::DeviceTaken, "This is no registered test device."));
    }
    let mut link = Link::open(app, row).map_err(halted)?;
    let left = link.ask(&Request::cancel_test_orders(None), read_cancelled).await.map_err(halted)?;
    left.map_err(|why| ApiError::new(Code::Unavailable, format!("{why}.")))?;
    Ok(StatusCode::NO_CONTENT)
}

/// What Amazon sends back.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Back {
    /// The code, if the customer agreed.
    code: Option<String>,
    /// What was sent along.
    state: Option<String>,
}

/// Takes the customer in who comes back from Amazon.
#[utoipa::path(get, path = "/drs/return", tag = "amazon", params(Back),
    responses((status = 200, description = "A page that says how it went", content_type = "text/html"),
              (status = 400, body = Problem), (status = 503, body = Problem)))]
async fn came_back(State(app): State<Shared>, Params(back): Params<Back>) -> Result<Html<String>, ApiError> {
    let stale = || ApiError::new(Code::InvalidParameter, "This way back is used or too old. Begin again.");
    let (_, _, key) = app.config.drs.secrets().ok_or_else(stale)?;
    let state = back.state.as_deref().and_then(|state| Secret::parse(Door::Registration, state));
    let (state, account) = state.ok_or_else(stale)?;
    let (rows, now) = (app.store.drs_of(account).await?, app.clock.now_ms());
    let is = |row: &DrsRow| row.state.is_some_and(|(hash, ends)| hash == state.hash() && now < ends);
    let row = rows.into_iter().find(is).ok_or_else(stale)?;
    let Some(code) = back.code.filter(|code| (1..=2048).contains(&code.len())) else {
        app.store.end_drs(account, row.device).await?;
        return Ok(page("Not registered", "You did not agree at Amazon. Nothing was changed."));
    };
    // Used from here on, whatever becomes of it.
    let from = Some(row.sealed.clone());
    let row = DrsRow { state: None, ..row };
    if !app.store.put_drs(row.clone(), from).await? {
        return Err(stale());
    }
    let Some(Kept::Verifier(verifier)) = Kept::open(key, account, &row.sealed) else { return Err(stale()) };
    let tokens = service::exchange(&app, &Hidden::new(code), &back_to(&app), &Hidden::new(verifier)).await;
    let tokens = tokens.map_err(halted)?;
    let head = *app.store.changes(account).await?.borrow();
    let from = Some(row.sealed.clone());
    let sealed = Kept::Tokens(tokens).sealed(key, account).map_err(ApiError::internal)?;
    let row = DrsRow { standing: Standing::Linked, sealed, reported: head, next_at: Some(now), ..row };
    if !app.store.put_drs(row, from).await? {
        return Err(stale());
    }
    app.drs.sooner.notify_one();
    Ok(page(
        "Registered",
        "Amazon reorders for this device from now on, as you chose. You can close this page.",
    ))
}

fn page(title: &str, text: &str) -> Html<String> {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { (title) } }
            body { main { h1 { (title) } p { (text) } } }
        }
    };
    Html(page.into_string())
}
