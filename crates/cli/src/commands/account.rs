//! `refillctl account|link|unlink|sync`: the account of a device's maker. JSON: the engine's `AccountView`; `account`, which
//! looks beside the app, gives what is on disk.

use crate::failure::Failure;
use crate::session::{Missing, Session};
use chrono::DateTime;
use clap::Args;
use refill_domain::enablement::AlexaLink;
use refill_engine::api::Api as _;
use refill_engine::engine::{Config, Engine};
use refill_engine::view::{AccountView, CloudConnection, LinkState, Update};
use serde_json::json;
use std::io::BufRead as _;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

const HELP: &str = "\
Examples:
  refillctl link home.example.com           opens nothing: it prints the address for your browser
  refillctl link home.example.com --paste   where the browser runs on another computer
  refillctl sync --json";

/// How long the cloud may take until everything is known.
const WITHIN: Duration = Duration::from_secs(120);

/// Where to link.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct LinkArgs {
    /// The address of the maker's cloud
    #[arg(value_name = "ADDRESS")]
    server: String,
    /// Read the address the browser ended at from stdin, where it can't come back to this computer
    #[arg(long)]
    paste: bool,
}

/// Prints how the household stands with an account, also beside the app.
pub fn show(session: &Session) -> Result<(), Failure> {
    let household = session.look()?;
    let backlog = household.backlog()?;
    let Some(link) = household.link() else {
        return session
            .out
            .show(&json!({ "linked": false }), || Ok(vec!["No account is linked.".to_owned()]));
    };
    let since = DateTime::from_timestamp_millis(link.since).unwrap_or_default();
    let value = json!({
        "linked": true, "server": link.server, "email": link.account.email, "name": link.account.name,
        "scope": link.scope, "since": link.since, "ended": link.ended,
        "waiting": backlog.waiting, "parked": backlog.parked, "alexa": household.alexa(),
    });
    session.out.show(&value, || {
        let ended = link.ended.map(|_| "The link has ended. Link again: refillctl link ADDRESS".to_owned());
        let mut lines = vec![
            format!("Linked with {} as {} <{}>", link.server, link.account.name, link.account.email),
            format!("Since {}", say_day(session, since)),
        ];
        lines.extend(ended);
        lines.extend(household.alexa().and_then(|alexa| say_alexa(alexa.link)).map(str::to_owned));
        lines.extend(waiting(backlog.waiting, backlog.parked));
        Ok(lines)
    })
}

/// How the maker's link to Alexa stands; nothing where a newer cloud says what this program does not know.
fn say_alexa(link: AlexaLink) -> Option<&'static str> {
    match link {
        AlexaLink::Enabled { .. } => Some("Alexa: on"),
        AlexaLink::NotEnabled {} => {
            Some("Alexa: not linked. Link on Refill's Account page, or in the Alexa app")
        }
        AlexaLink::Disabled {} => Some("Alexa: the skill is turned off at Amazon"),
        AlexaLink::LinkAgain {} => {
            Some("Alexa: Amazon takes nothing any more. Link again on Refill's Account page")
        }
        AlexaLink::MakerTrouble {} => Some("Alexa: the maker can't reach Amazon, and has to mend that"),
        AlexaLink::Unknown => None,
    }
}

fn say_day(session: &Session, at: DateTime<chrono::Utc>) -> String {
    session.clock().day(at).to_string()
}

fn waiting(waiting: u32, parked: u32) -> Vec<String> {
    let mut lines = Vec::new();
    if waiting > 0 {
        lines.push(format!("{waiting} entries wait to be sent"));
    }
    if parked > 0 {
        lines.push(format!("{parked} entries were refused by the cloud"));
    }
    lines
}

/// Links: prints the address for the browser, waits until it came back, and until everything is known.
pub fn link(args: &LinkArgs, session: &Session) -> Result<(), Failure> {
    let view = with_engine(session, Missing::Make, async |engine, updates| {
        let begun = engine.begin_link(args.server.clone()).await?;
        session.out.tell("open", "Open this address in your browser, sign in, and agree:");
        session.out.tell("address", &begun.url);
        if args.paste {
            session.out.tell("paste", "Then copy the address the browser ends at, and paste it here:");
            let line = tokio::task::spawn_blocking(|| std::io::stdin().lock().lines().next()).await;
            let line = line.ok().flatten().transpose().map_err(|cause| Failure::io("stdin", &cause))?;
            engine.finish_link(line.unwrap_or_default()).await?;
        }
        in_step(engine, updates).await
    })?;
    told(session, &view)
}

