//! The sample household: four devices with four months of history, to look around in. It is made of ordinary entries,
//! so that everything works on it; it is read from no device and goes in one step.

use crate::error::Error;
use crate::household::Household;
use crate::region;
use crate::store::DeviceRow;
use crate::words::Words;
use chrono::{DateTime, TimeDelta, Utc};
use refill_domain::endpoint::{Colour, DeviceKind, Endpoint, SensorKind, Slot, SupplyKind};
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::ledger::{Entry, EntryKind, Level, Source};
use refill_domain::measure::{Amount, Milli, Unit};

/// Days of history.
const DAYS: i64 = 120;

/// A small repeatable sequence: the sample is the same for everyone.
struct Dice(u64);

impl Dice {
    /// 0 to `below` − 1.
    fn roll(&mut self, below: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap_or(0) % below.max(1)
    }
}

struct Maker<'a> {
    household: &'a Household,
    words: Words,
    dice: Dice,
    devices: Vec<(DeviceRow, Vec<Slot>, Vec<Entry>)>,
}

/// What a sample slot is.
struct Kind {
    name: &'static str,
    supply: SupplyKind,
    sensor: SensorKind,
    unit: Unit,
    capacity: Option<Milli>,
    pack: Milli,
    low: Option<Milli>,
    colour: Option<[u8; 3]>,
}

/// Adds the sample household.
///
/// # Errors
/// Why the disk refused; then nothing was added.
pub fn open(household: &mut Household) -> Result<(), Error> {
    if household.devices.iter().any(|device| device.sample) {
        return Ok(());
    }
    let words = Words::of(region::language(&household.settings));
    let mut maker = Maker { household, words, dice: Dice(0x5EED), devices: Vec::new() };
    maker.printer();
    maker.espresso_machine();
    maker.washing_machine();
    maker.robot_vacuum();
    let devices = maker.devices;
    household.keep_all(devices)
}

/// Removes it, with all that was recorded on it.
///
/// # Errors
/// Why the disk refused.
pub fn remove(household: &mut Household) -> Result<(), Error> {
    let gone: Vec<EndpointId> =
        household.devices.iter().filter(|device| device.sample).map(|device| device.endpoint.id).collect();
    household.forget(&gone)
}

