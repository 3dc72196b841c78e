//! Bare axum: JSON in and the same out, and server-sent events of a broadcast, as axum's documentation writes them.

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::stream::{Stream, unfold};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast;

/// Seconds between signs of life, as in ours.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// An event of a device, as it is sent to ours.
#[derive(Serialize, Deserialize)]
struct Said {
    id: String,
    instance: String,
    observed_at: String,
    kind: Kind,
}

#[derive(Serialize, Deserialize)]
struct Kind {
    kind: String,
    amount: Amount,
}

#[derive(Serialize, Deserialize)]
struct Amount {
    milli: i64,
    unit: String,
}

#[tokio::main]
pub async fn serve() -> anyhow::Result<()> {
    let (changes, _) = broadcast::channel::<String>(1024);
    let router = Router::new()
        .route("/echo", post(async |Json(said): Json<Said>| Json(said)))
        .route("/change", post(change))
        .route("/feed", get(feed))
        .with_state(changes);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("http://{}/", listener.local_addr()?);
    axum::serve(listener, router).await?;
    Ok(())
}

async fn change(State(changes): State<broadcast::Sender<String>>, body: String) -> Json<bool> {
    Json(changes.send(body).is_ok())
}

async fn feed(
    State(changes): State<broadcast::Sender<String>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let stream = unfold(changes.subscribe(), async |mut changes| {
        let body = changes.recv().await.ok()?;
        Some((Ok(Event::default().event("entry").data(body)), changes))
    });
    Sse::new(stream).keep_alive(KeepAlive::new().interval(HEARTBEAT))
}
