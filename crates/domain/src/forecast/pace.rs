//! Use a day: recency-weighted, with the spread that weekly sums show and how well it is known. The one place that turns
//! days of use into a rate, for slots and for plain series alike.

use crate::measure::Milli;

/// Half-life of a day's weight (`forecast.md`, The method, 2). A mix of half-lives (15, 30, 60, 120 days) was tried:
/// equal on made series, a little worse on the real one, so the single one stays.
const HALF_LIFE_DAYS: f64 = 30.0;

/// Use of one day that somebody observed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DayUse {
    /// Days before the last one.
    pub age: u32,
    /// Use, in whatever unit the rate is wanted in.
    pub used: f64,
}

/// Use a day and how well it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BurnRate {
    /// Thousandths of the slot's unit a day (of a plain series: its own unit).
    pub per_day: f64,
    /// Variance of a day's use, in the square of that unit.
    pub variance: f64,
    /// How many equally weighted days the estimate is worth.
    pub days_worth: f64,
    /// Days of history it is from.
    pub over_days: u32,
    /// What was left out, and what is known of the gauge.
    pub basis: Basis,
}

/// What "why this date" says beside the rate itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Basis {
    /// Days within the history that were marked absent.
    pub absent_days: u32,
    /// Refills and replacements within the history: no use, so left out.
    pub refills: u32,
    /// The gauge only moves in steps of so many thousandths of a percent.
    pub step: Option<Milli>,
}

impl BurnRate {
    /// Weighted use a day over `days`, newest first. Absent when nothing was used, or the figures exceed all bounds.
    pub fn of(days: &[DayUse]) -> Option<Self> {
        let decay = 0.5f64.powf(1.0 / HALF_LIFE_DAYS);
        let weight_at = |age: u32| decay.powf(f64::from(age));
        let (mut weight, mut age) = (1.0, 0);
        let (mut sum, mut square, mut weights, mut weights2) = (0.0, 0.0, 0.0, 0.0);
        for day in days {
            if day.age != age {
                weight = if day.age == age + 1 { weight * decay } else { weight_at(day.age) };
                age = day.age;
            }
            sum += weight * day.used;
            square += weight * day.used * day.used;
            weights += weight;
            weights2 += weight * weight;
        }
        let per_day = sum / weights;
        if !(per_day > 0.0 && square.is_finite()) {
            return None;
        }
        let daily = (square / weights - per_day * per_day).max(0.0);
        // Weekly sums cancel patterns of the week; never believe less than half of what single days show.
        let (mut week_weight, mut week_spread) = (0.0, 0.0);
        for week in days.chunks_exact(7) {
            let weight = week.get(3).map_or(0.0, |middle| weight_at(middle.age));
            let difference = week.iter().map(|day| day.used).sum::<f64>() - 7.0 * per_day;
            week_weight += weight;
            week_spread += weight * difference * difference;
        }
        let weekly =
            if days.len() >= 14 && week_weight > 0.0 { week_spread / week_weight / 7.0 } else { daily };
        Some(Self {
            per_day,
            variance: weekly.max(daily / 2.0),
            days_worth: weights * weights / weights2,
            over_days: u32::try_from(days.len()).unwrap_or(u32::MAX),
            basis: Basis::default(),
        })
    }
}
