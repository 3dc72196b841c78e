//! `refillctl slot` and `set`: one supply with its figures and its ledger, and its settings. JSON: the engine's
//! `SlotView`.

use crate::failure::Failure;
use crate::output::table;
use crate::phrase::Say;
use crate::session::{Missing, Session};
use crate::{pick, typed};
use clap::Args;
use refill_domain::ids::SlotId;
use refill_domain::locale::{format_exact, money};
use refill_domain::measure::Unit;
use refill_engine::form::{SlotPatch, Typed, WhatIfForm};
use refill_engine::view::{LedgerLine, LedgerWhat, SlotView, Verb, WhatIfView, When};

/// Characters of an entry's id that the ledger shows; its end is what tells entries apart.
const ID_SHOWN: usize = 12;

/// What to show.
#[derive(Debug, Args)]
pub struct SlotArgs {
    /// The supply
    slot: String,
    /// Ledger entries shown, newest first
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=500))]
    lines: u32,
    #[command(flatten)]
    what_if: WhatIf,
}

/// What would be, if: shows the date as it is and as it would be, and stores nothing.
#[derive(Debug, Args)]
#[command(next_help_heading = "What if (stores nothing)")]
struct WhatIf {
    /// So many guests from now on, for --days
    #[arg(long, value_name = "N", requires = "days")]
    guests: Option<u32>,
    /// For how many days
    #[arg(long, value_name = "D", requires = "guests")]
    days: Option<u32>,
    /// People at home usually, of whom a guest uses as much as one [default: 2]
    #[arg(long, value_name = "N", requires = "guests")]
    people: Option<u32>,
    /// Nobody there from one day to another, both included
    #[arg(long, num_args = 2, value_names = ["FROM", "TO"])]
    away: Option<Vec<String>>,
    /// So many more devices that use the same
    #[arg(long, value_name = "N")]
    devices: Option<u32>,
}

impl WhatIf {
    fn form(&self, slot: SlotId) -> Option<WhatIfForm> {
        let day = |at: usize| self.away.as_ref().and_then(|days| days.get(at)).cloned();
        let asked = self.guests.is_some() || self.away.is_some() || self.devices.is_some();
        asked.then(|| WhatIfForm {
            slot,
            guests: self.guests.unwrap_or(0),
            days: self.days.unwrap_or(0),
            people: self.people,
            away_from: day(0),
            away_to: day(1),
            devices: self.devices.unwrap_or(0),
        })
    }
}

/// What to change.
#[derive(Debug, Args)]
pub struct SetArgs {
    /// The supply
    slot: String,
    /// Another name
    #[arg(long)]
    name: Option<String>,
    /// Your own low mark, such as "15" or "300 ml"; "" takes it away
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    low: Option<String>,
    /// What a full one holds
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    capacity: Option<String>,
    /// What one pack adds
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    pack: Option<String>,
    /// Keep it out of "Needs you" until it is replaced
    #[arg(long)]
    mute: bool,
    /// Let it ask again
    #[arg(long, conflicts_with = "mute")]
    unmute: bool,
}

/// Prints one supply.
pub fn show(args: &SlotArgs, session: &mut Session) -> Result<(), Failure> {
    let household = session.look()?;
    let slot = pick::slot(&household, &args.slot)?;
    let say = session.say(&household);
    if let Some(form) = args.what_if.form(slot) {
        let view = household.what_if(&form)?;
        let verb = household.present(household.watched(slot)?).row.verb;
        return session.out.show(&view, || Ok(what_if(&view, verb, &say)));
    }
    let view = household.slot_page(slot, args.lines)?;
    session.out.show(&view, || Ok(lines(&view, &say, args.lines)))
}

fn what_if(view: &WhatIfView, verb: Verb, say: &Say) -> Vec<String> {
    let line = |key: &str, when: &Option<When>| {
        let said = when.as_ref().map_or_else(|| say.word("if_none"), |when| say.end_between(when, verb));
        vec![say.word(key), said]
    };
    table(&[line("if_before", &view.before), line("if_after", &view.after)])
}

/// Changes one supply's settings.
pub fn set(args: SetArgs, session: &mut Session) -> Result<(), Failure> {
    let texts = [&args.name, &args.low, &args.capacity, &args.pack];
    if !(args.mute || args.unmute || texts.iter().any(|text| text.is_some())) {
        return Err(Failure::usage("Say what to change; refillctl set --help lists it."));
    }
    let (view, say) = session.change(Missing::Refuse, |household| {
        let id = pick::slot(household, &args.slot)?;
        let slot = household.watched(id)?.row.slot.clone();
        let locale = household.locale();
        let read = |field: &str, text: Option<&String>, unit: Unit| {
            let typed = |text: &String| match text.trim() {
                "" => Ok(Typed { text: String::new(), unit }),
                text => typed::amount(field, text, unit.measurement(), None, locale),
            };
            text.map(typed).transpose()
        };
        let patch = SlotPatch {
            low: read("low", args.low.as_ref(), slot.unit)?,
            capacity: read("capacity", args.capacity.as_ref(), slot.unit)?,
            pack: read("pack", args.pack.as_ref(), slot.shelf_unit())?,
            muted: (args.mute || args.unmute).then_some(args.mute),
            name: args.name,
        };
        household.set_slot(id, &patch)?;
        Ok((household.slot_page(id, 20)?, session.say(household)))
    })?;
    session.out.show(&view, || Ok(vec![say.say("done_set", &[("name", &view.row.name)])]))
}

