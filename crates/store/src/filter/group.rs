//! The attributes of a group that have columns.

use enroll_scim::filter::{CompareOp, Target, TypedFilter, TypedValue};

use super::common::CommonColumns;
use super::compile::Columns;
use super::fragment::Fragment;
use super::member;
use super::parameters::Parameters;
use super::text::TextColumn;
use super::time::TimeColumn;

const COMMON: CommonColumns = CommonColumns {
    id: TextColumn { name: "groups.id", nullable: false, indexed: true },
    external_id: TextColumn { name: "groups.external_id", nullable: true, indexed: true },
    created: TimeColumn { name: "groups.created" },
    last_modified: TimeColumn { name: "groups.last_modified" },
};
const DISPLAY_NAME: TextColumn =
    TextColumn { name: "groups.display_name_key", nullable: false, indexed: true };

/// What a statement on `groups` can compare.
#[derive(Debug, Clone, Copy)]
pub(super) struct GroupColumns;

impl Columns for GroupColumns {
    fn table(&self) -> Option<(&'static str, &'static str)> {
        Some(("groups.id", "SELECT groups.id FROM groups WHERE groups.directory_id = ?1"))
    }

    fn present(&self, _parameters: &mut Parameters, target: &Target) -> Option<Fragment> {
        if target.extension.is_some() {
            return None;
        }
        match (target.attribute.as_str(), target.sub.as_deref()) {
            ("displayName", None) => Some(DISPLAY_NAME.present()),
            ("members", None | Some("value" | "type")) => Some(member::present()),
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
            ("displayName", None) => DISPLAY_NAME.compare(parameters, op, value),
            ("members", sub) => member::compare(parameters, sub, op, value),
            _ => COMMON.compare(parameters, target, op, value),
        }
    }

    fn element(
        &self,
        parameters: &mut Parameters,
        target: &Target,
        filter: &TypedFilter,
    ) -> Option<Fragment> {
        match (&target.extension, target.attribute.as_str()) {
            (None, "members") => member::element(parameters, filter),
            _ => None,
        }
    }
}
