//! Rate limits: a pure bucket per key (generic cell rate algorithm), so that guessing costs time and one customer's
//! storm does not starve another. Holds a bounded number of keys, and a clock set back locks nobody out.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// How much one key may do.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// How many at once.
    pub burst: u32,
    /// How many in a minute, steadily.
    pub per_minute: u32,
}

impl Rate {
    /// Microseconds that one costs.
    fn cost(self) -> i64 {
        60_000_000 / i64::from(self.per_minute.max(1))
    }
}

/// Keys kept at most; beyond that, those with a full allowance are forgotten, then all.
const KEYS_MAX: usize = 100_000;

/// One kind of limit over many keys.
#[derive(Debug)]
pub struct Limit<K> {
    rate: Rate,
    /// When each key's bucket will be empty again, in microseconds since 1970.
    empty_at: Mutex<HashMap<K, i64>>,
}

impl<K: Hash + Eq> Limit<K> {
    /// No key has done anything yet.
    pub fn new(rate: Rate) -> Self {
        Self { rate, empty_at: Mutex::new(HashMap::new()) }
    }

    /// Whether the key has anything left, without taking it.
    ///
    /// # Errors
    /// Whole seconds to wait.
    pub fn look(&self, key: &K, now_ms: i64) -> Result<(), u64> {
        let (now, cost) = (now_ms.saturating_mul(1000), self.rate.cost());
        let depth = cost.saturating_mul(i64::from(self.rate.burst.max(1)));
        let keys = self.empty_at.lock().unwrap_or_else(PoisonError::into_inner);
        let from = keys.get(key).map_or(now, |empty_at| filled(*empty_at, now, depth));
        let over = from + cost - (now + depth);
        if over > 0 { Err(u64::try_from(over.div_euclid(1_000_000) + 1).unwrap_or(1)) } else { Ok(()) }
    }

    /// Takes `count` from the key's allowance.
    ///
    /// # Errors
    /// Whole seconds to wait, at least 1; then nothing was taken.
    pub fn take(&self, key: K, count: u32, now_ms: i64) -> Result<(), u64> {
        let (now, cost) = (now_ms.saturating_mul(1000), self.rate.cost());
        let depth = cost.saturating_mul(i64::from(self.rate.burst.max(1)));
        let mut keys = self.empty_at.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= KEYS_MAX && !keys.contains_key(&key) {
            keys.retain(|_, empty_at| *empty_at > now);
            if keys.len() >= KEYS_MAX {
                keys.clear();
            }
        }
        let empty_at = keys.entry(key).or_insert(now);
        let from = filled(*empty_at, now, depth);
        let then = from.saturating_add(cost.saturating_mul(i64::from(count)));
        let over = then - (now + depth);
        // What is larger than a whole bucket may go when the bucket is empty, or it never could.
        if over > 0 && from > now {
            *empty_at = from;
            let wait = over.min(from - now);
            return Err(u64::try_from(wait.div_euclid(1_000_000) + 1).unwrap_or(1));
        }
        *empty_at = then.min(now.saturating_add(depth));
        Ok(())
    }
}

/// Until when a bucket is filled. No bucket holds more than a full one, so the clock was set back: it starts anew.
fn filled(empty_at: i64, now: i64, depth: i64) -> i64 {
    if empty_at > now.saturating_add(depth) { now } else { empty_at.max(now) }
}

/// What stands for one caller: an IPv4 address, or the /64 that an IPv6 network hands to one customer.
pub fn neighbourhood(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V4(peer) => IpAddr::V4(peer),
        IpAddr::V6(peer) => IpAddr::V6((u128::from(peer) >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: Rate = Rate { burst: 10, per_minute: 10 };

    #[test]
    fn a_burst_then_a_steady_pace_for_each_key_alone() {
        let limit = Limit::new(TEN);
        for _ in 0..10 {
            assert_eq!(limit.take("a", 1, 0), Ok(()));
        }
        assert_eq!(limit.take("a", 1, 0), Err(7));
        assert_eq!(limit.take("b", 1, 0), Ok(()));
        assert_eq!(limit.take("a", 1, 6_000), Ok(()));
        assert!(limit.take("a", 1, 6_000).is_err());
        for _ in 0..10 {
            assert_eq!(limit.take("a", 1, 120_000), Ok(()));
        }
        assert!(limit.take("a", 1, 120_000).is_err());
    }

    #[test]
    fn a_clock_set_back_a_day_locks_nobody_out() {
        let limit = Limit::new(TEN);
        let day = 86_400_000;
        for _ in 0..10 {
            assert_eq!(limit.take("a", 1, day), Ok(()));
        }
        assert!(limit.take("a", 1, day).is_err());
        for _ in 0..10 {
            assert_eq!(limit.take("a", 1, 0), Ok(()));
        }
        assert!(limit.take("a", 1, 0).is_err(), "and it limits as before");
    }

    #[test]
    fn what_is_larger_than_the_bucket_goes_when_it_is_empty() {
        let limit = Limit::new(TEN);
        assert_eq!(limit.take("a", 50, 0), Ok(()));
        assert!(limit.take("a", 50, 1_000).is_err());
        assert_eq!(limit.take("a", 50, 60_000), Ok(()));
    }

    #[test]
    fn keys_are_bounded() {
        let limit = Limit::new(TEN);
        for key in 0..(KEYS_MAX + 10) {
            assert_eq!(limit.take(key, 1, 0), Ok(()));
        }
        assert!(limit.empty_at.lock().unwrap().len() <= KEYS_MAX);
    }

    #[test]
    fn an_ipv6_customer_is_one_caller() {
        let of = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
