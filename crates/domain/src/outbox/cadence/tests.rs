//! The table of S1, and 400 days in 24 zones with clocks that jump and machines that sleep.

use super::*;
use crate::endpoint::SupplyKind;
use crate::testing::{START, day as at, id, ink, pods, slot};
use proptest::prelude::*;

fn name() -> ApplianceId {
    "appliance-001".parse().unwrap()
}

fn health() -> Property {
    Property::Connectivity { value: Connectivity::Ok, at: START, uncertainty: 0 }
}

fn level_sensor(percent: i64) -> Sensor {
    let mut sensor = Sensor::of(&ink(), &[]).unwrap();
    sensor.level = Some((Amount::whole(percent, Unit::Percent), START));
    sensor
}

fn filter_sensor() -> Sensor {
    Sensor::of(&slot(SensorKind::LevelUsage, SupplyKind::Filter, Unit::Hour, Some(150)), &[]).unwrap()
}

fn plan(
    sensor: &Sensor,
    reported: Option<Reported>,
    pending: &[Pending],
    now: DateTime<Utc>,
) -> Vec<Planned> {
    let (name, health) = (name(), health());
    let watched = Watched { appliance: &name, sensor, health: &health, reported, pending };
    due(&watched, now, &utc_day(TimeDelta::zero()))
}

fn told(percent: i64, days: f64) -> Option<Reported> {
    Some(Reported { level: Some(Amount::whole(percent, Unit::Percent)), at: at(days) })
}

fn pending(number: u128, days: f64, kind: PendingKind) -> Pending {
    Pending { entry: id(number), at: at(days), kind }
}

fn minutes(minutes: i64) -> PendingKind {
    PendingKind::Used(Amount::whole(minutes, Unit::Minute))
}

/// What a plan says, in short: level and cause, seconds or pieces used, "new part".
fn short(planned: &[Planned]) -> Vec<String> {
    let one = |planned: &Planned| match &planned.report {
        Report::Changed { properties, cause, .. } => match &properties[..] {
            [Property::Level { amount, .. }] => format!("{amount} {cause:?}"),
            other => panic!("{other:?}"),
        },
        Report::Consumed { amount, .. } => format!("used {amount}"),
        Report::Replaced { .. } => "new part".into(),
        other => panic!("{other:?}"),
    };
    planned.iter().map(one).collect()
}

#[test]
fn a_level_on_change_or_daily_with_the_same_value() {
    let (change, daily) = (["42 PERCENT PhysicalInteraction"], ["42 PERCENT PeriodicPoll"]);
    for (reported, now, wanted) in [
        (None, 0.0, &change[..]),
        (told(43, 0.0), 0.001, &change[..]),
        (told(42, 0.0), 0.99, &[]),
        (told(42, 0.99), 1.0, &daily[..]),
        (told(42, 0.0), 30.0, &daily[..]),
        (told(42, 0.05), 0.0, &[]),
        (told(42, 1.0), 0.0, &daily[..]),
        (told(42, 1000.0), 0.0, &daily[..]),
    ] {
        let planned = plan(&level_sensor(42), reported, &[], at(now));
        assert_eq!(short(&planned), wanted, "{reported:?} on day {now}");
    }
    let mut unknown = level_sensor(42);
    unknown.level = None;
    assert!(plan(&unknown, None, &[], START).is_empty(), "nothing is said of what is not known");
    let mut other_unit = level_sensor(42);
    (other_unit.unit, other_unit.level) = (Unit::Milliliter, Some((Amount::whole(2, Unit::Liter), at(9.0))));
    let reported = Some(Reported { level: Some(Amount::whole(2_000, Unit::Milliliter)), at: at(0.1) });
    assert!(
        plan(&other_unit, reported, &[], at(0.2)).is_empty(),
        "the same amount in another unit is no change"
    );
    let first = plan(&other_unit, None, &[], at(0.2));
    assert!(
        matches!(&first[0].report, Report::Changed { properties, .. } if matches!(properties[0], Property::Level { at: sampled, .. } if sampled == at(0.2))),
        "a sample never lies in the future"
    );
}

#[test]
fn usage_at_each_use_and_in_order() {
    let pods = Sensor::of(&pods(SensorKind::Usage), &[]).unwrap();
    let used =
        |number, days, count| pending(number, days, PendingKind::Used(Amount::whole(count, Unit::Count)));
    let planned =
        plan(&pods, None, &[used(2, 0.5, 2), used(1, 0.2, 1), used(3, 0.6, 0), used(2, 0.5, 2)], at(1.0));
    assert_eq!(short(&planned), ["used 1 COUNT", "used 2 COUNT"]);
    assert_eq!(planned.iter().map(|p| p.tells.clone()).collect::<Vec<_>>(), [vec![id(1)], vec![id(2)]]);
}

