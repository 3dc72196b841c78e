//! What came of a certification rehearsal in the person's words, as lines and as one page for print and PDF. The page needs
//! nothing outside itself and runs nothing; every text in it is escaped, messages of a skill under test above all.

use crate::registration::sheet::escape;
use crate::words::Words;
use refill_domain::certification::{
    Case, Deed, Flaw, Happening, Judged, Moment, NotRun, Transcript, Verdict,
};
use std::fmt::Write as _;

/// The colours of print, as the dossier's page has them.
const STYLE: &str = "\
body{margin:2.5rem auto;max-width:56rem;padding:0 1.5rem;background:#fff;color:#1b1d1f;\
font:15px/1.45 Inter,system-ui,'Segoe UI','Noto Sans','DejaVu Sans',sans-serif}\
h1{font-size:1.5rem;line-height:1.2;margin:0 0 .5rem}h2{font-size:1rem;margin:2rem 0 .25rem}\
p{margin:.25rem 0}ul,ol{padding-left:1.4rem;margin:.5rem 0}li{margin:.25rem 0;overflow-wrap:anywhere}\
.failed{color:#a5301a}.passed{color:#1f6b3a}.dim,footer,small{color:#515559}\
pre{font:12px/1.4 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;background:#fcfcfb;\
border:1px solid #e6e6e2;padding:.75rem}footer{margin-top:2.5rem}a{color:inherit}\
@media print{body{margin:0;max-width:none}li,pre{break-inside:avoid}h2{break-after:avoid}}";

/// How many cases ended in each way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Count {
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
    /// Left to a person.
    pub needs_person: usize,
    /// Not judged.
    pub not_run: usize,
}

impl Count {
    /// Counts.
    pub fn of(judged: &[Judged]) -> Self {
        let mut count = Self::default();
        for one in judged {
            *match one.verdict {
                Verdict::Passed => &mut count.passed,
                Verdict::Failed { .. } => &mut count.failed,
                Verdict::NeedsPerson { .. } => &mut count.needs_person,
                Verdict::NotRun { .. } => &mut count.not_run,
            } += 1;
        }
        count
    }
}

/// The words of one person.
#[derive(Debug, Clone, Copy)]
pub struct Sentences {
    words: Words,
}

impl Sentences {
    /// In a language.
    pub fn new(words: Words) -> Self {
        Self { words }
    }

    fn say(self, key: &str, parts: &[(&str, &str)]) -> String {
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

    /// One reason of a failed case, with its slot, what was found and where the rule stands.
    pub fn flaw(self, flaw: &Flaw) -> String {
        let mut line = flaw.slot.as_ref().map(|slot| format!("{slot}: ")).unwrap_or_default();
        line.push_str(&self.say(&format!("rule_{}", flaw.rule.word()), &[]));
        if !flaw.found.is_empty() {
            // Writing to a text can't fail.
            let _ = write!(line, " ({})", flaw.found);
        }
        let _ = write!(line, " [{}]", flaw.rule.source());
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
    pub fn summary(self, count: Count) -> String {
        let [passed, failed, person, not_run] =
            [count.passed, count.failed, count.needs_person, count.not_run].map(|of| of.to_string());
        let parts =
            [("passed", &passed), ("failed", &failed), ("needs_person", &person), ("not_run", &not_run)];
        self.say("summary", &parts.map(|(name, text)| (name, text.as_str())))
    }

    /// A moment in one line, with what identifies it.
    pub fn moment(self, moment: &Moment) -> String {
        let kind = |word: &str| self.say(&format!("moment_{word}"), &[]);
        let name = |message: &serde_json::Value| {
            message["event"]["header"]["name"].as_str().unwrap_or("?").to_owned()
        };
        match &moment.what {
            Happening::Described { message, .. } => format!("{}: {}", kind("described"), name(message)),
            Happening::Told { message, .. } => format!("{}: {}", kind("told"), name(message)),
            Happening::Chosen { instance, choice, low, .. } => {
                format!("{}: {instance} {choice:?}, {low}", kind("chosen"))
            }
            Happening::Did { instance, deed, left } => {
                let deed = match deed {
                    Deed::Measured => "=".to_owned(),
                    Deed::Used { amount } => format!("− {amount} ="),
                    Deed::Replaced => "↻".to_owned(),
                };
                format!("{}: {instance} {deed} {left}", kind("did"))
            }
            Happening::Shown { instance, left } => format!("{}: {instance} {left}", kind("shown")),
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
                format!("{}: {} {holds}", kind("answered"), case.code())
            }
        }
    }
}

fn raw(moment: &Moment) -> Option<(&serde_json::Value, Option<&str>)> {
    match &moment.what {
        Happening::Described { message, refused } | Happening::Told { message, refused } => {
            Some((message, refused.as_deref()))
        }
        _ => None,
    }
}

/// The report as a page: each case with its verdict, reasons and evidence, and then everything that happened.
pub fn page(name: &str, transcript: &Transcript, judged: &[Judged], say: Sentences) -> String {
    let title = escape(&say.say("title", &[("name", name)]));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head>\n\
         <body><h1>{title}</h1>\n<p>{}</p>\n",
        say.words.language(),
        escape(&say.summary(Count::of(judged)))
    );
    for one in judged {
        case(&mut page, transcript, one, say);
    }
    page.push_str(&format!("<h2>{}</h2>\n<ol>\n", escape(&say.say("messages", &[]))));
    for (at, moment) in transcript.moments.iter().enumerate() {
        let when = moment.at.format("%Y-%m-%d %H:%M:%S UTC");
        let line = escape(&say.moment(moment));
        page.push_str(&format!("<li id=\"m{}\"><small>{when}</small> {line}", at + 1));
        if let Some((message, refused)) = raw(moment) {
            if let Some(why) = refused {
                page.push_str(&format!("<p class=\"failed\">{}</p>", escape(why)));
            }
            let text = serde_json::to_string_pretty(message).unwrap_or_default();
            page.push_str(&format!("<pre>{}</pre>", escape(&text)));
        }
        page.push_str("</li>\n");
    }
    page.push_str(&format!("</ol>\n<footer>{}</footer></body></html>\n", escape(&say.say("foot", &[]))));
    page
}

