//! Entries of files on their way into the history: they gather beside it, and come in together or not at all.
//!
//! They wait in temporary tables, which vanish with the program however it ends, so other programs write meanwhile and
//! wait for the one commit at the end alone. The files of these tables are next to the history, where there is room for
//! what is imported.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use super::Store;
use super::entry::{Entry, Row, unpack};
use super::id::{Direction, Id, Ids};
use super::query::bytes;
use super::write::{COLUMNS, bind, insert_attempt_with};
use crate::error::Result;
use crate::request::redact::was_redacted;
use crate::request::{Headers, Request};

/// What tells a record without an id of its own from others.
pub(crate) type Mark = [u8; 16];

/// What is imported.
pub(crate) struct Staged<'a> {
    store: &'a mut Store,
    ids: Ids,
    added: usize,
    known: usize,
}

/// What came of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Imported {
    pub(crate) added: usize,
    /// Records that are in the history already.
    pub(crate) known: usize,
}

impl Store {
    /// Begins an import.
    pub(crate) fn stage(&mut self) -> Result<Staged<'_>> {
        let ids = Ids::new()?;
        let folder = self.place.path.parent().unwrap_or(&self.place.path);
        let prepared = prepare(&self.connection, &folder.to_string_lossy());
        prepared.map_err(|error| self.explain(error))?;
        Ok(Staged {
            store: self,
            ids,
            added: 0,
            known: 0,
        })
    }
}

