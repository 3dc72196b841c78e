//! The link at the run loop: it unlocks the keychain, keeps what linking came to, and answers the courier. What the courier
//! brings is written here and nowhere else, and it ends with the household.

use super::browser::{Flowing, Granted};
use super::support::Asking;
use super::{Event, Opened, Task};
use crate::error::{Code, Error};
use crate::link::courier::{Courier, Errand, Keys, Question, Standing};
use crate::link::door::{Door, Wanted};
use crate::link::oauth::OauthClient;
use crate::link::server::Server;
use crate::link::vault::Vault;
use crate::reports::Outward;
use crate::store::{LinkRow, OutgoingRow};
use crate::view::{AccountView, CloudConnection, LinkState, Trouble, Update};
use chrono::{DateTime, Utc};
use refill_domain::ids::EntryId;
use refill_domain::secret::Secret;
use refill_domain::wire::Change;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::AbortHandle;
use url::Url;

/// What sealed tokens belong to, beside their server.
const TOKENS: &str = "refresh";

/// Errands that wait for the loop.
const ERRANDS_KEPT: usize = 8;

/// An errand with the place for its answer.
pub(super) type Waiting = (Errand, oneshot::Sender<Result<Vec<OutgoingRow>, Error>>);

/// The link while the household is open.
#[derive(Default)]
pub(super) struct Link {
    pub(super) vault: Option<Vault>,
    pub(super) flow: Option<Flowing>,
    pub(super) courier: Option<Running>,
    pub(super) errands: Option<mpsc::Receiver<Waiting>>,
    standing: Option<Standing>,
    /// Entries that are under way.
    sending: BTreeSet<EntryId>,
    /// Since when the cloud can't be reached.
    offline: Option<DateTime<Utc>>,
    pub(super) trouble: Option<Trouble>,
    /// Numbers flows, so that a late one is known.
    pub(super) flows: u64,
    /// The flow whose code is being exchanged.
    pub(super) landed: Option<Arrived>,
    pub(super) support: Asking,
}

/// A flow that is over but for what it came to.
pub(super) struct Arrived {
    pub(super) server: Server,
    pub(super) until: DateTime<Utc>,
}

pub(super) struct Running {
    task: AbortHandle,
    wake: Arc<Notify>,
    pub(super) questions: mpsc::Sender<Question>,
    refresh: Secret,
    wanted: mpsc::Sender<Wanted>,
}

/// Questions of screens that wait for the courier.
const WANTED_KEPT: usize = 16;

/// What something sealed belongs to.
pub(super) fn owner(server: &Server, what: &str) -> String {
    format!("{what} {}", server.issuer())
}

impl Opened {
    /// After a household was opened: whatever it was linked with, or was about to be, goes on.
    pub(super) fn start_link(&mut self) {
        self.stop_link();
        self.stop_direct();
        let Ok(household) = &self.household else { return };
        let straight = household.direct().is_some_and(|direct| direct.row.sealed.is_some());
        let flow = household.read(crate::store::link_flow).ok().flatten();
        let sealed = household.link().is_some_and(|link| link.refresh.is_some());
        if !household.writes() || (flow.is_none() && !sealed && !straight) {
            return;
        }
        let (keychain, events) = (Arc::clone(&self.config.keychain), self.events.clone());
        self.spawn(Task::Link, async move {
            let opened = tokio::task::spawn_blocking(move || Vault::open(&*keychain)).await;
            if let Ok(Ok(vault)) = opened {
                // The loop is gone: nobody to tell.
                let _ = events.send(Event::Unlocked(vault)).await;
            }
        });
    }

    pub(super) fn stop_link(&mut self) {
        if let Some(flow) = self.link.flow.take() {
            flow.task.abort();
        }
        if let Some(courier) = self.link.courier.take() {
            courier.task.abort();
        }
        // A grant that is on its way belongs to nobody any more.
        let (flows, mut support) = (self.link.flows + 1, std::mem::take(&mut self.link.support));
        support.begin();
        self.link = Link { flows, support, ..Link::default() };
    }

