//! A network that ends every connection after a few frames, and swallows answers: everything arrives once, both ways.

use crate::world::{GUARD, Home, Maker};
use chrono::TimeDelta;
use refill_domain::ids::EntryId;
use refill_domain::ledger::EntryKind;
use refill_engine::api::Api as _;
use refill_engine::view::{CloudConnection, LinkState};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// A way between the app and its cloud that can be made bad.
pub struct Way {
    pub address: SocketAddr,
    inner: Arc<Inner>,
    _tasks: JoinSet<()>,
}

struct Inner {
    bad: AtomicBool,
    dice: AtomicU64,
    cut: AtomicUsize,
    swallowed: AtomicUsize,
}

impl Inner {
    fn roll(&self, below: u64) -> u64 {
        let next = |state: u64| {
            Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407))
        };
        let state = self.dice.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).unwrap();
        (state >> 33) % below
    }

    /// One connection. While the way is bad it ends after some bytes of the answer, wherever that is; one in four loses
    /// its whole answer after the request went through.
    async fn pass(&self, mut near: TcpStream, to: SocketAddr) {
        let Ok(mut far) = TcpStream::connect(to).await else { return };
        if !self.bad.load(Ordering::Relaxed) {
            // Either end may be cut later; that is what this is for.
            let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
            return;
        }
        let swallow = self.roll(4) == 0;
        let mut left = usize::try_from(self.roll(3000)).unwrap() + 200;
        let (mut near_in, mut near_out) = near.split();
        let (mut far_in, mut far_out) = far.split();
        let up = tokio::io::copy(&mut near_in, &mut far_out);
        let down = async {
            let mut buffer = [0; 512];
            while left > 0 {
                let Ok(count @ 1..) = far_in.read(&mut buffer).await else { return };
                if swallow {
                    self.swallowed.fetch_add(1, Ordering::Relaxed);
                    return;
                }
                let count = count.min(left);
                left -= count;
                if near_out.write_all(&buffer[..count]).await.is_err() {
                    return;
                }
            }
            self.cut.fetch_add(1, Ordering::Relaxed);
        };
        tokio::select! {
            _ = up => {}
            () = down => {}
        }
    }
}

impl Way {
    pub async fn to(maker: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::new(Inner {
            bad: AtomicBool::new(false),
            dice: AtomicU64::new(3),
            cut: AtomicUsize::new(0),
            swallowed: AtomicUsize::new(0),
        });
        let mut tasks = JoinSet::new();
        let passes = Arc::clone(&inner);
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                let inner = Arc::clone(&passes);
                open.spawn(async move { inner.pass(near, maker).await });
            }
        });
        Self { address, inner, _tasks: tasks }
    }

    fn bad(&self, bad: bool) {
        self.inner.bad.store(bad, Ordering::Relaxed);
    }
}

const ROUNDS: usize = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_cut_every_few_frames_and_answers_swallowed_cost_nothing() {
    let mut maker = Maker::new().await;
    let way = Way::to(maker.address().parse().unwrap()).await;
    maker.reached_at(way.address).await;
    maker.register("S1").await;
    let mut home = Home::new();
    home.link(&maker).await;
    let slot = home.slot("Capsules").await.unwrap();

    way.bad(true);
    // What is open was opened while the way was well: it is cut once.
    maker.stop().await;
    maker.start().await;
    let mut own = BTreeSet::new();
    for _ in 0..ROUNDS {
        home.advance(&maker, TimeDelta::seconds(20));
        maker.uses(1000).await;
        own.insert(home.buy(slot, "1").await);
        home.engine.sync_now().await.unwrap();
        // One step of whatever it is at.
        home.step().await;
    }
    assert!(way.inner.cut.load(Ordering::Relaxed) + way.inner.swallowed.load(Ordering::Relaxed) > 5);

    way.bad(false);
    let account = maker.account().await;
    let settled = async {
        loop {
            home.advance(&maker, TimeDelta::seconds(20));
            home.engine.sync_now().await.unwrap();
            let all = maker.app().store.entries(account, 0, 10_000).await.unwrap();
            let view = home.account().await;
            let listening =
                matches!(view.state, LinkState::Linked { connection: CloudConnection::Listening {}, .. });
            let here = home.engine.slot(slot, 500).await.unwrap();
            let used: u32 = here.ledger.iter().map(uses).sum();
            if listening && view.waiting == 0 && all.len() == 2 * ROUNDS && used as usize == ROUNDS {
                return all;
            }
            home.step().await;
        }
    };
    let all = tokio::time::timeout(GUARD, settled).await.expect("both sides come to the same");
    let bought: Vec<EntryId> = all
        .iter()
        .filter(|(_, entry)| matches!(entry.kind, EntryKind::Purchased { .. }))
        .map(|(_, entry)| entry.id)
        .collect();
    assert_eq!(bought.len(), ROUNDS, "nothing twice");
    assert_eq!(bought.iter().copied().collect::<BTreeSet<_>>(), own, "nothing lost");
    assert!(bought.is_sorted(), "in the order they were recorded");
    home.stop().await;
}

/// Uses in one line of the ledger.
fn uses(line: &refill_engine::view::LedgerLine) -> u32 {
    match line.what {
        refill_engine::view::LedgerWhat::Uses { count, levels: false, .. } => count,
        _ => 0,
    }
}
