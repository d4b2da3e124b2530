//! Brings the log into the file on a thread of its own: whoever waits for a commit should not wait for that as well.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};

use rusqlite::OpenFlags;

use super::entry::Row;
use super::schema::{self, Problem};

/// Bytes of rows after which it is time.
const DUE: usize = 4 * 1024 * 1024;

/// The way to the thread, which ends when this goes.
pub(super) struct Checkpoints {
    due: SyncSender<()>,
    /// Bytes of rows since it was last told.
    written: usize,
}

impl Checkpoints {
    /// Starts the thread.
    ///
    /// # Errors
    /// There can be no more threads.
    pub(super) fn start(path: PathBuf) -> std::io::Result<Self> {
        let (due, told) = sync_channel(1);
        std::thread::Builder::new()
            .name("checkpoints".to_owned())
            .spawn(move || {
                for () in told {
                    // What fails now is done by the writer, later and at once.
                    let _ = checkpoint(&path);
                }
            })?;
        Ok(Self { due, written: 0 })
    }

    /// Counts rows that were committed.
    pub(super) fn wrote(&mut self, rows: &[Row]) {
        let sizes = rows.iter().map(|row| row.head.len() + row.body.len());
        self.written += sizes.sum::<usize>();
        if self.written >= DUE {
            // One that is not done with the last time will find these rows, too.
            let _ = self.due.try_send(());
            self.written = 0;
        }
    }
}

/// Brings into the file what nobody reads or writes just now. The file is opened each time, as another may be there.
fn checkpoint(path: &Path) -> Result<(), Problem> {
    let connection = schema::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    Ok(())
}
