//! What is found about a dossier in the person's words: where, what and why. The same words stand in the window, on paper
//! and in the terminal.

use crate::words::Words;
use chrono::NaiveDate;
use refill_domain::locale::{self, Locale, format_amount, format_number};
use refill_domain::market::Marketplace;
use refill_domain::measure::{Amount, Unit};
use refill_domain::registration::{
    CopyField, DossierImage, Finding, Grade, Label, Note, Reason, Refusal, Rule, Stage, Step, Unknown,
    Verdict, What, Why,
};
use serde::Serialize;

/// The words of one person.
#[derive(Debug, Clone, Copy)]
pub struct Sentences {
    words: Words,
    locale: Locale,
    today: NaiveDate,
}

/// A value's name on the wire.
fn word<T: Serialize>(value: &T) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    let word = value.as_str().or_else(|| value.get("is").and_then(serde_json::Value::as_str));
    word.unwrap_or_default().to_owned()
}

/// A marketplace's letters as the console writes them.
pub fn letters(market: Marketplace) -> String {
    market.letters().to_ascii_uppercase()
}

impl Sentences {
    /// In a language, with numbers and days as in a region, on a day.
    pub fn new(words: Words, locale: Locale, today: NaiveDate) -> Self {
        Self { words, locale, today }
    }

