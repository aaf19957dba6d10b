//! R26: a migration killed anywhere is old or new, never between; and every released schema is brought up to date.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::disk::{Control, Disk};
use crate::load::variable;
use crate::support::{enroll_ok, free_address};

/// The dumps of released schemas, oldest first (`scripts/fixture-database` makes them).
fn releases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/binary/faults/schemas");
    let mut all: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

/// Makes the database of a dump.
fn load(dump: &Path, folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let connection = Connection::open(folder.join("enroll.db")).unwrap();
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    connection.execute_batch(&fs::read_to_string(dump).unwrap()).unwrap();
}

/// The whole schema, and how many rows each table of before has.
fn dump(folder: &Path) -> (Vec<String>, Vec<(String, i64)>) {
    let connection = Connection::open(folder.join("enroll.db")).unwrap();
    let all = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let objects =
        all("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY type, name");
    let steps = all("SELECT version || ' ' || name FROM schema_migrations ORDER BY version");
    let tables = all("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'schema_migrations'");
    let count = |table: String| {
        let rows = connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0));
        (table, rows.unwrap())
    };
    let rows = tables.into_iter().map(count).filter(|(_, rows)| *rows > 0).collect();
    ([objects, steps].concat(), rows)
}

#[test]
fn r26_every_released_schema_is_brought_up_to_date_and_keeps_what_it_holds() {
    let (fresh, old, address) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), free_address());
    enroll_ok(fresh.path(), address, &["migrate"]);
    let expected = dump(fresh.path()).0;
    assert!(!releases().is_empty());
    for release in releases() {
        load(&release, old.path());
        let before = dump(old.path()).1;
        enroll_ok(old.path(), address, &["migrate"]);
        let (schema, rows) = dump(old.path());
        assert_eq!(schema, expected, "{}", release.display());
        let kept: Vec<_> = rows.iter().filter(|row| before.iter().any(|old| old.0 == row.0)).collect();
        assert!(kept.into_iter().eq(&before), "{}: {before:?} became {rows:?}", release.display());
        enroll_ok(old.path(), address, &["verify"]);
        enroll_ok(old.path(), address, &["audit", "verify"]);
        assert!(enroll_ok(old.path(), address, &["check", "ada", "acme"]).starts_with("yes: ada@"));
    }
}

#[test]
fn r26_a_migration_killed_before_any_write_and_run_again_gives_the_whole_schema() {
    let (fresh, address) = (tempfile::tempdir().unwrap(), free_address());
    enroll_ok(fresh.path(), address, &["migrate"]);
    let expected = dump(fresh.path()).0;
    let disk = Disk::new(address);
    let oldest = releases().remove(0);
    // The long form takes every write.
    let stride = if variable("ENROLL_FAULT_TIMES", 0) == 0 { 37 } else { 1 };
    for release in [None, Some(&oldest)] {
        let mut kills = 0;
        for number in (1..).step_by(stride) {
            if let Some(release) = release {
                load(release, &disk.data());
            } else {
                fs::remove_dir_all(disk.data()).unwrap();
                fs::create_dir(disk.data()).unwrap();
            }
            disk.set(Control::KillAt, number);
            let output = disk.command().arg("migrate").output().unwrap();
            if output.status.success() {
                assert!(disk.get(Control::Writes) < number);
                break;
            }
            assert_eq!(output.status.code(), None, "killed: {}", String::from_utf8_lossy(&output.stderr));
            kills += 1;
            enroll_ok(&disk.data(), address, &["migrate"]);
            assert_eq!(dump(&disk.data()).0, expected, "killed before write {number}");
        }
        assert!(kills > 0, "{kills}");
        println!("killed before each of {kills} writes ({stride} apart)");
    }
}
