//! `hookctl providers`: profiles, built in and added.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use super::Context;
use crate::error::{Error, Outcome, Result};
use crate::private;
use crate::provider::Provider;
use crate::provider::api::API;
use crate::provider::catalogue::PROFILE;
use crate::render::profile;

/// List providers, show, add or check one
#[derive(Args)]
pub(crate) struct ProvidersArgs {
    #[command(subcommand)]
    command: Option<ProvidersCommand>,
}

#[derive(Subcommand)]
enum ProvidersCommand {
    /// Show all that is known of a provider, and where it comes from
    Show {
        #[arg(value_name = "NAME")]
        name: String,
        /// Print its own TOML, as a model for a new one
        #[arg(long)]
        toml: bool,
    },
    /// Add a provider to your own folder
    Add {
        /// A `provider.toml`, the folder it is in, or one file with inline samples
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Replace a provider of the same name that was added before
        #[arg(long)]
        force: bool,
    },
    /// Say whether a file describes a provider
    Check {
        /// A `provider.toml`, the folder it is in, or one file with inline samples
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

pub(crate) fn run(args: &ProvidersArgs, context: &mut Context) -> Result<Outcome> {
    match &args.command {
        None => list(context)?,
        Some(ProvidersCommand::Show { name, toml }) => show(name, *toml, context)?,
        Some(ProvidersCommand::Add { file, force }) => add(file, *force, context)?,
        Some(ProvidersCommand::Check { file }) => check(file, context)?,
    }
    Ok(Outcome::Good)
}

fn list(context: &mut Context) -> Result<()> {
    let providers = context.settings.catalogue()?.all()?;
    let ui = &mut context.ui;
    if ui.json {
        return providers
            .iter()
            .try_for_each(|provider| ui.json_line(&profile::list_json(provider)));
    }
    ui.data(profile::list(&providers, ui.out_paint, ui.out_width()))
}

fn show(name: &str, toml: bool, context: &mut Context) -> Result<()> {
    let provider = context.settings.catalogue()?.provider(name)?;
    let ui = &mut context.ui;
    if toml {
        return ui.data(provider.toml()?);
    }
    let api = provider.api()?;
    if ui.json {
        ui.json_line(&profile::show_json(&provider, api.as_ref()))
    } else {
        ui.data(profile::show(&provider, api.as_ref(), ui.out_paint))
    }
}

fn check(file: &Path, context: &mut Context) -> Result<()> {
    let provider = Provider::read(&context.settings.directory().join(file))?;
    provider.api()?;
    if context.ui.json {
        return context.ui.json_line(&json!({"type": "check", "status": "ok", "provider": provider.profile.name, "events": provider.profile.events.len()}));
    }
    let (name, events) = (&provider.profile.name, provider.profile.events.len());
    let mark = context.ui.out_paint.good("✓");
    context.ui.data(format!("{mark} {name}: {events} events\n"))
}

fn add(file: &Path, force: bool, context: &mut Context) -> Result<()> {
    let file = context.settings.directory().join(file);
    let provider = Provider::read(&file)?;
    let has_api = provider.api()?.is_some();
    let name = &provider.profile.name;
    let folder = context.settings.user_folder()?.join("providers").join(name);
    if folder.exists() && !force {
        return Err(Error::usage(format!(
            "`{name}` was added before, to `{}`",
            folder.display()
        ))
        .hint("`--force` replaces it."));
    }
    let cannot =
        |error| Error::machine(format!("cannot write to `{}`", folder.display())).because(error);
    private::folder(&folder).map_err(cannot)?;
    let source = provider.path.as_deref().unwrap_or(&file);
    fs::copy(source, folder.join(PROFILE)).map_err(cannot)?;
    let api = folder.join(API);
    if has_api {
        fs::copy(source.with_file_name(API), api).map_err(cannot)?;
    } else if api.exists() {
        // That of the provider that is replaced.
        fs::remove_file(api).map_err(cannot)?;
    }
    for (event, _) in provider.events() {
        let sample = format!("{}\n", provider.sample_text(event));
        let path = folder.join(format!("{event}.json"));
        // The name of an event may have a slash.
        private::folder(path.parent().unwrap_or(&folder)).map_err(cannot)?;
        fs::write(path, sample).map_err(cannot)?;
    }
    if context.ui.json {
        return context
            .ui
            .json_line(&json!({"type": "added", "provider": name, "path": folder}));
    }
    context
        .ui
        .data(format!("Added {name} to {}\n", folder.display()))
}
