//! The two tables of mappings: to organizations and to resources. They differ in what a row gives, and in nothing else.
//!
//! Each statement stands here twice and in full, so that the lint on directories reads it.

use enroll_domain::{GroupId, GroupName, enrollment::Mapping};
use enroll_domain::{MappedGroup, MappingBinding, RoleOn, Target};

use super::MappingRow;
use crate::{Row, StoreError};

/// The statements of one table.
pub(crate) struct Table {
    /// The mappings of a directory, ready for ` AND condition`.
    pub(super) of_directory: &'static str,
    /// One, whatever its directory.
    pub(super) by_id: &'static str,
    /// Those to one target.
    pub(super) of_target: &'static str,
    /// Those behind an id, ready for ` AND condition`.
    pub(super) page: &'static str,
    /// The columns of conditions and orders.
    pub(super) id: &'static str,
    pub(super) directory: &'static str,
    pub(super) target: &'static str,
    pub(super) group: &'static str,
    pub(super) insert: &'static str,
    pub(super) set_role: &'static str,
    pub(super) set_paused: &'static str,
    pub(super) set_group: &'static str,
    pub(super) delete: &'static str,
    gives: fn(&Row<'_>) -> Result<RoleOn, StoreError>,
}

macro_rules! organization_columns {
    () => {
        "SELECT mappings.id, mappings.directory_id, mappings.group_name, mappings.binding, mappings.group_id, \
         mappings.organization_id, mappings.role, mappings.paused, mappings.created"
    };
}

macro_rules! resource_columns {
    () => {
        "SELECT resource_mappings.id, resource_mappings.directory_id, resource_mappings.group_name, \
         resource_mappings.binding, resource_mappings.group_id, resource_mappings.resource_id, resource_mappings.role, \
         resource_mappings.paused, resource_mappings.created"
    };
}

/// Mappings to organizations.
pub(crate) static ORGANIZATIONS: Table = Table {
    of_directory: concat!(organization_columns!(), " FROM mappings WHERE mappings.directory_id = ?1"),
    by_id: concat!(organization_columns!(), " FROM mappings WHERE mappings.id = ?1"),
    of_target: concat!(organization_columns!(), " FROM mappings WHERE mappings.organization_id = ?1"),
    page: concat!(organization_columns!(), " FROM mappings WHERE mappings.id > ?1"),
    id: "mappings.id",
    directory: "mappings.directory_id",
    target: "mappings.organization_id",
    group: "mappings.group_id",
    insert: "INSERT INTO mappings (directory_id, id, group_name, group_name_key, binding, group_id, organization_id, role, \
             paused, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    set_role: "UPDATE mappings SET role = ?3 WHERE directory_id = ?1 AND id = ?2",
    set_paused: "UPDATE mappings SET paused = ?3 WHERE directory_id = ?1 AND id = ?2",
    set_group: "UPDATE mappings SET group_name = ?3, group_name_key = ?4, binding = ?5, group_id = ?6 \
                WHERE directory_id = ?1 AND id = ?2",
    delete: "DELETE FROM mappings WHERE directory_id = ?1 AND id = ?2",
    gives: |row| Ok(RoleOn::Organization(row.id(5)?, row.id(6)?)),
};

/// Mappings to resources.
pub(crate) static RESOURCES: Table = Table {
    of_directory: concat!(
        resource_columns!(),
        " FROM resource_mappings WHERE resource_mappings.directory_id = ?1"
    ),
    by_id: concat!(resource_columns!(), " FROM resource_mappings WHERE resource_mappings.id = ?1"),
    of_target: concat!(
        resource_columns!(),
        " FROM resource_mappings WHERE resource_mappings.resource_id = ?1"
    ),
    page: concat!(resource_columns!(), " FROM resource_mappings WHERE resource_mappings.id > ?1"),
    id: "resource_mappings.id",
    directory: "resource_mappings.directory_id",
    target: "resource_mappings.resource_id",
    group: "resource_mappings.group_id",
    insert: "INSERT INTO resource_mappings (directory_id, id, group_name, group_name_key, binding, group_id, resource_id, \
             role, paused, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    set_role: "UPDATE resource_mappings SET role = ?3 WHERE directory_id = ?1 AND id = ?2",
    set_paused: "UPDATE resource_mappings SET paused = ?3 WHERE directory_id = ?1 AND id = ?2",
    set_group: "UPDATE resource_mappings SET group_name = ?3, group_name_key = ?4, binding = ?5, group_id = ?6 \
                WHERE directory_id = ?1 AND id = ?2",
    delete: "DELETE FROM resource_mappings WHERE directory_id = ?1 AND id = ?2",
    gives: |row| Ok(RoleOn::Resource(row.id(5)?, row.id(6)?)),
};

/// Both.
pub(crate) static ALL: [&Table; 2] = [&ORGANIZATIONS, &RESOURCES];

impl Table {
    /// Where the mappings to a target are.
    pub(crate) const fn of(target: Target) -> &'static Self {
        match target {
            Target::Organization(_) => &ORGANIZATIONS,
            Target::Resource(_) => &RESOURCES,
        }
    }

    /// Those of a directory and a group's name to one target.
    pub(crate) fn named_to(&self) -> String {
        format!("{} AND group_name_key = ?2 AND {} = ?3", self.of_directory, self.target)
    }

    /// Reads a mapping from a row of this table.
    pub(crate) fn read(&self, row: &Row<'_>) -> Result<MappingRow, StoreError> {
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
                gives: (self.gives)(row)?,
                paused: row.boolean(7)?,
            },
            created: row.timestamp(8)?,
        })
    }
}

/// The word in the database.
pub(super) const fn word(binding: MappingBinding) -> &'static str {
    match binding {
        MappingBinding::Waiting => "waiting",
        MappingBinding::Bound(_) => "bound",
        MappingBinding::Lost => "lost",
    }
}

#[cfg(test)]
mod tests {
    use super::ALL;
    use crate::plan_tests::assert_index;

    #[test]
    fn mappings_of_groups_and_of_targets_are_index_look_ups() {
        for table in ALL {
            let of_group =
                format!("{} AND binding = 'bound' AND {} IN (?2, ?3)", table.of_directory, table.group);
            for (sql, parameters, term) in [
                (of_group, 3, "group_id=?"),
                (format!("{} ORDER BY {}", table.named_to(), table.id), 3, "group_name_key=?"),
                (table.of_target.to_owned(), 1, "_id=?"),
                (table.by_id.to_owned(), 1, "id=?"),
            ] {
                let mut plan = assert_index(&sql, parameters);
                plan.retain(|step| !step.starts_with("USE TEMP B-TREE"));
                assert!(matches!(plan.as_slice(), [only] if only.contains(term)), "{plan:#?}");
            }
        }
    }
}