#[test]
fn a_level_usage_sensor_sums_by_day_and_tells_replacements_at_once() {
    let filter = filter_sensor();
    let reported = Some(Reported { level: None, at: at(0.1) });
    let uses = [pending(1, 0.2, minutes(60)), pending(2, 0.4, minutes(13))];
    assert!(plan(&filter, reported, &uses, at(0.9)).is_empty(), "once a day");
    let planned = plan(&filter, reported, &uses, at(1.0));
    assert_eq!(short(&planned), ["used 4380 SECOND"]);
    assert_eq!(planned[0].tells, [id(1), id(2)]);
    assert!(plan(&filter, reported, &[], at(5.0)).is_empty(), "nothing used, nothing told");
    let tiny = [pending(1, 0.2, PendingKind::Used(Amount::new(400, Unit::Second)))];
    assert!(
        plan(&filter, reported, &tiny, at(5.0)).is_empty(),
        "less than half a second goes on being summed"
    );

    let with_new = [uses[1], pending(3, 0.5, PendingKind::Replaced), pending(4, 0.6, minutes(2)), uses[0]];
    let planned = plan(&filter, reported, &with_new, at(0.9));
    assert_eq!(
        short(&planned),
        ["used 4380 SECOND", "new part"],
        "the old part's use first, the new one's later"
    );
    assert_eq!(planned[1].tells, [id(3)]);
    let planned = plan(&filter, reported, &with_new, at(1.0));
    assert_eq!(short(&planned), ["used 4380 SECOND", "new part", "used 120 SECOND"]);
    let planned = plan(&filter, reported, &[tiny[0], with_new[1]], at(0.9));
    assert_eq!((short(&planned), &planned[0].tells), (vec!["new part".to_owned()], &vec![id(1), id(3)]));
}

#[test]
fn health_is_told_when_it_changes() {
    let (name, ok, gone) = (name(), Connectivity::Ok, Connectivity::Unreachable);
    for (told, present, wanted) in
        [(None, ok, true), (Some(ok), ok, false), (Some(ok), gone, true), (Some(gone), ok, true)]
    {
        assert_eq!(health_due(&name, told, present, START).is_some(), wanted);
    }
}

/// Offsets in minutes, and whether summer time moves them an hour.
const ZONES: [(i32, bool); 24] = [
    (-720, false),
    (-660, false),
    (-600, false),
    (-540, true),
    (-480, true),
    (-420, true),
    (-360, true),
    (-300, true),
    (-240, true),
    (-210, true),
    (-180, false),
    (-60, true),
    (0, true),
    (60, true),
    (120, true),
    (180, false),
    (240, false),
    (270, false),
    (330, false),
    (345, false),
    (540, false),
    (570, true),
    (720, true),
    (840, false),
];

fn zone(number: usize) -> impl Fn(DateTime<Utc>) -> FixedOffset + Copy {
    let (minutes, summer) = ZONES[number];
    move |at| {
        // Days 28 to 240 are summer; half of the zones change at their own midnight, the worst hour there is.
        let since = at - START
            + if number.is_multiple_of(2) {
                TimeDelta::minutes(i64::from(minutes))
            } else {
                TimeDelta::zero()
            };
        let in_summer = summer && (28..240).contains(&since.num_days());
        FixedOffset::east_opt((minutes + if in_summer { 60 } else { 0 }) * 60).unwrap()
    }
}

/// Days on which a level that never changes is reported, looking every `step` and asleep while `asleep` says so.
fn reports(
    days: &dyn Fn(DateTime<Utc>) -> i64,
    length: i64,
    step: TimeDelta,
    asleep: &dyn Fn(DateTime<Utc>) -> bool,
) -> Vec<i64> {
    let (sensor, name, health) = (level_sensor(42), name(), health());
    let (mut reported, mut days_reported) = (None, Vec::new());
    let mut now = START;
    while now < START + TimeDelta::days(length) {
        let watched = Watched { appliance: &name, sensor: &sensor, health: &health, reported, pending: &[] };
        if !asleep(now) && !due(&watched, now, days).is_empty() {
            reported = told(42, 0.0).map(|told| Reported { at: now, ..told });
            days_reported.push(days(now));
        }
        now += step;
    }
    days_reported
}

