//! Backups: one file that holds a snapshot of the database and, in its last line, what must be in it (reliability.md R27).
//!
//! The snapshot of a file is made with SQLite's `VACUUM INTO` (`docs/decisions/0013-backup-file.md`); that of a database on PostgreSQL is
//! copied row by row into a file of the same form (`docs/decisions/0018-move.md`), so that a backup of either can be restored into either.
//! The file can be read by SQLite as it is. These functions block, and none of them brings a schema up to date: a backup made before an
//! upgrade is one of the old schema.

mod error;
pub mod file;
mod manifest;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use jiff::Timestamp;

use crate::engine::{self, Facts};
use crate::migrate::known_version;
use crate::moving::{self, Place};

pub use error::BackupError;
pub use manifest::{AuditHead, Manifest};

/// How often progress is told.
const TICK: Duration = Duration::from_millis(100);

/// A backup that was written, read or restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What it says of itself.
    pub manifest: Manifest,
    /// Where the chain of its audit trail breaks, a sentence: as in the database that it was made of. The backup of a damaged store is
    /// better than none, and whoever makes or restores it is to know.
    pub broken_trail: Option<String>,
}

/// What a backup or a restore is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many of about so many bytes, or of so many rows on a server, are copied.
    Copying {
        /// Bytes or rows in the copy.
        done: u64,
        /// Bytes or rows in the original; the bytes of the copy may be fewer.
        total: u64,
    },
    /// The copy is read and compared with its manifest.
    Checking,
}

