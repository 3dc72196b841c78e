//! What a printer says about itself and its supplies, from a decoded Get-Printer-Attributes answer. Reading never
//! fails: what the printer leaves out is `None`, what it garbles costs only itself.
//!
//! Supplies come from two places. `marker-*` (CUPS, and AirPrint after it) are parallel lists, of one value or
//! of different lengths on some printers. `printer-supply` (PWG 5100.13, section 5.6) repeats rows of the Printer
//! MIB as `key=value;` strings. Where both exist they are matched by kind and colour, `marker-*` lead, and
//! `printer-supply` fills what they leave out or do not know; a row with no marker to match becomes a supply of
//! its own.

use serde::Serialize;

use super::ipp_wire::{self, Answer, Group, NotIpp, Value};
use super::label::{MAX_LABEL, Serial, clean, split_serial};
use super::supply::{self, Kind, Measures, State, Supply};

/// Supplies read from one printer; the largest presses have about forty.
const MAX_SUPPLIES: usize = 100;

/// Attributes asked for. `printer-supply` and the markers are the point; the rest identifies the printer.
pub const REQUESTED: [&str; 20] = [
    "printer-make-and-model",
    "printer-device-id",
    "printer-uuid",
    "printer-name",
    "printer-info",
    "printer-dns-sd-name",
    "printer-location",
    "printer-state",
    "printer-state-reasons",
    "printer-supply",
    "printer-supply-description",
    "marker-names",
    "marker-types",
    "marker-colors",
    "marker-levels",
    "marker-low-levels",
    "marker-high-levels",
    "marker-message",
    "ipp-versions-supported",
    "printer-uri-supported",
];

/// Everything one recorded or live answer says; serialises to the `probe` output.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    /// One entry per printer-attributes group that holds anything.
    pub printers: Vec<PrinterReport>,
}

/// One printer. What identifies a home (serial, UUID, name, place) is not serialised.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PrinterReport {
    /// Version answered with, `1.1`.
    pub ipp_version: String,
    /// IPP status code of the answer.
    pub status_code: u16,
    /// Make and model for the screen; from the device id where the printer does not state it.
    pub make_and_model: Option<String>,
    /// 3 idle, 4 processing, 5 stopped (RFC 8011, 5.4.11).
    pub printer_state: Option<i32>,
    /// Keywords such as `marker-supply-low-warning`.
    pub printer_state_reasons: Vec<String>,
    /// Supplies in the printer's order.
    pub supplies: Vec<Supply>,
    /// Levels as `printer-supply` states them, when it is present.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub printer_supply_levels: Option<Vec<Option<i32>>>,
    /// The answer ended early; what is here was whole.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// Name given by the owner or the maker.
    #[serde(skip)]
    pub name: Option<String>,
    /// Place given by the owner.
    #[serde(skip)]
    pub location: Option<String>,
    /// `printer-uuid`, lower case, without `urn:uuid:`.
    #[serde(skip)]
    pub uuid: Option<String>,
    /// Serial number from `printer-device-id`.
    #[serde(skip)]
    pub serial: Option<Serial>,
}

/// What tells one printer from another, kept with the device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// Lower-case UUID.
    pub uuid: Option<String>,
    /// Serial number.
    pub serial: Option<Serial>,
    /// Make and model.
    pub make_and_model: Option<String>,
}

impl Identity {
    /// True when `later`, from the same address, is some other printer. The strongest mark both have decides:
    /// the UUID or the serial being equal means the same printer (a new network card changes only the UUID);
    /// only without either does the model count. Marks that one side lacks say nothing.
    #[must_use]
    pub fn differs_from(&self, later: &Self) -> bool {
        let uuid = self.uuid.as_ref().zip(later.uuid.as_ref()).map(|(a, b)| a == b);
        let serial = self.serial.as_ref().zip(later.serial.as_ref()).map(|(a, b)| a == b);
        match (uuid, serial) {
            (Some(true), _) | (_, Some(true)) => false,
            (Some(false), _) | (_, Some(false)) => true,
            (None, None) => {
                let fold = |text: &String| text.to_lowercase();
                self.make_and_model
                    .as_ref()
                    .map(fold)
                    .zip(later.make_and_model.as_ref().map(fold))
                    .is_some_and(|(a, b)| a != b)
            }
        }
    }
}

