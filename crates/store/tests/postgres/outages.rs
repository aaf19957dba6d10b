use std::time::{Duration, Instant};

use enroll_store::{Db, Health, Options, StoreError};
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
    assert!(matches!(db.health(), Health::Failed { .. }));
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
            "CREATE OR REPLACE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS \
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
