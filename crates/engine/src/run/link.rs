//! The link at the run loop: it unlocks the keychain, waits for the browser, keeps what comes of it, and answers the
//! courier. All of it are tasks that end with the household; what they bring is written here and nowhere else.

use super::{Event, Opened, Task};
use crate::error::{Code, Error};
use crate::link::cloud::Cloud;
use crate::link::courier::{Courier, Errand, Standing};
use crate::link::landing::{Landing, Pages, parameters};
use crate::link::oauth::{NoTokens, OauthClient, Tokens};
use crate::link::server::Server;
use crate::link::vault::Vault;
use crate::store::{LinkRow, OutgoingRow};
use crate::view::{AccountView, CloudConnection, LinkBegun, LinkState, Trouble, Update};
use crate::words::Words;
use chrono::{DateTime, Utc};
use refill_domain::link::{Flow, Landed};
use refill_domain::secret::Secret;
use refill_domain::wire::Me;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::AbortHandle;
use url::Url;

/// What sealed tokens and flows belong to, beside their server.
const TOKENS: &str = "refresh";
const FLOW: &str = "flow";

/// Errands that wait for the loop.
const ERRANDS_KEPT: usize = 8;

/// An errand with the place for its answer.
pub(super) type Waiting = (Errand, oneshot::Sender<Result<Vec<OutgoingRow>, Error>>);

/// The link while the household is open.
#[derive(Default)]
pub(super) struct Link {
    vault: Option<Vault>,
    flow: Option<Flowing>,
    courier: Option<Running>,
    pub(super) errands: Option<mpsc::Receiver<Waiting>>,
    standing: Option<Standing>,
    trouble: Option<Trouble>,
    /// Numbers flows, so that a late one is known.
    flows: u64,
}

struct Flowing {
    number: u64,
    server: Server,
    flow: Flow,
    url: Option<Url>,
    task: AbortHandle,
}

struct Running {
    task: AbortHandle,
    wake: Arc<Notify>,
    refresh: Secret,
}

/// A flow as it is kept, sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    issuer: String,
    names_itself: bool,
    redirect: String,
    state: String,
    verifier: String,
    begun: DateTime<Utc>,
}

impl Kept {
    fn of(flow: &Flow) -> Self {
        Self {
            issuer: flow.issuer.clone(),
            names_itself: flow.names_itself,
            redirect: flow.redirect.clone(),
            state: flow.state.expose().to_owned(),
            verifier: flow.verifier.expose().to_owned(),
            begun: flow.begun,
        }
    }

    fn flow(self) -> Flow {
        Flow {
            issuer: self.issuer,
            names_itself: self.names_itself,
            redirect: self.redirect,
            state: Secret::new(self.state),
            verifier: Secret::new(self.verifier),
            begun: self.begun,
        }
    }
}

/// What a linking came to: tokens, whose account it is, and the server.
pub(super) type Granted = Result<(Tokens, Me), Error>;

/// A linking that is ready to wait for the browser.
pub struct Prepared {
    /// The server.
    pub server: Server,
    /// Where what comes of it is kept.
    pub vault: Vault,
    /// Where the browser comes back to.
    pub landing: Landing,
    /// What was sent there.
    pub flow: Flow,
    /// The maker's page.
    pub url: Url,
}

fn owner(server: &Server, what: &str) -> String {
    format!("{what} {}", server.issuer())
}

/// Exchanges a code and asks whose account it is.
async fn granted(server: Server, flow: Flow, code: Secret, now: DateTime<Utc>) -> Granted {
    let oauth = OauthClient::discover(server.clone()).await?;
    let tokens = oauth.exchange(&flow, &code, now).await.map_err(|why| match why {
        NoTokens::Ended => Error::new(Code::Refused, "The maker did not take the answer. Start again."),
        NoTokens::Later(why) => why,
    })?;
    let cloud = Cloud::new(server).map_err(anyhow::Error::from)?;
    let me = cloud.me(&tokens.access).await.map_err(|why| {
        Error::new(Code::BadAnswer, "The maker's cloud does not say whose account it is.").caused_by(why)
    })?;
    Ok((tokens, me))
}

