//! `refillctl replay`: ordering played over the series on standard input, by Amazon's rule and by ours, side by side.
//! JSON: `{"delivery_days", "series", "rules": [{"rule", "orders", "stock_outs_per_100", "days_left"}]}`.

use super::forecast::words;
use super::series::{self, Broken, SHAPE};
use crate::failure::Failure;
use crate::output::table;
use crate::session::Session;
use clap::Args;
use refill_domain::forecast::series::{Case, CaseError, History, used_by_levels};
use refill_domain::replenish::Rule;
use refill_domain::replenish::replay::{Tally, container, replay};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;

/// Content of a full gauge, in percent.
const FULL: f64 = 100.0;

const RULES: [Rule; 4] = [Rule::Amazon, Rule::Careful, Rule::Normal, Rule::Thrifty];

fn help() -> String {
    format!(
        "{SHAPE}

Each series is played from its 31st observed day on: a rule is asked every morning, orders one container when it
says so and none is on its way, and gets it in the morning after the days of delivery. Days nobody observed, or
marked absent, are cut out. Containers last about 21 and about 45 days of the series' mean use (each is played;
whole pieces where all uses are whole), or what --container-days says; of a gauge one container is 100 %.

amazon    inventory <= burn rate of the last 20 days x 7 days
ours      the early end is within the days of delivery + 2; careful at 5 %, normal at 10 %, thrifty at 25 % risk

Exit codes: 0 every line was played; 1 at least one line could not be read, the others were played.

Example:
  refillctl replay --delivery-days 5 --json < cases.ndjson"
    )
}

/// How to play.
#[derive(Debug, Args)]
#[command(after_help = help())]
pub struct ReplayArgs {
    /// Days from order to arrival
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(0..=90))]
    delivery_days: u32,
    /// Days of mean use one container lasts; several with commas
    #[arg(long, value_name = "DAYS", value_delimiter = ',', default_values_t = [21, 45],
        value_parser = clap::value_parser!(u32).range(3..=1000))]
    container_days: Vec<u32>,
}

/// Plays all series and tells both rules.
pub fn run(args: &ReplayArgs, session: &Session) -> Result<(), Failure> {
    let mut tallies = [Tally::default(); 4];
    let (mut played, mut broken) = (0u64, 0u64);
    series::read(&mut io::stdin().lock(), |number, line| {
        // Nothing is kept, so an interrupt ends it as it is.
        session.out.progress(number, None);
        let used = line.and_then(|named| {
            used_by_day(&named.case).map_err(|cause| Broken { id: named.id, error: words(cause) })
        });
        match used {
            Ok((used, gauge)) => {
                played += 1;
                for days in &args.container_days {
                    let content = if gauge { Some(FULL) } else { container(&used, f64::from(*days)) };
                    let Some(content) = content else { continue };
                    let told = replay(&used, content, args.delivery_days, RULES);
                    tallies.iter_mut().zip(told).for_each(|(tally, told)| tally.add(told));
                    if gauge {
                        break;
                    }
                }
            }
            Err(Broken { error, .. }) => {
                broken += 1;
                session.out.warn("broken_line", format!("Line {number}: {error}"));
            }
        }
        Ok(())
    })?;
    let rules: Vec<(&str, Tally)> = RULES.iter().map(|rule| name(*rule)).zip(tallies).collect();
    let document = json!({
        "delivery_days": args.delivery_days,
        "series": played,
        "rules": rules.iter().map(|(name, tally)| row(name, tally)).collect::<Vec<_>>(),
    });
    session.out.show(&document, || Ok(lines(&rules)))?;
    match broken {
        0 => Ok(()),
        _ => Err(Failure::new(
            "broken_lines",
            format!("Lines that could not be read: {broken}. The rest was played."),
        )),
    }
}

/// Use of the observed days on which somebody was there, oldest first, and whether a gauge told it.
fn used_by_day(case: &Case) -> Result<(Vec<f64>, bool), CaseError> {
    let (days, gauge) = match &case.history {
        History::Used(used) => (used.clone(), false),
        History::Levels(levels) => (used_by_levels(levels, case.today)?, true),
    };
    let mut by_day: BTreeMap<i32, f64> = BTreeMap::new();
    for (day, used) in days {
        let Some(used) = used.filter(|_| day < case.today && !case.away.iter().any(|away| away.holds(day)))
        else {
            continue;
        };
        if !(0.0..=1e12).contains(&used) {
            return Err(CaseError::Figure("used"));
        }
        *by_day.entry(day).or_default() += used;
    }
    Ok((by_day.into_values().collect(), gauge))
}

fn name(rule: Rule) -> &'static str {
    match rule {
        Rule::Amazon => "amazon",
        Rule::Careful => "ours_careful",
        Rule::Normal => "ours_normal",
        Rule::Thrifty => "ours_thrifty",
    }
}

fn row(name: &str, tally: &Tally) -> Value {
    let rounded = |figure: Option<f64>| figure.map(|figure| (figure * 100.0).round() / 100.0);
    json!({
        "rule": name,
        "orders": tally.orders,
        "stock_outs": tally.dry,
        "stock_outs_per_100": rounded(tally.dry_per_hundred()),
        "days_left": rounded(tally.mean_days_left()),
    })
}

fn lines(rules: &[(&str, Tally)]) -> Vec<String> {
    let shown = |figure: Option<f64>| figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.1}"));
    let head = ["Rule", "Orders", "Ran dry per 100", "Days left at arrival"].map(str::to_owned).to_vec();
    let rows = rules.iter().map(|(name, tally)| {
        vec![
            name.replace('_', ", "),
            tally.orders.to_string(),
            shown(tally.dry_per_hundred()),
            shown(tally.mean_days_left()),
        ]
    });
    table(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
}
