//! What came of attempts, and what that does to their endpoints.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::super::Store;
use super::super::entry::{Attempt, pack};
use super::super::id::Id;
use super::super::write::{insert_attempt, micros};
use crate::error::Result;
use crate::request::Request;
use crate::value::Span;

/// What came of a claimed attempt.
pub(crate) struct Made {
    pub(crate) id: Id,
    pub(crate) attempt: Attempt,
    /// What was sent. The log shows the first one whole, of others what differs.
    pub(crate) request: Request,
    pub(crate) good: bool,
    /// When there is another one, and the simulated time from the first attempt to it.
    pub(crate) next: Option<(Timestamp, Duration)>,
    /// The endpoint that it went to.
    pub(crate) endpoint: Option<Wear>,
}

/// What an attempt does to its endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Wear {
    pub(crate) endpoint: String,
    /// When it was made, by the clock of the delivery.
    pub(crate) at: Timestamp,
    pub(crate) limit: Limit,
}

/// What an endpoint may do wrong before it is disabled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limit {
    /// Failures in a row.
    pub(crate) failures: Option<u32>,
    /// How long it may fail and nothing else.
    pub(crate) failing: Option<Duration>,
    /// Why this one attempt is enough.
    pub(crate) at_once: Option<String>,
}

/// An endpoint that was disabled for its failures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Disabled {
    pub(crate) endpoint: String,
    pub(crate) because: String,
}

impl Store {
    /// Writes down what came of claimed attempts. Those with a next one go to `owner`, or to nobody. Returns the
    /// endpoints that were disabled for it.
    pub(crate) fn record(&mut self, owner: Option<i64>, made: &[Made]) -> Result<Vec<Disabled>> {
        let recorded = self.try_record(owner, made);
        recorded.map_err(|error| self.explain(error))
    }

    fn try_record(&mut self, owner: Option<i64>, made: &[Made]) -> rusqlite::Result<Vec<Disabled>> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut disabled = Vec::new();
        for made in made {
            if let Some(wear) = &made.endpoint {
                disabled.extend(wear_out(&transaction, wear, made.good)?);
            }
            record_one(&transaction, owner, made)?;
        }
        transaction.commit()?;
        Ok(disabled)
    }

    /// Adds an attempt to a delivery that is decided already: it was sent again. It gets the number after the last.
    pub(crate) fn resent(&mut self, of: Id, attempt: &Attempt, good: bool) -> Result<()> {
        let added = (|| {
            let transaction = self
                .connection
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            let last = "SELECT coalesce(max(number), 0) FROM attempt WHERE entry = ?1";
            let last: u32 = transaction.query_row(last, [of.number], |row| row.get(0))?;
            let number = last.saturating_add(1);
            let attempt = Attempt {
                number,
                ..attempt.clone()
            };
            add_attempt(&transaction, of, &attempt, good)?;
            transaction.commit()
        })();
        added.map_err(|error: rusqlite::Error| self.explain(error))
    }
}

fn record_one(
    transaction: &Transaction<'_>,
    owner: Option<i64>,
    made: &Made,
) -> rusqlite::Result<()> {
    const KEEP_BODY: &str = "UPDATE pending SET body = (SELECT body FROM entry WHERE id = ?1)
        WHERE entry = ?1 AND (SELECT body FROM entry WHERE id = ?1) <> ?2";
    const FIRST: &str = "UPDATE entry SET target = ?2, head = ?3, body = ?4 WHERE id = ?1";
    const NEXT: &str = "UPDATE pending SET owner = ?1, due = ?2, clock = ?3, attempts = ?4,
        state = coalesce((SELECT CASE WHEN enabled THEN 0 ELSE 2 END FROM endpoint WHERE id = pending.endpoint), 0)
        WHERE entry = ?5";
    let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
        transaction.prepare_cached(sql)?.execute(values).map(drop)
    };
    let id = made.id.number;
    // The history may have been cleared meanwhile.
    let is_there = "SELECT 1 FROM entry WHERE id = ?1";
    if !transaction.prepare_cached(is_there)?.exists([id])? {
        return Ok(());
    }
    if made.attempt.number == 1 {
        let (request, head) = (&made.request, pack(&made.request.headers));
        run(KEEP_BODY, params![id, &*request.body])?;
        run(FIRST, params![id, request.target, head, &*request.body])?;
    }
    add_attempt(transaction, made.id, &made.attempt, made.good)?;
    match made.next {
        Some((due, clock)) => {
            let clock = i64::try_from(clock.as_millis()).unwrap_or(i64::MAX);
            let (due, number) = (due.as_millisecond(), made.attempt.number);
            run(NEXT, params![owner, due, clock, number, id])
        }
        None => run("DELETE FROM pending WHERE entry = ?1", params![id]),
    }
}

/// Counts an attempt for or against its endpoint, and disables it if that was one too many.
fn wear_out(
    transaction: &Transaction<'_>,
    wear: &Wear,
    good: bool,
) -> rusqlite::Result<Option<Disabled>> {
    const GOOD: &str =
        "UPDATE endpoint SET failures = 0, failing_since = NULL WHERE id = ?1 AND failures > 0";
    const BAD: &str = "UPDATE endpoint SET failures = failures + 1, failing_since = min(coalesce(failing_since, ?2), ?2)
        WHERE id = ?1 AND enabled = 1 RETURNING failures, failing_since";
    const DISABLE: &str = "UPDATE endpoint SET enabled = 0, disabled_because = ?2 WHERE id = ?1";
    const PAUSE: &str = "UPDATE pending SET state = 2 WHERE endpoint = ?1 AND state = 0";
    let (id, at) = (&wear.endpoint, wear.at.as_millisecond());
    if good {
        transaction.prepare_cached(GOOD)?.execute([id])?;
        return Ok(None);
    }
    let counted = transaction
        .prepare_cached(BAD)?
        .query_row(params![id, at], |row| {
            Ok((row.get::<_, u32>(0)?, row.get::<_, i64>(1)?))
        })
        .optional()?;
    let Some((failures, since)) = counted else {
        return Ok(None);
    };
    let failing = Duration::from_millis(at.saturating_sub(since).unsigned_abs());
    let limit = &wear.limit;
    let because = if let Some(why) = &limit.at_once {
        why.clone()
    } else if limit.failures.is_some_and(|most| failures >= most) {
        format!("{failures} attempts in a row failed")
    } else if let Some(most) = limit.failing.filter(|most| failing >= *most) {
        format!("all attempts of {} failed", Span(most))
    } else {
        return Ok(None);
    };
    transaction
        .prepare_cached(DISABLE)?
        .execute(params![id, because])?;
    transaction.prepare_cached(PAUSE)?.execute([id])?;
    Ok(Some(Disabled {
        endpoint: id.clone(),
        because,
    }))
}

/// Adds an attempt, which then says how its delivery stands.
fn add_attempt(
    connection: &Connection,
    of: Id,
    attempt: &Attempt,
    good: bool,
) -> rusqlite::Result<()> {
    insert_attempt(connection, of, attempt)?;
    connection
        .prepare_cached("UPDATE entry SET status = ?2, duration = ?3, good = ?4 WHERE id = ?1")?
        .execute(params![
            of.number,
            attempt.status,
            micros(attempt.duration),
            good
        ])?;
    Ok(())
}
