//! `refillctl model`: dossiers of device models for the Dash console, in build pipelines and at a desk. The files are what
//! they work on; no household is needed. Exit code 0 says that the dossier (or the message) will do, 1 that it won't yet.

use crate::failure::Failure;
use crate::session::Session;
use crate::typed;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use refill_domain::locale::Locale;
use refill_domain::market::Marketplace;
use refill_domain::registration::{
    Arrival, Dossier, Finding, Grade, Stage, Topic, change, copy_fields, generated_model_id, letter, preview,
    write,
};
use refill_engine::registration::files::{self, Beside};
use refill_engine::registration::random_of;
use refill_engine::registration::sentences::Sentences;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const HELP: &str = "\
A dossier is a JSON file (refill-dossier, version 1); docs/formats.md lists its members. The image it names lies beside
it. Texts are kept as they were typed; check says what is wrong, missing or awaited.

Exit codes of check and preview: 0 it will do; 1 it will not yet, and stdout says why.

Examples:
  refillctl model new inkwell.json --name \"Larkfield InkWell 640\"
  refillctl model image inkwell.json inkwell-640.png
  refillctl model check inkwell.json --for test --market de
  refillctl model check inkwell.json --since released.json --json
  refillctl model preview inkwell.json --locale de-DE
  refillctl model export inkwell.json --as html --to inkwell.html
  refillctl model import discover-response.json --to inkwell.json";

/// What to do with a dossier.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct ModelArgs {
    #[command(subcommand)]
    command: Model,
}

#[derive(Debug, Subcommand)]
enum Model {
    /// Begin a dossier, with a model ID that nobody else has
    New(NewArgs),
    /// Say what is wrong, missing or awaited, and what changed that no longer may
    Check(CheckArgs),
    /// Print what Discover.Response would say
    Preview(PreviewArgs),
    /// Print the fields in the console's order
    Fields(FileArgs),
    /// Print a letter to the Dash programme
    Letter(LetterArgs),
    /// Look at an image and put what it is into the dossier
    Image(ImageArgs),
    /// Write the dossier as JSON, as a page for print, or as a folder with everything
    Export(ExportArgs),
    /// Begin a dossier from a Discover.Response or AddOrUpdateReport
    Import(ImportArgs),
}

#[derive(Debug, Args)]
struct NewArgs {
    /// The file to write; one that is there is kept
    file: PathBuf,
    /// The device's name in the console
    #[arg(long, default_value = "")]
    name: String,
    /// A model ID of your own
    #[arg(long)]
    model: Option<String>,
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// The dossier
    file: PathBuf,
    /// What it has to be ready for
    #[arg(long = "for", value_name = "STAGE", default_value = "request",
        value_parser = typed::words::<Stage>(&["request", "test", "certify"]))]
    stage: Stage,
    /// One marketplace instead of all
    #[arg(long, value_name = "COUNTRY")]
    market: Option<Marketplace>,
    /// The dossier as it was; changes that the console no longer takes are refused
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,
    /// The day to judge on, instead of today
    #[arg(long, value_name = "DAY")]
    on: Option<NaiveDate>,
}

#[derive(Debug, Args)]
struct FileArgs {
    /// The dossier
    file: PathBuf,
}

#[derive(Debug, Args)]
struct PreviewArgs {
    /// The dossier
    file: PathBuf,
    /// The language the device is named in, such as de-DE
    #[arg(long, default_value = "en-US")]
    locale: Locale,
}

#[derive(Debug, Args)]
struct LetterArgs {
    /// The dossier
    file: PathBuf,
    /// What it is about
    #[arg(long, default_value = "question",
        value_parser = typed::words::<Topic>(&["ids", "products", "details", "question"]))]
    about: Topic,
}

#[derive(Debug, Args)]
struct ImageArgs {
    /// The dossier
    file: PathBuf,
    /// The image, in the dossier's folder
    image: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    Json,
    Html,
    Folder,
}

#[derive(Debug, Args)]
struct ExportArgs {
    /// The dossier
    file: PathBuf,
    /// As what
    #[arg(long = "as", value_name = "FORM", default_value = "json",
        value_parser = typed::words::<Form>(&["json", "html", "folder"]))]
    form: Form,
    /// Where to; - or nothing is stdout
    #[arg(long, value_name = "FILE|FOLDER")]
    to: Option<PathBuf>,
    /// The language of the discovery in it
    #[arg(long, default_value = "en-US")]
    locale: Locale,
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// The message
    file: PathBuf,
    /// Which of several models, counted from 1
    #[arg(long, value_name = "NUMBER")]
    nth: Option<usize>,
    /// The dossier to write; one that is there is kept. Without it the dossier goes to stdout
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

/// Does it.
pub fn run(args: &ModelArgs, session: &Session) -> Result<(), Failure> {
    match &args.command {
        Model::New(args) => new(args, session),
        Model::Check(args) => check(args, session),
        Model::Preview(args) => show(args, session),
        Model::Fields(args) => fields(args, session),
        Model::Letter(args) => mail(args, session),
        Model::Image(args) => image(args, session),
        Model::Export(args) => export(args, session),
        Model::Import(args) => import(args, session),
    }
}

