//! Who waits for changes of which account. Telling costs nothing for accounts nobody listens to, and a place nobody
//! listens to any more is given up at the next chance.

use crate::ids::AccountId;
use crate::store::relay::Changed;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// The newest number of every account somebody listens to.
#[derive(Debug, Default)]
pub struct Heads(Mutex<HashMap<AccountId, watch::Sender<u64>>>, Arc<Changed>);

impl Heads {
    /// Listens to an account.
    pub fn watch(&self, account: AccountId) -> watch::Receiver<u64> {
        let mut heads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if heads.len() > 64 && heads.len().is_power_of_two() {
            heads.retain(|_, head| head.receiver_count() > 0);
        }
        heads.entry(account).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    /// Every account that changes, for the relay.
    pub fn changed(&self) -> Arc<Changed> {
        Arc::clone(&self.1)
    }

    /// An account's newest number is at least this.
    pub fn tell(&self, account: AccountId, head: u64) {
        self.1.add(account);
        let mut heads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = heads.get(&account) else { return };
        if sender.receiver_count() == 0 {
            heads.remove(&account);
        } else {
            sender.send_if_modified(|known| {
                let newer = head > *known;
                *known = head.max(*known);
                newer
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn only_listeners_cost_anything() {
        let (heads, account) = (Heads::default(), AccountId(Uuid::from_u128(1)));
        heads.tell(account, 3);
        assert!(heads.0.lock().unwrap().is_empty());
        let changes = heads.watch(account);
        heads.tell(account, 5);
        heads.tell(account, 4);
        assert_eq!(*changes.borrow(), 5);
        drop(changes);
        heads.tell(account, 6);
        assert!(heads.0.lock().unwrap().is_empty());
    }
}
