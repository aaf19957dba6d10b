//! The walk over a filter: which parts the database decides.

use enroll_scim::filter::{CompareOp, Target, TypedFilter, TypedValue};

use super::fragment::Fragment;
use super::parameters::Parameters;

/// The most look-ups that an OR is taken apart into; the parts of a longer one are tried on each row.
const MOST_LOOK_UPS: usize = 16;

/// What one resource type, or one element of a multi-valued attribute, knows of columns.
///
/// Every function gives `None`, and leaves the parameters as they were, for what has no column.
pub(super) trait Columns {
    /// The id of what is looked for, and the `SELECT` of all ids of the directory, ready for ` AND condition`. `None` inside the
    /// brackets of an element.
    fn table(&self) -> Option<(&'static str, &'static str)>;

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
            conditions.map(|conditions| any(conditions, columns))
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

/// At least one holds. Left to itself a planner reads the whole directory for an OR, though an index answers each part.
fn any(conditions: Vec<Fragment>, columns: &impl Columns) -> Fragment {
    match columns.table() {
        Some((id, all))
            if (2..=MOST_LOOK_UPS).contains(&conditions.len())
                && conditions.iter().all(|condition| condition.selective) =>
        {
            let exact = conditions.iter().all(|condition| condition.exact);
            let parts: Vec<String> =
                conditions.iter().map(|condition| format!("{all} AND {}", condition.sql)).collect();
            let sql = format!("{id} IN ({})", parts.join(" UNION ALL "));
            Fragment { sql, exact, selective: true }
        }
        _ => Fragment::any(conditions),
    }
}
