//! One supply of a printer as the printer states it: what it is, how much is in it, and whether that is low by
//! the printer's own mark. Negative levels are never a percentage.
//!
//! What a level means. For a consumable it is what is left. For a receptacle the two sources differ:
//! - `marker-levels` with `marker-high-levels`: how full it is, and the high mark says when it counts as full
//!   (CUPS, filter and backend programming, "marker-high-levels: when the marker is nearly full"; Kyocera sends
//!   0 with marks 0 and 95 for an empty waste box, Canon 10 with marks 0 and 64);
//! - a level copied from the Printer MIB (RFC 3805, prtMarkerSuppliesLevel), as in `printer-supply` and in what
//!   a CUPS queue repeats from SNMP: the space that is left. A printer that states a high mark beside it
//!   (Kyocera's `highlevel`) means fullness there too.
//!
//! `level_pct` repeats the printer's number; [`Supply::used_pct`] gives one meaning to both.

use serde::Serialize;

use super::label::Serial;

/// What a supply is. The words are part of the `probe` output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Ink in cartridges or tanks.
    Ink,
    /// Toner.
    Toner,
    /// Container for waste toner, waste ink, or any other waste.
    Waste,
    /// Photoconductor, imaging unit.
    Drum,
    /// Fuser and its parts.
    Fuser,
    /// Developer.
    Developer,
    /// Transfer belt, roller or unit.
    Transfer,
    /// Cleaning unit.
    Cleaner,
    /// Maintenance kit.
    Maintenance,
    /// Print head.
    Printhead,
    /// Ink or thermal ribbon.
    Ribbon,
    /// Solid ink.
    Wax,
    /// Staples or stitching wire.
    Staples,
    /// Anything else.
    Other,
}

/// Judgement by the printer's own marks. The words are part of the `probe` output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Above the low mark, or a receptacle with room.
    Ok,
    /// At or below the printer's low mark.
    Low,
    /// A consumable at zero.
    Empty,
    /// A receptacle at or above its high mark.
    Full,
    /// The printer does not know (level -1, -2, or none stated).
    Unknown,
    /// The printer knows only that some is left (level -3).
    Some,
}

/// Which way a receptacle's level counts (see the module comment).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measures {
    /// What is inside.
    Content,
    /// The room that is left.
    Space,
}

/// One supply. Serialises to the fields of the `probe` output; identity and serial stay out of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Supply {
    /// Name for the screen, never empty, serial number split off.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Type keyword as sent.
    pub type_raw: Option<String>,
    /// Colours as `#RRGGBB`; a tri-colour cartridge has three, a waste box none.
    pub colours: Vec<String>,
    /// Colour as sent.
    pub colour_raw: Option<String>,
    /// Whole percent as the printer states it, 0 to 100.
    pub level_pct: Option<u8>,
    /// Level as sent; -1 other, -2 unknown, -3 some remaining.
    pub level_raw: Option<i32>,
    /// What `level_raw` counts, as sent, where that is not percent: `impressions`, or anything a maker writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_raw: Option<String>,
    /// The printer's low mark, in the unit of `level_raw`.
    pub low: Option<i32>,
    /// The printer's high mark, or the capacity, in the unit of `level_raw`.
    pub high: Option<i32>,
    /// True for a container that fills up.
    pub receptacle: bool,
    /// Judgement by the printer's own marks.
    pub state: State,
    /// Serial number found in the name.
    #[serde(skip)]
    pub serial: Option<Serial>,
    /// What the level of a receptacle counts.
    #[serde(skip)]
    pub measures: Measures,
    #[serde(skip)]
    pub(super) instance: String,
}

impl Supply {
    /// Identity among the supplies of one printer: made of kind and colours, of words of the name only where
    /// those are shared (photo black beside black), and of a counter where even these are. It does not change
    /// with the level, with the order, or with the part number of what is put in.
    #[must_use]
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// What the printer states in words of its own, where no share can be made of it: `1200 impressions`.
    #[must_use]
    pub fn stated(&self) -> Option<String> {
        let level = self.level_raw.filter(|level| *level >= 0 && self.level_pct.is_none())?;
        self.unit_raw.as_ref().map(|unit| format!("{level} {unit}"))
    }

    /// How far it is from fresh, 0 (new, or an empty receptacle) to 100 (used up, or full), whatever way the
    /// printer counts.
    #[must_use]
    pub fn used_pct(&self) -> Option<u8> {
        let level = self.level_pct?;
        let counts_up = self.receptacle && self.measures == Measures::Content;
        Some(if counts_up { level } else { 100 - level })
    }
}

