//! The values of a compiled filter.

use crate::Param;

/// Values bound by a compiled filter, in the order of their numbers. The first is number 2: number 1 is the directory's id
/// in every statement on data that a directory owns (threat S5).
#[derive(Debug, Default)]
pub(super) struct Parameters {
    values: Vec<Param<'static>>,
    recursions: usize,
}

/// The most recursive queries in one condition. SQLite refuses a statement that has one after a thousand tables, which a filter
/// of 256 terms could come to.
const MOST_RECURSIONS: usize = 16;

/// A point to come back to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    values: usize,
    recursions: usize,
}

impl Parameters {
    /// Takes a value and gives the placeholder that stands for it.
    pub(super) fn bind(&mut self, value: impl Into<Param<'static>>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len().saturating_add(1))
    }

    /// Whether the condition may have one more recursive query.
    pub(super) fn may_recur(&mut self) -> bool {
        self.recursions += 1;
        self.recursions <= MOST_RECURSIONS
    }

    /// A point to come back to.
    pub(super) fn mark(&self) -> Mark {
        Mark { values: self.values.len(), recursions: self.recursions }
    }

    /// Forgets what was bound since a mark: its condition is not used.
    pub(super) fn rewind(&mut self, mark: Mark) {
        self.values.truncate(mark.values);
        self.recursions = mark.recursions;
    }

    /// The values.
    pub(super) fn into_values(self) -> Vec<Param<'static>> {
        self.values
    }
}
