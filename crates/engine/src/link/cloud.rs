//! The maker's cloud over HTTP: whose account, devices, entries out and in, and the feed. Answers are read up to a bound,
//! nothing is followed elsewhere, and what an answer means for the next step is said once, in [`Trouble`].

pub mod desk;
pub mod models;
pub mod support;

use super::frames::{BadStream, Frame, Frames};
use super::server::Server;
use crate::error::{Code, Error};
use refill_domain::secret::Secret;
use refill_domain::wire::{Everything, Me, Page, SentPage, SentWhole, Verdicts};
use reqwest::{Method, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::VecDeque;
use std::time::Duration;
use uuid::Uuid;

/// Longest answer, in bytes: a page of 1,000 entries has some 500 kB.
const ANSWER_MAX: usize = 8 * 1024 * 1024;

/// How long an answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// How long an answer may take that the cloud has to ask others for.
const ANSWER_MOST: Duration = Duration::from_secs(60);

/// How long the feed may be silent: three signs of life of the cloud (`reliability.md` E4).
const SILENCE: Duration = Duration::from_secs(45);

/// Longest wait that a server may ask for, in seconds (`reliability.md` O1).
const WAIT_MAX: u64 = 3600;

/// What an unsuccessful call means.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The access token is no longer good.
    #[error("the access token has ended")]
    Token,
    /// The cursor is older than what the cloud keeps, or the cloud was set back.
    #[error("the cloud keeps no changes from there on")]
    Gone,
    /// Not now: after so many seconds, if the cloud said.
    #[error("the cloud asks to wait (HTTP {status})")]
    Wait {
        /// Its answer.
        status: u16,
        /// Seconds, at most an hour.
        after: Option<u64>,
    },
    /// The cloud does not take what was sent, and would not later.
    #[error("the cloud refused (HTTP {status}): {detail}")]
    Refused {
        /// Its answer.
        status: u16,
        /// Why, in its words.
        detail: String,
    },
    /// It can't be reached.
    #[error("the cloud can't be reached: {0}")]
    Away(#[source] reqwest::Error),
    /// It answers what can't be understood.
    #[error("the cloud's answer can't be understood: {0}")]
    Odd(String),
}

impl Trouble {
    /// As it is told to whoever asked for something that has no better word for it.
    pub fn told(self) -> Error {
        let (code, message) = match self {
            Self::Refused { .. } => (Code::Refused, "The maker’s cloud refused this."),
            _ => (Code::Unreachable, "The maker’s cloud can’t be reached now. Try again when it is."),
        };
        Error::new(code, message).caused_by(self)
    }
}

/// One account at one cloud.
#[derive(Debug, Clone)]
pub struct Cloud {
    http: reqwest::Client,
    server: Server,
}

impl Cloud {
    /// Speaks to a server.
    ///
    /// # Errors
    /// The system has no TLS.
    pub fn new(server: Server) -> Result<Self, reqwest::Error> {
        Ok(Self { http: server.client().connect_timeout(Duration::from_secs(10)).build()?, server })
    }

    fn ask(&self, method: Method, path: &str, token: &Secret) -> reqwest::RequestBuilder {
        self.http.request(method, self.server.at(path)).bearer_auth(token.expose())
    }

    /// Whose account it is.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn me(&self, token: &Secret) -> Result<Me, Trouble> {
        json(self.ask(Method::GET, "/v1/me", token)).await
    }

    /// How everything stands, entries aside.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn everything(&self, token: &Secret) -> Result<Everything, Trouble> {
        json(self.ask(Method::GET, "/v1/state", token)).await
    }

    /// Entries after a number.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn entries(&self, token: &Secret, after: u64) -> Result<Page, Trouble> {
        json(self.ask(Method::GET, &format!("/v1/entries?after={after}"), token)).await
    }

    /// Sends entries as they are written, a comma between; verdicts come in their order.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn send(&self, token: &Secret, entries: &str) -> Result<Verdicts, Trouble> {
        let body = format!("{{\"entries\":[{entries}]}}");
        let request = self.ask(Method::POST, "/v1/entries", token);
        json(request.header("content-type", "application/json").body(body)).await
    }

    /// Messages to Alexa, the newest first, from one place on.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn reports(&self, token: &Secret, before: Option<i64>) -> Result<SentPage, Trouble> {
        let path = before.map_or("/v1/reports".into(), |place| format!("/v1/reports?before={place}"));
        json(self.ask(Method::GET, &path, token)).await
    }

    /// One message to Alexa.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn report(&self, token: &Secret, id: Uuid) -> Result<SentWhole, Trouble> {
        json(self.ask(Method::GET, &format!("/v1/reports/{id}"), token)).await
    }

    /// Sends a message again that was put aside, or puts it away.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn settle_report(&self, token: &Secret, id: Uuid, retry: bool) -> Result<(), Trouble> {
        let act = if retry { "retry" } else { "discard" };
        let request = self.ask(Method::POST, &format!("/v1/reports/{id}/{act}"), token);
        judged(request.timeout(ANSWER_WITHIN).send().await.map_err(away)?).await.map(drop)
    }

    /// Lets messages to Alexa go on that were stopped, once the reason is gone.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn resume_alexa(&self, token: &Secret) -> Result<(), Trouble> {
        let request = self.ask(Method::POST, "/v1/alexa/resume", token);
        judged(request.timeout(ANSWER_WITHIN).send().await.map_err(away)?).await.map(drop)
    }

    /// Asks for something without a body: the answer, nothing where there is none.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn question(&self, token: &Secret, method: Method, path: &str) -> Result<Value, Trouble> {
        let request = self.ask(method, path, token).timeout(ANSWER_MOST);
        let body = read(judged(request.send().await.map_err(away)?).await?, ANSWER_MAX).await?;
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body).map_err(|why| Trouble::Odd(why.to_string()))
    }

    /// The feed after a change.
    ///
    /// # Errors
    /// As [`Trouble`].
    pub async fn feed(&self, token: &Secret, after: u64) -> Result<Feed, Trouble> {
        let request = self.ask(Method::GET, "/v1/feed", token).header("last-event-id", after);
        let answer = tokio::time::timeout(ANSWER_WITHIN, request.send()).await;
        let answer = answer.map_err(|_| Trouble::Odd("it does not answer".into()))?.map_err(away)?;
        let response = judged(answer).await?;
        Ok(Feed { response, frames: Frames::default(), ready: VecDeque::new() })
    }
}

