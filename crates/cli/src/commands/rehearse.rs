//! `refillctl rehearse`: the certification cases of a device model, rehearsed on this computer within seconds, for build
//! pipelines. Exit code 0 says that every case that was asked for passed; one that waits for a person, or could not be
//! judged, is none that passed.

mod guided;

use crate::failure::Failure;
use crate::session::Session;
use clap::Args;
use refill_domain::certification::{Case, Judged, Verdict};
use refill_domain::market::Marketplace;
use refill_domain::registration::Dossier;
use refill_engine::certification::{Count, Part, Sentences, document as cases, page};
use refill_engine::registration::files;
use refill_rehearsal::{Options, Rehearsed, Unrehearsable, rehearse};
use serde_json::{Value, json};
use std::path::PathBuf;

const HELP: &str = "\
The dossier's model is registered at a cloud that is started for it, a virtual device goes through Amazon's cases against a
stand-in for Amazon's side, and what that side heard is judged. Everything happens on this computer, at a pace of its own.
Cases: 1 to 8 as in Amazon's documents, and the pre-checks P1 to P5.

Exit codes: 0 every case passed; 1 one failed, waits for a person or could not be judged, and stdout says why. P1 always
waits for a person: with --allow-person such cases don't count. --json holds the whole transcript, without tokens.

Examples:
  refillctl rehearse inkwell.json
  refillctl rehearse inkwell.json --case 4 --case 5
  refillctl rehearse inkwell.json --allow-person --html rehearsal.html --json

With --guided the same cases are tested with a real skill: each step says what to do and look at, and takes what you saw.
Answer s (as expected), n (not there), o (something else) or c (can't be seen), then a file of messages as @FILE and a note
where there is one: s @changereport.json, o 55 % instead of 40. b takes the last answer back, q leaves; guided.json beside the
dossier keeps the answers, and the next call goes on. The app goes on with the same file. --answers reads a JSON object a line
instead: {\"case\": \"2\", \"slot\": \"SLOT 01\", \"reply\": \"seen\", \"left\": \"40\", \"note\": \"\", \"messages\": []}; reply is seen,
not_seen, other or cannot_see. What nobody can see could not be judged, and is no success.";

/// What to rehearse.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct RehearseArgs {
    /// The dossier
    file: PathBuf,
    /// Only this case counts; may be given several times
    #[arg(long = "case", value_name = "CASE")]
    cases: Vec<Case>,
    /// Where; without it in the dossier's first marketplace
    #[arg(long, value_name = "COUNTRY")]
    market: Option<Marketplace>,
    /// Cases that wait for a person don't count
    #[arg(long)]
    allow_person: bool,
    /// Test a real skill, step by step
    #[arg(long)]
    guided: bool,
    /// Take the answers from a file, a JSON object a line; - is stdin
    #[arg(long, value_name = "FILE", requires = "guided")]
    answers: Option<PathBuf>,
    /// Begin the guided test anew; the last one is put away
    #[arg(long, requires = "guided")]
    anew: bool,
    /// Write the report as a page for print
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// Does it.
pub fn run(args: &RehearseArgs, session: &Session) -> Result<(), Failure> {
    let dossier = files::open(&args.file)?;
    if args.guided {
        let (transcript, judged) = guided::run(args, dossier.clone(), session)?;
        return tell(args, &dossier, &Rehearsed { transcript, judged }, session);
    }
    let options = Options {
        marketplace: args.market,
        begin: session.clock().now(),
        fault: None,
        until: None,
        beneath: None,
    };
    let held = session.wait(rehearse(&dossier, options))?.map_err(|why| unheld(&why))?;
    tell(args, &dossier, &held, session)
}

/// Says what came of it, and ends as the verdicts do.
fn tell(args: &RehearseArgs, dossier: &Dossier, held: &Rehearsed, session: &Session) -> Result<(), Failure> {
    let say = Sentences::new(session.say_anyway().words());
    let wanted = |one: &&Judged| args.cases.is_empty() || args.cases.contains(&one.case);
    let judged: Vec<Judged> = held.judged.iter().filter(wanted).cloned().collect();
    let name = if dossier.name.trim().is_empty() { dossier.model.as_str() } else { dossier.name.as_str() };
    if let Some(to) = &args.html {
        let part = Part { transcript: &held.transcript, judged: &judged, heading: "" };
        files::text(to, &page(name, &[part], say))?;
    }
    let ended = ended(&judged, args.allow_person);
    session.out.show(&document(args, held, &judged, ended.is_ok(), say), || Ok(lines(&judged, say)))?;
    ended
}

/// The exit code of the verdicts.
fn ended(judged: &[Judged], allow_person: bool) -> Result<(), Failure> {
    let count = Count::of(judged);
    if count.failed > 0 {
        return Err(Failure::new("rehearsal_failed", "The rehearsal failed; each reason is told."));
    }
    if count.not_run > 0 {
        return Err(Failure::new("not_judged", "A case could not be judged; why is told."));
    }
    if count.needs_person > 0 && !allow_person {
        let message = "A case waits for a person; with --allow-person it does not count.";
        return Err(Failure::new("needs_person", message));
    }
    Ok(())
}

fn unheld(why: &Unrehearsable) -> Failure {
    let (code, field) = match why {
        Unrehearsable::Marketplace => ("bad_field", Some("market")),
        Unrehearsable::Stopped(_) | Unrehearsable::Ended => ("unexpected", None),
        _ => ("not_ready", None),
    };
    let text = why.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let failure = Failure::new(code, format!("{first}{}.", letters.as_str()));
    match field {
        Some(field) => failure.at(field),
        None => failure,
    }
}

fn document(args: &RehearseArgs, held: &Rehearsed, judged: &[Judged], ok: bool, say: Sentences) -> Value {
    json!({
        "file": args.file.display().to_string(),
        "ok": ok,
        "count": Count::of(judged),
        "cases": cases(judged, say),
        "transcript": held.transcript,
    })
}

fn lines(judged: &[Judged], say: Sentences) -> Vec<String> {
    let rows: Vec<Vec<String>> = judged
        .iter()
        .map(|one| vec![one.case.code().to_owned(), say.verdict(&one.verdict), say.tests(one.case)])
        .collect();
    let mut lines = Vec::new();
    for (row, one) in crate::output::table(&rows).into_iter().zip(judged) {
        lines.push(row);
        if one.verdict != Verdict::Passed {
            lines.extend(say.reasons(&one.verdict).iter().map(|reason| format!("      {reason}")));
        }
    }
    lines.push(say.summary(Count::of(judged)));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use refill_domain::certification::{Flaw, Look, NotRun, Rule};

    #[test]
    fn what_did_not_pass_is_no_success() {
        let one = |verdict| Judged { case: Case::Kept, verdict, evidence: Vec::new() };
        let flaw = Flaw { slot: None, moment: None, rule: Rule::NoMail, found: String::new(), above: None };
        let passed = one(Verdict::Passed);
        let failed = one(Verdict::Failed { reasons: vec![flaw] });
        let person = one(Verdict::NeedsPerson { look: vec![Look::AllowList] });
        let open = one(Verdict::NotRun { why: NotRun::NothingHappened });
        for (judged, allow, code) in [
            (vec![passed.clone()], false, None),
            (vec![passed.clone(), person.clone()], true, None),
            (vec![passed.clone(), person.clone()], false, Some("needs_person")),
            (vec![passed.clone(), open.clone()], true, Some("not_judged")),
            (vec![open, failed, person], true, Some("rehearsal_failed")),
        ] {
            assert_eq!(ended(&judged, allow).err().map(|failure| failure.code).as_deref(), code);
        }
    }
}
