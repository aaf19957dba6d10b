//! The `enroll` binary as a process of its own.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use enroll_testkit::{Connection, wire};

/// A server process with its data folder.
pub(crate) struct Process {
    pub(crate) address: SocketAddr,
    folder: PathBuf,
    child: Child,
}

/// The binary, told which folder and address to use and nothing else.
pub(crate) fn command(folder: &Path, address: SocketAddr) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_enroll"));
    command
        .env_clear()
        .env("ENROLL_DATA_DIR", folder)
        .env("ENROLL_LISTEN", address.to_string())
        .env("ENROLL_RATE_LIMIT", "off")
        .env("ENROLL_LOG", "warn")
        .current_dir(folder);
    command
}

/// A loopback address with a port that nobody has.
pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Runs a command of the binary on the data folder, beside a running server or without one.
pub(crate) fn enroll(folder: &Path, address: SocketAddr, arguments: &[&str]) -> Output {
    command(folder, address).args(arguments).output().unwrap()
}

/// The same, for commands that must succeed; gives standard output.
pub(crate) fn enroll_ok(folder: &Path, address: SocketAddr, arguments: &[&str]) -> String {
    let output = enroll(folder, address, arguments);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "enroll {arguments:?}: {text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text.trim_end().to_owned()
}

impl Process {
    /// Starts `enroll serve` and waits until it is ready; gives how long that took.
    pub(crate) async fn start(folder: &Path, address: SocketAddr) -> (Self, Duration) {
        let begun = Instant::now();
        let mut command = command(folder, address);
        command.arg("serve").stdout(Stdio::null());
        let process = Self::spawn(folder, address, &mut command).await;
        (process.unwrap_or_else(|code| panic!("the server ended with {code:?}")), begun.elapsed())
    }

    /// Starts what serves on the folder and waits until it is ready; gives its exit code when it ends instead.
    pub(crate) async fn spawn(
        folder: &Path,
        address: SocketAddr,
        command: &mut Command,
    ) -> Result<Self, Option<i32>> {
        let begun = Instant::now();
        let mut process = Self { address, folder: folder.to_owned(), child: command.spawn().unwrap() };
        while !process.ready().await {
            if let Some(status) = process.child.try_wait().unwrap() {
                return Err(status.code());
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "the server is not ready after a minute");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(process)
    }

    /// The id that the system has for it.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether the process is still there.
    pub(crate) fn lives(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    async fn ready(&self) -> bool {
        let Ok(mut connection) = Connection::open(self.address).await else { return false };
        connection
            .send(&wire::request("GET", "/readyz", "", ""))
            .await
            .is_ok_and(|answer| answer.status == 200)
    }

    /// Runs a command beside the server.
    pub(crate) fn enroll_ok(&self, arguments: &[&str]) -> String {
        enroll_ok(&self.folder, self.address, arguments)
    }

    /// Ends the process at once, as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks the process to end with SIGTERM and gives its exit code.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        self.child.wait().unwrap().code()
    }
}
