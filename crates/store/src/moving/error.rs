//! What can be in the way of a move, each with what to do.

use crate::StoreError;

/// Why a store was not moved. The source is as it was, in any case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoveError {
    /// A database fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A text is no place.
    #[error(
        "{0:?} names no database: say sqlite:FOLDER, sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE"
    )]
    NoPlace(String),
    /// The URL of a database is none.
    #[error(transparent)]
    NoUrl(#[from] crate::InvalidUrl),
    /// Both sides are one.
    #[error("{0} is both the source and the target: name another target")]
    SamePlace(String),
    /// There is no store to move.
    #[error("there is no database of enroll at {0}: name the one that the server uses")]
    NoSource(String),
    /// The source has an older schema.
    #[error(
        "the database {place} has an older schema ({found}, this version needs {known}): run `enroll migrate` on it first, then move it"
    )]
    OlderSource {
        /// The source.
        place: String,
        /// Its schema.
        found: i64,
        /// The schema that this program needs.
        known: i64,
    },
    /// The steps of a schema are not those of this program.
    #[error(
        "the schema of {0} was not made by this program alone: a step is left out; run `enroll migrate` on it first"
    )]
    OtherSchema(String),
    /// A server or a command uses a side.
    #[error(
        "{0} is in use: stop all servers and commands of enroll on it, then try again; nothing may change while a database is moved"
    )]
    InUse(String),
    /// The target holds something.
    #[error(
        "{place} is not empty (there are rows in {table}), and nothing is replaced: name a folder without a database, or an empty \
         database on the server (CREATE DATABASE). If a move into it was interrupted at its very end, it is whole: `enroll verify` and \
         `enroll audit verify` say so, and the server starts on it"
    )]
    Occupied {
        /// The target.
        place: String,
        /// A table with rows.
        table: String,
    },
    /// The target has tables of somebody else.
    #[error("{place} has a table {table} that is not of enroll: name an empty database")]
    Foreign {
        /// The target.
        place: String,
        /// The table.
        table: String,
    },
    /// PostgreSQL has no place for a text.
    #[error(
        "a row of {table} ({key}) holds a text with the character U+0000, which PostgreSQL cannot store: change it in the source, then \
         move again"
    )]
    Unfit {
        /// The table.
        table: String,
        /// The row.
        key: String,
    },
    /// The source was written in spite of all.
    #[error("the source changed while it was moved: stop the servers and move again")]
    Changed,
    /// The copy is not what the source is.
    #[error(
        "{table} is not the same on both sides, first at {key}: the target is marked as unfinished and not used; move again"
    )]
    Differs {
        /// The table.
        table: String,
        /// The smallest key that is missing, too much or different.
        key: String,
    },
    /// Not every row was copied and compared.
    #[error(
        "{table} has {copied} rows in the target, which are not as many as were read of the source: the target is marked as unfinished and \
         not used; report this"
    )]
    Miscounted {
        /// The table.
        table: String,
        /// The rows in the target.
        copied: u64,
    },
    /// The audit trail was broken before.
    #[error(
        "the audit trail is broken: {0}; it was so before, `enroll audit verify` on the source says the same. A store whose trail is \
         broken is not moved: restore a backup of before; or to go on with it as it is, `enroll backup` it and `enroll restore` that on \
         the other side"
    )]
    BrokenTrail(String),
}
