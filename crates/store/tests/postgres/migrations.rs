use enroll_store::{StoreError, known_version};
use enroll_testdb::TestDatabase;

use super::{insert, open, place, try_open};

#[test]
fn reliability_r26_replicas_that_start_together_on_an_empty_database_do_not_clash() {
    let database = TestDatabase::empty();
    std::thread::scope(|scope| {
        let starting: Vec<_> = (0..4).map(|_| scope.spawn(|| try_open(&database).map(drop))).collect();
        for start in starting {
            assert_eq!(start.join().unwrap(), Ok(()));
        }
    });
    let (steps, newest) =
        ("SELECT count(*) FROM schema_migrations", "SELECT max(version) FROM schema_migrations");
    let migrated = place::postgres();
    assert_eq!(database.run(steps), migrated.run(steps), "each step is taken once");
    assert_eq!(database.run(newest), known_version().to_string());
}

#[test]
fn reliability_r26_a_step_that_was_done_but_not_recorded_may_be_done_again() {
    let database = place::postgres();
    database.run("DELETE FROM schema_migrations WHERE version > 0");
    drop(open(&database));
    assert_eq!(database.run("SELECT max(version) FROM schema_migrations"), known_version().to_string());
}

#[test]
fn reliability_r26_a_migration_that_fails_leaves_the_old_schema() {
    let database = TestDatabase::empty();
    // In the way of a table further down.
    database.run("CREATE VIEW organizations AS SELECT 1 AS one");
    database.run("CREATE TABLE mappings (one INTEGER)");
    assert!(matches!(try_open(&database), Err(StoreError::Connect { .. } | StoreError::Internal(_))));
    assert_eq!(database.run("SELECT count(*) FROM pg_tables WHERE tablename = 'users'"), "0");
}

#[test]
fn reliability_r26_a_database_of_a_newer_version_is_refused() {
    let database = place::postgres();
    let found = known_version() + 1000;
    database.run(&format!("INSERT INTO schema_migrations VALUES ({found}, 'of tomorrow', 0)"));
    assert_eq!(try_open(&database).err(), Some(StoreError::NewerDatabase { found, known: known_version() }));
}

#[tokio::test]
async fn text_is_ordered_by_code_point_whatever_the_locale_of_the_database() {
    let database = place::postgres();
    let db = open(&database);
    for handle in ["b", "B", "a", "\u{e9}", "z", "_"] {
        db.write(move |tx| insert(tx, handle)).await.unwrap();
    }
    assert_eq!(super::handles(&db).unwrap(), ["B", "_", "a", "b", "z", "\u{e9}"]);
    let other = "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public' \
                 AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'";
    assert_eq!(database.run(other), "0", "columns with an order of their own");
}
