//! Device models and registered devices over HTTP. A device gets its credential once, when it is registered; taking it
//! away takes everything the cloud knew of it, and its credential opens nothing from then on. What a customer's own
//! desktop keeps stays the customer's.

use crate::access::{Administrator, Anybody, Customer, OfDevice};
use crate::catalogue::{Model, name_trouble};
use crate::error::{ApiError, Code, Problem};
use crate::extract::{Json, Part};
use crate::ids::{AccountId, Label};
use crate::secret::{Door, Secret};
use crate::state::{App, Shared};
use crate::store::{Device, NewDevice, Registered, StoreError};
use axum::extract::State;
use axum::http::StatusCode;
use refill_domain::dash::PageType;
use refill_domain::endpoint::{DeviceKind, SensorKind, SupplyKind};
use refill_domain::ids::{EndpointId, Instance, SlotId};
use refill_domain::market::Marketplace;
use refill_domain::measure::{Milli, Unit};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(models))
        .routes(routes!(put_model))
        .routes(routes!(list, register))
        .routes(routes!(show, deregister))
        .routes(routes!(own))
}

/// The catalogue.
#[utoipa::path(get, path = "/v1/models", tag = "devices", responses((status = 200, body = [Model])))]
async fn models(State(app): State<Shared>, _by: Anybody) -> Result<axum::Json<Vec<Model>>, ApiError> {
    Ok(axum::Json(app.store.model_list().await?))
}

/// Adds a model. One that exists never changes but for what the Dash console says of it; the same again is no error.
#[utoipa::path(put, path = "/v1/models/{model}", tag = "devices", request_body = Model,
    params(("model" = String, Path)),
    responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn put_model(
    State(app): State<Shared>,
    _by: Administrator,
    Part(id): Part<Label>,
    Json(model): Json<Model>,
) -> Result<StatusCode, ApiError> {
    if model.id != id {
        return Err(ApiError::field("id", "The address names another model."));
    }
    if let Some((field, why)) = model.trouble() {
        return Err(ApiError::field(field, why));
    }
    if app.store.put_model(model).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::new(Code::ModelDiffers, "This model is there and differs. Use another id."))
    }
}

/// A device as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceView {
    /// Its id, new at every registration.
    #[schema(value_type = Uuid)]
    pub id: EndpointId,
    /// Its model.
    pub model: Label,
    /// Its serial number.
    pub serial: Label,
    /// The name its owner gave it.
    pub name: String,
    /// What it is.
    #[schema(value_type = String, example = "printer")]
    pub kind: DeviceKind,
    /// Since when, ms since 1970 UTC.
    pub registered_at: i64,
    /// Its slots.
    pub slots: Vec<SlotView>,
    /// What opens its settings at Amazon; absent where the maker has not said what the Dash console calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dash: Option<DashView>,
}

/// What the address of a device's Dash settings is made of (protocols 1.1).
#[derive(Debug, Serialize, ToSchema)]
pub struct DashView {
    /// The maker's vendor code.
    pub vendor: String,
    /// The model's id in the Dash console.
    pub model: String,
    /// Which page its settings are on.
    #[schema(value_type = String, example = "settings")]
    pub page: PageType,
    /// Where it is certified.
    #[schema(value_type = Vec<String>, example = json!(["US", "DE"]))]
    pub marketplaces: Vec<Marketplace>,
}

/// A slot as it is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlotView {
    /// Its id, which entries name.
    #[schema(value_type = Uuid)]
    pub id: SlotId,
    /// Its capability instance, which the device names.
    #[schema(value_type = String)]
    pub instance: Instance,
    /// The name people read.
    pub name: String,
    /// What the supply is.
    #[schema(value_type = String)]
    pub supply: SupplyKind,
    /// How it is measured.
    #[schema(value_type = String)]
    pub sensor: SensorKind,
    /// The unit of its figures.
    #[schema(value_type = String)]
    pub unit: Unit,
    /// What a full one holds, in thousandths of the unit.
    pub capacity: Option<Milli>,
    /// What one pack adds, in thousandths of the unit.
    pub pack: Milli,
}

/// Devices as they are shown.
///
/// # Errors
/// The store's.
pub async fn shown(app: &App, devices: Vec<Device>) -> Result<Vec<DeviceView>, StoreError> {
    if devices.is_empty() {
        return Ok(Vec::new());
    }
    let models: BTreeMap<Label, Model> =
        app.store.model_list().await?.into_iter().map(|model| (model.id.clone(), model)).collect();
    let view = |of: Device| {
        let model = models.get(&of.model);
        DeviceView::of(app, of, model)
    };
    Ok(devices.into_iter().map(view).collect())
}

impl DeviceView {
    fn of(app: &App, of: Device, model: Option<&Model>) -> Self {
        // Without the maker's code no address can be made.
        let part = model.and_then(|model| model.dash.as_ref()).zip(app.config.dash.vendor_code.as_ref());
        let dash = part.map(|(part, vendor)| DashView {
            vendor: vendor.clone(),
            model: part.model.clone(),
            page: part.page.clone(),
            marketplaces: part.marketplaces.clone(),
        });
        let slot = |of: refill_domain::endpoint::Slot| SlotView {
            id: of.id,
            instance: of.instance,
            name: of.name,
            supply: of.supply,
            sensor: of.sensor,
            unit: of.unit,
            capacity: of.capacity,
            pack: of.pack,
        };
        Self {
            id: of.id,
            model: of.model,
            serial: of.serial,
            name: of.name,
            kind: model.map_or(DeviceKind::Other, |model| model.kind),
            registered_at: of.registered_at,
            slots: of.slots.into_iter().map(slot).collect(),
            dash,
        }
    }
}

