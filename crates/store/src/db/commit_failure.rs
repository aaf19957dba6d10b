//! What callers are told when the commit itself fails: with a commit that fails on demand in the place of SQLite's.

use std::sync::mpsc;

use rusqlite::ffi;
use tempfile::TempDir;

use super::*;
use crate::engine::Session;
use crate::params;

/// A database whose commit number `failing` (counted from 1) ends with `code`, and its folder.
fn database(failing: u32, code: i32) -> (Db, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut number = 0;
    let commit = move |session: &Session| {
        number += 1;
        if number == failing {
            return Err(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        }
        session.run("COMMIT")
    };
    let db = reopen(&folder, Box::new(commit));
    (db, folder)
}

fn reopen(folder: &TempDir, commit: Commit) -> Db {
    let mut options = Options::new(folder.path().join("enroll.db"));
    options.batch_time = Duration::from_secs(60);
    Db::open_with(options, Timestamp::UNIX_EPOCH, commit).unwrap()
}

fn insert(tx: &Tx<'_>, handle: &str) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO handles (handle, owner_kind, owner_id) VALUES (?1, 'user', '')",
        &params![handle],
    )?;
    Ok(())
}

fn handles(db: &Db) -> Vec<String> {
    let sql = "SELECT handle FROM handles ORDER BY handle";
    db.look_up(|tx| tx.query(sql, &[], |row| Ok(row.text(0)?.to_owned()))).unwrap()
}

/// Three writes that share a commit: `ada`, `ada` again (which the unique index refuses), `bob`.
async fn batch(db: &Db) -> [Result<(), StoreError>; 3] {
    let (release, gate) = mpsc::channel::<()>();
    let first = db.write(move |tx| {
        gate.recv().ok();
        insert(tx, "ada")
    });
    let second = db.write(|tx| insert(tx, "ada"));
    let third = db.write(|tx| insert(tx, "bob"));
    // The futures are polled in this order, so all three are queued when the gate opens.
    let open = async move { drop(release) };
    let (first, second, third, ()) = tokio::join!(first, second, third, open);
    [first, second, third]
}

#[tokio::test]
async fn an_error_that_rests_on_an_uncommitted_job_is_told_only_after_its_commit() {
    let (db, _folder) = database(0, ffi::SQLITE_OK);
    let unique = StoreError::Unique { constraint: "handles_pkey".to_owned() };
    assert_eq!(batch(&db).await, [Ok(()), Err(unique), Ok(())]);

    let (db, _folder) = database(1, ffi::SQLITE_FULL);
    assert_eq!(batch(&db).await, [const { Err(StoreError::Full) }; 3]);
    assert!(handles(&db).is_empty());
}

#[tokio::test]
async fn reliability_r4_a_commit_on_a_full_disk_is_undone_and_the_writer_goes_on() {
    let (db, _folder) = database(1, ffi::SQLITE_FULL);
    assert_eq!(db.write(|tx| insert(tx, "ada")).await, Err(StoreError::Full));
    assert_eq!(db.health(), Health::Ok);
    assert!(handles(&db).is_empty());
    db.write(|tx| insert(tx, "bob")).await.unwrap();
    assert_eq!(handles(&db), ["bob"]);
}

#[tokio::test]
async fn reliability_r3_after_a_failed_fsync_nothing_is_acknowledged_until_the_next_start() {
    let (db, folder) = database(2, ffi::SQLITE_IOERR_FSYNC);
    db.write(|tx| insert(tx, "earlier")).await.unwrap();
    for answer in batch(&db).await {
        assert!(matches!(answer, Err(StoreError::Unavailable(_))));
    }
    assert!(matches!(db.health(), Health::Failed { .. }));
    let runs = mpsc::channel();
    let refused = db.write(move |tx| {
        runs.0.send(()).ok();
        insert(tx, "later")
    });
    assert!(matches!(refused.await, Err(StoreError::Unavailable(_))));
    assert!(runs.1.try_recv().is_err(), "a write ran after the disk had failed");
    assert_eq!(handles(&db), ["earlier"], "reads go on");
    db.close().await;

    let db = reopen(&folder, Box::new(|session| session.run("COMMIT")));
    assert_eq!(db.health(), Health::Ok);
    assert_eq!(handles(&db), ["earlier"]);
    db.write(|tx| insert(tx, "later")).await.unwrap();
}

#[tokio::test]
async fn an_unknown_error_of_the_commit_is_an_unknown_outcome() {
    let (db, _folder) = database(1, ffi::SQLITE_PROTOCOL);
    assert!(matches!(db.write(|tx| insert(tx, "ada")).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(db.health(), Health::Failed { .. }));
}

#[tokio::test]
async fn a_commit_that_finds_the_database_held_is_undone_and_the_writer_goes_on() {
    let (db, _folder) = database(1, ffi::SQLITE_BUSY);
    assert_eq!(db.write(|tx| insert(tx, "ada")).await, Err(StoreError::Busy));
    db.write(|tx| insert(tx, "bob")).await.unwrap();
    assert_eq!(handles(&db), ["bob"]);
}
