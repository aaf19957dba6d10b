//! The thread that writes the log: off the way of every request.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use enroll_domain::DirectoryId;
use enroll_store::request_log::{ActivityError, ActivityRow, NewRequest, RequestFile, Retention};
use enroll_store::{Db, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::digest::{self, Digest};
use super::exchange::{Exchange, Lengths};
use super::failures::Worst;
use super::{RequestLogOptions, Shared};
use crate::Clock;

/// Entries that share a transaction at most.
const BATCH: usize = 256;

/// How long entries wait for others to share a transaction with.
const GATHER: Duration = Duration::from_millis(50);

/// How often what is too old is deleted.
const TRIM: Duration = Duration::from_secs(60);

/// Entries after which it is looked whether there are too many.
const TRIM_ENTRIES: usize = 5_000;

/// Entries of requests without a valid token, as a part of those that are kept.
const UNAUTHENTICATED_PART: u32 = 10;

/// What the thread is told.
pub(super) enum Message {
    /// To keep a request.
    Keep(Box<(Exchange, Lengths, usize)>),
    /// To answer when all that came before is in the file.
    Flush(SyncSender<()>),
    /// To write what there is and end.
    Close,
}

/// The thread's own things.
pub(super) struct Writer {
    pub(super) file: RequestFile,
    pub(super) newest: i64,
    pub(super) messages: Receiver<Message>,
    pub(super) shared: Arc<Shared>,
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) options: RequestLogOptions,
}

impl Writer {
    /// Writes until it is told to end or nobody is left to tell it anything.
    pub(super) fn serve(mut self) {
        let mut trimmed = None::<Instant>;
        let mut since_trim = 0;
        let mut told = None::<Instant>;
        loop {
            if trimmed.is_none_or(|at| at.elapsed() >= TRIM) || since_trim >= TRIM_ENTRIES {
                self.report(self.trim(), &mut told, 0);
                (trimmed, since_trim) = (Some(Instant::now()), 0);
            }
            let (batch, flushed, open) = self.gather();
            if !batch.is_empty() {
                since_trim += batch.len();
                let lost = batch.len() as u64;
                let result = self.write(batch);
                self.report(result, &mut told, lost);
            }
            // Whoever has stopped waiting need not be told.
            for caller in flushed {
                let _ = caller.send(());
            }
            if !open {
                return;
            }
        }
    }

    /// Waits for entries, a little longer for more, and gives what there is.
    fn gather(&self) -> (Vec<(Exchange, Lengths)>, Vec<SyncSender<()>>, bool) {
        let mut batch = Vec::new();
        let mut flushed = Vec::new();
        let mut until = None::<Instant>;
        loop {
            let wait = until.map_or(TRIM, |until| until.saturating_duration_since(Instant::now()));
            match self.messages.recv_timeout(wait) {
                Ok(Message::Keep(kept)) => {
                    let (exchange, lengths, weight) = *kept;
                    self.shared.waiting.fetch_sub(weight, Ordering::Relaxed);
                    batch.push((exchange, lengths));
                    until.get_or_insert_with(|| Instant::now() + GATHER);
                    if batch.len() >= BATCH {
                        return (batch, flushed, true);
                    }
                }
                Ok(Message::Flush(caller)) => {
                    flushed.push(caller);
                    return (batch, flushed, true);
                }
                Ok(Message::Close) | Err(RecvTimeoutError::Disconnected) => return (batch, flushed, false),
                Err(RecvTimeoutError::Timeout) => return (batch, flushed, true),
            }
        }
    }

    fn write(&mut self, batch: Vec<(Exchange, Lengths)>) -> Result<(), StoreError> {
        let mut activity = self.shared.activity.read().unwrap_or_else(PoisonError::into_inner).clone();
        let mut touched = HashMap::new();
        let now = self.clock.now();
        let mut entries = Vec::with_capacity(batch.len());
        for (exchange, lengths) in batch {
            let directory = exchange.caller.as_ref().map(|caller| caller.directory);
            let known = directory
                .and_then(|directory| activity.get(&directory))
                .and_then(|row| row.idp.as_deref()?.parse().ok());
            let digest = digest::of(&exchange, lengths, now, known, &self.db);
            if let Some(directory) = directory {
                let row = learn(activity.remove(&directory), &digest);
                activity.insert(directory, row.clone());
                touched.insert(directory, row);
            }
            entries.push(digest.entry);
        }
        let touched: Vec<(DirectoryId, ActivityRow)> = touched.into_iter().collect();
        let written = self.file.append(self.newest, &entries, &touched);
        if written.is_ok() {
            self.newest += i64::try_from(entries.len()).unwrap_or_default();
        }
        // What is known stays known, whether the file takes it or not.
        *self.shared.activity.write().unwrap_or_else(PoisonError::into_inner) = activity;
        written
    }

    fn trim(&self) -> Result<(), StoreError> {
        let RequestLogOptions { days, entries, .. } = self.options;
        let now = self.clock.now();
        let since =
            now.checked_sub(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MIN);
        self.file.trim(Retention { since, entries, unauthenticated: entries.div_ceil(UNAUTHENTICATED_PART) })
    }

    /// Counts what was lost, and says so in the server's log once a minute.
    fn report(&self, result: Result<(), StoreError>, told: &mut Option<Instant>, lost: u64) {
        let Err(error) = result else { return };
        self.shared.dropped.fetch_add(lost, Ordering::Relaxed);
        if told.is_none_or(|at| at.elapsed() >= TRIM) {
            *told = Some(Instant::now());
            tracing::warn!(%error, "the request log cannot be written; requests are served as before");
        }
    }
}

/// What is known of a directory after one more request.
fn learn(before: Option<ActivityRow>, digest: &Digest) -> ActivityRow {
    let Digest { entry, operation, stopped, idp, worst } = digest;
    let NewRequest { received, status, .. } = entry;
    let mut row = before.unwrap_or(ActivityRow {
        last_request: *received,
        last_success: None,
        refused_since: None,
        failed_writes: 0,
        last_error: None,
        idp: None,
    });
    row.last_request = row.last_request.max(*received);
    if let Some(idp) = idp {
        row.idp = Some(idp.as_str().to_owned());
    }
    if *status < 400 {
        row.last_success = Some(*received);
        row.refused_since = None;
        // A bulk request of which nothing was carried out was refused, whatever its status.
        if worst.as_ref().is_some_and(|worst| worst.nothing_done) {
            row.failed_writes = row.failed_writes.saturating_add(1);
        } else if operation.writes() {
            row.failed_writes = 0;
        }
        if let Some(Worst { status, explanation, advice, .. }) = worst {
            row.last_error = Some(ActivityError {
                time: *received,
                status: *status,
                request_id: entry.request_id.clone(),
                text: explanation.clone(),
                advice: advice.clone(),
            });
        }
        return row;
    }
    if *status == 401 {
        row.refused_since.get_or_insert(*received);
    }
    // Too many at a time, and a conflict of versions, come right by themselves. What the brake or a pause refuses does not, and yet is
    // no failure of the identity provider.
    if let Some(text) = entry.explanation.clone().filter(|_| *stopped || !matches!(status, 412 | 429)) {
        if operation.writes() && entry.authenticated && !stopped {
            row.failed_writes = row.failed_writes.saturating_add(1);
        }
        row.last_error = Some(ActivityError {
            time: *received,
            status: *status,
            request_id: entry.request_id.clone(),
            text,
            advice: entry.advice.clone(),
        });
    }
    row
}
