//! `hookctl trust`: what a project asks for beyond what it may do on its own, and whether it gets it.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::Context;
use crate::error::{Error, Outcome, Result};
use crate::render::table::{Cell, cell, columns, plain};
use crate::render::text::safe;
use crate::settings::{Covered, Row, Scope, Standing};

/// Trust a project: allow what its files ask for
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl trust --show                 # what does this project ask for?
  hookctl trust                        # allow it, until one of its files changes
  hookctl trust tests/webhooks.toml    # one file of cases
  hookctl trust --remove
  HOOKCTL_TRUST=1 hookctl run webhooks.toml

The files of a project (hookctl.toml, providers/ and files of cases) are input: on its own a project may add providers,
keep a history inside its folder and send to loopback addresses. Anything else is refused unless a flag allows it for
one run, or you trust the project. Trust covers each file as it is now: the state directory holds its SHA-256, and a
changed file asks again. HOOKCTL_TRUST=1 trusts every project, for CI and containers.")]
pub(crate) struct TrustArgs {
    /// Folder of the project, or one file; by default the project of the working directory
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// List what the project asks for, and change nothing
    #[arg(long, conflicts_with = "remove")]
    show: bool,
    /// Stop trusting the folder
    #[arg(long)]
    remove: bool,
}

pub(crate) fn run(args: &TrustArgs, context: &mut Context) -> Result<Outcome> {
    let path = args.path.as_deref();
    if args.remove {
        return remove(path, context);
    }
    let scope = context.settings.scope(path)?;
    if scope.files.is_empty() {
        return Err(Error::usage(format!(
            "no project in `{}`: no `hookctl.toml`, no providers and no files of cases",
            scope.folder.display()
        ))
        .hint("name its folder, or write a `hookctl.toml` with `hookctl init`"));
    }
    if args.show {
        return show(&scope, context);
    }
    context.settings.trust(&scope)?;
    if context.ui.json {
        let files: Vec<Value> = scope.files.iter().map(file_json).collect();
        let folder = &scope.folder;
        context
            .ui
            .json_line(&json!({"type": "trusted", "folder": folder, "files": files}))?;
    } else {
        let paths = scope
            .files
            .iter()
            .map(|file| format!("  {}\n", safe(&file.path)));
        let paths: String = paths.collect();
        let folder = safe(&scope.folder.to_string_lossy());
        context.ui.data(format!("Trusted in {folder}:\n{paths}"))?;
        let wanted = scope.rows.iter().filter(|row| row.permission.is_some());
        for row in wanted {
            let line = format!("allowed: `{}` {}", row.file, what(row));
            context.ui.note(&line)?;
        }
    }
    for file in &scope.files {
        if let Some(owner) = file.other_owner {
            context.ui.warn(&format!(
                "`{}` belongs to another user (uid {owner}), who may change it; it asks again then.",
                file.path
            ))?;
        }
    }
    Ok(Outcome::Good)
}

fn remove(path: Option<&Path>, context: &mut Context) -> Result<Outcome> {
    let settings = &context.settings;
    let folder = settings.trusted_folder(path);
    let removed = settings.untrust(&folder)?;
    let ui = &mut context.ui;
    if ui.json {
        ui.json_line(&json!({"type": "untrusted", "folder": folder, "removed": removed}))?;
    } else {
        let folder = safe(&folder.to_string_lossy());
        let text = if removed {
            format!("No longer trusted: {folder}\n")
        } else {
            format!("Not trusted before: {folder}\n")
        };
        ui.data(text)?;
    }
    Ok(Outcome::Good)
}

fn show(scope: &Scope, context: &mut Context) -> Result<Outcome> {
    let settings = &context.settings;
    let standing = settings.standing_in(scope, None);
    let states: Vec<State> = scope
        .rows
        .iter()
        .map(|row| State::of(row, settings.standing_in(scope, Some(&row.file))))
        .collect();
    let rows = scope.rows.iter().zip(states);
    if context.ui.json {
        for (row, state) in rows {
            context.ui.json_line(&json!({
                "type": "project_request", "file": row.file, "key": row.key, "value": row.value,
                "status": state.word().replace(' ', "_"), "what": what(row),
                "hint": row.permission.as_ref().map(|permission| permission.hint("hookctl trust")),
            }))?;
        }
        let files: Vec<Value> = scope.files.iter().map(file_json).collect();
        let status = word(standing);
        return context
            .ui
            .json_line(&json!({
                "type": "trust", "folder": scope.folder, "status": status.replace(' ', "_"), "files": files,
            }))
            .map(|()| Outcome::Good);
    }
    let paint = context.ui.out_paint;
    let state_cell = |state: State| {
        cell(state.word(), |word| match state {
            State::Allowed | State::Trusted => paint.good(word),
            State::NeedsTrust => paint.warn(word),
        })
    };
    let rows: Vec<[Cell; 3]> = rows
        .map(|(row, state)| [plain(&*row.file), state_cell(state), plain(what(row))])
        .collect();
    let files = scope.files.iter().map(|file| {
        let owner = match file.other_owner {
            Some(owner) => format!("owned by uid {owner}"),
            None => String::new(),
        };
        let standing = settings.standing_in(scope, Some(&file.path));
        [plain(&*file.path), plain(word(standing)), plain(owner)]
    });
    let files: Vec<[Cell; 3]> = files.collect();
    let folder = safe(&scope.folder.to_string_lossy());
    let (rows, files) = (columns(&rows, "  "), columns(&files, "  "));
    let text = format!(
        "{folder}: {}\n{files}\nIt asks for:\n{rows}",
        word(standing)
    );
    context.ui.data(text)?;
    Ok(Outcome::Good)
}

/// Whether something is done that a file asks for.
#[derive(Clone, Copy)]
enum State {
    /// A project may do so on its own.
    Allowed,
    NeedsTrust,
    Trusted,
}

impl State {
    fn of(row: &Row, standing: Standing) -> Self {
        match (&row.permission, standing) {
            (None, _) => Self::Allowed,
            (Some(_), Standing::Trusted) => Self::Trusted,
            (Some(_), Standing::Unknown | Standing::Changed) => Self::NeedsTrust,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::NeedsTrust => "needs trust",
            Self::Trusted => "trusted",
        }
    }
}

fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Unknown => "not trusted",
        Standing::Changed => "changed",
        Standing::Trusted => "trusted",
    }
}

/// What a file does, as the rest of a sentence about it.
fn what(row: &Row) -> String {
    match (&row.permission, &row.value) {
        (Some(permission), _) => permission.what(),
        (None, Some(name)) if row.key == "provider" => format!("adds the provider `{name}`"),
        (None, Some(value)) => format!("sets `{}` to `{value}`", row.key),
        (None, None) => format!("sets `{}`", row.key),
    }
}

fn file_json(file: &Covered) -> Value {
    json!({"path": file.path, "sha256": file.digest, "other_owner": file.other_owner})
}
