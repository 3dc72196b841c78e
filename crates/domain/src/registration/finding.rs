//! One thing that is wrong or missing in a dossier: where, what, in the way of which stage, and why Amazon asks. Values
//! only; the words are made where they are shown.

use crate::locale::Locale;
use crate::market::Marketplace;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A step of the console's registration (S4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Step {
    /// 1, register a new device.
    Device,
    /// 2, customise it.
    Customise,
    /// 3, define the consumable products.
    Slots,
    /// 4, request replenishment IDs.
    Ids,
    /// 5, request test accounts.
    Accounts,
}

/// What a maker does next with a device model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Stage {
    /// Ask for replenishment IDs.
    Request,
    /// Test with accounts of Amazon's list.
    Test,
    /// Have it certified.
    Certify,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Grade {
    /// What stands there can't be.
    Wrong,
    /// Nothing stands there yet.
    Missing,
    /// Amazon has to do something first.
    Awaited,
}

/// One thing that is wrong or missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Finding {
    /// The member, as `slots[0].names.de-DE`.
    pub field: String,
    /// Where it is entered in the console.
    pub step: Step,
    /// The first stage it is in the way of.
    pub bars: Stage,
    /// The slot it is about, as the console calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub slot: Option<String>,
    /// The language it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub locale: Option<Locale>,
    /// The country it is about; without one it is about all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(optional))]
    pub marketplace: Option<Marketplace>,
    /// What it is.
    pub what: What,
}

impl Finding {
    /// A finding about the model as a whole.
    pub(super) fn new(field: impl Into<String>, step: Step, bars: Stage, what: What) -> Self {
        Self { field: field.into(), step, bars, slot: None, locale: None, marketplace: None, what }
    }

    /// The same, about a slot.
    pub(super) fn slot(mut self, identifier: &str) -> Self {
        self.slot = Some(identifier.to_owned());
        self
    }

    /// The same, in a language.
    pub(super) fn locale(mut self, locale: Locale) -> Self {
        self.locale = Some(locale);
        self
    }

    /// The same, in a country.
    pub(super) fn market(mut self, market: Marketplace) -> Self {
        self.marketplace = Some(market);
        self
    }

    /// Whether it matters in a country: it is about that one, one of its languages, or all.
    pub fn concerns(&self, market: Marketplace) -> bool {
        self.marketplace.is_none_or(|of| of == market)
            && self.locale.is_none_or(|of| Marketplace::of(of) == market)
    }
}

