//! `refillctl add`: a device by hand, with the usual supplies of its kind or those described by `--slot`; or a printer by
//! its address, with the supplies it states. JSON: the engine's `DeviceView`.

use crate::failure::Failure;
use crate::session::{Missing, Session};
use crate::typed;
use clap::Args;
use refill_domain::endpoint::{DeviceKind, SensorKind, SupplyKind, pooled};
use refill_domain::ids::EndpointId;
use refill_domain::locale::Locale;
use refill_domain::measure::{Measurement, Unit};
use refill_engine::engine::unanswered;
use refill_engine::form::{AddDeviceForm, SlotForm, Typed};
use refill_engine::sources::probe::{Limits, Probed, probe};
use refill_engine::templates::templates;
use refill_engine::view::TemplateSlot;

const HELP: &str = "\
A --slot is a list of key=value, parted by commas:
  name      what you call it (needed)
  supply    ink, toner, part, waste, pods, tablets, detergent, filter, brush, battery, food, other
  sensor    none (you count it), level, usage, level-usage
  unit      count, percent, ml, l, g, kg, h, … : what its amounts are counted in
  capacity  what a full one holds
  pack      what one pack adds
  low       your low mark
  level     what is in it now
  shelf     what lies on the shelf now

Examples:
  refillctl add --printer 192.168.1.24 --name \"Study printer\"
  refillctl add --kind washing-machine --name \"Washing machine\"
  refillctl add --kind coffee-machine --name \"Espresso machine\" \\
    --slot \"name=Coffee pods,supply=pods,unit=count,capacity=50,pack=50,level=14\" \\
    --slot \"name=Milk powder,supply=food,unit=g,pack=500,level=320 g\"";

/// What to add.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct AddArgs {
    /// Ask the printer at this address and add what it says
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["kind", "slots"])]
    printer: Option<String>,
    /// What it is, to add it by hand
    #[arg(long, required_unless_present = "printer", value_parser = typed::words::<DeviceKind>(KINDS))]
    kind: Option<DeviceKind>,
    /// What you call it; a printer has a name of its own
    #[arg(long, required_unless_present = "printer")]
    name: Option<String>,
    /// One of its supplies; without any, the usual ones of its kind
    #[arg(long = "slot", value_name = "SPEC", value_parser = spec)]
    slots: Vec<Spec>,
    /// Make and model
    #[arg(long)]
    model: Option<String>,
    /// Where it stands
    #[arg(long)]
    location: Option<String>,
    /// Its own id (a UUID); adding it again changes nothing
    #[arg(long, value_name = "UUID", value_parser = typed::id::<EndpointId>)]
    id: Option<EndpointId>,
}

const KINDS: &[&str] = &[
    "printer",
    "coffee-machine",
    "washing-machine",
    "dishwasher",
    "vacuum",
    "air-purifier",
    "pet-feeder",
    "battery-device",
    "other",
];

const KEYS: [&str; 9] = ["name", "supply", "sensor", "unit", "capacity", "pack", "low", "level", "shelf"];

/// A `--slot` as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Spec {
    name: String,
    supply: SupplyKind,
    sensor: SensorKind,
    unit: Unit,
    amounts: Vec<(&'static str, String)>,
}

