//! Access tokens and refresh tokens of clients: opaque, found by their hash.

use enroll_domain::{AuthorizationId, SecretHash};
use jiff::Timestamp;

use crate::{StoreError, Tx, params};

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientTokenKind {
    /// Asks who the user is.
    Access,
    /// Gets the next tokens; good for one use.
    Refresh,
}

impl ClientTokenKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }
}

/// A token as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientTokenRow {
    /// What it was given for.
    pub authorization: AuthorizationId,
    /// When it ends.
    pub expires: Timestamp,
    /// When a refresh token was used.
    pub used: Option<Timestamp>,
}

/// Adds a token.
///
/// # Errors
/// The store fails.
pub fn insert(
    tx: &Tx<'_>,
    token: SecretHash,
    kind: ClientTokenKind,
    authorization: AuthorizationId,
    expires: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO client_tokens (token_hash, authorization_id, kind, expires) VALUES (?1, ?2, ?3, ?4)",
        &params![token.as_bytes(), authorization, kind.as_str(), expires],
    )
    .map(drop)
}

/// A token of a kind.
///
/// # Errors
/// The store fails.
pub fn find(
    tx: &Tx<'_>,
    token: SecretHash,
    kind: ClientTokenKind,
) -> Result<Option<ClientTokenRow>, StoreError> {
    tx.first(
        "SELECT authorization_id, expires, used FROM client_tokens WHERE token_hash = ?1 AND kind = ?2",
        &params![token.as_bytes(), kind.as_str()],
        |row| {
            Ok(ClientTokenRow {
                authorization: row.id(0)?,
                expires: row.timestamp(1)?,
                used: row.optional_timestamp(2)?,
            })
        },
    )
}

/// Notes that a refresh token was used; answers whether it was not before, which one of two writers at a time is told.
///
/// # Errors
/// The store fails.
pub fn mark_used(tx: &Tx<'_>, token: SecretHash, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE client_tokens SET used = ?2 WHERE token_hash = ?1 AND used IS NULL";
    Ok(tx.execute(sql, &params![token.as_bytes(), now])? > 0)
}

/// Deletes tokens that have ended by time.
///
/// # Errors
/// The store fails.
pub fn forget_ended(tx: &Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM client_tokens WHERE expires <= ?1", &params![now]).map(drop)
}
