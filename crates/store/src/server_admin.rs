//! Server admins: a flag on any user (enrollment.md 1.1).

use enroll_domain::{DirectoryId, UserId};
use jiff::Timestamp;

use crate::{Row, StoreError, Tx, params};

/// A server admin as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAdminRow {
    /// Who.
    pub user: UserId,
    /// Since when.
    pub granted: Timestamp,
    /// By whom, as the audit trail names them.
    pub granted_by: String,
}

fn read(row: &Row<'_>) -> Result<ServerAdminRow, StoreError> {
    Ok(ServerAdminRow { user: row.id(0)?, granted: row.timestamp(1)?, granted_by: row.text(2)?.to_owned() })
}

/// Makes a user a server admin; answers whether that is new.
///
/// # Errors
/// [`StoreError::ForeignKey`] when there is no such user.
pub fn grant(tx: &Tx<'_>, row: &ServerAdminRow) -> Result<bool, StoreError> {
    let sql = "INSERT INTO server_admins (user_id, granted, granted_by) VALUES (?1, ?2, ?3) \
               ON CONFLICT (user_id) DO NOTHING";
    Ok(tx.execute(sql, &params![row.user, row.granted, &row.granted_by])? > 0)
}

/// Takes it back; answers whether the user was one.
///
/// # Errors
/// The store fails.
pub fn revoke(tx: &Tx<'_>, user: UserId) -> Result<bool, StoreError> {
    Ok(tx.execute("DELETE FROM server_admins WHERE user_id = ?1", &params![user])? > 0)
}

/// Whether a user is a server admin, active or not.
///
/// # Errors
/// The store fails.
pub fn is(tx: &Tx<'_>, user: UserId) -> Result<bool, StoreError> {
    let found = tx.first("SELECT 1 FROM server_admins WHERE user_id = ?1", &params![user], |_| Ok(()))?;
    Ok(found.is_some())
}

/// A server admin may be of any directory, or of none.
const OTHER: &str = "SELECT 1 FROM server_admins CROSS JOIN users \
    WHERE users.id = server_admins.user_id AND users.active = 1 AND server_admins.user_id <> ?1 LIMIT 1";

/// Whether somebody else is an active server admin.
///
/// # Errors
/// The store fails.
pub fn is_other_active(tx: &Tx<'_>, user: UserId) -> Result<bool, StoreError> {
    Ok(tx.first(OTHER, &params![user], |_| Ok(()))?.is_some())
}

/// A local one is outside every identity provider.
const LOCAL: &str = "SELECT 1 FROM server_admins CROSS JOIN users \
    WHERE users.id = server_admins.user_id AND users.active = 1 AND users.directory_id = ?1 LIMIT 1";

/// Whether an active local user is a server admin: somebody who gets in when no identity provider answers.
///
/// # Errors
/// The store fails.
pub fn is_any_local(tx: &Tx<'_>) -> Result<bool, StoreError> {
    Ok(tx.first(LOCAL, &params![DirectoryId::LOCAL], |_| Ok(()))?.is_some())
}

/// A page of the server admins in the order of their ids, from behind `after`.
///
/// # Errors
/// The store fails.
pub fn page(tx: &Tx<'_>, after: Option<UserId>, limit: u32) -> Result<Vec<ServerAdminRow>, StoreError> {
    let after = after.map_or_else(String::new, |after| after.to_string());
    let sql =
        "SELECT user_id, granted, granted_by FROM server_admins WHERE user_id > ?1 ORDER BY user_id LIMIT ?2";
    tx.query(sql, &params![after, limit], read)
}
