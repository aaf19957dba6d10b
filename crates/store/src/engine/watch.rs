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

impl Generation {
    /// The first one of a watch, or one that follows.
    pub(crate) const fn new(number: i64) -> Self {
        Self(number)
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Db, Options, Tx, params};

    async fn commit(db: &Db, name: &'static str) {
        let sql = "INSERT INTO organizations (id, name, display_name, description, base_resource_role, created, version) \
                   VALUES (?1, ?1, ?1, '', 'write', 0, 1)";
        db.write(move |tx: &Tx<'_>| tx.execute(sql, &params![name])).await.unwrap();
    }

    #[tokio::test]
    async fn r10_a_commit_that_one_connection_has_not_seen_yet_begins_a_generation_for_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("enroll.db");
        let db = Db::open(Options::new(&path), jiff::Timestamp::UNIX_EPOCH).unwrap();
        let watch = Watch::new(path, Duration::from_secs(1), Arc::default());
        let by_first = || watch.generation().unwrap();
        let by_second = || {
            let _busy = watch.eyes[0].lock().unwrap();
            watch.generation().unwrap()
        };
        let before = by_first();
        commit(&db, "one").await;
        let opened = by_second();
        assert_ne!(opened, before, "the second has never looked");
        let both = by_first();
        assert_ne!(both, before, "the first has not seen the commit yet");
        assert_eq!((by_first(), by_second()), (both, both), "nothing was committed");
        commit(&db, "two").await;
        let second = by_second();
        assert_ne!(second, both);
        let first = by_first();
        assert_ne!(first, both);
        assert_eq!((by_second(), by_first()), (first, first));
        watch.close();
        assert!(watch.generation().is_err());
        db.close().await;
    }
}
