//! Connections that only read: one snapshot per closure.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use super::connect::{Connector, Purpose};
use super::session::Session;
use super::wait::blocking;
use super::watch::Watch;
use crate::engine::Generation;
use crate::error::StoreError;
use crate::tx::Tx;

/// After a connection could not be made, how long nobody else tries: they would only wait for the same answer.
const REST: Duration = Duration::from_millis(300);

/// A connection that turns out to be lost within that time was cut while nobody used it, and another one is made at once.
pub(super) const PROMPT: Duration = Duration::from_secs(2);

/// How long the server may take to answer whether it is there.
const ALIVE: Duration = Duration::from_secs(2);

/// The pool.
pub(crate) struct Pool {
    pub(super) connector: Arc<Connector>,
    watch: Watch,
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
            watch: Watch::new(Arc::clone(&connector)),
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

    /// Runs `work` on one snapshot, on a connection of its own and without limits of time.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if no connection can be made; those of `work`.
    pub(crate) fn survey<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let session = self.connector.connect(Purpose::Surveying)?;
        session.run("BEGIN").map_err(|fault| fault.error)?;
        let tx = Tx::new(&session);
        tx.settle(work(&tx))
    }

    /// The generation of the database now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database is closed or does not answer soon.
    pub(crate) async fn generation(&self) -> Result<Generation, StoreError> {
        self.watch.generation().await
    }

    /// Why requests cannot be served, if so. Answers in a few seconds, also when the server does not.
    pub(crate) fn trouble(&self, wait: Duration) -> Option<String> {
        let standby = "SELECT 1 WHERE pg_is_in_recovery()";
        let asked =
            blocking(|| self.take(wait)?.session()?.run_within(ALIVE, standby).map_err(|fault| fault.error));
        match asked {
            Ok(0) => None,
            Ok(_) => Some("the database cannot be written: it is a standby".to_owned()),
            Err(error) => Some(error.to_string()),
        }
    }

    /// Refuses new readers, waits for those at work and closes the connections.
    pub(super) fn close(&self, wait: Duration) {
        let mut shelf = self.shelf();
        shelf.closed = true;
        shelf.idle.clear();
        self.watch.close();
        self.returned.notify_all();
        drop(self.returned.wait_timeout_while(shelf, wait, |shelf| shelf.out > 0));
    }

    /// A connection with its snapshot begun, or about to begin. One that was cut while nobody used it is replaced.
    fn begin(&self, wait: Duration) -> Result<Reader<'_>, StoreError> {
        let mut reader = self.take(wait)?;
        if reader.session()?.is_warm() {
            if reader.session()?.run_later("BEGIN").is_ok() {
                return Ok(reader.in_transaction());
            }
            drop(reader);
            reader = self.take(wait)?;
        }
        let begun = Instant::now();
        match reader.session()?.run("BEGIN") {
            Ok(_) => Ok(reader.in_transaction()),
            // Who has waited for an answer that did not come has waited long enough.
            Err(_) if reader.session()?.is_lost() && begun.elapsed() < PROMPT => {
                drop(reader);
                let reader = self.take(wait)?;
                reader.session()?.run("BEGIN").map_err(|fault| fault.error)?;
                Ok(reader.in_transaction())
            }
            Err(fault) => Err(fault.error),
        }
    }

    /// A connection: an idle one, a new one, or the next that somebody gives back. When no new one can be made although others are in use
    /// (the server has no more for this role), it is those that are waited for.
    fn take(&self, wait: Duration) -> Result<Reader<'_>, StoreError> {
        let begun = Instant::now();
        let mut shelf = self.shelf();
        loop {
            if shelf.closed {
                return Err(StoreError::Unavailable("it is closed".to_owned()));
            }
            shelf.idle.retain(|session| self.is_usable(session));
            if let Some(session) = shelf.idle.pop() {
                shelf.out += 1;
                return Ok(Reader { pool: self, session: Some(session), open: false });
            }
            let down = shelf.down.as_ref().filter(|(since, _)| since.elapsed() < REST).cloned();
            if let Some((_, error)) = &down
                && shelf.out == 0
            {
                return Err(error.clone());
            }
            if shelf.out < self.limit && down.is_none() {
                shelf.out += 1;
                drop(shelf);
                match self.new_reader() {
                    Ok(reader) => return Ok(reader),
                    Err(error) => {
                        shelf = self.shelf();
                        shelf.down = Some((Instant::now(), error));
                        continue;
                    }
                }
            }
            let left = wait.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Err(down.map_or(StoreError::Busy, |(_, error)| error));
            }
            let rest = if down.is_some() { left.min(REST) } else { left };
            shelf = self.returned.wait_timeout(shelf, rest).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// A new connection, for a place that was counted. The place is given back when none can be made.
    fn new_reader(&self) -> Result<Reader<'_>, StoreError> {
        let mut reader = Reader { pool: self, session: None, open: false };
        reader.session = Some(self.connector.connect(Purpose::Reading)?);
        self.shelf().down = None;
        Ok(reader)
    }

    fn is_usable(&self, session: &Session) -> bool {
        !session.is_lost() && self.connector.is_current(session)
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
        let session = self.session.take().filter(|session| self.pool.is_usable(session));
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
