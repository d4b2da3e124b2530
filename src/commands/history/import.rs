//! Requests of files into the history.

use std::collections::HashSet;
use std::io::{self, BufRead};
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::super::Context;
use super::place;
use crate::error::{Error, Outcome, Result};
use crate::provider::Detector;
use crate::request::har;
use crate::request::stored::{self, Stored};
use crate::signature::Source;
use crate::store::{Attempt, Direction, Entry, Facts, Id, Ids, Store};

/// Read requests into the history
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl history import history.ndjson
  hookctl history import browser.har
  hookctl history import request.http
  pbpaste | hookctl history import -      # a curl command that was copied

What was exported keeps its id and its time; what is in the history already is passed over.")]
pub(super) struct ImportArgs {
    /// NDJSON, HAR, raw HTTP requests, curl commands; - is stdin
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
}

/// So many are committed together.
const BATCH: usize = 500;

pub(super) fn run(args: &ImportArgs, context: &mut Context) -> Result<Outcome> {
    let place = place(&context.settings)?;
    let detector = Detector::new(context.settings.catalogue()?.all()?);
    let now = Timestamp::now();
    let mut import = Import {
        store: place.open()?,
        ids: Ids::new()?,
        detector,
        now,
        batch: Vec::new(),
        seen: HashSet::new(),
        imported: 0,
        known: 0,
        oldest: now,
    };
    for file in &args.files {
        let mut reader = context.settings.open(file)?;
        let shown = if file == "-" { "stdin" } else { file };
        import.file(&mut reader).map_err(|problem| match problem {
            Problem::Unread(error) => context.settings.cannot_read(file, error),
            Problem::Content(problem) => {
                Error::usage(format!("cannot import `{shown}`: {problem}"))
                    .hint("NDJSON of captures, HAR, raw HTTP requests and curl commands are read.")
            }
            Problem::Store(error) => error,
        })?;
    }
    import.flush()?;
    let Import {
        imported,
        known,
        oldest,
        ..
    } = import;
    let ui = &mut context.ui;
    if ui.json {
        ui.json_line(
            &serde_json::json!({"type": "summary", "imported": imported, "known": known}),
        )?;
    } else {
        let known = if known > 0 {
            format!(", {known} were there already")
        } else {
            String::new()
        };
        ui.data(format!("{imported} imported{known}.\n"))?;
    }
    let keep = jiff::SignedDuration::try_from(place.keep).unwrap_or(jiff::SignedDuration::MAX);
    if now.checked_sub(keep).is_ok_and(|limit| oldest < limit) {
        ui.note("note: some are older than the history keeps things; the next listener takes them out. `keep` under `[history]` in the configuration changes that.")?;
    }
    Ok(Outcome::Good)
}

/// Why a file was not imported.
enum Problem {
    Unread(io::Error),
    Content(String),
    Store(Error),
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Unread(error)
    }
}

