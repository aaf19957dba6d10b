//! One connection, configured, with the names of its unique indexes.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::types::Null;
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags};
use uuid::Uuid;

use super::failure::{self, Trouble};
use crate::error::StoreError;
use crate::tx::Param;

/// Prepared statements kept per connection: more than the program has, apart from filters.
const STATEMENTS: usize = 512;

/// Memory for pages per connection, in KiB. No `mmap_size`: a read error in mapped memory kills the process (R3, R5).
const CACHE_KIB: i64 = 16 * 1024;

/// The same for a file beside the database, in KiB.
const BESIDE_CACHE_KIB: i64 = 2 * 1024;

/// After a checkpoint the write-ahead log file is cut down to this many bytes (R22).
const LOG_BYTES: i64 = 32 * 1024 * 1024;

/// A connection.
pub(crate) struct Session {
    connection: Connection,
    names: Arc<UniqueNames>,
    patience: Duration,
}

impl Session {
    /// A connection that may write. The file must exist.
    pub(crate) fn writing(path: &Path, patience: Duration) -> rusqlite::Result<Self> {
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(patience)?;
        configure(&connection)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
        // The writer checkpoints by itself, after it has answered: SQLite's own would swallow a failing disk (R3).
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        Ok(Self { connection, names: Arc::default(), patience })
    }

    /// A connection that only reads. It still opens the file for writing: the index of the log is shared memory.
    pub(crate) fn reading(
        path: &Path,
        patience: Duration,
        names: Arc<UniqueNames>,
    ) -> rusqlite::Result<Self> {
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(patience)?;
        configure(&connection)?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(Self { connection, names, patience })
    }

    /// A connection to a file beside the database whose last seconds may be lost: nothing waits for the disk.
    pub(crate) fn beside(path: &Path, patience: Duration, only_read: bool) -> rusqlite::Result<Self> {
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(patience)?;
        configure(&connection)?;
        connection.pragma_update(None, "cache_size", -BESIDE_CACHE_KIB)?;
        if only_read {
            connection.pragma_update(None, "query_only", true)?;
        } else {
            connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
            connection.pragma_update(None, "synchronous", "OFF")?;
            connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
        }
        Ok(Self { connection, names: Arc::default(), patience })
    }

    /// A connection that copies the database into another file: it changes nothing of its own, but `query_only` would also
    /// forbid the copy.
    pub(super) fn copying(path: &Path, patience: Duration) -> rusqlite::Result<Self> {
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(patience)?;
        configure(&connection)?;
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        Ok(Self { connection, names: Arc::default(), patience })
    }

    /// A connection that has the database to itself, from its first statement to its end: it is refused as busy while anybody else has
    /// the file open, and nobody else can open it meanwhile. In a log it is alone with, SQLite shares nothing.
    ///
    /// One that only reads leaves the file and its log as they are.
    pub(crate) fn alone(path: &Path, patience: Duration, only_read: bool) -> rusqlite::Result<Self> {
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(patience)?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        configure(&connection)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        if only_read {
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
            connection.pragma_update(None, "query_only", true)?;
        }
        Ok(Self { connection, names: Arc::default(), patience })
    }

    /// A connection to a new file that is thrown away when it is not finished: it has no log, and nothing waits for the disk.
    pub(crate) fn making(path: &Path) -> rusqlite::Result<Self> {
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        configure(&connection)?;
        connection.query_row("PRAGMA journal_mode = MEMORY", [], |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "OFF")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        Ok(Self { connection, names: Arc::default(), patience: Duration::ZERO })
    }

    /// An empty database in memory.
    pub(crate) fn scratch() -> rusqlite::Result<Self> {
        let connection = Connection::open_in_memory()?;
        configure(&connection)?;
        Ok(Self { connection, names: Arc::default(), patience: Duration::ZERO })
    }

