//! `hookctl endpoints`: registered URLs, each with its own events, secret and state.

mod edit;
mod list;
mod secret;
mod switch;
mod test;

use clap::{Args, Subcommand};

use super::Context;
use crate::delivery::{Endpoint, rules};
use crate::error::{Error, Outcome, Result};
use crate::settings::Settings;
use crate::store::{Place, Store};

/// Register URLs that `send` delivers to, each with its own events, secret and state
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl endpoints add http://localhost:3000/webhooks/ken --events lead_replied,lead_interested
  hookctl endpoints secret ken --reveal
  hookctl endpoints test ken
  hookctl send lead_replied
  hookctl endpoints edit ken --events '*' --description 'all of it'
  hookctl endpoints disable ken
  hookctl history --endpoint ken

An endpoint is meant by its name or by its id. Endpoints stand in the file of the history and stay when that is cleared.")]
pub(crate) struct EndpointsArgs {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand)]
enum Action {
    Add(Box<edit::AddArgs>),
    List(list::ListArgs),
    Show(list::ShowArgs),
    Edit(Box<edit::EditArgs>),
    Enable(switch::EnableArgs),
    Disable(switch::DisableArgs),
    Remove(switch::RemoveArgs),
    Secret(secret::SecretArgs),
    Test(test::TestArgs),
}

pub(crate) fn run(args: &EndpointsArgs, context: &mut Context) -> Result<Outcome> {
    match &args.action {
        None => list::list(&list::ListArgs::default(), context),
        Some(Action::Add(args)) => edit::add(args, context),
        Some(Action::List(args)) => list::list(args, context),
        Some(Action::Show(args)) => list::show(args, context),
        Some(Action::Edit(args)) => edit::edit(args, context),
        Some(Action::Enable(args)) => switch::enable(args, context),
        Some(Action::Disable(args)) => switch::disable(args, context),
        Some(Action::Remove(args)) => switch::remove(args, context),
        Some(Action::Secret(args)) => secret::run(args, context),
        Some(Action::Test(args)) => test::run(args, context),
    }
}

/// The file that endpoints stand in.
pub(super) fn place(settings: &Settings) -> Result<Place> {
    settings.history()?.ok_or_else(|| {
        Error::usage("endpoints stand in the file of the history, and `--no-store` does without")
    })
}

/// All endpoints that are registered.
pub(super) fn all(settings: &Settings) -> Result<Vec<Endpoint>> {
    match place(settings)?.open_to_read()? {
        Some(store) => store.endpoints(),
        None => Ok(Vec::new()),
    }
}

/// The file, to change an endpoint in it, and the endpoint.
fn open(name: &str, settings: &Settings) -> Result<(Store, Endpoint)> {
    // What is looked for in vain makes no file.
    let endpoint = rules::find(&all(settings)?, name)?.clone();
    Ok((place(settings)?.open()?, endpoint))
}
