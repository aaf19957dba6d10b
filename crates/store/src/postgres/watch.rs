//! Whether anything was committed since one looked last.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{self, Receiver, SendError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::connect::{Connector, LOOK, Purpose};
use super::pool::PROMPT;
use super::session::Session;
use crate::engine::Generation;
use crate::error::StoreError;
use crate::tx::Tx;

/// After a look that failed, how long nobody looks: they would only wait for the same answer.
const REST: Duration = Duration::from_millis(300);

/// What every commit changes: the number that those who write count up with their lock; and, on a server whose history was taken back
/// and goes on in another way, the end of the audit trail.
const MARK: &str = "SELECT applied_at, coalesce((SELECT hash FROM audit_head WHERE id = 1), '') FROM schema_migrations \
     WHERE version = 0";

/// Asks a thread that looks at the mark and does nothing else. All who ask while it looks share the next look: it begins after each of
/// them has asked. Nobody holds a thread while waiting: a request is a task.
pub(super) struct Watch {
    connector: Arc<Connector>,
    generation: Arc<AtomicI64>,
    asking: Mutex<Asking>,
}

/// Who is to be asked.
enum Asking {
    /// A thread that begins when it is asked first.
    Nobody,
    Thread(Sender<Caller>),
    Closed,
}

type Caller = oneshot::Sender<Result<Generation, StoreError>>;

impl Watch {
    /// A watch that makes its thread and connection when it is asked first.
    pub(super) fn new(connector: Arc<Connector>) -> Self {
        Self { connector, generation: Arc::default(), asking: Mutex::new(Asking::Nobody) }
    }

    /// The generation now: what a look sees that begins from now on.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database is closed or does not answer soon.
    pub(super) async fn generation(&self) -> Result<Generation, StoreError> {
        let (caller, answer) = oneshot::channel();
        self.ask(caller)?;
        match tokio::time::timeout(LOOK, answer).await {
            Ok(Ok(generation)) => generation,
            Ok(Err(_)) => Err(StoreError::Internal("a look did not end".to_owned())),
            Err(_) => {
                Err(StoreError::Unavailable(format!("it has not answered within {} s", LOOK.as_secs())))
            }
        }
    }

    fn ask(&self, caller: Caller) -> Result<(), StoreError> {
        let mut asking = self.asking();
        let caller = match &*asking {
            Asking::Closed => return Err(closed()),
            Asking::Nobody => caller,
            Asking::Thread(inbox) => match inbox.send(caller) {
                Ok(()) => return Ok(()),
                // It has ended by a fault.
                Err(SendError(caller)) => caller,
            },
        };
        let (inbox, callers) = mpsc::channel();
        let connector = Arc::clone(&self.connector);
        let watcher =
            Watcher { connector, generation: Arc::clone(&self.generation), eye: None, failed: None };
        thread::Builder::new()
            .name("enroll-watch".to_owned())
            .spawn(move || watcher.serve(&callers))
            .map_err(|error| StoreError::Unavailable(format!("no thread starts that looks: {error}")))?;
        inbox.send(caller).ok();
        *asking = Asking::Thread(inbox);
        Ok(())
    }

    /// Ends the thread, which closes the connection.
    pub(super) fn close(&self) {
        *self.asking() = Asking::Closed;
    }

    fn asking(&self) -> MutexGuard<'_, Asking> {
        self.asking.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the thread has.
struct Watcher {
    connector: Arc<Connector>,
    generation: Arc<AtomicI64>,
    eye: Option<Eye>,
    /// When the last look failed, and how, if it did.
    failed: Option<(Instant, StoreError)>,
}

/// A connection, with the mark that it saw last. That of another connection may be of another server, and is not compared with it.
struct Eye {
    session: Session,
    seen: Option<Mark>,
}

type Mark = (i64, Vec<u8>);

impl Watcher {
    fn serve(mut self, callers: &Receiver<Caller>) {
        while let Ok(first) = callers.recv() {
            let asked: Vec<Caller> = std::iter::once(first).chain(callers.try_iter()).collect();
            let answer = self.answer();
            for caller in asked {
                // Who is gone does not want to know.
                caller.send(answer.clone()).ok();
            }
        }
    }

    fn answer(&mut self) -> Result<Generation, StoreError> {
        if let Some((since, error)) = &self.failed
            && since.elapsed() < REST
        {
            return Err(error.clone());
        }
        let seen = self.look();
        self.failed = seen.as_ref().err().map(|error| (Instant::now(), error.clone()));
        let begins = seen != Ok(false);
        let generation = self.generation.fetch_add(i64::from(begins), Ordering::AcqRel) + i64::from(begins);
        seen.map(|_| Generation::new(generation))
    }

    /// Whether the mark is another one than this connection saw last. One that was cut while nobody looked is replaced.
    fn look(&mut self) -> Result<bool, StoreError> {
        let connector = &self.connector;
        let usable = |eye: &Eye| !eye.session.is_lost() && connector.is_current(&eye.session);
        if let Some(mut eye) = self.eye.take().filter(usable) {
            let begun = Instant::now();
            match eye.look() {
                Err(_) if eye.session.is_lost() && begun.elapsed() < PROMPT => {}
                seen => {
                    self.eye = Some(eye);
                    return seen;
                }
            }
        }
        let mut eye = Eye { session: connector.connect(Purpose::Watching)?, seen: None };
        let seen = eye.look();
        self.eye = Some(eye);
        seen
    }
}

impl Eye {
    fn look(&mut self) -> Result<bool, StoreError> {
        let mark =
            Tx::new(&self.session).first(MARK, &[], |row| Ok((row.integer(0)?, row.blob(1)?.to_vec())))?;
        let changed = mark.is_none() || mark != self.seen;
        self.seen = mark;
        Ok(changed)
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("it is closed".to_owned())
}
