//! Organizations whose members are told anew, a slice of users at a time (enrollment.md 3.6).

use enroll_domain::{OrganizationId, UserId};
use jiff::Timestamp;

use crate::{Row, StoreError, Tx, params};

/// One organization to be gone through because of one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetellRow {
    /// The audit entry of the change; 0 for what was before the history.
    pub audit: i64,
    /// The organization.
    pub organization: OrganizationId,
    /// When the change was made.
    pub recorded: Timestamp,
    /// The last user who has been told of; `None` at the beginning.
    pub after: Option<UserId>,
}

fn read(row: &Row<'_>) -> Result<RetellRow, StoreError> {
    let after = match row.text(3)? {
        "" => None,
        _ => Some(row.id(3)?),
    };
    Ok(RetellRow { audit: row.integer(0)?, organization: row.id(1)?, recorded: row.timestamp(2)?, after })
}

const SELECT: &str = "SELECT audit, organization_id, recorded, after_user FROM retells";

/// Asks for an organization to be gone through because of a change.
///
/// # Errors
/// The store fails.
pub fn insert(
    tx: &Tx<'_>,
    audit: i64,
    organization: OrganizationId,
    recorded: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO retells (audit, organization_id, recorded, after_user) VALUES (?1, ?2, ?3, '') \
         ON CONFLICT DO NOTHING",
        &params![audit, organization, recorded],
    )
    .map(drop)
}

/// The one whose turn it is: of the oldest change.
///
/// # Errors
/// The store fails.
pub fn first(tx: &Tx<'_>) -> Result<Option<RetellRow>, StoreError> {
    tx.first(&format!("{SELECT} ORDER BY audit, organization_id LIMIT 1"), &[], read)
}

/// The oldest that an organization waits for.
///
/// # Errors
/// The store fails.
pub fn of_organization(tx: &Tx<'_>, organization: OrganizationId) -> Result<Option<RetellRow>, StoreError> {
    tx.first(
        &format!("{SELECT} WHERE organization_id = ?1 ORDER BY audit LIMIT 1"),
        &params![organization],
        read,
    )
}

/// Notes how far it has come; with no user to go on behind it is done.
///
/// # Errors
/// The store fails.
pub fn go_on(tx: &Tx<'_>, row: &RetellRow, behind: Option<UserId>) -> Result<(), StoreError> {
    match behind {
        Some(user) => tx.execute(
            "UPDATE retells SET after_user = ?3 WHERE audit = ?1 AND organization_id = ?2",
            &params![row.audit, row.organization, user],
        ),
        None => tx.execute(
            "DELETE FROM retells WHERE audit = ?1 AND organization_id = ?2",
            &params![row.audit, row.organization],
        ),
    }
    .map(drop)
}