macro_rules! whats {
    ($($(#[$doc:meta])* $name:ident $({ $($(#[$member_doc:meta])* $member:ident: $type:ty),* })? $word:literal $grade:ident $why:ident;)*) => {
        /// What a finding says.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "is", rename_all = "snake_case")]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub enum What {
            $($(#[$doc])* $name $({ $($(#[$member_doc])* $member: $type),* })?,)*
        }

        impl What {
            /// Every word, for those who have a sentence for each.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// Its name on the wire.
            pub fn word(&self) -> &'static str {
                match self { $(Self::$name { .. } => $word,)* }
            }

            /// How grave it is.
            pub fn grade(&self) -> Grade {
                match self { $(Self::$name { .. } => Grade::$grade,)* }
            }

            /// Why Amazon asks for it.
            pub fn why(&self) -> Why {
                match self { $(Self::$name { .. } => Why::$why,)* }
            }
        }
    };
}

whats! {
    /// The console has no name for it.
    NoName "no_name" Missing Console;
    /// It has no model ID.
    NoModel "no_model" Missing ModelId;
    /// A Connect Kit device without its type.
    NoDeviceType "no_device_type" Missing DeviceType;
    /// Nobody makes it.
    NoManufacturer "no_manufacturer" Missing Discovery;
    /// It is to be sold nowhere.
    NoMarketplace "no_marketplace" Missing Marketplaces;
    /// There is no picture.
    NoImage "no_image" Missing Mail;
    /// A language without a name of the device.
    NoDeviceName "no_device_name" Missing DeviceName;
    /// Nothing it uses up.
    NoSlots "no_slots" Missing Slots;
    /// A slot without an identifier.
    NoIdentifier "no_identifier" Missing Slots;
    /// A slot without its capability instance.
    NoInstance "no_instance" Missing Discovery;
    /// A slot without a category.
    NoCategory "no_category" Missing Category;
    /// The questions about its sensor are open.
    NoSensor "no_sensor" Missing Sensor;
    /// What its figures are in is open.
    NoUnit "no_unit" Missing Sensor;
    /// A slot that is not described.
    NoDescription "no_description" Missing Review;
    /// A language without a name of the slot.
    NoSlotName "no_slot_name" Missing SlotName;
    /// A country whose products nobody looked at.
    NoAsins "no_asins" Missing Products;
    /// The ID was not asked for.
    NotRequested "not_requested" Missing Ids;
    /// The ID was asked for and is not there yet.
    IdAwaited {
        /// The last day it is due, holidays aside.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        due: NaiveDate,
        /// Business days until then.
        left: u32
    } "id_awaited" Awaited Ids;
    /// The ID was due before today.
    IdOverdue {
        /// The last day it was due.
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        due: NaiveDate
    } "id_overdue" Awaited IdLate;
    /// A country nobody may test in.
    NoCustomers "no_customers" Missing Accounts;
    /// Too many characters.
    TooLong {
        /// How many there are.
        chars: usize,
        /// How many may be.
        max: usize
    } "too_long" Wrong Limit;
    /// Characters nobody sees.
    Unseen "unseen" Wrong Unseen;
    /// Characters a model ID has not.
    BadModel "bad_model" Wrong ModelId;
    /// Characters a capability instance has not.
    BadInstance "bad_instance" Wrong Discovery;
    /// Another slot has this instance.
    SameInstance {
        /// Which.
        other: String
    } "same_instance" Wrong Discovery;
    /// Another slot has this identifier.
    SameIdentifier "same_identifier" Wrong Slots;
    /// The first slot is called otherwise.
    FirstSlot "first_slot" Wrong Slots;
    /// More slots than a device can report.
    TooManySlots {
        /// How many there are.
        count: usize
    } "too_many_slots" Wrong Discovery;
    /// Three times no.
    NoSensorFits "no_sensor_fits" Wrong Sensor;
    /// Its sensor does not report in this unit.
    UnitDoesNotFit "unit_does_not_fit" Wrong Sensor;
    /// No product of Amazon's is called so.
    BadAsin {
        /// As it stands.
        text: String
    } "bad_asin" Wrong Products;
    /// A product stands there twice.
    SameAsin {
        /// Which.
        text: String
    } "same_asin" Wrong Products;
    /// More products than fit.
    TooManyAsins {
        /// How many there are.
        count: usize
    } "too_many_asins" Wrong Products;
    /// Products of a country it is not to be sold in.
    StrayAsins "stray_asins" Wrong Marketplaces;
    /// No replenishment ID looks so.
    BadId "bad_id" Wrong Ids;
    /// Another slot has this ID.
    SameId {
        /// Which.
        other: String
    } "same_id" Wrong SameId;
    /// Asked for on a day that is to come.
    RequestedLater "requested_later" Wrong Ids;
    /// More test customers than Amazon takes.
    TooManyCustomers {
        /// How many there are.
        count: usize
    } "too_many_customers" Wrong Accounts;
    /// No customer ID looks so.
    BadCustomer {
        /// As it stands.
        text: String
    } "bad_customer" Wrong Accounts;
    /// A customer stands there twice.
    SameCustomer {
        /// Which.
        text: String
    } "same_customer" Wrong Accounts;
    /// Certified on a day that is to come.
    CertifiedLater "certified_later" Wrong Marketplaces;
    /// The picture is no file of its own.
    BadFile "bad_file" Wrong Mail;
    /// The picture has too many bytes.
    ImageTooLarge {
        /// How many.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        bytes: u64
    } "image_too_large" Wrong Mail;
    /// The picture's border is neither white nor clear.
    ImageBackground {
        /// Thousandths of it that are white or clear.
        clear: u16
    } "image_background" Wrong Background;
}

macro_rules! whys {
    ($($(#[$doc:meta])* $name:ident $word:literal;)*) => {
        /// Why Amazon asks.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub enum Why { $($(#[$doc])* $name,)* }

        impl Why {
            /// All of them.
            pub const ALL: &'static [Why] = &[$(Why::$name),*];

            /// Its name on the wire.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

whys! {
    /// The console tells devices apart by it.
    Console "console";
    /// Deep links and `scope_data` name the model by it.
    ModelId "model_id";
    /// The console joins a Connect Kit device by it.
    DeviceType "device_type";
    /// `Discover.Response` demands it.
    Discovery "discovery";
    /// Names, products, tests and certificates are each country's own.
    Marketplaces "marketplaces";
    /// Mails about low supplies show it.
    Mail "mail";
    /// It stands in mails on white.
    Background "background";
    /// Customers read it in the Alexa app and in notifications.
    DeviceName "device_name";
    /// Notifications say by it what runs low.
    SlotName "slot_name";
    /// Each slot has a product list and an ID of its own.
    Slots "slots";
    /// Amazon makes the product list by it.
    Category "category";
    /// The ID is assigned for one sensor type.
    Sensor "sensor";
    /// A person reads the request and decides by it.
    Review "review";
    /// The wrong products would be ordered.
    Products "products";
    /// Discovery names the consumable by it.
    Ids "ids";
    /// Amazon's own term has passed.
    IdLate "id_late";
    /// Reports of one slot would order for another.
    SameId "same_id";
    /// Only accounts of the list see the device before it is certified.
    Accounts "accounts";
    /// The console takes no more.
    Limit "limit";
    /// Customers would see something else than what was typed.
    Unseen "unseen";
}
