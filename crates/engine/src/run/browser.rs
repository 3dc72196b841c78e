//! Linking in the browser, at the run loop: a flow is kept before anybody can come back to it, waited for, and over with its
//! first answer, whatever that says. What a code came to is asked for by a task and kept by the link.

use super::link::{Arrived, owner};
use super::{Event, Opened, Task};
use crate::error::{Code, Error};
use crate::link::cloud::Cloud;
use crate::link::landing::{Landing, Pages, parameters};
use crate::link::oauth::{NoTokens, OauthClient, Tokens};
use crate::link::server::Server;
use crate::link::vault::Vault;
use crate::view::{LinkBegun, Update};
use crate::words::Words;
use chrono::{DateTime, Utc};
use refill_domain::link::{Flow, Landed};
use refill_domain::secret::Secret;
use refill_domain::wire::Me;
use serde::{Deserialize, Serialize};
use tokio::task::AbortHandle;
use url::Url;

/// What a sealed flow belongs to, beside its server.
const FLOW: &str = "flow";

/// A flow that is waited for.
pub(super) struct Flowing {
    pub(super) number: u64,
    pub(super) server: Server,
    pub(super) flow: Flow,
    pub(super) url: Option<Url>,
    pub(super) task: AbortHandle,
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
    /// A flow that was begun before a restart goes on waiting.
    pub(super) fn wait_again(&mut self, vault: &Vault) {
        let Ok(household) = &self.household else { return };
        if let Ok(Some((address, sealed))) = household.read(crate::store::link_flow) {
            let again = Server::read(&address).ok().and_then(|server| {
                let kept = vault.unseal(&owner(&server, FLOW), &sealed)?;
                let flow = serde_json::from_slice::<Kept>(&kept).ok()?.flow();
                (self.config.clock.now() < flow.ends()).then_some((server, flow))
            });
            match again {
                Some((server, flow)) => self.wait_for_browser(server, flow, None, None),
                None => self.forget_flow(),
            }
        }
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
        self.wait_for_browser(server, flow, Some(landing), Some(url.clone()));
        self.tell(Update::Account {});
        Ok(LinkBegun { url: url.into(), until })
    }

    fn wait_for_browser(&mut self, server: Server, flow: Flow, landing: Option<Landing>, url: Option<Url>) {
        if let Some(before) = self.link.flow.take() {
            before.task.abort();
        }
        self.link.flows += 1;
        self.link.landed = None;
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
        self.link.flow = Some(Flowing { number, server, flow, url, task });
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
                self.link.landed = Some(Arrived { server: flow.server.clone(), until: flow.flow.ends() });
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

    /// Stops waiting for the browser.
    pub fn cancel_link(&mut self) {
        if let Some(flow) = self.link.flow.take() {
            flow.task.abort();
        }
        // A grant that is on its way belongs to nobody any more.
        self.link.flows += 1;
        self.link.landed = None;
        self.link.trouble = None;
        self.forget_flow();
        self.tell(Update::Account {});
    }
}
