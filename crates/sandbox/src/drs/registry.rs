//! Devices of the older service and the life of their orders (protocols 4.3, 4.4): pending, placed, shipped or cancelled,
//! each step at its time, each step told once.

use crate::clock::printed;
use crate::config::{Config, OrderTimes, Product, Topic};
use crate::lwa::DeviceId;
use crate::sns::{Notice, notice};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Debug)]
struct Device {
    customer: String,
    client: String,
    test: bool,
    registered: bool,
    active: Option<String>,
    slots: BTreeMap<String, Slot>,
}

#[derive(Debug)]
struct Slot {
    product: Product,
    subscribed: bool,
    status: Option<Value>,
    cancelled: Vec<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Pending,
    Resolving,
    Placed,
    Shipped,
    Cancelled,
}

#[derive(Debug)]
struct Order {
    device: DeviceId,
    slot: String,
    asked: DateTime<Utc>,
    stage: Stage,
    next: Option<DateTime<Utc>>,
    delivery: DateTime<Utc>,
}

/// What a customer or the catalogue does to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Resolution ends well, or placing is not waited for.
    Place,
    /// It ships now.
    Ship,
    /// It is cancelled.
    Cancel,
}

/// Everything of the older service.
#[derive(Debug, Default)]
pub struct Devices {
    devices: BTreeMap<DeviceId, Device>,
    orders: BTreeMap<String, Order>,
}

/// Orders kept before finished ones are thrown out.
const ORDERS_MAX: usize = 20_000;

impl Devices {
    /// Registers a device for a customer, subscribed to the products of its model.
    ///
    /// # Errors
    /// It is registered by somebody else, or its model is unknown.
    pub fn register(
        &mut self,
        id: &DeviceId,
        customer: &str,
        client: &str,
        test: bool,
        config: &Config,
    ) -> Result<(), String> {
        let Some(model) = config.models.get(&id.0) else {
            return Err("scope_data: the device_model is unknown (protocols 7.1)".to_owned());
        };
        if self.devices.get(id).is_some_and(|known| known.registered && known.customer != customer) {
            return Err("scope_data: the device is registered by another customer (protocols 6.3)".to_owned());
        }
        let slot = |product: &Product| Slot {
            product: product.clone(),
            subscribed: true,
            status: None,
            cancelled: Vec::new(),
        };
        let device = Device {
            customer: customer.to_owned(),
            client: client.to_owned(),
            test,
            registered: true,
            active: None,
            slots: model.slots.iter().map(|(id, product)| (id.clone(), slot(product))).collect(),
        };
        self.devices.insert(id.clone(), device);
        Ok(())
    }

    /// Ends a registration and cancels what is open; says whether there was one.
    pub fn deregister(&mut self, id: &DeviceId) -> bool {
        let Some(device) = self.devices.get_mut(id).filter(|device| device.registered) else { return false };
        device.registered = false;
        for order in self.orders.values_mut().filter(|order| order.device == *id) {
            order.next = None;
            if matches!(order.stage, Stage::Pending | Stage::Resolving | Stage::Placed) {
                order.stage = Stage::Cancelled;
            }
        }
        true
    }

    /// Whether it is registered.
    pub fn is_registered(&self, id: &DeviceId) -> bool {
        self.devices.get(id).is_some_and(|device| device.registered)
    }

    /// Whether its orders are tests.
    pub fn is_test(&self, id: &DeviceId) -> bool {
        self.devices.get(id).is_some_and(|device| device.test)
    }

    /// Whether the device has such a slot.
    pub fn has_slot(&self, id: &DeviceId, slot: &str) -> bool {
        self.devices.get(id).is_some_and(|device| device.slots.contains_key(slot))
    }

    fn slot_mut(&mut self, id: &DeviceId, slot: &str) -> Option<&mut Slot> {
        self.devices.get_mut(id)?.slots.get_mut(slot)
    }

    /// Subscribes or pauses a slot; says whether there is one.
    pub fn subscribe(&mut self, id: &DeviceId, slot: &str, subscribed: bool) -> bool {
        self.slot_mut(id, slot).map(|slot| slot.subscribed = subscribed).is_some()
    }

    /// Cancellations no longer count: an order went through, or the customer reset the slot (protocols 4.4).
    fn forgiven(&mut self, id: &DeviceId, slot: &str) {
        if let Some(slot) = self.slot_mut(id, slot) {
            slot.cancelled.clear();
        }
    }

    /// The registered devices of a customer.
    pub fn of(&self, customer: &str) -> Vec<DeviceId> {
        let mine = |device: &Device| device.registered && device.customer == customer;
        self.devices.iter().filter(|(_, device)| mine(device)).map(|(id, _)| id.clone()).collect()
    }

