//! View models in words: the sentences of the interface, from the engine's catalogue, with amounts and dates as in the
//! person's region. What is said is decided by the engine; here it is only put into words.

mod figures;
mod next;

use chrono::{DateTime, NaiveDate, Utc};
use refill_domain::endpoint::DeviceKind;
use refill_domain::locale::{self, Locale, Shown, format_amount, format_left};
use refill_domain::measure::{Amount, Unit};
use refill_domain::replenish::Rule;
use refill_engine::clock::Clock;
use refill_engine::region;
use refill_engine::view::{
    Basis, Headline, LowSource, PolicyView, Precision, Section, Settings, SupplyRow, TrackRecord, Verb, When,
    Why,
};
use refill_engine::words::Words;
use std::sync::Arc;

/// The words of one person on one day.
pub struct Say {
    words: Words,
    locale: Locale,
    measuring: Locale,
    today: NaiveDate,
    clock: Arc<dyn Clock>,
}

impl Say {
    /// By the settings in force.
    pub fn new(settings: &Settings, today: NaiveDate, clock: Arc<dyn Clock>) -> Self {
        let (words, locale) = (Words::of(region::language(settings)), region::locale(settings));
        let measuring = region::measuring(settings);
        Self { words, locale, measuring, today, clock }
    }

    /// The locale in force.
    pub fn locale(&self) -> Locale {
        self.locale
    }

    /// Today, where the person is.
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// The catalogue in force.
    pub fn words(&self) -> Words {
        self.words
    }

    /// A message without parts.
    pub fn word(&self, key: &str) -> String {
        self.words.say(key, &[])
    }

    /// A message.
    pub fn say(&self, key: &str, parts: &[(&str, &str)]) -> String {
        self.words.say(key, parts)
    }

    /// A message in its singular or plural form, with `count` as a part.
    pub fn count(&self, key: &str, count: u32, parts: &[(&str, &str)]) -> String {
        let form = if count == 1 { "one" } else { "other" };
        let number = count.to_string();
        let all: Vec<(&str, &str)> = parts.iter().copied().chain([("count", number.as_str())]).collect();
        self.words.say(&format!("{key}_{form}"), &all)
    }

    fn shown(&self, shown: Shown) -> String {
        if shown.under { self.say("chart_under", &[("amount", &shown.text)]) } else { shown.text }
    }

    /// "680 ml".
    pub fn amount(&self, amount: Amount) -> String {
        self.shown(format_amount(amount, self.measuring))
    }

    /// "57%".
    pub fn percent(&self, whole: u8) -> String {
        self.amount(Amount::whole(i64::from(whole), Unit::Percent))
    }

    /// "+1.5 l", "−70 ml".
    pub fn change(&self, amount: Amount) -> String {
        let text = self.amount(amount);
        if amount.milli > 0 { format!("+{text}") } else { text }
    }

    /// "Thu 3 Dec" of `YYYY-MM-DD`.
    pub fn day(&self, day: &str) -> String {
        day.parse().map_or_else(|_| day.to_owned(), |day| locale::day(day, self.today, self.locale))
    }

    fn short_day(&self, day: &str) -> String {
        day.parse().map_or_else(|_| day.to_owned(), |day| locale::short_day(day, self.today, self.locale))
    }

    fn month(&self, day: &str) -> String {
        day.parse().map_or_else(|_| day.to_owned(), |day| locale::month_from(day, self.today, self.locale))
    }

    /// "Thu 3 Dec, 14:05" of milliseconds since 1970 UTC.
    pub fn moment(&self, ms: i64) -> String {
        let Some(at) = DateTime::<Utc>::from_timestamp_millis(ms) else { return String::new() };
        let here = at.with_timezone(&self.clock.offset(at));
        let day = locale::day(here.date_naive(), self.today, self.locale);
        format!("{day}, {}", locale::clock(here.time(), self.locale))
    }

    /// "Coffee machine".
    pub fn kind(&self, kind: DeviceKind) -> String {
        let key = match kind {
            DeviceKind::Printer => "kind_printer",
            DeviceKind::CoffeeMachine => "kind_coffee_machine",
            DeviceKind::WashingMachine => "kind_washing_machine",
            DeviceKind::Dishwasher => "kind_dishwasher",
            DeviceKind::Vacuum => "kind_vacuum",
            DeviceKind::AirPurifier => "kind_air_purifier",
            DeviceKind::PetFeeder => "kind_pet_feeder",
            DeviceKind::BatteryDevice => "kind_battery_device",
            DeviceKind::Other => "kind_other",
        };
        self.word(key)
    }

