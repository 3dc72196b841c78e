//! Faults to be played: each on a part of the service, for one customer or all, so many times or until it is taken away.
//! The first that fits is played, the one that was set first before the others.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Fault {
    /// The answer comes late by real milliseconds.
    Delay {
        /// At most ten minutes.
        millis: u64,
    },
    /// The answer waits until this fault is taken away.
    Hold,
    /// This answer, and nothing is done.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The code in the shape of the part, e.g. `THROTTLING_EXCEPTION`.
        #[serde(default)]
        code: Option<String>,
        /// A `Retry-After` header, in seconds.
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// Everything is done, and the connection closed without an answer.
    Drop,
    /// Nothing is done, and the connection closed without an answer.
    Cut,
    /// Everything is done, and the connection closed in the middle of the answer.
    Half,
    /// Notifications only: delivered twice, with the same message id.
    Duplicate,
    /// Notifications only: delivered after the next one.
    Reorder,
    /// Notifications only: never delivered.
    Lose,
    /// Notifications only: the signature does not fit.
    Forge,
}

impl Fault {
    /// Its name in the record.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Delay { .. } => "delay",
            Self::Hold => "hold",
            Self::Answer { .. } => "answer",
            Self::Drop => "drop",
            Self::Cut => "cut",
            Self::Half => "half",
            Self::Duplicate => "duplicate",
            Self::Reorder => "reorder",
            Self::Lose => "lose",
            Self::Forge => "forge",
        }
    }

    fn of_notifications(&self) -> bool {
        matches!(self, Self::Duplicate | Self::Reorder | Self::Lose | Self::Forge)
    }
}

/// A fault that is to be played.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Planned {
    /// Set here; says which to take away.
    #[serde(default, skip_deserializing)]
    pub id: u64,
    /// Begins the route it is played on, e.g. `gateway`, `lwa.token`, `drs.replenish`, `sns.delivery`.
    pub route: String,
    /// Only for this customer.
    #[serde(default)]
    pub customer: Option<String>,
    /// Passes over so many requests first.
    #[serde(default)]
    pub skip: u32,
    /// So many times; without it, until it is taken away.
    #[serde(default)]
    pub times: Option<u32>,
    /// What goes wrong.
    pub fault: Fault,
}

/// All faults to be played.
#[derive(Debug, Default)]
pub struct Faults {
    planned: VecDeque<Planned>,
    last: u64,
}

impl Faults {
    /// Plans a fault and says its id.
    ///
    /// # Errors
    /// A sentence, where it can't be played.
    pub fn plan(&mut self, mut fault: Planned) -> Result<u64, String> {
        let delivery = "sns.delivery".starts_with(&fault.route) || fault.route.starts_with("sns.delivery");
        if fault.route.is_empty() {
            return Err("route: may not be empty".to_owned());
        }
        if fault.fault.of_notifications() && !delivery {
            return Err(format!("fault: {} is only for the route sns.delivery", fault.fault.name()));
        }
        match &fault.fault {
            Fault::Delay { millis } if *millis > 600_000 => {
                return Err("fault: a delay is at most ten minutes".to_owned());
            }
            Fault::Answer { status, .. } if !(400..=599).contains(status) => {
                return Err("fault: status must be 400 to 599".to_owned());
            }
            _ => {}
        }
        if fault.times == Some(0) {
            return Err("times: must be at least 1".to_owned());
        }
        self.last += 1;
        fault.id = self.last;
        self.planned.push_back(fault);
        Ok(self.last)
    }

    /// The fault to play on a request now, with its id.
    pub fn take(&mut self, route: &str, customer: Option<&str>) -> Option<(u64, Fault)> {
        let outgoing = route == "sns.delivery";
        let fits = |planned: &Planned| {
            route.starts_with(planned.route.as_str())
                && planned.customer.as_deref().is_none_or(|wanted| customer == Some(wanted))
                && planned.fault.of_notifications() <= outgoing
        };
        for i in 0..self.planned.len() {
            let Some(planned) = self.planned.get_mut(i).filter(|planned| fits(planned)) else { continue };
            if planned.skip > 0 {
                planned.skip -= 1;
                continue;
            }
            let played = (planned.id, planned.fault.clone());
            if let Some(times) = &mut planned.times {
                *times -= 1;
                // A hold goes on until somebody takes it away, however often it was to be played.
                if *times == 0 && planned.fault != Fault::Hold {
                    self.planned.remove(i);
                } else if *times == 0 {
                    planned.route = "(held)".to_owned();
                }
            }
            return Some(played);
        }
        None
    }

    /// Whether a fault is still planned.
    pub fn holds(&self, id: u64) -> bool {
        self.planned.iter().any(|planned| planned.id == id)
    }

    /// Takes one away, or all; says how many.
    pub fn clear(&mut self, id: Option<u64>) -> usize {
        let before = self.planned.len();
        self.planned.retain(|planned| id.is_some_and(|id| planned.id != id));
        before - self.planned.len()
    }

    /// What is planned.
    pub fn list(&self) -> impl Iterator<Item = &Planned> {
        self.planned.iter()
    }
}
