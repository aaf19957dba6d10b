//! Values of attributes that custom schemas declare unique (RFC 7643 §2.2): among the resources of one directory.

use enroll_domain::DirectoryId;
use uuid::Uuid;

use crate::{StoreError, Tx, params};

/// One unique value: the full name of its attribute, folded, and the value as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UniqueValue {
    /// `urn:…:attribute` or `urn:…:attribute.sub`, in lower case.
    pub attribute: String,
    /// Folded unless the attribute is case-exact.
    pub value_key: String,
}

/// Lets a resource have exactly these values. Answers with the first that another one has, and has changed nothing of it then: the
/// caller gives up the transaction.
///
/// # Errors
/// The store fails.
pub fn set<'v>(
    tx: &Tx<'_>,
    directory: DirectoryId,
    owner: Uuid,
    values: &'v [UniqueValue],
) -> Result<Option<&'v UniqueValue>, StoreError> {
    clear(tx, directory, owner)?;
    for value in values {
        let stored = tx.execute(
            "INSERT INTO unique_values (directory_id, attribute, value_key, owner_id) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT DO NOTHING",
            &params![directory, &value.attribute, &value.value_key, owner],
        )?;
        if stored == 0 {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// Gives up the values of a resource.
///
/// # Errors
/// The store fails.
pub fn clear(tx: &Tx<'_>, directory: DirectoryId, owner: Uuid) -> Result<(), StoreError> {
    let sql = "DELETE FROM unique_values WHERE directory_id = ?1 AND owner_id = ?2";
    tx.execute(sql, &params![directory, owner]).map(drop)
}

/// The values of a resource, ordered.
///
/// # Errors
/// The store fails.
pub fn of(tx: &Tx<'_>, directory: DirectoryId, owner: Uuid) -> Result<Vec<UniqueValue>, StoreError> {
    let sql = "SELECT attribute, value_key FROM unique_values WHERE directory_id = ?1 AND owner_id = ?2 ORDER BY 1, 2";
    tx.query(sql, &params![directory, owner], |row| {
        Ok(UniqueValue { attribute: row.text(0)?.to_owned(), value_key: row.text(1)?.to_owned() })
    })
}
