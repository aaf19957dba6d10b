//! What can go wrong with a backup, each with what to do.

use std::io;
use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::moving::MoveError;

/// Why a backup or a restore was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The database cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A database on a server cannot be copied.
    #[error(transparent)]
    Move(#[from] MoveError),
    /// A backup never replaces a file.
    #[error("{} exists already, and a backup replaces nothing: name a file that is not there yet", .0.display())]
    Exists(PathBuf),
    /// A restore never replaces a database.
    #[error(
        "{} is there already, and a restore replaces nothing: name an empty folder with --data-dir, or move the old database away \
         (all files that begin with its name)",
        .0.display()
    )]
    Occupied(PathBuf),
    /// The last line is no manifest.
    #[error(
        "{} does not end as a backup by `enroll backup` does: it is another kind of file, or its end is missing (a copy that \
         was not finished?); copy it anew or take another backup",
        .0.display()
    )]
    NoBackup(PathBuf),
    /// The file is not as it was written.
    #[error("the backup {} is damaged: {what}; take another copy of it or an older backup", path.display())]
    Damaged {
        /// The backup.
        path: PathBuf,
        /// What does not fit.
        what: String,
    },
    /// A newer version of this program has made it.
    #[error(
        "the backup {} was made by a newer version of enroll (its schema is {found}, this version knows {known}): restore it with \
         enroll {version} or later",
        path.display()
    )]
    Newer {
        /// The backup.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
        /// The version of the program that made it.
        version: String,
    },
    /// A file cannot be read or written.
    #[error("{}: {reason}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
}

impl BackupError {
    pub(super) fn io(path: &Path, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull => Self::Store(StoreError::Full),
            _ => Self::Io { path: path.to_owned(), reason: error.to_string() },
        }
    }

    pub(super) fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), what: what.into() }
    }
}
