//! `hookctl man`: the manual pages, one a command.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man;

use super::Context;
use crate::error::{Error, Outcome, Result};
use crate::suggest::did_you_mean;

/// Print a manual page
#[derive(Args)]
#[command(after_help = "Examples:
  hookctl man | man -l -
  hookctl man history export | man -l -
  hookctl man --dir ~/.local/share/man/man1")]
pub(crate) struct ManArgs {
    /// Command that the page is about; hookctl itself by default
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(args: &ManArgs, command: Command, context: &mut Context) -> Result<Outcome> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let Some(dir) = &args.dir else {
        let wanted = find(&command, &args.command)?;
        context.ui.data(page(&Man::new(wanted.clone()))?)?;
        if context.ui.out_is_terminal() {
            let name = args.command.join(" ");
            let name = format!("hookctl man {name}");
            let hint = format!("`{} | man -l -` shows it as a page.", name.trim_end());
            context.ui.hint(&hint)?;
        }
        return Ok(Outcome::Good);
    };
    let dir = context.settings.directory().join(dir);
    fs::create_dir_all(&dir).map_err(|error| cannot("make the folder", &dir).because(error))?;
    let count = write_all(&command, &dir)?;
    context.ui.note(&format!("{count} pages written."))?;
    Ok(Outcome::Good)
}

/// The command at a path of names.
fn find<'a>(command: &'a Command, names: &[String]) -> Result<&'a Command> {
    let Some((name, rest)) = names.split_first() else {
        return Ok(command);
    };
    let found = command
        .get_subcommands()
        .find(|known| known.get_name() == name);
    let Some(found) = found else {
        let known = command.get_subcommands().map(Command::get_name);
        let near = did_you_mean(name, known);
        let whose = command.get_bin_name().unwrap_or(command.get_name());
        return Err(Error::usage(format!("`{whose}` has no command `{name}`")).maybe_hint(near));
    };
    find(found, rest)
}

/// Writes the page of a command and those of its commands; returns how many that are.
fn write_all(command: &Command, dir: &Path) -> Result<usize> {
    let man = Man::new(command.clone());
    let file = dir.join(man.get_filename());
    fs::write(&file, page(&man)?).map_err(|error| cannot("write", &file).because(error))?;
    command
        .get_subcommands()
        .try_fold(1, |count, command| Ok(count + write_all(command, dir)?))
}

fn page(man: &Man) -> Result<String> {
    let mut page = Vec::new();
    man.render(&mut page)
        .map_err(|error| Error::machine("cannot make the page").because(error))?;
    // What stands behind the flags in the help are examples.
    Ok(String::from_utf8_lossy(&page)
        .replace(".SH EXTRA\nExamples:\n", ".SH EXAMPLES\n")
        .replace(".SH EXTRA\n", ".SH EXAMPLES\n"))
}

fn cannot(what: &str, path: &Path) -> Error {
    Error::machine(format!("cannot {what} `{}`", path.display()))
}
