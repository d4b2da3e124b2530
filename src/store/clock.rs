//! How long entries have been kept, told from a clock that may be wrong.
//!
//! A machine's clock is now and then years behind or weeks ahead, so the time that stands in an entry does not say how
//! long the history has had it. The history has a time of its own: milliseconds that passed while it was in use, and
//! between its uses. An entry is stamped with it when it is kept, and goes when it is older than the limit by it.
//!
//! A step of the clock that neither the monotonic clock of the process nor an everyday gap explains is a leap. It counts
//! once the clock has run on from there for a day without going back, and then for half of the limit at most. A step
//! back counts nothing, and neither does the return from there.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

const SECOND: i64 = 1_000;
const HOUR: i64 = 60 * 60 * SECOND;
const DAY: i64 = 24 * HOUR;
/// How often the time is written down.
const TICK: Duration = Duration::from_secs(60);

/// The time of a history, and what is known of the machine's clock. All in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Clock {
    /// What passed for the history. It never goes back.
    time: i64,
    /// The last reading of the machine's clock, in unix time.
    seen: i64,
    /// What the machine's clock would say now if it had not gone back.
    behind: Option<i64>,
    leap: Option<Leap>,
}

/// Steps ahead that are not counted yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Leap {
    /// The reading after the first of them.
    since: i64,
    /// All of them.
    size: i64,
}

impl Clock {
    fn new(now: i64) -> Self {
        Self {
            seen: now,
            ..Self::default()
        }
    }

    /// Takes a reading of the machine's clock, so long after the one before by the monotonic clock, if that is known.
    fn observe(&mut self, now: i64, elapsed: i64, keep: i64) {
        let step = now.saturating_sub(self.seen);
        self.believe(now, keep);
        let passed = if step < 0 {
            if step < -slack(keep) {
                self.behind = self.behind.max(Some(self.seen));
            }
            // What passed meanwhile passed all the same.
            elapsed
        } else {
            let known = elapsed.min(step);
            let rest = self.not_counted(now, step - known, keep);
            if rest > slack(keep) {
                let leap = self.leap.get_or_insert(Leap {
                    since: now,
                    size: 0,
                });
                leap.size = leap.size.saturating_add(rest);
                known
            } else {
                known + rest
            }
        };
        self.time = self.time.saturating_add(passed);
        self.behind = self.behind.map(|behind| behind.saturating_add(passed));
        self.seen = now;
    }

    /// Counts a leap that the clock has gone on from, and forgets one that it went back from.
    fn believe(&mut self, now: i64, keep: i64) {
        let Some(leap) = self.leap else { return };
        if now < leap.since {
            self.leap = None;
        } else if now.saturating_sub(leap.since) >= DAY.min(keep) {
            self.time = self.time.saturating_add(leap.size.min(keep / 2));
            self.leap = None;
        }
    }

    /// What of an unexplained step ahead was not counted before the clock went back.
    fn not_counted(&mut self, now: i64, rest: i64, keep: i64) -> i64 {
        match self.behind {
            Some(behind) if now >= behind.saturating_sub(slack(keep)) => {
                self.behind = None;
                rest.min(now.saturating_sub(behind).max(0))
            }
            _ => rest,
        }
    }

    /// What is odd about the machine's clock, as a sentence.
    fn warning(&self, now: i64, keep: i64) -> Option<String> {
        let step = now.saturating_sub(self.seen);
        let span = span(step.saturating_abs());
        if step < -slack(keep) {
            return Some(format!(
                "the clock of this machine is {span} behind the last use of the history; is it right?"
            ));
        }
        let is_return = self
            .behind
            .is_some_and(|behind| now >= behind.saturating_sub(slack(keep)));
        (step > keep && !is_return).then(|| {
            format!(
                "by the clock of this machine, the history was last used {span} ago; in case that is wrong, nothing is deleted for its age today"
            )
        })
    }

    fn read(connection: &Connection) -> rusqlite::Result<Option<Self>> {
        let sql = "SELECT time, seen, behind, leap_since, leap FROM clock";
        let mut statement = connection.prepare_cached(sql)?;
        let read = statement.query_row([], |row| {
            let size: i64 = row.get(4)?;
            let since: Option<i64> = row.get(3)?;
            Ok(Self {
                time: row.get(0)?,
                seen: row.get(1)?,
                behind: row.get(2)?,
                leap: since.map(|since| Leap { since, size }),
            })
        });
        read.optional()
    }

    fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        let sql = "INSERT OR REPLACE INTO clock (one, time, seen, behind, leap_since, leap) VALUES (0, ?1, ?2, ?3, ?4, ?5)";
        connection.prepare_cached(sql)?.execute(params![
            self.time,
            self.seen,
            self.behind,
            self.leap.map(|leap| leap.since),
            self.leap.map_or(0, |leap| leap.size),
        ])?;
        Ok(())
    }
}

/// An everyday gap: the clock was set, or the history was not in use.
fn slack(keep: i64) -> i64 {
    HOUR.min(keep / 8)
}

/// A length of time in words, in its largest unit.
fn span(milliseconds: i64) -> String {
    let units = [
        (365 * DAY, "year"),
        (DAY, "day"),
        (HOUR, "hour"),
        (60 * SECOND, "minute"),
    ];
    let fits = |(unit, _): &&(i64, &str)| milliseconds >= *unit;
    let (count, name) = match units.iter().find(fits) {
        Some((unit, name)) => (milliseconds / unit, *name),
        None => (milliseconds / SECOND, "second"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {name}{plural}")
}

/// The clock as one program sees it.
#[derive(Clone, Debug)]
pub(super) struct Wall {
    /// Reads the clock of the machine.
    pub(super) now: fn() -> Timestamp,
    /// When it was last taken down here, and the time of the history then.
    last: Option<(Instant, i64)>,
}

impl Default for Wall {
    fn default() -> Self {
        Self {
            now: Timestamp::now,
            last: None,
        }
    }
}

impl Wall {
    /// Forgets the time of a history, for that of another one.
    pub(super) fn forget(&mut self) {
        self.last = None;
    }

    /// The time of the history, if it was taken down here before.
    pub(super) fn time(&self) -> Option<i64> {
        let (at, time) = self.last?;
        Some(time.saturating_add(milliseconds(at.elapsed())))
    }

    /// The time of the history. It is taken down first if that was not done of late, as part of what is being written.
    pub(super) fn tick(
        &mut self,
        connection: &Connection,
        keep: Duration,
    ) -> rusqlite::Result<i64> {
        let elapsed = self.last.map(|(at, _)| at.elapsed());
        if let Some(time) = self.time().filter(|_| elapsed < Some(TICK)) {
            return Ok(time);
        }
        let now = (self.now)().as_millisecond();
        let mut clock = Clock::read(connection)?.unwrap_or_else(|| Clock::new(now));
        clock.observe(now, elapsed.map_or(0, milliseconds), milliseconds(keep));
        clock.write(connection)?;
        self.last = Some((Instant::now(), clock.time));
        Ok(clock.time)
    }

    /// What a user should know of the machine's clock.
    pub(super) fn warning(
        &self,
        connection: &Connection,
        keep: Duration,
    ) -> rusqlite::Result<Option<String>> {
        let now = (self.now)().as_millisecond();
        let clock = Clock::read(connection)?;
        Ok(clock.and_then(|clock| clock.warning(now, milliseconds(keep))))
    }
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
