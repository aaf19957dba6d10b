//! Mappings of groups to organizations and resources (enrollment.md 1.7, 3.7).
//!
//! What a group's name does to a mapping is decided by [`enroll_domain::MappedGroup`]; this module loads and stores.

mod binding;
mod table;

use enroll_domain::enrollment::Mapping;
use enroll_domain::{DirectoryId, GroupId, GroupNameKey, MappingId, OrganizationId, RoleOn, Target};
use jiff::Timestamp;

use crate::{Param, StoreError, Tx, params};
use table::Table;

pub use binding::{Named, group_deleted, group_named, rebind};

/// A mapping as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingRow {
    /// What it maps to what.
    pub mapping: Mapping,
    /// When it was made.
    pub created: Timestamp,
}

/// Adds a mapping.
///
/// # Errors
/// [`StoreError::Unique`] when the same group, or the same name that waits for its group, is mapped to the target already.
pub fn insert(tx: &Tx<'_>, row: &MappingRow) -> Result<(), StoreError> {
    let mapping = &row.mapping;
    let group = &mapping.group;
    let target = mapping.gives.target();
    tx.execute(
        Table::of(target).insert,
        &params![
            mapping.directory,
            mapping.id,
            group.name().as_str(),
            group.key().as_str(),
            table::word(group.binding()),
            group.binding().group(),
            target,
            mapping.gives.role().as_str(),
            mapping.paused,
            row.created,
        ],
    )
    .map(drop)
}

