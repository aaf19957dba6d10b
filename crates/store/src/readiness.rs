//! What an administrator should know before people rely on a directory: look-ups of what is missing or doubled (enrollment.md §7.1).
//!
//! Each gives the first few with their names, and how many there are in all.

use std::ops::ControlFlow;

use enroll_domain::{DirectoryId, OrganizationId};

use crate::{Row, StoreError, Tx, params};

/// Objects that something holds for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// How many.
    pub count: u64,
    /// The first of them: id and name.
    pub first: Vec<(String, String)>,
}

/// The statement for users without externalId, in the order of an index.
pub(crate) const WITHOUT_EXTERNAL_ID: (&str, &str) = (
    "SELECT count(*) FROM users WHERE directory_id = ?1 AND external_id IS NULL",
    "SELECT id, user_name FROM users WHERE directory_id = ?1 AND external_id IS NULL LIMIT ?2",
);

/// The users of an e-mail address for work that others have too, with that address, in one pass over an index: an address is written by
/// its type or by none.
pub(crate) const SHARED_EMAIL: (&str, &str) = (
    "SELECT count(*) FROM (SELECT DISTINCT users.id, shared.value_key FROM \
     (SELECT value_key FROM user_emails WHERE directory_id = ?1 AND value_key IS NOT NULL \
     AND (type_key = 'work' OR type_key IS NULL) GROUP BY value_key HAVING min(user_id) <> max(user_id)) AS shared \
     CROSS JOIN user_emails CROSS JOIN users WHERE user_emails.directory_id = ?1 \
     AND user_emails.value_key = shared.value_key AND (user_emails.type_key = 'work' OR user_emails.type_key IS NULL) \
     AND users.directory_id = ?1 AND users.id = user_emails.user_id) AS people",
    "SELECT DISTINCT users.id, users.user_name, shared.value_key FROM \
     (SELECT value_key FROM user_emails WHERE directory_id = ?1 AND value_key IS NOT NULL \
     AND (type_key = 'work' OR type_key IS NULL) GROUP BY value_key HAVING min(user_id) <> max(user_id)) AS shared \
     CROSS JOIN user_emails CROSS JOIN users WHERE user_emails.directory_id = ?1 \
     AND user_emails.value_key = shared.value_key AND (user_emails.type_key = 'work' OR user_emails.type_key IS NULL) \
     AND users.directory_id = ?1 AND users.id = user_emails.user_id \
     ORDER BY shared.value_key, users.id LIMIT ?2",
);

/// What userNames are compared by, from an index alone.
pub(crate) const USER_NAME_KEYS: &str =
    "SELECT user_name_key FROM users WHERE directory_id = ?1 ORDER BY user_name_key";

/// Users whose userName somebody of another directory has.
pub(crate) const SHARED_NAME: (&str, &str) = (
    "SELECT count(*) FROM users AS here WHERE here.directory_id = ?1 AND EXISTS \
     (SELECT 1 FROM directories CROSS JOIN users AS there WHERE directories.id <> ?1 \
     AND there.directory_id = directories.id AND there.user_name_key = here.user_name_key)",
    "SELECT here.id, here.user_name, here.handle FROM users AS here WHERE here.directory_id = ?1 AND EXISTS \
     (SELECT 1 FROM directories CROSS JOIN users AS there WHERE directories.id <> ?1 \
     AND there.directory_id = directories.id AND there.user_name_key = here.user_name_key) \
     ORDER BY here.user_name_key LIMIT ?2",
);

/// What the join rule of a sign-in may compare with, where no user has it.
pub(crate) const ANY_EXTERNAL_ID: &str =
    "SELECT 1 FROM users WHERE directory_id = ?1 AND external_id IS NOT NULL LIMIT 1";
pub(crate) const ANY_WORK_EMAIL: &str = "SELECT 1 FROM user_emails WHERE directory_id = ?1 AND value_key IS NOT NULL \
     AND (type_key = 'work' OR type_key IS NULL) LIMIT 1";

/// The organizations that a directory leads into: by mappings, by its default enrollment, because they are reserved to it, or by what
/// its users were given.
pub(crate) const LED_INTO: &str = "SELECT mappings.organization_id FROM mappings WHERE mappings.directory_id = ?1 \
     UNION SELECT organization_resources.organization_id FROM resource_mappings CROSS JOIN organization_resources \
     WHERE resource_mappings.directory_id = ?1 AND organization_resources.id = resource_mappings.resource_id \
     UNION SELECT organization_id FROM directory_enrollments WHERE directory_id = ?1 \
     UNION SELECT organization_id FROM organization_directories WHERE directory_id = ?1 \
     UNION SELECT grants.organization_id FROM users CROSS JOIN grants \
     WHERE users.directory_id = ?1 AND grants.user_id = users.id";

/// The directories that lead into an organization.
pub(crate) const LEADING_INTO: &str = "SELECT directory_id FROM mappings WHERE mappings.organization_id = ?1 \
     UNION SELECT resource_mappings.directory_id FROM organization_resources CROSS JOIN resource_mappings \
     WHERE organization_resources.organization_id = ?1 AND resource_mappings.resource_id = organization_resources.id \
     UNION SELECT directory_id FROM directory_enrollments WHERE directory_enrollments.organization_id = ?1 \
     UNION SELECT directory_id FROM organization_directories WHERE organization_id = ?1 \
     UNION SELECT users.directory_id FROM grants CROSS JOIN users \
     WHERE grants.organization_id = ?1 AND users.id = grants.user_id";

