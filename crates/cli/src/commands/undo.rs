//! `refillctl undo` and `answer`. Undoing what is undone changes nothing, so that a script may repeat it; `--redo`
//! brings an entry back. JSON: the engine's `Recorded`, and `null` where nothing was changed.

use crate::failure::Failure;
use crate::session::{Missing, Session};
use crate::{pick, typed};
use clap::Args;
use refill_domain::ids::EntryId;
use refill_engine::household::Household;
use refill_engine::view::RiseAnswer;

/// Ledger lines in which the last entry is looked for.
const LINES: u32 = 500;

/// What to undo.
#[derive(Debug, Args)]
#[command(after_help = "Undoing what is undone changes nothing; --json then prints null.")]
pub struct UndoArgs {
    /// The entry, by its id or the end of it that refillctl slot shows
    #[arg(required_unless_present = "last", conflicts_with = "last")]
    entry: Option<String>,
    /// What was recorded last for this supply
    #[arg(long, value_name = "SLOT")]
    last: Option<String>,
    /// Bring an undone entry back instead
    #[arg(long, conflicts_with = "last")]
    redo: bool,
}

/// What to answer.
#[derive(Debug, Args)]
pub struct AnswerArgs {
    /// The supply whose level rose
    slot: String,
    /// A new cartridge, the old one partly refilled, or a reading that was wrong
    #[arg(value_parser = typed::words::<RiseAnswer>(&["new", "partly-refilled", "glitch"]))]
    answer: RiseAnswer,
}

/// Undoes one entry, or brings it back.
pub fn undo(args: &UndoArgs, session: &mut Session) -> Result<(), Failure> {
    let (recorded, line) = session.change(Missing::Refuse, |household| {
        let entry = match (&args.entry, &args.last) {
            (Some(entry), _) => pick::entry(household, entry)?,
            (None, slot) => last(household, slot.as_deref().unwrap_or_default())?,
        };
        let say = session.say(household);
        let (slot, undone) = household.undone(entry)?;
        if undone != args.redo {
            return Ok((None, say.word(if undone { "done_undone_before" } else { "done_redone_before" })));
        }
        let recorded = household.undo(EntryId(session.new_id()), entry)?;
        let name = &household.watched(slot)?.row.slot.name;
        let key = if args.redo { "done_redone" } else { "done_undone" };
        Ok((Some(recorded), say.say(key, &[("name", name)])))
    })?;
    session.out.show(&recorded, || Ok(vec![line]))
}

/// The newest entry of a person that counts; ids are ordered by when they were made.
fn last(household: &Household, slot: &str) -> Result<EntryId, Failure> {
    let slot = pick::slot(household, slot)?;
    let page = household.slot_page(slot, LINES)?;
    let own = page.ledger.iter().filter(|line| line.own && !line.undone);
    own.filter_map(|line| line.entry).max().ok_or_else(|| {
        let message = format!("Nothing you recorded for {} is left to undo.", page.row.name);
        Failure::new("entry_unknown", message).at("last")
    })
}

/// Says what a rise was.
pub fn answer(args: &AnswerArgs, session: &mut Session) -> Result<(), Failure> {
    let (recorded, line) = session.change(Missing::Refuse, |household| {
        let slot = pick::slot(household, &args.slot)?;
        let watched = household.watched(slot)?;
        let name = watched.row.slot.name.clone();
        let rise = household.rise(watched).ok_or_else(|| {
            let message =
                format!("The level of {name} did not rise without an entry; there is nothing to answer.");
            Failure::new("entry_unknown", message).at("slot")
        })?;
        let recorded = household.answer_rise(EntryId(session.new_id()), slot, rise.entry, args.answer)?;
        Ok((recorded, session.say(household).say("done_answered", &[("name", &name)])))
    })?;
    session.out.show(&recorded, || Ok(vec![line]))
}
