//! Requests from files (captures, raw HTTP, payloads, folders of these, stdin) and from the history.

use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};

use super::ahead::{self, NewWorker, Seen, Worker};
use crate::error::{Error, Result};
use crate::render::text::safe;
use crate::request::stored::{self, Held, Problem, Stored};
use crate::sender::Reach;
use crate::settings::Settings;
use crate::store::{Direction, Entry, Filter, Id, LOOPBACK};

/// A stored request and where it is from.
#[derive(Clone, Debug)]
pub(crate) struct Sourced {
    pub(crate) from: String,
    pub(crate) stored: Stored,
    /// Its id in the history, if it is from there.
    pub(crate) id: Option<Id>,
    /// What is known of a delivery that was sent before.
    pub(crate) sent: Option<SentBefore>,
}

/// A delivery of the history.
#[derive(Clone, Debug)]
pub(crate) struct SentBefore {
    pub(crate) url: String,
    /// Id of the endpoint that it went to.
    pub(crate) endpoint: Option<String>,
    /// How far it may go.
    pub(crate) reach: Reach,
    /// Attempts that were made.
    pub(crate) attempts: u32,
    /// Whether another one follows by itself.
    pub(crate) is_pending: bool,
}

impl Sourced {
    /// What a file or stdin holds.
    pub(super) fn of_file(name: &str, stored: Stored) -> Self {
        Self {
            from: name.to_owned(),
            stored,
            id: None,
            sent: None,
        }
    }
}

/// Endings of the files that are taken from a folder.
const ENDINGS: [&str; 6] = ["json", "ndjson", "jsonl", "http", "har", "txt"];

/// Visits all requests of files, folders and stdin, in the order of their names, without keeping them.
pub(crate) fn each(
    names: &[String],
    settings: &Settings,
    mut visit: impl FnMut(Sourced) -> Result<()>,
) -> Result<()> {
    let new_worker = || -> Worker<'_, Infallible> { Box::new(Seen::left) };
    each_ahead(names, settings, &new_worker, |seen| match seen {
        Seen::Left(sourced) => visit(*sourced),
        Seen::Done(never) => match never {},
    })
}

/// As [`each`]. Of many captures in one file, workers on threads of their own look at them first.
pub(crate) fn each_ahead<T: Send + 'static>(
    names: &[String],
    settings: &Settings,
    new_worker: NewWorker<'_, T>,
    mut visit: impl FnMut(Seen<T>) -> Result<()>,
) -> Result<()> {
    for name in names {
        if name.is_empty() {
            return Err(Error::usage("a source has no name")
                .hint("Name a file or a folder; `.` is the working directory."));
        }
        let path = settings.directory().join(name);
        if name == "-" || !path.is_dir() {
            read(name, settings, new_worker, &mut visit)?;
            continue;
        }
        let mut any = false;
        for file in files_below(&path)? {
            let shown = file
                .strip_prefix(settings.directory())
                .unwrap_or(&file)
                .display()
                .to_string();
            read(&shown, settings, new_worker, &mut |seen| {
                any = true;
                visit(seen)
            })?;
        }
        if !any {
            return Err(
                Error::usage(format!("the folder `{name}` holds no requests")).hint(format!(
                    "Files are taken that end in {}.",
                    ENDINGS.join(", ")
                )),
            );
        }
    }
    Ok(())
}

/// Whether nothing was left out of a stored request that is to be sent as it came.
pub(crate) fn check_whole(sourced: &Sourced, raw: bool) -> Result<()> {
    match sourced.stored.redacted().filter(|_| raw) {
        None => Ok(()),
        Some(name) => Err(Error::usage(format!(
            "`{}` cannot be sent as it came: the value of `{name}` was left out of it",
            sourced.from
        ))
        .hint(
            "`hookctl listen --save DIR` keeps all of it, and so does `--reveal` with `--json`.",
        )),
    }
}

fn read<T: Send + 'static>(
    name: &str,
    settings: &Settings,
    new_worker: NewWorker<'_, T>,
    visit: &mut dyn FnMut(Seen<T>) -> Result<()>,
) -> Result<()> {
    let shown = if name == "-" { "stdin" } else { name };
    if let Some(wanted) = Wanted::parse(name)?
        && !settings.directory().join(name).exists()
    {
        return remembered(name, wanted, settings, &mut |sourced| {
            visit(Seen::left(sourced))
        });
    }
    let held = stored::open(settings.open(name)?);
    let wrong = |problem| match problem {
        Problem::Bytes(error) => settings.cannot_read(name, error),
        Problem::Form(problem) => Error::usage(format!("`{shown}` holds no request: {problem}"))
            .hint("A saved capture, a raw HTTP request or a payload is read."),
    };
    match held.map_err(wrong)? {
        Held::Lines(lines) => ahead::each(lines, shown, new_worker, &mut |seen| {
            visit(seen.map_err(wrong)?)
        }),
        held => {
            let read = held.each(&mut |stored| {
                let sourced = Sourced::of_file(shown, stored?);
                visit(Seen::left(sourced)).map_err(Ended::Visited)
            });
            read.map_err(|ended| match ended {
                Ended::Read(problem) => wrong(problem),
                Ended::Visited(error) => error,
            })
        }
    }
}

