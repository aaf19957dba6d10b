//! Migrations: forward only, one idempotent statement a step, each step recorded.
//!
//! A file `migrations/NNNN_name.sql` holds steps, each begun by a line `-- step: what it makes`. The version of a step is the number
//! of its file times 1000 plus its place in the file, so files may be long and versions never collide. A released step never
//! changes: what comes later is a new step in a new file.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::dialect::{Dialect, added_column};
use crate::engine::Session;
use crate::error::StoreError;
use crate::params;
use crate::postgres;
use crate::tx::Tx;

/// The migration files, oldest first.
const FILES: [(i64, &str); 21] = [
    (1, include_str!("../migrations/0001_foundation.sql")),
    (2, include_str!("../migrations/0002_server_keys.sql")),
    (3, include_str!("../migrations/0003_custom_schemas.sql")),
    (4, include_str!("../migrations/0004_directory_quirks.sql")),
    (5, include_str!("../migrations/0005_audit.sql")),
    (6, include_str!("../migrations/0006_organization_resources.sql")),
    (7, include_str!("../migrations/0007_people.sql")),
    (8, include_str!("../migrations/0008_brake.sql")),
    (9, include_str!("../migrations/0009_events.sql")),
    (10, include_str!("../migrations/0010_webhooks.sql")),
    (11, include_str!("../migrations/0011_requests.sql")),
    (12, include_str!("../migrations/0012_sign_in.sql")),
    (14, include_str!("../migrations/0014_idempotency.sql")),
    (15, include_str!("../migrations/0015_sessions.sql")),
    (16, include_str!("../migrations/0016_oidc.sql")),
    (17, include_str!("../migrations/0017_token_networks.sql")),
    (18, include_str!("../migrations/0018_sso_metadata.sql")),
    (19, include_str!("../migrations/0019_single_logout.sql")),
    (20, include_str!("../migrations/0020_sign_in_details.sql")),
    (21, include_str!("../migrations/0021_resource_history.sql")),
    (22, include_str!("../migrations/0022_authenticated.sql")),
];

/// The step that a database has while another one is copied into it. It is the highest number there is: versions of this program that
/// know nothing of it take the database for one of a newer version and refuse it, too.
const UNFINISHED: i64 = i64::MAX;

/// Steps per file at most.
const STEPS_PER_FILE: i64 = 1000;

/// Where the steps that were done are recorded.
const RECORD: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    version    INTEGER NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    applied_at INTEGER NOT NULL
)";

/// One statement and its place in the order of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    version: i64,
    name: &'static str,
    statement: &'static str,
}

/// The version of the schema that this program makes and needs.
pub fn known_version() -> i64 {
    steps().last().map_or(0, |step| step.version)
}

/// Brings the schema up to date, in one transaction: a process that is killed meanwhile leaves the old schema.
///
/// `limit` is how many steps to take at most: all of them, except in a test that stops in between.
///
/// # Errors
/// [`StoreError::NewerDatabase`] before anything is touched; the engine's.
pub(crate) fn migrate(session: &Session, now: Timestamp, limit: usize) -> Result<(), StoreError> {
    if pending(&Tx::new(session))?.is_empty() {
        return Ok(());
    }
    let told = |error: rusqlite::Error| session.judge(&error).0;
    session.begin_writing().map_err(told)?;
    let result = apply(&Tx::new(session), now, limit).and_then(|()| session.run("COMMIT").map_err(told));
    if result.is_err() {
        session.roll_back().map_err(told)?;
    }
    result
}

/// How often to make the table of steps, which others may be making at the same time.
const ATTEMPTS: usize = 10;

