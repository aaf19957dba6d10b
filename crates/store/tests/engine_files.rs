//! The file: its making, damage to it, a full disk, closing.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::fs;
use std::path::Path;

use common::{Home, count, insert, names};
use enroll_store::{Db, Health, Options, StoreError, known_version, params};
use jiff::Timestamp;

fn open(path: &Path) -> Result<Db, StoreError> {
    Db::open(Options::new(path), Timestamp::UNIX_EPOCH)
}

fn log_size(path: &Path) -> u64 {
    fs::metadata(path.with_extension("db-wal")).map_or(0, |data| data.len())
}

#[cfg(unix)]
#[test]
fn z2_the_folder_and_the_file_are_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b/enroll.db");
    let db = open(&path).unwrap();
    assert_eq!(count(&db), 0);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for name in fs::read_dir(path.parent().unwrap()).unwrap() {
        assert_eq!(mode(&name.unwrap().path()), 0o600);
    }
}

#[test]
fn a_path_that_cannot_be_is_told_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let error = open(&folder.path().join("file/enroll.db")).err().unwrap();
    assert!(matches!(&error, StoreError::Open { .. }) && error.to_string().contains("/file"), "{error}");
    let error = open(folder.path()).err().unwrap();
    assert!(matches!(&error, StoreError::Open { .. }), "{error}");
}

#[tokio::test]
async fn r15_close_finishes_what_waits_and_refuses_what_comes() {
    let home = Home::new();
    let (release, first) = home.occupy().await;
    let waiting: Vec<_> =
        (0..20).map(|number| home.spawn(move |tx| insert(tx, &format!("org-{number}")))).collect();
    home.queued(20).await;
    let db = home.db.clone();
    let closing = tokio::spawn(async move { db.close().await });
    tokio::task::yield_now().await;
    let late = home.db.write(|tx| insert(tx, "late")).await;
    assert!(matches!(late, Err(StoreError::Unavailable(_))));
    drop(release);
    closing.await.unwrap();
    first.await.unwrap().unwrap();
    for job in waiting {
        job.await.unwrap().unwrap();
    }
    let read: Result<(), StoreError> = home.db.look_up(|_| Ok(()));
    assert!(matches!(read, Err(StoreError::Unavailable(_))));
    assert_eq!(home.db.health(), Health::Ok);
    home.db.close().await;
    let left: Vec<_> =
        fs::read_dir(home.path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["enroll.db"], "the log was copied and removed");
    assert_eq!(count(&open(&home.path).unwrap()), 20);
}

#[tokio::test]
async fn dropping_the_last_handle_finishes_what_waits() {
    let home = Home::new();
    home.db.write(|tx| insert(tx, "acme")).await.unwrap();
    let Home { db, path, folder, .. } = home;
    drop(db);
    assert_eq!(names(&open(&path).unwrap()), ["acme"]);
    drop(folder);
}

#[tokio::test]
async fn r26_a_database_of_a_newer_version_is_refused_with_advice_and_untouched() {
    let home = Home::new();
    let newer = known_version() + 1000;
    home.db
        .write(move |tx| tx.execute("INSERT INTO schema_migrations VALUES (?1, 'later', 0)", &params![newer]))
        .await
        .unwrap();
    home.db.close().await;
    let before = fs::read(&home.path).unwrap();
    let error = open(&home.path).err().unwrap();
    assert_eq!(error, StoreError::NewerDatabase { found: newer, known: known_version() });
    assert!(error.to_string().contains("run that version, or restore a backup"));
    assert!(fs::read(&home.path).unwrap() == before);
}

#[test]
fn reliability_r5_a_file_that_is_no_database_is_refused_and_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("enroll.db");
    fs::write(&path, "these are the accounts of the year 2019\n".repeat(200)).unwrap();
    let error = open(&path).err().unwrap();
    assert!(matches!(&error, StoreError::Corrupt(_)), "{error}");
    assert!(
        error.to_string().contains("enroll.db") && error.to_string().contains("restore a backup"),
        "{error}"
    );
    assert!(fs::read_to_string(&path).unwrap().starts_with("these are the accounts"));
}

