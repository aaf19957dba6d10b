//! A store with rows in every table goes from engine to engine and comes back as it was.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use enroll_domain::audit::{Action, Actor, SubjectKind};
use enroll_testdb::TestDatabase;
use jiff::Timestamp;

use super::layout::Table;
use super::*;
use crate::engine::Session;
use crate::migrate::mark_unfinished;
use crate::tx::{Param, Tx};
use crate::{Db, Options, StoreError};

const NOW: Timestamp = Timestamp::constant(1_772_366_400, 0);

fn quiet(_: Progress) {}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn place(&self, name: &str) -> Place {
        Place::Sqlite(self.file(name))
    }
}

fn server(database: &TestDatabase) -> Place {
    Place::Postgres(Box::new(database.url().parse().unwrap()))
}

/// Makes a store with two rows in every table; the second has NULL wherever it may.
fn full(path: &Path) {
    drop(Db::open(Options::new(path), Timestamp::UNIX_EPOCH).unwrap());
    fill_rows(&Session::alone(path, std::time::Duration::from_secs(1), false).unwrap(), known_steps());
}

fn fill_rows(session: &Session, steps: usize) {
    let tx = Tx::new(session);
    session.run("BEGIN").unwrap();
    for number in 1..=2 {
        for table in &Layout::of(steps).unwrap().tables {
            if !table.name.starts_with("audit_") {
                table.insert(&tx, &[row(&tx, table, number)]).unwrap();
            }
        }
        let subject = audit::Subject { kind: SubjectKind::User, id: "x", name: "Ümläut", directory: None };
        let (actor, action) = (Actor::command_line(Some("ada")), Action::UserCreated);
        audit::append(&tx, &audit::NewEntry { now: NOW, actor: &actor, action, subject, changes: "{}" })
            .unwrap();
    }
    session.run("COMMIT").unwrap();
}

/// A row whose references hold because all texts of a row are the same.
fn row(tx: &Tx<'_>, table: &Table, number: i64) -> Vec<Param<'static>> {
    let (name, ddl) = (Param::from(table.name.as_str()), "SELECT sql FROM sqlite_schema WHERE name = ?1");
    let ddl = tx.first(ddl, &[name], |row| Ok(row.text(0)?.to_owned())).unwrap().unwrap();
    let sql = "SELECT name, type, \"notnull\" FROM pragma_table_info(?1) ORDER BY cid";
    let value = |column: &str, of: &str, may_be_null: bool| {
        let allowed =
            ddl.split(&format!("CHECK ({column} IN (")).nth(1).and_then(|rest| rest.split(')').next());
        let words: Vec<&str> = allowed.into_iter().flat_map(|words| words.split(", ")).collect();
        match (words.as_slice(), of) {
            _ if may_be_null && number == 2 => Param::Null,
            ([.., last], "TEXT") => Param::from(last.trim_matches('\'').to_owned()),
            ([.., last], _) => Param::Integer(last.parse().unwrap()),
            ([], "TEXT") => Param::from(format!("zeile {number} \u{1f980} e\u{301} '\"\\")),
            ([], "INTEGER") => Param::Integer(i64::MAX - number),
            ([], "BLOB") => Param::from(vec![0, 0xff, u8::try_from(number).unwrap()]),
            _ => panic!("{column} {of}"),
        }
    };
    tx.query(sql, &[Param::from(table.name.as_str())], |row| {
        Ok(value(row.text(0)?, row.text(1)?, !row.boolean(2)?))
    })
    .unwrap()
}

/// Every row of every table, the steps of the schema among them.
fn dump(path: &Path) -> BTreeMap<String, Vec<Vec<Param<'static>>>> {
    let session = Session::inspecting(path).unwrap();
    let tx = Tx::new(&session);
    let mut all = BTreeMap::new();
    for table in Layout::of(known_steps()).unwrap().tables {
        let mut slices = Slices::of(&tx, &table);
        all.insert(table.name.clone(), slices.next().unwrap().unwrap_or_default());
    }
    let sql = "SELECT version, name, applied_at FROM schema_migrations ORDER BY version";
    let steps = tx.query(sql, &[], |row| (0..3).map(|column| row.param(column)).collect()).unwrap();
    all.insert("schema_migrations".to_owned(), steps);
    all
}

