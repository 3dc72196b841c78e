//! Events of devices by way of an MQTT broker: `<prefix>/<device>/events` holds what HTTP takes, with the device's own
//! credential in it, and `<prefix>/<device>/verdicts` what became of it. Who says it is decided by the credential, never
//! by the broker; the broker's access lists keep devices from reading each other's. A message is acknowledged to the
//! broker after what it says is on disk and its verdict is on the way, in the order it came; what comes while the server
//! is down waits in its session. A broker that is away is asked again, and keeps nobody from working.

mod message;

use crate::clock::apart;
use crate::config::MqttConfig;
use crate::error::{ApiError, Code};
use crate::state::{App, Shared};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use message::{Answer, answered};
use rumqttc::{
    AsyncClient, ConnectionError, Event, EventLoop, MqttOptions, Outgoing, Packet, Publish, QoS,
    SubscribeReasonCode, TlsConfiguration, Transport,
};
use std::pin::pin;
use std::time::Duration;
use tokio::sync::watch;

/// Messages that are worked on at once; the next wait at the broker.
const WORKING_MAX: usize = 1000;

/// Bytes of such messages.
const HELD_MAX: usize = 64 * 1024 * 1024;

/// What can wait to be written: an acknowledgement and a verdict for each message the protocol can have under way.
const WRITES_MAX: usize = 2 * 65_536;

/// MQTT's own limit. A connection that breaks at a large message would break again for ever: it is taken, and refused.
const PACKET_MAX: usize = 268_435_455;

/// Verdicts that the broker has not acknowledged, at most.
const VERDICTS_MAX: u16 = 1000;

/// Between two signs of life.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// How long taking leave may take.
const LEAVE_TIME: Duration = Duration::from_secs(2);

/// How often something is tried that fails for reasons of ours, a full disk aside, before its device is told.
const TRIES: u32 = 5;

/// How it stands with the broker.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BrokerPulse {
    /// It is there, and will send what devices publish.
    pub subscribed: bool,
    /// Connections in a row that came to nothing.
    pub failures: u32,
    /// Messages that were acknowledged.
    pub acknowledged: u64,
}

/// What others see of the connection.
#[derive(Debug, Default)]
pub struct Broker(watch::Sender<BrokerPulse>);

impl Broker {
    /// How it stands, now and whenever that changes.
    pub fn pulse(&self) -> watch::Receiver<BrokerPulse> {
        self.0.subscribe()
    }
}

fn options(config: &MqttConfig) -> MqttOptions {
    let (host, port) = config.address();
    let mut options = MqttOptions::new(&config.client_id, host, port);
    if let Some((user, password)) = config.user() {
        options.set_credentials(user, password.expose());
    }
    if let Some(tls) = config.tls() {
        options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(tls.clone())));
    }
    options.set_clean_session(false).set_manual_acks(true).set_keep_alive(KEEP_ALIVE);
    options.set_inflight(VERDICTS_MAX).set_max_packet_size(PACKET_MAX, PACKET_MAX);
    options
}

/// Something that was worked on.
struct Done {
    /// The connection it came by: on another, the broker sends it again, and its number may mean something else.
    connection: u64,
    publish: Publish,
    answer: Option<Answer>,
}

/// Works on one message until it is stored or refused.
async fn work(app: &App, prefix: &str, connection: u64, publish: Publish) -> Done {
    let mut failures = 0;
    let answer = loop {
        let answer = answered(app, prefix, &publish).await;
        let Some(Answer { said: Err(error), .. }) = &answer else { break answer };
        if !is_ours(error) || (error.code == Code::Internal && failures >= TRIES) {
            break answer;
        }
        failures += 1;
        tracing::error!(mqtt.refused = error.code.wire(), store.error = ?error.cause, "A message could not be stored; trying again");
        app.clock.sleep_until(app.clock.now() + apart(failures)).await;
    };
    Done { connection, publish, answer }
}

/// Whether the same message may be taken in later.
fn is_ours(error: &ApiError) -> bool {
    matches!(error.code, Code::StorageFull | Code::Unavailable | Code::Internal)
}

