//! A PostgreSQL server of one test's own, which the test may restart, stop and starve.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::Cluster;

/// A server with one database, `enroll`, which a role without rights of its own owns. It ends with this value, and with the process.
#[derive(Debug)]
pub struct OwnServer {
    cluster: Cluster,
    /// Lives for as long as this process, and the server for as long as it.
    holder: Child,
}

impl OwnServer {
    /// Starts one.
    ///
    /// # Panics
    /// When it does not start; so do all functions here.
    pub fn start() -> Self {
        let holder = Command::new("bash")
            .args(["-c", "while kill -0 \"$1\" 2>/dev/null; do sleep 1; done", "holder"])
            .arg(std::process::id().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let cluster = Cluster::of(holder.id());
        cluster.run("postgres", "CREATE DATABASE enroll OWNER service ENCODING 'UTF8' TEMPLATE template0");
        Self { cluster, holder }
    }

    /// The URL of its database.
    pub fn url(&self) -> String {
        self.cluster.url("enroll")
    }

    /// The URL of another database, made by `CREATE DATABASE`.
    pub fn url_of(&self, database: &str) -> String {
        self.cluster.url(database)
    }

    /// Starts it anew, so that what it commits is on the disk, as a server that is not for tests does.
    pub fn be_durable(&self) {
        self.configure(&[("fsync", "on"), ("full_page_writes", "on"), ("shared_buffers", "256MB")]);
        self.control(&["restart", "-m", "fast"], &[]);
    }

    /// Transactions a second of PostgreSQL's own load generator: so many clients that each run `script` again and again.
    pub fn pgbench(&self, database: &str, script: &Path, clients: usize, seconds: f64) -> f64 {
        let output = Command::new(self.cluster.programs.join("pgbench"))
            .args(["--no-vacuum", "--protocol=prepared", "--jobs=2", "--username=service", "--client"])
            .arg(clients.to_string())
            .arg("--time")
            .arg(format!("{:.0}", seconds.ceil()))
            .arg("--file")
            .arg(script)
            .arg("--host")
            .arg(&self.cluster.folder)
            .arg(database)
            .output()
            .unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        let speed =
            told.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        let failed = String::from_utf8_lossy(&output.stderr);
        speed.filter(|_| output.status.success()).unwrap_or_else(|| panic!("pgbench: {told}{failed}"))
    }

    /// Runs SQL on the database as its administrator, and gives what is answered.
    pub fn run(&self, sql: &str) -> String {
        self.cluster.run("enroll", sql)
    }

    /// The folder of its data.
    pub fn data(&self) -> PathBuf {
        self.cluster.folder.join("data")
    }

    /// Sets parameters of its configuration for the next start.
    pub fn configure(&self, parameters: &[(&str, &str)]) {
        let path = self.data().join("postgresql.conf");
        let mut text = fs::read_to_string(&path).unwrap();
        for (name, value) in parameters {
            writeln!(text, "{name} = '{value}'").unwrap();
        }
        fs::write(path, text).unwrap();
    }

    /// Runs `pg_ctl` with these arguments, as PostgreSQL's user, with the environment's `LD_PRELOAD` and others as given.
    pub fn control(&self, arguments: &[&str], environment: &[(&str, &Path)]) {
        let program = self.cluster.programs.join("pg_ctl");
        let mut command = if fs::metadata("/proc/self").unwrap().uid() == 0 {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "env"]);
            command
        } else {
            Command::new("env")
        };
        // Not for `setpriv`, but for what it starts.
        for (name, value) in environment {
            command.arg(format!("{name}={}", value.display()));
        }
        command
            .arg(program)
            .args(arguments)
            .arg("-D")
            .arg(self.data())
            .arg("-l")
            .arg(self.data().join("log"));
        command.args(["-w", "-t", "60"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        assert!(command.status().unwrap().success(), "pg_ctl {arguments:?}: see {}", self.data().display());
    }

    /// The server dies without a word to anybody and starts again (`pg_ctl restart -m immediate`).
    pub fn restart_at_once(&self) {
        self.control(&["restart", "-m", "immediate"], &[]);
    }

    /// All its processes stand still (`SIGSTOP`) until [`OwnServer::thaw`].
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// They go on.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        assert!(self.signalled(signal), "kill {signal}");
    }

    /// Sends all its processes a signal; answers whether it was there to get one. A process of a connection may end meanwhile.
    fn signalled(&self, signal: &str) -> bool {
        let Ok(first) = fs::read_to_string(self.data().join("postmaster.pid")) else { return false };
        let first = first.lines().next().unwrap_or_default();
        let kill = |processes: &[&str]| {
            Command::new("kill").arg(signal).args(processes).status().is_ok_and(|status| status.success())
        };
        // The one that starts the others first, so that there are no new ones.
        let begun = kill(&[first]);
        let children = fs::read_to_string(format!("/proc/{first}/task/{first}/children")).unwrap_or_default();
        let children: Vec<&str> = children.split_whitespace().collect();
        kill(&children);
        begun
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        // The watcher of the cluster stops what goes on. It may be gone already.
        self.signalled("-CONT");
        self.holder.kill().ok();
        self.holder.wait().ok();
    }
}
