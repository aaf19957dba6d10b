//! The attributes of a resource of a custom type that have columns: the common ones.

use enroll_scim::filter::{CompareOp, Target, TypedFilter, TypedValue};

use super::common::CommonColumns;
use super::compile::Columns;
use super::fragment::Fragment;
use super::parameters::Parameters;
use super::text::TextColumn;
use super::time::TimeColumn;

const COMMON: CommonColumns = CommonColumns {
    id: TextColumn { name: "resources.id", nullable: false, indexed: true },
    external_id: TextColumn { name: "resources.external_id", nullable: true, indexed: true },
    created: TimeColumn { name: "resources.created" },
    last_modified: TimeColumn { name: "resources.last_modified" },
};

/// What a statement on `resources` can compare.
#[derive(Debug, Clone, Copy)]
pub(super) struct ResourceColumns;

impl Columns for ResourceColumns {
    fn table(&self) -> Option<(&'static str, &'static str)> {
        Some(("resources.id", "SELECT resources.id FROM resources WHERE resources.directory_id = ?1"))
    }

    fn present(&self, _parameters: &mut Parameters, target: &Target) -> Option<Fragment> {
        if target.extension.is_some() { None } else { COMMON.present(target) }
    }

    fn compare(
        &self,
        parameters: &mut Parameters,
        target: &Target,
        op: CompareOp,
        value: &TypedValue,
    ) -> Option<Fragment> {
        if target.extension.is_some() { None } else { COMMON.compare(parameters, target, op, value) }
    }

    fn element(
        &self,
        _parameters: &mut Parameters,
        _target: &Target,
        _filter: &TypedFilter,
    ) -> Option<Fragment> {
        None
    }
}
