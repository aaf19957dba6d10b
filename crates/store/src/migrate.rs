//! Migrations: forward only, one idempotent statement a step, each step recorded.
//!
//! A file `migrations/NNNN_name.sql` holds steps, each begun by a line `-- step: what it makes`. The version of a step is the number
//! of its file times 1000 plus its place in the file, so files may be long and versions never collide. A released step never
//! changes: what comes later is a new step in a new file.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::dialect::{added_column, sqlite_ddl};
use crate::engine::Session;
use crate::error::StoreError;
use crate::params;
use crate::tx::Tx;

/// The migration files, oldest first.
const FILES: [(i64, &str); 12] = [
    (1, include_str!("../migrations/0001_foundation.sql")),
    (2, include_str!("../migrations/0002_server_keys.sql")),
    (3, include_str!("../migrations/0003_custom_schemas.sql")),
    (4, include_str!("../migrations/0004_directory_quirks.sql")),
    (5, include_str!("../migrations/0005_audit.sql")),
    (6, include_str!("../migrations/0006_organization_resources.sql")),
    (7, include_str!("../migrations/0007_people.sql")),
    (8, include_str!("../migrations/0008_brake.sql")),
    (11, include_str!("../migrations/0011_requests.sql")),
    (14, include_str!("../migrations/0014_idempotency.sql")),
    (15, include_str!("../migrations/0015_sessions.sql")),
    (16, include_str!("../migrations/0016_oidc.sql")),
];

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

/// Takes the steps that are missing. Another process may have taken them since anybody looked: looks again.
fn apply(tx: &Tx<'_>, now: Timestamp, limit: usize) -> Result<(), StoreError> {
    let missing = pending(tx)?;
    tx.execute(&sqlite_ddl(RECORD), &[])?;
    for step in missing.into_iter().take(limit) {
        if !is_there(tx, step.statement)? {
            tx.execute(&sqlite_ddl(step.statement), &[])?;
        }
        tx.execute(
            "INSERT INTO schema_migrations (version, name, applied_at) VALUES (?1, ?2, ?3)",
            &params![step.version, step.name, now],
        )?;
    }
    Ok(())
}

/// Whether the statement adds a column that is there already.
fn is_there(tx: &Tx<'_>, statement: &str) -> Result<bool, StoreError> {
    let Some((table, column)) = added_column(statement) else { return Ok(false) };
    let look = "SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2";
    Ok(tx.first(look, &params![table, column], |_| Ok(()))?.is_some())
}

/// The newest step that was taken; 0 in a database without any.
///
/// # Errors
/// The engine's.
pub(crate) fn recorded_version(tx: &Tx<'_>) -> Result<i64, StoreError> {
    let recorded =
        tx.first("SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations'", &[], |_| Ok(()))?;
    if recorded.is_none() {
        return Ok(0);
    }
    let newest =
        tx.first("SELECT coalesce(max(version), 0) FROM schema_migrations", &[], |row| row.integer(0))?;
    Ok(newest.unwrap_or(0))
}

/// The steps not taken yet.
fn pending(tx: &Tx<'_>) -> Result<Vec<Step>, StoreError> {
    let recorded =
        tx.first("SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations'", &[], |_| Ok(()))?;
    if recorded.is_none() {
        return Ok(steps());
    }
    let done: HashSet<i64> =
        tx.query("SELECT version FROM schema_migrations", &[], |row| row.integer(0))?.into_iter().collect();
    let known = known_version();
    match done.iter().copied().max() {
        Some(found) if found > known => Err(StoreError::NewerDatabase { found, known }),
        _ => Ok(steps().into_iter().filter(|step| !done.contains(&step.version)).collect()),
    }
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
