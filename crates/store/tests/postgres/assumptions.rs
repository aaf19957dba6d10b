//! Statements that the writer assumes to fit, and rows that it sends together: whatever it does, each closure is answered as if it ran alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use enroll_store::{Db, Options, StoreError, Tx, params};
use enroll_testdb::TestDatabase;
use jiff::Timestamp;
use tokio::task::JoinHandle;

use super::{handles, insert, place};

const TAKE: &str = "INSERT INTO handles (handle, owner_kind, owner_id) VALUES (?1, ?2, ?3)";

type Written = Result<bool, StoreError>;

/// Takes a handle without waiting for the answer, or waits where that is not allowed; answers whether it was assumed.
fn assume(tx: &Tx<'_>, handle: &str) -> Written {
    if tx.assume(&[(TAKE, &params![handle, "user", ""])])? {
        return Ok(true);
    }
    tx.execute(TAKE, &params![handle, "user", ""]).map(|_| false)
}

/// A database whose writer is busy until it is released, so that what is written meanwhile is one batch.
struct Batch {
    db: Db,
    release: mpsc::Sender<()>,
    first: JoinHandle<Result<(), StoreError>>,
    jobs: Vec<JoinHandle<Written>>,
}

impl Batch {
    async fn begin(db: &Db) -> Self {
        let (release, gate) = mpsc::channel::<()>();
        let (running, mut started) = tokio::sync::mpsc::unbounded_channel();
        let first = db.clone();
        let first = tokio::spawn(async move {
            let work = move |_: &Tx<'_>| {
                running.send(()).ok();
                gate.recv().ok();
                Ok::<_, StoreError>(())
            };
            first.write(work).await
        });
        started.recv().await.unwrap();
        Self { db: db.clone(), release, first, jobs: Vec::new() }
    }

    async fn add(&mut self, work: impl FnMut(&Tx<'_>) -> Written + Send + 'static) {
        let db = self.db.clone();
        self.jobs.push(tokio::spawn(async move { db.write(work).await }));
        while self.db.waiting_writes() < self.jobs.len() + 1 {
            tokio::task::yield_now().await;
        }
    }

    async fn answers(self) -> Vec<Written> {
        drop(self.release);
        self.first.await.unwrap().unwrap();
        let mut answers = Vec::new();
        for job in self.jobs {
            answers.push(job.await.unwrap());
        }
        answers
    }
}

fn open(database: &TestDatabase) -> Db {
    let mut options = Options::postgres(database.url().parse().unwrap());
    options.batch_time = Duration::from_secs(60);
    Db::open(options, Timestamp::UNIX_EPOCH).unwrap()
}

fn taken() -> Written {
    Err(StoreError::Unique { constraint: "handles_pkey".to_owned() })
}

#[tokio::test]
async fn what_is_assumed_and_fits_is_committed_without_a_repetition() {
    let database = place::postgres();
    let db = open(&database);
    let mut batch = Batch::begin(&db).await;
    for number in 0..20 {
        batch.add(move |tx| assume(tx, &format!("user-{number:02}"))).await;
    }
    assert_eq!(batch.answers().await, vec![Ok(true); 20]);
    assert_eq!(handles(&db).unwrap().len(), 20);
    assert_eq!(db.statistics().repeats, 0);
}

#[tokio::test]
async fn a_wrong_assumption_is_told_to_nobody_but_the_one_who_is_refused() {
    let database = place::postgres();
    let db = open(&database);
    db.write(|tx| insert(tx, "taken")).await.unwrap();
    let runs = Arc::new(AtomicU32::new(0));
    let mut batch = Batch::begin(&db).await;
    for handle in ["ada", "taken", "bob", "twice", "twice", "zoe"] {
        let runs = Arc::clone(&runs);
        batch
            .add(move |tx| {
                runs.fetch_add(1, Ordering::Relaxed);
                assume(tx, handle)
            })
            .await;
    }
    let (fits, answers) = (Ok(false), batch.answers().await);
    assert_eq!(answers, [fits.clone(), taken(), fits.clone(), fits.clone(), taken(), fits]);
    assert_eq!(handles(&db).unwrap(), ["ada", "bob", "taken", "twice", "zoe"]);
    assert_eq!(
        runs.load(Ordering::Relaxed) % 6,
        2,
        "all six, those before the first refusal, and all six with savepoints"
    );
}

