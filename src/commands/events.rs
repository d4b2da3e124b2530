//! `hookctl events`: the catalogue.

use clap::{Args, Subcommand};

use super::Context;
use crate::error::{Error, Outcome, Result};
use crate::provider::catalogue::{Found, What};
use crate::render::event;

/// List events, or show one
#[derive(Args)]
pub(crate) struct EventsArgs {
    /// Events of this provider alone
    #[arg(value_name = "PROVIDER")]
    provider: Option<String>,
    #[command(subcommand)]
    command: Option<EventsCommand>,
}

#[derive(Subcommand)]
enum EventsCommand {
    /// Show payload, headers, variants, and where each field comes from
    Show {
        /// Event or scenario
        #[arg(value_name = "EVENT")]
        event: String,
        /// Provider of the event
        #[arg(long, value_name = "NAME")]
        provider: Option<String>,
    },
}

pub(crate) fn run(args: &EventsArgs, context: &mut Context) -> Result<Outcome> {
    if let (Some(provider), Some(_)) = (&args.provider, &args.command) {
        return Err(Error::usage(format!("`{provider}` stands before `show`"))
            .hint("`hookctl events PROVIDER` lists; `hookctl events show EVENT` shows one."));
    }
    match &args.command {
        Some(EventsCommand::Show { event, provider }) => show(event, provider.as_deref(), context)?,
        None => list(args.provider.as_deref(), context)?,
    }
    Ok(Outcome::Good)
}

fn list(provider: Option<&str>, context: &mut Context) -> Result<()> {
    let catalogue = context.settings.catalogue()?;
    let providers = match provider {
        Some(name) => vec![catalogue.provider(name)?],
        None => catalogue.all()?,
    };
    let ui = &mut context.ui;
    if ui.json {
        let lines = providers
            .iter()
            .flat_map(|provider| event::list_json(provider));
        return lines.into_iter().try_for_each(|line| ui.json_line(&line));
    }
    let lists: Vec<String> = providers
        .iter()
        .map(|provider| event::list(provider, ui.out_paint, ui.out_width()))
        .collect();
    ui.data(lists.join("\n"))
}

fn show(name: &str, provider: Option<&str>, context: &mut Context) -> Result<()> {
    let Found { provider, what } = context.settings.catalogue()?.find(name, provider)?;
    let (profile, ui) = (&provider.profile, &mut context.ui);
    match &what {
        What::Event(name) if ui.json => {
            ui.json_line(&event::show_json(&provider, name, &profile.events[name]))
        }
        What::Event(name) => ui.data(event::show(
            &provider,
            name,
            &profile.events[name],
            ui.out_paint,
        )),
        What::Scenario(name) => {
            let scenario = &profile.scenarios[name];
            if ui.json {
                ui.json_line(&event::scenario_json(&profile.name, name, scenario))
            } else {
                ui.data(event::scenario(&profile.name, name, scenario, ui.out_paint))
            }
        }
    }
}
