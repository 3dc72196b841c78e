//! Kinds of devices with the slots they usually have, so that adding one by hand is a matter of names and amounts.
//! Sizes are the usual ones of the trade; every one of them can be changed while adding.

use crate::view::{Template, TemplateSlot};
use crate::words::Words;
use refill_domain::endpoint::{DeviceKind, SensorKind, SupplyKind};
use refill_domain::measure::{Amount, Unit};

/// Message key of the name, what it is, how measured, unit, full, pack (pieces where replaced as a whole).
type Row = (&'static str, SupplyKind, SensorKind, Unit, Option<i64>, i64);

const NONE: SensorKind = SensorKind::None;

fn rows(kind: DeviceKind) -> &'static [Row] {
    match kind {
        DeviceKind::Printer => &[("supply_ink_black", SupplyKind::Ink, NONE, Unit::Percent, None, 1)],
        DeviceKind::CoffeeMachine => &[
            ("supply_coffee_pods", SupplyKind::Pods, NONE, Unit::Count, Some(50), 50),
            ("supply_descaling_tablets", SupplyKind::Tablets, NONE, Unit::Count, Some(6), 6),
        ],
        DeviceKind::WashingMachine => &[
            ("supply_liquid_detergent", SupplyKind::Detergent, NONE, Unit::Milliliter, Some(1500), 1500),
            ("supply_softener", SupplyKind::Detergent, NONE, Unit::Milliliter, Some(1000), 1000),
        ],
        DeviceKind::Dishwasher => &[
            ("supply_dishwasher_tablets", SupplyKind::Tablets, NONE, Unit::Count, Some(40), 40),
            ("supply_rinse_aid", SupplyKind::Detergent, NONE, Unit::Milliliter, Some(500), 500),
            ("supply_salt", SupplyKind::Detergent, NONE, Unit::Gram, Some(1000), 1000),
        ],
        DeviceKind::Vacuum => &[
            ("supply_filter", SupplyKind::Filter, NONE, Unit::Count, Some(1), 1),
            ("supply_main_brush", SupplyKind::Brush, NONE, Unit::Count, Some(1), 1),
            ("supply_side_brush", SupplyKind::Brush, NONE, Unit::Count, Some(1), 1),
        ],
        DeviceKind::AirPurifier => &[("supply_filter", SupplyKind::Filter, NONE, Unit::Count, Some(1), 1)],
        DeviceKind::PetFeeder => &[("supply_food", SupplyKind::Food, NONE, Unit::Gram, Some(3000), 3000)],
        DeviceKind::BatteryDevice => {
            &[("supply_batteries", SupplyKind::Battery, NONE, Unit::Count, Some(1), 1)]
        }
        DeviceKind::Other => &[("supply_other", SupplyKind::Other, NONE, Unit::Count, None, 1)],
    }
}

/// All kinds, in the order they are offered, named in the person's language.
pub fn templates(words: Words) -> Vec<Template> {
    [
        DeviceKind::Printer,
        DeviceKind::CoffeeMachine,
        DeviceKind::WashingMachine,
        DeviceKind::Dishwasher,
        DeviceKind::Vacuum,
        DeviceKind::AirPurifier,
        DeviceKind::PetFeeder,
        DeviceKind::BatteryDevice,
        DeviceKind::Other,
    ]
    .into_iter()
    .map(|kind| Template { kind, slots: rows(kind).iter().map(|row| slot(row, words)).collect() })
    .collect()
}

fn slot(&(name, supply, sensor, unit, capacity, pack): &Row, words: Words) -> TemplateSlot {
    let whole = matches!(
        supply,
        SupplyKind::Ink
            | SupplyKind::Toner
            | SupplyKind::Part
            | SupplyKind::Waste
            | SupplyKind::Filter
            | SupplyKind::Brush
            | SupplyKind::Battery
    );
    TemplateSlot {
        name: words.say(name, &[]),
        supply,
        sensor,
        unit,
        capacity: capacity.map(|capacity| Amount::whole(capacity, unit)),
        pack: Amount::whole(pack, if whole { Unit::Count } else { unit }),
    }
}
