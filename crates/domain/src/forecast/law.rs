//! The law of the days until a stock is used up: an inverse Gaussian, in closed form. Whatever its figures, a chance
//! lies between 0 and 1, days are never negative, and a larger share is never earlier.

use super::{BurnRate, HORIZON_DAYS, to_f64};
use crate::measure::Milli;

/// The law of the days until a stock is used up: inverse Gaussian with this mean and shape.
#[derive(Debug, Clone, Copy)]
pub struct DaysToEmpty {
    mean: f64,
    shape: f64,
}

impl DaysToEmpty {
    /// Days until `left` is used at `rate` (`forecast.md`, The method, 4): the spread of use, plus not knowing the
    /// rate itself.
    pub fn of(left: Milli, rate: &BurnRate) -> Self {
        Self::of_stock(to_f64(left.max(0)), rate, 1.0)
    }

    /// The same for a stock in the unit of the rate, with the spread that a slot's own record asks for: 1 is what its
    /// use alone says ([`super::track::Record::spread`]).
    pub fn of_stock(stock: f64, rate: &BurnRate, spread: f64) -> Self {
        let (r, v) = (rate.per_day, rate.variance * spread * spread);
        let mean = stock / r;
        Self::with(mean, stock * v / (r * r * r) + mean * mean * v / (rate.days_worth * r * r))
    }

    pub(super) fn with(mean: f64, variance: f64) -> Self {
        // Not even a clockwork is known better than to half a day.
        Self { mean, shape: mean.powi(3) / variance.max(0.25) }
    }

    /// The chance that it is used up within `days`.
    pub fn below(&self, days: f64) -> f64 {
        if self.mean <= 0.0 {
            return 1.0;
        }
        if days <= 0.0 {
            return 0.0;
        }
        let root = (self.shape / days).sqrt();
        let (y, z) = (root * (days / self.mean - 1.0), root * (days / self.mean + 1.0));
        // exp(2λ/μ)·Φ(−z) would overflow for large z, where its exponents cancel to φ(y)/z to one part in 10⁵.
        let tail = if z > 30.0 {
            (-y * y / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() / z * (1.0 - 1.0 / (z * z))
        } else {
            (2.0 * self.shape / self.mean).exp() * normal(-z)
        };
        (normal(y) + tail).clamp(0.0, 1.0)
    }

    /// Days within which it is used up with chance `share`; at most ten times the horizon.
    pub fn quantile(&self, share: f64) -> f64 {
        if self.mean <= 0.0 {
            return 0.0;
        }
        let limit = HORIZON_DAYS * 10.0;
        let (mut low, mut high) = (0.0, self.mean.clamp(f64::MIN_POSITIVE, limit));
        while high < limit && self.below(high) < share {
            (low, high) = (high, (high * 2.0).min(limit));
        }
        // Each step halves what is left, down to a billionth: far below a second.
        for _ in 0..60 {
            if high - low <= high * 1e-9 {
                break;
            }
            let middle = f64::midpoint(low, high);
            if self.below(middle) < share {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }
}

fn normal(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}
