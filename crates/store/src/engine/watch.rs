//! Whether anything was committed since one looked last.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::session::{Session, UniqueNames};
use crate::error::StoreError;

/// The database as of one moment: while two of them are equal, nothing was committed in between, by this process or another.
///
/// What was read from the database *after* a generation was taken is at least as new as that generation; so an answer kept
/// together with it may be given again to whoever takes the same generation later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Generation(i64);

/// Connections that look at the number which SQLite counts up at every commit of any other connection, and do nothing else. There are
/// several, so that requests at the same time do not wait for each other. The numbers of two connections cannot be compared:
/// whichever of them sees its own change begins another generation, so one commit may begin as many as there are connections.
pub(crate) struct Watch {
    path: PathBuf,
    patience: Duration,
    names: Arc<UniqueNames>,
    generation: AtomicI64,
    eyes: [Mutex<Eye>; EYES],
}

/// More than one is opened only where so many look at once.
const EYES: usize = 4;

enum Eye {
    Unopened,
    /// With the number that it saw last.
    Open(Session, Option<i64>),
    Closed,
}

impl Watch {
    /// A watch that opens its connection when it is asked first.
    pub(crate) fn new(path: PathBuf, patience: Duration, names: Arc<UniqueNames>) -> Self {
        let eyes = std::array::from_fn(|_| Mutex::new(Eye::Unopened));
        Self { path, patience, names, generation: AtomicI64::new(0), eyes }
    }

    /// The generation now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database is closed or cannot be opened; the rest as SQLite fails.
    pub(crate) fn generation(&self) -> Result<Generation, StoreError> {
        let mut eye = self.free();
        if let Eye::Unopened = *eye {
            let opened = Session::reading(&self.path, self.patience, Arc::clone(&self.names));
            *eye = Eye::Open(opened.map_err(|error| StoreError::Unavailable(error.to_string()))?, None);
        }
        let Eye::Open(session, seen) = &mut *eye else {
            return Err(StoreError::Unavailable("it is closed".to_owned()));
        };
        let number =
            session.ask("PRAGMA data_version", |row| row.get(0)).map_err(|error| session.judge(&error).0)?;
        // An unchanged number says that nothing was committed since this connection looked last, nor since anybody took the generation
        // that is current: whoever saw a commit in between has begun another.
        Ok(Generation(if *seen == Some(number) {
            self.generation.load(Ordering::Acquire)
        } else {
            *seen = Some(number);
            self.generation.fetch_add(1, Ordering::AcqRel) + 1
        }))
    }

    /// The first that nobody is looking with; if there is none, the first.
    fn free(&self) -> MutexGuard<'_, Eye> {
        let free = self.eyes.iter().find_map(|eye| eye.try_lock().ok());
        free.unwrap_or_else(|| self.eyes[0].lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Closes the connections.
    pub(crate) fn close(&self) {
        for eye in &self.eyes {
            *eye.lock().unwrap_or_else(PoisonError::into_inner) = Eye::Closed;
        }
    }
}
