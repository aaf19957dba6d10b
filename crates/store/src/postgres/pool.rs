//! Connections that only read: one snapshot per closure.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use super::connect::{Connector, Purpose};
use super::session::Session;
use super::wait::blocking;
use crate::error::StoreError;
use crate::tx::Tx;

/// After a connection could not be made, how long nobody else tries: they would only wait for the same answer.
const REST: Duration = Duration::from_millis(300);

/// The pool.
pub(crate) struct Pool {
    pub(super) connector: Arc<Connector>,
    limit: usize,
    shelf: Mutex<Shelf>,
    returned: Condvar,
    /// Places for scans: one fewer than connections, so that a look-up never waits for a scan.
    pub(crate) scans: Arc<Semaphore>,
}

/// The connections that nobody uses now, and how many are in use.
struct Shelf {
    idle: Vec<Session>,
    out: usize,
    closed: bool,
    down: Option<(Instant, StoreError)>,
}

impl Pool {
    /// A pool of at most `limit` connections (2 at least), opened as they are needed.
    pub(super) fn new(connector: Arc<Connector>, limit: usize) -> Self {
        let limit = limit.max(2);
        let shelf = Shelf { idle: Vec::with_capacity(limit), out: 0, closed: false, down: None };
        Self {
            connector,
            limit,
            shelf: Mutex::new(shelf),
            returned: Condvar::new(),
            scans: Arc::new(Semaphore::new(limit - 1)),
        }
    }

    /// Runs `work` on one snapshot.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if no connection becomes free in time; [`StoreError::Unavailable`] if none can be made; those of `work`.
    pub(crate) fn run<T, E: From<StoreError>>(
        &self,
        wait: Duration,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        blocking(|| {
            let reader = self.begin(wait)?;
            let session = reader.session()?;
            let tx = Tx::new(session);
            tx.settle(work(&tx))
        })
    }

    /// Runs `work`, which has one statement: that is a snapshot by itself, and a transaction around it would only cost time.
    ///
    /// # Errors
    /// As [`Pool::run`].
    pub(crate) fn run_one<T, E: From<StoreError>>(
        &self,
        wait: Duration,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        blocking(|| {
            let reader = self.take(wait)?;
            let tx = Tx::new(reader.session()?);
            tx.settle(work(&tx))
        })
    }

    /// Why requests cannot be served, if so.
    pub(crate) fn trouble(&self, wait: Duration) -> Option<String> {
        let standby = "SELECT 1 WHERE pg_is_in_recovery()";
        match self.run_one(wait, |tx| tx.first(standby, &[], |_| Ok(()))) {
            Ok(None) => None,
            Ok(Some(())) => Some("the database cannot be written: it is a standby".to_owned()),
            Err(error) => Some(error.to_string()),
        }
    }

    /// Refuses new readers, waits for those at work and closes the connections.
    pub(super) fn close(&self, wait: Duration) {
        let mut shelf = self.shelf();
        shelf.closed = true;
        shelf.idle.clear();
        self.returned.notify_all();
        drop(self.returned.wait_timeout_while(shelf, wait, |shelf| shelf.out > 0));
    }

    /// A connection with its snapshot begun. One that was cut while nobody used it is replaced.
    fn begin(&self, wait: Duration) -> Result<Reader<'_>, StoreError> {
        let reader = self.take(wait)?;
        match reader.session()?.run("BEGIN") {
            Ok(_) => Ok(reader.in_transaction()),
            Err(_) if reader.session()?.is_lost() => {
                drop(reader);
                let reader = self.take(wait)?;
                reader.session()?.run("BEGIN").map_err(|fault| fault.error)?;
                Ok(reader.in_transaction())
            }
            Err(fault) => Err(fault.error),
        }
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
        shelf.idle.retain(|session| !session.is_lost());
        let idle = shelf.idle.pop();
        if idle.is_none()
            && let Some((since, error)) = &shelf.down
            && since.elapsed() < REST
        {
            return Err(error.clone());
        }
        shelf.out += 1;
        drop(shelf);
        // From here on the reader gives its place back by itself, also when connecting fails.
        let mut reader = Reader { pool: self, session: idle, open: false };
        if reader.session.is_none() {
            let made = self.connector.connect(Purpose::Reading);
            self.shelf().down = made.as_ref().err().map(|error| (Instant::now(), error.clone()));
            reader.session = Some(made?);
        }
        Ok(reader)
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection taken from the pool; goes back when dropped, also by a panic.
struct Reader<'p> {
    pool: &'p Pool,
    session: Option<Session>,
    open: bool,
}

impl Reader<'_> {
    fn session(&self) -> Result<&Session, StoreError> {
        self.session.as_ref().ok_or_else(|| StoreError::Internal("a reader without a connection".to_owned()))
    }

    fn in_transaction(mut self) -> Self {
        self.open = true;
        self
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let session = self.session.take().filter(|session| !session.is_lost());
        if self.open
            && let Some(session) = &session
        {
            session.send("ROLLBACK");
        }
        let mut shelf = self.pool.shelf();
        shelf.out -= 1;
        if !shelf.closed {
            shelf.idle.extend(session);
        }
        drop(shelf);
        self.pool.returned.notify_one();
    }
}