impl PrinterReport {
    /// What to keep to recognise this printer.
    #[must_use]
    pub fn identity(&self) -> Identity {
        Identity {
            uuid: self.uuid.clone(),
            serial: self.serial.clone(),
            make_and_model: self.make_and_model.clone(),
        }
    }
}

/// Reads the bytes of one answer.
///
/// # Errors
/// [`NotIpp`] when the bytes are no IPP message.
pub fn read(bytes: &[u8]) -> Result<Reading, NotIpp> {
    Ok(report(&ipp_wire::decode(bytes)?))
}

/// Reads a decoded answer.
#[must_use]
pub fn report(answer: &Answer) -> Reading {
    let version = format!("{}.{}", answer.version.0, answer.version.1);
    let printers = answer.printers().map(|group| PrinterReport {
        ipp_version: version.clone(),
        status_code: answer.status,
        truncated: answer.truncated,
        ..printer(group)
    });
    Reading { printers: printers.collect() }
}

fn printer(group: &Group) -> PrinterReport {
    let line =
        |name: &str| group.text(name).map(|text| clean(&text, MAX_LABEL)).filter(|text| !text.is_empty());
    let device_id = group.text("printer-device-id").unwrap_or_default();
    let rows = supply_rows(group);
    let levels = rows.iter().map(|row| row.level).collect::<Vec<_>>();
    PrinterReport {
        ipp_version: String::new(),
        status_code: 0,
        make_and_model: line("printer-make-and-model").or_else(|| model_of(&device_id)),
        printer_state: group.integer("printer-state"),
        printer_state_reasons: texts(group, "printer-state-reasons")
            .into_iter()
            .flatten()
            .map(|reason| clean(&reason, MAX_LABEL))
            .collect(),
        printer_supply_levels: (!levels.is_empty()).then_some(levels),
        supplies: supplies(markers(group), rows),
        truncated: false,
        name: line("printer-dns-sd-name").or_else(|| line("printer-info")).or_else(|| line("printer-name")),
        location: line("printer-location"),
        uuid: line("printer-uuid").map(|uuid| plain_uuid(&uuid)).filter(|uuid| !uuid.is_empty()),
        serial: ["SN", "SERN", "SERIALNUMBER", "SER"]
            .iter()
            .find_map(|key| device_id_value(&device_id, key))
            .and_then(|serial| Serial::new(&serial)),
    }
}

/// `urn:uuid:CFE9…` and `cfe9…` are the same UUID.
pub(super) fn plain_uuid(text: &str) -> String {
    text.to_lowercase().rsplit(':').next().unwrap_or_default().trim().to_owned()
}

/// Value of one key of an IEEE 1284 device id (`MFG:HP;MDL:OfficeJet;SN:…;`).
fn device_id_value(device_id: &str, key: &str) -> Option<String> {
    device_id
        .split(';')
        .filter_map(|pair| pair.split_once(':'))
        .find(|(name, value)| name.trim().eq_ignore_ascii_case(key) && !value.trim().is_empty())
        .map(|(_, value)| clean(value, MAX_LABEL))
}

fn model_of(device_id: &str) -> Option<String> {
    let value = |long, short| device_id_value(device_id, long).or_else(|| device_id_value(device_id, short));
    let model = value("MODEL", "MDL")?;
    Some(match value("MANUFACTURER", "MFG") {
        Some(make) if !model.to_lowercase().starts_with(&make.to_lowercase()) => format!("{make} {model}"),
        _ => model,
    })
}

/// One value per position, `None` where it is not text.
fn texts(group: &Group, name: &str) -> Vec<Option<String>> {
    group.values(name).iter().take(MAX_SUPPLIES).map(Value::text).collect()
}

fn integers(group: &Group, name: &str) -> Vec<Option<i32>> {
    group.values(name).iter().take(MAX_SUPPLIES).map(Value::integer).collect()
}

/// One supply as one source states it, before judgement.
#[derive(Debug, Default)]
struct Row {
    name: String,
    type_raw: Option<String>,
    colour_raw: Option<String>,
    level: Option<i32>,
    /// What `level` counts, as sent, where that is not percent.
    unit_raw: Option<String>,
    low: Option<i32>,
    high: Option<i32>,
    percent: Option<u8>,
    receptacle: bool,
    measures_space: bool,
}

impl Row {
    fn kind(&self) -> Kind {
        match Kind::of(self.type_raw.as_deref(), &self.name) {
            Kind::Other if self.receptacle => Kind::Waste,
            kind => kind,
        }
    }

