//! Reading: one entry, the newest of them, those that fit a filter.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{OptionalExtension as _, Row as Record, params, params_from_iter};

use super::Store;
use super::entry::{Attempt, Entry, Facts, unpack};
use super::id::{Direction, Id, Ids};
use super::write::{mark, marked};
use crate::error::Result;
use crate::request::Request;

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// None of them stands for all.
    pub(crate) directions: Vec<Direction>,
    /// `provider/event`, either of them with `*` at its end, or an event alone.
    pub(crate) event: Option<String>,
    /// Ranges of statuses, both ends included.
    pub(crate) statuses: Option<Vec<(u16, u16)>>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) search: Option<Search>,
    pub(crate) limit: Option<usize>,
    /// Those that went wrong and have not gone well in a replay since.
    pub(crate) failed: bool,
    /// Deliveries to the endpoint with this id.
    pub(crate) endpoint: Option<String>,
    /// Deliveries that stand like this, beside those with one of the statuses.
    pub(crate) outcomes: Vec<Outcome>,
    /// What no query can say.
    pub(crate) matches: Option<Matches>,
}

/// Says of an entry without its attempts, and whether it is pinned, if it is looked for.
type Test = dyn Fn(&Entry, bool) -> bool;

/// Which entries are looked for, by what is read of them.
#[derive(Clone)]
pub(crate) struct Matches {
    pub(crate) test: Arc<Test>,
    /// Whether it matters what is pinned.
    pub(crate) reads_pins: bool,
}

impl fmt::Debug for Matches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Matches");
        shown
            .field("reads_pins", &self.reads_pins)
            .finish_non_exhaustive()
    }
}

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is attempted again.
    Pending,
    Success,
    Fail,
}

impl Outcome {
    /// Its word in the log and in machine output.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Success => "success",
            Self::Fail => "fail",
        }
    }

    fn condition(self) -> &'static str {
        match self {
            Self::Pending => "sent = 1 AND id IN (SELECT entry FROM pending)",
            Self::Success => "sent = 1 AND good = 1",
            Self::Fail => "sent = 1 AND good = 0 AND id NOT IN (SELECT entry FROM pending)",
        }
    }
}

impl Facts {
    /// How a delivery stands.
    pub(crate) fn outcome(&self) -> Outcome {
        match (self.pending, self.good) {
            (Some(_), _) => Outcome::Pending,
            (None, true) => Outcome::Success,
            (None, false) => Outcome::Fail,
        }
    }
}