#[test]
fn r28_every_row_of_every_table_is_the_same_after_a_move_to_postgresql_and_back() {
    let (folder, database) = (Folder::new(), TestDatabase::empty());
    full(&folder.file("a.db"));
    let before = dump(&folder.file("a.db"));
    let filled =
        before.iter().filter(|(_, rows)| rows.is_empty()).map(|(table, _)| table).collect::<Vec<_>>();
    assert!(filled.is_empty() && before.len() > 40, "{filled:?}");
    let there = run(&folder.place("a.db"), &server(&database), NOW, &quiet).unwrap();
    let back = run(&server(&database), &folder.place("b.db"), NOW, &quiet).unwrap();
    assert_eq!(there, back);
    assert_eq!(there.audit.sequence, 2);
    assert_eq!(dump(&folder.file("b.db")), before);
    assert_eq!(dump(&folder.file("a.db")), before, "the source is as it was");
    // Both can be opened as stores.
    drop(Db::open(Options::new(folder.file("b.db")), NOW).unwrap());
    drop(Db::open(Options::postgres(database.url().parse().unwrap()), NOW).unwrap());
}

#[test]
fn r27_a_store_of_an_older_schema_goes_into_a_server_and_into_a_file_as_it_is_and_can_be_upgraded_then() {
    let (folder, database) = (Folder::new(), TestDatabase::empty());
    let older = known_steps() - 16;
    for name in ["a", "b"] {
        std::fs::write(folder.file(name), "").unwrap();
    }
    let session = Session::making(&folder.file("a")).unwrap();
    crate::migrate::migrate(&session, NOW, older).unwrap();
    fill_rows(&session, older);
    drop(session);
    let there = out_of_file(&folder.file("a"), &server(&database), NOW, &quiet).unwrap();
    assert!(
        there.schema_version < known_version()
            && there.rows.len() < Layout::of(known_steps()).unwrap().tables.len()
    );
    let url = database.url().parse().unwrap();
    assert_eq!(into_file(&url, &folder.file("b"), NOW, &quiet).unwrap(), there);
    drop(Db::open(Options::postgres(url), NOW).unwrap());
    assert_eq!(database.run("SELECT max(version) FROM schema_migrations"), known_version().to_string());
    assert_eq!(database.run("SELECT count(*) FROM users"), "2");
}

#[test]
fn r28_a_target_that_holds_something_is_refused_and_stays_as_it_is() {
    let (folder, database) = (Folder::new(), TestDatabase::empty());
    full(&folder.file("a.db"));
    full(&folder.file("b.db"));
    let before = dump(&folder.file("b.db"));
    let refused = run(&folder.place("a.db"), &folder.place("b.db"), NOW, &quiet).unwrap_err();
    assert!(matches!(&refused, MoveError::Occupied { .. }), "{refused}");
    assert!(refused.to_string().contains("nothing is replaced"), "{refused}");
    assert_eq!(dump(&folder.file("b.db")), before);
    // Of somebody else, even if nothing is in it.
    database.run("CREATE TABLE users (id TEXT)");
    let refused = run(&folder.place("a.db"), &server(&database), NOW, &quiet).unwrap_err();
    assert!(matches!(refused, MoveError::Foreign { .. }), "{refused}");
    assert_eq!(database.run("SELECT count(*) FROM users"), "0");
}

