//! Readers: what they see, and what they may not do.

mod common;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use common::{Home, count, insert, names};
use enroll_store::{Db, Generation, StoreError, Tx};
use tokio::runtime::Handle;

fn count_in(tx: &Tx<'_>) -> Result<i64, StoreError> {
    Ok(tx.first("SELECT count(*) FROM organizations", &[], |row| row.integer(0))?.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r10_a_read_sees_every_write_that_was_answered_before() {
    let home = Home::new();
    let other = home.again().unwrap();
    for number in 0..50 {
        home.db.write(move |tx| insert(tx, &format!("org-{number}"))).await.unwrap();
        assert_eq!(count(&home.db), number + 1);
        assert_eq!(home.db.read(count_in).await, Ok(number + 1));
        assert_eq!(count(&other), number + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_sees_one_snapshot_and_does_not_wait_for_the_writer() {
    let home = Home::new();
    let (go, gate) = mpsc::channel::<()>();
    let (seen, first_look) = mpsc::channel();
    let db = home.db.clone();
    let scan = tokio::spawn(async move {
        db.read(move |tx| {
            let before = count_in(tx)?;
            seen.send(()).ok();
            gate.recv().ok();
            Ok::<_, StoreError>((before, count_in(tx)?))
        })
        .await
    });
    first_look.recv().unwrap();
    home.db.write(|tx| insert(tx, "acme")).await.unwrap();
    assert_eq!(count(&home.db), 1);
    drop(go);
    assert_eq!(scan.await.unwrap(), Ok((0, 0)));
}

#[tokio::test]
async fn r10_a_generation_lasts_until_anybody_commits() {
    let home = Home::new();
    let other = home.again().unwrap();
    let mut last = home.db.generation().await.unwrap();
    for number in 0..20 {
        assert_eq!(count(&home.db), number);
        assert_eq!(home.db.generation().await.unwrap(), last, "reading changes nothing");
        let writer = if number % 2 == 0 { &home.db } else { &other };
        writer.write(move |tx| insert(tx, &format!("org-{number}"))).await.unwrap();
        let next = home.db.generation().await.unwrap();
        assert_ne!(next, last, "a commit of {}", if number % 2 == 0 { "this process" } else { "another" });
        last = next;
    }
    let refused: Result<(), StoreError> = home.db.write(|_| Err(StoreError::Busy)).await;
    assert!(refused.is_err());
    home.db.close().await;
    assert!(matches!(home.db.generation().await, Err(StoreError::Unavailable(_))));
}

/// Several connections look at once, each with a number of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r10_what_was_kept_with_a_generation_is_as_new_as_all_that_was_answered_before() {
    let home = Home::new();
    let runtime = Handle::current();
    let (answered, done) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicBool::new(false)));
    let kept: Arc<Mutex<HashMap<Generation, i64>>> = Arc::default();
    let readers: Vec<_> = (0..6)
        .map(|_| {
            let (db, answered, done) = (home.db.clone(), answered.clone(), done.clone());
            let (kept, runtime) = (kept.clone(), runtime.clone());
            std::thread::spawn(move || {
                let mut hits = 0;
                while !done.load(Ordering::Acquire) {
                    let before = answered.load(Ordering::Acquire);
                    let generation = runtime.block_on(db.generation()).unwrap();
                    let known = kept.lock().unwrap().get(&generation).copied();
                    if let Some(known) = known {
                        hits += 1;
                        assert!(known >= before, "{known} was kept, and {before} were answered");
                    } else {
                        let found = count(&db);
                        kept.lock().unwrap().insert(generation, found);
                    }
                }
                hits
            })
        })
        .collect();
    for number in 0..300 {
        home.db.write(move |tx| insert(tx, &format!("org-{number}"))).await.unwrap();
        answered.store(number + 1, Ordering::Release);
        tokio::time::sleep(Duration::from_micros(500)).await;
    }
    done.store(true, Ordering::Release);
    let hits: u64 = readers.into_iter().map(|reader| reader.join().unwrap()).sum();
    assert!(hits > 300, "only {hits} answers were given again");
}

#[tokio::test]
async fn nobody_sees_half_of_a_write() {
    let home = Home::new();
    let db = home.db.clone();
    home.db
        .write(move |tx| {
            insert(tx, "one")?;
            assert_eq!(names(&db), Vec::<String>::new());
            insert(tx, "two")
        })
        .await
        .unwrap();
    assert_eq!(names(&home.db), ["one", "two"]);
}

#[tokio::test]
async fn a_read_closure_cannot_write() {
    let home = Home::new();
    assert!(home.db.look_up(|tx| insert(tx, "acme")).is_err());
    assert!(home.db.read(|tx| insert(tx, "acme")).await.is_err());
    assert_eq!(count(&home.db), 0);
}

/// Holds `depth` connections at once and then tries one more.
fn nest(db: &Db, depth: usize) -> Result<i64, StoreError> {
    db.look_up(|tx| if depth == 0 { count_in(tx) } else { nest(db, depth - 1) })
}

#[test]
fn r21_look_ups_that_hold_every_connection_are_refused_and_do_not_hang() {
    let home = Home::with(|options| options.readers = 3);
    assert_eq!(nest(&home.db, 2), Ok(0));
    assert_eq!(nest(&home.db, 3), Err(StoreError::Busy));
    assert_eq!(nest(&home.db, 2), Ok(0), "the connections came back");
}

#[tokio::test]
async fn scans_leave_a_connection_for_look_ups() {
    let home = Home::with(|options| options.readers = 3);
    let (running, started) = mpsc::channel();
    let mut gates = Vec::new();
    let mut scans = Vec::new();
    for _ in 0..3 {
        let (go, gate) = mpsc::channel::<()>();
        gates.push(go);
        let (db, running) = (home.db.clone(), running.clone());
        scans.push(tokio::spawn(async move {
            db.read(move |tx| {
                running.send(()).ok();
                gate.recv().ok();
                count_in(tx)
            })
            .await
        }));
        tokio::task::yield_now().await;
    }
    // Two may run; the third has a while to show that it may not.
    let mut running = 0;
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        running += started.try_iter().count();
    }
    assert_eq!(running, 2);
    assert_eq!(home.db.look_up(count_in), Ok(0));
    drop(gates);
    for scan in scans {
        assert_eq!(scan.await.unwrap(), Ok(0));
    }
}

#[tokio::test]
async fn r30_a_panic_in_a_read_gives_the_connection_back() {
    let home = Home::with(|options| options.readers = 2);
    for _ in 0..5 {
        let answer: Result<(), StoreError> =
            home.db.read(|_| std::panic::resume_unwind(Box::new("a mistake"))).await;
        assert!(matches!(answer, Err(StoreError::Internal(_))));
        let look = std::panic::AssertUnwindSafe(|| {
            home.db
                .look_up(|_| -> Result<(), StoreError> { std::panic::resume_unwind(Box::new("a mistake")) })
        });
        std::panic::catch_unwind(look).unwrap_err();
    }
    assert_eq!(home.db.look_up(count_in), Ok(0));
    assert_eq!(home.db.read(count_in).await, Ok(0));
}

#[tokio::test]
async fn rows_are_handed_out_one_by_one_until_the_visitor_has_enough() {
    let home = Home::new();
    home.db.write(|tx| (0..10).try_for_each(|number| insert(tx, &format!("org-{number}")))).await.unwrap();
    let seen = home.db.look_up(|tx| {
        let mut seen = Vec::new();
        tx.each("SELECT name FROM organizations ORDER BY name", &[], |row| {
            seen.push(row.text(0)?.to_owned());
            Ok(if seen.len() == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        Ok::<_, StoreError>(seen)
    });
    assert_eq!(seen.unwrap(), ["org-0", "org-1", "org-2"]);
}
