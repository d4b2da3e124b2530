//! `hookctl completions`: scripts for shells, with the names of events and providers.

use clap::Args;
use clap::builder::PossibleValuesParser;
use clap_complete::Shell;

use super::Context;
use crate::error::{Outcome, Result};
use crate::provider::Catalogue;

/// Print a completion script
#[derive(Args)]
#[command(after_help = "Install it, for example:
  hookctl completions bash > ~/.local/share/bash-completion/completions/hookctl
  hookctl completions zsh > ~/.zfunc/_hookctl
  hookctl completions fish > ~/.config/fish/completions/hookctl.fish")]
pub(crate) struct CompletionsArgs {
    /// Shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(crate) fn run(
    args: &CompletionsArgs,
    command: clap::Command,
    context: &mut Context,
) -> Result<Outcome> {
    let mut command = with_names(command, &context.settings.catalogue()?)?;
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "hookctl", &mut script);
    context.ui.data(script)?;
    Ok(Outcome::Good)
}

/// The command line with the names that are known, in place of any text.
fn with_names(command: clap::Command, catalogue: &Catalogue) -> Result<clap::Command> {
    let providers = catalogue.names();
    let mut events: Vec<String> = Vec::new();
    for provider in catalogue.all()? {
        let names = provider
            .profile
            .events
            .keys()
            .chain(provider.profile.scenarios.keys());
        events.extend(names.map(|name| format!("{}/{name}", provider.profile.name)));
    }
    let bare = catalogue.event_names()?.into_iter().map(|(_, event)| event);
    let mut all: Vec<String> = bare.chain(events).collect();
    all.sort();
    all.dedup();
    let known = |names: &[String]| PossibleValuesParser::new(names.to_vec());
    let command = command
        .mut_subcommand("send", |send| {
            send.mut_arg("events", |arg| arg.value_parser(known(&all)))
                .mut_arg("provider", |arg| arg.value_parser(known(&providers)))
        })
        .mut_subcommand("sign", |sign| {
            sign.mut_arg("event", |arg| arg.value_parser(known(&all)))
                .mut_arg("provider", |arg| arg.value_parser(known(&providers)))
        })
        .mut_subcommand("events", |events| {
            events
                .mut_arg("provider", |arg| arg.value_parser(known(&providers)))
                .mut_subcommand("show", |show| {
                    show.mut_arg("event", |arg| arg.value_parser(known(&all)))
                })
        })
        .mut_subcommand("providers", |command| {
            command.mut_subcommand("show", |show| {
                show.mut_arg("name", |arg| arg.value_parser(known(&providers)))
            })
        })
        .mut_subcommand("secret", |secret| {
            secret.mut_arg("provider", |arg| arg.value_parser(known(&providers)))
        });
    let with_provider = ["listen", "replay", "verify"];
    Ok(with_provider.iter().fold(command, |command, name| {
        command.mut_subcommand(name, |of| {
            of.mut_arg("provider", |arg| arg.value_parser(known(&providers)))
        })
    }))
}