#[test]
fn no_day_is_skipped_or_told_twice_over_400_days_in_24_zones() {
    let awake = |_: DateTime<Utc>| false;
    for number in 0..ZONES.len() {
        let days = local_day(zone(number));
        let told = reports(&days, 400, TimeDelta::minutes(7), &awake);
        let wanted: Vec<i64> =
            (days(START)..=days(START + TimeDelta::days(400) - TimeDelta::minutes(7))).collect();
        assert_eq!(told, wanted, "zone {number}");
    }
    let days = utc_day(anchor(&name()));
    let told = reports(&days, 400, TimeDelta::minutes(7), &awake);
    assert!(told.len() >= 400 && told.windows(2).all(|two| two[1] == two[0] + 1), "{}", told.len());
}

#[test]
fn a_machine_that_sleeps_reports_once_when_it_wakes() {
    let days = local_day(zone(13));
    let asleep = |at: DateTime<Utc>| (30..60).contains(&((at - START).num_hours() % 100));
    let told = reports(&days, 100, TimeDelta::minutes(11), &asleep);
    assert!(told.windows(2).all(|two| two[1] > two[0]), "never twice a day");
    assert!(told.len() >= 75, "every day it was awake: {}", told.len());
}

#[test]
fn a_clock_that_was_set_does_no_harm() {
    let days = utc_day(TimeDelta::zero());
    let over = |last: f64, now: f64| day_is_over(at(last), at(now), &days);
    assert!(!over(0.5, 0.45), "a correction by an hour");
    assert!(over(0.5, -0.5), "a day back: at once, not two days later");
    assert!(over(1000.0, 0.0), "three years back");
    assert!(over(0.5, 1.5) && !over(1.5, 1.6), "a day forward: once");
}

#[test]
fn devices_are_spread_over_the_day() {
    let anchors: Vec<i64> =
        (0..2400).map(|n| anchor(&format!("appliance-{n}").parse().unwrap()).num_seconds() / 3600).collect();
    for hour in 0..24 {
        let count = anchors.iter().filter(|anchor| **anchor == hour).count();
        assert!((50..200).contains(&count), "{count} in hour {hour}");
    }
}

proptest! {
    #[test]
    fn the_next_look_is_when_the_day_ends(last in 0i64..400 * 86_400, since in 0i64..172_800, number in 0usize..24) {
        let days = local_day(zone(number));
        let (last, now) = (START + TimeDelta::seconds(last), START + TimeDelta::seconds(last + since));
        let next = next_day(last, now, &days);
        prop_assert!(next >= now && next <= now + TimeDelta::hours(50));
        prop_assert!(day_is_over(last, next, &days), "then it is over");
        if next > now {
            prop_assert!(!day_is_over(last, now, &days));
        }
    }

    #[test]
    fn every_use_is_told_once_whatever_the_order(
        amounts in prop::collection::vec((0i64..500, 0i64..2_000, any::<bool>()), 0..30),
        looks in prop::collection::vec(0i64..2_500, 1..20),
    ) {
        let filter = filter_sensor();
        let mut open: Vec<Pending> = amounts.iter().zip(1u128..).map(|((minutes, hour, new), number)| {
            let used = Amount::whole(*minutes, Unit::Minute);
            let kind = if *new { PendingKind::Replaced } else { PendingKind::Used(used) };
            Pending { entry: id(number), at: START + TimeDelta::hours(*hour), kind }
        }).collect();
        let wanted: i64 = open.iter().map(|one| match one.kind {
            PendingKind::Used(amount) => amount.milli * 60,
            PendingKind::Replaced => 0,
        }).sum();
        let (mut reported, mut told, mut seen) = (None, 0, std::collections::BTreeSet::new());
        for hour in looks.into_iter().chain([100_000]) {
            let now = START + TimeDelta::hours(hour);
            for planned in plan(&filter, reported, &open, now) {
                if let Report::Consumed { amount, .. } = planned.report {
                    told += amount.milli;
                    reported = Some(Reported { level: None, at: now });
                }
                for entry in planned.tells {
                    prop_assert!(seen.insert(entry), "an entry is told once");
                    open.retain(|one| one.entry != entry);
                }
            }
        }
        prop_assert_eq!(told, wanted);
        prop_assert!(open.iter().all(|one| one.kind == minutes(0)));
    }
}
