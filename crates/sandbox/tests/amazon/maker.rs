//! A maker on loopback: takes notifications, answers directives, and gives tokens. What it answers is set by the test.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::task::JoinSet;

/// A request that came.
#[derive(Debug, Clone)]
pub struct Came {
    pub headers: HeaderMap,
    pub body: String,
}

impl Came {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|why| panic!("{why} in {:?}", self.body))
    }
}

type Answering = dyn Fn(&Value) -> Value + Send + Sync;

struct Inner {
    notified: Mutex<Vec<Came>>,
    statuses: Mutex<Vec<u16>>,
    asked: Mutex<Vec<Value>>,
    forms: Mutex<Vec<Came>>,
    tokens: Mutex<Value>,
    answer: Mutex<Arc<Answering>>,
    /// Where `AcceptGrant` codes are exchanged, and with what; none leaves them unexchanged.
    exchange: Mutex<Option<(String, &'static str, &'static str)>>,
}

pub struct Maker {
    pub base: String,
    inner: Arc<Inner>,
    _tasks: JoinSet<()>,
}

impl Maker {
    pub async fn new() -> Self {
        let inner = Arc::new(Inner {
            notified: Mutex::default(),
            statuses: Mutex::default(),
            asked: Mutex::default(),
            forms: Mutex::default(),
            tokens: Mutex::new(json!({
                "access_token": "maker-token", "token_type": "Bearer", "expires_in": 600, "refresh_token": "maker-refresh",
            })),
            answer: Mutex::new(Arc::new(|_| json!({}))),
            exchange: Mutex::new(None),
        });
        let router = Router::new()
            .route("/sns", post(notified))
            .route("/skill", post(asked))
            .route("/token", post(token))
            .with_state(Arc::clone(&inner));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("listens");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.expect("serves") });
        Self { base, inner, _tasks: tasks }
    }

    /// Takes what was notified since last time.
    pub fn notified(&self) -> Vec<Came> {
        std::mem::take(&mut *self.inner.notified.lock().expect("a lock"))
    }

    /// The next notifications are answered so, then with 200.
    pub fn answers(&self, statuses: &[u16]) {
        *self.inner.statuses.lock().expect("a lock") = statuses.iter().rev().copied().collect();
    }

    /// Takes the directives that came.
    pub fn asked(&self) -> Vec<Value> {
        std::mem::take(&mut *self.inner.asked.lock().expect("a lock"))
    }

    /// Takes the token requests that came.
    pub fn forms(&self) -> Vec<Came> {
        std::mem::take(&mut *self.inner.forms.lock().expect("a lock"))
    }

    /// What the token endpoint gives.
    pub fn gives(&self, tokens: Value) {
        *self.inner.tokens.lock().expect("a lock") = tokens;
    }

    /// How directives are answered.
    pub fn says(&self, answer: impl Fn(&Value) -> Value + Send + Sync + 'static) {
        *self.inner.answer.lock().expect("a lock") = Arc::new(answer);
    }

    /// Where grants are exchanged before they are accepted.
    pub fn exchanges(&self, at: Option<(String, &'static str, &'static str)>) {
        *self.inner.exchange.lock().expect("a lock") = at;
    }
}

async fn notified(State(inner): State<Arc<Inner>>, headers: HeaderMap, body: String) -> StatusCode {
    inner.notified.lock().expect("a lock").push(Came { headers, body });
    let status = inner.statuses.lock().expect("a lock").pop();
    StatusCode::from_u16(status.unwrap_or(200)).expect("a status")
}

async fn asked(State(inner): State<Arc<Inner>>, body: Bytes) -> impl IntoResponse {
    let asked: Value = serde_json::from_slice(&body).expect("a directive");
    let exchange = inner.exchange.lock().expect("a lock").clone();
    if let (Some((url, id, secret)), Some(code)) =
        (exchange, asked.pointer("/directive/payload/grant/code").and_then(Value::as_str))
    {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("client_id", id),
            ("client_secret", secret),
        ];
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let back = http.post(url).form(&form).send().await.expect("an answer");
        assert_eq!(back.status(), 200, "{}", back.text().await.expect("text"));
    }
    let answer = Arc::clone(&inner.answer.lock().expect("a lock"));
    let said = answer(&asked);
    inner.asked.lock().expect("a lock").push(asked);
    Json(said)
}

async fn token(State(inner): State<Arc<Inner>>, headers: HeaderMap, body: String) -> impl IntoResponse {
    inner.forms.lock().expect("a lock").push(Came { headers, body });
    Json(inner.tokens.lock().expect("a lock").clone())
}