/// The first row that one of the tables has.
fn first(
    tx: &Tx<'_>,
    sql: impl Fn(&Table) -> String,
    params: &[Param<'_>],
) -> Result<Option<MappingRow>, StoreError> {
    for table in table::ALL {
        if let Some(row) = tx.first(&sql(table), params, |row| table.read(row))? {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// The rows of both tables, oldest first.
fn all(
    tx: &Tx<'_>,
    sql: impl Fn(&Table) -> String,
    params: &[Param<'_>],
) -> Result<Vec<MappingRow>, StoreError> {
    let statements = table::ALL.map(sql);
    let mut rows = Vec::new();
    tx.each_of(&statements.each_ref().map(|sql| (sql.as_str(), params)), |table, row| {
        if let Some(table) = table::ALL.get(table) {
            rows.push(table.read(row)?);
        }
        Ok(())
    })?;
    rows.sort_by_key(|row| row.mapping.id);
    Ok(rows)
}

/// A mapping by id.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, directory: DirectoryId, id: MappingId) -> Result<Option<MappingRow>, StoreError> {
    first(tx, |table| format!("{} AND {} = ?2", table.of_directory, table.id), &params![directory, id])
}

/// A mapping by id, whatever its directory: for an admin, who names a mapping by its id alone.
///
/// # Errors
/// The store fails.
pub fn find_anywhere(tx: &Tx<'_>, id: MappingId) -> Result<Option<MappingRow>, StoreError> {
    first(tx, |table| table.by_id.to_owned(), &params![id])
}

/// The mappings of a directory, oldest first. A bound mapping has its group's present name.
///
/// # Errors
/// The store fails.
pub fn list(tx: &Tx<'_>, directory: DirectoryId) -> Result<Vec<MappingRow>, StoreError> {
    all(tx, |table| table.of_directory.to_owned(), &params![directory])
}

/// Which mappings to list; those that meet both.
#[derive(Debug, Clone, Copy, Default)]
pub struct Selection {
    /// Of one directory; `None` for all.
    pub directory: Option<DirectoryId>,
    /// To one organization or one resource; `None` for all.
    pub target: Option<Target>,
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
    let after = after.map_or_else(String::new, |after| after.to_string());
    let only = selection.target.map(Table::of);
    let mut rows = Vec::new();
    for table in table::ALL {
        if only.is_some_and(|only| !std::ptr::eq(only, table)) {
            continue;
        }
        let (mut sql, mut params) = (table.page.to_owned(), params![&after, limit].to_vec());
        let conditions = [
            (table.directory, selection.directory.map(Param::from)),
            (table.target, selection.target.map(Param::from)),
        ];
        for (column, value) in conditions {
            if let Some(value) = value {
                params.push(value);
                sql = format!("{sql} AND {column} = ?{}", params.len());
            }
        }
        sql = format!("{sql} ORDER BY {} LIMIT ?2", table.id);
        rows.extend(tx.query(&sql, &params, |row| table.read(row))?);
    }
    rows.sort_by_key(|row| row.mapping.id);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(rows)
}

/// The mappings to an organization or a resource, of all directories, oldest first.
///
/// # Errors
/// The store fails.
pub fn list_of(tx: &Tx<'_>, target: Target) -> Result<Vec<MappingRow>, StoreError> {
    let table = Table::of(target);
    let sql = format!("{} ORDER BY {}", table.of_target, table.id);
    tx.query(&sql, &[target.into()], |row| table.read(row))
}

/// The mappings of a group of that name to an organization or a resource, oldest first: one, and those whose group was deleted.
///
/// # Errors
/// The store fails.
pub fn named_to(
    tx: &Tx<'_>,
    directory: DirectoryId,
    group: &GroupNameKey,
    target: Target,
) -> Result<Vec<MappingRow>, StoreError> {
    let table = Table::of(target);
    let sql = format!("{} ORDER BY {}", table.named_to(), table.id);
    tx.query(&sql, &params![directory, group.as_str(), target], |row| table.read(row))
}

/// The directories with mappings to an organization or one of its resources, in no order.
///
/// # Errors
/// The store fails.
pub fn directories_of(tx: &Tx<'_>, organization: OrganizationId) -> Result<Vec<DirectoryId>, StoreError> {
    let mut found: Vec<DirectoryId> = Vec::new();
    for sql in [
        "SELECT DISTINCT mappings.directory_id FROM mappings WHERE mappings.organization_id = ?1",
        "SELECT DISTINCT resource_mappings.directory_id FROM organization_resources \
         JOIN resource_mappings ON resource_mappings.resource_id = organization_resources.id \
         WHERE organization_resources.organization_id = ?1",
    ] {
        found.extend(tx.query(sql, &params![organization], |row| row.id::<DirectoryId>(0))?);
    }
    Ok(found)
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
        found.extend(all(
            tx,
            |table| {
                format!(
                    "{} AND binding = 'bound' AND {} IN ({})",
                    table.of_directory, table.group, list.placeholders
                )
            },
            &list.after(params![directory]),
        )?);
    }
    Ok(found)
}

/// Changes the role to that of `gives`; answers whether there is such a mapping to its target.
///
/// # Errors
/// The store fails.
pub fn set_role(
    tx: &Tx<'_>,
    directory: DirectoryId,
    id: MappingId,
    gives: RoleOn,
) -> Result<bool, StoreError> {
    let sql = Table::of(gives.target()).set_role;
    Ok(tx.execute(sql, &params![directory, id, gives.role().as_str()])? > 0)
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
    changed(tx, |table| table.set_paused, &params![directory, id, paused])
}

/// Deletes a mapping; answers whether there was one.
///
/// # Errors
/// The store fails.
pub fn delete(tx: &Tx<'_>, directory: DirectoryId, id: MappingId) -> Result<bool, StoreError> {
    changed(tx, |table| table.delete, &params![directory, id])
}

/// Runs a change of one mapping on the table that has it.
fn changed(
    tx: &Tx<'_>,
    sql: impl Fn(&Table) -> &'static str,
    params: &[Param<'_>],
) -> Result<bool, StoreError> {
    for table in table::ALL {
        if tx.execute(sql(table), params)? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(crate) fn delete_of_organization(tx: &Tx<'_>, organization: OrganizationId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM mappings WHERE organization_id = ?1", &params![organization]).map(drop)
}
