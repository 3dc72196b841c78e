//! What stands between the cloud and Amazon's side: every message goes through it, so that it can be looked at and a
//! deliberate fault be put into it. It listens on loopback alone and ends with its handle.

use crate::fault::{Fault, Playing};
use anyhow::Context as _;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Response, StatusCode};
use serde_json::Value;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Largest message: an `AddOrUpdateReport` has at most 256 KB (protocols 2.2).
const BODY_MAX: usize = 1024 * 1024;

#[derive(Debug, Default)]
struct Passing {
    fault: Option<Playing>,
    /// Answers to `Discover`, as Alexa got them.
    described: Vec<Value>,
}

struct Inner {
    amazon: OnceLock<String>,
    cloud: OnceLock<String>,
    http: reqwest::Client,
    passing: Mutex<Passing>,
}

impl Inner {
    fn passing(&self) -> MutexGuard<'_, Passing> {
        self.passing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The handle.
pub struct Between {
    inner: Arc<Inner>,
    base: String,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Between {
    /// Listens on a free port.
    ///
    /// # Errors
    /// No port can be had.
    pub async fn start(fault: Option<Fault>) -> anyhow::Result<Self> {
        let http =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build()?;
        let passing = Mutex::new(Passing { fault: fault.map(Playing::new), described: Vec::new() });
        let inner = Arc::new(Inner { amazon: OnceLock::new(), cloud: OnceLock::new(), http, passing });
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let base = format!("http://{}", listener.local_addr()?);
        let router = Router::new().fallback(pass).with_state(Arc::clone(&inner));
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let stopped = stop.clone();
        tasks.spawn(async move {
            let serve = axum::serve(listener, router);
            // It ends when it is told to, whatever its connections do.
            tokio::select! { () = stopped.cancelled() => {}, _ = serve => {} }
        });
        Ok(Self { inner, base, stop, tasks })
    }

    /// Its address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Says where the two are.
    pub fn leads(&self, amazon: &str, cloud: &str) {
        // Told once, before anything passes.
        let _ = self.inner.amazon.set(amazon.to_owned());
        let _ = self.inner.cloud.set(cloud.to_owned());
    }

    /// The answers to `Discover` since the last look, as Alexa got them.
    pub fn described(&self) -> Vec<Value> {
        std::mem::take(&mut self.inner.passing().described)
    }

    /// Ends.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

async fn pass(State(inner): State<Arc<Inner>>, request: Request) -> Response<Body> {
    match passed(&inner, request).await {
        Ok(answer) => answer,
        Err(why) => {
            let mut answer = Response::new(Body::from(why.to_string()));
            *answer.status_mut() = StatusCode::BAD_GATEWAY;
            answer
        }
    }
}

async fn passed(inner: &Inner, request: Request) -> anyhow::Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_MAX).await?;
    let path = parts.uri.path();
    if let Some(rest) = path.strip_prefix("/amazon") {
        let to = format!("{}{rest}", inner.amazon.get().context("Nobody said where Amazon is")?);
        let sent = told(inner, &body);
        // What is kept back was taken as far as the cloud can see.
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = StatusCode::ACCEPTED;
        for one in sent {
            let (status, body) = forward(inner, &parts.method, &to, &parts.headers, one).await?;
            answer = Response::new(Body::from(body));
            *answer.status_mut() = status;
        }
        return Ok(answer);
    }
    let rest = path.strip_prefix("/cloud").context("Neither way")?;
    let to = format!("{}{rest}", inner.cloud.get().context("Nobody said where the cloud is")?);
    let (status, answer) = forward(inner, &parts.method, &to, &parts.headers, body.to_vec()).await?;
    let answer = asked(inner, &answer);
    let mut response = Response::new(Body::from(answer));
    *response.status_mut() = status;
    Ok(response)
}

/// What goes on to Amazon for a message of the cloud's.
fn told(inner: &Inner, body: &Bytes) -> Vec<Vec<u8>> {
    let Ok(message) = serde_json::from_slice::<Value>(body) else { return vec![body.to_vec()] };
    let mut passing = inner.passing();
    let Some(fault) = &mut passing.fault else { return vec![body.to_vec()] };
    fault.told(message).iter().map(|message| message.to_string().into_bytes()).collect()
}

/// What goes back to Alexa for an answer of the skill's.
fn asked(inner: &Inner, body: &[u8]) -> Vec<u8> {
    let Ok(mut message) = serde_json::from_slice::<Value>(body) else { return body.to_vec() };
    if message["event"]["header"]["name"] != "Discover.Response" {
        return body.to_vec();
    }
    let mut passing = inner.passing();
    if let Some(fault) = &mut passing.fault {
        fault.described(&mut message);
    }
    let text = message.to_string().into_bytes();
    passing.described.push(message);
    text
}

async fn forward(
    inner: &Inner,
    method: &Method,
    to: &str,
    headers: &HeaderMap,
    body: Vec<u8>,
) -> anyhow::Result<(StatusCode, Bytes)> {
    let mut asked = inner.http.request(method.clone(), to);
    for name in ["authorization", "content-type", "accept"] {
        if let Some(value) = headers.get(name) {
            asked = asked.header(name, value);
        }
    }
    let answer = asked.body(body).send().await?;
    Ok((answer.status(), answer.bytes().await?))
}
