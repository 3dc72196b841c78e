//! Use over time as the screen and the command line show it: from the use by day that is kept with the fold, and the
//! prices people recorded. No reading is looked at, so the cost does not grow with how often devices report.

use crate::chart::{Chart, Size, bars};
use crate::error::{Code, Error};
use crate::form::{UsageChartForm, UsageForm};
use crate::household::{Household, Watched};
use crate::picture::display_unit;
use crate::region;
use crate::store;
use crate::view::{
    Price, UsageCost, UsageCosts, UsageDevice, UsageMean, UsageSlot, UsageSpan, UsageSum, UsageView, Used,
};
use crate::words::Words;
use chrono::NaiveDate;
use refill_domain::endpoint::{Slot, SupplyKind};
use refill_domain::ids::SlotId;
use refill_domain::ledger::{EntryKind, Money};
use refill_domain::locale::{self, Locale, format_amount, format_number, money, unit_label};
use refill_domain::measure::{Amount, Measurement, Milli, Unit};
use refill_domain::usage::{self, By, DayCost, History, Span, Told};
use std::collections::BTreeMap;

/// Spans shown when nobody says from when.
const USUAL: u32 = 12;

/// Spans of one answer at most: ten years of weeks.
const SPANS_MAX: usize = 530;

impl Household {
    /// What was used over time, and what it cost.
    ///
    /// # Errors
    /// `BadDate` for days that can't be, `SlotUnknown`, `DeviceUnknown`, or why the file can't be read.
    pub fn usage(&self, form: &UsageForm) -> Result<UsageView, Error> {
        let today = self.today();
        let spans = self.spans(form.by, form.from, form.to)?;
        if let Some(device) = form.device {
            self.device(device)?;
        }
        if let Some(slot) = form.slot {
            self.watched(slot)?;
        }
        let mut devices = Vec::new();
        for device in self.present_devices() {
            let endpoint = &device.endpoint;
            if form.device.is_some_and(|wanted| wanted != endpoint.id) {
                continue;
            }
            let mut slots = Vec::new();
            for watched in self.slots_of(endpoint.id) {
                if form.slot.is_none_or(|wanted| wanted == watched.row.slot.id) {
                    slots.push((&watched.row.slot, usage::used_in(&self.history(watched)?, &spans, today)));
                }
            }
            if !slots.is_empty() {
                devices.push(UsageDevice {
                    device: endpoint.id,
                    name: endpoint.name.clone(),
                    kind: endpoint.kind,
                    sums: sums(&slots, &spans),
                    cost: costs(slots.iter().flat_map(|(_, each)| each.iter().enumerate()), spans.len()),
                    slots: slots.iter().map(|(slot, each)| slot_view(slot, each, &spans)).collect(),
                });
            }
        }
        Ok(UsageView {
            at: self.now().timestamp_millis(),
            today: today.to_string(),
            by: form.by,
            cost: sum_of_costs(devices.iter().map(|device| &device.cost), spans.len()),
            devices,
            spans: spans
                .iter()
                .map(|span| UsageSpan {
                    first: span.first.to_string(),
                    last: span.last.to_string(),
                    running: span.holds(today),
                })
                .collect(),
        })
    }

    /// One supply's use as bars.
    ///
    /// # Errors
    /// As [`Self::usage`].
    pub fn usage_chart(&self, form: &UsageChartForm) -> Result<Chart, Error> {
        let today = self.today();
        let spans = self.spans(form.by, form.from, form.to)?;
        let watched = self.watched(form.slot)?;
        let slot = &watched.row.slot;
        let uses = usage::used_in(&self.history(watched)?, &spans, today);
        let peak = uses.iter().filter_map(|used| used.amount).max().unwrap_or(0);
        let measuring = region::measuring(&self.settings);
        let unit = display_unit(slot.unit, peak, measuring);
        let words = BarWords {
            words: Words::of(region::language(&self.settings)),
            locale: self.locale(),
            measuring,
            today,
            unit,
        };
        let shown = |milli: Milli| in_unit(slot, milli, unit);
        let bars: Vec<bars::Bar> = spans
            .iter()
            .zip(&uses)
            .map(|(span, used)| bars::Bar {
                at: span.first.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis(),
                value: used.amount.map(shown),
                whole: used.whole,
                label: words.label(form.by, *span),
                text: words.readout(form.by, *span, slot, used),
            })
            .collect();
        let mean = usage::mean(&uses);
        let name = [("supply", slot.name.as_str())];
        let (title, key) = match form.by {
            By::Week => ("usage_title_week", "usage_desc_week"),
            By::Month => ("usage_title_month", "usage_desc_month"),
        };
        let unknown = || words.words.say("usage_unknown", &[]);
        let said =
            |milli: Option<Milli>| milli.map_or_else(unknown, |milli| words.amount(slot.amount(milli)));
        let description = words.words.say(
            key,
            &[
                ("amount", &said(usage::total(&uses).amount)),
                ("count", &spans.len().to_string()),
                ("whole", &mean.map_or(0, |(_, count)| count).to_string()),
                ("mean", &said(mean.map(|(mean, _)| mean))),
            ],
        );
        Ok(bars::render(&bars::Input {
            id: "usage",
            title: &words.words.say(title, &name),
            description: &description,
            bars: &bars,
            mean: mean.map(|(mean, _)| shown(mean)),
            whole_numbers: slot.measurement() == Measurement::Count,
            size: Size { width: form.width, height: form.height, text_scale: form.scale },
            axis: &|value, with_unit| words.axis(value, with_unit),
        }))
    }

