//! Group commit: who shares a commit, who is disturbed by whom, who is told what.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use common::{Home, INSERT, count, insert, names};
use enroll_domain::audit::{Action, Actor, SubjectKind};
use enroll_store::{Health, StoreError, Tx, audit, params};
use tokio::task::JoinHandle;

#[tokio::test]
async fn waiting_writes_share_one_commit() {
    let home = Home::new();
    let (release, first) = home.occupy().await;
    let before = home.db.statistics();
    let jobs: Vec<_> =
        (0..40).map(|number| home.spawn(move |tx| insert(tx, &format!("org-{number}")))).collect();
    home.queued(40).await;
    release.send(()).unwrap();
    first.await.unwrap().unwrap();
    for job in jobs {
        job.await.unwrap().unwrap();
    }
    let after = home.db.statistics();
    assert_eq!(after.commits - before.commits, 1);
    assert_eq!(after.writes - before.writes, 41);
    assert_eq!(after.largest_batch, 41);
    assert_eq!(count(&home.db), 40);
}

#[tokio::test]
async fn a_lone_write_is_committed_by_itself_and_at_once() {
    let home = Home::new();
    for number in 0..3 {
        home.db.write(move |tx| insert(tx, &format!("org-{number}"))).await.unwrap();
    }
    assert_eq!((home.db.statistics().commits, home.db.statistics().largest_batch), (3, 1));
}

#[tokio::test]
async fn an_error_undoes_its_own_changes_and_no_other() {
    let home = Home::new();
    let (release, first) = home.occupy().await;
    let good = home.spawn(|tx| insert(tx, "before"));
    home.queued(1).await;
    let bad = home.spawn(|tx| {
        insert(tx, "undone")?;
        Err(StoreError::Internal("changed its mind".to_owned()))
    });
    home.queued(2).await;
    let later = home.spawn(|tx| insert(tx, "after"));
    home.queued(3).await;
    drop(release);
    first.await.unwrap().unwrap();
    good.await.unwrap().unwrap();
    assert_eq!(bad.await.unwrap(), Err(StoreError::Internal("changed its mind".to_owned())));
    later.await.unwrap().unwrap();
    assert_eq!(home.db.statistics().largest_batch, 4);
    assert_eq!(names(&home.db), ["after", "before"]);
}

#[tokio::test]
async fn a_refusal_repeats_its_batch_once_and_the_next_batches_are_not_repeated_for_one() {
    let home = Home::new();
    let runs = Arc::new(AtomicU32::new(0));
    for round in 0..3 {
        let (release, first) = home.occupy().await;
        let counted = Arc::clone(&runs);
        let good = home.spawn(move |tx| {
            counted.fetch_add(1, Ordering::Relaxed);
            insert(tx, &format!("good-{round}"))
        });
        home.queued(1).await;
        let bad: Vec<_> = (0..2)
            .map(|_| home.spawn(|tx| insert(tx, "undone").and(Err::<(), _>(StoreError::Busy))))
            .collect();
        home.queued(3).await;
        drop(release);
        first.await.unwrap().unwrap();
        good.await.unwrap().unwrap();
        for bad in bad {
            assert_eq!(bad.await.unwrap(), Err(StoreError::Busy));
        }
    }
    assert_eq!(names(&home.db), ["good-0", "good-1", "good-2"]);
    assert_eq!(home.db.statistics().repeats, 1);
    assert_eq!(runs.load(Ordering::Relaxed), 4, "once bare, then once a round");
}

