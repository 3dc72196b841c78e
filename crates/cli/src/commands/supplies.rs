//! `refillctl supplies`: all supplies by urgency, as on the Supplies screen. JSON: the engine's `SuppliesView`.

use crate::failure::Failure;
use crate::output::table;
use crate::phrase::Say;
use crate::session::Session;
use refill_engine::view::{SuppliesView, SupplyRow};

/// Prints them.
pub fn run(session: &mut Session) -> Result<(), Failure> {
    let household = session.look()?;
    let (view, say) = (household.supplies(), session.say(&household));
    session.out.show(&view, || Ok(lines(&view, &say)))
}

fn lines(view: &SuppliesView, say: &Say) -> Vec<String> {
    let mut lines = vec![say.headline(&view.headline)];
    // All sections in one table, so that their columns stand below each other.
    let rows: Vec<Vec<String>> = view.rows.iter().map(|row| cells(row, say)).collect();
    let mut section = None;
    for (row, line) in view.rows.iter().zip(table(&rows)) {
        if section != Some(row.section) {
            section = Some(row.section);
            lines.extend([String::new(), say.section(row.section)]);
        }
        lines.push(line);
    }
    lines
}

/// Name, device, what is left, what happens next, and more about it.
pub fn cells(row: &SupplyRow, say: &Say) -> Vec<String> {
    let (first, second) = say.next(row);
    let mut more = Vec::from_iter((!second.is_empty()).then_some(second));
    more.extend(row.silent_days.map(|days| say.say("silent_days", &[("count", &days.to_string())])));
    more.extend(row.muted.then(|| say.word("muted")));
    vec![row.name.clone(), row.device_name.clone(), say.left(row), first, more.join(", ")]
}
