//! Opening a database file: making it, checking it, bringing it up to date.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Error, ErrorCode};

use super::session::Session;
use crate::error::StoreError;
use crate::migrate::migrate;

/// How long opening waits for other processes that read, before it leaves the log to the writer.
const PATIENCE: Duration = Duration::from_millis(100);

/// Opens the file, makes it if there is none, checks it and migrates it.
///
/// # Errors
/// [`StoreError::Open`], [`StoreError::Corrupt`] and [`StoreError::NewerDatabase`]; [`StoreError::Busy`] if another process
/// holds the file.
pub(crate) fn open(
    path: &Path,
    patience: Duration,
    check: bool,
    now: Timestamp,
) -> Result<Session, StoreError> {
    make(path)?;
    let explain = |error: &Error| explain(path, error);
    let session = Session::writing(path, patience).map_err(|error| explain(&error))?;
    // Reads the first page and the schema: what is not a database says so here.
    session.ask("SELECT count(*) FROM sqlite_schema", |_| Ok(())).map_err(|error| explain(&error))?;
    use_log(&session, path, patience)?;
    if check {
        quick_check(&session, path)?;
    }
    migrate(&session, now, usize::MAX).map_err(|error| advise(path, error))?;
    // If the last process met a failing disk, the log may hold what only the operating system's memory has: copying it into the
    // database writes it anew.
    session
        .with_patience(PATIENCE, || session.ask("PRAGMA wal_checkpoint(TRUNCATE)", |_| Ok(())))
        .or_else(|error| if is_busy(&error) { Ok(()) } else { Err(explain(&error)) })?;
    // By now there is a log, and it stays until the last process leaves. SQLite synchronises its folder too, but does not look whether
    // the disk could: a log without a name is lost with all that it holds.
    let folder = path.parent().unwrap_or(path);
    sync_folder(folder).map_err(|error| cannot_open(folder, &error))?;
    Ok(session)
}

/// The path that SQLite is given: absolute, so that no file name can be taken for a URI.
///
/// # Errors
/// [`StoreError::Open`] if the path is empty or the working directory is gone.
pub(crate) fn absolute(path: &Path) -> Result<PathBuf, StoreError> {
    std::path::absolute(path).map_err(|error| cannot_open(path, &error))
}

/// Makes the folder and an empty file, both for this user alone, unless they exist.
pub(crate) fn make(path: &Path) -> Result<(), StoreError> {
    let folder = path.parent().unwrap_or(path);
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        builder.mode(0o700);
        options.mode(0o600);
    }
    builder.create(folder).map_err(|error| cannot_open(folder, &error))?;
    match options.open(path) {
        Ok(_) => sync_folder(folder).map_err(|error| cannot_open(folder, &error))?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(cannot_open(path, &error)),
    }
    refuse_orphaned_log(path)
}

/// A log beside an empty file is what is left of a database whose file was lost: SQLite would throw it away.
fn refuse_orphaned_log(path: &Path) -> Result<(), StoreError> {
    let size = |path: &Path| fs::metadata(path).map_or(0, |data| data.len());
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if size(path) == 0 && size(Path::new(&log)) > 0 {
        return Err(damaged(path, "its write-ahead log is there, but the file is missing or empty"));
    }
    Ok(())
}

/// The names of new files are on the disk only when their folder is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()?;
    match folder.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

/// Turns the write-ahead log on. SQLite does not wait for others here, so try again; and what it cannot do it leaves as it was
/// without an error, so look at the answer.
fn use_log(session: &Session, path: &Path, patience: Duration) -> Result<(), StoreError> {
    let pause = Duration::from_millis(20);
    let mut waited = Duration::ZERO;
    loop {
        match session.ask("PRAGMA journal_mode = WAL", |row| row.get::<_, String>(0)) {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => {
                let reason =
                    format!("the write-ahead log cannot be turned on here (the journal stays \"{mode}\")");
                return Err(StoreError::Open { path: path.to_owned(), reason });
            }
            Err(error) if !is_busy(&error) || waited >= patience => return Err(explain(path, &error)),
            Err(_) => {
                std::thread::park_timeout(pause);
                waited += pause;
            }
        }
    }
}

fn quick_check(session: &Session, path: &Path) -> Result<(), StoreError> {
    let finding = session
        .ask("PRAGMA quick_check(1)", |row| row.get::<_, String>(0))
        .map_err(|error| explain(path, &error))?;
    if finding == "ok" { Ok(()) } else { Err(damaged(path, &finding)) }
}

fn is_busy(error: &Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

pub(crate) fn explain(path: &Path, error: &Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::DatabaseCorrupt) => damaged(path, &error.to_string()),
        Some(ErrorCode::NotADatabase) => {
            damaged(path, "it is not a database of SQLite, or its first page is damaged")
        }
        _ => StoreError::Open { path: path.to_owned(), reason: error.to_string() },
    }
}

/// The same for an error that a migration met.
fn advise(path: &Path, error: StoreError) -> StoreError {
    match error {
        StoreError::Corrupt(what) => damaged(path, &what),
        StoreError::Internal(what) | StoreError::Unavailable(what) | StoreError::Constraint(what) => {
            StoreError::Open { path: path.to_owned(), reason: what }
        }
        other => other,
    }
}

pub(super) fn damaged(path: &Path, what: &str) -> StoreError {
    StoreError::Corrupt(format!("{}: {what}; nothing was changed; restore a backup", path.display()))
}

fn cannot_open(path: &Path, error: &io::Error) -> StoreError {
    StoreError::Open { path: path.to_owned(), reason: error.to_string() }
}
