//! Listening: all parts on one loopback address, requests bounded, foreign `Host` names refused (a page in a browser must not
//! reach the sandbox by a name that resolves to this computer), faults played and everything recorded in one place.

use crate::board::{self, Fault};
use crate::config::Region;
use crate::record::{Draft, Verdict, kept};
use crate::sandbox::{Sandbox, is_loopback};
use crate::{dash, drs, gateway, lwa, reply, skill, sns};
use anyhow::Context as _;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Response};
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::{any, get, post};
use hyper::body::Frame;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;
use url::Url;

/// Largest request that is read at all.
const BODY_MAX: usize = 2 * 1024 * 1024;

/// The connection is to be closed without an answer.
#[derive(Debug, Clone, Copy)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection is cut, as was planned")
    }
}

impl std::error::Error for Cut {}

/// A sandbox that listens.
pub struct Running {
    /// The handle on it.
    pub sandbox: Sandbox,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Running {
    /// Closes every connection and ends.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// Listens at an address; port 0 takes a free one.
///
/// # Errors
/// The address is taken, or is not of this computer and `public` is not set.
pub async fn start(sandbox: Sandbox, address: SocketAddr, public: bool) -> anyhow::Result<Running> {
    if !public && !address.ip().is_loopback() {
        anyhow::bail!(
            "{address} is not of this computer; --public lets everybody in the network use the sandbox"
        );
    }
    let listener =
        TcpListener::bind(address).await.with_context(|| format!("{address} can't be listened at"))?;
    sandbox.listens_at(format!("http://{}", listener.local_addr()?));
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let pump = sandbox.clone();
    let stopped = stop.clone();
    tasks.spawn(async move { pump.run(stopped).await });
    let router = router(&sandbox, public);
    let (stopped, tracked) = (stop.clone(), tasks.clone());
    tasks.spawn(async move {
        loop {
            let stream = tokio::select! {
                () = stopped.cancelled() => return,
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    // Out of descriptors, mostly: others are served meanwhile.
                    Err(_) => {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    }
                },
            };
            let (router, stopped) = (router.clone(), stopped.clone());
            tracked.spawn(async move {
                let service = hyper::service::service_fn(move |request: hyper::Request<_>| {
                    let router = router.clone();
                    async move {
                        let Ok(response) = router.oneshot(request.map(Body::new)).await;
                        if response.extensions().get::<Cut>().is_some() { Err(Cut) } else { Ok(response) }
                    }
                });
                let served = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service);
                // A connection that breaks concerns its peer alone.
                tokio::select! { () = stopped.cancelled() => {}, _ = served => {} }
            });
        }
    });
    Ok(Running { sandbox, stop, tasks })
}

/// Where everything is, for whoever starts it.
pub fn addresses(sandbox: &Sandbox) -> Value {
    let base = sandbox.base();
    let region = |name: &str| format!("{base}/{name}");
    json!({
        "base": base,
        "gateway": {"na": region("na"), "eu": region("eu"), "fe": region("fe")},
        "lwa": {"authorize": format!("{base}/ap/oa"), "token": format!("{base}/auth/o2/token")},
        "drs": base,
        "sns": {
            "service": format!("{base}/sns"),
            "topic": sandbox.state().config.topic.arn,
            "certificate": format!("{base}/sns{}", sns::CERTIFICATE_PATH),
        },
        "dash": base,
        "board": format!("{base}/_board"),
    })
}

