//! One trial from its first to its last moment, on a thread of its own: the world is set up, the household of the trial
//! takes the place of the person's own and is linked, half hours pass, and at the end, or when anything on the way fails,
//! the own household is open again and the trial's folder is gone.

use crate::clock::{DAY_SECONDS, STEPS, TrialClock};
use crate::place::Place;
use crate::stage::Stage;
use anyhow::Context;
use refill_engine::api::Api as _;
use refill_engine::clock::{Clock as _, SystemClock};
use refill_engine::engine::{Config, Engine};
use refill_engine::error::{Code, Error};
use refill_engine::link::vault::MemoryKeychain;
use refill_engine::region;
use refill_engine::view::{AppState, CloudConnection, LinkState, Settings, Update};
use refill_engine::words::Words;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval, timeout};
use url::Url;

/// After so long, what is linked in a moment will not be.
const LINKED_WITHIN: Duration = Duration::from_secs(60);

/// What a running trial is told.
enum Order {
    Pause(bool, oneshot::Sender<()>),
    End(oneshot::Sender<Result<(), Error>>),
}

/// A running trial. It ends with its handle at the latest.
#[derive(Debug)]
pub struct Trial {
    orders: mpsc::Sender<Order>,
}

impl Trial {
    /// Begins a trial in the place of the household that is open, and returns when its household can be looked at.
    ///
    /// # Errors
    /// There is one already, the household is closed, or something can't be had; then all is as it was.
    pub async fn start(engine: &Engine) -> Result<Self, Error> {
        let settings = match engine.state().await? {
            AppState::Ready { trial: None, settings, .. } => settings,
            AppState::Ready { trial: Some(_), .. } => {
                return Err(Error::new(Code::SampleOnly, "The sample is open already."));
            }
            AppState::Closed { trouble, .. } => return Err(Error::new(trouble.code, trouble.detail)),
        };
        let (orders, told) = mpsc::channel(4);
        let (ready, is_ready) = oneshot::channel();
        let engine = engine.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.context("Start the trial")?;
        let run = move || runtime.block_on(live(&engine, settings, told, ready));
        let thread = std::thread::Builder::new().name("refill-trial".into()).spawn(run);
        thread.context("Start the trial")?;
        is_ready.await.map_err(|_| ended())??;
        Ok(Self { orders })
    }

    /// Lets time stand still, or go on.
    ///
    /// # Errors
    /// The trial has ended.
    pub async fn pause(&self, paused: bool) -> Result<(), Error> {
        let (done, is_done) = oneshot::channel();
        self.orders.send(Order::Pause(paused, done)).await.map_err(|_| ended())?;
        is_done.await.map_err(|_| ended())
    }

    /// Ends the trial and returns when the own household is open again and nothing is left.
    ///
    /// # Errors
    /// Why the own household can't be opened; the trial is gone all the same.
    pub async fn end(self) -> Result<(), Error> {
        let (done, is_done) = oneshot::channel();
        if self.orders.send(Order::End(done)).await.is_err() {
            return Ok(());
        }
        is_done.await.unwrap_or(Ok(()))
    }
}

fn ended() -> Error {
    Error::new(Code::Unexpected, "The sample has ended.")
}

fn not_set_up(why: &anyhow::Error) -> Error {
    tracing::error!(error = %format!("{why:#}"), "the sample could not be set up");
    Error::new(Code::Unexpected, format!("The sample could not be set up: {why}."))
}

async fn live(
    engine: &Engine,
    settings: Settings,
    mut told: mpsc::Receiver<Order>,
    ready: oneshot::Sender<Result<(), Error>>,
) {
    let (place, mut world, clock) = match set_up(engine, &settings).await {
        Ok(all) => all,
        Err(why) => {
            // Whoever asked may be gone.
            let _ = ready.send(Err(why));
            return;
        }
    };
    let begun = begin(engine, &place, &world, &clock, settings).await;
    let mut end = None;
    let wanted = match begun {
        Ok(()) => ready.send(Ok(())).is_ok(),
        Err(why) => {
            leave(engine, world, place)
                .await
                .unwrap_or_else(|also| tracing::error!(error = %also, "coming home"));
            // Whoever asked may be gone.
            let _ = ready.send(Err(why));
            return;
        }
    };
    if wanted {
        end = drive(&mut world, &clock, &mut told).await;
    }
    let left = leave(engine, world, place).await;
    if let Some(end) = end {
        // Whoever asked may be gone.
        let _ = end.send(left);
    }
}

