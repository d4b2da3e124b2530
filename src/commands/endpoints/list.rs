//! Endpoints are listed and shown.

use clap::Args;

use super::super::Context;
use super::all;
use crate::delivery::rules;
use crate::error::{Outcome, Result};
use crate::render::endpoint;

/// List endpoints, the oldest first
#[derive(Args, Default)]
pub(super) struct ListArgs {
    /// Those of this provider alone
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// Show credentials in URLs
    #[arg(long)]
    reveal: bool,
}

/// Show one endpoint
#[derive(Args)]
pub(super) struct ShowArgs {
    /// Name or id
    #[arg(value_name = "NAME")]
    endpoint: String,
    /// Show credentials in the URL
    #[arg(long)]
    reveal: bool,
}

pub(super) fn list(args: &ListArgs, context: &mut Context) -> Result<Outcome> {
    if let Some(name) = &args.provider {
        context.settings.catalogue()?.provider(name)?;
    }
    let mut endpoints = all(&context.settings)?;
    if let Some(name) = &args.provider {
        endpoints.retain(|endpoint| endpoint.provider == *name);
    }
    let ui = &mut context.ui;
    if ui.json {
        for one in &endpoints {
            ui.json_line(&endpoint::json(one, args.reveal))?;
        }
    } else if endpoints.is_empty() {
        ui.note("No endpoint is registered.")?;
        ui.hint("`hookctl endpoints add URL --provider NAME --events EVENT` registers one.")?;
    } else {
        let width = ui.out_width();
        ui.data(endpoint::list(&endpoints, args.reveal, ui.out_paint, width))?;
    }
    Ok(Outcome::Good)
}

pub(super) fn show(args: &ShowArgs, context: &mut Context) -> Result<Outcome> {
    let endpoints = all(&context.settings)?;
    let found = rules::find(&endpoints, &args.endpoint)?;
    let ui = &mut context.ui;
    if ui.json {
        ui.json_line(&endpoint::json(found, args.reveal))?;
    } else {
        ui.data(endpoint::show(found, args.reveal, ui.out_paint))?;
    }
    Ok(Outcome::Good)
}
