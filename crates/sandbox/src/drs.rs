//! The older service's REST interface (protocols 4): exact version headers, exact bodies, errors told by
//! `x-amzn-ErrorType`. The device is always the one of the token.

mod registry;

pub use registry::{Devices, Step};

use crate::check::{At, Checked, Refusal, refuse};
use crate::clock::id;
use crate::gateway::bearer;
use crate::lwa::{DeviceId, Grant, Purpose};
use crate::reply;
use crate::sandbox::{Sandbox, World};
use crate::sns::Notice;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

const TYPE: &str = "com.amazon.dash.replenishment.";

/// One call, taken apart.
enum Call {
    Replenish(String),
    SlotStatus(String),
    DeviceStatus,
    Subscriptions,
    Order(String),
    Deregister(Option<DeviceId>),
    CancelTests(Option<String>),
}

impl Call {
    /// The row of protocols 4.2.
    fn of(method: &Method, path: &str) -> Option<Self> {
        let parts: Vec<String> = path.split('/').skip(1).map(decoded).collect::<Option<_>>()?;
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let text = |part: &str| part.to_owned();
        Some(match (method.as_str(), parts.as_slice()) {
            ("POST", ["replenish", slot]) => Self::Replenish(text(slot)),
            ("POST", ["slotStatus", slot]) => Self::SlotStatus(text(slot)),
            ("POST", ["deviceStatus"]) => Self::DeviceStatus,
            ("GET", ["subscriptionInfo"]) => Self::Subscriptions,
            ("GET", ["getOrderInfo", order]) => Self::Order(text(order)),
            ("DELETE", ["registration"]) => Self::Deregister(None),
            ("DELETE", ["deviceModels", model, "devices", serial, "registration"]) => {
                Self::Deregister(Some((text(model), text(serial))))
            }
            ("DELETE", ["testOrders", "slots", slot]) => Self::CancelTests(Some(text(slot))),
            ("DELETE", ["testOrders"]) => Self::CancelTests(None),
            _ => return None,
        })
    }

    /// Input type, then the result types that are known.
    fn types(&self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Replenish(_) => ("DrsReplenishInput@1.0", &["DrsReplenishResult@1.0"]),
            Self::SlotStatus(_) => ("DrsSlotStatusInput@1.0", &["DrsSlotStatusResult@1.0"]),
            Self::DeviceStatus => ("DrsDeviceStatusInput@1.0", &["DrsDeviceStatusResult@1.0"]),
            Self::Subscriptions => (
                "DrsSubscriptionInfoInput@1.0",
                &["DrsSubscriptionInfoResult@1.0", "DrsSubscriptionInfoResult@2.0"],
            ),
            Self::Order(_) => ("DrsOrderInfoInput@1.0", &["DrsOrderInfoResult@1.0"]),
            Self::Deregister(None) => ("DrsDeregisterInput@2.0", &["DrsDeregisterResult@1.0"]),
            Self::Deregister(Some(_)) => ("DrsDeregisterInput@1.0", &["DrsDeregisterResult@1.0"]),
            Self::CancelTests(_) => ("DrsCancelTestOrdersInput@1.0", &["DrsCancelTestOrdersResult@1.0"]),
        }
    }
}

fn decoded(part: &str) -> Option<String> {
    // A path segment is decoded as a form value would be, but for the plus sign, which stands for itself.
    let query = format!("v={}", part.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(query.as_bytes()).next().map(|(_, value)| value.into_owned())
}

struct Fault {
    status: u16,
    kind: &'static str,
    why: String,
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self { status: 400, kind: "ValidationException", why: refusal.to_string() }
    }
}

/// An error in the observed shape (protocols 4.5).
pub fn error(status: u16, kind: &str, why: &str) -> Response<Body> {
    let response = reply::json(status, &json!({"message": why}));
    let coral = "http://internal.amazon.com/coral/com.amazon.parkeraccioservice/";
    reply::header(response, "x-amzn-errortype", &format!("{kind}:{coral}"))
}

/// Every call of protocols 4.2.
pub async fn call(
    State(sandbox): State<Sandbox>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let now = sandbox.now();
    let mut state = sandbox.state();
    let grant = bearer(&headers).and_then(|token| state.lwa.bearer(token, now)).cloned();
    let customer = grant.as_ref().map(|grant| grant.customer.clone());
    let answer = answered(&mut state, grant.as_ref(), &method, uri.path(), &headers, &body, now);
    drop(state);
    sandbox.wake();
    let response = match answer {
        Ok(Value::Null) => reply::judged(reply::empty(200), customer, None),
        Ok(body) => reply::judged(reply::json(200, &body), customer, None),
        Err(Fault { status, kind, why }) => {
            reply::judged(error(status, kind, &why), customer, Some(format!("{kind}: {why}")))
        }
    };
    reply::header(response, "x-amzn-requestid", &id())
}

