//! Notifications from a queue of Amazon SQS that is subscribed to the topics: SNS tries an HTTPS address three times only,
//! a queue keeps them for days (performance, finding 7). Each message is judged by the code of the listener, whatever its
//! age, and leaves the queue after what it says is stored; taken in by both ways, it counts once. What was forged is
//! deleted, for nothing would make it true; what a setting, a clock or the network is in the way of stays in the queue,
//! and comes again until the queue's redrive policy puts it aside. Nothing here keeps the server from being ready.

use super::{NotTaken, take, take_in};
use crate::clock::apart;
use crate::config::QueueConfig;
use crate::state::{App, Shared};
use aws_config::{BehaviorVersion, Region};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::Credentials;
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message};
use refill_domain::sns::{Arrival, Headers, Refused, read_notification};
use std::time::Duration;
use tokio::sync::watch;

/// Messages of one request; SQS gives no more.
const BATCH: i32 = 10;

/// How long SQS may be silent beyond the time it was asked to wait.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often what SQS would not delete is tried again at once; after that it comes again, and is known.
const DELETE_TRIES: usize = 4;

/// How it stands with the queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueuePulse {
    /// Requests that SQS answered.
    pub answered: u64,
    /// Requests in a row that it did not.
    pub failures: u32,
}

/// What others see of the consumer.
#[derive(Debug, Default)]
pub struct Queue(watch::Sender<QueuePulse>);

impl Queue {
    /// How it stands, now and whenever that changes.
    pub fn pulse(&self) -> watch::Receiver<QueuePulse> {
        self.0.subscribe()
    }
}

/// Reads the queue until the server goes down.
pub async fn consume(app: Shared, config: QueueConfig) {
    let client = tokio::select! {
        () = app.stopping.cancelled() => return,
        client = client(&config) => client,
    };
    while !app.stopping.is_cancelled() {
        let asked = client
            .receive_message()
            .queue_url(&config.url)
            .max_number_of_messages(BATCH)
            .wait_time_seconds(i32::try_from(config.wait_seconds).unwrap_or(BATCH))
            .send();
        // Whatever an answer that is not waited for held comes again after the queue's visibility timeout.
        let answer = tokio::select! {
            () = app.stopping.cancelled() => return,
            answer = asked => answer,
        };
        match answer {
            Ok(answer) => {
                reached(&app);
                settle(&app, &client, &config.url, answer.messages.unwrap_or_default()).await;
            }
            Err(cause) => {
                let failures = failed(&app, &cause);
                tokio::select! {
                    () = app.stopping.cancelled() => return,
                    () = app.clock.sleep_until(app.clock.now() + apart(failures)) => {}
                }
            }
        }
    }
}

fn reached(app: &App) {
    app.metrics.queue.set(1);
    app.sns.queue.0.send_modify(|pulse| {
        if pulse.failures > 0 {
            tracing::info!("The queue of notifications answers again");
        }
        *pulse = QueuePulse { answered: pulse.answered + 1, failures: 0 };
    });
}

fn failed<E: ProvideErrorMetadata, R>(app: &App, cause: &SdkError<E, R>) -> u32 {
    app.metrics.queue.set(0);
    let mut failures = 0;
    app.sns.queue.0.send_modify(|pulse| {
        pulse.failures = pulse.failures.saturating_add(1);
        failures = pulse.failures;
    });
    // The answer itself, which may hold messages, is not printed: only what kind of failure it is.
    let kind = match cause {
        SdkError::ConstructionFailure(_) => "no request could be made; are there credentials?",
        SdkError::TimeoutError(_) => "no answer in time",
        SdkError::DispatchFailure(_) => "it could not be reached",
        SdkError::ResponseError(_) => "its answer can't be read",
        SdkError::ServiceError(_) => "it refused",
        _ => "it failed",
    };
    tracing::warn!(
        sns.queue = kind,
        sns.queue.error = cause.as_service_error().and_then(E::code).unwrap_or_default(),
        sns.queue.failures = failures,
        "The queue of notifications does not answer"
    );
    failures
}

