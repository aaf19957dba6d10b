//! The disk of PostgreSQL is full, and then is not (`full.c`).

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::load::variable;

use super::site::Site;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r20_without_room_on_postgresql_s_disk_reads_go_on_and_writes_come_back() {
    let times = variable("ENROLL_FAULT_TIMES", 1);
    let site = Site::start().await;
    // PostgreSQL's user has to read the library.
    let home = tempfile::tempdir().unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let (library, when) = (home.path().join("full.so"), home.path().join("full"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/binary/faults/postgres/full.c");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-o"])
        .arg(&library)
        .arg(source)
        .arg("-ldl")
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let data = site.database.data();
    let environment =
        [("LD_PRELOAD", library.as_path()), ("ENROLL_FULL_WHEN", &when), ("ENROLL_FULL_DIR", data.as_path())];
    tokio::task::block_in_place(|| site.database.control(&["restart", "-m", "fast"], &environment));
    let mut slowest = Duration::ZERO;
    for _ in 0..times {
        site.good_again().await;
        let before = site.full();
        fs::write(&when, "").unwrap();
        let begun = Instant::now();
        while site.full() == before {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "seed {}: the disk does not get full",
                site.seed
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        for path in ["/scim/v2/Users?count=10", "/healthz", "/readyz"] {
            assert_eq!(site.get(path).await.0.status, 200, "{path}");
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        fs::remove_file(&when).unwrap();
        slowest = slowest.max(site.good_again().await);
    }
    println!("{times} times without room, written again after {slowest:?} at most");
    site.check().await;
}
