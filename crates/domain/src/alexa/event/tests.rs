//! Each message in the form it leaves in, held by snapshots, and the limits of reports.

use super::*;
use crate::alexa::{REPORT_MAX, ReplenishmentId, Sensor, SensorName, add_or_update};
use crate::endpoint::{Slot, SupplyKind};
use crate::locale::Locale;
use crate::measure::{Amount, Unit};
use crate::testing::{START, day, ink, slot};
use proptest::prelude::*;

pub(crate) fn printer() -> Device {
    let names = || {
        vec![
            SensorName { text: "Cyan ink".into(), locale: Locale::EnUs },
            SensorName { text: "Encre cyan".into(), locale: Locale::FrFr },
        ]
    };
    let cyan = Slot { instance: "InkSensor.Cyan".parse().unwrap(), ..ink() };
    let mut level = Sensor::of(&cyan, &names()).unwrap();
    level.replenishment = "amzn1.replenishment.1".parse::<ReplenishmentId>().ok();
    level.level = Some((Amount::new(42_500, Unit::Percent), day(0.5)));
    let pods = Slot {
        instance: "Sensor.CoffeePod".parse().unwrap(),
        ..slot(SensorKind::Usage, SupplyKind::Pods, Unit::Count, Some(40))
    };
    let filter = Slot {
        instance: "Filter".parse().unwrap(),
        ..slot(SensorKind::LevelUsage, SupplyKind::Filter, Unit::Hour, Some(150))
    };
    let sensors = vec![level, Sensor::of(&pods, &[]).unwrap(), Sensor::of(&filter, &[]).unwrap()];
    Device::new(
        "appliance-001".parse().unwrap(),
        "Printer",
        "Sample Manufacturer",
        Some("P-100"),
        sensors,
        START,
    )
    .unwrap()
}

fn message_id() -> MessageId {
    "00000000-0000-0000-0000-000000000001".parse().unwrap()
}

fn instance(name: &str) -> Instance {
    name.parse().unwrap()
}

#[test]
fn answers_have_a_settled_form() {
    let (id, printer) = (message_id(), printer());
    insta::assert_json_snapshot!("discover_response", discover_response(std::slice::from_ref(&printer), &id));
    insta::assert_json_snapshot!("state_report", state_report(&printer, Some("token=="), &id, day(1.0)));
    let gone = Device { connectivity: Connectivity::Unreachable, ..printer };
    let report = serde_json::to_value(state_report(&gone, None, &id, day(1.0))).unwrap();
    assert_eq!(report["context"]["properties"][0]["value"]["value"], 42.5, "the last known value");
    assert_eq!(report["context"]["properties"][1]["value"]["value"], "UNREACHABLE");
    insta::assert_json_snapshot!(
        "other_answers",
        [
            accept_grant_response(&id),
            grant_refused("the tokens could not be stored", &id),
            error_response(
                ErrorType::NoSuchEndpoint,
                "no such endpoint",
                Some(&gone.id),
                Some("token=="),
                &id
            ),
            error_response(ErrorType::InvalidDirective, "not understood", None, None, &id),
        ]
    );
}

fn reports() -> Vec<Report> {
    let appliance = printer().id;
    let level = |name: &str, amount| Property::Level {
        instance: instance(name),
        amount,
        at: day(0.5),
        uncertainty: 0,
    };
    vec![
        Report::Changed {
            appliance: appliance.clone(),
            cause: Cause::PeriodicPoll,
            properties: vec![
                level("InkSensor.Cyan", Amount::new(2_500, Unit::Liter)),
                level("PaperSensor.FrontTray", Amount::whole(200, Unit::Count)),
            ],
            unchanged: vec![Property::Connectivity { value: Connectivity::Ok, at: START, uncertainty: 500 }],
        },
        Report::AddedOrUpdated { devices: vec![printer()] },
        Report::Deleted { appliances: vec![appliance.clone(), "appliance-002".parse().unwrap()] },
        Report::Consumed {
            appliance: appliance.clone(),
            instance: instance("Sensor.CoffeePod"),
            sensor: SensorKind::Usage,
            amount: Amount::whole(1, Unit::Count),
            at: day(0.25),
        },
        Report::Consumed {
            appliance: appliance.clone(),
            instance: instance("Filter"),
            sensor: SensorKind::LevelUsage,
            amount: Amount::whole(73, Unit::Minute),
            at: day(0.25),
        },
        Report::Replaced { appliance, instance: instance("Filter"), at: day(0.75) },
    ]
}

