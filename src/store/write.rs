//! Writing rows, and taking the oldest away.

use std::sync::LazyLock;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Statement, ToSql, TransactionBehavior, params};

use super::entry::{Attempt, Row, pack};
use super::id::{Direction, Id};
use super::{Store, schema};
use crate::error::Result;

/// What is written of an entry, in the order of [`bind`].
pub(super) const COLUMNS: [&str; 23] = [
    "id",
    "sent",
    "at",
    "method",
    "target",
    "provider",
    "event",
    "delivery_id",
    "duplicate",
    "verdict",
    "scheme",
    "reason",
    "detail",
    "status",
    "duration",
    "good",
    "over",
    "url",
    "replay_of",
    "head",
    "body",
    "endpoint",
    "kept",
];
/// So many rows are written at once: what is done for each statement is done less often.
const TOGETHER: usize = 8;
/// The oldest that may go.
const OLDEST: &str = "SELECT id FROM entry WHERE id NOT IN (SELECT entry FROM pin) ORDER BY id";

/// How much a limit lets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Excess {
    None,
    /// What was kept before this time of the history.
    Before(i64),
    /// The file is too large.
    Size,
}

impl Store {
    /// Keeps a delivery or a capture.
    pub(crate) fn add(&mut self, row: &Row) -> Result<()> {
        let added = self.commit(std::slice::from_ref(row), Excess::None);
        added.map_err(|error| self.explain(error))
    }

    /// Writes what changes nothing.
    pub(super) fn try_to_write(&mut self) -> rusqlite::Result<()> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version =
            transaction.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()
    }

    /// Commits rows together, and takes away some of what was too much before.
    pub(super) fn commit(&mut self, rows: &[Row], excess: Excess) -> rusqlite::Result<()> {
        self.follow()?;
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let kept = self.wall.tick(&transaction, self.place.keep)?;
        // More goes than comes, or a full history would stay so.
        let most = i64::try_from(rows.len() * 2).unwrap_or(i64::MAX).max(500);
        match excess {
            Excess::None => {}
            Excess::Before(time) => {
                let old =
                    format!("DELETE FROM entry WHERE id IN ({OLDEST} LIMIT ?1) AND kept < ?2");
                transaction
                    .prepare_cached(&old)?
                    .execute(params![most, time])?;
            }
            Excess::Size => take_oldest(&transaction, self.place.max_size, most)?,
        }
        insert(&transaction, &rows.iter().collect::<Vec<_>>(), kept)?;
        transaction.commit()
    }

    /// Commits rows unless another program holds the file: `None` then.
    pub(super) fn commit_at_once(&mut self, rows: &[Row]) -> rusqlite::Result<Option<()>> {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
        schema::be_impatient(&mut self.connection)?;
        let kept = self.commit(rows, Excess::None);
        schema::be_patient(&mut self.connection)?;
        let code = kept.as_ref().err().map(rusqlite::Error::sqlite_error_code);
        if let Some(Some(DatabaseBusy | DatabaseLocked)) = code {
            return Ok(None);
        }
        kept.map(Some)
    }

    /// What the limits of the history let go. What is too old is known once something was committed.
    pub(super) fn excess(&self) -> rusqlite::Result<Excess> {
        if size(&self.connection)? > self.place.max_size {
            return Ok(Excess::Size);
        }
        let Some(time) = self.wall.time() else {
            return Ok(Excess::None);
        };
        let limit = before(time, self.place.keep);
        let first = format!("SELECT kept FROM entry WHERE id IN ({OLDEST} LIMIT 1)");
        let oldest: Option<i64> = self
            .connection
            .query_row(&first, [], |row| row.get(0))
            .optional()?;
        Ok(match oldest {
            Some(oldest) if oldest < limit => Excess::Before(limit),
            _ => Excess::None,
        })
    }

    /// Takes away what is older than this by the times that the history shows, but for what is pinned, and returns how
    /// many that were. In steps, so that others get to write.
    pub(crate) fn prune(&mut self, now: Timestamp, keep: Duration) -> Result<usize> {
        let time = before(now.as_millisecond(), keep);
        self.delete("at < ?1 AND id NOT IN (SELECT entry FROM pin)", time)
    }

    /// Takes all away.
    pub(crate) fn clear(&mut self) -> Result<usize> {
        self.delete("at <= ?1", i64::MAX)
    }

    fn delete(&mut self, condition: &str, value: i64) -> Result<usize> {
        let step = format!(
            "DELETE FROM entry WHERE id IN (SELECT id FROM entry WHERE {condition} LIMIT 1000)"
        );
        let mut total = 0;
        loop {
            let deleted = self.connection.execute(&step, params![value]);
            let deleted = deleted.map_err(|error| self.explain(error))?;
            total += deleted;
            if deleted == 0 {
                break;
            }
        }
        let shrunk = shrink(&self.connection);
        shrunk.map_err(|error| self.explain(error))?;
        Ok(total)
    }

    /// Takes one entry away; says whether it was there.
    pub(crate) fn remove(&mut self, id: Id) -> Result<bool> {
        let sql = "DELETE FROM entry WHERE id = ?1 AND sent = ?2";
        let sent = id.direction.number();
        let removed = self.connection.execute(sql, params![id.number, sent]);
        removed
            .map(|count| count > 0)
            .map_err(|error| self.explain(error))
    }

    /// Pins an entry, so that it stays when the oldest go, or lets it go again; says whether it is there.
    pub(crate) fn pin(&mut self, id: Id, pinned: bool) -> Result<bool> {
        let sql = if pinned {
            "INSERT OR IGNORE INTO pin SELECT id FROM entry WHERE id = ?1"
        } else {
            "DELETE FROM pin WHERE entry = ?1"
        };
        let done = self.connection.execute(sql, [id.number]);
        done.map_err(|error| self.explain(error))?;
        self.contains(id)
    }

    /// Whether there is an entry with this id.
    fn contains(&self, id: Id) -> Result<bool> {
        let known = self
            .connection
            .query_row("SELECT 1 FROM entry WHERE id = ?1", [id.number], |_| Ok(()))
            .optional();
        known
            .map(|known| known.is_some())
            .map_err(|error| self.explain(error))
    }
}

