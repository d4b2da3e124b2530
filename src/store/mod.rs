//! The one memory: what was received and what was sent, in one SQLite file that several processes share.
//!
//! Bytes stay as they came. Nothing is left out of what is kept; what is shown of it is for `render` to say.

mod entry;
mod glance;
mod id;
mod query;
mod schema;
mod write;
mod writer;

pub(crate) use entry::{Attempt, Entry, Facts, Row, TAMPERED};
pub(crate) use glance::{Glance, Glances};
pub(crate) use id::{Direction, Id, Ids};
pub(crate) use query::{Filter, Search};
pub(crate) use writer::Writer;

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;

use crate::error::{Error, Result};
use schema::Problem;

/// Where the history is, and how much of it stays.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    /// What is older goes.
    pub(crate) keep: Duration,
    /// When there is more, in bytes, the oldest go.
    pub(crate) max_size: u64,
}

/// An open history.
pub(crate) struct Store {
    connection: Connection,
    place: Place,
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
            place: self.clone(),
        })
    }

    /// Opens the history for one who must not lose anything: says now if it could not be written.
    ///
    /// # Errors
    /// It cannot be written, or it is no history.
    pub(crate) fn open_for_listening(&self) -> Result<Store> {
        let mut store = self.open()?;
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
            place: self.clone(),
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
                let is_damaged = is_damaged(&error);
                let cannot = cannot.because(plainly(&error));
                if is_damaged {
                    cannot.hint(
                        "Move it away, and a new one is made; or name another with `--store FILE`.",
                    )
                } else {
                    cannot.hint(elsewhere)
                }
            }
        }
    }
}

impl Store {
    fn explain(&self, error: rusqlite::Error) -> Error {
        self.place.explain(Problem::Sqlite(error))
    }
}

fn is_damaged(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(
        error.sqlite_error_code(),
        Some(DatabaseCorrupt | NotADatabase)
    )
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
