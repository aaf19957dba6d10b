//! A store in a file that is thrown away when it is not finished, and back out of one: what backups of PostgreSQL are made of.

use std::path::Path;

use jiff::Timestamp;

use super::source::Source;
use super::target::Target;
use super::{MoveError, Moved, Place, Tell, Trail, fill};
use crate::DatabaseUrl;

/// Copies one snapshot of a store on a server into `file`, which is empty. Writers go on meanwhile.
///
/// # Errors
/// As a move has them. The file is of no use then.
pub(crate) fn into_file(
    url: &DatabaseUrl,
    file: &Path,
    now: Timestamp,
    tell: Tell<'_>,
) -> Result<Moved, MoveError> {
    let source = Source::snapshot(url)?;
    let steps = source.steps()?;
    fill(&source, Target::new_file(file, steps, now)?, steps, Trail::AsItIs, tell)
}

/// Copies a file that nobody writes into an empty database, with the schema of the file.
///
/// # Errors
/// As a move has them.
pub(crate) fn out_of_file(
    file: &Path,
    to: &Place,
    now: Timestamp,
    tell: Tell<'_>,
) -> Result<Moved, MoveError> {
    let source = Source::file(file)?;
    let steps = source.steps()?;
    fill(&source, Target::prepare(to, steps, now)?, steps, Trail::AsItIs, tell)
}
