//! Quantities in Alexa's form (protocols 2.5, 2.6, 2.8, 8.3): `@type` capitalised, a unit for volumes and weights only,
//! durations as `PTnHnMnS`. Only units that both of Amazon's lists have are emitted.

use crate::figures;
use crate::measure::{Amount, Measurement, Unit};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The unit Alexa is told for a slot kept in `unit`: itself, but for the two tablespoons, which Amazon's Connect Kit
/// does not know and which go out as millilitres (protocols 2.8).
pub fn wire_unit(unit: Unit) -> Unit {
    match unit {
        Unit::UkTablespoon | Unit::AuTablespoon => Unit::Milliliter,
        Unit::Second | Unit::Minute | Unit::Hour | Unit::Day => Unit::Second,
        other => other,
    }
}

/// The `@type` of a kind of quantity.
pub(crate) fn type_name(kind: Measurement) -> &'static str {
    match kind {
        Measurement::Count => "Count",
        Measurement::Percentage => "Percentage",
        Measurement::Volume => "Volume",
        Measurement::Weight => "Weight",
        Measurement::Duration => "Duration",
    }
}

/// An amount as a level or a usage: `{"@type":"Volume","value":2.5,"unit":"LITER"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity(Amount);

impl Quantity {
    /// The amount in the unit Alexa is told; never below zero, percentages never above 100.
    pub fn of(amount: Amount) -> Self {
        let most = if amount.unit == Unit::Percent { 100_000 } else { i64::MAX };
        let clamped = Amount::new(amount.milli.clamp(0, most), amount.unit);
        let unit = wire_unit(amount.unit);
        Self(clamped.to(unit).unwrap_or(Amount::new(i64::MAX, unit)))
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind = self.0.unit.measurement();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("@type", type_name(kind))?;
        if kind == Measurement::Duration {
            map.serialize_entry("value", &duration(self.0))?;
        } else {
            map.serialize_entry("value", &figures::number(self.0.milli))?;
        }
        if matches!(kind, Measurement::Volume | Measurement::Weight) {
            map.serialize_entry("unit", self.0.unit.wire())?;
        }
        map.end()
    }
}

/// What a sensor measures in, as its configuration says it: the type, and the unit of volumes and weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Measured(pub Unit);

impl Serialize for Measured {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let unit = wire_unit(self.0);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("@type", type_name(unit.measurement()))?;
        if matches!(unit.measurement(), Measurement::Volume | Measurement::Weight) {
            map.serialize_entry("unit", unit.wire())?;
        }
        map.end()
    }
}

/// A duration as Alexa writes it, to the nearest second: `PT1H13M`, and `PT0S` for none or for an amount that is no
/// duration.
pub fn duration(amount: Amount) -> String {
    let whole = seconds(amount).unwrap_or(0);
    let (hours, minutes, rest) = (whole / 3600, whole % 3600 / 60, whole % 60);
    let mut text = String::from("PT");
    for (number, letter) in [(hours, 'H'), (minutes, 'M'), (rest, 'S')] {
        if number > 0 {
            text.push_str(&number.to_string());
            text.push(letter);
        }
    }
    if whole == 0 {
        text.push_str("0S");
    }
    text
}

/// The whole seconds of a duration, to the nearest; none for other kinds and below zero.
pub fn seconds(amount: Amount) -> Option<i64> {
    let milli = amount.to(Unit::Second).ok()?.milli;
    (milli >= 0).then(|| milli / 1000 + i64::from(milli % 1000 >= 500))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn quantities_look_as_in_the_samples() {
        let cases = [
            (Amount::new(2_500, Unit::Liter), json!({"@type":"Volume","value":2.5,"unit":"LITER"})),
            (Amount::whole(5, Unit::Milliliter), json!({"@type":"Volume","value":5,"unit":"MILLILITER"})),
            (Amount::whole(200, Unit::Count), json!({"@type":"Count","value":200})),
            (Amount::whole(50, Unit::Percent), json!({"@type":"Percentage","value":50})),
            (Amount::whole(110, Unit::Percent), json!({"@type":"Percentage","value":100})),
            (Amount::whole(-1, Unit::Count), json!({"@type":"Count","value":0})),
            (Amount::whole(1, Unit::Ounce), json!({"@type":"Weight","value":1,"unit":"OUNCE"})),
            (Amount::whole(2, Unit::AuTablespoon), json!({"@type":"Volume","value":40,"unit":"MILLILITER"})),
            (Amount::whole(73, Unit::Minute), json!({"@type":"Duration","value":"PT1H13M"})),
        ];
        for (amount, wanted) in cases {
            assert_eq!(serde_json::to_value(Quantity::of(amount)).unwrap(), wanted, "{amount}");
        }
        assert_eq!(serde_json::to_value(Measured(Unit::Hour)).unwrap(), json!({"@type":"Duration"}));
        assert_eq!(serde_json::to_value(Measured(Unit::Percent)).unwrap(), json!({"@type":"Percentage"}));
        assert_eq!(
            serde_json::to_value(Measured(Unit::UkTablespoon)).unwrap(),
            json!({"@type":"Volume","unit":"MILLILITER"})
        );
    }

    #[test]
    fn durations_are_whole_seconds() {
        for (amount, text) in [
            (Amount::whole(0, Unit::Hour), "PT0S"),
            (Amount::whole(1, Unit::Day), "PT24H"),
            (Amount::whole(3_661, Unit::Second), "PT1H1M1S"),
            (Amount::new(1_499, Unit::Second), "PT1S"),
            (Amount::new(59_500, Unit::Second), "PT1M"),
            (Amount::whole(-5, Unit::Second), "PT0S"),
            (Amount::whole(5, Unit::Liter), "PT0S"),
        ] {
            assert_eq!(duration(amount), text, "{amount}");
        }
    }

    #[test]
    fn only_units_both_lists_have_are_emitted() {
        let kinds = |kind| Unit::ALL.iter().map(|u| wire_unit(*u)).filter(move |u| u.measurement() == kind);
        let volumes: std::collections::BTreeSet<Unit> = kinds(Measurement::Volume).collect();
        let weights: std::collections::BTreeSet<Unit> = kinds(Measurement::Weight).collect();
        assert_eq!((volumes.len(), weights.len()), (28, 8));
    }

    proptest! {
        #[test]
        fn every_amount_has_a_form(milli: i64, unit in prop::sample::select(Unit::ALL)) {
            let value = serde_json::to_value(Quantity::of(Amount::new(milli, unit))).unwrap();
            prop_assert_eq!(value["@type"].as_str(), Some(type_name(unit.measurement())));
            if unit.measurement() != Measurement::Duration {
                prop_assert!(value["value"].as_f64().unwrap() >= 0.0);
            }
        }
    }
}