    /// "Within six weeks".
    pub fn section(&self, section: Section) -> String {
        self.word(match section {
            // Nothing orders yet, so nothing stands there.
            Section::NeedsYou | Section::OnItsWay => "section_needs_you",
            Section::SixWeeks => "section_six_weeks",
            Section::Later => "section_later",
            Section::NotKnown => "section_not_known",
        })
    }

    /// "Two supplies need you", and its kin.
    pub fn headline(&self, headline: &Headline) -> String {
        match headline {
            Headline::NeedYou { count } => self.count("head_need_you", *count, &[]),
            Headline::LastsUntil { when } => self.phrase(when, "head_lasts_until"),
            Headline::NothingThisWeek {} => self.word("head_nothing_this_week"),
            Headline::Learning {} => self.word("head_learning"),
            Headline::Empty {} => self.word("head_empty"),
        }
    }

    /// "Runs out about Thu 3 Dec"; how exactly follows the width of the band.
    pub fn end(&self, when: &When, verb: Verb) -> String {
        self.phrase(
            when,
            match verb {
                Verb::RunsOut => "end_runs_out",
                Verb::WornOut => "end_worn_out",
                Verb::Empty => "end_empty",
                Verb::Full => "end_full",
            },
        )
    }

    fn phrase(&self, when: &When, stem: &str) -> String {
        let has_today = stem.starts_with("end_");
        let form = match when.precision {
            Precision::Day | Precision::About if when.days == 0 && has_today => "today",
            Precision::Day | Precision::About if when.days == 1 && has_today => "tomorrow",
            Precision::Day => "day",
            Precision::About => "about",
            Precision::PartOfMonth => match when.likely.get(8..).and_then(|day| day.parse::<u8>().ok()) {
                Some(..=10) => "early",
                Some(11..=20) => "mid",
                _ => "late",
            },
            Precision::Month => "month",
            Precision::NotBefore => {
                return self.say("end_not_before", &[("month", &self.month(&when.earliest))]);
            }
        };
        let (day, month) = (self.day(&when.likely), self.month(&when.likely));
        self.say(&format!("{stem}_{form}"), &[("day", &day), ("month", &month)])
    }

    /// "between 30 Nov and 8 Dec", or how many weeks; nothing where the phrase is exact already.
    fn below(&self, when: &When) -> String {
        match when.precision {
            Precision::Day => String::new(),
            Precision::About | Precision::PartOfMonth => {
                let from = self.short_day(&when.earliest);
                match &when.latest {
                    Some(latest) => self.say("between", &[("from", &from), ("to", &self.short_day(latest))]),
                    None => self.say("between_open", &[("from", &from)]),
                }
            }
            Precision::Month | Precision::NotBefore => {
                let weeks = u32::try_from((when.days + 3) / 7).unwrap_or(0);
                if weeks > 52 { self.word("year_at_pace") } else { self.count("weeks_at_pace", weeks, &[]) }
            }
        }
    }

    /// "680 ml of 1.5 l"; a guess says so.
    pub fn left(&self, row: &SupplyRow) -> String {
        let Some(left) = row.left else {
            return self.word(if row.mark.some_left { "level_some" } else { "level_unknown" });
        };
        let text = self.shown(match row.of {
            Some(of) => format_left(left, of, self.measuring),
            None => format_amount(left, self.measuring),
        });
        let text = if row.estimated { self.say("about_amount", &[("amount", &text)]) } else { text };
        // Stock on the shelf counts too: then a full one says nothing about it.
        match row.of.filter(|of| left.milli <= of.milli) {
            Some(of) => format!("{text} {}", self.say("of_capacity", &[("amount", &self.amount(of))])),
            None => text,
        }
    }