    /// The keychain's key is here.
    pub(super) fn unlocked(&mut self, vault: &Vault) {
        self.link.vault = Some(vault.clone());
        let Ok(household) = &self.household else { return };
        if let Some(row) = household.link().cloned()
            && row.ended.is_none()
            && let Ok(server) = Server::read(&row.server)
            && let Some(sealed) = &row.refresh
        {
            let token = vault.unseal(&owner(&server, TOKENS), sealed);
            match token.and_then(|text| String::from_utf8(text.to_vec()).ok()) {
                Some(refresh) => self.send_courier(server, Secret::new(refresh), None, row.cursor),
                None => self.stand(Standing::Ended),
            }
        }
        self.wait_again(vault);
        self.tell(Update::Account {});
    }

    /// Tokens came, or not.
    pub(super) fn granted(&mut self, number: u64, server: Server, result: Granted) {
        // A later flow began meanwhile, or linking was called off: the grant is not kept.
        if number != self.link.flows {
            if let Ok((tokens, _)) = result {
                self.give_back(server, tokens.refresh);
            }
            return;
        }
        self.link.landed = None;
        let before =
            self.household.as_ref().ok().and_then(|household| Server::read(&household.link()?.server).ok());
        let kept = result.and_then(|(tokens, me)| {
            let now = self.config.clock.now().timestamp_millis();
            let sealed = self.sealed(&server, &tokens.refresh)?;
            let household = self.household_mut()?;
            let same =
                household.link().filter(|link| link.server == server.issuer() && link.account.id == me.id);
            let cursor = same.map_or(0, |link| link.cursor);
            household.save_link(LinkRow {
                server: server.issuer().to_owned(),
                account: me,
                scope: tokens.scope.clone(),
                since: now,
                refresh: sealed,
                ended: None,
                cursor,
            })?;
            Ok((tokens, cursor))
        });
        match kept {
            Ok((tokens, cursor)) => {
                self.link.trouble = None;
                // The link that this one takes the place of.
                if let (Some(server), Some(courier)) = (before, &self.link.courier) {
                    self.give_back(server, courier.refresh.clone());
                }
                self.send_courier(server, tokens.refresh, Some((tokens.access, tokens.ends)), cursor);
            }
            Err(why) => self.link.trouble = Some(why.trouble()),
        }
        self.tell(Update::Account {});
    }

    /// Ends at the maker's what is not used any more, as far as it can be told.
    fn give_back(&mut self, server: Server, refresh: Secret) {
        self.spawn(Task::Link, async move {
            let revoked = match OauthClient::discover(server).await {
                Ok(oauth) => oauth.revoke(&refresh).await,
                Err(why) => Err(why),
            };
            if let Err(why) = revoked {
                tracing::warn!(%why, "the cloud could not be told that a link is not used any more");
            }
        });
    }

    fn sealed(&self, server: &Server, refresh: &Secret) -> Result<Option<Vec<u8>>, Error> {
        let Some(vault) = self.link.vault.as_ref().filter(|vault| vault.lasting()) else { return Ok(None) };
        Ok(Some(vault.seal(&owner(server, TOKENS), refresh.expose().as_bytes())?))
    }

    fn send_courier(
        &mut self,
        server: Server,
        refresh: Secret,
        access: Option<(Secret, DateTime<Utc>)>,
        cursor: u64,
    ) {
        if let Some(before) = self.link.courier.take() {
            before.task.abort();
        }
        let (desk, errands) = mpsc::channel(ERRANDS_KEPT);
        let (wanted, wishes) = mpsc::channel(WANTED_KEPT);
        let wake = Arc::new(Notify::new());
        let (asks, questions) = mpsc::channel(ERRANDS_KEPT);
        let courier = Courier {
            clock: self.config.clock.clone(),
            desk,
            wanted: wishes,
            wake: Arc::clone(&wake),
            questions,
            server,
            keys: Keys::new(refresh.clone(), access),
            cursor,
            held: None,
        };
        let task = self.spawn(Task::Link, courier.run());
        self.link.errands = Some(errands);
        self.link.courier = Some(Running { task, wake, questions: asks, refresh, wanted });
        self.link.standing = Some(Standing::Connecting);
        self.link.support.begin();
    }

