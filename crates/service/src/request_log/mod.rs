//! The request log: every SCIM request with what came of it and why (enrollment.md §7.3).
//!
//! A request hands over what it has and goes on: [`RequestLog::record`] never waits. A thread of its own takes secrets out,
//! finds names, explains errors, and writes in batches into a file beside the database. What it cannot keep up with is
//! dropped and counted.

mod advice;
mod digest;
mod exchange;
mod failures;
mod health;
mod redact;
mod show;
mod writer;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use enroll_domain::DirectoryId;
use enroll_store::Db;
use enroll_store::request_log::{ActivityRow, RequestFile};

pub use exchange::{Exchange, KEPT_BODY_BYTES, LoggedCaller};
pub use health::{DirectoryHealth, LastError};
pub use show::{
    LoggedError, LoggedFailure, LoggedFailures, LoggedNote, LoggedRequest, RequestFilter, RequestLogPage,
    RequestLogReader, StatusFilter,
};

use crate::{Clock, Error};
use writer::{Message, Writer};

/// Entries that may wait for the thread.
const QUEUE: usize = 4096;

/// Bytes of bodies that may wait for the thread.
const QUEUE_BYTES: usize = 16 * 1024 * 1024;

/// How long whoever reads the log waits for what is just being written.
const FLUSH: Duration = Duration::from_secs(1);

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestLogOptions {
    /// For how many days.
    pub days: u32,
    /// How many entries at most; a tenth as many of requests without a valid token.
    pub entries: u32,
}

impl Default for RequestLogOptions {
    /// 7 days, 100,000 entries (enrollment.md §7.3).
    fn default() -> Self {
        Self { days: 7, entries: 100_000 }
    }
}

/// The request log of a server. Clones share it.
#[derive(Clone)]
pub struct RequestLog(Arc<Inner>);

struct Inner {
    inbox: SyncSender<Message>,
    shared: Arc<Shared>,
    path: PathBuf,
}

/// What the thread and the requests share.
#[derive(Default)]
struct Shared {
    dropped: AtomicU64,
    /// Bytes of bodies that wait.
    waiting: AtomicUsize,
    activity: RwLock<HashMap<DirectoryId, ActivityRow>>,
}

impl fmt::Debug for RequestLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestLog").field("path", &self.0.path).finish_non_exhaustive()
    }
}

impl RequestLog {
    /// Opens the file and starts the thread. `db` is where names are looked up.
    ///
    /// # Errors
    /// [`Error::Store`] when the file cannot be made.
    pub fn open(path: &Path, options: RequestLogOptions, db: Db, clock: Clock) -> Result<Self, Error> {
        let file = RequestFile::open(path)?;
        let newest = file.newest()?;
        let activity = file.activity()?.into_iter().collect();
        let shared = Arc::new(Shared { activity: RwLock::new(activity), ..Shared::default() });
        let (inbox, messages) = mpsc::sync_channel(QUEUE);
        let writer = Writer { file, newest, messages, shared: Arc::clone(&shared), db, clock, options };
        std::thread::Builder::new().name("enroll-requests".to_owned()).spawn(|| writer.serve()).map_err(
            |error| Error::Internal(format!("the thread of the request log does not start: {error}")),
        )?;
        Ok(Self(Arc::new(Inner { inbox, shared, path: path.to_owned() })))
    }

    /// Hands a request over. It never waits: when the thread cannot keep up, the entry is dropped and counted.
    pub fn record(&self, mut exchange: Exchange) {
        let Inner { inbox, shared, .. } = &*self.0;
        let (lengths, weight) = exchange.lighten();
        let before = shared.waiting.fetch_add(weight, Ordering::Relaxed);
        let fits = before.saturating_add(weight) <= QUEUE_BYTES;
        if !fits || inbox.try_send(Message::Keep(Box::new((exchange, lengths, weight)))).is_err() {
            shared.waiting.fetch_sub(weight, Ordering::Relaxed);
            shared.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many entries were dropped since the server was started.
    pub fn dropped(&self) -> u64 {
        self.0.shared.dropped.load(Ordering::Relaxed)
    }

    /// Waits until what was recorded before is in the file, for a second at most. Blocks.
    fn flush(&self) {
        let (caller, done) = mpsc::sync_channel(1);
        if self.0.inbox.try_send(Message::Flush(caller)).is_ok() {
            // Too late is an answer without the newest entries.
            let _ = done.recv_timeout(FLUSH);
        }
    }

    /// Writes what waits and ends the thread. Blocks for a second at most.
    pub fn close(&self) {
        self.flush();
        let _ = self.0.inbox.try_send(Message::Close);
    }

    /// What is known of the requests of the directories.
    fn activity(&self) -> HashMap<DirectoryId, ActivityRow> {
        self.0.shared.activity.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::{Receiver, sync_channel};
    use std::time::Duration;

    use bytes::Bytes;

    use super::{Exchange, Inner, KEPT_BODY_BYTES, Message, QUEUE, QUEUE_BYTES, RequestLog};

    /// A log whose thread has stopped reading, as on a disk that does not answer.
    fn stuck() -> (RequestLog, Receiver<Message>) {
        let (inbox, messages) = sync_channel(QUEUE);
        (RequestLog(Arc::new(Inner { inbox, shared: Arc::default(), path: "requests.db".into() })), messages)
    }

    fn exchange(bytes: usize) -> Exchange {
        Exchange {
            request_id: "r".to_owned(),
            caller: None,
            method: "GET",
            target: "/scim/v2/Users".to_owned(),
            status: 200,
            failed: None,
            took: Duration::ZERO,
            notes: [].into(),
            address: None,
            user_agent: None,
            request: Bytes::from(vec![b'x'; bytes]),
            response: Bytes::new(),
        }
    }

    #[test]
    fn e7_3_a_log_that_is_stuck_drops_and_counts_and_never_blocks_a_request() {
        let (log, messages) = stuck();
        for _ in 0..QUEUE + 100 {
            log.record(exchange(0));
        }
        assert_eq!(log.dropped(), 100);
        drop(messages);
        log.record(exchange(0));
        assert_eq!(log.dropped(), 101, "nor does one whose thread is gone");
    }

    #[test]
    fn e7_3_bodies_that_wait_have_a_bound_and_too_long_ones_are_let_go() {
        let (log, messages) = stuck();
        for _ in 0..1000 {
            log.record(exchange(KEPT_BODY_BYTES));
        }
        let kept = messages.try_iter().count();
        assert!(kept < QUEUE_BYTES / KEPT_BODY_BYTES, "{kept}");
        assert_eq!(log.dropped(), 1000 - kept as u64);
        let (log, messages) = stuck();
        log.record(exchange(KEPT_BODY_BYTES + 1));
        let Message::Keep(entry) = messages.recv().unwrap() else { panic!("an entry was expected") };
        assert!(entry.0.request.is_empty());
        assert_eq!(entry.1.request, KEPT_BODY_BYTES + 1, "its length is kept");
    }
}
