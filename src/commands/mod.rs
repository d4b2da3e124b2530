//! One file a command: what was typed (`XArgs`), what it means, what it does.

mod answer;
mod case;
pub(crate) mod check;
pub(crate) mod completions;
mod desk;
mod ends;
pub(crate) mod events;
mod exec;
pub(crate) mod explain;
mod filter;
mod findings;
mod forward;
pub(crate) mod history;
mod identity;
pub(crate) mod init;
mod judged;
pub(crate) mod listen;
mod message;
mod notes;
mod options;
mod outgoing;
pub(crate) mod providers;
mod recorder;
pub(crate) mod replay;
mod report;
pub(crate) mod run;
pub(crate) mod secret;
pub(crate) mod send;
pub(crate) mod sign;
mod sources;
mod target;
pub(crate) mod verify;
mod watch;

use crate::error::{Error, Result};
use crate::settings::Settings;
use crate::ui::Ui;

/// What every command gets.
pub(crate) struct Context {
    pub(crate) ui: Ui,
    pub(crate) settings: Settings,
}

/// Runs a future on this thread; enough for a command that sends one request after the other.
fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::machine("cannot start").because(error))?;
    runtime.block_on(future)
}
