//! What an error of PostgreSQL means for the caller and for the connection.

use std::error::Error as _;

use tokio_postgres::Error;
use tokio_postgres::error::{DbError, Severity, SqlState};

use super::session::{Fault, Reach};
use super::value::Unfit;
use crate::error::StoreError;

/// What the error is for the caller, and how far it reaches.
pub(super) fn fault(error: &Error) -> Fault {
    if let Some(refusal) = error.as_db_error() {
        return Fault { error: store_error(refusal), reach: reach(refusal) };
    }
    if let Some(unfit) = error.source().and_then(|source| source.downcast_ref::<Unfit>()) {
        return Fault { error: unfit.clone().into(), reach: Reach::Statement };
    }
    lost(&sentence(error))
}

/// The connection is of no use any more.
pub(super) fn lost(reason: &str) -> Fault {
    let error = StoreError::Unavailable(format!("the connection to the database failed: {reason}"));
    Fault { error, reach: Reach::Connection }
}

/// Whether the server warns. All that it warns of while it commits is that it has stopped waiting for a synchronous standby: the
/// transaction is on one disk only (`SyncRepWaitForLSN`). It has no code of its own.
pub(super) fn is_warning(notice: &DbError) -> bool {
    notice.parsed_severity() == Some(Severity::Warning) && *notice.code() == SqlState::WARNING
}

fn store_error(error: &DbError) -> StoreError {
    let code = error.code();
    let message = || error.message().to_owned();
    if is_fatal(error) {
        // Whatever its class: a transaction whose time ran out while the server stood still has that of wrong states (25P03).
        return StoreError::Unavailable(message());
    }
    if *code == SqlState::UNIQUE_VIOLATION {
        return StoreError::Unique { constraint: error.constraint().unwrap_or_default().to_owned() };
    }
    if *code == SqlState::FOREIGN_KEY_VIOLATION {
        return StoreError::ForeignKey;
    }
    if [SqlState::DISK_FULL, SqlState::CONFIGURATION_LIMIT_EXCEEDED].contains(code) {
        return StoreError::Full;
    }
    let busy =
        [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED, SqlState::LOCK_NOT_AVAILABLE];
    if busy.contains(code) {
        return StoreError::Busy;
    }
    match code.code().get(..2).unwrap_or_default() {
        // Integrity constraints; data that a type cannot hold.
        "23" | "22" => StoreError::Constraint(message()),
        "XX" if [SqlState::DATA_CORRUPTED, SqlState::INDEX_CORRUPTED].contains(code) => {
            StoreError::Corrupt(message())
        }
        // Connections, logins, resources, intervention of an operator (a time limit, too), the system, a primary that has become
        // a standby.
        "08" | "28" | "53" | "57" | "58" => StoreError::Unavailable(message()),
        "25" if *code == SqlState::READ_ONLY_SQL_TRANSACTION => StoreError::Unavailable(message()),
        _ => StoreError::Internal(format!("{} {}", code.code(), error.message())),
    }
}

/// Whether the server has ended the connection.
fn is_fatal(error: &DbError) -> bool {
    matches!(error.parsed_severity(), Some(Severity::Fatal | Severity::Panic))
}

fn reach(error: &DbError) -> Reach {
    let code = error.code();
    let lost = [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(code);
    // A primary that has become a standby: the next connection looks for the new one.
    let standby = *code == SqlState::READ_ONLY_SQL_TRANSACTION;
    if is_fatal(error) {
        Reach::Connection
    } else if lost || standby {
        Reach::Transaction
    } else {
        Reach::Statement
    }
}

/// The error with what caused it.
pub(super) fn sentence(error: &Error) -> String {
    if let Some(refusal) = error.as_db_error() {
        return refusal.message().to_owned();
    }
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
