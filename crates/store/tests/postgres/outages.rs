use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use enroll_store::{Db, Health, Options, StoreError, Tx};
use enroll_testdb::OwnServer;
use jiff::Timestamp;

use super::{handles, insert, open, place};

/// Tries until it works, for the five seconds that R20 allows.
async fn soon(db: &Db, handle: &'static str) {
    let started = Instant::now();
    while let Err(error) = db.write(move |tx| insert(tx, handle)).await {
        assert!(started.elapsed() < Duration::from_secs(5), "{error}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    while handles(db).is_err() {
        assert!(started.elapsed() < Duration::from_secs(5));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r20_connections_that_are_cut_are_made_anew_and_no_answer_was_a_lie() {
    let database = place::postgres();
    let db = open(&database);
    let mut acknowledged = Vec::new();
    for number in 0..30 {
        if number % 3 == 0 {
            database.cut();
        }
        let handle = format!("user-{number:02}");
        let written = handle.clone();
        match db.write(move |tx| insert(tx, &written)).await {
            Ok(()) => acknowledged.push(handle),
            Err(error) => assert!(matches!(error, StoreError::Unavailable(_)), "{error}"),
        }
    }
    soon(&db, "zoe").await;
    let stored = handles(&db).unwrap();
    assert!(acknowledged.iter().all(|handle| stored.contains(handle)), "{acknowledged:?} {stored:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r20_a_database_that_is_down_is_told_and_used_again_when_it_is_back() {
    let database = place::postgres();
    let db = open(&database);
    soon(&db, "ada").await;
    assert_eq!(db.health(), Health::Ok);
    database.set_down(true);
    let started = Instant::now();
    assert!(matches!(db.write(|tx| insert(tx, "lost")).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(handles(&db), Err(StoreError::Unavailable(_))));
    assert!(matches!(db.health(), Health::Unreachable { .. }));
    assert!(started.elapsed() < Duration::from_secs(2), "nobody waits for what is down");
    database.set_down(false);
    soon(&db, "bob").await;
    assert_eq!(handles(&db).unwrap(), ["ada", "bob"]);
    assert_eq!(db.health(), Health::Ok);
}

#[tokio::test]
async fn reliability_r20_a_commit_without_an_answer_is_never_told_as_done() {
    let database = place::postgres();
    let db = open(&database);
    // The connection is cut by the commit itself.
    database.run(
        "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END'",
    );
    database.run(
        "CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON handles DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION cut()",
    );
    let told = db.write(|tx| insert(tx, "ada")).await;
    assert!(matches!(&told, Err(StoreError::Unavailable(reason)) if reason.contains("unknown")), "{told:?}");
    database.run("DROP TRIGGER cut ON handles");
    db.write(|tx| insert(tx, "bob")).await.unwrap();
    assert_eq!(handles(&db).unwrap(), ["bob"]);
}

#[test]
fn a_database_that_cannot_be_reached_at_the_start_is_told_without_its_password() {
    let url = "postgres://enroll:hunter2@127.0.0.1:1/enroll".parse().unwrap();
    let error = Db::open(Options::postgres(url), Timestamp::UNIX_EPOCH).err().unwrap();
    assert!(matches!(error, StoreError::Connect { .. }));
    let text = error.to_string();
    assert!(text.contains("refused") && text.contains("127.0.0.1:1") && !text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn reliability_r21_a_transaction_that_lost_a_race_is_repeated_three_times_at_most() {
    let database = place::postgres();
    let db = open(&database);
    database.run("CREATE SEQUENCE tries");
    let losing = |times: u32| {
        format!(
            "CREATE OR REPLACE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS \
             'BEGIN IF nextval(''tries'') <= {times} THEN RAISE EXCEPTION SQLSTATE ''40001''; END IF; RETURN NEW; END'"
        )
    };
    database.run(&losing(3));
    database.run("CREATE TRIGGER lose BEFORE INSERT ON handles FOR EACH ROW EXECUTE FUNCTION lose()");
    db.write(|tx| insert(tx, "ada")).await.unwrap();
    assert_eq!(database.run("SELECT last_value FROM tries"), "4", "once, and three times again");
    database.run(&losing(1000));
    assert_eq!(db.write(|tx| insert(tx, "bob")).await, Err(StoreError::Busy));
    assert_eq!(database.run("SELECT last_value FROM tries"), "8");
    assert_eq!(handles(&db).unwrap(), ["ada"]);
}

/// The server says that it is done, and that a fail-over may take it back: on the disk of the primary alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r20_a_commit_that_stopped_waiting_for_its_standby_is_never_told_as_done() {
    let server = OwnServer::start();
    let db = Db::open(Options::postgres(server.url().parse().unwrap()), Timestamp::UNIX_EPOCH).unwrap();
    soon(&db, "ada").await;
    server.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    server.run("SELECT pg_reload_conf()");
    let write = |name: &str| {
        let (db, name) = (db.clone(), name.to_owned());
        tokio::spawn(async move { db.write(move |tx| insert(tx, &name)).await })
    };
    let mut written = vec!["bob-0".to_owned()];
    let mut writing = write("bob-0");
    // As a time limit of the server or an administrator does.
    let cancel = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    let begun = Instant::now();
    while server.run(cancel) == "0" {
        assert!(begun.elapsed() < Duration::from_secs(10), "the commit does not wait for a standby");
        if writing.is_finished() {
            // It came before the server had read its configuration.
            writing.await.unwrap().unwrap();
            written.push(format!("bob-{}", written.len()));
            writing = write(written.last().unwrap());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let told = writing.await.unwrap();
    assert!(matches!(&told, Err(StoreError::Unavailable(reason)) if reason.contains("unknown")), "{told:?}");
    server.run("ALTER SYSTEM SET synchronous_standby_names = ''");
    server.run("SELECT pg_reload_conf()");
    soon(&db, "cleo").await;
    let mut kept = handles(&db).unwrap();
    kept.retain(|name| !written.contains(name) || Some(name) == written.last());
    let last = written.last().map(String::as_str).unwrap();
    assert_eq!(kept, ["ada", last, "cleo"], "the primary did keep it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r21_who_finds_no_free_connection_is_refused_in_time_and_holds_up_no_write() {
    let database = place::postgres();
    let mut options = Options::postgres(database.url().parse().unwrap());
    options.readers = 2;
    let db = Db::open(options, Timestamp::UNIX_EPOCH).unwrap();
    soon(&db, "ada").await;
    let (release, gate) = mpsc::channel::<()>();
    let gate = Arc::new(Mutex::new(gate));
    let (holds, held) = mpsc::channel();
    let holders: Vec<_> = (0..2)
        .map(|_| {
            let (db, gate, holds) = (db.clone(), Arc::clone(&gate), holds.clone());
            std::thread::spawn(move || {
                db.look_up(|_| {
                    holds.send(()).unwrap();
                    gate.lock().unwrap().recv().ok();
                    Ok::<_, StoreError>(())
                })
            })
        })
        .collect();
    held.recv().unwrap();
    held.recv().unwrap();
    let started = Instant::now();
    assert_eq!(handles(&db), Err(StoreError::Busy));
    assert!(started.elapsed() < Duration::from_secs(2), "R21: {:?}", started.elapsed());
    let started = Instant::now();
    db.write(|tx| insert(tx, "bob")).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    drop(release);
    for holder in holders {
        holder.join().unwrap().unwrap();
    }
    assert_eq!(handles(&db).unwrap(), ["ada", "bob"]);
}

#[test]
fn reliability_r21_when_the_server_has_no_more_connections_those_in_use_are_shared() {
    let database = place::postgres();
    // One writes, two read, of nine that are wanted. The administrator's own are not counted.
    database.run(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 3', current_database()); END $$",
    );
    let db = open(&database);
    let (answered, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for _ in 0..50 {
                    match handles(&db) {
                        Ok(_) => answered.fetch_add(1, Ordering::Relaxed),
                        Err(StoreError::Busy | StoreError::Unavailable(_)) => {
                            refused.fetch_add(1, Ordering::Relaxed)
                        }
                        Err(error) => panic!("{error}"),
                    };
                }
            });
        }
    });
    // On a machine that is busy with other tests one of them may wait for longer than its second.
    let (answered, refused) = (answered.into_inner(), refused.into_inner());
    assert!(answered + refused == 16 * 50 && refused < 16, "{answered} answered, {refused} refused");
}

#[tokio::test]
async fn reliability_r20_a_transaction_that_stood_still_for_too_long_is_told_as_unavailable() {
    let database = place::postgres();
    let db = open(&database);
    // What befalls all that are open when a server has stood still for a while and goes on.
    let still = |tx: &Tx<'_>| {
        tx.execute("SET LOCAL idle_in_transaction_session_timeout = 50", &[])?;
        let (_open, never) = mpsc::channel::<()>();
        never.recv_timeout(Duration::from_millis(500)).ok();
        insert(tx, "ada")
    };
    let told = db.write(still).await;
    assert!(matches!(told, Err(StoreError::Unavailable(_))), "{told:?}");
    soon(&db, "bob").await;
    assert_eq!(handles(&db).unwrap(), ["bob"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r19_a_request_reads_for_twenty_seconds_at_most_and_a_survey_of_everything_for_as_long_as_it_takes() {
    let database = place::postgres();
    let db = open(&database);
    let sleep = |tx: &Tx<'_>| tx.first("SELECT 1 FROM pg_sleep(26)", &[], |row| row.integer(0));
    let write = |tx: &Tx<'_>| tx.execute("DELETE FROM handles", &[]);
    let (surveyed, read, refused) = tokio::join!(db.survey(sleep), db.read(sleep), db.survey(write));
    assert_eq!(surveyed, Ok(Some(1)));
    assert!(
        matches!(&read, Err(StoreError::Unavailable(_) | StoreError::Busy | StoreError::Internal(_))),
        "{read:?}"
    );
    assert!(refused.is_err(), "it changes nothing");
}
