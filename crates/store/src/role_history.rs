//! Which role a user had in which organization, and what the user was given on which resource, from when to when (enrollment.md
//! 3.10).
//!
//! Memberships are derived and not stored; this is what was last *told* of them. What is in force is the row without an end.

mod table;

use enroll_domain::{Role, Target, UserId};
use jiff::Timestamp;

use crate::id_list::id_lists;
use crate::{Param, StoreError, Tx, params};

use table::Table;

/// A time during which a user's sources on a target, and the role in an organization, were the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRow {
    /// Who.
    pub user: UserId,
    /// Where.
    pub target: Target,
    /// The effective role in an organization; none while the user is deactivated. Always none on a resource, where the role takes more
    /// than what is given on the resource itself.
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

/// What is in force for users, in all organizations and on all resources.
///
/// # Errors
/// The store fails.
pub fn in_force(tx: &Tx<'_>, users: &[UserId]) -> Result<Vec<RoleRow>, StoreError> {
    let mut found = Vec::new();
    for list in id_lists(1, users.iter().map(|user| *user.as_uuid())) {
        let statements = table::ALL.map(|table| table.in_force.replace("{}", &list.placeholders));
        let params = list.after([]);
        tx.each_of(&statements.each_ref().map(|sql| (sql.as_str(), &params[..])), |table, row| {
            if let Some(table) = table::ALL.get(table) {
                found.push(table.read(row)?);
            }
            Ok(())
        })?;
    }
    Ok(found)
}

/// What is in force on a target, for users from behind `after`, at most `limit` of them, in the order of ids.
///
/// # Errors
/// The store fails.
pub fn of_target(
    tx: &Tx<'_>,
    target: Target,
    after: Option<UserId>,
    limit: u32,
) -> Result<Vec<RoleRow>, StoreError> {
    let table = Table::of(target);
    let after = after.map_or_else(|| Param::from(""), Param::from);
    tx.query(table.of_target, &[target.into(), after, limit.into()], |row| table.read(row))
}

/// The last rows of a user on a target that had begun at a time, newest first: the first is what was in force then, if it had not
/// ended by then.
///
/// # Errors
/// The store fails.
pub fn newest(
    tx: &Tx<'_>,
    user: UserId,
    target: Target,
    at: Timestamp,
    limit: u32,
) -> Result<Vec<RoleRow>, StoreError> {
    let table = Table::of(target);
    tx.query(table.newest, &params![user, target, at, limit], |row| table.read(row))
}

/// The first row of a user on a target that began behind a time.
///
/// # Errors
/// The store fails.
pub fn next(tx: &Tx<'_>, user: UserId, target: Target, at: Timestamp) -> Result<Option<RoleRow>, StoreError> {
    let table = Table::of(target);
    tx.first(table.next, &params![user, target, at], |row| table.read(row))
}

/// Ends what is in force for a user on a target; never before it began, whatever the clock says.
///
/// # Errors
/// The store fails.
pub fn end(
    tx: &Tx<'_>,
    (user, target): (UserId, Target),
    time: Timestamp,
    audit: i64,
) -> Result<(), StoreError> {
    tx.execute(Table::of(target).end, &params![user, target, time, audit]).map(drop)
}

/// Begins what is in force from now on; whatever was before has ended. The role is that of an organization.
///
/// # Errors
/// The store fails.
pub fn begin(
    tx: &Tx<'_>,
    (user, target): (UserId, Target),
    (role, sources): (Option<Role>, &str),
    time: Timestamp,
    audit: i64,
) -> Result<(), StoreError> {
    let others = params![user, target, sources, time, audit].to_vec();
    tx.execute(Table::of(target).begin, &Table::beginning(target, role, others)).map(drop)
}

/// When the history of a kind of target began: nothing is known of the time before.
///
/// # Errors
/// The store fails.
pub fn beginning(tx: &Tx<'_>, target: Target) -> Result<Timestamp, StoreError> {
    // The step that made the table, by its number in the file 0009 or 0021.
    let step = match target {
        Target::Organization(_) => 9002,
        Target::Resource(_) => 21001,
    };
    let sql = "SELECT applied_at FROM schema_migrations WHERE version = ?1";
    tx.first(sql, &params![step], |row| row.timestamp(0))?
        .ok_or_else(|| StoreError::Corrupt("the step that made role_history is not recorded".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::table;
    use crate::plan_tests::assert_index;

    #[test]
    fn the_history_of_a_user_is_read_from_its_end() {
        for (table, key) in table::ALL.iter().zip(["organization_id", "resource_id"]) {
            for (sql, parameters) in [(table.newest, 4), (table.next, 3)] {
                let plan = assert_index(sql, parameters);
                let sorted = plan.iter().any(|step| step.contains("TEMP B-TREE"));
                let searched = format!("(user_id=? AND {key}=?)");
                assert!(plan.iter().any(|step| step.contains(&searched)) && !sorted, "{plan:#?}");
            }
        }
    }

    #[test]
    fn the_roles_in_force_on_a_target_are_a_range_of_an_index() {
        let indexes = [
            "role_history_open (organization_id=? AND user_id>?)",
            "resource_role_history_open (resource_id=? AND user_id>?)",
        ];
        for (table, index) in table::ALL.iter().zip(indexes) {
            let plan = assert_index(table.of_target, 3);
            assert!(matches!(plan.as_slice(), [only] if only.contains(index)), "{plan:#?}");
        }
    }
}
