//! What an error of SQLite means for the caller and for the connection.

use rusqlite::{Error, ErrorCode, ffi};

use super::session::UniqueNames;
use crate::error::StoreError;

/// An error that concerns more than the statement that met it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// SQLite may have rolled back the whole transaction; it may be tried again.
    RolledBack(StoreError),
    /// The disk or the file fails: nothing may be written any more until a restart has read back what is really there.
    Fatal(String),
}

/// The error for the caller.
pub(crate) fn store_error(error: &Error, names: &UniqueNames) -> StoreError {
    let Error::SqliteFailure(failure, message) = error else {
        return StoreError::Internal(error.to_string());
    };
    let message = message.clone().unwrap_or_else(|| failure.to_string());
    match (failure.code, failure.extended_code) {
        (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => {
            StoreError::Unique { constraint: names.of(&message) }
        }
        (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => StoreError::ForeignKey,
        (ErrorCode::ConstraintViolation, _) => StoreError::Constraint(message),
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => StoreError::Busy,
        (ErrorCode::DiskFull, _) => StoreError::Full,
        (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) => StoreError::Corrupt(message),
        (ErrorCode::SystemIoFailure | ErrorCode::OutOfMemory | ErrorCode::CannotOpen, _) => {
            StoreError::Unavailable(message)
        }
        _ => StoreError::Internal(message),
    }
}

/// What the error does to the connection; `None` for an error that undid its own statement alone.
pub(crate) fn trouble(error: &Error, names: &UniqueNames) -> Option<Trouble> {
    let Error::SqliteFailure(failure, _) = error else { return None };
    match (failure.code, failure.extended_code) {
        // Temporary files live elsewhere: the database itself is well.
        (_, ffi::SQLITE_IOERR_NOMEM | ffi::SQLITE_IOERR_GETTEMPPATH) | (ErrorCode::OutOfMemory, _) => {
            Some(Trouble::RolledBack(store_error(error, names)))
        }
        (ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => {
            Some(Trouble::RolledBack(store_error(error, names)))
        }
        (ErrorCode::SystemIoFailure | ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) => {
            Some(Trouble::Fatal(error.to_string()))
        }
        _ => None,
    }
}
