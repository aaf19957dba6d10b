//! Keys that the server makes for itself: one for each purpose, the same for every process on this database.

use jiff::Timestamp;

use crate::{StoreError, Tx, params};

/// 256 random bits.
pub type Secret = [u8; 32];

/// The key for a purpose, if it has been made.
///
/// # Errors
/// The store fails; [`StoreError::Corrupt`] for a key of another length.
pub fn find(tx: &Tx<'_>, purpose: &str) -> Result<Option<Secret>, StoreError> {
    tx.first("SELECT secret FROM server_keys WHERE purpose = ?1", &params![purpose], |row| {
        row.blob(0)?.try_into().map_err(|_| StoreError::Corrupt("the length of a server key".to_owned()))
    })
}

/// Keeps `secret` as the key for a purpose, unless there is one: the first to come decides for all. Answers which key it is.
///
/// # Errors
/// As [`find`].
pub fn find_or_insert(
    tx: &Tx<'_>,
    purpose: &str,
    secret: &Secret,
    now: Timestamp,
) -> Result<Secret, StoreError> {
    tx.execute(
        "INSERT INTO server_keys (purpose, secret, created) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        &params![purpose, secret.as_slice(), now],
    )?;
    find(tx, purpose)?.ok_or_else(|| StoreError::Internal("a server key is gone".to_owned()))
}