fn words(session: &Session) -> Sentences {
    let say = session.say_anyway();
    Sentences::new(say.words(), say.locale(), say.today())
}

fn today(session: &Session) -> NaiveDate {
    session.say_anyway().today()
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

/// A new file is never written over another one.
fn free(path: &Path) -> Result<(), Failure> {
    if path.exists() {
        let message = format!("{} is there already. Choose another name.", path.display());
        return Err(Failure::new("bad_file", message).at("file"));
    }
    Ok(())
}

fn new(args: &NewArgs, session: &Session) -> Result<(), Failure> {
    free(&args.file)?;
    let random = random_of(session.new_id());
    let model = args.model.clone().unwrap_or_else(|| generated_model_id(&args.name, random));
    let dossier = Dossier { name: args.name.clone(), model: model.clone(), ..Dossier::new() };
    files::save(&args.file, &dossier)?;
    let (file, say) = (name(&args.file), words(session));
    session
        .out
        .show(&json!({ "file": file, "model": model }), || Ok(vec![say.say("written", &[("file", &file)])]))
}

/// A finding with its words.
fn told(finding: &Finding, say: Sentences) -> Value {
    let mut value = serde_json::to_value(finding).unwrap_or_default();
    if let Some(members) = value.as_object_mut() {
        members.insert("grade".into(), json!(finding.what.grade()));
        members.insert("why".into(), json!(finding.what.why()));
        members.insert("message".into(), json!(say.finding(finding)));
    }
    value
}

fn check(args: &CheckArgs, session: &Session) -> Result<(), Failure> {
    let say = words(session);
    let today = args.on.unwrap_or_else(|| today(session));
    let checked = files::check(&args.file, today)?;
    let (dossier, verdict) = (&checked.dossier, &checked.verdict);
    match checked.beside {
        Beside::Absent => {
            let message = "The image does not lie beside the dossier; what the dossier says of it counts.";
            session.out.warn("image_absent", message);
        }
        Beside::Differs => {
            let message = "The image beside the dossier is another than it says; what was seen counts.";
            session.out.warn("image_differs", message);
        }
        Beside::None | Beside::Looked => {}
    }
    let refused = match &args.since {
        Some(since) => change(&files::open(since)?, dossier),
        None => Vec::new(),
    };
    let concerns = |finding: &&Finding| args.market.is_none_or(|market| finding.concerns(market));
    let shown: Vec<&Finding> = verdict.findings.iter().filter(concerns).collect();
    let ready = verdict.is_ready(args.stage, args.market) && refused.is_empty();
    let document = json!({
        "file": name(&args.file),
        "for": args.stage,
        "market": args.market,
        "ready": ready,
        "findings": shown.iter().map(|finding| told(finding, say)).collect::<Vec<_>>(),
        "refused": refused.iter().map(|of| {
            json!({ "field": of.field, "slot": of.slot, "rule": of.rule, "message": say.refusal(of) })
        }).collect::<Vec<_>>(),
        "marketplaces": verdict.marketplaces.iter().map(|of| {
            json!({ "marketplace": of.marketplace, "next": of.next, "ready": {
                "request": of.is_ready(Stage::Request), "test": of.is_ready(Stage::Test),
                "certify": of.is_ready(Stage::Certify),
            }})
        }).collect::<Vec<_>>(),
    });
    session.out.show(&document, || {
        let mut lines = vec![say.headline(verdict, &dossier.name)];
        for of in &refused {
            let why = say.refusal(of);
            lines.push(format!("  {}", say.say("change_refused", &[("where", &of.field), ("why", &why)])));
        }
        lines.extend(shown.iter().map(|finding| format!("  {}", say.finding(finding))));
        if shown.iter().any(|finding| finding.what.grade() == Grade::Awaited) {
            lines.push(say.say("holidays", &[]));
        }
        let stage = say.stage(args.stage);
        lines.push(say.say(if ready { "ready" } else { "not_ready" }, &[("stage", &stage)]));
        Ok(lines)
    })?;
    if args.market.is_some_and(|market| !dossier.marketplaces.contains_key(&market)) {
        let message = "The dossier does not name this marketplace.";
        return Err(Failure::new("not_ready", message).at("market"));
    }
    if ready {
        Ok(())
    } else {
        Err(Failure::new("not_ready", "The dossier will not do yet; each reason is told."))
    }
}

fn show(args: &PreviewArgs, session: &Session) -> Result<(), Failure> {
    let dossier = files::open(&args.file)?;
    let shown = preview(&dossier, args.locale);
    if session.out.is_json() {
        // The message itself, as a document and not as a text in one.
        let message: Value = serde_json::from_str(&shown.json).unwrap_or_default();
        let document = json!({ "message": message, "left_out": shown.left_out, "broken": shown.broken });
        session.out.document(&document)?;
    } else {
        let lines: Vec<String> = shown.json.lines().map(str::to_owned).collect();
        session.out.lines(&lines)?;
        for slot in &shown.left_out {
            session.out.warn("left_out", format!("{slot} can't be reported yet."));
        }
        for broken in &shown.broken {
            session.out.warn("broken", format!("{} {}", broken.at, broken.rule));
        }
    }
    if shown.left_out.is_empty() && shown.broken.is_empty() {
        return Ok(());
    }
    Err(Failure::new("not_ready", "Alexa can't be told all of it yet."))
}

fn fields(args: &FileArgs, session: &Session) -> Result<(), Failure> {
    let fields = copy_fields(&files::open(&args.file)?);
    let say = words(session);
    session.out.show(&fields, || {
        let rows: Vec<Vec<String>> = fields
            .iter()
            .map(|field| vec![say.field(field), field.value.replace(['\n', '\r'], " ")])
            .collect();
        Ok(crate::output::table(&rows))
    })
}

fn mail(args: &LetterArgs, session: &Session) -> Result<(), Failure> {
    let mail = letter(&files::open(&args.file)?, args.about);
    session.out.show(&mail, || {
        let mut lines =
            vec![format!("Type: {}", mail.form), format!("Subject: {}", mail.subject), String::new()];
        lines.extend(mail.description.lines().map(str::to_owned));
        Ok(lines)
    })
}

fn image(args: &ImageArgs, session: &Session) -> Result<(), Failure> {
    let dossier = files::illustrate(&args.file, &args.image)?;
    let say = words(session);
    session.out.show(&dossier.image, || Ok(dossier.image.iter().map(|image| say.image(image)).collect()))
}

fn export(args: &ExportArgs, session: &Session) -> Result<(), Failure> {
    let (say, today) = (words(session), today(session));
    let to = args.to.as_deref().filter(|to| *to != Path::new("-"));
    if to.is_none() && session.out.is_json() && args.form != Form::Json {
        return Err(Failure::usage("The page and --json can't both go to stdout; name a file with --to."));
    }
    let written = match (args.form, to) {
        (Form::Folder, None) => return Err(Failure::usage("Name the folder with --to.")),
        (Form::Folder, Some(to)) => files::folder(&args.file, to, say, today, args.locale)?,
        (Form::Json, to) => {
            let dossier = files::check(&args.file, today)?.dossier;
            let Some(to) = to else { return session.out.raw(write(&dossier).as_bytes()) };
            files::save(to, &dossier)?;
            Vec::new()
        }
        (Form::Html, to) => {
            let page = files::sheet(&args.file, say, today, args.locale)?;
            let Some(to) = to else { return session.out.raw(page.as_bytes()) };
            files::text(to, &page)?;
            Vec::new()
        }
    };
    let to = to.map(name).unwrap_or_default();
    session
        .out
        .show(&json!({ "file": to, "files": written }), || Ok(vec![say.say("written", &[("file", &to)])]))
}

fn import(args: &ImportArgs, session: &Session) -> Result<(), Failure> {
    let found = files::arrive(&args.file)?;
    let count = found.len();
    let nth = match (args.nth, count) {
        (Some(nth), _) => nth,
        (None, 1) => 1,
        (None, _) => {
            let models = found.iter().enumerate().map(|(at, of)| format!("{}: {}", at + 1, label(of)));
            let models = models.collect::<Vec<_>>().join("; ");
            let message = format!("The message tells of {count} models. Choose one with --nth: {models}.");
            return Err(Failure::new("ambiguous", message).at("nth"));
        }
    };
    let arrival = nth
        .checked_sub(1)
        .and_then(|at| found.get(at))
        .ok_or_else(|| Failure::new("bad_field", format!("Choose a number from 1 to {count}.")).at("nth"))?;
    if let Some(to) = &args.to {
        free(to)?;
        files::save(to, &arrival.dossier)?;
    }
    let say = words(session);
    if session.out.is_json() {
        return session.out.document(arrival);
    }
    match &args.to {
        Some(to) => {
            let (file, count) = (name(to), arrival.dossier.slots.len().to_string());
            session.out.lines(&[say.say("imported", &[("file", &file), ("count", &count)])])?;
        }
        None => session.out.raw(write(&arrival.dossier).as_bytes())?,
    }
    for note in &arrival.notes {
        session.out.warn("not_taken", say.note(note));
    }
    for broken in &arrival.broken {
        session.out.warn("broken", format!("{} {}", broken.at, broken.rule));
    }
    let unknown: Vec<String> = arrival.unknown.iter().map(|of| say.unknown(*of)).collect();
    session.out.warn("unknown", say.say("can_not_say", &[("what", &unknown.join("; "))]));
    Ok(())
}

/// A model of a message, so that people know which one is meant.
fn label(of: &Arrival) -> String {
    let instances: Vec<&str> = of.dossier.slots.iter().map(|slot| slot.instance.as_str()).collect();
    let model = if of.dossier.model.is_empty() { "?" } else { of.dossier.model.as_str() };
    format!("{model} ({})", instances.join(", "))
}
