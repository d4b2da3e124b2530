//! One file a command: what was typed (`XArgs`), what it means, what it does.

mod ahead;
pub(crate) mod answer;
mod case;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod desk;
mod draft;
pub(crate) mod emulate;
mod emulated;
pub(crate) mod endpoints;
mod ends;
pub(crate) mod events;
mod exec;
pub(crate) mod explain;
mod findings;
mod forward;
pub(crate) mod history;
mod identity;
pub(crate) mod init;
pub(crate) mod judged;
pub(crate) mod listen;
pub(crate) mod man;
mod message;
mod notes;
pub(crate) mod options;
mod outgoing;
pub(crate) mod providers;
mod queue;
mod recorder;
mod rejections;
pub(crate) mod replay;
mod report;
mod resend;
pub(crate) mod run;
pub(crate) mod secret;
pub(crate) mod send;
pub(crate) mod sign;
pub(crate) mod sources;
mod target;
pub(crate) mod trust;
pub(crate) mod verify;
mod volume;
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