fn case(page: &mut String, transcript: &Transcript, one: &Judged, say: Sentences) {
    let (code, word) = (one.case.code(), one.verdict.word());
    let (tests, verdict) = (escape(&say.tests(one.case)), escape(&say.verdict(&one.verdict)));
    page.push_str(&format!("<h2>{code} {tests}: <span class=\"{word}\">{verdict}</span></h2>\n"));
    let expects = say.say("expected", &[("what", &say.expects(one.case))]);
    page.push_str(&format!("<p class=\"dim\">{} ({})</p>\n", escape(&expects), escape(one.case.section())));
    let reasons = say.reasons(&one.verdict);
    if !reasons.is_empty() {
        page.push_str("<ul>");
        for reason in reasons {
            page.push_str(&format!("<li>{}</li>", escape(&reason)));
        }
        page.push_str("</ul>\n");
    }
    let places: Vec<String> = one
        .evidence
        .iter()
        .filter(|at| **at < transcript.moments.len())
        .map(|at| format!("<a href=\"#m{0}\">{0}</a>", at + 1))
        .collect();
    if !places.is_empty() {
        let label = escape(&say.say("evidence", &[]));
        page.push_str(&format!("<p><small>{label}: {}</small></p>\n", places.join(", ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use refill_domain::certification::{Look, Rule};

    #[test]
    fn everything_that_can_be_said_has_words_in_both_languages() {
        for language in ["en", "de"] {
            let say = Sentences::new(Words::of(language));
            let mut said: Vec<String> = Vec::new();
            for case in Case::ALL {
                said.extend([say.tests(*case), say.expects(*case)]);
                let why = NotRun::Needs { case: *case };
                said.extend(say.reasons(&Verdict::NotRun { why }));
            }
            for rule in Rule::ALL {
                said.push(say.flaw(&Flaw { slot: None, moment: None, rule: *rule, found: String::new() }));
            }
            said.extend(say.reasons(&Verdict::NeedsPerson { look: Look::ALL.to_vec() }));
            for why in [NotRun::NothingHappened, NotRun::NoSlots] {
                said.extend(say.reasons(&Verdict::NotRun { why }));
            }
            assert!(said.len() > 70);
            for line in said {
                assert!(!line.contains("cert_") && !line.contains('{'), "{language}: {line}");
            }
        }
    }

    #[test]
    fn nothing_of_a_message_becomes_markup() {
        let evil = "<script>alert(1)</script>";
        let message = serde_json::json!({"event": {"header": {"name": evil}}});
        let refused = Some(evil.to_owned());
        let at = chrono::DateTime::UNIX_EPOCH;
        let moments = vec![Moment { at, what: Happening::Told { message, refused } }];
        let transcript = Transcript { marketplace: None, endpoint: evil.to_owned(), moments };
        let flaw = Flaw { slot: Some(evil.into()), moment: Some(0), rule: Rule::Refused, found: evil.into() };
        let judged = [Judged {
            case: Case::Messages,
            verdict: Verdict::Failed { reasons: vec![flaw] },
            evidence: vec![0, 9],
        }];
        let page = page(evil, &transcript, &judged, Sentences::new(Words::of("de")));
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
        assert!(page.contains("href=\"#m1\"") && !page.contains("#m10"), "evidence that is there is linked");
        assert!(page.contains("0 bestanden, 1 nicht bestanden"));
    }
}
