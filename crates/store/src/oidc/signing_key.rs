//! The keys that sign ID tokens, the same for every process on this database.

use std::fmt;

use enroll_domain::{SigningAlgorithm, SigningKeyId};
use jiff::Timestamp;

use crate::{Row, StoreError, Tx, params};

/// A key as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKeyRow {
    /// The `kid`.
    pub id: SigningKeyId,
    /// What it signs with.
    pub algorithm: SigningAlgorithm,
    /// The private key: PKCS #1 for RSA, PKCS #8 for the elliptic curve.
    pub private_key: Vec<u8>,
    /// When it was made.
    pub created: Timestamp,
    /// When another took its place.
    pub replaced: Option<Timestamp>,
}

impl fmt::Debug for SigningKeyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKeyRow")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

fn read(row: &Row<'_>) -> Result<SigningKeyRow, StoreError> {
    Ok(SigningKeyRow {
        id: row.id(0)?,
        algorithm: row.id(1)?,
        private_key: row.blob(2)?.to_vec(),
        created: row.timestamp(3)?,
        replaced: row.optional_timestamp(4)?,
    })
}

/// All keys, oldest first.
///
/// # Errors
/// The store fails.
pub fn list(tx: &Tx<'_>) -> Result<Vec<SigningKeyRow>, StoreError> {
    let sql = "SELECT id, algorithm, private_key, created, replaced FROM signing_keys ORDER BY created, id";
    tx.query(sql, &[], read)
}

/// Adds a key.
///
/// # Errors
/// The store fails.
pub fn insert(tx: &Tx<'_>, key: &SigningKeyRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO signing_keys (id, algorithm, private_key, created) VALUES (?1, ?2, ?3, ?4)",
        &params![key.id, key.algorithm.as_str(), key.private_key.as_slice(), key.created],
    )
    .map(drop)
}

/// Says that another key has taken the place of those of an algorithm.
///
/// # Errors
/// The store fails.
pub fn replace(tx: &Tx<'_>, algorithm: SigningAlgorithm, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE signing_keys SET replaced = ?2 WHERE algorithm = ?1 AND replaced IS NULL";
    tx.execute(sql, &params![algorithm.as_str(), now]).map(drop)
}

/// Deletes the keys that were replaced before a time.
///
/// # Errors
/// The store fails.
pub fn forget(tx: &Tx<'_>, before: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM signing_keys WHERE replaced IS NOT NULL AND replaced <= ?1", &params![before])
        .map(drop)
}
