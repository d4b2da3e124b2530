//! The file: made, recognised, and brought up to date.

use std::fs;
use std::path::Path;
use std::time::Duration;

use percent_encoding::{AsciiSet, CONTROLS, percent_encode};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::private;

/// Marks the file as a history ("hkct").
const APPLICATION: i32 = 0x686b_6374;
/// The version of the tables that this program writes.
pub(super) const VERSION: usize = 6;
/// The first version whose tables are those of [`VERSION`]: what is only read need not be brought up to date.
const READABLE: usize = 5;

/// What brings the tables from each version to the next.
const MIGRATIONS: [&str; VERSION] = [
    // No index on what `history` filters by: it reads the newest first and stops early, and a receiver pays for
    // each index with every request. The two that are here hold few rows.
    "CREATE TABLE entry (
        id INTEGER PRIMARY KEY,
        sent INTEGER NOT NULL,
        at INTEGER NOT NULL,
        method TEXT NOT NULL,
        target TEXT NOT NULL,
        provider TEXT,
        event TEXT,
        delivery_id TEXT,
        duplicate INTEGER NOT NULL,
        verdict TEXT,
        scheme TEXT,
        reason TEXT,
        detail TEXT,
        status INTEGER,
        duration INTEGER NOT NULL,
        good INTEGER NOT NULL,
        over INTEGER,
        url TEXT,
        replay_of INTEGER,
        head BLOB NOT NULL,
        body BLOB NOT NULL
    ) STRICT;
    CREATE INDEX entry_bad ON entry (id) WHERE good = 0;
    CREATE INDEX entry_replay ON entry (replay_of) WHERE replay_of IS NOT NULL;
    CREATE TABLE attempt (
        entry INTEGER NOT NULL REFERENCES entry ON DELETE CASCADE,
        number INTEGER NOT NULL,
        at INTEGER NOT NULL,
        status INTEGER,
        duration INTEGER NOT NULL,
        error TEXT,
        sent BLOB,
        head BLOB NOT NULL,
        body BLOB NOT NULL,
        truncated INTEGER NOT NULL,
        PRIMARY KEY (entry, number)
    ) STRICT, WITHOUT ROWID;",
    // What waits is beside the entries, not in them: few wait, and to find these no long history is read. `owner` is
    // the run that goes on with it, `state` one of `pending::State`. `head` and `target` are those of the request
    // before it was signed, and so is `body`, where signing or a fault changes it.
    "ALTER TABLE entry ADD COLUMN endpoint TEXT;
    CREATE INDEX entry_endpoint ON entry (endpoint) WHERE endpoint IS NOT NULL;
    CREATE TABLE endpoint (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        provider TEXT NOT NULL,
        url TEXT NOT NULL,
        events TEXT NOT NULL,
        description TEXT,
        secret TEXT,
        method TEXT NOT NULL,
        content_type TEXT NOT NULL,
        basic TEXT,
        map TEXT NOT NULL,
        log_body INTEGER NOT NULL,
        enabled INTEGER NOT NULL,
        created INTEGER NOT NULL,
        changed INTEGER NOT NULL,
        failures INTEGER NOT NULL,
        failing_since INTEGER,
        disabled_because TEXT
    ) STRICT;
    CREATE TABLE plan (
        id INTEGER PRIMARY KEY,
        text TEXT NOT NULL
    ) STRICT;
    CREATE TABLE pending (
        entry INTEGER PRIMARY KEY REFERENCES entry ON DELETE CASCADE,
        plan INTEGER NOT NULL REFERENCES plan,
        endpoint TEXT,
        owner INTEGER,
        state INTEGER NOT NULL,
        due INTEGER NOT NULL,
        clock INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        target TEXT NOT NULL,
        head BLOB NOT NULL,
        body BLOB
    ) STRICT;
    CREATE INDEX pending_due ON pending (owner, state, due);
    CREATE INDEX pending_plan ON pending (plan);",
    // A table of its own: a receiver that adds an entry writes nothing more for it.
    "CREATE TABLE pin (entry INTEGER PRIMARY KEY REFERENCES entry ON DELETE CASCADE) STRICT;",
    "ALTER TABLE attempt ADD COLUMN url TEXT;",
    // `kept` is the time of the history, see `clock`; what is there already counts as kept now. `imported` knows what
    // has no id of its own, so that it is imported once.
    "ALTER TABLE entry ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE clock (
        one INTEGER PRIMARY KEY,
        time INTEGER NOT NULL,
        seen INTEGER NOT NULL,
        behind INTEGER,
        leap_since INTEGER,
        leap INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE imported (
        entry INTEGER PRIMARY KEY REFERENCES entry ON DELETE CASCADE,
        mark BLOB NOT NULL UNIQUE
    ) STRICT;",
    // `sent` may be 2 now: what was rejected. The tables are the same, but an earlier version would take such a row for
    // a delivery, so it must not open the file.
    "",
];

