//! Figures for operators, in Prometheus' text form. Labels are routes as they are written in the router, never an address
//! as it came, so that no id or token becomes a label and their number is bounded.

use crate::error::Code;
use crate::sns::NotTaken;
use crate::store::Figures;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::time::Duration;

/// What a request is counted under.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RequestLabels {
    /// The route.
    pub route: String,
    /// The method.
    pub method: String,
    /// The status.
    pub status: u16,
}

/// What a notification is counted under.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct NoticeLabels {
    by: &'static str,
    outcome: &'static str,
}

/// What a message of a broker is counted under.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MessageLabels {
    outcome: &'static str,
}

/// One of the store's figures.
type Reading = fn(&Figures) -> u64;

/// Everything that is counted.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Histogram,
    refusals: Counter,
    notices: Family<NoticeLabels, Counter>,
    messages: Family<MessageLabels, Counter>,
    /// 1 while the broker is there.
    pub broker: Gauge,
    /// 1 while the queue of notifications answers.
    pub queue: Gauge,
    /// Open feeds.
    pub streams: Gauge,
    /// Open connections.
    pub connections: Gauge,
    /// Changes sent on feeds.
    pub told: Counter,
    store: [(Gauge, Reading); 5],
}

/// Upper bounds of the time an answer took, in seconds; 4.5 is Alexa's patience (protocols 6.1).
const SECONDS: [f64; 10] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 2.5, 4.5, 10.0];

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("refill_cloud");
        let requests = Family::default();
        let seconds = Histogram::new(SECONDS);
        let (refusals, told) = (Counter::default(), Counter::default());
        let (streams, connections) = (Gauge::default(), Gauge::default());
        registry.register("requests", "Requests answered", Family::clone(&requests));
        registry.register("request_seconds", "Time until an answer began", seconds.clone());
        registry.register("refusals", "Tokens, passwords and secrets that opened nothing", refusals.clone());
        registry.register("changes_told", "Changes sent on feeds", told.clone());
        let (notices, messages) = (Family::default(), Family::default());
        let (broker, queue) = (Gauge::default(), Gauge::default());
        let of = "Notifications of Amazon by the way they came and what became of them";
        registry.register("sns_messages", of, Family::clone(&notices));
        let of = "Messages of the broker by what became of them: taken, or the refusal";
        registry.register("mqtt_messages", of, Family::clone(&messages));
        registry.register("mqtt_connected", "Whether the broker is there", broker.clone());
        registry.register("sns_queue_reached", "Whether the queue of notifications answers", queue.clone());
        registry.register("streams", "Open feeds", streams.clone());
        registry.register("connections", "Open connections", connections.clone());
        let mut gauge = |name: &str, help: &str, read: Reading| {
            let gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            (gauge, read)
        };
        let store = [
            gauge("store_commits", "Transactions committed since the start", |of| of.commits),
            gauge("store_jobs", "Calls in them", |of| of.jobs),
            gauge("store_events", "Events in them", |of| of.events),
            gauge("store_failures", "Calls whose transaction failed", |of| of.failures),
            gauge("store_waiting", "Calls waiting for the writer", |of| of.waiting),
        ];
        Self {
            registry,
            requests,
            seconds,
            refusals,
            notices,
            messages,
            broker,
            queue,
            streams,
            connections,
            told,
            store,
        }
    }
}

impl Metrics {
    /// Counts an answer.
    pub fn answered(&self, route: &str, method: &str, status: u16, took: Duration) {
        let labels = RequestLabels { route: route.to_owned(), method: method.to_owned(), status };
        self.requests.get_or_create(&labels).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    /// Counts something that opened no door.
    pub fn refused(&self) {
        self.refusals.inc();
    }

    /// Counts a notification of Amazon: taken in, or why not.
    pub(crate) fn notified(&self, by: &'static str, not: Option<&NotTaken>) {
        let outcome = match not {
            None => "taken",
            Some(NotTaken::Unreadable(_)) => "unreadable",
            Some(NotTaken::Refused { code, .. }) => code,
            Some(NotTaken::Later(_)) => "later",
            Some(NotTaken::Failed(_)) => "failed",
        };
        self.notices.get_or_create(&NoticeLabels { by, outcome }).inc();
    }

    /// Counts a message of a broker: taken in, or under which code it was refused.
    pub fn published(&self, refused: Option<Code>) {
        let outcome = refused.map_or("taken", Code::wire);
        self.messages.get_or_create(&MessageLabels { outcome }).inc();
    }

    /// All figures as text.
    pub fn text(&self, figures: &Figures) -> String {
        for (gauge, read) in &self.store {
            gauge.set(i64::try_from(read(figures)).unwrap_or(i64::MAX));
        }
        let mut text = String::new();
        // Writing to a string can't fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
