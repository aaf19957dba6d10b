//! Connections that only read: never behind the writer, one snapshot per closure.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;

use super::session::{Session, UniqueNames};
use super::watch::Watch;
use crate::error::StoreError;
use crate::tx::Tx;

/// The pool.
pub(crate) struct Readers {
    path: PathBuf,
    patience: Duration,
    limit: usize,
    names: Arc<UniqueNames>,
    shelf: Mutex<Shelf>,
    returned: Condvar,
    /// Places for scans: one fewer than connections, so that a look-up never waits for a scan.
    pub(crate) scans: Arc<Semaphore>,
    pub(crate) watch: Watch,
}

/// The connections that nobody uses now, and how many are in use.
struct Shelf {
    idle: Vec<Session>,
    out: usize,
    closed: bool,
}

impl Readers {
    /// A pool of at most `limit` connections (2 at least), opened as they are needed.
    pub(crate) fn new(path: PathBuf, limit: usize, patience: Duration, names: Arc<UniqueNames>) -> Self {
        let limit = limit.max(2);
        let watch = Watch::new(path.clone(), patience, Arc::clone(&names));
        Self {
            path,
            patience,
            limit,
            names,
            shelf: Mutex::new(Shelf { idle: Vec::with_capacity(limit), out: 0, closed: false }),
            returned: Condvar::new(),
            scans: Arc::new(Semaphore::new(limit - 1)),
            watch,
        }
    }

    /// Runs `work` on one snapshot.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if no connection becomes free in time; those of `work`.
    pub(crate) fn run<T, E: From<StoreError>>(
        &self,
        wait: Duration,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let reader = self.take(wait)?;
        let session = reader.session()?;
        // Deferred: the snapshot is taken by the first statement, after every write that was answered before.
        session.run("BEGIN").map_err(|error| session.judge(&error).0)?;
        let tx = Tx::new(session);
        tx.settle(work(&tx))
    }

    /// Runs `work`, which has one statement: that is a snapshot by itself, and a transaction around it would only cost time.
    ///
    /// # Errors
    /// As [`Readers::run`].
    pub(crate) fn run_one<T, E: From<StoreError>>(
        &self,
        wait: Duration,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let reader = self.take(wait)?;
        let tx = Tx::new(reader.session()?);
        tx.settle(work(&tx))
    }

    /// Refuses new readers, waits for those at work and closes the connections.
    pub(crate) fn close(&self, wait: Duration) {
        let mut shelf = self.shelf();
        shelf.closed = true;
        shelf.idle.clear();
        self.watch.close();
        self.returned.notify_all();
        drop(self.returned.wait_timeout_while(shelf, wait, |shelf| shelf.out > 0));
    }

    fn take(&self, wait: Duration) -> Result<Reader<'_>, StoreError> {
        let (mut shelf, _) = self
            .returned
            .wait_timeout_while(self.shelf(), wait, |shelf| !shelf.closed && shelf.out >= self.limit)
            .unwrap_or_else(PoisonError::into_inner);
        if shelf.closed {
            return Err(StoreError::Unavailable("it is closed".to_owned()));
        }
        if shelf.out >= self.limit {
            return Err(StoreError::Busy);
        }
        shelf.out += 1;
        let idle = shelf.idle.pop();
        drop(shelf);
        // From here on the reader gives its place back by itself, also when opening fails.
        let mut reader = Reader { pool: self, session: idle };
        if reader.session.is_none() {
            let opened = Session::reading(&self.path, self.patience, Arc::clone(&self.names));
            reader.session = Some(opened.map_err(|error| StoreError::Unavailable(error.to_string()))?);
        }
        Ok(reader)
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection taken from the pool; goes back when dropped, also by a panic.
struct Reader<'p> {
    pool: &'p Readers,
    session: Option<Session>,
}

impl Reader<'_> {
    fn session(&self) -> Result<&Session, StoreError> {
        self.session.as_ref().ok_or_else(|| StoreError::Internal("a reader without a connection".to_owned()))
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        // A connection that cannot end its transaction is of no use to the next one.
        let session = self.session.take().filter(|session| session.roll_back().is_ok());
        let mut shelf = self.pool.shelf();
        shelf.out -= 1;
        if !shelf.closed {
            shelf.idle.extend(session);
        }
        drop(shelf);
        self.pool.returned.notify_one();
    }
}
