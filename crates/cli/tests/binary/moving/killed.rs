//! R28: a move that is killed.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use enroll_testdb::TestDatabase;
use enroll_testkit::Connection;
use serde_json::Value;

use super::{create_users, on_postgres, rows};
use crate::load::{next, seed, variable};
use crate::support::{Process, command, enroll, enroll_ok, free_address};

/// A store of some thousand rows in a file.
async fn some_thousand_rows(folder: &Path) {
    let (server, _) = Process::start(folder, free_address()).await;
    let token = server.enroll_ok(&["token", "create", "--label", "okta", "--print"]);
    let mut connection = Connection::open(server.address).await.unwrap();
    create_users(&mut connection, &token, 0..1_000).await;
    assert_eq!(server.terminate(), Some(0));
}

/// What the rows of all tables of a database on a server come to.
fn sum(database: &TestDatabase) -> String {
    let tables =
        database.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename");
    let of = |table: &str| {
        // The row that counts commits goes on counting.
        let rows = if table == "schema_migrations" { " WHERE version > 0" } else { "" };
        format!(
            "SELECT '{table}' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t{rows}"
        )
    };
    database.run(&tables.lines().map(of).collect::<Vec<_>>().join(" UNION ALL "))
}

/// `kill -9` at several moments of a move, in both directions. The source stays as it is; a server does not start on half a store and says
/// what to do; and that works.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reliability_r28_a_move_that_is_killed_leaves_a_target_that_is_refused_until_it_is_moved_again() {
    let (times, mut state) = (variable("ENROLL_FAULT_TIMES", 4), seed());
    let (folder, files, filled) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), TestDatabase::empty());
    let (here, url) = (format!("sqlite:{}", folder.path().display()), filled.url());
    some_thousand_rows(folder.path()).await;
    let begun = Instant::now();
    enroll_ok(files.path(), free_address(), &["move", "--from", &here, "--to", &url]);
    let whole = begun.elapsed();
    let (in_file, on_server) = (rows(&folder.path().join("enroll.db")), sum(&filled));
    let (mut refused, mut untouched, mut complete) = (0, 0, 0);
    for number in 0..2 * times {
        // From a file to a server, and from a server into a file.
        let (to_server, data, empty) =
            (number % 2 == 0, files.path().join(number.to_string()), TestDatabase::empty());
        std::fs::create_dir(&data).unwrap();
        let there = if to_server { empty.url() } else { format!("sqlite:{}", data.display()) };
        let arguments = ["move", "--from", if to_server { &here } else { &url }, "--to", &there];
        let run = |arguments: &[&str]| match to_server {
            true => on_postgres(files.path(), &empty.url(), arguments),
            false => enroll(&data, free_address(), arguments),
        };
        let mut moving = command(files.path(), free_address());
        let mut moving = moving.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let moment = next(&mut state) % u64::try_from(whole.as_micros()).unwrap();
        tokio::time::sleep(Duration::from_micros(moment)).await;
        moving.kill().unwrap();
        moving.wait().unwrap();
        assert!(rows(&folder.path().join("enroll.db")) == in_file && sum(&filled) == on_server, "the source");
        let output = run(&["verify", "--json"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let users =
            serde_json::from_slice::<Value>(&output.stdout).ok().and_then(|told| told["users"].as_u64());
        match (output.status.code(), users) {
            (Some(4), _) if said.contains("begins anew") => {
                let served = run(&["serve"]);
                assert_eq!(served.status.code(), Some(4), "{}", String::from_utf8_lossy(&served.stderr));
                refused += 1;
            }
            (Some(4), _) if said.contains("there is no database") => untouched += 1,
            (Some(0), Some(1_000)) => complete += 1,
            (Some(0), Some(0)) => {
                // Nothing was there, and now the new store that the command has made.
                untouched += 1;
                continue;
            }
            other => panic!("{moment} us: {other:?}: {said}"),
        }
        let again = command(files.path(), free_address()).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&again.stderr).into_owned();
        assert!(
            again.status.success() || complete > 0 && said.contains("it is whole"),
            "{moment} us: {said}"
        );
        if to_server {
            assert_eq!(sum(&empty), on_server, "{moment} us");
        } else {
            assert!(rows(&data.join("enroll.db")) == in_file, "{moment} us");
        }
        assert!(run(&["audit", "verify"]).status.success());
    }
    println!(
        "killed {} times: {refused} half filled and refused, {untouched} before the first row, {complete} whole",
        2 * times
    );
    assert!(refused > 0, "the moments are spread over the whole move");
}