/// The same on PostgreSQL. Replicas that start together take turns: whoever holds the lock of the first row of the table takes all
/// steps, and those who waited find nothing left to do. The row stays, for writers ([`crate::postgres`]).
///
/// # Errors
/// As [`migrate`].
pub(crate) fn migrate_postgres(
    session: &postgres::Session,
    now: Timestamp,
    limit: usize,
) -> Result<(), StoreError> {
    if is_recorded(&Tx::new(session))? && pending(&Tx::new(session))?.is_empty() {
        return Ok(());
    }
    let told = |fault: postgres::Fault| fault.error;
    prepare_record(session)?;
    session.run("BEGIN; SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = 0").map_err(told)?;
    let result = session
        .run(postgres::COUNT_COMMIT)
        .map_err(told)
        .and_then(|_| apply(&Tx::new(session), now, limit))
        // Fails when the transaction has failed, which COMMIT would not.
        .and_then(|()| session.run("SELECT 1; COMMIT").map(drop).map_err(told));
    if result.is_err() && !session.is_lost() {
        session.run("ROLLBACK").map_err(told)?;
    }
    result
}

/// Makes the table of steps with the row that is locked. PostgreSQL lets two that make a table of one name at the same time clash even
/// when they say IF NOT EXISTS; the loser tries again and finds it.
///
/// # Errors
/// The engine's.
pub(crate) fn prepare_record(session: &postgres::Session) -> Result<(), StoreError> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let tx = Tx::new(session);
        let made = is_recorded(&tx)
            .and_then(|there| if there { Ok(0) } else { tx.execute(&tx.dialect().ddl(RECORD), &[]) })
            .and_then(|_| {
                let row = "INSERT INTO schema_migrations (version, name, applied_at) VALUES (0, 'the row that writers lock', 0) \
                           ON CONFLICT DO NOTHING";
                tx.execute(row, &[])
            });
        match made {
            Ok(_) => return Ok(()),
            Err(StoreError::Unique { .. } | StoreError::Internal(_)) if attempt < ATTEMPTS => {
                std::thread::park_timeout(std::time::Duration::from_millis(20));
            }
            Err(error) => return Err(error),
        }
    }
}

/// Takes the steps that are missing, `limit` at most, in the transaction of the caller. Another process may have taken them since anybody
/// looked: looks again.
///
/// # Errors
/// As [`migrate`].
pub(crate) fn apply(tx: &Tx<'_>, now: Timestamp, limit: usize) -> Result<(), StoreError> {
    let missing = pending(tx)?;
    tx.execute(&tx.dialect().ddl(RECORD), &[])?;
    for step in missing.into_iter().take(limit) {
        if !is_there(tx, step.statement)? {
            tx.execute(&tx.dialect().ddl(step.statement), &[])?;
        }
        tx.execute(
            "INSERT INTO schema_migrations (version, name, applied_at) VALUES (?1, ?2, ?3)",
            &params![step.version, step.name, now],
        )?;
    }
    Ok(())
}

/// Whether the statement adds a column that is there already, and does not look for itself.
fn is_there(tx: &Tx<'_>, statement: &str) -> Result<bool, StoreError> {
    let Some((table, column)) = added_column(statement) else { return Ok(false) };
    if tx.dialect() == Dialect::Postgres {
        return Ok(false);
    }
    let look = "SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2";
    Ok(tx.first(look, &params![table, column], |_| Ok(()))?.is_some())
}

/// The newest step that was taken; 0 in a database without any.
///
/// # Errors
/// The engine's.
pub(crate) fn recorded_version(tx: &Tx<'_>) -> Result<i64, StoreError> {
    if !is_recorded(tx)? {
        return Ok(0);
    }
    let newest =
        tx.first("SELECT coalesce(max(version), 0) FROM schema_migrations", &[], |row| row.integer(0))?;
    if newest == Some(UNFINISHED) { Err(StoreError::Unfinished) } else { Ok(newest.unwrap_or(0)) }
}

