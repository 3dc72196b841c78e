//! `refillctl rehearse --guided`: the steps of a test with a real skill, asked on the terminal or answered from a file. Every
//! answer is kept before the next step is asked, so that nothing is lost when the program ends in between.

use super::RehearseArgs;
use crate::failure::Failure;
use crate::output::plain;
use crate::session::Session;
use refill_domain::certification::guided::{
    Given, Guided, MESSAGE_MAX, MESSAGES_MAX, NotTaken, Reply, steps,
};
use refill_domain::certification::{Judged, Transcript};
use refill_domain::locale::{Locale, parse_number};
use refill_domain::measure::Amount;
use refill_domain::registration::Dossier;
use refill_engine::certification::{Sentences, Test};
use serde::Deserialize;
use serde_json::Value;
use std::io::{BufRead, Read as _, Write as _};
use std::path::Path;

/// Bytes of a file of answers.
const ANSWERS_MAX: u64 = 64 * 1024 * 1024;

/// One answer of a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// The case it is for, so that a file never answers another step than it was written for.
    case: Option<String>,
    /// The slot: its identifier or its instance.
    slot: Option<String>,
    reply: Reply,
    #[serde(default)]
    left: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    messages: Vec<Value>,
}

/// What somebody types.
#[derive(Debug, PartialEq, Eq)]
enum Typed {
    Says { reply: Reply, file: Option<String>, note: String },
    Back,
    Leave,
    Unclear,
}

/// Takes the test as far as it can be taken, and gives what comes of it.
pub(super) fn run(
    args: &RehearseArgs,
    dossier: Dossier,
    session: &Session,
) -> Result<(Transcript, Vec<Judged>), Failure> {
    let folder = match args.file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut test = opened(args, dossier, folder, session)?;
    let locale = session.say_anyway().locale();
    match &args.answers {
        Some(file) => from_file(&mut test, file, folder, locale, session)?,
        None => from_person(&mut test, folder, locale, session)?,
    }
    Ok(test.judged(&[]))
}

/// The test that is under way, or a new one.
fn opened(args: &RehearseArgs, dossier: Dossier, folder: &Path, session: &Session) -> Result<Test, Failure> {
    if args.anew {
        Test::put_away(folder)?;
    } else if let Some(test) = Test::read(folder)? {
        if test.dossier.model != dossier.model {
            let message = "guided.json beside this dossier is of another model. Move it away.";
            return Err(Failure::new("bad_file", message).at("file"));
        }
        if test.dossier != dossier {
            session.out.warn(
                "changed",
                "The model has changed; the test goes on as it began. --anew begins it anew.",
            );
        }
        return Ok(test);
    }
    if steps(&dossier).is_empty() {
        let message = "No slot is ready: each needs an instance, a sensor type and a unit.";
        return Err(Failure::new("not_ready", message));
    }
    if args.market.is_some_and(|market| !dossier.marketplaces.contains_key(&market)) {
        return Err(Failure::new("bad_field", "The dossier does not name this marketplace.").at("market"));
    }
    let market = args.market.or_else(|| dossier.marketplaces.keys().next().copied());
    let test = Test::new(dossier, None, Guided::begin(market, session.clock().now()));
    test.write(folder)?;
    Ok(test)
}

/// The figure of a step, as it is typed.
fn figure(test: &Test, at: usize, typed: &str, locale: Locale) -> Result<Option<Amount>, Failure> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let step = steps(&test.dossier).into_iter().nth(at);
    let slot = step.and_then(|step| {
        test.dossier.slots.iter().find(|slot| Some(&slot.instance) == step.instance.as_ref())
    });
    let wrong = || Failure::new("bad_amount", "This is no figure of this step.").at("left");
    let unit = slot.and_then(|slot| slot.unit).ok_or_else(wrong)?;
    let milli = parse_number(typed.trim(), locale).map_err(|_| wrong())?;
    Ok(Some(Amount::new(milli, unit)))
}

/// Keeps an answer.
fn keep(test: &mut Test, at: usize, given: &Given, folder: &Path, session: &Session) -> Result<(), Failure> {
    let dossier = test.dossier.clone();
    test.run.answer(&dossier, at, given, session.clock().now()).map_err(refused)?;
    test.write(folder)?;
    Ok(())
}

fn refused(why: NotTaken) -> Failure {
    let text = why.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    Failure::new("not_taken", format!("{first}{}.", letters.as_str()))
}

