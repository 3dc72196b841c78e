//! The document: what a bundle says, part by part. Every text is an [`Alias`], a scrubbed [`Text`] or an identifier of a
//! checked form; there is no field that a name or a serial number could be put into as it is.

use super::body::Body;
use super::form::{Alias, Kind, List, Part, Text};
use super::log::Line;
use crate::enablement::AlexaLink;
use crate::endpoint::{DeviceKind, SensorKind, SupplyKind};
use crate::ids::{EndpointId, SlotId};
use crate::measure::{Milli, Unit};
use crate::orders::StepKind;
use serde::{Deserialize, Serialize};

macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $([$ts:literal])? $((as $as:literal))? $field:ident : $ty:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = concat!("Bundle", stringify!($name))))]
            pub struct $name {
                $($(#[$field_doc])* $(#[cfg_attr(feature = "ts", ts(type = $ts))])?
                  $(#[cfg_attr(feature = "ts", ts(as = $as))])? pub $field: $ty,)*
            }
        )*
    };
}

/// A bundle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Bundle {
    /// When it was made, ms UTC.
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub made_at: i64,
    /// What was hidden.
    #[cfg_attr(feature = "ts", ts(as = "Vec<Removed>"))]
    pub removed: List<Removed, 64>,
    /// What of.
    pub versions: Versions,
    /// How the household stands.
    pub household: Household,
    /// The delivery log, the newest first.
    #[cfg_attr(feature = "ts", ts(as = "Vec<Message>"))]
    pub messages: List<Message, 1000>,
    /// The end of the program's log, the newest last.
    #[cfg_attr(feature = "ts", ts(as = "Vec<Line>"))]
    pub log: List<Line, 3000>,
    /// The report of a crash that nobody has put away.
    #[cfg_attr(feature = "ts", ts(as = "Vec<Line>"))]
    pub crash: List<Line, 400>,
}

