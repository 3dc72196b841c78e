//! Amazon's notifications over SNS (protocols 5). Whoever can reach the address can post to it, so nothing is believed but
//! what a configured topic signed, lately, with a certificate from its own SNS host; what was believed acts once, however
//! often and in whatever order it comes, and by whichever way: posted, or from a queue.

pub mod arrivals;
pub mod certificate;
pub mod keys;
#[cfg(feature = "queue")]
pub mod queue;
pub mod saved;

use crate::config::SnsConfig;
use crate::error::{ApiError, Code, Problem};
use crate::extract::Envelope;
use crate::ids::Label;
use crate::state::{App, Shared};
use crate::store::StoreError;
use crate::store::heard::{Hear, Heard, Word};
use anyhow::Context;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use certificate::{NotBelieved, Trust};
use keys::{Keys, NoKey};
#[cfg(feature = "queue")]
use queue::Queue;
use refill_domain::sns::{
    Accepted, Arrival, Headers, Policy, Refused, Told, TopicArn, judge, read_envelope, read_notification,
};
use tokio::sync::Notify;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What listening to SNS needs.
pub struct Sns {
    policy: Policy,
    keys: Keys,
    http: reqwest::Client,
    /// How the consumer of the queue stands.
    #[cfg(feature = "queue")]
    pub queue: Queue,
    /// An order may have become due sooner than was thought.
    pub(crate) sooner: Notify,
}

impl Sns {
    /// By the settings.
    ///
    /// # Errors
    /// A topic or address in the settings can't be, or there is no TLS.
    pub fn new(config: &SnsConfig) -> anyhow::Result<Self> {
        let policy = config.policy()?;
        let trust = match &policy.rehearsal {
            Some(_) => Trust::Giver,
            None => Trust::Authorities(config.issuers()?),
        };
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .https_only(policy.rehearsal.is_none())
            .no_proxy()
            .timeout(keys::FETCH_TIME)
            .build()
            .context("Prepare to fetch certificates")?;
        let keys = Keys::new(http.clone(), config.certificate_names.clone(), trust);
        if policy.rehearsal.is_some() {
            tracing::warn!(
                "REHEARSAL: a stand-in for SNS on this computer is believed. Never run a service like this."
            );
        }
        if policy.allow_raw {
            tracing::warn!("Raw delivery is allowed: messages without any signature are believed");
        }
        Ok(Self {
            policy,
            keys,
            http,
            #[cfg(feature = "queue")]
            queue: Queue::default(),
            sooner: Notify::new(),
        })
    }
}

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(listen))
}

/// Why a message was not taken in.
#[derive(Debug)]
pub(crate) enum NotTaken {
    /// It is no message of SNS.
    Unreadable(String),
    /// It is not believed.
    Refused {
        /// A stable name of the reason.
        code: &'static str,
        /// The reason.
        why: String,
        /// Nothing done here can change that: it was forged or broken. Otherwise a setting or a clock may be wrong.
        #[cfg_attr(not(feature = "queue"), expect(dead_code, reason = "only a queue keeps messages"))]
        forever: bool,
    },
    /// It can't be judged or acted upon now; it is to come again.
    Later(String),
    /// It was believed, but not stored.
    Failed(ApiError),
}

impl From<Refused> for NotTaken {
    fn from(why: Refused) -> Self {
        let forever = matches!(why, Refused::Headers | Refused::CertificateUrl | Refused::Form);
        Self::Refused { code: why.code(), why: why.to_string(), forever }
    }
}

impl From<NotBelieved> for NotTaken {
    fn from(why: NotBelieved) -> Self {
        let forever = why == NotBelieved::Signature;
        Self::Refused { code: why.code(), why: why.to_string(), forever }
    }
}

impl From<NoKey> for NotTaken {
    fn from(why: NoKey) -> Self {
        match why {
            NoKey::NotBelieved(why) => why.into(),
            NoKey::Unreachable | NoKey::Busy => Self::Later(why.to_string()),
        }
    }
}

impl From<StoreError> for NotTaken {
    fn from(cause: StoreError) -> Self {
        Self::Failed(cause.into())
    }
}

impl From<NotTaken> for ApiError {
    fn from(why: NotTaken) -> Self {
        match why {
            NotTaken::Unreadable(why) => Self::new(Code::InvalidBody, format!("{why}.")),
            NotTaken::Refused { code, why, .. } => {
                tracing::warn!(sns.refused = code, "A message was refused");
                Self::new(Code::Forbidden, format!("Refused ({code}): {why}."))
            }
            NotTaken::Later(why) => {
                let mut error = Self::new(Code::Unavailable, format!("Send it again: {why}."));
                error.retry_after = Some(20);
                error
            }
            NotTaken::Failed(error) => error,
        }
    }
}

