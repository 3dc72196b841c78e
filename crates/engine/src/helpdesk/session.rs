//! The sign-in: the browser is waited for by the call that asked, for ten minutes, and what comes back is judged like any
//! linking. One at a time; a later one calls the earlier off.

use super::mirror::Mirror;
use crate::engine::Engine;
use crate::error::{Code, Error};
use crate::link::cloud::Cloud;
use crate::link::landing::{Landing, Pages};
use crate::link::oauth::{ADMINISTRATOR, NoTokens, OauthClient, STAFF, Tokens};
use crate::link::server::Server;
use crate::view::{DeskState, LinkBegun, Trouble};
use crate::words::Words;
use chrono::{DateTime, TimeDelta, Utc};
use refill_domain::link::{Flow, Landed};
use refill_domain::secret::Secret;
use refill_domain::wire::Me;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use uuid::Uuid;

/// A token is renewed so long before it ends.
const AHEAD: TimeDelta = TimeDelta::seconds(60);

/// Somebody who is signed in.
pub struct Session {
    pub cloud: Cloud,
    oauth: OauthClient,
    me: Me,
    tokens: tokio::sync::Mutex<Tokens>,
    /// They may do what administrators do.
    administrator: bool,
    /// The customer who was opened last.
    mirror: Mutex<Option<Mirror>>,
}

impl Session {
    /// A good access token.
    pub async fn token(&self, now: DateTime<Utc>, renew: bool) -> Result<Secret, NoTokens> {
        let mut tokens = self.tokens.lock().await;
        if renew || tokens.ends <= now + AHEAD {
            *tokens = self.oauth.refresh(&tokens.refresh, now).await?;
        }
        Ok(tokens.access.clone())
    }

    /// The cloud's address, for people.
    pub fn server(&self) -> String {
        self.oauth.server().to_string()
    }

    /// Their account.
    pub fn who(&self) -> Uuid {
        self.me.id
    }

    /// Whether they may do what administrators do.
    pub fn is_administrator(&self) -> bool {
        self.administrator
    }

    /// The customer who was opened last.
    pub fn mirror(&self) -> MutexGuard<'_, Option<Mirror>> {
        self.mirror.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends it at the cloud, as far as that can be told.
    pub async fn revoke(&self) {
        let refresh = self.tokens.lock().await.refresh.clone();
        if let Err(why) = self.oauth.revoke(&refresh).await {
            tracing::warn!(%why, "the cloud could not be told that somebody signed out");
        }
    }
}

/// Somebody who is in the browser.
struct Flowing {
    server: Server,
    oauth: OauthClient,
    flow: Flow,
    /// Taken by the call that waits.
    landing: Option<Landing>,
    called_off: Arc<Notify>,
}

enum State {
    Out(Option<Trouble>),
    Waiting(Box<Flowing>),
    In(Arc<Session>),
}

/// How somebody of the maker's is signed in.
pub struct Helpdesk(Mutex<State>);

impl Default for Helpdesk {
    fn default() -> Self {
        Self(Mutex::new(State::Out(None)))
    }
}

