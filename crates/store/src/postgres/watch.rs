//! Whether anything was committed since one looked last.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::connect::{Connector, Purpose};
use super::pool::PROMPT;
use super::session::Session;
use super::wait::blocking;
use crate::engine::Generation;
use crate::error::StoreError;
use crate::tx::Tx;

/// After a look that failed, how long nobody looks: they would only wait for the same answer.
const REST: Duration = Duration::from_millis(300);

/// What every commit changes: the number that those who write count up with their lock; and, on a server whose history was taken back
/// and goes on in another way, the end of the audit trail.
const MARK: &str = "SELECT applied_at, coalesce((SELECT hash FROM audit_head WHERE id = 1), '') FROM schema_migrations \
     WHERE version = 0";

/// A connection that looks at the mark and does nothing else. All who ask while somebody looks share the next look: it begins after each
/// of them has asked.
pub(super) struct Watch {
    connector: Arc<Connector>,
    looks: Mutex<Looks>,
    ended: Condvar,
}

struct Looks {
    /// How many looks have begun.
    begun: u64,
    /// Which of them has ended last.
    ended: u64,
    /// What it saw.
    answer: Result<Generation, StoreError>,
    /// Whether one goes on.
    looking: bool,
    /// When the last one failed, if it did.
    failed: Option<Instant>,
    closed: bool,
    eye: Option<Eye>,
    generation: i64,
}

/// A connection, with the mark that it saw last. That of another connection may be of another server, and is not compared with it.
struct Eye {
    session: Session,
    seen: Option<Mark>,
}

type Mark = (i64, Vec<u8>);

/// A look that goes on. Those who wait for it are told that it has ended, also by a panic.
struct Look<'w> {
    watch: &'w Watch,
    eye: Option<Eye>,
    changed: Result<bool, StoreError>,
}

impl Watch {
    /// A watch that makes its connection when it is asked first.
    pub(super) fn new(connector: Arc<Connector>) -> Self {
        let looks = Looks {
            begun: 0,
            ended: 0,
            answer: Err(closed()),
            looking: false,
            failed: None,
            closed: false,
            eye: None,
            generation: 0,
        };
        Self { connector, looks: Mutex::new(looks), ended: Condvar::new() }
    }

    /// The generation now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database is closed or does not answer soon.
    pub(super) fn generation(&self) -> Result<Generation, StoreError> {
        blocking(|| self.share())
    }

    /// What a look sees that begins from now on.
    fn share(&self) -> Result<Generation, StoreError> {
        let mut looks = self.looks();
        let mine = looks.begun + 1;
        while looks.looking && looks.ended < mine {
            looks = self.ended.wait(looks).unwrap_or_else(PoisonError::into_inner);
        }
        if looks.closed {
            return Err(closed());
        }
        if looks.ended >= mine || looks.failed.is_some_and(|failed| failed.elapsed() < REST) {
            return looks.answer.clone();
        }
        looks.begun = mine;
        looks.looking = true;
        let eye = looks.eye.take();
        drop(looks);
        let unknown = Err(StoreError::Internal("a look did not end".to_owned()));
        let mut look = Look { watch: self, eye, changed: unknown };
        look.changed = look.look();
        drop(look);
        self.looks().answer.clone()
    }

    /// Closes the connection.
    pub(super) fn close(&self) {
        let mut looks = self.looks();
        looks.closed = true;
        looks.eye = None;
    }

    fn looks(&self) -> MutexGuard<'_, Looks> {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Look<'_> {
    /// Whether the mark is another one than this connection saw last. One that was cut while nobody looked is replaced.
    fn look(&mut self) -> Result<bool, StoreError> {
        let connector = &self.watch.connector;
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

impl Drop for Look<'_> {
    fn drop(&mut self) {
        let mut looks = self.watch.looks();
        looks.looking = false;
        looks.ended = looks.begun;
        looks.failed = self.changed.is_err().then(Instant::now);
        if self.changed != Ok(false) {
            looks.generation += 1;
        }
        let generation = Generation::new(looks.generation);
        looks.answer = self.changed.clone().map(|_| generation);
        if !looks.closed {
            looks.eye = self.eye.take();
        }
        drop(looks);
        self.watch.ended.notify_all();
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