/// A write that is refused shares a batch with one that is not, and is not repeated.
async fn refused_once_beside_a_good_one(
    work: impl FnMut(&Tx<'_>) -> Result<(), StoreError> + Send + 'static,
) {
    let home = Home::new();
    let (release, first) = home.occupy().await;
    let good = home.spawn(|tx| insert(tx, "good"));
    home.queued(1).await;
    let bad = home.spawn(work);
    home.queued(2).await;
    drop(release);
    first.await.unwrap().unwrap();
    good.await.unwrap().unwrap();
    assert_eq!(bad.await.unwrap(), Err(StoreError::Busy));
    assert_eq!((home.db.statistics().repeats, names(&home.db)), (0, vec!["good".to_owned()]));
}

#[tokio::test]
async fn a_refusal_that_changed_nothing_repeats_nothing() {
    refused_once_beside_a_good_one(|tx| match tx.first("SELECT 1", &[], |row| row.integer(0))? {
        Some(_) => Err(StoreError::Busy),
        None => Ok(()),
    })
    .await;
}

#[tokio::test]
async fn a_refusal_after_a_statement_that_found_no_row_repeats_nothing() {
    refused_once_beside_a_good_one(|tx| {
        let found = tx.execute("DELETE FROM organizations WHERE name = ?1", &params!["none"])?;
        if found == 0 { Err(StoreError::Busy) } else { Ok(()) }
    })
    .await;
}

#[tokio::test]
async fn what_is_only_tried_is_answered_and_undone_and_repeats_nothing() {
    let home = Home::new();
    for round in 0..2 {
        let (release, first) = home.occupy().await;
        let before = home.spawn(move |tx| insert(tx, &format!("before-{round}")));
        home.queued(1).await;
        let trying = home.db.undoing();
        let tried =
            tokio::spawn(async move { trying.write(|tx| insert(tx, "tried").and(names_within(tx))).await });
        home.queued(2).await;
        let trying = home.db.undoing();
        let refused = tokio::spawn(async move { trying.write(|tx| insert(tx, "before-0")).await });
        home.queued(3).await;
        let after = home.spawn(move |tx| insert(tx, &format!("after-{round}")));
        home.queued(4).await;
        drop(release);
        first.await.unwrap().unwrap();
        before.await.unwrap().unwrap();
        assert!(tried.await.unwrap().unwrap().contains(&"tried".to_owned()), "it sees what it does");
        assert!(matches!(refused.await.unwrap(), Err(StoreError::Unique { .. })));
        after.await.unwrap().unwrap();
    }
    assert_eq!(names(&home.db), ["after-0", "after-1", "before-0", "before-1"]);
    assert_eq!(home.db.statistics().repeats, 0);
}

fn names_within(tx: &Tx<'_>) -> Result<Vec<String>, StoreError> {
    tx.query("SELECT name FROM organizations", &[], |row| Ok(row.text(0)?.to_owned()))
}

#[tokio::test]
async fn what_is_kept_and_told_is_the_run_that_was_committed() {
    let home = Home::new();
    let (release, first) = home.occupy().await;
    let number = Arc::new(AtomicU32::new(0));
    let written =
        home.spawn(move |tx| insert(tx, &format!("run-{}", number.fetch_add(1, Ordering::Relaxed))));
    home.queued(1).await;
    let runs = Arc::new(AtomicU32::new(0));
    let told = home.spawn(move |tx| {
        insert(tx, "undone")?;
        match runs.fetch_add(1, Ordering::Relaxed) {
            0 => Err(StoreError::Busy),
            run => Err::<(), _>(StoreError::Internal(format!("run {run}"))),
        }
    });
    home.queued(2).await;
    drop(release);
    first.await.unwrap().unwrap();
    written.await.unwrap().unwrap();
    assert_eq!(told.await.unwrap(), Err(StoreError::Internal("run 1".to_owned())));
    assert_eq!(names(&home.db), ["run-1"]);
}

#[tokio::test]
async fn r30_a_panic_is_one_callers_error_and_the_writer_lives() {
    let home = Home::new();
    let (release, first) = home.occupy().await;
    let good = home.spawn(|tx| insert(tx, "good"));
    home.queued(1).await;
    let bad = home.spawn(|tx| {
        insert(tx, "undone")?;
        std::panic::resume_unwind(Box::new("a mistake in the program"));
    });
    home.queued(2).await;
    drop(release);
    first.await.unwrap().unwrap();
    good.await.unwrap().unwrap();
    assert!(matches!(bad.await.unwrap(), Err(StoreError::Internal(_))));
    home.db.write(|tx| insert(tx, "later")).await.unwrap();
    assert_eq!(names(&home.db), ["good", "later"]);
    assert_eq!(home.db.health(), Health::Ok);
}

#[tokio::test]
async fn reliability_r6_of_many_creates_of_one_name_in_one_commit_exactly_one_wins() {
    let home = Home::new();
    let (release, first) = home.occupy().await;
    let jobs: Vec<_> = (0..16).map(|_| home.spawn(|tx| insert(tx, "acme"))).collect();
    home.queued(16).await;
    drop(release);
    first.await.unwrap().unwrap();
    let mut won = 0;
    for job in jobs {
        match job.await.unwrap() {
            Ok(()) => won += 1,
            Err(error) => {
                assert_eq!(error, StoreError::Unique { constraint: "organizations_name".to_owned() });
            }
        }
    }
    assert_eq!((won, count(&home.db)), (1, 1));
}

#[tokio::test]
async fn a_caller_that_goes_away_before_its_turn_changes_nothing_and_breaks_nothing() {
    let home = Home::new();
    let (release, first) = home.occupy().await;
    let runs = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&runs);
    let gone = home.spawn(move |tx| {
        seen.fetch_add(1, Ordering::Relaxed);
        insert(tx, "gone")
    });
    home.queued(1).await;
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    drop(release);
    first.await.unwrap().unwrap();
    home.db.write(|tx| insert(tx, "later")).await.unwrap();
    assert_eq!(names(&home.db), ["later"]);
    assert_eq!(runs.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_caller_that_goes_away_while_its_closure_runs_breaks_nothing() {
    let home = Home::new();
    let (release, first) = home.occupy().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    drop(release);
    home.db.write(|tx| insert(tx, "later")).await.unwrap();
    assert_eq!(names(&home.db), ["later"]);
}

#[tokio::test]
async fn a_closure_that_goes_on_after_a_failed_statement_is_an_error_as_on_other_engines() {
    let home = Home::new();
    home.db.write(|tx| insert(tx, "acme")).await.unwrap();
    let swallowed = home.db.write(|tx| {
        insert(tx, "other")?;
        insert(tx, "acme").ok();
        Ok::<_, StoreError>(())
    });
    assert!(matches!(swallowed.await, Err(StoreError::Internal(_))));
    let went_on = home.db.write(|tx| {
        insert(tx, "acme").ok();
        insert(tx, "other")
    });
    assert!(matches!(went_on.await, Err(StoreError::Internal(_))));
    assert_eq!(names(&home.db), ["acme"]);
}

#[tokio::test]
async fn a_closure_that_ends_the_transaction_is_an_error_and_the_writer_goes_on() {
    let home = Home::new();
    let meddler = home.db.write(|tx| {
        insert(tx, "acme")?;
        tx.execute("ROLLBACK", &[])
    });
    assert!(matches!(meddler.await, Err(StoreError::Internal(_))));
    home.db.write(|tx| insert(tx, "other")).await.unwrap();
    assert_eq!(names(&home.db), ["other"]);
}

#[tokio::test]
async fn when_one_job_loses_the_transaction_the_others_run_again() {
    let home = Home::new();
    let (release, first) = home.occupy().await;
    let good = home.spawn(|tx| insert(tx, "good"));
    home.queued(1).await;
    let meddler = home.spawn(|tx| tx.execute("ROLLBACK", &[]).map(|_| ()));
    home.queued(2).await;
    drop(release);
    first.await.unwrap().unwrap();
    good.await.unwrap().unwrap();
    assert!(matches!(meddler.await.unwrap(), Err(StoreError::Internal(_))));
    assert_eq!(names(&home.db), ["good"]);
}

#[tokio::test]
async fn e6_4_a_change_that_runs_again_has_one_entry_in_the_audit_trail() {
    let home = Home::new();
    let (release, first) = home.occupy().await;
    let runs = Arc::new(AtomicU32::new(0));
    let jobs: Vec<_> = ["one", "two"].map(|name| told(&home, name, &runs)).into_iter().collect();
    home.queued(2).await;
    let meddler = home.spawn(|tx| tx.execute("ROLLBACK", &[]).map(|_| ()));
    home.queued(3).await;
    drop(release);
    first.await.unwrap().unwrap();
    for job in jobs {
        job.await.unwrap().unwrap();
    }
    meddler.await.unwrap().unwrap_err();
    assert_eq!(runs.load(Ordering::Relaxed), 4, "each ran again");
    let (entries, report) = home
        .db
        .look_up(|tx| Ok::<_, StoreError>((audit::after(tx, 0, 10)?, audit::verify(tx, None)?)))
        .unwrap();
    let subjects: Vec<_> =
        entries.iter().map(|found| (found.entry.sequence, found.entry.subject.as_str())).collect();
    assert_eq!((subjects.as_slice(), report.broken), (&[(1, "one"), (2, "two")][..], None));
    assert_eq!(names(&home.db), ["one", "two"]);
}

/// A change that writes its entry, as every change does.
fn told(home: &Home, name: &'static str, runs: &Arc<AtomicU32>) -> JoinHandle<Result<(), StoreError>> {
    let runs = Arc::clone(runs);
    home.spawn(move |tx| {
        runs.fetch_add(1, Ordering::Relaxed);
        insert(tx, name)?;
        tell(tx, name)
    })
}

fn insert_later(tx: &Tx<'_>, name: &str) -> Result<(), StoreError> {
    tx.execute_later(INSERT, &params!["0190f000-0000-7000-8000-000000000009", name])
}

/// Writes an entry.
fn tell(tx: &Tx<'_>, name: &str) -> Result<(), StoreError> {
    let subject = audit::Subject { kind: SubjectKind::Organization, id: name, name, directory: None };
    let (actor, action) = (Actor::system(), Action::OrganizationCreated);
    let now = jiff::Timestamp::UNIX_EPOCH;
    audit::append(tx, &audit::NewEntry { now, actor: &actor, action, subject, changes: "{}" }).map(drop)
}

#[tokio::test]
async fn e6_4_what_was_undone_leaves_no_gap_in_the_audit_trail() {
    let home = Home::new();
    let (release, first) = home.occupy().await;
    let runs = Arc::new(AtomicU32::new(0));
    let one = told(&home, "one", &runs);
    home.queued(1).await;
    let refused = home.spawn(|tx| tell(tx, "refused").and(Err::<(), _>(StoreError::Busy)));
    home.queued(2).await;
    let in_part = home.spawn(|tx| {
        tx.nested(|tx| tell(tx, "undone").and(Err::<(), _>(StoreError::Busy))).ok();
        tell(tx, "two")
    });
    home.queued(3).await;
    drop(release);
    first.await.unwrap().unwrap();
    one.await.unwrap().unwrap();
    refused.await.unwrap().unwrap_err();
    in_part.await.unwrap().unwrap();
    home.db.write(|tx| tell(tx, "three")).await.unwrap();
    let (entries, report) = home
        .db
        .look_up(|tx| Ok::<_, StoreError>((audit::after(tx, 0, 10)?, audit::verify(tx, None)?)))
        .unwrap();
    let subjects: Vec<_> =
        entries.iter().map(|found| (found.entry.sequence, found.entry.subject.as_str())).collect();
    assert_eq!((subjects.as_slice(), report.broken), (&[(1, "one"), (2, "two"), (3, "three")][..], None));
}

#[tokio::test]
async fn an_error_that_is_not_waited_for_is_the_error_of_its_own_closure() {
    let home = Home::new();
    home.db.write(|tx| insert(tx, "acme")).await.unwrap();
    let (release, first) = home.occupy().await;
    let before = home.spawn(|tx| insert(tx, "before"));
    home.queued(1).await;
    let bad = home.spawn(|tx| insert_later(tx, "acme"));
    home.queued(2).await;
    let after = home.spawn(|tx| insert(tx, "after"));
    home.queued(3).await;
    drop(release);
    first.await.unwrap().unwrap();
    before.await.unwrap().unwrap();
    let error = bad.await.unwrap().unwrap_err();
    assert!(matches!(error, StoreError::Corrupt(_) | StoreError::Unique { .. }), "{error:?}");
    after.await.unwrap().unwrap();
    assert_eq!(names(&home.db), ["acme", "after", "before"]);

    let alone = home.db.write(|tx| insert_later(tx, "acme")).await.unwrap_err();
    assert!(matches!(alone, StoreError::Corrupt(_) | StoreError::Unique { .. }), "{alone:?}");
}

#[tokio::test]
async fn of_a_pair_both_numbers_are_given_and_the_first_error() {
    let home = Home::new();
    let numbers = home.db.write(|tx| {
        let id = "0190f000-0000-7000-8000-000000000001";
        let first = params![id, "acme"];
        tx.execute_pair((INSERT, &first), ("DELETE FROM organizations WHERE name = ?1", &params!["none"]))
    });
    assert_eq!(numbers.await, Ok((1, 0)));
    let error = home.db.write(|tx| {
        let (first, second) = (params!["2", "acme"], params!["3", "acme"]);
        tx.execute_pair((INSERT, &first), (INSERT, &second))
    });
    assert!(matches!(error.await, Err(StoreError::Unique { .. })));
    home.db.write(|tx| insert(tx, "other")).await.unwrap();
    assert_eq!(names(&home.db), ["acme", "other"]);
}

#[tokio::test]
async fn r21_a_full_queue_refuses_after_two_seconds_instead_of_growing() {
    let home = Home::with(|options| options.queue = 2);
    let (release, first) = home.occupy().await;
    let second = home.spawn(|tx| insert(tx, "second"));
    home.queued(1).await;
    let refused = tokio::time::timeout(Duration::from_secs(3), home.db.write(|tx| insert(tx, "third"))).await;
    assert!(matches!(refused.unwrap(), Err(StoreError::Unavailable(_))));
    drop(release);
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    assert_eq!(names(&home.db), ["second"]);
}
