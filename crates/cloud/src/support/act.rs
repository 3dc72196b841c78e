//! What administrators do for a customer: each deed with a case and a reason, written down before it is begun and, where
//! it did not come about, after. The customer is told of each at once and reads it in the trail. No answer holds a token.

use super::{Actor, Why};
use crate::access::{Administrator, Caller};
use crate::audit::{Action, NewAudit};
use crate::devices::taken_away;
use crate::drs::tests_cancelled;
use crate::error::{ApiError, Problem};
use crate::extract::{Json, Part, Peer};
use crate::ids::AccountId;
use crate::relay::{released, reopen};
use crate::second_factor;
use crate::state::{App, Shared};
use crate::store::Role;
use axum::extract::State;
use axum::http::StatusCode;
use refill_domain::ids::EndpointId;
use serde::Deserialize;
use std::net::IpAddr;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(release))
        .routes(routes!(resume))
        .routes(routes!(discover))
        .routes(routes!(cancel_tests))
        .routes(routes!(deregister))
        .routes(routes!(reset))
}

/// A deed: what for whom, and on what.
struct Deed {
    customer: Uuid,
    action: Action,
    about: Option<String>,
}

/// Writes down what is about to be done, does it, and writes down if it did not come about.
async fn done(
    app: &App,
    by: &Caller,
    peer: IpAddr,
    (deed, why): (Deed, Why),
    work: impl AsyncFnOnce(AccountId) -> Result<StatusCode, ApiError>,
) -> Result<StatusCode, ApiError> {
    let why = why.judged()?;
    let actor = Actor::of(app, by, peer).await?;
    let customer = app.store.account(AccountId(deed.customer)).await?;
    let customer = customer.filter(|of| of.role == Role::Customer).ok_or_else(ApiError::not_found)?.id;
    let mut line = actor.reasoned(deed.action, Some(customer), &why);
    line.about = deed.about;
    let begun = app.store.audit(line).await?;
    let outcome = work(customer).await;
    if let Err(error) = &outcome {
        let mut line = actor.reasoned(Action::NotDone, Some(customer), &why);
        line.about = Some(format!("{} {}: {}", deed.action.word(), begun.seq, error.code.wire()));
        app.store.audit(line).await?;
    }
    outcome
}

/// Sends a message again that was put aside, under its id and in its place; where something newer was said since, it is
/// settled without being sent.
#[utoipa::path(post, path = "/v1/support/customers/{customer}/reports/{message}/release", tag = "support",
    params(("customer" = Uuid, Path), ("message" = Uuid, Path)), request_body = Why,
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
async fn release(
    State(app): State<Shared>,
    Administrator(by): Administrator,
    Peer(peer): Peer,
    Part((customer, message)): Part<(Uuid, Uuid)>,
    Json(why): Json<Why>,
) -> Result<StatusCode, ApiError> {
    let deed = Deed { customer, action: Action::Release, about: Some(message.to_string()) };
    done(&app, &by, peer, (deed, why), async |customer| released(&app, customer, message).await).await
}

/// Lets a customer's messages go on, once the reason they stopped for is gone.
#[utoipa::path(post, path = "/v1/support/customers/{customer}/resume", tag = "support",
    params(("customer" = Uuid, Path)), request_body = Why,
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 422, body = Problem)))]
async fn resume(
    State(app): State<Shared>,
    Administrator(by): Administrator,
    Peer(peer): Peer,
    Part(customer): Part<Uuid>,
    Json(why): Json<Why>,
) -> Result<StatusCode, ApiError> {
    let deed = Deed { customer, action: Action::Resume, about: None };
    done(&app, &by, peer, (deed, why), async |customer| reopen(&app, customer).await).await
}

/// Describes the customer's devices to Alexa anew (`AddOrUpdateReport`).
#[utoipa::path(post, path = "/v1/support/customers/{customer}/discovery", tag = "support",
    params(("customer" = Uuid, Path)), request_body = Why,
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 422, body = Problem)))]
async fn discover(
    State(app): State<Shared>,
    Administrator(by): Administrator,
    Peer(peer): Peer,
    Part(customer): Part<Uuid>,
    Json(why): Json<Why>,
) -> Result<StatusCode, ApiError> {
    let deed = Deed { customer, action: Action::Discover, about: None };
    done(&app, &by, peer, (deed, why), async |customer| {
        let linked = app.store.describe_anew(customer, app.clock.now_ms()).await?;
        if linked { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::not_found()) }
    })
    .await
}