/// Why a file cannot be used.
#[derive(Debug)]
pub(super) enum Problem {
    Sqlite(rusqlite::Error),
    Io(std::io::Error),
    /// A database of another program.
    Foreign,
    /// Of a newer program.
    Newer,
    ReadOnly,
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// How long a write waits for other processes.
const PATIENCE: Duration = Duration::from_secs(5);
/// Larger pages take fewer steps for the same rows, and more bytes: each commit writes some that it hardly changed.
const PAGE: i64 = 8 * 1024;
/// Bytes of the log after which a writer brings it into the file by itself; one that writes much has a thread for it.
const LOG: i64 = 64 * 1024 * 1024;
/// What is kept of the room that a long log took, in bytes.
const KEPT_LOG: i64 = 16 * 1024 * 1024;

/// Opens the file for reading and writing. Makes it if it is not there.
pub(super) fn open(path: &Path) -> Result<Connection, Problem> {
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        private::folder(folder).map_err(Problem::Io)?;
    }
    make_private(path).map_err(Problem::Io)?;
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    if connection.is_readonly("main")? {
        return Err(Problem::ReadOnly);
    }
    // Before anything is written to it.
    check(path, private::check).map_err(Problem::Io)?;
    let version = version(&connection)?;
    if version == 0 {
        connection.pragma_update(None, "page_size", PAGE)?;
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    if version < VERSION {
        migrate(&mut connection)?;
    }
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "journal_size_limit", KEPT_LOG)?;
    let_log_grow(&connection, LOG)?;
    Ok(connection)
}

/// Prepares for many rows, and for a log of so many bytes that is brought into the file by somebody else.
pub(super) fn expect_much(connection: &Connection, log: u64) -> rusqlite::Result<()> {
    // What a writer of new rows holds in memory is to stay in the caches of the processor.
    const KIBIBYTES: i64 = 512;
    connection.pragma_update(None, "cache_size", -KIBIBYTES)?;
    let_log_grow(connection, i64::try_from(log).unwrap_or(i64::MAX))
}

/// Lets the log grow to so many bytes before a writer brings it into the file by itself.
fn let_log_grow(connection: &Connection, size: i64) -> rusqlite::Result<()> {
    let page = connection.pragma_query_value(None, "page_size", |row| row.get::<_, i64>(0))?;
    connection.pragma_update(None, "wal_autocheckpoint", size / page.max(1))
}

/// Opens a file that is there for reading; `None` if it is not, or if nothing was ever written to it.
pub(super) fn open_to_read(path: &Path) -> Result<Option<Connection>, Problem> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.len() > 0 => {}
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Problem::Io(error)),
    }
    check(path, private::check_to_read).map_err(Problem::Io)?;
    match open_shared(path) {
        Err(Problem::Sqlite(error)) if needs_a_place_to_write(&error) && !has_journal(path) => {
            open_alone(path).map(Some)
        }
        opened => opened.map(Some),
    }
}

