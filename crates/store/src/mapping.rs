//! Mappings of groups to organizations (enrollment.md 1.7, 3.7).
//!
//! What a group's name does to a mapping is decided by [`enroll_domain::MappedGroup`]; this module loads and stores.

mod binding;

use enroll_domain::enrollment::Mapping;
use enroll_domain::{
    DirectoryId, GroupId, GroupName, MappedGroup, MappingBinding, MappingId, OrganizationId, Role,
};
use jiff::Timestamp;

use crate::{Param, Row, StoreError, Tx, params};

pub use binding::{Named, group_deleted, group_named, rebind};

/// A mapping as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingRow {
    /// What it maps to what.
    pub mapping: Mapping,
    /// When it was made.
    pub created: Timestamp,
}

/// The columns that [`read`] reads.
macro_rules! columns {
    () => {
        "mappings.id, mappings.directory_id, mappings.group_name, mappings.binding, mappings.group_id, \
         mappings.organization_id, mappings.role, mappings.paused, mappings.created"
    };
}

const SELECT: &str = concat!("SELECT ", columns!(), " FROM mappings WHERE mappings.directory_id = ?1");
/// An organization has mappings of any directory.
const OF_ORGANIZATION: &str =
    concat!("SELECT ", columns!(), " FROM mappings WHERE mappings.organization_id = ?1");

pub(crate) fn read(row: &Row<'_>) -> Result<MappingRow, StoreError> {
    let name = GroupName::new(row.text(2)?)
        .map_err(|_| StoreError::Corrupt("a mapping of a group without a name".to_owned()))?;
    let binding = match (row.text(3)?, row.optional_id::<GroupId>(4)?) {
        ("waiting", _) => MappingBinding::Waiting,
        ("lost", _) => MappingBinding::Lost,
        ("bound", Some(group)) => MappingBinding::Bound(group),
        _ => return Err(StoreError::Corrupt("a mapping with an unknown binding".to_owned())),
    };
    Ok(MappingRow {
        mapping: Mapping {
            id: row.id(0)?,
            directory: row.id(1)?,
            group: MappedGroup::from_stored(name, binding),
            organization: row.id(5)?,
            role: row.id(6)?,
            paused: row.boolean(7)?,
        },
        created: row.timestamp(8)?,
    })
}

/// The word in the database.
const fn word(binding: MappingBinding) -> &'static str {
    match binding {
        MappingBinding::Waiting => "waiting",
        MappingBinding::Bound(_) => "bound",
        MappingBinding::Lost => "lost",
    }
}

/// Adds a mapping.
///
/// # Errors
/// [`StoreError::Unique`] when the same group, or the same name that waits for its group, is mapped to the organization already.
pub fn insert(tx: &Tx<'_>, row: &MappingRow) -> Result<(), StoreError> {
    let mapping = &row.mapping;
    let group = &mapping.group;
    tx.execute(
        "INSERT INTO mappings (directory_id, id, group_name, group_name_key, binding, group_id, organization_id, role, \
         paused, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        &params![
            mapping.directory,
            mapping.id,
            group.name().as_str(),
            group.key().as_str(),
            word(group.binding()),
            group.binding().group(),
            mapping.organization,
            mapping.role.as_str(),
            mapping.paused,
            row.created,
        ],
    )
    .map(drop)
}

/// A mapping by id.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, directory: DirectoryId, id: MappingId) -> Result<Option<MappingRow>, StoreError> {
    tx.first(&format!("{SELECT} AND mappings.id = ?2"), &params![directory, id], read)
}

/// A mapping by id, whatever its directory: for an admin, who names a mapping by its id alone.
///
/// # Errors
/// The store fails.
pub fn find_anywhere(tx: &Tx<'_>, id: MappingId) -> Result<Option<MappingRow>, StoreError> {
    const BY_ID: &str = concat!("SELECT ", columns!(), " FROM mappings WHERE mappings.id = ?1");
    tx.first(BY_ID, &params![id], read)
}

