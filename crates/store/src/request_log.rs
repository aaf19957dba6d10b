//! The request log: a database file of its own beside the main one (enrollment.md §7.3).
//!
//! What stands in it may be lost: it is written without waiting for the disk, kept for some days, and a file that cannot be read
//! is set aside. Nothing here takes part in a transaction of the main database.

mod activity;
mod read;

use std::path::{Path, PathBuf};
use std::time::Duration;

use enroll_domain::{DirectoryId, TokenId};
use enroll_scim::Folded;
use jiff::Timestamp;

use crate::dialect::Dialect;
use crate::engine::{Session, absolute, make};
use crate::{StoreError, Tx, params};

pub use activity::{ActivityError, ActivityRow};
pub use read::{BodiesRow, LoggedRow, RequestQuery};

/// The tables and indexes.
const SCHEMA: &str = include_str!("../requests/schema.sql");

/// The version of [`SCHEMA`], in the file's header.
const VERSION: i64 = 2;

/// What makes a file of version 1 one of version 2.
const TO_2: [&str; 3] = [
    "CREATE TABLE failed_operations (request_row INTEGER NOT NULL, number INTEGER NOT NULL, status INTEGER NOT NULL, target_id TEXT, \
     target_key TEXT, PRIMARY KEY (request_row, number))",
    "ALTER TABLE requests ADD COLUMN failed INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE requests ADD COLUMN failures TEXT",
];

/// The table that [`RequestFile::page`] reads.
const REQUESTS: &str = "requests";

/// The same of a file of version 1.
const REQUESTS_1: &str = "(SELECT *, 0 AS failed, NULL AS failures FROM requests)";

/// How long to wait while another process holds the file.
const PATIENCE: Duration = Duration::from_secs(2);

/// A request to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRequest {
    /// When it came.
    pub received: Timestamp,
    /// Its id, as the answer and the log of the server have it.
    pub request_id: String,
    /// The directory that its token belongs to, and its name.
    pub directory: Option<(DirectoryId, String)>,
    /// The token, and its label.
    pub token: Option<(TokenId, String)>,
    /// Whether the token was valid.
    pub authenticated: bool,
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// What was asked for.
    pub operation: String,
    /// The resource type it was about.
    pub target_type: Option<String>,
    /// The id it was about.
    pub target_id: Option<String>,
    /// The name of the user or group it was about.
    pub target: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// The keyword of a SCIM error.
    pub scim_type: Option<String>,
    /// The sentence of a SCIM error.
    pub detail: Option<String>,
    /// How many operations of a bulk request have failed.
    pub failed: i64,
    /// What is told of them, as JSON.
    pub failures: Option<String>,
    /// The first of them, to be found by.
    pub failed_operations: Vec<FailedRow>,
    /// What the error means.
    pub explanation: Option<String>,
    /// What to do about it.
    pub advice: Option<String>,
    /// How long it took, in microseconds.
    pub duration: i64,
    /// What was read differently from how it was written, as JSON.
    pub notes: String,
    /// The client's address.
    pub address: Option<String>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// The bodies.
    pub bodies: BodiesRow,
}

/// A failed operation of a bulk request, as far as it is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedRow {
    /// Its place in the request.
    pub number: i64,
    /// The status of its result.
    pub status: u16,
    /// The id of the user or group.
    pub target_id: Option<String>,
    /// The name of the user or group.
    pub target: Option<String>,
}

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Entries made before this time go.
    pub since: Timestamp,
    /// Entries of requests with a valid token that stay.
    pub entries: u32,
    /// Entries of requests without one that stay: whoever has no token cannot push out what others need.
    pub unauthenticated: u32,
}

/// One connection to the file of the request log.
pub struct RequestFile {
    session: Session,
    /// The table that is read; of a file that its writer has not yet brought to [`VERSION`], with what it lacks.
    requests: &'static str,
}

