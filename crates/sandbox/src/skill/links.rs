//! Which customers enabled which skill, with the maker's tokens (protocols 6.1): theirs, not Amazon's.

use crate::clock::printed;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// An enabled skill of a customer.
#[derive(Debug, Clone)]
pub struct Link {
    /// The maker's access token.
    pub access: String,
    /// The maker's refresh token.
    pub refresh: String,
    /// When the access token ends.
    pub ends: DateTime<Utc>,
    /// The customer disabled the skill.
    pub disabled: bool,
}

/// A linking that waits for the customer to come back from the maker's sign-in.
#[derive(Debug, Clone)]
pub struct Pending {
    /// Of which skill.
    pub skill: String,
    /// For whom.
    pub customer: String,
    /// Where the customer comes back to.
    pub redirect_uri: String,
}

/// All of them.
#[derive(Debug, Default)]
pub struct Links {
    links: BTreeMap<(String, String), Link>,
    pending: BTreeMap<String, Pending>,
}

/// Linkings that wait at once.
const PENDING_MAX: usize = 1000;

impl Links {
    /// Whether this customer disabled the skill.
    pub fn disabled(&self, skill: &str, customer: &str) -> bool {
        self.get(skill, customer).is_some_and(|link| link.disabled)
    }

    /// The link of a customer.
    pub fn get(&self, skill: &str, customer: &str) -> Option<&Link> {
        self.links.get(&(skill.to_owned(), customer.to_owned()))
    }

    /// Sets the link of a customer.
    pub fn set(&mut self, skill: &str, customer: &str, link: Link) {
        self.links.insert((skill.to_owned(), customer.to_owned()), link);
    }

    /// Removes it.
    pub fn remove(&mut self, skill: &str, customer: &str) {
        self.links.remove(&(skill.to_owned(), customer.to_owned()));
    }

    /// Marks it as disabled; says whether there was one.
    pub fn disable(&mut self, skill: &str, customer: &str) -> bool {
        let link = self.links.get_mut(&(skill.to_owned(), customer.to_owned()));
        link.map(|link| link.disabled = true).is_some()
    }

    /// Waits for a customer to come back with this state.
    pub fn wait(&mut self, state: String, pending: Pending) {
        if self.pending.len() >= PENDING_MAX {
            self.pending.pop_first();
        }
        self.pending.insert(state, pending);
    }

    /// Whoever came back with this state; works once (protocols 6.4).
    pub fn back(&mut self, state: &str) -> Option<Pending> {
        self.pending.remove(state)
    }

    /// Everything, for tests.
    pub fn shown(&self) -> Value {
        let all = self.links.iter().map(|((skill, customer), link)| {
            json!({
                "skill": skill,
                "customer": customer,
                "disabled": link.disabled,
                "tokenEnds": printed(link.ends),
            })
        });
        json!({"links": all.collect::<Vec<_>>()})
    }
}
