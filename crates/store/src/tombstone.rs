//! Tombstones: what stays of a deleted user or group for the audit trail (enrollment.md 2.5).

use enroll_domain::{DirectoryId, Handle};
use enroll_scim::Folded;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Row, StoreError, Tx, params};

/// By whom and when something is deleted.
#[derive(Debug, Clone, Copy)]
pub struct Deletion<'a> {
    /// When.
    pub now: Timestamp,
    /// By whom, as the audit trail names them.
    pub by: &'a str,
}

/// What stays of a deleted user or group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TombstoneRow {
    /// The id of the user or group.
    pub id: Uuid,
    /// `User` or `Group`.
    pub kind: String,
    /// The user's handle; it is never given to anybody else.
    pub handle: Option<Handle>,
    /// The last userName or displayName.
    pub name: String,
    /// When it was deleted.
    pub deleted: Timestamp,
    /// By whom.
    pub deleted_by: String,
}

fn read(row: &Row<'_>) -> Result<TombstoneRow, StoreError> {
    Ok(TombstoneRow {
        id: row.id(0)?,
        kind: row.text(1)?.to_owned(),
        handle: row.optional_id(2)?,
        name: row.text(3)?.to_owned(),
        deleted: row.timestamp(4)?,
        deleted_by: row.text(5)?.to_owned(),
    })
}

/// What a user or group is called, or was before it was deleted; in one statement.
///
/// # Errors
/// The store fails.
pub fn name_of(tx: &Tx<'_>, directory: DirectoryId, id: Uuid) -> Result<Option<String>, StoreError> {
    tx.first(
        "SELECT user_name FROM users WHERE directory_id = ?1 AND id = ?2 \
         UNION ALL SELECT display_name FROM groups WHERE directory_id = ?1 AND id = ?2 \
         UNION ALL SELECT name FROM tombstones WHERE directory_id = ?1 AND id = ?2",
        &params![directory, id],
        |row| Ok(row.text(0)?.to_owned()),
    )
}

/// Keeps what is to stay.
pub(crate) fn insert(
    tx: &Tx<'_>,
    directory: DirectoryId,
    id: Uuid,
    kind: &'static str,
    handle: Option<&Handle>,
    name: &str,
    deletion: Deletion<'_>,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO tombstones (directory_id, id, kind, handle, name, deleted, deleted_by, name_key) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        &params![
            directory,
            id,
            kind,
            handle.map(Handle::as_str),
            name,
            deletion.now,
            deletion.by,
            Folded::new(name).as_str()
        ],
    )
    .map(drop)
}

/// The tombstone of a user or group.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, directory: DirectoryId, id: Uuid) -> Result<Option<TombstoneRow>, StoreError> {
    tx.first(
        "SELECT id, kind, handle, name, deleted, deleted_by FROM tombstones WHERE directory_id = ?1 AND id = ?2",
        &params![directory, id],
        read,
    )
}

/// Tombstones without a key that are given one at a time.
const FILLED: u32 = 1000;

pub(crate) const BY_NAME: &str =
    "SELECT 1 FROM tombstones WHERE directory_id = ?1 AND name_key = ?2 AND kind = 'User' LIMIT 1";

pub(crate) const WITHOUT_KEY: &str =
    "SELECT id, name FROM tombstones WHERE directory_id = ?1 AND name_key IS NULL LIMIT ?2";

/// Whether a user of this userName was deleted, without regard to case (threat A19).
///
/// Tombstones that are older than the column have no key: SQL does not know how names compare. They are given one by the first who
/// looks.
///
/// # Errors
/// The store fails.
pub fn is_of_user(tx: &Tx<'_>, directory: DirectoryId, user_name: &Folded) -> Result<bool, StoreError> {
    loop {
        let old = tx.query(WITHOUT_KEY, &params![directory, FILLED], |row| {
            Ok((row.id::<Uuid>(0)?, Folded::new(row.text(1)?)))
        })?;
        for (id, key) in &old {
            let sql = "UPDATE tombstones SET name_key = ?3 WHERE directory_id = ?1 AND id = ?2";
            tx.execute_later(sql, &params![directory, *id, key.as_str()])?;
        }
        if old.len() < usize::try_from(FILLED).unwrap_or(usize::MAX) {
            break;
        }
    }
    Ok(tx.first(BY_NAME, &params![directory, user_name.as_str()], |row| row.integer(0))?.is_some())
}