    fn colours(&self) -> Vec<String> {
        supply::colours(self.colour_raw.as_deref().unwrap_or_default())
    }

    /// Too little is known to look for its counterpart elsewhere than in its own place.
    fn is_vague(&self) -> bool {
        self.colours().is_empty() && self.kind() == Kind::Other
    }

    /// Takes from the other source's row what this one lacks. A level moves together with the marks that give
    /// it its meaning.
    fn fill_from(&mut self, other: Self) {
        if self.name.is_empty() {
            self.name = other.name;
        }
        if self.percent.is_none() && other.percent.is_some() {
            self.level = other.level;
            self.unit_raw = other.unit_raw;
            self.percent = other.percent;
            self.high = other.high;
            self.low = other.low.or(self.low);
            self.measures_space = other.measures_space;
        } else if self.level.is_none() {
            self.level = other.level;
            self.unit_raw = other.unit_raw;
        }
        self.type_raw = self.type_raw.take().or(other.type_raw);
        if self.colours().is_empty() {
            self.colour_raw =
                self.colour_raw.take().filter(|_| other.colour_raw.is_none()).or(other.colour_raw);
        }
        self.receptacle |= other.receptacle;
    }

    fn finish(self) -> Supply {
        let (label, serial) = split_serial(&self.name);
        let (kind, colours) = (self.kind(), self.colours());
        let receptacle = self.receptacle || kind == Kind::Waste;
        let measures = if receptacle && self.measures_space { Measures::Space } else { Measures::Content };
        let state: State = supply::judge(self.level, self.low, self.high, receptacle.then_some(measures));
        Supply {
            name: if label.is_empty() { supply::name_for(kind, &colours) } else { label },
            kind,
            type_raw: self.type_raw.map(|text| clean(&text, MAX_LABEL)),
            colours,
            colour_raw: self.colour_raw.map(|text| clean(&text, MAX_LABEL)),
            level_pct: self.percent,
            level_raw: self.level,
            unit_raw: self.unit_raw.map(|text| clean(&text, MAX_LABEL)).filter(|text| !text.is_empty()),
            low: self.low,
            high: self.high,
            receptacle,
            state,
            serial,
            measures,
            instance: String::new(),
        }
    }
}

/// A mark that means something: negative ones mean "none".
fn mark(level: Option<i32>) -> Option<i32> {
    level.filter(|level| *level >= 0)
}

fn markers(group: &Group) -> Vec<Row> {
    let names = texts(group, "marker-names");
    let types = texts(group, "marker-types");
    let colours = texts(group, "marker-colors");
    let levels = integers(group, "marker-levels");
    let lows = integers(group, "marker-low-levels");
    let highs = integers(group, "marker-high-levels");
    let count = match names.len().max(levels.len()) {
        0 => types.len(),
        count => count,
    };
    let text = |list: &[Option<String>], at: usize| {
        list.get(at).cloned().flatten().filter(|text| !clean(text, 1).is_empty())
    };
    let number = |list: &[Option<i32>], at: usize| list.get(at).copied().flatten();
    (0..count)
        .map(|at| {
            let (level, high) = (number(&levels, at), mark(number(&highs, at)).filter(|high| *high > 0));
            Row {
                name: text(&names, at).unwrap_or_default(),
                type_raw: text(&types, at),
                colour_raw: text(&colours, at),
                level,
                unit_raw: None,
                low: mark(number(&lows, at)),
                high,
                percent: supply::percent(level, high),
                receptacle: false,
                // Without high marks the value came through CUPS from SNMP, which states the room left.
                measures_space: number(&highs, at).is_none(),
            }
        })
        .filter(|row| {
            !row.name.is_empty()
                || row.type_raw.is_some()
                || row.colour_raw.is_some()
                || row.percent.is_some()
        })
        .collect()
}

/// Rows of `printer-supply`, with their descriptions.
fn supply_rows(group: &Group) -> Vec<Row> {
    let descriptions = texts(group, "printer-supply-description");
    texts(group, "printer-supply")
        .iter()
        .flatten()
        .flat_map(|value| entries(value))
        .take(MAX_SUPPLIES)
        .enumerate()
        .map(|(at, entry)| {
            let name = descriptions.get(at).cloned().flatten().unwrap_or_default();
            supply_row(&entry, name)
        })
        .collect()
}

