//! The courier: the one task that goes between the household and its cloud. It holds the tokens in memory, asks for
//! fresh ones in time and once, sends what waits, takes in what is new, and then listens. It keeps nothing: each thing it
//! brings is on disk before it goes on, so it may be stopped anywhere. After trouble it waits longer each time, unevenly,
//! so that many do not come back at once.

mod keys;

use super::cloud::{Cloud, Feed, Trouble};
use super::door::Wanted;
use super::oauth::{OauthClient, Tokens};
use super::server::Server;
use crate::clock::Clock;
use crate::error::Error;
use crate::store::OutgoingRow;
use chrono::{DateTime, TimeDelta, Utc};
use refill_domain::secret::Secret;
use refill_domain::wire::{Change, Device, Numbered, Outcome, Verdicts};
use reqwest::Method;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::{Notify, mpsc, oneshot};

pub use keys::Keys;

/// The first wait after trouble, and the longest (`reliability.md` O2).
const WAIT_FIRST: TimeDelta = TimeDelta::seconds(2);
const WAIT_MOST: TimeDelta = TimeDelta::minutes(15);

/// A feed that was open so long had its use, whether or not anything came.
const OPEN_WELL: TimeDelta = TimeDelta::seconds(30);

/// When what lies in the cloud's future is tried again.
const HELD: TimeDelta = TimeDelta::minutes(15);

/// So many changes come as frames of the feed, each kept by itself; more come quicker in pages.
const FRAMES_MOST: u64 = 200;

/// How the link stands, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// On the way there.
    Connecting,
    /// The feed is open, and everything up to here is known.
    Listening,
    /// The cloud can't be reached, or asks to wait; it is tried again then.
    Waiting {
        /// When.
        until: DateTime<Utc>,
        /// Why, for the details.
        why: String,
    },
    /// The maker ended the link: only linking again helps.
    Ended,
}

/// What the courier brings or wants.
#[derive(Debug)]
pub enum Errand {
    /// Fresh tokens, to be kept before they are used.
    Renewed(Tokens),
    /// The account's devices, and how orders and reordering stand.
    Everything(Vec<Device>, Vec<Change>),
    /// Entries, and up to where the account was heard.
    Entries(Vec<Numbered>, u64),
    /// A change, with its number.
    Change(u64, Change),
    /// The cloud may have lost what it had: everything is to be sent again.
    Again,
    /// What waits to be sent, behind this place in the queue?
    Next(i64),
    /// What became of what was sent, and up to where the account was heard.
    Settled(Vec<OutgoingRow>, Verdicts, u64),
    /// How it stands.
    Standing(Standing),
}

/// Something a person wants of the cloud now, beside what goes to and fro anyway.
#[derive(Debug)]
pub struct Question {
    /// How it is asked.
    pub method: Method,
    /// For what.
    pub path: &'static str,
    /// Where the answer goes.
    pub answer: oneshot::Sender<Result<Value, NoAnswer>>,
}

/// Why the cloud did not answer a question.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// The link has ended.
    #[error("the link with the cloud has ended")]
    Ended,
    /// The cloud can't be reached, or has trouble.
    #[error("{0}")]
    Away(String),
    /// The cloud refused, with its reason.
    #[error("the cloud refused (HTTP {status}): {detail}")]
    Refused {
        /// Its answer.
        status: u16,
        /// Why, in its words.
        detail: String,
    },
}

/// An errand at the desk of the run loop, which answers it with what waits (for [`Errand::Next`]).
pub type Desk = mpsc::Sender<(Errand, oneshot::Sender<Result<Vec<OutgoingRow>, Error>>)>;

/// The courier.
pub struct Courier {
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// Whom it serves.
    pub desk: Desk,
    /// Screens that want to ask the cloud something.
    pub wanted: mpsc::Receiver<Wanted>,
    /// Something waits to be sent, or it should not wait any longer.
    pub wake: Arc<Notify>,
    /// Questions of people.
    pub questions: mpsc::Receiver<Question>,
    /// The cloud.
    pub server: Server,
    /// What opens it.
    pub keys: Keys,
    /// How far the account was heard; 0 = never.
    pub cursor: u64,
    /// Until when it is of no use to send: everything that waits lies in the future of the cloud.
    pub held: Option<DateTime<Utc>>,
}

