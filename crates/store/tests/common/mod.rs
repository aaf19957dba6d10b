//! A database in a temporary folder, and organizations as rows to write and read.
#![allow(dead_code, clippy::allow_attributes, reason = "each test file uses its own part")]
#![expect(clippy::unwrap_used, reason = "for tests")]

use std::path::PathBuf;
use std::sync::mpsc;

use enroll_store::{Db, Options, StoreError, Tx, params};
use enroll_testdb::TestDatabase;
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::task::JoinHandle;

#[path = "../place/mod.rs"]
pub(crate) mod place;

pub(crate) struct Home {
    pub(crate) db: Db,
    pub(crate) path: PathBuf,
    pub(crate) folder: TempDir,
    options: Options,
    /// On PostgreSQL.
    pub(crate) database: Option<TestDatabase>,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// Batches are not cut off by time, so that tests can say which jobs share a commit.
    pub(crate) fn with(adjust: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("enroll.db");
        let (mut options, database) = place::options(folder.path());
        options.batch_time = std::time::Duration::from_secs(60);
        adjust(&mut options);
        let db = Db::open(options.clone(), Timestamp::UNIX_EPOCH).unwrap();
        Self { db, path, folder, options, database }
    }

    /// A write in a task of its own.
    pub(crate) fn spawn(
        &self,
        work: impl FnMut(&Tx<'_>) -> Result<(), StoreError> + Send + 'static,
    ) -> JoinHandle<Result<(), StoreError>> {
        let db = self.db.clone();
        tokio::spawn(async move { db.write(work).await })
    }

    /// Keeps the writer busy with a first job until the sender is used or dropped.
    pub(crate) async fn occupy(&self) -> (mpsc::Sender<()>, JoinHandle<Result<(), StoreError>>) {
        let (release, gate) = mpsc::channel();
        let (started, running) = mpsc::channel();
        let job = self.spawn(move |_| {
            started.send(()).ok();
            gate.recv().ok();
            Ok(())
        });
        while running.try_recv().is_err() {
            tokio::task::yield_now().await;
        }
        (release, job)
    }

    /// Waits until so many writes wait behind the one that occupies the writer. For a runtime of one thread: there a task that has
    /// its place in the queue is in the queue.
    pub(crate) async fn queued(&self, jobs: usize) {
        while self.db.waiting_writes() < jobs + 1 {
            tokio::task::yield_now().await;
        }
    }

    /// Another handle on the same file, as another process has it.
    pub(crate) fn again(&self) -> Result<Db, StoreError> {
        Db::open(self.options.clone(), Timestamp::UNIX_EPOCH)
    }
}

/// One organization; the name is unique.
pub(crate) fn insert(tx: &Tx<'_>, name: &str) -> Result<(), StoreError> {
    tx.execute(INSERT, &params![unused_id(tx)?, name]).map(|_| ())
}

/// An organization: its id and its name.
pub(crate) const INSERT: &str = "INSERT INTO organizations (id, name, display_name, description, base_resource_role, created, version) \
     VALUES (?1, ?2, ?2, '', 'write', 0, 1)";

fn unused_id(tx: &Tx<'_>) -> Result<String, StoreError> {
    let rows = tx.first("SELECT count(*) FROM organizations", &[], |row| row.integer(0))?;
    Ok(format!("018f0000-0000-7000-8000-{:012}", rows.unwrap_or_default()))
}

pub(crate) fn names(db: &Db) -> Vec<String> {
    db.look_up(|tx| {
        tx.query("SELECT name FROM organizations ORDER BY name", &[], |row| Ok(row.text(0)?.to_owned()))
    })
    .unwrap()
}

pub(crate) fn count(db: &Db) -> i64 {
    db.look_up(|tx| tx.first("SELECT count(*) FROM organizations", &[], |row| row.integer(0)))
        .unwrap()
        .unwrap()
}
