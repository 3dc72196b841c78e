//! The sample household: what is in it, how it is used, and what its customer does. Everything follows from the moment
//! alone, so that the weeks before the trial and the days of it are one story, told by the same lines.

use chrono::{DateTime, Datelike as _, FixedOffset, TimeDelta, Timelike as _, Utc};
use refill_domain::endpoint::{DeviceKind, SensorKind, SupplyKind};
use refill_domain::ledger::{EntryKind, Level};
use refill_domain::measure::{Amount, Milli, Unit};

/// Days of use the household brings along.
pub const HISTORY: TimeDelta = TimeDelta::days(40);

/// What a full one shows, in thousandths of a percent.
const FULL: Milli = 100_000;

/// Where a level is so low that the customer replaces it, in thousandths of a percent.
const EMPTY: Milli = 2_000;

const DAY: i64 = 24 * 60;

/// A device of the household.
#[derive(Debug)]
pub struct Device {
    /// Its model at the maker and at Amazon.
    pub model: &'static str,
    /// The model as people read it.
    pub title: &'static str,
    /// Its name, by its key among the engine's words.
    pub name: &'static str,
    /// What it is.
    pub kind: DeviceKind,
    /// It is registered at the older service, which tells of its orders.
    pub ordered: bool,
    /// Its supplies.
    pub supplies: &'static [Supply],
}

/// One of its supplies.
#[derive(Debug)]
pub struct Supply {
    /// Its capability instance, and its slot in the Dash console.
    pub instance: &'static str,
    /// Its name, by its key among the engine's words.
    pub name: &'static str,
    /// What it is.
    pub supply: SupplyKind,
    /// How it is measured.
    pub sensor: SensorKind,
    /// The unit of its figures.
    pub unit: Unit,
    /// What a full one holds.
    pub capacity: Option<Milli>,
    /// What a pack adds.
    pub pack: Milli,
    /// How it is used.
    pub habit: Habit,
    /// What Amazon delivers: product number, how much, in which unit.
    pub product: (&'static str, f64, &'static str),
}

/// How a supply is used.
#[derive(Debug)]
pub enum Habit {
    /// So much at these half hours of a day, every so many days.
    Uses {
        /// How much at a time.
        amount: Milli,
        /// Half hours since midnight.
        at: &'static [u32],
        /// Every so many days.
        every: i32,
        /// What is left when the trial begins.
        left: Milli,
        /// So many days before then a pack was bought.
        bought: Option<i64>,
    },
    /// A level falls by so many thousandths of a percent a day, is told at a half hour of each, and replaced when it is
    /// empty.
    Falls {
        /// Thousandths of a percent a day.
        daily: Milli,
        /// Half hours since midnight.
        at: u32,
        /// The level when the trial begins.
        left: Milli,
    },
    /// Hours of a part with a life.
    Runs {
        /// So much at a time, in the supply's unit.
        amount: Milli,
        /// Half hours since midnight.
        at: u32,
    },
}

const fn ink(instance: &'static str, name: &'static str, daily: Milli, left: Milli) -> Supply {
    Supply {
        instance,
        name,
        supply: SupplyKind::Ink,
        sensor: SensorKind::Level,
        unit: Unit::Percent,
        capacity: None,
        pack: 1000,
        habit: Habit::Falls { daily, at: 19, left },
        product: ("B0SAMPLE01", 1.0, "count"),
    }
}

const fn part(instance: &'static str, name: &'static str, supply: SupplyKind, hours: Milli) -> Supply {
    Supply {
        instance,
        name,
        supply,
        sensor: SensorKind::LevelUsage,
        unit: Unit::Hour,
        capacity: Some(hours * 1000),
        pack: 1000,
        habit: Habit::Runs { amount: 1200, at: 20 },
        product: ("B0SAMPLE02", 1.0, "count"),
    }
}

