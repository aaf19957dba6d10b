//! Keys of requests that must not be carried out twice, with what was answered.

use enroll_domain::TokenId;
use jiff::Timestamp;

use crate::{StoreError, Tx, params};

/// The name of the error for a key that another request has taken meanwhile.
pub const TAKEN: &str = "idempotency_keys_pkey";

/// One request with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Whose key it is.
    pub token: TokenId,
    /// The key.
    pub key: String,
    /// Which of the requests with this key.
    pub attempt: [u8; 10],
    /// SHA-256 of what is asked for.
    pub fingerprint: [u8; 32],
}

/// A key that was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// SHA-256 of what was asked for.
    pub fingerprint: Vec<u8>,
    /// When the change was made.
    pub created: Timestamp,
    /// The status of the answer, once it is known.
    pub status: Option<i64>,
    /// The body of the answer, if it may be kept.
    pub answer: Option<String>,
}

/// Takes the key for this attempt, in the transaction of the change; the attempt may do so more than once. Forgets keys from
/// before `forget`.
///
/// # Errors
/// [`StoreError::Unique`] with the constraint [`TAKEN`] when another attempt has the key; the store fails.
pub fn take(tx: &Tx<'_>, attempt: &Attempt, now: Timestamp, forget: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM idempotency_keys WHERE created < ?1", &params![forget])?;
    let Attempt { token, key, attempt, fingerprint } = attempt;
    let inserted = tx.execute(
        "INSERT INTO idempotency_keys (token_id, key, attempt, fingerprint, created) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT DO NOTHING",
        &params![*token, key.as_str(), attempt, fingerprint, now],
    )?;
    if inserted == 1 {
        return Ok(());
    }
    let mine = tx.first(
        "SELECT attempt FROM idempotency_keys WHERE token_id = ?1 AND key = ?2",
        &params![*token, key.as_str()],
        |row| Ok(row.blob(0)? == attempt),
    )?;
    if mine == Some(true) { Ok(()) } else { Err(StoreError::Unique { constraint: TAKEN.to_owned() }) }
}

/// Keeps what was answered. Nothing happens when the attempt does not have the key: it changed nothing.
///
/// # Errors
/// The store fails.
pub fn keep(tx: &Tx<'_>, attempt: &Attempt, status: u16, answer: Option<&str>) -> Result<(), StoreError> {
    let Attempt { token, key, attempt, .. } = attempt;
    tx.execute(
        "UPDATE idempotency_keys SET status = ?4, answer = ?5 WHERE token_id = ?1 AND key = ?2 AND attempt = ?3",
        &params![*token, key.as_str(), attempt, i64::from(status), answer],
    )
    .map(drop)
}

/// What is known of a key.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, token: TokenId, key: &str, since: Timestamp) -> Result<Option<Used>, StoreError> {
    tx.first(
        "SELECT fingerprint, created, status, answer FROM idempotency_keys \
         WHERE token_id = ?1 AND key = ?2 AND created >= ?3",
        &params![token, key, since],
        |row| {
            Ok(Used {
                fingerprint: row.blob(0)?.to_vec(),
                created: row.timestamp(1)?,
                status: row.optional_integer(2)?,
                answer: row.optional_text(3)?.map(str::to_owned),
            })
        },
    )
}
