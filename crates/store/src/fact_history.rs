//! What decides on access beside mappings and grants, at an earlier time: whether a user was active, the base resource role of an
//! organization, the visibility of a resource (enrollment.md 3.10).
//!
//! Changes alone are kept. What never changed is what it is, and what was before the first change is told by that change: nothing has to
//! be written for what was there before the history.

use jiff::Timestamp;
use uuid::Uuid;

use crate::{Row, StoreError, Tx, params};

/// A change of what is so of a user, an organization or a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactRow {
    /// The audit entry of the change.
    pub audit: i64,
    /// When it was made.
    pub changed: Timestamp,
    /// What was until then; empty when there was no such user or resource.
    pub old: String,
    /// What is so from then on; empty when there is no such user or resource any more.
    pub new: String,
}

macro_rules! changes {
    ($rest:literal) => {
        concat!("SELECT audit, changed, old, new FROM fact_history ", $rest)
    };
}

const LAST: &str = changes!("WHERE subject_id = ?1 AND changed <= ?2 ORDER BY audit DESC LIMIT 1");

const NEXT: &str = changes!("WHERE subject_id = ?1 AND changed > ?2 ORDER BY audit LIMIT 1");

fn read(row: &Row<'_>) -> Result<FactRow, StoreError> {
    Ok(FactRow {
        audit: row.integer(0)?,
        changed: row.timestamp(1)?,
        old: row.text(2)?.to_owned(),
        new: row.text(3)?.to_owned(),
    })
}

/// Writes a change down. It is never before the one before it, whatever the clock says.
///
/// # Errors
/// The store fails.
pub fn append(tx: &Tx<'_>, subject: Uuid, change: &FactRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO fact_history (subject_id, audit, changed, old, new) \
         SELECT ?1, ?2, CASE WHEN COALESCE(MAX(changed), ?3) > ?3 THEN MAX(changed) ELSE ?3 END, ?4, ?5 \
         FROM fact_history WHERE subject_id = ?1",
        &params![subject, change.audit, change.changed, &change.old, &change.new],
    )
    .map(drop)
}

/// The last change at a time or before it.
///
/// # Errors
/// The store fails.
pub fn last(tx: &Tx<'_>, subject: Uuid, at: Timestamp) -> Result<Option<FactRow>, StoreError> {
    tx.first(LAST, &params![subject, at], read)
}

/// The first change behind a time.
///
/// # Errors
/// The store fails.
pub fn next(tx: &Tx<'_>, subject: Uuid, at: Timestamp) -> Result<Option<FactRow>, StoreError> {
    tx.first(NEXT, &params![subject, at], read)
}

#[cfg(test)]
mod tests {
    use super::{LAST, NEXT};
    use crate::plan_tests::assert_index;

    #[test]
    fn the_changes_of_a_subject_are_read_in_the_order_of_the_key() {
        for sql in [LAST, NEXT] {
            let plan = assert_index(sql, 2);
            assert!(matches!(plan.as_slice(), [only] if only.contains("(subject_id=?)")), "{plan:#?}");
        }
    }
}
