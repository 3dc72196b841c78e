//! `refillctl usage`: what was used by week or month, and what it cost; one supply span by span, several as sums. JSON:
//! the engine's `UsageView`.

use crate::failure::Failure;
use crate::output::table;
use crate::phrase::Say;
use crate::session::Session;
use crate::{pick, typed};
use chrono::NaiveDate;
use clap::Args;
use refill_domain::locale;
use refill_domain::usage::By;
use refill_engine::form::UsageForm;
use refill_engine::view::{Price, UsageCost, UsageDevice, UsageSlot, UsageSpan, UsageView, Used};

/// Whose use, and when.
#[derive(Debug, Args)]
#[command(
    after_help = "Weeks begin as in your region. A week or month that was not observed from its first day to its \
    last, or that is not over, says so.\nThe cost is that of what was used, bought first used first; currencies are never \
    added.\n\nExamples:\n  refillctl usage\n  refillctl usage --by month --slot \"liquid detergent\"\n  \
    refillctl usage --from 2026-01-01 --json"
)]
pub struct UsageArgs {
    /// What use is summed by
    #[arg(long, default_value = "week", value_parser = typed::words::<By>(&["week", "month"]))]
    by: By,
    /// Only this device
    #[arg(long, value_name = "DEVICE", conflicts_with = "slot")]
    device: Option<String>,
    /// Only this supply, week by week or month by month
    #[arg(long, value_name = "SLOT")]
    slot: Option<String>,
    /// A day of the first week or month; without it twelve are shown
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// A day of the last week or month
    #[arg(long, value_name = "DAY")]
    to: Option<String>,
}

/// Prints it.
pub fn run(args: &UsageArgs, session: &mut Session) -> Result<(), Failure> {
    let household = session.look()?;
    let today = household.today();
    let day = |text: &Option<String>, field: &str| -> Result<Option<NaiveDate>, Failure> {
        text.as_ref().map(|text| typed::day(text, today).map_err(|failure| failure.at(field))).transpose()
    };
    let form = UsageForm {
        by: args.by,
        from: day(&args.from, "from")?,
        to: day(&args.to, "to")?,
        device: args.device.as_ref().map(|text| pick::device(&household, text)).transpose()?,
        slot: args.slot.as_ref().map(|text| pick::slot(&household, text)).transpose()?,
    };
    let (view, say) = (household.usage(&form)?, session.say(&household));
    session.out.show(&view, || Ok(lines(&view, form.slot.is_some(), &say)))
}

fn lines(view: &UsageView, one: bool, say: &Say) -> Vec<String> {
    let heading = match view.by {
        By::Week => "usage_heading_week",
        By::Month => "usage_heading_month",
    };
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    let today = day(&view.today).unwrap_or_default();
    let ends = view.spans.first().and_then(|span| day(&span.first));
    let ends = ends.zip(view.spans.last().and_then(|span| day(&span.last)));
    let range = ends.map_or_else(String::new, |(from, to)| locale::day_range(from, to, today, say.locale()));
    let mut lines = vec![say.say(heading, &[("range", &range)])];
    if view.devices.is_empty() {
        lines.push(say.word("usage_nothing"));
    }
    for device in &view.devices {
        lines.push(String::new());
        match device.slots.first() {
            Some(slot) if one => {
                lines.push(format!("{} · {}", slot.name, device.name));
                lines.extend(span_by_span(view, slot, today, say));
            }
            _ => {
                lines.push(device.name.clone());
                lines.extend(supplies(view, device, say));
            }
        }
    }
    if !one && (!view.cost.total.sums.is_empty() || view.cost.total.incomplete) {
        lines.extend([
            String::new(),
            say.say("usage_all_cost", &[("money", &total_cost(&view.cost.total, say))]),
        ]);
    }
    lines
}

fn span_by_span(view: &UsageView, slot: &UsageSlot, today: NaiveDate, say: &Say) -> Vec<String> {
    let row = |(span, used): (&UsageSpan, &Used)| {
        vec![
            span_name(span, view.by, today, say),
            amount(used, say),
            observed(span, used, say),
            cost(used, say),
        ]
    };
    let mut rows: Vec<Vec<String>> = view.spans.iter().zip(&slot.each).map(row).collect();
    let total = &slot.total;
    rows.push(vec![say.word("usage_total"), amount(total, say), mean(slot, view.by, say), cost(total, say)]);
    table(&rows)
}

fn supplies(view: &UsageView, device: &UsageDevice, say: &Say) -> Vec<String> {
    let mut rows: Vec<Vec<String>> = device
        .slots
        .iter()
        .map(|slot| {
            let total = &slot.total;
            vec![slot.name.clone(), amount(total, say), mean(slot, view.by, say), cost(total, say)]
        })
        .collect();
    for sum in &device.sums {
        let names = device.slots.iter().filter(|slot| sum.slots.contains(&slot.slot));
        let names: Vec<&str> = names.map(|slot| slot.name.as_str()).collect();
        rows.push(vec![names.join(" + "), amount(&sum.total, say), String::new(), cost(&sum.total, say)]);
    }
    table(&rows)
}

fn span_name(span: &UsageSpan, by: By, today: NaiveDate, say: &Say) -> String {
    match (span.first.parse::<NaiveDate>(), span.last.parse::<NaiveDate>(), by) {
        (Ok(first), Ok(last), By::Week) => locale::day_range(first, last, today, say.locale()),
        (Ok(first), _, By::Month) => locale::month_year(first, say.locale()),
        _ => span.first.clone(),
    }
}

fn amount(used: &Used, say: &Say) -> String {
    used.amount.map_or_else(|| say.word("usage_unknown"), |amount| say.amount(amount))
}

/// Why the amount may not be all of it.
fn observed(span: &UsageSpan, used: &Used, say: &Say) -> String {
    if span.running {
        return say.word("usage_running");
    }
    if used.whole || used.amount.is_none() {
        return String::new();
    }
    say.say("usage_part", &[("days", &used.observed_days.to_string()), ("of", &used.days.to_string())])
}

fn mean(slot: &UsageSlot, by: By, say: &Say) -> String {
    let Some(mean) = &slot.mean else { return String::new() };
    let key = match by {
        By::Week => "usage_mean_week",
        By::Month => "usage_mean_month",
    };
    say.count(key, mean.spans, &[("amount", &say.amount(mean.amount))])
}

fn sums(sums: &[Price], say: &Say) -> Vec<String> {
    sums.iter().map(|price| locale::money(price.milli, &price.currency, say.locale())).collect()
}

fn cost(used: &Used, say: &Say) -> String {
    let mut parts = sums(&used.cost, say);
    parts.extend(used.unpriced.map(|rest| say.say("usage_unpriced", &[("amount", &say.amount(rest))])));
    parts.join(", ")
}

fn total_cost(cost: &UsageCost, say: &Say) -> String {
    let mut parts = sums(&cost.sums, say);
    if cost.incomplete {
        parts.push(say.word("usage_incomplete"));
    }
    parts.join(", ")
}
