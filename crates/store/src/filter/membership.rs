//! `groups` of users: the groups that name the user as a member, and all groups around those (RFC 7643 §4.1.2).

use enroll_scim::filter::{CompareOp, TypedValue};

use super::fragment::Fragment;
use super::parameters::Parameters;

/// A group, all groups inside it at any depth, and the users in them. `UNION` drops what was reached before, so that cycles
/// end; `CROSS JOIN` keeps the order in which the tables are written, from the group inward.
const USERS_WITHIN: &str = "WITH RECURSIVE within (id) AS (\
    SELECT groups.id FROM groups WHERE groups.directory_id = ?1 AND groups.id = {group} \
    UNION \
    SELECT group_members.member_id FROM within \
    CROSS JOIN group_members \
    WHERE group_members.group_id = within.id AND group_members.directory_id = ?1 AND group_members.member_type = 'Group') \
    SELECT group_members.member_id FROM within \
    CROSS JOIN group_members \
    WHERE group_members.group_id = within.id AND group_members.directory_id = ?1 AND group_members.member_type = 'User'";

/// The groups that name the user, ready for ` AND condition)`.
const DIRECT: &str = "EXISTS (SELECT 1 FROM group_members WHERE group_members.directory_id = ?1 \
    AND group_members.member_id = users.id";

/// Whether another group is around a group. A user who is in one group alone is in two because of it.
const AROUND: &str = "EXISTS (SELECT 1 FROM group_members WHERE group_members.directory_id = ?1 \
    AND group_members.member_id = {group} AND group_members.group_id <> {group})";

/// `groups pr`
pub(super) fn belongs_to_any() -> Fragment {
    Fragment::exact(format!("{DIRECT})"))
}

/// `groups.value eq` and `ne`; other comparisons of a group's id have no use and no index.
///
/// `ne` is true for a user in no group and for a user in any other one: in another group directly, or in a group around the
/// only one.
pub(super) fn belongs_to(parameters: &mut Parameters, op: CompareOp, value: &TypedValue) -> Option<Fragment> {
    // The attribute is not case-exact, an id is lower case as it is.
    let text = match value {
        TypedValue::Folded(folded) => folded.as_str(),
        TypedValue::Exact(text) => text.as_str(),
        TypedValue::Boolean(_) | TypedValue::Number(_) | TypedValue::DateTime(_) => return None,
    };
    if text.contains('\0') {
        return None;
    }
    match op {
        CompareOp::Equal if parameters.may_recur() => {
            let group = parameters.bind(text.to_owned());
            let users = USERS_WITHIN.replace("{group}", &group);
            Some(Fragment::selective(format!("users.id IN ({users})")))
        }
        CompareOp::NotEqual => {
            let group = parameters.bind(text.to_owned());
            let around = AROUND.replace("{group}", &group);
            Some(Fragment::exact(format!(
                "(NOT {DIRECT}) OR {DIRECT} AND group_members.group_id <> {group}) OR {around})"
            )))
        }
        _ => None,
    }
}
