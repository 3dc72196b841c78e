//! The older replenishment service, DRS (protocols 4): each request with its path, version headers and body; each answer
//! as a value, errors decided by `x-amzn-ErrorType`; and when to order. "Accepted" never means "ordered": only a
//! notification or the order's own information says that.

mod answer;
mod register;
mod request;
mod rule;
mod shapes;
mod status;

pub use answer::{
    Answered, DetailCode, DrsError, ItemStatus, OrderInfo, OrderItem, Replenished, TestOrder, read_cancelled,
    read_done, read_order_info, read_replenished, read_subscription_info,
};
pub use register::{Authorize, BadRegistration, Stage, authorize_url, scope_data};
pub(crate) use request::encoded;
pub use request::{
    ApiVersion, BASE_URL, Body, FaultySlotStatus, Method, Request, SlotStatus, SlotStatusBody,
};
pub use rule::{
    CANCELLED_PAUSE, DAYS_IN_HAND, Decision, History, Not, RESOLUTION, Use, decide, low_by_seed_rule,
};
pub use shapes::{
    DrsSlot, OrderInstance, Product, ShapeVersion, SlotSubscription, Subscriptions, read_products,
    read_subscriptions,
};
pub(crate) use shapes::{date_in, short};
