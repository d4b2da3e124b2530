//! Deliveries that are not decided yet: what is due, who goes on with it, and what came of it.
//!
//! A delivery is kept before its first attempt, so whatever ends the program, it is not lost. An attempt is claimed in
//! the file before it is made, so that no two programs make it.

mod record;

pub(crate) use record::{Disabled, Limit, Made, Wear};

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row as Record, TransactionBehavior, params};

use super::Store;
use super::entry::{Facts, Row, unpack};
use super::id::{Direction, Id};
use super::query::{bytes, time};
use super::write::insert;
use crate::error::Result;
use crate::request::Request;

/// What a pending delivery waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Its time.
    Waiting = 0,
    /// An answer: somebody has claimed it.
    Sending = 1,
    /// Its endpoint, which is disabled.
    Paused = 2,
}

/// Whose deliveries are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Those of one run, which are left alone by others while it lives. See [`super::Lease`].
    Of(i64),
    /// Those that nobody goes on with.
    Nobodys,
}

impl Whose {
    fn owner(self) -> Option<i64> {
        match self {
            Self::Of(owner) => Some(owner),
            Self::Nobodys => None,
        }
    }
}

/// A delivery before its first attempt.
pub(crate) struct Waiting {
    /// As it would be sent, but for its signature.
    pub(crate) row: Row,
    pub(crate) due: Timestamp,
}

/// A delivery that an attempt was claimed of.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) id: Id,
    /// When it was first due.
    pub(crate) at: Timestamp,
    /// Attempts that were made before.
    pub(crate) attempts: u32,
    /// Simulated time from the first attempt to this one.
    pub(crate) clock: Duration,
    /// Number of the plan that it follows.
    pub(crate) plan: i64,
    /// But for its signature.
    pub(crate) request: Request,
    pub(crate) facts: Facts,
}

/// How many deliveries are pending, by what they wait for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) waiting: usize,
    pub(crate) sending: usize,
    pub(crate) paused: usize,
}

impl Count {
    pub(crate) fn all(self) -> usize {
        self.waiting + self.sending + self.paused
    }
}

/// Most rows that one statement changes, so that others get to write.
const STEP: usize = 1_000;

impl Store {
    /// Keeps deliveries that are to be attempted as a plan says, and returns its number. `plan` is the number of one
    /// that is kept already, or its text.
    pub(crate) fn enqueue(
        &mut self,
        owner: Option<i64>,
        plan: std::result::Result<i64, &str>,
        deliveries: &[Waiting],
    ) -> Result<i64> {
        let kept = self.try_enqueue(owner, plan, deliveries);
        kept.map_err(|error| self.explain(error))
    }

    fn try_enqueue(
        &mut self,
        owner: Option<i64>,
        plan: std::result::Result<i64, &str>,
        deliveries: &[Waiting],
    ) -> rusqlite::Result<i64> {
        const INSERT: &str = "INSERT INTO pending (entry, plan, endpoint, owner, state, due, clock, attempts, target, head, body)
            VALUES (?1, ?2, ?3, ?4, coalesce((SELECT CASE WHEN enabled THEN 0 ELSE 2 END FROM endpoint WHERE id = ?3), 0), ?5, 0, 0, ?6, ?7, NULL)";
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let kept = self.wall.tick(&transaction, self.place.keep)?;
        let plan = match plan {
            Ok(number) => number,
            Err(text) => {
                transaction.execute("INSERT INTO plan (text) VALUES (?1)", [text])?;
                transaction.last_insert_rowid()
            }
        };
        let rows: Vec<&Row> = deliveries.iter().map(|waiting| &waiting.row).collect();
        insert(&transaction, &rows, kept)?;
        for Waiting { row, due } in deliveries {
            transaction.prepare_cached(INSERT)?.execute(params![
                row.id.number,
                plan,
                row.facts.endpoint,
                owner,
                due.as_millisecond(),
                row.target,
                row.head,
            ])?;
        }
        transaction.commit()?;
        Ok(plan)
    }

    /// The text of a plan.
    pub(crate) fn plan(&self, number: i64) -> Result<Option<String>> {
        let sql = "SELECT text FROM plan WHERE id = ?1";
        let text = self.connection.query_row(sql, [number], |row| row.get(0));
        text.optional().map_err(|error| self.explain(error))
    }

