//! How attempts to endpoints went, as the log has it.

use std::collections::HashMap;

use jiff::Timestamp;

use super::Store;
use super::query::time;
use crate::error::Result;

/// Attempts to one endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) successes: u64,
    pub(crate) failures: u64,
    pub(crate) last_success: Option<Timestamp>,
    pub(crate) last_failure: Option<Timestamp>,
}

impl Store {
    /// The attempts to each endpoint that are in the log, by its id.
    pub(crate) fn tallies(&self) -> Result<HashMap<String, Tally>> {
        let all = || {
            // An attempt that went well has nothing to complain of.
            let sql = "SELECT entry.endpoint, count(*) - count(attempt.error), count(attempt.error),
                    max(CASE WHEN attempt.error IS NULL THEN attempt.at END), max(CASE WHEN attempt.error IS NOT NULL THEN attempt.at END)
                FROM entry JOIN attempt ON attempt.entry = entry.id WHERE entry.endpoint IS NOT NULL GROUP BY entry.endpoint";
            let mut statement = self.connection.prepare_cached(sql)?;
            let rows = statement.query_map([], |row| {
                let number = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
                let at = |column| row.get::<_, Option<i64>>(column).map(|at| at.map(time));
                let tally = Tally {
                    successes: number(1)?,
                    failures: number(2)?,
                    last_success: at(3)?,
                    last_failure: at(4)?,
                };
                Ok((row.get(0)?, tally))
            })?;
            rows.collect::<rusqlite::Result<_>>()
        };
        all().map_err(|error| self.explain(error))
    }
}
