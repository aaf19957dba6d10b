//! Sessions (enrollment.md 2.3). A cookie is stored as its hash alone, and found by it.

use enroll_domain::{DirectoryId, SecretHash, SessionId, UserId};
use jiff::{SignedDuration, Timestamp};

use crate::{Row, StoreError, Tx, params};

/// The last use of a session is written at most so often.
const TOUCH_INTERVAL: SignedDuration = SignedDuration::from_mins(1);

/// A session as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The id, which opens nothing.
    pub id: SessionId,
    /// Who has signed in.
    pub user: UserId,
    /// Of which directory she is.
    pub directory: DirectoryId,
    /// When she has signed in.
    pub created: Timestamp,
    /// When the session ends, whatever happens.
    pub expires: Timestamp,
    /// When it was last used, to the minute.
    pub last_used: Timestamp,
    /// From which address she has signed in.
    pub address: Option<String>,
    /// With which browser, as it says of itself.
    pub user_agent: Option<String>,
    /// How the identity provider names her in this session.
    pub name_id: Option<String>,
    /// How the identity provider names the session.
    pub session_index: Option<String>,
    /// The format of its name of her.
    pub name_id_format: Option<String>,
    /// The domain of its name of her.
    pub name_qualifier: Option<String>,
    /// For whom the name was made.
    pub sp_name_qualifier: Option<String>,
    /// When she has proved who she is: perhaps long before she came here.
    pub authenticated: Timestamp,
    /// Whether she was asked to prove it anew.
    pub anew: bool,
}

const SELECT: &str = "SELECT id, user_id, directory_id, created, expires, last_used, address, user_agent, name_id, \
                      session_index, name_id_format, name_qualifier, sp_name_qualifier, authenticated, anew FROM sessions";

fn read(row: &Row<'_>) -> Result<SessionRow, StoreError> {
    let text = |column| Ok::<_, StoreError>(row.optional_text(column)?.map(str::to_owned));
    let created = row.timestamp(3)?;
    Ok(SessionRow {
        id: row.id(0)?,
        user: row.id(1)?,
        directory: row.id(2)?,
        created,
        expires: row.timestamp(4)?,
        last_used: row.timestamp(5)?,
        address: text(6)?,
        user_agent: text(7)?,
        name_id: text(8)?,
        session_index: text(9)?,
        name_id_format: text(10)?,
        name_qualifier: text(11)?,
        sp_name_qualifier: text(12)?,
        authenticated: row.optional_timestamp(13)?.unwrap_or(created),
        anew: row.boolean(14)?,
    })
}

/// Whether the last use of a session is so old that it is to be written anew.
pub fn needs_touch(last_used: Timestamp, now: Timestamp) -> bool {
    last_used <= stale_before(now)
}

fn stale_before(now: Timestamp) -> Timestamp {
    now.checked_sub(TOUCH_INTERVAL).unwrap_or(Timestamp::MIN)
}

/// Adds a session.
///
/// # Errors
/// The store fails.
pub fn insert(tx: &Tx<'_>, cookie: SecretHash, session: &SessionRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO sessions (id, cookie_hash, user_id, directory_id, created, expires, last_used, address, user_agent, \
         name_id, session_index, name_id_format, name_qualifier, sp_name_qualifier, authenticated, anew) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        &params![
            session.id,
            cookie.as_bytes(),
            session.user,
            session.directory,
            session.created,
            session.expires,
            session.last_used,
            session.address.as_deref(),
            session.user_agent.as_deref(),
            session.name_id.as_deref(),
            session.session_index.as_deref(),
            session.name_id_format.as_deref(),
            session.name_qualifier.as_deref(),
            session.sp_name_qualifier.as_deref(),
            session.authenticated,
            session.anew,
        ],
    )
    .map(drop)
}

/// The session that a cookie opens. The caller looks at the time and at the user.
///
/// # Errors
/// The store fails.
pub fn find_by_cookie(tx: &Tx<'_>, cookie: SecretHash) -> Result<Option<SessionRow>, StoreError> {
    tx.first(&format!("{SELECT} WHERE cookie_hash = ?1"), &params![cookie.as_bytes()], read)
}

/// A session by id.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, id: SessionId) -> Result<Option<SessionRow>, StoreError> {
    tx.first(&format!("{SELECT} WHERE id = ?1"), &params![id], read)
}

/// A page of a user's sessions, oldest first, from behind `after`.
///
/// # Errors
/// The store fails.
pub fn page_of_user(
    tx: &Tx<'_>,
    user: UserId,
    after: Option<SessionId>,
    limit: u32,
) -> Result<Vec<SessionRow>, StoreError> {
    let after = after.map_or_else(String::new, |after| after.to_string());
    let sql = format!("{SELECT} WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3");
    tx.query(&sql, &params![user, after, limit], read)
}

/// Ends a session: its cookie opens nothing any more. Answers whether there was one.
///
/// # Errors
/// The store fails.
pub fn delete(tx: &Tx<'_>, id: SessionId) -> Result<bool, StoreError> {
    Ok(tx.execute("DELETE FROM sessions WHERE id = ?1", &params![id])? > 0)
}

/// The sessions of a user, oldest first.
///
/// # Errors
/// The store fails.
pub fn list_of_user(tx: &Tx<'_>, user: UserId) -> Result<Vec<SessionRow>, StoreError> {
    tx.query(&format!("{SELECT} WHERE user_id = ?1 ORDER BY id"), &params![user], read)
}

/// The sessions of whom a directory's identity provider names so, character by character, oldest first.
///
/// # Errors
/// The store fails.
pub fn list_of_name_id(
    tx: &Tx<'_>,
    directory: DirectoryId,
    name_id: &str,
) -> Result<Vec<SessionRow>, StoreError> {
    tx.query(&of_name_id(), &params![directory, name_id], read)
}

pub(crate) fn of_name_id() -> String {
    format!("{SELECT} WHERE directory_id = ?1 AND name_id = ?2 ORDER BY id")
}

/// Deletes the sessions that have ended by time.
///
/// # Errors
/// The store fails.
pub fn forget_ended(tx: &Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM sessions WHERE expires <= ?1", &params![now]).map(drop)
}

/// Notes the use of a session, at most once a minute; answers whether it was written.
///
/// # Errors
/// The store fails.
pub fn touch(tx: &Tx<'_>, id: SessionId, now: Timestamp) -> Result<bool, StoreError> {
    let touched = tx.execute(
        "UPDATE sessions SET last_used = ?2 WHERE id = ?1 AND last_used <= ?3",
        &params![id, now, stale_before(now)],
    )?;
    Ok(touched > 0)
}

#[cfg(test)]
mod tests {
    use super::SELECT;
    use crate::plan_tests::assert_index;

    #[test]
    fn a_cookie_and_the_sessions_of_a_user_are_found_by_index() {
        assert_index(&format!("{SELECT} WHERE cookie_hash = ?1"), 1);
        assert_index(&format!("{SELECT} WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3"), 3);
        assert_index("DELETE FROM sessions WHERE expires <= ?1", 1);
    }
}