fn from_file(
    test: &mut Test,
    file: &Path,
    folder: &Path,
    locale: Locale,
    session: &Session,
) -> Result<(), Failure> {
    let mut text = String::new();
    let name = file.display().to_string();
    let unread = |cause: &std::io::Error| Failure::io(&name, cause).at("answers");
    if name == "-" {
        std::io::stdin().lock().take(ANSWERS_MAX).read_to_string(&mut text)
    } else {
        let open = std::fs::File::open(file).map_err(|cause| unread(&cause))?;
        open.take(ANSWERS_MAX).read_to_string(&mut text)
    }
    .map_err(|cause| unread(&cause))?;
    for (nth, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = format!("answers line {}", nth + 1);
        let wrong = |why: &str| Failure::new("bad_file", format!("{place}: {why}")).at("answers");
        let said: Line = serde_json::from_str(line).map_err(|cause| wrong(&cause.to_string()))?;
        let Some(at) = test.run.next(&test.dossier) else {
            return Err(wrong("every step is answered already."));
        };
        let step = steps(&test.dossier).into_iter().nth(at);
        let slot = step.as_ref().and_then(|step| {
            test.dossier.slots.iter().find(|slot| Some(&slot.instance) == step.instance.as_ref())
        });
        let code = step.as_ref().map_or("", |step| step.case.code());
        let fits = said.case.as_deref().is_none_or(|case| case.eq_ignore_ascii_case(code))
            && said.slot.as_deref().is_none_or(|named| {
                slot.is_some_and(|slot| slot.instance == named || slot.identifier == named)
            });
        if !fits {
            let named = slot.map_or("", |slot| slot.identifier.as_str());
            return Err(wrong(format!("the next step is of case {code} {named}").trim_end()));
        }
        let left = figure(test, at, &said.left, locale).map_err(|why| wrong(&why.message))?;
        let pasted =
            if said.messages.is_empty() { String::new() } else { Value::Array(said.messages).to_string() };
        let given = Given { reply: said.reply, left, note: said.note, pasted };
        keep(test, at, &given, folder, session).map_err(|why| wrong(&why.message))?;
    }
    Ok(())
}

fn from_person(test: &mut Test, folder: &Path, locale: Locale, session: &Session) -> Result<(), Failure> {
    let say = Sentences::new(session.say_anyway().words());
    let mut input = std::io::stdin().lock();
    while let Some(at) = test.run.next(&test.dossier) {
        let all = steps(&test.dossier);
        let Some(step) = all.get(at) else { break };
        let told = test.step(step, say, locale);
        ask(&format!("\n{}/{}  {}  {}\n", at + 1, all.len(), told.code, told.task))?;
        ask(&format!("    {}\n[s n o c | b q] ", told.expects))?;
        let mut line = String::new();
        let read = input.by_ref().take(4096).read_line(&mut line);
        if read.map_err(|cause| Failure::io("stdin", &cause))? == 0 {
            break;
        }
        match typed(&line) {
            Typed::Leave => break,
            Typed::Back => {
                test.run.take_back();
                test.write(folder)?;
            }
            Typed::Unclear => ask("s, n, o, c; b, q\n")?,
            Typed::Says { reply, file, note } => {
                let given = messages(file.as_deref())
                    .map(|pasted| Given { reply, left: None, note, pasted })
                    .and_then(|given| keep(test, at, &given, folder, session));
                // What can't be taken is said, and the step asked again.
                if let Err(why) = given {
                    ask(&format!("{}\n", why.message))?;
                }
            }
        }
    }
    Ok(())
}

/// Questions go to stderr, so that stdout holds the verdicts alone.
fn ask(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stderr().lock();
    let lines: Vec<String> = text.split('\n').map(plain).collect();
    let told = out.write_all(lines.join("\n").as_bytes()).and_then(|()| out.flush());
    told.map_err(|cause| Failure::io("stderr", &cause))
}

fn messages(file: Option<&str>) -> Result<String, Failure> {
    let Some(file) = file else { return Ok(String::new()) };
    let mut text = String::new();
    let most = u64::try_from(MESSAGE_MAX * MESSAGES_MAX).unwrap_or(u64::MAX);
    let read = std::fs::File::open(file).and_then(|open| open.take(most + 1).read_to_string(&mut text));
    read.map_err(|cause| Failure::io(file, &cause))?;
    Ok(text)
}

fn typed(line: &str) -> Typed {
    let mut rest = line.trim();
    let word = rest.split_whitespace().next().unwrap_or_default();
    rest = rest.get(word.len()..).unwrap_or_default().trim_start();
    let reply = match word {
        "s" => Reply::Seen,
        "n" => Reply::NotSeen,
        "o" => Reply::Other,
        "c" => Reply::CannotSee,
        "b" => return Typed::Back,
        "q" => return Typed::Leave,
        _ => return Typed::Unclear,
    };
    let file = rest.strip_prefix('@').map(|rest| rest.split_whitespace().next().unwrap_or_default());
    if let Some(file) = file {
        rest = rest.get(file.len() + 1..).unwrap_or_default().trim_start();
    }
    Typed::Says { reply, file: file.map(str::to_owned), note: rest.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_a_letter_a_file_and_a_note() {
        let says = |reply, file: Option<&str>, note: &str| Typed::Says {
            reply,
            file: file.map(str::to_owned),
            note: note.to_owned(),
        };
        for (line, wanted) in [
            ("s\n", says(Reply::Seen, None, "")),
            (" s  @a.json \n", says(Reply::Seen, Some("a.json"), "")),
            ("o 55 % instead of 40", says(Reply::Other, None, "55 % instead of 40")),
            ("n @b.json not yet", says(Reply::NotSeen, Some("b.json"), "not yet")),
            ("c", says(Reply::CannotSee, None, "")),
            ("b", Typed::Back),
            ("q\n", Typed::Leave),
            ("", Typed::Unclear),
            ("yes", Typed::Unclear),
            ("ß", Typed::Unclear),
        ] {
            assert_eq!(typed(line), wanted, "{line:?}");
        }
    }
}
