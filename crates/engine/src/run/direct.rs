//! The way straight to the gateway at the run loop: it turns it on with a token that Amazon gave, hands messages to the
//! postman, and keeps what came of them. Tokens are on disk sealed, or in memory alone.

use super::{Opened, Task};
use crate::direct::Turn;
use crate::error::{Code, Error};
use crate::link::postman::{Note, Postman, Work};
use crate::link::server::safe;
use crate::link::vault::Vault;
use crate::reports::reason_of_stop;
use crate::store::{self, DirectRow};
use crate::view::{DirectForm, DirectSettings, DirectView, Update};
use chrono::{DateTime, Utc};
use refill_domain::gateway::{
    Attempt, BACKOFF_MAX, Client, Granted, Heard, Region, Stop, TokenAnswer, TokenRequest, TokenStop,
    classify_token,
};
use refill_domain::outbox::{Gate, GateState};
use refill_domain::secret::Secret;
use refill_gateway::Gateway;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::AbortHandle;
use url::Url;

/// What sealed secrets belong to, beside their client.
const OWNER: &str = "gateway";

/// Longest secret, token or code.
const SECRET_MAX: usize = 4096;

/// A note with the place for its answer.
pub(super) type Waiting = (Note, oneshot::Sender<Work>);

/// What must not be read.
#[derive(Clone)]
struct Secrets {
    secret: Secret,
    refresh: Secret,
    access: Secret,
}

impl Secrets {
    fn seal(&self, vault: &Vault, client: &str) -> Result<Option<Vec<u8>>, Error> {
        if !vault.lasting() {
            return Ok(None);
        }
        let all = [self.secret.expose(), self.refresh.expose(), self.access.expose()];
        let text = serde_json::to_vec(&all).map_err(anyhow::Error::from)?;
        Ok(Some(vault.seal(&format!("{OWNER} {client}"), &text)?))
    }

    fn open(vault: &Vault, row: &DirectRow) -> Option<Self> {
        let text = vault.unseal(&format!("{OWNER} {}", row.client), row.sealed.as_deref()?)?;
        let [secret, refresh, access]: [String; 3] = serde_json::from_slice(&text).ok()?;
        Some(Self { secret: Secret::new(secret), refresh: Secret::new(refresh), access: Secret::new(access) })
    }
}

/// The way while the household is open.
#[derive(Default)]
pub(super) struct Straight {
    secrets: Option<Secrets>,
    vault: Option<Vault>,
    running: Option<(AbortHandle, Arc<Notify>)>,
    pub(super) notes: Option<mpsc::Receiver<Waiting>>,
    renewals: u32,
    not_before: Option<DateTime<Utc>>,
    trouble: Option<String>,
}

/// A way that is ready to be turned on.
pub struct Ready {
    row: DirectRow,
    secrets: Secrets,
    vault: Vault,
}

fn text(field: &str, value: &str) -> Result<String, Error> {
    let value = value.trim();
    let fits = (1..=SECRET_MAX).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic());
    let wrong = || Error::new(Code::BadField, "Copy all of it, without spaces.").at(field);
    fits.then(|| value.to_owned()).ok_or_else(wrong)
}

fn address(field: &str, typed: Option<&str>, amazons: &str) -> Result<Url, Error> {
    let typed = typed.map(str::trim).filter(|typed| !typed.is_empty()).unwrap_or(amazons);
    let url = Url::parse(typed).ok().filter(safe);
    url.ok_or_else(|| Error::new(Code::BadAddress, "The address must begin with https://.").at(field))
}

