//! `refillctl stocktake`: what is there, for many supplies in one step. Either all of it is recorded or nothing is. JSON:
//! the engine's `StocktakeView`, `Stocktaken`, or with `--dry-run` one `Outcome` a supply.

use crate::failure::Failure;
use crate::output::table;
use crate::phrase::Say;
use crate::session::{Missing, Session};
use crate::{pick, typed};
use clap::Args;
use refill_domain::ids::EntryId;
use refill_engine::form::{CountForm, RecordForm, StocktakeForm, What};
use refill_engine::household::Household;
use refill_engine::view::{Outcome, StocktakeView};
use serde::{Deserialize, Serialize};
use std::io::Read;

/// The most that is read of a list, in bytes.
const LIST_MAX: u64 = 4 << 20;

/// What was counted.
#[derive(Debug, Args)]
#[command(after_help = "\
SLOT=LEVEL says what is in the device, SLOT=+SHELF what lies on the shelf, SLOT=LEVEL+SHELF both. A list has one
object a line: {\"slot\":\"cyan ink\",\"level\":\"46\",\"shelf\":\"2\"}. Either all of it is recorded or nothing is.

Examples:
  refillctl stocktake
  refillctl stocktake \"cyan ink=46+2\" \"coffee pods=+80\" \"liquid detergent=620 ml\" --dry-run
  refillctl stocktake --list counted.ndjson --on yesterday")]
pub struct StocktakeArgs {
    /// Counted supplies; without any, and without --list, what the books say is printed
    #[arg(value_name = "SLOT=COUNT")]
    counts: Vec<String>,
    /// Read them from a file of one JSON object a line; - is stdin
    #[arg(long, value_name = "FILE", conflicts_with = "counts")]
    list: Option<String>,
    /// The day it was counted: 2026-11-20, today or yesterday; without it now
    #[arg(long, value_name = "DAY")]
    on: Option<String>,
    /// Anything to remember
    #[arg(long)]
    note: Option<String>,
    /// The step's own id (a UUID); recording it again changes nothing
    #[arg(long, value_name = "UUID", value_parser = typed::id::<EntryId>)]
    id: Option<EntryId>,
    /// Say what it would do, and record nothing
    #[arg(long)]
    dry_run: bool,
}

/// One line of a list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Counted {
    slot: String,
    level: Option<String>,
    shelf: Option<String>,
}

/// What one count would do.
#[derive(Debug, Serialize)]
struct Would {
    slot: String,
    outcome: Outcome,
}

/// Prints the list, says what a stocktake would do, or records it.
pub fn run(args: &StocktakeArgs, session: &mut Session) -> Result<(), Failure> {
    if args.counts.is_empty() && args.list.is_none() {
        let household = session.look()?;
        let (view, say) = (household.stocktake(), session.say(&household));
        return session.out.show(&view, || Ok(books(&view, &say)));
    }
    let counted = match &args.list {
        Some(file) => listed(&text(file)?)?,
        None => args.counts.iter().map(|count| pair(count)).collect::<Result<_, _>>()?,
    };
    if args.dry_run {
        let household = session.look()?;
        let form = form(args, &counted, &household, session)?;
        let (would, say) = (preview(&form, &household)?, session.say(&household));
        return session.out.show(&would, || Ok(outcomes(&would, &say)));
    }
    let (taken, lines) = session.change(Missing::Refuse, |household| {
        let form = form(args, &counted, household, session)?;
        let (taken, say) = (household.take_stock(&form)?, session.say(household));
        let hint = say.say("done_undo_hint", &[("entry", &taken.id.to_string())]);
        Ok((taken.clone(), vec![say.count("done_stocktake", taken.count, &[]), hint]))
    })?;
    session.out.show(&taken, || Ok(lines))
}

fn text(file: &str) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let unread = |cause: &std::io::Error| Failure::io(&format!("{file} can't be read"), cause);
    if file == "-" {
        std::io::stdin().lock().take(LIST_MAX + 1).read_to_end(&mut bytes).map_err(|cause| unread(&cause))?;
    } else {
        let opened = std::fs::File::open(file).map_err(|cause| unread(&cause))?;
        opened.take(LIST_MAX + 1).read_to_end(&mut bytes).map_err(|cause| unread(&cause))?;
    }
    if bytes.len() as u64 > LIST_MAX {
        return Err(Failure::new(
            "bad_field",
            format!("{file} is larger than 4 MB; count in several steps."),
        ));
    }
    String::from_utf8(bytes).map_err(|_| Failure::new("bad_field", format!("{file} is not UTF-8 text.")))
}