/// Why a visit ended.
enum End {
    /// The household is gone, or could not keep what was brought.
    Home,
    /// The link has ended.
    Link,
    /// Later.
    Trouble(String, Option<u64>),
}

impl From<Trouble> for End {
    fn from(trouble: Trouble) -> Self {
        let after = if let Trouble::Wait { after, .. } = &trouble { *after } else { None };
        End::Trouble(trouble.to_string(), after)
    }
}

/// What came of listening.
#[derive(Default)]
struct Heard {
    /// Since when the feed was open.
    since: Option<DateTime<Utc>>,
    /// Something new came by it.
    anything: bool,
}

impl Heard {
    fn long(&self, now: DateTime<Utc>) -> bool {
        self.since.is_some_and(|since| now - since >= OPEN_WELL)
    }
}

/// What came of sending what waited.
struct Sent {
    /// The cloud was not found to be set back to an older copy.
    whole: bool,
    /// The last number that an entry got.
    last: u64,
}

/// Clients of one server, made at the first visit.
struct Ways {
    cloud: Cloud,
    oauth: Option<OauthClient>,
}

impl Courier {
    /// Goes to and fro until the link ends or the household is closed.
    pub async fn run(mut self) {
        let Ok(cloud) = Cloud::new(self.server.clone()) else { return };
        let mut ways = Ways { cloud, oauth: None };
        let (mut tries, mut vain) = (0, 0);
        loop {
            if self.tell(Errand::Standing(Standing::Connecting)).await.is_err() {
                return;
            }
            let mut heard = Heard::default();
            let (why, after) = match self.visit(&mut ways, &mut heard).await {
                Ok(()) => {
                    tries = 0;
                    vain = if heard.anything || heard.long(self.clock.now()) { 0 } else { vain + 1 };
                    // Once may be a cloud that starts anew; again and again is something on the way that keeps none open.
                    if vain < 2 {
                        continue;
                    }
                    tries = vain - 1;
                    ("the feed ends as soon as it is open".to_owned(), None)
                }
                Err(End::Home) => return,
                Err(End::Link) => {
                    // Whoever closed the household knows.
                    let _ = self.tell(Errand::Standing(Standing::Ended)).await;
                    return;
                }
                Err(End::Trouble(why, after)) => {
                    tries = if heard.since.is_some() { 1 } else { tries + 1 };
                    (why, after)
                }
            };
            if self.rest(&mut ways, tries, why, after).await.is_err() {
                return;
            }
        }
    }

    /// Waits before the next visit: as long as the cloud asked for, or longer with each try.
    async fn rest(
        &mut self,
        ways: &mut Ways,
        tries: u32,
        why: String,
        after: Option<u64>,
    ) -> Result<(), End> {
        let wait = after.map_or_else(
            || self.wait(tries),
            |seconds| TimeDelta::seconds(i64::try_from(seconds).unwrap_or(3600)).max(WAIT_FIRST),
        );
        let until = self.clock.now() + wait;
        self.tell(Errand::Standing(Standing::Waiting { until, why })).await?;
        loop {
            let question = tokio::select! {
                () = self.clock.sleep_until(until) => return Ok(()),
                () = self.wake.notified(), if after.is_none() => return Ok(()),
                // Dropped: the cloud is away.
                Some(_) = self.wanted.recv() => continue,
                Some(question) = self.questions.recv() => question,
            };
            // Whether the cloud is there again is seen by asking it.
            if let Err(End::Home) = self.question(ways, question).await {
                return Err(End::Home);
            }
        }
    }

    /// Doubles with each try, up to a quarter of an hour, less a part that differs from one to the next.
    fn wait(&self, tries: u32) -> TimeDelta {
        let whole = (WAIT_FIRST * 2_i32.pow(tries.clamp(1, 10) - 1)).min(WAIT_MOST);
        let part = i32::from(*self.clock.new_id().as_bytes().last().unwrap_or(&0));
        whole - whole / 2 * part / 256
    }

    async fn tell(&self, errand: Errand) -> Result<Vec<OutgoingRow>, End> {
        let (answer, answered) = oneshot::channel();
        self.desk.send((errand, answer)).await.map_err(|_| End::Home)?;
        let kept = answered.await.map_err(|_| End::Home)?;
        // What could not be kept is brought again.
        kept.map_err(|why| End::Trouble(why.to_string(), None))
    }

