//! Taking things out of the history.

use std::time::Duration;

use clap::Args;
use dialoguer::Confirm;
use jiff::Timestamp;

use super::super::Context;
use super::place;
use crate::error::{Error, Outcome, Result};
use crate::store::Store;
use crate::value::age;

/// Take out what is older
#[derive(Args)]
pub(super) struct PruneArgs {
    /// Age from which on things go, as in `30d` or `12h`
    #[arg(long, value_name = "AGE", value_parser = age)]
    older_than: Duration,
}

/// Take out everything
#[derive(Args)]
pub(super) struct ClearArgs {
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub(super) fn prune(args: &PruneArgs, context: &mut Context) -> Result<Outcome> {
    take_out(context, |store| {
        store.prune(Timestamp::now(), args.older_than)
    })
}

pub(super) fn clear(args: &ClearArgs, context: &mut Context) -> Result<Outcome> {
    let path = place(&context.settings)?.path;
    if !args.yes {
        if !context.ui.interactive {
            return Err(Error::usage("`clear` takes everything out of the history")
                .hint("Say that it may: `hookctl history clear --yes`"));
        }
        let asked = Confirm::new()
            .with_prompt(format!("Take everything out of {}?", path.display()))
            .default(false)
            .interact_opt()
            .map_err(|error| Error::machine("cannot ask").because(error))?;
        if asked != Some(true) {
            context.ui.note("Nothing was taken out.")?;
            return Ok(Outcome::Good);
        }
    }
    take_out(context, Store::clear)
}

fn take_out(
    context: &mut Context,
    take: impl FnOnce(&mut Store) -> Result<usize>,
) -> Result<Outcome> {
    let taken = match place(&context.settings)?.open_to_read()? {
        Some(mut store) => take(&mut store)?,
        None => 0,
    };
    let ui = &mut context.ui;
    if ui.json {
        ui.json_line(&serde_json::json!({"type": "summary", "removed": taken}))?;
    } else {
        ui.data(format!("{taken} taken out.\n"))?;
    }
    Ok(Outcome::Good)
}
