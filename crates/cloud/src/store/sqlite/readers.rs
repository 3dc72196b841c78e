//! Threads that read beside the writer. Each sees what is committed; what is asked while too much waits is refused
//! instead of piling up.

use super::super::{StoreError, Stored};
use super::{file, judged};
use rusqlite::Connection;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce(&Connection) + Send>;

/// Questions waiting at most.
const QUEUE: usize = 4096;

/// The reading side.
pub struct Readers(Mutex<Option<SyncSender<Job>>>);

impl Readers {
    /// Starts so many threads.
    pub fn start(path: &Path, count: usize) -> anyhow::Result<Self> {
        let (sender, receiver) = sync_channel::<Job>(QUEUE);
        let receiver = Arc::new(Mutex::new(receiver));
        for at in 0..count {
            let (db, jobs) = (file::open_reader(path)?, Arc::clone(&receiver));
            std::thread::Builder::new().name(format!("store-read-{at}")).spawn(move || read(&db, &jobs))?;
        }
        Ok(Self(Mutex::new(Some(sender))))
    }

    /// Asks one question.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> anyhow::Result<T> + Send + 'static,
    ) -> Stored<T> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |db| {
            // Who asked may be gone.
            let _ = reply.send(work(db).map_err(judged));
        });
        let queue =
            self.0.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or(StoreError::Closed)?;
        queue.try_send(job).map_err(|_| StoreError::Busy)?;
        drop(queue);
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Ends the threads once they have answered what waits.
    pub fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

fn read(db: &Connection, jobs: &Mutex<Receiver<Job>>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(db),
            Err(_) => return,
        }
    }
}
