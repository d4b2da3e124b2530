//! Captures at a glance: all that a list shows, without reading heads and bodies.

use std::ops::ControlFlow;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Row as Record, params};

use super::Store;
use super::id::{Direction, Id};
use super::query::{bytes, micros, time};
use crate::error::Result;

/// A capture as a list shows it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Glance {
    pub(crate) id: Id,
    pub(crate) at: Timestamp,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) provider: Option<String>,
    pub(crate) event: Option<String>,
    pub(crate) delivery_id: Option<String>,
    pub(crate) duplicate: bool,
    pub(crate) verdict: Option<String>,
    pub(crate) scheme: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) detail: Option<String>,
    /// The status that was answered.
    pub(crate) status: Option<u16>,
    pub(crate) duration: Duration,
    /// The limit that the body was over, if it was.
    pub(crate) over: Option<u64>,
    /// Size of the body in bytes.
    pub(crate) size: u64,
    pub(crate) pinned: bool,
}

/// Which captures are looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Glances<'a> {
    /// Older than this one.
    pub(crate) before: Option<Id>,
    /// Of this delivery.
    pub(crate) delivery_id: Option<&'a str>,
    /// From this time on.
    pub(crate) since: Option<Timestamp>,
    /// Whether heads and bodies are read, too.
    pub(crate) reads_text: bool,
}

/// Target, head and body of a capture; head and body are empty unless they were asked for.
pub(crate) type Text<'a> = [&'a [u8]; 3];

impl Store {
    /// Visits captures, the newest first.
    pub(crate) fn glances(
        &self,
        wanted: &Glances<'_>,
        mut visit: impl FnMut(Glance, Text<'_>) -> ControlFlow<()>,
    ) -> Result<()> {
        let text = if wanted.reads_text {
            "head, body"
        } else {
            "NULL, NULL"
        };
        let sql = format!(
            "SELECT id, at, method, target, provider, event, delivery_id, duplicate, verdict, reason, detail, status, duration, over, length(body), EXISTS (SELECT 1 FROM pin WHERE pin.entry = entry.id), scheme, {text}
            FROM entry WHERE sent = 0 AND id < ?1 AND (?2 IS NULL OR delivery_id = ?2) AND at >= ?3 ORDER BY id DESC"
        );
        let before = wanted.before.map_or(i64::MAX, |id| id.number);
        let since = wanted.since.map_or(i64::MIN, Timestamp::as_millisecond);
        let mut read = || {
            let mut statement = self.connection.prepare_cached(&sql)?;
            let mut records = statement.query(params![before, wanted.delivery_id, since])?;
            while let Some(record) = records.next()? {
                let text = [bytes(record, 3), bytes(record, 17), bytes(record, 18)];
                if visit(glance(record)?, text).is_break() {
                    break;
                }
            }
            Ok(())
        };
        read().map_err(|error| self.explain(error))
    }

    /// Whether an entry is pinned.
    pub(crate) fn is_pinned(&self, id: Id) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM pin WHERE entry = ?1)";
        let pinned = self
            .connection
            .query_row(sql, [id.number], |row| row.get(0));
        pinned.map_err(|error| self.explain(error))
    }
}

fn glance(record: &Record<'_>) -> rusqlite::Result<Glance> {
    Ok(Glance {
        id: Id {
            direction: Direction::In,
            number: record.get(0)?,
        },
        at: time(record.get(1)?),
        method: record.get(2)?,
        target: record.get(3)?,
        provider: record.get(4)?,
        event: record.get(5)?,
        delivery_id: record.get(6)?,
        duplicate: record.get(7)?,
        verdict: record.get(8)?,
        reason: record.get(9)?,
        detail: record.get(10)?,
        status: record.get(11)?,
        duration: micros(record.get(12)?),
        over: record.get::<_, Option<i64>>(13)?.map(i64::unsigned_abs),
        size: record.get::<_, i64>(14)?.unsigned_abs(),
        pinned: record.get(15)?,
        scheme: record.get(16)?,
    })
}
