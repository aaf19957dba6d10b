//! What the threads of the engine and its callers share: is it well, is it closing, what has it done.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::StoreError;

/// Shared between the writer thread and everybody who asks.
#[derive(Debug, Default)]
pub(crate) struct State {
    failure: OnceLock<String>,
    commits: AtomicU64,
    writes: AtomicU64,
    largest_batch: AtomicU64,
    repeats: AtomicU64,
    checkpoints: AtomicU64,
}

/// Counters since the database was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// Transactions committed by the writer: one synchronisation of the disk each.
    pub commits: u64,
    /// Write closures answered after such a commit; more than `commits` when requests shared one.
    pub writes: u64,
    /// The most closures that ever shared a commit.
    pub largest_batch: u64,
    /// How often a batch was run again because one of its closures was refused.
    pub repeats: u64,
    /// How often the write-ahead log was copied into the database file.
    pub checkpoints: u64,
}

impl State {
    /// Stops all writing until the next start. The first reason stays.
    pub(crate) fn fail(&self, reason: &str) {
        if self.failure.set(reason.to_owned()).is_ok() {
            tracing::error!(reason, "the database refuses writes until the next start");
        }
    }

    /// Why nothing is written any more, if so.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.failure.get().map(String::as_str)
    }

    /// The error for a write, if nothing is written any more.
    pub(crate) fn refusal(&self) -> Option<StoreError> {
        self.failure().map(|reason| {
            StoreError::Unavailable(format!("it refuses writes since the disk or the file failed: {reason}"))
        })
    }

    pub(crate) fn count_commit(&self, jobs: usize) {
        let jobs = u64::try_from(jobs).unwrap_or(u64::MAX);
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.writes.fetch_add(jobs, Ordering::Relaxed);
        self.largest_batch.fetch_max(jobs, Ordering::Relaxed);
    }

    pub(crate) fn count_repeat(&self) {
        self.repeats.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_checkpoint(&self) {
        self.checkpoints.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn statistics(&self) -> Statistics {
        Statistics {
            commits: self.commits.load(Ordering::Relaxed),
            writes: self.writes.load(Ordering::Relaxed),
            largest_batch: self.largest_batch.load(Ordering::Relaxed),
            repeats: self.repeats.load(Ordering::Relaxed),
            checkpoints: self.checkpoints.load(Ordering::Relaxed),
        }
    }
}