/// Takes a message of SNS. Believed only if a configured topic signed it; the same again is harmless.
#[utoipa::path(post, path = "/sns", tag = "amazon", request_body(content = String, content_type = "text/plain"),
    responses((status = 204, description = "Taken in, now or before"), (status = 400, body = Problem),
              (status = 403, body = Problem), (status = 413, body = Problem), (status = 503, body = Problem)))]
async fn listen(
    State(app): State<Shared>,
    headers: HeaderMap,
    Envelope(body): Envelope,
) -> Result<StatusCode, ApiError> {
    let taken = posted(&app, &headers, &body).await;
    app.metrics.notified("https", taken.as_ref().err());
    taken?;
    Ok(StatusCode::NO_CONTENT)
}

async fn posted(app: &App, headers: &HeaderMap, body: &[u8]) -> Result<(), NotTaken> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let told = Headers {
        kind: header("x-amz-sns-message-type"),
        topic: header("x-amz-sns-topic-arn"),
        raw: header("x-amz-sns-rawdelivery"),
    };
    if told.raw(&app.sns.policy)? {
        let of = |topic: &&TopicArn| Some(topic.as_str()) == told.topic;
        app.sns.policy.topics.iter().find(of).ok_or(Refused::Topic)?;
        let id = header("x-amz-sns-message-id").filter(|id| (1..=100).contains(&id.len()));
        let message =
            std::str::from_utf8(body).map_err(|_| NotTaken::Unreadable("This is no text".into()))?;
        return take_in(app, id.ok_or(Refused::Form)?, message, None).await;
    }
    take(app, told, body, Arrival::Https).await
}

/// Judges a signed message and acts on it.
async fn take(app: &App, told: Headers<'_>, body: &[u8], arrival: Arrival) -> Result<(), NotTaken> {
    let (sns, now) = (&app.sns, app.clock.now());
    let envelope = read_envelope(body).map_err(|why| NotTaken::Unreadable(why.to_string()))?;
    let claim = judge(&envelope, told, &sns.policy, arrival, now)?;
    sns.keys.get(&claim.certificate_url, now).await?.verify(&claim, now)?;
    match claim.verified() {
        Accepted::Notification { message_id, message, version, .. } => {
            take_in(app, &message_id, &message, version.as_deref()).await?;
        }
        Accepted::Confirm { topic, url } => {
            let later = |why: &str| NotTaken::Later(why.to_owned());
            let answer = sns.http.get(url).send().await.map_err(|_| later("SNS could not be reached"))?;
            if !answer.status().is_success() {
                return Err(later("SNS did not confirm the subscription"));
            }
            tracing::info!(sns.topic = %topic, "The subscription to a topic is confirmed");
        }
        Accepted::Unsubscribed { topic } => {
            tracing::error!(sns.topic = %topic, "A topic will not be sent here any more; subscribe again if nobody meant that");
        }
    }
    Ok(())
}

/// Takes in a message that was believed. What is about no device here, or can't be read, is kept aside.
async fn take_in(app: &App, id: &str, message: &str, version: Option<&str>) -> Result<(), NotTaken> {
    let now = app.clock.now_ms();
    let notification = match read_notification(message, version) {
        Ok(notification) => Some(notification),
        Err(why) => {
            tracing::warn!(sns.message = id, sns.why = %why, "A message can't be read; it is kept aside");
            None
        }
    };
    let number = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<Label>().ok());
    let of = notification.as_ref().and_then(|of| number(&of.model).zip(number(&of.serial)));
    let ended = notification.as_ref().is_some_and(|of| of.told == Told::DeviceDeregistered);
    let owner = match of {
        Some((model, serial)) => app.store.whose(model, serial).await?,
        None => None,
    };
    let heard = match (owner, notification) {
        (Some((account, device)), Some(notification)) => {
            let word = Word::Told { message: id.to_owned(), notification: Box::new(notification) };
            app.store.hear(Hear { account, device, word, now }).await?
        }
        _ => Heard::NoDevice,
    };
    match heard {
        Heard::New => {
            app.sns.sooner.notify_one();
            app.drs.sooner.notify_one();
        }
        Heard::Repeated => tracing::debug!(sns.message = id, "A message came again"),
        // What we took out ourselves needs no keeping.
        Heard::NoDevice if ended => {
            tracing::debug!(sns.message = id, "A device that is gone here is gone there");
        }
        Heard::NoDevice => {
            tracing::warn!(sns.message = id, "A message is about no device here; it is kept aside");
            app.store.put_stray(id.to_owned(), message.to_owned(), now).await?;
        }
    }
    Ok(())
}