    /// Keeps the last status of a slot.
    pub fn status(&mut self, id: &DeviceId, slot: &str, status: &Value) {
        if let Some(slot) = self.slot_mut(id, slot) {
            slot.status = Some(status.clone());
        }
        let amount = |name: &str| status[name].as_f64();
        if amount("remainingQuantityInUnit") >= amount("originalQuantityInUnit") {
            self.forgiven(id, slot);
        }
    }

    /// Keeps when the device was last active.
    pub fn active(&mut self, id: &DeviceId, at: &str) {
        if let Some(device) = self.devices.get_mut(id) {
            device.active = Some(at.to_owned());
        }
    }

    /// Orders for a slot: the instance id, the detail code, and what was against the order rules of 4.4.
    pub fn replenish(
        &mut self,
        id: &DeviceId,
        slot: &str,
        times: &OrderTimes,
        now: DateTime<Utc>,
    ) -> (String, &'static str, Option<String>) {
        let open = self.orders.iter().find(|(_, order)| {
            order.device == *id
                && order.slot == slot
                && matches!(order.stage, Stage::Pending | Stage::Resolving | Stage::Placed)
        });
        if let Some((instance, _)) = open {
            return (instance.clone(), "ORDER_INPROGRESS", None);
        }
        let code = if self.is_test(id) { "TEST_ORDER_PLACED" } else { "STANDARD_ORDER_PLACED" };
        let instance = format!("amzn1.dash.v2.o.{}", crate::clock::id());
        let Some(known) = self.slot_mut(id, slot) else { return (instance, code, None) };
        let early = match known.cancelled.as_slice() {
            [] => None,
            [.., last] if known.cancelled.len() == 1 && now - *last >= TimeDelta::days(5) => None,
            [_] => Some("came within 5 days of a cancellation"),
            _ => Some("came after a second cancellation, before a reset to 100 %"),
        };
        let early = early.map(|why| format!("replenish {slot}: {why} (protocols 4.4)"));
        if !known.subscribed {
            let why =
                format!("replenish {slot}: the subscription is paused, nothing is ordered (protocols 4.4)");
            return (instance, code, Some(why));
        }
        let after = |seconds: i64| now + TimeDelta::seconds(seconds);
        let (stage, next) =
            if times.resolve { (Stage::Resolving, times.resolution) } else { (Stage::Pending, times.placed) };
        let order = Order {
            device: id.clone(),
            slot: slot.to_owned(),
            asked: now,
            stage,
            next: Some(after(next)),
            delivery: after(times.delivered),
        };
        if self.orders.len() >= ORDERS_MAX {
            self.orders.retain(|_, order| order.next.is_some());
        }
        self.orders.insert(instance.clone(), order);
        (instance, code, early)
    }

    /// Lets every order go on that is due; says what is to be told.
    pub fn due(&mut self, now: DateTime<Utc>, times: &OrderTimes) -> Vec<Notice> {
        let due = |order: &Order| order.next.is_some_and(|next| next <= now);
        let mut all: Vec<_> = self.orders.iter().filter(|(_, order)| due(order)).collect();
        all.sort_by_key(|(_, order)| order.next);
        let ids: Vec<_> = all.into_iter().map(|(id, _)| id.clone()).collect();
        let mut told = Vec::new();
        for id in ids {
            let step = match self.orders.get(&id).map(|order| order.stage) {
                Some(Stage::Pending) => Step::Place,
                Some(Stage::Placed) => Step::Ship,
                _ => Step::Cancel,
            };
            told.extend(self.step(&id, step, times, now));
        }
        told
    }

    /// Makes a step of an order; absent where it can't be made.
    pub fn step(
        &mut self,
        instance: &str,
        step: Step,
        times: &OrderTimes,
        now: DateTime<Utc>,
    ) -> Option<Notice> {
        let order = self.orders.get_mut(instance)?;
        let (stage, next) = match (step, order.stage) {
            (Step::Place, Stage::Pending | Stage::Resolving) => {
                (Stage::Placed, Some(order.asked + TimeDelta::seconds(times.shipped.max(0))))
            }
            (Step::Ship, Stage::Placed) => (Stage::Shipped, None),
            (Step::Cancel, Stage::Pending | Stage::Resolving | Stage::Placed) => (Stage::Cancelled, None),
            _ => return None,
        };
        (order.stage, order.next) = (stage, next);
        let (device, slot) = (order.device.clone(), order.slot.clone());
        Some(match step {
            Step::Place => Notice::Placed(instance.to_owned()),
            Step::Ship => {
                self.forgiven(&device, &slot);
                Notice::Shipped(instance.to_owned())
            }
            Step::Cancel => {
                if let Some(slot) = self.slot_mut(&device, &slot) {
                    slot.cancelled.push(now);
                }
                Notice::Cancelled(instance.to_owned())
            }
        })
    }

