//! Files and folders for the user alone: what hookctl keeps holds credentials.
//!
//! On Unix a file gets the mode 0600 and a folder 0700, whatever the umask is. A file that is already there is refused
//! if it is a symbolic link, is not a regular file, or belongs to another user, and loses the permissions that others
//! have. On Windows files inherit the access list of their folder, which in a user's profile admits the user alone, and
//! owners are not checked.

mod lock;

pub(crate) use lock::{LockedFile, exclusive, is_held, sweep};

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Creates a file. Fails if the path exists, also as a link.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    let file = options().write(true).create_new(true).open(path)?;
    access::set_mode(&file, 0o600)?;
    Ok(file)
}

/// Opens a file to replace its content, and creates it if needed. A device or a pipe keeps nothing and is written
/// to as it is, and so is what the system links to below `/dev`, such as `/dev/stdout`.
pub(crate) fn overwrite(path: &Path) -> io::Result<File> {
    let is_stream = |metadata: fs::Metadata| !metadata.is_file() && !metadata.is_dir();
    if path.starts_with("/dev") || fs::metadata(path).is_ok_and(is_stream) {
        return OpenOptions::new().write(true).open(path);
    }
    match create_new(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        created => return created,
    }
    let file = open_existing(options().write(true), path)?;
    file.set_len(0)?;
    Ok(file)
}

/// Reads a file that hookctl wrote.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_existing(options().read(true), path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Replaces a file in one step: readers see the old text or the new one.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = temporary(path, bytes)?;
    fs::rename(temporary.path(), path)
}

/// Writes a temporary file in the folder of the file that it is to become. Dropping it removes it, unless it was renamed.
pub(crate) fn temporary(path: &Path, bytes: &[u8]) -> io::Result<LockedFile> {
    let prefix = prefix(path);
    sweep(&prefix);
    let temporary = LockedFile::create(&prefix)?;
    temporary.file().write_all(bytes)?;
    Ok(temporary)
}

/// How the names of the temporary files of a file begin.
fn prefix(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".");
    path.with_file_name(name)
}

/// Checks a file that a library opens by its path, if it exists, and removes the permissions of others.
///
/// By its path: SQLite's locks are POSIX locks, which a process loses when it closes any handle of the file.
pub(crate) fn check(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => {
            check_kind(&metadata)?;
            access::check_owner(&metadata)?;
            access::tighten(&metadata, |permissions| {
                fs::set_permissions(path, permissions)
            })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// As [`check`], of a file that is only read: it may belong to another user, and is left as it is.
pub(crate) fn check_to_read(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => check_kind(&metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Creates a folder and its parents. An existing folder stays as it is: it is the user's.
pub(crate) fn folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| *parent != Path::new("")) {
        folder(parent)?;
    }
    match access::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        made => made,
    }
}

/// Creates a folder of hookctl's own. An existing one must be the user's and loses the permissions of others, who could
/// replace the files in it.
pub(crate) fn own_folder(path: &Path) -> io::Result<()> {
    folder(path)?;
    close_folder(path)
}

/// As [`own_folder`], for a folder that exists.
pub(crate) fn close_folder(path: &Path) -> io::Result<()> {
    let metadata = fs::metadata(path)?;
    access::check_owner(&metadata)?;
    access::tighten(&metadata, |permissions| {
        fs::set_permissions(path, permissions)
    })
}

/// Whether other users have permissions on a file. Pipes, which have one reader, do not count.
pub(crate) fn is_open_to_others(metadata: &fs::Metadata) -> bool {
    metadata.is_file() && access::others(metadata)
}

/// The owner of a file, if it is another user.
pub(crate) use access::other_owner;

fn open_existing(options: &OpenOptions, path: &Path) -> io::Result<File> {
    let file = options.open(path).map_err(|error| {
        // The system's own words for it (`too many levels of symbolic links`) do not say which.
        let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
        if is_link { a_link() } else { error }
    })?;
    let metadata = file.metadata()?;
    check_kind(&metadata)?;
    access::check_owner(&metadata)?;
    access::tighten(&metadata, |permissions| file.set_permissions(permissions))?;
    Ok(file)
}

fn check_kind(metadata: &fs::Metadata) -> io::Result<()> {
    if metadata.is_symlink() {
        return Err(a_link());
    }
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    Ok(())
}

fn a_link() -> io::Error {
    io::Error::other("it is a symbolic link, which is not followed here")
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    access::no_follow(&mut options);
    options
}

#[cfg(unix)]
mod access {
    use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
    use std::io;
    use std::os::unix::fs::{
        DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
    };
    use std::path::Path;

    use rustix::fs::OFlags;

    /// A link is not followed, and a pipe does not keep us waiting for its other end.
    pub(super) fn no_follow(options: &mut OpenOptions) {
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.mode(0o600).custom_flags(flags.bits().cast_signed());
    }

    /// Explicitly, since the umask may have taken permissions from the user, too.
    pub(super) fn set_mode(file: &File, mode: u32) -> io::Result<()> {
        file.set_permissions(Permissions::from_mode(mode))
    }

    pub(super) fn create_dir(path: &Path) -> io::Result<()> {
        DirBuilder::new().mode(0o700).create(path)?;
        std::fs::set_permissions(path, Permissions::from_mode(0o700))
    }

    /// The user id of the owner, if it is not the user.
    pub(crate) fn other_owner(metadata: &Metadata) -> Option<u32> {
        let user = rustix::process::geteuid().as_raw();
        Some(metadata.uid()).filter(|owner| *owner != user)
    }

    pub(super) fn check_owner(metadata: &Metadata) -> io::Result<()> {
        match other_owner(metadata) {
            None => Ok(()),
            Some(owner) => Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                format!("it belongs to another user (uid {owner})"),
            )),
        }
    }

    /// Whether others have permissions.
    pub(super) fn others(metadata: &Metadata) -> bool {
        metadata.mode() & 0o077 != 0
    }

    /// Takes the permissions of others away.
    pub(super) fn tighten(
        metadata: &Metadata,
        set: impl FnOnce(Permissions) -> io::Result<()>,
    ) -> io::Result<()> {
        if others(metadata) {
            set(Permissions::from_mode(metadata.mode() & 0o700))?;
        }
        Ok(())
    }
}

#[cfg(not(unix))]
mod access {
    use std::fs::{File, Metadata, OpenOptions, Permissions};
    use std::io;
    use std::path::Path;

    pub(super) fn no_follow(_: &mut OpenOptions) {}

    pub(super) fn set_mode(_: &File, _: u32) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn create_dir(path: &Path) -> io::Result<()> {
        std::fs::create_dir(path)
    }

    pub(crate) fn other_owner(_: &Metadata) -> Option<u32> {
        None
    }

    pub(super) fn check_owner(_: &Metadata) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn others(_: &Metadata) -> bool {
        false
    }

    pub(super) fn tighten(
        _: &Metadata,
        _: impl FnOnce(Permissions) -> io::Result<()>,
    ) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests;
