//! The database: open it, write, read, close it.

use std::path::PathBuf;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::engine::{self, Commit, Message, Readers, State, Work, Writer};
use crate::error::StoreError;
use crate::postgres::{self, DatabaseUrl};
use crate::rehearsal::Rehearsal;
use crate::tx::Tx;

pub use crate::engine::{Generation, Statistics};

/// How long a caller waits for a place in the queue of writes, or for a place among the scans (R21).
const QUEUE_WAIT: Duration = Duration::from_secs(2);

/// How long a look-up or a scan waits for a connection.
const READER_WAIT: Duration = Duration::from_secs(1);

/// How a database is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// The database file. Its folder is made, readable for this user alone, if it does not exist.
    pub path: PathBuf,
    /// A database on a PostgreSQL server, which is used instead of a file.
    pub postgres: Option<DatabaseUrl>,
    /// Connections that read at the same time, 2 at least. One is kept for look-ups.
    pub readers: usize,
    /// How long to wait while another process holds the database.
    pub busy_timeout: Duration,
    /// Write closures that may wait at the same time; a caller beyond waits 2 s for a place and is then refused.
    pub queue: usize,
    /// Write closures that may share one commit.
    pub batch_jobs: usize,
    /// How long a commit may be put off for closures that are already waiting.
    pub batch_time: Duration,
    /// Whether to look for damage first. A server does; a command beside a running server need not.
    pub check: bool,
}

impl Options {
    /// The usual options for this database file.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            postgres: None,
            readers: 4,
            busy_timeout: Duration::from_secs(5),
            queue: 1024,
            batch_jobs: 128,
            batch_time: Duration::from_millis(10),
            check: true,
        }
    }

    /// The usual options for a database on a PostgreSQL server.
    pub fn postgres(url: DatabaseUrl) -> Self {
        Self { postgres: Some(url), readers: 8, ..Self::new("") }
    }
}

/// Whether the database can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Reads and writes work.
    Ok,
    /// A file has failed. Reads may work; writes are refused until the process is started again.
    Failed {
        /// What happened.
        reason: String,
    },
    /// The database server cannot be used. Once it can, so can this: a restart helps nothing.
    Unreachable {
        /// What it says, or that it says nothing.
        reason: String,
    },
}

/// A database. Cheap to clone; all clones are the same database.
///
/// Dropping the last clone closes it without waiting; [`Db::close`] waits.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
    writes: Writes,
}

/// What becomes of writes.
#[derive(Clone)]
enum Writes {
    /// They are committed.
    Kept,
    /// Each is done and undone again.
    Undone,
    /// They are given away and not done.
    Rehearsed(Rehearsal),
}

struct Inner {
    inbox: Mutex<Sender<Message>>,
    places: Arc<Semaphore>,
    queue: usize,
    reading: Reading,
    state: Arc<State>,
}

/// The connections that read.
#[derive(Clone)]
enum Reading {
    Sqlite(Arc<Readers>),
    Postgres(Arc<postgres::Pool>),
}

impl Reading {
    fn scans(&self) -> Arc<Semaphore> {
        match self {
            Self::Sqlite(readers) => Arc::clone(&readers.scans),
            Self::Postgres(pool) => Arc::clone(&pool.scans),
        }
    }

    fn run<T, E: From<StoreError>>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        match self {
            Self::Sqlite(readers) => readers.run(READER_WAIT, work),
            Self::Postgres(pool) => pool.run(READER_WAIT, work),
        }
    }

    fn run_one<T, E: From<StoreError>>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        match self {
            Self::Sqlite(readers) => readers.run_one(READER_WAIT, work),
            Self::Postgres(pool) => pool.run_one(READER_WAIT, work),
        }
    }
}

impl Db {
    /// Opens the database, makes it if there is none, and brings its schema up to date; `now` is recorded with each step.
    ///
    /// Blocks: call it before the server starts, or on a thread that may block.
    ///
    /// # Errors
    /// [`StoreError::Open`] if the file cannot be opened, [`StoreError::Connect`] if the server cannot be reached or used,
    /// [`StoreError::Corrupt`] if it is damaged,
    /// [`StoreError::NewerDatabase`] if a newer version of this program wrote it, [`StoreError::Busy`] if another process holds it
    /// for longer than the time-out.
    pub fn open(options: Options, now: Timestamp) -> Result<Self, StoreError> {
        Self::open_with(options, now, Box::new(|session| session.run("COMMIT")))
    }