#[test]
fn reports_have_a_settled_form_on_the_wire_and_in_the_outbox() {
    let (id, token) = (message_id(), Secret::new("access-token-from-Amazon"));
    let reports = reports();
    let messages: Vec<Message<'_>> = reports.iter().map(|report| report.message(&id, &token)).collect();
    insta::assert_json_snapshot!("reports", messages);
    insta::assert_json_snapshot!("reports_kept", reports);
    let kept = serde_json::to_string(&reports).unwrap();
    assert!(!kept.contains("access-token"), "no token is kept");
    assert_eq!(serde_json::from_str::<Vec<Report>>(&kept).unwrap(), reports);
    assert_eq!(format!("{:?}", messages[0]), "Message(Alexa.ChangeReport)", "no token is printed");
}

#[test]
fn every_message_has_what_the_schema_requires() {
    let (id, token) = (message_id(), Secret::new("T"));
    for report in reports() {
        let value = serde_json::to_value(report.message(&id, &token)).unwrap();
        let event = &value["event"];
        assert_eq!(event["header"]["payloadVersion"], "3");
        let in_discovery = event["header"]["namespace"] == "Alexa.Discovery";
        let scope = if in_discovery { &event["payload"]["scope"] } else { &event["endpoint"]["scope"] };
        assert_eq!(*scope, serde_json::json!({"type": "BearerToken", "token": "T"}));
        assert_eq!(in_discovery, event["endpoint"].is_null(), "discovery has no endpoint");
        let inventory = matches!(report, Report::Consumed { .. } | Report::Replaced { .. });
        assert_eq!(inventory, event["header"]["instance"].is_string());
        if matches!(report, Report::Changed { .. }) {
            assert!(value["context"]["properties"].is_array());
        }
    }
}

#[test]
fn an_answer_carries_no_more_than_300_devices() {
    let (id, printer) = (message_id(), printer());
    let many: Vec<Device> = (0..310)
        .map(|n| Device { id: format!("appliance-{n}").parse().unwrap(), ..printer.clone() })
        .collect();
    let value = serde_json::to_value(discover_response(&many, &id)).unwrap();
    assert_eq!(value["event"]["payload"]["endpoints"].as_array().unwrap().len(), 300);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn reports_on_devices_keep_the_limits_and_lose_none(count in 0usize..700, sensors in 0usize..12) {
        let (id, token, printer) = (message_id(), Secret::new("x".repeat(2048)), printer());
        let numbered = |n: usize| Sensor { instance: instance(&format!("S{n}")), ..printer.sensors[0].clone() };
        let device = |n: usize| Device {
            id: format!("appliance-{n}").parse().unwrap(),
            sensors: (0..sensors).map(numbered).collect(),
            ..printer.clone()
        };
        let devices: Vec<Device> = (0..count).map(device).collect();
        let sized = add_or_update(devices.clone());
        prop_assert!(sized.too_large.is_empty());
        let told: Vec<&ApplianceId> = sized.reports.iter().flat_map(Report::appliances).collect();
        prop_assert_eq!(told, devices.iter().map(|device| &device.id).collect::<Vec<_>>());
        for report in &sized.reports {
            prop_assert!(serde_json::to_vec(&report.message(&id, &token)).unwrap().len() <= REPORT_MAX);
            prop_assert!((1..=300).contains(&report.appliances().len()));
            if let Some((one, other)) = report.halves() {
                let both: Vec<_> = one.appliances().into_iter().chain(other.appliances()).collect();
                prop_assert_eq!(both, report.appliances());
            } else {
                prop_assert_eq!(report.appliances().len(), 1);
            }
        }
    }
}

#[test]
fn a_device_that_fits_in_no_report_is_named() {
    let mut huge = printer();
    let name = SensorName { text: "n".repeat(4_000), locale: Locale::EnUs };
    let sensor = Sensor { names: vec![name], ..huge.sensors[0].clone() };
    huge.sensors =
        (0..80).map(|n| Sensor { instance: instance(&format!("S{n}")), ..sensor.clone() }).collect();
    let sized = add_or_update(vec![huge.clone(), printer()]);
    assert_eq!((sized.too_large, sized.reports.len()), (vec![huge.id], 1));
}
