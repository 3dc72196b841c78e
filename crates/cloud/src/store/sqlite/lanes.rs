//! What waits for the writing thread, in a lane for each account. Lanes take turns, one call each, so that whoever
//! sends a storm waits behind himself: everybody else's call is in the next transaction but for at most one call of each
//! other account. A lane holds a bounded number of calls, and all of them together do; order within a lane is kept.

use super::super::StoreError;
use crate::ids::AccountId;
use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Calls waiting at most; more are refused as busy.
const QUEUE: usize = 16_384;

/// Calls of one account waiting at most.
const LANE: usize = QUEUE / 8;

/// Whose lane it is; calls that are of no account, or rare, share one.
pub type Lane = Option<AccountId>;

/// The lanes.
pub struct Lanes<J> {
    waiting: Mutex<Waiting<J>>,
    more: Condvar,
}

struct Waiting<J> {
    lanes: HashMap<Lane, VecDeque<J>>,
    /// Lanes with something in them, by whose turn it is.
    turns: VecDeque<Lane>,
    count: usize,
    open: bool,
    asleep: bool,
}

impl<J> Lanes<J> {
    /// Nothing waits.
    pub fn new() -> Self {
        let waiting =
            Waiting { lanes: HashMap::new(), turns: VecDeque::new(), count: 0, open: true, asleep: false };
        Self { waiting: Mutex::new(waiting), more: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting<J>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a call wait.
    ///
    /// # Errors
    /// Too much waits, or nothing more is taken.
    pub fn put(&self, lane: Lane, call: J) -> Result<(), StoreError> {
        let mut waiting = self.lock();
        if !waiting.open {
            return Err(StoreError::Closed);
        }
        let of_lane = waiting.lanes.get(&lane).map_or(0, VecDeque::len);
        if waiting.count >= QUEUE || (lane.is_some() && of_lane >= LANE) {
            return Err(StoreError::Busy);
        }
        waiting.count += 1;
        if of_lane == 0 {
            waiting.turns.push_back(lane);
        }
        waiting.lanes.entry(lane).or_default().push_back(call);
        if std::mem::take(&mut waiting.asleep) {
            drop(waiting);
            self.more.notify_one();
        }
        Ok(())
    }

    /// Waits for calls and takes as many as weigh `most` together, at least one; none once the lanes are closed and
    /// empty.
    pub fn take(&self, most: usize, weigh: impl Fn(&J) -> usize) -> Vec<J> {
        let mut waiting = self.lock();
        while waiting.count == 0 && waiting.open {
            waiting.asleep = true;
            waiting = self.more.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        // Whoever is just about to ask gets into this transaction instead of waiting for the next.
        drop(waiting);
        std::thread::yield_now();
        let mut waiting = self.lock();
        let (mut taken, mut weight) = (Vec::new(), 0);
        while weight < most
            && let Some(call) = waiting.next()
        {
            weight += weigh(&call);
            taken.push(call);
        }
        taken
    }

    /// How many wait.
    pub fn count(&self) -> usize {
        self.lock().count
    }

    /// Takes nothing more; what waits is still done.
    pub fn close(&self) {
        self.lock().open = false;
        self.more.notify_one();
    }
}

impl<J> Waiting<J> {
    fn next(&mut self) -> Option<J> {
        let turn = self.turns.pop_front()?;
        let lane = self.lanes.get_mut(&turn)?;
        let call = lane.pop_front()?;
        if lane.is_empty() {
            self.lanes.remove(&turn);
        } else {
            self.turns.push_back(turn);
        }
        self.count -= 1;
        Some(call)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn account(number: u128) -> Lane {
        Some(AccountId(Uuid::from_u128(number)))
    }

    #[test]
    fn a_storm_waits_behind_itself() {
        let lanes = Lanes::new();
        for call in 0..LANE {
            lanes.put(account(1), (1, call)).unwrap();
        }
        assert!(matches!(lanes.put(account(1), (1, LANE)), Err(StoreError::Busy)), "a lane is bounded");
        for other in 2..5 {
            lanes.put(account(other), (other, 0)).unwrap();
        }
        lanes.put(None, (0, 0)).unwrap();
        let first = lanes.take(6, |_| 1);
        assert_eq!(
            first,
            [(1, 0), (2, 0), (3, 0), (4, 0), (0, 0), (1, 1)],
            "one each, then the storm goes on"
        );
        // What is large weighs more, and still leaves the others their turn.
        lanes.put(account(2), (2, 1)).unwrap();
        assert_eq!(lanes.take(2000, |_| 1000), [(1, 2), (2, 1)]);
        lanes.put(account(1), (1, LANE)).unwrap();
        let rest = lanes.take(usize::MAX, |_| 1);
        assert_eq!(rest, (3..=LANE).map(|call| (1, call)).collect::<Vec<_>>(), "in order");
        let left = lanes.lock();
        assert_eq!((left.count, left.lanes.len(), left.turns.len()), (0, 0, 0));
    }

    #[test]
    fn all_lanes_together_are_bounded_and_closed_ones_are_emptied() {
        let lanes = Lanes::new();
        for call in 0..QUEUE {
            lanes.put(account((call / LANE) as u128), call).unwrap();
        }
        assert!(matches!(lanes.put(account(99), 0), Err(StoreError::Busy)));
        lanes.close();
        assert!(matches!(lanes.put(account(99), 0), Err(StoreError::Closed)));
        assert_eq!(lanes.take(usize::MAX, |_| 1).len(), QUEUE);
        assert!(lanes.take(1, |_| 1).is_empty(), "over");
    }
}
