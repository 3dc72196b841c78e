//! The command line itself: which commands there are, what holds for all of them, and the promises `--help` makes.
//! A usage error ends here with exit code 2; everything else ends in the one place that turns a result into an exit
//! code.

use crate::commands::{
    account, add, away, backup, care, chart, dash, devices, export, find, forecast, import, model, orders,
    probe, record, rehearse, replay, reports, settings, slots, stocktake, supplies, support_bundle, undo,
    usage,
};
use crate::output::Out;
use crate::session::Session;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

const AFTER: &str = "\
SLOT and DEVICE are given by name (\"cyan ink\"), a slot also as \"device/supply\", in any case; or by the
id that --json prints, or its first 4 or more characters. If several fit, they are listed.

Amounts are written as in your region, with their unit: \"1.5 l\", \"620 ml\", \"40 oz\". Pieces and percent
need none.

Exit codes:
  0  done
  1  failed: the reason is on stderr, nothing was changed
  2  wrong usage: no such command, option or value
  3  locked: Refill (or another refillctl) has the household open; reading commands work all the same

Streams: stdout carries the result and nothing else; errors and remarks go to stderr, one sentence each.
With --json stdout is one JSON document, and every line on stderr is a JSON object as well:
  {\"error\":{\"code\":\"bad_amount\",\"message\":\"Enter an amount above 0.\",\"field\":\"packs\"}}
  {\"warning\":{\"code\":\"no_printer\",\"message\":\"…\",\"field\":null}}
Only options that are no options (2) are told in plain text all the same.

JSON: at is in milliseconds since 1970 UTC, days are YYYY-MM-DD, amounts are thousandths of their unit,
{\"milli\":1500,\"unit\":\"LITER\"}. Fields may be added, never renamed.

Examples:
  refillctl supplies
  refillctl find
  refillctl add --printer 192.168.1.24
  refillctl add --kind coffee-machine --name \"Espresso machine\"
  refillctl record bought \"coffee pods\" --packs 2
  refillctl chart \"cyan ink\" --png cyan.png --range year
  refillctl export --json --to household.json
  refillctl import history.csv --dry-run
  refillctl usage --by month
  refillctl probe ipp://192.168.1.24 --json";

/// Says when the things your devices use up run out.
#[derive(Debug, Parser)]
#[command(name = "refillctl", version, after_help = AFTER)]
pub struct Args {
    /// The household's folder; without it $REFILL_DATA, else the one the app opens
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
enum Command {
    /// All supplies, most urgent first, with the day each runs out
    Supplies,
    /// One supply: what is left, why, and its ledger
    Slot(slots::SlotArgs),
    /// All devices with how they are reached
    Devices(devices::DevicesArgs),
    /// Add a device by hand, or a printer by its address
    Add(add::AddArgs),
    /// Record what you did: bought, replaced or counted
    Record(record::RecordArgs),
    /// Undo an entry, or bring an undone one back
    Undo(undo::UndoArgs),
    /// Say what a risen level was
    Answer(undo::AnswerArgs),
    /// Count many supplies in one step, or print what the books say
    Stocktake(stocktake::StocktakeArgs),
    /// Keep a supply out of "Needs you" until a day
    Snooze(care::SnoozeArgs),
    /// Keep a supply out of "Needs you" until it is replaced, or for good
    Mute(care::MuteArgs),
    /// Choose when a supply asks to be ordered
    Rule(care::RuleArgs),
    /// Let a supply take from the same shelf as another
    Share(care::ShareArgs),
    /// Draw a chart of one supply
    Chart(chart::ChartArgs),
    /// What was used by week or month, and what it cost
    Usage(usage::UsageArgs),
    /// Read one device now, or all that are on the network
    Read(devices::ReadArgs),
    /// Give a device another name
    Rename(devices::RenameArgs),
    /// Change a supply's name, low mark, capacity or pack
    Set(slots::SetArgs),
    /// Remove a device; its history is kept 30 days
    Remove(devices::RemoveArgs),
    /// Bring a removed device back
    BringBack(devices::BringBackArgs),
    /// Write everything as JSON, or the ledger as CSV
    Export(export::ExportArgs),
    /// Import an export, a table, or a file of Grocy, Homebox or Home Assistant
    Import(import::ImportArgs),
    /// Copy the household into one file, checked
    Backup(backup::BackupArgs),
    /// Put a backup in the household's place, which is kept beside it
    Restore(backup::RestoreArgs),
    /// Show the settings, or change some
    Settings(settings::SettingsArgs),
    /// Ask a printer what it holds; needs no household and keeps nothing
    Probe(probe::ProbeArgs),
    /// Look for printers on the network
    Find(find::FindArgs),
    /// Mark days on which nobody was there
    Away(away::AwayArgs),
    /// What Amazon told of orders and reordering; or say whether one came
    Orders(orders::OrdersArgs),
    /// How this household stands with a maker's account
    Account,
    /// Link a maker's account, in your browser
    Link(account::LinkArgs),
    /// End the link with the maker's account; devices and their history stay
    Unlink,
    /// What left this computer or is to leave it; send one again or put it away
    Reports(reports::ReportsArgs),
    /// Send what waits to the maker's cloud, and take in what is new
    Sync,
    /// Print the address of a device's Dash settings
    DashUrl(dash::DashArgs),
    /// Write a file for support, or show one that a customer sent
    SupportBundle(support_bundle::BundleArgs),
    /// Check, preview, export and import the dossier of a device model; needs no household
    Model(model::ModelArgs),
    /// Rehearse Amazon's certification of a device model on this computer; needs no household
    Rehearse(rehearse::RehearseArgs),
    /// Say when the series on stdin run out; needs no household
    Forecast(forecast::ForecastArgs),
    /// Play ordering over the series on stdin, by Amazon's rule and ours; needs no household
    Replay(replay::ReplayArgs),
}

/// Reads the command line, does what it says, and gives the exit code.
pub fn run() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(told) => {
            // A closed pipe is nobody to tell.
            let _ = told.print();
            return ExitCode::from(u8::try_from(told.exit_code()).unwrap_or(2));
        }
    };
    let mut session = Session::new(args.data, Out::new(args.json));
    let done = match args.command {
        Command::Supplies => supplies::run(&mut session),
        Command::Slot(args) => slots::show(&args, &mut session),
        Command::Devices(args) => devices::list(&args, &mut session),
        Command::Add(args) => add::run(args, &mut session),
        Command::Record(args) => record::run(args, &mut session),
        Command::Undo(args) => undo::undo(&args, &mut session),
        Command::Answer(args) => undo::answer(&args, &mut session),
        Command::Stocktake(args) => stocktake::run(&args, &mut session),
        Command::Snooze(args) => care::snooze(&args, &mut session),
        Command::Mute(args) => care::mute(&args, &mut session),
        Command::Rule(args) => care::rule(&args, &mut session),
        Command::Share(args) => care::share(&args, &mut session),
        Command::Chart(args) => chart::run(&args, &mut session),
        Command::Usage(args) => usage::run(&args, &mut session),
        Command::Read(args) => devices::read(&args, &mut session),
        Command::Rename(args) => devices::rename(&args, &mut session),
        Command::Set(args) => slots::set(args, &mut session),
        Command::Remove(args) => devices::remove(&args, &mut session),
        Command::BringBack(args) => devices::bring_back(&args, &mut session),
        Command::Export(args) => export::run(&args, &mut session),
        Command::Import(args) => import::run(&args, &mut session),
        Command::Backup(args) => backup::back_up(&args, &mut session),
        Command::Restore(args) => backup::restore(&args, &mut session),
        Command::Settings(args) => settings::run(&args, &mut session),
        Command::Probe(args) => probe::run(&args, &mut session),
        Command::Find(args) => find::run(&args, &mut session),
        Command::Away(args) => away::run(&args, &mut session),
        Command::Orders(args) => orders::run(&args, &mut session),
        Command::Account => account::show(&session),
        Command::Link(args) => account::link(&args, &session),
        Command::Unlink => account::unlink(&session),
        Command::Reports(args) => reports::run(&args, &session),
        Command::Sync => account::sync(&session),
        Command::DashUrl(args) => dash::run(&args, &session),
        Command::SupportBundle(args) => support_bundle::run(&args, &session),
        Command::Model(args) => model::run(&args, &session),
        Command::Rehearse(args) => rehearse::run(&args, &session),
        Command::Forecast(args) => forecast::run(&args, &session),
        Command::Replay(args) => replay::run(&args, &session),
    };
    session.out.end(done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Args::command().debug_assert();
    }
}
