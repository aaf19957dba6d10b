//! How mappings follow the groups of their directory.

use enroll_domain::enrollment::Mapping;
use enroll_domain::{DirectoryId, GroupId, GroupName, MappingId, RebindPolicy};

use super::table::{Table, word};
use super::{MappingRow, all};
use crate::{StoreError, Tx, params};

/// What a group's name did to one mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// The mapping found its group.
    Bound(Mapping),
    /// The mapping holds the group and took its new name.
    Renamed(Mapping),
    /// The mapping would have found its group, but another one maps that group to the same target already. It stays as it is.
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
    let sql = |table: &Table| format!("{} AND (group_id = ?2 OR group_name_key = ?3)", table.of_directory);
    let rows = all(tx, sql, &params![directory, group, name.key().as_str()])?;
    // One group is mapped to one target once; the second would be refused by an index.
    let mut targets: Vec<_> =
        rows.iter().filter(|row| holds(row, group)).map(|row| row.mapping.gives.target()).collect();
    let mut changes = Vec::new();
    for MappingRow { mapping: before, .. } in rows {
        let mut mapping = before.clone();
        let found = mapping.group.group_named(group, name, policy);
        if found && targets.contains(&mapping.gives.target()) {
            changes.push(Named::Redundant(before));
            continue;
        }
        if found {
            targets.push(mapping.gives.target());
        }
        // Two names that compare equal may look different.
        if found || mapping.group.name().as_str() != before.group.name().as_str() {
            store(tx, &mapping)?;
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
    let sql = |table: &Table| format!("{} AND group_id = ?2", table.of_directory);
    let rows = all(tx, sql, &params![directory, group])?;
    let mut lost = Vec::new();
    for MappingRow { mut mapping, .. } in rows {
        if mapping.group.group_deleted(group) {
            store(tx, &mapping)?;
            lost.push(mapping);
        }
    }
    Ok(lost)
}

/// An admin points a mapping at a group; answers whether there is such a mapping.
///
/// # Errors
/// [`StoreError::Unique`] when another mapping maps that group to the same target already.
pub fn rebind(
    tx: &Tx<'_>,
    directory: DirectoryId,
    id: MappingId,
    group: GroupId,
    name: GroupName,
) -> Result<bool, StoreError> {
    let Some(MappingRow { mut mapping, .. }) = super::find(tx, directory, id)? else { return Ok(false) };
    mapping.group.rebind(group, name);
    store(tx, &mapping)?;
    Ok(true)
}

fn holds(row: &MappingRow, group: GroupId) -> bool {
    row.mapping.group.binding().group() == Some(group)
}

fn store(tx: &Tx<'_>, mapping: &Mapping) -> Result<(), StoreError> {
    let group = &mapping.group;
    tx.execute(
        Table::of(mapping.gives.target()).set_group,
        &params![
            mapping.directory,
            mapping.id,
            group.name().as_str(),
            group.key().as_str(),
            word(group.binding()),
            group.binding().group(),
        ],
    )
    .map(drop)
}
