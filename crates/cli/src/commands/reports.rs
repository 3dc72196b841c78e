//! `refillctl reports`: what left this computer or is to leave it. JSON: the engine's `ReportsView`. `retry` and `discard`
//! take the key of a report that waits for a person.

use super::account::{in_step, with_engine};
use crate::failure::{Exit, Failure};
use crate::session::{Missing, Session};
use chrono::DateTime;
use clap::{Args, Subcommand};
use refill_domain::locale::{Locale, format_amount};
use refill_domain::measure::Amount;
use refill_engine::api::Api as _;
use refill_engine::engine::Engine;
use refill_engine::reports::{Heard, Outward};
use refill_engine::view::{
    LinkState, MakerSays, ReportLine, ReportReason, ReportState, ReportTold, ReportsView, Update,
};
use serde_json::json;
use tokio::sync::broadcast::Receiver;

const HELP: &str = "\
Examples:
  refillctl reports
  refillctl reports --json
  refillctl reports retry maker:0193f1c2-7a4e-7000-8000-000000000001
  refillctl reports discard entry:0193f1c2-7a4e-7000-8000-000000000002";

/// What to do with reports.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct ReportsArgs {
    #[command(subcommand)]
    act: Option<Act>,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Send a report again that waits for you
    Retry {
        /// Its key, as the list prints it
        key: String,
    },
    /// Put a report away that waits for you; it is never sent
    Discard {
        /// Its key, as the list prints it
        key: String,
    },
}

/// Lists reports, or settles one.
pub fn run(args: &ReportsArgs, session: &Session) -> Result<(), Failure> {
    let (key, retry) = match &args.act {
        None => {
            let view = list(session)?;
            return session.out.show(&view, || Ok(lines(session, &view)));
        }
        Some(Act::Retry { key }) => (key, true),
        Some(Act::Discard { key }) => (key, false),
    };
    with_engine(session, Missing::Refuse, async |engine, updates| {
        connect(engine, updates).await?;
        let done = match retry {
            true => engine.retry_report(key.clone()).await,
            false => engine.discard_report(key.clone()).await,
        };
        Ok(done?)
    })?;
    let (act, said) = if retry { ("retry", "It goes again.") } else { ("discard", "It is never sent.") };
    session.out.show(&json!({ "key": key, "done": act }), || Ok(vec![said.to_owned()]))
}

/// With what the maker's cloud says; beside the app, what is on disk.
fn list(session: &Session) -> Result<ReportsView, Failure> {
    let asked = with_engine(session, Missing::Refuse, async |engine, updates| {
        connect(engine, updates).await?;
        Ok(engine.reports().await?)
    });
    match asked {
        Err(failure) if failure.exit() == Exit::Locked => {
            let household = session.look()?;
            let heard = household.link().map_or(Heard::Unlinked, |link| Heard::Unreachable {
                server: link.server.clone(),
                detail: "Refill is open and holds the link.".to_owned(),
            });
            Ok(household.reports(&Outward::default(), &heard)?)
        }
        other => other,
    }
}

/// Waits for the cloud where there is one; what is known here is told without it.
async fn connect(engine: &Engine, updates: &mut Receiver<Update>) -> Result<(), Failure> {
    if matches!(engine.account().await?.state, LinkState::Linked { .. }) {
        let _ = in_step(engine, updates).await;
    }
    Ok(())
}

fn lines(session: &Session, view: &ReportsView) -> Vec<String> {
    let locale = session.look().map_or(Locale::nearest("en-GB"), |household| household.locale());
    let mut all = Vec::new();
    if let MakerSays::Unreachable { server, .. } = &view.maker {
        all.push(format!("{server} can't be asked now; what went on to Alexa is missing."));
    }
    for day in &view.days {
        all.push(day.day.clone());
        all.extend(day.lines.iter().map(|line| said(session, line, locale)));
    }
    if view.days.is_empty() {
        all.push("Nothing to report yet.".to_owned());
    }
    all
}

fn clock(session: &Session, at: i64) -> String {
    let at = DateTime::from_timestamp_millis(at).unwrap_or_default();
    at.with_timezone(&session.clock().offset(at)).format("%H:%M").to_string()
}

fn said(session: &Session, line: &ReportLine, locale: Locale) -> String {
    let state = match &line.state {
        ReportState::Queued {} => "goes next".to_owned(),
        ReportState::Sending {} => "sending".to_owned(),
        ReportState::Waiting { until } => format!("next try {}", clock(session, *until)),
        ReportState::Delivered { .. } => "delivered".to_owned(),
        ReportState::WithMaker { .. } => "with the maker".to_owned(),
        ReportState::Parked { reason } => format!("parked: {} [{}]", why(*reason), line.key),
        ReportState::Superseded { .. } => "superseded".to_owned(),
        ReportState::Discarded { .. } => "discarded".to_owned(),
    };
    format!("  {}  {}  {}  {state}", clock(session, line.at), told(line, locale), line.message)
}

fn told(line: &ReportLine, locale: Locale) -> String {
    let of = |name: &str, what: String| {
        let name = if name.is_empty() { "a supply that is gone" } else { name };
        format!("{name}: {what}")
    };
    let amount = |amount: &Amount| format_amount(*amount, locale).text;
    match &line.told {
        ReportTold::Levels { levels, .. } => levels
            .iter()
            .map(|level| of(&level.name, level.amount.as_ref().map_or("level unknown".into(), amount)))
            .collect::<Vec<_>>()
            .join(", "),
        ReportTold::Health { reachable } => {
            let device = line.device.as_deref().unwrap_or("a device");
            format!("{device}: {}", if *reachable { "can be reached" } else { "can't be reached" })
        }
        ReportTold::Described { devices } => format!("described {}", devices.join(", ")),
        ReportTold::Removed { count } => format!("{count} devices removed"),
        ReportTold::Used { name, amount: used, .. } => of(name, format!("used {}", amount(used))),
        ReportTold::Replaced { name } => of(name, "replaced".into()),
        ReportTold::Bought { name, packs } => of(name, format!("bought {packs}")),
        ReportTold::Received { name, packs } => of(name, format!("received {packs}")),
        ReportTold::Counted { name } => of(name, "counted".into()),
        ReportTold::Undone { name } => of(name, "undone or redone".into()),
    }
}

fn why(reason: ReportReason) -> &'static str {
    match reason {
        ReportReason::Invalid => "Amazon refused it",
        ReportReason::TooLarge => "it is larger than Amazon takes",
        ReportReason::DeviceGone => "the device was removed before",
        ReportReason::LinkLost => "Alexa no longer accepts the link; link again",
        ReportReason::SkillDisabled => "the skill was disabled; enable it and link again",
        ReportReason::NotEnabledHere => "the skill is not enabled in this region",
        ReportReason::NotPermitted => "the skill may not send reports",
        ReportReason::OtherSkill => "the link belongs to another skill",
        ReportReason::WrongAddress => "something else answers in Amazon's place",
        ReportReason::EntryRefused => "the maker's cloud refused it",
        ReportReason::EntryConflict => "the maker's cloud knows something else under this id",
    }
}