impl Maker<'_> {
    fn ago(&self, days: i64, hours: i64) -> DateTime<Utc> {
        self.household.now() - TimeDelta::days(days) - TimeDelta::hours(hours)
    }

    fn device(&mut self, name: &str, kind: DeviceKind, model: &str) {
        let id = EndpointId(self.household.clock.new_id());
        let endpoint = Endpoint {
            id,
            name: self.words.say(name, &[]),
            kind,
            model: Some(model.to_owned()),
            location: None,
        };
        let row = DeviceRow { endpoint, reach: None, sample: true, removed_at: None };
        self.devices.push((row, Vec::new(), Vec::new()));
    }

    fn slot(&mut self, kind: &Kind) -> SlotId {
        let id = SlotId(self.household.clock.new_id());
        let instance = kind.name.trim_start_matches("supply_").replace('_', "-");
        if let (Some((device, slots, _)), Ok(instance)) = (self.devices.last_mut(), instance.parse()) {
            slots.push(Slot {
                id,
                endpoint: device.endpoint.id,
                instance,
                name: self.words.say(kind.name, &[]),
                supply: kind.supply,
                sensor: kind.sensor,
                unit: kind.unit,
                capacity: kind.capacity,
                pack: kind.pack,
                low_own: None,
                low_device: kind.low,
                colours: kind.colour.map(Colour).into_iter().collect(),
                receptacle: false,
                muted: false,
            });
        }
        id
    }

    fn add(&mut self, slot: SlotId, at: DateTime<Utc>, source: Source, kind: EntryKind) {
        let id = EntryId(self.household.clock.new_id());
        let note = None;
        let entry = Entry { id, slot, observed_at: at, recorded_at: at, source, about: None, note, kind };
        if let Some((_, _, entries)) = self.devices.last_mut() {
            entries.push(entry);
        }
    }

    fn bought(&mut self, slot: SlotId, at: DateTime<Utc>, packs: u32) {
        let kind = EntryKind::Purchased { packs, content: None, asin: None, price: None, shop: None };
        self.add(slot, at, Source::Person, kind);
    }

    /// Two readings a day that fall from full to `now` percent; replaced `ago` days before.
    fn ink(&mut self, kind: &Kind, ago: i64, now: i64, spares: u32) {
        let slot = self.slot(kind);
        if spares > 0 {
            self.bought(slot, self.ago(40, 3), spares);
        }
        let replaced = self.ago(ago, -5);
        let mut level = 100 - (DAYS - ago) * (100 - now) / ago.max(1);
        let mut last = (0, level.max(20));
        for half in (0..DAYS * 2).rev() {
            let day = half / 2;
            let at = self.ago(day, 12 * (half % 2));
            if day >= ago {
                level = last.1 - self.dice.roll(4) / 3;
                level = level.max(4);
            } else {
                let fallen = (100 - now) * (ago * 2 - half) / (ago * 2);
                level = (100 - fallen - self.dice.roll(2)).max(now);
            }
            if last.0 >= ago && day < ago {
                let kind = EntryKind::Replaced { capacity: None, from_shelf: false };
                self.add(slot, replaced, Source::Person, kind);
            }
            last = (day, level);
            let amount = Amount::whole(level, Unit::Percent);
            self.add(slot, at, Source::Device, EntryKind::LevelRead { level: Level::Amount { amount } });
        }
    }

    fn printer(&mut self) {
        self.device("sample_printer", DeviceKind::Printer, "Larkfield InkWell 640");
        let ink = |name, colour| Kind {
            name,
            supply: SupplyKind::Ink,
            sensor: SensorKind::Level,
            unit: Unit::Percent,
            capacity: None,
            pack: 1000,
            low: Some(10_000),
            colour: Some(colour),
        };
        self.ink(&ink("supply_ink_black", [0, 0, 0]), 62, 31, 1);
        self.ink(&ink("supply_ink_cyan", [0, 0xFF, 0xFF]), 75, 2, 1);
        self.ink(&ink("supply_ink_magenta", [0xFF, 0, 0xFF]), 66, 46, 0);
        self.ink(&ink("supply_ink_yellow", [0xFF, 0xFF, 0]), 43, 72, 0);
    }

    /// Uses that come as they do in a home: none on some days, two or three on others. What was bought is chosen so that
    /// `left` remains.
    fn used(&mut self, kind: &Kind, each: Milli, chance: i64, left: Milli, until: i64) {
        let slot = self.slot(kind);
        let mut uses = Vec::new();
        for day in (until..DAYS).rev() {
            for turn in 0..3 {
                if self.dice.roll(100) < chance {
                    let amount = each - each / 20 + each / 100 * self.dice.roll(10);
                    uses.push((self.ago(day, 2 + turn * 4), amount));
                }
            }
        }
        let pieces = kind.unit == Unit::Count;
        let mut stock = 0;
        let mut entries = Vec::new();
        let total: Milli = uses.iter().map(|(_, amount)| if pieces { each } else { *amount }).sum();
        let first = (total + left) % kind.pack;
        self.add(
            slot,
            self.ago(DAYS, 6),
            Source::Person,
            EntryKind::Counted { level: Some(Amount::new(first, kind.unit)), shelf: None },
        );
        stock += first;
        for (at, amount) in uses {
            let amount = if pieces { each } else { amount };
            if stock < amount.max(kind.pack / 4) && stock + kind.pack <= kind.pack * 2 && total > 0 {
                entries.push((at - TimeDelta::hours(1), None));
                stock += kind.pack;
            }
            entries.push((at, Some(amount)));
            stock -= amount;
        }
        // The rest of what makes the figures of today come out was bought and counted lately.
        for (at, used) in entries {
            match used {
                None => self.bought(slot, at, 1),
                Some(milli) => {
                    let amount = Amount::new(milli, kind.unit);
                    self.add(slot, at, Source::Device, EntryKind::Consumed { amount });
                }
            }
        }
        if stock != left {
            let level = Some(Amount::new(left, kind.unit));
            let shelf = Some(Amount::new(0, kind.unit));
            self.add(slot, self.ago(until, 1), Source::Person, EntryKind::Counted { level, shelf });
        }
    }

    fn espresso_machine(&mut self) {
        self.device("sample_espresso_machine", DeviceKind::CoffeeMachine, "Larkfield Crema 2");
        let pods = Kind {
            name: "supply_coffee_pods",
            supply: SupplyKind::Pods,
            sensor: SensorKind::Usage,
            unit: Unit::Count,
            capacity: Some(50_000),
            pack: 50_000,
            low: None,
            colour: None,
        };
        self.used(&pods, 1000, 80, 22_000, 0);
        let tablets = Kind { name: "supply_descaling_tablets", supply: SupplyKind::Tablets, ..pods };
        let tablets = Kind { capacity: Some(6000), pack: 6000, ..tablets };
        let slot = self.slot(&tablets);
        let six = Some(Amount::whole(6, Unit::Count));
        self.add(slot, self.ago(70, 0), Source::Person, EntryKind::Counted { level: six, shelf: None });
        for day in [48, 9] {
            let amount = Amount::whole(1, Unit::Count);
            self.add(slot, self.ago(day, 4), Source::Device, EntryKind::Consumed { amount });
        }
    }

    fn washing_machine(&mut self) {
        self.device("sample_washing_machine", DeviceKind::WashingMachine, "Larkfield Tide 8");
        let detergent = Kind {
            name: "supply_liquid_detergent",
            supply: SupplyKind::Detergent,
            sensor: SensorKind::Usage,
            unit: Unit::Milliliter,
            capacity: Some(1_500_000),
            pack: 1_500_000,
            low: None,
            colour: None,
        };
        self.used(&detergent, 70_000, 27, 680_000, 0);
    }

    fn robot_vacuum(&mut self) {
        self.device("sample_robot_vacuum", DeviceKind::Vacuum, "Larkfield Sweep S1");
        let life = |name, supply, hours: Milli| Kind {
            name,
            supply,
            sensor: SensorKind::LevelUsage,
            unit: Unit::Hour,
            capacity: Some(hours * 1000),
            pack: 1000,
            low: None,
            colour: None,
        };
        let filter = self.slot(&life("supply_filter", SupplyKind::Filter, 150));
        let brush = self.slot(&life("supply_main_brush", SupplyKind::Brush, 300));
        for (slot, hours) in [(filter, 150), (brush, 300)] {
            let level = Some(Amount::whole(hours, Unit::Hour));
            self.add(slot, self.ago(DAYS, 6), Source::Person, EntryKind::Counted { level, shelf: None });
        }
        // Silent for three days, as a robot under the sofa is.
        for day in (3..DAYS).rev() {
            let hours = 1000 + self.dice.roll(400);
            for (slot, part) in [(filter, hours), (brush, hours * 3 / 5)] {
                let amount = Amount::new(part, Unit::Hour);
                self.add(slot, self.ago(day, 3), Source::Device, EntryKind::Consumed { amount });
            }
        }
    }
}
