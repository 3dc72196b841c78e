//! Explanations, case by case, and that they sum for every ledger.

use super::*;
use crate::fold::Fold;
use crate::ledger::{Entry, EntryKind};
use crate::testing::*;
use proptest::prelude::*;

fn step(number: u128, at: f64, cause: Cause, change: Milli) -> Step {
    Step { entry: Some(id(number)), at: Some(day(at)), cause, change }
}

const NONE: fn(&Step) -> bool = |_| false;

#[test]
fn a_count_after_the_reading_is_the_difference() {
    // The device says 40 %; a person counted 46 %.
    let from = Figure { amount: 40_000, at: day(1.0) };
    let said = explain(from, 46_000, [step(1, 2.0, Cause::Counted {}, 6_000)], NONE, Cause::Unrecorded {});
    assert_eq!(said, Difference { amount: 6_000, steps: vec![step(1, 2.0, Cause::Counted {}, 6_000)] });
}

#[test]
fn equal_figures_need_no_words() {
    let from = Figure { amount: 40_000, at: day(1.0) };
    assert_eq!(
        explain(from, 40_000, [], NONE, Cause::Unrecorded {}),
        Difference { amount: 0, steps: vec![] }
    );
}

#[test]
fn earlier_entries_are_in_the_figure_already() {
    let from = Figure { amount: 10_000, at: day(5.0) };
    let steps = [
        step(1, 4.0, Cause::Bought {}, 99_000),
        step(2, 5.0, Cause::Bought {}, 1_000),
        step(3, 6.0, Cause::Bought {}, 2_000),
        step(4, 7.0, Cause::Counted {}, 0),
    ];
    let strict = explain(from, 12_000, steps, NONE, Cause::Unrecorded {});
    assert_eq!(strict.steps, [steps[2]]);
    let with = explain(from, 13_000, steps, |step| step.entry == Some(id(2)), Cause::Unrecorded {});
    assert_eq!(with.steps, [steps[1], steps[2]]);
}

#[test]
fn uses_in_a_row_are_one_step_and_a_rest_is_said() {
    let from = Figure { amount: 50_000, at: day(0.0) };
    let uses = |number, at| step(number, at, Cause::Used { count: 1 }, -1_000);
    let steps = [uses(1, 1.0), uses(2, 2.0), step(3, 3.0, Cause::Bought {}, 40_000), uses(4, 4.0)];
    let said = explain(from, 90_000, steps, NONE, Cause::Unrecorded {});
    assert_eq!(said.amount, 40_000);
    assert_eq!(
        said.steps,
        [
            step(2, 2.0, Cause::Used { count: 2 }, -2_000),
            steps[2],
            steps[3],
            Step { entry: None, at: None, cause: Cause::Unrecorded {}, change: 3_000 },
        ]
    );
}

fn cause(entry: &Entry) -> Cause {
    match entry.kind {
        EntryKind::Consumed { .. } => Cause::Used { count: 1 },
        EntryKind::Counted { .. } => Cause::Counted {},
        EntryKind::LevelRead { .. } => Cause::Read {},
        EntryKind::Purchased { .. } => Cause::Bought {},
        EntryKind::Received { .. } => Cause::Received {},
        EntryKind::Replaced { .. } | EntryKind::Voided { .. } => Cause::Replaced {},
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn it_always_sums(
        from in any::<i32>(),
        to in any::<i32>(),
        steps in prop::collection::vec((0..40u128, 0..20i32, -9_000..9_000i64, any::<bool>()), 0..30),
    ) {
        let from = Figure { amount: i64::from(from), at: day(10.0) };
        let steps = steps.into_iter().map(|(number, at, change, used)| {
            let cause = if used { Cause::Used { count: 1 } } else { Cause::Bought {} };
            step(number, f64::from(at), cause, change)
        });
        let said = explain(from, i64::from(to), steps, NONE, Cause::Unrecorded {});
        prop_assert_eq!(said.amount, i64::from(to) - from.amount);
        prop_assert_eq!(said.steps.iter().map(|step| step.change).sum::<Milli>(), said.amount);
        let speaks = |step: &Step| step.change != 0 || matches!(step.cause, Cause::Used { .. });
        prop_assert!(said.steps.iter().all(speaks));
    }

    #[test]
    fn the_fold_s_own_effects_leave_no_rest((slot, entries) in any_ledger(), cut in 0..30usize) {
        // From what was left after any entry to what is left now, by what each later entry did.
        let mut trace = Vec::new();
        let fold = Fold::of_each(&slot, &entries, |entry, effect| trace.push((entry, effect)));
        let known = trace.iter().position(|(_, effect)| effect.left.is_some());
        prop_assume!(known.is_some() && fold.state.left(&slot).is_some());
        let start = known.unwrap_or(0) + cut % (trace.len() - known.unwrap_or(0));
        let (first, effect) = trace[start];
        prop_assume!(trace[start..].iter().all(|(_, effect)| effect.left.is_some()));
        let from = Figure { amount: effect.left.unwrap_or(0), at: first.observed_at };
        let steps = trace[start + 1..].iter().map(|(entry, effect)| Step {
            entry: Some(entry.id),
            at: Some(entry.observed_at),
            cause: cause(entry),
            change: effect.change.unwrap_or(0),
        });
        let said = explain(from, fold.state.left(&slot).unwrap_or(0), steps, |_| true, Cause::Unrecorded {});
        let recorded = said.steps.iter().all(|step| step.cause != Cause::Unrecorded {});
        prop_assert!(recorded, "{said:?}");
    }
}
