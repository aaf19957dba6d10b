//! How much is measured.

/// How much work a run does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    /// Users in the large directory, members in the large group.
    pub(crate) large: usize,
    /// How often a comparison is repeated; the median counts.
    pub(crate) rounds: usize,
    /// Length of one measurement.
    pub(crate) milliseconds: u64,
}
