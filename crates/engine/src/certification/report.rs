//! The report of a rehearsal or a test with a real skill: as one page for print and PDF, and as JSON for build pipelines.
//! The page needs nothing outside itself and runs nothing; every text in it is escaped, messages of a skill under test
//! above all.

use super::sentences::Sentences;
use crate::registration::sheet::escape;
use refill_domain::certification::{Case, Happening, Judged, Moment, Transcript, Verdict};
use serde_json::{Value, json};

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

pub(super) fn raw(moment: &Moment) -> Option<(&Value, Option<&str>)> {
    match &moment.what {
        Happening::Described { message, refused } | Happening::Told { message, refused } => {
            Some((message, refused.as_deref()))
        }
        _ => None,
    }
}

/// What one run gave: it, and what came of the cases it counts for.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// What happened.
    pub transcript: &'a Transcript,
    /// What came of it.
    pub judged: &'a [Judged],
    /// What it was, in words; empty where there is one alone.
    pub heading: &'a str,
}

/// Where the rules stand that a failed case broke, as its reasons are in order.
fn rules(verdict: &Verdict) -> Vec<&'static str> {
    match verdict {
        Verdict::Failed { reasons } => reasons.iter().map(|flaw| flaw.rule.source()).collect(),
        _ => Vec::new(),
    }
}

/// The verdicts with everything that is to be said of them, as JSON.
pub fn document(judged: &[Judged], say: Sentences) -> Vec<Value> {
    let case = |one: &Judged| {
        json!({
            "case": one.case.code(),
            "name": one.case.word(),
            "source": one.case.source(),
            "section": one.case.section(),
            "tests": say.tests(one.case),
            "expects": say.expects(one.case),
            "verdict": one.verdict,
            "says": say.reasons(&one.verdict),
            "rules": rules(&one.verdict),
            "evidence": one.evidence,
        })
    };
    judged.iter().map(case).collect()
}

