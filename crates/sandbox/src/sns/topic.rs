//! The topic: who subscribed, what waits to be delivered, what could not be. Each delivery keeps its message id through all
//! its attempts (protocols 5.4).

use crate::clock::{id, printed, secret};
use crate::config;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::VecDeque;

/// Retries of the default policy, and the time between them (protocols 5.4).
const RETRIES: u32 = 3;
const RETRY_AFTER: TimeDelta = TimeDelta::seconds(20);
/// What could not be delivered and is still shown.
const DEAD_MAX: usize = 1000;
/// Subscriptions one topic of the sandbox takes.
const SUBSCRIPTIONS_MAX: usize = 100;

/// An endpoint of the maker.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    /// Its ARN.
    pub arn: String,
    /// Where it is.
    pub endpoint: String,
    /// Whether it confirmed.
    pub confirmed: bool,
    /// Raw delivery (protocols 5.2).
    pub raw: bool,
    #[serde(skip)]
    pub(super) token: String,
}

/// What is on its way.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub(super) due: DateTime<Utc>,
    pub(super) order: u64,
    pub(super) subscription: Subscription,
    /// `Type` of protocols 5.2.
    pub(super) kind: &'static str,
    pub(super) id: String,
    pub(super) topic: String,
    pub(super) message: String,
    pub(super) subject: Option<String>,
    pub(super) attributes: Value,
    pub(super) timestamp: String,
    pub(super) signature_version: u8,
    pub(super) attempts: u32,
    pub(super) postponed: bool,
    pub(super) forged: bool,
}

/// The topic.
#[derive(Debug, Default)]
pub struct Topic {
    subscriptions: Vec<Subscription>,
    queue: Vec<Delivery>,
    parked: Vec<Delivery>,
    dead: VecDeque<Value>,
    last: u64,
}

impl Topic {
    /// Subscribes an endpoint, which then has to confirm; subscribing again asks again.
    ///
    /// # Errors
    /// Too many.
    pub fn subscribe(
        &mut self,
        topic: &config::Topic,
        endpoint: &str,
        raw: bool,
        now: DateTime<Utc>,
    ) -> Result<String, String> {
        let at = self.subscriptions.iter().position(|each| each.endpoint == endpoint);
        let subscription = if let Some(at) = at {
            self.subscriptions[at].raw = raw;
            self.subscriptions[at].clone()
        } else {
            if self.subscriptions.len() >= SUBSCRIPTIONS_MAX {
                return Err(format!("the topic takes at most {SUBSCRIPTIONS_MAX} subscriptions"));
            }
            let made = Subscription {
                arn: format!("{}:{}", topic.arn, id()),
                endpoint: endpoint.to_owned(),
                confirmed: false,
                raw,
                token: secret::<96>(),
            };
            self.subscriptions.push(made.clone());
            made
        };
        let message = format!(
            "You have chosen to subscribe to the topic {}.\nTo confirm the subscription, visit the SubscribeURL included in this message.",
            topic.arn
        );
        let arn = subscription.arn.clone();
        self.push(topic, subscription, "SubscriptionConfirmation", &message, None, &Value::Null, now);
        Ok(arn)
    }

    /// Confirms the subscription of a token: its ARN.
    pub fn confirm(&mut self, token: &str) -> Option<String> {
        let found = self.subscriptions.iter_mut().find(|each| each.token == token)?;
        found.confirmed = true;
        Some(found.arn.clone())
    }

    /// Ends a subscription; the endpoint hears of it.
    pub fn unsubscribe(&mut self, topic: &config::Topic, arn: &str, now: DateTime<Utc>) -> bool {
        let Some(at) = self.subscriptions.iter().position(|each| each.arn == arn) else { return false };
        let gone = self.subscriptions.remove(at);
        let message = format!(
            "You have chosen to deactivate subscription {arn}.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message."
        );
        self.push(topic, gone, "UnsubscribeConfirmation", &message, None, &Value::Null, now);
        true
    }

    /// Publishes a DRS message: wrapped if so configured, with its `version` attribute (protocols 5.1).
    pub fn publish(&mut self, topic: &config::Topic, message: &Value, now: DateTime<Utc>) {
        let text = message.to_string();
        let text = if topic.wrapped {
            json!({"default": text, "http": text, "email": text}).to_string()
        } else {
            text
        };
        let attributes = json!({"version": {"Type": "String", "Value": format!("{}.0", topic.version)}});
        self.publish_text(topic, &text, None, &attributes, now);
    }

    /// Publishes any text.
    pub fn publish_text(
        &mut self,
        topic: &config::Topic,
        text: &str,
        subject: Option<&str>,
        attributes: &Value,
        now: DateTime<Utc>,
    ) {
        let first = self.queue.len();
        for to in self.subscriptions.clone().into_iter().filter(|each| each.confirmed) {
            self.push(topic, to, "Notification", text, subject, attributes, now);
        }
        // One publication has one message id, whoever it goes to.
        let id = id();
        for each in &mut self.queue[first..] {
            each.id.clone_from(&id);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one message")]
    fn push(
        &mut self,
        topic: &config::Topic,
        subscription: Subscription,
        kind: &'static str,
        message: &str,
        subject: Option<&str>,
        attributes: &Value,
        now: DateTime<Utc>,
    ) {
        self.last += 1;
        self.queue.push(Delivery {
            due: now,
            order: self.last,
            subscription,
            kind,
            id: id(),
            topic: topic.arn.clone(),
            message: message.to_owned(),
            subject: subject.map(str::to_owned),
            attributes: attributes.clone(),
            timestamp: printed(now),
            signature_version: topic.signature_version,
            attempts: 0,
            postponed: false,
            forged: false,
        });
    }

    /// The next delivery that is due.
    pub fn take(&mut self, now: DateTime<Utc>) -> Option<Delivery> {
        let due = self.queue.iter().enumerate().filter(|(_, each)| each.due <= now);
        let (at, _) = due.min_by_key(|(_, each)| (each.due, each.order))?;
        Some(self.queue.remove(at))
    }

    /// When something is due next.
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.queue.iter().map(|each| each.due).min()
    }

    /// Delivers it once more, as it is.
    pub(super) fn again(&mut self, delivery: Delivery) {
        self.queue.push(delivery);
    }

    /// Keeps it until another one went to the same endpoint.
    pub(super) fn park(&mut self, delivery: Delivery) {
        self.parked.push(delivery);
    }

    /// One went to an endpoint: what was parked for it follows.
    pub(super) fn went(&mut self, endpoint: &str) {
        let (freed, parked) = self.parked.drain(..).partition(|each| each.subscription.endpoint == endpoint);
        self.parked = parked;
        let freed: Vec<_> = freed;
        self.queue.extend(freed);
    }

    /// An attempt failed: another one later, or never (protocols 5.4).
    pub(super) fn failed(&mut self, mut delivery: Delivery, is_final: bool, why: &str, now: DateTime<Utc>) {
        delivery.attempts += 1;
        if !is_final && delivery.attempts <= RETRIES {
            delivery.due = now + RETRY_AFTER;
            self.queue.push(delivery);
            return;
        }
        if self.dead.len() >= DEAD_MAX {
            self.dead.pop_front();
        }
        self.dead.push_back(json!({
            "messageId": delivery.id,
            "endpoint": delivery.subscription.endpoint,
            "type": delivery.kind,
            "attempts": delivery.attempts,
            "why": why,
        }));
    }

    /// Everything about the topic.
    pub fn shown(&self) -> Value {
        json!({
            "subscriptions": self.subscriptions,
            "waiting": self.queue.len() + self.parked.len(),
            "dead": self.dead,
        })
    }
}
