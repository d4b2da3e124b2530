//! Files that a process holds locked while it runs, so that others can tell a leftover from a file in use. The system
//! releases the lock with the process, also after `kill -9`. Process ids are not used: they are given out again.
//!
//! Between creating a file and locking it, another process may lock it and remove it as a leftover. So a process that
//! has locked a file checks that it is still at its path, and a leftover is removed only while its lock is held.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::{access, check_kind, create_new, options};
use crate::random;

/// A file that this process holds locked. It is removed when it is dropped.
pub(crate) struct LockedFile {
    file: File,
    path: PathBuf,
    number: u64,
}

impl LockedFile {
    /// Makes one under a new name: a prefix and 16 hexadecimal digits.
    pub(crate) fn create(prefix: &Path) -> io::Result<Self> {
        loop {
            let random = random::bytes().map_err(io::Error::other)?;
            // Half of the numbers, so that they fit into the integers of SQLite.
            let number = u64::from_ne_bytes(random) >> 1;
            let path = path(prefix, number);
            let file = create_new(&path)?;
            // Made before it is known to be locked, so that a failure removes it.
            let locked = Self { file, path, number };
            lock(&locked.file)?;
            if is_at(&locked.file, &locked.path) {
                return Ok(locked);
            }
        }
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What its name has behind the prefix.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }
}

impl Drop for LockedFile {
    fn drop(&mut self) {
        // Still locked. It may have been renamed.
        let _ = fs::remove_file(&self.path);
    }
}

/// Waits until no other process holds the file at a path, and holds it.
pub(crate) fn exclusive(path: &Path) -> io::Result<LockedFile> {
    loop {
        let mut options = options();
        options.write(true).create(true).truncate(false);
        let file = options.open(path)?;
        let metadata = file.metadata()?;
        check_kind(&metadata)?;
        access::check_owner(&metadata)?;
        access::set_mode(&file, 0o600)?;
        lock(&file)?;
        if is_at(&file, path) {
            let path = path.to_owned();
            let number = 0;
            return Ok(LockedFile { file, path, number });
        }
    }
}

/// Whether a process holds the file with this prefix and number. Where that cannot be told, it is taken to be held.
pub(crate) fn is_held(prefix: &Path, number: u64) -> bool {
    match options().read(true).open(path(prefix, number)) {
        Ok(file) => file.try_lock().is_err(),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

/// Removes the files with this prefix that no process holds any more.
pub(crate) fn sweep(prefix: &Path) {
    let (Some(folder), Some(start)) = (prefix.parent(), prefix.file_name()) else {
        return;
    };
    let folder = match folder {
        here if here == Path::new("") => Path::new("."),
        folder => folder,
    };
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    for name in names.map(|entry| entry.file_name()) {
        let number = name
            .as_encoded_bytes()
            .strip_prefix(start.as_encoded_bytes());
        if number.is_some_and(is_number) {
            // A leftover that cannot be removed does no harm.
            let _ = remove_if_free(&folder.join(name));
        }
    }
}

fn is_number(digits: &[u8]) -> bool {
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    digits.len() == 16 && digits.iter().all(is_digit)
}

fn remove_if_free(path: &Path) -> io::Result<()> {
    let file = options().read(true).open(path)?;
    check_kind(&file.metadata()?)?;
    access::check_owner(&file.metadata()?)?;
    match file.try_lock() {
        Ok(()) if is_at(&file, path) => fs::remove_file(path),
        Ok(()) | Err(TryLockError::WouldBlock) => Ok(()),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn path(prefix: &Path, number: u64) -> PathBuf {
    let mut name = prefix.as_os_str().to_owned();
    name.push(format!("{number:016x}"));
    name.into()
}

/// Where the file system knows no locks, none is ever free to be removed.
fn lock(file: &File) -> io::Result<()> {
    match file.lock() {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
        locked => locked,
    }
}

/// Whether a file is what lies at a path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let id = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let there = fs::symlink_metadata(path).map(id);
    matches!((file.metadata().map(id), there), (Ok(own), Ok(there)) if own == there)
}

/// A file that is removed while it is open has no path any more, and no other takes its name until it is closed.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    File::open(path).is_ok()
}