    fn open_with(options: Options, now: Timestamp, commit: Commit) -> Result<Self, StoreError> {
        let Options { path, postgres, readers, busy_timeout, queue, batch_jobs, batch_time, check } = options;
        let (inbox, messages) = mpsc::channel();
        let (state, batch) = (Arc::new(State::default()), (batch_jobs, batch_time));
        if let Some(url) = postgres {
            let opening = postgres::Opening { url, readers, busy_timeout, batch };
            let pool = postgres::open(opening, messages, &state, now)?;
            return Ok(Self::with(inbox, queue, Reading::Postgres(pool), state));
        }
        let path = engine::absolute(&path)?;
        let mut session = engine::open(&path, busy_timeout, check, now)?;
        let names = session.learn_names().map_err(|error| session.judge(&error).0)?;
        let readers = Arc::new(Readers::new(path, readers, busy_timeout, names));
        let writer = Writer::new(session, messages, Arc::clone(&state), Arc::clone(&readers), batch, commit);
        std::thread::Builder::new()
            .name("enroll-writer".to_owned())
            .spawn(|| writer.serve())
            .map_err(|error| StoreError::Unavailable(format!("the writer thread does not start: {error}")))?;
        Ok(Self::with(inbox, queue, Reading::Sqlite(readers), state))
    }

    fn with(inbox: Sender<Message>, queue: usize, reading: Reading, state: Arc<State>) -> Self {
        let queue = queue.clamp(1, Semaphore::MAX_PERMITS);
        let places = Arc::new(Semaphore::new(queue));
        let inner = Arc::new(Inner { inbox: Mutex::new(inbox), places, queue, reading, state });
        Self { inner, writes: Writes::Kept }
    }

    /// The same database, where each write is undone after it has succeeded: whoever asks learns what a write would answer, and
    /// nothing comes of it. A write sees nothing of one before it.
    #[must_use]
    pub fn undoing(&self) -> Self {
        Self { writes: Writes::Undone, inner: Arc::clone(&self.inner) }
    }

    /// Runs `work` in one transaction and answers after its commit is on the disk. Closures that wait together share a commit.
    ///
    /// `work` may run more than once, so it must not keep anything of an earlier run; its changes are kept if it returns `Ok` and
    /// undone if it returns `Err` or panics. Its error, too, is told only after the commit: it may rest on what another closure of
    /// the same commit did. If the caller stops waiting, `work` may or may not be done.
    ///
    /// # Errors
    /// Those of `work`; [`StoreError::Unavailable`] if the outcome is unknown or writing has stopped, [`StoreError::Full`] if the
    /// disk is full, [`StoreError::Busy`] if another process holds the database; [`StoreError::Rehearsed`] by [`Db::rehearsing`].
    pub async fn write<T, E>(
        &self,
        work: impl FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        if let Writes::Rehearsed(rehearsal) = &self.writes {
            return Err(rehearsal.take(work).into());
        }
        let trial = matches!(self.writes, Writes::Undone);
        let place = self.place().await?;
        let (caller, answer) = oneshot::channel();
        let job = Message::Job(Box::new(Work::new(work, trial, caller, place)));
        if self.send(job).is_err() {
            return Err(closed().into());
        }
        answer.await.unwrap_or_else(|_| {
            Err(StoreError::Unavailable("the writer stopped before it answered".to_owned()).into())
        })
    }

    /// The same database for whoever wants to know what changes would come to: it takes closures and runs none. See
    /// [`Rehearsal`].
    #[must_use]
    pub fn rehearsing(&self, rehearsal: &Rehearsal) -> Self {
        Self { inner: Arc::clone(&self.inner), writes: Writes::Rehearsed(rehearsal.clone()) }
    }

