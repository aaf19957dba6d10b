//! Where a directory enrolls everybody who signs in (enrollment.md 3.11).

use enroll_domain::{DirectoryId, OrganizationId, Role, UserId};
use jiff::Timestamp;

use crate::{StoreError, Tx, params};

/// What somebody who signs in for the first time is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DefaultEnrollment {
    /// The organization.
    pub organization: OrganizationId,
    /// The role.
    pub role: Role,
}

/// The default enrollment of a directory, if it has one.
///
/// # Errors
/// The store fails.
pub fn default_enrollment(
    tx: &Tx<'_>,
    directory: DirectoryId,
) -> Result<Option<DefaultEnrollment>, StoreError> {
    tx.first(
        "SELECT organization_id, role FROM directory_enrollments WHERE directory_id = ?1",
        &params![directory],
        |row| Ok(DefaultEnrollment { organization: row.id(0)?, role: row.id(1)? }),
    )
}

/// Sets the default enrollment of a directory; `None`: nobody is enrolled by signing in.
///
/// # Errors
/// [`StoreError::ForeignKey`] when directory or organization are not there.
pub fn set_default_enrollment(
    tx: &Tx<'_>,
    directory: DirectoryId,
    enrollment: Option<DefaultEnrollment>,
) -> Result<(), StoreError> {
    match enrollment {
        None => tx.execute("DELETE FROM directory_enrollments WHERE directory_id = ?1", &params![directory]),
        Some(DefaultEnrollment { organization, role }) => tx.execute(
            "INSERT INTO directory_enrollments (directory_id, organization_id, role) VALUES (?1, ?2, ?3) \
             ON CONFLICT (directory_id) DO UPDATE SET organization_id = ?2, role = ?3",
            &params![directory, organization, role.as_str()],
        ),
    }
    .map(drop)
}

/// The directories that enroll people into an organization.
///
/// # Errors
/// The store fails.
pub fn enrolling_into(tx: &Tx<'_>, organization: OrganizationId) -> Result<Vec<DirectoryId>, StoreError> {
    let sql =
        "SELECT directory_id FROM directory_enrollments WHERE organization_id = ?1 ORDER BY directory_id";
    tx.query(sql, &params![organization], |row| row.id(0))
}

/// Whether a user was enrolled into an organization at a sign-in before.
///
/// # Errors
/// The store fails.
pub fn enrolled(tx: &Tx<'_>, user: UserId, organization: OrganizationId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM first_enrollments WHERE user_id = ?1 AND organization_id = ?2";
    Ok(tx.first(sql, &params![user, organization], |_| Ok(()))?.is_some())
}

/// Notes that a user is enrolled into an organization at a sign-in, now or before.
///
/// # Errors
/// [`StoreError::ForeignKey`] when user or organization are not there.
pub fn note_enrolled(
    tx: &Tx<'_>,
    user: UserId,
    organization: OrganizationId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO first_enrollments (user_id, organization_id, enrolled) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        &params![user, organization, now],
    )
    .map(drop)
}
