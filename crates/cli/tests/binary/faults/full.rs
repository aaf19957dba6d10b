//! R4: the disk is full, and then is not.

use std::time::{Duration, Instant};

use enroll_testkit::{Connection, wire};

use super::disk::{Control, Disk};
use crate::load::{Load, seed};
use crate::support::free_address;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r4_on_a_full_disk_reads_go_on_and_writes_come_back_without_a_restart() {
    let seed = seed();
    let disk = Disk::new(free_address());
    let server = disk.start().await.unwrap();
    let load = Load::prepare(&server).await;
    let used: u64 =
        std::fs::read_dir(disk.data()).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    disk.set(Control::Quota, i64::try_from(used).unwrap() + 500_000);
    for writer in load.start("full") {
        writer.await.unwrap();
    }
    let refused = std::mem::take(&mut load.ledger.lock().await.refused);
    assert!(
        refused.contains(&507) && refused.iter().all(|status| [503, 507].contains(status)),
        "{refused:?}"
    );
    let mut connection = Connection::open(disk.address).await.unwrap();
    for path in ["/scim/v2/Users?count=10", "/healthz", "/readyz"] {
        let answer = connection.send(&wire::request("GET", path, &load.token, "")).await.unwrap();
        assert_eq!(answer.status, 200, "{path}");
    }
    assert!(load.lost().await.is_empty());
    disk.set(Control::Quota, 0);
    let freed = Instant::now();
    while load.create(&mut connection, "later@example.com").await.is_none() {
        assert!(freed.elapsed() < Duration::from_secs(5), "writes do not come back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    println!("writes were back after {:?}", freed.elapsed());
    load.check(&server, seed).await;
    assert_eq!(server.terminate(), Some(0));
}
