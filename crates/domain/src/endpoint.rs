//! Devices and their slots: what is watched, how it is measured, and what a full one holds. A slot's settings never
//! change what the ledger says happened; they only say how it is read.

use crate::ids::{EndpointId, Instance, SlotId};
use crate::measure::{Amount, Measurement, Milli, Unit};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What a device is, for its icon, its words and the slots it usually has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum DeviceKind {
    /// Ink or toner.
    Printer,
    /// Pods, tablets.
    CoffeeMachine,
    /// Detergent, softener.
    WashingMachine,
    /// Tablets, rinse aid, salt.
    Dishwasher,
    /// Filter, brushes.
    Vacuum,
    /// Filters.
    AirPurifier,
    /// Food.
    PetFeeder,
    /// Anything that runs on batteries.
    BatteryDevice,
    /// Anything else.
    Other,
}

/// What a supply is, for its noun ("cartridge", "bottle", "filter") and the verb of its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum SupplyKind {
    /// Ink cartridge or tank.
    Ink,
    /// Toner cartridge.
    Toner,
    /// Drum, fuser, belt, maintenance kit: parts with a life.
    Part,
    /// A container that fills up.
    Waste,
    /// Coffee pods.
    Pods,
    /// Tablets.
    Tablets,
    /// Detergent, softener, rinse aid: liquids and powders.
    Detergent,
    /// Filters.
    Filter,
    /// Brushes.
    Brush,
    /// Batteries.
    Battery,
    /// Food.
    Food,
    /// Anything else.
    Other,
}

/// How a slot is measured (Alexa's inventory sensors; `None` is ours).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum SensorKind {
    /// The device knows what is left (`Alexa.InventoryLevelSensor`).
    Level,
    /// The device knows what it used (`Alexa.InventoryUsageSensor`).
    Usage,
    /// The device knows how long the part in it has run (`Alexa.InventoryLevelUsageSensor`, durations).
    LevelUsage,
    /// Nothing measures it: people count, and replacements tell the pace.
    None,
}

impl SensorKind {
    /// Whether such a sensor reports in this unit: levels in count, percentage, volume or weight; usage in count, volume
    /// or weight; level-usage in durations (protocols 2.5, 2.6).
    pub fn measures(self, unit: Unit) -> bool {
        use Measurement::{Count, Duration, Percentage, Volume, Weight};
        match self {
            Self::Level => matches!(unit.measurement(), Count | Percentage | Volume | Weight),
            Self::Usage => matches!(unit.measurement(), Count | Volume | Weight),
            Self::LevelUsage => unit.measurement() == Duration,
            Self::None => false,
        }
    }
}

/// A supply's own colour, as `#RRGGBB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
pub struct Colour(pub [u8; 3]);

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02X}{g:02X}{b:02X}")
    }
}

impl FromStr for Colour {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let hex = text.strip_prefix('#').filter(|h| h.len() == 6 && h.is_ascii()).ok_or(())?;
        let byte = |at: usize| hex.get(at..at + 2).and_then(|h| u8::from_str_radix(h, 16).ok()).ok_or(());
        Ok(Self([byte(0)?, byte(2)?, byte(4)?]))
    }
}

impl Serialize for Colour {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Colour {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|()| serde::de::Error::custom("a colour is #RRGGBB"))
    }
}

/// One device of the household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Its id here.
    pub id: EndpointId,
    /// The name people gave it.
    pub name: String,
    /// What it is.
    pub kind: DeviceKind,
    /// Make and model as the device or the person states it.
    pub model: Option<String>,
    /// Where it stands, in words.
    pub location: Option<String>,
}

/// Whether a slot of this supply, sensor and unit keeps shelf and device as one stock; see [`Slot::pooled`].
pub fn pooled(supply: SupplyKind, sensor: SensorKind, unit: Unit) -> bool {
    let poured = matches!(
        supply,
        SupplyKind::Pods | SupplyKind::Tablets | SupplyKind::Detergent | SupplyKind::Food | SupplyKind::Other
    );
    poured
        && matches!(sensor, SensorKind::Usage | SensorKind::None)
        && !matches!(unit.measurement(), Measurement::Percentage | Measurement::Duration)
}

/// One consumable's place in one device, with everything needed to read its ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Its id here.
    pub id: SlotId,
    /// The device it sits in.
    pub endpoint: EndpointId,
    /// Its capability instance.
    pub instance: Instance,
    /// The name people read.
    pub name: String,
    /// What the supply is.
    pub supply: SupplyKind,
    /// How it is measured.
    pub sensor: SensorKind,
    /// The unit its figures are kept and folded in.
    pub unit: Unit,
    /// What a full one holds, in thousandths of `unit`. Percentages are always out of 100.
    pub capacity: Option<Milli>,
    /// What one pack adds: thousandths of `unit` for stock that is poured or counted out, of pieces otherwise.
    pub pack: Milli,
    /// The person's low mark, in thousandths of `unit`.
    pub low_own: Option<Milli>,
    /// The device's own low mark.
    pub low_device: Option<Milli>,
    /// The supply's colours; several for a tri-colour cartridge, none where colour is not its name.
    pub colours: Vec<Colour>,
    /// A waste container: its level is the room left, and it ends full.
    pub receptacle: bool,
    /// Out of sight of "Needs you" until replaced.
    pub muted: bool,
}

impl Slot {
    /// The kind of quantity of this slot.
    pub fn measurement(&self) -> Measurement {
        self.unit.measurement()
    }

    /// Whether shelf and device are one stock in one unit (detergent, pods): buying adds to what is left. A cartridge
    /// or filter is replaced as a whole instead, and its shelf is counted in pieces.
    pub fn pooled(&self) -> bool {
        pooled(self.supply, self.sensor, self.unit)
    }

    /// The unit the shelf is counted in.
    pub fn shelf_unit(&self) -> Unit {
        if self.pooled() { self.unit } else { Unit::Count }
    }

    /// What a full one holds, where that is known.
    pub fn full(&self) -> Option<Milli> {
        match self.measurement() {
            Measurement::Percentage => Some(100_000),
            Measurement::Count | Measurement::Volume | Measurement::Weight | Measurement::Duration => {
                self.capacity
            }
        }
    }

    /// The low mark in force: the person's, else the device's, else a tenth of a full one for levels and lives
    /// (`ui.md` section 8); stock that is counted out is judged by days in hand instead.
    pub fn low_mark(&self) -> Option<Milli> {
        self.low_own.or(self.low_device).or_else(|| {
            let by_level = matches!(self.sensor, SensorKind::Level | SensorKind::LevelUsage);
            self.full().filter(|_| by_level).map(|full| full / 10)
        })
    }

    /// Whether a level is so far above the low mark that a slot which was low is not any more: by a twentieth of a full
    /// one, or by a quarter of the mark where nobody knows what a full one holds. A gauge that flickers about its mark
    /// stays within. Everything is, where there is no mark.
    pub fn clearly_above_low(&self, left: Milli) -> bool {
        let Some(mark) = self.low_mark() else { return true };
        let margin = self.full().map_or(mark / 4, |full| full / 20).max(1);
        left >= mark.saturating_add(margin)
    }

    /// `milli` thousandths of this slot's unit, as an amount.
    pub fn amount(&self, milli: Milli) -> Amount {
        Amount::new(milli, self.unit)
    }
}
