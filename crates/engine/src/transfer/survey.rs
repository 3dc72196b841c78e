//! The first look at a table: every row is read once to learn which names, units and ways of writing there are, so that
//! what a row means never depends on the rows before it.

use super::columns::{Word, guess, word};
use super::dates::{Strokes, strokes};
use super::rows::name_of;
use super::table::{Shape, Table};
use super::{Course, bad_file};
use crate::error::Error;
use crate::view::{ColumnView, Dates, FileKind, Happened, ImportPlan, Missing, Role};
use refill_domain::locale::{Locale, format_number};
use refill_domain::measure::{Measurement, Unit};
use refill_domain::spelling::parse_unit;
use std::collections::HashMap;
use std::path::Path;

/// Most names of supplies in one table.
const NAMES_MAX: usize = 10_000;

/// Cells of a column that are shown.
const EXAMPLES: usize = 3;

/// Kinds of measurement, to look a unit up in.
const KINDS: [Measurement; 5] = [
    Measurement::Count,
    Measurement::Percentage,
    Measurement::Volume,
    Measurement::Weight,
    Measurement::Duration,
];

/// What is known of one name.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// Device and supply as the file has them.
    pub device: Option<String>,
    /// The supply.
    pub supply: String,
    /// Rows that carry it.
    pub rows: u64,
    /// Its first unit that means one thing only.
    pub unit: Option<Unit>,
    /// It has levels.
    pub level: bool,
    /// It has uses.
    pub used: bool,
}

/// What a table is, before any row is judged.
#[derive(Debug)]
pub struct Survey {
    /// Whose file it is.
    pub kind: FileKind,
    /// How it is written.
    pub shape: Shape,
    /// Its columns.
    pub columns: Vec<ColumnView>,
    /// What it is read by, complete but for what is missing.
    pub plan: ImportPlan,
    /// What is missing.
    pub missing: Vec<Missing>,
    /// Some dates are written with strokes.
    pub strokes: bool,
    /// Rows that are not empty.
    pub rows: u64,
    /// The names in the order in which they come.
    pub names: Vec<(String, Named)>,
}

/// What stands in the column of a role.
pub fn cell<'a>(cells: &'a [String], roles: &[Role], role: Role) -> Option<&'a str> {
    let at = roles.iter().position(|other| *other == role)?;
    cells.get(at).map(String::as_str).filter(|text| !text.is_empty())
}

/// Looks at a whole table; without a plan, one is guessed.
///
/// # Errors
/// `BadFile`, `Cancelled`.
pub fn survey(
    path: &Path,
    plan: Option<&ImportPlan>,
    locale: Locale,
    course: &Course,
) -> Result<Survey, Error> {
    let shape = Shape::of(path, course)?;
    let mut table = Table::open(path, shape)?;
    let (kind, guessed) = guess(&table.header);
    let roles = match plan {
        Some(plan) if plan.columns.len() == table.header.len() => plan.columns.clone(),
        _ => guessed,
    };
    let mut columns: Vec<ColumnView> = table
        .header
        .iter()
        .map(|header| ColumnView { header: clipped(header), examples: Vec::new() })
        .collect();
    let mut seen = Seen::new(kind, plan, locale);
    let mut rows = 0;
    while let Some(row) = table.next(course)? {
        rows += 1;
        let Ok(cells) = row.cells else { continue };
        for (column, cell) in columns.iter_mut().zip(&cells) {
            if column.examples.len() < EXAMPLES && !cell.is_empty() {
                column.examples.push(clipped(cell));
            }
        }
        seen.row(&cells, &roles)?;
    }
    let has = |role: Role| roles.contains(&role);
    let dates = plan.and_then(|plan| plan.dates).or_else(|| seen.order());
    let what = plan.and_then(|plan| plan.what).or(match kind {
        FileKind::HomeAssistant => Some(Happened::Level),
        FileKind::Homebox => Some(Happened::Bought),
        FileKind::Refill | FileKind::Table | FileKind::Grocy => None,
    });
    let undated = plan.and_then(|plan| plan.undated);
    let mut missing = Vec::new();
    let mut need = |wanted: bool, missed: Missing| {
        if wanted {
            missing.push(missed);
        }
    };
    need(!has(Role::Date) && undated.is_none(), Missing::Date);
    need(!has(Role::Supply), Missing::Supply);
    need(!has(Role::Amount) && !has(Role::Packs), Missing::Amount);
    need(!has(Role::What) && what.is_none(), Missing::What);
    need(seen.strokes && dates.is_none(), Missing::Dates);
    let numbers = match plan {
        Some(plan) => plan.numbers,
        None => seen.numbers(),
    };
    let plan = ImportPlan {
        columns: roles,
        dates,
        numbers,
        what,
        undated,
        sent: plan.map(|plan| plan.sent.clone()).unwrap_or_default(),
    };
    Ok(Survey { kind, shape, columns, plan, missing, strokes: seen.strokes, rows, names: seen.names })
}

