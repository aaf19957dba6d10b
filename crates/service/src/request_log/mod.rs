//! The request log: every SCIM request with what came of it and why (enrollment.md §7.3).
//!
//! A request hands over what it has and goes on: [`RequestLog::record`] never waits. A thread of its own takes secrets out,
//! finds names, explains errors, and writes in batches into a file beside the database. What it cannot keep up with is
//! dropped and counted.

mod advice;
mod digest;
mod exchange;
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
    LoggedError, LoggedNote, LoggedRequest, RequestFilter, RequestLogPage, RequestLogReader, StatusFilter,
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