/// A text to be found in path, headers or body, byte for byte.
#[derive(Clone, Debug)]
pub(crate) struct Search(memchr::memmem::Finder<'static>);

impl Search {
    pub(crate) fn new(text: &str) -> Self {
        Self(memchr::memmem::Finder::new(text.as_bytes()).into_owned())
    }

    pub(crate) fn is_in(&self, parts: [&[u8]; 3]) -> bool {
        parts.iter().any(|part| self.0.find(part).is_some())
    }
}

const COLUMNS: &str = "id, sent, at, method, target, provider, event, delivery_id, duplicate, verdict, scheme, reason, detail, status, duration, good, over, url, replay_of, head, body, endpoint, CASE WHEN sent THEN (SELECT due FROM pending WHERE pending.entry = entry.id) END";

impl Filter {
    /// The condition, and what stands in it.
    fn condition(&self) -> (String, Vec<Value>) {
        let mut parts = vec!["1".to_owned()];
        let mut values: Vec<Value> = Vec::new();
        if !self.directions.is_empty() {
            let numbers = self.directions.iter();
            let numbers: Vec<String> = numbers.map(|one| one.number().to_string()).collect();
            parts.push(format!("sent IN ({})", numbers.join(", ")));
        }
        if let Some(event) = &self.event {
            let (provider, event) = match event.split_once('/') {
                Some((provider, event)) => (Some(provider), event),
                None => (None, &**event),
            };
            let wanted = provider.map(|provider| ("provider", provider));
            for (column, pattern) in wanted.into_iter().chain([("event", event)]) {
                if pattern != "*" {
                    parts.push(format!("{column} GLOB ?"));
                    values.push(Value::Text(glob(pattern)));
                }
            }
        }
        let ranges = self.statuses.iter().flatten();
        let ranges = ranges.map(|(from, to)| format!("status BETWEEN {from} AND {to}"));
        let outcomes = self.outcomes.iter();
        let outcomes = outcomes.map(|outcome| format!("({})", outcome.condition()));
        let any: Vec<String> = ranges.chain(outcomes).collect();
        if !any.is_empty() {
            parts.push(format!("({})", any.join(" OR ")));
        }
        if let Some(endpoint) = &self.endpoint {
            parts.push("endpoint = ?".to_owned());
            values.push(Value::Text(endpoint.clone()));
        }
        if let Some(since) = self.since {
            parts.push("at >= ?".to_owned());
            values.push(Value::Integer(since.as_millisecond()));
        }
        if self.failed {
            parts.push("good = 0 AND sent < 2 AND replay_of IS NULL AND over IS NULL AND NOT (sent = 1 AND (verdict IS 'tampered' OR id IN (SELECT entry FROM pending))) AND NOT EXISTS (SELECT 1 FROM entry AS later WHERE later.replay_of = entry.id * 2 + entry.sent AND later.good = 1)".to_owned());
        }
        (parts.join(" AND "), values)
    }
}

/// A pattern in which nothing but `*` is special.
fn glob(pattern: &str) -> String {
    pattern.replace('[', "[[]").replace('?', "[?]")
}

impl Store {
    /// The entry with this id.
    pub(crate) fn get(&self, id: Id) -> Result<Option<Entry>> {
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE id = ?1 AND sent = ?2");
        let sent = id.direction.number();
        let found = self
            .connection
            .query_row(&sql, params![id.number, sent], entry)
            .optional()
            .and_then(|found| found.map(|found| self.with_attempts(found)).transpose());
        found.map_err(|error| self.explain(error))
    }

    /// Makes ids for what follows the entries that are there.
    pub(crate) fn ids(&self) -> Result<Ids> {
        let sql = "SELECT max(id) FROM entry";
        let newest = self.connection.query_row(sql, [], |row| row.get(0));
        // Whoever writes to a damaged history is told so then.
        match newest.unwrap_or_default() {
            Some(number) => Ids::after(Id {
                direction: Direction::In,
                number,
            }),
            None => Ids::new(),
        }
    }

    /// What was sent as a replay of this entry, the oldest first.
    pub(crate) fn replays_of(&self, id: Id) -> Result<Vec<Entry>> {
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE replay_of = ?1 ORDER BY id LIMIT 200");
        let found = || {
            let mut statement = self.connection.prepare(&sql)?;
            let found = statement.query_map([mark(id)], entry)?;
            found
                .map(|found| found.and_then(|found| self.with_attempts(found)))
                .collect::<rusqlite::Result<_>>()
        };
        found().map_err(|error| self.explain(error))
    }

    /// The newest entries that fit, the newest first.
    pub(crate) fn newest(&self, filter: &Filter) -> Result<Vec<Entry>> {
        let mut found = Vec::new();
        self.each(filter, true, |entry| {
            found.push(entry);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    /// The ids of the newest entries that fit, the newest first: for one who reads them one at a time.
    pub(crate) fn newest_ids(&self, filter: &Filter) -> Result<Vec<Id>> {
        let mut found = Vec::new();
        self.scan(filter, true, |record| {
            found.push(id(record).map_err(|error| self.explain(error))?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    /// Visits the entries that fit, without keeping them. What is written meanwhile is not seen.
    pub(crate) fn each(
        &self,
        filter: &Filter,
        newest_first: bool,
        mut visit: impl FnMut(Entry) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        self.scan(filter, newest_first, |record| {
            let found = entry(record).and_then(|found| self.with_attempts(found));
            visit(found.map_err(|error| self.explain(error))?)
        })
    }

    fn scan(
        &self,
        filter: &Filter,
        newest_first: bool,
        mut visit: impl FnMut(&Record<'_>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let (condition, values) = filter.condition();
        let order = if newest_first { "DESC" } else { "ASC" };
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE {condition} ORDER BY id {order}");
        let explain = |error| self.explain(error);
        let mut statement = self.connection.prepare(&sql).map_err(explain)?;
        let mut records = statement.query(params_from_iter(values)).map_err(explain)?;
        let mut left = filter.limit.unwrap_or(usize::MAX);
        while left > 0 {
            let Some(record) = records.next().map_err(explain)? else {
                break;
            };
            if let Some(search) = &filter.search
                && !search.is_in([bytes(record, 4), bytes(record, 19), bytes(record, 20)])
            {
                continue;
            }
            if let Some(matches) = &filter.matches {
                let found = entry(record).map_err(explain)?;
                let pinned = matches.reads_pins && self.is_pinned(found.id)?;
                if !(matches.test)(&found, pinned) {
                    continue;
                }
            }
            left -= 1;
            if visit(record)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn with_attempts(&self, mut entry: Entry) -> rusqlite::Result<Entry> {
        let sql = "SELECT number, at, status, duration, error, sent, head, body, truncated, url FROM attempt WHERE entry = ?1 ORDER BY number";
        let mut statement = self.connection.prepare_cached(sql)?;
        let found = statement.query_map([entry.id.number], attempt)?;
        entry.attempts = found.collect::<rusqlite::Result<_>>()?;
        Ok(entry)
    }
}

/// The bytes of a column, where they are.
pub(super) fn bytes<'a>(record: &'a Record<'_>, column: usize) -> &'a [u8] {
    match record.get_ref(column) {
        Ok(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) => bytes,
        _ => &[],
    }
}

fn id(record: &Record<'_>) -> rusqlite::Result<Id> {
    Ok(Id {
        direction: Direction::of_number(record.get(1)?),
        number: record.get(0)?,
    })
}

fn entry(record: &Record<'_>) -> rusqlite::Result<Entry> {
    let facts = Facts {
        provider: record.get(5)?,
        event: record.get(6)?,
        delivery_id: record.get(7)?,
        duplicate: record.get(8)?,
        verdict: record.get(9)?,
        scheme: record.get(10)?,
        reason: record.get(11)?,
        detail: record.get(12)?,
        status: record.get(13)?,
        duration: micros(record.get(14)?),
        good: record.get(15)?,
        over: record.get::<_, Option<i64>>(16)?.map(i64::unsigned_abs),
        url: record.get(17)?,
        replay_of: record.get::<_, Option<i64>>(18)?.map(marked),
        endpoint: record.get(21)?,
        pending: record.get::<_, Option<i64>>(22)?.map(time),
    };
    let request = Request {
        method: record.get(3)?,
        target: record.get(4)?,
        headers: unpack(bytes(record, 19)),
        body: Bytes::copy_from_slice(bytes(record, 20)),
    };
    Ok(Entry {
        id: id(record)?,
        at: time(record.get(2)?),
        request,
        facts,
        attempts: Vec::new(),
    })
}

fn attempt(record: &Record<'_>) -> rusqlite::Result<Attempt> {
    Ok(Attempt {
        number: record.get(0)?,
        at: time(record.get(1)?),
        status: record.get(2)?,
        duration: micros(record.get(3)?),
        error: record.get(4)?,
        sent: record.get_ref(5)?.as_blob_or_null()?.map(unpack),
        headers: unpack(bytes(record, 6)),
        body: Bytes::copy_from_slice(bytes(record, 7)),
        truncated: record.get(8)?,
        url: record.get(9)?,
    })
}

pub(super) fn time(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub(super) fn micros(number: i64) -> Duration {
    Duration::from_micros(number.unsigned_abs())
}