/// What the rows have told so far.
struct Seen {
    what: Option<Happened>,
    names: Vec<(String, Named)>,
    index: HashMap<String, usize>,
    strokes: bool,
    orders: [bool; 2],
    /// The person's own, or the one whose habits programs have.
    locale: Locale,
    /// Decimals were seen after a point, after a comma.
    decimals: [bool; 2],
}

impl Seen {
    fn new(kind: FileKind, plan: Option<&ImportPlan>, locale: Locale) -> Self {
        // Programs write a point, whatever people there do.
        let locale = if kind == FileKind::Table { locale } else { Locale::EnGb };
        Self {
            what: plan.and_then(|plan| plan.what),
            names: Vec::new(),
            index: HashMap::new(),
            strokes: false,
            orders: [false; 2],
            locale,
            decimals: [false; 2],
        }
    }

    fn row(&mut self, cells: &[String], roles: &[Role]) -> Result<(), Error> {
        if let Some(date) = cell(cells, roles, Role::Date) {
            match strokes(date) {
                Strokes::None => {}
                Strokes::Either => self.strokes = true,
                Strokes::Only(order) => {
                    self.strokes = true;
                    self.orders[usize::from(order == Dates::MonthFirst)] = true;
                }
            }
        }
        let amount = cell(cells, roles, Role::Amount);
        for text in [amount, cell(cells, roles, Role::Price)].into_iter().flatten() {
            let number = text.trim_end_matches(|c: char| !c.is_ascii_digit());
            if let Some((_, decimals)) = number.rsplit_once([',', '.'])
                && decimals.len() != 3
            {
                // Three digits may be a group; any other number of them are decimals.
                let comma = number.as_bytes().get(number.len() - decimals.len() - 1) == Some(&b',');
                self.decimals[usize::from(comma)] = true;
            }
        }
        let Some((key, device, supply)) = name_of(cells, roles) else { return Ok(()) };
        let at = match self.index.get(&key) {
            Some(at) => *at,
            None if self.names.len() >= NAMES_MAX => {
                return Err(bad_file(
                    "This table names more than 10,000 supplies. Choose another column for them.",
                ));
            }
            None => {
                self.index.insert(key.clone(), self.names.len());
                self.names.push((key, Named { device, supply, ..Named::default() }));
                self.names.len() - 1
            }
        };
        let Some((_, named)) = self.names.get_mut(at) else { return Ok(()) };
        named.rows += 1;
        let happened = match cell(cells, roles, Role::What).map(word) {
            Some(Word::Is(happened)) => Some(happened),
            Some(Word::Correction) => Some(Happened::Used),
            _ => self.what,
        };
        named.level |= happened == Some(Happened::Level);
        named.used |= happened == Some(Happened::Used);
        if named.unit.is_none() {
            let behind = amount.map(|text| text.trim_start_matches(|c: char| !c.is_alphabetic() && c != '%'));
            let unit = cell(cells, roles, Role::Unit).or(behind.filter(|text| !text.is_empty()));
            named.unit = unit.and_then(|text| {
                let mut meant = KINDS.iter().filter_map(|kind| parse_unit(text, *kind).ok());
                meant.next().filter(|_| meant.next().is_none())
            });
        }
        Ok(())
    }

    /// The order of day and month, if the file answers that.
    fn order(&self) -> Option<Dates> {
        match self.orders {
            [true, false] => Some(Dates::DayFirst),
            [false, true] => Some(Dates::MonthFirst),
            [false, false] | [true, true] => None,
        }
    }

    /// Whose numbers they are: the person's own, unless the decimals show another habit.
    fn numbers(&self) -> Locale {
        let comma = format_number(1500, self.locale).contains(',');
        match self.decimals {
            [false, true] if !comma => Locale::DeDe,
            [true, false] if comma => Locale::EnGb,
            _ => self.locale,
        }
    }
}

/// A text as it is shown.
pub fn clipped(text: &str) -> String {
    crate::sources::label::clean(text, 80)
}
