//! Requests of files into the history.

use std::io::{self, BufRead};
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::super::Context;
use super::place;
use crate::error::{Error, Outcome, Result};
use crate::provider::Detector;
use crate::request::har;
use crate::request::record::{List, Maybe, Number, Record, Text, Tried};
use crate::request::stored::{self, Held, Stored};
use crate::request::values::Values;
use crate::request::{Request, latin1};
use crate::signature::Source;
use crate::store::{Attempt, Direction, Entry, Facts, Id, Ids, Mark, Staged};

/// Read requests into the history
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl history import history.ndjson
  hookctl history import browser.har
  hookctl history import request.http
  pbpaste | hookctl history import -      # a curl command that was copied

What was exported keeps its id and its time; what is in the history already is passed over. Either all of it is imported
or nothing.")]
pub(super) struct ImportArgs {
    /// NDJSON, HAR, raw HTTP requests, curl commands; - is stdin
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
}

pub(super) fn run(args: &ImportArgs, context: &mut Context) -> Result<Outcome> {
    let mut store = place(&context.settings)?.open()?;
    let mut import = Import {
        staged: store.stage()?,
        ids: Ids::new()?,
        detector: Detector::new(context.settings.catalogue()?.all()?),
        now: Timestamp::now(),
    };
    for file in &args.files {
        let reader = context.settings.open(file)?;
        let shown = if file == "-" { "stdin" } else { file };
        import.file(reader).map_err(|problem| match problem {
            Problem::Unread(error) => context.settings.cannot_read(file, error),
            Problem::Content(problem) => {
                Error::usage(format!("cannot import `{shown}`: {problem}"))
                    .hint("NDJSON of captures, HAR, raw HTTP requests and curl commands are read.")
            }
            Problem::Store(error) => error,
        })?;
    }
    let done = import.staged.commit()?;
    let ui = &mut context.ui;
    if ui.json {
        ui.json_line(
            &serde_json::json!({"type": "summary", "imported": done.added, "known": done.known}),
        )?;
    } else {
        let known = match done.known {
            0 => String::new(),
            known => format!(", {known} already in the history"),
        };
        ui.data(format!("imported {}{known}\n", done.added))?;
    }
    Ok(Outcome::Good)
}

/// Why a file was not imported.
enum Problem {
    Unread(io::Error),
    Content(String),
    Store(Error),
}

impl From<stored::Problem> for Problem {
    fn from(problem: stored::Problem) -> Self {
        match problem {
            stored::Problem::Bytes(error) => Self::Unread(error),
            stored::Problem::Form(problem) => Self::Content(problem),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

struct Import<'a> {
    staged: Staged<'a>,
    ids: Ids,
    detector: Detector,
    now: Timestamp,
}

impl Import<'_> {
    /// Reads a file one request at a time: an export may be larger than the memory.
    fn file(&mut self, reader: impl BufRead) -> std::result::Result<(), Problem> {
        match stored::open(reader)? {
            Held::Whole(all) => all.into_iter().try_for_each(|stored| self.stored(stored)),
            Held::Lines(lines) => self.values(&mut lines.into_values()),
            Held::Values(mut values) => self.values(&mut values),
            Held::Entries(mut entries) => {
                while let Some((text, number)) = entries.next()? {
                    let in_entry = |why: String| Problem::Content(format!("entry {number}: {why}"));
                    let record = har::record(text).map_err(in_entry)?;
                    let incoming = self.incoming(record).map_err(in_entry)?;
                    self.add(incoming)?;
                }
                Ok(())
            }
        }
    }

    fn values<R: BufRead>(&mut self, values: &mut Values<R>) -> std::result::Result<(), Problem> {
        while let Some((text, line)) = values.next()? {
            let record = stored::parse(text, line)?;
            if record.method.as_str().is_none() && stored::is_ours(&record) {
                continue;
            }
            if !record.is_request() {
                let why = format!("line {line} is no request: {}", excerpt(text));
                return Err(Problem::Content(why));
            }
            let incoming = self.incoming(record);
            let on_line = |why| Problem::Content(format!("line {line}: {why}"));
            self.add(incoming.map_err(on_line)?)?;
        }
        Ok(())
    }

    /// One capture or delivery of an export.
    fn incoming(&self, mut record: Record<'_>) -> std::result::Result<Incoming, String> {
        let direction = match record.kind.as_str() {
            Some("delivery") => Direction::Out,
            Some(stored::REJECTED) => Direction::Rejected,
            _ => Direction::In,
        };
        let given = [&record.received_at, &record.sent_at];
        let given = given.into_iter().find_map(time);
        let own = record.id.as_str().and_then(|id| id.parse::<Id>().ok());
        let own = own.filter(|id| id.direction == direction);
        let at = given.unwrap_or(self.now);
        let stored = record.take_stored()?;
        let facts = facts(&record, &stored);
        let attempts = match record.attempts {
            List::Missing => record.forward,
            attempts => attempts,
        };
        let mut entry = Entry {
            id: own.unwrap_or_else(|| self.ids.next(direction, at)),
            at,
            facts,
            attempts: tries(attempts, at)?,
            request: stored.request,
        };
        self.describe(&mut entry);
        Ok(Incoming {
            mark: mark(own, direction, given, &entry.request),
            is_own: own.is_some(),
            entry,
        })
    }

    /// One request of which nothing else is known.
    fn stored(&mut self, stored: Stored) -> std::result::Result<(), Problem> {
        if stored.payload_only {
            return Err(Problem::Content("it holds a body alone".to_owned()));
        }
        let mut entry = Entry {
            id: self.ids.next(Direction::In, self.now),
            at: self.now,
            facts: Facts {
                good: true,
                ..Facts::default()
            },
            attempts: Vec::new(),
            request: stored.request,
        };
        self.describe(&mut entry);
        self.add(Incoming {
            mark: mark(None, Direction::In, None, &entry.request),
            is_own: false,
            entry,
        })
    }

    /// Tells whose it is, if it does not say.
    fn describe(&self, entry: &mut Entry) {
        let (request, facts) = (&entry.request, &mut entry.facts);
        if entry.id.direction == Direction::Rejected {
            return;
        }
        if facts.provider.is_some() || facts.event.is_some() || facts.verdict.is_some() {
            return;
        }
        let source = Source::new(request);
        if let Some(provider) = self.detector.provider(&source) {
            facts.provider = Some(provider.profile.name.clone());
            facts.event = provider.event_of(&source);
            facts.delivery_id = provider.delivery_id_of(&source);
        }
    }

    fn add(&mut self, incoming: Incoming) -> std::result::Result<(), Problem> {
        let Incoming {
            entry,
            is_own,
            mark,
        } = incoming;
        Ok(self.staged.add(entry, is_own, &mark)?)
    }
}

/// An entry, and what tells it from others.
struct Incoming {
    entry: Entry,
    /// Whether its id is its own.
    is_own: bool,
    mark: Mark,
}

/// What tells a request from others: all of it, and its id and time, if it came with these.
fn mark(own: Option<Id>, direction: Direction, at: Option<Timestamp>, request: &Request) -> Mark {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(bytes);
    };
    part(own.map_or_else(String::new, |id| id.to_string()).as_bytes());
    part(match direction {
        Direction::In => b"in",
        Direction::Out => b"out",
        Direction::Rejected => b"rejected",
    });
    part(
        at.map_or_else(String::new, |at| at.as_millisecond().to_string())
            .as_bytes(),
    );
    part(request.method.as_bytes());
    part(request.target.as_bytes());
    part(&request.body);
    for header in request.headers.iter() {
        part(header.name.as_bytes());
        part(&header.value);
    }
    let digest: [u8; 32] = hash.finalize().into();
    std::array::from_fn(|index| digest[index])
}

