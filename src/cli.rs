//! The command line: global flags, the list of commands, and who does what.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory as _, Parser, Subcommand, ValueEnum as _};

use crate::commands::{
    Context, check, completions, emulate, endpoints, events, explain, history, init, listen, man,
    providers, replay, run, secret, send, sign, trust, verify,
};
use crate::error::{Outcome, Result};
use crate::settings::HistoryWish;
use crate::ui::{ColorChoice, Wanted};

/// Send, receive, verify and replay webhooks of many providers, offline on localhost
#[derive(Parser)]
#[command(
    name = "hookctl",
    version,
    max_term_width = 100,
    propagate_version = false
)]
#[command(after_help = "Start here:
  hookctl listen :8080
  hookctl send lead_replied --to http://localhost:8080/webhooks/ken

Exit codes: 0 it worked and the answer is good, 1 it worked and the answer is bad,
2 the command was wrong, 3 the machine was in the way.")]
pub(crate) struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Args)]
#[command(next_help_heading = "Everywhere")]
struct Global {
    /// Print one JSON object a line
    #[arg(long, global = true)]
    json: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
    /// Leave out notes and hints
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Show whole requests and answers
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// Configuration file, in place of hookctl.toml
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// File of the history; also HOOKCTL_STORE, else one in the state directory
    #[arg(long, global = true, value_name = "FILE")]
    store: Option<PathBuf>,
    /// Keep nothing of this run in the history
    #[arg(long, global = true, conflicts_with = "store")]
    no_store: bool,
}

#[derive(Subcommand)]
enum Command {
    Send(Box<send::SendArgs>),
    Replay(Box<replay::ReplayArgs>),
    Listen(Box<listen::ListenArgs>),
    Verify(Box<verify::VerifyArgs>),
    Check(Box<check::CheckArgs>),
    Run(Box<run::RunArgs>),
    History(Box<history::HistoryArgs>),
    Endpoints(endpoints::EndpointsArgs),
    Emulate(emulate::EmulateArgs),
    Sign(Box<sign::SignArgs>),
    Explain(explain::ExplainArgs),
    Events(events::EventsArgs),
    Providers(providers::ProvidersArgs),
    Secret(secret::SecretArgs),
    Init(init::InitArgs),
    Trust(trust::TrustArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

impl Cli {
    /// What the user wants of the output.
    pub(crate) fn wanted(&self) -> Wanted {
        let Global {
            json,
            color,
            quiet,
            verbose,
            ..
        } = &self.global;
        Wanted {
            json: *json,
            quiet: *quiet,
            verbose: *verbose,
            color: *color,
        }
    }

    /// The file that `--config` names.
    pub(crate) fn config(&self) -> Option<PathBuf> {
        self.global.config.clone()
    }

    /// What the command line says of the history.
    pub(crate) fn history(&self) -> HistoryWish {
        match &self.global.store {
            _ if self.global.no_store => HistoryWish::None,
            Some(file) => HistoryWish::File(file.clone()),
            None => HistoryWish::Usual,
        }
    }

    pub(crate) fn run(&self, context: &mut Context) -> Result<Outcome> {
        match &self.command {
            Command::Send(args) => send::run(args, context),
            Command::Replay(args) => replay::run(args, context),
            Command::Listen(args) => listen::run(args, context),
            Command::Verify(args) => verify::run(args, context),
            Command::Check(args) => check::run(args, context),
            Command::Run(args) => run::run(args, context),
            Command::History(args) => history::run(args, context),
            Command::Endpoints(args) => endpoints::run(args, context),
            Command::Emulate(args) => emulate::run(args, context),
            Command::Sign(args) => sign::run(args, context),
            Command::Explain(args) => explain::run(args, context),
            Command::Events(args) => events::run(args, context),
            Command::Providers(args) => providers::run(args, context),
            Command::Secret(args) => secret::run(args, context),
            Command::Init(args) => init::run(args, context),
            Command::Trust(args) => trust::run(args, context),
            Command::Completions(args) => completions::run(args, Self::command(), context),
            Command::Man(args) => man::run(args, Self::command(), context),
        }
    }
}

/// When to use colour, of a command line that says it but cannot be read, or asks for help.
pub(crate) fn color_of(args: &[OsString]) -> ColorChoice {
    let mut args = args.iter().map(|arg| arg.to_string_lossy());
    let mut color = ColorChoice::default();
    while let Some(arg) = args.next().filter(|arg| arg != "--") {
        let value = match arg.strip_prefix("--color=") {
            Some(value) => Some(value.to_owned()),
            None if arg == "--color" => args.next().map(Into::into),
            None => None,
        };
        let value = value.and_then(|value| ColorChoice::from_str(&value, false).ok());
        color = value.unwrap_or(color);
    }
    color
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