async fn set_up(engine: &Engine, settings: &Settings) -> Result<(Place, Stage, Arc<TrialClock>), Error> {
    let place = Place::make(engine.folder()).map_err(|why| not_set_up(&why))?;
    let clock = Arc::new(TrialClock::at(SystemClock.now()));
    let words = Words::of(region::language(settings));
    let stage = Stage::set_up(place.cloud(), clock.clone(), words).await.map_err(|why| not_set_up(&why))?;
    Ok((place, stage, clock))
}

/// Opens the household of the trial and links it, as its person would by a browser.
///
/// # Errors
/// It can't be opened or linked.
pub async fn begin(
    engine: &Engine,
    place: &Place,
    stage: &Stage,
    clock: &Arc<TrialClock>,
    settings: Settings,
) -> Result<(), Error> {
    let config = Config::new(place.household(), clock.clone());
    let keychain = Arc::new(MemoryKeychain::default());
    engine.visit(Config { keychain, polling: false, ..config }).await?;
    // It looks as the person has it, and is not offered to be set up.
    engine.set_settings(Settings { welcomed: true, ..settings }).await?;
    link(engine, stage).await
}

/// Links the open household with the trial's cloud, and returns when it is in step.
///
/// # Errors
/// It can't be linked, or not in time.
pub async fn link(engine: &Engine, stage: &Stage) -> Result<(), Error> {
    let mut updates = engine.updates();
    let begun = engine.begin_link(stage.address()).await?;
    let url = Url::parse(&begun.url).map_err(anyhow::Error::from)?;
    let asked = |name: &str| {
        let found = url.query_pairs().find(|(of, _)| of == name).map(|(_, value)| value.into_owned());
        found.with_context(|| format!("The address names no {name}"))
    };
    let (redirect, state) = (asked("redirect_uri")?, asked("state")?);
    let code = stage.code("refill", &redirect, Some(asked("code_challenge")?)).await?;
    let mut back = Url::parse(&redirect).map_err(anyhow::Error::from)?;
    let answer = [("code", code.as_str()), ("state", &state), ("iss", &stage.issuer())];
    back.query_pairs_mut().extend_pairs(answer);
    engine.finish_link(back.into()).await?;
    let in_step = async {
        loop {
            let account = engine.account().await?;
            if let Some(trouble) = account.trouble {
                return Err(Error::new(trouble.code, trouble.detail));
            }
            if let LinkState::Linked { connection: CloudConnection::Listening {}, .. } = account.state {
                return Ok(());
            }
            loop {
                match updates.recv().await {
                    Ok(Update::Account {}) | Err(RecvError::Lagged(_)) => break,
                    Ok(_) => {}
                    Err(RecvError::Closed) => return Err(ended()),
                }
            }
        }
    };
    timeout(LINKED_WITHIN, in_step)
        .await
        .map_err(|_| Error::new(Code::TimedOut, "The sample is not linked."))?
}

/// Lets half hours pass until the end; gives whoever asked for it.
async fn drive(
    stage: &mut Stage,
    clock: &TrialClock,
    told: &mut mpsc::Receiver<Order>,
) -> Option<oneshot::Sender<Result<(), Error>>> {
    let mut paused = false;
    let mut time = interval(Duration::from_secs(DAY_SECONDS.into()) / STEPS);
    time.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            order = told.recv() => match order {
                None => return None,
                Some(Order::End(done)) => return Some(done),
                Some(Order::Pause(now, done)) => {
                    paused = now;
                    clock.pause(paused);
                    // Whoever asked may be gone.
                    let _ = done.send(());
                }
            },
            _ = time.tick(), if !paused => {
                if let Err(why) = stage.pass().await {
                    tracing::warn!(error = %format!("{why:#}"), "a part of the sample did not happen");
                }
            }
        }
    }
}

/// Opens the own household, ends both servers, and removes everything.
async fn leave(engine: &Engine, stage: Stage, place: Place) -> Result<(), Error> {
    let home = engine.come_home().await;
    stage.stop().await;
    drop(place);
    home
}
