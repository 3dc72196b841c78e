//! `refillctl import`: our own export, a table, or a file of Grocy, Homebox or Home Assistant. It looks first; what can't
//! be imported is told line by line, and then nothing is imported unless `--skip-bad` leaves those lines out. JSON: the
//! engine's `ImportView` with `--dry-run`, else its `Imported`.

use crate::failure::Failure;
use crate::session::{Missing, Session};
use crate::{pick, typed};
use chrono::NaiveDate;
use clap::Args;
use refill_domain::locale::Locale;
use refill_engine::household::Household;
use refill_engine::transfer::import;
use refill_engine::view::{Dates, Goes, Happened, ImportPlan, ImportView, Refusal, Role, Sent, Work};
use serde::Serialize;
use std::path::PathBuf;

/// What to import, and how to read it.
#[derive(Debug, Args)]
#[command(
    after_help = "ROLE is one of date, time, device, supply, what, amount, unit, packs, price, currency, shop, note, \
    none.\n\nExamples:\n  refillctl import household.json\n  refillctl import detergent.csv --dry-run\n  \
    refillctl import detergent.csv --column amount=Menge --dates day-first --send \"Spüli=dish soap\"\n  \
    refillctl import history.csv --send sensor.printer_black=\"black ink\" --send sensor.power=none"
)]
pub struct ImportArgs {
    /// The file
    file: PathBuf,
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
    /// Import the rest if some lines can't be
    #[arg(long)]
    skip_bad: bool,
    /// What a column says, as ROLE=HEADER; several times
    #[arg(long = "column", value_name = "ROLE=HEADER", value_parser = pair)]
    columns: Vec<(String, String)>,
    /// How 3/11/2026 is meant
    #[arg(long, value_parser = typed::words::<Dates>(&["day-first", "month-first"]))]
    dates: Option<Dates>,
    /// Whose numbers they are, such as de-DE
    #[arg(long, value_name = "LOCALE")]
    numbers: Option<Locale>,
    /// What happened, where no column says it
    #[arg(long, value_parser = typed::words::<Happened>(&["level", "used", "bought", "replaced", "counted"]))]
    what: Option<Happened>,
    /// The day of rows that have none
    #[arg(long, value_name = "DAY")]
    undated: Option<NaiveDate>,
    /// Where a name of the file goes: a supply, `new` or `none`; several times
    #[arg(long = "send", value_name = "NAME=SUPPLY", value_parser = pair)]
    sent: Vec<(String, String)>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (one, other) = text.split_once('=').ok_or_else(|| "write it with a = in between".to_owned())?;
    Ok((one.trim().to_owned(), other.trim().to_owned()))
}

/// Looks, and imports.
pub fn run(args: &ImportArgs, session: &mut Session) -> Result<(), Failure> {
    if args.dry_run && session.exists() {
        let household = session.look()?;
        let view = look(args, session, &household)?;
        return told(session, &household, &view);
    }
    let (done, say) = session
        .change(Missing::Make, |household| {
            let view = look(args, session, household)?;
            if args.dry_run {
                told(session, household, &view)?;
                return Ok(None);
            }
            if view.refused > 0 && !args.skip_bad {
                for row in &view.refusals {
                    let why = format!("line {}: {}: {}", row.line, word(&row.why), row.text);
                    session.out.warn("refused", why);
                }
            }
            let course = session.course(Work::Import);
            let done =
                import::import(household, &args.file, &view.plan, &view.stamp, args.skip_bad, &course)?;
            Ok(Some((done, session.say(household))))
        })?
        .map_or((None, None), |(done, say)| (Some(done), Some(say)));
    let (Some(done), Some(say)) = (done, say) else { return Ok(()) };
    session.out.show(&done, || {
        let counts = [done.new, done.known, done.left_out, done.refused, done.devices, done.slots];
        Ok(vec![say.say("import_did", &parts(&counts.map(|count| count.to_string())))])
    })
}

fn parts(counts: &[String; 6]) -> Vec<(&str, &str)> {
    let names = ["new", "known", "left_out", "refused", "devices", "slots"];
    names.into_iter().zip(counts.iter().map(String::as_str)).collect()
}

/// The file as it would be imported: as guessed, but for what the arguments say.
fn look(args: &ImportArgs, session: &Session, household: &Household) -> Result<ImportView, Failure> {
    let course = session.course(Work::Look);
    let guessed = import::look(household, &args.file, None, &course)?;
    let plan = plan(args, household, &guessed)?;
    let view = import::look(household, &args.file, Some(&plan), &course)?;
    let missing: Vec<String> = view.missing.iter().map(word).collect();
    if !missing.is_empty() {
        let headers: Vec<&str> = view.columns.iter().map(|column| column.header.as_str()).collect();
        return Err(Failure::new(
            "bad_file",
            format!(
                "It is not clear which column says: {}. The columns are: {}. Say it with --column, --what or --dates.",
                missing.join(", "),
                headers.join(", ")
            ),
        ));
    }
    Ok(view)
}

fn plan(args: &ImportArgs, household: &Household, view: &ImportView) -> Result<ImportPlan, Failure> {
    let mut plan = view.plan.clone();
    for (role, header) in &args.columns {
        let role: Role = typed::word(role)
            .ok_or_else(|| Failure::usage(format!("{role} is no role; see refillctl import --help.")))?;
        let at = view.columns.iter().position(|column| column.header.to_lowercase() == header.to_lowercase());
        let at = at.ok_or_else(|| {
            Failure::new("bad_field", format!("The file has no column {header}.")).at("column")
        })?;
        for (index, other) in plan.columns.iter_mut().enumerate() {
            if index == at {
                *other = role;
            } else if *other == role {
                *other = Role::None;
            }
        }
    }
    plan.dates = args.dates.or(plan.dates);
    plan.numbers = args.numbers.unwrap_or(plan.numbers);
    plan.what = args.what.or(plan.what);
    plan.undated = args.undated.or(plan.undated);
    for (name, goes) in &args.sent {
        let goes = match goes.as_str() {
            "new" => Goes::New {},
            "none" => Goes::Nowhere {},
            supply => Goes::To { slot: pick::slot(household, supply)? },
        };
        plan.sent.push(Sent { name: name.clone(), goes });
    }
    import::check_plan(&plan)?;
    Ok(plan)
}

fn told(session: &Session, household: &Household, view: &ImportView) -> Result<(), Failure> {
    let say = session.say(household);
    session.out.show(view, || {
        let counts = [view.new, view.known, view.left_out, view.refused, view.devices, view.slots];
        let mut lines = vec![say.say("import_would", &parts(&counts.map(|count| count.to_string())))];
        for row in &view.refusals {
            let (line, why) = (row.line.to_string(), word::<Refusal>(&row.why));
            lines.push(format!(
                "  {}",
                say.say("import_line", &[("line", &line), ("why", &why), ("text", &row.text)])
            ));
        }
        Ok(lines)
    })
}

/// A word of the engine's vocabulary for people.
fn word<T: Serialize>(value: &T) -> String {
    let word = serde_json::to_value(value).ok();
    word.as_ref().and_then(|word| word.as_str()).unwrap_or_default().replace('_', " ")
}
