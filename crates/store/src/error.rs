//! What can go wrong in the store.

use std::path::PathBuf;

/// A failure of the store, the same for every engine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A unique index refused the row. `constraint` is the name of the index, or `TABLE_pkey` for a primary key.
    #[error("{constraint} already holds this value")]
    Unique {
        /// The name of the index, as in the migration.
        constraint: String,
    },
    /// A row refers to a row that does not exist, or a row that others refer to was deleted.
    #[error("a row refers to another one that does not exist")]
    ForeignKey,
    /// A value broke a `NOT NULL` or `CHECK` constraint: a mistake in the program.
    #[error("the database refused a value: {0}")]
    Constraint(String),
    /// The work was not done, or nobody knows whether it was: answer 503, never 2xx.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The disk is full: nothing was written, reads go on.
    #[error("the disk of the database is full")]
    Full,
    /// Somebody else held the database, or all its readers, for too long: answer 503 and let the client try again.
    #[error("the database is busy")]
    Busy,
    /// The file is damaged, or a row holds what this program never writes.
    #[error("the database is damaged: {0}")]
    Corrupt(String),
    /// The database was written by a newer version of this program.
    #[error(
        "the database was written by a newer version of enroll (its schema is {found}, this version knows {known}): \
         run that version, or restore a backup made before the upgrade"
    )]
    NewerDatabase {
        /// The version in the database.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// A move or a restore into the database was interrupted.
    #[error(
        "the database is not complete: a move or a restore into it was interrupted; do the same once more (it begins anew), or use the \
         database that it is made from"
    )]
    Unfinished,
    /// The database cannot be opened or created.
    #[error("cannot open the database {}: {reason}", path.display())]
    Open {
        /// The database file or its folder.
        path: PathBuf,
        /// What the operating system or the engine said.
        reason: String,
    },
    /// A text holds U+0000, which PostgreSQL has no place for: answer 400.
    #[error("a text with the character U+0000 cannot be stored or looked up")]
    NulCharacter,
    /// The database server cannot be reached, or is none that this program can use.
    #[error("cannot open the database {database}: {reason}")]
    Connect {
        /// The URL of the database, without its password.
        database: String,
        /// What is in the way.
        reason: String,
    },
    /// The work was given to a rehearsal: nothing was done, and nothing is wrong.
    #[error("nothing was changed: this is a dry run")]
    Rehearsed,
    /// A mistake in the program: a statement that is wrong, a closure that panicked.
    #[error("internal error in the store: {0}")]
    Internal(String),
}