impl Helpdesk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who is signed in.
    pub fn session(&self) -> Option<Arc<Session>> {
        match &*self.lock() {
            State::In(session) => Some(Arc::clone(session)),
            State::Out(_) | State::Waiting(_) => None,
        }
    }

    /// As it is shown.
    pub fn state(&self) -> DeskState {
        match &*self.lock() {
            State::Out(trouble) => DeskState::Out { trouble: trouble.clone() },
            State::Waiting(flow) => DeskState::Waiting {
                server: flow.server.to_string(),
                until: flow.flow.ends().timestamp_millis(),
            },
            State::In(session) => DeskState::In {
                server: session.server(),
                name: super::shown::line(&session.me.name),
                administrator: session.administrator,
            },
        }
    }

    /// Nobody is signed in from now on, nor on the way; gives who was.
    pub fn end(&self, trouble: Option<Trouble>) -> Option<Arc<Session>> {
        match std::mem::replace(&mut *self.lock(), State::Out(trouble)) {
            State::In(session) => Some(session),
            State::Waiting(flow) => {
                flow.called_off.notify_one();
                None
            }
            State::Out(_) => None,
        }
    }

    /// Begins: gives the maker's page for the browser.
    pub async fn begin(&self, engine: &Engine, server: &str) -> Result<LinkBegun, Error> {
        let server = Server::read(server)?;
        if !server.is_here() {
            engine.not_in_a_trial().await?;
        }
        let oauth = OauthClient::discover(server.clone()).await?;
        let landing = Landing::open().await?;
        // Who is no administrator is lent staff's rights alone, and the tokens say so.
        let scopes = format!("{STAFF} {ADMINISTRATOR}");
        let (flow, url) = oauth.begin_for(&scopes, &landing.redirect(), engine.config.clock.now())?;
        let until = flow.ends().timestamp_millis();
        if let Some(before) = self.end(None) {
            before.revoke().await;
        }
        let called_off = Arc::new(Notify::new());
        let waiting = Flowing { server, oauth, flow, landing: Some(landing), called_off };
        *self.lock() = State::Waiting(Box::new(waiting));
        Ok(LinkBegun { url: url.into(), until })
    }

    /// Waits for the browser, and keeps what came of it.
    pub async fn wait(&self, engine: &Engine) {
        let taken = match &mut *self.lock() {
            State::Waiting(of) => of.landing.take().map(|landing| {
                (landing, of.flow.clone(), of.oauth.clone(), of.server.clone(), Arc::clone(&of.called_off))
            }),
            State::Out(_) | State::In(_) => None,
        };
        let Some((landing, flow, oauth, server, called_off)) = taken else { return };
        let clock = engine.config.clock.clone();
        let words = Words::of("en");
        let say = |key| words.say(key, &[("server", server.host())]);
        let pages = Pages { linked: say("link_landed"), failed: say("link_not_landed") };
        let (judge, judge_clock) = (flow.clone(), clock.clone());
        let landed = tokio::select! {
            landed = landing.answer(pages, move |answer| judge.judge(answer, judge_clock.now())) => landed,
            () = clock.sleep_until(flow.ends()) => Landed::Late,
            () = called_off.notified() => return,
        };
        let came = signed_in(oauth, server, &flow, landed, clock.now()).await;
        if let Some(nobodys) = self.signed_in(&flow, came) {
            nobodys.revoke().await;
        }
    }

    /// Keeps what a sign-in came to; gives it back where a later one began meanwhile, or it was called off.
    fn signed_in(&self, flow: &Flow, came: Result<Session, Error>) -> Option<Session> {
        let mut state = self.lock();
        if !matches!(&*state, State::Waiting(of) if of.flow.state == flow.state) {
            return came.ok();
        }
        *state = match came {
            Ok(session) => State::In(Arc::new(session)),
            Err(why) => State::Out(Some(why.trouble())),
        };
        None
    }
}

async fn signed_in(
    oauth: OauthClient,
    server: Server,
    flow: &Flow,
    landed: Landed,
    now: DateTime<Utc>,
) -> Result<Session, Error> {
    let code = match landed {
        Landed::Code(code) => code,
        Landed::Denied => return Err(Error::new(Code::Refused, "You did not agree. Nobody was signed in.")),
        Landed::Late => {
            return Err(Error::new(Code::TimedOut, "That took longer than 10 minutes. Start again."));
        }
        Landed::Failed(why) => {
            return Err(Error::new(Code::Refused, format!("The maker's page says: {why}")));
        }
        Landed::Stranger => {
            return Err(Error::new(Code::Cancelled, "The wait for the browser ended. Start again."));
        }
    };
    let tokens = oauth.exchange(flow, &code, now).await.map_err(|why| match why {
        NoTokens::Ended => Error::new(Code::Refused, "The maker did not take the answer. Start again."),
        NoTokens::Later(why) => why,
    })?;
    let may = |wanted: &str| tokens.scope.split(' ').any(|scope| scope == wanted);
    let administrator = may(ADMINISTRATOR);
    if !may(STAFF) && !administrator {
        return Err(Error::new(Code::Refused, "The maker did not sign anybody of its people in."));
    }
    let cloud = Cloud::new(server).map_err(anyhow::Error::from)?;
    let me = cloud.me(&tokens.access).await.map_err(|why| {
        Error::new(Code::BadAnswer, "The maker's cloud does not say whose account it is.").caused_by(why)
    })?;
    let (tokens, mirror) = (tokio::sync::Mutex::new(tokens), Mutex::new(None));
    Ok(Session { cloud, oauth, me, tokens, administrator, mirror })
}
