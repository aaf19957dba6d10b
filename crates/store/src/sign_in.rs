//! Sign-in by SAML: connections, begun sign-ins, used assertions, and the log of sign-ins.

use enroll_domain::{DirectoryId, GroupId, SecretHash, UserId};
use enroll_scim::Folded;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Row, StoreError, Tx, params, sign_in_domain, sso_metadata};

/// The settings of a directory's connection, as the service wrote them.
///
/// # Errors
/// The store fails.
pub fn connection(tx: &Tx<'_>, directory: DirectoryId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT settings FROM sso_connections WHERE directory_id = ?1";
    tx.first(sql, &params![directory], |row| Ok(row.text(0)?.to_owned()))
}

/// Stores the settings of a directory's connection.
///
/// # Errors
/// The store fails.
pub fn set_connection(
    tx: &Tx<'_>,
    directory: DirectoryId,
    settings: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO sso_connections (directory_id, settings, created, updated) VALUES (?1, ?2, ?3, ?3) \
         ON CONFLICT (directory_id) DO UPDATE SET settings = ?2, updated = ?3",
        &params![directory, settings, now],
    )
    .map(drop)
}

/// The directories that have a connection, two at most: whoever comes without a name goes to the only one.
///
/// # Errors
/// The store fails.
pub fn connected(tx: &Tx<'_>) -> Result<Vec<DirectoryId>, StoreError> {
    tx.query("SELECT directory_id FROM sso_connections ORDER BY directory_id LIMIT 2", &[], |row| row.id(0))
}

/// Removes a directory's connection with the sign-ins that are under way; answers whether there was one. What was used up stays.
///
/// # Errors
/// The store fails.
pub fn delete_connection(tx: &Tx<'_>, directory: DirectoryId) -> Result<bool, StoreError> {
    tx.execute("DELETE FROM sign_in_requests WHERE directory_id = ?1", &params![directory])?;
    sso_metadata::delete(tx, directory)?;
    sign_in_domain::clear(tx, directory)?;
    Ok(tx.execute("DELETE FROM sso_connections WHERE directory_id = ?1", &params![directory])? > 0)
}

/// A begun sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRequest {
    /// The key that travels.
    pub relay_state: String,
    /// The id of the request, which the response has to name.
    pub request_id: String,
    /// The cookie of the browser.
    pub browser: SecretHash,
    /// Where the browser goes when it is done.
    pub return_path: String,
    /// Whether the user is to prove anew who she is.
    pub anew: bool,
    /// When it began.
    pub begun: Timestamp,
    /// Until when a response is accepted.
    pub expires: Timestamp,
}

/// Keeps a begun sign-in, unless `most` of the directory are kept: answers whether it was. Forgets those that have ended.
///
/// # Errors
/// The store fails.
pub fn begin(
    tx: &Tx<'_>,
    directory: DirectoryId,
    request: &SignInRequest,
    most: i64,
) -> Result<bool, StoreError> {
    tx.execute(
        "DELETE FROM sign_in_requests WHERE directory_id = ?1 AND expires <= ?2",
        &params![directory, request.begun],
    )?;
    let kept = tx
        .first("SELECT count(*) FROM sign_in_requests WHERE directory_id = ?1", &params![directory], |row| {
            row.integer(0)
        })?
        .unwrap_or(0);
    if kept >= most {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO sign_in_requests (directory_id, relay_state, request_id, browser_hash, return_path, begun, expires, anew) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        &params![
            directory,
            &request.relay_state,
            &request.request_id,
            request.browser.as_bytes(),
            &request.return_path,
            request.begun,
            request.expires,
            request.anew,
        ],
    )?;
    Ok(true)
}

/// The sign-in that this browser has begun under this key.
///
/// # Errors
/// The store fails.
pub fn begun(
    tx: &Tx<'_>,
    directory: DirectoryId,
    browser: SecretHash,
    relay_state: &str,
) -> Result<Option<SignInRequest>, StoreError> {
    tx.first(
        "SELECT relay_state, request_id, return_path, begun, expires, anew FROM sign_in_requests \
         WHERE directory_id = ?1 AND relay_state = ?2 AND browser_hash = ?3",
        &params![directory, relay_state, browser.as_bytes()],
        |row| {
            Ok(SignInRequest {
                relay_state: row.text(0)?.to_owned(),
                request_id: row.text(1)?.to_owned(),
                browser,
                return_path: row.text(2)?.to_owned(),
                begun: row.timestamp(3)?,
                expires: row.timestamp(4)?,
                anew: row.boolean(5)?,
            })
        },
    )
}