impl From<String> for Problem {
    fn from(problem: String) -> Self {
        Self::Content(problem)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

struct Import {
    store: Store,
    ids: Ids,
    detector: Detector,
    now: Timestamp,
    batch: Vec<Entry>,
    /// Ids of the batch.
    seen: HashSet<Id>,
    imported: usize,
    known: usize,
    oldest: Timestamp,
}

impl Import {
    /// Reads an object from each line, as they come: an export may be larger than the memory. What holds none is read
    /// as a whole.
    fn file(&mut self, reader: &mut dyn BufRead) -> std::result::Result<(), Problem> {
        let (mut line, mut objects, mut number) = (Vec::new(), 0, 0);
        while reader.read_until(b'\n', &mut line)? > 0 {
            let is_empty = line.trim_ascii().is_empty();
            let value = serde_json::from_slice(&line);
            if !is_empty && !value.map_or(Ok(false), |value| self.one(&value))? {
                break;
            }
            objects += usize::from(!is_empty);
            number += 1;
            line.clear();
        }
        reader.read_to_end(&mut line)?;
        match (objects, &*line) {
            (0, bytes) => self.whole(bytes),
            (_, bytes) => self.objects(bytes, number).map(drop),
        }
    }

    /// Takes a value in, if it is a request or another line that this program prints.
    fn one(&mut self, value: &Value) -> std::result::Result<bool, Problem> {
        match value {
            Value::Object(object) if object.contains_key("method") => self.object(object)?,
            _ if is_ours(value) => {}
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn whole(&mut self, bytes: &[u8]) -> std::result::Result<(), Problem> {
        if let Some(objects) = har::read(bytes) {
            return objects?.iter().try_for_each(|object| self.object(object));
        }
        let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
        if let Some(Ok(first)) = values.next()
            && (first.get("method").is_some() || is_ours(&first))
        {
            return self.objects(bytes, 0);
        }
        for stored in stored::read(bytes)? {
            if stored.payload_only {
                return Err("it holds a body alone".to_owned().into());
            }
            self.stored(stored)?;
        }
        Ok(())
    }

    /// Objects one after the other, behind so many lines.
    fn objects(&mut self, bytes: &[u8], lines: usize) -> std::result::Result<(), Problem> {
        for value in serde_json::Deserializer::from_slice(bytes).into_iter::<Value>() {
            let value = value.map_err(|error| {
                let (line, text) = (lines + error.line(), error.to_string());
                let what = text.split(" at line ").next().unwrap_or(&text);
                format!("{what} at line {line} column {}", error.column())
            })?;
            if !self.one(&value)? {
                return Err(format!("{value} is no request").into());
            }
        }
        Ok(())
    }

    /// One capture or delivery of an export.
    fn object(&mut self, object: &Map<String, Value>) -> std::result::Result<(), Problem> {
        let stored = stored::from_json(object)?;
        let direction = match object.get("type").and_then(Value::as_str) {
            Some("delivery") => Direction::Out,
            Some(stored::REJECTED) => Direction::Rejected,
            _ => Direction::In,
        };
        let mut at = [object.get("received_at"), object.get("sent_at")]
            .into_iter()
            .flatten();
        let at = at.find_map(time).unwrap_or(self.now);
        let own = object
            .get("id")
            .and_then(Value::as_str)
            .and_then(|id| id.parse::<Id>().ok());
        let mut entry = Entry {
            id: own
                .filter(|id| id.direction == direction)
                .unwrap_or_else(|| self.ids.next(direction, at)),
            at,
            facts: facts(object, &stored),
            attempts: attempts(object, at)?,
            request: stored.request,
        };
        self.describe(&mut entry);
        Ok(self.add(entry)?)
    }

    /// One request of which nothing else is known.
    fn stored(&mut self, stored: Stored) -> Result<()> {
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
        self.add(entry)
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

    fn add(&mut self, mut entry: Entry) -> Result<()> {
        let is_new =
            |id| -> Result<bool> { Ok(!self.store.contains(id)? && !self.seen.contains(&id)) };
        if !is_new(entry.id)? {
            let there = self.store.get(entry.id)?;
            let waiting = self.batch.iter().find(|other| other.id == entry.id);
            if there
                .as_ref()
                .or(waiting)
                .is_some_and(|other| other.request == entry.request)
            {
                self.known += 1;
                return Ok(());
            }
            entry.id = self.ids.next(entry.id.direction, entry.at);
        }
        self.oldest = self.oldest.min(entry.at);
        self.seen.insert(entry.id);
        self.batch.push(entry);
        if self.batch.len() >= BATCH {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        self.store.add_all(&self.batch)?;
        self.imported += self.batch.len();
        self.batch.clear();
        self.seen.clear();
        Ok(())
    }
}

/// Whether it is a line of machine output that holds no request.
fn is_ours(value: &Value) -> bool {
    let of_others = ["attempt", "listening", "summary", "verification"];
    let kind = value.get("type").and_then(Value::as_str);
    kind.is_some_and(|kind| of_others.contains(&kind))
}

/// A time, to the millisecond that is kept.
fn time(value: &Value) -> Option<Timestamp> {
    let time: Timestamp = value.as_str()?.parse().ok()?;
    Timestamp::from_millisecond(time.as_millisecond()).ok()
}

fn duration(value: &Value) -> Duration {
    let milliseconds = value.as_f64().filter(|time| (0.0..1e12).contains(time));
    let micros = (milliseconds.unwrap_or(0.0) * 1e3).round();
    Duration::try_from_secs_f64(micros / 1e6).unwrap_or_default()
}

fn status(value: &Value) -> Option<u16> {
    value.as_u64().and_then(|status| status.try_into().ok())
}

fn facts(object: &Map<String, Value>, stored: &Stored) -> Facts {
    let at = |keys: &[&str]| {
        let found = keys.iter().try_fold(object.get(keys[0])?, |value, key| {
            if *key == keys[0] {
                Some(value)
            } else {
                value.get(*key)
            }
        });
        found.cloned()
    };
    let text = |keys: &[&str]| at(keys)?.as_str().map(str::to_owned);
    let good = match text(&["outcome"]) {
        Some(outcome) => outcome == "success",
        None => stored
            .status
            .is_none_or(|status| (200..300).contains(&status)),
    };
    let is_tampered = object.get(crate::store::TAMPERED) == Some(&Value::Bool(true));
    let tampered = is_tampered.then(|| crate::store::TAMPERED.to_owned());
    Facts {
        provider: stored.provider.clone(),
        event: stored.event.clone(),
        delivery_id: stored.delivery_id.clone(),
        duplicate: object.get("duplicate") == Some(&Value::Bool(true)),
        verdict: text(&["signature", "status"]).or(tampered),
        scheme: text(&["signature", "scheme"]),
        reason: text(&["signature", "reason"]).or_else(|| text(&["reason"])),
        detail: text(&["signature", "detail"]).or_else(|| text(&["detail"])),
        status: stored.status,
        duration: duration(&at(&["response", "duration_ms"]).unwrap_or_default()),
        good,
        over: object.get("over").and_then(Value::as_u64),
        url: text(&["url"]),
        replay_of: text(&["replay_of"]).and_then(|id| id.parse().ok()),
        endpoint: text(&["endpoint"]),
        // Whoever goes on with it has it in another history.
        pending: None,
    }
}

/// The attempts of a delivery, or the forwards of a capture that came at this time.
fn attempts(
    object: &Map<String, Value>,
    at: Timestamp,
) -> std::result::Result<Vec<Attempt>, String> {
    let attempts = object.get("attempts").or(object.get("forward"));
    let attempts = attempts.and_then(Value::as_array);
    let attempts = attempts.map(Vec::as_slice).unwrap_or_default();
    let attempts = attempts.iter().zip(1..);
    attempts
        .map(|(value, number)| attempt(value, number, at))
        .collect()
}

fn attempt(value: &Value, number: u32, at: Timestamp) -> std::result::Result<Attempt, String> {
    let object = value.as_object().ok_or("an attempt is no object")?;
    let headers = |key: &str| match object.get(key) {
        Some(Value::Array(headers)) => stored::headers_from_json(headers)
            .map(Some)
            .ok_or_else(|| format!("`{key}` is no list of [name, value]")),
        _ => Ok(None),
    };
    Ok(Attempt {
        number: value["attempt"]
            .as_u64()
            .and_then(|number| number.try_into().ok())
            .unwrap_or(number),
        url: value["url"].as_str().map(str::to_owned),
        at: time(&value["sent_at"]).unwrap_or(at),
        status: status(&value["status"]),
        duration: duration(&value["duration_ms"]),
        error: value["error"].as_str().map(str::to_owned),
        sent: headers("sent_headers")?,
        headers: headers("response_headers")?.unwrap_or_default(),
        body: stored::body_from_json(object, "response_body")?.into(),
        truncated: value["truncated"] == true,
    })
}

#[cfg(test)]
mod tests;