/// The customer's devices.
#[utoipa::path(get, path = "/v1/devices", tag = "devices",
    responses((status = 200, body = [DeviceView]), (status = 401, body = Problem)))]
async fn list(
    State(app): State<Shared>,
    Customer(by): Customer,
) -> Result<axum::Json<Vec<DeviceView>>, ApiError> {
    let devices = app.store.devices(by.account).await?;
    Ok(axum::Json(shown(&app, devices).await?))
}

/// A device to be registered.
#[derive(Deserialize, ToSchema)]
pub struct DeviceForm {
    /// Its model.
    pub model: Label,
    /// Its serial number.
    pub serial: Label,
    /// The name its owner gives it.
    pub name: String,
}

/// A registered device with its credential.
#[derive(Serialize, ToSchema)]
pub struct NewDeviceView {
    /// The device.
    pub device: DeviceView,
    /// What the device shows as its bearer token. Given once, kept as a hash.
    pub credential: String,
}

/// Registers a device for the customer.
#[utoipa::path(post, path = "/v1/devices", tag = "devices", request_body = DeviceForm,
    responses((status = 201, body = NewDeviceView), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn register(
    State(app): State<Shared>,
    Customer(by): Customer,
    Json(form): Json<DeviceForm>,
) -> Result<(StatusCode, axum::Json<NewDeviceView>), ApiError> {
    if let Some(why) = name_trouble(&form.name) {
        return Err(ApiError::field("name", why));
    }
    let model = app.store.model(form.model).await?;
    let model = model.ok_or_else(|| ApiError::field("model", "This model is not known."))?;
    let id = EndpointId(app.clock.new_id());
    let device = Device {
        id,
        slots: model.slots_of(id),
        model: model.id.clone(),
        serial: form.serial,
        name: form.name.trim().to_owned(),
        registered_at: app.clock.now_ms(),
    };
    let credential = Secret::new(Door::Device, by.account).map_err(ApiError::internal)?;
    let new = NewDevice { account: by.account, device: device.clone(), credential: credential.hash() };
    let taken = |why: &str| Err(ApiError::new(Code::DeviceTaken, why).at("serial"));
    match app.store.register(new).await? {
        Registered::Done => {
            let view = NewDeviceView {
                device: DeviceView::of(&app, device, Some(&model)),
                credential: credential.expose().to_owned(),
            };
            Ok((StatusCode::CREATED, axum::Json(view)))
        }
        Registered::Already(_) => taken("You have this device already. Take it away first to start afresh."),
        Registered::Elsewhere => taken("This device is somebody's. They must take it away first."),
    }
}

/// One device.
#[utoipa::path(get, path = "/v1/devices/{device}", tag = "devices", params(("device" = Uuid, Path)),
    responses((status = 200, body = DeviceView), (status = 404, body = Problem)))]
async fn show(
    State(app): State<Shared>,
    Customer(by): Customer,
    Part(device): Part<Uuid>,
) -> Result<axum::Json<DeviceView>, ApiError> {
    let devices = app.store.devices(by.account).await?;
    let found = devices.into_iter().find(|of| of.id.0 == device).ok_or_else(ApiError::not_found)?;
    let view = shown(&app, vec![found]).await?.pop().ok_or_else(ApiError::not_found)?;
    Ok(axum::Json(view))
}

/// Takes a device away, with everything the cloud knew of it. Amazon is told: Alexa by a report, the older service by
/// taking the device's registration back.
#[utoipa::path(delete, path = "/v1/devices/{device}", tag = "devices", params(("device" = Uuid, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn deregister(
    State(app): State<Shared>,
    Customer(by): Customer,
    Part(device): Part<Uuid>,
) -> Result<StatusCode, ApiError> {
    taken_away(&app, by.account, EndpointId(device)).await
}

/// Takes a device of an account away.
///
/// # Errors
/// It has none such, or the store's.
pub async fn taken_away(app: &App, account: AccountId, device: EndpointId) -> Result<StatusCode, ApiError> {
    let gone = app.store.deregister(account, device, app.clock.now_ms()).await?;
    app.access.forget(account);
    // The older service is told in the background, and Alexa by the relay.
    app.drs.sooner.notify_one();
    if gone { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::not_found()) }
}

/// What a device is registered as, asked by itself.
#[utoipa::path(get, path = "/v1/device", tag = "ingest",
    responses((status = 200, body = DeviceView), (status = 401, body = Problem)))]
async fn own(
    State(app): State<Shared>,
    OfDevice(speaker): OfDevice,
) -> Result<axum::Json<DeviceView>, ApiError> {
    let view = shown(&app, vec![(*speaker.device).clone()]).await?.pop().ok_or_else(ApiError::not_found)?;
    Ok(axum::Json(view))
}
