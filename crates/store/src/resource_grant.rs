//! Grants on resources (enrollment.md 1.8): an admin gives them.
//!
//! A grant belongs to the resource; its user may be of any directory.

use enroll_domain::enrollment::ResourceGrant;
use enroll_domain::{GrantId, ResourceId, UserId};
use jiff::Timestamp;

use crate::id_list::id_lists;
use crate::{Row, StoreError, Tx, params};

/// A grant on a resource as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceGrantRow {
    /// Who holds which role on what.
    pub grant: ResourceGrant,
    /// When it was given.
    pub created: Timestamp,
    /// By whom, as the audit trail names them.
    pub granted_by: String,
}

const SELECT: &str = "SELECT id, user_id, resource_id, role, created, granted_by FROM resource_grants";

pub(crate) fn read(row: &Row<'_>) -> Result<ResourceGrantRow, StoreError> {
    Ok(ResourceGrantRow {
        grant: ResourceGrant { id: row.id(0)?, user: row.id(1)?, resource: row.id(2)?, role: row.id(3)? },
        created: row.timestamp(4)?,
        granted_by: row.text(5)?.to_owned(),
    })
}

/// Gives a grant. A user has one on a resource: to change a role, remove the grant and give another.
///
/// # Errors
/// [`StoreError::Unique`] when the user has one; [`StoreError::ForeignKey`] when user or resource are not there.
pub fn insert(tx: &Tx<'_>, row: &ResourceGrantRow) -> Result<(), StoreError> {
    let grant = &row.grant;
    tx.execute(
        "INSERT INTO resource_grants (id, user_id, resource_id, role, created, granted_by) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        &params![grant.id, grant.user, grant.resource, grant.role.as_str(), row.created, &row.granted_by],
    )
    .map(drop)
}

/// A user's grant on a resource.
///
/// # Errors
/// The store fails.
pub fn find_of_user(
    tx: &Tx<'_>,
    user: UserId,
    resource: ResourceId,
) -> Result<Option<ResourceGrantRow>, StoreError> {
    tx.first(&format!("{SELECT} WHERE user_id = ?1 AND resource_id = ?2"), &params![user, resource], read)
}

/// The grants of users, oldest first.
///
/// # Errors
/// The store fails.
pub fn list_of_users(
    tx: &Tx<'_>,
    users: impl IntoIterator<Item = UserId>,
) -> Result<Vec<ResourceGrantRow>, StoreError> {
    let mut found = Vec::new();
    for list in id_lists(1, users.into_iter().map(|user| *user.as_uuid())) {
        found.extend(tx.query(&of_users(&list.placeholders), &list.after([]), read)?);
    }
    found.sort_by_key(|row| row.grant.id);
    Ok(found)
}

/// The statement for the grants of some users, in no order: rows for [`read`].
pub(crate) fn of_users(users: &str) -> String {
    format!("{SELECT} WHERE user_id IN ({users})")
}

/// The grants on a resource, oldest first, from behind `after`.
///
/// # Errors
/// The store fails.
pub fn list(
    tx: &Tx<'_>,
    resource: ResourceId,
    after: Option<GrantId>,
    limit: u32,
) -> Result<Vec<ResourceGrantRow>, StoreError> {
    let after = after.map_or_else(String::new, |after| after.to_string());
    let sql = format!("{SELECT} WHERE resource_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3");
    tx.query(&sql, &params![resource, after, limit], read)
}

/// All grants on resources, oldest first.
///
/// # Errors
/// The store fails.
pub fn list_all(tx: &Tx<'_>) -> Result<Vec<ResourceGrantRow>, StoreError> {
    tx.query(&format!("{SELECT} ORDER BY id"), &[], read)
}

/// Takes a grant away; answers whether there was one.
///
/// # Errors
/// The store fails.
pub fn delete(tx: &Tx<'_>, id: GrantId) -> Result<bool, StoreError> {
    Ok(tx.execute("DELETE FROM resource_grants WHERE id = ?1", &params![id])? > 0)
}