/// Splits `key=value;…` (PWG 5100.13, 5.6.1; a backslash quotes the next character) into entries. A key that
/// comes again begins the next one: some firmware sends all supplies in one string.
fn entries(value: &str) -> Vec<Vec<(String, String)>> {
    let mut entries: Vec<Vec<(String, String)>> = Vec::new();
    for pair in quoted_split(value) {
        let Some((key, value)) = pair.split_once('=') else { continue };
        let key = key.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        match entries.last_mut() {
            Some(entry) if !entry.iter().any(|(seen, _)| *seen == key) => {
                entry.push((key, value.trim().to_owned()));
            }
            _ => entries.push(vec![(key, value.trim().to_owned())]),
        }
    }
    entries
}

fn quoted_split(value: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, parts.last_mut()) {
            (';', _) => parts.push(String::new()),
            ('\\', Some(part)) => part.extend(chars.next()),
            (c, Some(part)) => part.push(c),
            (_, None) => {}
        }
    }
    parts
}

fn supply_row(entry: &[(String, String)], name: String) -> Row {
    let text =
        |key: &str| entry.iter().find(|(k, v)| k == key && !v.is_empty()).map(|(_, value)| value.clone());
    let number = |key: &str| {
        let value = text(key)?;
        let end = value.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(value.len());
        value[..end].parse::<i32>().ok()
    };
    let level = number("level");
    let capacity = mark(number("maxcapacity")).filter(|capacity| *capacity > 0);
    let is_percent = text("unit").is_none_or(|unit| unit.eq_ignore_ascii_case("percent"));
    let full = mark(number("highlevel")).filter(|high| *high > 0);
    let percent = match capacity {
        Some(capacity) if !is_percent => of_capacity(level, capacity),
        None if !is_percent => None,
        capacity => supply::percent(level, capacity),
    };
    Row {
        name,
        receptacle: text("class").is_some_and(|class| class.to_lowercase().contains("receptacle")),
        type_raw: text("type"),
        colour_raw: text("colorantname"),
        level,
        unit_raw: text("unit").filter(|_| !is_percent),
        low: mark(number("lowlevel")),
        high: full.or(capacity),
        percent,
        measures_space: full.is_none(),
    }
}

fn of_capacity(level: Option<i32>, capacity: i32) -> Option<u8> {
    let level = i64::from(mark(level)?);
    let capacity = i64::from(capacity);
    u8::try_from(((level * 100 + capacity / 2) / capacity).min(100)).ok()
}

/// Joins the two sources.
fn supplies(mut markers: Vec<Row>, rows: Vec<Row>) -> Vec<Supply> {
    let same_length = markers.len() == rows.len();
    let mut free: Vec<Option<Row>> = rows.into_iter().map(Some).collect();
    for (at, marker) in markers.iter_mut().enumerate() {
        let fits =
            |row: &Option<Row>, colours: Colours| row.as_ref().is_some_and(|row| agree(marker, row, colours));
        let at = Some(at).filter(|_| same_length);
        let found = at
            .filter(|at| fits(&free[*at], Colours::Same))
            .or_else(|| free.iter().position(|row| fits(row, Colours::Same) && !marker.is_vague()))
            .or_else(|| at.filter(|at| fits(&free[*at], Colours::Any)));
        if let Some(row) = found.and_then(|at| free[at].take()) {
            marker.fill_from(row);
        }
    }
    // Rows left over are supplies of their own only where the printer lists more of them than markers.
    if free.len() > markers.len() {
        let room = free.len() - markers.len();
        markers.extend(free.into_iter().flatten().take(room));
    }
    let mut supplies: Vec<Supply> = markers.into_iter().take(MAX_SUPPLIES).map(Row::finish).collect();
    supply::assign_instances(&mut supplies);
    supplies
}

/// Whether colours must not differ, or may: shades of the same cyan differ between the two sources.
#[derive(Clone, Copy, PartialEq)]
enum Colours {
    Same,
    Any,
}

/// Nothing the two rows both state contradicts that they are the same supply.
fn agree(marker: &Row, row: &Row, colours: Colours) -> bool {
    let waste = |row: &Row| row.receptacle || row.kind() == Kind::Waste;
    let (a, b) = (marker.colours(), row.colours());
    let (marker_kind, row_kind) = (marker.kind(), row.kind());
    let same_kind = marker_kind == row_kind || marker_kind == Kind::Other || row_kind == Kind::Other;
    let same_colours = colours == Colours::Any || a.is_empty() || b.is_empty() || a == b;
    same_kind && waste(marker) == waste(row) && same_colours
}

#[cfg(test)]
mod tests;
