//! The disk: builds `disk.c`, steers it, and takes the power away.

use std::collections::HashMap;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::load::next;
use crate::support::{Process, command};

const SECTOR: usize = 512;

/// The places in the control file, as in `struct control`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Control {
    ClockMilliseconds = 0,
    Quota = 1,
    FailAt = 2,
    Syncs = 3,
    Lies = 4,
    KillAt = 5,
    Writes = 6,
    Folder = 7,
}

/// A data folder on such a disk.
pub(super) struct Disk {
    home: TempDir,
    pub(super) address: SocketAddr,
}

impl Disk {
    /// An empty folder, and the library built by the C compiler.
    pub(super) fn new(address: SocketAddr) -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("data")).unwrap();
        fs::write(home.path().join("control"), [0; 64]).unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/binary/faults/disk.c");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-o"])
            .arg(home.path().join("disk.so"))
            .arg(source)
            .args(["-ldl", "-lpthread"])
            .output()
            .unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        Self { home, address }
    }

    pub(super) fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// The log of the server that was started last.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.home.path().join("log")).unwrap()
    }

    pub(super) fn set(&self, control: Control, value: i64) {
        let file = File::options().write(true).open(self.home.path().join("control")).unwrap();
        file.write_all_at(&value.to_le_bytes(), control as u64 * 8).unwrap();
    }

    pub(super) fn get(&self, control: Control) -> i64 {
        let mut bytes = [0; 8];
        let file = File::open(self.home.path().join("control")).unwrap();
        file.read_exact_at(&mut bytes, control as u64 * 8).unwrap();
        i64::from_le_bytes(bytes)
    }

    /// Starts the server on the disk; gives its exit code when it does not become ready.
    pub(super) async fn start(&self) -> Result<Process, Option<i32>> {
        let mut command = self.command();
        command
            .arg("serve")
            .stdout(Stdio::null())
            .stderr(File::create(self.home.path().join("log")).unwrap());
        Process::spawn(&self.data(), self.address, &mut command).await
    }

    /// The binary on the disk, which has all that is in the folder now.
    pub(super) fn command(&self) -> Command {
        let shadow = self.home.path().join("shadow");
        drop(fs::remove_dir_all(&shadow));
        fs::create_dir(&shadow).unwrap();
        self.set(Control::Syncs, 0);
        self.set(Control::Writes, 0);
        let mut command = command(&self.data(), self.address);
        command
            .env("LD_PRELOAD", self.home.path().join("disk.so"))
            .env("ENROLL_FAULT_DIR", self.data())
            .env("ENROLL_FAULT_SHADOW", shadow)
            .env("ENROLL_FAULT_CONTROL", self.home.path().join("control"));
        command
    }

    /// Starts the server on the folder as it is, without the library.
    pub(super) async fn start_plain(&self) -> Process {
        Process::start(&self.data(), self.address).await.0
    }

    /// The power is gone: the folder is what was on the disk. Of what was written and not synchronised, nothing is there, or, with
    /// `torn`, each sector by chance.
    pub(super) fn cut(&self, server: Process, torn: Option<&mut u64>) {
        server.kill();
        let (data, shadow) = (self.data(), self.home.path().join("shadow"));
        let names = fs::read_to_string(shadow.join("names")).unwrap();
        let mut image: HashMap<&str, Vec<u8>> = HashMap::new();
        let mut state = torn;
        for line in names.lines() {
            let (name, key) = line.split_once(' ').unwrap();
            let mut bytes = fs::read(shadow.join(key)).unwrap();
            if let Some(state) = state.as_deref_mut()
                && let Ok(written) = File::open(data.join(name))
                && key.starts_with(&format!("{}.", written.metadata().unwrap().ino()))
            {
                tear(&mut bytes, &fs::read(data.join(name)).unwrap(), state);
            }
            image.insert(name, bytes);
        }
        for entry in fs::read_dir(&data).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
        for (name, bytes) in image {
            fs::write(data.join(name), bytes).unwrap();
        }
    }
}

/// Lets some sectors of what was written reach the disk all the same.
fn tear(disk: &mut Vec<u8>, written: &[u8], state: &mut u64) {
    // Whether the new length did.
    if next(state).is_multiple_of(2) {
        disk.resize(written.len(), 0);
    }
    for (old, new) in disk.chunks_mut(SECTOR).zip(written.chunks(SECTOR)) {
        if old.len() == new.len() && old != new && next(state).is_multiple_of(2) {
            old.copy_from_slice(new);
        }
    }
}
