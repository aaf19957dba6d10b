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
const RESTART_AT: i64 = 8_000;

/// How long the writer waits for readers when it starts the log anew.
const PATIENCE: Duration = Duration::from_millis(100);

/// How long to leave it alone when readers stood in the way.
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
    /// Readers stood in the way: not before this.
    not_before: Option<Instant>,
}

impl Checkpoint {
    /// How long the writer may sleep, if something is left to do.
    pub(super) fn due(&self) -> Option<Duration> {
        self.not_before.map(|time| time.saturating_duration_since(Instant::now()))
    }

    /// Checkpoints if the log has grown.
    ///
    /// # Errors
    /// [`Trouble::Fatal`] when the disk fails; readers in the way and a full disk are no error.
    pub(super) fn tidy(&mut self, session: &Session, state: &State) -> Result<(), Trouble> {
        if self.due().is_some_and(|wait| !wait.is_zero()) {
            return Ok(());
        }
        let log = measure(session, "NOOP")?;
        if log.pages >= RESTART_AT {
            self.restart(session, state)?;
        } else if log.pages - log.copied >= COPY_AT {
            let log = measure(session, "PASSIVE")?;
            state.count_checkpoint();
            self.pause_unless(log.pages == log.copied);
        } else {
            self.pause_unless(true);
        }
        Ok(())
    }

    /// Copies all and empties the log.
    ///
    /// # Errors
    /// As [`Self::tidy`].
    pub(super) fn finish(&mut self, session: &Session, state: &State) -> Result<(), Trouble> {
        self.restart(session, state)
    }

    fn restart(&mut self, session: &Session, state: &State) -> Result<(), Trouble> {
        let log = session.with_patience(PATIENCE, || measure(session, "TRUNCATE"))?;
        state.count_checkpoint();
        self.pause_unless(log.pages == 0);
        Ok(())
    }

    fn pause_unless(&mut self, done: bool) {
        self.not_before = if done { None } else { Instant::now().checked_add(PAUSE) };
    }
}

/// Runs a checkpoint of the given mode and gives the log after it. A checkpoint that found the disk full or somebody in the way has
/// done nothing wrong: the log stays and is copied later.
fn measure(session: &Session, mode: &str) -> Result<Log, Trouble> {
    let answer = session.ask(&format!("PRAGMA wal_checkpoint({mode})"), |row| {
        Ok(Log { pages: row.get(1)?, copied: row.get(2)? })
    });
    match answer {
        Ok(log) => Ok(log),
        Err(error) => match session.judge(&error) {
            (_, Some(Trouble::Fatal(reason))) => Err(Trouble::Fatal(reason)),
            (error, _) => {
                tracing::warn!(%error, mode, "the write-ahead log was not copied");
                Ok(Log { pages: i64::MAX, copied: 0 })
            }
        },
    }
}
