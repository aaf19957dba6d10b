//! The e-mail domains whose people sign in by a directory.

use enroll_domain::DirectoryId;

use crate::{StoreError, Tx, params};

/// The domains of a directory, in their order.
///
/// # Errors
/// The store fails.
pub fn list(tx: &Tx<'_>, directory: DirectoryId) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT domain FROM sign_in_domains WHERE directory_id = ?1 ORDER BY domain";
    tx.query(sql, &params![directory], |row| Ok(row.text(0)?.to_owned()))
}

/// The directory that a domain leads to.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, domain: &str) -> Result<Option<DirectoryId>, StoreError> {
    tx.first("SELECT directory_id FROM sign_in_domains WHERE domain = ?1", &params![domain], |row| row.id(0))
}

/// Adds a domain. The caller has looked whether it leads elsewhere.
///
/// # Errors
/// [`StoreError::Unique`] when it does.
pub fn insert(tx: &Tx<'_>, directory: DirectoryId, domain: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO sign_in_domains (directory_id, domain) VALUES (?1, ?2)";
    tx.execute(sql, &params![directory, domain]).map(drop)
}

/// Takes all domains of a directory away.
///
/// # Errors
/// The store fails.
pub fn clear(tx: &Tx<'_>, directory: DirectoryId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM sign_in_domains WHERE directory_id = ?1", &params![directory]).map(drop)
}
