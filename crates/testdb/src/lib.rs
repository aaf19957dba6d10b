//! For tests only: databases on a PostgreSQL cluster of the test run's own.
//!
//! The first test that asks starts the cluster (`scripts/test-postgres`); it is shared by all test processes of one runner and ends with
//! the runner. Each test has a database of its own, copied from one that was migrated once.
//!
//! Knows nothing of Enroll, so that the tests of every crate may use it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test cannot go on without its database")]

mod server;

pub use server::OwnServer;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The variable that lets tests run on another engine: `ENROLL_TEST_DATABASE=postgres`.
pub const VARIABLE: &str = "ENROLL_TEST_DATABASE";

/// Whether tests that run on either engine are to run on PostgreSQL.
///
/// # Panics
/// When the variable has a value that is none.
pub fn wanted() -> bool {
    match std::env::var(VARIABLE).as_deref() {
        Ok("postgres") => true,
        Ok("sqlite" | "") | Err(_) => false,
        Ok(other) => panic!("{VARIABLE} is {other:?}: say postgres or sqlite"),
    }
}

/// The cluster.
#[derive(Debug)]
struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| Cluster::of(std::os::unix::process::parent_id()))
}

impl Cluster {
    /// The cluster that lives for as long as the process `runner` does; starts it if need be.
    fn of(runner: u32) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/test-postgres");
        let output = Command::new(script).arg(runner.to_string()).stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "scripts/test-postgres says why there is no PostgreSQL");
        let answer = String::from_utf8(output.stdout).unwrap();
        let (programs, folder) = answer.trim().split_once(' ').unwrap();
        Self { programs: programs.into(), folder: folder.into() }
    }

    /// Where a database is, for a role that owns it and is no administrator.
    fn url(&self, database: &str) -> String {
        let folder = self.folder.to_str().unwrap().replace('/', "%2F");
        format!("postgres://service@{folder}/{database}")
    }

    fn run(&self, database: &str, sql: &str) -> String {
        let output = Command::new(self.programs.join("psql"))
            .args([
                "-X",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                "-U",
                "enroll",
                "-d",
                database,
                "-c",
                sql,
                "-h",
            ])
            .arg(&self.folder)
            .output()
            .unwrap();
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

/// A database, dropped with this value.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
}

impl TestDatabase {
    /// A database without a table.
    ///
    /// # Panics
    /// When there is no cluster or it fails; so do all functions here.
    pub fn empty() -> Self {
        Self::copy_of("template0")
    }

    /// A copy of a database that `migrate`, given its URL, has made ready. That is done once for each `version`.
    ///
    /// # Panics
    /// When `migrate` does.
    pub fn migrated(version: i64, migrate: impl FnOnce(&str)) -> Self {
        let cluster = cluster();
        let template = format!("template_{version}");
        let lock = File::create(
            std::env::temp_dir().join(format!("enroll-template.{}", std::os::unix::process::parent_id())),
        );
        let lock = lock.unwrap();
        lock.lock().unwrap();
        let found =
            cluster.run("postgres", &format!("SELECT 1 FROM pg_database WHERE datname = '{template}'"));
        if found.is_empty() {
            let making = Self::empty();
            migrate(&making.url());
            // Whoever has migrated it may be closing its connections still.
            cluster.run(
                "postgres",
                &format!(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{}'",
                    making.name
                ),
            );
            cluster.run("postgres", &format!("ALTER DATABASE {} RENAME TO {template}", making.name));
            std::mem::forget(making);
        }
        drop(lock);
        Self::copy_of(&template)
    }

    fn copy_of(template: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        // Copying files is the faster way here: the cluster syncs nothing.
        cluster().run(
            "postgres",
            &format!("CREATE DATABASE {name} OWNER service TEMPLATE {template} STRATEGY file_copy"),
        );
        Self { name }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        cluster().url(&self.name)
    }

    /// Runs SQL on it, as an administrator beside Enroll may, and gives what is answered.
    pub fn run(&self, sql: &str) -> String {
        cluster().run(&self.name, sql)
    }

    /// Ends all connections to it, as a restart of the server does.
    pub fn cut(&self) {
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        self.run(sql);
    }

    /// Lets nobody connect and ends all connections, or lets everybody connect again: a server that is down and comes back.
    pub fn set_down(&self, down: bool) {
        let cluster = cluster();
        cluster.run("postgres", &format!("ALTER DATABASE {} ALLOW_CONNECTIONS {}", self.name, !down));
        if down {
            let name = &self.name;
            cluster.run(
                "postgres",
                &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"),
            );
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            cluster().run("postgres", &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        }
    }
}
