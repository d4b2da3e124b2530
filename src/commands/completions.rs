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
    let names = Names::new(&context.settings.catalogue()?)?;
    // Names are all that is read of a project here, so there is nothing to be said of it.
    context.settings.notices.take();
    let mut script = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut names.in_flags(command),
        "hookctl",
        &mut script,
    );
    let script = String::from_utf8_lossy(&script);
    context.ui.data(names.in_arguments(args.shell, &script))?;
    Ok(Outcome::Good)
}

/// The names that are known.
struct Names {
    /// Events and scenarios, in full and alone.
    events: Vec<String>,
    providers: Vec<String>,
}

/// Commands whose first argument is an event.
const TAKE_EVENTS: [&[&str]; 3] = [&["send"], &["sign"], &["events", "show"]];
/// Commands whose first argument is a provider.
const TAKE_PROVIDERS: [&[&str]; 4] = [
    &["explain"],
    &["events"],
    &["providers", "show"],
    &["secret"],
];
/// Commands with `--provider`.
const WITH_PROVIDER: [&str; 6] = ["send", "sign", "listen", "replay", "verify", "emulate"];

impl Names {
    fn new(catalogue: &Catalogue) -> Result<Self> {
        let mut events: Vec<String> = catalogue
            .event_names()?
            .into_iter()
            .map(|(_, event)| event)
            .collect();
        for provider in catalogue.all()? {
            let names = provider
                .profile
                .events
                .keys()
                .chain(provider.profile.scenarios.keys());
            events.extend(names.map(|name| format!("{}/{name}", provider.profile.name)));
        }
        events.sort();
        events.dedup();
        let mut providers = catalogue.names();
        events.retain(|name| is_plain(name));
        providers.retain(|name| is_plain(name));
        Ok(Self { events, providers })
    }

    /// The command line with known names in place of any text. bash and zsh scripts get all names this way.
    fn in_flags(&self, command: clap::Command) -> clap::Command {
        let known = |names: &[String]| PossibleValuesParser::new(names.to_vec());
        let command = WITH_PROVIDER.iter().fold(command, |command, name| {
            command.mut_subcommand(name, |of| {
                of.mut_arg("provider", |arg| arg.value_parser(known(&self.providers)))
            })
        });
        self.places()
            .into_iter()
            .fold(command, |command, (path, names)| {
                at(command, path, &|of| {
                    let first = of.get_positionals().next().map(|arg| arg.get_id().clone());
                    match first {
                        Some(id) => of.mut_arg(id, |arg| arg.value_parser(known(names))),
                        None => of,
                    }
                })
            })
    }

    /// Commands, and the names that their first argument can be.
    fn places(&self) -> Vec<(&'static [&'static str], &[String])> {
        let events = TAKE_EVENTS.iter().map(|path| (*path, &*self.events));
        let providers = TAKE_PROVIDERS.iter().map(|path| (*path, &*self.providers));
        events.chain(providers).collect()
    }

    /// Adds the names to the scripts of shells for which clap_complete writes down flags alone.
    fn in_arguments(&self, shell: Shell, script: &str) -> String {
        let mut script = script.to_owned();
        for (path, names) in self.places() {
            let branch = path.join(";");
            match shell {
                Shell::Fish => {
                    let (first, rest) = path.split_first().expect("a path has a command");
                    let seen = rest
                        .iter()
                        .map(|name| format!("; and __fish_seen_subcommand_from {name}"));
                    let seen = seen.collect::<Vec<_>>().concat();
                    let names = names.join(" ");
                    script.push_str(&format!(
                        "complete -c hookctl -n \"__fish_hookctl_using_subcommand {first}{seen}\" -f -a \"{names}\"\n"
                    ));
                }
                Shell::PowerShell => {
                    let head = format!("        'hookctl;{branch}' {{\n");
                    let lines = names.iter().map(|name| {
                        format!("            [CompletionResult]::new('{name}', '{name}', [CompletionResultType]::ParameterValue, '{name}')\n")
                    });
                    script = script.replace(
                        &head,
                        &format!("{head}{}", lines.collect::<Vec<_>>().concat()),
                    );
                }
                Shell::Elvish => {
                    let head = format!("        &'hookctl;{branch}'= {{\n");
                    let lines = names
                        .iter()
                        .map(|name| format!("            cand {name} '{name}'\n"));
                    script = script.replace(
                        &head,
                        &format!("{head}{}", lines.collect::<Vec<_>>().concat()),
                    );
                }
                _ => {}
            }
        }
        script
    }
}

/// Whether a name means nothing to a shell but itself: the scripts hold names as they are.
fn is_plain(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
    name.bytes().all(is_plain)
}

/// Changes the subcommand at a path.
fn at(
    command: clap::Command,
    path: &[&str],
    change: &dyn Fn(clap::Command) -> clap::Command,
) -> clap::Command {
    match path.split_first() {
        Some((first, rest)) => command.mut_subcommand(first, |of| at(of, rest, change)),
        None => change(command),
    }
}
