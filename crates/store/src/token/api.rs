//! API tokens: each opens the API within its scope, and never SCIM.

use enroll_domain::{Scope, TokenHash, TokenId, UserId};
use jiff::Timestamp;

use super::{LastUse, read_hash, read_last_use, stale_before};
use crate::{Row, StoreError, Tx, params};

/// An API token as stored.
#[derive(Debug, Clone)]
pub struct ApiTokenRow {
    /// The public part.
    pub id: TokenId,
    /// What admins call it.
    pub label: String,
    /// What it opens.
    pub scope: Scope,
    /// The user in whose name it acts.
    pub user: Option<UserId>,
    /// The hash of the secret.
    pub secret_hash: TokenHash,
    /// When it was made.
    pub created: Timestamp,
    /// When it stops working, if ever.
    pub expires: Option<Timestamp>,
    /// When and from where it was last used.
    pub last_use: Option<LastUse>,
}

const SELECT: &str = "SELECT api_tokens.id, label, scope, secret_hash, created, expires, last_used, last_used_address, api_token_users.user_id \
     FROM api_tokens LEFT JOIN api_token_users ON api_token_users.token_id = api_tokens.id";

fn read(row: &Row<'_>) -> Result<ApiTokenRow, StoreError> {
    Ok(ApiTokenRow {
        id: row.id(0)?,
        label: row.text(1)?.to_owned(),
        scope: row.id(2)?,
        secret_hash: read_hash(row, 3)?,
        created: row.timestamp(4)?,
        expires: row.optional_timestamp(5)?,
        last_use: read_last_use(row, 6, 7)?,
        user: row.optional_id(8)?,
    })
}

/// Adds a token, not used yet.
///
/// # Errors
/// The store fails.
pub fn insert(tx: &Tx<'_>, token: &ApiTokenRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO api_tokens (id, label, scope, secret_hash, created, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        &params![
            token.id,
            &token.label,
            token.scope.as_str(),
            token.secret_hash.as_bytes(),
            token.created,
            token.expires,
        ],
    )?;
    if let Some(user) = token.user {
        let sql = "INSERT INTO api_token_users (token_id, user_id) VALUES (?1, ?2)";
        tx.execute(sql, &params![token.id, user])?;
    }
    Ok(())
}

/// A token by its public part, for verification: the caller checks secret, expiry and scope.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, id: TokenId) -> Result<Option<ApiTokenRow>, StoreError> {
    tx.first(&format!("{SELECT} WHERE api_tokens.id = ?1"), &params![id], read)
}

/// All API tokens, oldest first.
///
/// # Errors
/// The store fails.
pub fn list(tx: &Tx<'_>) -> Result<Vec<ApiTokenRow>, StoreError> {
    tx.query(&format!("{SELECT} ORDER BY api_tokens.id"), &[], read)
}

/// A page of the API tokens, oldest first, from behind `after`.
///
/// # Errors
/// The store fails.
pub fn page(tx: &Tx<'_>, after: Option<TokenId>, limit: u32) -> Result<Vec<ApiTokenRow>, StoreError> {
    let after = after.map_or_else(String::new, |after| after.to_string());
    tx.query(
        &format!("{SELECT} WHERE api_tokens.id > ?1 ORDER BY api_tokens.id LIMIT ?2"),
        &params![after, limit],
        read,
    )
}

/// The tokens of a user, oldest first.
///
/// # Errors
/// The store fails.
pub fn list_of_user(tx: &Tx<'_>, user: UserId) -> Result<Vec<ApiTokenRow>, StoreError> {
    tx.query(
        &format!("{SELECT} WHERE api_token_users.user_id = ?1 ORDER BY api_tokens.id"),
        &params![user],
        read,
    )
}

/// Deletes a token: it stops working at once. Answers whether there was one.
///
/// # Errors
/// The store fails.
pub fn delete(tx: &Tx<'_>, id: TokenId) -> Result<bool, StoreError> {
    tx.execute("DELETE FROM api_token_users WHERE token_id = ?1", &params![id])?;
    Ok(tx.execute("DELETE FROM api_tokens WHERE id = ?1", &params![id])? > 0)
}

/// Notes the use of a token, at most once a minute; answers whether it was written.
///
/// # Errors
/// The store fails.
pub fn touch(tx: &Tx<'_>, id: TokenId, now: Timestamp, address: Option<&str>) -> Result<bool, StoreError> {
    let touched = tx.execute(
        "UPDATE api_tokens SET last_used = ?2, last_used_address = ?3 \
         WHERE id = ?1 AND (last_used IS NULL OR last_used <= ?4)",
        &params![id, now, address, stale_before(now)],
    )?;
    Ok(touched > 0)
}