/// What is in it: one of each kind of sensor, and of both ways to Amazon.
pub const DEVICES: &[Device] = &[
    Device {
        model: "Crema-2",
        title: "Larkfield Crema 2",
        name: "sample_espresso_machine",
        kind: DeviceKind::CoffeeMachine,
        ordered: true,
        supplies: &[
            Supply {
                instance: "Slot01",
                name: "supply_coffee_pods",
                supply: SupplyKind::Pods,
                sensor: SensorKind::Usage,
                unit: Unit::Count,
                capacity: None,
                pack: 50_000,
                // Some four a day: below a week's use before the first day is over.
                habit: Habit::Uses {
                    amount: 1000,
                    at: &[15, 20, 27, 33],
                    every: 1,
                    left: 28_000,
                    bought: Some(17),
                },
                product: ("B0SAMPLE03", 50.0, "count"),
            },
            Supply {
                instance: "Slot02",
                name: "supply_filter",
                supply: SupplyKind::Filter,
                sensor: SensorKind::Level,
                unit: Unit::Percent,
                capacity: None,
                pack: 1000,
                habit: Habit::Falls { daily: 1500, at: 15, left: 13_000 },
                product: ("B0SAMPLE04", 1.0, "count"),
            },
        ],
    },
    Device {
        model: "Tide-8",
        title: "Larkfield Tide 8",
        name: "sample_washing_machine",
        kind: DeviceKind::WashingMachine,
        ordered: true,
        supplies: &[
            Supply {
                instance: "Slot01",
                name: "supply_liquid_detergent",
                supply: SupplyKind::Detergent,
                sensor: SensorKind::Usage,
                unit: Unit::Milliliter,
                capacity: None,
                pack: 1_500_000,
                // Reaches a week's use when the customer has paused it.
                habit: Habit::Uses { amount: 70_000, at: &[36], every: 2, left: 380_000, bought: Some(35) },
                product: ("B0SAMPLE05", 1500.0, "ml"),
            },
            Supply {
                instance: "Slot02",
                name: "supply_softener",
                supply: SupplyKind::Detergent,
                sensor: SensorKind::Usage,
                unit: Unit::Milliliter,
                capacity: None,
                pack: 750_000,
                habit: Habit::Uses { amount: 25_000, at: &[36], every: 2, left: 620_000, bought: Some(14) },
                product: ("B0SAMPLE06", 750.0, "ml"),
            },
        ],
    },
    Device {
        model: "InkWell-640",
        title: "Larkfield InkWell 640",
        name: "sample_printer",
        kind: DeviceKind::Printer,
        ordered: false,
        supplies: &[
            ink("black", "supply_ink_black", 1100, 31_000),
            ink("cyan", "supply_ink_cyan", 1200, 11_000),
            ink("magenta", "supply_ink_magenta", 900, 46_000),
            ink("yellow", "supply_ink_yellow", 800, 60_000),
        ],
    },
    Device {
        model: "Sweep-S1",
        title: "Larkfield Sweep S1",
        name: "sample_robot_vacuum",
        kind: DeviceKind::Vacuum,
        ordered: false,
        supplies: &[
            part("filter", "supply_filter", SupplyKind::Filter, 150),
            part("brush", "supply_main_brush", SupplyKind::Brush, 300),
        ],
    },
];

/// The moment the trial begins, and where the household is.
#[derive(Debug, Clone, Copy)]
pub struct Story {
    /// When it begins.
    pub begin: DateTime<Utc>,
    /// The zone of its days.
    pub zone: FixedOffset,
}

impl Story {
    fn day(&self, at: DateTime<Utc>) -> (i32, u32) {
        let there = at.with_timezone(&self.zone);
        (there.num_days_from_ce(), there.hour() * 2 + there.minute() / 30)
    }

    /// What a supply's device says at a half hour, in this order.
    pub fn says(&self, supply: &Supply, at: DateTime<Utc>) -> Vec<EntryKind> {
        let (day, half) = self.day(at);
        match supply.habit {
            Habit::Uses { amount, at: times, every, .. } if day % every == 0 && times.contains(&half) => {
                // No day is like the other: now and then the last one is left out.
                if times.len() > 1 && times.last() == Some(&half) && day % 5 == 2 {
                    return Vec::new();
                }
                vec![EntryKind::Consumed { amount: Amount::new(amount, supply.unit) }]
            }
            Habit::Runs { amount, at: time } if half == time => {
                vec![EntryKind::Consumed { amount: Amount::new(amount, supply.unit) }]
            }
            Habit::Falls { daily, at: time, left } if half == time => {
                let (level, cycle) = self.level(daily, left, at);
                let before = self.level(daily, left, at - TimeDelta::days(1));
                let level = Level::Amount { amount: Amount::whole(level / 1000, Unit::Percent) };
                let read = EntryKind::LevelRead { level };
                if cycle == before.1 {
                    return vec![read];
                }
                vec![EntryKind::Replaced { capacity: None, from_shelf: false }, read]
            }
            Habit::Uses { .. } | Habit::Runs { .. } | Habit::Falls { .. } => Vec::new(),
        }
    }

    /// How full it is, in thousandths of a percent, and which of its fillings this is.
    fn level(&self, daily: Milli, left: Milli, at: DateTime<Utc>) -> (Milli, i64) {
        let life = (FULL - EMPTY) * DAY / daily;
        let age = (FULL - left) * DAY / daily + (at - self.begin).num_minutes();
        (FULL - daily * age.rem_euclid(life) / DAY, age.div_euclid(life))
    }

    /// What its person did before the trial began: what was there at first, and what was bought since.
    pub fn kept(&self, supply: &Supply) -> Vec<(DateTime<Utc>, EntryKind)> {
        let first = self.begin - HISTORY;
        match supply.habit {
            Habit::Uses { left, bought, .. } => {
                let used: Milli =
                    self.before().flat_map(|at| self.says(supply, at)).map(|of| taken(&of)).sum();
                let packs = if bought.is_some() { supply.pack } else { 0 };
                let shelf = Some(Amount::new(used + left - packs, supply.unit));
                let counted = (first, EntryKind::Counted { level: None, shelf });
                let purchase = bought.map(|days| {
                    let kind =
                        EntryKind::Purchased { packs: 1, content: None, asin: None, price: None, shop: None };
                    (self.begin - TimeDelta::days(days), kind)
                });
                std::iter::once(counted).chain(purchase).collect()
            }
            Habit::Runs { .. } => {
                let level = supply.capacity.map(|full| Amount::new(full, supply.unit));
                vec![(first, EntryKind::Counted { level, shelf: None })]
            }
            Habit::Falls { .. } => Vec::new(),
        }
    }

