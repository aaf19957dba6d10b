use std::sync::mpsc;
use std::time::Duration;

use enroll_domain::audit::{Action, Actor, SubjectKind};
use enroll_store::{Db, Options, StoreError, Tx, audit, params};
use jiff::Timestamp;

use super::{handles, insert, open, place};

/// A change that writes its entry, as every change does.
async fn told(db: &Db, handle: String) -> Result<(), StoreError> {
    db.write(move |tx| {
        insert(tx, &handle)?;
        let subject = audit::Subject { kind: SubjectKind::User, id: &handle, name: &handle, directory: None };
        let (actor, action, now) = (Actor::system(), Action::UserCreated, Timestamp::UNIX_EPOCH);
        audit::append(tx, &audit::NewEntry { now, actor: &actor, action, subject, changes: "{}" }).map(drop)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r25_the_audit_trail_of_replicas_that_write_at_the_same_time_is_one_chain() {
    let database = place::postgres();
    let replicas = [open(&database), open(&database), open(&database)];
    let writing: Vec<_> = (0..90)
        .map(|number| {
            let db = replicas[number % 3].clone();
            tokio::spawn(async move { told(&db, format!("user-{number:02}")).await })
        })
        .collect();
    for write in writing {
        write.await.unwrap().unwrap();
    }
    let report = replicas[0].look_up(|tx| audit::verify(tx, None)).unwrap();
    assert_eq!((report.entries, report.sequence, report.broken), (90, 90, None));
    assert_eq!(handles(&replicas[1]).unwrap().len(), 90);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r6_of_many_creates_of_one_name_on_three_replicas_exactly_one_wins() {
    let database = place::postgres();
    let replicas = [open(&database), open(&database), open(&database)];
    for round in 0..10 {
        let writing: Vec<_> = (0..12)
            .map(|number| {
                let db = replicas[number % 3].clone();
                tokio::spawn(async move { told(&db, format!("name-{round}")).await })
            })
            .collect();
        let mut won = 0;
        for write in writing {
            match write.await.unwrap() {
                Ok(()) => won += 1,
                Err(error) => assert_eq!(error, StoreError::Unique { constraint: "handles_pkey".to_owned() }),
            }
        }
        assert_eq!(won, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r10_every_replica_reads_what_any_replica_was_answered() {
    let database = place::postgres();
    let replicas = [open(&database), open(&database), open(&database)];
    for number in 0..30 {
        let handle = format!("user-{number:02}");
        told(&replicas[number % 3], handle.clone()).await.unwrap();
        for db in &replicas {
            let sql = "SELECT 1 FROM handles WHERE handle = ?1";
            let one = db.look_up_one(|tx| tx.first(sql, &params![&handle], |_| Ok(())));
            assert_eq!(one, Ok(Some(())), "{handle}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r9_what_two_replicas_count_up_is_not_lost() {
    let database = place::postgres();
    let replicas = [open(&database), open(&database)];
    told(&replicas[0], "counter".to_owned()).await.unwrap();
    let counting: Vec<_> = (0..60)
        .map(|number| {
            let db = replicas[number % 2].clone();
            tokio::spawn(async move {
                // Read, then written in another statement: what a use case does with a document.
                db.write(|tx| {
                    let sql = "SELECT length(owner_id) FROM handles WHERE handle = 'counter'";
                    let length = tx.first(sql, &[], |row| row.integer(0))?.unwrap_or_default();
                    let longer = "x".repeat(usize::try_from(length).unwrap_or_default() + 1);
                    tx.execute("UPDATE handles SET owner_id = ?1 WHERE handle = 'counter'", &params![longer])
                })
                .await
            })
        })
        .collect();
    for count in counting {
        assert_eq!(count.await.unwrap(), Ok(1));
    }
    assert_eq!(database.run("SELECT length(owner_id) FROM handles WHERE handle = 'counter'"), "60");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r21_a_replica_that_waits_for_another_one_too_long_is_refused_and_goes_on() {
    let database = place::postgres();
    let slow = open(&database);
    let mut options = Options::postgres(database.url().parse().unwrap());
    options.busy_timeout = Duration::from_millis(200);
    let hasty = Db::open(options, Timestamp::UNIX_EPOCH).unwrap();
    let (release, gate) = mpsc::channel::<()>();
    let (running, started) = mpsc::channel();
    let holder = tokio::spawn(async move {
        let work = move |tx: &Tx<'_>| {
            insert(tx, "slow")?;
            running.send(()).ok();
            gate.recv().ok();
            Ok::<_, StoreError>(())
        };
        slow.write(work).await
    });
    tokio::task::spawn_blocking(move || started.recv()).await.unwrap().unwrap();
    assert_eq!(hasty.write(|tx| insert(tx, "hasty")).await, Err(StoreError::Busy));
    assert_eq!(handles(&hasty).unwrap(), Vec::<String>::new(), "readers do not wait");
    drop(release);
    holder.await.unwrap().unwrap();
    hasty.write(|tx| insert(tx, "later")).await.unwrap();
    assert_eq!(handles(&hasty).unwrap(), ["later", "slow"]);
}