/// Reads what was typed, and gets the first token: a client or a grant that Amazon does not take is refused here.
///
/// # Errors
/// At the field that can't be; `Refused` or `Unreachable` where Amazon gives no token.
pub async fn ready(
    form: DirectForm,
    vault: Vault,
    within: Duration,
    now: DateTime<Utc>,
) -> Result<Ready, Error> {
    let region = Region::from(form.region);
    let client = text("client", &form.client)?;
    let secret = Secret::new(text("secret", &form.secret)?);
    let events = address("events", form.events.as_deref(), region.events_url())?;
    let tokens = address("tokens", form.tokens.as_deref(), region.token_url())?;
    let given = |field: &str, value: Option<&String>| {
        value.filter(|value| !value.trim().is_empty()).map(|value| text(field, value)).transpose()
    };
    let (refresh, code) = (given("refresh", form.refresh.as_ref())?, given("code", form.code.as_ref())?);
    let (refresh, code) = (refresh.map(Secret::new), code.map(Secret::new));
    let request = match (&code, &refresh) {
        (Some(code), _) => TokenRequest::Code { code, redirect_uri: None, verifier: None },
        (None, Some(token)) => TokenRequest::Refresh { token },
        (None, None) => {
            let why = "Give a refresh token, or the code of an AcceptGrant.";
            return Err(Error::new(Code::BadField, why).at("refresh"));
        }
    };
    let form = request.form(&Client { id: &client, secret: Some(secret.clone()) });
    let heard = Gateway::new(within).map_err(anyhow::Error::from)?.token(tokens.clone(), &form).await;
    let attempt = Attempt { number: 1, refreshed: false, divisible: false, jitter: 0 };
    let Granted { access, refresh: fresh, ends_at } = match classify_token(heard.came(), attempt, now) {
        TokenAnswer::Granted(granted) => granted,
        TokenAnswer::Again { .. } => {
            return Err(Error::new(Code::Unreachable, "The token endpoint does not answer. Try again."));
        }
        TokenAnswer::Stop(why) => return Err(Error::new(Code::Refused, why.to_string())),
    };
    let no_refresh = || Error::new(Code::Refused, "Amazon gave no refresh token.");
    let refresh = fresh.or(refresh).ok_or_else(no_refresh)?;
    let secrets = Secrets { secret, refresh, access };
    let row = DirectRow {
        sealed: secrets.seal(&vault, &client)?,
        client,
        region,
        events: events.to_string(),
        tokens: tokens.to_string(),
        ends_at: ends_at.timestamp_millis(),
        gate: Gate::open(),
    };
    Ok(Ready { row, secrets, vault })
}

impl Opened {
    /// Turns the way on.
    ///
    /// # Errors
    /// Why the disk refused.
    pub fn set_direct(&mut self, ready: Ready) -> Result<(), Error> {
        let Ready { mut row, secrets, vault } = ready;
        let household = self.household_mut()?;
        if let Some(before) = household.direct() {
            // What went with an older token says nothing of this one.
            row.gate = before.row.gate;
            row.gate.renewed();
        }
        household.save_direct(row)?;
        self.stop_direct();
        self.straight.secrets = Some(secrets);
        self.straight.vault = Some(vault);
        self.send_postman();
        Ok(())
    }

    /// Turns the way off.
    ///
    /// # Errors
    /// Why the disk refused.
    pub fn end_direct(&mut self) -> Result<(), Error> {
        self.household_mut()?.forget_direct()?;
        self.stop_direct();
        self.tell(Update::Account {});
        Ok(())
    }

    pub(super) fn stop_direct(&mut self) {
        if let Some((task, _)) = self.straight.running.take() {
            task.abort();
        }
        self.straight = Straight::default();
    }

    /// The keychain's key is here: what was on goes on.
    pub(super) fn unlock_direct(&mut self, vault: &Vault) {
        let Ok(household) = &mut self.household else { return };
        let Some(row) = household.direct().map(|direct| direct.row.clone()) else { return };
        if self.straight.running.is_some() || row.sealed.is_none() {
            return;
        }
        let secrets = Secrets::open(vault, &row);
        if secrets.is_none()
            && let Err(why) = household.direct_renewed(Err(Stop::LinkLost))
        {
            tracing::warn!(%why, "that the gateway's token is gone could not be kept");
        }
        self.straight.secrets = secrets;
        self.straight.vault = Some(vault.clone());
        self.send_postman();
    }

    fn send_postman(&mut self) {
        let (counter, notes) = mpsc::channel(1);
        let wake = Arc::new(Notify::new());
        let postman = Postman {
            clock: self.config.clock.clone(),
            counter,
            wake: Arc::clone(&wake),
            within: self.config.amazon_within,
        };
        let task = self.spawn(Task::Link, postman.run());
        self.straight.notes = Some(notes);
        self.straight.running = Some((task, wake));
        self.tell(Update::Account {});
    }

    /// What was recorded may have to go out.
    pub(super) fn wake_postman(&mut self) {
        if let Ok(household) = &mut self.household
            && household.take_direct_queued()
            && let Some((_, wake)) = &self.straight.running
        {
            wake.notify_one();
        }
    }

    /// Devices or their names may have changed, or something may go on: it is looked now.
    pub fn poke_postman(&self) {
        if let Some((_, wake)) = &self.straight.running {
            wake.notify_one();
        }
    }

    /// Keeps what the postman brings, and says what is next.
    pub(super) fn note(&mut self, (note, answer): Waiting) {
        let brought = !matches!(note, Note::Next);
        let work = match self.work(note) {
            Ok(work) => work,
            Err(why) => {
                tracing::warn!(error = %why, "what the gateway said could not be kept");
                // Asked again: what was begun is found half sent, and goes again under its id.
                Work::Until(self.config.clock.now() + chrono::TimeDelta::seconds(5))
            }
        };
        // A postman that was called off does not wait.
        let _ = answer.send(work);
        if brought {
            self.tell(Update::Account {});
        }
    }