/// Makes the temporary tables.
fn prepare(connection: &Connection, folder: &str) -> rusqlite::Result<()> {
    connection.pragma_update(None, "temp_store_directory", folder)?;
    connection.pragma_update(None, "temp_store", "FILE")?;
    let columns = COLUMNS[1..].join(", ");
    connection.execute_batch(&format!(
        "CREATE TEMP TABLE staged (id INTEGER PRIMARY KEY, {columns}, mark BLOB);
        CREATE UNIQUE INDEX temp.staged_mark ON staged (mark) WHERE mark IS NOT NULL;
        CREATE TEMP TABLE staged_attempt AS SELECT * FROM attempt LIMIT 0;
        CREATE TEMP TABLE seen (mark BLOB PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;"
    ))
}

impl Staged<'_> {
    /// Takes an entry in, unless the history has it: under its own id, or, where it has none, by its mark. Of several
    /// with one mark, each is one of its own. `entry.id` says the direction alone if it is not its own.
    pub(crate) fn add(&mut self, entry: Entry, is_own: bool, mark: &Mark) -> Result<()> {
        let added = self.try_add(entry, is_own, mark);
        let is_new = added.map_err(|error| self.store.explain(error))?;
        if is_new {
            self.added += 1;
        } else {
            self.known += 1;
        }
        Ok(())
    }

    fn try_add(&mut self, mut entry: Entry, is_own: bool, mark: &Mark) -> rusqlite::Result<bool> {
        let connection = &self.store.connection;
        if is_own {
            match self.there(entry.id)? {
                None => return stage(connection, &entry, None).map(|()| true),
                Some((direction, there))
                    if direction == entry.id.direction && is_same(&there, &entry.request) =>
                {
                    return Ok(false);
                }
                // Another one that happens to have its id.
                Some(_) => {}
            }
        }
        let sql = "INSERT INTO temp.seen VALUES (?1, 1) ON CONFLICT (mark) DO UPDATE SET count = count + 1 RETURNING count";
        let count: i64 = connection
            .prepare_cached(sql)?
            .query_row([mark], |row| row.get(0))?;
        // The second of them has a mark of its own, which is the same in the next import.
        let others = u128::from(count.unsigned_abs()) - 1;
        let mark = u128::from_be_bytes(*mark)
            .wrapping_add(others)
            .to_be_bytes();
        let sql = "SELECT 1 FROM imported WHERE mark = ?1";
        let known = connection.prepare_cached(sql)?.exists([mark])?;
        if known {
            return Ok(false);
        }
        entry.id = self.ids.next(entry.id.direction, entry.at);
        while self.there(entry.id)?.is_some() {
            entry.id = self.ids.next(entry.id.direction, entry.at);
        }
        stage(connection, &entry, Some(&mark)).map(|()| true)
    }

    /// What has the number of an id, in the history or among those that wait.
    fn there(&self, id: Id) -> rusqlite::Result<Option<(Direction, Request)>> {
        for table in ["main.entry", "temp.staged"] {
            let sql = format!("SELECT sent, method, target, head, body FROM {table} WHERE id = ?1");
            let mut statement = self.store.connection.prepare_cached(&sql)?;
            let found = statement.query_row([id.number], |row| {
                let request = Request {
                    method: row.get(1)?,
                    target: row.get(2)?,
                    headers: unpack(bytes(row, 3)),
                    body: bytes(row, 4).to_vec().into(),
                };
                Ok((Direction::of_number(row.get(0)?), request))
            });
            if let Some(found) = found.optional()? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Brings all of them into the history in one transaction.
    pub(crate) fn commit(self) -> Result<Imported> {
        let Self {
            store,
            added,
            known,
            ..
        } = self;
        if added == 0 {
            return Ok(Imported { added, known });
        }
        let came_since = store.take_staged();
        let came_since = came_since.map_err(|error| store.explain(error))?;
        Ok(Imported {
            added: added - came_since,
            known: known + came_since,
        })
    }
}

impl Store {
    /// Moves what is staged into the history, and says how many of them another program brought there meanwhile.
    fn take_staged(&mut self) -> rusqlite::Result<usize> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let kept = self.wall.tick(&transaction, self.place.keep)?;
        let came = [
            "DELETE FROM temp.staged WHERE mark IS NULL AND EXISTS (SELECT 1 FROM main.entry WHERE entry.id = staged.id)",
            "DELETE FROM temp.staged WHERE mark IN (SELECT mark FROM main.imported)",
        ];
        let mut came_since = 0;
        for sql in came {
            came_since += transaction.execute(sql, [])?;
        }
        let names = COLUMNS[..COLUMNS.len() - 1].join(", ");
        let entries = format!(
            "INSERT INTO main.entry ({}) SELECT {names}, ?1 FROM temp.staged ORDER BY id",
            COLUMNS.join(", ")
        );
        transaction.execute(&entries, [kept])?;
        transaction.execute_batch(
            "INSERT INTO main.attempt SELECT * FROM temp.staged_attempt WHERE entry IN (SELECT id FROM temp.staged);
            INSERT INTO main.imported (entry, mark) SELECT id, mark FROM temp.staged WHERE mark IS NOT NULL;",
        )?;
        transaction.commit()?;
        Ok(came_since)
    }
}

const STAGE_ATTEMPT: &str = "INSERT INTO temp.staged_attempt (entry, number, at, status, duration, error, sent, head, body, truncated, url)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

fn stage(connection: &Connection, entry: &Entry, mark: Option<&Mark>) -> rusqlite::Result<()> {
    let row = Row::from(entry);
    let places = vec!["?"; COLUMNS.len() + 1].join(", ");
    let sql = format!(
        "INSERT INTO temp.staged ({}, mark) VALUES ({places})",
        COLUMNS.join(", ")
    );
    let mut statement = connection.prepare_cached(&sql)?;
    bind(&mut statement, 1, &row, 0)?;
    statement.raw_bind_parameter(COLUMNS.len() + 1, mark)?;
    statement.raw_execute()?;
    for attempt in &row.attempts {
        insert_attempt_with(STAGE_ATTEMPT, connection, row.id, attempt)?;
    }
    Ok(())
}

/// Whether a request is one that is there, but for credentials that were left out of either.
fn is_same(there: &Request, other: &Request) -> bool {
    there.method == other.method
        && is_same_target(&there.target, &other.target)
        && there.body == other.body
        && are_same(&there.headers, &other.headers)
}

fn is_same_target(there: &str, other: &str) -> bool {
    let path = |target: &str| target.split('?').next().map(str::to_owned);
    let is_redacted = [there, other]
        .iter()
        .any(|target| was_redacted(target.as_bytes()));
    there == other || (is_redacted && path(there) == path(other))
}

fn are_same(there: &Headers, other: &Headers) -> bool {
    there.iter().count() == other.iter().count()
        && there.iter().zip(other.iter()).all(|(one, other)| {
            one.name == other.name
                && (one.value == other.value
                    || was_redacted(&one.value)
                    || was_redacted(&other.value))
        })
}