    /// The weeks or months asked for.
    fn spans(&self, by: By, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Vec<Span>, Error> {
        let start = locale::week_start(self.locale());
        let today = self.today();
        let to = to.unwrap_or(today);
        let refused = |message: &str, field: &str| Err(Error::new(Code::BadDate, message).at(field));
        let ahead = Span::of(by, start, today).is_some_and(|now| to > now.last);
        if ahead {
            return refused("This day lies in the future. Choose today or earlier.", "to");
        }
        let from = from.unwrap_or_else(|| usage::first_of_last(by, start, to, USUAL));
        if from > to {
            return refused("The first day lies after the last. Choose an earlier one.", "from");
        }
        let spans = usage::spans(by, start, from, to, SPANS_MAX + 1);
        match spans.len() {
            0 => refused("There is no such day. Choose another.", "from"),
            1..=SPANS_MAX => Ok(spans),
            _ => refused("That is more than ten years of weeks. Choose a later first day.", "from"),
        }
    }

    fn history(&self, watched: &Watched) -> Result<History, Error> {
        let (slot, key) = (&watched.row.slot, watched.row.key);
        let (used, entries) =
            self.read(|db| Ok((store::use_days(db, key)?, store::entries(db, key, slot)?)))?;
        let told: Vec<Told<'_>> = entries
            .iter()
            .filter(|row| !row.voided && !matches!(row.entry.kind, EntryKind::Voided { .. }))
            .map(|row| Told { entry: &row.entry, change: row.change, left: row.left_after })
            .collect();
        let cost = usage::cost_by_day(slot, &used, &told);
        Ok(History { used, first: watched.fold.days.first, last: watched.fold.days.last, cost })
    }
}

fn slot_view(slot: &Slot, each: &[usage::Used], spans: &[Span]) -> UsageSlot {
    let used = |used: &usage::Used, days| used_view(used, slot.unit, days);
    UsageSlot {
        slot: slot.id,
        name: slot.name.clone(),
        supply: slot.supply,
        unit: slot.unit,
        each: each.iter().zip(spans).map(|(one, span)| used(one, span.days())).collect(),
        total: used(&usage::total(each), spans.iter().map(Span::days).sum()),
        mean: usage::mean(each).map(|(mean, spans)| UsageMean { amount: slot.amount(mean), spans }),
    }
}

fn used_view(used: &usage::Used, unit: Unit, days: u32) -> Used {
    Used {
        amount: used.amount.map(|milli| Amount::new(milli, unit)),
        observed_days: used.observed,
        days,
        whole: used.whole,
        cost: used.cost.iter().map(price).collect(),
        unpriced: (used.unpriced > 0).then(|| Amount::new(used.unpriced, unit)),
    }
}

fn price(money: &Money) -> Price {
    Price { milli: money.milli, currency: money.currency.clone() }
}

/// Supplies of one sort and kind together, where there are several and their sum means something.
fn sums(slots: &[(&Slot, Vec<usage::Used>)], spans: &[Span]) -> Vec<UsageSum> {
    let mut groups: BTreeMap<(SupplyKind, Measurement), Vec<usize>> = BTreeMap::new();
    for (index, (slot, _)) in slots.iter().enumerate() {
        let adds = !matches!(slot.measurement(), Measurement::Percentage | Measurement::Duration);
        if adds && !slot.receptacle {
            groups.entry((slot.supply, slot.measurement())).or_default().push(index);
        }
    }
    let several = groups.into_iter().filter(|(_, members)| members.len() > 1);
    several
        .filter_map(|((supply, _), members)| {
            let members: Vec<_> = members.into_iter().filter_map(|index| slots.get(index)).collect();
            let unit = members.first()?.0.unit;
            let each: Option<Vec<usage::Used>> = (0..spans.len())
                .map(|span| {
                    added(members.iter().filter_map(|(slot, each)| Some((slot.unit, each.get(span)?))), unit)
                })
                .collect();
            let each = each?;
            Some(UsageSum {
                supply,
                slots: members.iter().map(|(slot, _)| slot.id).collect::<Vec<SlotId>>(),
                total: used_view(&usage::total(&each), unit, spans.iter().map(Span::days).sum()),
                each: each.iter().zip(spans).map(|(used, span)| used_view(used, unit, span.days())).collect(),
            })
        })
        .collect()
}

/// What several supplies used in one span, in `unit`; days are observed as long as all of them were.
fn added<'a>(uses: impl Iterator<Item = (Unit, &'a usage::Used)>, unit: Unit) -> Option<usage::Used> {
    let uses: Vec<(Unit, &usage::Used)> = uses.collect();
    let total = usage::total(&uses.iter().map(|(_, used)| (*used).clone()).collect::<Vec<_>>());
    let sum = |part: fn(&usage::Used) -> Option<Milli>| {
        let amounts: Vec<Amount> =
            uses.iter().filter_map(|(unit, used)| Some(Amount::new(part(used)?, *unit))).collect();
        if amounts.is_empty() {
            Some(None)
        } else {
            usage::add_up(amounts, unit).ok().map(|sum| Some(sum.milli))
        }
    };
    Some(usage::Used {
        amount: sum(|used| used.amount)?,
        observed: uses.iter().map(|(_, used)| used.observed).min().unwrap_or(0),
        unpriced: sum(|used| Some(used.unpriced))?.unwrap_or(0),
        ..total
    })
}

