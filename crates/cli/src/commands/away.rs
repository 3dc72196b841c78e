//! `refillctl away`: days on which nobody was there, which forecasts leave out. JSON: a list of the engine's `AwayView`.

use crate::failure::Failure;
use crate::output::table;
use crate::phrase::Say;
use crate::pick;
use crate::session::{Missing, Session};
use clap::{Args, Subcommand};
use refill_domain::ids::EntryId;
use refill_engine::form::AwayForm;
use refill_engine::view::AwayView;

const HELP: &str = "\
Examples:
  refillctl away add 2026-08-01 2026-08-14
  refillctl away add 2026-08-01 2026-08-14 --device \"Espresso machine\"
  refillctl away list
  refillctl away remove 0198c2";

/// What to do.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct AwayArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Mark days on which nobody was there, past or to come
    Add {
        /// The first day, YYYY-MM-DD
        #[arg(value_name = "FROM")]
        first: String,
        /// The last day, included
        #[arg(value_name = "TO")]
        last: String,
        /// One device alone instead of the whole household
        #[arg(long, value_name = "DEVICE")]
        device: Option<String>,
    },
    /// List the marked days
    List,
    /// Take a mark back
    Remove {
        /// The end of its id, as the list shows it, or all of it
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// Does it, and prints what is marked then.
pub fn run(args: &AwayArgs, session: &mut Session) -> Result<(), Failure> {
    let (views, say) = match &args.what {
        What::List => {
            let household = session.look()?;
            (household.away(), session.say(&household))
        }
        What::Add { first, last, device } => {
            let id = EntryId(session.new_id());
            session.change(Missing::Refuse, |household| {
                let device = device.as_deref().map(|name| pick::device(household, name)).transpose()?;
                household.add_away(&AwayForm { id, device, first: first.clone(), last: last.clone() })?;
                Ok((household.away(), session.say(household)))
            })?
        }
        What::Remove { id } => session.change(Missing::Refuse, |household| {
            household.remove_away(named(&household.away(), id)?)?;
            Ok((household.away(), session.say(household)))
        })?,
    };
    session.out.show(&views, || Ok(lines(&views, &say)))
}

fn named(all: &[AwayView], text: &str) -> Result<EntryId, Failure> {
    let text = text.trim().to_lowercase();
    let mut fitting = all.iter().filter(|view| text.len() >= 4 && view.id.to_string().ends_with(&text));
    match (fitting.next(), fitting.next()) {
        (Some(view), None) => Ok(view.id),
        (Some(_), Some(_)) => Err(Failure::new("ambiguous", "Several fit; write the whole id.").at("id")),
        (None, _) => {
            Err(Failure::new("entry_unknown", "No such days are marked; refillctl away list shows them.")
                .at("id"))
        }
    }
}

fn lines(views: &[AwayView], say: &Say) -> Vec<String> {
    let rows: Vec<Vec<String>> = views
        .iter()
        .map(|view| {
            let id = view.id.to_string();
            let tail = id.get(id.len().saturating_sub(12)..).unwrap_or(&id).to_owned();
            vec![
                say.day(&view.first),
                say.day(&view.last),
                view.device_name.clone().unwrap_or_default(),
                tail,
            ]
        })
        .collect();
    if rows.is_empty() { vec![say.word("away_none")] } else { table(&rows) }
}
