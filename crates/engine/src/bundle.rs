//! The support bundle of this computer's household: put together beside the run loop from a reader of its own, the log and
//! what the cloud says when it is asked now, and handed to the person, who looks at what was hidden before it is saved. A
//! household that can't be opened has one too. A bundle of somebody else's is looked at and never becomes part of anything.

mod around;
mod gather;
mod messages;

pub use around::{Around, log_of};

use crate::engine::Engine;
use crate::error::Error;
use crate::household::Household;
use crate::link::server::Server;
use crate::reports::{Heard, heard};
use crate::transfer::{bad_file, unread};
use crate::view::{AccountView, BundleReady, CloudConnection, LinkState, Trouble};
use chrono::{DateTime, Utc};
use refill_domain::bundle::{self as rules, BadBundle, Bundle, Connection, Hider, List, Part};
use std::io::Read as _;
use std::path::Path;

/// How the way to the cloud is, with the program's words for it.
pub type Way = (Connection, Option<String>);

/// The household, or why it can't be opened.
pub type Held<'a> = Result<(&'a Household, Way, &'a Heard), &'a Trouble>;

/// Puts a bundle together.
///
/// # Errors
/// When the household's file can't be read.
pub fn gather(held: Held<'_>, around: &Around, now: DateTime<Utc>) -> Result<Bundle, Error> {
    let mut hider = Hider::default();
    around.tell(&mut hider);
    let hider = &mut hider;
    let (household, messages, schema) = match held {
        Ok((household, way, maker)) => {
            household.tell_hider(hider);
            let messages = household.bundle_messages(hider, maker)?;
            let held = household.bundle_held(hider, way)?;
            (rules::Household::Open(Box::new(held)), messages, household.read(crate::store::schema).ok())
        }
        Err(trouble) => {
            let code = gather::word(hider, Part::App, &trouble.code);
            let detail = hider.text(Part::App, &trouble.detail);
            (rules::Household::Closed { code, detail }, Vec::new(), around.schema())
        }
    };
    let log = rules::lines(&around.log, around::LOG_LINES, Part::Log, hider);
    let crash = rules::lines(&around.crash, around::CRASH_LINES, Part::Crash, hider);
    let versions = around.versions(hider, schema);
    Ok(Bundle {
        made_at: now.timestamp_millis(),
        removed: List::of(hider.removed()),
        versions,
        household,
        messages: List::of(messages),
        log: List::of(log),
        crash: List::of(crash),
    })
}

/// A bundle as it waits to be saved.
pub fn ready(bundle: &Bundle) -> BundleReady {
    let day = DateTime::from_timestamp_millis(bundle.made_at).unwrap_or_default().format("%Y-%m-%d");
    let count = |long: usize| u32::try_from(long).unwrap_or(u32::MAX);
    let (devices, closed) = match &bundle.household {
        rules::Household::Open(held) => (held.devices.len(), false),
        rules::Household::Closed { .. } => (0, true),
    };
    BundleReady {
        name: format!("refill-support-{day}.json"),
        text: rules::write(bundle),
        removed: bundle.removed.to_vec(),
        devices: count(devices),
        messages: count(bundle.messages.len()),
        lines: count(bundle.log.len()),
        closed,
    }
}

/// Opens a bundle that anybody may have made.
///
/// # Errors
/// `BadFile`, with what to do about it; the field says which of [`BadBundle`] it is, in snake case.
pub fn open(file: &Path) -> Result<Bundle, Error> {
    let unread = |cause| unread(file, cause);
    let mut bytes = Vec::new();
    let limit = u64::try_from(rules::BUNDLE_MAX).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(file).map_err(unread)?.take(limit).read_to_end(&mut bytes).map_err(unread)?;
    rules::read(&bytes).map_err(|why| {
        let field = match why {
            BadBundle::TooLarge => "too_large",
            BadBundle::NotOne(_) => "not_one",
            BadBundle::Newer(_) => "newer",
            BadBundle::Shape(_) => "shape",
        };
        let why = why.to_string();
        let mut letters = why.chars();
        let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        bad_file(format!("{first}{}.", letters.as_str())).at(field)
    })
}

fn way_of(account: &AccountView) -> Way {
    let LinkState::Linked { connection, .. } = &account.state else { return (Connection::Unknown, None) };
    match connection {
        CloudConnection::Connecting {} => (Connection::Connecting, None),
        CloudConnection::Listening {} => (Connection::Listening, None),
        CloudConnection::Offline { detail, .. } => (Connection::Offline, Some(detail.clone())),
        CloudConnection::Ended {} => (Connection::Ended, None),
    }
}

impl Engine {
    /// Makes a bundle of the household, for a person to look at and to save.
    pub(crate) async fn bundle(&self) -> Result<BundleReady, Error> {
        let known = self
            .ask(|opened| {
                opened.not_in_a_trial()?;
                let (folder, clock) = (opened.folder().to_owned(), opened.surroundings().1);
                Ok((
                    folder,
                    clock,
                    opened.account().map_err(|why| why.trouble()),
                    opened.door().ok().flatten(),
                ))
            })
            .await?;
        let (folder, clock, account, door) = known;
        let maker = heard(door.as_ref()).await;
        let usual = self.config.folder.clone();
        let work = tokio::task::spawn_blocking(move || {
            let around = Around::here(&usual, &folder);
            let now = clock.now();
            let opened = account.and_then(|account| {
                let household = Household::open_to_read(&folder, clock).map_err(|why| why.trouble())?;
                Ok((household, way_of(&account)))
            });
            let held = opened.as_ref().map(|(household, way)| (household, way.clone(), &maker));
            gather(held, &around, now).map(|bundle| ready(&bundle))
        });
        work.await.map_err(anyhow::Error::from)?
    }

    /// Opens the chosen file as a bundle.
    pub(crate) async fn chosen_bundle(&self) -> Result<Bundle, Error> {
        let file = self.chosen_import()?;
        tokio::task::spawn_blocking(move || open(&file)).await.map_err(anyhow::Error::from)?
    }
}

/// The maker's cloud is public, however it is written.
fn leave_server(hider: &mut Hider, server: &str) {
    if let Ok(server) = Server::read(server) {
        hider.leaves_host(server.host());
    }
}