/// Bytes that are in use.
fn size(connection: &Connection) -> rusqlite::Result<u64> {
    let pages = "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size";
    connection
        .prepare_cached(pages)?
        .query_row([], |row| row.get::<_, i64>(0))
        .map(i64::unsigned_abs)
}

/// Takes the oldest away until the rest is no larger than this, in bytes, but so many at most.
fn take_oldest(connection: &Connection, max_size: u64, most: i64) -> rusqlite::Result<()> {
    const OLDEST: &str = "SELECT id, length(head) + length(body) + coalesce((SELECT sum(length(head) + length(body)) FROM attempt WHERE attempt.entry = entry.id), 0) FROM entry WHERE id NOT IN (SELECT entry FROM pin) ORDER BY id LIMIT ?1";
    let mut left = most;
    loop {
        // Half of it each time: rows take more room than their bytes, and what fits is to stay.
        let half = size(connection)?.saturating_sub(max_size).div_ceil(2);
        let mut oldest = connection.prepare_cached(OLDEST)?;
        let mut oldest = oldest.query([left])?;
        let (mut gone, mut last) = (0, None);
        while gone < half
            && let Some(row) = oldest.next()?
        {
            last = Some(row.get::<_, i64>(0)?);
            gone += row.get::<_, i64>(1)?.unsigned_abs();
            left -= 1;
        }
        let Some(last) = last else {
            return Ok(());
        };
        let delete = "DELETE FROM entry WHERE id <= ?1 AND id NOT IN (SELECT entry FROM pin)";
        connection.prepare_cached(delete)?.execute([last])?;
    }
}