/// The mappings of a directory, oldest first. A bound mapping has its group's present name.
///
/// # Errors
/// The store fails.
pub fn list(tx: &Tx<'_>, directory: DirectoryId) -> Result<Vec<MappingRow>, StoreError> {
    tx.query(&format!("{SELECT} ORDER BY mappings.id"), &params![directory], read)
}

/// Which mappings to list; those that meet both.
#[derive(Debug, Clone, Copy, Default)]
pub struct Selection {
    /// Of one directory; `None` for all.
    pub directory: Option<DirectoryId>,
    /// To one organization; `None` for all.
    pub organization: Option<OrganizationId>,
}

/// A page of mappings for an admin, oldest first, from behind `after`.
///
/// # Errors
/// The store fails.
pub fn page(
    tx: &Tx<'_>,
    selection: Selection,
    after: Option<MappingId>,
    limit: u32,
) -> Result<Vec<MappingRow>, StoreError> {
    const PAGE: &str = concat!("SELECT ", columns!(), " FROM mappings WHERE mappings.id > ?1");
    let after = after.map_or_else(String::new, |after| after.to_string());
    let (mut sql, mut params) = (PAGE.to_owned(), params![after, limit].to_vec());
    let conditions = [
        ("mappings.directory_id", selection.directory.map(Param::from)),
        ("mappings.organization_id", selection.organization.map(Param::from)),
    ];
    for (column, value) in conditions {
        if let Some(value) = value {
            params.push(value);
            sql = format!("{sql} AND {column} = ?{}", params.len());
        }
    }
    tx.query(&format!("{sql} ORDER BY mappings.id LIMIT ?2"), &params, read)
}

/// The mappings to an organization, of all directories, oldest first.
///
/// # Errors
/// The store fails.
pub fn list_of_organization(
    tx: &Tx<'_>,
    organization: OrganizationId,
) -> Result<Vec<MappingRow>, StoreError> {
    tx.query(&format!("{OF_ORGANIZATION} ORDER BY mappings.id"), &params![organization], read)
}

/// The mappings that hold any of the groups.
///
/// # Errors
/// The store fails.
pub fn list_of_groups(
    tx: &Tx<'_>,
    directory: DirectoryId,
    groups: impl IntoIterator<Item = GroupId>,
) -> Result<Vec<MappingRow>, StoreError> {
    let mut found = Vec::new();
    let groups = groups.into_iter().map(|group| *group.as_uuid());
    for list in crate::id_list::id_lists(2, groups) {
        let sql = format!(
            "{SELECT} AND mappings.binding = 'bound' AND mappings.group_id IN ({})",
            list.placeholders
        );
        found.extend(tx.query(&sql, &list.after(params![directory]), read)?);
    }
    Ok(found)
}

/// Changes the role; answers whether there is such a mapping.
///
/// # Errors
/// The store fails.
pub fn set_role(tx: &Tx<'_>, directory: DirectoryId, id: MappingId, role: Role) -> Result<bool, StoreError> {
    let sql = "UPDATE mappings SET role = ?3 WHERE directory_id = ?1 AND id = ?2";
    Ok(tx.execute(sql, &params![directory, id, role.as_str()])? > 0)
}

/// Pauses a mapping, or puts it in force again; answers whether there is such a mapping.
///
/// # Errors
/// The store fails.
pub fn set_paused(
    tx: &Tx<'_>,
    directory: DirectoryId,
    id: MappingId,
    paused: bool,
) -> Result<bool, StoreError> {
    let sql = "UPDATE mappings SET paused = ?3 WHERE directory_id = ?1 AND id = ?2";
    Ok(tx.execute(sql, &params![directory, id, paused])? > 0)
}

/// Deletes a mapping; answers whether there was one.
///
/// # Errors
/// The store fails.
pub fn delete(tx: &Tx<'_>, directory: DirectoryId, id: MappingId) -> Result<bool, StoreError> {
    let sql = "DELETE FROM mappings WHERE directory_id = ?1 AND id = ?2";
    Ok(tx.execute(sql, &params![directory, id])? > 0)
}

pub(crate) fn delete_of_organization(tx: &Tx<'_>, organization: OrganizationId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM mappings WHERE organization_id = ?1", &params![organization]).map(drop)
}
