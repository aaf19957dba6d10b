//! A whole store from one database into another, whatever the engines (reliability.md R28): every table, row by row.
//!
//! The source is held: nobody writes it while it is read. The target is empty, gets the schema of the source, and is marked as
//! unfinished before its first row: what was interrupted can never be taken for the whole, and the same move once more begins anew. When all
//! rows are there, both sides are read again, row by row, and compared; then the last transaction takes the mark away.
//!
//! Memory is bounded by a slice of rows. All of it blocks.

mod compare;
mod error;
mod export;
mod layout;
mod place;
mod slice;
mod source;
mod target;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::audit;
use crate::backup::AuditHead;
use crate::error::StoreError;
use crate::migrate::{known_steps, known_version};
use crate::tx::Param;
use layout::{Layout, Table};
use slice::{Slices, Values, shown};
use source::Source;
use target::Target;

pub use error::MoveError;
pub use place::Place;

pub(crate) use export::{into_file, out_of_file};

/// What a move is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many of so many rows are copied.
    Copying {
        /// Rows in the target.
        done: u64,
        /// Rows in the source.
        total: u64,
    },
    /// So many of so many rows are compared.
    Comparing {
        /// Rows found to be the same.
        done: u64,
        /// Rows in the source.
        total: u64,
    },
    /// The audit trail of the target is computed again.
    Checking,
}

/// Is told of progress.
pub type Tell<'t> = &'t (dyn Fn(Progress) + Sync);

/// What was moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Moved {
    /// The newest step of the schema.
    pub schema_version: i64,
    /// The last entry of the audit trail.
    pub audit: AuditHead,
    /// Rows in each table, all of them compared.
    pub rows: BTreeMap<String, u64>,
}

/// Copies the store at `from` into the empty database at `to`, compares all rows of both, and computes the chain of the audit trail again. The
/// source stays as it is.
///
/// # Errors
/// [`MoveError`] says which side is in the way and what to do.
pub fn run(from: &Place, to: &Place, now: Timestamp, tell: Tell<'_>) -> Result<Moved, MoveError> {
    if from == to {
        return Err(MoveError::SamePlace(from.to_string()));
    }
    let source = Source::hold(from)?;
    let steps = source.steps()?;
    if steps < known_steps() {
        let (found, known) = (source.version(), known_version());
        return Err(MoveError::OlderSource { place: from.to_string(), found, known });
    }
    fill(&source, Target::prepare(to, steps, now)?, steps, Trail::Whole, tell)
}

/// What of a broken audit trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trail {
    /// It is refused: nobody has to move now.
    Whole,
    /// It is copied as it is: the backup of a damaged store is better than none. Whoever makes or restores it is told ([`crate::backup`]).
    AsItIs,
}

/// Copies, compares and finishes.
fn fill(
    source: &Source,
    target: Target,
    steps: usize,
    trail: Trail,
    tell: Tell<'_>,
) -> Result<Moved, MoveError> {
    let layout = Layout::of(steps)?;
    let (from, into) = (source.tx(), target.tx());
    let mut counts = BTreeMap::new();
    for table in &layout.tables {
        counts.insert(table.name.clone(), table.count(&from)?);
    }
    let total = counts.values().sum();
    let mut done = 0;
    for table in &layout.tables {
        let mut slices = Slices::of(&from, table);
        while let Some(rows) = slices.next()? {
            target.write(|| table.insert(&into, &rows)).map_err(|error| unfit(error, table, &rows))?;
            done += u64::try_from(rows.len()).unwrap_or(0);
            tell(Progress::Copying { done, total });
        }
    }
    let rows = compare::all(&from, &into, &layout, &|done| tell(Progress::Comparing { done, total }))?;
    // A row that slices pass over is in neither side's: the counts would tell.
    for table in &layout.tables {
        let copied = table.count(&into)?;
        if counts.get(&table.name) != rows.get(&table.name) || rows.get(&table.name) != Some(&copied) {
            return Err(MoveError::Miscounted { table: table.name.clone(), copied });
        }
    }
    tell(Progress::Checking);
    if trail == Trail::Whole
        && let Some(broken) = audit::verify(&into, None)?.broken
    {
        return Err(MoveError::BrokenTrail(broken.reason));
    }
    let audit::Head { sequence, hash } = audit::head(&into)?;
    source.unchanged(&audit::Head { sequence, hash })?;
    target.finish(source.record())?;
    let audit = AuditHead { sequence, hash };
    Ok(Moved { schema_version: source.version(), audit, rows })
}

/// Names the row that PostgreSQL has no place for.
fn unfit(error: StoreError, table: &Table, rows: &[Values]) -> MoveError {
    let holds_nul =
        |row: &&Values| row.iter().any(|value| matches!(value, Param::Text(text) if text.contains('\0')));
    match rows.iter().find(holds_nul) {
        Some(row) if error == StoreError::NulCharacter => {
            MoveError::Unfit { table: table.name.clone(), key: shown(&table.key_of(row)) }
        }
        _ => MoveError::Store(error),
    }
}

#[cfg(test)]
mod tests;
