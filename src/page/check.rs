//! Checks of a handler, as `hookctl check` makes them, watched on the page.

use serde::Deserialize;

use super::state::Page;
use crate::commands::Context;
use crate::error::{Error, Outcome, Result};

/// What is to be checked.
#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    /// URL of the handler.
    pub(super) to: String,
    pub(super) provider: String,
}

/// Why no handler can be checked; `None` if it can.
pub(super) const UNAVAILABLE: Option<&str> =
    Some("This version of hookctl has no check command yet.");

/// Checks a handler. The context's output goes to the page line by line, each check as `check --json` prints it.
///
/// # Errors
/// Why it cannot be checked.
pub(super) fn run(_page: &Page, wish: &Wish, _context: &mut Context) -> Result<Outcome> {
    let (provider, to) = (&wish.provider, &wish.to);
    let why = UNAVAILABLE.unwrap_or_default();
    Err(Error::usage(format!(
        "cannot check `{to}` with {provider}: {why}"
    )))
}