impl Opened {
    /// After a household was opened: whatever it was linked with, or was about to be, goes on.
    pub(super) fn start_link(&mut self) {
        self.stop_link();
        let Ok(household) = &self.household else { return };
        let flow = household.read(crate::store::link_flow).ok().flatten();
        let sealed = household.link().is_some_and(|link| link.refresh.is_some());
        if !household.writes() || (flow.is_none() && !sealed) {
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
        let flows = self.link.flows;
        self.link = Link { flows, ..Link::default() };
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
        let Ok(household) = &self.household else { return };
        if let Ok(Some((address, sealed))) = household.read(crate::store::link_flow) {
            let again = Server::read(&address).ok().and_then(|server| {
                let kept = vault.unseal(&owner(&server, FLOW), &sealed)?;
                let flow = serde_json::from_slice::<Kept>(&kept).ok()?.flow();
                (self.config.clock.now() < flow.ends()).then_some((server, flow))
            });
            match again {
                Some((server, flow)) => self.wait_for_browser(server, flow, None),
                None => self.forget_flow(),
            }
        }
        self.tell(Update::Account {});
    }

    /// Begins to wait for the browser.
    ///
    /// # Errors
    /// Why the disk refused.
    pub fn begin_link(&mut self, prepared: Prepared) -> Result<LinkBegun, Error> {
        let Prepared { server, vault, landing, flow, url } = prepared;
        let kept = serde_json::to_vec(&Kept::of(&flow)).map_err(anyhow::Error::from)?;
        let sealed = vault.seal(&owner(&server, FLOW), &kept)?;
        let household = self.household_mut()?;
        // What only this run can open is not written.
        let row = vault.lasting().then_some((server.issuer(), sealed.as_slice()));
        household.write(|tx| tx.save_link_flow(row))?;
        self.link.vault = Some(vault);
        self.link.trouble = None;
        let until = flow.ends().timestamp_millis();
        self.wait_for_browser(server, flow, Some(landing));
        if let Some(flow) = &mut self.link.flow {
            flow.url = Some(url.clone());
        }
        self.tell(Update::Account {});
        Ok(LinkBegun { url: url.into(), until })
    }

    fn wait_for_browser(&mut self, server: Server, flow: Flow, landing: Option<Landing>) {
        if let Some(before) = self.link.flow.take() {
            before.task.abort();
        }
        self.link.flows += 1;
        let number = self.link.flows;
        let words = Words::of(self.household.as_ref().map_or("en", |h| crate::region::language(&h.settings)));
        let say = |key| words.say(key, &[("server", server.host())]);
        let pages = Pages { linked: say("link_landed"), failed: say("link_not_landed") };
        let (events, clock, waited) = (self.events.clone(), self.config.clock.clone(), flow.clone());
        let task = self.spawn(Task::Link, async move {
            let landing = match landing {
                Some(landing) => Ok(landing),
                None => Landing::again(&waited.redirect).await,
            };
            let judged = waited.clone();
            let judge_clock = clock.clone();
            let landed = tokio::select! {
                // A port that is taken by now leaves pasting.
                landed = async { match landing {
                    Ok(landing) => landing.answer(pages, move |answer| judged.judge(answer, judge_clock.now())).await,
                    Err(_) => std::future::pending().await,
                } } => landed,
                () = clock.sleep_until(waited.ends()) => Landed::Late,
            };
            // The loop is gone: nobody to tell.
            let _ = events.send(Event::Landed(number, landed)).await;
        });
        self.link.flow = Some(Flowing { number, server, flow, url: None, task });
    }

    /// The answer came by way of a person, who copied the browser's address.
    ///
    /// # Errors
    /// No flow waits, or this is no answer of it.
    pub fn finish_link(&mut self, pasted: &str) -> Result<(), Error> {
        let none = || Error::new(Code::BadField, "Nothing is being linked. Start again.").at("answer");
        let flow = self.link.flow.as_ref().ok_or_else(none)?;
        let query = pasted.trim().split_once('?').map_or(pasted.trim(), |(_, query)| query);
        let query = query.split('#').next().unwrap_or_default();
        let landed = flow.flow.judge(&parameters(query), self.config.clock.now());
        if landed == Landed::Stranger {
            let why = "This is not the address the browser came back to. Copy all of it.";
            return Err(Error::new(Code::BadField, why).at("answer"));
        }
        let number = flow.number;
        self.landed(number, landed);
        Ok(())
    }

    /// An answer came: the flow is over, whatever it says.
    pub(super) fn landed(&mut self, number: u64, landed: Landed) {
        let Some(flow) = self.link.flow.take_if(|flow| flow.number == number) else { return };
        flow.task.abort();
        self.forget_flow();
        let failed = |code, why: &str| Some(Error::new(code, why).trouble());
        self.link.trouble = match landed {
            Landed::Code(code) => {
                let (events, now) = (self.events.clone(), self.config.clock.now());
                self.spawn(Task::Link, async move {
                    let result = granted(flow.server.clone(), flow.flow, code, now).await;
                    // The loop is gone: nobody to tell.
                    let _ = events.send(Event::Granted(number, flow.server, result)).await;
                });
                return;
            }
            Landed::Denied => failed(Code::Refused, "You did not agree. Nothing was linked."),
            Landed::Late => failed(Code::TimedOut, "That took longer than 10 minutes. Start again."),
            Landed::Failed(why) => failed(Code::Refused, &format!("The maker's page says: {why}")),
            Landed::Stranger => failed(Code::Cancelled, "The wait for the browser ended. Start again."),
        };
        self.tell(Update::Account {});
    }

    fn forget_flow(&mut self) {
        if let Ok(household) = &mut self.household
            && let Err(why) = household.write(|tx| tx.save_link_flow(None))
        {
            tracing::warn!(%why, "a flow that is over could not be forgotten");
        }
    }

    /// Tokens came, or not.
    pub(super) fn granted(&mut self, number: u64, server: Server, result: Granted) {
        // A later flow began meanwhile, or linking was called off: the grant is not kept.
        if number != self.link.flows {
            return;
        }
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
                self.send_courier(server, tokens.refresh, Some((tokens.access, tokens.ends)), cursor);
            }
            Err(why) => self.link.trouble = Some(why.trouble()),
        }
        self.tell(Update::Account {});
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
        let wake = Arc::new(Notify::new());
        let courier = Courier {
            clock: self.config.clock.clone(),
            desk,
            wake: Arc::clone(&wake),
            server,
            refresh: refresh.clone(),
            access,
            cursor,
            held: None,
        };
        let task = self.spawn(Task::Link, courier.run());
        self.link.errands = Some(errands);
        self.link.courier = Some(Running { task, wake, refresh });
        self.link.standing = Some(Standing::Connecting);
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
            Errand::Next => return self.household()?.next_out(),
            Errand::Again => self.household_mut()?.send_again()?,
            Errand::Everything(devices, changes) => {
                let household = self.household_mut()?;
                household.adopt(&devices)?;
                household.note_orders(&changes)?;
                self.tell(Update::Changed {});
            }
            Errand::Entries(entries, cursor) => {
                let any = !entries.is_empty();
                self.household_mut()?.take_in(entries, cursor)?;
                if any {
                    self.tell(Update::Changed {});
                }
            }
            Errand::Change(seq, change) => {
                self.household_mut()?.hear(seq, change)?;
                self.tell(Update::Changed {});
            }
            Errand::Settled(sent, verdicts) => {
                let ids: Vec<_> = sent.iter().map(|row| row.id).collect();
                self.household_mut()?.settle(&ids, &verdicts)?;
                self.tell(Update::Account {});
            }
        }
        Ok(Vec::new())
    }

    fn stand(&mut self, standing: Standing) {
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
        if self.link.standing.as_ref() != Some(&standing) {
            self.link.standing = Some(standing);
            self.tell(Update::Account {});
        }
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

    /// Stops waiting for the browser.
    pub fn cancel_link(&mut self) {
        if let Some(flow) = self.link.flow.take() {
            flow.task.abort();
        }
        // A grant that is on its way belongs to nobody any more.
        self.link.flows += 1;
        self.link.trouble = None;
        self.forget_flow();
        self.tell(Update::Account {});
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
        let linked = household.link().map(|link| LinkState::Linked {
            server: Server::read(&link.server)
                .map_or_else(|_| link.server.clone(), |server| server.to_string()),
            email: link.account.email.clone(),
            name: link.account.name.clone(),
            scope: link.scope.clone(),
            since: link.since,
            supplies: u32::try_from(household.linked.slots.len()).unwrap_or(u32::MAX),
            lasting: link.refresh.is_some(),
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
        })
    }
}