#[test]
fn reliability_r5_a_log_without_its_database_is_refused_and_not_thrown_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("enroll.db");
    fs::write(path.with_extension("db-wal"), [1; 5000]).unwrap();
    let error = open(&path).err().unwrap();
    assert!(matches!(&error, StoreError::Corrupt(_)), "{error}");
    assert_eq!(log_size(&path), 5000);
}

/// Rows enough for several pages; gives their number.
async fn fill(db: &Db) -> i64 {
    let rows = 300;
    db.write(move |tx| (0..rows).try_for_each(|number| insert(tx, &format!("{number:0>200}"))))
        .await
        .unwrap();
    i64::from(rows)
}

/// Reads everything: the number of rows, or the error.
fn read_all(path: &Path) -> Result<i64, StoreError> {
    open(path)?.look_up(|tx| {
        let rows = tx.query("SELECT * FROM organizations", &[], |row| Ok(row.text(1)?.len()))?;
        Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX))
    })
}

#[tokio::test]
async fn reliability_r5_a_flipped_byte_in_the_file_is_refused_or_harmless() {
    let home = Home::new();
    let rows = fill(&home.db).await;
    home.db.close().await;
    let whole = fs::read(&home.path).unwrap();
    let copy = home.path.with_file_name("copy.db");
    let mut refused = 0;
    for round in 0..120 {
        let mut bytes = whole.clone();
        // The first bytes of the file, then anywhere.
        let place = if round < 40 { round } else { (round * 7_919 * 31) % bytes.len() };
        bytes[place] ^= 0xff;
        fs::write(&copy, &bytes).unwrap();
        match read_all(&copy) {
            Ok(read) => assert_eq!(read, rows, "byte {place}: rows were lost in silence"),
            Err(StoreError::Corrupt(_) | StoreError::Open { .. } | StoreError::NewerDatabase { .. }) => {
                refused += 1;
            }
            Err(error) => panic!("byte {place}: {error}"),
        }
        for rest in ["copy.db", "copy.db-wal", "copy.db-shm"] {
            fs::remove_file(home.path.with_file_name(rest)).ok();
        }
    }
    assert!(refused > 20, "{refused} of 120 refused");
}

#[tokio::test]
async fn reliability_r5_a_damaged_page_that_nobody_reads_at_the_start_is_found_at_the_start() {
    let home = Home::new();
    fill(&home.db).await;
    home.db.close().await;
    let mut bytes = fs::read(&home.path).unwrap();
    let end = bytes.len();
    bytes[end - 4096..].fill(0x5a);
    fs::write(&home.path, &bytes).unwrap();
    let error = open(&home.path).err().unwrap();
    assert!(matches!(&error, StoreError::Corrupt(_)), "{error}");
    assert!(error.to_string().contains("restore a backup"), "{error}");
}

#[tokio::test]
async fn reliability_r2_every_commit_is_synchronised_and_references_are_checked() {
    let home = Home::new();
    for (pragma, expected) in
        [("synchronous", 2), ("foreign_keys", 1), ("mmap_size", 0), ("wal_autocheckpoint", 0)]
    {
        let sql = format!("PRAGMA {pragma}");
        let value = home.db.write(move |tx| tx.first(&sql, &[], |row| row.integer(0))).await;
        assert_eq!(value, Ok(Some(expected)), "{pragma}");
    }
    let mode =
        home.db.write(|tx| tx.first("PRAGMA journal_mode", &[], |row| Ok(row.text(0)?.to_owned()))).await;
    assert_eq!(mode, Ok(Some("wal".to_owned())));
}

