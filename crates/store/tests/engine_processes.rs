//! Two processes on one file, and a process that is killed.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::{Home, count, insert, names};
use enroll_store::{Db, Options, StoreError};
use jiff::Timestamp;

const FILE: &str = "ENROLL_TEST_FILE";
const NAME: &str = "ENROLL_TEST_NAME";

/// Not a test: what the other process does. Writes rows, telling each one that was acknowledged, until it is killed or nobody listens.
#[test]
#[ignore = "run by the tests of this file in a process of its own"]
fn child() {
    let (Ok(path), Ok(name)) = (std::env::var(FILE), std::env::var(NAME)) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let db = Db::open(Options::new(path), Timestamp::UNIX_EPOCH).unwrap();
        let mut output = std::io::stdout();
        for number in 0_u32.. {
            let row = format!("{name}-{number:04}");
            db.write(move |tx| insert(tx, &row)).await.unwrap();
            output.write_all(format!("acknowledged {number:04}\n").as_bytes()).unwrap();
            output.flush().unwrap();
        }
    });
}

fn start(home: &Home, name: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "child", "--nocapture", "--test-threads=1"])
        .env(FILE, &home.path)
        .env(NAME, name)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The next row that the child says is stored.
fn acknowledged(output: &mut impl Iterator<Item = String>) -> Option<i64> {
    output.find_map(|line| line.split_once("acknowledged ")?.1.parse().ok())
}

fn lines(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r22_two_processes_write_at_once_and_nobody_is_refused() {
    let home = Home::new();
    let mut child = start(&home, "other");
    let mut output = lines(&mut child);
    assert_eq!(acknowledged(&mut output), Some(0));
    let mut told = 0;
    for number in 0..100 {
        home.db.write(move |tx| insert(tx, &format!("this-{number}"))).await.unwrap();
    }
    while told < 100 {
        told = acknowledged(&mut output).expect("the other process goes on");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let names = names(&home.db);
    assert_eq!(names.iter().filter(|name| name.starts_with("this-")).count(), 100);
    assert!(names.iter().filter(|name| name.starts_with("other-")).count() >= 100);
}

#[test]
fn reliability_r1_a_killed_process_loses_no_acknowledged_write_and_leaves_none_half_done() {
    let home = Home::new();
    for round in 0..5 {
        let name = format!("round{round}");
        let mut child = start(&home, &name);
        let mut output = lines(&mut child);
        let mut last = acknowledged(&mut output).unwrap();
        while last < 5 + round * 7 {
            last = acknowledged(&mut output).unwrap();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        last =
            output.filter_map(|line| line.split_once("acknowledged ")?.1.parse().ok()).last().unwrap_or(last);
        let db = home.again().unwrap();
        let stored: Vec<_> = names(&db).into_iter().filter(|row| row.starts_with(&name)).collect();
        let expected: Vec<_> = (0..stored.len()).map(|number| format!("{name}-{number:04}")).collect();
        assert_eq!(stored, expected);
        assert!(
            i64::try_from(stored.len()).unwrap() > last,
            "{last} was acknowledged, {} are stored",
            stored.len()
        );
    }
}

#[tokio::test]
async fn a_write_waits_for_another_process_and_is_refused_when_it_takes_too_long() {
    let home = Home::new();
    let mut options = Options::new(&home.path);
    options.busy_timeout = Duration::from_millis(200);
    let hasty = Db::open(options, Timestamp::UNIX_EPOCH).unwrap();
    let (release, first) = home.occupy().await;
    assert_eq!(hasty.write(|tx| insert(tx, "refused")).await, Err(StoreError::Busy));
    assert_eq!(count(&hasty), 0, "reads do not wait");
    let patient = home.again().unwrap();
    let waiting = tokio::spawn(async move { patient.write(|tx| insert(tx, "waited")).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    drop(release);
    first.await.unwrap().unwrap();
    waiting.await.unwrap().unwrap();
    assert_eq!(names(&home.db), ["waited"]);
}

#[test]
fn many_may_open_a_new_database_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/enroll.db");
    let openers: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || {
                Db::open(Options::new(path), Timestamp::UNIX_EPOCH).map(|db| count(&db))
            })
        })
        .collect();
    for opener in openers {
        assert_eq!(opener.join().unwrap(), Ok(0));
    }
}