parts! {
    /// What was hidden of one kind in one part.
    Removed {
        /// What.
        kind: Kind,
        /// Where.
        part: Part,
        /// How often.
        times: u32,
        /// How many different things.
        things: u32,
    }

    /// Versions.
    Versions {
        /// The program's.
        program: Text,
        /// The system's name and version.
        system: Text,
        /// The computer's kind.
        machine: Text,
        /// The language that the system asks for.
        language: Text,
        /// The household's file's; absent where it can't be read.
        schema: Option<u32>,
        /// The newest that this program knows.
        schema_known: u32,
        /// The formats and protocols that this program speaks.
        formats: Formats,
    }

    /// Versions of formats and protocols.
    Formats {
        /// The export.
        export: u32,
        /// The dossier of a device model.
        dossier: u32,
        /// The maker's cloud.
        cloud: Text,
        /// Alexa's messages.
        alexa: Text,
    }

    /// What a household holds.
    Held {
        /// Settings that change what happens, by name.
        (as "Vec<(Text, Text)>") settings: List<(Text, Text), 64>,
        /// How notices go.
        notices: Notices,
        /// How it is linked.
        links: Links,
        /// Its devices.
        (as "Vec<Device>") devices: List<Device, 500>,
        /// Orders that Amazon told of.
        (as "Vec<Order>") orders: List<Order, 500>,
        /// How slots reorder.
        (as "Vec<Reorder>") reorder: List<Reorder, 2000>,
    }

    /// How notices go.
    Notices {
        /// They are wanted.
        on: bool,
        /// No notices until then, ms UTC.
        ["number | null"] quiet_until: Option<i64>,
        /// The last summary of a day, ms UTC.
        ["number | null"] summary_at: Option<i64>,
        /// Things that a person was told of.
        told: u32,
        /// Devices of which none are wanted.
        (as "Vec<EndpointId>") off: List<EndpointId, 500>,
    }

    /// Links.
    Links {
        /// With a maker's cloud.
        cloud: Option<Cloud>,
        /// The maker's with Alexa, as the cloud last said.
        alexa: Option<AlexaLink>,
        /// Straight to Alexa's gateway.
        direct: Option<Direct>,
    }

    /// The link with a maker's cloud.
    Cloud {
        /// The cloud's address, which is public.
        server: Text,
        /// The account's address of sign-in.
        account: Alias,
        /// Its owner.
        owner: Alias,
        /// What was granted.
        scope: Text,
        /// Since when, ms UTC.
        ["number"] since: i64,
        /// A token is kept.
        lasting: bool,
        /// How far it was heard.
        ["number"] cursor: u64,
        /// How it goes.
        connection: Connection,
        /// Why, in the program's words.
        detail: Option<Text>,
        /// What waits.
        outbox: Counts,
    }

    /// The way straight to the gateway.
    Direct {
        /// The gateway's region.
        region: Text,
        /// Why nothing goes.
        stopped: Option<Text>,
        /// What waits.
        outbox: Counts,
    }

    /// What waits to be sent.
    Counts {
        /// That goes by itself.
        waiting: u32,
        /// That a person has to look at.
        parked: u32,
    }

    /// A device.
    Device {
        /// Its id.
        id: EndpointId,
        /// Its name.
        name: Alias,
        /// Its kind.
        kind: DeviceKind,
        /// Make and model.
        model: Option<Text>,
        /// Where it stands.
        location: Option<Alias>,
        /// How it is reached.
        reach: Reach,
        /// It is a sample.
        sample: bool,
        /// When it was removed, ms UTC.
        ["number | null"] removed_at: Option<i64>,
        /// Its slots.
        (as "Vec<Slot>") slots: List<Slot, 100>,
    }

    /// A slot with its figures; amounts in thousandths of its unit, the shelf's of the unit shelves are counted in.
    Slot {
        /// Its id.
        id: SlotId,
        /// Its name.
        name: Alias,
        /// Its capability instance; an alias where it was made of a name that a person typed.
        instance: Text,
        /// What it is.
        supply: SupplyKind,
        /// How it is measured.
        sensor: SensorKind,
        /// The unit.
        unit: Unit,
        /// What a full one holds.
        ["number | null"] full: Option<Milli>,
        /// What a pack adds.
        ["number"] pack: Milli,
        /// The low mark.
        ["number | null"] low_mark: Option<Milli>,
        /// What is left.
        ["number | null"] left: Option<Milli>,
        /// The device only says that some is.
        some_left: bool,
        /// What lies on the shelf.
        ["number"] shelf: Milli,
        /// When what is left was last stated, ms UTC.
        ["number | null"] stated_at: Option<i64>,
        /// The device's last word, ms UTC.
        ["number | null"] read_at: Option<i64>,
        /// When use was last seen, ms UTC.
        ["number | null"] used_at: Option<i64>,
        /// When it was replaced last, ms UTC.
        ["number | null"] replaced_at: Option<i64>,
        /// Readings in a row at or below the low mark.
        low_streak: u32,
        /// Since when it is low, ms UTC.
        ["number | null"] low_since: Option<i64>,
        /// When it rose without anybody saying why, ms UTC.
        ["number | null"] rose_at: Option<i64>,
        /// Used beyond what there was.
        ["number"] overshoot: Milli,
        /// Nobody is asked about it.
        muted: bool,
        /// The maker's cloud has it too, under this id.
        at_maker: Option<SlotId>,
    }

    /// An order.
    Order {
        /// The device it is for.
        device: EndpointId,
        /// Amazon's name of it.
        order: Text,
        /// Amazon's name of the slot.
        slot: Option<Text>,
        /// How it stands.
        state: OrderState,
        /// Its date, ms UTC, where it has one.
        ["number | null"] at: Option<i64>,
        /// A test: nothing comes.
        test: bool,
        /// Products in it.
        products: u32,
        /// Its way.
        (as "Vec<OrderStep>") steps: List<OrderStep, 32>,
        /// What the person said of its arrival.
        came: Option<bool>,
        /// Why it could not be added to the stock.
        unclear: Option<Text>,
    }

    /// A step of an order.
    OrderStep {
        /// What.
        ["\"asked\" | \"placed\" | \"shipped\" | \"due\" | \"arrived\" | \"cancelled\""] kind: StepKind,
        /// When, ms UTC.
        ["number"] at: i64,
    }

    /// How a slot reorders.
    Reorder {
        /// The device.
        device: EndpointId,
        /// Amazon's name of the slot.
        slot: Text,
        /// It does by itself.
        on: bool,
        /// Since when, ms UTC.
        ["number"] since: i64,
    }

    /// A message of the delivery log.
    Message {
        /// Its id.
        id: Text,
        /// When it was so, ms UTC.
        ["number"] at: i64,
        /// Which way it goes.
        route: Route,
        /// What kind, as the one who gets it calls it.
        kind: Text,
        /// Where it stands.
        state: MessageState,
        /// Since when, or until when it waits, ms UTC.
        ["number | null"] since: Option<i64>,
        /// Why a person has to look.
        reason: Option<Text>,
        /// Attempts begun.
        attempts: u32,
        /// The latest of them.
        (as "Vec<Try>") tries: List<Try, 16>,
        /// What it says; absent where only its sender has it.
        body: Option<Body>,
    }

    /// An attempt.
    Try {
        /// When it ended, ms UTC.
        ["number"] at: i64,
        /// What came of it.
        came: Answer,
        /// HTTP status.
        status: Option<u16>,
        /// Amazon's code.
        code: Option<Text>,
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(rename_all = "snake_case")]
            #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = concat!("Bundle", stringify!($name))))]
            pub enum $name { $($(#[$word_doc])* $word,)* }
        )*
    };
}

words! {
    /// How the way to the cloud is.
    Connection {
        /// Nobody looked: the app is not running.
        Unknown,
        /// Looking.
        Connecting,
        /// Everything is known.
        Listening,
        /// It can't be reached.
        Offline,
        /// Only linking again helps.
        Ended,
    }

    /// How an order stands.
    OrderState {
        /// Asked for.
        Asked,
        /// Placed.
        Placed,
        /// On its way.
        OnItsWay,
        /// Its date was reached.
        Arrived,
        /// Cancelled.
        Cancelled,
    }

    /// Which way a message goes.
    Route {
        /// To the maker's cloud.
        Maker,
        /// From the maker's cloud to Alexa.
        Alexa,
        /// From here straight to Alexa.
        Direct,
    }

    /// Where a message stands.
    MessageState {
        /// It goes next.
        Queued,
        /// It is under way.
        Sending,
        /// It is tried again.
        Waiting,
        /// It arrived.
        Delivered,
        /// A person has to look.
        Parked,
        /// A newer one says it better.
        Superseded,
        /// It was put away.
        Discarded,
    }

    /// What came of an attempt.
    Answer {
        /// An answer.
        Answered,
        /// Nothing was sent.
        NotSent,
        /// Sent, and no answer.
        Lost,
    }
}

/// How the household stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "BundleHousehold"))]
pub enum Household {
    /// It is open.
    Open(Box<Held>),
    /// It can't be opened.
    Closed {
        /// The code of the trouble.
        code: Text,
        /// Why.
        detail: Text,
    },
}

/// How a device is reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "BundleReach"))]
pub enum Reach {
    /// It is not: people count.
    ByHand {},
    /// By the maker's cloud.
    Cloud {},
    /// In the home's network.
    Network {
        /// Its address.
        address: Alias,
        /// Its serial number.
        serial: Option<Alias>,
        /// Its own UUID.
        uuid: Option<Alias>,
        /// The last answer, ms UTC.
        #[cfg_attr(feature = "ts", ts(type = "number | null"))]
        answered_at: Option<i64>,
        /// What went wrong at the last try: the code of the trouble.
        trouble: Option<Text>,
        /// The same in the program's words.
        detail: Option<Text>,
    },
}
