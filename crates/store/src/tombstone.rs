//! Tombstones: what stays of a deleted user or group for the audit trail (enrollment.md 2.5).

use enroll_domain::{DirectoryId, Handle};
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
        "INSERT INTO tombstones (directory_id, id, kind, handle, name, deleted, deleted_by) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        &params![directory, id, kind, handle.map(Handle::as_str), name, deletion.now, deletion.by],
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