    /// Cancels the open orders of a device, of one slot or all.
    pub fn cancel(
        &mut self,
        id: &DeviceId,
        slot: Option<&str>,
        times: &OrderTimes,
        now: DateTime<Utc>,
    ) -> Vec<Notice> {
        let fits = |order: &Order| order.device == *id && slot.is_none_or(|slot| order.slot == slot);
        let ids: Vec<_> = self.orders.iter().filter(|(_, o)| fits(o)).map(|(id, _)| id.clone()).collect();
        ids.iter().filter_map(|id| self.step(id, Step::Cancel, times, now)).collect()
    }

    /// The slots of a device.
    pub fn slots(&self, id: &DeviceId) -> Vec<String> {
        self.devices.get(id).map(|device| device.slots.keys().cloned().collect()).unwrap_or_default()
    }

    /// When an order goes on next.
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.orders.values().filter_map(|order| order.next).min()
    }

    /// `slotsSubscriptionStatus` in a version (protocols 4.3, 5.1).
    pub fn subscription(&self, id: &DeviceId, version: u8) -> Value {
        let Some(device) = self.devices.get(id) else { return json!({}) };
        let slots = device.slots.iter().map(|(name, slot)| {
            let Product { asin, quantity, unit } = &slot.product;
            let info = if version == 1 {
                json!(slot.subscribed)
            } else {
                json!({
                    "subscribed": slot.subscribed,
                    "productInfoList": [{"asin": asin, "quantity": quantity, "unit": unit}],
                })
            };
            (name.clone(), info)
        });
        Value::Object(slots.collect())
    }

    /// `orderInfoData` of an order of this device (protocols 4.3).
    pub fn order(&self, id: &DeviceId, instance: &str) -> Option<Value> {
        let order = self.orders.get(instance).filter(|order| order.device == *id)?;
        let product = &self.devices.get(id)?.slots.get(&order.slot)?.product;
        let status = match order.stage {
            Stage::Pending | Stage::Resolving => "Pending",
            Stage::Placed => "Authorized",
            Stage::Shipped => "Closed",
            Stage::Cancelled => "Canceled",
        };
        let expected = (order.stage != Stage::Cancelled).then(|| printed(order.delivery));
        Some(json!({"instanceId": instance, "orderItems": [{
            "asin": product.asin,
            "expectedDeliveryDate": expected,
            "quantity": product.quantity,
            "slotId": order.slot,
            "status": status,
        }]}))
    }

    /// The message of a notice, in the configured version (protocols 5.1).
    pub fn message(&self, told: &Notice, topic: &Topic, now: DateTime<Utc>) -> Option<Value> {
        let id = match told {
            Notice::Registered(id) | Notice::Deregistered(id) | Notice::Subscription(id) => id.clone(),
            Notice::Placed(order) | Notice::Shipped(order) | Notice::Cancelled(order) => {
                self.orders.get(order)?.device.clone()
            }
        };
        let device = self.devices.get(&id)?;
        let mut message = notice(told.kind(), &device.client, &id, &device.customer, now);
        match told {
            Notice::Registered(_) | Notice::Deregistered(_) => {}
            Notice::Subscription(_) => {
                let slots = self.subscription(&id, topic.version);
                message["subscriptionInfo"] = json!({"slotsSubscriptionStatus": slots});
            }
            Notice::Cancelled(instance) => {
                let order = self.orders.get(instance)?;
                message["orderInfo"] = json!({"instanceId": instance, "slotId": order.slot});
            }
            Notice::Placed(instance) | Notice::Shipped(instance) => {
                let order = self.orders.get(instance)?;
                let Product { asin, quantity, unit } = &device.slots.get(&order.slot)?.product;
                let date = printed(order.delivery);
                message["orderInfo"] = if topic.version == 1 {
                    json!({
                        "instanceId": instance,
                        "slotId": order.slot,
                        "productInfo": [{"quantity": quantity, "unit": unit}],
                        "estimatedDeliveryDate": date,
                    })
                } else {
                    json!({
                        "instanceId": instance,
                        "slotId": order.slot,
                        "productInfo": [
                            {"asin": asin, "quantity": quantity, "unit": unit, "estimatedDeliveryDate": date},
                        ],
                    })
                };
            }
        }
        Some(message)
    }

    /// Everything, for tests.
    pub fn shown(&self) -> Value {
        let devices = self.devices.iter().map(|((model, serial), device)| {
            let slots = device.slots.iter().map(|(name, slot)| {
                (name.clone(), json!({"subscribed": slot.subscribed, "status": slot.status}))
            });
            json!({
                "model": model,
                "serial": serial,
                "customer": device.customer,
                "test": device.test,
                "registered": device.registered,
                "mostRecentlyActive": device.active,
                "slots": Value::Object(slots.collect()),
            })
        });
        let orders = self.orders.iter().map(|(instance, order)| {
            json!({
                "instanceId": instance,
                "serial": order.device.1,
                "slot": order.slot,
                "stage": format!("{:?}", order.stage).to_lowercase(),
                "next": order.next.map(printed),
            })
        });
        json!({"devices": devices.collect::<Vec<_>>(), "orders": orders.collect::<Vec<_>>()})
    }
}