    /// Does what the courier asks, and answers when it is on disk.
    pub(super) fn errand(&mut self, (errand, answer): Waiting) {
        let done = self.do_errand(errand);
        if let Err(why) = &done {
            tracing::warn!(error = %why, "what the cloud said could not be kept");
        }
        // A courier that was called off does not wait.
        let _ = answer.send(done);
    }

    fn do_errand(&mut self, errand: Errand) -> Result<Vec<OutgoingRow>, Error> {
        match errand {
            Errand::Standing(standing) => self.stand(standing),
            Errand::Renewed(tokens) => {
                let household = self.household()?;
                let row =
                    household.link().cloned().ok_or_else(|| Error::new(Code::Unexpected, "Not linked."))?;
                let refresh = self.sealed(&Server::read(&row.server)?, &tokens.refresh)?;
                self.household_mut()?.save_link(LinkRow { refresh, ..row })?;
                if let Some(courier) = &mut self.link.courier {
                    courier.refresh = tokens.refresh;
                }
            }
            Errand::Next(behind) => {
                let waiting = self.household()?.next_out(behind)?;
                self.link.sending.extend(waiting.iter().map(|row| row.id));
                return Ok(waiting);
            }
            Errand::Again => self.household_mut()?.send_again()?,
            Errand::Everything(devices, changes) => {
                let household = self.household_mut()?;
                household.adopt(&devices)?;
                household.note_orders(changes)?;
                self.tell(Update::Changed {});
                self.tell(Update::Account {});
            }
            Errand::Entries(entries, cursor) => {
                let any = !entries.is_empty();
                self.household_mut()?.take_in(entries, cursor)?;
                if any {
                    self.tell(Update::Changed {});
                }
            }
            Errand::Change(seq, change) => {
                let support = matches!(change, Change::Support {});
                let account = support || matches!(change, Change::Alexa { .. });
                self.household_mut()?.hear(seq, change)?;
                if support {
                    self.ask_support();
                }
                self.tell(if account { Update::Account {} } else { Update::Changed {} });
            }
            Errand::Settled(sent, verdicts, heard) => {
                let ids: Vec<_> = sent.iter().map(|row| row.id).collect();
                ids.iter().for_each(|id| {
                    self.link.sending.remove(id);
                });
                self.household_mut()?.settle(&ids, &verdicts.verdicts, heard)?;
                self.tell(Update::Account {});
            }
        }
        Ok(Vec::new())
    }

    fn stand(&mut self, standing: Standing) {
        self.link.sending.clear();
        if standing == Standing::Ended {
            let now = self.config.clock.now().timestamp_millis();
            self.link.courier = None;
            if let Ok(household) = &mut self.household
                && let Some(row) = household.link().cloned()
                && let Err(why) =
                    household.save_link(LinkRow { refresh: None, ended: row.ended.or(Some(now)), ..row })
            {
                tracing::warn!(%why, "that the link ended could not be kept");
            }
        }
        match standing {
            Standing::Waiting { .. } => {
                self.link.offline = self.link.offline.or_else(|| Some(self.config.clock.now()));
            }
            // On the way there it is not known yet.
            Standing::Connecting => {}
            Standing::Listening | Standing::Ended => self.link.offline = None,
        }
        if self.link.standing.as_ref() != Some(&standing) {
            let listens = standing == Standing::Listening;
            self.link.standing = Some(standing);
            self.tell(Update::Account {});
            if listens {
                self.ask_support();
            }
        }
    }

    /// Since when the cloud can't be reached, if it can't.
    pub(super) fn offline_since(&self) -> Option<DateTime<Utc>> {
        self.link.offline
    }

