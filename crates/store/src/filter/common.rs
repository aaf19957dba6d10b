//! The attributes that every resource has (RFC 7643 §3.1).

use enroll_scim::filter::{CompareOp, Target, TypedValue};

use super::fragment::Fragment;
use super::parameters::Parameters;
use super::text::TextColumn;
use super::time::TimeColumn;

/// The columns of the common attributes of one table.
#[derive(Debug, Clone, Copy)]
pub(super) struct CommonColumns {
    pub(super) id: TextColumn,
    pub(super) external_id: TextColumn,
    pub(super) created: TimeColumn,
    pub(super) last_modified: TimeColumn,
}

impl CommonColumns {
    pub(super) fn present(&self, target: &Target) -> Option<Fragment> {
        match (target.attribute.as_str(), target.sub.as_deref()) {
            ("externalId", None) => Some(self.external_id.present()),
            ("id", None) | ("meta", None | Some("created" | "lastModified")) => {
                Some(Fragment::constant(true))
            }
            _ => None,
        }
    }

    pub(super) fn compare(
        &self,
        parameters: &mut Parameters,
        target: &Target,
        op: CompareOp,
        value: &TypedValue,
    ) -> Option<Fragment> {
        match (target.attribute.as_str(), target.sub.as_deref()) {
            ("id", None) => self.id.compare(parameters, op, value),
            ("externalId", None) => self.external_id.compare(parameters, op, value),
            ("meta", Some("created")) => self.created.compare(parameters, op, value),
            ("meta", Some("lastModified")) => self.last_modified.compare(parameters, op, value),
            _ => None,
        }
    }
}
