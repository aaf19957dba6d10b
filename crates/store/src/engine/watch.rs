//! Whether anything was committed since one looked last.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::session::{Session, UniqueNames};
use crate::error::StoreError;

/// The database as of one moment: while two of them are equal, nothing was committed in between, by this process or another.
///
/// What was read from the database *after* a generation was taken is at least as new as that generation; so an answer kept
/// together with it may be given again to whoever takes the same generation later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Generation(i64);

/// A connection that looks at the number which SQLite counts up at every commit of any other connection, and does nothing else:
/// the numbers of two connections cannot be compared.
pub(crate) struct Watch {
    path: PathBuf,
    patience: Duration,
    names: Arc<UniqueNames>,
    session: Mutex<Eye>,
}

enum Eye {
    Unopened,
    Open(Session),
    Closed,
}

impl Watch {
    /// A watch that opens its connection when it is asked first.
    pub(crate) fn new(path: PathBuf, patience: Duration, names: Arc<UniqueNames>) -> Self {
        Self { path, patience, names, session: Mutex::new(Eye::Unopened) }
    }

    /// The generation now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database is closed or cannot be opened; the rest as SQLite fails.
    pub(crate) fn generation(&self) -> Result<Generation, StoreError> {
        let mut eye = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        if let Eye::Unopened = *eye {
            let opened = Session::reading(&self.path, self.patience, Arc::clone(&self.names));
            *eye = Eye::Open(opened.map_err(|error| StoreError::Unavailable(error.to_string()))?);
        }
        let Eye::Open(session) = &*eye else {
            return Err(StoreError::Unavailable("it is closed".to_owned()));
        };
        session
            .ask("PRAGMA data_version", |row| row.get(0))
            .map(Generation)
            .map_err(|error| session.judge(&error).0)
    }

    /// Closes the connection.
    pub(crate) fn close(&self) {
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = Eye::Closed;
    }
}