    /// Why the next step is what it is.
    pub fn why(&self, why: &Why) -> String {
        match why {
            Why::LowReadings { since, readings, mark } => {
                let parts = [("day", &*self.day(since)), ("amount", &*self.amount(*mark))];
                self.count("why_low_readings", *readings, &parts)
            }
            Why::LowCounted { since, mark } => {
                self.say("why_low_counted", &[("day", &self.day(since)), ("amount", &self.amount(*mark))])
            }
            Why::Paused { by, days } => self.count("why_paused", *days, &[("day", &self.day(by))]),
            Why::LowCounting { readings, needed, mark } => self.say(
                "why_low_counting",
                &[
                    ("readings", &readings.to_string()),
                    ("needed", &needed.to_string()),
                    ("amount", &self.amount(*mark)),
                ],
            ),
            Why::DaysInHand { left, per_day, by, days } => {
                let (left, pace, day) = (self.amount(*left), self.amount(*per_day), self.day(by));
                self.count("why_days_in_hand", *days, &[("left", &left), ("pace", &pace), ("day", &day)])
            }
            Why::Delivery { left, per_day, early, by, days, risk } => {
                let pace = per_day.map(|pace| self.amount(pace)).unwrap_or_default();
                let (left, early, day) = (self.amount(*left), self.day(early), self.day(by));
                let odds = (100 / (*risk).max(1)).to_string();
                let parts = [
                    ("left", &*left),
                    ("pace", &*pace),
                    ("early", &*early),
                    ("day", &*day),
                    ("odds", &*odds),
                ];
                self.count("why_delivery", *days, &parts)
            }
            Why::Pace { per_day, over_days } => {
                let weeks = ((over_days + 3) / 7).max(1);
                self.count("why_pace", weeks, &[("pace", &self.amount(*per_day))])
            }
            Why::Interval { days, .. } => self.count("why_interval", *days, &[]),
        }
    }

    /// By which rule it asks to be ordered.
    pub fn rule(&self, policy: &PolicyView) -> String {
        let name = self.word(match policy.rule {
            Rule::Amazon => "rule_amazon",
            Rule::Careful => "rule_careful",
            Rule::Normal => "rule_normal",
            Rule::Thrifty => "rule_thrifty",
        });
        let line = match policy.risk {
            None => self.count("rule_hand", u32::from(policy.days_in_hand), &[("rule", &name)]),
            Some(_) => self.count("rule_delivery", u32::from(policy.delivery_days), &[("rule", &name)]),
        };
        match &policy.order_by {
            Some(by) => format!("{line}, {}", self.say("rule_by", &[("day", &self.day(by))])),
            None => line,
        }
    }

    /// Until when it is quiet; nothing if it is not.
    pub fn quiet(&self, row: &SupplyRow) -> String {
        match &row.snoozed_until {
            Some(day) => self.say("quiet_until", &[("day", &self.day(day))]),
            None if row.muted_always => self.word("quiet_always"),
            None if row.muted => self.word("quiet_replaced"),
            None => String::new(),
        }
    }

    /// "57 ml a day over the last 9 weeks; two refills were left out."
    pub fn basis(&self, basis: &Basis) -> String {
        let span = self.count("basis_weeks", ((basis.over_days + 3) / 7).max(1), &[]);
        let mut text = self.say("basis_said", &[("pace", &self.amount(basis.per_day)), ("span", &span)]);
        for (key, count) in [("basis_refills", basis.refills), ("basis_absent", basis.absent_days)] {
            if count > 0 {
                text = self.say("basis_left_out", &[("text", &text), ("more", &self.count(key, count, &[]))]);
            }
        }
        match basis.step_percent.and_then(|step| u8::try_from(step).ok()) {
            Some(step) => self.say("basis_step", &[("text", &text), ("step", &self.percent(step))]),
            None => text,
        }
    }

    /// "The last six dates were off by 3 days on average; 16 of 18 fell between earliest and latest".
    pub fn record(&self, record: &TrackRecord) -> String {
        let days = self.count("record_days", record.off_days, &[]);
        let text = self.count("record_said", record.ends, &[("days", &days)]);
        let (inside, judged) = (record.inside.to_string(), record.judged.to_string());
        self.say("record_held", &[("text", &text), ("inside", &inside), ("judged", &judged)])
    }

    /// When it ends, with what lies below it.
    pub fn end_between(&self, when: &When, verb: Verb) -> String {
        [self.end(when, verb), self.below(when)]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Who set a low mark.
    pub fn low_source(&self, source: LowSource) -> String {
        match source {
            LowSource::Own => self.word("low_own"),
            LowSource::Device => self.word("low_device"),
            LowSource::Usual => self.word("low_usual"),
            LowSource::None => String::new(),
        }
    }
}
