//! Pieces of a condition and how they are joined.

/// A piece of a WHERE clause. It is TRUE or FALSE for every row, never NULL, so that `NOT` means what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fragment {
    /// The condition; it can stand as an operand of AND, OR and NOT.
    pub(super) sql: String,
    /// Whether the condition decides; else it only has to hold wherever the filter does.
    pub(super) exact: bool,
    /// Whether an index leads to the rows that meet the condition, so that it is worth to begin with it.
    pub(super) selective: bool,
}

impl Fragment {
    /// A condition that decides.
    pub(super) fn exact(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), exact: true, selective: false }
    }

    /// A condition that decides and that an index answers.
    pub(super) fn selective(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), exact: true, selective: true }
    }

    /// A condition that is the same for every row.
    pub(super) fn constant(holds: bool) -> Self {
        Self::exact(if holds { "1 = 1" } else { "1 = 0" })
    }

    /// All hold.
    pub(super) fn all(conditions: Vec<Self>) -> Self {
        let exact = conditions.iter().all(|condition| condition.exact);
        let selective = conditions.iter().any(|condition| condition.selective);
        Self { sql: join(conditions, " AND ", true), exact, selective }
    }

    /// At least one holds.
    pub(super) fn any(conditions: Vec<Self>) -> Self {
        let exact = conditions.iter().all(|condition| condition.exact);
        let selective = conditions.iter().all(|condition| condition.selective);
        Self { sql: join(conditions, " OR ", false), exact, selective }
    }

    /// It does not hold; `None` for a condition that does not decide, because its opposite would lose rows.
    pub(super) fn not(self) -> Option<Self> {
        self.exact.then(|| Self::exact(format!("NOT ({})", self.sql)))
    }
}

fn join(mut conditions: Vec<Fragment>, operator: &str, empty: bool) -> String {
    if conditions.len() < 2 {
        return conditions.pop().unwrap_or_else(|| Fragment::constant(empty)).sql;
    }
    let conditions: Vec<String> = conditions.into_iter().map(|condition| condition.sql).collect();
    format!("({})", conditions.join(operator))
}
