//! Ordering, played over a series that is known: one order at a time, a fixed time of delivery. What a rule sees on a
//! morning is the days before it and the stock of that morning, never what comes.

use super::{MARGIN_DAYS, Rule};
use crate::fold::DAYS_KEPT;
use crate::forecast::{BurnRate, DayUse, DaysToEmpty};
use serde::Serialize;

/// Days of history before the first morning a rule is asked.
pub const WARM_UP: usize = 30;

/// Days of use that Amazon's rule keeps in hand, and the days its burn rate is from (the sample in the seed).
const AMAZON_DAYS: f64 = 7.0;
const AMAZON_WINDOW: usize = 20;

/// How a rule did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Tally {
    /// Orders that arrived within the series.
    pub orders: u32,
    /// Of them, those before whose arrival the stock ran dry.
    pub dry: u32,
    /// Days of mean use left at arrival, summed over the orders.
    pub days_left: f64,
}

impl Tally {
    /// Adds another series.
    pub fn add(&mut self, other: Self) {
        self.orders += other.orders;
        self.dry += other.dry;
        self.days_left += other.days_left;
    }

    /// Stock-outs per 100 orders; absent without orders.
    pub fn dry_per_hundred(&self) -> Option<f64> {
        (self.orders > 0).then(|| 100.0 * f64::from(self.dry) / f64::from(self.orders))
    }

    /// Mean days of stock left at arrival; absent without orders.
    pub fn mean_days_left(&self) -> Option<f64> {
        (self.orders > 0).then(|| self.days_left / f64::from(self.orders))
    }
}

/// Content of a container that lasts about so many days of the series: whole where all uses are. Absent for a series
/// without use.
pub fn container(used: &[f64], days: f64) -> Option<f64> {
    let content = mean(used)? * days;
    let whole = used.iter().all(|used| used.fract() == 0.0);
    Some(if whole { content.round().max(1.0) } else { content }).filter(|content| *content > 0.0)
}

fn mean(used: &[f64]) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "days of a series")]
    let mean = used.iter().sum::<f64>() / used.len() as f64;
    (mean > 0.0 && mean.is_finite()).then_some(mean)
}

/// Plays `rules` over the observed days of a series, oldest first, with containers of `content`. Each starts full and
/// orders one container when the rule says so and none is on its way; it arrives in the morning after `delivery_days`.
pub fn replay<const N: usize>(
    used: &[f64],
    content: f64,
    delivery_days: u32,
    rules: [Rule; N],
) -> [Tally; N] {
    let mut played =
        rules.map(|rule| Play { rule, stock: content, order: None, dry: false, tally: Tally::default() });
    let Some(mean) = mean(used) else { return played.map(|play| play.tally) };
    let hand = f64::from(delivery_days) + f64::from(MARGIN_DAYS);
    let mut days: Vec<DayUse> = Vec::new();
    for (day, today) in used.iter().enumerate() {
        let mut rate = None;
        for play in &mut played {
            play.morning(day, content, mean);
            if day < WARM_UP || play.order.is_some() {
                continue;
            }
            let wanted = match play.rule {
                Rule::Amazon => play.stock <= recent(used, day) * AMAZON_DAYS,
                Rule::Careful | Rule::Normal | Rule::Thrifty => {
                    let rate = rate.get_or_insert_with(|| {
                        history(used, day, &mut days);
                        BurnRate::of(&days)
                    });
                    rate.as_ref().is_some_and(|rate| play.ends_within(rate, hand))
                }
            };
            if wanted {
                play.order = day.checked_add(delivery_days as usize);
                play.dry = false;
            }
        }
        // The first stock is put there full on the first morning a rule is asked.
        if day >= WARM_UP {
            played.iter_mut().for_each(|play| play.spend(*today));
        }
    }
    played.map(|play| play.tally)
}

/// Mean use of the last days before `day`.
fn recent(used: &[f64], day: usize) -> f64 {
    let window = used.get(day.saturating_sub(AMAZON_WINDOW)..day).unwrap_or_default();
    mean(window).unwrap_or(0.0)
}

fn history(used: &[f64], day: usize, days: &mut Vec<DayUse>) {
    days.clear();
    let past = used.get(..day).unwrap_or_default().iter().rev().take(DAYS_KEPT.unsigned_abs() as usize);
    days.extend((0u32..).zip(past).map(|(age, used)| DayUse { age, used: *used }));
}

struct Play {
    rule: Rule,
    stock: f64,
    /// Day of arrival of what is on its way.
    order: Option<usize>,
    dry: bool,
    tally: Tally,
}

impl Play {
    fn morning(&mut self, day: usize, content: f64, mean: f64) {
        if self.order == Some(day) {
            self.order = None;
            self.tally.orders += 1;
            self.tally.dry += u32::from(self.dry);
            self.tally.days_left += self.stock / mean;
            self.stock += content;
        }
    }

    /// Whether the early end, at the risk of the rule, is within so many days: the rule of
    /// [`order_by`](super::Policy::order_by).
    fn ends_within(&self, rate: &BurnRate, days: f64) -> bool {
        let law = DaysToEmpty::of_stock(self.stock, rate, 1.0);
        self.rule.early(law.quantile(0.1), law.quantile(0.5)) <= days
    }

    fn spend(&mut self, used: f64) {
        self.dry |= used > self.stock;
        self.stock = (self.stock - used).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clockwork_never_runs_dry_and_amazons_week_is_kept() {
        let used = vec![1.0; 400];
        let [amazon, ours] = replay(&used, 30.0, 5, [Rule::Amazon, Rule::Normal]);
        assert!(amazon.orders >= 11 && amazon.dry == 0 && ours.dry == 0, "{amazon:?} {ours:?}");
        // Ordered with 7 days left, arrived with 2.
        assert!((amazon.mean_days_left().unwrap() - 2.0).abs() < 0.2);
        assert!((1.5..4.0).contains(&ours.mean_days_left().unwrap()));
    }

    #[test]
    fn nothing_used_is_nothing_ordered() {
        assert_eq!(replay(&[0.0; 100], 5.0, 5, [Rule::Amazon])[0], Tally::default());
        assert_eq!((container(&[0.0; 9], 21.0), container(&[], 21.0)), (None, None));
        assert_eq!(Tally::default().dry_per_hundred(), None);
    }

    #[test]
    fn more_risk_is_a_later_order() {
        let used: Vec<f64> = (0..600).map(|n| f64::from((n * 7919) % 5)).collect();
        let rules = [Rule::Careful, Rule::Normal, Rule::Thrifty];
        let left = replay(&used, 60.0, 5, rules).map(|tally| tally.mean_days_left().unwrap());
        assert!(left[0] >= left[1] && left[1] >= left[2], "{left:?}");
    }
}
