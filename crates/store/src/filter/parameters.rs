//! The values of a compiled filter.

use crate::Param;

/// Values bound by a compiled filter, in the order of their numbers. The first is number 2: number 1 is the directory's id
/// in every statement on data that a directory owns (threat S5).
#[derive(Debug, Default)]
pub(super) struct Parameters(Vec<Param<'static>>);

impl Parameters {
    /// Takes a value and gives the placeholder that stands for it.
    pub(super) fn bind(&mut self, value: impl Into<Param<'static>>) -> String {
        self.0.push(value.into());
        format!("?{}", self.0.len().saturating_add(1))
    }

    /// How many values there are, for [`Parameters::rewind`].
    pub(super) fn mark(&self) -> usize {
        self.0.len()
    }

    /// Forgets the values bound since a mark: their condition is not used.
    pub(super) fn rewind(&mut self, mark: usize) {
        self.0.truncate(mark);
    }

    /// The values.
    pub(super) fn into_values(self) -> Vec<Param<'static>> {
        self.0
    }
}
