//! Grants: roles that do not come from a group (enrollment.md 1.8).
//!
//! A grant belongs to the organization; its user may be of any directory.

use enroll_domain::enrollment::{Grant, GrantKind};
use enroll_domain::{GrantId, OrganizationId, UserId};
use jiff::Timestamp;

use crate::id_list::id_lists;
use crate::{Row, StoreError, Tx, params};

/// A grant as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRow {
    /// Who holds which role on what.
    pub grant: Grant,
    /// When it was given.
    pub created: Timestamp,
    /// By whom, as the audit trail names them.
    pub granted_by: String,
}

const SELECT: &str = "SELECT id, user_id, organization_id, role, kind, created, granted_by FROM grants";

pub(crate) fn read(row: &Row<'_>) -> Result<GrantRow, StoreError> {
    Ok(GrantRow {
        grant: Grant {
            id: row.id(0)?,
            user: row.id(1)?,
            organization: row.id(2)?,
            role: row.id(3)?,
            kind: row.id(4)?,
        },
        created: row.timestamp(5)?,
        granted_by: row.text(6)?.to_owned(),
    })
}

/// Gives a grant. A user has one of each kind on an organization: to change a role, remove the grant and give another.
///
/// # Errors
/// [`StoreError::Unique`] when the user has one of that kind; [`StoreError::ForeignKey`] when user or organization are not there.
pub fn insert(tx: &Tx<'_>, row: &GrantRow) -> Result<(), StoreError> {
    let grant = &row.grant;
    tx.execute(
        "INSERT INTO grants (id, user_id, organization_id, role, kind, created, granted_by) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        &params![
            grant.id,
            grant.user,
            grant.organization,
            grant.role.as_str(),
            grant.kind.as_str(),
            row.created,
            &row.granted_by,
        ],
    )
    .map(drop)
}

/// A grant by id.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, id: GrantId) -> Result<Option<GrantRow>, StoreError> {
    tx.first(&format!("{SELECT} WHERE id = ?1"), &params![id], read)
}

/// A user's grant of one kind on one organization.
///
/// # Errors
/// The store fails.
pub fn find_of_user(
    tx: &Tx<'_>,
    user: UserId,
    organization: OrganizationId,
    kind: GrantKind,
) -> Result<Option<GrantRow>, StoreError> {
    tx.first(
        &format!("{SELECT} WHERE user_id = ?1 AND organization_id = ?2 AND kind = ?3"),
        &params![user, organization, kind.as_str()],
        read,
    )
}

/// The grants of users, oldest first.
///
/// # Errors
/// The store fails.
pub fn list_of_users(
    tx: &Tx<'_>,
    users: impl IntoIterator<Item = UserId>,
) -> Result<Vec<GrantRow>, StoreError> {
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

/// The grants on an organization, oldest first.
///
/// # Errors
/// The store fails.
pub fn list_of_organization(tx: &Tx<'_>, organization: OrganizationId) -> Result<Vec<GrantRow>, StoreError> {
    tx.query(&format!("{SELECT} WHERE organization_id = ?1 ORDER BY id"), &params![organization], read)
}

/// A page of the grants on an organization, oldest first, from behind `after`.
///
/// # Errors
/// The store fails.
pub fn page(
    tx: &Tx<'_>,
    organization: OrganizationId,
    after: Option<GrantId>,
    limit: u32,
) -> Result<Vec<GrantRow>, StoreError> {
    let after = after.map_or_else(String::new, |after| after.to_string());
    tx.query(
        &format!("{SELECT} WHERE organization_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3"),
        &params![organization, after, limit],
        read,
    )
}

/// All grants, oldest first.
///
/// # Errors
/// The store fails.
pub fn list(tx: &Tx<'_>) -> Result<Vec<GrantRow>, StoreError> {
    tx.query(&format!("{SELECT} ORDER BY id"), &[], read)
}

/// Takes a grant away; answers whether there was one.
///
/// # Errors
/// The store fails.
pub fn delete(tx: &Tx<'_>, id: GrantId) -> Result<bool, StoreError> {
    Ok(tx.execute("DELETE FROM grants WHERE id = ?1", &params![id])? > 0)
}
