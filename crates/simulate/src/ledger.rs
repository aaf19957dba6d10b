//! Counts requests, times them and keeps the failed checks of a run.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::exchange::Exchange;
use crate::summary::{FailedCheck, Timing};

/// How many failed checks are kept with their exchange; more are only counted.
const KEPT_FAILURES: usize = 200;

/// What a run has seen so far. Shared by everything that sends requests.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
pub(crate) struct Entries {
    pub(crate) durations: BTreeMap<String, Vec<Duration>>,
    pub(crate) throttled: usize,
    pub(crate) checks: usize,
    pub(crate) failures: usize,
    pub(crate) failed_checks: Vec<FailedCheck>,
    pub(crate) skipped: Vec<String>,
}

impl Ledger {
    fn entries(&self) -> MutexGuard<'_, Entries> {
        // Counters stay usable whatever happened to the thread that held them.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an answered request of a kind such as `GET /Users/{id}`.
    pub(crate) fn answered(&self, kind: String, duration: Duration) {
        self.entries().durations.entry(kind).or_default().push(duration);
    }

    /// Notes an answer 429 that will be waited for.
    pub(crate) fn throttled(&self) {
        self.entries().throttled += 1;
    }

    /// Notes one check that was made.
    pub(crate) fn checked(&self) {
        self.entries().checks += 1;
    }

    /// Notes one failed check with its evidence.
    pub(crate) fn failed(&self, sequence: &str, sentence: String, exchange: Option<&Exchange>) {
        let mut entries = self.entries();
        entries.failures += 1;
        if entries.failed_checks.len() < KEPT_FAILURES {
            entries.failed_checks.push(FailedCheck {
                sequence: sequence.to_owned(),
                sentence,
                exchange: exchange.map(Exchange::shortened),
            });
        }
    }

    /// Notes a sequence that was not played, with the reason.
    pub(crate) fn skipped(&self, sentence: String) {
        self.entries().skipped.push(sentence);
    }

    /// How many requests were answered and how many checks failed so far.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let entries = self.entries();
        (entries.durations.values().map(Vec::len).sum(), entries.failures)
    }

    /// Reads everything at once.
    pub(crate) fn read<T>(&self, reader: impl FnOnce(&Entries) -> T) -> T {
        reader(&self.entries())
    }
}

impl Entries {
    /// The timings of each kind of request, in alphabetical order of the kinds.
    pub(crate) fn timings(&self) -> Vec<Timing> {
        self.durations.iter().map(|(kind, durations)| Timing::of(kind, durations)).collect()
    }

    /// The timing of all requests together.
    pub(crate) fn total(&self) -> Timing {
        let all: Vec<Duration> = self.durations.values().flatten().copied().collect();
        Timing::of("all requests", &all)
    }
}
