//! Dash settings of a device, and the places a link leads to.

use refill_domain::dash::DashUrl;
use refill_domain::endpoint::DeviceKind;
use refill_domain::ids::{EndpointId, SlotId};
use refill_domain::market::Marketplace;
use serde::Serialize;
use ts_rs::TS;

/// Dash settings of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DashView {
    /// Whether there is a link to them, or why not.
    pub state: DashState,
    /// The last time this app opened them, within a month.
    pub visit: Option<DashVisit>,
}

/// Whether there is a link to a device's Dash settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum DashState {
    /// There is.
    Available {
        /// The person's Amazon country.
        country: Marketplace,
        /// Amazon's page leads back to Refill by itself. Without it the person comes back on their own.
        returns: bool,
    },
    /// Amazon has not certified the model for Dash in any country.
    NotCertified {},
    /// The maker has not said what Amazon calls this model.
    UnknownModel {},
    /// No account is linked: only a linked maker knows what Amazon calls the model.
    NotLinked {},
    /// The device is not one of the linked account's.
    OnlyHere {},
    /// It is certified, but not in the person's Amazon country.
    CountryNotOffered {
        /// The person's Amazon country.
        country: Marketplace,
        /// Where it is.
        offered: Vec<Marketplace>,
    },
}

/// A visit to a device's Dash settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DashVisit {
    /// When they were opened.
    #[ts(type = "number")]
    pub opened: i64,
    /// When the person came back by Amazon's page.
    #[ts(type = "number | null")]
    pub returned: Option<i64>,
    /// What was heard of since. Coming back itself says nothing.
    pub heard: DashHeard,
}

/// What was heard since Dash settings were opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DashHeard {
    /// Automatic reordering is not as it was.
    Changed,
    /// It is as it was.
    Nothing,
    /// Amazon tells the maker nothing about this device's reordering.
    NotTold,
}

/// A device of the linked account with its Dash settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DashDevice {
    /// Its id.
    pub id: EndpointId,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: DeviceKind,
    /// Its settings.
    pub dash: DashView,
}

/// Dash settings that are about to be opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DashOpened {
    /// Amazon's page; only the shell opens it.
    #[ts(type = "string")]
    pub url: DashUrl,
    /// It leads back by itself.
    pub returns: bool,
}

/// Where a link leads, as far as this household has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Place {
    /// Nowhere: the window comes forward, and that is all.
    Nowhere {},
    /// A supply.
    Slot {
        /// Which.
        slot: SlotId,
    },
    /// A supply, to say that more was bought. No link leads here; the tray does.
    Bought {
        /// Which.
        slot: SlotId,
    },
    /// A supply that is not here any more.
    SlotGone {},
    /// A device.
    Device {
        /// Which.
        device: EndpointId,
    },
    /// A device that is not here any more.
    DeviceGone {},
    /// The account.
    Account {},
    /// Everything, most urgent first.
    Supplies {},
    /// Back from Dash settings that this app opened: everything is asked for again. It is no result.
    Back {
        /// Whose settings they were.
        device: EndpointId,
        /// From whose page they were opened.
        slot: Option<SlotId>,
        /// What they were called there, for the line that says so.
        name: String,
    },
}