#[tokio::test]
async fn the_error_of_an_assumption_does_not_stay_with_the_closure_that_gets_it() {
    let database = place::postgres();
    let db = open(&database);
    db.write(|tx| insert(tx, "taken")).await.unwrap();
    let mut batch = Batch::begin(&db).await;
    batch.add(|tx| assume(tx, "taken")).await;
    batch.add(|tx| insert(tx, "waited").map(|()| true)).await;
    batch
        .add(|tx| {
            tx.nested(|tx| assume(tx, "nested").and(Err::<(), _>(StoreError::Busy))).ok();
            assume(tx, "after")
        })
        .await;
    assert_eq!(batch.answers().await, [taken(), Ok(true), Ok(false)]);
    assert_eq!(handles(&db).unwrap(), ["after", "taken", "waited"]);
}

#[tokio::test]
async fn a_part_that_is_undone_alone_assumes_nothing() {
    let database = place::postgres();
    let db = open(&database);
    db.write(|tx| insert(tx, "taken")).await.unwrap();
    let parts = db.write(|tx| {
        let refused = tx.nested(|tx| assume(tx, "taken"));
        Ok::<_, StoreError>((refused, tx.nested(|tx| assume(tx, "nested"))?, assume(tx, "plain")?))
    });
    assert_eq!(parts.await, Ok((taken(), false, true)));
    assert_eq!((handles(&db).unwrap().len(), db.statistics().repeats), (3, 0));
}

#[tokio::test]
async fn after_a_wrong_assumption_some_batches_assume_nothing_and_later_ones_do_again() {
    let database = place::postgres();
    let db = open(&database);
    db.write(|tx| insert(tx, "taken")).await.unwrap();
    assert_eq!(db.write(|tx| assume(tx, "taken")).await, taken());
    let mut assumed = Vec::new();
    for number in 0..40 {
        assumed.push(db.write(move |tx| assume(tx, &format!("user-{number}"))).await.unwrap());
    }
    assert!(!assumed[0] && assumed[39], "{assumed:?}");
    assert!(assumed.is_sorted(), "{assumed:?}");
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_the_fault_of_its_own_row() {
    let database = place::postgres();
    let db = open(&database);
    let mut batch = Batch::begin(&db).await;
    for handle in ["ada", "b\0b", "zoe"] {
        batch.add(move |tx| assume(tx, handle)).await;
    }
    let answers = batch.answers().await;
    assert!(matches!(answers.as_slice(), [Ok(_), Err(StoreError::NulCharacter), Ok(_)]), "{answers:?}");
    assert_eq!(handles(&db).unwrap(), ["ada", "zoe"]);
}

#[tokio::test]
async fn what_reads_after_rows_that_wait_sees_them() {
    let database = place::postgres();
    let db = open(&database);
    let mut batch = Batch::begin(&db).await;
    for number in 0..3 {
        batch
            .add(move |tx| {
                assume(tx, &format!("user-{number}"))?;
                let rows = tx.first("SELECT count(*) FROM handles", &[], |row| row.integer(0))?;
                Ok(rows == Some(number + 1))
            })
            .await;
    }
    assert_eq!(batch.answers().await, vec![Ok(true); 3]);
}

#[tokio::test]
async fn a_write_that_changes_nothing_is_no_commit() {
    let database = place::postgres();
    let db = open(&database);
    db.write(|tx| insert(tx, "ada")).await.unwrap();
    let before = (db.generation().await.unwrap(), db.statistics().commits);
    let none = "UPDATE handles SET owner_kind = 'tombstone' WHERE handle = ?1";
    assert_eq!(db.write(|tx| tx.execute(none, &params!["nobody"])).await, Ok(0));
    assert_eq!((db.generation().await.unwrap(), db.statistics().commits), before);
    assert_eq!(db.write(|tx| tx.execute(none, &params!["ada"])).await, Ok(1));
    assert_ne!(db.generation().await.unwrap(), before.0);
    let kept = "SELECT owner_kind FROM handles WHERE handle = 'ada'";
    assert_eq!(database.run(kept), "tombstone");
}
