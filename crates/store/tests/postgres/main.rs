//! What only PostgreSQL can do wrong: servers that go away, replicas, values that it does not take. The behaviour that both engines share
//! is tested by the other files with `ENROLL_TEST_DATABASE=postgres`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../place/mod.rs"]
#[allow(dead_code, clippy::allow_attributes, reason = "part of it is for tests of both engines")]
mod place;

mod assumptions;
mod generations;
mod migrations;
mod outages;
mod replicas;
mod values;

use enroll_store::{Db, Options, StoreError, Tx, params};
use enroll_testdb::TestDatabase;
use jiff::Timestamp;

pub(crate) fn open(database: &TestDatabase) -> Db {
    try_open(database).unwrap()
}

pub(crate) fn try_open(database: &TestDatabase) -> Result<Db, StoreError> {
    Db::open(Options::postgres(database.url().parse().unwrap()), Timestamp::UNIX_EPOCH)
}

/// A handle that nobody had.
pub(crate) fn insert(tx: &Tx<'_>, handle: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO handles (handle, owner_kind, owner_id) VALUES (?1, 'user', '')";
    tx.execute(sql, &params![handle]).map(drop)
}

pub(crate) fn handles(db: &Db) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT handle FROM handles ORDER BY handle";
    db.look_up(|tx| tx.query(sql, &[], |row| Ok(row.text(0)?.to_owned())))
}
