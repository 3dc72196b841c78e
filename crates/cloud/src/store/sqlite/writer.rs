//! The one thread that writes. It takes whatever waits, up to [`GROUP`] events, into one transaction, and answers after
//! the commit: an acknowledged call is on disk. Accounts take turns (`lanes`). A call that fails is taken back alone by its savepoint; when the
//! transaction itself fails, none of its calls is acknowledged.

use super::super::{Figures, StoreError, Stored};
use super::heads::Heads;
use super::judged;
use super::lanes::{Lane, Lanes};
use crate::ids::AccountId;
use rusqlite::{Connection, ffi};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// Events taken into one transaction (`performance.md` 1.5).
const GROUP: usize = 2_000;

/// What a call may do: use the connection, and tell that an account's newest number grew.
pub struct Tx<'a> {
    /// Inside a transaction.
    pub db: &'a Connection,
    told: &'a mut Told,
}

/// What is made known after the commit.
#[derive(Default)]
struct Told {
    heads: Vec<(AccountId, u64)>,
    furnished: bool,
}

impl Tx<'_> {
    /// An account's newest number, to be told after the commit.
    pub fn tell(&mut self, account: AccountId, head: u64) {
        self.told.heads.push((account, head));
    }

    /// Devices, or the IDs assigned to a model, are others after this.
    pub fn furnish(&mut self) {
        self.told.furnished = true;
    }
}

trait Job: Send {
    fn weight(&self) -> usize;
    /// Does the work. What failed is to be taken back; the error then says whether for want of room.
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), bool>;
    fn settle(self: Box<Self>, failed: Option<StoreError>);
}

struct Call<T, F> {
    weight: usize,
    work: Option<F>,
    outcome: Option<Stored<T>>,
    reply: oneshot::Sender<Stored<T>>,
}

impl<T: Send, F: FnOnce(&mut Tx<'_>) -> anyhow::Result<T> + Send> Job for Call<T, F> {
    fn weight(&self) -> usize {
        self.weight
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), bool> {
        let Some(work) = self.work.take() else { return Err(false) };
        let outcome = work(tx).map_err(judged);
        let done = outcome.as_ref().map(|_| ()).map_err(|error| matches!(error, StoreError::Full));
        self.outcome = Some(outcome);
        done
    }

    fn settle(self: Box<Self>, failed: Option<StoreError>) {
        let outcome = match (failed, self.outcome) {
            // What went wrong in the call itself says more than what became of the rest.
            (_, Some(Err(own))) => Err(own),
            (Some(failed), _) => Err(failed),
            (None, Some(done)) => done,
            (None, None) => Err(StoreError::Closed),
        };
        // Who asked may be gone.
        let _ = self.reply.send(outcome);
    }
}

#[derive(Debug, Default)]
struct Counters {
    commits: AtomicU64,
    jobs: AtomicU64,
    events: AtomicU64,
    failures: AtomicU64,
    furnished: AtomicU64,
}

/// The writing side.
pub struct Writer {
    queue: Arc<Lanes<Box<dyn Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    counters: Arc<Counters>,
}

impl Writer {
    /// Starts the thread.
    pub fn start(db: Connection, heads: Arc<Heads>) -> anyhow::Result<Self> {
        let queue = Arc::new(Lanes::new());
        let waiting = Arc::clone(&queue);
        let counters = Arc::new(Counters::default());
        let counted = Arc::clone(&counters);
        let runtime = Handle::try_current().ok();
        let thread = std::thread::Builder::new()
            .name("store-write".into())
            .spawn(move || write(db, &waiting, &heads, &counted, runtime.as_ref()))?;
        Ok(Self { queue, thread: Mutex::new(Some(thread)), counters })
    }

