//! The database that is filled: empty at first, marked until it is whole.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::layout::{Layout, Table};
use super::source::busy;
use super::{MoveError, Place};
use crate::engine::{self, explain};
use crate::error::StoreError;
use crate::migrate::{
    Record, apply, is_recorded, is_unfinished, known_steps, mark_unfinished, migrate, prepare_record, unmark,
    write_record,
};
use crate::params;
use crate::postgres::{self, COUNT_COMMIT, Link};
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
    link: Link,
}

impl Target {
    /// A database without a row, with the first `steps` of the schema, and marked. One that an interrupted move has left is emptied.
    ///
    /// # Errors
    /// [`MoveError::Occupied`], [`MoveError::Foreign`], [`MoveError::InUse`], which leave it as it was; the engine's.
    pub(super) fn prepare(place: &Place, steps: usize, now: Timestamp) -> Result<Self, MoveError> {
        let target = Self::connect(place)?;
        target.begin(place, steps, now)?;
        target.stay_alone(place)?;
        Ok(target)
    }

    /// The database, as it is.
    pub(super) fn connect(place: &Place) -> Result<Self, MoveError> {
        match place {
            Place::Sqlite(path) => {
                let path = engine::absolute(path)?;
                engine::make(&path)?;
                engine::Session::alone(&path, PATIENCE, false)
                    .map_err(|error| explain(&path, &error))
                    .and_then(|session| Self::looked_at(session, &path))
                    .map_err(|error| busy(error, place))
            }
            Place::Postgres(url) => {
                let link = Link::new(url)?;
                let session = link.session()?;
                if link.is_shared(&session)? {
                    return Err(MoveError::InUse(place.to_string()));
                }
                let target = Self::Postgres(Box::new(Server { session, link }));
                target.tables(place)?;
                if let Self::Postgres(server) = &target {
                    prepare_record(&server.session)?;
                }
                Ok(target)
            }
        }
    }

    /// Looks once more whether others use the database, and gives it up if so. Who connects from now on finds the mark; who did so before it
    /// was there is connected still.
    pub(super) fn stay_alone(&self, place: &Place) -> Result<(), MoveError> {
        if self.is_shared(Link::is_shared)? {
            self.write(|| unmark(&self.tx()))?;
            return Err(MoveError::InUse(place.to_string()));
        }
        Ok(())
    }

    /// Empties the database, gives it the schema and the mark, in one transaction: whoever is killed leaves it as it was, or marked. On a
    /// server it holds the lock of all writers.
    pub(super) fn begin(&self, place: &Place, steps: usize, now: Timestamp) -> Result<(), MoveError> {
        self.control("BEGIN")?;
        let begun = (|| {
            if let Self::Postgres(server) = self {
                server.session.run(COUNT_COMMIT).map_err(|fault| busy(fault.error, place))?;
            }
            if self.is_shared(Link::shares)? {
                return Err(MoveError::InUse(place.to_string()));
            }
            self.clear(place)?;
            let tx = self.tx();
            apply(&tx, now, steps)?;
            Ok(mark_unfinished(&tx, now)?)
        })();
        match begun {
            Ok(()) => Ok(self.control("COMMIT")?),
            Err(error) => {
                // The connection may be gone, and the transaction with it.
                self.control("ROLLBACK").ok();
                Err(error)
            }
        }
    }

    /// Whether others are connected. A file is opened alone.
    fn is_shared(
        &self,
        look: impl FnOnce(&Link, &postgres::Session) -> Result<bool, StoreError>,
    ) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite(_) => Ok(false),
            Self::Postgres(server) => look(&server.link, &server.session),
        }
    }

    /// A new file that has its name only later, and so no mark.
    ///
    /// # Errors
    /// The engine's.
    pub(super) fn new_file(path: &Path, steps: usize, now: Timestamp) -> Result<Self, StoreError> {
        let session = engine::Session::making(path).map_err(|error| explain(path, &error))?;
        migrate(&session, now, steps)?;
        Ok(Self::Sqlite(session))
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
        let tables = self.tables(place)?;
        let tx = self.tx();
        if !is_recorded(&tx)? {
            return Ok(());
        }
        if !is_unfinished(&tx)? {
            for table in &tables {
                if table.count(&tx)? > 0 {
                    return Err(MoveError::Occupied { place: place.to_string(), table: table.name.clone() });
                }
            }
        }
        // Those that refer to others first.
        for table in tables.iter().rev() {
            tx.execute(&format!("DROP TABLE \"{}\"", table.name), &[])?;
        }
        // The table of steps stays: whoever waits for the lock of its first row is to find the mark.
        Ok(write_record(&tx, &Record::new())?)
    }

    /// The tables that are there, if they are of this program.
    fn tables(&self, place: &Place) -> Result<Vec<Table>, MoveError> {
        let tx = self.tx();
        let mut there = Vec::new();
        for table in Layout::of(known_steps())?.tables {
            if tx.first(tx.dialect().find_table(), &params![&table.name], |_| Ok(()))?.is_some() {
                there.push(table);
            }
        }
        match there.first() {
            Some(table) if !is_recorded(&tx)? => {
                Err(MoveError::Foreign { place: place.to_string(), table: table.name.clone() })
            }
            _ => Ok(there),
        }
    }

    fn control(&self, sql: &str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(session) => session.run(sql).map_err(|error| session.judge(&error).0),
            Self::Postgres(server) => server.session.run(sql).map(drop).map_err(|fault| fault.error),
        }
    }
}
