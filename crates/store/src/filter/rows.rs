//! Multi-valued attributes whose elements are rows of their own.

use enroll_scim::filter::{CompareOp, Target, TypedFilter, TypedValue};

use super::compile::{Columns, compile};
use super::fragment::Fragment;
use super::parameters::Parameters;
use super::text::TextColumn;

/// A table with one row for each element of a multi-valued attribute.
#[derive(Debug, Clone, Copy)]
pub(super) struct ElementRows {
    /// `SELECT` of the owners' ids, ready for ` AND condition`. Begins with the directory.
    pub(super) owners: &'static str,
    /// `EXISTS (SELECT` of the rows of one owner, ready for ` AND condition)`.
    pub(super) of_one: &'static str,
    /// The id of the owner, with its table.
    pub(super) owner: &'static str,
    /// The column of each part that has one.
    pub(super) columns: fn(part: &str) -> Option<TextColumn>,
}

impl ElementRows {
    /// `attribute pr`, `attribute.part pr`.
    pub(super) fn present(self, part: Option<&str>) -> Option<Fragment> {
        match part {
            // Of an element whose parts are all empty there is a row, but it is no value.
            None => Some(Fragment { exact: false, ..Fragment::exact(format!("{})", self.of_one)) }),
            Some(part) => Some(self.any_row((self.columns)(part)?.present())),
        }
    }

    /// `attribute.part op value`: any element compares so; `ne` is also true where no element has the part.
    pub(super) fn compare(
        self,
        parameters: &mut Parameters,
        part: Option<&str>,
        op: CompareOp,
        value: &TypedValue,
    ) -> Option<Fragment> {
        let column = (self.columns)(part.unwrap_or("value"))?;
        if op != CompareOp::NotEqual {
            return column.compare(parameters, op, value).map(|condition| self.any_row(condition));
        }
        let has_part = format!("{} IS NOT NULL", column.name);
        // Of a row that has the part, only a value that differs counts.
        let differs = TextColumn { nullable: false, ..column }.compare(parameters, op, value)?;
        let differs = Fragment::all(vec![Fragment::exact(has_part.clone()), differs]);
        let unassigned = format!("NOT {} AND {has_part})", self.of_one);
        Some(Fragment::any(vec![Fragment::exact(unassigned), self.any_row(differs)]))
    }

    /// `attribute[filter]`: one element meets the filter as a whole.
    pub(super) fn element(self, parameters: &mut Parameters, filter: &TypedFilter) -> Option<Fragment> {
        compile(filter, &self, parameters).map(|condition| self.any_row(condition))
    }

    /// Where an index finds the rows, the database begins with them; else it looks at the rows of each candidate.
    fn any_row(self, condition: Fragment) -> Fragment {
        let Fragment { sql, exact, selective } = condition;
        let sql = if selective {
            format!("{} IN ({} AND {sql})", self.owner, self.owners)
        } else {
            format!("{} AND {sql})", self.of_one)
        };
        Fragment { sql, exact, selective }
    }
}

/// Inside the brackets there is one row: its columns are the parts.
impl Columns for ElementRows {
    fn table(&self) -> Option<(&'static str, &'static str)> {
        None
    }

    fn present(&self, _parameters: &mut Parameters, target: &Target) -> Option<Fragment> {
        (self.columns)(target.sub.as_deref()?).map(TextColumn::present)
    }

    fn compare(
        &self,
        parameters: &mut Parameters,
        target: &Target,
        op: CompareOp,
        value: &TypedValue,
    ) -> Option<Fragment> {
        (self.columns)(target.sub.as_deref()?)?.compare(parameters, op, value)
    }

    fn element(&self, _: &mut Parameters, _: &Target, _: &TypedFilter) -> Option<Fragment> {
        None
    }
}