/// Why a file was not read to its end.
enum Ended {
    Read(Problem),
    /// The visitor had enough.
    Visited(Error),
}

impl From<Problem> for Ended {
    fn from(problem: Problem) -> Self {
        Self::Read(problem)
    }
}

/// What to say of sources that hold nothing.
pub(crate) fn nothing_in(names: &[String]) -> String {
    match names {
        [] => "stdin holds no requests".to_owned(),
        [one] if one == "-" => "stdin holds no requests".to_owned(),
        [one] => format!("`{one}` holds no requests"),
        _ => "the sources hold no requests".to_owned(),
    }
}

/// What of the history a name means.
#[derive(Clone, Copy, Debug)]
enum Wanted {
    One(Id),
    /// So many of the newest captures.
    Last(usize),
    Failed,
}

impl Wanted {
    fn parse(name: &str) -> Result<Option<Self>> {
        if let Ok(id) = name.parse() {
            return Ok(Some(Self::One(id)));
        }
        Ok(match name.split_once(':') {
            None if name == "last" => Some(Self::Last(1)),
            None if name == "failed" => Some(Self::Failed),
            Some(("last", number)) => match number.parse() {
                Ok(number) if number > 0 => Some(Self::Last(number)),
                _ => {
                    let message = format!("`{name}` is no number of captures such as `last:5`");
                    return Err(Error::usage(message));
                }
            },
            _ => None,
        })
    }
}

/// Visits what a name of the history means, the oldest first.
fn remembered(
    name: &str,
    wanted: Wanted,
    settings: &Settings,
    visit: &mut dyn FnMut(Sourced) -> Result<()>,
) -> Result<()> {
    let nothing = || {
        let hint = "`hookctl history` lists what is there; `hookctl listen` adds to it.";
        Error::usage(match wanted {
            Wanted::One(_) => format!("the history holds no `{name}`"),
            Wanted::Last(_) => "the history holds no captures".to_owned(),
            Wanted::Failed => "the history holds nothing that failed".to_owned(),
        })
        .hint(hint)
    };
    let place = settings.history()?.ok_or_else(|| {
        Error::usage(format!(
            "`{name}` is in the history, and `--no-store` does without"
        ))
    })?;
    let store = place.open_to_read()?.ok_or_else(nothing)?;
    let mut found = match wanted {
        Wanted::One(id) => vec![id],
        Wanted::Last(number) => store.newest_ids(&Filter {
            directions: vec![Direction::In],
            limit: Some(number),
            ..Filter::default()
        })?,
        Wanted::Failed => store.newest_ids(&Filter {
            failed: true,
            ..Filter::default()
        })?,
    };
    found.reverse();
    let mut any = false;
    for id in found {
        // One that was deleted meanwhile is passed over.
        if let Some(entry) = store.get(id)? {
            any = true;
            visit(of_entry(entry)?)?;
        }
    }
    if any { Ok(()) } else { Err(nothing()) }
}

/// An entry as a source.
pub(crate) fn of_entry(entry: Entry) -> Result<Sourced> {
    let from = entry.id.to_string();
    if entry.id.direction == Direction::Rejected {
        let why = entry.facts.detail.unwrap_or_default();
        let message = format!("`{from}` was rejected and is no capture: {}", safe(&why));
        return Err(Error::usage(message).hint("`hookctl history --in` lists the captures."));
    }
    if let Some(limit) = entry.facts.over {
        let message = format!("`{from}` has no body: it was over {limit} bytes and was not kept");
        return Err(
            Error::usage(message).hint("`hookctl listen --max-body SIZE` takes larger ones.")
        );
    }
    let facts = entry.facts;
    let last = entry.attempts.iter().map(|attempt| attempt.number).max();
    let sent = facts.url.map(|url| SentBefore {
        url,
        endpoint: facts.endpoint,
        reach: match facts.detail.as_deref() {
            Some(LOOPBACK) => Reach::Loopback,
            _ => Reach::Anywhere,
        },
        attempts: last.unwrap_or_default(),
        is_pending: facts.pending.is_some(),
    });
    Ok(Sourced {
        from,
        sent,
        stored: Stored {
            provider: facts.provider,
            event: facts.event,
            delivery_id: facts.delivery_id,
            received_at: Some(format!("{:.3}", entry.at)),
            status: facts.status,
            ..Stored::whole(entry.request)
        },
        id: Some(entry.id),
    })
}

/// Files below a folder that may hold requests, sorted by path.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let cannot = |error| {
        Error::machine(format!("cannot read the folder `{}`", folder.display())).because(error)
    };
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot)? {
        paths.push(entry.map_err(cannot)?.path());
    }
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let is_hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let ending = path
            .extension()
            .map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        if is_hidden {
            continue;
        }
        // A link may lead back to where it is.
        if path.is_dir() && !path.is_symlink() {
            files.extend(files_below(&path)?);
        } else if ending.is_some_and(|ending| ENDINGS.contains(&&*ending)) && !path.is_dir() {
            files.push(path);
        }
    }
    Ok(files)
}