/// The steps not taken yet.
fn pending(tx: &Tx<'_>) -> Result<Vec<Step>, StoreError> {
    if !is_recorded(tx)? {
        return Ok(steps());
    }
    let done: HashSet<i64> =
        tx.query("SELECT version FROM schema_migrations", &[], |row| row.integer(0))?.into_iter().collect();
    let known = known_version();
    match done.iter().copied().max() {
        Some(UNFINISHED) => Err(StoreError::Unfinished),
        Some(found) if found > known => Err(StoreError::NewerDatabase { found, known }),
        _ => Ok(steps().into_iter().filter(|step| !done.contains(&step.version)).collect()),
    }
}

/// Whether there is a table of steps.
///
/// # Errors
/// The engine's.
pub(crate) fn is_recorded(tx: &Tx<'_>) -> Result<bool, StoreError> {
    Ok(tx.first(tx.dialect().find_table(), &params!["schema_migrations"], |_| Ok(()))?.is_some())
}

/// How many steps this program knows.
pub(crate) fn known_steps() -> usize {
    steps().len()
}

/// Whether a database is marked as one that another is being copied into.
///
/// # Errors
/// The engine's.
pub(crate) fn is_unfinished(tx: &Tx<'_>) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM schema_migrations WHERE version = ?1";
    Ok(tx.first(sql, &params![UNFINISHED], |_| Ok(()))?.is_some())
}

/// Marks the database.
///
/// # Errors
/// The engine's.
pub(crate) fn mark_unfinished(tx: &Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO schema_migrations (version, name, applied_at) VALUES (?1, ?2, ?3)";
    tx.execute(sql, &params![UNFINISHED, "being filled from another database", now]).map(drop)
}

/// Takes the mark away.
///
/// # Errors
/// The engine's.
pub(crate) fn unmark(tx: &Tx<'_>) -> Result<(), StoreError> {
    tx.execute("DELETE FROM schema_migrations WHERE version = ?1", &params![UNFINISHED]).map(drop)
}

/// The steps that were taken, by their number: name and time.
pub(crate) type Record = Vec<(i64, String, Timestamp)>;

/// The steps that were taken.
///
/// # Errors
/// The engine's; [`StoreError::NewerDatabase`] and [`StoreError::Unfinished`].
pub(crate) fn record(tx: &Tx<'_>) -> Result<Record, StoreError> {
    pending(tx)?;
    let sql = "SELECT version, name, applied_at FROM schema_migrations WHERE version > 0 ORDER BY version";
    tx.query(sql, &[], |row| Ok((row.integer(0)?, row.text(1)?.to_owned(), row.timestamp(2)?)))
}

/// Writes the steps as another database has taken them; no mark is left.
///
/// # Errors
/// The engine's.
pub(crate) fn write_record(tx: &Tx<'_>, record: &Record) -> Result<(), StoreError> {
    tx.execute("DELETE FROM schema_migrations WHERE version > 0", &[])?;
    for (version, name, applied_at) in record {
        tx.execute(
            "INSERT INTO schema_migrations (version, name, applied_at) VALUES (?1, ?2, ?3)",
            &params![*version, name, *applied_at],
        )?;
    }
    Ok(())
}

/// How many of the steps in order these are; `None` when one is left out.
pub(crate) fn count_of(record: &Record) -> Option<usize> {
    let steps = steps();
    let same = record.iter().zip(&steps).all(|((version, ..), step)| *version == step.version);
    (same && record.len() <= steps.len()).then_some(record.len())
}

/// All steps in order.
fn steps() -> Vec<Step> {
    FILES.iter().flat_map(|&(number, text)| split(number, text)).collect()
}

fn split(number: i64, text: &'static str) -> impl Iterator<Item = Step> {
    text.split("-- step: ").skip(1).zip(1..).map(move |(part, place)| {
        let (name, statement) = part.split_once('\n').unwrap_or((part, ""));
        Step { version: number * STEPS_PER_FILE + place, name: name.trim(), statement: statement.trim() }
    })
}

#[cfg(test)]
mod tests;