    /// What was recorded may have to go out.
    pub(super) fn wake_courier(&mut self) {
        if let Ok(household) = &mut self.household
            && std::mem::take(&mut household.linked.queued)
            && let Some(courier) = &self.link.courier
        {
            courier.wake.notify_one();
        }
    }

    /// Tries the cloud now instead of at the planned time.
    pub fn sync_now(&self) {
        if let Some(courier) = &self.link.courier {
            courier.wake.notify_one();
        }
    }

    /// Forgets the link, and hands out what ends it at the maker's.
    ///
    /// # Errors
    /// Nothing is linked, or why the disk refused.
    pub fn unlink(&mut self) -> Result<(Server, Option<Secret>), Error> {
        let household = self.household_mut()?;
        let link = household.link().ok_or_else(|| Error::new(Code::BadField, "No account is linked."))?;
        let server = Server::read(&link.server)?;
        household.forget_link()?;
        let refresh = self.link.courier.as_ref().map(|courier| courier.refresh.clone());
        self.stop_link();
        self.tell(Update::Account {});
        self.tell(Update::Changed {});
        Ok((server, refresh))
    }

    /// The way to the cloud for questions; none without a link.
    ///
    /// # Errors
    /// When the household is closed.
    pub fn door(&self) -> Result<Option<Door>, Error> {
        let Some(link) = self.household()?.link() else { return Ok(None) };
        let courier = self.link.courier.as_ref().map(|courier| courier.wanted.clone());
        Ok(Some(Door::new(Server::read(&link.server)?, courier)))
    }

    /// How entries for the cloud go now.
    pub fn outward(&self) -> Outward {
        let until = match &self.link.standing {
            Some(Standing::Waiting { until, .. }) => Some(until.timestamp_millis()),
            _ => None,
        };
        let ended = matches!(self.link.standing, Some(Standing::Ended) | None);
        Outward { sending: self.link.sending.clone(), until, ended }
    }

    /// The Account screen.
    ///
    /// # Errors
    /// When the household is closed or its file can't be read.
    pub fn account(&self) -> Result<AccountView, Error> {
        let household = self.household()?;
        let backlog = household.backlog()?;
        let waiting = self.link.flow.as_ref().map(|flow| LinkState::Waiting {
            server: flow.server.to_string(),
            url: flow.url.as_ref().map(Url::to_string),
            until: flow.flow.ends().timestamp_millis(),
        });
        let landed = self.link.landed.as_ref().map(|landed| LinkState::Waiting {
            server: landed.server.to_string(),
            url: None,
            until: landed.until.timestamp_millis(),
        });
        let waiting = waiting.or(landed);
        let linked = household.link().map(|link| LinkState::Linked {
            server: Server::read(&link.server)
                .map_or_else(|_| link.server.clone(), |server| server.to_string()),
            email: link.account.email.clone(),
            name: link.account.name.clone(),
            scope: link.scope.clone(),
            since: link.since,
            supplies: u32::try_from(household.linked.slots.len()).unwrap_or(u32::MAX),
            lasting: link.refresh.is_some(),
            alexa: household.alexa(),
            connection: match &self.link.standing {
                _ if link.ended.is_some() => CloudConnection::Ended {},
                Some(Standing::Ended) => CloudConnection::Ended {},
                Some(Standing::Listening) => CloudConnection::Listening {},
                Some(Standing::Waiting { until, why }) => {
                    CloudConnection::Offline { until: until.timestamp_millis(), detail: why.clone() }
                }
                Some(Standing::Connecting) => CloudConnection::Connecting {},
                // Kept for one run alone, and this is another.
                None if link.refresh.is_none() => CloudConnection::Ended {},
                None => CloudConnection::Connecting {},
            },
        });
        Ok(AccountView {
            state: waiting.or(linked).unwrap_or(LinkState::Unlinked {}),
            trouble: self.link.trouble.clone(),
            waiting: backlog.waiting,
            parked: backlog.parked,
            asks: u32::try_from(household.asking().count()).unwrap_or(u32::MAX),
        })
    }
}
