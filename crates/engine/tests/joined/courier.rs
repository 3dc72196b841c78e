//! The courier by itself: a true cloud on one side, and on the other a household that is played, so that it is known what it
//! was brought and when it had no room for it.

use crate::world::{GUARD, Maker, beginning};
use chrono::{DateTime, TimeDelta, Utc};
use refill_domain::ids::{EndpointId, EntryId, SlotId};
use refill_domain::ledger::{Entry, EntryKind, Source};
use refill_domain::measure::{Amount, Unit};
use refill_domain::secret::Secret;
use refill_domain::wire::Change;
use refill_engine::clock::ManualClock;
use refill_engine::error::{Code, Error};
use refill_engine::link::courier::{Courier, Errand, Keys, Standing};
use refill_engine::link::server::Server;
use refill_engine::store::OutgoingRow;
use reqwest::Method;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::timeout;

type Answer = oneshot::Sender<Result<Vec<OutgoingRow>, Error>>;

/// A courier under way, and the desk it brings everything to.
struct Played {
    clock: Arc<ManualClock>,
    desk: mpsc::Receiver<(Errand, Answer)>,
    // Ends with it.
    _task: JoinSet<()>,
    // Closed, they would be heard.
    _asks: (
        mpsc::Sender<refill_engine::link::courier::Question>,
        mpsc::Sender<refill_engine::link::door::Wanted>,
    ),
}

impl Played {
    fn begin(address: &str, keys: Keys) -> Self {
        let clock = Arc::new(ManualClock::at(beginning()));
        let (errands, desk) = mpsc::channel(1);
        let (asks, questions) = mpsc::channel(1);
        let (wants, wanted) = mpsc::channel(1);
        let courier = Courier {
            clock: clock.clone(),
            desk: errands,
            wanted,
            wake: Arc::new(Notify::new()),
            questions,
            server: Server::read(address).unwrap(),
            keys,
            cursor: 0,
            held: None,
        };
        let mut task = JoinSet::new();
        task.spawn(courier.run());
        Self { clock, desk, _task: task, _asks: (asks, wants) }
    }

    async fn next(&mut self) -> (Errand, Answer) {
        timeout(GUARD, self.desk.recv()).await.expect("nothing is brought").expect("the courier went away")
    }

    /// Takes in everything until the courier stands in a way that is looked for.
    async fn until<T>(&mut self, look: impl Fn(&Standing) -> Option<T>) -> (T, Vec<Errand>) {
        let mut brought = Vec::new();
        loop {
            let (errand, answer) = self.next().await;
            answer.send(Ok(Vec::new())).unwrap();
            if let Errand::Standing(standing) = &errand
                && let Some(found) = look(standing)
            {
                return (found, brought);
            }
            brought.push(errand);
            assert!(brought.len() < 10_000, "it goes to and fro without end");
        }
    }
}

fn waits(standing: &Standing) -> Option<DateTime<Utc>> {
    if let Standing::Waiting { until, .. } = standing { Some(*until) } else { None }
}

fn listens(standing: &Standing) -> Option<()> {
    (*standing == Standing::Listening).then_some(())
}

#[tokio::test]
async fn fresh_tokens_that_find_no_room_are_brought_until_they_do() {
    let maker = Maker::new().await;
    let (_, refresh) = maker.tokens().await;
    let mut courier = Played::begin(&maker.address(), Keys::new(Secret::new(refresh), None));
    let mut brought = Vec::new();
    for _ in 0..4 {
        let fresh = loop {
            let (errand, answer) = courier.next().await;
            if let Errand::Renewed(tokens) = errand {
                answer.send(Err(Error::new(Code::DiskFull, "The disk is full."))).unwrap();
                break tokens;
            }
            assert!(matches!(errand, Errand::Standing(Standing::Connecting)), "{errand:?}");
            answer.send(Ok(Vec::new())).unwrap();
        };
        brought.push(fresh);
        courier.until(waits).await;
        // Longer than the cloud takes the same refresh token twice.
        courier.clock.advance(TimeDelta::minutes(2));
        maker.clock.advance(TimeDelta::minutes(2));
    }
    assert!(brought.windows(2).all(|two| two[0] == two[1]), "the same ones, however often");
    let ((), told) = courier.until(listens).await;
    assert!(told.iter().any(|errand| matches!(errand, Errand::Renewed(tokens) if *tokens == brought[0])));

    // And they are good: what they get follows them.
    courier.clock.advance(TimeDelta::hours(2));
    maker.clock.advance(TimeDelta::hours(2));
    let kept = Keys::new(brought[0].refresh.clone(), None);
    let mut next = Played::begin(&maker.address(), kept);
    next.clock.advance(TimeDelta::hours(3));
    next.until(listens).await;
}