fn costs<'a>(uses: impl Iterator<Item = (usize, &'a usage::Used)>, spans: usize) -> UsageCosts {
    let mut each = vec![(DayCost::default(), false); spans];
    for (span, used) in uses {
        if let Some((cost, incomplete)) = each.get_mut(span) {
            cost.add_money(&used.cost);
            *incomplete |= used.unpriced > 0;
        }
    }
    let each = each
        .into_iter()
        .map(|(cost, incomplete)| UsageCost { sums: cost.sums().iter().map(price).collect(), incomplete });
    with_total(each.collect())
}

fn sum_of_costs<'a>(all: impl Iterator<Item = &'a UsageCosts>, spans: usize) -> UsageCosts {
    let all: Vec<&UsageCosts> = all.collect();
    let each = (0..spans).map(|span| together(all.iter().filter_map(|costs| costs.each.get(span))));
    with_total(each.collect())
}

fn with_total(each: Vec<UsageCost>) -> UsageCosts {
    UsageCosts { total: together(each.iter()), each }
}

fn together<'a>(costs: impl Iterator<Item = &'a UsageCost>) -> UsageCost {
    let mut sum = DayCost::default();
    let mut incomplete = false;
    for cost in costs {
        let sums = cost.sums.iter().map(|p| Money { milli: p.milli, currency: p.currency.clone() });
        sum.add_money(&sums.collect::<Vec<_>>());
        incomplete |= cost.incomplete;
    }
    UsageCost { sums: sum.sums().iter().map(price).collect(), incomplete }
}

/// For the picture alone.
#[expect(clippy::cast_precision_loss, reason = "a height in a picture")]
fn in_unit(slot: &Slot, milli: Milli, unit: Unit) -> f64 {
    slot.amount(milli).to(unit).map_or(0.0, |amount| amount.milli as f64 / 1000.0)
}

/// The words of the bars.
struct BarWords {
    words: Words,
    locale: Locale,
    measuring: Locale,
    today: NaiveDate,
    unit: Unit,
}

impl BarWords {
    fn amount(&self, amount: Amount) -> String {
        let shown = format_amount(amount, self.measuring);
        if shown.under { self.words.say("chart_under", &[("amount", &shown.text)]) } else { shown.text }
    }

    fn label(&self, by: By, span: Span) -> String {
        match by {
            By::Week => locale::short_day(span.first, span.first, self.locale),
            By::Month => locale::short_month(span.first, self.locale).to_owned(),
        }
    }

    fn axis(&self, value: f64, with_unit: bool) -> String {
        #[expect(clippy::cast_possible_truncation, reason = "a line of the axis")]
        let milli = (value * 1000.0).round() as Milli;
        let number = format_number(milli, self.measuring);
        match self.unit {
            Unit::Percent if with_unit => format_amount(Amount::new(milli, self.unit), self.measuring).text,
            unit if with_unit && unit != Unit::Count => {
                let unit = unit_label(unit, self.measuring);
                self.words.say("chart_axis_unit", &[("number", &number), ("unit", unit)])
            }
            _ => number,
        }
    }

    /// The first line is the heading.
    fn readout(&self, by: By, span: Span, slot: &Slot, used: &usage::Used) -> String {
        let heading = match by {
            By::Week => locale::day_range(span.first, span.last, self.today, self.locale),
            By::Month => locale::month_year(span.first, self.locale),
        };
        let mut lines = vec![heading];
        lines.push(match used.amount {
            Some(amount) => self.words.say("usage_used", &[("amount", &self.amount(slot.amount(amount)))]),
            None => self.words.say("usage_unknown", &[]),
        });
        if span.holds(self.today) {
            lines.push(self.words.say("usage_running", &[]));
        } else if !used.whole && used.amount.is_some() {
            let days = [("days", used.observed.to_string()), ("of", span.days().to_string())];
            lines.push(
                self.words.say("usage_part", &days.each_ref().map(|(name, text)| (*name, text.as_str()))),
            );
        }
        for sum in &used.cost {
            let text = money(sum.milli, &sum.currency, self.locale);
            lines.push(self.words.say("usage_cost", &[("money", &text)]));
        }
        if used.unpriced > 0 {
            let text = self.amount(slot.amount(used.unpriced));
            lines.push(self.words.say("usage_unpriced", &[("amount", &text)]));
        }
        lines.join("\n")
    }
}