/// Checks a history and SQLite's other files of it.
fn check(path: &Path, check: fn(&Path) -> std::io::Result<()>) -> std::io::Result<()> {
    check(path)?;
    ["-wal", "-shm", "-journal"].iter().try_for_each(|ending| {
        let mut other = path.as_os_str().to_owned();
        other.push(ending);
        let named = |error| std::io::Error::other(format!("its `{ending}` file: {error}"));
        check(Path::new(&other)).map_err(named)
    })
}

/// Opens a file that others may be writing to.
fn open_shared(path: &Path) -> Result<Connection, Problem> {
    // SQLite falls back to reading alone if the file cannot be written.
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    if version(&connection)? < READABLE {
        migrate(&mut connection)?;
    }
    Ok(connection)
}

/// Readers and writers meet in files beside the history, and here these cannot be made.
fn needs_a_place_to_write(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, ReadOnly};
    matches!(error.sqlite_error_code(), Some(CannotOpen | ReadOnly))
}

/// Whether something was committed that is not in the file itself yet.
fn has_journal(path: &Path) -> bool {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    fs::metadata(name).is_ok_and(|metadata| metadata.len() > 0)
}

/// Opens a file that nobody writes to.
fn open_alone(path: &Path) -> Result<Connection, Problem> {
    // What means something in a URI (sqlite.org/uri.html).
    const SPECIAL: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#');
    let path = percent_encode(path.as_os_str().as_encoded_bytes(), SPECIAL);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let connection = connect(format!("file:{path}?immutable=1"), flags)?;
    match version(&connection)? {
        READABLE.. => Ok(connection),
        _ => Err(Problem::ReadOnly),
    }
}

/// What tells a file from another at the same path.
pub(super) type FileId = (u64, u64);

#[cfg(unix)]
pub(super) fn file_id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// A file that is open stays at its path.
#[cfg(windows)]
pub(super) fn file_id(_: &Path) -> Option<FileId> {
    None
}

/// An empty history that is in no file.
pub(super) fn open_in_memory() -> Result<Connection, Problem> {
    let mut connection = Connection::open_in_memory()?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// Creates an empty file for the user alone, or checks what kind of file exists. SQLite gives its other files the same
/// permissions.
fn make_private(path: &Path) -> std::io::Result<()> {
    match private::create_new(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        made => drop(made?),
    }
    check(path, private::check_to_read)
}

pub(super) fn connect(path: impl AsRef<Path>, flags: OpenFlags) -> Result<Connection, Problem> {
    let mut connection =
        Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // A file that a project brings may hold triggers and views.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    be_patient(&mut connection)?;
    Ok(connection)
}

/// Lets a write wait for other processes.
pub(super) fn be_patient(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.busy_handler(Some(wait))
}

/// Lets a write fail at once if another process is at it.
pub(super) fn be_impatient(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.busy_handler(None::<fn(i32) -> bool>)
}

/// Waits for another process; soon after its commit the file is ours.
fn wait(times: i32) -> bool {
    const STEP: Duration = Duration::from_millis(1);
    let waited = STEP * times.unsigned_abs();
    std::thread::sleep(STEP);
    waited < PATIENCE
}

fn version(connection: &Connection) -> Result<usize, Problem> {
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let (application, version) = (number("application_id")?, number("user_version")?);
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    if application == APPLICATION && version > 0 {
        return if version > VERSION {
            Err(Problem::Newer)
        } else {
            Ok(version)
        };
    }
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application == 0 && version == 0 && tables == 0 {
        Ok(0)
    } else {
        Err(Problem::Foreign)
    }
}

fn migrate(connection: &mut Connection) -> Result<(), Problem> {
    // Outside of a transaction, and kept by the file.
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been at it meanwhile.
    let from = version(&transaction)?;
    for (index, step) in MIGRATIONS.iter().enumerate().skip(from) {
        transaction.execute_batch(step)?;
        let version = i64::try_from(index + 1).unwrap_or(i64::MAX);
        transaction.pragma_update(None, "user_version", version)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.commit()?;
    Ok(())
}