/// Writes a backup of the database to `target`, a new file for this user alone.
///
/// The file gets its name when it is complete, checked (`PRAGMA integrity_check`) and on the disk.
///
/// # Errors
/// [`BackupError::Exists`] if there is such a file, [`BackupError::Store`] or [`BackupError::Move`] if the database cannot be read, is
/// damaged or the disk is full, [`BackupError::Io`] otherwise. Nothing is left behind then.
pub fn create(
    database: &Place,
    target: &Path,
    now: Timestamp,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Checked, BackupError> {
    if fs::symlink_metadata(target).is_ok() {
        return Err(BackupError::Exists(target.to_owned()));
    }
    let partial = beside(target, ".partial");
    file::make(&partial)?;
    let made = write(database, &partial, now, progress).and_then(|checked| {
        file::rename(&partial, target)?;
        Ok(checked)
    });
    if made.is_err() {
        file::remove(&partial);
    }
    made
}

fn write(
    database: &Place,
    partial: &Path,
    now: Timestamp,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Checked, BackupError> {
    let partial = engine::absolute(partial)?;
    match database {
        Place::Sqlite(database) => {
            let database = engine::absolute(database)?;
            let total = engine::size(&database)?;
            watched(&partial, total, progress, || engine::copy_into(&database, &partial))?;
        }
        Place::Postgres(url) => {
            moving::into_file(url, &partial, now, &|moved| progress(moved.into()))?;
        }
    }
    progress(Progress::Checking);
    let mut facts = engine::inspect(&partial)?;
    let broken_trail = facts.broken.take();
    let known = known_version();
    if facts.schema > known {
        return Err(crate::StoreError::NewerDatabase { found: facts.schema, known }.into());
    }
    Ok(Checked { manifest: manifest::append(&partial, now, facts)?, broken_trail })
}

/// Reads a backup as a whole: the SHA-256 is right, `PRAGMA integrity_check` finds nothing, and what is in the
/// database is what the manifest says. Changes nothing.
///
/// # Errors
/// [`BackupError::NoBackup`], [`BackupError::Damaged`], [`BackupError::Newer`], [`BackupError::Io`].
pub fn verify(backup: &Path, progress: &(dyn Fn(Progress) + Sync)) -> Result<Checked, BackupError> {
    let manifest = manifest::read(backup)?;
    manifest::copy(backup, &manifest, &mut std::io::sink(), progress)?;
    progress(Progress::Checking);
    let broken_trail = compare(backup, backup, &manifest)?;
    Ok(Checked { manifest, broken_trail })
}

/// Makes the database from a backup, in a folder that has none or in an empty database on a server. The copy is
/// checked as [`verify`] does before it gets its name; on a server all rows are compared before the database can be used.
///
/// # Errors
/// As [`verify`]; [`BackupError::Occupied`] if the folder holds a database or the rest of one: nothing is left behind then.
/// [`BackupError::Move`] for what a database on a server is in the way of; one that was begun stays marked as unfinished.
pub fn restore(
    backup: &Path,
    database: &Place,
    now: Timestamp,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Checked, BackupError> {
    match database {
        Place::Sqlite(path) => restore_file(backup, path, progress),
        Place::Postgres(_) => {
            let checked = verify(backup, progress)?;
            moving::out_of_file(backup, database, now, &|moved| progress(moved.into()))?;
            Ok(checked)
        }
    }
}

impl From<moving::Progress> for Progress {
    /// As parts of one bar: rows are compared after they are copied.
    fn from(progress: moving::Progress) -> Self {
        match progress {
            moving::Progress::Copying { done, total } => {
                Self::Copying { done, total: total.saturating_mul(2) }
            }
            moving::Progress::Comparing { done, total } => {
                Self::Copying { done: done.saturating_add(total), total: total.saturating_mul(2) }
            }
            moving::Progress::Checking => Self::Checking,
        }
    }
}

fn restore_file(
    backup: &Path,
    database: &Path,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Checked, BackupError> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let path = beside(database, suffix);
        if fs::symlink_metadata(&path).is_ok() {
            return Err(BackupError::Occupied(path));
        }
    }
    let manifest = manifest::read(backup)?;
    let partial = beside(database, ".restoring");
    let folder = file::missing_folder(&partial);
    file::make_with_folder(&partial)?;
    let made = (|| {
        let mut out = file::write(&partial)?;
        manifest::copy(backup, &manifest, &mut out, progress)?;
        out.sync_all().map_err(|error| BackupError::io(&partial, &error))?;
        progress(Progress::Checking);
        let broken_trail = compare(backup, &partial, &manifest)?;
        file::rename(&partial, database)?;
        Ok(broken_trail)
    })();
    if made.is_err() {
        file::remove(&partial);
        if let Some(folder) = folder {
            // One that holds something by now stays.
            let _ = fs::remove_dir(folder);
        }
    }
    made.map(|broken_trail| Checked { manifest, broken_trail })
}

/// Whether the database in `copy` is the one that the manifest of `backup` speaks of. Gives where the chain of its audit trail breaks.
fn compare(backup: &Path, copy: &Path, manifest: &Manifest) -> Result<Option<String>, BackupError> {
    let Facts { schema, audit, rows, broken } = engine::inspect(copy).map_err(|error| match error {
        crate::StoreError::Corrupt(what) => BackupError::damaged(backup, what),
        other => BackupError::Store(other),
    })?;
    let differs = if schema != manifest.schema_version {
        Some("schema")
    } else if (audit.sequence, audit.hash) != (manifest.audit.sequence, manifest.audit.hash) {
        Some("end of the audit trail")
    } else if rows != manifest.rows {
        Some("number of rows")
    } else {
        None
    };
    match differs {
        Some(what) => Err(BackupError::damaged(backup, format!("the {what} is not what its last line says"))),
        None => Ok(broken),
    }
}

/// Runs `work` and tells meanwhile how large the file has become.
fn watched<T>(path: &Path, total: u64, progress: &(dyn Fn(Progress) + Sync), work: impl FnOnce() -> T) -> T {
    std::thread::scope(|scope| {
        let (ended, end) = mpsc::channel::<()>();
        scope.spawn(move || {
            while end.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                let done = fs::metadata(path).map_or(0, |data| data.len());
                progress(Progress::Copying { done: done.min(total), total });
            }
        });
        let result = work();
        drop(ended);
        result
    })
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
