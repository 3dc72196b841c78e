//! The virtual device: what happens in each of its slots, step by step, so that every case has something to be judged by. A
//! slot is used down to below the threshold with three low updates, is replaced, and is used down once more with
//! notifications alone; in between it is left alone for more than a day. Figures are shares of a full one.

use refill_domain::certification::{Case, Choice};
use refill_domain::endpoint::SensorKind;
use refill_domain::measure::{Amount, Measurement, Unit};

/// What happens in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// It is used until so many percent are left.
    Down(i64),
    /// Nothing.
    Rest,
    /// What is in it is replaced; what is counted out is filled up.
    Refill,
    /// The customer chooses.
    Choose(Choice),
}

/// At or below so many percent Amazon holds a slot for low. Amazon's own setting is not known (protocols 2.6).
pub const LOW: i64 = 20;

const STORY: &[Act] = &[
    Act::Choose(Choice::Reorder),
    Act::Down(60),
    Act::Rest,
    Act::Rest,
    Act::Rest,
    Act::Rest,
    Act::Rest,
    Act::Down(40),
    Act::Down(15),
    Act::Down(12),
    Act::Down(10),
    Act::Rest,
    Act::Refill,
    Act::Down(90),
    Act::Choose(Choice::Notify),
    Act::Down(40),
    Act::Down(15),
    Act::Down(12),
    Act::Down(10),
    Act::Rest,
];

/// How much of the story a case has to see; without one all of it.
fn seen_by(case: Option<Case>) -> &'static [Act] {
    let acts = match case {
        // The setting up, with what is offered then.
        Some(Case::Prerequisites | Case::Discovery | Case::SetUp | Case::Sensors | Case::Products) => 1,
        // More than a day, above the threshold.
        Some(Case::Messages | Case::Supply | Case::Daily) => 8,
        // Three times at or below it.
        Some(Case::LowMail | Case::Order) => 12,
        // The replacement, and a use of what is new.
        Some(Case::Reset) => 14,
        Some(Case::NotifyOnly | Case::Kept) | None => STORY.len(),
    };
    STORY.get(..acts).unwrap_or(STORY)
}

/// Hours of a step.
pub const STEP_HOURS: i64 = 6;

/// One of its slots, as it truly is.
#[derive(Debug, Clone)]
pub struct Slot {
    /// Its capability instance.
    pub instance: String,
    /// How it measures.
    pub sensor: SensorKind,
    /// What a full one holds, in the unit the device speaks in.
    pub full: Amount,
    /// What is left.
    pub left: Amount,
    story: Vec<Act>,
    step: usize,
}

/// What a full one holds: the most that is used in a day of the story is less than a day of running.
fn full(unit: Unit) -> Amount {
    if unit.measurement() == Measurement::Duration {
        Amount::whole(40, Unit::Hour)
    } else {
        Amount::whole(100, unit)
    }
}

impl Slot {
    /// A full one, with as much before it as a case has to see.
    pub fn new(instance: &str, sensor: SensorKind, unit: Unit, until: Option<Case>) -> Self {
        // Running time is told once a day (protocols 2.6), so there each act takes one.
        let pauses = if sensor == SensorKind::LevelUsage { 24 / STEP_HOURS - 1 } else { 0 };
        let pauses = usize::try_from(pauses).unwrap_or(0);
        let story = seen_by(until).iter().flat_map(|act| {
            let rests = if matches!(act, Act::Down(_)) { pauses } else { 0 };
            std::iter::once(*act).chain(std::iter::repeat_n(Act::Rest, rests))
        });
        let full = full(unit);
        Self { instance: instance.to_owned(), sensor, full, left: full, story: story.collect(), step: 0 }
    }

    /// So many percent of a full one.
    pub fn share(&self, percent: i64) -> Amount {
        Amount::new(self.full.milli / 100 * percent, self.full.unit)
    }

    /// What happens next; nothing once the story is over.
    pub fn goes_on(&mut self) -> Option<Act> {
        let act = self.story.get(self.step).copied();
        self.step += 1;
        act
    }

    /// Steps of its story.
    pub fn steps(&self) -> usize {
        self.story.len()
    }

    /// Whether its story is over.
    pub fn is_over(&self) -> bool {
        self.step >= self.story.len()
    }

    /// Fills it: what is counted out is added to, what is measured is as new.
    pub fn refill(&mut self) {
        let rest = if self.sensor == SensorKind::Usage { self.left.milli } else { 0 };
        self.left = Amount::new(rest + self.full.milli, self.full.unit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_gets_low_twice_and_never_uses_what_is_not_there() {
        for (sensor, unit) in [
            (SensorKind::Level, Unit::Percent),
            (SensorKind::Usage, Unit::Milliliter),
            (SensorKind::LevelUsage, Unit::Day),
        ] {
            let mut slot = Slot::new("slot", sensor, unit, None);
            let mut lows = 0;
            while let Some(act) = slot.goes_on() {
                match act {
                    Act::Down(percent) => {
                        let next = slot.share(percent);
                        assert!(next.milli < slot.left.milli, "{sensor:?}");
                        slot.left = next;
                        lows += usize::from(percent <= LOW);
                    }
                    Act::Refill => slot.refill(),
                    Act::Rest | Act::Choose(_) => {}
                }
            }
            assert_eq!(lows, 6, "{sensor:?}");
            assert!(slot.is_over());
        }
    }
}