/// The start of a value on one line, for a message.
fn excerpt(text: &[u8]) -> String {
    const MOST: usize = 60;
    let start = latin1(&text[..text.len().min(MOST)]).into_owned();
    let more = if text.len() > MOST { "…" } else { "" };
    format!(
        "{}{more}",
        start.split_whitespace().collect::<Vec<_>>().join(" ")
    )
}

/// A time, to the millisecond that is kept.
fn time(text: &Text<'_>) -> Option<Timestamp> {
    let time: Timestamp = text.as_str()?.parse().ok()?;
    Timestamp::from_millisecond(time.as_millisecond()).ok()
}

fn duration(milliseconds: Number) -> Duration {
    let milliseconds = milliseconds
        .as_f64()
        .filter(|time| (0.0..1e12).contains(time));
    let micros = (milliseconds.unwrap_or(0.0) * 1e3).round();
    Duration::try_from_secs_f64(micros / 1e6).unwrap_or_default()
}

fn facts(record: &Record<'_>, stored: &Stored) -> Facts {
    let good = match record.outcome.as_str() {
        Some(outcome) => outcome == "success",
        None => stored
            .status
            .is_none_or(|status| (200..300).contains(&status)),
    };
    let signature = &record.signature.0;
    let tampered = record.tampered.0.then(|| crate::store::TAMPERED.to_owned());
    let replay_of = record.replay_of.as_str();
    Facts {
        provider: stored.provider.clone(),
        event: stored.event.clone(),
        delivery_id: stored.delivery_id.clone(),
        duplicate: record.duplicate.0,
        verdict: signature.status.to_owned().or(tampered),
        scheme: signature.scheme.to_owned(),
        reason: signature
            .reason
            .to_owned()
            .or_else(|| record.reason.to_owned()),
        detail: signature
            .detail
            .to_owned()
            .or_else(|| record.detail.to_owned()),
        status: stored.status,
        duration: duration(record.response.0.duration_ms),
        good,
        over: record.over.as_u64(),
        url: record.url.to_owned(),
        replay_of: replay_of.and_then(|id| id.parse().ok()),
        endpoint: record.endpoint.to_owned(),
        // Whoever goes on with it has it in another history.
        pending: None,
    }
}

/// The attempts of a delivery, or the forwards of a capture that came at this time.
fn tries(
    tries: List<Maybe<Tried<'_>>>,
    at: Timestamp,
) -> std::result::Result<Vec<Attempt>, String> {
    let List::Is(tries) = tries else {
        return Ok(Vec::new());
    };
    let tries = tries.into_iter().zip(1..);
    tries
        .map(|(tried, number)| attempt(tried.0, number, at))
        .collect()
}

fn attempt(
    mut tried: Tried<'_>,
    number: u32,
    at: Timestamp,
) -> std::result::Result<Attempt, String> {
    let body = tried.take_response_body()?;
    let status = tried.status.as_u64();
    let given = tried.attempt.as_u64();
    Ok(Attempt {
        number: given
            .and_then(|number| number.try_into().ok())
            .unwrap_or(number),
        url: tried.url.to_owned(),
        at: time(&tried.sent_at).unwrap_or(at),
        status: status.and_then(|status| status.try_into().ok()),
        duration: duration(tried.duration_ms),
        error: tried.error.to_owned(),
        sent: tried.sent_headers.into_headers("sent_headers")?,
        headers: tried
            .response_headers
            .into_headers("response_headers")?
            .unwrap_or_default(),
        body: body.into(),
        truncated: tried.truncated.0,
    })
}

#[cfg(test)]
mod tests;
