//! The attributes of a user that have columns.

use enroll_scim::filter::{CompareOp, Target, TypedFilter, TypedValue};

use super::common::CommonColumns;
use super::compile::Columns;
use super::fragment::Fragment;
use super::parameters::Parameters;
use super::text::TextColumn;
use super::time::TimeColumn;
use super::{email, membership};

const COMMON: CommonColumns = CommonColumns {
    id: TextColumn { name: "users.id", nullable: false, indexed: true },
    external_id: TextColumn { name: "users.external_id", nullable: true, indexed: true },
    created: TimeColumn { name: "users.created" },
    last_modified: TimeColumn { name: "users.last_modified" },
};
const USER_NAME: TextColumn = TextColumn { name: "users.user_name_key", nullable: false, indexed: true };
const DISPLAY_NAME: TextColumn = TextColumn { name: "users.display_name_key", nullable: true, indexed: true };

/// What a statement on `users` can compare.
#[derive(Debug, Clone, Copy)]
pub(super) struct UserColumns;

impl Columns for UserColumns {
    fn table(&self) -> Option<(&'static str, &'static str)> {
        Some(("users.id", "SELECT users.id FROM users WHERE users.directory_id = ?1"))
    }

    fn present(&self, _parameters: &mut Parameters, target: &Target) -> Option<Fragment> {
        if target.extension.is_some() {
            return None;
        }
        match (target.attribute.as_str(), target.sub.as_deref()) {
            ("userName", None) => Some(USER_NAME.present()),
            ("displayName", None) => Some(DISPLAY_NAME.present()),
            ("active", None) => Some(Fragment::constant(true)),
            ("emails", sub) => email::present(sub),
            ("groups", None | Some("value")) => Some(membership::belongs_to_any()),
            _ => COMMON.present(target),
        }
    }

    fn compare(
        &self,
        parameters: &mut Parameters,
        target: &Target,
        op: CompareOp,
        value: &TypedValue,
    ) -> Option<Fragment> {
        if target.extension.is_some() {
            return None;
        }
        match (target.attribute.as_str(), target.sub.as_deref()) {
            ("userName", None) => USER_NAME.compare(parameters, op, value),
            ("displayName", None) => DISPLAY_NAME.compare(parameters, op, value),
            ("active", None) => active(op, value),
            ("emails", sub) => email::compare(parameters, sub, op, value),
            ("groups", Some("value")) => membership::belongs_to(parameters, op, value),
            _ => COMMON.compare(parameters, target, op, value),
        }
    }

    fn element(
        &self,
        parameters: &mut Parameters,
        target: &Target,
        filter: &TypedFilter,
    ) -> Option<Fragment> {
        if target.extension.is_some() {
            return None;
        }
        match (target.attribute.as_str(), filter) {
            ("emails", _) => email::element(parameters, filter),
            // Of one group that a user belongs to, the value alone is told by the rows of membership. An element that
            // differs from a value needs the others; `ne` is left to the caller.
            ("groups", TypedFilter::Compare { target, op: CompareOp::Equal, value })
                if target.sub.as_deref() == Some("value") =>
            {
                membership::belongs_to(parameters, CompareOp::Equal, value)
            }
            _ => None,
        }
    }
}

fn active(op: CompareOp, value: &TypedValue) -> Option<Fragment> {
    let TypedValue::Boolean(wanted) = value else { return None };
    let wanted = match op {
        CompareOp::Equal => *wanted,
        CompareOp::NotEqual => !*wanted,
        _ => return None,
    };
    // Few are deactivated, and an index holds those alone; nearly all are active.
    Some(if wanted { Fragment::exact("users.active = 1") } else { Fragment::selective("users.active = 0") })
}