/// Uses a begun sign-in up; answers whether it was still there.
///
/// # Errors
/// The store fails.
pub fn use_up(tx: &Tx<'_>, directory: DirectoryId, relay_state: &str) -> Result<bool, StoreError> {
    let sql = "DELETE FROM sign_in_requests WHERE directory_id = ?1 AND relay_state = ?2";
    Ok(tx.execute(sql, &params![directory, relay_state])? > 0)
}

/// Notes the one use of an assertion (threat A13); answers whether it is the first. Forgets those that are refused as expired.
///
/// # Errors
/// The store fails.
pub fn use_assertion(
    tx: &Tx<'_>,
    directory: DirectoryId,
    (issuer, assertion): (&str, &str),
    expires: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    tx.execute(
        "DELETE FROM used_assertions WHERE directory_id = ?1 AND expires < ?2",
        &params![directory, now],
    )?;
    let new = tx.execute(
        "INSERT INTO used_assertions (directory_id, issuer, assertion_id, expires) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (directory_id, issuer, assertion_id) DO NOTHING",
        &params![directory, issuer, assertion, expires],
    )?;
    Ok(new > 0)
}

/// A sign-in that was accepted or refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInRow {
    /// Its id, which grows with time.
    pub id: Uuid,
    /// Whether the response was signed by the identity provider.
    pub verified: bool,
    /// When.
    pub at: Timestamp,
    /// `accepted`, or the code of the refusal.
    pub code: String,
    /// Who, where somebody was found.
    pub user: Option<UserId>,
    /// The id of the HTTP request.
    pub request: Option<String>,
    /// What was checked, as the service wrote it.
    pub steps: String,
}

/// Keeps a sign-in, and no more than the last `most` of its kind: what anybody can send does not push out what an identity
/// provider has signed.
///
/// # Errors
/// The store fails.
pub fn log(tx: &Tx<'_>, directory: DirectoryId, row: &SignInRow, most: u32) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO sign_ins (directory_id, id, verified, at, code, user_id, request, steps) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        &params![
            directory,
            row.id,
            row.verified,
            row.at,
            &row.code,
            row.user,
            row.request.as_deref(),
            &row.steps
        ],
    )?;
    tx.execute(
        "DELETE FROM sign_ins WHERE directory_id = ?1 AND verified = ?2 AND id NOT IN \
         (SELECT kept.id FROM sign_ins AS kept WHERE kept.directory_id = ?1 AND kept.verified = ?2 \
         ORDER BY kept.id DESC LIMIT ?3)",
        &params![directory, row.verified, most],
    )
    .map(drop)
}

/// The sign-ins of a directory that are kept, the last one first.
///
/// # Errors
/// The store fails.
pub fn logged(tx: &Tx<'_>, directory: DirectoryId) -> Result<Vec<SignInRow>, StoreError> {
    let sql = "SELECT id, verified, at, code, user_id, request, steps FROM sign_ins WHERE directory_id = ?1 ORDER BY id DESC";
    tx.query(sql, &params![directory], read)
}

fn read(row: &Row<'_>) -> Result<SignInRow, StoreError> {
    Ok(SignInRow {
        id: row.id(0)?,
        verified: row.boolean(1)?,
        at: row.timestamp(2)?,
        code: row.text(3)?.to_owned(),
        user: row.optional_id(4)?,
        request: row.optional_text(5)?.map(str::to_owned),
        steps: row.text(6)?.to_owned(),
    })
}

/// The users with a work e-mail address, one of the type `work` or of none, without regard to case; two at most.
///
/// # Errors
/// The store fails.
pub fn users_by_work_email(
    tx: &Tx<'_>,
    directory: DirectoryId,
    email: &Folded,
) -> Result<Vec<UserId>, StoreError> {
    tx.query(
        "SELECT DISTINCT user_id FROM user_emails WHERE directory_id = ?1 AND value_key = ?2 \
         AND (type_key = 'work' OR type_key IS NULL) ORDER BY user_id LIMIT 2",
        &params![directory, email.as_str()],
        |row| row.id(0),
    )
}

/// Notes that a sign-in has made a group.
///
/// # Errors
/// The store fails.
pub fn made_group(tx: &Tx<'_>, directory: DirectoryId, group: GroupId) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO sign_in_groups (directory_id, group_id) VALUES (?1, ?2)",
        &params![directory, group],
    )
    .map(drop)
}

/// Whether SCIM has pushed a group that is there.
///
/// # Errors
/// The store fails.
pub fn scim_has_groups(tx: &Tx<'_>, directory: DirectoryId) -> Result<bool, StoreError> {
    let found = tx.first(
        "SELECT 1 FROM groups WHERE groups.directory_id = ?1 AND NOT EXISTS \
         (SELECT 1 FROM sign_in_groups WHERE directory_id = ?1 AND sign_in_groups.group_id = groups.id) LIMIT 1",
        &params![directory],
        |row| row.integer(0),
    )?;
    Ok(found.is_some())
}