impl Kind {
    /// Kind for a type keyword of IPP (`waste-toner`) or the Printer MIB (`wasteToner`, RFC 3805
    /// PrtMarkerSuppliesTypeTC); where that says nothing (`other`, none), from the words of the name.
    #[must_use]
    pub fn of(type_raw: Option<&str>, name: &str) -> Self {
        let squeeze =
            |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        let by_type = type_raw.and_then(|text| {
            let squeezed = squeeze(text);
            Self::of_words(&squeezed, squeezed.starts_with("ink") || has_word_ink(text))
        });
        by_type.or_else(|| Self::of_words(&squeeze(name), has_word_ink(name))).unwrap_or(Self::Other)
    }

    fn of_words(squeezed: &str, ink_counts: bool) -> Option<Self> {
        // In order: a waste toner box is waste before it is toner, an ink ribbon a ribbon before it is ink.
        const WORDS: [(&str, Kind); 26] = [
            ("waste", Kind::Waste),
            ("tonercollection", Kind::Waste),
            ("maintenancebox", Kind::Waste),
            ("maintenancecartridge", Kind::Waste),
            ("ribbon", Kind::Ribbon),
            ("wax", Kind::Wax),
            ("fuser", Kind::Fuser),
            ("fusing", Kind::Fuser),
            ("opc", Kind::Drum),
            ("drum", Kind::Drum),
            ("imagingunit", Kind::Drum),
            ("imagingkit", Kind::Drum),
            ("photoconductor", Kind::Drum),
            ("coronawire", Kind::Drum),
            ("developer", Kind::Developer),
            ("transfer", Kind::Transfer),
            ("belt", Kind::Transfer),
            ("clean", Kind::Cleaner),
            ("maintenance", Kind::Maintenance),
            ("printhead", Kind::Printhead),
            ("staple", Kind::Staples),
            ("stitch", Kind::Staples),
            ("toner", Kind::Toner),
            ("tinte", Kind::Ink),
            ("encre", Kind::Ink),
            ("ink", Kind::Ink),
        ];
        WORDS
            .iter()
            .find(|(word, kind)| squeezed.contains(word) && (*kind != Self::Ink || ink_counts))
            .map(|(_, kind)| *kind)
    }

    fn word(self) -> &'static str {
        match self {
            Self::Ink => "ink",
            Self::Toner => "toner",
            Self::Waste => "waste container",
            Self::Drum => "drum",
            Self::Fuser => "fuser",
            Self::Developer => "developer",
            Self::Transfer => "transfer unit",
            Self::Cleaner => "cleaning unit",
            Self::Maintenance => "maintenance kit",
            Self::Printhead => "print head",
            Self::Ribbon => "ribbon",
            Self::Wax => "solid ink",
            Self::Staples => "staples",
            Self::Other => "supply",
        }
    }
}

/// "ink" counts only as a word, so that "pink" and "shrink" do not.
fn has_word_ink(name: &str) -> bool {
    name.split(|c: char| !c.is_alphanumeric())
        .any(|word| ["ink", "inks", "tinte", "encre"].iter().any(|ink| word.eq_ignore_ascii_case(ink)))
}

/// Colour names seen in `marker-colors` and `colorantname` (PWG 5101.1 and makers' own).
const COLOURS: [(&str, &[&str]); 22] = [
    ("black", &["#000000"]),
    ("cyan", &["#00FFFF"]),
    ("magenta", &["#FF00FF"]),
    ("yellow", &["#FFFF00"]),
    ("red", &["#FF0000"]),
    ("green", &["#00FF00"]),
    ("blue", &["#0000FF"]),
    ("white", &["#FFFFFF"]),
    ("orange", &["#FFA500"]),
    ("violet", &["#EE82EE"]),
    ("gray", &["#808080"]),
    ("grey", &["#808080"]),
    ("lightgray", &["#D3D3D3"]),
    ("lightgrey", &["#D3D3D3"]),
    ("lightblack", &["#808080"]),
    ("photoblack", &["#000000"]),
    ("matteblack", &["#000000"]),
    ("lightcyan", &["#E0FFFF"]),
    ("photocyan", &["#E0FFFF"]),
    ("lightmagenta", &["#FFE0FF"]),
    ("photomagenta", &["#FFE0FF"]),
    ("multicolor", &["#00FFFF", "#FF00FF", "#FFFF00"]),
];

