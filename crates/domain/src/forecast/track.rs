//! The record of past dates: what was said 7, 14 and 30 days before each end is compared with the end. It follows from
//! the ends and from what was said alone, so an end that is undone leaves no trace, and a refold changes nothing.

/// How long before an end its dates are looked at, in days.
pub const AHEAD: [i32; 3] = [7, 14, 30];

/// Ends of which the mean is told.
const ENDS_TOLD: usize = 6;

/// Comparisons that judge the band.
const JUDGED: usize = 20;

/// Shares of [`JUDGED`] inside the band between which it is left as it is.
const SHARE_LEAST: f64 = 0.65;
const SHARE_MOST: f64 = 0.92;

/// Bounds of what a record may do to a band.
const SPREAD_LEAST: f64 = 0.6;
const SPREAD_MOST: f64 = 2.0;

/// A date that was given, in days since 1970, before any scaling. One stands until the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// The day it was given.
    pub day: i32,
    /// The band; absent when none could be given.
    pub band: Option<Band>,
}

/// A band in days since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// One in ten ends earlier.
    pub early: i32,
    /// As likely before as after.
    pub likely: i32,
    /// One in ten lasts longer; absent beyond the horizon.
    pub late: Option<i32>,
}

/// How good the dates were.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Record {
    /// Ends whose dates are in the mean: six at most.
    pub ends: u32,
    /// Mean days by which their dates were off.
    pub off_days: f64,
    /// Of the last comparisons, how many fell inside the band...
    pub inside: u32,
    /// ...and how many there were, twenty at most.
    pub judged: u32,
    /// What the band is to be scaled by: 1 while the record is short or good.
    pub spread: f64,
}

/// Compares. `said` in order of day; `ends` in order, in days since 1970. Absent while no end had a date before it.
pub fn record(said: &[Said], ends: &[i32]) -> Option<Record> {
    let given = |day: i32| {
        let upto = said.partition_point(|said| said.day <= day);
        upto.checked_sub(1).and_then(|at| said.get(at)).and_then(|said| said.band)
    };
    let mut inside = Vec::new();
    let mut offs = Vec::new();
    for (at, end) in ends.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| ends.get(at)).copied();
        // A date given before the cycle began was about another end.
        let dates =
            AHEAD.iter().map(|ahead| end - ahead).filter(|day| before.is_none_or(|before| *day > before));
        let bands: Vec<Band> = dates.filter_map(given).collect();
        inside
            .extend(bands.iter().map(|band| band.early <= *end && band.late.is_none_or(|late| *end <= late)));
        let off: i32 = bands.iter().map(|band| (band.likely - end).abs()).sum();
        if !bands.is_empty() {
            offs.push(f64::from(off) / f64::from(count(bands.len())));
        }
    }
    let told: Vec<f64> = offs.iter().rev().take(ENDS_TOLD).copied().collect();
    if told.is_empty() {
        return None;
    }
    let judged: Vec<bool> = inside.iter().rev().take(JUDGED).copied().collect();
    let held = count(judged.iter().filter(|held| **held).count());
    Some(Record {
        ends: count(told.len()),
        off_days: told.iter().sum::<f64>() / f64::from(count(told.len())),
        inside: held,
        judged: count(judged.len()),
        spread: if judged.len() < JUDGED { 1.0 } else { spread(f64::from(held) / f64::from(count(JUDGED))) },
    })
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The factor that makes a band that held `share` of the ends hold 80 % of them, were they normal.
fn spread(share: f64) -> f64 {
    if (SHARE_LEAST..=SHARE_MOST).contains(&share) {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 8.0);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if libm::erf(middle / std::f64::consts::SQRT_2) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    const HALF_WIDTH: f64 = 1.281_551_565_544_6;
    (HALF_WIDTH / high).clamp(SPREAD_LEAST, SPREAD_MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(day: i32, likely: i32, half: i32) -> Said {
        Said { day, band: Some(Band { early: likely - half, likely, late: Some(likely + half) }) }
    }

    #[test]
    fn the_last_six_dates_are_compared() {
        assert_eq!(record(&[], &[100, 200]), None);
        // Each cycle of forty days: its date is given at the start, three days too late.
        let cycles: Vec<i32> = (1..=8).map(|n| n * 40).collect();
        let dates: Vec<Said> = cycles.iter().map(|end| said(end - 39, end + 3, 5)).collect();
        let told = record(&dates, &cycles).unwrap();
        assert_eq!((told.ends, told.inside, told.judged), (6, 20, 20));
        assert!((told.off_days - 3.0).abs() < 1e-9);
        assert!(told.spread < 1.0, "all inside: the band is too wide");
        let tight: Vec<Said> = cycles.iter().map(|end| said(end - 39, end + 3, 1)).collect();
        assert!(record(&tight, &cycles).unwrap().spread > 1.5, "none inside: too narrow");
        assert_eq!(record(&tight[..3], &cycles[..3]).unwrap().spread, 1.0, "too few to judge");
    }

    #[test]
    fn what_was_said_of_another_cycle_does_not_count() {
        let dates = [said(10, 50, 5), Said { day: 51, band: None }, said(70, 80, 5)];
        let told = record(&dates, &[50, 75]).unwrap();
        // The second end has no date of its own.
        assert_eq!((told.ends, told.judged), (1, 3));
        assert_eq!(
            record(&dates, &[75]).unwrap().judged,
            1,
            "without the first end, day 45 spoke of this one"
        );
    }

    #[test]
    fn a_band_that_holds_what_it_says_is_left_alone() {
        for (share, least, most) in
            [(0.8, 1.0, 1.0), (0.65, 1.0, 1.0), (0.92, 1.0, 1.0), (0.5, 1.8, 2.0), (1.0, 0.6, 0.7)]
        {
            assert!((least..=most).contains(&spread(share)), "{share}: {}", spread(share));
        }
    }
}
