//! `refillctl record`: what a person did to a supply, with everything the app's dialogs take. JSON: the engine's
//! `Recorded`, or `Outcome` with `--dry-run`.

use crate::failure::Failure;
use crate::phrase::Say;
use crate::session::{Missing, Session};
use crate::{pick, typed};
use clap::{Args, Subcommand};
use refill_domain::endpoint::Slot;
use refill_domain::ids::EntryId;
use refill_domain::locale::{Locale, format_exact};
use refill_engine::form::{RecordForm, What};
use refill_engine::household::Household;
use refill_engine::view::{Outcome, Recorded};

const EXAMPLES: &str = "\
Examples:
  refillctl record bought \"liquid detergent\" --content \"1.5 l\" --price 8.50 --shop \"Corner shop\"
  refillctl record bought \"coffee pods\" --packs 2 --on yesterday
  refillctl record replaced \"cyan ink\" --on 2026-11-20
  refillctl record counted \"liquid detergent\" --level \"620 ml\" --shelf \"1.5 l\"

A script that may run twice gives its own --id: the same id is recorded once.";

/// What to record.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct RecordArgs {
    #[command(subcommand)]
    what: Did,
}

#[derive(Debug, Subcommand)]
enum Did {
    /// You bought more
    Bought(Bought),
    /// You replaced it
    Replaced(Replaced),
    /// You counted what is there
    Counted(Counted),
}

#[derive(Debug, Args)]
struct Bought {
    /// The supply
    slot: String,
    /// How many packs
    #[arg(long, value_name = "N", default_value = "1", allow_hyphen_values = true)]
    packs: String,
    /// What one pack holds, such as "1.5 l"; without it the usual pack
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    content: Option<String>,
    /// What all of it cost, as written in your region
    #[arg(long, allow_hyphen_values = true)]
    price: Option<String>,
    /// Three letters, such as EUR; without it your region's
    #[arg(long)]
    currency: Option<String>,
    /// Where
    #[arg(long)]
    shop: Option<String>,
    /// Which product: ten letters and digits
    #[arg(long)]
    asin: Option<String>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Replaced {
    /// The supply
    slot: String,
    /// With the spare on the shelf; so by itself if one is recorded
    #[arg(long)]
    from_shelf: bool,
    /// With one that was not recorded; the shelf stays as it is
    #[arg(long, conflicts_with = "from_shelf")]
    not_from_shelf: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true, id = "counts", args = ["level", "shelf"])]
struct Counted {
    /// The supply
    slot: String,
    /// What is in the device, such as "620 ml"
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    level: Option<String>,
    /// What lies on the shelf: pieces, or an amount for what is poured or counted out
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    shelf: Option<String>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Common {
    /// The day it happened: 2026-11-20, today or yesterday; without it now
    #[arg(long, value_name = "DAY")]
    on: Option<String>,
    /// Anything to remember
    #[arg(long)]
    note: Option<String>,
    /// This entry's own id (a UUID); recording it again changes nothing
    #[arg(long, value_name = "UUID", value_parser = typed::id::<EntryId>)]
    id: Option<EntryId>,
    /// The entry this one replaces
    #[arg(long, value_name = "ENTRY")]
    amends: Option<String>,
    /// Say what it would do, and record nothing
    #[arg(long)]
    dry_run: bool,
}

impl Did {
    fn slot(&self) -> &str {
        match self {
            Self::Bought(did) => &did.slot,
            Self::Replaced(did) => &did.slot,
            Self::Counted(did) => &did.slot,
        }
    }

    fn common(&self) -> &Common {
        match self {
            Self::Bought(did) => &did.common,
            Self::Replaced(did) => &did.common,
            Self::Counted(did) => &did.common,
        }
    }

