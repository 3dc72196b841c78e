//! Transcripts made by hand: a healthy one of each sensor, and what becomes of each case when one moment is missing, late
//! or another.

use super::*;
use crate::endpoint::SensorKind;
use crate::market::Marketplace;
use crate::measure::{Amount, Unit};
use crate::registration::{Answers, Dossier, DossierSlot, preview};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

fn dossier(sensor: SensorKind, unit: Unit) -> Dossier {
    Dossier {
        name: "InkWell".into(),
        model: "InkWell-640".into(),
        manufacturer: "Larkfield".into(),
        slots: vec![DossierSlot {
            identifier: "SLOT 01".into(),
            instance: "black".into(),
            answers: Answers::leading_to(sensor),
            unit: Some(unit),
            asins: [(Marketplace::Uk, vec!["B00ABCDEF1".to_owned()])].into(),
            replenishment: "amzn1.id.black".into(),
            ..DossierSlot::default()
        }],
        ..Dossier::default()
    }
}

/// A transcript that is told hour by hour.
struct Told {
    transcript: Transcript,
    at: DateTime<Utc>,
    sensor: SensorKind,
    unit: Unit,
    left: i64,
}

fn black() -> String {
    "black".to_owned()
}

impl Told {
    fn note(&mut self, what: Happening) {
        self.transcript.moments.push(Moment { at: self.at, what });
    }

    fn wait(&mut self, hours: i64) {
        self.at += TimeDelta::hours(hours);
    }

    fn whole(&self, number: i64) -> Amount {
        Amount::whole(number, self.unit)
    }

    /// A report of what is left, or of so much use.
    fn report(&mut self, number: i64) {
        let at = self.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let endpoint = json!({"endpointId": self.transcript.endpoint});
        let (namespace, value) = match self.sensor {
            SensorKind::Usage => ("Alexa.InventoryUsageSensor", json!({"@type": "Count", "value": number})),
            _ => (
                "Alexa.InventoryLevelUsageSensor",
                json!({"@type": "Duration", "value": format!("PT{number}H")}),
            ),
        };
        let message = if self.sensor == SensorKind::Level {
            json!({"event": {"header": {"namespace": "Alexa", "name": "ChangeReport"}, "endpoint": endpoint,
                "payload": {"change": {"properties": [{"namespace": "Alexa.InventoryLevelSensor", "name": "level",
                    "instance": "black", "timeOfSample": at, "value": {"@type": "Percentage", "value": number}}]}}}})
        } else {
            json!({"event": {"header": {"namespace": namespace, "name": "InventoryConsumed", "instance": "black"},
                "endpoint": endpoint, "payload": {"usage": value, "timeOfSample": at}}})
        };
        self.note(Happening::Told { message, refused: None });
    }

    fn replaced(&mut self) {
        let at = self.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let message = json!({"event": {"header": {"namespace": "Alexa.InventoryLevelUsageSensor",
            "name": "InventoryReplaced", "instance": "black"},
            "endpoint": {"endpointId": self.transcript.endpoint}, "payload": {"replacedDate": at}}});
        self.note(Happening::Told { message, refused: None });
    }

    /// It is used until so much is left, and told, and the app shows it.
    fn down(&mut self, left: i64) {
        let used = self.left - left;
        self.left = left;
        let (deed, number) = match self.sensor {
            SensorKind::Level => (Deed::Measured, left),
            _ => (Deed::Used { amount: self.whole(used) }, used),
        };
        self.note(Happening::Did { instance: black(), deed, left: self.whole(left) });
        self.report(number);
        self.note(Happening::Shown { instance: black(), left: self.whole(left) });
        self.wait(if self.sensor == SensorKind::LevelUsage { 24 } else { 6 });
    }

    fn choose(&mut self, choice: Choice) {
        let (low, left) = (self.whole(20), self.whole(self.left));
        self.note(Happening::Chosen { instance: black(), choice, low, left });
    }

    fn describe(&mut self, dossier: &Dossier) {
        let mut message: Value =
            serde_json::from_str(&preview(dossier, crate::locale::Locale::EnGb).json).unwrap();
        if self.transcript.endpoint.is_empty() {
            let id = message["event"]["payload"]["endpoints"][0]["endpointId"].as_str().unwrap();
            id.clone_into(&mut self.transcript.endpoint);
        }
        message = without_tokens(message);
        self.note(Happening::Described { message, refused: None });
    }
}