/// The report as a page: each case with its verdict, reasons and evidence, and then everything that happened, run by run.
pub fn page(name: &str, parts: &[Part<'_>], say: Sentences) -> String {
    let guided = parts.iter().any(|part| part.transcript.partial);
    let (title, foot) = if guided { ("title_guided", "foot_guided") } else { ("title", "foot") };
    let title = escape(&say.say(title, &[("name", name)]));
    let all: Vec<Judged> = parts.iter().flat_map(|part| part.judged).cloned().collect();
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head>\n\
         <body><h1>{title}</h1>\n<p>{}</p>\n",
        say.words.language(),
        escape(&say.summary(Count::of(&all)))
    );
    let mut cases: Vec<(usize, &Part<'_>, &Judged)> = Vec::new();
    for (nth, part) in parts.iter().enumerate() {
        cases.extend(part.judged.iter().map(|one| (nth, part, one)));
    }
    cases.sort_by_key(|(_, _, one)| Case::ALL.iter().position(|case| *case == one.case));
    for (nth, part, one) in cases {
        case(&mut page, nth, part.transcript, one, say);
    }
    for (nth, part) in parts.iter().enumerate() {
        let heading =
            if part.heading.is_empty() { say.say("messages", &[]) } else { part.heading.to_owned() };
        page.push_str(&format!("<h2>{}</h2>\n<ol>\n", escape(&heading)));
        for (at, moment) in part.transcript.moments.iter().enumerate() {
            happened(&mut page, &place(nth, at), moment, say);
        }
        page.push_str("</ol>\n");
    }
    page.push_str(&format!("<footer>{}</footer></body></html>\n", escape(&say.say(foot, &[]))));
    page
}

/// Where a moment stands in the page.
fn place(nth: usize, at: usize) -> String {
    if nth == 0 { format!("m{}", at + 1) } else { format!("m{}-{}", nth + 1, at + 1) }
}

fn happened(page: &mut String, place: &str, moment: &Moment, say: Sentences) {
    let when = moment.at.format("%Y-%m-%d %H:%M:%S UTC");
    let line = escape(&say.moment(moment));
    page.push_str(&format!("<li id=\"{place}\"><small>{when}</small> {line}"));
    if let Some((message, refused)) = raw(moment) {
        if let Some(why) = refused {
            page.push_str(&format!("<p class=\"failed\">{}</p>", escape(why)));
        }
        let text = serde_json::to_string_pretty(message).unwrap_or_default();
        page.push_str(&format!("<pre>{}</pre>", escape(&text)));
    }
    page.push_str("</li>\n");
}

fn case(page: &mut String, nth: usize, transcript: &Transcript, one: &Judged, say: Sentences) {
    let (code, word) = (one.case.code(), one.verdict.word());
    let (tests, verdict) = (escape(&say.tests(one.case)), escape(&say.verdict(&one.verdict)));
    page.push_str(&format!("<h2>{code} {tests}: <span class=\"{word}\">{verdict}</span></h2>\n"));
    let expects = say.say("expected", &[("what", &say.expects(one.case))]);
    page.push_str(&format!("<p class=\"dim\">{}</p>\n", escape(&expects)));
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
        .map(|at| format!("<a href=\"#{}\">{}</a>", place(nth, *at), at + 1))
        .collect();
    if !places.is_empty() {
        let label = escape(&say.say("evidence", &[]));
        page.push_str(&format!("<p><small>{label}: {}</small></p>\n", places.join(", ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Words;
    use refill_domain::certification::guided::Step;
    use refill_domain::certification::{Above, Flaw, Look, NotRun, Rule};
    use refill_domain::measure::{Amount, Unit};

    #[test]
    fn everything_that_can_be_said_has_words_in_both_languages() {
        for language in ["en", "de"] {
            let say = Sentences::new(Words::of(language));
            let mut said: Vec<String> = Vec::new();
            for case in Case::ALL {
                said.extend([say.tests(*case), say.expects(*case)]);
                let why = NotRun::Needs { case: *case };
                said.extend(say.reasons(&Verdict::NotRun { why }));
                // Sensors are judged along with the discovery; the account is looked at, look by look.
                if !matches!(case, Case::Sensors | Case::Prerequisites) {
                    let step = Step { case: *case, instance: None, look: None };
                    said.push(say.task(&step, "Black"));
                }
            }
            for rule in Rule::ALL {
                said.push(say.flaw(&Flaw {
                    slot: None,
                    moment: None,
                    rule: *rule,
                    found: String::new(),
                    above: None,
                }));
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
    fn a_row_that_broke_off_names_the_figure_and_references_stand_in_the_json_alone() {
        let percent = |milli| Amount::new(milli, Unit::Percent);
        let above = Some(Above { left: percent(16_000), low: percent(15_000) });
        let (slot, found) = (Some("SLOT 04".to_owned()), "2".to_owned());
        let flaw = Flaw { slot, moment: None, rule: Rule::FewLow, found, above };
        let judged = Judged {
            case: Case::Order,
            verdict: Verdict::Failed { reasons: vec![flaw.clone()] },
            evidence: vec![],
        };
        for (language, line) in [
            (
                "en",
                "SLOT 04: Fewer than three low updates in a row (2). After that it stood at 16%, above the low mark of 15%",
            ),
            (
                "de",
                "SLOT 04: Weniger als drei knappe Meldungen in Folge (2). Danach stand es bei 16\u{a0}%, über der Schwelle von 15\u{a0}%",
            ),
        ] {
            let say = Sentences::new(Words::of(language));
            assert_eq!(say.flaw(&flaw), line);
            let said = document(std::slice::from_ref(&judged), say);
            assert_eq!(said[0]["rules"], json!([Rule::FewLow.source()]));
            let transcript =
                Transcript { marketplace: None, endpoint: String::new(), partial: false, moments: vec![] };
            let judged = [judged.clone()];
            let part = Part { transcript: &transcript, judged: &judged, heading: "" };
            let page = page("One", &[part], say);
            assert!(page.contains("SLOT 04") && !page.contains("protocols") && !page.contains("[2."));
        }
    }

    #[test]
    fn nothing_of_a_message_becomes_markup() {
        let evil = "<script>alert(1)</script>";
        let message = serde_json::json!({"event": {"header": {"name": evil}}});
        let refused = Some(evil.to_owned());
        let at = chrono::DateTime::UNIX_EPOCH;
        let moments = vec![Moment { at, what: Happening::Told { message, refused } }];
        let transcript = Transcript { marketplace: None, endpoint: evil.to_owned(), partial: false, moments };
        let flaw = Flaw {
            slot: Some(evil.into()),
            moment: Some(0),
            rule: Rule::Refused,
            found: evil.into(),
            above: None,
        };
        let judged = [Judged {
            case: Case::Messages,
            verdict: Verdict::Failed { reasons: vec![flaw] },
            evidence: vec![0, 9],
        }];
        let part = Part { transcript: &transcript, judged: &judged, heading: evil };
        let page = page(evil, &[part], Sentences::new(Words::of("de")));
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
        assert!(page.contains("href=\"#m1\"") && !page.contains("#m10"), "evidence that is there is linked");
        assert!(page.contains("0 bestanden, 1 nicht bestanden"));
    }
}