/// Sends what waits, and takes in what is new.
pub fn sync(session: &Session) -> Result<(), Failure> {
    let view = with_engine(session, Missing::Refuse, async |engine, updates| {
        if matches!(engine.account().await?.state, LinkState::Unlinked {}) {
            return Err(Failure::new("not_linked", "No account is linked. Link one: refillctl link ADDRESS"));
        }
        in_step(engine, updates).await
    })?;
    told(session, &view)
}

/// Ends the link.
pub fn unlink(session: &Session) -> Result<(), Failure> {
    let ended = with_engine(session, Missing::Refuse, async |engine, _| Ok(engine.unlink().await?))?;
    if !ended.told {
        let why = "The maker could not be told. Take this computer off the list on the maker's account page.";
        session.out.warn("not_told", why);
    }
    session
        .out
        .show(&ended, || Ok(vec!["The link has ended. Devices and their history stay here.".to_owned()]))
}

fn told(session: &Session, view: &AccountView) -> Result<(), Failure> {
    session.out.show(view, || {
        let mut lines = match &view.state {
            LinkState::Linked { server, email, name, supplies, lasting, .. } => {
                let mut lines = vec![
                    format!("Linked with {server} as {name} <{email}>"),
                    format!("{supplies} supplies are in step"),
                ];
                if !lasting {
                    lines.push(
                        "This computer has no keychain: the link lasts until this command ends.".to_owned(),
                    );
                }
                lines
            }
            LinkState::Unlinked {} | LinkState::Waiting { .. } => vec!["No account is linked.".to_owned()],
        };
        lines.extend(waiting(view.waiting, view.parked));
        Ok(lines)
    })
}

/// Runs the engine for a while, under the household's lock.
pub fn with_engine<T>(
    session: &Session,
    missing: Missing,
    work: impl AsyncFnOnce(&Engine, &mut Receiver<Update>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    // A household that is locked, missing or of a newer program is told before anything is asked of the network.
    session.change(missing, |_| Ok(()))?;
    let config = Config { polling: false, ..Config::new(session.folder(), session.clock()) };
    session.wait(async {
        let engine = Engine::start(config)?;
        let mut updates = engine.updates();
        let done = work(&engine, &mut updates).await;
        engine.stop().await;
        done
    })?
}

/// Waits until everything is known and nothing waits to be sent.
pub async fn in_step(engine: &Engine, updates: &mut Receiver<Update>) -> Result<AccountView, Failure> {
    let mut asked = tokio::time::Instant::now();
    loop {
        let view = engine.account().await?;
        if let Some(trouble) = &view.trouble {
            return Err(Failure::new(&code(&trouble.code), trouble.detail.clone()));
        }
        match &view.state {
            LinkState::Unlinked {} => {}
            // However long somebody takes in the browser; the engine ends that wait.
            LinkState::Waiting { .. } => asked = tokio::time::Instant::now(),
            LinkState::Linked { connection, .. } => match connection {
                CloudConnection::Listening {} if view.waiting == 0 => return Ok(view),
                CloudConnection::Listening {} | CloudConnection::Connecting {} => {}
                CloudConnection::Offline { detail, .. } => {
                    return Err(Failure::new(
                        "unreachable",
                        format!("The cloud can't be reached: {detail}."),
                    ));
                }
                CloudConnection::Ended {} => {
                    return Err(Failure::new(
                        "ended",
                        "The link has ended. Link again: refillctl link ADDRESS",
                    ));
                }
            },
        }
        match tokio::time::timeout_at(asked + WITHIN, updates.recv()).await {
            Ok(Ok(_) | Err(RecvError::Lagged(_))) => {}
            Ok(Err(RecvError::Closed)) => return Err(Failure::new("unexpected", "The engine ended.")),
            Err(_) if matches!(view.state, LinkState::Waiting { .. }) => {}
            Err(_) => return Err(Failure::new("timed_out", "The cloud took too long. Try again later.")),
        }
    }
}

fn code(code: &refill_engine::error::Code) -> String {
    serde_json::to_value(code).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
