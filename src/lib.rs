//! hookctl: webhooks of many providers, sent, received, verified and replayed on localhost.
//!
//! One noun stands in the middle: the `Request`, an HTTP request byte for byte. Two pure functions judge it
//! (`sign`, `verify`), one effect sends it (`sender`), one receives it (`receiver`). Everything else is words.
//!
//! A module uses those on its own line or above, never below; a test holds it to that.
//!
//! ```text
//! value  error  secret  private    values as they are typed; how commands end; a key that is never shown; files for the
//!                                  user alone
//! random  suggest  lock            bytes that nobody can guess; near names; locks whose holders may have panicked
//! request                          Request, Headers, and the forms in which requests are written down
//! signature                        schemes as data, sign, verify, faults on purpose
//! provider                         profiles, catalogue, payloads, edits, detection, local secrets
//! store                            the history and the endpoints in one SQLite file
//! sender  receiver                 out and in; neither knows the other
//! delivery  capture                endpoints, the queue of what is pending, retries, volume; filters
//! emulator  audit                  the providers' management APIs over the store; what a handler does wrong
//! render                           values to text, with the paint passed in
//! ui  settings                     the streams; flag > environment > project > user > default
//! commands  page                   one file a command: XArgs, what it means, what it does; the live page of listen
//! cli  lib  main                   the command line, dispatch, the process
//! ```
//!
//! Providers and schemes are data under `fixtures/`: a new provider is a new folder, without any Rust.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a test may panic; that is how it fails")
)]

mod audit;
mod capture;
mod cli;
mod commands;
mod delivery;
mod emulator;
mod error;
mod lock;
mod page;
mod private;
mod provider;
mod random;
mod receiver;
mod render;
mod request;
mod secret;
mod sender;
mod settings;
mod signature;
mod store;
mod suggest;
mod ui;
mod value;

#[doc(hidden)]
pub mod fuzzing;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

/// A request that is received is allocated on one thread and freed on another, which glibc's allocator is slow at.
/// Fuzzing keeps the system's allocator, which is the one that the address sanitizer replaces.
#[cfg(not(fuzzing))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use crate::cli::{Cli, color_of};
use crate::commands::Context;
use crate::settings::{Environment, Settings};
use crate::ui::{Ui, Wanted};

/// Runs the program with its arguments, the program's name first, and returns its exit code.
///
/// # Panics
/// Never on purpose: a panic is a defect.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let environment = Environment::capture();
    let new_ui = |wanted| Ui::new(wanted, environment.terminals, environment.colors());
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => {
            let mut ui = new_ui(Wanted::color(color_of(&args)));
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            let code = match ui.command_line(error) {
                Ok(()) => code,
                Err(unwritten) => {
                    ui.error(&unwritten);
                    unwritten.exit_code()
                }
            };
            return ExitCode::from(code);
        }
    };
    let mut context = Context {
        ui: new_ui(cli.wanted()),
        settings: Settings::new(environment, cli.config()).with_history(cli.history()),
    };
    let result = context
        .settings
        .check()
        .and_then(|()| cli.run(&mut context))
        .and_then(|outcome| context.ui.finish().map(|()| outcome));
    for problem in context.settings.notices.take() {
        // If it cannot be told, the end of the command matters more.
        let _ = context.ui.warn(&problem);
    }
    match result {
        Ok(outcome) => ExitCode::from(outcome.exit_code()),
        Err(error) => {
            context.ui.error(&error);
            ExitCode::from(error.exit_code())
        }
    }
}
