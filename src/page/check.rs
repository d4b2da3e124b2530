//! Checks of a handler, as `hookctl check` makes them, watched on the page.

use serde::Deserialize;

/// What is to be checked.
#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    /// URL of the handler.
    pub(super) to: String,
    pub(super) provider: String,
}
