//! Who goes on with which deliveries. A run owns some, and while it lives nobody else touches them.
//!
//! That it lives is told by a lock on a file of its own. No clock is asked, so a machine that slept loses nothing.

use std::io;
use std::path::{Path, PathBuf};

use super::{Place, Store};
use crate::error::{Error, Result};
use crate::private::{LockedFile, is_held, sweep};

/// The right of a run to its deliveries, as long as it is held.
pub(crate) struct Lease {
    /// Stands in the rows that the run owns.
    pub(crate) number: i64,
    /// `None` for a history that no other process can see.
    _file: Option<LockedFile>,
}

impl Lease {
    /// One that no other process could contest.
    pub(crate) fn unshared() -> Self {
        Self {
            number: 1,
            _file: None,
        }
    }
}

impl Place {
    /// Takes a lease for a new run.
    ///
    /// # Errors
    /// The file beside the history cannot be made or locked.
    pub(crate) fn lease(&self) -> Result<Lease> {
        let cannot = |error: io::Error| {
            Error::machine(format!("cannot write beside `{}`", self.path.display())).because(error)
        };
        self.sweep();
        let file = LockedFile::create(&prefix(&self.path)).map_err(cannot)?;
        Ok(Lease {
            number: file.number().cast_signed(),
            _file: Some(file),
        })
    }

    /// Removes the lock files of killed runs. Their deliveries are released by [`Store::free_abandoned`].
    pub(super) fn sweep(&self) {
        sweep(&prefix(&self.path));
    }
}

impl Store {
    /// Frees what runs own that are no more.
    pub(crate) fn free_abandoned(&mut self) -> Result<()> {
        let owners = self.owners()?;
        for owner in owners.iter().copied() {
            // Where that cannot be told, it is taken for alive: to send twice is worse.
            if !is_held(&prefix(&self.place.path), owner.cast_unsigned()) {
                self.release(owner)?;
            }
        }
        if !owners.is_empty() {
            self.place.sweep();
        }
        Ok(())
    }
}

/// How the names of the lock files of a history's runs begin.
fn prefix(history: &Path) -> PathBuf {
    let mut name = history.as_os_str().to_owned();
    name.push("-run-");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_lease_is_held_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place {
            path: folder.path().join("history.db"),
            keep: Duration::MAX,
            max_size: u64::MAX,
            is_input: false,
        };
        let lease = place.lease().unwrap();
        let prefix = prefix(&place.path);
        let number = lease.number.cast_unsigned();
        assert!(is_held(&prefix, number));
        place.sweep();
        assert!(is_held(&prefix, number), "it is in use");
        drop(lease);
        assert!(!is_held(&prefix, number));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