/// Uses of capsules, as another program of the customer's tells them.
async fn tells(maker: &Maker, token: &str, count: i64) {
    let device: EndpointId = maker.device.parse().unwrap();
    let slot = SlotId::of(device, "capsules");
    let one = |nth| Entry {
        id: EntryId(refill_cloud::clock::Clock::new_id(&*maker.clock)),
        slot,
        observed_at: beginning() - TimeDelta::seconds(nth),
        recorded_at: beginning(),
        source: Source::Person,
        kind: EntryKind::Consumed { amount: Amount { milli: 1000, unit: Unit::Count } },
        about: None,
        note: None,
    };
    let entries: Vec<Entry> = (0..count).map(one).collect();
    for batch in entries.chunks(500) {
        maker.ask(Method::POST, "/v1/entries", token, &json!({ "entries": batch })).await;
    }
}

#[tokio::test]
async fn what_changes_while_pages_are_read_is_told_by_the_feed() {
    let mut maker = Maker::new().await;
    maker.unlimited();
    maker.stop().await;
    maker.start().await;
    maker.register("S1").await;
    let (access, refresh) = maker.tokens().await;
    tells(&maker, &access, 1500).await;
    let keys = Keys::new(
        Secret::new(refresh),
        Some((Secret::new(access.clone()), beginning() + TimeDelta::hours(1))),
    );
    let mut courier = Played::begin(&maker.address(), keys);
    let mut pages = 0;
    loop {
        let (errand, answer) = courier.next().await;
        if matches!(errand, Errand::Entries(..)) {
            pages += 1;
            if pages == 1 {
                // Behind what was read of devices, and before the end of the next page.
                maker.register("S2").await;
                tells(&maker, &access, 1000).await;
            }
        }
        answer.send(Ok(Vec::new())).unwrap();
        if let Errand::Standing(Standing::Listening) = errand {
            break;
        }
    }
    assert!(pages > 1, "one page was all");
    loop {
        let (errand, answer) = courier.next().await;
        answer.send(Ok(Vec::new())).unwrap();
        match errand {
            // The other program's link, which this one need not know of.
            Errand::Change(_, Change::Unknown) => {}
            Errand::Everything(devices, _) => break assert_eq!(devices.len(), 2),
            other => panic!("not asked for what is new, but {other:?}"),
        }
    }
}

/// A way to the cloud that answers the feed with nothing, as a proxy does that keeps no connection open.
async fn without_a_feed(cloud: SocketAddr) -> (SocketAddr, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut open = JoinSet::new();
        while let Ok((near, _)) = listener.accept().await {
            open.spawn(pass(near, cloud));
        }
    });
    (address, tasks)
}

/// One question a connection.
async fn pass(mut near: TcpStream, cloud: SocketAddr) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = near.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8(head).unwrap();
    if head.starts_with("GET /v1/feed") {
        let nothing = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        near.write_all(nothing.as_bytes()).await.unwrap();
        return;
    }
    let mut far = TcpStream::connect(cloud).await.unwrap();
    let once = head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    far.write_all(once.as_bytes()).await.unwrap();
    // Ends when both have said all.
    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
}

#[tokio::test]
async fn a_feed_that_ends_at_once_is_not_opened_without_a_pause() {
    let maker = Maker::new().await;
    let (access, refresh) = maker.tokens().await;
    let (address, _tasks) = without_a_feed(maker.address().parse().unwrap()).await;
    let keys =
        Keys::new(Secret::new(refresh), Some((Secret::new(access), beginning() + TimeDelta::hours(1))));
    let mut courier = Played::begin(&address.to_string(), keys);
    let mut last = TimeDelta::zero();
    for round in 0..3 {
        let (until, brought) = courier.until(waits).await;
        let opened = brought.iter().filter(|errand| matches!(errand, Errand::Standing(Standing::Listening)));
        assert_eq!(opened.count(), if round == 0 { 2 } else { 1 });
        let wait = until - refill_engine::clock::Clock::now(&*courier.clock);
        assert!(wait >= TimeDelta::seconds(1) && wait >= last, "{wait} after {last}");
        last = wait;
        courier.clock.advance(wait);
    }
}
