//! Clients that have to be told that a session has ended (OpenID Connect Back-Channel Logout 1.0). The queue is a table: what is
//! in it was written with the end of the session, and whichever process takes a row has it for a while.

use enroll_domain::{ClientId, LogoutId, SessionId, UserId};
use jiff::Timestamp;

use crate::{StoreError, Tx, params};

/// A message that is to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutRow {
    /// The id.
    pub id: LogoutId,
    /// To whom.
    pub client: ClientId,
    /// Which session has ended.
    pub session: SessionId,
    /// Whose it was.
    pub user: UserId,
    /// How often it was tried.
    pub attempts: i64,
}

/// Puts a message into the queue.
///
/// # Errors
/// The store fails.
pub fn insert(tx: &Tx<'_>, row: &LogoutRow, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO client_logouts (id, client_id, session_id, user_id, attempts, next_attempt) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        &params![row.id, row.client, row.session, row.user, row.attempts, now],
    )
    .map(drop)
}

/// Whether a message is to be tried now.
///
/// # Errors
/// The store fails.
pub fn is_due(tx: &Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM client_logouts WHERE next_attempt <= ?1 ORDER BY next_attempt LIMIT 1";
    Ok(tx.first(sql, &params![now], |_| Ok(()))?.is_some())
}

/// Takes messages that are to be tried now: nobody else gets them before `until`.
///
/// # Errors
/// The store fails.
pub fn take(tx: &Tx<'_>, now: Timestamp, until: Timestamp, limit: u32) -> Result<Vec<LogoutRow>, StoreError> {
    let rows = tx.query(
        "SELECT id, client_id, session_id, user_id, attempts FROM client_logouts WHERE next_attempt <= ?1 \
         ORDER BY next_attempt LIMIT ?2",
        &params![now, limit],
        |row| {
            Ok(LogoutRow {
                id: row.id(0)?,
                client: row.id(1)?,
                session: row.id(2)?,
                user: row.id(3)?,
                attempts: row.integer(4)?,
            })
        },
    )?;
    for row in &rows {
        tx.execute(
            "UPDATE client_logouts SET attempts = attempts + 1, next_attempt = ?2 WHERE id = ?1",
            &params![row.id, until],
        )?;
    }
    Ok(rows)
}

/// Says when a message is to be tried again.
///
/// # Errors
/// The store fails.
pub fn put_off(tx: &Tx<'_>, id: LogoutId, until: Timestamp) -> Result<(), StoreError> {
    tx.execute("UPDATE client_logouts SET next_attempt = ?2 WHERE id = ?1", &params![id, until]).map(drop)
}

/// Takes a message out of the queue.
///
/// # Errors
/// The store fails.
pub fn delete(tx: &Tx<'_>, id: LogoutId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM client_logouts WHERE id = ?1", &params![id]).map(drop)
}
