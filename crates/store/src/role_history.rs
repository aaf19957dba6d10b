//! Which role a user had in which organization, from when to when (enrollment.md 3.10).
//!
//! Memberships are derived and not stored; this is what was last *told* of them. What is in force is the row without an end.

use enroll_domain::{OrganizationId, Role, UserId};
use jiff::Timestamp;

use crate::id_list::id_lists;
use crate::{Param, Row, StoreError, Tx, params};

/// A time during which a user's role and its sources were the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRow {
    /// Who.
    pub user: UserId,
    /// Where.
    pub organization: OrganizationId,
    /// The effective role; none while the user is deactivated.
    pub role: Option<Role>,
    /// Every source, as JSON.
    pub sources: String,
    /// From when on.
    pub since: Timestamp,
    /// Until when; `None` for what is in force.
    pub until: Option<Timestamp>,
    /// The audit entry of the change that began it; 0 when that was before the history.
    pub begun_by: i64,
    /// The audit entry of the change that ended it.
    pub ended_by: Option<i64>,
}

const SELECT: &str =
    "SELECT user_id, organization_id, role, sources, since, until, begun_by, ended_by FROM role_history";

fn read(row: &Row<'_>) -> Result<RoleRow, StoreError> {
    Ok(RoleRow {
        user: row.id(0)?,
        organization: row.id(1)?,
        role: row.optional_id(2)?,
        sources: row.text(3)?.to_owned(),
        since: row.timestamp(4)?,
        until: row.optional_timestamp(5)?,
        begun_by: row.integer(6)?,
        ended_by: row.optional_integer(7)?,
    })
}

/// What is in force for users, in all organizations.
///
/// # Errors
/// The store fails.
pub fn in_force(tx: &Tx<'_>, users: &[UserId]) -> Result<Vec<RoleRow>, StoreError> {
    let mut found = Vec::new();
    for list in id_lists(1, users.iter().map(|user| *user.as_uuid())) {
        let sql = format!("{SELECT} WHERE user_id IN ({}) AND until IS NULL", list.placeholders);
        found.extend(tx.query(&sql, &list.after([]), read)?);
    }
    Ok(found)
}

/// What is in force in an organization, for users from behind `after`, at most `limit` of them, in the order of ids.
///
/// # Errors
/// The store fails.
pub fn of_organization(
    tx: &Tx<'_>,
    organization: OrganizationId,
    after: Option<UserId>,
    limit: u32,
) -> Result<Vec<RoleRow>, StoreError> {
    let after = after.map_or_else(|| Param::from(""), Param::from);
    tx.query(&of_organization_sql(), &[organization.into(), after, limit.into()], read)
}

fn of_organization_sql() -> String {
    format!(
        "{SELECT} WHERE organization_id = ?1 AND user_id > ?2 AND until IS NULL ORDER BY user_id LIMIT ?3"
    )
}

/// What was in force for a user in an organization at a time.
///
/// # Errors
/// The store fails.
pub fn at(
    tx: &Tx<'_>,
    user: UserId,
    organization: OrganizationId,
    time: Timestamp,
) -> Result<Option<RoleRow>, StoreError> {
    let sql = format!(
        "{SELECT} WHERE user_id = ?1 AND organization_id = ?2 AND since <= ?3 AND (until IS NULL OR until > ?3) \
         ORDER BY number DESC LIMIT 1"
    );
    tx.first(&sql, &params![user, organization, time], read)
}

/// The last time before `time` at which a user's role in an organization ended.
///
/// # Errors
/// The store fails.
pub fn ended_before(
    tx: &Tx<'_>,
    user: UserId,
    organization: OrganizationId,
    time: Timestamp,
) -> Result<Option<RoleRow>, StoreError> {
    let sql = format!(
        "{SELECT} WHERE user_id = ?1 AND organization_id = ?2 AND until <= ?3 ORDER BY number DESC LIMIT 1"
    );
    tx.first(&sql, &params![user, organization, time], read)
}

/// The last rows of a user in an organization, newest first.
///
/// # Errors
/// The store fails.
pub fn newest(
    tx: &Tx<'_>,
    user: UserId,
    organization: OrganizationId,
    limit: u32,
) -> Result<Vec<RoleRow>, StoreError> {
    tx.query(&newest_sql(), &params![user, organization, limit], read)
}

fn newest_sql() -> String {
    format!("{SELECT} WHERE user_id = ?1 AND organization_id = ?2 ORDER BY number DESC LIMIT ?3")
}

/// Ends what is in force for a user in an organization; never before it began, whatever the clock says.
///
/// # Errors
/// The store fails.
pub fn end(
    tx: &Tx<'_>,
    (user, organization): (UserId, OrganizationId),
    time: Timestamp,
    audit: i64,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE role_history SET until = CASE WHEN since > ?3 THEN since ELSE ?3 END, ended_by = ?4 \
         WHERE user_id = ?1 AND organization_id = ?2 AND until IS NULL",
        &params![user, organization, time, audit],
    )
    .map(drop)
}

/// Begins what is in force from now on; whatever was before has ended.
///
/// # Errors
/// The store fails.
pub fn begin(
    tx: &Tx<'_>,
    (user, organization): (UserId, OrganizationId),
    (role, sources): (Option<Role>, &str),
    time: Timestamp,
    audit: i64,
) -> Result<(), StoreError> {
    let role = role.map(Role::as_str);
    tx.execute(
        "INSERT INTO role_history (user_id, organization_id, number, role, sources, since, begun_by) \
         SELECT ?1, ?2, COALESCE(MAX(number), 0) + 1, ?3, ?4, \
         CASE WHEN COALESCE(MAX(until), ?5) > ?5 THEN MAX(until) ELSE ?5 END, ?6 \
         FROM role_history WHERE user_id = ?1 AND organization_id = ?2",
        &params![user, organization, role, sources, time, audit],
    )
    .map(drop)
}

/// When the history began: nothing is known of the time before.
///
/// # Errors
/// The store fails.
pub fn beginning(tx: &Tx<'_>) -> Result<Timestamp, StoreError> {
    // The step that made the table, by its number in the file 0009.
    let sql = "SELECT applied_at FROM schema_migrations WHERE version = 9002";
    tx.first(sql, &[], |row| row.timestamp(0))?
        .ok_or_else(|| StoreError::Corrupt("the step that made role_history is not recorded".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{newest_sql, of_organization_sql};
    use crate::plan_tests::assert_index;

    #[test]
    fn the_history_of_a_user_is_read_from_its_end() {
        let plan = assert_index(&newest_sql(), 3);
        let sorted = plan.iter().any(|step| step.contains("TEMP B-TREE"));
        assert!(
            plan.iter().any(|step| step.contains("(user_id=? AND organization_id=?)")) && !sorted,
            "{plan:#?}"
        );
    }

    #[test]
    fn the_roles_in_force_in_an_organization_are_a_range_of_an_index() {
        let plan = assert_index(&of_organization_sql(), 3);
        assert!(
            matches!(plan.as_slice(), [only] if only.contains("role_history_open (organization_id=? AND user_id>?)")),
            "{plan:#?}"
        );
    }
}