    /// Which language it is.
    pub fn language(self) -> &'static str {
        self.words.language()
    }

    /// A message of the registration.
    pub fn say(self, key: &str, parts: &[(&str, &str)]) -> String {
        self.words.say(&format!("reg_{key}"), parts)
    }

    fn count(self, key: &str, count: usize, name: &str) -> String {
        let form = if count == 1 { "one" } else { "other" };
        let count = self.number(count);
        self.say(&format!("{key}_{form}"), &[("count", &count), ("name", name)])
    }

    fn number(self, of: usize) -> String {
        format_number(i64::try_from(of).unwrap_or(i64::MAX).saturating_mul(1000), self.locale)
    }

    /// A day, with its year where that is another one.
    pub fn day(self, day: NaiveDate) -> String {
        locale::day(day, self.today, self.locale)
    }

    /// Bytes as megabytes or kilobytes.
    pub fn size(self, bytes: u64) -> String {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let (milli, unit) = if bytes >= 1_000_000 {
            // Rounded up, so that what is above the limit never reads as the limit.
            ((bytes + 99_999) / 100_000 * 100, "MB")
        } else {
            ((bytes + 999) / 1000 * 1000, "kB")
        };
        format!("{}\u{a0}{unit}", format_number(milli, self.locale))
    }

    /// Where a finding is: the slot, the language, the country; else the field.
    pub fn place(self, finding: &Finding) -> String {
        let parts = [
            finding.slot.clone().filter(|slot| !slot.is_empty()),
            finding.locale.map(|locale| locale.tag().to_owned()),
            finding.marketplace.map(letters),
        ];
        let place: Vec<String> = parts.into_iter().flatten().collect();
        if place.is_empty() { self.step(finding.step) } else { place.join(", ") }
    }

    /// What a finding says.
    pub fn what(self, what: &What) -> String {
        let say = |parts: &[(&str, &str)]| self.say(&format!("what_{}", what.word()), parts);
        match what {
            What::IdAwaited { due, left } => {
                let left = self.number(usize::try_from(*left).unwrap_or(usize::MAX));
                say(&[("due", &self.day(*due)), ("left", &left)])
            }
            What::IdOverdue { due } => say(&[("due", &self.day(*due))]),
            What::TooLong { chars, max } => {
                say(&[("chars", &self.number(*chars)), ("max", &self.number(*max))])
            }
            What::SameInstance { other } | What::SameId { other } => say(&[("other", other)]),
            What::TooManySlots { count }
            | What::TooManyAsins { count }
            | What::TooManyCustomers { count } => say(&[("count", &self.number(*count))]),
            What::BadAsin { text }
            | What::SameAsin { text }
            | What::BadCustomer { text }
            | What::SameCustomer { text } => say(&[("text", text)]),
            What::ImageTooLarge { bytes } => say(&[("size", &self.size(*bytes))]),
            What::ImageBackground { clear } => {
                // Rounded down, so that what is not enough never reads as enough.
                let percent = Amount::whole(i64::from(clear / 10), Unit::Percent);
                say(&[("percent", &format_amount(percent, self.locale).text)])
            }
            _ => say(&[]),
        }
    }

    /// Why Amazon asks.
    pub fn why(self, why: Why) -> String {
        self.say(&format!("why_{}", why.word()), &[])
    }

    /// A finding in one line.
    pub fn finding(self, of: &Finding) -> String {
        let (place, what, why) = (self.place(of), self.what(&of.what), self.why(of.what.why()));
        self.say("line", &[("where", &place), ("what", &what), ("why", &why)])
    }

    /// A step of the console.
    pub fn step(self, step: Step) -> String {
        self.say(&format!("step_{}", word(&step)), &[])
    }

    /// A stage, as what one does.
    pub fn stage(self, stage: Stage) -> String {
        self.say(&format!("stage_{}", word(&stage)), &[])
    }

    /// The name of a field of the console.
    pub fn label(self, label: Label) -> String {
        self.say(&format!("label_{}", label.word()), &[])
    }

    /// The name of a field with its slot, language and country.
    pub fn field(self, of: &CopyField) -> String {
        let market = of.marketplace.filter(|_| of.locale.is_none()).map(letters);
        let locale = of.locale.map(|locale| locale.tag().to_owned());
        let parts = [of.slot.clone(), Some(self.label(of.label)), locale, market];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// Why a sensor is the right one.
    pub fn reason(self, reason: Reason) -> String {
        self.say(&format!("reason_{}", word(&reason)), &[])
    }

    /// Why a change is refused.
    pub fn refusal(self, of: &Refusal) -> String {
        let parts: Vec<(&str, String)> = match &of.rule {
            Rule::Closed { marketplace } => vec![("market", letters(*marketplace))],
            Rule::Swapped { other } => vec![("other", other.clone())],
            Rule::Assigned | Rule::Certified | Rule::IdChanged => Vec::new(),
        };
        let parts: Vec<(&str, &str)> = parts.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.say(&format!("rule_{}", word(&of.rule)), &parts)
    }

    /// What a message can't say.
    pub fn unknown(self, of: Unknown) -> String {
        self.say(&format!("unknown_{}", of.word()), &[])
    }

    /// What of a message could not be taken.
    pub fn note(self, of: &Note) -> String {
        let (slot, text) = match of {
            Note::Model { text } | Note::Instance { text } => ("", text.as_str()),
            Note::Measurement { slot } | Note::Id { slot } => (slot.as_str(), ""),
            Note::Language { slot, text } | Note::Asset { slot, text } => (slot.as_str(), text.as_str()),
            Note::TooMany => ("", ""),
        };
        self.say(&format!("note_{}", word(of)), &[("slot", slot), ("text", text)])
    }

    /// What an image is.
    pub fn image(self, of: &DossierImage) -> String {
        let side = |side: u32| self.number(usize::try_from(side).unwrap_or(usize::MAX));
        let format = of.format.ending().to_ascii_uppercase();
        let parts = [side(of.width), side(of.height), self.size(of.bytes)];
        let [width, height, size] = &parts;
        self.say("sheet_image", &[("width", width), ("height", height), ("size", size), ("format", &format)])
    }

    /// The sentence above a dossier: what is wrong and missing first, then what is awaited.
    pub fn headline(self, verdict: &Verdict, name: &str) -> String {
        let unnamed = self.say("unnamed", &[]);
        let name = if name.trim().is_empty() { unnamed.as_str() } else { name };
        let (wrong, missing) = (verdict.count(Grade::Wrong), verdict.count(Grade::Missing));
        if wrong > 0 && missing > 0 {
            return self.count("open", wrong + missing, name);
        }
        for (grade, key) in
            [(Grade::Wrong, "wrong"), (Grade::Missing, "missing"), (Grade::Awaited, "awaited")]
        {
            let count = verdict.count(grade);
            if count > 0 {
                return self.count(key, count, name);
            }
        }
        self.say("complete", &[("name", name)])
    }

    /// Today with its year, for the foot of a sheet.
    pub fn today(self) -> String {
        // Seen from another year, so that the year stands there.
        let elsewhere = self.today.checked_sub_months(chrono::Months::new(24)).unwrap_or(self.today);
        locale::day(self.today, elsewhere, self.locale)
    }
}
