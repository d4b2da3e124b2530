//! Endpoints are enabled, disabled and removed.

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::super::Context;
use super::{all, open};
use crate::delivery::{Endpoint, rules};
use crate::error::{Outcome, Result};
use crate::render::{deliveries, endpoint};

/// Deliver to endpoints again
#[derive(Args)]
pub(super) struct EnableArgs {
    /// Names or ids
    #[arg(value_name = "NAME", required = true)]
    endpoints: Vec<String>,
}

/// Pause deliveries to endpoints
#[derive(Args)]
pub(super) struct DisableArgs {
    /// Names or ids
    #[arg(value_name = "NAME", required = true)]
    endpoints: Vec<String>,
}

/// Remove endpoints for good; what was sent to them stays in the history
#[derive(Args)]
pub(super) struct RemoveArgs {
    /// Names or ids
    #[arg(value_name = "NAME", required = true)]
    endpoints: Vec<String>,
}

pub(super) fn enable(args: &EnableArgs, context: &mut Context) -> Result<Outcome> {
    switch(&args.endpoints, true, context)
}

pub(super) fn disable(args: &DisableArgs, context: &mut Context) -> Result<Outcome> {
    switch(&args.endpoints, false, context)
}

fn switch(names: &[String], enabled: bool, context: &mut Context) -> Result<Outcome> {
    check_all(names, context)?;
    for name in names {
        let (mut store, mut one) = open(name, &context.settings)?;
        let was = one.enabled;
        if was != enabled {
            rules::set_enabled(&mut one, enabled);
            one.changed_at = Timestamp::now();
            store.keep_endpoint(&one)?;
        }
        let ui = &mut context.ui;
        if ui.json {
            ui.json_line(&endpoint::json(&one, false))?;
            continue;
        }
        let state = if enabled { "enabled" } else { "disabled" };
        let already = if was == enabled { " already" } else { "" };
        ui.data(format!("{} is {state}{already}.\n", shown(&one)))?;
        let waiting = store.count_paused(&one.id)?;
        if !enabled && waiting > 0 {
            let waiting = deliveries(waiting);
            ui.note(&format!("Pending until it is enabled: {waiting}."))?;
        }
        let pending = if was == enabled {
            0
        } else {
            store.count_waiting(&one.id)?
        };
        if enabled && pending > 0 {
            let pending = deliveries(pending);
            ui.note(&format!(
                "Pending for it: {pending}; `hookctl send --resume` goes on."
            ))?;
        }
    }
    Ok(Outcome::Good)
}

pub(super) fn remove(args: &RemoveArgs, context: &mut Context) -> Result<Outcome> {
    check_all(&args.endpoints, context)?;
    for name in &args.endpoints {
        let (mut store, one) = open(name, &context.settings)?;
        let given_up = store.count_paused(&one.id)? + store.count_waiting(&one.id)?;
        store.remove_endpoint(&one.id)?;
        let ui = &mut context.ui;
        if ui.json {
            ui.json_line(&json!({"type": "removed", "id": one.id, "name": one.name}))?;
            continue;
        }
        ui.data(format!("{} is removed.\n", shown(&one)))?;
        if given_up > 0 {
            let given_up = deliveries(given_up);
            ui.note(&format!("Given up, as it was pending for it: {given_up}."))?;
        }
    }
    Ok(Outcome::Good)
}

/// Says of all names whether they are known before anything is changed.
fn check_all(names: &[String], context: &Context) -> Result<()> {
    let endpoints = all(&context.settings)?;
    names
        .iter()
        .try_for_each(|name| rules::find(&endpoints, name).map(drop))
}

fn shown(endpoint: &Endpoint) -> String {
    crate::render::text::safe(&endpoint.name)
}