/// Cancels the orders of a customer's test device.
#[utoipa::path(post, path = "/v1/support/customers/{customer}/devices/{device}/cancel-test-orders", tag = "support",
    params(("customer" = Uuid, Path), ("device" = Uuid, Path)), request_body = Why,
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
async fn cancel_tests(
    State(app): State<Shared>,
    Administrator(by): Administrator,
    Peer(peer): Peer,
    Part((customer, device)): Part<(Uuid, Uuid)>,
    Json(why): Json<Why>,
) -> Result<StatusCode, ApiError> {
    let deed = Deed { customer, action: Action::CancelTestOrders, about: Some(device.to_string()) };
    done(&app, &by, peer, (deed, why), async |customer| tests_cancelled(&app, customer, device).await).await
}

/// A device to be taken away for its owner.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DeregisterForm {
    /// The number of the case.
    pub case: String,
    /// Why.
    pub reason: String,
    /// Its serial number, as the customer gave it: what is taken away is gone for good.
    pub serial: String,
}

/// Takes a device away because its owner asked for it, with everything the cloud knew of it.
#[utoipa::path(post, path = "/v1/support/customers/{customer}/devices/{device}/deregister", tag = "support",
    params(("customer" = Uuid, Path), ("device" = Uuid, Path)), request_body = DeregisterForm,
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 422, body = Problem)))]
async fn deregister(
    State(app): State<Shared>,
    Administrator(by): Administrator,
    Peer(peer): Peer,
    Part((customer, device)): Part<(Uuid, Uuid)>,
    Json(form): Json<DeregisterForm>,
) -> Result<StatusCode, ApiError> {
    let deed = Deed { customer, action: Action::Deregister, about: Some(device.to_string()) };
    let why = Why { case: form.case, reason: form.reason };
    done(&app, &by, peer, (deed, why), async |customer| {
        let device = EndpointId(device);
        let known = app.store.devices(customer).await?.into_iter().find(|of| of.id == device);
        let known = known.ok_or_else(ApiError::not_found)?;
        if known.serial.as_str() != form.serial.trim() {
            return Err(ApiError::field("serial", "This is not the serial number of that device."));
        }
        taken_away(&app, customer, device).await
    })
    .await
}

/// Takes the second factor of somebody of the maker's away, so that they set up a new one at the next sign-in. All they
/// were signed in with ends.
#[utoipa::path(post, path = "/v1/accounts/{account}/second-factor/reset", tag = "accounts",
    params(("account" = Uuid, Path)), request_body = Why,
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 422, body = Problem)))]
async fn reset(
    State(app): State<Shared>,
    Administrator(by): Administrator,
    Peer(peer): Peer,
    Part(account): Part<Uuid>,
    Json(why): Json<Why>,
) -> Result<StatusCode, ApiError> {
    let (why, account) = (why.judged()?, AccountId(account));
    let of = app.store.account(account).await?;
    let of = of.filter(|of| second_factor::needed(of.role)).ok_or_else(ApiError::not_found)?;
    let mut line = Actor::of(&app, &by, peer).await?.reasoned(Action::ResetFactor, None, &why);
    line.about = Some(of.email);
    let gone = app.store.end_factor(account, line).await?;
    app.access.forget(account);
    if gone { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::not_found()) }
}

/// The same by whoever runs the server, where no administrator is left who could.
///
/// # Errors
/// Nobody of the maker's signs in with this address, or has no second factor; or the store's.
pub async fn reset_by_operator(app: &App, email: &str, reason: String) -> Result<(), ApiError> {
    let why = Why { case: "(none)".to_owned(), reason }.judged()?;
    let nobody = || ApiError::field("email", "Nobody with a second factor signs in with this address.");
    let login = app.store.login(email.trim().to_lowercase()).await?.ok_or_else(nobody)?;
    let line = NewAudit {
        at: app.clock.now_ms(),
        actor: login.account.id,
        actor_name: "Operator of the server".to_owned(),
        role: Role::Administrator,
        customer: None,
        action: Action::ResetFactor,
        about: Some(login.account.email),
        case: None,
        reason: Some(why.reason),
        peer: "the server itself".to_owned(),
    };
    if app.store.end_factor(login.account.id, line).await? { Ok(()) } else { Err(nobody()) }
}
