//! Amazon's notifications over SNS (protocols 5). Whoever can reach the address can post to it, so nothing is believed but
//! what a configured topic signed, lately, with a certificate from its own SNS host; what was believed acts once, however
//! often and in whatever order it comes.

pub mod arrivals;
pub mod certificate;
pub mod keys;
pub mod saved;

use crate::config::SnsConfig;
use crate::error::{ApiError, Code, Problem};
use crate::extract::Envelope;
use crate::ids::Label;
use crate::state::{App, Shared};
use crate::store::heard::{Hear, Heard, Word};
use anyhow::Context;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use certificate::Trust;
use keys::{Keys, NoKey};
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
        Ok(Self { policy, keys, http, sooner: Notify::new() })
    }
}

/// The routes.
pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(listen))
}

fn refused(code: &str, why: &impl ToString) -> ApiError {
    tracing::warn!(sns.refused = code, "A message was refused");
    let why = why.to_string();
    ApiError::new(Code::Forbidden, format!("Refused ({code}): {why}."))
}

fn later(why: &impl ToString) -> ApiError {
    let mut error = ApiError::new(Code::Unavailable, format!("Send it again: {}.", why.to_string()));
    error.retry_after = Some(20);
    error
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
    let (sns, now) = (&app.sns, app.clock.now());
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let told = Headers {
        kind: header("x-amz-sns-message-type"),
        topic: header("x-amz-sns-topic-arn"),
        raw: header("x-amz-sns-rawdelivery"),
    };
    if told.raw(&sns.policy).map_err(|why| refused(why.code(), &why))? {
        let of = |topic: &&TopicArn| Some(topic.as_str()) == told.topic;
        let topic = sns.policy.topics.iter().find(of).ok_or(Refused::Topic);
        topic.map_err(|why| refused(why.code(), &why))?;
        let id = header("x-amz-sns-message-id").filter(|id| (1..=100).contains(&id.len()));
        let id = id.ok_or_else(|| refused(Refused::Form.code(), &Refused::Form))?;
        let message = String::from_utf8(body.into());
        let message = message.map_err(|_| ApiError::new(Code::InvalidBody, "This is no text."))?;
        take_in(&app, id, &message, None).await?;
        return Ok(StatusCode::NO_CONTENT);
    }
    let envelope = read_envelope(&body).map_err(|why| ApiError::new(Code::InvalidBody, format!("{why}.")))?;
    let claim = judge(&envelope, told, &sns.policy, Arrival::Https, now);
    let claim = claim.map_err(|why| refused(why.code(), &why))?;
    let key = sns.keys.get(&claim.certificate_url, now).await.map_err(|why| match why {
        NoKey::NotBelieved(why) => refused(why.code(), &why),
        NoKey::Unreachable | NoKey::Busy => later(&why),
    })?;
    key.verify(&claim, now).map_err(|why| refused(why.code(), &why))?;
    match claim.verified() {
        Accepted::Notification { message_id, message, version, .. } => {
            take_in(&app, &message_id, &message, version.as_deref()).await?;
        }
        Accepted::Confirm { topic, url } => {
            let answer = sns.http.get(url).send().await.map_err(|_| later(&"SNS could not be reached"))?;
            if !answer.status().is_success() {
                return Err(later(&"SNS did not confirm the subscription"));
            }
            tracing::info!(sns.topic = %topic, "The subscription to a topic is confirmed");
        }
        Accepted::Unsubscribed { topic } => {
            tracing::error!(sns.topic = %topic, "A topic will not be sent here any more; subscribe again if nobody meant that");
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Takes in a message that was believed. What is about no device here, or can't be read, is kept aside.
async fn take_in(app: &App, id: &str, message: &str, version: Option<&str>) -> Result<(), ApiError> {
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