    /// One visit: in, out, and then listening until something ends it. In comes first, because what gets the numbers
    /// right behind what was heard is known as one's own and need not come back.
    async fn visit(&mut self, ways: &mut Ways, heard: &mut Heard) -> Result<(), End> {
        let mut whole = true;
        loop {
            self.pull(ways, whole).await?;
            let sent = self.send_all(ways).await?;
            if sent.whole && sent.last <= self.cursor.saturating_add(FRAMES_MOST) {
                break;
            }
            whole = sent.whole;
        }
        let mut feed = match self.feed(ways).await? {
            Some(feed) => feed,
            None => {
                self.again(ways).await?;
                self.pull(ways, true).await?;
                let feed = self.feed(ways).await?;
                feed.ok_or_else(|| End::Trouble("the cloud has no place to go on from".into(), None))?
            }
        };
        heard.since = Some(self.clock.now());
        self.tell(Errand::Standing(Standing::Listening)).await?;
        loop {
            let frame = tokio::select! {
                frame = feed.next() => frame?,
                () = due(&self.wake, &*self.clock, self.held) => {
                    if !self.send_all(ways).await?.whole {
                        return self.anew().await;
                    }
                    continue;
                }
                Some(wanted) = self.wanted.recv() => {
                    let token = self.token(ways, wanted.renew).await?;
                    // The screen is gone: nobody to tell.
                    let _ = wanted.answer.send(token);
                    continue;
                }
                Some(question) = self.questions.recv() => {
                    self.question(ways, question).await?;
                    continue;
                }
            };
            let Some(frame) = frame else { return Ok(()) };
            if frame.event == "gone" {
                return self.anew().await;
            }
            let Some(seq) = frame.id else { continue };
            if seq <= self.cursor {
                continue;
            }
            let change = serde_json::from_str(&frame.data).unwrap_or(Change::Unknown);
            if matches!(change, Change::DeviceRegistered { .. }) {
                self.everything(ways).await?;
            }
            self.tell(Errand::Change(seq, change)).await?;
            (self.cursor, heard.anything) = (seq, true);
        }
    }

    /// The feed from where the account was heard; none where that is no place to go on from.
    async fn feed(&mut self, ways: &mut Ways) -> Result<Option<Feed>, End> {
        let mut renew = false;
        loop {
            let token = self.token(ways, renew).await?;
            match ways.cloud.feed(&token, self.cursor).await {
                Ok(feed) => return Ok(Some(feed)),
                Err(Trouble::Gone) => return Ok(None),
                Err(Trouble::Token) if !renew => renew = true,
                Err(other) => return Err(other.into()),
            }
        }
    }

    /// How everything stands; resolves to where the feed begins.
    async fn everything(&mut self, ways: &mut Ways) -> Result<u64, End> {
        let ask = |cloud: Cloud, token: Secret| async move { cloud.everything(&token).await };
        let all = self.with_token(ways, ask).await?;
        self.tell(Errand::Everything(all.devices, all.changes)).await?;
        Ok(all.next)
    }

    /// Takes in what is new; all of it where the cloud is not `whole` any more.
    async fn pull(&mut self, ways: &mut Ways, whole: bool) -> Result<(), End> {
        let begin = self.everything(ways).await?;
        if !whole || begin < self.cursor {
            // It was set back to an older copy. Entries are known by their ids: all of them again, both ways, does no
            // harm.
            self.again(ways).await?;
        }
        loop {
            let after = self.cursor;
            let ask = |cloud: Cloud, token: Secret| async move { cloud.entries(&token, after).await };
            let page = self.with_token(ways, ask).await?;
            // What changes while pages are read is told again by the feed: it has to begin where devices and orders were
            // read, however far the entries reach.
            let more = page.more && page.next < begin;
            let next = if more { page.next } else { begin.max(after) };
            self.tell(Errand::Entries(page.entries, next)).await?;
            self.cursor = next;
            if !more {
                return Ok(());
            }
        }
    }

    /// Nothing is known of what the cloud still has: everything goes again.
    async fn again(&mut self, ways: &mut Ways) -> Result<(), End> {
        self.anew().await?;
        self.send_all(ways).await.map(drop)
    }