/// Reads a `--slot`. A comma before something that is no `key=` belongs to the value, as in `capacity=1,5 l`.
fn spec(text: &str) -> Result<Spec, String> {
    let mut pairs: Vec<(&'static str, String)> = Vec::new();
    for piece in text.split(',') {
        match (piece.split_once('='), pairs.last_mut()) {
            (Some((key, value)), _) => {
                let key = key.trim().to_lowercase();
                let known = KEYS.iter().find(|known| **known == key);
                let known =
                    known.ok_or_else(|| format!("“{key}” is no part of a slot; use {}", KEYS.join(", ")))?;
                if pairs.iter().any(|(other, _)| other == known) {
                    return Err(format!("“{known}” is given twice"));
                }
                pairs.push((known, value.to_owned()));
            }
            (None, Some((_, value))) => {
                value.push(',');
                value.push_str(piece);
            }
            (None, None) => return Err("write it as name=…,supply=…,unit=…".to_owned()),
        }
    }
    let mut take = |key: &str| {
        let at = pairs.iter().position(|(other, _)| *other == key)?;
        Some(pairs.remove(at).1.trim().to_owned()).filter(|value| !value.is_empty())
    };
    let name = take("name").ok_or("give it a name: name=…")?;
    let supply = take("supply").map_or(Ok(SupplyKind::Other), |text| {
        typed::word(&text).ok_or_else(|| format!("“{text}” is no supply; --help lists them"))
    })?;
    let sensor = take("sensor").map_or(Ok(SensorKind::None), |text| {
        typed::word(&text)
            .ok_or_else(|| format!("“{text}” is no sensor; use none, level, usage or level-usage"))
    })?;
    let unit = take("unit").map_or(Ok(Unit::Count), |text| typed::unit(&text))?;
    Ok(Spec { name, supply, sensor, unit, amounts: pairs })
}

impl Spec {
    fn form(&self, index: usize, locale: Locale) -> Result<SlotForm, Failure> {
        let shelf = if pooled(self.supply, self.sensor, self.unit) { self.unit } else { Unit::Count };
        let read = |key: &str, unit: Unit| -> Result<Option<Typed>, Failure> {
            let Some((_, text)) = self.amounts.iter().find(|(other, _)| *other == key) else {
                return Ok(None);
            };
            let field = format!("slots.{index}.{key}");
            typed::amount(&field, text, unit.measurement(), Some(unit), locale).map(Some)
        };
        Ok(SlotForm {
            instance: None,
            name: self.name.clone(),
            supply: self.supply,
            sensor: self.sensor,
            unit: self.unit,
            capacity: read("capacity", self.unit)?,
            pack: read("pack", shelf)?,
            low: read("low", self.unit)?,
            level: read("level", self.unit)?,
            shelf: read("shelf", shelf)?,
        })
    }
}

/// A usual slot of a kind, nothing counted yet. A share of something has no pack but pieces.
fn usual(slot: TemplateSlot, locale: Locale) -> SlotForm {
    let percent = slot.unit.measurement() == Measurement::Percentage;
    SlotForm {
        instance: None,
        name: slot.name,
        supply: slot.supply,
        sensor: slot.sensor,
        unit: slot.unit,
        capacity: slot.capacity.filter(|_| !percent).map(|amount| typed::form(amount, locale)),
        pack: Some(typed::form(slot.pack, locale)),
        low: None,
        level: None,
        shelf: None,
    }
}

/// Adds it.
pub fn run(args: AddArgs, session: &mut Session) -> Result<(), Failure> {
    let probed = match args.printer.as_deref() {
        Some(address) => {
            let answer = session.wait(probe(address, Limits::default()))?;
            Some(answer.map_err(|cause| Failure::from(unanswered(&cause)).at("printer"))?)
        }
        None => None,
    };
    let (view, say) = session.change(Missing::Make, |household| {
        let id = args.id.unwrap_or_else(|| EndpointId(session.new_id()));
        let found = probed.as_ref().map(|probed: &Probed| household.found_printer(probed));
        if let Some(known) = found.as_ref().and_then(|found| found.known).filter(|known| *known != id) {
            let name = &household.device(known)?.endpoint.name;
            let message = format!("This printer is in the household already, as {name}.");
            return Err(Failure::new("already_added", message).at("printer"));
        }
        let (kind, locale) = (args.kind.unwrap_or(DeviceKind::Printer), household.locale());
        let slots = if probed.is_some() {
            Vec::new()
        } else if args.slots.is_empty() {
            let words = session.say(household).words();
            let template = templates(words).into_iter().find(|template| template.kind == kind);
            template.into_iter().flat_map(|template| template.slots).map(|slot| usual(slot, locale)).collect()
        } else {
            let forms = args.slots.iter().enumerate().map(|(index, spec)| spec.form(index, locale));
            forms.collect::<Result<Vec<_>, _>>()?
        };
        let form = AddDeviceForm {
            id,
            name: args.name.or(found.map(|found| found.name)).unwrap_or_default(),
            kind,
            model: args.model,
            location: args.location,
            address: args.printer.clone(),
            slots,
        };
        household.add_device(&form, probed.as_ref())?;
        Ok((household.device_page(id)?, session.say(household)))
    })?;
    session.out.show(&view, || {
        let mut lines = vec![say.say("done_added", &[("name", &view.name)]), String::new()];
        lines.extend(super::devices::page(&view, &say));
        Ok(lines)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_read_with_commas_in_its_values() {
        let read = spec("name=Soap, blue,supply=detergent,unit=l,capacity=1,5 l,pack=750 ml").unwrap();
        assert_eq!(
            (read.name.as_str(), read.unit, read.sensor),
            ("Soap, blue", Unit::Liter, SensorKind::None)
        );
        let form = read.form(0, Locale::DeDe).unwrap();
        assert_eq!(form.capacity.unwrap().text, "1,5");
        assert_eq!(form.pack.unwrap(), Typed { text: "750".into(), unit: Unit::Milliliter });
        let cartridge = spec("name=Ink,supply=ink,sensor=level,unit=percent,pack=2,level=40").unwrap();
        let form = cartridge.form(1, Locale::EnGb).unwrap();
        assert_eq!(form.pack.unwrap().unit, Unit::Count);
        assert_eq!(form.level.unwrap().unit, Unit::Percent);
        let wrong = spec("name=Ink,unit=ml,level=2 kg").unwrap().form(2, Locale::EnGb).unwrap_err();
        assert_eq!(wrong.field.as_deref(), Some("slots.2.level"));
    }

    #[test]
    fn a_slot_that_cannot_be_read_says_why() {
        for (text, says) in [
            ("", "name=…"),
            ("unit=ml", "give it a name"),
            ("name=", "give it a name"),
            ("name=A,colour=red", "no part of a slot"),
            ("name=A,name=B", "given twice"),
            ("name=A,supply=wine", "no supply"),
            ("name=A,sensor=nose", "no sensor"),
            ("name=A,unit=oz", "several units"),
        ] {
            let told = spec(text).unwrap_err();
            assert!(told.contains(says), "{text}: {told}");
        }
    }
}
