//! What replicas keep in memory: when it counts, and when it does not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use enroll_store::{Db, Generation, StoreError, params};
use enroll_testdb::TestDatabase;
use futures_util::FutureExt as _;

use tokio::task::JoinHandle;

use super::{insert, open, place};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r10_a_commit_by_any_replica_begins_a_generation_for_all() {
    let database = place::postgres();
    let replicas = [open(&database), open(&database), open(&database)];
    for number in 0..12 {
        let before = looks(&replicas).await;
        assert_eq!(looks(&replicas).await, before, "nothing was committed");
        replicas[number % 3].write(move |tx| insert(tx, &format!("user-{number}"))).await.unwrap();
        for (db, before) in replicas.iter().zip(before) {
            assert_ne!(db.generation().await.unwrap(), before);
        }
    }
}

async fn looks(replicas: &[Db]) -> Vec<Generation> {
    let mut seen = Vec::new();
    for db in replicas {
        seen.push(db.generation().await.unwrap());
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r10_a_commit_of_a_version_that_counts_none_is_seen_by_the_end_of_the_audit_trail() {
    let database = place::postgres();
    let db = open(&database);
    let before = db.generation().await.unwrap();
    database.run("INSERT INTO audit_head (id, sequence, hash) VALUES (1, 1, '\\x01')");
    let between = db.generation().await.unwrap();
    assert_ne!(between, before);
    database.run("UPDATE audit_head SET hash = '\\x02'");
    assert_ne!(db.generation().await.unwrap(), between);
}

/// Of each of many who ask at once the answer is as new as the moment when it asked, also where they share a look.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn reliability_r10_those_who_share_a_look_see_what_was_committed_before_they_asked() {
    let database = place::postgres();
    let (reading, writing) = (open(&database), open(&database));
    writing.write(|tx| insert(tx, "counter")).await.unwrap();
    let asking: Vec<_> = (0..8)
        .map(|_| {
            let (reading, writing) = (reading.clone(), writing.clone());
            tokio::spawn(async move {
                for _ in 0..25 {
                    let before = reading.generation().await.unwrap();
                    let longer = "UPDATE handles SET owner_id = owner_id || 'x' WHERE handle = ?1";
                    writing.write(|tx| tx.execute(longer, &params!["counter"])).await.unwrap();
                    assert_ne!(reading.generation().await.unwrap(), before, "it has committed in between");
                }
            })
        })
        .collect();
    for task in asking {
        task.await.unwrap();
    }
    assert_eq!(database.run("SELECT length(owner_id) FROM handles"), "200");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_was_cut_is_replaced_and_what_it_saw_counts_no_more() {
    let database = place::postgres();
    let db = open(&database);
    let before = db.generation().await.unwrap();
    database.cut();
    assert_ne!(db.generation().await.unwrap(), before, "another connection may see another server");
    database.set_down(true);
    let started = Instant::now();
    for _ in 0..20 {
        assert!(matches!(db.generation().await, Err(StoreError::Unavailable(_))));
    }
    assert!(started.elapsed() < Duration::from_secs(5), "nobody waits for what is down");
    database.set_down(false);
    let started = Instant::now();
    while db.generation().await.is_err() {
        assert!(started.elapsed() < Duration::from_secs(5));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let back = db.generation().await.unwrap();
    assert_eq!(db.generation().await.unwrap(), back);
}

/// Nobody can look for so many seconds from now. Ends with them.
async fn lock_what_is_looked_at(database: &Arc<TestDatabase>, seconds: u32) -> JoinHandle<()> {
    let locked = Arc::clone(database);
    let holder = tokio::task::spawn_blocking(move || {
        locked.run(&format!("BEGIN; LOCK TABLE audit_head; SELECT pg_sleep({seconds}); COMMIT"));
    });
    let waits = "SELECT count(*) FROM pg_locks WHERE relation = 'audit_head'::regclass AND mode = 'AccessExclusiveLock'";
    while database.run(waits) == "0" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    holder
}

/// On the one thread of this test.
#[tokio::test]
async fn who_waits_for_a_look_holds_no_thread() {
    let database = Arc::new(place::postgres());
    let db = open(&database);
    db.generation().await.unwrap();
    let holder = lock_what_is_looked_at(&database, 1).await;
    let looks: Vec<_> = (0..20)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move { db.generation().await })
        })
        .collect();
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(looks.iter().all(|look| !look.is_finished()), "they wait, and this goes on");
    for look in looks {
        look.await.unwrap().unwrap();
    }
    holder.await.unwrap();
}

#[tokio::test]
async fn one_who_asks_for_others_and_goes_away_leaves_them_with_an_answer() {
    let database = place::postgres();
    let db = open(&database);
    let mut first = Box::pin(db.generation());
    assert!((&mut first).now_or_never().is_none());
    let others: Vec<_> = (0..3)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move { db.generation().await })
        })
        .collect();
    tokio::task::yield_now().await;
    drop(first);
    for other in others {
        other.await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_says_nothing_is_not_waited_for_longer_than_two_seconds() {
    let database = Arc::new(place::postgres());
    let db = open(&database);
    db.generation().await.unwrap();
    let holder = lock_what_is_looked_at(&database, 5).await;
    let started = Instant::now();
    let looks: Vec<_> = (0..6)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move { db.generation().await })
        })
        .collect();
    for look in looks {
        assert!(matches!(look.await.unwrap(), Err(StoreError::Unavailable(_))));
    }
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    holder.await.unwrap();
    db.generation().await.unwrap();
}
