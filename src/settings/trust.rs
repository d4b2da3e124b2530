//! What a user trusts: folders, and the SHA-256 of each file in them that was trusted. A file that changed, or that is
//! new, is not trusted.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::private;
use crate::request::json_text;

/// The SHA-256 of bytes, in hexadecimal digits.
pub(crate) fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Files by their path from the folder, each with its digest.
pub(crate) type Digests = BTreeMap<String, String>;

/// What a user trusts in one folder.
#[derive(Deserialize)]
struct Record {
    files: Digests,
}

/// How far a user trusts what a project brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Unknown,
    /// Something of it is not as it was when it was trusted.
    Changed,
    Trusted,
}

impl Standing {
    pub(crate) fn is_trusted(self) -> bool {
        self == Self::Trusted
    }

    /// That of a file, or of several, in a folder of which these are trusted.
    pub(crate) fn of(files: &Digests, trusted: &Digests) -> Self {
        let is_as_trusted = |(path, digest): (&String, &String)| {
            // What could not be read may be anything.
            !digest.is_empty() && trusted.get(path) == Some(digest)
        };
        if !files.is_empty() && files.iter().all(is_as_trusted) {
            Self::Trusted
        } else if files.keys().any(|path| trusted.contains_key(path)) {
            Self::Changed
        } else {
            Self::Unknown
        }
    }
}

/// The records of what a user trusts, one a folder.
pub(crate) struct Records {
    folder: PathBuf,
}

impl Records {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn path(&self, of: &Path) -> PathBuf {
        let name = digest(of.as_os_str().as_encoded_bytes());
        self.folder.join(format!("{name}.json"))
    }

    /// What is trusted in a folder. A record that cannot be read trusts nothing.
    pub(super) fn get(&self, folder: &Path) -> Digests {
        let bytes = private::read(&self.path(folder));
        let record = bytes.map(|bytes| serde_json::from_slice::<Record>(&bytes));
        match record {
            Ok(Ok(record)) => record.files,
            _ => Digests::new(),
        }
    }

    /// Trusts files of a folder in place of those that were trusted before.
    pub(super) fn put(&self, folder: &Path, files: &Digests) -> io::Result<()> {
        private::own_folder(&self.folder)?;
        // The folder is for people: the name of the record says which one it is of.
        let record = json!({"folder": folder.to_string_lossy(), "files": files});
        let text = json_text::to_string_pretty(&record);
        private::write(&self.path(folder), format!("{text}\n").as_bytes())
    }

    /// Trusts nothing in a folder any more. Says whether anything was.
    pub(super) fn remove(&self, folder: &Path) -> io::Result<bool> {
        match std::fs::remove_file(self.path(folder)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digests(files: &[(&str, &str)]) -> Digests {
        let owned = |(path, digest): &(&str, &str)| ((*path).to_owned(), (*digest).to_owned());
        files.iter().map(owned).collect()
    }

    #[test]
    fn a_changed_or_new_file_is_not_trusted() {
        let trusted = digests(&[("a", "1"), ("b", "2")]);
        let standing = |files: &[(&str, &str)]| Standing::of(&digests(files), &trusted);
        assert_eq!(standing(&[("a", "1"), ("b", "2")]), Standing::Trusted);
        assert_eq!(standing(&[("a", "1")]), Standing::Trusted);
        assert_eq!(standing(&[("a", "3"), ("b", "2")]), Standing::Changed);
        assert_eq!(standing(&[("a", "1"), ("c", "2")]), Standing::Changed);
        assert_eq!(standing(&[("c", "1")]), Standing::Unknown);
        assert_eq!(standing(&[]), Standing::Unknown);
        let unread = digests(&[("a", "")]);
        assert_eq!(Standing::of(&unread, &unread), Standing::Changed);
    }

    #[test]
    fn a_record_that_others_may_have_written_trusts_nothing() {
        let state = tempfile::tempdir().unwrap();
        let records = Records::new(state.path().join("trust"));
        let (one, other) = (Path::new("/a/b"), Path::new("/a"));
        let files = digests(&[("hookctl.toml", "1")]);
        records.put(one, &files).unwrap();
        assert_eq!(records.get(one), files);
        assert_eq!(records.get(other), Digests::new());
        std::fs::write(records.path(other), "{\"files\": 1}").unwrap();
        assert_eq!(records.get(other), Digests::new());
        #[cfg(unix)]
        {
            std::fs::remove_file(records.path(other)).unwrap();
            std::os::unix::fs::symlink(records.path(one), records.path(other)).unwrap();
            assert_eq!(records.get(other), Digests::new());
        }
        assert!(records.remove(one).unwrap());
        assert!(!records.remove(one).unwrap());
        assert_eq!(records.get(one), Digests::new());
    }
}
