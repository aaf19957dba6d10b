//! Resources of organizations (enrollment.md 1.6).

use enroll_domain::enrollment::ResourceFacts;
use enroll_domain::{KindName, OrganizationId, ResourceId, ResourceName, ResourceRole, Visibility};
use jiff::Timestamp;

use crate::id_list::id_lists;
use crate::{Row, StoreError, Tx, params};

/// A resource of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceRow {
    /// Its id.
    pub id: ResourceId,
    /// The organization that owns it.
    pub organization: OrganizationId,
    /// Its name; names of one kind differ within the organization.
    pub name: ResourceName,
    /// What it is to the application.
    pub kind: KindName,
    /// Who may read it without any grant.
    pub visibility: Visibility,
    /// When it was made.
    pub created: Timestamp,
    /// Grows by one with each change.
    pub version: i64,
}

impl ResourceRow {
    /// What the enrollment function looks at; `base` is the base resource role of the organization.
    pub const fn facts(&self, base: ResourceRole) -> ResourceFacts {
        ResourceFacts { organization: self.organization, base, visibility: self.visibility }
    }
}

const SELECT: &str =
    "SELECT id, organization_id, name, kind, visibility, created, version FROM organization_resources";

fn read(row: &Row<'_>) -> Result<ResourceRow, StoreError> {
    Ok(ResourceRow {
        id: row.id(0)?,
        organization: row.id(1)?,
        name: row.id(2)?,
        kind: row.id(3)?,
        visibility: row.id(4)?,
        created: row.timestamp(5)?,
        version: row.integer(6)?,
    })
}

/// Adds a resource.
///
/// # Errors
/// [`StoreError::Unique`] when the organization has one of that name and kind.
pub fn insert(tx: &Tx<'_>, resource: &ResourceRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO organization_resources (id, organization_id, name, name_key, kind, kind_key, visibility, created, \
         version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        &params![
            resource.id,
            resource.organization,
            resource.name.as_str(),
            resource.name.key(),
            resource.kind.as_str(),
            resource.kind.key(),
            resource.visibility.as_str(),
            resource.created,
            resource.version,
        ],
    )
    .map(drop)
}

/// A resource by id, whatever its organization.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, id: ResourceId) -> Result<Option<ResourceRow>, StoreError> {
    tx.first(&format!("{SELECT} WHERE id = ?1"), &params![id], read)
}

/// The resources of an organization that have a name: of one kind, one at most.
///
/// # Errors
/// The store fails.
pub fn named(
    tx: &Tx<'_>,
    organization: OrganizationId,
    name: &ResourceName,
) -> Result<Vec<ResourceRow>, StoreError> {
    let sql = format!("{SELECT} WHERE organization_id = ?1 AND name_key = ?2 ORDER BY kind_key");
    tx.query(&sql, &params![organization, name.key()], read)
}

/// Resources of an organization, oldest first, from behind `after`.
///
/// # Errors
/// The store fails.
pub fn list(
    tx: &Tx<'_>,
    organization: OrganizationId,
    after: Option<ResourceId>,
    limit: u32,
) -> Result<Vec<ResourceRow>, StoreError> {
    let after = after.map_or_else(String::new, |after| after.to_string());
    let sql = format!("{SELECT} WHERE organization_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3");
    tx.query(&sql, &params![organization, after, limit], read)
}

/// Public resources of any organization, oldest first, from behind `after`.
///
/// # Errors
/// The store fails.
pub fn list_public(
    tx: &Tx<'_>,
    after: Option<ResourceId>,
    limit: u32,
) -> Result<Vec<ResourceRow>, StoreError> {
    let after = after.map_or_else(String::new, |after| after.to_string());
    let sql = format!("{SELECT} WHERE visibility = 'public' AND id > ?1 ORDER BY id LIMIT ?2");
    tx.query(&sql, &params![after, limit], read)
}

/// Those of the resources that are there, in no order.
///
/// # Errors
/// The store fails.
pub fn list_of_ids(
    tx: &Tx<'_>,
    ids: impl IntoIterator<Item = ResourceId>,
) -> Result<Vec<ResourceRow>, StoreError> {
    let mut found = Vec::new();
    for list in id_lists(1, ids.into_iter().map(|id| *id.as_uuid())) {
        found.extend(tx.query(
            &format!("{SELECT} WHERE id IN ({})", list.placeholders),
            &list.after([]),
            read,
        )?);
    }
    Ok(found)
}

