//! What a household tells of itself in a bundle: figures, states and ids as they are, names and places as aliases.

use super::{Way, leave_server};
use crate::adding::kept;
use crate::error::Error;
use crate::household::{Household, Watched};
use crate::store::{self, DeviceRow};
use refill_domain::bundle::{
    Cloud, Counts, Device, Direct, Held, Hider, Kind, Links, List, Notices, Order, OrderState, OrderStep,
    Part, Reach, Reorder, Slot, Text,
};
use refill_domain::orders::Phase;
use refill_domain::outbox::GateState;
use serde::Serialize;

/// Shortest part of a person's name that is looked for alone.
const PART_MIN: usize = 3;

/// Settings that say how the screen looks, and nothing of what happens.
const LOOKS: [&str; 5] = ["theme", "density", "text_size", "single_keys", "welcomed"];

/// An enum as the word it has on the wire.
pub(super) fn word(hider: &mut Hider, part: Part, value: &impl Serialize) -> Text {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => hider.text(part, &word),
        Ok(other) => hider.text(part, &other.to_string()),
        Err(_) => Text::word(""),
    }
}

fn host(address: &str) -> Option<String> {
    let host = url::Url::parse(address).ok()?.host_str()?.to_owned();
    Some(host.trim_matches(['[', ']']).to_owned())
}

impl Household {
    /// Everything of this household's that is to be hidden wherever it stands.
    pub(crate) fn tell_hider(&self, hider: &mut Hider) {
        if let Some(link) = self.link() {
            leave_server(hider, &link.server);
            hider.knows(Kind::Mail, &link.account.email);
            hider.knows(Kind::Name, &link.account.name);
            let parts = link.account.name.split_whitespace();
            parts
                .filter(|part| part.chars().count() >= PART_MIN)
                .for_each(|part| hider.knows(Kind::Name, part));
        }
        if let Some(direct) = &self.direct {
            hider.knows(Kind::Token, &direct.row.client);
        }
        for reach in self.devices.iter().filter_map(|row| row.reach.as_ref()) {
            if let Some(identity) = kept(reach) {
                identity.serial.iter().for_each(|serial| hider.knows(Kind::Serial, serial.reveal()));
                identity.uuid.iter().for_each(|uuid| hider.knows(Kind::Serial, uuid));
            }
            host(&reach.address).iter().for_each(|host| hider.knows(Kind::Address, host));
            hider.knows(Kind::Address, &reach.address);
        }
        for row in &self.devices {
            hider.knows(Kind::Name, &row.endpoint.name);
            row.endpoint.location.iter().for_each(|place| hider.knows(Kind::Address, place));
            if self.is_typed(row) {
                row.endpoint.model.iter().for_each(|model| hider.knows(Kind::Name, model));
            }
            for watched in self.slots_of(row.endpoint.id) {
                hider.knows(Kind::Name, &watched.row.slot.name);
                // What nobody else named is called by what was typed.
                if self.is_typed(row) {
                    hider.knows(Kind::Name, watched.row.slot.instance.as_str());
                }
            }
        }
    }

    fn is_the_cloud_s(&self, row: &DeviceRow) -> bool {
        self.linked.slots.values().any(|slot| slot.device == row.endpoint.id)
    }

    /// A person typed what its model is.
    fn is_typed(&self, row: &DeviceRow) -> bool {
        row.reach.is_none() && !self.is_the_cloud_s(row)
    }

    /// What this household holds.
    ///
    /// # Errors
    /// When its file can't be read.
    pub(crate) fn bundle_held(&self, hider: &mut Hider, way: Way) -> Result<Held, Error> {
        Ok(Held {
            settings: List::of(self.bundle_settings(hider)),
            notices: self.bundle_notices()?,
            links: self.bundle_links(hider, way)?,
            devices: List::of(self.devices.iter().map(|row| self.bundle_device(hider, row))),
            orders: List::of(self.bundle_orders(hider)),
            reorder: List::of(self.linked.subscriptions.iter().map(|((device, slot), frame)| Reorder {
                device: *device,
                slot: hider.text(Part::Orders, slot),
                on: frame.subscription.subscribed,
                since: frame.subscription.since.timestamp_millis(),
            })),
        })
    }

    fn bundle_settings(&self, hider: &mut Hider) -> Vec<(Text, Text)> {
        let Ok(serde_json::Value::Object(all)) = serde_json::to_value(&self.settings) else {
            return Vec::new();
        };
        let said = all.into_iter().filter(|(name, _)| !LOOKS.contains(&name.as_str()));
        said.map(|(name, value)| (hider.text(Part::App, &name), word(hider, Part::App, &value))).collect()
    }

    fn bundle_notices(&self) -> Result<Notices, Error> {
        let (state, off) = self.read(|db| Ok((store::notice_state(db)?, store::notices_off(db)?)))?;
        let told = self.read(store::told_of)?.len();
        Ok(Notices {
            on: self.settings.notifications,
            quiet_until: state.quiet,
            summary_at: state.digest,
            told: u32::try_from(told).unwrap_or(u32::MAX),
            off: List::of(off),
        })
    }

