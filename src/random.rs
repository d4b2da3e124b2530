//! The one source of what nobody can guess: ids, tokens, secrets, names of temporary files.

use crate::error::{Error, Result};

/// Fills a slice with random bytes.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| Error::machine("cannot get randomness").because(error))
}

/// So many random bytes.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    fill(&mut bytes)?;
    Ok(bytes)
}