/// An open feed.
#[derive(Debug)]
pub struct Feed {
    response: Response,
    frames: Frames,
    ready: VecDeque<Frame>,
}

impl Feed {
    /// The next frame; none when the feed has ended. May be dropped while it waits without losing anything.
    ///
    /// # Errors
    /// Silence, a cut connection, or what is no feed.
    pub async fn next(&mut self) -> Result<Option<Frame>, Trouble> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                return Ok(Some(frame));
            }
            let bytes = tokio::time::timeout(SILENCE, self.response.chunk()).await;
            let bytes = bytes.map_err(|_| Trouble::Odd("the feed is silent".into()))?.map_err(away)?;
            let Some(bytes) = bytes else { return Ok(None) };
            let odd = |why: BadStream| Trouble::Odd(why.to_string());
            self.ready.extend(self.frames.take(&bytes).map_err(odd)?);
        }
    }
}

fn away(why: reqwest::Error) -> Trouble {
    Trouble::Away(why.without_url())
}

async fn json<T: DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<T, Trouble> {
    parsed(judged(request.timeout(ANSWER_WITHIN).send().await.map_err(away)?).await?).await
}

async fn parsed<T: DeserializeOwned>(answer: Response) -> Result<T, Trouble> {
    let body = read(answer, ANSWER_MAX).await?;
    serde_json::from_slice(&body).map_err(|why| Trouble::Odd(why.to_string()))
}

async fn read(mut answer: Response, most: usize) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(away)? {
        body.extend_from_slice(&part);
        if body.len() > most {
            return Err(Trouble::Odd(format!("more than {most} bytes")));
        }
    }
    Ok(body)
}

/// What the status means; the answer itself where it is a success.
async fn judged(answer: Response) -> Result<Response, Trouble> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let after =
        answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let after = after.map(|seconds| seconds.min(WAIT_MAX));
    Err(match status {
        StatusCode::UNAUTHORIZED => Trouble::Token,
        StatusCode::GONE => Trouble::Gone,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
            Trouble::Wait { status: status.as_u16(), after }
        }
        _ if status.is_server_error() => Trouble::Wait { status: status.as_u16(), after },
        _ => {
            let body = read(answer, 64 * 1024).await.unwrap_or_default();
            let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
            let detail = problem.get("detail").and_then(|detail| detail.as_str()).unwrap_or_default();
            let words = detail.chars().filter(|c| !c.is_control()).take(300);
            Trouble::Refused { status: status.as_u16(), detail: words.collect() }
        }
    })
}