/// Gives what is no longer in use back to the disk, in steps.
fn shrink(connection: &Connection) -> rusqlite::Result<()> {
    loop {
        let free: i64 = connection.pragma_query_value(None, "freelist_count", |row| row.get(0))?;
        if free == 0 {
            break;
        }
        let mut step = connection.prepare_cached("PRAGMA incremental_vacuum(256)")?;
        let mut rows = step.query([])?;
        while rows.next()?.is_some() {}
        drop(rows);
        let left: i64 = connection.pragma_query_value(None, "freelist_count", |row| row.get(0))?;
        if left >= free {
            break;
        }
    }
    // The file itself shrinks with the checkpoint; others who read or write may put that off.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

/// The time in milliseconds before which things are older than this.
fn before(now: i64, keep: Duration) -> i64 {
    let keep = i64::try_from(keep.as_millis()).unwrap_or(i64::MAX);
    now.saturating_sub(keep)
}

/// Writes rows that are kept from this time of the history on.
pub(super) fn insert(connection: &Connection, rows: &[&Row], kept: i64) -> rusqlite::Result<()> {
    static ONE: LazyLock<String> = LazyLock::new(|| statement_for(1));
    static SOME: LazyLock<String> = LazyLock::new(|| statement_for(TOGETHER));
    let (some, rest) = rows.as_chunks::<TOGETHER>();
    if !some.is_empty() {
        // One look-up for all: each hashes its whole text.
        let mut statement = connection.prepare_cached(&SOME)?;
        for rows in some {
            insert_entries(&mut statement, rows, kept)?;
        }
    }
    if !rest.is_empty() {
        let mut statement = connection.prepare_cached(&ONE)?;
        for row in rest {
            insert_entries(&mut statement, &[row], kept)?;
        }
    }
    for row in rows {
        let mut attempts = row.attempts.iter();
        attempts.try_for_each(|attempt| insert_attempt(connection, row.id, attempt))?;
    }
    Ok(())
}

/// The statement that writes so many rows.
fn statement_for(rows: usize) -> String {
    let row = format!("({})", ["?"; COLUMNS.len()].join(", "));
    let rows = vec![row; rows].join(", ");
    format!("INSERT INTO entry ({}) VALUES {rows}", COLUMNS.join(", "))
}

/// Writes rows with the statement for so many.
fn insert_entries(statement: &mut Statement<'_>, rows: &[&Row], kept: i64) -> rusqlite::Result<()> {
    for (row, first) in rows.iter().zip((1..).step_by(COLUMNS.len())) {
        bind(statement, first, row, kept)?;
    }
    statement.raw_execute()?;
    Ok(())
}

/// Gives a statement the values of a row, from this parameter on.
pub(super) fn bind(
    statement: &mut Statement<'_>,
    first: usize,
    row: &Row,
    kept: i64,
) -> rusqlite::Result<()> {
    let facts = &row.facts;
    let over = facts
        .over
        .map(|limit| i64::try_from(limit).unwrap_or(i64::MAX));
    let values: [&dyn ToSql; COLUMNS.len()] = [
        &row.id.number,
        &row.id.direction.number(),
        &row.at.as_millisecond(),
        &row.method,
        &row.target,
        &facts.provider,
        &facts.event,
        &facts.delivery_id,
        &facts.duplicate,
        &facts.verdict,
        &facts.scheme,
        &facts.reason,
        &facts.detail,
        &facts.status,
        &micros(facts.duration),
        &facts.good,
        &over,
        &facts.url,
        &facts.replay_of.map(mark),
        &row.head,
        &&*row.body,
        &facts.endpoint,
        &kept,
    ];
    for (value, index) in values.into_iter().zip(first..) {
        statement.raw_bind_parameter(index, value)?;
    }
    Ok(())
}

pub(super) fn insert_attempt(
    connection: &Connection,
    of: Id,
    attempt: &Attempt,
) -> rusqlite::Result<()> {
    const INSERT: &str = "INSERT INTO attempt (entry, number, at, status, duration, error, sent, head, body, truncated, url)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    insert_attempt_with(INSERT, connection, of, attempt)
}

/// Writes an attempt with a statement of these columns.
pub(super) fn insert_attempt_with(
    insert: &str,
    connection: &Connection,
    of: Id,
    attempt: &Attempt,
) -> rusqlite::Result<()> {
    connection.prepare_cached(insert)?.execute(params![
        of.number,
        attempt.number,
        attempt.at.as_millisecond(),
        attempt.status,
        micros(attempt.duration),
        attempt.error,
        attempt.sent.as_ref().map(pack),
        pack(&attempt.headers),
        &*attempt.body,
        attempt.truncated,
        attempt.url,
    ])?;
    Ok(())
}

/// An id with its direction: that of another entry, which may be gone.
pub(super) fn mark(id: Id) -> i64 {
    id.number << 1 | i64::from(id.direction == Direction::Out)
}

/// The id that [`mark`] marks.
pub(super) fn marked(number: i64) -> Id {
    let direction = if number & 1 == 1 {
        Direction::Out
    } else {
        Direction::In
    };
    Id {
        direction,
        number: number >> 1,
    }
}

pub(super) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