/// Says what became of a message, and then that it need not come again.
fn settle(app: &App, client: &AsyncClient, config: &MqttConfig, done: Done) {
    app.metrics.published(done.answer.as_ref().map_or(Some(Code::NotFound), Answer::refused));
    let verdict = done.answer.map(|answer| {
        let topic = format!("{}/{}/verdicts", config.prefix, answer.device.0);
        client.try_publish(topic, QoS::AtLeastOnce, false, answer.body())
    });
    if verdict.is_none_or(|written| written.is_ok()) && client.try_ack(&done.publish).is_ok() {
        app.mqtt.0.send_modify(|pulse| pulse.acknowledged += 1);
    }
}

/// Takes in what devices publish until the server goes down.
pub async fn consume(app: Shared, config: MqttConfig) {
    let (client, mut events) = AsyncClient::new(options(&config), WRITES_MAX);
    let mut working = FuturesOrdered::new();
    let (mut connection, mut held) = (0u64, 0usize);
    loop {
        let event = {
            let mut poll = pin!(events.poll());
            loop {
                let room = working.len() < WORKING_MAX && held < HELD_MAX;
                tokio::select! {
                    () = app.stopping.cancelled() => break None,
                    event = &mut poll, if room => break Some(event),
                    Some(done) = working.next(), if !working.is_empty() => {
                        let done: Done = done;
                        held = held.saturating_sub(done.publish.payload.len());
                        if done.connection == connection {
                            settle(&app, &client, &config, done);
                        }
                    }
                }
            }
        };
        match event {
            None => return leave(&app, &client, &mut events).await,
            Some(Ok(Event::Incoming(Packet::ConnAck(_)))) => {
                // Also where the broker kept the session: it costs nothing, and its owner may have cleared it.
                let wanted = format!("{}/+/events", config.prefix);
                if client.try_subscribe(wanted, QoS::AtLeastOnce).is_err() {
                    tracing::error!("The broker can't be asked for what devices publish");
                }
            }
            Some(Ok(Event::Incoming(Packet::SubAck(answer)))) => {
                let granted = |code: &SubscribeReasonCode| matches!(code, SubscribeReasonCode::Success(_));
                subscribed(&app, answer.return_codes.iter().all(granted));
            }
            Some(Ok(Event::Incoming(Packet::Publish(publish)))) => {
                held = held.saturating_add(publish.payload.len());
                working.push_back(work(&app, &config.prefix, connection, publish));
            }
            Some(Ok(_)) => {}
            Some(Err(cause)) => {
                connection += 1;
                let failures = failed(&app, &cause);
                let mut wait = pin!(app.clock.sleep_until(app.clock.now() + apart(failures)));
                loop {
                    tokio::select! {
                        () = app.stopping.cancelled() => return,
                        () = &mut wait => break,
                        Some(done) = working.next(), if !working.is_empty() => {
                            held = held.saturating_sub(done.publish.payload.len());
                        }
                    }
                }
            }
        }
    }
}

fn subscribed(app: &App, granted: bool) {
    app.metrics.broker.set(granted.into());
    app.mqtt.0.send_modify(|pulse| (pulse.subscribed, pulse.failures) = (granted, 0));
    if granted {
        tracing::info!("The broker sends what devices publish");
    } else {
        tracing::error!("The broker refuses the subscription: let this user read what devices publish");
    }
}

fn failed(app: &App, cause: &ConnectionError) -> u32 {
    app.metrics.broker.set(0);
    let mut failures = 0;
    app.mqtt.0.send_modify(|pulse| {
        pulse.subscribed = false;
        pulse.failures = pulse.failures.saturating_add(1);
        failures = pulse.failures;
    });
    tracing::warn!(mqtt.error = %cause, mqtt.failures = failures, "The broker is away");
    failures
}

/// Writes what is still to be written, and says goodbye; the broker keeps the session.
async fn leave(app: &App, client: &AsyncClient, events: &mut EventLoop) {
    if !app.mqtt.0.borrow().subscribed || client.try_disconnect().is_err() {
        return;
    }
    let goodbye = async {
        while let Ok(event) = events.poll().await {
            if event == Event::Outgoing(Outgoing::Disconnect) {
                return;
            }
        }
    };
    if tokio::time::timeout(LEAVE_TIME, goodbye).await.is_err() {
        tracing::debug!("The broker heard no goodbye");
    }
}