fn healthy(sensor: SensorKind, unit: Unit) -> (Dossier, Transcript) {
    let dossier = dossier(sensor, unit);
    let transcript = Transcript {
        marketplace: Some(Marketplace::Uk),
        endpoint: String::new(),
        partial: false,
        moments: Vec::new(),
    };
    let at = "2026-11-21T09:00:00Z".parse().unwrap();
    let mut told = Told { transcript, at, sensor, unit, left: 100 };
    told.describe(&dossier);
    told.choose(Choice::Reorder);
    let products = vec!["B00ABCDEF1".to_owned()];
    told.note(Happening::Offered { instance: black(), products });
    told.down(90);
    told.down(70);
    if sensor == SensorKind::Level {
        // A quiet day: the same again.
        told.wait(16);
        told.report(70);
        told.wait(2);
    }
    for (nth, left) in [20, 15, 10].into_iter().enumerate() {
        told.down(left);
        if nth == 0 {
            told.note(Happening::Mailed { instance: black() });
        }
    }
    told.note(Happening::Ordered { instance: black(), replenishment: "amzn1.id.black".into() });
    told.left = if sensor == SensorKind::Usage { 110 } else { 100 };
    told.note(Happening::Did { instance: black(), deed: Deed::Replaced, left: told.whole(told.left) });
    match sensor {
        SensorKind::Level => told.report(100),
        SensorKind::LevelUsage => told.replaced(),
        _ => {}
    }
    told.wait(1);
    told.down(80);
    told.choose(Choice::Notify);
    for left in [20, 15, 10] {
        told.down(left);
    }
    told.note(Happening::Notified { instance: black() });
    told.describe(&dossier);
    (dossier, told.transcript)
}

fn ended(dossier: &Dossier, transcript: &Transcript, word: &str) -> Vec<&'static str> {
    let judged = judge(dossier, transcript);
    assert_eq!(judged.len(), Case::ALL.len());
    judged.iter().filter(|one| one.verdict.word() == word).map(|one| one.case.code()).collect()
}

const ALL: [(SensorKind, Unit); 3] = [
    (SensorKind::Level, Unit::Percent),
    (SensorKind::Usage, Unit::Count),
    (SensorKind::LevelUsage, Unit::Hour),
];

#[test]
fn a_healthy_device_of_every_sensor_passes_all_but_what_a_person_has_to_see() {
    for (sensor, unit) in ALL {
        let (dossier, transcript) = healthy(sensor, unit);
        let judged = judge(&dossier, &transcript);
        assert_eq!(ended(&dossier, &transcript, "failed"), Vec::<&str>::new(), "{sensor:?} {judged:#?}");
        assert_eq!(ended(&dossier, &transcript, "needs_person"), ["P1"], "{sensor:?}");
        assert_eq!(ended(&dossier, &transcript, "not_run"), Vec::<&str>::new(), "{sensor:?}");
        let again: Transcript = serde_json::from_str(&serde_json::to_string(&transcript).unwrap()).unwrap();
        assert_eq!(judge(&dossier, &again), judged, "a transcript says all that a verdict needs");
    }
}

#[test]
fn nothing_passes_for_want_of_evidence() {
    let (dossier, transcript) = healthy(SensorKind::Level, Unit::Percent);
    let empty = Transcript { moments: Vec::new(), ..transcript.clone() };
    assert_eq!(ended(&dossier, &empty, "passed"), Vec::<&str>::new());
    let none = Dossier { slots: Vec::new(), ..dossier.clone() };
    assert_eq!(ended(&none, &transcript, "passed"), Vec::<&str>::new());
    // However early it ends, no case passes that needs what has not happened yet.
    let full = ended(&dossier, &transcript, "passed").len();
    for end in 0..transcript.moments.len() {
        let part = Transcript { moments: transcript.moments[..end].to_vec(), ..transcript.clone() };
        assert!(ended(&dossier, &part, "passed").len() < full, "{end}");
    }
}

#[test]
fn a_row_of_low_updates_that_breaks_off_names_the_figure_that_broke_it() {
    let dossier = dossier(SensorKind::Level, Unit::Percent);
    let (_, mut transcript) = healthy(SensorKind::Level, Unit::Percent);
    // The third low update of the row that orders says otherwise, and the device with it.
    let above = Amount::new(24_000, Unit::Percent);
    let figure = |moment: &Moment| match &moment.what {
        Happening::Did { left, .. } | Happening::Shown { left, .. } => {
            *left == Amount::new(10_000, Unit::Percent)
        }
        Happening::Told { message, .. } => {
            figures(message).iter().any(|(_, of)| *of == Some(Amount::new(10_000, Unit::Percent)))
        }
        _ => false,
    };
    let until =
        transcript.moments.iter().position(|of| matches!(of.what, Happening::Ordered { .. })).unwrap();
    transcript.moments.remove(until);
    for moment in transcript.moments[..until].iter_mut().filter(|of| figure(of)) {
        match &mut moment.what {
            Happening::Did { left, .. } | Happening::Shown { left, .. } => *left = above,
            Happening::Told { message, .. } => {
                let text = message.to_string().replace("\"value\":10", "\"value\":24");
                *message = serde_json::from_str(&text).unwrap();
            }
            _ => {}
        }
    }
    let judged = judge(&dossier, &transcript);
    let order = judged.iter().find(|one| one.case == Case::Order).unwrap();
    let Verdict::Failed { reasons } = &order.verdict else { panic!("{order:#?}") };
    assert_eq!((reasons[0].rule, reasons[0].found.as_str()), (Rule::FewLow, "2"));
    let low = Amount::new(20_000, Unit::Percent);
    assert_eq!(reasons[0].above, Some(Above { left: above, low }));
    let broke = reasons[0].moment.unwrap();
    assert!(
        matches!(transcript.moments[broke].what, Happening::Told { .. }) && order.evidence.contains(&broke)
    );
}

