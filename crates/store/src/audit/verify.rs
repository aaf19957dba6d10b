//! Whether the trail is as it was written.

use std::ops::ControlFlow;

use enroll_domain::audit::ChainHash;
use serde::Serialize;

use super::head;
use super::read::{SELECT, read};
use crate::{StoreError, Tx};

/// The first place where the trail is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// The place.
    pub sequence: i64,
    /// What is wrong there, a sentence.
    pub reason: String,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainReport {
    /// Entries that are in order.
    pub entries: u64,
    /// The place of the last of them; 0 when there is none.
    pub sequence: i64,
    /// Its hash. Whoever notes it elsewhere can later show that nothing before it was changed.
    pub hash: ChainHash,
    /// Where the trail breaks; `None` when all is well.
    pub broken: Option<Broken>,
}

/// Recomputes the chain from its first entry. `anchor` is the place and hash of an entry as somebody has noted it elsewhere: a
/// trail that was written anew as a whole has another one there.
///
/// # Errors
/// The store fails.
pub fn verify(tx: &Tx<'_>, anchor: Option<(i64, ChainHash)>) -> Result<ChainReport, StoreError> {
    let mut report = ChainReport { entries: 0, sequence: 0, hash: ChainHash::START, broken: None };
    tx.each(&format!("{SELECT} ORDER BY sequence"), &[], |row| {
        let expected = report.sequence + 1;
        let found = row.integer(0)?;
        if found != expected {
            // The entry before the first is no place that anything can have.
            let at = if found < expected { found } else { expected };
            report.broken = broken(at, if found < expected { "does not belong there" } else { "is missing" });
            return Ok(ControlFlow::Break(()));
        }
        let read = match read(row) {
            Ok(read) => read,
            Err(StoreError::Corrupt(what)) => {
                report.broken = broken(expected, &format!("cannot be read: {what}"));
                return Ok(ControlFlow::Break(()));
            }
            Err(other) => return Err(other),
        };
        let hash = report.hash.next(&read.entry);
        if hash != read.hash {
            report.broken = broken(expected, "was changed, or an entry before it was: its hash is another");
            return Ok(ControlFlow::Break(()));
        }
        if anchor.is_some_and(|(sequence, noted)| sequence == expected && noted != hash) {
            report.broken = broken(expected, "has another hash than was noted: the trail was written anew");
            return Ok(ControlFlow::Break(()));
        }
        (report.entries, report.sequence, report.hash) = (report.entries + 1, expected, hash);
        Ok(ControlFlow::Continue(()))
    })?;
    if report.broken.is_none() {
        report.broken = end(tx, &report, anchor)?;
    }
    Ok(report)
}

/// Whether the trail ends where it should.
fn end(
    tx: &Tx<'_>,
    report: &ChainReport,
    anchor: Option<(i64, ChainHash)>,
) -> Result<Option<Broken>, StoreError> {
    let missing = || broken(report.sequence + 1, "is missing: the trail once went further");
    let recorded = match head(tx) {
        Ok(recorded) => recorded,
        Err(StoreError::Corrupt(what)) => {
            return Ok(broken(report.sequence, &format!("is recorded as last: {what}")));
        }
        Err(other) => return Err(other),
    };
    Ok(if recorded.sequence > report.sequence || anchor.is_some_and(|(noted, _)| noted > report.sequence) {
        missing()
    } else if recorded.sequence < report.sequence {
        broken(recorded.sequence + 1, "was not added by this program: it is behind the recorded last entry")
    } else if recorded.hash != report.hash {
        broken(report.sequence, "has another hash than the recorded last entry")
    } else {
        None
    })
}

fn broken(sequence: i64, what: &str) -> Option<Broken> {
    Some(Broken { sequence, reason: format!("entry {sequence} {what}") })
}
