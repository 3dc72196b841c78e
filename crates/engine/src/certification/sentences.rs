//! What came of a case, in the person's words, a line each. Where a rule stands is in the JSON of the report alone.

use crate::words::Words;
use refill_domain::certification::guided::Step;
use refill_domain::certification::{
    Case, Choice, Deed, Flaw, Happening, Moment, NotRun, Saw, Verdict, figures,
};
use refill_domain::measure::{Amount, Unit};
use std::fmt::Write as _;

/// Figures of a message that are told in its line; the message has all.
const FIGURES_SHOWN: usize = 4;

/// The words of one person.
#[derive(Debug, Clone, Copy)]
pub struct Sentences {
    pub(crate) words: Words,
}

impl Sentences {
    /// In a language.
    pub fn new(words: Words) -> Self {
        Self { words }
    }

    pub(crate) fn say(self, key: &str, parts: &[(&str, &str)]) -> String {
        self.words.say(&format!("cert_{key}"), parts)
    }

    /// What a case tests.
    pub fn tests(self, case: Case) -> String {
        self.say(&format!("tests_{}", case.word()), &[])
    }

    /// What it expects.
    pub fn expects(self, case: Case) -> String {
        self.say(&format!("expects_{}", case.word()), &[])
    }

    /// How it ended.
    pub fn verdict(self, verdict: &Verdict) -> String {
        self.say(&format!("verdict_{}", verdict.word()), &[])
    }

    /// One reason of a failed case, with its slot and what was found.
    pub fn flaw(self, flaw: &Flaw) -> String {
        let mut line = flaw.slot.as_ref().map(|slot| format!("{slot}: ")).unwrap_or_default();
        line.push_str(&self.say(&format!("rule_{}", flaw.rule.word()), &[]));
        if !flaw.found.is_empty() {
            // Writing to a text can't fail.
            let _ = write!(line, " ({})", flaw.found);
        }
        if let Some(above) = flaw.above {
            let (left, low) = (self.figure(above.left), self.figure(above.low));
            line.push_str(". ");
            line.push_str(&self.say("above", &[("left", &left), ("low", &low)]));
        }
        line
    }

    /// Everything that is to be said of a verdict, a line each.
    pub fn reasons(self, verdict: &Verdict) -> Vec<String> {
        match verdict {
            Verdict::Passed => Vec::new(),
            Verdict::Failed { reasons } => reasons.iter().map(|flaw| self.flaw(flaw)).collect(),
            Verdict::NeedsPerson { look } => {
                look.iter().map(|look| self.say(&format!("look_{}", look.word()), &[])).collect()
            }
            Verdict::NotRun { why } => vec![match why {
                NotRun::Needs { case } => self.say("not_run_needs", &[("case", case.code())]),
                NotRun::NothingHappened => self.say("not_run_nothing_happened", &[]),
                NotRun::NoSlots => self.say("not_run_no_slots", &[]),
            }],
        }
    }

    /// The count in one line.
    pub fn summary(self, count: super::Count) -> String {
        let [passed, failed, person, not_run] =
            [count.passed, count.failed, count.needs_person, count.not_run].map(|of| of.to_string());
        let parts =
            [("passed", &passed), ("failed", &failed), ("needs_person", &person), ("not_run", &not_run)];
        self.say("summary", &parts.map(|(name, text)| (name, text.as_str())))
    }

    /// What a person with a real skill is to do for a step; the slot is named as customers know it.
    pub fn task(self, step: &Step, slot: &str) -> String {
        match step.look {
            Some(look) => self.say(&format!("look_{}", look.word()), &[]),
            None => self.say(&format!("do_{}", step.case.word()), &[("slot", slot)]),
        }
    }

    /// A figure as short as it can be.
    fn figure(self, amount: Amount) -> String {
        let whole = amount.to_string();
        match (amount.unit, whole.split_once(' ')) {
            (Unit::Percent, Some((number, _))) if self.words.language() == "de" => {
                format!("{}\u{a0}%", number.replace('.', ","))
            }
            (Unit::Percent, Some((number, _))) => format!("{number}%"),
            _ => whole,
        }
    }

    /// A moment in one line, with what identifies it.
    pub fn moment(self, moment: &Moment) -> String {
        let kind = |word: &str| self.say(&format!("moment_{word}"), &[]);
        let name = |message: &serde_json::Value| {
            let name = message["event"]["header"]["name"].as_str().unwrap_or("?");
            let of = figures(message).into_iter().map(|(instance, amount)| match amount {
                Some(amount) => format!("{instance} {}", self.figure(amount)),
                None => instance,
            });
            let of: Vec<String> = of.take(FIGURES_SHOWN).collect();
            if of.is_empty() { name.to_owned() } else { format!("{name}, {}", of.join(", ")) }
        };
        match &moment.what {
            Happening::Described { message, .. } => format!("{}: {}", kind("described"), name(message)),
            Happening::Told { message, .. } => format!("{}: {}", kind("told"), name(message)),
            Happening::Chosen { instance, choice, low, .. } => {
                let choice = match choice {
                    Choice::Reorder => self.say("choice_reorder", &[]),
                    Choice::Notify => self.say("choice_notify", &[]),
                };
                format!("{}: {instance}, {choice}, {}", kind("chosen"), self.figure(*low))
            }
            Happening::Did { instance, deed, left } => {
                let deed = match deed {
                    Deed::Measured => "=".to_owned(),
                    Deed::Used { amount } => format!("− {} =", self.figure(*amount)),
                    Deed::Replaced => "↻".to_owned(),
                };
                format!("{}: {instance} {deed} {}", kind("did"), self.figure(*left))
            }
            Happening::Shown { instance, left } => {
                format!("{}: {instance} {}", kind("shown"), self.figure(*left))
            }
            Happening::Offered { instance, products } => {
                format!("{}: {instance} {}", kind("offered"), products.join(", "))
            }
            Happening::Mailed { instance } => format!("{}: {instance}", kind("mailed")),
            Happening::Notified { instance } => format!("{}: {instance}", kind("notified")),
            Happening::Ordered { instance, replenishment } => {
                format!("{}: {instance} {replenishment}", kind("ordered"))
            }
            Happening::Removed { how } => format!("{}: {how}", kind("removed")),
            Happening::Answered { case, holds } => {
                let word = if *holds { "saw_expected" } else { "saw_nothing" };
                format!("{}: {}, {}", kind("answered"), case.code(), self.say(word, &[]))
            }
            Happening::Witnessed { case, instance, look, saw, left, note } => {
                let saw = match saw {
                    Saw::Expected => self.say("saw_expected", &[]),
                    Saw::Nothing => self.say("saw_nothing", &[]),
                    Saw::Other => self.say("saw_other", &[]),
                };
                let look = look.map(|look| self.say(&format!("look_{}", look.word()), &[]));
                let left = left.map(|left| self.figure(left));
                let note = Some(note.clone()).filter(|note| !note.is_empty());
                let of = [Some(case.code().to_owned()), instance.clone(), look, Some(saw), left, note];
                format!("{}: {}", kind("witnessed"), of.into_iter().flatten().collect::<Vec<_>>().join(", "))
            }
        }
    }
}
