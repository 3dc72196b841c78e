//! The developer's way straight to Alexa's event gateway, for a skill under test.

use super::ReportReason;
use refill_domain::gateway::Region;
use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;

/// Whose gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum GatewayRegion {
    /// North America.
    NorthAmerica,
    /// Europe and India.
    Europe,
    /// Far East and Australia.
    FarEast,
}

impl From<GatewayRegion> for Region {
    fn from(region: GatewayRegion) -> Self {
        match region {
            GatewayRegion::NorthAmerica => Self::NorthAmerica,
            GatewayRegion::Europe => Self::Europe,
            GatewayRegion::FarEast => Self::FarEast,
        }
    }
}

impl From<Region> for GatewayRegion {
    fn from(region: Region) -> Self {
        match region {
            Region::NorthAmerica => Self::NorthAmerica,
            Region::Europe => Self::Europe,
            Region::FarEast => Self::FarEast,
        }
    }
}

/// How it stands. Secrets are never told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DirectView {
    /// The settings; absent = off.
    pub on: Option<DirectSettings>,
    /// Why nothing is sent until a person did something.
    pub stopped: Option<ReportReason>,
    /// Why there is no token, in Amazon's word.
    pub trouble: Option<String>,
    /// It is still on at the next start; there is a keychain.
    pub lasting: bool,
    /// Messages that wait.
    pub waiting: u32,
    /// Messages that wait for a person.
    pub parked: u32,
}

/// Its settings, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DirectSettings {
    /// The skill's Alexa client.
    pub client: String,
    /// Whose gateway.
    pub region: GatewayRegion,
    /// The gateway's address.
    pub events: String,
    /// The token endpoint's address.
    pub tokens: String,
}

/// What turns it on. Holds secrets, so it prints without them.
#[derive(Clone, PartialEq, Eq, Deserialize, TS)]
pub struct DirectForm {
    /// The *Alexa* client of the skill's Permissions page (protocols 3.3).
    pub client: String,
    /// Its secret.
    pub secret: String,
    /// Whose gateway.
    pub region: GatewayRegion,
    /// A refresh token of the customer.
    pub refresh: Option<String>,
    /// Or the code of an `AcceptGrant`, good for five minutes.
    pub code: Option<String>,
    /// The gateway's address, where it is not Amazon's.
    pub events: Option<String>,
    /// The token endpoint's address, where it is not Amazon's.
    pub tokens: Option<String>,
}

impl fmt::Debug for DirectForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectForm").field("region", &self.region).finish_non_exhaustive()
    }
}
