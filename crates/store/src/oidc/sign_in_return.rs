//! Where somebody wanted to go before signing in (threat A15): the browser carries a random key, and the path stays here.

use enroll_domain::SecretHash;
use jiff::Timestamp;

use crate::{StoreError, Tx, params};

/// A path as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnRow {
    /// The path with its query.
    pub path: String,
    /// When it was asked for.
    pub created: Timestamp,
}

/// Keeps a path until `expires`, unless `most` are kept: answers whether it was. Forgets those that have ended.
///
/// # Errors
/// The store fails.
pub fn insert(
    tx: &Tx<'_>,
    key: SecretHash,
    row: &ReturnRow,
    expires: Timestamp,
    most: i64,
) -> Result<bool, StoreError> {
    tx.execute("DELETE FROM sign_in_returns WHERE expires <= ?1", &params![row.created])?;
    let kept = tx.first("SELECT count(*) FROM sign_in_returns", &[], |row| row.integer(0))?.unwrap_or(0);
    if kept >= most {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO sign_in_returns (key_hash, path, created, expires) VALUES (?1, ?2, ?3, ?4)",
        &params![key.as_bytes(), &row.path, row.created, expires],
    )?;
    Ok(true)
}

/// The path of a key that has not ended.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, key: SecretHash, now: Timestamp) -> Result<Option<ReturnRow>, StoreError> {
    tx.first(
        "SELECT path, created FROM sign_in_returns WHERE key_hash = ?1 AND expires > ?2",
        &params![key.as_bytes(), now],
        |row| Ok(ReturnRow { path: row.text(0)?.to_owned(), created: row.timestamp(1)? }),
    )
}

/// Forgets a path.
///
/// # Errors
/// The store fails.
pub fn delete(tx: &Tx<'_>, key: SecretHash) -> Result<(), StoreError> {
    tx.execute("DELETE FROM sign_in_returns WHERE key_hash = ?1", &params![key.as_bytes()]).map(drop)
}