    /// As the engine's form has it.
    fn what(&self, slot: &Slot, spares: u32, locale: Locale) -> Result<What, Failure> {
        let shelf = slot.shelf_unit().measurement();
        let read = |field, text: Option<&String>, kind| {
            text.map(|text| typed::amount(field, text, kind, None, locale)).transpose()
        };
        Ok(match self {
            Self::Bought(did) => What::Bought {
                packs: did.packs.clone(),
                content: read("content", did.content.as_ref(), shelf)?,
                asin: did.asin.clone(),
                price: did.price.clone(),
                currency: did.currency.clone(),
                shop: did.shop.clone(),
            },
            Self::Replaced(did) => {
                What::Replaced { from_shelf: did.from_shelf || (!did.not_from_shelf && spares > 0) }
            }
            Self::Counted(did) => What::Counted {
                level: read("level", did.level.as_ref(), slot.measurement())?,
                shelf: read("shelf", did.shelf.as_ref(), shelf)?,
            },
        })
    }

    fn done(&self, name: &str, recorded: &Recorded, say: &Say) -> String {
        let amount = recorded.effect.map(|effect| format_exact(effect, say.locale()));
        match (self, &amount) {
            (Self::Replaced(_), _) => say.say("done_replaced", &[("name", name)]),
            (Self::Bought(_), None) => say.say("done_bought_plain", &[("name", name)]),
            (Self::Bought(_), Some(amount)) => say.say("done_bought", &[("name", name), ("amount", amount)]),
            (Self::Counted(_), amount) => {
                let amount = amount.as_deref().unwrap_or_default();
                say.say("done_counted", &[("name", name), ("amount", amount)])
            }
        }
    }
}

/// Records it, or says what it would do.
pub fn run(args: RecordArgs, session: &mut Session) -> Result<(), Failure> {
    let did = args.what;
    if did.common().dry_run {
        let household = session.look()?;
        let form = form(&did, &household, session)?;
        let (outcome, say) = (household.preview(&form)?, session.say(&household));
        return session.out.show(&outcome, || Ok(outcome_lines(&outcome, &say)));
    }
    let (recorded, lines) = session.change(Missing::Refuse, |household| {
        let form = form(&did, household, session)?;
        let recorded = household.record(&form)?;
        let (say, row) = (session.say(household), household.present(household.watched(form.slot)?).row);
        let (first, second) = say.next(&row);
        let next = if second.is_empty() { first } else { format!("{first} ({second})") };
        let hint = say.say("done_undo_hint", &[("entry", &recorded.entry.to_string())]);
        Ok((recorded.clone(), vec![did.done(&row.name, &recorded, &say), next, hint]))
    })?;
    session.out.show(&recorded, || Ok(lines))
}

fn form(did: &Did, household: &Household, session: &Session) -> Result<RecordForm, Failure> {
    let id = pick::slot(household, did.slot())?;
    let watched = household.watched(id)?;
    let slot = &watched.row.slot;
    let spares = household.present(watched).row.spares.unwrap_or(0);
    let common = did.common();
    let on = common.on.as_deref().map(|day| typed::day(day, household.today())).transpose()?;
    Ok(RecordForm {
        id: common.id.unwrap_or_else(|| EntryId(session.new_id())),
        slot: id,
        on,
        note: common.note.clone(),
        amends: common.amends.as_deref().map(|entry| pick::entry(household, entry)).transpose()?,
        what: did.what(slot, spares, household.locale())?,
    })
}

fn outcome_lines(outcome: &Outcome, say: &Say) -> Vec<String> {
    let mut lines = Vec::new();
    match (outcome.left_before, outcome.left_after) {
        (Some(before), Some(after)) => {
            let (before, after) = (say.amount(before), say.amount(after));
            lines.push(say.say("preview_left", &[("before", &before), ("after", &after)]));
        }
        (None, Some(after)) => {
            lines.push(say.say("preview_left_after", &[("after", &say.amount(after))]));
        }
        (_, None) => {}
    }
    lines.extend(outcome.spares_after.map(|spares| say.count("shelf_pieces", spares, &[])));
    lines.extend(
        outcome.later_reading.as_ref().map(|day| say.say("preview_later", &[("day", &say.day(day))])),
    );
    lines.push(say.word("preview_nothing"));
    lines
}
