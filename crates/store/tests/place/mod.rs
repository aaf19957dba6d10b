//! Where the database of a test is: a file, or with `ENROLL_TEST_DATABASE=postgres` one on the cluster of the tests.

use std::path::Path;

use enroll_store::{Db, Options, known_version};
use enroll_testdb::TestDatabase;
use jiff::Timestamp;

/// The options for a database of the test's own, and what deletes it in the end if it is not in the folder.
pub(crate) fn options(folder: &Path) -> (Options, Option<TestDatabase>) {
    if !enroll_testdb::wanted() {
        return (Options::new(folder.join("enroll.db")), None);
    }
    let database = postgres();
    (Options::postgres(database.url().parse().unwrap()), Some(database))
}

/// A database on PostgreSQL with the schema of this version.
pub(crate) fn postgres() -> TestDatabase {
    TestDatabase::migrated(known_version(), |url| {
        drop(Db::open(Options::postgres(url.parse().unwrap()), Timestamp::UNIX_EPOCH).unwrap());
    })
}