#[test]
fn r28_a_source_in_use_missing_or_of_another_schema_is_refused_with_advice() {
    let (folder, database) = (Folder::new(), TestDatabase::empty());
    let error = |from: &Place| run(from, &folder.place("t.db"), NOW, &quiet).unwrap_err().to_string();
    assert!(error(&folder.place("none.db")).contains("there is no database of enroll"));
    assert!(error(&server(&database)).contains("there is no database of enroll"));
    full(&folder.file("a.db"));
    let server_on_it = Db::open(Options::new(folder.file("a.db")), NOW).unwrap();
    assert!(error(&folder.place("a.db")).contains("stop all servers"));
    drop(server_on_it);
    let moved = (0..100).find_map(|_| {
        std::thread::park_timeout(std::time::Duration::from_millis(50));
        run(&folder.place("a.db"), &server(&database), NOW, &quiet).ok()
    });
    moved.expect("a stopped server lets go of the file");
    let server_on_it = Db::open(Options::postgres(database.url().parse().unwrap()), NOW).unwrap();
    assert!(error(&server(&database)).contains("stop all servers"));
    drop(server_on_it);
    database.cut();
    database.run(&format!("DELETE FROM schema_migrations WHERE version = {}", known_version()));
    assert!(error(&server(&database)).contains("run `enroll migrate` on it first"));
    database.run("DELETE FROM schema_migrations WHERE version = 1003");
    assert!(error(&server(&database)).contains("a step is left out"));
    database.run("INSERT INTO schema_migrations VALUES (1000000000, 'of tomorrow', 0)");
    assert!(error(&server(&database)).contains("newer version"));
    assert!(!folder.file("t.db").exists(), "no target was made");
}

#[test]
fn r28_a_target_that_failed_halfway_is_refused_by_servers_and_emptied_by_the_next_move() {
    let (folder, database) = (Folder::new(), TestDatabase::empty());
    full(&folder.file("a.db"));
    for (target, options) in [
        (server(&database), Options::postgres(database.url().parse().unwrap())),
        (folder.place("b.db"), Options::new(folder.file("b.db"))),
    ] {
        let stopped = AtomicBool::new(false);
        let moved = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            run(&folder.place("a.db"), &target, NOW, &|progress| {
                if matches!(progress, Progress::Copying { done, .. } if done > 40) {
                    stopped.store(true, Ordering::Relaxed);
                    panic!("killed");
                }
            })
        }));
        assert!(moved.is_err() && stopped.load(Ordering::Relaxed));
        assert_eq!(Db::open(options.clone(), NOW).err(), Some(StoreError::Unfinished));
        let error = run(&target, &folder.place("c.db"), NOW, &quiet).unwrap_err();
        assert_eq!(error, MoveError::Store(StoreError::Unfinished));
        run(&folder.place("a.db"), &target, NOW, &quiet).unwrap();
        drop(Db::open(options, NOW).unwrap());
    }
    assert_eq!(dump(&folder.file("b.db")), dump(&folder.file("a.db")));
}

#[test]
fn r28_a_server_that_starts_on_the_target_meanwhile_stops_the_move_and_goes_on() {
    let database = TestDatabase::empty();
    let (place, url) = (server(&database), database.url().parse::<crate::DatabaseUrl>().unwrap());
    let in_use = Err(MoveError::InUse(place.to_string()));
    // Between the first look and the lock of all writers.
    let target = Target::connect(&place).unwrap();
    let server_on_it = Db::open(Options::postgres(url.clone()), NOW).unwrap();
    assert_eq!(target.begin(&place, known_steps(), NOW), in_use);
    assert_eq!(database.run("SELECT max(version) FROM schema_migrations"), known_version().to_string());
    drop((server_on_it, target));
    database.cut();
    // Between that and the mark.
    let target = Target::connect(&place).unwrap();
    target.begin(&place, known_steps(), NOW).unwrap();
    assert_eq!(Db::open(Options::postgres(url.clone()), NOW).err(), Some(StoreError::Unfinished));
    let other = crate::postgres::Link::new(&url).unwrap();
    let connected = other.session().unwrap();
    assert_eq!(target.stay_alone(&place), in_use);
    drop((connected, other, target));
    drop(Db::open(Options::postgres(url), NOW).unwrap());
}

