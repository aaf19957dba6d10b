use std::path::Path;
use std::time::Duration;

use super::*;

fn open(path: &Path) -> Session {
    if !path.exists() {
        std::fs::File::create(path).unwrap();
    }
    Session::writing(path, Duration::from_secs(1)).unwrap()
}

/// The whole schema, and which steps are recorded.
fn schema(session: &Session) -> (Vec<String>, Vec<(i64, String)>) {
    let tx = Tx::new(session);
    let sql = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY type, name";
    let objects = tx.query(sql, &[], |row| Ok(row.text(0)?.to_owned())).unwrap();
    let sql = "SELECT version, name FROM schema_migrations ORDER BY version";
    (objects, tx.query(sql, &[], |row| Ok((row.integer(0)?, row.text(1)?.to_owned()))).unwrap())
}

#[test]
fn r26_a_migration_that_stopped_after_any_step_is_completed_by_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let whole = open(&folder.path().join("whole.db"));
    migrate(&whole, Timestamp::UNIX_EPOCH, usize::MAX).unwrap();
    let expected = schema(&whole);
    for stop in 0..steps().len() {
        let path = folder.path().join(format!("{stop}.db"));
        migrate(&open(&path), Timestamp::UNIX_EPOCH, stop).unwrap();
        let session = open(&path);
        assert_eq!(schema(&session).1.len(), stop);
        migrate(&session, Timestamp::UNIX_EPOCH, usize::MAX).unwrap();
        assert_eq!(schema(&session), expected, "stopped after step {stop}");
    }
}

#[test]
fn r26_a_step_that_was_done_but_not_recorded_may_be_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let session = open(&folder.path().join("enroll.db"));
    migrate(&session, Timestamp::UNIX_EPOCH, usize::MAX).unwrap();
    let expected = schema(&session);
    session.run("DELETE FROM schema_migrations").unwrap();
    migrate(&session, Timestamp::UNIX_EPOCH, usize::MAX).unwrap();
    assert_eq!(schema(&session), expected);
}

#[test]
fn r26_a_migration_that_fails_leaves_the_old_schema() {
    let folder = tempfile::tempdir().unwrap();
    let session = open(&folder.path().join("enroll.db"));
    // In the way of an index far down the file.
    session.run("CREATE TABLE users_handle (id TEXT)").unwrap();
    migrate(&session, Timestamp::UNIX_EPOCH, usize::MAX).unwrap_err();
    let tables = "SELECT name FROM sqlite_schema";
    let left = Tx::new(&session).query(tables, &[], |row| Ok(row.text(0)?.to_owned())).unwrap();
    assert_eq!(left, ["users_handle"]);
}

#[test]
fn steps_are_in_order_named_and_one_statement_each() {
    let steps = steps();
    assert!(steps.windows(2).all(|pair| pair[0].version < pair[1].version));
    for step in &steps {
        assert!(!step.name.is_empty() && step.statement.ends_with(';'), "step {}", step.version);
        assert_eq!(step.statement.matches(';').count(), 1, "step {}", step.version);
        let again = step.statement.contains(" IF NOT EXISTS ")
            || step.statement.starts_with("INSERT INTO") && step.statement.contains("ON CONFLICT DO NOTHING");
        assert!(again, "step {} cannot be done twice", step.version);
    }
    let places: i64 =
        FILES.iter().map(|&(number, text)| i64::try_from(split(number, text).count()).unwrap()).sum();
    assert_eq!(i64::try_from(steps.len()).unwrap(), places, "no step is lost");
    assert_eq!(known_version() / STEPS_PER_FILE, FILES[FILES.len() - 1].0, "the newest file is taken");
}

#[test]
fn the_migration_files_name_no_engine() {
    for (_, text) in FILES {
        for word in [
            "STRICT",
            "ROWID",
            "AUTOINCREMENT",
            "SERIAL",
            "SEQUENCE",
            "TRIGGER",
            "TEMP",
            "JSONB",
            "BOOLEAN",
            "COLLATE",
            "lower(",
        ] {
            assert!(!text.contains(word), "{word}");
        }
    }
}

#[test]
fn every_unique_index_has_a_name_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let session = open(&folder.path().join("enroll.db"));
    migrate(&session, Timestamp::UNIX_EPOCH, usize::MAX).unwrap();
    let sql = "SELECT count(*) FROM sqlite_schema AS t JOIN pragma_index_list(t.name) AS i \
               WHERE t.type = 'table' AND i.origin = 'u'";
    let unnamed = Tx::new(&session).first(sql, &[], |row| row.integer(0)).unwrap();
    assert_eq!(unnamed, Some(0));
}
