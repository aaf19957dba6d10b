//! The walk over a filter: which parts the database decides.

use enroll_scim::filter::{CompareOp, Target, TypedFilter, TypedValue};

use super::fragment::Fragment;
use super::parameters::Parameters;

/// What one resource type, or one element of a multi-valued attribute, knows of columns.
///
/// Every function gives `None`, and leaves the parameters as they were, for what has no column.
pub(super) trait Columns {
    /// `target pr`
    fn present(&self, parameters: &mut Parameters, target: &Target) -> Option<Fragment>;

    /// `target op value`
    fn compare(
        &self,
        parameters: &mut Parameters,
        target: &Target,
        op: CompareOp,
        value: &TypedValue,
    ) -> Option<Fragment>;

    /// `target[filter]`
    fn element(&self, parameters: &mut Parameters, target: &Target, filter: &TypedFilter)
    -> Option<Fragment>;
}

/// The condition for a filter: one that decides where every part has a column, else one that holds wherever the filter does;
/// `None` if nothing can be said.
///
/// The recursion is as deep as the filter, which its parser bounds (`Limits::filter_depth`).
pub(super) fn compile(
    filter: &TypedFilter,
    columns: &impl Columns,
    parameters: &mut Parameters,
) -> Option<Fragment> {
    let mark = parameters.mark();
    let condition = match filter {
        TypedFilter::And(parts) => {
            let conditions: Vec<Fragment> =
                parts.iter().filter_map(|part| compile(part, columns, parameters)).collect();
            let complete = conditions.len() == parts.len();
            let mut condition = (complete || !conditions.is_empty()).then(|| Fragment::all(conditions))?;
            condition.exact &= complete;
            Some(condition)
        }
        TypedFilter::Or(parts) => {
            let conditions: Option<Vec<Fragment>> =
                parts.iter().map(|part| compile(part, columns, parameters)).collect();
            conditions.map(Fragment::any)
        }
        TypedFilter::Not(part) => compile(part, columns, parameters).and_then(Fragment::not),
        TypedFilter::Present(target) => columns.present(parameters, target),
        TypedFilter::Compare { target, op, value } => columns.compare(parameters, target, *op, value),
        TypedFilter::Element { target, filter } => columns.element(parameters, target, filter),
        TypedFilter::Never => Some(Fragment::constant(false)),
    };
    if condition.is_none() {
        // A value that no placeholder names would make the statement fail.
        parameters.rewind(mark);
    }
    condition
}
