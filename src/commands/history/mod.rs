//! `hookctl history`: what was received and sent.

mod clear;
mod diff;
pub(crate) mod export;
mod import;
mod list;

use clap::{Args, Subcommand};

use super::Context;
use crate::error::{Error, Outcome, Result};
use crate::settings::Settings;
use crate::store::{Direction, Entry, Id, Place, Store};

/// List, show, compare, export and import what was received and sent
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl history
  hookctl history --in --event 'lead_*' --status 5xx --since -1h
  hookctl history --search nils.torres@example.com
  hookctl history --endpoint ken --status pending,fail
  hookctl history show last
  hookctl history export --in --since -1d > captures.ndjson

Things stay for 30 days, and 2 GB of them; `keep` and `max_size` under `[history]` in `hookctl.toml` change that.")]
pub(crate) struct HistoryArgs {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    list: list::ListArgs,
}

#[derive(Subcommand)]
enum Action {
    Show(list::ShowArgs),
    Diff(diff::DiffArgs),
    Export(Box<export::ExportArgs>),
    Import(import::ImportArgs),
    Prune(clear::PruneArgs),
    Clear(clear::ClearArgs),
}

pub(crate) fn run(args: &HistoryArgs, context: &mut Context) -> Result<Outcome> {
    if let (Some(_), Some(flag)) = (&args.action, args.list.given()) {
        return Err(Error::usage(format!(
            "`{flag}` stands before a command that would not heed it"
        ))
        .hint("`hookctl history --help` lists what goes without a command; what a command takes goes behind it."));
    }
    match &args.action {
        None => list::list(&args.list, context),
        Some(Action::Show(args)) => list::show(args, context),
        Some(Action::Diff(args)) => diff::run(args, context),
        Some(Action::Export(args)) => export::run(args, context),
        Some(Action::Import(args)) => import::run(args, context),
        Some(Action::Prune(args)) => clear::prune(args, context),
        Some(Action::Clear(args)) => clear::clear(args, context),
    }
}

/// Where the history is.
fn place(settings: &Settings) -> Result<Place> {
    settings
        .history()?
        .ok_or_else(|| Error::usage("`history` reads the history, and `--no-store` does without"))
}

/// The history as it is, if there is one.
fn open(settings: &Settings) -> Result<Option<Store>> {
    place(settings)?.open_to_read()
}

/// An entry by its id, or `last` for the newest.
fn named(name: &str, store: Option<&Store>) -> Result<Entry> {
    let none = || {
        Error::usage(format!("the history holds no `{name}`"))
            .hint("`hookctl history` lists what is there.")
    };
    let store = store.ok_or_else(none)?;
    if name == "last" {
        let filter = crate::store::Filter {
            directions: vec![Direction::In, Direction::Out],
            limit: Some(1),
            ..Default::default()
        };
        return store.newest(&filter)?.pop().ok_or_else(none);
    }
    let id: Id = name.parse().map_err(|_| {
        Error::usage(format!("`{name}` is no id such as `cap_01h2k3m4n5p6`"))
            .hint("`hookctl history` lists them.")
    })?;
    store.get(id)?.ok_or_else(none)
}