impl RequestFile {
    /// Opens the file to write it, and makes it if it is not there. A file that is damaged, or of another version, is set aside with
    /// `.damaged` behind its name.
    ///
    /// # Errors
    /// [`StoreError::Open`] and what the engine says.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let path = absolute(path)?;
        match Self::create(&path) {
            Err(StoreError::Corrupt(_) | StoreError::NewerDatabase { .. }) => {
                set_aside(&path)
                    .map_err(|error| StoreError::Open { path: path.clone(), reason: error.to_string() })?;
                Self::create(&path)
            }
            other => other,
        }
    }

    /// Opens the file to read it.
    ///
    /// # Errors
    /// [`StoreError::Open`] when it is not there or cannot be read.
    pub fn read(path: &Path) -> Result<Self, StoreError> {
        let path = absolute(path)?;
        let session = Session::beside(&path, PATIENCE, true)
            .map_err(|error| StoreError::Open { path: path.clone(), reason: error.to_string() })?;
        let mut file = Self { session, requests: REQUESTS };
        if file.version()? == 1 {
            file.requests = REQUESTS_1;
        } else {
            file.check_version()?;
        }
        Ok(file)
    }

    fn create(path: &Path) -> Result<Self, StoreError> {
        make(path)?;
        let session = Session::beside(path, PATIENCE, false)
            .map_err(|error| StoreError::Corrupt(format!("{}: {error}", path.display())))?;
        let file = Self { session, requests: REQUESTS };
        match file.version()? {
            0 => {
                let tx = file.tx();
                for step in SCHEMA.split("-- step: ").skip(1) {
                    let (_, statement) = step.split_once('\n').unwrap_or_default();
                    tx.execute(&Dialect::Sqlite.ddl(statement), &[])?;
                }
                file.run(&format!("PRAGMA user_version = {VERSION}"))?;
            }
            1 => {
                file.in_transaction(|tx| TO_2.iter().try_for_each(|step| tx.execute(step, &[]).map(drop)))?;
                file.run(&format!("PRAGMA user_version = {VERSION}"))?;
            }
            _ => {}
        }
        file.check_version()?;
        Ok(file)
    }

    fn version(&self) -> Result<i64, StoreError> {
        self.session
            .ask("PRAGMA user_version", |row| row.get(0))
            .map_err(|error| StoreError::Corrupt(format!("the request log: {error}")))
    }

    fn check_version(&self) -> Result<(), StoreError> {
        match self.version()? {
            VERSION => Ok(()),
            found => Err(StoreError::NewerDatabase { found, known: VERSION }),
        }
    }

    fn tx(&self) -> Tx<'_> {
        Tx::new(&self.session)
    }

    fn run(&self, sql: &str) -> Result<(), StoreError> {
        self.session.run(sql).map_err(|error| self.session.judge(&error).0)
    }

    /// The id of the newest entry; 0 when there is none.
    ///
    /// # Errors
    /// The engine fails.
    pub fn newest(&self) -> Result<i64, StoreError> {
        let newest =
            self.tx().first("SELECT id FROM requests ORDER BY id DESC LIMIT 1", &[], |row| row.integer(0))?;
        Ok(newest.unwrap_or(0))
    }

    /// Writes entries with the ids that follow on `after`, and what is known of the directories, in one transaction.
    ///
    /// # Errors
    /// The engine fails; then nothing is written.
    pub fn append(
        &self,
        after: i64,
        entries: &[NewRequest],
        activity: &[(DirectoryId, ActivityRow)],
    ) -> Result<(), StoreError> {
        self.in_transaction(|tx| {
            for (id, entry) in (after + 1..).zip(entries) {
                insert(tx, id, entry)?;
            }
            activity.iter().try_for_each(|(directory, row)| activity::put(tx, *directory, row))
        })
    }

    /// Deletes what is older or more than what is kept.
    ///
    /// # Errors
    /// The engine fails; then nothing is deleted.
    pub fn trim(&self, keep: Retention) -> Result<(), StoreError> {
        self.in_transaction(|tx| {
            // Ids are in the order of time, so the oldest entries are at the front.
            tx.execute(
                "DELETE FROM requests WHERE id < coalesce((SELECT id FROM requests WHERE received >= ?1 ORDER BY id LIMIT 1), \
                 9223372036854775807)",
                &params![keep.since],
            )?;
            for (authenticated, entries) in [(true, keep.entries), (false, keep.unauthenticated)] {
                tx.execute(
                    "DELETE FROM requests WHERE authenticated = ?1 AND id <= coalesce((SELECT id FROM requests \
                     WHERE authenticated = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2), 0)",
                    &params![authenticated, entries],
                )?;
            }
            tx.execute(
                "DELETE FROM failed_operations WHERE NOT EXISTS (SELECT 1 FROM requests WHERE requests.id = \
                 failed_operations.request_row)",
                &[],
            )?;
            tx.execute(
                "DELETE FROM request_bodies WHERE NOT EXISTS (SELECT 1 FROM requests WHERE requests.id = request_bodies.id)",
                &[],
            )
            .map(drop)
        })
    }

    fn in_transaction(&self, work: impl FnOnce(&Tx<'_>) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.run("BEGIN IMMEDIATE")?;
        let result = work(&self.tx()).and_then(|()| self.run("COMMIT"));
        if result.is_err() {
            // What cannot be rolled back is rolled back when the connection is closed.
            drop(self.session.roll_back());
        }
        result
    }
}

