//! Brings the log into the file on a thread of its own: whoever waits for a commit should not wait for that as well.
//!
//! It is done when it is quiet: a disk that has much to write slows those who come, and what is written again and again
//! while much comes needs to be brought in once.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use rusqlite::OpenFlags;

use super::entry::Row;
use super::schema::{self, Problem};
use super::{Place, Store};

/// Bytes of rows after which it is due.
const DUE: u64 = 4 * 1024 * 1024;
/// It is quiet if it is not due again within this time.
const QUIET: Duration = Duration::from_millis(250);
/// Bytes of rows after which it is done though it is not quiet.
const LONG: u64 = 256 * 1024 * 1024;
/// Bytes of the log for one of its rows: the pages that a commit ends in are written with the next one again.
const SPREAD: u64 = 3;

/// The way to the thread, which ends when this goes.
pub(super) struct Checkpoints {
    due: SyncSender<()>,
    /// Bytes of rows since it was last told.
    written: u64,
}

impl Checkpoints {
    /// Starts the thread for what a store writes.
    ///
    /// # Errors
    /// There can be no more threads.
    pub(super) fn start(store: &Store) -> std::io::Result<Self> {
        let (path, most) = (store.place.path.clone(), long(&store.place) / DUE);
        let (due, told) = sync_channel(1);
        std::thread::Builder::new()
            .name("checkpoints".to_owned())
            .spawn(move || run(&path, &told, most))?;
        Ok(Self { due, written: 0 })
    }

    /// Counts rows that were committed.
    pub(super) fn wrote(&mut self, rows: &[Row]) {
        let sizes = rows.iter().map(|row| row.head.len() + row.body.len());
        self.written += sizes.map(|size| size as u64).sum::<u64>();
        if self.written >= DUE {
            // One that is not done with the last time will find these rows, too.
            let _ = self.due.try_send(());
            self.written = 0;
        }
    }
}

/// Bytes that the log of a history may take: as many as the history itself.
pub(super) fn longest_log(place: &Place) -> u64 {
    long(place) * SPREAD
}

/// Bytes of rows that it may hold while much comes.
fn long(place: &Place) -> u64 {
    (place.max_size / SPREAD).clamp(DUE, LONG)
}

/// Waits until it is due and quiet, or due for so many times.
fn run(path: &Path, told: &Receiver<()>, most: u64) {
    let mut held = 0;
    while told.recv().is_ok() {
        held += 1;
        while held < most {
            match told.recv_timeout(QUIET) {
                Ok(()) => held += 1,
                Err(RecvTimeoutError::Timeout) => break,
                // Whoever closes the file last does it.
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        // What fails now is done by the writer, later and at once.
        if checkpoint(path).unwrap_or(false) {
            held = 0;
        }
    }
}

/// Brings into the file what nobody reads or writes just now; says whether that was all, so that the log begins anew.
/// The file is opened each time, as another may be there.
fn checkpoint(path: &Path) -> Result<bool, Problem> {
    let connection = schema::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let is_all = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        // Pages in the log, and those of them that are in the file.
        Ok(row.get::<_, i64>(1)? == row.get::<_, i64>(2)?)
    })?;
    Ok(is_all)
}
