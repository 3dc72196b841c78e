//! Threads that read beside the writer. Each sees what is committed; what is asked while too much waits is refused
//! instead of piling up.

use super::super::{StoreError, Stored};
use super::{file, judged};
use rusqlite::Connection;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// Questions waiting at most.
const QUEUE: usize = 4096;

/// The reading side.
pub struct Readers(Arc<Queue>);

/// What waits. Who puts something in wakes one thread, and no other stands in its way.
#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    more: Condvar,
}

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    closed: bool,
}

impl Queue {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, job: Job) -> Stored<()> {
        let mut waiting = self.waiting();
        if waiting.closed {
            return Err(StoreError::Closed);
        }
        if waiting.jobs.len() >= QUEUE {
            return Err(StoreError::Busy);
        }
        waiting.jobs.push_back(job);
        drop(waiting);
        self.more.notify_one();
        Ok(())
    }

    /// The next question; none once it is closed and all are answered.
    fn take(&self) -> Option<Job> {
        let mut waiting = self.waiting();
        loop {
            if let Some(job) = waiting.jobs.pop_front() {
                return Some(job);
            }
            if waiting.closed {
                return None;
            }
            waiting = self.more.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn close(&self) {
        self.waiting().closed = true;
        self.more.notify_all();
    }
}

impl Readers {
    /// Starts so many threads.
    pub fn start(path: &Path, count: usize) -> anyhow::Result<Self> {
        // Dropped on the way out of a failure, it ends those that were started.
        let readers = Self(Arc::default());
        for at in 0..count {
            let (db, queue) = (file::open_reader(path)?, Arc::clone(&readers.0));
            std::thread::Builder::new().name(format!("store-read-{at}")).spawn(move || {
                while let Some(job) = queue.take() {
                    job(&db);
                }
            })?;
        }
        Ok(readers)
    }

    /// Asks one question.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> anyhow::Result<T> + Send + 'static,
    ) -> Stored<T> {
        let (reply, answer) = oneshot::channel();
        self.0.put(Box::new(move |db| {
            // Who asked may be gone.
            let _ = reply.send(work(db).map_err(judged));
        }))?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Ends the threads once they have answered what waits.
    pub fn close(&self) {
        self.0.close();
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.0.close();
    }
}
