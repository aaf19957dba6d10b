//! Copying a database while others write it, and looking into a copy.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::open::{damaged, explain};
use super::session::Session;
use crate::audit;
use crate::error::StoreError;
use crate::migrate::recorded_version;
use crate::tx::Tx;

/// How long a copy waits for a lock. In WAL mode only the recovery after a crash holds one against readers.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a database holds, as far as a backup tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The newest step of the schema.
    pub(crate) schema: i64,
    /// The last entry of the audit trail.
    pub(crate) audit: audit::Head,
    /// Rows in each table.
    pub(crate) rows: BTreeMap<String, u64>,
    /// Where the chain of the audit trail breaks, a sentence.
    pub(crate) broken: Option<String>,
}

/// Copies one snapshot of the database into `target`, an empty file. Writers go on meanwhile.
///
/// # Errors
/// As [`super::open()`]; [`StoreError::Full`] when `target` finds no space.
pub(crate) fn copy_into(source: &Path, target: &Path) -> Result<(), StoreError> {
    let name = target.to_str().ok_or_else(|| StoreError::Open {
        path: target.to_owned(),
        reason: "the name of a backup must be UTF-8".to_owned(),
    })?;
    let session = Session::copying(source, PATIENCE).map_err(|error| explain(source, &error))?;
    let copied = session.connection().execute("VACUUM INTO ?1", [name]);
    copied.map(drop).map_err(|error| match session.judge(&error).0 {
        StoreError::Full => StoreError::Full,
        _ => explain(source, &error),
    })
}

/// How many bytes the database has, its log apart: about what a copy will have.
///
/// # Errors
/// As [`super::open()`].
pub(crate) fn size(path: &Path) -> Result<u64, StoreError> {
    let session = Session::copying(path, PATIENCE).map_err(|error| explain(path, &error))?;
    let number =
        |sql: &str| session.ask(sql, |row| row.get::<_, i64>(0)).map_err(|error| explain(path, &error));
    let bytes = number("PRAGMA page_count")?.saturating_mul(number("PRAGMA page_size")?);
    Ok(u64::try_from(bytes).unwrap_or(0))
}

/// Reads a whole file that nobody writes for damage, and says what is in it.
///
/// # Errors
/// [`StoreError::Corrupt`] for whatever `PRAGMA integrity_check` or `PRAGMA foreign_key_check` finds.
pub(crate) fn inspect(path: &Path) -> Result<Facts, StoreError> {
    let told = |error: rusqlite::Error| explain(path, &error);
    let session = Session::inspecting(path).map_err(told)?;
    let finding: String = session.ask("PRAGMA integrity_check(1)", |row| row.get(0)).map_err(told)?;
    if finding != "ok" {
        return Err(damaged(path, &finding));
    }
    let tx = Tx::new(&session);
    if let Some(table) = tx.first("PRAGMA foreign_key_check", &[], |row| Ok(row.text(0)?.to_owned()))? {
        return Err(damaged(path, &format!("a row of {table} refers to one that is not there")));
    }
    let tables =
        tx.query("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", &[], |row| {
            Ok(row.text(0)?.to_owned())
        })?;
    let audit =
        if tables.iter().any(|table| table == "audit_head") { audit::head(&tx)? } else { audit::Head::START };
    let mut rows = BTreeMap::new();
    for table in tables {
        // A name out of the schema of a file, which may be anybody's.
        let count =
            tx.first(&format!("SELECT count(*) FROM \"{}\"", table.replace('"', "\"\"")), &[], |row| {
                row.integer(0)
            })?;
        rows.insert(table, count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0));
    }
    Ok(Facts { schema: recorded_version(&tx)?, audit, rows, broken: broken(&tx)? })
}

/// Where the chain breaks. Before its last column was added to a database, this program cannot read its entries.
fn broken(tx: &Tx<'_>) -> Result<Option<String>, StoreError> {
    let column = "SELECT 1 FROM pragma_table_info('audit_entries') WHERE name = 'user_agent'";
    if tx.first(column, &[], |_| Ok(()))?.is_none() {
        return Ok(None);
    }
    Ok(audit::verify(tx, None)?.broken.map(|broken| broken.reason))
}
