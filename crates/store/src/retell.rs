//! Organizations and resources whose people are told anew, a slice of users at a time (enrollment.md 3.6).

use enroll_domain::{Target, UserId};
use jiff::Timestamp;

use crate::{Row, StoreError, Tx, params};

/// One organization or resource to be gone through because of one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetellRow {
    /// The audit entry of the change; 0 for what was before the history.
    pub audit: i64,
    /// The organization or resource.
    pub target: Target,
    /// When the change was made.
    pub recorded: Timestamp,
    /// The last user who has been told of; `None` at the beginning.
    pub after: Option<UserId>,
}

/// The statements on one kind of target.
struct Table {
    insert: &'static str,
    first: &'static str,
    of_target: &'static str,
    go_on: &'static str,
    delete: &'static str,
    target: fn(&Row<'_>) -> Result<Target, StoreError>,
}

static ORGANIZATIONS: Table = Table {
    insert: "INSERT INTO retells (audit, organization_id, recorded, after_user) VALUES (?1, ?2, ?3, '') \
             ON CONFLICT DO NOTHING",
    first: "SELECT audit, organization_id, recorded, after_user FROM retells ORDER BY audit, organization_id LIMIT 1",
    of_target: "SELECT audit, organization_id, recorded, after_user FROM retells WHERE organization_id = ?1 \
                ORDER BY audit LIMIT 1",
    go_on: "UPDATE retells SET after_user = ?3 WHERE audit = ?1 AND organization_id = ?2",
    delete: "DELETE FROM retells WHERE audit = ?1 AND organization_id = ?2",
    target: |row| Ok(Target::Organization(row.id(1)?)),
};

static RESOURCES: Table = Table {
    insert: "INSERT INTO resource_retells (audit, resource_id, recorded, after_user) VALUES (?1, ?2, ?3, '') \
             ON CONFLICT DO NOTHING",
    first: "SELECT audit, resource_id, recorded, after_user FROM resource_retells ORDER BY audit, resource_id LIMIT 1",
    of_target: "SELECT audit, resource_id, recorded, after_user FROM resource_retells WHERE resource_id = ?1 \
                ORDER BY audit LIMIT 1",
    go_on: "UPDATE resource_retells SET after_user = ?3 WHERE audit = ?1 AND resource_id = ?2",
    delete: "DELETE FROM resource_retells WHERE audit = ?1 AND resource_id = ?2",
    target: |row| Ok(Target::Resource(row.id(1)?)),
};

impl Table {
    const fn of(target: Target) -> &'static Self {
        match target {
            Target::Organization(_) => &ORGANIZATIONS,
            Target::Resource(_) => &RESOURCES,
        }
    }

    fn read(&self, row: &Row<'_>) -> Result<RetellRow, StoreError> {
        let after = match row.text(3)? {
            "" => None,
            _ => Some(row.id(3)?),
        };
        let target = (self.target)(row)?;
        Ok(RetellRow { audit: row.integer(0)?, target, recorded: row.timestamp(2)?, after })
    }
}

/// Asks for an organization or a resource to be gone through because of a change.
///
/// # Errors
/// The store fails.
pub fn insert(tx: &Tx<'_>, audit: i64, target: Target, recorded: Timestamp) -> Result<(), StoreError> {
    tx.execute(Table::of(target).insert, &params![audit, target, recorded]).map(drop)
}

/// The one whose turn it is: the oldest change of an organization, of which events tell, and then that of a resource.
///
/// # Errors
/// The store fails.
pub fn first(tx: &Tx<'_>) -> Result<Option<RetellRow>, StoreError> {
    let first = |table: &Table| tx.first(table.first, &[], |row| table.read(row));
    match first(&ORGANIZATIONS)? {
        Some(row) => Ok(Some(row)),
        None => first(&RESOURCES),
    }
}

/// The oldest that an organization or a resource waits for.
///
/// # Errors
/// The store fails.
pub fn of_target(tx: &Tx<'_>, target: Target) -> Result<Option<RetellRow>, StoreError> {
    let table = Table::of(target);
    tx.first(table.of_target, &params![target], |row| table.read(row))
}

/// Notes how far it has come; with no user to go on behind it is done.
///
/// # Errors
/// The store fails.
pub fn go_on(tx: &Tx<'_>, row: &RetellRow, behind: Option<UserId>) -> Result<(), StoreError> {
    let table = Table::of(row.target);
    match behind {
        Some(user) => tx.execute(table.go_on, &params![row.audit, row.target, user]),
        None => tx.execute(table.delete, &params![row.audit, row.target]),
    }
    .map(drop)
}