/// Groups that nothing follows from: no mapping holds them, and they are in no other group.
pub(crate) const UNMAPPED: (&str, &str) = (
    "SELECT count(*) FROM groups WHERE groups.directory_id = ?1 \
     AND NOT EXISTS (SELECT 1 FROM mappings WHERE directory_id = ?1 AND mappings.group_id = groups.id) \
     AND NOT EXISTS (SELECT 1 FROM resource_mappings WHERE directory_id = ?1 AND resource_mappings.group_id = groups.id) \
     AND NOT EXISTS (SELECT 1 FROM group_members WHERE directory_id = ?1 AND group_members.member_id = groups.id)",
    "SELECT groups.id, groups.display_name FROM groups WHERE groups.directory_id = ?1 \
     AND NOT EXISTS (SELECT 1 FROM mappings WHERE directory_id = ?1 AND mappings.group_id = groups.id) \
     AND NOT EXISTS (SELECT 1 FROM resource_mappings WHERE directory_id = ?1 AND resource_mappings.group_id = groups.id) \
     AND NOT EXISTS (SELECT 1 FROM group_members WHERE directory_id = ?1 AND group_members.member_id = groups.id) \
     ORDER BY groups.id LIMIT ?2",
);

/// Users whom the identity provider gives no externalId: it may not recognise them after a rename.
///
/// # Errors
/// The store fails.
pub fn users_without_external_id(
    tx: &Tx<'_>,
    directory: DirectoryId,
    most: u32,
) -> Result<Found, StoreError> {
    found(tx, WITHOUT_EXTERNAL_ID, (directory, most), name)
}

/// Users who have the e-mail address for work of another user: the name is the userName with the address, folded.
///
/// # Errors
/// The store fails.
pub fn shared_work_emails(tx: &Tx<'_>, directory: DirectoryId, most: u32) -> Result<Found, StoreError> {
    found(tx, SHARED_EMAIL, (directory, most), name_with)
}

/// Users whose userName somebody of another directory has: who means one of them has to say which. The name is the userName with the
/// handle. It costs a look-up for each user in each other directory.
///
/// # Errors
/// The store fails.
pub fn shared_user_names(tx: &Tx<'_>, directory: DirectoryId, most: u32) -> Result<Found, StoreError> {
    found(tx, SHARED_NAME, (directory, most), name_with)
}

/// Whether a user of the directory has an externalId.
///
/// # Errors
/// The store fails.
pub fn has_external_ids(tx: &Tx<'_>, directory: DirectoryId) -> Result<bool, StoreError> {
    Ok(tx.first(ANY_EXTERNAL_ID, &params![directory], |_| Ok(()))?.is_some())
}

/// Whether a user of the directory has an e-mail address for work.
///
/// # Errors
/// The store fails.
pub fn has_work_emails(tx: &Tx<'_>, directory: DirectoryId) -> Result<bool, StoreError> {
    Ok(tx.first(ANY_WORK_EMAIL, &params![directory], |_| Ok(()))?.is_some())
}

/// The organizations that a directory leads into: by mappings also of their resources, by its default enrollment, because they are
/// reserved to it, or by grants of its users.
///
/// # Errors
/// The store fails.
pub fn organizations_of(tx: &Tx<'_>, directory: DirectoryId) -> Result<Vec<OrganizationId>, StoreError> {
    tx.query(LED_INTO, &params![directory], |row| row.id(0))
}

/// The directories of which [`organizations_of`] has the organization.
///
/// # Errors
/// The store fails.
pub fn directories_of(tx: &Tx<'_>, organization: OrganizationId) -> Result<Vec<DirectoryId>, StoreError> {
    tx.query(LEADING_INTO, &params![organization], |row| row.id(0))
}

/// Visits what the userNames of a directory are compared by, in order.
///
/// # Errors
/// The store fails.
pub fn each_user_name_key(
    tx: &Tx<'_>,
    directory: DirectoryId,
    mut visit: impl FnMut(&str),
) -> Result<(), StoreError> {
    tx.each(USER_NAME_KEYS, &params![directory], |row| {
        visit(row.text(0)?);
        Ok(ControlFlow::Continue(()))
    })
}

/// Groups that give no role anywhere.
///
/// # Errors
/// The store fails.
pub fn unmapped_groups(tx: &Tx<'_>, directory: DirectoryId, most: u32) -> Result<Found, StoreError> {
    found(tx, UNMAPPED, (directory, most), name)
}

fn found(
    tx: &Tx<'_>,
    (count, list): (&str, &str),
    (directory, most): (DirectoryId, u32),
    name: impl Fn(&Row<'_>) -> Result<String, StoreError>,
) -> Result<Found, StoreError> {
    let first = tx.query(list, &params![directory, most], |row| Ok((row.text(0)?.to_owned(), name(row)?)))?;
    Ok(Found { count: number(tx, count, directory)?, first })
}

fn name(row: &Row<'_>) -> Result<String, StoreError> {
    Ok(row.text(1)?.to_owned())
}

/// The name, and behind it what tells those of one name apart.
fn name_with(row: &Row<'_>) -> Result<String, StoreError> {
    Ok(format!("{} ({})", row.text(1)?, row.text(2)?))
}

fn number(tx: &Tx<'_>, count: &str, directory: DirectoryId) -> Result<u64, StoreError> {
    let number = tx.first(count, &params![directory], |row| row.integer(0))?.unwrap_or(0);
    Ok(u64::try_from(number).unwrap_or(0))
}
