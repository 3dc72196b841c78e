//! Fewer readings for the same picture: largest-triangle-three-buckets (Steinarsson 2013) between fixed points. The first
//! and last reading, both sides of every silence and both sides of the largest rises (refills) are always kept, whatever
//! the number asked for, so that a refill stays a cliff and a silence stays where it was.

use super::Sample;

/// Most rises whose two sides are kept for certain.
const CLIFFS: usize = 64;
/// A rise counts as a cliff from this share of the highest level.
const CLIFF_SHARE: f64 = 0.04;

/// The indices to draw, rising, and how many stretches without a silence they form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub indices: Vec<usize>,
    pub runs: usize,
}

/// Chooses about `budget(runs)` of `series`, at least the fixed points. Two readings further apart than `gap_ms` end a run.
pub(crate) fn reduce(series: &[Sample], gap_ms: i64, budget: impl Fn(usize) -> usize) -> Kept {
    if series.is_empty() {
        return Kept { indices: Vec::new(), runs: 0 };
    }
    let last = series.len() - 1;
    let mut fixed = vec![0];
    let mut runs = 1;
    let mut rises: Vec<(f64, usize)> = Vec::new();
    let highest = series.iter().map(|s| s.level).fold(0.0, f64::max);
    for (at, pair) in series.windows(2).enumerate() {
        if pair[1].at.saturating_sub(pair[0].at) > gap_ms {
            runs += 1;
            fixed.extend([at, at + 1]);
        }
        let rise = pair[1].level - pair[0].level;
        if rise > highest * CLIFF_SHARE {
            rises.push((rise, at));
        }
    }
    fixed.push(last);
    let budget = budget(runs);
    if series.len() <= budget {
        return Kept { indices: (0..series.len()).collect(), runs };
    }
    let most = (budget.saturating_sub(2 * runs) / 4).min(CLIFFS);
    if rises.len() > most {
        rises.select_nth_unstable_by(most, |a, b| b.0.total_cmp(&a.0));
        rises.truncate(most);
    }
    fixed.extend(rises.iter().flat_map(|&(_, at)| [at, at + 1]));
    fixed.sort_unstable();
    fixed.dedup();

    let spare = budget.saturating_sub(fixed.len());
    let between = series.len() - fixed.len();
    let mut indices = Vec::with_capacity(budget.max(fixed.len()));
    indices.push(0);
    // Shares are handed out cumulatively, so that what rounding takes from one stretch goes to the next.
    let (mut seen, mut given) = (0, 0);
    for pair in fixed.windows(2) {
        seen += pair[1] - pair[0] - 1;
        let due = spare * seen / between.max(1);
        triangles(series, pair[0], pair[1], due - given, &mut indices);
        given = due;
        indices.push(pair[1]);
    }
    Kept { indices, runs }
}

