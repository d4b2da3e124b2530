//! Who goes on with which deliveries. A run owns some, and while it lives nobody else touches them.
//!
//! That it lives is told by a lock on a file of its own, which the system takes away with the process, also after
//! `kill -9`. No clock is asked, so a machine that slept loses nothing.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::{Place, Store};
use crate::error::{Error, Result};

/// The right of a run to its deliveries, as long as it is held.
pub(crate) struct Lease {
    /// Stands in the rows that the run owns.
    pub(crate) number: i64,
    /// Locked; `None` for a history that no other process can see.
    file: Option<(File, PathBuf)>,
}

impl Lease {
    /// One that no other process could contest.
    pub(crate) fn unshared() -> Self {
        Self {
            number: 1,
            file: None,
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
        let mut random = [0; 8];
        getrandom::fill(&mut random)
            .map_err(|error| Error::machine("cannot get randomness").because(error))?;
        // Positive, as such numbers are easy to read.
        let number = i64::from_ne_bytes(random) & i64::MAX;
        let path = lock_path(&self.path, number);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(cannot)?;
        file.lock().map_err(cannot)?;
        Ok(Lease {
            number,
            file: Some((file, path)),
        })
    }
}

impl Store {
    /// Frees what runs own that are no more.
    pub(crate) fn free_abandoned(&mut self) -> Result<()> {
        for owner in self.owners()? {
            let path = lock_path(&self.place.path, owner);
            if is_held(&path) {
                continue;
            }
            self.release(owner)?;
            // Another who found it may have been faster.
            let _ = fs::remove_file(&path);
        }
        Ok(())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some((_, path)) = self.file.take() {
            let _ = fs::remove_file(path);
        }
    }
}

fn lock_path(history: &Path, number: i64) -> PathBuf {
    let mut name = history.as_os_str().to_owned();
    name.push(format!("-run-{number:016x}"));
    name.into()
}

/// Whether a process holds a lock. Where that cannot be told, it is taken for alive: to send twice is worse.
fn is_held(path: &Path) -> bool {
    match File::open(path) {
        Ok(file) => !matches!(file.try_lock(), Ok(())),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
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
        };
        let lease = place.lease().unwrap();
        let path = lock_path(&place.path, lease.number);
        assert!(is_held(&path));
        let left = fs::read(&path).unwrap();
        drop(lease);
        assert!(!path.exists() && !is_held(&path));
        // As one leaves it that was killed.
        fs::write(&path, left).unwrap();
        assert!(!is_held(&path));
    }
}
