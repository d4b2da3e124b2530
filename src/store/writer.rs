//! The one writer: rows that wait are committed together, and whoever brought one hears when it is kept.
//!
//! It is a task among those that bring rows: a commit into the log is done in less time than it takes to wake a thread
//! and to be woken by it. One that takes longer lets the others go on.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::{JoinHandle, block_in_place, yield_now};

use super::checkpoint::Checkpoints;
use super::entry::Row;
use super::write::Excess;
use super::{Store, plainly};
use crate::error::{Error, Result};

/// Rows that wait to be written; who brings more waits.
const QUEUE: usize = 4_096;
/// Most rows of one commit.
const MAX_BATCH: usize = 512;
/// A commit that takes no longer keeps nobody waiting.
const QUICK: Duration = Duration::from_millis(5);
/// How often the limits of the history are looked at.
const GLANCE: Duration = Duration::from_secs(1);

/// Whether a row is kept; if not, why, as the end of a sentence.
type Answer = std::result::Result<(), String>;

/// A row, and who waits for it.
struct Job {
    row: Row,
    done: oneshot::Sender<Answer>,
}

/// The way to the writer.
pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
    /// Told when nothing more is to come.
    closing: Arc<Notify>,
    /// Until somebody waits for its end.
    writing: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the writer, in a runtime of several threads.
    ///
    /// # Errors
    /// There can be no more threads.
    pub(crate) fn start(store: Store) -> Result<Self> {
        let cannot = |error| Error::machine("cannot start").because(error);
        let checkpoints = Checkpoints::start(store.place.path.clone()).map_err(cannot)?;
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let closing = Arc::new(Notify::new());
        let writing = Writing {
            store,
            checkpoints,
            excess: Excess::None,
            looked: None,
            is_slow: false,
        };
        Ok(Self {
            jobs,
            closing: Arc::clone(&closing),
            writing: Mutex::new(Some(tokio::spawn(writing.run(waiting, closing)))),
        })
    }

    /// Keeps a row: done when it is committed.
    ///
    /// # Errors
    /// Why it is not kept, as the end of a sentence.
    pub(crate) async fn add(&self, row: Row) -> Answer {
        let gone = || "the history is closed".to_owned();
        let (done, kept) = oneshot::channel();
        self.jobs
            .send(Job { row, done })
            .await
            .map_err(|_| gone())?;
        kept.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Waits until all rows are written, also those that nobody waits for any more, and closes the history.
    pub(crate) async fn finish(&self) {
        self.closing.notify_one();
        let writing = {
            let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
            writing.take()
        };
        if let Some(writing) = writing {
            let _ = writing.await;
        }
    }
}

/// The writer at work.
struct Writing {
    store: Store,
    checkpoints: Checkpoints,
    excess: Excess,
    /// When the limits of the history were looked at.
    looked: Option<Instant>,
    /// Whether the last commit took its time.
    is_slow: bool,
}

impl Writing {
    async fn run(mut self, mut jobs: mpsc::Receiver<Job>, closing: Arc<Notify>) {
        let (mut rows, mut waiting) = (Vec::new(), Vec::new());
        loop {
            let mut next = tokio::select! {
                biased;
                job = jobs.recv() => match job {
                    None => return,
                    job => job,
                },
                () = closing.notified() => {
                    // What was brought is still received.
                    jobs.close();
                    continue;
                }
            };
            // Whoever can bring a row now shares the commit.
            yield_now().await;
            while let Some(Job { row, done }) = next {
                rows.push(row);
                waiting.push(done);
                let has_room = rows.len() < MAX_BATCH;
                next = has_room.then(|| jobs.try_recv().ok()).flatten();
            }
            let kept = self.keep(&rows);
            self.checkpoints.wrote(&rows);
            rows.clear();
            for (done, kept) in waiting.drain(..).zip(kept) {
                // Whoever brought it may have gone.
                let _ = done.send(kept);
            }
        }
    }

    /// Commits rows, and says of each whether it is kept. One that cannot be does not take the others with it.
    fn keep(&mut self, rows: &[Row]) -> Vec<Answer> {
        if self.looked.is_none_or(|looked| looked.elapsed() >= GLANCE) {
            // What cannot be told now is told with the next glance.
            self.excess = self.store.excess(Timestamp::now()).unwrap_or(Excess::None);
            self.looked = Some(Instant::now());
        }
        let kept = self.commit(rows);
        let is_of_one = |error: &rusqlite::Error| {
            use rusqlite::ErrorCode::{ConstraintViolation, TooBig};
            let code = error.sqlite_error_code();
            matches!(code, Some(ConstraintViolation | TooBig))
        };
        let said = |kept: rusqlite::Result<()>| {
            kept.map_err(|error| format!("cannot keep it in the history: {}", plainly(&error)))
        };
        if rows.len() > 1 && kept.as_ref().is_err_and(is_of_one) {
            self.excess = Excess::None;
            let rows = rows.iter().map(std::slice::from_ref);
            return rows.map(|row| said(self.commit(row))).collect();
        }
        vec![said(kept); rows.len()]
    }

    /// Commits rows here and now if that is quick. If another program holds the file, the disk is slow or much is to
    /// go, the thread is left to the other tasks meanwhile.
    fn commit(&mut self, rows: &[Row]) -> rusqlite::Result<()> {
        let start = Instant::now();
        let at_once = if self.is_slow || self.excess != Excess::None {
            None
        } else {
            self.store.commit_at_once(rows).transpose()
        };
        let kept =
            at_once.unwrap_or_else(|| block_in_place(|| self.store.commit(rows, self.excess)));
        self.is_slow = start.elapsed() > QUICK;
        kept
    }
}