    fn bundle_links(&self, hider: &mut Hider, (connection, detail): Way) -> Result<Links, Error> {
        let backlog = self.backlog()?;
        let outbox = Counts { waiting: backlog.waiting, parked: backlog.parked };
        let cloud = self.link().map(|link| Cloud {
            server: hider.text(Part::Links, &link.server),
            account: hider.alias(Kind::Mail, Part::Links, &link.account.email),
            owner: hider.alias(Kind::Name, Part::Links, &link.account.name),
            scope: hider.text(Part::Links, &link.scope),
            since: link.since,
            lasting: link.refresh.is_some(),
            cursor: link.cursor,
            connection,
            detail: detail.map(|detail| hider.text(Part::Links, &detail)),
            outbox,
        });
        let direct = match &self.direct {
            None => None,
            Some(direct) => {
                let (waiting, parked) = self.read(store::direct_backlog)?;
                let stopped = match direct.row.gate.state {
                    GateState::Stopped { why } => Some(word(hider, Part::Links, &why)),
                    GateState::Open | GateState::Until { .. } | GateState::Refreshing => None,
                };
                let region = word(hider, Part::Links, &direct.row.region);
                Some(Direct { region, stopped, outbox: Counts { waiting, parked } })
            }
        };
        Ok(Links { cloud, alexa: self.linked.alexa.map(|row| row.link), direct })
    }

    fn bundle_device(&self, hider: &mut Hider, row: &DeviceRow) -> Device {
        let part = Part::Devices;
        let reach = match &row.reach {
            None if self.is_the_cloud_s(row) => Reach::Cloud {},
            None => Reach::ByHand {},
            Some(reach) => {
                let identity = kept(reach);
                let serial =
                    identity.as_ref().and_then(|of| of.serial.as_ref()).map(|serial| serial.reveal());
                let uuid = identity.as_ref().and_then(|of| of.uuid.as_deref());
                Reach::Network {
                    address: hider.alias(Kind::Address, part, &reach.address),
                    serial: hider.some(Kind::Serial, part, serial),
                    uuid: hider.some(Kind::Serial, part, uuid),
                    answered_at: reach.answered_at,
                    trouble: reach.trouble.as_ref().map(|trouble| word(hider, part, &trouble.code)),
                    detail: reach.trouble.as_ref().map(|trouble| hider.text(part, &trouble.detail)),
                }
            }
        };
        let typed = self.is_typed(row);
        let slots = self.slots_of(row.endpoint.id).map(|watched| self.bundle_slot(hider, watched, typed));
        let slots = List::of(slots);
        Device {
            id: row.endpoint.id,
            name: hider.alias(Kind::Name, part, &row.endpoint.name),
            kind: row.endpoint.kind,
            model: row.endpoint.model.as_ref().map(|model| hider.text(part, model)),
            location: hider.some(Kind::Address, part, row.endpoint.location.as_deref()),
            reach,
            sample: row.sample,
            removed_at: row.removed_at,
            slots,
        }
    }

    fn bundle_slot(&self, hider: &mut Hider, watched: &Watched, typed: bool) -> Slot {
        let (slot, state) = (&watched.row.slot, &self.on_shelf(watched).fold.state);
        let ms = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| at.timestamp_millis());
        Slot {
            id: slot.id,
            name: hider.alias(Kind::Name, Part::Devices, &slot.name),
            instance: if typed {
                hider.text(Part::Devices, slot.instance.as_str())
            } else {
                Text::instance(&slot.instance)
            },
            supply: slot.supply,
            sensor: slot.sensor,
            unit: slot.unit,
            full: slot.full(),
            pack: slot.pack,
            low_mark: slot.low_mark(),
            left: state.left(slot),
            some_left: state.some_left,
            shelf: state.shelf,
            stated_at: ms(state.level_at),
            read_at: ms(state.read_at),
            used_at: ms(state.used_at),
            replaced_at: ms(state.replacements.last().copied()),
            low_streak: state.low_streak,
            low_since: ms(state.low_since),
            rose_at: ms(state.rise.as_ref().map(|rise| rise.at)),
            overshoot: state.overshoot,
            muted: slot.muted,
            at_maker: self.linked.slots.get(&watched.row.key).map(|there| there.id),
        }
    }

    fn bundle_orders(&self, hider: &mut Hider) -> Vec<Order> {
        let part = Part::Orders;
        let all = self.linked.orders.iter();
        all.map(|(key, frame)| {
            let (state, at) = match frame.phase(self.now()) {
                Phase::Asked => (OrderState::Asked, None),
                Phase::Placed => (OrderState::Placed, None),
                Phase::OnItsWay { due } => (OrderState::OnItsWay, Some(due)),
                Phase::Arrived { at } => (OrderState::Arrived, Some(at)),
                Phase::Cancelled { at } => (OrderState::Cancelled, Some(at)),
            };
            Order {
                device: key.0,
                order: hider.text(part, &key.1),
                slot: frame.slot.as_ref().map(|slot| hider.text(part, slot.as_str())),
                state,
                at: at.map(|at| at.timestamp_millis()),
                test: frame.test,
                products: u32::try_from(frame.products.len()).unwrap_or(u32::MAX),
                steps: List::of(
                    frame
                        .steps
                        .iter()
                        .map(|step| OrderStep { kind: step.kind, at: step.at.timestamp_millis() }),
                ),
                came: self.linked.answers.get(key).map(|answer| answer.came),
                unclear: frame.unclear.as_ref().map(|why| hider.text(part, why)),
            }
        })
        .collect()
    }
}