    async fn anew(&mut self) -> Result<(), End> {
        self.cursor = 0;
        self.tell(Errand::Again).await.map(drop)
    }

    /// Sends what waits, once through. While a batch is under way the verdicts of the one before are noted and the next one
    /// is read: the disk here and the cloud work at the same time.
    async fn send_all(&mut self, ways: &mut Ways) -> Result<Sent, End> {
        self.held = None;
        let (mut answered, mut all) = (None, Sent { whole: true, last: 0 });
        let mut waiting = self.tell(Errand::Next(0)).await?;
        while let Some(last) = waiting.last() {
            let behind = last.number;
            let bodies: Vec<&str> = waiting.iter().map(|row| row.body.as_str()).collect();
            let body = bodies.join(",");
            let token = self.token(ways, false).await?;
            let meanwhile = async {
                self.settle(answered.take()).await?;
                self.tell(Errand::Next(behind)).await
            };
            let (sent, next) = tokio::join!(ways.cloud.send(&token, &body), meanwhile);
            let next = next?;
            let sent = match sent {
                Err(Trouble::Token) => {
                    let token = self.token(ways, true).await?;
                    ways.cloud.send(&token, &body).await?
                }
                other => other?,
            };
            if sent.verdicts.len() != waiting.len() {
                return Err(Trouble::Odd("not as many verdicts as entries".into()).into());
            }
            if sent.verdicts.iter().any(|verdict| verdict.outcome == Outcome::Later) {
                // One of the clocks is wrong, and may be set right.
                self.held = Some(self.clock.now() + HELD);
            }
            match sent.heard(self.cursor) {
                Some(heard) => self.cursor = heard,
                None => all.whole = false,
            }
            all.last = sent.last().unwrap_or_default().max(all.last);
            answered = Some((std::mem::replace(&mut waiting, next), sent, self.cursor));
        }
        self.settle(answered).await?;
        Ok(all)
    }

    async fn settle(&self, answered: Option<(Vec<OutgoingRow>, Verdicts, u64)>) -> Result<(), End> {
        if let Some((sent, verdicts, heard)) = answered {
            self.tell(Errand::Settled(sent, verdicts, heard)).await?;
        }
        Ok(())
    }

    /// Asks with a token that is good; one that is refused all the same is renewed once.
    async fn with_token<T, F: Future<Output = Result<T, Trouble>>>(
        &mut self,
        ways: &mut Ways,
        ask: impl Fn(Cloud, Secret) -> F,
    ) -> Result<T, End> {
        let token = self.token(ways, false).await?;
        match ask(ways.cloud.clone(), token).await {
            Err(Trouble::Token) => {
                let token = self.token(ways, true).await?;
                Ok(ask(ways.cloud.clone(), token).await?)
            }
            other => Ok(other?),
        }
    }

    /// Answers a question. A link that has ended is found out on the way; other trouble is the question's alone.
    async fn question(&mut self, ways: &mut Ways, question: Question) -> Result<(), End> {
        let Question { method, path, answer } = question;
        let mut renew = false;
        let said = loop {
            let token = match self.token(ways, renew).await {
                Ok(token) => token,
                Err(End::Trouble(why, _)) => break Err(NoAnswer::Away(why)),
                Err(end) => {
                    // Whoever asked may be gone.
                    let _ = answer.send(Err(NoAnswer::Ended));
                    return Err(end);
                }
            };
            match ways.cloud.question(&token, method.clone(), path).await {
                Ok(said) => break Ok(said),
                Err(Trouble::Token) if !renew => renew = true,
                Err(Trouble::Refused { status, detail }) => break Err(NoAnswer::Refused { status, detail }),
                Err(other) => break Err(NoAnswer::Away(other.to_string())),
            }
        };
        // Whoever asked may be gone.
        let _ = answer.send(said);
        Ok(())
    }
}

/// Until something is to be sent: something new, or what was held back.
async fn due(wake: &Notify, clock: &dyn Clock, held: Option<DateTime<Utc>>) {
    match held {
        Some(until) => tokio::select! {
            () = wake.notified() => {}
            () = clock.sleep_until(until) => {}
        },
        None => wake.notified().await,
    }
}
