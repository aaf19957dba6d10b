//! The database that is filled: empty at first, marked until it is whole.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::layout::Layout;
use super::source::busy;
use super::{MoveError, Place};
use crate::engine::{self, explain};
use crate::error::StoreError;
use crate::migrate::{
    Record, is_recorded, is_unfinished, known_steps, mark_unfinished, migrate, migrate_postgres, write_record,
};
use crate::params;
use crate::postgres::{self, Link};
use crate::tx::Tx;

/// How long to wait for a command that is just ending.
const PATIENCE: Duration = Duration::from_secs(1);

/// A database that is being filled.
pub(super) enum Target {
    Sqlite(engine::Session),
    Postgres(Box<Server>),
}

pub(super) struct Server {
    session: postgres::Session,
    _link: Link,
}

impl Target {
    /// A database without a row, with the first `steps` of the schema, and marked. One that an interrupted move has left is emptied.
    ///
    /// # Errors
    /// [`MoveError::Occupied`], [`MoveError::Foreign`], [`MoveError::InUse`], which leave it as it was; the engine's.
    pub(super) fn prepare(place: &Place, steps: usize, now: Timestamp) -> Result<Self, MoveError> {
        let target = match place {
            Place::Sqlite(path) => {
                let path = engine::absolute(path)?;
                engine::make(&path)?;
                engine::Session::alone(&path, PATIENCE, false)
                    .map_err(|error| explain(&path, &error))
                    .and_then(|session| Self::looked_at(session, &path))
                    .map_err(|error| busy(error, place))?
            }
            Place::Postgres(url) => {
                let link = Link::new(url)?;
                let session = link.session()?;
                if link.is_shared(&session)? {
                    return Err(MoveError::InUse(place.to_string()));
                }
                Self::Postgres(Box::new(Server { session, _link: link }))
            }
        };
        target.clear(place)?;
        target.migrate(steps, now)?;
        target.write(|| mark_unfinished(&target.tx(), now))?;
        Ok(target)
    }

    /// A new file that has its name only later, and so no mark.
    ///
    /// # Errors
    /// The engine's.
    pub(super) fn new_file(path: &Path, steps: usize, now: Timestamp) -> Result<Self, StoreError> {
        let session = engine::Session::making(path).map_err(|error| explain(path, &error))?;
        let target = Self::Sqlite(session);
        target.migrate(steps, now)?;
        Ok(target)
    }

    /// Takes the lock of the file.
    fn looked_at(session: engine::Session, path: &Path) -> Result<Self, StoreError> {
        session
            .ask("SELECT count(*) FROM sqlite_schema", |_| Ok(()))
            .map_err(|error| explain(path, &error))?;
        Ok(Self::Sqlite(session))
    }

    pub(super) fn tx(&self) -> Tx<'_> {
        match self {
            Self::Sqlite(session) => Tx::new(session),
            Self::Postgres(server) => Tx::new(&server.session),
        }
    }

    /// Runs `work` in a transaction and commits it. After an error the database is to be given up: it stays marked.
    ///
    /// # Errors
    /// Those of `work` and of the engine.
    pub(super) fn write(&self, work: impl FnOnce() -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.control("BEGIN")?;
        work()?;
        self.control("COMMIT")
    }

    /// Takes the mark away, in the last transaction: the database is whole. Its steps are told to be taken when those of the source were.
    ///
    /// # Errors
    /// The engine's.
    pub(super) fn finish(self, record: &Record) -> Result<(), StoreError> {
        self.write(|| write_record(&self.tx(), record))?;
        if let Self::Sqlite(session) = self {
            // Else the log stays until the next start, which is no harm.
            session.close();
        }
        Ok(())
    }

    /// Sees that there is no row, and takes tables away that may be of another schema.
    fn clear(&self, place: &Place) -> Result<(), MoveError> {
        let tx = self.tx();
        let ours = is_recorded(&tx)?;
        let unfinished = ours && is_unfinished(&tx)?;
        let mut there = Vec::new();
        for table in Layout::of(known_steps())?.tables {
            let sql = tx.dialect().find_table();
            if tx.first(sql, &params![&table.name], |_| Ok(()))?.is_none() {
                continue;
            }
            let (place, name) = (place.to_string(), table.name.clone());
            if !ours {
                return Err(MoveError::Foreign { place, table: name });
            }
            if !unfinished && table.count(&tx)? > 0 {
                return Err(MoveError::Occupied { place, table: name });
            }
            there.push(table.name);
        }
        if !ours {
            return Ok(());
        }
        // Those that refer to others first, and the mark last.
        there.reverse();
        there.push("schema_migrations".to_owned());
        self.write(|| {
            for table in &there {
                tx.execute(&format!("DROP TABLE \"{table}\""), &[])?;
            }
            Ok(())
        })?;
        Ok(())
    }

    fn migrate(&self, steps: usize, now: Timestamp) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(session) => migrate(session, now, steps),
            Self::Postgres(server) => migrate_postgres(&server.session, now, steps),
        }
    }

    fn control(&self, sql: &str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(session) => session.run(sql).map_err(|error| session.judge(&error).0),
            Self::Postgres(server) => server.session.run(sql).map(drop).map_err(|fault| fault.error),
        }
    }
}
