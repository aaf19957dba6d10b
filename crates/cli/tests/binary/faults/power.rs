//! R2: the power is cut. R3: the disk says that it could not write.

use std::fs;
use std::time::Duration;

use enroll_testkit::{Connection, wire};

use super::disk::{Control, Disk};
use crate::load::{Load, next, seed, variable};
use crate::support::free_address;

/// A set-up database whose disk is all written.
async fn prepared() -> (Disk, Load) {
    let disk = Disk::new(free_address());
    let server = disk.start_plain().await;
    let load = Load::prepare(&server).await;
    assert_eq!(server.terminate(), Some(0));
    (disk, load)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r2_a_power_cut_loses_no_acknowledged_write() {
    let rounds = variable("ENROLL_FAULT_TIMES", 4);
    let seed = seed();
    let mut state = seed;
    let (disk, load) = prepared().await;
    for round in 0..rounds {
        let server = disk.start().await.unwrap();
        let writers = load.start(&format!("round{round}"));
        tokio::time::sleep(Duration::from_millis(50 + next(&mut state) % 400)).await;
        let torn = round % 2 == 1;
        disk.cut(server, torn.then_some(&mut state));
        for writer in writers {
            writer.await.unwrap();
        }
    }
    // The start reads the whole file for damage.
    let server = disk.start_plain().await;
    let written = load.ledger.lock().await.users.len();
    assert!(written > 20, "the writers got somewhere: {written}");
    load.check(&server, seed).await;
    println!("{rounds} power cuts");
    let copy = disk.data().join("whole.backup");
    // PRAGMA integrity_check.
    server.enroll_ok(&["backup", copy.to_str().unwrap()]);
    fs::remove_file(copy).unwrap();
    assert_eq!(server.terminate(), Some(0));
}

/// The test above can fail: on a disk whose fsync does nothing, as with `synchronous=OFF`, acknowledged writes are lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r2_on_a_disk_that_lies_the_same_power_cut_is_seen_to_lose_writes() {
    let (disk, load) = prepared().await;
    disk.set(Control::Lies, 1);
    let server = disk.start().await.unwrap();
    let writers = load.start("lost");
    tokio::time::sleep(Duration::from_millis(400)).await;
    disk.cut(server, None);
    for writer in writers {
        writer.await.unwrap();
    }
    let server = disk.start_plain().await;
    let written = load.ledger.lock().await;
    let all = written.users.len() + written.members.len();
    drop(written);
    assert_eq!(load.lost().await.len(), all);
    assert!(all > 20, "{all}");
    server.kill();
}

async fn status(disk: &Disk, path: &str) -> Option<(u16, String)> {
    let mut connection = Connection::open(disk.address).await.ok()?;
    let answer = connection.send(&wire::request("GET", path, "", "")).await.ok()?;
    Some((answer.status, String::from_utf8_lossy(&answer.body).into_owned()))
}

/// Whether the writers end by themselves within two seconds.
async fn all_end(writers: &[tokio::task::JoinHandle<()>]) -> bool {
    for _ in 0..200 {
        if writers.iter().all(tokio::task::JoinHandle::is_finished) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r3_after_any_failed_fsync_nothing_is_acknowledged_and_the_restart_tells_the_truth() {
    let most = i64::try_from(variable("ENROLL_FAULT_TIMES", 6)).unwrap();
    let seed = seed();
    let (disk, load) = prepared().await;
    let (mut at_start, mut ignored) = (0, 0);
    for number in 1..=most {
        disk.set(Control::FailAt, number);
        let server = match disk.start().await {
            Ok(server) => server,
            Err(code) => {
                // The first ones belong to the start, which then ends with a sentence and the code for the store.
                assert_eq!(code, Some(4), "fsync {number}: {}", disk.log());
                assert!(disk.log().contains("enroll: cannot open the database"), "{}", disk.log());
                at_start += 1;
                continue;
            }
        };
        let writers = load.start(&format!("fsync{number}"));
        if !all_end(&writers).await {
            // SQLite does not look whether the folder was synchronised. That does no harm: the store has done it before.
            assert_eq!(disk.get(Control::Folder), 1, "fsync {number} of a file failed in silence");
            ignored += 1;
            disk.cut(server, None);
            let server = disk.start_plain().await;
            let lost = load.lost().await;
            assert!(lost.is_empty(), "fsync {number} of the folder: {lost:?}");
            server.kill();
            continue;
        }
        assert!(disk.get(Control::Syncs) >= number);
        let (mut connection, mut acknowledged) = (Connection::open(disk.address).await.unwrap(), 0);
        for again in 0..5 {
            let name = format!("fsync{number}-again{again}");
            acknowledged += usize::from(load.create(&mut connection, &name).await.is_some());
        }
        assert_eq!(acknowledged, 0, "after the failure of fsync {number}");
        for path in ["/healthz", "/readyz"] {
            let (code, body) = status(&disk, path).await.unwrap();
            assert!(code == 503 && body.contains("restart"), "{path}: {code} {body}");
        }
        assert!(disk.log().contains("ERROR"), "{}", disk.log());
        // What the failed fsync should have written is forgotten, and the power goes as well.
        disk.cut(server, None);
        let server = disk.start_plain().await;
        let lost = load.lost().await;
        assert!(lost.is_empty(), "fsync {number}: {lost:?}");
        assert_eq!(server.terminate(), Some(0));
    }
    let server = disk.start_plain().await;
    load.check(&server, seed).await;
    println!(
        "{most} failed fsyncs: {at_start} while the server started, {ignored} of the folder and without harm"
    );
    assert_eq!(server.terminate(), Some(0));
}
