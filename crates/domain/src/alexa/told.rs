//! What a report said, for people who look at what was sent: its parts without the description of devices, and the very
//! message without its token.

use super::Connectivity;
use super::ids::{ApplianceId, MessageId};
use super::report::{Cause, Property, Report};
use crate::ids::Instance;
use crate::measure::Amount;
use crate::secret::Secret;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What stands where the token was.
const HIDDEN: &str = "token hidden";

/// What a report said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum Told {
    /// What is left.
    Levels {
        /// Of which device.
        appliance: ApplianceId,
        /// In each sensor.
        levels: Vec<ToldLevel>,
        /// Nothing changed: the daily duty (S1).
        daily: bool,
        /// When it was measured.
        at: DateTime<Utc>,
    },
    /// Whether a device can be reached.
    Health {
        /// Which.
        appliance: ApplianceId,
        /// Whether.
        value: Connectivity,
        /// When that was known.
        at: DateTime<Utc>,
    },
    /// What devices there are, and what they measure.
    Described {
        /// Which.
        appliances: Vec<ApplianceId>,
    },
    /// Devices that are gone.
    Removed {
        /// Which.
        appliances: Vec<ApplianceId>,
    },
    /// So much was used.
    Used {
        /// Of which device.
        appliance: ApplianceId,
        /// Which sensor.
        instance: Instance,
        /// How much.
        amount: Amount,
        /// When, or until when for a sum.
        at: DateTime<Utc>,
    },
    /// A part was replaced.
    Replaced {
        /// Of which device.
        appliance: ApplianceId,
        /// Which sensor.
        instance: Instance,
        /// When.
        at: DateTime<Utc>,
    },
}

/// A level that was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldLevel {
    /// Which sensor.
    pub instance: Instance,
    /// What is left.
    pub amount: Amount,
}

impl Told {
    /// What `report` said. A change of nothing says nothing of a device's health.
    pub fn of(report: &Report) -> Self {
        match report {
            Report::Changed { appliance, cause, properties, .. } => {
                let mut levels = Vec::new();
                let (mut last, mut health) = (DateTime::<Utc>::UNIX_EPOCH, None);
                for property in properties {
                    match property {
                        Property::Level { instance, amount, at, .. } => {
                            levels.push(ToldLevel { instance: instance.clone(), amount: *amount });
                            last = last.max(*at);
                        }
                        Property::Connectivity { value, at, .. } => health = Some((*value, *at)),
                    }
                }
                let appliance = appliance.clone();
                match health.filter(|_| levels.is_empty()) {
                    Some((value, at)) => Self::Health { appliance, value, at },
                    None => {
                        Self::Levels { appliance, levels, daily: *cause == Cause::PeriodicPoll, at: last }
                    }
                }
            }
            Report::AddedOrUpdated { devices } => {
                Self::Described { appliances: devices.iter().map(|device| device.id.clone()).collect() }
            }
            Report::Deleted { appliances } => Self::Removed { appliances: appliances.clone() },
            Report::Consumed { appliance, instance, amount, at, .. } => Self::Used {
                appliance: appliance.clone(),
                instance: instance.clone(),
                amount: *amount,
                at: *at,
            },
            Report::Replaced { appliance, instance, at } => {
                Self::Replaced { appliance: appliance.clone(), instance: instance.clone(), at: *at }
            }
        }
    }

    /// When it was so, where the report says.
    pub fn at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Levels { at, .. }
            | Self::Health { at, .. }
            | Self::Used { at, .. }
            | Self::Replaced { at, .. } => Some(*at),
            Self::Described { .. } | Self::Removed { .. } => None,
        }
    }
}

/// The message as it is sent, with the words `token hidden` where the token stands.
pub fn without_token(report: &Report, id: &MessageId) -> Value {
    serde_json::to_value(report.message(id, &Secret::new(HIDDEN))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::SensorKind;
    use crate::measure::Unit;

    fn changed(properties: Vec<Property>, cause: Cause) -> Report {
        let appliance = "appliance".parse().unwrap();
        Report::Changed { appliance, cause, properties, unchanged: Vec::new() }
    }

    #[test]
    fn a_report_says_its_parts() {
        let at = |second| DateTime::from_timestamp(second, 0).unwrap();
        let level = |name: &str, second| Property::Level {
            instance: name.parse().unwrap(),
            amount: Amount::new(2000, Unit::Percent),
            at: at(second),
            uncertainty: 0,
        };
        let health = Property::Connectivity { value: Connectivity::Unreachable, at: at(9), uncertainty: 0 };
        let told = Told::of(&changed(vec![level("cyan", 4), level("black", 5)], Cause::PeriodicPoll));
        let Told::Levels { levels, daily: true, at: last, .. } = &told else { panic!("{told:?}") };
        assert_eq!((levels.len(), *last, told.at()), (2, at(5), Some(at(5))));
        let told = Told::of(&changed(vec![health], Cause::PeriodicPoll));
        assert!(matches!(told, Told::Health { value: Connectivity::Unreachable, .. }), "{told:?}");
        let gone = Report::Deleted { appliances: vec!["a".parse().unwrap()] };
        assert_eq!((gone.name(), Told::of(&gone).at()), ("DeleteReport", None));
    }

    #[test]
    fn the_message_is_whole_but_for_its_token() {
        let id = "m-1".parse().unwrap();
        let used = Report::Consumed {
            appliance: "r3".parse().unwrap(),
            instance: "Filter".parse().unwrap(),
            sensor: SensorKind::LevelUsage,
            amount: Amount::new(4_380_000, Unit::Second),
            at: DateTime::UNIX_EPOCH,
        };
        let message = without_token(&used, &id);
        assert_eq!(message["event"]["endpoint"]["scope"]["token"], HIDDEN);
        assert_eq!(message["event"]["header"]["messageId"], "m-1");
        let mut sent = serde_json::to_value(used.message(&id, &Secret::new("Atza|CANARY"))).unwrap();
        sent["event"]["endpoint"]["scope"]["token"] = HIDDEN.into();
        assert_eq!(message, sent);
    }
}
