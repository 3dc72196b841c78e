//! What Alexa is told of a customer's devices, remembered until a device comes or goes or the maker assigns an ID, here or
//! for anybody else. Alexa asks for state whenever somebody opens its app; the devices are the same each time.

use crate::ids::AccountId;
use crate::store::Device as Registered;
use refill_domain::alexa::Device;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Customers remembered at most; beyond that all are described again.
const REMEMBERED: usize = 10_000;

/// A customer's devices, those of them that can be told to Alexa.
#[derive(Debug, Default)]
pub struct Described {
    /// As they are registered.
    pub registered: Vec<Registered>,
    /// As Alexa is told of them, without levels; in the same order.
    pub devices: Vec<Device>,
}

/// The customers whose devices were described.
#[derive(Debug, Default)]
pub struct Shown(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    /// The store's count of changes ([`crate::store::Store::furnished`]) that all of it was read at.
    as_of: u64,
    by_account: HashMap<AccountId, Arc<Described>>,
}

impl Shown {
    /// What is remembered of an account, if nothing changed since: the store counts `as_of` changes now.
    pub fn find(&self, account: AccountId, as_of: u64) -> Option<Arc<Described>> {
        let remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.by_account.get(&account).filter(|_| remembered.as_of == as_of).cloned()
    }

    /// Remembers what was read after the store had counted `as_of` changes.
    pub fn remember(&self, account: AccountId, described: Arc<Described>, as_of: u64) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if as_of > remembered.as_of || remembered.by_account.len() >= REMEMBERED {
            remembered.by_account.clear();
            remembered.as_of = remembered.as_of.max(as_of);
        }
        if as_of == remembered.as_of {
            remembered.by_account.insert(account, described);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn what_was_read_before_a_change_is_not_remembered_after_it() {
        let (shown, one, two) =
            (Shown::default(), AccountId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2)));
        shown.remember(one, Arc::default(), 0);
        assert!(shown.find(one, 0).is_some() && shown.find(one, 1).is_none() && shown.find(two, 0).is_none());
        shown.remember(two, Arc::default(), 1);
        assert!(shown.find(two, 1).is_some() && shown.find(one, 1).is_none(), "the older is forgotten");
        shown.remember(one, Arc::default(), 0);
        assert!(shown.find(one, 1).is_none() && shown.find(one, 0).is_none(), "and not remembered late");
    }
}
