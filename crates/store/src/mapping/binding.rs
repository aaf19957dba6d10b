//! How mappings follow the groups of their directory.

use enroll_domain::enrollment::Mapping;
use enroll_domain::{DirectoryId, GroupId, GroupName, MappedGroup, MappingId, RebindPolicy};

use super::{MappingRow, SELECT, read, word};
use crate::{StoreError, Tx, params};

/// What a group's name did to one mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// The mapping found its group.
    Bound(Mapping),
    /// The mapping holds the group and took its new name.
    Renamed(Mapping),
    /// The mapping would have found its group, but another one maps that group to the organization already. It stays as it is.
    Redundant(Mapping),
}

/// A group was created with a name, or was renamed to it: mappings that wait for the name take the group, and those that hold the
/// group take the name. Call it after the group is stored; it gives what changed.
///
/// # Errors
/// The store fails.
pub fn group_named(
    tx: &Tx<'_>,
    directory: DirectoryId,
    group: GroupId,
    name: &GroupName,
    policy: RebindPolicy,
) -> Result<Vec<Named>, StoreError> {
    let sql =
        format!("{SELECT} AND (mappings.group_id = ?2 OR mappings.group_name_key = ?3) ORDER BY mappings.id");
    let rows = tx.query(&sql, &params![directory, group, name.key().as_str()], read)?;
    // One group is mapped to an organization once; the second would be refused by an index.
    let mut organizations: Vec<_> =
        rows.iter().filter(|row| holds(row, group)).map(|row| row.mapping.organization).collect();
    let mut changes = Vec::new();
    for MappingRow { mapping: before, .. } in rows {
        let mut mapping = before.clone();
        let found = mapping.group.group_named(group, name, policy);
        if found && organizations.contains(&mapping.organization) {
            changes.push(Named::Redundant(before));
            continue;
        }
        if found {
            organizations.push(mapping.organization);
        }
        // Two names that compare equal may look different.
        if found || mapping.group.name().as_str() != before.group.name().as_str() {
            store(tx, directory, mapping.id, &mapping.group)?;
            changes.push(if found { Named::Bound(mapping) } else { Named::Renamed(mapping) });
        }
    }
    Ok(changes)
}

/// A group was deleted: the mappings that hold it are lost. Gives them as they are now.
///
/// # Errors
/// The store fails.
pub fn group_deleted(
    tx: &Tx<'_>,
    directory: DirectoryId,
    group: GroupId,
) -> Result<Vec<Mapping>, StoreError> {
    let sql = format!("{SELECT} AND mappings.group_id = ?2 ORDER BY mappings.id");
    let rows = tx.query(&sql, &params![directory, group], read)?;
    let mut lost = Vec::new();
    for MappingRow { mut mapping, .. } in rows {
        if mapping.group.group_deleted(group) {
            store(tx, directory, mapping.id, &mapping.group)?;
            lost.push(mapping);
        }
    }
    Ok(lost)
}

/// An admin points a mapping at a group; answers whether there is such a mapping.
///
/// # Errors
/// [`StoreError::Unique`] when another mapping maps that group to the organization already.
pub fn rebind(
    tx: &Tx<'_>,
    directory: DirectoryId,
    id: MappingId,
    group: GroupId,
    name: GroupName,
) -> Result<bool, StoreError> {
    let Some(MappingRow { mut mapping, .. }) = super::find(tx, directory, id)? else { return Ok(false) };
    mapping.group.rebind(group, name);
    store(tx, directory, id, &mapping.group)?;
    Ok(true)
}

fn holds(row: &MappingRow, group: GroupId) -> bool {
    row.mapping.group.binding().group() == Some(group)
}

fn store(tx: &Tx<'_>, directory: DirectoryId, id: MappingId, group: &MappedGroup) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE mappings SET group_name = ?3, group_name_key = ?4, binding = ?5, group_id = ?6 \
         WHERE directory_id = ?1 AND id = ?2",
        &params![
            directory,
            id,
            group.name().as_str(),
            group.key().as_str(),
            word(group.binding()),
            group.binding().group(),
        ],
    )
    .map(drop)
}
