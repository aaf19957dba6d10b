//! Making, changing and deleting groups.

use enroll_domain::{DirectoryId, GroupId};
use enroll_scim::{Folded, Resource};
use jiff::Timestamp;

use crate::tombstone::{self, Deletion};
use crate::{StoreError, Tx, document, params, stamp};

pub use crate::stamp::Stamp;

/// A group to be stored. Its members are added by [`crate::member::add`].
#[derive(Debug)]
pub struct NewGroup<'a> {
    /// The directory.
    pub directory: DirectoryId,
    /// The id, never used before.
    pub id: GroupId,
    /// When.
    pub now: Timestamp,
    /// The attributes; members among them are left out.
    pub resource: &'a Resource,
}

/// Stores a group; the version is 1.
///
/// # Errors
/// [`StoreError::Unique`] when the directory has a group of that displayName, in any case (enrollment.md 3.7).
pub fn insert(tx: &Tx<'_>, group: &NewGroup<'_>) -> Result<(), StoreError> {
    let display_name = group.resource.text("displayName").unwrap_or_default();
    let document = document::print(group.resource.as_object(), Some("members"))?;
    tx.execute(
        "INSERT INTO groups (directory_id, id, display_name, display_name_key, external_id, created, last_modified, \
         version, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 1, ?7)",
        &params![
            group.directory,
            group.id,
            display_name,
            Folded::new(display_name).as_str(),
            group.resource.text("externalId"),
            group.now,
            document,
        ],
    )
    .map(drop)
}

/// Replaces the attributes of a group other than its members; `None` if there is no such group, or it has another version than
/// `expected`.
///
/// # Errors
/// [`StoreError::Unique`] when the directory has another group of that displayName, in any case.
pub fn update(
    tx: &Tx<'_>,
    directory: DirectoryId,
    id: GroupId,
    resource: &Resource,
    now: Timestamp,
    expected: Option<i64>,
) -> Result<Option<Stamp>, StoreError> {
    let display_name = resource.text("displayName").unwrap_or_default();
    let document = document::print(resource.as_object(), Some("members"))?;
    let stamps = tx.query(
        "UPDATE groups SET display_name = ?3, display_name_key = ?4, external_id = ?5, document = ?6, \
         version = version + 1, last_modified = CASE WHEN last_modified > ?7 THEN last_modified ELSE ?7 END \
         WHERE directory_id = ?1 AND id = ?2 AND version = coalesce(?8, version) RETURNING version, last_modified",
        &params![
            directory,
            id,
            display_name,
            Folded::new(display_name).as_str(),
            resource.text("externalId"),
            document,
            now,
            expected,
        ],
        stamp::read,
    )?;
    Ok(stamps.first().copied())
}

/// Notes that the members of a group have changed: a new version and time, and nothing else is read or written, so that the
/// cost does not depend on the group. `None` if there is no such group.
///
/// # Errors
/// The store fails.
pub fn touch(
    tx: &Tx<'_>,
    directory: DirectoryId,
    id: GroupId,
    now: Timestamp,
) -> Result<Option<Stamp>, StoreError> {
    let stamps = tx.query(
        "UPDATE groups SET version = version + 1, \
         last_modified = CASE WHEN last_modified > ?3 THEN last_modified ELSE ?3 END \
         WHERE directory_id = ?1 AND id = ?2 RETURNING version, last_modified",
        &params![directory, id, now],
        stamp::read,
    )?;
    Ok(stamps.first().copied())
}

/// Deletes a group, its members' rows and its own membership of other groups; answers whether there was one.
///
/// Users are never deleted with it. The groups around it have changed. Its mappings are the caller's to mark as lost:
/// [`crate::mapping::group_deleted`]. A tombstone stays.
///
/// # Errors
/// The store fails.
pub fn delete(
    tx: &Tx<'_>,
    directory: DirectoryId,
    id: GroupId,
    deletion: Deletion<'_>,
) -> Result<bool, StoreError> {
    let Some(group) = super::find(tx, directory, id)? else { return Ok(false) };
    let of_group = params![directory, id];
    crate::member::leave_all(tx, directory, *id.as_uuid(), deletion.now)?;
    tx.execute("DELETE FROM group_members WHERE directory_id = ?1 AND group_id = ?2", &of_group)?;
    tx.execute("DELETE FROM groups WHERE directory_id = ?1 AND id = ?2", &of_group)?;
    tombstone::insert(tx, directory, *id.as_uuid(), "Group", None, &group.display_name, deletion)?;
    Ok(true)
}