fn regional(region: Region) -> Router<Sandbox> {
    let events = move |State(sandbox): State<Sandbox>, headers: HeaderMap, body: Bytes| async move {
        gateway::events(&sandbox, region, &headers, &body)
    };
    let endpoint =
        async |State(sandbox): State<Sandbox>, headers: HeaderMap| skill::endpoint(&sandbox, &headers);
    let status = move |State(sandbox): State<Sandbox>, Path(id): Path<String>, headers: HeaderMap| async move {
        skill::status(&sandbox, region, &id, &headers)
    };
    let disable = move |State(sandbox): State<Sandbox>, Path(id): Path<String>, headers: HeaderMap| async move {
        skill::disable(&sandbox, region, &id, &headers)
    };
    let enable = move |State(sandbox): State<Sandbox>,
                       Path(id): Path<String>,
                       headers: HeaderMap,
                       body: Bytes| async move {
        skill::enable(&sandbox, region, &id, &headers, &body).await
    };
    Router::new()
        .route("/v3/events", post(events))
        .route("/v1/alexaApiEndpoint", get(endpoint))
        .route("/v1/users/~current/skills/{skill}/enablement", get(status).post(enable).delete(disable))
}

fn router(sandbox: &Sandbox, public: bool) -> Router {
    let amazon = Router::new()
        .merge(regional(Region::Na))
        .nest("/na", regional(Region::Na))
        .nest("/eu", regional(Region::Eu))
        .nest("/fe", regional(Region::Fe))
        .route("/ap/oa", get(lwa::authorize).post(lwa::authorize))
        .route("/auth/o2/token", post(lwa::token))
        .route("/auth/O2/token", post(lwa::token))
        .route("/sns/", get(sns::api).post(sns::api))
        .route(&format!("/sns{}", sns::CERTIFICATE_PATH), get(sns::certificate))
        .route("/drs/partner/page/{kind}", get(dash::partner))
        .route("/dart_device_list", get(dash::devices))
        .route("/settings", get(dash::settings))
        .route("/api/skill/link/{vendor}", get(skill::returned))
        .fallback(any(drs::call))
        .layer(from_fn_with_state(sandbox.clone(), played));
    Router::new()
        .nest("/_board", board::router())
        .merge(amazon)
        .layer(from_fn_with_state(public, named))
        .with_state(sandbox.clone())
}

/// Refuses foreign host names, and pages of other sites that post here without being able to read the answer.
async fn named(State(public): State<bool>, request: Request, next: Next) -> Response<Body> {
    let host = request.headers().get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let ours = Url::parse(&format!("http://{host}")).is_ok_and(|url| is_loopback(&url));
    if !public && !ours {
        return reply::json(
            421,
            &json!({"error": "Host: the sandbox answers to addresses of this computer only"}),
        );
    }
    let origin = request.headers().get("origin").map(|origin| origin.to_str().unwrap_or_default());
    if !public && origin.is_some_and(|origin| !Url::parse(origin).is_ok_and(|url| is_loopback(&url))) {
        return reply::json(
            403,
            &json!({"error": "Origin: the sandbox answers to pages of this computer only"}),
        );
    }
    next.run(request).await
}

/// Which part a path belongs to, as faults and the record name it.
fn part(path: &str) -> &'static str {
    let bare = ["/na/", "/eu/", "/fe/"]
        .iter()
        .find(|region| path.starts_with(**region))
        .map_or(path, |_| &path[3..]);
    match bare.split('/').nth(1).unwrap_or_default() {
        "v3" => "gateway",
        "v1" if bare.ends_with("/alexaApiEndpoint") => "skill.endpoint",
        "v1" => "skill.enablement",
        "api" => "skill.link",
        "ap" => "lwa.authorize",
        "auth" => "lwa.token",
        "sns" => "sns.api",
        "drs" | "dart_device_list" | "settings" => "dash",
        "replenish" => "drs.replenish",
        "slotStatus" => "drs.slotStatus",
        "deviceStatus" => "drs.deviceStatus",
        "subscriptionInfo" => "drs.subscriptionInfo",
        "getOrderInfo" => "drs.getOrderInfo",
        "registration" | "deviceModels" => "drs.deregister",
        "testOrders" => "drs.testOrders",
        _ => "drs.unknown",
    }
}