fn insert(tx: &Tx<'_>, id: i64, entry: &NewRequest) -> Result<(), StoreError> {
    let (directory, directory_name) =
        entry.directory.as_ref().map_or((None, None), |(id, name)| (Some(*id), Some(name)));
    let (token, label) = entry.token.as_ref().map_or((None, None), |(id, label)| (Some(*id), Some(label)));
    let key = entry.target.as_ref().map(|target| Folded::new(target));
    tx.execute(
        "INSERT INTO requests (id, received, request_id, directory_id, directory, token_id, token, authenticated, method, path, \
         operation, target_type, target_id, target, target_key, status, scim_type, detail, explanation, advice, duration, notes, \
         address, user_agent, failed, failures) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, \
         ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26)",
        &params![
            id,
            entry.received,
            &entry.request_id,
            directory,
            directory_name.map(String::as_str),
            token,
            label.map(String::as_str),
            entry.authenticated,
            &entry.method,
            &entry.path,
            &entry.operation,
            entry.target_type.as_deref(),
            entry.target_id.as_deref(),
            entry.target.as_deref(),
            key.as_ref().map(Folded::as_str),
            i64::from(entry.status),
            entry.scim_type.as_deref(),
            entry.detail.as_deref(),
            entry.explanation.as_deref(),
            entry.advice.as_deref(),
            entry.duration,
            &entry.notes,
            entry.address.as_deref(),
            entry.user_agent.as_deref(),
            entry.failed,
            entry.failures.as_deref(),
        ],
    )?;
    for failed in &entry.failed_operations {
        let key = failed.target.as_ref().map(|target| Folded::new(target));
        tx.execute(
            "INSERT INTO failed_operations (request_row, number, status, target_id, target_key) VALUES (?1, ?2, ?3, ?4, ?5)",
            &params![
                id,
                failed.number,
                i64::from(failed.status),
                failed.target_id.as_deref(),
                key.as_ref().map(Folded::as_str)
            ],
        )?;
    }
    let BodiesRow { request, request_bytes, response, response_bytes } = &entry.bodies;
    tx.execute(
        "INSERT INTO request_bodies (id, request, request_bytes, response, response_bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
        &params![id, request.as_deref(), *request_bytes, response.as_deref(), *response_bytes],
    )
    .map(drop)
}

/// Renames the file, over an older one of that name, and removes its log.
fn set_aside(path: &Path) -> std::io::Result<()> {
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    for log in ["-wal", "-shm"] {
        match std::fs::remove_file(beside(log)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    std::fs::rename(path, beside(".damaged"))
}