/// All resources as the enrollment function looks at them.
pub(crate) fn all_facts(tx: &Tx<'_>) -> Result<Vec<(ResourceId, ResourceFacts)>, StoreError> {
    tx.query(
        "SELECT organization_resources.id, organization_resources.organization_id, organizations.base_resource_role, \
         organization_resources.visibility FROM organization_resources \
         JOIN organizations ON organizations.id = organization_resources.organization_id",
        &[],
        |row| {
            let facts =
                ResourceFacts { organization: row.id(1)?, base: row.id(2)?, visibility: row.id(3)? };
            Ok((row.id(0)?, facts))
        },
    )
}

/// Whether an organization has a resource.
///
/// # Errors
/// The store fails.
pub fn any(tx: &Tx<'_>, organization: OrganizationId) -> Result<bool, StoreError> {
    Ok(!list(tx, organization, None, 1)?.is_empty())
}

/// Stores kind and visibility of `resource`, and adds one to its version; answers whether there is one of that id and version.
///
/// # Errors
/// [`StoreError::Unique`] when the organization has another of that name and kind.
pub fn update(tx: &Tx<'_>, resource: &ResourceRow) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE organization_resources SET kind = ?2, kind_key = ?3, visibility = ?4, version = version + 1 \
         WHERE id = ?1 AND version = ?5",
        &params![
            resource.id,
            resource.kind.as_str(),
            resource.kind.key(),
            resource.visibility.as_str(),
            resource.version,
        ],
    )?;
    Ok(changed > 0)
}

/// Deletes a resource; answers whether there was one. What it was is kept for its history.
///
/// # Errors
/// [`StoreError::ForeignKey`] while it has mappings or grants.
pub fn delete(tx: &Tx<'_>, id: ResourceId) -> Result<bool, StoreError> {
    tx.execute(
        "INSERT INTO deleted_resources (id, organization_id, name, name_key, kind, kind_key, visibility, created, version) \
         SELECT id, organization_id, name, name_key, kind, kind_key, visibility, created, version \
         FROM organization_resources WHERE id = ?1",
        &params![id],
    )?;
    Ok(tx.execute("DELETE FROM organization_resources WHERE id = ?1", &params![id])? > 0)
}

const DELETED: &str =
    "SELECT id, organization_id, name, kind, visibility, created, version FROM deleted_resources";

/// A deleted resource by id, whatever its organization.
///
/// # Errors
/// The store fails.
pub fn find_deleted(tx: &Tx<'_>, id: ResourceId) -> Result<Option<ResourceRow>, StoreError> {
    tx.first(&format!("{DELETED} WHERE id = ?1"), &params![id], read)
}

/// The deleted resources of an organization that had a name, oldest first.
///
/// # Errors
/// The store fails.
pub fn deleted_named(
    tx: &Tx<'_>,
    organization: OrganizationId,
    name: &ResourceName,
) -> Result<Vec<ResourceRow>, StoreError> {
    let sql = format!("{DELETED} WHERE organization_id = ?1 AND name_key = ?2 ORDER BY id");
    tx.query(&sql, &params![organization, name.key()], read)
}

#[cfg(test)]
mod tests {
    use super::SELECT;
    use crate::plan_tests::assert_index;

    #[test]
    fn resources_are_looked_up_and_paged_by_an_index_without_sorting() {
        for (condition, index, parameters) in [
            ("organization_id = ?1 AND name_key = ?2 ORDER BY kind_key", "organization_resources_name", 2),
            ("organization_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3", "organization_resources_page", 3),
            ("visibility = 'public' AND id > ?1 ORDER BY id LIMIT ?2", "organization_resources_public", 2),
        ] {
            let plan = assert_index(&format!("{SELECT} WHERE {condition}"), parameters);
            assert!(matches!(plan.as_slice(), [only] if only.contains(index)), "{plan:#?}");
        }
    }
}