    fn work(&mut self, note: Note) -> Result<Work, Error> {
        let came = match note {
            Note::Next => None,
            Note::Came(id, heard) => Some((id, heard)),
            Note::Token(heard) => {
                self.renewed(&heard)?;
                None
            }
        };
        // Nothing is begun that can't be sent.
        let Some(secrets) = self.straight.secrets.clone() else { return Ok(Work::Rest) };
        let (jitter, not_before) = (self.jitter(), self.straight.not_before);
        let turn = self.household_mut()?.direct_turn(came.as_ref(), jitter, not_before)?;
        let row = match self.household()?.direct() {
            Some(direct) => &direct.row,
            None => return Ok(Work::Rest),
        };
        let url = |text: &str| Url::parse(text).map_err(anyhow::Error::from);
        Ok(match turn {
            Turn::Send(id, report) => {
                let body = serde_json::to_vec(&report.message(&id, &secrets.access));
                let body = body.map_err(anyhow::Error::from)?;
                Work::Send { id, url: url(&row.events)?, token: secrets.access, body }
            }
            Turn::Renew => {
                let client = Client { id: &row.client, secret: Some(secrets.secret) };
                let form = TokenRequest::Refresh { token: &secrets.refresh }.form(&client);
                Work::Renew { url: url(&row.tokens)?, form }
            }
            Turn::Until(at) => Work::Until(at),
            Turn::Stopped(_) | Turn::Off => Work::Rest,
        })
    }

    fn jitter(&self) -> u32 {
        let random = self.config.clock.new_id();
        random.as_bytes().iter().fold(0, |sum: u32, byte| sum.rotate_left(5) ^ u32::from(*byte))
    }

    fn renewed(&mut self, heard: &Heard) -> Result<(), Error> {
        let (now, number) = (self.config.clock.now(), self.straight.renewals.saturating_add(1));
        let attempt = Attempt { number, refreshed: false, divisible: false, jitter: self.jitter() };
        self.straight.renewals = number;
        match classify_token(heard.came(), attempt, now) {
            TokenAnswer::Granted(granted) => {
                let Some(secrets) = &mut self.straight.secrets else { return Ok(()) };
                let refresh = granted.refresh.unwrap_or_else(|| secrets.refresh.clone());
                let fresh = Secrets { access: granted.access, refresh, secret: secrets.secret.clone() };
                let client = self.household()?.direct().map(|direct| direct.row.client.clone());
                let sealed = match (&self.straight.vault, client) {
                    (Some(vault), Some(client)) => fresh.seal(vault, &client)?,
                    _ => None,
                };
                // On disk before it is used.
                self.household_mut()?.direct_renewed(Ok((sealed, granted.ends_at)))?;
                self.straight.secrets = Some(fresh);
                (self.straight.renewals, self.straight.not_before, self.straight.trouble) = (0, None, None);
            }
            TokenAnswer::Again { until } => self.straight.not_before = Some(until),
            TokenAnswer::Stop(TokenStop::LinkLost) => {
                self.household_mut()?.direct_renewed(Err(Stop::LinkLost))?;
            }
            TokenAnswer::Stop(why) => {
                self.straight.trouble = Some(why.to_string());
                self.straight.not_before = Some(now + BACKOFF_MAX);
            }
        }
        Ok(())
    }

    /// How the way stands.
    ///
    /// # Errors
    /// When the household is closed or its file can't be read.
    pub fn direct_view(&self) -> Result<DirectView, Error> {
        let household = self.household()?;
        let (waiting, parked) = household.read(store::direct_backlog)?;
        let row = household.direct().map(|direct| &direct.row);
        let stopped = row.and_then(|row| match row.gate.state {
            GateState::Stopped { why } => Some(why),
            // Kept for one run alone, and this is another.
            _ if self.straight.secrets.is_none() && self.straight.running.is_none() => Some(Stop::LinkLost),
            _ => None,
        });
        Ok(DirectView {
            on: row.map(|row| DirectSettings {
                client: row.client.clone(),
                region: row.region.into(),
                events: row.events.clone(),
                tokens: row.tokens.clone(),
            }),
            stopped: stopped.map(reason_of_stop),
            trouble: self.straight.trouble.clone(),
            lasting: row.is_some_and(|row| row.sealed.is_some()),
            waiting,
            parked,
        })
    }
}
