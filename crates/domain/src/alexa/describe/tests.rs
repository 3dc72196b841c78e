//! Names, sensors and the frozen replenishment ID.

use super::*;
use crate::endpoint::SupplyKind;
use crate::testing::{START, ink, pods, slot};
use proptest::prelude::*;

#[test]
fn friendly_names_are_what_people_say() {
    for (text, name) in [
        ("Printer", "Printer"),
        ("  Bob's   \"OfficeJet\" (2nd floor)\n", "Bobs OfficeJet 2nd floor"),
        ("Küche: Spülmaschine", "Küche Spülmaschine"),
        ("コーヒーメーカー", "コーヒーメーカー"),
        ("évier", "évier"),
        ("a\u{202e}b", "a b"),
        ("***", "Device"),
        ("", "Device"),
    ] {
        assert_eq!(FriendlyName::of(text).as_str(), name);
    }
    assert_eq!(FriendlyName::of(&"ä".repeat(500)).as_str().chars().count(), 128);
    let read: FriendlyName = serde_json::from_str("\"a/b\"").unwrap();
    assert_eq!(read.as_str(), "a b", "a stored name is cleaned again");
}

#[test]
fn texts_are_one_clean_line() {
    assert_eq!(plain_text(" a\u{0}\t b\r\nc\u{202e}\u{feff} ", 10), "a b c");
    assert_eq!(plain_text("ab cd", 3), "ab");
}

#[test]
fn a_sensor_measures_what_its_interface_allows() {
    use SensorKind::{Level, LevelUsage, None, Usage};
    for (sensor, unit, fits) in [
        (Level, Unit::Percent, true),
        (Level, Unit::Milliliter, true),
        (Level, Unit::Gram, true),
        (Level, Unit::Count, true),
        (Level, Unit::Hour, false),
        (Usage, Unit::Count, true),
        (Usage, Unit::Liter, true),
        (Usage, Unit::Ounce, true),
        (Usage, Unit::Percent, false),
        (Usage, Unit::Hour, false),
        (LevelUsage, Unit::Hour, true),
        (LevelUsage, Unit::Count, false),
        (None, Unit::Count, false),
    ] {
        let slot = slot(sensor, SupplyKind::Other, unit, Some(10));
        assert_eq!(Sensor::of(&slot, &[]).is_ok(), fits, "{sensor:?} in {unit:?}");
    }
    let hours = slot(Level, SupplyKind::Filter, Unit::Hour, Some(100));
    let error = Sensor::of(&hours, &[]).unwrap_err();
    assert_eq!(error.to_string(), "slot: a Level sensor can't report a Duration");
}

fn device(sensors: Vec<Sensor>) -> Result<Device, NotReportable> {
    Device::new("appliance-001".parse().unwrap(), "Printer", "Sample", None, sensors, START)
}

#[test]
fn a_device_has_each_instance_once_and_no_more_than_alexa_takes() {
    let sensor = Sensor::of(&ink(), &[]).unwrap();
    let named = |n: usize| Sensor { instance: format!("Ink.{n}").parse().unwrap(), ..sensor.clone() };
    assert!(device((0..98).map(named).collect()).is_ok());
    assert_eq!(device((0..99).map(named).collect()), Err(NotReportable::TooMany(99)));
    assert_eq!(device(vec![named(1), named(2), named(1)]), Err(NotReportable::SameInstance("Ink.1".into())));
}

#[test]
fn a_reported_replenishment_id_is_frozen() {
    let [one, two]: [ReplenishmentId; 2] = ["one", "two"].map(|id| id.parse().unwrap());
    assert_eq!(assign_replenishment(None, false, &one), Ok(true), "it arrives later");
    assert_eq!(assign_replenishment(None, true, &one), Ok(true), "discovered without one");
    assert_eq!(assign_replenishment(Some(&one), true, &one), Ok(false));
    assert_eq!(assign_replenishment(Some(&one), false, &two), Ok(true), "nobody was told yet");
    let frozen = assign_replenishment(Some(&one), true, &two).unwrap_err();
    assert_eq!(frozen.told, one);
    assert!(frozen.to_string().contains("can't be changed"));
}

proptest! {
    #[test]
    fn every_device_keeps_the_limits_whatever_it_is_called(
        name in ".{0,200}",
        maker in ".{0,200}",
        model in proptest::option::of(".{0,300}"),
        label in ".{0,200}",
    ) {
        let names = vec![SensorName { text: label, locale: Locale::JaJp }];
        let sensor = Sensor::of(&pods(SensorKind::Usage), &names).unwrap();
        let device =
            Device::new("a".parse().unwrap(), &name, &maker, model.as_deref(), vec![sensor], START).unwrap();
        let object = serde_json::to_value(EndpointObject(&device)).unwrap();
        for (field, max) in [("friendlyName", 128), ("manufacturerName", 128), ("description", 128)] {
            let text = object[field].as_str().unwrap();
            prop_assert!((1..=max).contains(&text.chars().count()), "{field} {text:?}");
            prop_assert!(!text.chars().any(char::is_control));
        }
        let friendly = object["friendlyName"].as_str().unwrap();
        prop_assert!(friendly.chars().all(|c| c == ' ' || spoken(c)), "{friendly:?}");
        let resources = &object["capabilities"][0]["capabilityResources"]["friendlyNames"];
        prop_assert!(!resources[0]["value"]["text"].as_str().unwrap().is_empty());
        let kept: Device = serde_json::from_str(&serde_json::to_string(&device).unwrap()).unwrap();
        prop_assert_eq!(kept, device, "the outbox keeps it whole");
    }
}
