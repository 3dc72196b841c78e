//! What the Dash console is told of a model, kept for the maker's administrators. What can't be is refused at its field;
//! what the console no longer takes is refused too; and what is kept here is what `Discover.Response` says.

use crate::access::Administrator;
use crate::catalogue::Model;
use crate::error::{ApiError, Code, Problem};
use crate::extract::{Json, Part};
use crate::ids::Label;
use crate::state::Shared;
use crate::store::relay::{Kept, Over, version};
use axum::extract::State;
use axum::http::header::{ETAG, HeaderName, IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use refill_domain::alexa::wire_unit;
use refill_domain::ids::Instance;
use refill_domain::registration::{Dossier, Refusal, Rule, flaws};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(show, put))
}

/// The registration of a model.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Registration {
    /// The dossier, as the file of `refillctl model` holds it.
    #[schema(value_type = Object)]
    pub dossier: Dossier,
}

/// What is registered of a model, with the replenishment IDs that were assigned.
#[utoipa::path(get, path = "/v1/models/{model}/registration", tag = "devices", params(("model" = Label, Path)),
    responses((status = 200, body = Registration, headers(("etag" = String, description = "Its version."))),
              (status = 404, body = Problem)))]
async fn show(
    State(app): State<Shared>,
    _by: Administrator,
    Part(model): Part<Label>,
) -> Result<impl IntoResponse, ApiError> {
    let dossier = app.store.registration(model).await?.ok_or_else(ApiError::not_found)?;
    let version = format!("\"{}\"", version(&dossier));
    Ok(([(ETAG, version)], axum::Json(Registration { dossier })))
}

/// What the request wants there to be (RFC 9110, 13.1.1 and 13.1.2). A condition that can't be read is none that holds.
fn over(headers: &HeaderMap) -> Result<Over, ApiError> {
    let given = |name: HeaderName| {
        let all: Result<Vec<_>, _> = headers.get_all(&name).iter().map(|value| value.to_str()).collect();
        let all = all.map_err(|_| condition(&name, "This is no entity tag."))?;
        Ok::<_, ApiError>((!all.is_empty()).then(|| all.join(",")))
    };
    match (given(IF_MATCH)?, given(IF_NONE_MATCH)?) {
        (None, None) => Ok(Over::Anything),
        (None, Some(none)) if none.trim() == "*" => Ok(Over::Nothing),
        (Some(tags), None) if tags.trim() != "*" => {
            let tags = tags.split(',').filter_map(|tag| tag.trim().strip_prefix('"')?.strip_suffix('"'));
            Ok(Over::Versions(tags.map(str::to_owned).collect()))
        }
        (Some(_), None) => Err(condition(&IF_MATCH, "Send the version that was read.")),
        (_, Some(_)) => Err(condition(&IF_NONE_MATCH, "Send `*`, and no If-Match with it.")),
    }
}

fn condition(header: &HeaderName, why: &str) -> ApiError {
    ApiError::new(Code::InvalidParameter, why).at(header.as_str())
}

/// Registers a model, or changes what may still change. Its slots are those of the catalogue; devices that are linked are
/// described to Alexa anew. With `If-Match` nothing is written over what somebody else kept meanwhile, with
/// `If-None-Match: *` over nothing at all.
#[utoipa::path(put, path = "/v1/models/{model}/registration", tag = "devices",
    params(("model" = Label, Path),
           ("if-match" = Option<String>, Header, description = "The version that was read."),
           ("if-none-match" = Option<String>, Header, description = "`*`: there is no dossier yet.")),
    request_body = Registration,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem),
              (status = 412, body = Problem), (status = 422, body = Problem)))]
async fn put(
    State(app): State<Shared>,
    _by: Administrator,
    Part(model): Part<Label>,
    headers: HeaderMap,
    Json(form): Json<Registration>,
) -> Result<StatusCode, ApiError> {
    let over = over(&headers)?;
    let known = app.store.model(model).await?.ok_or_else(ApiError::not_found)?;
    let dossier = form.dossier;
    if let Some(flaw) = flaws(&dossier, app.clock.now().date_naive()).into_iter().next() {
        let detail = format!("This can't stand in a registration ({}).", flaw.what.word());
        return Err(ApiError::field(format!("dossier.{}", flaw.field), detail));
    }
    if let Some((field, why)) = differs(&known, &dossier) {
        return Err(ApiError::field(format!("dossier.{field}"), why));
    }
    match app.store.put_registration(known, dossier, over).await? {
        Kept::Changed if app.amazon.is_some() => app.relay.assigned(),
        Kept::Changed | Kept::Same => {}
        Kept::Meanwhile => {
            let detail = "Somebody else changed this dossier meanwhile. Read it again.";
            return Err(ApiError::new(Code::ChangedMeanwhile, detail));
        }
        Kept::Refused(refused) => return Err(refusal(&refused)),
        Kept::Frozen(field, frozen) => {
            let error = ApiError::new(Code::ReplenishmentFrozen, frozen.to_string());
            return Err(error.at(format!("dossier.{field}")));
        }
        Kept::Elsewhere(field) => {
            let detail = "This replenishment ID was told to Amazon for another slot.";
            return Err(ApiError::new(Code::ReplenishmentFrozen, detail).at(format!("dossier.{field}")));
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

fn refusal(refused: &[Refusal]) -> ApiError {
    let Some(first) = refused.first() else {
        return ApiError::internal(anyhow::anyhow!("nothing was refused"));
    };
    let (code, detail) = match &first.rule {
        Rule::Assigned => (
            Code::RegistrationFrozen,
            "Replenishment IDs are assigned, so this can't change any more.".to_owned(),
        ),
        Rule::Certified => (
            Code::RegistrationFrozen,
            "The model is certified, so only marketplaces can be added.".to_owned(),
        ),
        Rule::Closed { .. } => (
            Code::RegistrationFrozen,
            "This marketplace is certified, so it can't change any more.".to_owned(),
        ),
        Rule::Swapped { other } => {
            (Code::ReplenishmentFrozen, format!("This is the replenishment ID of {other}."))
        }
        Rule::IdChanged => {
            let detail = "A replenishment ID that was assigned can't become another one.";
            (Code::ReplenishmentFrozen, detail.to_owned())
        }
    };
    ApiError::new(code, detail).at(format!("dossier.{}", first.field))
}

/// Where a dossier says something else than the catalogue, which devices were registered by.
fn differs(model: &Model, dossier: &Dossier) -> Option<(String, &'static str)> {
    dossier.slots.iter().enumerate().find_map(|(at, slot)| {
        let instance: Instance = slot.instance.parse().ok()?;
        let field = |name: &str| format!("slots[{at}].{name}");
        let Some(of) = model.slots.iter().find(|of| of.instance == instance) else {
            return Some((field("instance"), "The model in the catalogue has no slot of this instance."));
        };
        if slot.sensor().is_some_and(|sensor| sensor != of.sensor) {
            return Some((field("answers"), "The catalogue has another sensor for this slot."));
        }
        let other = slot.unit.is_some_and(|unit| wire_unit(unit) != wire_unit(of.unit));
        other.then(|| (field("unit"), "The catalogue has another unit for this slot."))
    })
}
