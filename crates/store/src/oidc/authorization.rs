//! Authorizations: a user has signed in to a client. Each has one code.

use enroll_domain::{AuthorizationId, ClientId, ClientScope, ClientUri, SecretHash, SessionId};
use jiff::Timestamp;

use super::{read_words, write_words};
use crate::{Row, StoreError, Tx, params};

/// An authorization as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationRow {
    /// The id.
    pub id: AuthorizationId,
    /// The client.
    pub client: ClientId,
    /// The session in which the user has signed in to it; the authorization ends with it.
    pub session: SessionId,
    /// What the client is told.
    pub scopes: Vec<ClientScope>,
    /// What the client wants to find in the ID token.
    pub nonce: Option<String>,
    /// Where the code was sent to.
    pub redirect_uri: ClientUri,
    /// The `code_challenge` (RFC 7636 §4.2).
    pub challenge: String,
    /// When the code ends.
    pub code_expires: Timestamp,
    /// When the code was used.
    pub redeemed: Option<Timestamp>,
    /// When the authorization ends: with the session at the latest.
    pub expires: Timestamp,
}

const SELECT: &str = "SELECT id, client_id, session_id, scopes, nonce, redirect_uri, challenge, code_expires, redeemed, expires \
                      FROM client_authorizations";

fn read(row: &Row<'_>) -> Result<AuthorizationRow, StoreError> {
    Ok(AuthorizationRow {
        id: row.id(0)?,
        client: row.id(1)?,
        session: row.id(2)?,
        scopes: read_words(row, 3)?,
        nonce: row.optional_text(4)?.map(str::to_owned),
        redirect_uri: row.id(5)?,
        challenge: row.text(6)?.to_owned(),
        code_expires: row.timestamp(7)?,
        redeemed: row.optional_timestamp(8)?,
        expires: row.timestamp(9)?,
    })
}

/// Adds an authorization with its code.
///
/// # Errors
/// The store fails.
pub fn insert(tx: &Tx<'_>, code: SecretHash, new: &AuthorizationRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO client_authorizations (id, client_id, session_id, scopes, nonce, redirect_uri, challenge, code_hash, \
         code_expires, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        &params![
            new.id,
            new.client,
            new.session,
            write_words(&new.scopes),
            new.nonce.as_deref(),
            new.redirect_uri.as_str(),
            &new.challenge,
            code.as_bytes(),
            new.code_expires,
            new.expires,
        ],
    )
    .map(drop)
}

/// The authorization of a code, used or not.
///
/// # Errors
/// The store fails.
pub fn find_by_code(tx: &Tx<'_>, code: SecretHash) -> Result<Option<AuthorizationRow>, StoreError> {
    tx.first(&format!("{SELECT} WHERE code_hash = ?1"), &params![code.as_bytes()], read)
}

/// An authorization by id.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, id: AuthorizationId) -> Result<Option<AuthorizationRow>, StoreError> {
    tx.first(&format!("{SELECT} WHERE id = ?1"), &params![id], read)
}

/// The authorizations that were given in a session.
///
/// # Errors
/// The store fails.
pub fn list_of_session(tx: &Tx<'_>, session: SessionId) -> Result<Vec<AuthorizationRow>, StoreError> {
    tx.query(&format!("{SELECT} WHERE session_id = ?1 ORDER BY id"), &params![session], read)
}

/// Notes that the code was used; answers whether it was not before.
///
/// # Errors
/// The store fails.
pub fn redeem(tx: &Tx<'_>, id: AuthorizationId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE client_authorizations SET redeemed = ?2 WHERE id = ?1 AND redeemed IS NULL";
    Ok(tx.execute(sql, &params![id, now])? > 0)
}

/// Ends an authorization: its code and its tokens are good for nothing any more.
///
/// # Errors
/// The store fails.
pub fn delete(tx: &Tx<'_>, id: AuthorizationId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM client_authorizations WHERE id = ?1", &params![id]).map(drop)
}

/// Ends what was given in a session.
///
/// # Errors
/// The store fails.
pub fn delete_of_session(tx: &Tx<'_>, session: SessionId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM client_authorizations WHERE session_id = ?1", &params![session]).map(drop)
}

/// Deletes what has ended by time.
///
/// # Errors
/// The store fails.
pub fn forget_ended(tx: &Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM client_authorizations WHERE expires <= ?1", &params![now]).map(drop)
}