fn lines(view: &SlotView, say: &Say, shown: u32) -> Vec<String> {
    let row = &view.row;
    let (first, second) = say.next(row);
    let next = if second.is_empty() { first } else { format!("{first} ({second})") };
    let mut facts = vec![
        ("fact_left", say.left(row)),
        ("fact_next", next),
        ("fact_why", view.why.as_ref().map(|why| say.why(why)).unwrap_or_default()),
    ];
    match row.spares {
        Some(spares) => facts.push(("fact_spares", spares.to_string())),
        None => facts.push(("fact_shelf", say.amount(view.shelf))),
    }
    if let Some(mark) = view.low_mark {
        let (amount, source) = (say.amount(mark), say.low_source(view.low_source));
        facts.push(("fact_low_mark", format!("{amount} ({source})")));
    }
    if (1..view.low_needed).contains(&view.low_readings) {
        let parts = [("count", &*view.low_readings.to_string()), ("needed", &*view.low_needed.to_string())];
        facts.push(("fact_low_readings", say.say("low_counter", &parts)));
    }
    if !row.shared_with.is_empty() {
        facts.push(("fact_shared", row.shared_with.join(", ")));
    }
    facts.push(("fact_rule", say.rule(&view.policy)));
    facts.push(("fact_quiet", say.quiet(row)));
    let pace = view.per_day.map(|pace| say.say("pace_a_day", &[("amount", &say.amount(pace))]));
    facts.extend([
        ("fact_pace", pace.unwrap_or_default()),
        ("fact_counted", view.basis.as_ref().map(|basis| say.basis(basis)).unwrap_or_default()),
        ("fact_record", view.record.as_ref().map(|record| say.record(record)).unwrap_or_default()),
        ("fact_full", view.capacity.map(|full| say.amount(full)).unwrap_or_default()),
        ("fact_pack", say.amount(view.pack)),
        ("fact_measured", view.measured_at.map(|at| say.moment(at)).unwrap_or_default()),
        ("fact_device", row.device_name.clone()),
        ("fact_id", row.slot.to_string()),
    ]);
    let facts: Vec<Vec<String>> = facts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| vec![say.word(key), value])
        .collect();
    let mut lines = vec![row.name.clone()];
    lines.extend(table(&facts));
    lines.push(String::new());
    let figures = say.figures(&view.reconciliation).into_iter().flat_map(|(key, said)| {
        let heading = |at| if at == 0 { say.word(key) } else { String::new() };
        let rows = said.into_iter().enumerate().map(|(at, text)| vec![heading(at), text]);
        rows.collect::<Vec<_>>()
    });
    lines.extend(table(&figures.collect::<Vec<_>>()));
    lines.push(String::new());
    if view.ledger.is_empty() {
        lines.push(say.word("ledger_empty"));
        return lines;
    }
    let head = ["col_when", "col_what", "col_change", "col_left", "col_entry"].map(|key| say.word(key));
    let rows: Vec<Vec<String>> =
        std::iter::once(head.to_vec()).chain(view.ledger.iter().map(|line| entry(line, say))).collect();
    lines.extend(table(&rows));
    if view.more {
        let more = shown.saturating_mul(2).min(500).to_string();
        lines.push(say.say("ledger_older", &[("count", &more)]));
    }
    lines
}

/// When, what, change, left, entry.
fn entry(line: &LedgerLine, say: &Say) -> Vec<String> {
    let when = if line.timed { say.moment(line.at) } else { say.day(&line.day) };
    let mut what = what(&line.what, say);
    if line.undone {
        what = say.say("ledger_undone", &[("text", &what)]);
    }
    if let Some(note) = &line.note {
        what = format!("{what}, {note}");
    }
    let id = line.entry.filter(|_| line.own).map(|entry| entry.to_string());
    let tail = id.as_ref().and_then(|id| id.get(id.len().saturating_sub(ID_SHOWN)..));
    vec![
        when,
        what,
        line.change.map(|change| say.change(change)).unwrap_or_default(),
        line.left.map(|left| say.amount(left)).unwrap_or_default(),
        tail.unwrap_or_default().to_owned(),
    ]
}

fn what(what: &LedgerWhat, say: &Say) -> String {
    match what {
        LedgerWhat::Uses { count, levels, .. } => {
            say.count(if *levels { "ledger_readings" } else { "ledger_uses" }, *count, &[])
        }
        LedgerWhat::Bought { packs, content, price_milli, currency, shop, .. } => {
            let packs = packs.to_string();
            let bought = match content {
                Some(content) => {
                    let content = format_exact(*content, say.locale());
                    say.say("ledger_packs", &[("count", &packs), ("content", &content)])
                }
                None => say.say("ledger_packs_plain", &[("count", &packs)]),
            };
            let mut text = say.say("ledger_bought", &[("text", &bought)]);
            if let Some(shop) = shop {
                text = format!("{text} {}", say.say("ledger_bought_at", &[("shop", shop)]));
            }
            if let (Some(price), Some(currency)) = (price_milli, currency) {
                let price = money(*price, currency, say.locale());
                text = format!("{text} {}", say.say("ledger_bought_for", &[("price", &price)]));
            }
            text
        }
        LedgerWhat::Replaced { from_shelf } => {
            say.word(if *from_shelf { "ledger_replaced_spare" } else { "ledger_replaced" })
        }
        LedgerWhat::Counted { level: None, .. } => say.word("ledger_counted_shelf"),
        LedgerWhat::Counted { .. } => say.word("ledger_counted"),
        LedgerWhat::Received { packs } => say.say("ledger_received", &[("count", &packs.to_string())]),
        LedgerWhat::Rise { .. } => say.word("ledger_rise"),
        LedgerWhat::Dismissed { level } => say.say("ledger_dismissed", &[("amount", &say.amount(*level))]),
        LedgerWhat::Overshoot { amount } => say.say("ledger_overshoot", &[("amount", &say.amount(*amount))]),
    }
}