fn answered(
    world: &mut World,
    grant: Option<&Grant>,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<Value, Fault> {
    let Some(call) = Call::of(method, path) else {
        let why = format!("{method} {path} is no operation (protocols 4.2)");
        return Err(Fault { status: 404, kind: "UnknownOperationException", why });
    };
    // A bad token is 400, not 401 (protocols 4.5).
    let device = match grant.map(|grant| &grant.purpose) {
        Some(Purpose::Replenish(device)) if world.drs.is_registered(device) => device.clone(),
        _ => {
            return Err(Fault {
                status: 400,
                kind: "InvalidTokenException",
                why: "Invalid token".to_owned(),
            });
        }
    };
    let (input, results) = call.types();
    version(headers, "x-amzn-type-version", &[input])?;
    let result = version(headers, "x-amzn-accept-type", results)?;
    let slot = match &call {
        Call::Replenish(slot) | Call::SlotStatus(slot) | Call::CancelTests(Some(slot)) => Some(slot),
        _ => None,
    };
    if let Some(slot) = slot.filter(|slot| !world.drs.has_slot(&device, slot)) {
        let why = format!("the device has no slot {slot} (protocols 4.5)");
        return Err(Fault { status: 404, kind: "ResourceNotFoundException", why });
    }
    if !matches!(call, Call::SlotStatus(_) | Call::DeviceStatus) && !body.is_empty() {
        refuse("the body", "must be empty", "4.3")?;
    }
    let customer = grant.map(|grant| grant.customer.as_str());
    match call {
        Call::Replenish(slot) => {
            let times = world.config.orders.clone();
            let (instance, code, early) = world.drs.replenish(&device, &slot, &times, now);
            if let Some(why) = early {
                world.find(now, "drs.replenish", customer, why);
            }
            Ok(json!({"eventInstanceId": instance, "detailCode": code}))
        }
        Call::SlotStatus(slot) => {
            let status = parsed(body)?;
            for why in slot_status(&At::root(&status, ""), now)? {
                world.find(now, "drs.slotStatus", customer, why);
            }
            world.drs.status(&device, &slot, &status);
            Ok(Value::Null)
        }
        Call::DeviceStatus => {
            let status = parsed(body)?;
            let at = At::root(&status, "").member("mostRecentlyActiveDate", "4.3")?;
            at.instant("4.3")?;
            world.drs.active(&device, at.text("4.3")?);
            Ok(Value::Null)
        }
        Call::Subscriptions => {
            let version = if result.ends_with("@2.0") { 2 } else { 1 };
            Ok(json!({"slotsSubscriptionStatus": world.drs.subscription(&device, version)}))
        }
        Call::Order(instance) => match world.drs.order(&device, &instance) {
            Some(order) => Ok(json!({"orderInfoData": order})),
            None => Ok(refuse("eventInstanceId", "is no order of this device", "4.3")?),
        },
        Call::Deregister(named) => {
            if named.is_some_and(|named| named != device) {
                refuse("the path", "names another device than the token", "4.2")?;
            }
            deregister(world, &device, now);
            Ok(Value::Null)
        }
        Call::CancelTests(slot) => {
            if !world.drs.is_test(&device) {
                refuse("the device", "is no test device", "4.4")?;
            }
            let times = world.config.orders.clone();
            for notice in world.drs.cancel(&device, slot.as_deref(), &times, now) {
                world.tell(now, &notice);
            }
            let slots = slot.map_or_else(|| world.drs.slots(&device), |slot| vec![slot]);
            let each = |slot| json!({"orderStatus": "NO_ORDER_IN_PROGRESS", "slotId": slot});
            Ok(json!({"slotOrderStatuses": slots.into_iter().map(each).collect::<Vec<_>>()}))
        }
    }
}

/// Ends a registration: tells the maker, and all tokens of the device end (protocols 4.3).
pub fn deregister(world: &mut World, device: &DeviceId, now: DateTime<Utc>) -> bool {
    if !world.drs.deregister(device) {
        return false;
    }
    world.lwa.end(|grant| grant.purpose == Purpose::Replenish(device.clone()));
    world.tell(now, &Notice::Deregistered(device.clone()));
    true
}

fn version<'h>(headers: &'h HeaderMap, name: &'static str, known: &[&str]) -> Checked<&'h str> {
    let given = headers.get(name).and_then(|value| value.to_str().ok());
    let bare = given.and_then(|given| given.strip_prefix(TYPE));
    match bare.filter(|bare| known.contains(bare)) {
        Some(bare) => Ok(bare),
        None => refuse(name, format!("must be {TYPE}{}", known.join(" or ")), "4.2"),
    }
}

fn parsed(body: &[u8]) -> Checked<Value> {
    serde_json::from_slice(body).or_else(|_| refuse("the body", "must be JSON", "4.3"))
}

/// All five fields (protocols 4.3); the numeric rules nobody publishes are told, not refused.
fn slot_status(at: &At<'_>, now: DateTime<Utc>) -> Checked<Vec<String>> {
    let expected = at.member("expectedReplenishmentDate", "4.3")?.instant("4.3")?;
    let remaining = at.member("remainingQuantityInUnit", "4.3")?.amount("4.3")?;
    let original = at.member("originalQuantityInUnit", "4.3")?.amount("4.3")?;
    at.member("totalQuantityOnHand", "4.3")?.amount("4.3")?;
    let last = at.member("lastUseDate", "4.3")?.instant("4.3")?;
    let mut odd = Vec::new();
    let mut note = |wrong: bool, why: &str| {
        if wrong {
            odd.push(format!("{why} (protocols 4.3)"));
        }
    };
    note(remaining > original, "remainingQuantityInUnit: is more than the pack holds");
    note(last > now, "lastUseDate: is in the future");
    note(expected < last, "expectedReplenishmentDate: is before lastUseDate");
    Ok(odd)
}