/// Reads a colour value: one or several `#RRGGBB` in any case (`#00FFFF#FF00FF#FFFF00`), `#RGB`, six bare
/// digits, or a name. What is not a colour (`none`, `unknown`) gives none.
#[must_use]
pub fn colours(raw: &str) -> Vec<String> {
    let hex =
        |text: &str| text.chars().take_while(char::is_ascii_hexdigit).collect::<String>().to_uppercase();
    let found: Vec<String> = raw
        .split('#')
        .skip(1)
        .filter_map(|part| {
            let digits = hex(part);
            match digits.len() {
                3 => Some(digits.chars().flat_map(|c| [c, c]).collect()),
                6.. => Some(digits[..6].to_owned()),
                _ => None,
            }
        })
        .map(|digits: String| format!("#{digits}"))
        .collect();
    if !found.is_empty() {
        return found;
    }
    let bare = raw.trim().trim_start_matches("0x");
    if bare.len() == 6 && hex(bare).len() == 6 {
        return vec![format!("#{}", hex(bare))];
    }
    let name: String = raw.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    COLOURS
        .iter()
        .find(|(word, _)| *word == name)
        .map_or_else(Vec::new, |(_, list)| list.iter().map(|c| (*c).to_owned()).collect())
}

/// Name for a supply the printer gave none: colour and kind.
pub(super) fn name_for(kind: Kind, colours: &[String]) -> String {
    let colour = match colours {
        [one] => COLOURS.iter().find(|(_, list)| *list == [one.as_str()]).map_or("", |(word, _)| word),
        [] => "",
        _ => "colour",
    };
    let mut name = format!("{colour} {}", kind.word()).trim().to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name
}

/// Whole percent of a level. Marks up to 100 are themselves percent; a larger capacity is divided by. Levels
/// beyond the capacity count as full.
pub(super) fn percent(level: Option<i32>, capacity: Option<i32>) -> Option<u8> {
    let level = i64::from(level.filter(|level| *level >= 0)?);
    let pct = match capacity.map(i64::from) {
        Some(capacity) if capacity > 100 => (level * 100 + capacity / 2) / capacity,
        _ => level,
    };
    u8::try_from(pct.min(100)).ok()
}

/// Judges a level by the printer's own marks.
pub(super) fn judge(
    level: Option<i32>,
    low: Option<i32>,
    high: Option<i32>,
    receptacle: Option<Measures>,
) -> State {
    match (level, receptacle) {
        (Some(-3), _) => State::Some,
        (None | Some(..0), _) => State::Unknown,
        (Some(level), Some(Measures::Content)) if level >= high.unwrap_or(100) => State::Full,
        (Some(level), Some(Measures::Space)) if level <= low.unwrap_or(0) => State::Full,
        (Some(_), Some(_)) => State::Ok,
        (Some(0), None) => State::Empty,
        (Some(level), None) if low.is_some_and(|low| level <= low) => State::Low,
        (Some(_), None) => State::Ok,
    }
}

/// Gives every supply its [`Supply::instance`].
pub(super) fn assign_instances(supplies: &mut [Supply]) {
    let base = |supply: &Supply| {
        let kind = format!("{:?}", supply.kind).to_lowercase();
        supply.colours.iter().fold(kind, |slug, colour| format!("{slug}-{}", colour[1..].to_lowercase()))
    };
    let bases: Vec<String> = supplies.iter().map(base).collect();
    let shared = |slug: &str, all: &[String]| all.iter().filter(|other| *other == slug).count() > 1;
    let named: Vec<String> = supplies
        .iter()
        .zip(&bases)
        .map(|(supply, base)| match words(&supply.name) {
            words if shared(base, &bases) && !words.is_empty() => format!("{base}-{words}"),
            _ => base.clone(),
        })
        .collect();
    for (position, supply) in supplies.iter_mut().enumerate() {
        let slug = &named[position];
        let earlier = named[..position].iter().filter(|other| *other == slug).count();
        supply.instance = if earlier == 0 { slug.clone() } else { format!("{slug}-{}", earlier + 1) };
    }
}

/// Words of a name without those that hold digits: part numbers change with every purchase.
fn words(name: &str) -> String {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !word.contains(|c: char| c.is_numeric()))
        .collect();
    words.join("-")
}

#[cfg(test)]
mod tests;
