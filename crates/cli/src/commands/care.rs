//! `refillctl snooze`, `mute`, `rule` and `share`: when a supply asks, and from which shelf it takes. JSON: the
//! supply's row, as in `refillctl supplies`.

use crate::failure::Failure;
use crate::phrase::Say;
use crate::session::{Missing, Session};
use crate::{pick, typed};
use chrono::{NaiveDate, TimeDelta};
use clap::Args;
use refill_domain::ids::SlotId;
use refill_domain::replenish::Rule;
use refill_engine::error::{Code, Error};
use refill_engine::form::QuietForm;
use refill_engine::household::Household;

/// Until when to be quiet.
#[derive(Debug, Args)]
pub struct SnoozeArgs {
    /// The supply
    slot: String,
    /// The day it asks again: 2026-11-28, tomorrow, or a number of days such as 7
    #[arg(value_name = "DAY")]
    until: String,
}

/// How to be quiet.
#[derive(Debug, Args)]
pub struct MuteArgs {
    /// The supply
    slot: String,
    /// For good, not only until it is replaced
    #[arg(long)]
    always: bool,
    /// Let it ask again, muted or snoozed
    #[arg(long, conflicts_with = "always")]
    off: bool,
}

/// When to ask.
#[derive(Debug, Args)]
#[command(after_help = "\
amazon    when what is left is no more than the days in hand (7) at your pace
careful   when it may be out before a delivery and two days more, at 1 in 20
normal    the same at 1 in 10
thrifty   the same at 1 in 4")]
pub struct RuleArgs {
    /// The supply
    slot: String,
    /// By which rule it asks to be ordered
    #[arg(value_parser = typed::words::<Rule>(&["amazon", "careful", "normal", "thrifty"]))]
    rule: Rule,
    /// Days a delivery of it takes; without it the household's
    #[arg(long, value_name = "DAYS")]
    delivery_days: Option<u16>,
}

/// From which shelf to take.
#[derive(Debug, Args)]
#[command(
    after_help = "What lies on the shelf then counts for all that share it, before any of them is called low."
)]
pub struct ShareArgs {
    /// The supply
    slot: String,
    /// The supply that takes the same product
    #[arg(required_unless_present = "own", conflicts_with = "own")]
    with: Option<String>,
    /// Give it a shelf of its own again
    #[arg(long)]
    own: bool,
}

/// Keeps a supply quiet until a day.
pub fn snooze(args: &SnoozeArgs, session: &mut Session) -> Result<(), Failure> {
    change(session, &args.slot, |household, slot| {
        let day = coming(&args.until, household.today())?;
        household.set_quiet(slot, &QuietForm::Until { day })?;
        Ok(Box::new(move |say, name| {
            say.say("done_snoozed", &[("name", name), ("day", &say.day(&day.to_string()))])
        }))
    })
}

/// Keeps a supply quiet until it is replaced or for good, or lets it ask again.
pub fn mute(args: &MuteArgs, session: &mut Session) -> Result<(), Failure> {
    let (form, key) = match (args.off, args.always) {
        (true, _) => (QuietForm::Heard {}, "done_unmuted"),
        (false, true) => (QuietForm::Always {}, "done_muted_always"),
        (false, false) => (QuietForm::UntilReplaced {}, "done_muted"),
    };
    change(session, &args.slot, |household, slot| {
        household.set_quiet(slot, &form)?;
        Ok(Box::new(move |say, name| say.say(key, &[("name", name)])))
    })
}

/// Chooses the order rule of a supply.
pub fn rule(args: &RuleArgs, session: &mut Session) -> Result<(), Failure> {
    change(session, &args.slot, |household, slot| {
        household.set_rule(slot, args.rule, args.delivery_days)?;
        Ok(Box::new(|say, name| say.say("done_set", &[("name", name)])))
    })
}

/// Lets a supply take from another's shelf.
pub fn share(args: &ShareArgs, session: &mut Session) -> Result<(), Failure> {
    change(session, &args.slot, |household, slot| {
        let with = args.with.as_deref().filter(|_| !args.own);
        let with = with.map(|with| pick::slot(household, with)).transpose()?;
        household.share_shelf(slot, with)?;
        let other =
            with.map(|with| household.watched(with)).transpose()?.map(|other| other.row.slot.name.clone());
        Ok(Box::new(move |say, name| match &other {
            Some(other) => say.say("done_shared", &[("name", name), ("other", other)]),
            None => say.say("done_own_shelf", &[("name", name)]),
        }))
    })
}

/// What to say afterwards, of the supply's name.
type Done = Box<dyn FnOnce(&Say, &str) -> String>;

fn change(
    session: &mut Session,
    slot: &str,
    change: impl FnOnce(&mut Household, SlotId) -> Result<Done, Failure>,
) -> Result<(), Failure> {
    let (row, lines) = session.change(Missing::Refuse, |household| {
        let slot = pick::slot(household, slot)?;
        let done = change(household, slot)?;
        let (say, row) = (session.say(household), household.present(household.watched(slot)?).row);
        let (first, second) = say.next(&row);
        let next = if second.is_empty() { first } else { format!("{first} ({second})") };
        let lines = vec![done(&say, &row.name), next];
        Ok((row, lines))
    })?;
    session.out.show(&row, || Ok(lines))
}

/// A day to come; whether it may be is the engine's to say.
fn coming(text: &str, today: NaiveDate) -> Result<NaiveDate, Failure> {
    let text = text.trim().to_lowercase();
    let days = if text == "tomorrow" { Some(1) } else { text.parse::<u16>().ok().map(i64::from) };
    match days {
        Some(days) => Ok(today + TimeDelta::days(days)),
        None => NaiveDate::parse_from_str(&text, "%Y-%m-%d").map_err(|_| {
            let message = "Write the day as 2026-11-28, or tomorrow, or a number of days.";
            Error::new(Code::BadDate, message).at("until").into()
        }),
    }
}
