//! Keeps the write-ahead log short (R22).
//!
//! The writer thread does it between two batches, after the callers have their answers. SQLite's own automatic checkpoint would make
//! them wait for it and would not tell about a disk that fails.

use std::time::{Duration, Instant};

use super::failure::Trouble;
use super::session::Session;
use super::state::State;

/// Copy the log into the database when so many pages (4 KiB) wait in it.
const COPY_AT: i64 = 2_000;

/// Start the log anew, waiting for readers a moment, when it has grown to so many pages: readers that overlap all the time would
/// otherwise let it grow for ever.
const RESTART_AT: i64 = 5_000;

/// How long the writer waits for readers when it starts the log anew: its callers wait as long, and no write is to wait for more than
/// 100 ms.
const PATIENCE: Duration = Duration::from_millis(50);

/// The same when the log has grown to [`TOO_LONG`] pages: readers that last longer than [`PATIENCE`] follow on each other.
const MORE_PATIENCE: Duration = Duration::from_secs(1);

/// 64 MiB, the most that is left when readers end.
const TOO_LONG: i64 = 16_384;

/// How long to leave it alone when readers stood in the way and nobody writes.
const PAUSE: Duration = Duration::from_secs(1);

/// Pages in the log, and how many of them are already copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Log {
    pages: i64,
    copied: i64,
}

/// When to checkpoint next.
#[derive(Debug, Default)]
pub(super) struct Checkpoint {
    /// Readers stood in the way: try again when the writer has nothing else to do by then.
    again: Option<Instant>,
    /// Readers stood in the way: while there are writes, not before the log has so many pages.
    not_below: i64,
}

impl Checkpoint {
    /// How long the writer may wait for a write, if something is left to do.
    pub(super) fn due(&self) -> Option<Duration> {
        self.again.map(|time| time.saturating_duration_since(Instant::now()))
    }

    /// Checkpoints if the log has grown.
    ///
    /// # Errors
    /// [`Trouble::Fatal`] when the disk fails; readers in the way and a full disk are no error.
    pub(super) fn tidy(&mut self, session: &Session, state: &State) -> Result<(), Trouble> {
        let Some(log) = checkpoint(session, "NOOP")? else { return Ok(()) };
        let due = self.due().is_some_and(|wait| wait.is_zero());
        if log.pages < self.not_below && !due {
            return Ok(());
        }
        if log.pages >= RESTART_AT {
            let patience = if due || log.pages < TOO_LONG { PATIENCE } else { MORE_PATIENCE };
            self.restart(session, state, patience)
        } else if log.pages.saturating_sub(log.copied) >= COPY_AT {
            let after = checkpoint(session, "PASSIVE")?;
            state.count_checkpoint();
            self.note(after.is_some_and(|log| log.pages == log.copied), log);
            Ok(())
        } else {
            self.note(true, log);
            Ok(())
        }
    }

    /// Copies all and empties the log.
    ///
    /// # Errors
    /// As [`Self::tidy`].
    pub(super) fn finish(&mut self, session: &Session, state: &State) -> Result<(), Trouble> {
        self.restart(session, state, PATIENCE)
    }

    fn restart(&mut self, session: &Session, state: &State, patience: Duration) -> Result<(), Trouble> {
        session.with_patience(patience, || checkpoint(session, "TRUNCATE"))?;
        state.count_checkpoint();
        if let Some(log) = checkpoint(session, "NOOP")? {
            self.note(log.pages < RESTART_AT, log);
        }
        Ok(())
    }

    fn note(&mut self, done: bool, log: Log) {
        self.again = if done { None } else { Instant::now().checked_add(PAUSE) };
        self.not_below = if done { 0 } else { log.pages.saturating_add(COPY_AT) };
    }
}

/// Runs a checkpoint of the given mode and gives the log after it. `None` when the disk is full or somebody was in the way: the log
/// stays as it is and is copied later.
fn checkpoint(session: &Session, mode: &str) -> Result<Option<Log>, Trouble> {
    let read = |row: &rusqlite::Row<'_>| Ok(Log { pages: row.get(1)?, copied: row.get(2)? });
    match session.ask(&format!("PRAGMA wal_checkpoint({mode})"), read) {
        Ok(log) => Ok(Some(log)),
        Err(error) => match session.judge(&error) {
            (_, Some(Trouble::Fatal(reason))) => Err(Trouble::Fatal(reason)),
            (error, _) => {
                tracing::warn!(%error, mode, "the write-ahead log was not copied");
                Ok(None)
            }
        },
    }
}
