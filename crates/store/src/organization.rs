//! Organizations (enrollment.md 1.5).

use enroll_domain::{DirectoryId, OrganizationId, OrganizationName, ResourceRole};
use jiff::Timestamp;

use crate::{Row, StoreError, Tx, handle, params};

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationRow {
    /// Its id.
    pub id: OrganizationId,
    /// Its name, unique in the instance and never used again.
    pub name: OrganizationName,
    /// The name for people.
    pub display_name: String,
    /// What it is for.
    pub description: String,
    /// What a member may do on each of its resources.
    pub base_resource_role: ResourceRole,
    /// When it was made.
    pub created: Timestamp,
    /// Grows by one with each change.
    pub version: i64,
}

const SELECT: &str =
    "SELECT id, name, display_name, description, base_resource_role, created, version FROM organizations";

fn read(row: &Row<'_>) -> Result<OrganizationRow, StoreError> {
    Ok(OrganizationRow {
        id: row.id(0)?,
        name: row.id(1)?,
        display_name: row.text(2)?.to_owned(),
        description: row.text(3)?.to_owned(),
        base_resource_role: row.id(4)?,
        created: row.timestamp(5)?,
        version: row.integer(6)?,
    })
}

/// Adds an organization and claims its name; `false`, and nothing is stored, if the name is taken or was once, by an
/// organization or as a user's handle.
///
/// # Errors
/// The store fails.
pub fn insert(tx: &Tx<'_>, organization: &OrganizationRow) -> Result<bool, StoreError> {
    if !handle::claim_organization(tx, &organization.name, organization.id)? {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO organizations (id, name, display_name, description, base_resource_role, created, version) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        &params![
            organization.id,
            organization.name.as_str(),
            &organization.display_name,
            &organization.description,
            organization.base_resource_role.as_str(),
            organization.created,
            organization.version,
        ],
    )?;
    Ok(true)
}

/// An organization by id.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, id: OrganizationId) -> Result<Option<OrganizationRow>, StoreError> {
    tx.first(&format!("{SELECT} WHERE id = ?1"), &params![id], read)
}

/// An organization by name.
///
/// # Errors
/// The store fails.
pub fn find_by_name(tx: &Tx<'_>, name: &OrganizationName) -> Result<Option<OrganizationRow>, StoreError> {
    tx.first(&format!("{SELECT} WHERE name = ?1"), &params![name.as_str()], read)
}

/// The organization that an admin means by an id or a name (design.md §8). An id wins; a name is never taken for one.
///
/// # Errors
/// The store fails.
pub fn resolve(tx: &Tx<'_>, text: &str) -> Result<Option<OrganizationRow>, StoreError> {
    if let Ok(id) = text.parse()
        && let Some(organization) = find(tx, id)?
    {
        return Ok(Some(organization));
    }
    text.parse().map_or(Ok(None), |name| find_by_name(tx, &name))
}

/// Organizations in the order of their names, from behind `after`.
///
/// # Errors
/// The store fails.
pub fn list(
    tx: &Tx<'_>,
    after: Option<&OrganizationName>,
    limit: u32,
) -> Result<Vec<OrganizationRow>, StoreError> {
    let after = after.map(OrganizationName::as_str).unwrap_or_default();
    tx.query(&format!("{SELECT} WHERE name > ?1 ORDER BY name LIMIT ?2"), &params![after, limit], read)
}

/// Stores the display name, the description and the base resource role of `organization`, and adds one to its version; answers
/// whether there is one of that id and version. Nothing else of it changes.
///
/// # Errors
/// The store fails.
pub fn update(tx: &Tx<'_>, organization: &OrganizationRow) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE organizations SET display_name = ?2, description = ?3, base_resource_role = ?4, version = version + 1 \
         WHERE id = ?1 AND version = ?5",
        &params![
            organization.id,
            &organization.display_name,
            &organization.description,
            organization.base_resource_role.as_str(),
            organization.version,
        ],
    )?;
    Ok(changed > 0)
}

/// The directories that may be mapped to an organization, in the order of their ids; none where all may (enrollment.md 1.5).
///
/// # Errors
/// The store fails.
pub fn directories(tx: &Tx<'_>, id: OrganizationId) -> Result<Vec<DirectoryId>, StoreError> {
    let sql =
        "SELECT directory_id FROM organization_directories WHERE organization_id = ?1 ORDER BY directory_id";
    tx.query(sql, &params![id], |row| row.id(0))
}

/// Reserves an organization to directories, or opens it to all with an empty list.
///
/// # Errors
/// [`StoreError::ForeignKey`] when one of them is not there.
pub fn set_directories(
    tx: &Tx<'_>,
    id: OrganizationId,
    directories: &[DirectoryId],
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM organization_directories WHERE organization_id = ?1", &params![id])?;
    for directory in directories {
        tx.execute(
            "INSERT INTO organization_directories (organization_id, directory_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            &params![id, directory],
        )?;
    }
    Ok(())
}

/// Deletes an organization with its mappings and grants; answers whether there was one. Its name stays taken.
///
/// # Errors
/// [`StoreError::ForeignKey`] while it has resources, or a directory enrolls people into it.
pub fn delete(tx: &Tx<'_>, id: OrganizationId) -> Result<bool, StoreError> {
    let Some(organization) = find(tx, id)? else { return Ok(false) };
    crate::mapping::delete_of_organization(tx, id)?;
    for sql in [
        "DELETE FROM grants WHERE organization_id = ?1",
        "DELETE FROM first_enrollments WHERE organization_id = ?1",
        "DELETE FROM organization_directories WHERE organization_id = ?1",
    ] {
        tx.execute(sql, &params![id])?;
    }
    tx.execute("DELETE FROM organizations WHERE id = ?1", &params![id])?;
    handle::bury(tx, organization.name.as_str())?;
    Ok(true)
}