    /// Runs `work` on one snapshot, on a thread that may block: for whatever reads many rows.
    ///
    /// # Errors
    /// Those of `work`; [`StoreError::Busy`] if too many others read; [`StoreError::Internal`] if `work` panicked.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let place = tokio::time::timeout(QUEUE_WAIT, self.inner.reading.scans().acquire_owned()).await;
        let place = place.map_err(|_| StoreError::Busy)?.map_err(|_| closed())?;
        let reading = self.inner.reading.clone();
        blocking(move || {
            let answer = reading.run(work);
            drop(place);
            answer
        })
        .await
    }

    /// As [`Db::read`], for `work` that reads all there is and may take longer than any request: on PostgreSQL, on a connection of its own
    /// without limits of time.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub async fn survey<T, E>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let Reading::Postgres(pool) = &self.inner.reading else { return self.read(work).await };
        let pool = Arc::clone(pool);
        blocking(move || pool.survey(work)).await
    }

    /// Runs `work` on one snapshot, on the calling thread: only for a handful of index look-ups, which take less time than a
    /// change of threads.
    ///
    /// # Errors
    /// Those of `work`; [`StoreError::Busy`] if no connection becomes free within a second.
    pub fn look_up<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.inner.reading.run(work)
    }

    /// As [`Db::look_up`], for `work` of one statement, which is a snapshot by itself. Several statements would each see their own.
    ///
    /// # Errors
    /// As [`Db::look_up`].
    pub fn look_up_one<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.inner.reading.run_one(work)
    }

    /// The state of the database now, for whoever keeps answers in memory: see [`Generation`]. On SQLite it costs a few microseconds on
    /// the calling thread; on PostgreSQL a round trip, which those who ask at once share.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] once the database is closed, or when a server does not answer within two seconds. The rest as the
    /// engine fails.
    pub async fn generation(&self) -> Result<Generation, StoreError> {
        match &self.inner.reading {
            Reading::Sqlite(readers) => readers.watch.generation(),
            Reading::Postgres(pool) => pool.generation().await,
        }
    }

    /// Whether the database can be written. A database server is asked, which takes a few seconds when it does not answer.
    pub fn health(&self) -> Health {
        match (self.failure(), &self.inner.reading) {
            (Some(reason), _) => Health::Failed { reason },
            (None, Reading::Postgres(pool)) => {
                pool.trouble(READER_WAIT).map_or(Health::Ok, |reason| Health::Unreachable { reason })
            }
            (None, Reading::Sqlite(_)) => Health::Ok,
        }
    }

    /// Why nothing is written until the next start, if so. Asks nobody.
    pub fn failure(&self) -> Option<String> {
        self.inner.state.failure().map(str::to_owned)
    }

    /// What the writer has done since the database was opened.
    pub fn statistics(&self) -> Statistics {
        self.inner.state.statistics()
    }

    /// How many writes are queued or being done: a gauge for operators.
    pub fn waiting_writes(&self) -> usize {
        self.inner.queue.saturating_sub(self.inner.places.available_permits())
    }

    /// Refuses new writes, finishes those that wait, copies the write-ahead log into the file and closes it.
    pub async fn close(&self) {
        self.inner.places.close();
        let (closed, done) = oneshot::channel();
        if self.send(Message::Close(closed)).is_ok() {
            // An error means that the writer is gone: closed as well.
            drop(done.await);
        }
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        if let Some(refusal) = self.inner.state.refusal() {
            return Err(refusal);
        }
        let places = Arc::clone(&self.inner.places);
        match Arc::clone(&places).try_acquire_owned() {
            Ok(place) => Ok(place),
            Err(_) => match tokio::time::timeout(QUEUE_WAIT, places.acquire_owned()).await {
                Ok(place) => place.map_err(|_| closed()),
                Err(_) => Err(StoreError::Unavailable("too many writes wait".to_owned())),
            },
        }
    }

    fn send(&self, message: Message) -> Result<(), StoreError> {
        let inbox = self.inner.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        inbox.send(message).map_err(|_| closed())
    }
}

/// Runs what reads on a thread that may block.
async fn blocking<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let answer = tokio::task::spawn_blocking(work).await;
    answer.unwrap_or_else(|_| Err(StoreError::Internal("a read closure panicked".to_owned()).into()))
}

fn closed() -> StoreError {
    StoreError::Unavailable("it is closed".to_owned())
}

#[cfg(test)]
mod commit_failure;
