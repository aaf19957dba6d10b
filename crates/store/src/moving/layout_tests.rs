use std::collections::{BTreeSet, HashSet};

use enroll_testdb::TestDatabase;

use super::*;
use crate::migrate::{known_steps, known_version};
use crate::{Db, Options};

fn postgres() -> TestDatabase {
    TestDatabase::migrated(known_version(), |url| {
        drop(Db::open(Options::postgres(url.parse().unwrap()), jiff::Timestamp::UNIX_EPOCH).unwrap());
    })
}

#[test]
fn r28_every_table_and_column_of_both_engines_is_moved() {
    let layout = Layout::of(known_steps()).unwrap();
    let moved: BTreeSet<String> = layout
        .tables
        .iter()
        .flat_map(|table| table.columns.iter().map(move |column| format!("{}.{column}", table.name)))
        .collect();
    let listed = postgres().run(
        "SELECT table_name || '.' || column_name FROM information_schema.columns \
         WHERE table_schema = 'public' AND table_name <> 'schema_migrations'",
    );
    assert!(moved.len() > 200, "{}", moved.len());
    assert_eq!(moved, listed.lines().map(str::to_owned).collect());
}

#[test]
fn r28_a_table_comes_after_those_that_it_refers_to() {
    let session = Session::scratch().unwrap();
    migrate(&session, jiff::Timestamp::UNIX_EPOCH, usize::MAX).unwrap();
    let (tx, mut before, mut references) = (Tx::new(&session), HashSet::new(), 0);
    for table in Layout::of(known_steps()).unwrap().tables {
        let sql = "SELECT \"table\" FROM pragma_foreign_key_list(?1)";
        for referred in tx.query(sql, &params![&table.name], |row| Ok(row.text(0)?.to_owned())).unwrap() {
            assert!(before.contains(&referred), "{} refers to {referred}", table.name);
            references += 1;
        }
        before.insert(table.name);
    }
    assert!(references > 10, "{references}");
}

#[test]
fn r28_a_table_is_read_in_the_order_of_its_key_by_an_index() {
    let session = Session::scratch().unwrap();
    migrate(&session, jiff::Timestamp::UNIX_EPOCH, usize::MAX).unwrap();
    let tx = Tx::new(&session);
    for table in Layout::of(known_steps()).unwrap().tables {
        let params = vec![Param::Integer(1); table.key.len() + 1];
        let plan = tx.plan(&table.select(true), &params).unwrap();
        assert!(matches!(plan.as_slice(), [only] if only.starts_with("SEARCH")), "{}: {plan:?}", table.name);
    }
}