#[tokio::test]
async fn reliability_r5_a_damaged_or_truncated_log_gives_a_prefix() {
    let home = Home::new();
    for number in 0..20 {
        home.db.write(move |tx| insert(tx, &format!("org-{number:02}"))).await.unwrap();
    }
    let (file, log) = (fs::read(&home.path).unwrap(), fs::read(home.path.with_extension("db-wal")).unwrap());
    let copy = home.path.with_file_name("copy.db");
    for part in 1..10 {
        let place = log.len() * part / 10;
        let mut flipped = log.clone();
        flipped[place] ^= 0xff;
        for damaged in [&log[..place], &flipped] {
            fs::write(&copy, &file).unwrap();
            fs::write(copy.with_extension("db-wal"), damaged).unwrap();
            let db = open(&copy).unwrap();
            let expected: Vec<_> = (0..count(&db)).map(|number| format!("org-{number:02}")).collect();
            assert_eq!(names(&db), expected);
            db.close().await;
        }
    }
}

#[tokio::test]
async fn reliability_r4_a_full_disk_refuses_writes_while_reads_go_on_and_frees_itself() {
    let home = Home::new();
    let limit = |pages: i64| {
        home.db
            .write(move |tx| tx.query(&format!("PRAGMA max_page_count = {pages}"), &[], |row| row.integer(0)))
    };
    let pages =
        home.db.look_up(|tx| tx.first("PRAGMA page_count", &[], |row| row.integer(0))).unwrap().unwrap();
    limit(pages + 3).await.unwrap();
    let mut stored = 0;
    let error = loop {
        match home.db.write(move |tx| insert(tx, &format!("{stored:0>1000}"))).await {
            Ok(()) => stored += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error, StoreError::Full);
    assert_eq!(count(&home.db), stored);
    assert_eq!(home.db.health(), Health::Ok);

    let (release, first) = home.occupy().await;
    let small = home.spawn(|tx| tx.execute("UPDATE organizations SET version = 2", &[]).map(|_| ()));
    home.queued(1).await;
    let large = home.spawn(|tx| (0..50).try_for_each(|number| insert(tx, &format!("{number:0>3000}"))));
    home.queued(2).await;
    drop(release);
    first.await.unwrap().unwrap();
    assert_eq!(large.await.unwrap(), Err(StoreError::Full));
    small.await.unwrap().unwrap();
    assert_eq!(count(&home.db), stored);

    limit(1_000_000).await.unwrap();
    home.db.write(|tx| insert(tx, "later")).await.unwrap();
    assert_eq!(count(&home.db), stored + 1);
}

#[tokio::test]
async fn r22_the_log_is_cut_down_when_a_long_reader_ends() {
    let home = Home::new();
    let (go, gate) = std::sync::mpsc::channel::<()>();
    let (seen, looked) = std::sync::mpsc::channel();
    let db = home.db.clone();
    let reader = std::thread::spawn(move || {
        db.look_up(|tx| {
            let rows = tx.first("SELECT count(*) FROM organizations", &[], |row| row.integer(0))?;
            seen.send(()).ok();
            gate.recv().ok();
            Ok::<_, StoreError>(rows)
        })
    });
    looked.recv().unwrap();
    // About 40 MiB in the log: more than it may keep.
    for number in 0..10 {
        home.db
            .write(move |tx| {
                insert(tx, &format!("org-{number}"))?;
                let large = vec![0_u8; 4 * 1024 * 1024];
                tx.execute(
                    "INSERT INTO api_tokens (id, label, scope, secret_hash, created) VALUES (?1, '', '', ?2, 0)",
                    &params![format!("{number}"), &large[..]],
                )
            })
            .await
            .unwrap();
    }
    assert!(log_size(&home.path) > 32 * 1024 * 1024);
    // One more: by now the writer has given up waiting for the reader.
    home.db.write(|_| Ok::<_, StoreError>(())).await.unwrap();
    drop(go);
    assert_eq!(reader.join().unwrap(), Ok(Some(0)));
    // Nobody writes any more: the writer sees to it by itself.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(5);
    while log_size(&home.path) > 0 {
        assert!(std::time::Instant::now() < deadline, "the log still has {} bytes", log_size(&home.path));
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(count(&home.db), 10);
}
