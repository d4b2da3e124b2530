//! The one memory: what was received and what was sent, in one SQLite file that several processes share.
//!
//! Bytes stay as they came. Nothing is left out of what is kept; what is shown of it is for `render` to say.

mod checkpoint;
mod clock;
mod endpoint;
mod entry;
mod glance;
mod id;
mod import;
mod lease;
mod pending;
mod query;
mod schema;
mod tally;
mod write;
mod writer;

pub(crate) use endpoint::{ALL, Endpoint, Health};
pub(crate) use entry::{Attempt, Entry, Facts, LOOPBACK, Row, TAMPERED, unpack as headers_of};
pub(crate) use glance::{Glance, Glances, Text};
pub(crate) use id::{Direction, Id, Ids};
#[cfg(test)]
pub(crate) use import::Imported;
pub(crate) use import::{Mark, Staged};
pub(crate) use lease::Lease;
pub(crate) use pending::{Count, Disabled, Due, Limit, Made, Waiting, Wear, Whose};
pub(crate) use query::{Filter, Matches, Outcome, Search};
pub(crate) use tally::Tally;
pub(crate) use writer::Writer;

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;

use crate::error::{Error, Result};
use clock::Wall;
use schema::Problem;

/// Where the history is, and how much of it stays.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    /// What is older goes: see [`clock`].
    pub(crate) keep: Duration,
    /// When there is more, in bytes, the oldest go.
    pub(crate) max_size: u64,
    /// Whether a project brings it that is not trusted: the URLs in it are not the user's word.
    pub(crate) is_input: bool,
}

/// An open history.
pub(crate) struct Store {
    connection: Connection,
    /// Which file it is, whatever lies at its path by now.
    file: Option<schema::FileId>,
    place: Place,
    /// Whether it is prepared for many rows.
    expects_much: bool,
    wall: Wall,
}

impl Place {
    /// Opens the history to write to it; makes it if it is not there.
    ///
    /// # Errors
    /// It cannot be written, or it is no history.
    pub(crate) fn open(&self) -> Result<Store> {
        let connection = schema::open(&self.path).map_err(|problem| self.explain(problem))?;
        Ok(Store {
            connection,
            file: schema::file_id(&self.path),
            place: self.clone(),
            expects_much: false,
            wall: Wall::default(),
        })
    }

    /// Opens the history for one who must not lose anything: says now if it could not be written.
    ///
    /// # Errors
    /// It cannot be written, or it is no history.
    pub(crate) fn open_for_listening(&self) -> Result<Store> {
        let mut store = self.open()?;
        self.sweep();
        let tried = store.try_to_write();
        tried.map_err(|error| store.explain(error))?;
        Ok(store)
    }

    /// Opens the history to read it; `None` if there is none yet.
    ///
    /// # Errors
    /// It cannot be read, or it is no history.
    pub(crate) fn open_to_read(&self) -> Result<Option<Store>> {
        let connection =
            schema::open_to_read(&self.path).map_err(|problem| self.explain(problem))?;
        Ok(connection.map(|connection| Store {
            connection,
            file: schema::file_id(&self.path),
            place: self.clone(),
            expects_much: false,
            wall: Wall::default(),
        }))
    }

    fn explain(&self, problem: Problem) -> Error {
        let cannot = Error::machine(format!("cannot use the history `{}`", self.path.display()));
        let elsewhere = "Name another file with `--store FILE`, or do without: `--no-store`.";
        match problem {
            Problem::Foreign => cannot
                .because("it is a database of another program")
                .hint(elsewhere),
            Problem::Newer => cannot
                .because("a newer version of hookctl wrote it")
                .hint(elsewhere),
            Problem::ReadOnly => cannot.because("it cannot be written").hint(elsewhere),
            Problem::Io(error) => cannot.because(error).hint(elsewhere),
            Problem::Sqlite(error) => {
                use rusqlite::ErrorCode::{DatabaseCorrupt, DiskFull, NotADatabase};
                let hint = match error.sqlite_error_code() {
                    Some(DatabaseCorrupt | NotADatabase) => {
                        "Move it away, and a new one is made; or name another with `--store FILE`."
                    }
                    Some(DiskFull) => "Make room there, or name another file with `--store FILE`.",
                    _ => elsewhere,
                };
                cannot.because(plainly(&error)).hint(hint)
            }
        }
    }
}

impl Store {
    /// A history that ends with the program, for one who wants to keep nothing.
    ///
    /// # Errors
    /// There is no memory for it.
    pub(crate) fn in_memory() -> Result<Self> {
        let place = Place {
            path: PathBuf::from(":memory:"),
            keep: Duration::MAX,
            max_size: u64::MAX,
            is_input: false,
        };
        let connection = schema::open_in_memory().map_err(|problem| place.explain(problem))?;
        Ok(Self {
            connection,
            file: None,
            place,
            expects_much: false,
            wall: Wall::default(),
        })
    }

    fn explain(&self, error: rusqlite::Error) -> Error {
        self.place.explain(Problem::Sqlite(error))
    }

    /// What a user should know of the machine's clock, by which entries are deleted for their age.
    pub(crate) fn clock_warning(&self) -> Option<String> {
        let warning = self.wall.warning(&self.connection, self.place.keep);
        // Whoever writes to a damaged history is told so then.
        warning.unwrap_or_default()
    }

    /// Opens the history anew if its file was moved away or deleted: what is written to that, nobody finds.
    fn follow(&mut self) -> rusqlite::Result<()> {
        if schema::file_id(&self.place.path) == self.file {
            return Ok(());
        }
        // What it holds goes along with it. It is closed before another is opened, since the files beside them have
        // the same names.
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        let _ = self.connection.query_row(checkpoint, [], |_| Ok(()));
        self.connection = Connection::open_in_memory()?;
        self.connection = schema::open(&self.place.path).map_err(|problem| match problem {
            Problem::Sqlite(error) => error,
            _ => rusqlite::Error::InvalidPath(self.place.path.clone()),
        })?;
        self.file = schema::file_id(&self.place.path);
        // Another file has another time.
        self.wall.forget();
        if self.expects_much {
            self.expect_much()?;
        }
        Ok(())
    }

    /// Prepares for many rows, of which the log is brought into the file by a thread.
    fn expect_much(&mut self) -> rusqlite::Result<()> {
        self.expects_much = true;
        schema::expect_much(&self.connection, checkpoint::longest_log(&self.place))
    }
}

/// What SQLite says, in words that tell what to do.
fn plainly(error: &rusqlite::Error) -> String {
    use rusqlite::ErrorCode as Code;
    let plain = match error.sqlite_error_code() {
        Some(Code::DatabaseBusy | Code::DatabaseLocked) => "another program has locked it",
        Some(Code::NotADatabase) => "it is no history",
        Some(Code::DatabaseCorrupt) => "it is damaged",
        Some(Code::ReadOnly) => "it cannot be written",
        Some(Code::DiskFull) => "the disk is full",
        Some(Code::CannotOpen) => "it cannot be opened",
        _ => return error.to_string(),
    };
    plain.to_owned()
}