async fn client(config: &QueueConfig) -> Client {
    let patience = Duration::from_secs(config.wait_seconds.into()) + PATIENCE;
    let timeouts = TimeoutConfig::builder().connect_timeout(PATIENCE).operation_timeout(patience).build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(config.region.clone()))
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts);
    if let Some(endpoint) = &config.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    if let Some((id, secret)) = config.credentials() {
        loader =
            loader.credentials_provider(Credentials::new(id, secret.expose(), None, None, "refill-cloud"));
    }
    Client::new(&loader.load().await)
}

/// Takes in what came, all at once so that it shares a transaction, and deletes what is done with.
async fn settle(app: &App, client: &Client, url: &str, messages: Vec<Message>) {
    let judged = messages.iter().map(async |message| is_done(app, message).await);
    let done = futures_util::future::join_all(judged).await;
    let handles = messages.into_iter().zip(done).filter(|(_, done)| *done);
    delete(client, url, handles.filter_map(|(message, _)| message.receipt_handle).collect()).await;
}

/// Takes in one message. `true` if it is to leave the queue.
async fn is_done(app: &App, message: &Message) -> bool {
    let id = message.message_id.as_deref().unwrap_or_default();
    let taken = queued(app, id, message.body.as_deref().unwrap_or_default()).await;
    app.metrics.notified("queue", taken.as_ref().err());
    match taken {
        Ok(()) => true,
        Err(NotTaken::Unreadable(why)) => {
            tracing::warn!(sns.queued = id, sns.why = %why, "A message in the queue is none of SNS; it is deleted");
            true
        }
        Err(NotTaken::Refused { code, forever: true, .. }) => {
            tracing::warn!(
                sns.queued = id,
                sns.refused = code,
                "A message in the queue is forged; it is deleted"
            );
            true
        }
        Err(NotTaken::Refused { code, why, forever: false }) => {
            tracing::warn!(sns.queued = id, sns.refused = code, sns.why = %why, "A message is not believed; it stays in the queue");
            false
        }
        Err(NotTaken::Later(why)) => {
            tracing::warn!(sns.queued = id, sns.why = %why, "A message can't be judged now; it stays in the queue");
            false
        }
        Err(NotTaken::Failed(error)) => {
            tracing::error!(sns.queued = id, store.error = ?error.cause, "A message could not be stored; it stays in the queue");
            false
        }
    }
}

/// Judges and takes in the body of a message. One without an envelope was delivered raw, if it is a notification.
async fn queued(app: &App, id: &str, body: &str) -> Result<(), NotTaken> {
    let taken = take(app, Headers::default(), body.as_bytes(), Arrival::Queue).await;
    let Err(NotTaken::Unreadable(why)) = taken else { return taken };
    if read_notification(body, None).is_err() {
        return Err(NotTaken::Unreadable(why));
    }
    if !app.sns.policy.allow_raw {
        return Err(NotTaken::Refused {
            code: Refused::Raw.code(),
            why: Refused::Raw.to_string(),
            forever: false,
        });
    }
    take_in(app, id, body, None).await
}

/// Deletes messages, and once more those that SQS did not delete through no fault of ours.
async fn delete(client: &Client, url: &str, mut handles: Vec<String>) {
    for _ in 0..DELETE_TRIES {
        if handles.is_empty() {
            return;
        }
        let entries = handles.iter().enumerate().filter_map(|(number, handle)| {
            let entry = DeleteMessageBatchRequestEntry::builder().id(number.to_string());
            entry.receipt_handle(handle).build().ok()
        });
        let entries = entries.collect();
        match client.delete_message_batch().queue_url(url).set_entries(Some(entries)).send().await {
            Ok(answer) => {
                let again = answer.failed().iter().filter(|of| !of.sender_fault());
                let again = again.filter_map(|of| handles.get(of.id().parse::<usize>().ok()?).cloned());
                handles = again.collect();
            }
            Err(SdkError::ServiceError(_)) => break,
            Err(_) => {}
        }
    }
    if !handles.is_empty() {
        tracing::warn!(sns.queue.left = handles.len(), "Messages could not be deleted; they come again");
    }
}