/// An error in the shape of a part.
fn shaped(part: &str, status: u16, code: Option<&str>) -> Response<Body> {
    let of_table = || gateway::CODES.iter().find(|(_, of)| *of == status).map(|(name, _)| *name);
    match part.split('.').next() {
        Some("gateway") => {
            let code = code.or_else(of_table).unwrap_or("INTERNAL_SERVICE_EXCEPTION");
            reply::json(status, &gateway::exception(code, "a fault that was planned on the board"))
        }
        Some("lwa") => {
            let code = code.unwrap_or(if status < 500 { "invalid_grant" } else { "server_error" });
            reply::json(
                status,
                &json!({"error": code, "error_description": "a fault that was planned on the board"}),
            )
        }
        Some("drs") => drs::error(
            status,
            code.unwrap_or("InternalServerException"),
            "a fault that was planned on the board",
        ),
        _ => reply::json(status, &json!({"message": "a fault that was planned on the board"})),
    }
}

/// Reads the request, plays its fault, and records how it ended.
async fn played(State(sandbox): State<Sandbox>, request: Request, next: Next) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let part = part(parts.uri.path());
    let Ok(body) = to_bytes(body, BODY_MAX).await else {
        return shaped(part, 413, Some("REQUEST_ENTITY_TOO_LARGE_EXCEPTION"));
    };
    let draft = Draft {
        sent: false,
        route: part.to_owned(),
        method: parts.method.to_string(),
        target: parts.uri.to_string(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body: kept(&body),
    };
    let customer = sandbox.customer_of(&parts.headers);
    let fault = sandbox.state().faults.take(part, customer.as_deref());
    let undone = |sandbox: &Sandbox, draft: Draft, status: Option<u16>, name: &str| {
        let verdict = Verdict { customer: customer.clone(), refused: None, fault: Some(name.to_owned()) };
        sandbox.note(draft, status, verdict);
    };
    match &fault {
        Some((_, Fault::Cut)) => {
            undone(&sandbox, draft, None, "cut");
            return cut();
        }
        Some((_, Fault::Answer { status, code, retry_after })) => {
            undone(&sandbox, draft, Some(*status), "answer");
            let response = shaped(part, *status, code.as_deref());
            return match retry_after {
                Some(seconds) => reply::header(response, "retry-after", &seconds.to_string()),
                None => response,
            };
        }
        Some((_, Fault::Delay { millis })) => tokio::time::sleep(Duration::from_millis(*millis)).await,
        Some((id, Fault::Hold)) => sandbox.released(*id).await,
        _ => {}
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let mut verdict = response.extensions().get::<Verdict>().cloned().unwrap_or_default();
    verdict.customer = verdict.customer.or(customer.clone());
    verdict.fault = fault.as_ref().map(|(_, fault)| fault.name().to_owned());
    let fault = fault.map(|(_, fault)| fault);
    let reached = !matches!(fault, Some(Fault::Drop));
    sandbox.note(draft, reached.then(|| response.status().as_u16()), verdict);
    match fault {
        Some(Fault::Drop) => cut(),
        Some(Fault::Half) => half(response).await,
        _ => response,
    }
}

fn cut() -> Response<Body> {
    let mut response = reply::empty(500);
    response.extensions_mut().insert(Cut);
    response
}

/// The answer up to its middle; an answer without a body never arrives.
async fn half(response: Response<Body>) -> Response<Body> {
    let (parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    if whole.is_empty() {
        return cut();
    }
    let length = whole.len();
    let body = Body::new(Half(Some(whole.slice(..length / 2)), length as u64));
    Response::from_parts(parts, body)
}

/// A body that promises more than it gives.
struct Half(Option<Bytes>, u64);

impl HttpBody for Half {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        Poll::Ready(Some(self.0.take().map_or(Err(Cut), |bytes| Ok(Frame::data(bytes)))))
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        hyper::body::SizeHint::with_exact(self.1)
    }
}
