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

/// How many times at most who wants to look lets others come first.
const ROUNDS: usize = 8;

/// Asks a thread that looks at the mark and does nothing else. All who ask while it looks share the next look: it begins after each of
/// them has asked. Nobody holds a thread while waiting: a request is a task.
///
/// A look takes as long as the rest of a small read. So the first who asks lets the other tasks of its runtime go on, until none of them
/// asks any more: on a machine that has nothing else to do that is at once, and on a busy one many share a look.
pub(super) struct Watch {
    connector: Arc<Connector>,
    generation: Arc<AtomicI64>,
    asking: Mutex<Asking>,
}

/// Who asks, and who is to be asked.
struct Asking {
    callers: Vec<Caller>,
    /// Whether one of them sees to it that they are asked for.
    gathering: bool,
    /// Begins when it is asked first.
    thread: Option<Sender<Vec<Caller>>>,
    closed: bool,
}

type Caller = oneshot::Sender<Result<Generation, StoreError>>;

/// Sends those who ask to the thread, also when the one who has gathered them goes away.
struct Gathering<'w>(&'w Watch);

impl Gathering<'_> {
    /// Waits until nobody else asks.
    async fn gather(&self) {
        let mut before = 0;
        for _ in 0..ROUNDS {
            let now = self.0.asking().callers.len();
            if now == before {
                return;
            }
            before = now;
            tokio::task::yield_now().await;
        }
    }
}

impl Drop for Gathering<'_> {
    fn drop(&mut self) {
        let mut asking = self.0.asking();
        asking.gathering = false;
        let callers = std::mem::take(&mut asking.callers);
        if let Err(error) = self.0.send(&mut asking, callers) {
            tracing::warn!(%error, "it cannot be looked whether anything was committed");
        }
    }
}

impl Watch {
    /// A watch that makes its thread and connection when it is asked first.
    pub(super) fn new(connector: Arc<Connector>) -> Self {
        let asking = Asking { callers: Vec::new(), gathering: false, thread: None, closed: false };
        Self { connector, generation: Arc::default(), asking: Mutex::new(asking) }
    }

    /// The generation now: what a look sees that begins from now on.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database is closed or does not answer soon.
    pub(super) async fn generation(&self) -> Result<Generation, StoreError> {
        let (caller, answer) = oneshot::channel();
        if let Some(gathering) = self.ask(caller)? {
            gathering.gather().await;
        }
        match tokio::time::timeout(LOOK, answer).await {
            Ok(Ok(generation)) => generation,
            Ok(Err(_)) => Err(StoreError::Unavailable("a look did not end".to_owned())),
            Err(_) => {
                Err(StoreError::Unavailable(format!("it has not answered within {} s", LOOK.as_secs())))
            }
        }
    }

    /// Has somebody asked for, by the caller if nobody does so yet.
    fn ask(&self, caller: Caller) -> Result<Option<Gathering<'_>>, StoreError> {
        let mut asking = self.asking();
        if asking.closed {
            return Err(closed());
        }
        asking.callers.push(caller);
        let first = !std::mem::replace(&mut asking.gathering, true);
        Ok(first.then(|| Gathering(self)))
    }

    fn send(&self, asking: &mut Asking, callers: Vec<Caller>) -> Result<(), StoreError> {
        if asking.closed {
            return Ok(());
        }
        let callers = match &asking.thread {
            None => callers,
            Some(thread) => match thread.send(callers) {
                Ok(()) => return Ok(()),
                // It has ended by a fault.
                Err(SendError(callers)) => callers,
            },
        };
        let (thread, inbox) = mpsc::channel();
        let connector = Arc::clone(&self.connector);
        let watcher =
            Watcher { connector, generation: Arc::clone(&self.generation), eye: None, failed: None };
        thread::Builder::new()
            .name("enroll-watch".to_owned())
            .spawn(move || watcher.serve(&inbox))
            .map_err(|error| StoreError::Unavailable(format!("no thread starts that looks: {error}")))?;
        thread.send(callers).ok();
        asking.thread = Some(thread);
        Ok(())
    }

    /// Ends the thread, which closes the connection.
    pub(super) fn close(&self) {
        let mut asking = self.asking();
        asking.closed = true;
        asking.thread = None;
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
    fn serve(mut self, inbox: &Receiver<Vec<Caller>>) {
        while let Ok(first) = inbox.recv() {
            let asked: Vec<Vec<Caller>> = std::iter::once(first).chain(inbox.try_iter()).collect();
            let answer = self.answer();
            for caller in asked.into_iter().flatten() {
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