fn listed(text: &str) -> Result<Vec<Counted>, Failure> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let read = |(at, line): (usize, &str)| {
        serde_json::from_str(line.trim_start_matches('\u{feff}')).map_err(|cause| {
            let message = format!("Line {} is no count: {cause}. Nothing was recorded.", at + 1);
            Failure::new("bad_field", message).at(format!("lines.{at}"))
        })
    };
    lines.map(read).collect()
}

/// `SLOT=LEVEL+SHELF`; a name may hold an equals sign, a count may not.
fn pair(text: &str) -> Result<Counted, Failure> {
    let Some((slot, count)) = text.rsplit_once('=') else {
        return Err(Failure::usage(format!(
            "“{text}” is no count: write SUPPLY=LEVEL, or SUPPLY=LEVEL+SHELF."
        )));
    };
    let (level, shelf) = count.split_once('+').map_or((count, ""), |(level, shelf)| (level, shelf));
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    Ok(Counted { slot: slot.to_owned(), level: some(level), shelf: some(shelf) })
}

fn form(
    args: &StocktakeArgs,
    counted: &[Counted],
    household: &Household,
    session: &Session,
) -> Result<StocktakeForm, Failure> {
    let locale = household.locale();
    let on = args.on.as_deref().map(|day| typed::day(day, household.today())).transpose()?;
    let mut lines = Vec::with_capacity(counted.len());
    for (at, count) in counted.iter().enumerate() {
        let id = pick::slot(household, &count.slot).map_err(|cause| cause.at(format!("lines.{at}.slot")))?;
        let slot = &household.watched(id)?.row.slot;
        let read = |field: &str, text: Option<&String>, kind| {
            let field = format!("lines.{at}.{field}");
            text.map(|text| typed::amount(&field, text, kind, None, locale)).transpose()
        };
        lines.push(CountForm {
            slot: id,
            level: read("level", count.level.as_ref(), slot.measurement())?,
            shelf: read("shelf", count.shelf.as_ref(), slot.shelf_unit().measurement())?,
        });
    }
    let id = args.id.unwrap_or_else(|| EntryId(session.new_id()));
    Ok(StocktakeForm { id, on, note: args.note.clone(), lines })
}

fn preview(form: &StocktakeForm, household: &Household) -> Result<Vec<Would>, Failure> {
    let would = |line: &CountForm| {
        let record = RecordForm {
            id: form.id,
            slot: line.slot,
            on: form.on,
            note: form.note.clone(),
            amends: None,
            what: What::Counted { level: line.level.clone(), shelf: line.shelf.clone() },
        };
        let outcome = household.preview(&record)?;
        Ok(Would { slot: household.watched(line.slot)?.row.slot.name.clone(), outcome })
    };
    form.lines.iter().map(would).collect()
}

fn outcomes(would: &[Would], say: &Say) -> Vec<String> {
    let rows: Vec<Vec<String>> = would
        .iter()
        .map(|Would { slot, outcome }| {
            let amount = |amount: Option<_>| amount.map(|amount| say.amount(amount)).unwrap_or_default();
            let end = |when: &Option<refill_engine::view::When>| {
                when.as_ref().map(|when| say.day(&when.likely)).unwrap_or_default()
            };
            let arrow = |before: String, after: String| match before == after {
                true => after,
                false => format!("{} → {after}", if before.is_empty() { "?" } else { &before }),
            };
            let shelf = outcome.spares_after.map(|spares| say.count("shelf_pieces", spares, &[]));
            vec![
                slot.clone(),
                arrow(amount(outcome.left_before), amount(outcome.left_after)),
                shelf.unwrap_or_default(),
                arrow(end(&outcome.when_before), end(&outcome.when_after)),
            ]
        })
        .collect();
    let mut lines = table(&rows);
    lines.push(say.word("preview_nothing"));
    lines
}

fn books(view: &StocktakeView, say: &Say) -> Vec<String> {
    let head = ["fact_supply", "fact_left", "fact_shelf", "fact_device"].map(|key| say.word(key)).to_vec();
    let rows = view.lines.iter().map(|line| {
        let shelf = if line.shelf_above {
            say.say("shared_with", &[("devices", &line.row.shared_with.join(", "))])
        } else {
            say.amount(line.shelf)
        };
        let level = line.level.map_or_else(|| say.word("level_unknown"), |level| say.amount(level));
        vec![line.row.name.clone(), level, shelf, line.row.device_name.clone()]
    });
    table(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
}
