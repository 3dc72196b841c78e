//! The run loop: takes connections, keeps their number and their patience bounded, lets go of what has ended, and on
//! the way down answers what was begun, ends the feeds, and closes the store. The only place that starts tasks.

mod push;

pub use push::Lasting;

use crate::clock::Clock;
use crate::config::Config;
use crate::drs::worker;
use crate::extract::Connected;
use crate::http;
#[cfg(feature = "mqtt")]
use crate::mqtt;
use crate::relay;
use crate::sns::arrivals;
#[cfg(feature = "queue")]
use crate::sns::queue;
use crate::state::{App, Shared};
use crate::store::Store;
use crate::store::sqlite::{Options, SqliteStore};
use anyhow::Context;
use axum::Router;
use axum::body::Body;
use axum::http::Method;
use axum::response::Response;
use chrono::TimeDelta;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::future::poll_fn;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;
use url::Url;

/// The head of a request must be here within this time.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// What was begun may take so long on the way down.
const STOP_TIME: Duration = Duration::from_secs(10);

/// Buffer of one connection, which bounds the head of a request too.
const BUFFER: usize = 32 * 1024;

/// How often is let go of what has ended.
const SWEEP: TimeDelta = TimeDelta::minutes(10);

/// A running server.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    app: Shared,
    tasks: TaskTracker,
}

/// Opens the store, listens and serves, until [`Server::stop`].
///
/// # Errors
/// The data folder or the address can't be used.
pub async fn start(config: Config, clock: Arc<dyn Clock>) -> anyhow::Result<Server> {
    let options = Options { readers: config.store.readers, max_mib: config.store.max_mib };
    let folder = config.data.clone();
    let open = move || SqliteStore::open(&folder, options);
    let store = tokio::task::spawn_blocking(open).await.context("Open the store")??;
    let listen = config.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| format!("Listen on {listen}"))?;
    let address = listener.local_addr()?;
    let public = match &config.public_url {
        Some(url) => url.clone(),
        None => Url::parse(&format!("http://{address}/"))?,
    };
    let store: Arc<dyn Store> = Arc::new(store);
    let app = Arc::new(App::new(config, public, clock, store)?);
    let tasks = TaskTracker::new();
    start_task(&tasks, accept(Arc::clone(&app), listener, tasks.clone()));
    start_task(&tasks, sweep(Arc::clone(&app)));
    if let Some(amazon) = app.amazon.clone() {
        start_task(&tasks, relay::run(Arc::clone(&app), amazon, tasks.clone()));
    }
    start_task(&tasks, worker::watch(Arc::clone(&app)));
    start_task(&tasks, arrivals::watch(Arc::clone(&app)));
    #[cfg(feature = "mqtt")]
    if let Some(config) = app.config.mqtt.clone() {
        start_task(&tasks, mqtt::consume(Arc::clone(&app), config));
    }
    #[cfg(feature = "queue")]
    if let Some(config) = app.config.sns.queue.clone() {
        start_task(&tasks, queue::consume(Arc::clone(&app), config));
    }
    tracing::info!(server.address = %address, "Listening");
    Ok(Server { address, app, tasks })
}

/// Starts a task that the server waits for when it stops.
pub(crate) fn start_task(tasks: &TaskTracker, task: impl Future<Output = ()> + Send + 'static) {
    tasks.spawn(task);
}

impl Server {
    /// What it is made of.
    pub fn app(&self) -> &Shared {
        &self.app
    }

    /// Takes no more, answers what was begun, and closes the store.
    pub async fn stop(self) {
        self.app.stopping.cancel();
        self.tasks.close();
        if tokio::time::timeout(STOP_TIME, self.tasks.wait()).await.is_err() {
            tracing::warn!("Some requests were cut off");
        }
        self.app.store.close().await;
        tracing::info!("Stopped");
    }
}

async fn accept(app: Shared, listener: TcpListener, tasks: TaskTracker) {
    let router = http::router(&app);
    let places = Arc::new(Semaphore::new(app.config.limits.connections));
    loop {
        let taken = tokio::select! {
            () = app.stopping.cancelled() => return,
            taken = async {
                // Without a place, callers wait where the system keeps them.
                let place = Arc::clone(&places).acquire_owned().await;
                (place, listener.accept().await)
            } => taken,
        };
        let (Ok(place), Ok((stream, peer))) = taken else {
            // Too many open files, or a caller that is gone already: try again, but not in a hot loop.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let (app, router) = (Arc::clone(&app), router.clone());
        start_task(&tasks, async move {
            app.metrics.connections.inc();
            // Small answers must not wait for more.
            let _ = stream.set_nodelay(true);
            // In a box of its own, which a feed leaves behind.
            let ended = match Box::pin(requests(&app, stream, router, peer.ip())).await {
                Ok(Some((wire, answer))) => push::push(&app, wire, answer).await.map_err(Into::into),
                Ok(None) => Ok(()),
                Err(cause) => Err(anyhow::Error::from(cause)),
            };
            if let Err(cause) = ended {
                tracing::debug!(connection.end = %cause, "A connection ended badly");
            }
            app.metrics.connections.dec();
            drop(place);
        });
    }
}

/// Answers requests until the connection ends, or the answer to one of them is to go on alone.
async fn requests(
    app: &App,
    stream: TcpStream,
    router: Router,
    peer: IpAddr,
) -> hyper::Result<Option<(push::Wire, Response)>> {
    let (slot, owed) = (push::Slot::default(), push::Owed::default());
    let lasting = slot.clone();
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(Connected(peer));
        let plain = request.method() == Method::GET;
        let answering = router.clone().oneshot(request.map(Body::new));
        let lasting = lasting.clone();
        async move {
            let mut answer = answering.await?;
            if plain && answer.extensions_mut().remove::<Lasting>().is_some() {
                lasting.put(answer);
                std::future::pending::<()>().await;
                return Ok(Response::default());
            }
            Ok::<_, Infallible>(answer)
        }
    });
    let mut server = hyper::server::conn::http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(BUFFER);
    let wire = push::Wire::new(stream, owed.clone());
    let mut served = server.serve_connection(TokioIo::new(wire), service);
    let mut stopping = std::pin::pin!(app.stopping.cancelled());
    let mut told = false;
    let answer = poll_fn(|context| {
        if !told && stopping.as_mut().poll(context).is_ready() {
            told = true;
            Pin::new(&mut served).graceful_shutdown();
        }
        match Pin::new(&mut served).poll(context) {
            Poll::Ready(ended) => Poll::Ready(ended.map(|()| None)),
            Poll::Pending => slot.take(&owed).map_or(Poll::Pending, |answer| Poll::Ready(Ok(Some(answer)))),
        }
    });
    let Some(answer) = answer.await? else { return Ok(None) };
    Ok(Some((served.into_parts().io.into_inner(), answer)))
}

async fn sweep(app: Shared) {
    loop {
        let now = app.clock.now();
        let kept = TimeDelta::days(app.config.feed.retention_days.into());
        if let Err(cause) = app.store.sweep(now.timestamp_millis(), (now - kept).timestamp_millis()).await {
            tracing::warn!(store.error = %cause, "What has ended could not be let go");
        }
        tokio::select! {
            () = app.stopping.cancelled() => return,
            () = app.clock.sleep_until(now + SWEEP) => {}
        }
    }
}
