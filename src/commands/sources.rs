//! Requests from files: captures, raw HTTP, payloads, folders of these, stdin.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::request::stored::{self, Problem, Stored};
use crate::settings::Settings;

/// A stored request and where it is from.
#[derive(Clone, Debug)]
pub(crate) struct Sourced {
    pub(crate) from: String,
    pub(crate) stored: Stored,
}

/// Endings of the files that are taken from a folder.
const ENDINGS: [&str; 5] = ["json", "ndjson", "jsonl", "http", "txt"];

/// Reads all requests of files, folders and stdin, in the order of their names.
pub(crate) fn load(names: &[String], settings: &Settings) -> Result<Vec<Sourced>> {
    let mut sourced = Vec::new();
    each(names, settings, |one| {
        sourced.push(one);
        Ok(())
    })?;
    Ok(sourced)
}

/// Visits all requests of files, folders and stdin, in the order of their names, without keeping them.
pub(crate) fn each(
    names: &[String],
    settings: &Settings,
    mut visit: impl FnMut(Sourced) -> Result<()>,
) -> Result<()> {
    for name in names {
        if name.is_empty() {
            return Err(Error::usage("a source has no name")
                .hint("Name a file or a folder; `.` is the working directory."));
        }
        let path = settings.directory().join(name);
        if name == "-" || !path.is_dir() {
            read(name, settings, &mut visit)?;
            continue;
        }
        let mut any = false;
        for file in files_below(&path)? {
            let shown = file
                .strip_prefix(settings.directory())
                .unwrap_or(&file)
                .display()
                .to_string();
            read(&shown, settings, &mut |one| {
                any = true;
                visit(one)
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

fn read(
    name: &str,
    settings: &Settings,
    visit: &mut dyn FnMut(Sourced) -> Result<()>,
) -> Result<()> {
    let shown = if name == "-" { "stdin" } else { name };
    let of_history = matches!(name, "last" | "failed") || name.starts_with("last:");
    if of_history && !settings.directory().join(name).exists() {
        return Err(
            Error::usage(format!("cannot read `{name}`: there is no history yet"))
                .hint("Name a file or a folder; `hookctl listen --save DIR` keeps what arrives."),
        );
    }
    let visited = stored::visit(settings.open(name)?, |stored| {
        visit(Sourced {
            from: shown.to_owned(),
            stored,
        })
    });
    visited.unwrap_or_else(|problem| {
        Err(match problem {
            Problem::Bytes(error) => settings.cannot_read(name, error),
            Problem::Form(problem) => {
                Error::usage(format!("`{shown}` holds no request: {problem}"))
                    .hint("A saved capture, a raw HTTP request or a payload is read.")
            }
        })
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