    /// Claims some of the attempts that are due, the earliest first, for the run of this number.
    pub(crate) fn claim(
        &mut self,
        whose: Whose,
        by: i64,
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<Due>> {
        let claimed = self.try_claim(whose, by, now, most);
        claimed.map_err(|error| self.explain(error))
    }

    fn try_claim(
        &mut self,
        whose: Whose,
        by: i64,
        now: Timestamp,
        most: usize,
    ) -> rusqlite::Result<Vec<Due>> {
        const DUE: &str = "SELECT entry FROM pending WHERE owner IS ?1 AND state = 0 AND due <= ?2 ORDER BY due, entry LIMIT ?3";
        const CLAIM: &str = "UPDATE pending SET owner = ?1, state = ?2 WHERE entry = ?3";
        const READ: &str = "SELECT entry, at, attempts, clock, plan, method, pending.target, provider, event, delivery_id, url, entry.endpoint, verdict, replay_of, pending.head, coalesce(pending.body, entry.body)
            FROM pending JOIN entry ON entry.id = pending.entry WHERE pending.entry = ?1";
        // Nothing is written where nothing is due.
        if self
            .try_next(whose)?
            .is_none_or(|due| due > now.as_millisecond())
        {
            return Ok(Vec::new());
        }
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut claimed = Vec::new();
        {
            let mut due = transaction.prepare_cached(DUE)?;
            let entries = due
                .query_map(params![whose.owner(), now.as_millisecond(), most], |row| {
                    row.get::<_, i64>(0)
                })?
                .collect::<rusqlite::Result<Vec<_>>>()?;
            let mut claim = transaction.prepare_cached(CLAIM)?;
            let mut read = transaction.prepare_cached(READ)?;
            for entry in entries {
                claim.execute(params![by, State::Sending as u8, entry])?;
                claimed.push(read.query_row([entry], due_of)?);
            }
        }
        transaction.commit()?;
        Ok(claimed)
    }

    /// When the next attempt is due.
    pub(crate) fn next_due(&self, whose: Whose) -> Result<Option<Timestamp>> {
        let next = self.try_next(whose).map_err(|error| self.explain(error))?;
        Ok(next.map(time))
    }

    fn try_next(&self, whose: Whose) -> rusqlite::Result<Option<i64>> {
        let sql =
            "SELECT due FROM pending WHERE owner IS ?1 AND state = 0 ORDER BY due, entry LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        statement
            .query_row([whose.owner()], |row| row.get(0))
            .optional()
    }

    /// Gives up what a run owns, so that others may go on with it. What it claimed is due at once.
    pub(crate) fn release(&mut self, owner: i64) -> Result<()> {
        let sql = format!(
            "UPDATE pending SET owner = NULL, state = CASE state WHEN 1 THEN 0 ELSE state END WHERE entry IN (SELECT entry FROM pending WHERE owner = ?1 LIMIT {STEP})"
        );
        loop {
            let released = self.connection.execute(&sql, [owner]);
            if released.map_err(|error| self.explain(error))? < STEP {
                break;
            }
        }
        let unused = "DELETE FROM plan WHERE NOT EXISTS (SELECT 1 FROM pending WHERE pending.plan = plan.id)";
        let deleted = self.connection.execute(unused, []);
        deleted.map_err(|error| self.explain(error)).map(drop)
    }

    /// The runs that own something.
    pub(crate) fn owners(&self) -> Result<Vec<i64>> {
        let owners = || {
            let mut found = Vec::new();
            let mut last: Option<i64> = None;
            // From one to the next, for each may own many.
            let sql = "SELECT owner FROM pending WHERE owner IS NOT NULL AND (?1 IS NULL OR owner > ?1) ORDER BY owner LIMIT 1";
            let mut next = self.connection.prepare_cached(sql)?;
            while let Some(owner) = next.query_row([last], |row| row.get(0)).optional()? {
                found.push(owner);
                last = Some(owner);
            }
            Ok(found)
        };
        owners().map_err(|error| self.explain(error))
    }

    /// The plans of what nobody goes on with.
    pub(crate) fn free_plans(&self) -> Result<Vec<i64>> {
        let plans = || {
            let sql = "SELECT id FROM plan WHERE EXISTS (SELECT 1 FROM pending WHERE pending.plan = plan.id AND owner IS NULL)";
            let mut statement = self.connection.prepare(sql)?;
            let rows = statement.query_map([], |row| row.get(0))?;
            rows.collect::<rusqlite::Result<_>>()
        };
        plans().map_err(|error| self.explain(error))
    }

    /// Puts another text in the place of a plan's, and makes the waits of what nobody goes on with so many times as
    /// long.
    pub(crate) fn rescale(
        &mut self,
        plan: i64,
        text: &str,
        now: Timestamp,
        factor: f64,
    ) -> Result<()> {
        let scaled = (|| {
            let transaction = self
                .connection
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute(
                "UPDATE plan SET text = ?2 WHERE id = ?1",
                params![plan, text],
            )?;
            transaction.execute(
                "UPDATE pending SET due = ?2 + CAST((due - ?2) * ?3 AS INTEGER) WHERE plan = ?1 AND owner IS NULL AND due > ?2",
                params![plan, now.as_millisecond(), factor],
            )?;
            transaction.commit()
        })();
        scaled.map_err(|error| self.explain(error))
    }

    /// How many are pending in all.
    pub(crate) fn all_pending(&self) -> Result<usize> {
        let count = self
            .connection
            .query_row("SELECT count(*) FROM pending", [], |row| {
                row.get::<_, i64>(0)
            });
        let count = count.map_err(|error| self.explain(error))?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// How many are pending.
    pub(crate) fn count_pending(&self, whose: Whose) -> Result<Count> {
        let count = || {
            let sql = "SELECT state, count(*) FROM pending WHERE owner IS ?1 GROUP BY state";
            let mut statement = self.connection.prepare_cached(sql)?;
            let mut rows = statement.query([whose.owner()])?;
            let mut count = Count::default();
            while let Some(row) = rows.next()? {
                let number = usize::try_from(row.get::<_, i64>(1)?).unwrap_or(usize::MAX);
                match row.get::<_, u8>(0)? {
                    0 => count.waiting = number,
                    1 => count.sending = number,
                    _ => count.paused = number,
                }
            }
            Ok(count)
        };
        count().map_err(|error| self.explain(error))
    }
    /// How many deliveries to an endpoint wait for it to be enabled.
    pub(crate) fn count_paused(&self, endpoint: &str) -> Result<u64> {
        self.count_state(endpoint, "state = 2")
    }

    /// How many deliveries to an endpoint are pending and not paused.
    pub(crate) fn count_waiting(&self, endpoint: &str) -> Result<u64> {
        self.count_state(endpoint, "state <> 2")
    }

    fn count_state(&self, endpoint: &str, condition: &str) -> Result<u64> {
        let sql = format!("SELECT count(*) FROM pending WHERE endpoint = ?1 AND {condition}");
        let count = self
            .connection
            .query_row(&sql, [endpoint], |row| row.get::<_, i64>(0));
        let count = count.map_err(|error| self.explain(error))?;
        Ok(count.unsigned_abs())
    }
}

fn due_of(record: &Record<'_>) -> rusqlite::Result<Due> {
    let request = Request {
        method: record.get(5)?,
        target: record.get(6)?,
        headers: unpack(bytes(record, 14)),
        body: Bytes::copy_from_slice(bytes(record, 15)),
    };
    let clock: i64 = record.get(3)?;
    Ok(Due {
        id: Id {
            direction: Direction::Out,
            number: record.get(0)?,
        },
        at: time(record.get(1)?),
        attempts: record.get(2)?,
        clock: Duration::from_millis(clock.unsigned_abs()),
        plan: record.get(4)?,
        request,
        facts: Facts {
            provider: record.get(7)?,
            event: record.get(8)?,
            delivery_id: record.get(9)?,
            url: record.get(10)?,
            endpoint: record.get(11)?,
            verdict: record.get(12)?,
            replay_of: record.get::<_, Option<i64>>(13)?.map(super::write::marked),
            ..Facts::default()
        },
    })
}

#[cfg(test)]
mod tests;
