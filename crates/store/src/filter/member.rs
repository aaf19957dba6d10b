//! `members` of groups: one row each in `group_members`.

use enroll_scim::filter::{CompareOp, TypedFilter, TypedValue};

use super::fragment::Fragment;
use super::parameters::Parameters;
use super::rows::ElementRows;
use super::text::TextColumn;

const MEMBERS: ElementRows = ElementRows {
    owners: "SELECT group_members.group_id FROM group_members WHERE group_members.directory_id = ?1",
    of_one: "EXISTS (SELECT 1 FROM group_members WHERE group_members.directory_id = ?1 AND group_members.group_id = groups.id",
    owner: "groups.id",
    columns: column,
};

/// `value` and `type` are not case-exact (RFC 7643 §8.7.1). An id is lower case as it is; a type is folded here.
fn column(part: &str) -> Option<TextColumn> {
    match part {
        "value" => Some(TextColumn { name: "group_members.member_id", nullable: false, indexed: true }),
        "type" => Some(TextColumn {
            name: "CASE group_members.member_type WHEN 'User' THEN 'user' ELSE 'group' END",
            nullable: false,
            indexed: false,
        }),
        _ => None,
    }
}

/// Every member has a value and a type.
pub(super) fn present() -> Fragment {
    Fragment::exact(format!("{})", MEMBERS.of_one))
}

pub(super) fn compare(
    parameters: &mut Parameters,
    part: Option<&str>,
    op: CompareOp,
    value: &TypedValue,
) -> Option<Fragment> {
    MEMBERS.compare(parameters, part, op, value)
}

pub(super) fn element(parameters: &mut Parameters, filter: &TypedFilter) -> Option<Fragment> {
    MEMBERS.element(parameters, filter)
}