    /// A connection to a file that nobody writes and that is to stay as it is.
    pub(crate) fn inspecting(path: &Path) -> rusqlite::Result<Self> {
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        configure(&connection)?;
        Ok(Self { connection, names: Arc::default(), patience: Duration::ZERO })
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Looks up what the unique indexes are called, once the schema is there.
    pub(crate) fn learn_names(&mut self) -> rusqlite::Result<Arc<UniqueNames>> {
        self.names = Arc::new(UniqueNames::read(&self.connection)?);
        Ok(Arc::clone(&self.names))
    }

    /// A statement with its parameters bound.
    pub(crate) fn prepare(&self, sql: &str, params: &[Param<'_>]) -> rusqlite::Result<CachedStatement<'_>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let expected = statement.parameter_count();
        if expected != params.len() {
            return Err(rusqlite::Error::InvalidParameterCount(params.len(), expected));
        }
        for (index, param) in (1..).zip(params) {
            match param {
                Param::Null => statement.raw_bind_parameter::<usize, _>(index, Null)?,
                Param::Integer(number) => statement.raw_bind_parameter(index, number)?,
                Param::Text(text) => statement.raw_bind_parameter(index, text.as_ref())?,
                Param::Blob(bytes) => statement.raw_bind_parameter(index, bytes.as_ref())?,
                Param::Id(id) => {
                    let mut buffer = Uuid::encode_buffer();
                    let text: &str = id.hyphenated().encode_lower(&mut buffer);
                    statement.raw_bind_parameter(index, text)?;
                }
            }
        }
        Ok(statement)
    }

    /// Runs a statement of the engine itself.
    pub(crate) fn run(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.raw_execute().map(|_| ())
    }

    /// The one row that a statement of the engine itself gives. Runs it to its end: a pragma that changes the file gives its row
    /// first and meets the disk afterwards.
    pub(crate) fn ask<T>(
        &self,
        sql: &str,
        read: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let answer = read(rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?)?;
        while rows.next()?.is_some() {}
        Ok(answer)
    }

    /// Does something with another limit on waiting for locks.
    pub(crate) fn with_patience<T>(&self, patience: Duration, work: impl FnOnce() -> T) -> T {
        // Setting a number in memory cannot fail; were it to, the waiting is what it was.
        drop(self.connection.busy_timeout(patience));
        let result = work();
        drop(self.connection.busy_timeout(self.patience));
        result
    }

    /// Begins a transaction that writes. While another process holds the lock, tries again every two milliseconds: SQLite's own waiting
    /// grows to a tenth of a second, and a process that writes all the time leaves much shorter gaps.
    pub(crate) fn begin_writing(&self) -> rusqlite::Result<()> {
        let pause = Duration::from_millis(2);
        let started = Instant::now();
        self.with_patience(Duration::ZERO, || {
            loop {
                match self.run("BEGIN IMMEDIATE") {
                    Err(error)
                        if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                            && started.elapsed() < self.patience =>
                    {
                        std::thread::park_timeout(pause);
                    }
                    result => return result,
                }
            }
        })
    }

    pub(crate) fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Ends whatever transaction is open without keeping it.
    pub(crate) fn roll_back(&self) -> rusqlite::Result<()> {
        if self.in_transaction() { self.run("ROLLBACK") } else { Ok(()) }
    }

    /// What an error means for the caller and for the connection.
    pub(crate) fn judge(&self, error: &rusqlite::Error) -> (StoreError, Option<Trouble>) {
        (failure::store_error(error, &self.names), failure::trouble(error, &self.names))
    }

    /// Closes the connection; `false` if SQLite could not.
    pub(crate) fn close(self) -> bool {
        self.connection.close().is_ok()
    }
}

fn connect(path: &Path, mode: OpenFlags) -> rusqlite::Result<Connection> {
    Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // A plan depends on the statement alone. Without this SQLite plans anew, at each run, whatever compares a bound value with
    // a column that a partial index speaks of: that took a third of the time of a look-up.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // A misspelt column in double quotes is an error, not a text.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    // What a savepoint needs to undo is kept in memory: in a temporary file it cost the writer half of its time.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)
}

/// The unique indexes by the columns that SQLite names in its error, as other engines name the index.
#[derive(Debug, Default)]
pub(crate) struct UniqueNames(HashMap<String, String>);

impl UniqueNames {
    fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let mut statement = connection.prepare(
            "SELECT tables.name, indexes.name, indexes.origin, group_concat(tables.name || '.' || columns.name, ', ' ORDER BY columns.seqno) \
             FROM sqlite_schema AS tables \
             JOIN pragma_index_list(tables.name) AS indexes \
             JOIN pragma_index_info(indexes.name) AS columns \
             WHERE tables.type = 'table' AND indexes.\"unique\" = 1 \
             GROUP BY tables.name, indexes.name, indexes.origin",
        )?;
        let mut rows = statement.query([])?;
        let mut names = HashMap::new();
        while let Some(row) = rows.next()? {
            let (table, index, origin): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            names.insert(row.get(3)?, if origin == "pk" { format!("{table}_pkey") } else { index });
        }
        Ok(Self(names))
    }

    /// The name of the index behind `UNIQUE constraint failed: users.directory_id, users.user_name_key`.
    pub(crate) fn of(&self, message: &str) -> String {
        let columns = message.rsplit_once(": ").map_or(message, |(_, columns)| columns);
        self.0.get(columns).cloned().unwrap_or_else(|| columns.to_owned())
    }
}