type Change = fn(&mut Vec<Moment>);

fn without(moments: &mut Vec<Moment>, gone: impl Fn(&Happening) -> bool) {
    moments.retain(|moment| !gone(&moment.what));
}

#[test]
fn each_mistake_fails_in_its_case_with_its_rule() {
    let table: &[(&str, Change, Rule)] = &[
        ("3", |all| without(all, |what| matches!(what, Happening::Mailed { .. })), Rule::NoMail),
        ("4", |all| without(all, |what| matches!(what, Happening::Ordered { .. })), Rule::NoOrder),
        ("7", |all| without(all, |what| matches!(what, Happening::Notified { .. })), Rule::NoNotice),
        (
            "4",
            |all| {
                for moment in all {
                    if let Happening::Ordered { replenishment, .. } = &mut moment.what {
                        *replenishment = "amzn1.id.cyan".to_owned();
                    }
                }
            },
            Rule::OtherId,
        ),
        (
            "7",
            |all| {
                let order = Happening::Ordered { instance: black(), replenishment: "amzn1.id.black".into() };
                let at = all[all.len() - 2].at;
                all.insert(all.len() - 1, Moment { at, what: order });
            },
            Rule::OrderedAnyway,
        ),
        (
            "6",
            |all| {
                for moment in all {
                    if let Happening::Offered { products, .. } = &mut moment.what {
                        products.push("B00OTHER01".to_owned());
                    }
                }
            },
            Rule::OtherProducts,
        ),
        (
            "8",
            |all| {
                let (at, how) = (all[5].at, "skill disabled".to_owned());
                all.insert(5, Moment { at, what: Happening::Removed { how } });
            },
            Rule::Deregistered,
        ),
        (
            "P4",
            |all| {
                for moment in all {
                    if let Happening::Told { refused, .. } = &mut moment.what {
                        *refused = Some("429".to_owned());
                        return;
                    }
                }
            },
            Rule::Refused,
        ),
        (
            "2",
            |all| {
                for moment in all {
                    if let Happening::Shown { left, .. } = &mut moment.what {
                        left.milli += 1;
                        return;
                    }
                }
            },
            Rule::OtherFigure,
        ),
        (
            "1",
            |all| {
                if let Happening::Described { message, .. } = &mut all[0].what {
                    message["event"]["payload"]["endpoints"] = json!([]);
                }
            },
            Rule::DeviceMissing,
        ),
    ];
    for (sensor, unit) in ALL {
        for (code, change, rule) in table {
            let (dossier, mut transcript) = healthy(sensor, unit);
            change(&mut transcript.moments);
            let judged = judge(&dossier, &transcript);
            let failed: Vec<_> = judged
                .iter()
                .filter_map(|one| match &one.verdict {
                    Verdict::Failed { reasons } => Some((one.case.code(), reasons[0].rule)),
                    _ => None,
                })
                .collect();
            assert_eq!(failed, [(*code, *rule)], "{sensor:?} {rule:?}");
        }
    }
}

#[test]
fn a_person_passes_what_only_they_can_see_and_never_what_failed() {
    let (dossier, mut transcript) = healthy(SensorKind::Level, Unit::Percent);
    let at = transcript.moments.last().unwrap().at;
    let say = |case, holds| Moment { at, what: Happening::Answered { case, holds } };
    transcript.moments.push(say(Case::Prerequisites, true));
    assert_eq!(ended(&dossier, &transcript, "needs_person"), Vec::<&str>::new());
    transcript.moments.push(say(Case::Supply, false));
    assert_eq!(ended(&dossier, &transcript, "failed"), ["2"]);
    let (_, mut broken) = healthy(SensorKind::Level, Unit::Percent);
    without(&mut broken.moments, |what| matches!(what, Happening::Mailed { .. }));
    broken.moments.push(say(Case::LowMail, true));
    assert_eq!(ended(&dossier, &broken, "failed"), ["3"]);
}
