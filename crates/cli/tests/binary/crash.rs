//! R1: kill -9 of the server at any moment loses no acknowledged write. `scripts/faults kill` is the long form.

use std::time::Duration;

use crate::load::{Load, next, seed, variable};
use crate::support::{Process, free_address};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r1_kill_loses_no_acknowledged_write() {
    let rounds = variable("ENROLL_FAULT_TIMES", 6);
    let seed = seed();
    let mut state = seed;
    let folder = tempfile::tempdir().unwrap();
    let address = free_address();
    let (mut server, _) = Process::start(folder.path(), address).await;
    let load = Load::prepare(&server).await;
    let mut slowest = Duration::ZERO;
    for round in 0..rounds {
        let writers = load.start(&format!("round{round}"));
        tokio::time::sleep(Duration::from_millis(50 + next(&mut state) % 400)).await;
        server.kill();
        for writer in writers {
            writer.await.unwrap();
        }
        let ready;
        (server, ready) = Process::start(folder.path(), address).await;
        slowest = slowest.max(ready);
    }
    let ledger = load.ledger.lock().await;
    assert!(ledger.users.len() > 20, "the writers got somewhere: {}", ledger.users.len());
    assert!(ledger.refused.is_empty(), "{:?}", ledger.refused);
    drop(ledger);
    load.check(&server, seed).await;
    println!("{rounds} kills, ready again after {slowest:?} at most");
    assert_eq!(server.terminate(), Some(0), "SIGTERM ends the server cleanly");
}

/// R15: whoever was answered is there, nobody is answered by half, and the exit code is 0.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r15_sigterm_under_load_loses_nothing_and_ends_in_time() {
    let rounds = variable("ENROLL_FAULT_TIMES", 3);
    let seed = seed();
    let mut state = seed;
    let folder = tempfile::tempdir().unwrap();
    let address = free_address();
    let (mut server, _) = Process::start(folder.path(), address).await;
    let load = Load::prepare(&server).await;
    let mut slowest = Duration::ZERO;
    for round in 0..rounds {
        let writers = load.start(&format!("round{round}"));
        tokio::time::sleep(Duration::from_millis(50 + next(&mut state) % 300)).await;
        let begun = std::time::Instant::now();
        assert_eq!(server.terminate(), Some(0), "seed {seed}");
        slowest = slowest.max(begun.elapsed());
        for writer in writers {
            writer.await.unwrap();
        }
        (server, _) = Process::start(folder.path(), address).await;
    }
    assert!(slowest < Duration::from_secs(10), "seed {seed}: the end took {slowest:?}");
    load.check(&server, seed).await;
    println!("{rounds} times SIGTERM, ended after {slowest:?} at most");
    assert_eq!(server.terminate(), Some(0));
}