    /// The half hours before the trial.
    pub fn before(&self) -> impl Iterator<Item = DateTime<Utc>> + use<> {
        let begin = self.begin;
        let halves = HISTORY.num_minutes() / 30;
        (1..=halves).rev().map(move |back| begin - TimeDelta::minutes(30 * back))
    }

    /// What the customer does at Amazon at a half hour.
    pub fn does(&self, at: DateTime<Utc>) -> Option<Act> {
        match (at - self.begin).num_hours() {
            hours if at - self.begin != TimeDelta::hours(hours) => None,
            30 => Some(Act::Reorder { model: "Tide-8", slot: "Slot01", on: false }),
            150 => Some(Act::Reorder { model: "Tide-8", slot: "Slot01", on: true }),
            _ => None,
        }
    }
}

/// What the customer does at Amazon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Pauses reordering of a supply, or lets it go on.
    Reorder {
        /// The device's model.
        model: &'static str,
        /// The supply.
        slot: &'static str,
        /// It reorders from now on.
        on: bool,
    },
}

/// The supply of which the customer cancels the first order.
pub const CANCELLED: (&str, &str) = ("Crema-2", "Slot02");

fn taken(kind: &EntryKind) -> Milli {
    if let EntryKind::Consumed { amount } = kind { amount.milli } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Offset as _;
    use refill_domain::drs::DAYS_IN_HAND;

    fn stories() -> impl Iterator<Item = Story> {
        // Whatever the hour and the day it begins on.
        (0..96).map(|half| Story {
            begin: DateTime::from_timestamp(1_795_255_200, 0).unwrap() + TimeDelta::minutes(30 * half),
            zone: Utc.fix(),
        })
    }

    #[test]
    fn nothing_is_ever_less_than_nothing_and_what_is_left_is_what_was_planned() {
        for story in stories() {
            for supply in DEVICES.iter().flat_map(|device| device.supplies) {
                let Habit::Uses { left, .. } = supply.habit else { continue };
                let mut all = story.kept(supply);
                all.extend(
                    story.before().flat_map(|at| story.says(supply, at).into_iter().map(move |k| (at, k))),
                );
                all.sort_by_key(|(at, _)| *at);
                let mut stock = 0;
                for (_, kind) in all {
                    stock += match kind {
                        EntryKind::Counted { shelf, .. } => shelf.unwrap().milli,
                        EntryKind::Purchased { .. } => supply.pack,
                        other => -taken(&other),
                    };
                    assert!(stock >= 0, "{}", supply.name);
                }
                assert_eq!(stock, left, "{}", supply.name);
            }
        }
    }

    #[test]
    fn something_is_low_within_the_first_day_and_only_that() {
        for story in stories() {
            let pods = &DEVICES[0].supplies[0];
            let Habit::Uses { left, .. } = pods.habit else { unreachable!() };
            let said = |at| story.says(pods, at).iter().map(taken).sum::<Milli>();
            let month: Milli = story.before().skip(12 * 48).map(said).sum();
            let week = month * DAYS_IN_HAND / 28;
            assert!(left > week, "not at once");
            let first: Milli = (1..=48).map(|half| said(story.begin + TimeDelta::minutes(30 * half))).sum();
            assert!(left - first <= week, "within a day");
        }
    }

    #[test]
    fn levels_fall_and_what_is_empty_is_replaced() {
        for story in stories().take(48) {
            for supply in DEVICES.iter().flat_map(|device| device.supplies) {
                let Habit::Falls { left, .. } = supply.habit else { continue };
                let mut last = None;
                let mut replaced = false;
                for half in -1920..20_000 {
                    for kind in story.says(supply, story.begin + TimeDelta::minutes(30 * half)) {
                        match kind {
                            EntryKind::Replaced { .. } => (last, replaced) = (None, true),
                            EntryKind::LevelRead { level: Level::Amount { amount } } => {
                                assert!((1_000..=FULL).contains(&amount.milli), "{amount:?}");
                                assert!(
                                    last.is_none_or(|last| amount.milli <= last),
                                    "{} rises",
                                    supply.name
                                );
                                last = Some(amount.milli);
                            }
                            other => panic!("{other:?}"),
                        }
                    }
                    if half == 0 {
                        let now = last.unwrap();
                        assert!((left - 1000..=left + 2500).contains(&now), "{}: {now}", supply.name);
                    }
                }
                assert!(replaced, "{}", supply.name);
            }
        }
    }
}
