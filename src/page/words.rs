//! The arguments of a command, read from words as if they were typed, so that a page can ask for nothing that a user
//! could not.

use clap::{Args, Command};

use crate::error::{Error, Result};
use crate::render::command_line::in_short;

/// Reads the arguments of a command.
///
/// # Errors
/// What is wrong with them.
pub(super) fn read<A: Args>(words: &[String]) -> Result<A> {
    let command = A::augment_args(Command::new("page").no_binary_name(true))
        .disable_help_flag(true)
        .disable_version_flag(true);
    let matches = command.try_get_matches_from(words);
    let args = matches.and_then(|matches| A::from_arg_matches(&matches));
    args.map_err(|error| Error::usage(in_short(error)))
}

/// Words that are put together.
#[derive(Default)]
pub(super) struct Words(pub(super) Vec<String>);

impl Words {
    /// A flag with its value.
    pub(super) fn flag(&mut self, name: &str, value: impl std::fmt::Display) {
        self.0.push(format!("--{name}={value}"));
    }

    /// A flag with its value, if there is one.
    pub(super) fn maybe(&mut self, name: &str, value: Option<impl std::fmt::Display>) {
        if let Some(value) = value {
            self.flag(name, value);
        }
    }

    /// A flag alone, if it is wanted.
    pub(super) fn switch(&mut self, name: &str, wanted: bool) {
        if wanted {
            self.0.push(format!("--{name}"));
        }
    }

    /// What stands behind all flags.
    pub(super) fn last(&mut self, word: String) {
        self.0.push("--".to_owned());
        self.0.push(word);
    }
}
