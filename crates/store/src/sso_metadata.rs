//! Where the metadata of a connection is fetched from, and what came of it.

use enroll_domain::DirectoryId;
use jiff::Timestamp;

use crate::{Row, StoreError, Tx, params};

/// The metadata URL of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SsoMetadataRow {
    /// The URL.
    pub url: String,
    /// When it was last fetched, whatever came of it.
    pub tried: Timestamp,
    /// When it was last fetched and taken.
    pub fetched: Timestamp,
    /// When it last failed, and why; none after it was taken.
    pub failed: Option<(Timestamp, String)>,
    /// When it last changed the connection, and how: text of the service.
    pub changed: Option<(Timestamp, String)>,
}

fn read(row: &Row<'_>) -> Result<SsoMetadataRow, StoreError> {
    let noted = |at: usize| {
        let time = row.optional_timestamp(at)?;
        let text = row.optional_text(at + 1)?;
        Ok::<_, StoreError>(time.zip(text.map(str::to_owned)))
    };
    Ok(SsoMetadataRow {
        url: row.text(0)?.to_owned(),
        tried: row.timestamp(1)?,
        fetched: row.timestamp(2)?,
        failed: noted(3)?,
        changed: noted(5)?,
    })
}

/// The metadata URL of a directory's connection, if it has one.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, directory: DirectoryId) -> Result<Option<SsoMetadataRow>, StoreError> {
    let sql = "SELECT url, tried, fetched, failed, failure, changed, changes FROM sso_metadata WHERE directory_id = ?1";
    tx.first(sql, &params![directory], read)
}

/// Keeps the metadata URL of a directory's connection.
///
/// # Errors
/// The store fails.
pub fn set(tx: &Tx<'_>, directory: DirectoryId, row: &SsoMetadataRow) -> Result<(), StoreError> {
    let (failed, failure) = row.failed.as_ref().map(|(at, text)| (*at, text.as_str())).unzip();
    let (changed, changes) = row.changed.as_ref().map(|(at, text)| (*at, text.as_str())).unzip();
    tx.execute(
        "INSERT INTO sso_metadata (directory_id, url, tried, fetched, failed, failure, changed, changes) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (directory_id) DO UPDATE SET \
         url = ?2, tried = ?3, fetched = ?4, failed = ?5, failure = ?6, changed = ?7, changes = ?8",
        &params![directory, &row.url, row.tried, row.fetched, failed, failure, changed, changes],
    )
    .map(drop)
}

/// Forgets the metadata URL of a directory's connection.
///
/// # Errors
/// The store fails.
pub fn delete(tx: &Tx<'_>, directory: DirectoryId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM sso_metadata WHERE directory_id = ?1", &params![directory]).map(drop)
}

/// Directories whose metadata was last fetched by `good`, or by `failing` if that has failed, longest ago first, with the URLs. `failing`
/// is not before `good`.
///
/// # Errors
/// The store fails.
pub fn due(
    tx: &Tx<'_>,
    good: Timestamp,
    failing: Timestamp,
    limit: u32,
) -> Result<Vec<(DirectoryId, String)>, StoreError> {
    tx.query(DUE, &params![good, failing, limit], |row| Ok((row.id(0)?, row.text(1)?.to_owned())))
}

pub(crate) const DUE: &str = "SELECT directory_id, url FROM sso_metadata WHERE tried <= ?2 AND (tried <= ?1 OR failed IS NOT NULL) \
     ORDER BY tried LIMIT ?3";
