//! When the maker's cloud orders: Amazon's rule of the seed (inventory ≤ burn rate × 7 days, computed, not rounded), held
//! back by the order rules of protocols 4.4. Each answer says why.

use crate::measure::Milli;
use chrono::{DateTime, TimeDelta, Utc};

/// Days of use that should be in the house when an order is placed.
pub const DAYS_IN_HAND: i64 = 7;

/// How long to wait after a first cancellation.
pub const CANCELLED_PAUSE: TimeDelta = TimeDelta::days(5);

/// How long Amazon may take to resolve an order it accepted.
pub const RESOLUTION: TimeDelta = TimeDelta::hours(72);

/// What was used, and in what time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// Thousandths of the slot's unit.
    pub used: Milli,
    /// The period looked at.
    pub period: TimeDelta,
}

/// Whether so much inventory is at most [`DAYS_IN_HAND`] days of use. Without a period nothing is known, and it is not.
pub fn low_by_seed_rule(inventory: Milli, usage: Use) -> bool {
    let (period, week) = (usage.period.num_milliseconds(), TimeDelta::days(DAYS_IN_HAND).num_milliseconds());
    period > 0
        && i128::from(inventory) * i128::from(period) <= i128::from(usage.used.max(0)) * i128::from(week)
}

/// What happened with a slot's orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct History {
    /// It reorders by itself, as far as we know.
    pub subscribed: bool,
    /// An order was asked for then, and Amazon has said nothing of it since.
    pub asked_at: Option<DateTime<Utc>>,
    /// An order was placed, and has neither arrived nor been cancelled.
    pub on_its_way: bool,
    /// Cancellations since the customer last reset the slot to full or an order arrived.
    pub cancellations: u32,
    /// The last of them.
    pub cancelled_at: Option<DateTime<Utc>>,
}

/// Whether to order now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Order,
    /// No.
    Not(Not),
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Not {
    /// There is enough.
    #[error("there is enough for more than {DAYS_IN_HAND} days")]
    Enough,
    /// The customer does not have it reordered.
    #[error("automatic reordering is off for this slot")]
    NotSubscribed,
    /// An order is open; if Amazon says nothing of it, ask again then.
    #[error("Amazon is working on an order")]
    Asked {
        /// The end of [`RESOLUTION`].
        until: DateTime<Utc>,
    },
    /// An order is on its way.
    #[error("an order is on its way")]
    OnItsWay,
    /// The customer cancelled one.
    #[error("the customer cancelled the last order")]
    Cancelled {
        /// The end of [`CANCELLED_PAUSE`].
        until: DateTime<Utc>,
    },
    /// The customer cancelled two: nothing more until the slot is reset to 100 %.
    #[error("the customer cancelled two orders; the next waits until the supply is replaced")]
    CancelledTwice,
}

/// Decides, `low` being the answer of [`low_by_seed_rule`].
pub fn decide(low: bool, history: History, now: DateTime<Utc>) -> Decision {
    let pause = history.cancelled_at.map(|at| at + CANCELLED_PAUSE);
    let resolution = history.asked_at.map(|at| at + RESOLUTION);
    let why = match (history, resolution, pause) {
        _ if !low => Not::Enough,
        (History { subscribed: false, .. }, ..) => Not::NotSubscribed,
        (History { on_its_way: true, .. }, ..) => Not::OnItsWay,
        (_, Some(until), _) if now < until => Not::Asked { until },
        (History { cancellations: 2.., .. }, ..) => Not::CancelledTwice,
        (History { cancellations: 1, .. }, _, Some(until)) if now < until => Not::Cancelled { until },
        _ => return Decision::Order,
    };
    Decision::Not(why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{START, day};
    use proptest::prelude::*;

    #[test]
    fn the_seeds_customers() {
        let usage = |pods: i64, days| Use { used: pods * 1000, period: TimeDelta::days(days) };
        // 20 pods, one a day: at seven. Two a day: at fourteen. 50 in 20 days: at 17.5, not at the seed's rounded 15.
        for (inventory, usage, low) in [
            (20_000, usage(20, 20), false),
            (8_000, usage(20, 20), false),
            (7_000, usage(20, 20), true),
            (14_000, usage(40, 20), true),
            (14_001, usage(40, 20), false),
            (20_000, usage(50, 20), false),
            (17_501, usage(50, 20), false),
            (17_500, usage(50, 20), true),
            (0, usage(0, 20), true),
            (1, usage(0, 20), false),
            (0, usage(5, 0), false),
            (1_000, usage(-5, 20), false),
            (i64::MAX, Use { used: i64::MAX, period: TimeDelta::days(1) }, true),
        ] {
            assert_eq!(low_by_seed_rule(inventory, usage), low, "{inventory} {usage:?}");
        }
    }

    #[test]
    fn the_order_rules_hold_it_back() {
        let free = History { subscribed: true, ..History::default() };
        let asked = History { asked_at: Some(START), ..free };
        let once = History { cancellations: 1, cancelled_at: Some(START), ..free };
        let twice = History { cancellations: 2, ..once };
        let not = Decision::Not;
        for (low, history, at, wanted) in [
            (true, free, 0.0, Decision::Order),
            (false, free, 0.0, not(Not::Enough)),
            (true, History::default(), 0.0, not(Not::NotSubscribed)),
            (true, asked, 2.99, not(Not::Asked { until: day(3.0) })),
            (true, asked, 3.0, Decision::Order),
            (true, History { on_its_way: true, ..asked }, 9.0, not(Not::OnItsWay)),
            (true, once, 4.99, not(Not::Cancelled { until: day(5.0) })),
            (true, once, 5.0, Decision::Order),
            (true, twice, 400.0, not(Not::CancelledTwice)),
            (true, History { cancellations: 0, ..once }, 1.0, Decision::Order),
        ] {
            assert_eq!(decide(low, history, day(at)), wanted, "{low} {history:?} on day {at}");
        }
    }

    proptest! {
        #[test]
        fn more_use_or_less_stock_never_makes_it_less_low(
            inventory in 0..1_000_000i64, used in 0..1_000_000i64, days in 1..400i64, more in 0..1_000_000i64,
        ) {
            let usage = |used| Use { used, period: TimeDelta::days(days) };
            if low_by_seed_rule(inventory, usage(used)) {
                prop_assert!(low_by_seed_rule(inventory, usage(used + more)));
                prop_assert!(low_by_seed_rule((inventory - more).max(0), usage(used)));
            }
        }
    }
}