/// Appends `count` of the readings strictly between `from` and `to`: of each of `count` buckets the one that spans the
/// largest triangle with the reading chosen before it and the mean of the bucket after it.
fn triangles(series: &[Sample], from: usize, to: usize, count: usize, out: &mut Vec<usize>) {
    let first = from + 1;
    let inside = to - first;
    if count >= inside {
        out.extend(first..to);
        return;
    }
    let edge = |bucket: usize| first + bucket * inside / count;
    // Milliseconds since the start keep their precision in a float; since 1970 the products would not.
    let origin = series[from].at;
    let x = |sample: &Sample| sample.at.saturating_sub(origin) as f64;
    let mut before = &series[from];
    for bucket in 0..count {
        let (start, end) = (edge(bucket), edge(bucket + 1));
        let after = if bucket + 1 == count { &series[to..=to] } else { &series[end..edge(bucket + 2)] };
        let share = 1.0 / after.len() as f64;
        let mean_x = after.iter().map(x).sum::<f64>() * share;
        let mean_y = after.iter().map(|s| s.level).sum::<f64>() * share;
        let (bx, by) = (x(before), before.level);
        let (dx, dy) = (mean_x - bx, mean_y - by);
        let mut chosen = start;
        let mut largest = -1.0;
        for (at, sample) in series[start..end].iter().enumerate() {
            let area = (dx * (sample.level - by) - (x(sample) - bx) * dy).abs();
            if area > largest {
                largest = area;
                chosen = start + at;
            }
        }
        out.push(chosen);
        before = &series[chosen];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: i64 = 3_600_000;

    fn saw(count: usize, refill_every: usize) -> Vec<Sample> {
        (0..count)
            .map(|i| Sample { at: i as i64 * HOUR, level: (refill_every - i % refill_every) as f64 })
            .collect()
    }

    #[test]
    fn ends_and_cliffs_are_kept() {
        let series = saw(10_000, 700);
        let kept = reduce(&series, 48 * HOUR, |_| 300);
        assert_eq!(kept.runs, 1);
        assert_eq!(kept.indices.len(), 300);
        assert_eq!(kept.indices.first(), Some(&0));
        assert_eq!(kept.indices.last(), Some(&9_999));
        for refill in (700..10_000).step_by(700) {
            assert!(kept.indices.contains(&(refill - 1)), "the last reading before the refill at {refill}");
            assert!(kept.indices.contains(&refill), "the first reading after the refill at {refill}");
        }
    }

    #[test]
    fn a_short_series_is_left_alone() {
        let series = saw(20, 7);
        assert_eq!(reduce(&series, 48 * HOUR, |_| 20).indices, (0..20).collect::<Vec<_>>());
        assert_eq!(reduce(&series[..1], 48 * HOUR, |_| 2).indices, [0]);
        assert_eq!(reduce(&[], 48 * HOUR, |_| 2), Kept { indices: vec![], runs: 0 });
    }

    #[test]
    fn a_single_spike_survives() {
        let mut series: Vec<_> = (0..5_000).map(|i| Sample { at: i * HOUR, level: 50.0 }).collect();
        series[3_210].level = 20.0;
        assert!(reduce(&series, 48 * HOUR, |_| 50).indices.contains(&3_210));
    }

    #[test]
    fn both_sides_of_a_silence_are_kept() {
        let mut series = saw(4_000, 5_000);
        for sample in &mut series[1_234..] {
            sample.at += 100 * HOUR;
        }
        let kept = reduce(&series, 48 * HOUR, |_| 100);
        assert_eq!(kept.runs, 2);
        assert!(kept.indices.contains(&1_233) && kept.indices.contains(&1_234));
    }

    #[test]
    fn the_drawn_line_stays_close_to_the_readings() {
        // A year of hourly readings with a daily wave: the chosen 960 must stay within the wave everywhere.
        let series: Vec<_> = (0..8_760)
            .map(|i| Sample {
                at: i * HOUR,
                level: 900.0 - i as f64 * 0.1 + (i as f64 / 24.0 * std::f64::consts::TAU).sin() * 4.0,
            })
            .collect();
        let kept = reduce(&series, 48 * HOUR, |_| 960).indices;
        for pair in kept.windows(2) {
            let (a, b) = (series[pair[0]], series[pair[1]]);
            for sample in &series[pair[0]..pair[1]] {
                let share = (sample.at - a.at) as f64 / (b.at - a.at) as f64;
                let drawn = a.level + (b.level - a.level) * share;
                assert!((drawn - sample.level).abs() < 4.5, "{drawn} for {}", sample.level);
            }
        }
    }

    proptest! {
        #[test]
        fn chosen_readings_rise_and_respect_the_budget(
            levels in proptest::collection::vec(0.0_f64..1e6, 0..3_000),
            step in 1_i64..1_000_000,
            budget in 0_usize..500,
        ) {
            let series: Vec<_> =
                levels.iter().enumerate().map(|(i, &level)| Sample { at: i as i64 * step, level }).collect();
            let kept = reduce(&series, i64::MAX, |_| budget);
            prop_assert!(kept.indices.windows(2).all(|p| p[0] < p[1]));
            prop_assert!(kept.indices.len() <= budget.max(2));
            if !series.is_empty() {
                prop_assert_eq!(kept.indices.first().copied(), Some(0));
                prop_assert_eq!(kept.indices.last().copied(), Some(series.len() - 1));
            }
        }
    }
}
