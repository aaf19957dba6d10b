//! The store that is read: held so that nobody writes it, in one snapshot.

use std::path::Path;
use std::time::Duration;

use super::{MoveError, Place};
use crate::audit::{self, Head};
use crate::engine::{self, explain};
use crate::error::StoreError;
use crate::migrate::{Record, count_of, is_recorded, record};
use crate::postgres::{self, DatabaseUrl, LOCK_WRITERS, Link};
use crate::tx::Tx;

/// How long to wait for a command that is just ending.
const PATIENCE: Duration = Duration::from_secs(1);

/// A snapshot.
pub(super) struct Source {
    engine: Engine,
    place: String,
    record: Record,
}

enum Engine {
    Sqlite(engine::Session),
    Postgres(Box<Server>),
}

struct Server {
    reader: postgres::Session,
    /// Has the lock without which nobody writes (`docs/decisions/0012`).
    holder: Option<postgres::Session>,
    _link: Link,
}

impl Source {
    /// The store, kept from changing until this value is dropped. A file is opened alone; on a server the lock of all writers is taken, and
    /// nobody else of Enroll may be connected.
    ///
    /// # Errors
    /// [`MoveError::InUse`], [`MoveError::NoSource`], [`MoveError::OtherSchema`]; the engine's.
    pub(super) fn hold(place: &Place) -> Result<Self, MoveError> {
        let engine = match place {
            Place::Sqlite(path) => {
                let path = engine::absolute(path)?;
                if !path.exists() {
                    return Err(MoveError::NoSource(place.to_string()));
                }
                engine::Session::alone(&path, PATIENCE, true)
                    .map_err(|error| explain(&path, &error))
                    .and_then(|session| begin(session, &path))
                    .map_err(|error| busy(error, place))?
            }
            Place::Postgres(url) => held(url, place)?,
        };
        Self::read(engine, place.to_string())
    }

    /// The store as it is now, while others write it: only on a server.
    ///
    /// # Errors
    /// As [`Source::hold`], except for being in use.
    pub(super) fn snapshot(url: &DatabaseUrl) -> Result<Self, MoveError> {
        let link = Link::new(url)?;
        let reader = link.session()?;
        Self::read(snapshot(reader, None, link)?, url.to_string())
    }

    /// A file that nobody writes, such as a backup.
    ///
    /// # Errors
    /// As [`Source::hold`].
    pub(super) fn file(path: &Path) -> Result<Self, MoveError> {
        let path = engine::absolute(path)?;
        let session = engine::Session::inspecting(&path).map_err(|error| explain(&path, &error))?;
        Self::read(begin(session, &path)?, path.display().to_string())
    }

    fn read(engine: Engine, place: String) -> Result<Self, MoveError> {
        let mut source = Self { engine, place, record: Record::new() };
        if !is_recorded(&source.tx())? {
            return Err(MoveError::NoSource(source.place));
        }
        source.record = record(&source.tx())?;
        Ok(source)
    }

    /// The snapshot.
    pub(super) fn tx(&self) -> Tx<'_> {
        match &self.engine {
            Engine::Sqlite(session) => Tx::new(session),
            Engine::Postgres(server) => Tx::new(&server.reader),
        }
    }

    /// How many steps of the schema it has.
    ///
    /// # Errors
    /// [`MoveError::OtherSchema`] when one is left out.
    pub(super) fn steps(&self) -> Result<usize, MoveError> {
        count_of(&self.record).ok_or_else(|| MoveError::OtherSchema(self.place.clone()))
    }

    /// The newest of them.
    pub(super) fn version(&self) -> i64 {
        self.record.last().map_or(0, |(version, ..)| *version)
    }

    /// All of them.
    pub(super) fn record(&self) -> &Record {
        &self.record
    }

    /// Looks whether the store still is what the snapshot is: the lock is held, and the audit trail ends where it did. Who changes a database
    /// past Enroll regards no lock. A file cannot have changed.
    ///
    /// # Errors
    /// [`MoveError::Changed`].
    pub(super) fn unchanged(&self, copied: &Head) -> Result<(), MoveError> {
        let Engine::Postgres(server) = &self.engine else { return Ok(()) };
        let Some(holder) = &server.holder else { return Ok(()) };
        match audit::head(&Tx::new(holder)) {
            Ok(head) if head == *copied => Ok(()),
            Ok(_) | Err(_) => Err(MoveError::Changed),
        }
    }
}

fn begin(session: engine::Session, path: &Path) -> Result<Engine, StoreError> {
    session.run("BEGIN").map_err(|error| explain(path, &error))?;
    // The snapshot, and the lock, are taken by the first look.
    session.ask("SELECT count(*) FROM sqlite_schema", |_| Ok(())).map_err(|error| explain(path, &error))?;
    Ok(Engine::Sqlite(session))
}

fn held(url: &DatabaseUrl, place: &Place) -> Result<Engine, MoveError> {
    let link = Link::new(url)?;
    let holder = link.session()?;
    if link.is_shared(&holder)? {
        return Err(MoveError::InUse(place.to_string()));
    }
    if !is_recorded(&Tx::new(&holder))? {
        return Err(MoveError::NoSource(place.to_string()));
    }
    let lock = format!("BEGIN ISOLATION LEVEL READ COMMITTED; {LOCK_WRITERS}");
    holder.run(&lock).map_err(|fault| busy(fault.error, place))?;
    // Only now: the snapshot has whatever those have written who held the lock before.
    let reader = link.session()?;
    snapshot(reader, Some(holder), link)
}

fn snapshot(
    reader: postgres::Session,
    holder: Option<postgres::Session>,
    link: Link,
) -> Result<Engine, MoveError> {
    reader.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1").map_err(|fault| fault.error)?;
    Ok(Engine::Postgres(Box::new(Server { reader, holder, _link: link })))
}

/// Who has a database cannot be told from a lock: the advice is the same.
pub(super) fn busy(error: StoreError, place: &Place) -> MoveError {
    match error {
        StoreError::Busy => MoveError::InUse(place.to_string()),
        other => MoveError::Store(other),
    }
}
