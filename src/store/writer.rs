//! The one writer: rows that wait are committed together, and whoever brought one hears when it is kept.

use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

use super::checkpoint::Checkpoints;
use super::entry::Row;
use super::write::Excess;
use super::{Store, plainly};
use crate::error::{Error, Result};

/// Rows that wait to be written; who brings more waits.
const QUEUE: usize = 4_096;
/// Most rows of one commit.
const MAX_BATCH: usize = 512;
/// A batch from which on many clients are thought to send at once, and how long the next one then gathers: a commit
/// costs as much as several rows.
const MANY: usize = 4;
const GATHER: Duration = Duration::from_micros(250);
/// How often the limits of the history are looked at.
const GLANCE: Duration = Duration::from_secs(1);

/// Whether a row is kept; if not, why, as the end of a sentence.
type Answer = std::result::Result<(), String>;

/// A row, and who waits for it.
struct Job {
    row: Row,
    done: oneshot::Sender<Answer>,
}

/// The way to the writer. When it goes, the writer finishes what it was brought.
pub(crate) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    /// Where those wait who bring rows.
    runtime: Arc<OnceLock<Handle>>,
}

impl Writer {
    /// Starts the writer on a thread of its own, since a commit waits for the disk.
    pub(crate) fn start(store: Store) -> Result<Self> {
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let runtime = Arc::new(OnceLock::new());
        let of_thread = Arc::clone(&runtime);
        let cannot = |error| Error::machine("cannot start").because(error);
        let checkpoints = Checkpoints::start(store.place.path.clone()).map_err(cannot)?;
        let thread = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || run(store, checkpoints, waiting, &of_thread))
            .map_err(cannot)?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
            runtime,
        })
    }

    /// Keeps a row: done when it is committed.
    ///
    /// # Errors
    /// Why it is not kept, as the end of a sentence.
    pub(crate) async fn add(&self, row: Row) -> Answer {
        let gone = || "the history is closed".to_owned();
        let jobs = self.jobs.as_ref().ok_or_else(gone)?;
        self.runtime.get_or_init(Handle::current);
        let (done, kept) = oneshot::channel();
        jobs.send(Job { row, done }).await.map_err(|_| gone())?;
        kept.await.unwrap_or_else(|_| Err(gone()))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(
    mut store: Store,
    mut checkpoints: Checkpoints,
    mut jobs: mpsc::Receiver<Job>,
    runtime: &OnceLock<Handle>,
) {
    let (mut rows, mut waiting) = (Vec::new(), Vec::new());
    let mut excess = Excess::None;
    let mut looked: Option<Instant> = None;
    let mut last = 0;
    while let Some(job) = jobs.blocking_recv() {
        if last >= MANY {
            std::thread::sleep(GATHER);
        }
        let mut next = Some(job);
        while let Some(Job { row, done }) = next {
            rows.push(row);
            waiting.push(done);
            next = (rows.len() < MAX_BATCH)
                .then(|| jobs.try_recv().ok())
                .flatten();
        }
        if looked.is_none_or(|looked| looked.elapsed() >= GLANCE) {
            // What cannot be told now is told with the next glance.
            excess = store.excess(Timestamp::now()).unwrap_or(Excess::None);
            looked = Some(Instant::now());
        }
        let kept = commit(&mut store, &rows, excess);
        if let Some(runtime) = runtime.get() {
            tell(std::mem::take(&mut waiting), kept, runtime);
        }
        checkpoints.wrote(&rows);
        last = rows.len();
        rows.clear();
    }
}

/// Commits rows, and says of each whether it is kept. One that cannot be does not take the others with it.
fn commit(store: &mut Store, rows: &[Row], excess: Excess) -> Vec<Answer> {
    let kept = store.commit(rows, excess);
    let is_of_one = |error: &rusqlite::Error| {
        use rusqlite::ErrorCode::{ConstraintViolation, TooBig};
        let code = error.sqlite_error_code();
        matches!(code, Some(ConstraintViolation | TooBig))
    };
    let said = |kept: rusqlite::Result<()>| {
        kept.map_err(|error| format!("cannot keep it in the history: {}", plainly(&error)))
    };
    if rows.len() > 1 && kept.as_ref().is_err_and(is_of_one) {
        let rows = rows.iter().map(std::slice::from_ref);
        return rows
            .map(|row| said(store.commit(row, Excess::None)))
            .collect();
    }
    vec![said(kept); rows.len()]
}

/// Tells those who wait, inside the runtime: from outside, each would be a wake-up of its own.
fn tell(waiting: Vec<oneshot::Sender<Answer>>, kept: Vec<Answer>, runtime: &Handle) {
    runtime.spawn(async move {
        for (done, kept) in waiting.into_iter().zip(kept) {
            // Whoever brought it may have gone.
            let _ = done.send(kept);
        }
    });
}
