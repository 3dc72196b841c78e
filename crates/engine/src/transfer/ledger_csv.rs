//! The ledger as a table for spreadsheets: one line an entry, the columns of `docs/formats.md`, numbers with a point, and
//! no cell that a spreadsheet would take for a formula.

use crate::error::Error;
use crate::household::Watched;
use refill_domain::ledger::{Entry, EntryKind, Level, Source};
use refill_domain::measure::{Amount, Milli};
use std::borrow::Cow;
use std::io::Write;

/// The columns, in order. Ones are added at the end, never renamed.
pub const COLUMNS: [&str; 18] = [
    "id",
    "at",
    "device",
    "supply",
    "what",
    "amount",
    "unit",
    "packs",
    "shelf",
    "shelf_unit",
    "price",
    "currency",
    "shop",
    "product",
    "source",
    "about",
    "note",
    "undone",
];

/// Writes the table.
pub struct LedgerCsv<W: Write>(csv::Writer<W>);

impl<W: Write> LedgerCsv<W> {
    /// Begins with the header.
    ///
    /// # Errors
    /// Why it can't be written.
    pub fn new(out: W) -> Result<Self, Error> {
        let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        csv.write_record(COLUMNS).map_err(failed)?;
        Ok(Self(csv))
    }

    /// One entry.
    ///
    /// # Errors
    /// Why it can't be written.
    pub fn entry(
        &mut self,
        device: &str,
        watched: &Watched,
        entry: &Entry,
        undone: bool,
    ) -> Result<(), Error> {
        let mut row: [String; COLUMNS.len()] = Default::default();
        let mut set = |name: &str, value: String| {
            if let Some(at) = COLUMNS.iter().position(|column| *column == name)
                && let Some(cell) = row.get_mut(at)
            {
                *cell = value;
            }
        };
        set("id", entry.id.to_string());
        set("at", entry.observed_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true));
        set("device", safe(device).into_owned());
        set("supply", safe(&watched.row.slot.name).into_owned());
        set("what", word(&entry.kind).to_owned());
        let source = match entry.source {
            Source::Person => "person",
            Source::Device => "device",
            Source::Cloud => "cloud",
            Source::Import => "import",
        };
        set("source", source.to_owned());
        set("about", entry.about.map(|id| id.to_string()).unwrap_or_default());
        set("note", entry.note.as_deref().map(|note| safe(note).into_owned()).unwrap_or_default());
        set("undone", if undone { "yes" } else { "" }.to_owned());
        let mut amount = |amount: Option<Amount>| {
            if let Some(amount) = amount {
                set("amount", number(amount.milli));
                set("unit", amount.unit.wire().to_owned());
            }
        };
        match &entry.kind {
            EntryKind::LevelRead { level: Level::Amount { amount: level } } => amount(Some(*level)),
            EntryKind::LevelRead { level: Level::Unknown } => set("amount", "unknown".into()),
            EntryKind::LevelRead { level: Level::SomeLeft } => set("amount", "some".into()),
            EntryKind::Consumed { amount: used } => amount(Some(*used)),
            EntryKind::Replaced { capacity, .. } => amount(*capacity),
            EntryKind::Purchased { packs, content, asin, price, shop } => {
                amount(*content);
                set("packs", packs.to_string());
                set("product", asin.as_ref().map(|asin| asin.as_str().to_owned()).unwrap_or_default());
                set("price", price.as_ref().map(|price| number(price.milli)).unwrap_or_default());
                set("currency", price.as_ref().map(|price| price.currency.clone()).unwrap_or_default());
                set("shop", shop.as_deref().map(|shop| safe(shop).into_owned()).unwrap_or_default());
            }
            EntryKind::Received { order, packs, content } => {
                amount(*content);
                set("packs", packs.to_string());
                set("product", safe(order).into_owned());
            }
            EntryKind::Counted { level, shelf } => {
                amount(*level);
                if let Some(shelf) = shelf {
                    set("shelf", number(shelf.milli));
                    set("shelf_unit", shelf.unit.wire().to_owned());
                }
            }
            EntryKind::Voided { entry } => set("about", entry.to_string()),
        }
        self.0.write_record(&row).map_err(failed)
    }

    /// Ends the table.
    ///
    /// # Errors
    /// Why it can't be written.
    pub fn end(mut self) -> Result<(), Error> {
        self.0.flush().map_err(|cause| failed(cause.into()))
    }
}

/// The kind's word, as in the document.
pub fn word(kind: &EntryKind) -> &'static str {
    match kind {
        EntryKind::LevelRead { .. } => "level_read",
        EntryKind::Consumed { .. } => "consumed",
        EntryKind::Replaced { .. } => "replaced",
        EntryKind::Purchased { .. } => "purchased",
        EntryKind::Received { .. } => "received",
        EntryKind::Counted { .. } => "counted",
        EntryKind::Voided { .. } => "voided",
    }
}

/// A number with a point and no more decimals than it has.
fn number(milli: Milli) -> String {
    let (sign, milli) = (if milli < 0 { "-" } else { "" }, milli.unsigned_abs());
    let text = format!("{sign}{}.{:03}", milli / 1000, milli % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A text that no spreadsheet takes for a formula: one that begins like one gets an apostrophe (OWASP, CSV injection).
fn safe(text: &str) -> Cow<'_, str> {
    let first = text.trim_start_matches([' ', '\'']).chars().next();
    let formula = first
        .is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'));
    if formula { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// What [`safe`] made of a text, taken back.
pub fn plain(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if safe(rest) != rest => rest,
        _ => text,
    }
}

fn failed(cause: csv::Error) -> Error {
    let cause = match cause.into_kind() {
        csv::ErrorKind::Io(cause) => cause,
        other => std::io::Error::other(format!("{other:?}")),
    };
    super::unwritten(std::path::Path::new("The table"), cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_each_comes_back() {
        for text in [
            "=1+1", "+49", "-5", "@cmd", " =1", "'=x", "''=x", "\t=1", "＝1", "plain", "it's", "'quoted'", "",
        ] {
            let made = safe(text);
            let first = made.trim_start().chars().next();
            assert!(!first.is_some_and(|c| "=+-@\t\r＝＋－＠".contains(c)), "{made:?}");
            assert_eq!(plain(&made), text);
        }
        assert_eq!(
            [0, 1500, -20, 10_000, 1_000_000].map(number),
            ["0", "1.5", "-0.02", "10", "1000"].map(str::to_owned)
        );
    }
}