    /// Does one piece of work, whole or not at all, and answers when it is on disk.
    pub async fn run<T: Send + 'static>(
        &self,
        lane: Lane,
        weight: usize,
        work: impl FnOnce(&mut Tx<'_>) -> anyhow::Result<T> + Send + 'static,
    ) -> Stored<T> {
        let (reply, answer) = oneshot::channel();
        let call = Call { weight: weight.max(1), work: Some(work), outcome: None, reply };
        self.queue.put(lane, Box::new(call))?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// What was done so far.
    pub fn figures(&self) -> Figures {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Figures {
            commits: read(&self.counters.commits),
            jobs: read(&self.counters.jobs),
            events: read(&self.counters.events),
            failures: read(&self.counters.failures),
            waiting: self.queue.count() as u64,
        }
    }

    /// How often devices, or what is assigned to them, changed.
    pub fn furnished(&self) -> u64 {
        self.counters.furnished.load(Ordering::Acquire)
    }

    /// Writes what waits and closes the file.
    pub async fn close(&self) {
        self.queue.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let ended = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(ended, Ok(Ok(()))) {
                tracing::error!("The writer ended badly");
            }
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue.close();
    }
}

fn write(
    db: Connection,
    queue: &Lanes<Box<dyn Job>>,
    heads: &Heads,
    counters: &Counters,
    runtime: Option<&Handle>,
) {
    loop {
        let mut group = queue.take(GROUP, |job| job.weight());
        if group.is_empty() {
            break;
        }
        let weight: usize = group.iter().map(|job| job.weight()).sum();
        let mut told = Told::default();
        let failed = commit(&db, &mut group, &mut told).err().map(judged);
        let add = |counter: &AtomicU64, by: usize| counter.fetch_add(by as u64, Ordering::Relaxed);
        add(&counters.jobs, group.len());
        match &failed {
            None => {
                add(&counters.commits, 1);
                add(&counters.events, weight);
                if told.furnished {
                    counters.furnished.fetch_add(1, Ordering::Release);
                }
                for (account, head) in told.heads {
                    heads.tell(account, head);
                }
            }
            Some(error) => {
                add(&counters.failures, group.len());
                tracing::error!(store.error = %error, store.jobs = group.len(), "A transaction failed");
            }
        }
        match runtime {
            // All answers wake the runtime once, where each alone would wake it for itself and stop this thread.
            Some(runtime) => drop(runtime.spawn(async move { settle(group, failed.as_ref()) })),
            None => settle(group, failed.as_ref()),
        }
    }
    if let Err((_, cause)) = db.close() {
        tracing::error!(store.error = %cause, "The database could not be closed");
    }
}

fn settle(group: Vec<Box<dyn Job>>, failed: Option<&StoreError>) {
    let count = group.len();
    for job in group {
        job.settle(failed.map(|error| match error {
            StoreError::Full => StoreError::Full,
            StoreError::Busy => StoreError::Busy,
            StoreError::Closed => StoreError::Closed,
            StoreError::Failed(cause) => {
                StoreError::Failed(anyhow::anyhow!("A transaction of {count} calls failed: {cause:#}"))
            }
        }));
    }
}

fn commit(db: &Connection, group: &mut [Box<dyn Job>], told: &mut Told) -> anyhow::Result<()> {
    let done = run(db, group, told);
    if done.is_err() && !db.is_autocommit() {
        db.execute_batch("ROLLBACK")?;
    }
    done
}

fn run(db: &Connection, group: &mut [Box<dyn Job>], told: &mut Told) -> anyhow::Result<()> {
    let step = |sql: &str| db.prepare_cached(sql)?.execute([]);
    step("BEGIN IMMEDIATE")?;
    for job in group {
        step("SAVEPOINT call")?;
        let before = told.heads.len();
        if let Err(full) = job.run(&mut Tx { db, told }) {
            told.heads.truncate(before);
            if db.is_autocommit() {
                // SQLite took back all of it, the work of the calls before too.
                let code = if full { ffi::SQLITE_FULL } else { ffi::SQLITE_IOERR };
                let words = Some("the transaction was rolled back".to_owned());
                return Err(rusqlite::Error::SqliteFailure(ffi::Error::new(code), words).into());
            }
            step("ROLLBACK TO call")?;
        }
        step("RELEASE call")?;
    }
    step("COMMIT")?;
    Ok(())
}