#[test]
fn r28_a_statement_of_a_copy_may_take_longer_than_any_request() {
    let database = TestDatabase::empty();
    let link = crate::postgres::Link::new(&database.url().parse().unwrap()).unwrap();
    // The server's limit for requests is 20 s, the wait for its answer 25 s.
    assert_eq!(link.session().unwrap().run("SELECT pg_sleep(26)"), Ok(1));
}

#[test]
fn r28_a_source_that_changes_in_spite_of_the_lock_is_noticed() {
    let (folder, database) = (Folder::new(), TestDatabase::empty());
    full(&folder.file("a.db"));
    run(&folder.place("a.db"), &server(&database), NOW, &quiet).unwrap();
    let told = |progress| {
        if progress == Progress::Checking {
            database.run("UPDATE audit_head SET sequence = sequence + 1");
        }
    };
    let changed = run(&server(&database), &folder.place("b.db"), NOW, &told).unwrap_err();
    assert_eq!(changed, MoveError::Changed);
    assert_eq!(Db::open(Options::new(folder.file("b.db")), NOW).err(), Some(StoreError::Unfinished));
    // Who writes by way of Enroll waits for the lock.
    let (folder, database) = (Folder::new(), TestDatabase::empty());
    full(&folder.file("a.db"));
    run(&folder.place("a.db"), &server(&database), NOW, &quiet).unwrap();
    let lock = |_| {
        let sql = "SELECT 1 FROM schema_migrations WHERE version = 0 FOR UPDATE SKIP LOCKED";
        assert_eq!(database.run(sql), "", "the row that writers lock is held");
    };
    run(&server(&database), &folder.place("b.db"), NOW, &lock).unwrap();
}

#[test]
fn r28_a_row_that_differs_on_the_other_side_is_named() {
    let (folder, database) = (Folder::new(), TestDatabase::empty());
    full(&folder.file("a.db"));
    for (change, table) in [
        ("UPDATE handles SET owner_kind = 'user' WHERE handle LIKE 'zeile 2%'", "handles"),
        ("DELETE FROM leases WHERE name LIKE 'zeile 1%'", "leases"),
        ("INSERT INTO losses SELECT directory_id, 'x', 1 FROM losses LIMIT 1", "losses"),
    ] {
        let once = AtomicBool::new(true);
        let told = |progress: Progress| {
            if matches!(progress, Progress::Copying { done, total } if done == total)
                && once.swap(false, Ordering::Relaxed)
            {
                database.run(change);
            }
        };
        let differs = run(&folder.place("a.db"), &server(&database), NOW, &told).unwrap_err();
        assert!(matches!(&differs, MoveError::Differs { table: named, .. } if named == table), "{differs}");
    }
}

#[test]
fn r28_a_text_that_postgresql_cannot_hold_is_named() {
    let (folder, database) = (Folder::new(), TestDatabase::empty());
    full(&folder.file("a.db"));
    let session = Session::alone(&folder.file("a.db"), std::time::Duration::from_secs(1), false).unwrap();
    let label = [Param::from("a\0b")];
    Tx::new(&session).execute("UPDATE api_tokens SET label = ?1 WHERE id LIKE 'zeile 2%'", &label).unwrap();
    drop(session);
    let error = run(&folder.place("a.db"), &server(&database), NOW, &quiet).unwrap_err().to_string();
    assert!(error.contains("a row of api_tokens (\"zeile 2") && error.contains("U+0000"), "{error}");
}

#[test]
fn a_mark_is_refused_by_versions_that_know_nothing_of_it_as_a_newer_schema() {
    let session = Session::scratch().unwrap();
    crate::migrate::migrate(&session, NOW, usize::MAX).unwrap();
    let tx = Tx::new(&session);
    mark_unfinished(&tx, NOW).unwrap();
    let newest = tx.first("SELECT max(version) FROM schema_migrations", &[], |row| row.integer(0)).unwrap();
    assert!(newest > Some(known_version()));
}
