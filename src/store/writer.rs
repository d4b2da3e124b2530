//! The one writer: rows that wait are committed together, and whoever brought one hears when it is kept.
//!
//! It is a task among those that bring rows: a commit into the log is done in less time than it takes to wake a thread
//! and to be woken by it. One that takes longer lets the others go on.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, oneshot};
use tokio::task::{JoinHandle, block_in_place, yield_now};

use super::checkpoint::Checkpoints;
use super::entry::Row;
use super::write::Excess;
use super::{Store, plainly};
use crate::error::{Error, Result};
use crate::lock::lock;

/// Most rows of one commit.
const MAX_BATCH: usize = 512;
/// A commit that takes no longer keeps nobody waiting.
const QUICK: Duration = Duration::from_millis(5);
/// How often the limits of the history are looked at.
const GLANCE: Duration = Duration::from_secs(1);

/// Whether a row is kept; if not, why, as the end of a sentence.
type Answer = std::result::Result<(), String>;

/// Rows, and who waits for each.
#[derive(Default)]
struct Batch {
    rows: Vec<Row>,
    done: Vec<oneshot::Sender<Answer>>,
}

/// What waits to be written. Whoever brings a row waits for it, so there are no more than requests at a time.
#[derive(Default)]
struct Queue {
    batch: Batch,
    is_closed: bool,
}

/// What the writer shares with those who bring rows.
#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    /// Told of the first row in an empty queue, and of its end.
    brought: Notify,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        lock(&self.queue)
    }

    /// Lets no more rows come. Those that wait are still written.
    fn close(&self) {
        self.queue().is_closed = true;
        self.brought.notify_one();
    }
}

/// The way to the writer.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    /// Until somebody waits for its end.
    writing: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the writer, in a runtime of several threads.
    ///
    /// # Errors
    /// There can be no more threads.
    pub(crate) fn start(mut store: Store) -> Result<Self> {
        let cannot = |error| Error::machine("cannot start").because(error);
        let checkpoints = Checkpoints::start(&store).map_err(cannot)?;
        // What fails here is written more slowly.
        let _ = store.expect_much();
        let shared = Arc::new(Shared::default());
        let writing = Writing {
            store,
            checkpoints,
            excess: Excess::None,
            looked: None,
            is_slow: false,
        };
        let writing = tokio::spawn(writing.run(Served(Arc::clone(&shared))));
        Ok(Self {
            shared,
            writing: Mutex::new(Some(writing)),
        })
    }

    /// Keeps a row: done when it is committed.
    ///
    /// # Errors
    /// Why it is not kept, as the end of a sentence.
    pub(crate) async fn add(&self, row: Row) -> Answer {
        let gone = || "the history is closed".to_owned();
        let (done, kept) = oneshot::channel();
        let is_first = {
            let mut queue = self.shared.queue();
            if queue.is_closed {
                return Err(gone());
            }
            queue.batch.rows.push(row);
            queue.batch.done.push(done);
            queue.batch.rows.len() == 1
        };
        if is_first {
            self.shared.brought.notify_one();
        }
        kept.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Waits until all rows are written, also those that nobody waits for any more, and closes the history.
    pub(crate) async fn finish(&self) {
        self.shared.close();
        let writing = {
            let mut writing = lock(&self.writing);
            writing.take()
        };
        if let Some(writing) = writing {
            let _ = writing.await;
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.close();
    }
}

/// The queue as its writer holds it: when that ends, however it does, nobody waits for it any more.
struct Served(Arc<Shared>);

impl Drop for Served {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        queue.is_closed = true;
        queue.batch = Batch::default();
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
    async fn run(mut self, served: Served) {
        let mut batch = Batch::default();
        loop {
            // Whoever can bring a row now shares the commit.
            yield_now().await;
            let is_closed = {
                let mut queue = served.0.queue();
                mem::swap(&mut queue.batch, &mut batch);
                queue.is_closed
            };
            if batch.rows.is_empty() {
                if is_closed {
                    return;
                }
                served.0.brought.notified().await;
                continue;
            }
            let mut done = batch.done.drain(..);
            for rows in batch.rows.chunks(MAX_BATCH) {
                let kept = self.keep(rows);
                self.checkpoints.wrote(rows);
                for (kept, done) in kept.into_iter().zip(done.by_ref()) {
                    // Whoever brought it may have gone.
                    let _ = done.send(kept);
                }
            }
            drop(done);
            batch.rows.clear();
        }
    }

    /// Commits rows, and says of each whether it is kept. One that cannot be does not take the others with it.
    fn keep(&mut self, rows: &[Row]) -> Vec<Answer> {
        if self.looked.is_none_or(|looked| looked.elapsed() >= GLANCE) {
            // What cannot be told now is told with the next glance.
            self.excess = self.store.excess().unwrap_or(Excess::None);
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

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    use crate::request::raw;
    use crate::store::{Direction, Facts, Ids, Place};

    fn place(folder: &tempfile::TempDir) -> Place {
        Place {
            path: folder.path().join("h.db"),
            keep: Duration::MAX,
            max_size: u64::MAX,
            is_input: false,
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn more_rows_than_one_commit_takes_are_all_kept_and_told_of() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(&folder);
        let writer = Writer::start(place.open().unwrap()).unwrap();
        let (ids, now) = (Ids::new().unwrap(), Timestamp::now());
        let request = raw::parse(b"POST / HTTP/1.1\n\n").unwrap();
        let row = || {
            let facts = Facts::default();
            Row::new(ids.next(Direction::In, now), now, &request, facts)
        };
        let count = MAX_BATCH * 2 + 1;
        // The writer finds them all at once.
        let waiting: Vec<_> = {
            let mut queue = writer.shared.queue();
            queue.batch.rows.extend((0..count).map(|_| row()));
            let (done, waiting): (Vec<_>, _) = (0..count).map(|_| oneshot::channel()).unzip();
            queue.batch.done.extend(done);
            waiting
        };
        writer.shared.brought.notify_one();
        for kept in waiting {
            assert_eq!(kept.await, Ok(Ok(())));
        }
        let kept = place.open_to_read().unwrap().unwrap();
        let kept = kept.newest(&crate::store::Filter::default()).unwrap();
        assert_eq!(kept.len(), count);
        writer.finish().await;
        let closed = Err("the history is closed".to_owned());
        assert_eq!(writer.add(row()).await, closed);
    }
}
