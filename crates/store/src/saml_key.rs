//! The keys that sign SAML messages of this service: one for each purpose, the same for every process on this database.

use jiff::Timestamp;

use crate::{StoreError, Tx, params};

/// A key with its certificate, as the crate `saml` writes them.
#[derive(Clone, PartialEq, Eq)]
pub struct SamlKeyRow {
    /// The private key, PKCS #8.
    pub private_key: Vec<u8>,
    /// The certificate, DER.
    pub certificate: Vec<u8>,
}

/// The key for a purpose, if it has been made.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, purpose: &str) -> Result<Option<SamlKeyRow>, StoreError> {
    let sql = "SELECT private_key, certificate FROM saml_keys WHERE purpose = ?1";
    tx.first(sql, &params![purpose], |row| {
        Ok(SamlKeyRow { private_key: row.blob(0)?.to_vec(), certificate: row.blob(1)?.to_vec() })
    })
}

/// Keeps the key for a purpose, unless there is one: the first to come decides for all. Answers whether it was kept.
///
/// # Errors
/// The store fails.
pub fn insert(tx: &Tx<'_>, purpose: &str, key: &SamlKeyRow, now: Timestamp) -> Result<bool, StoreError> {
    let kept = tx.execute(
        "INSERT INTO saml_keys (purpose, private_key, certificate, created) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (purpose) DO NOTHING",
        &params![purpose, key.private_key.as_slice(), key.certificate.as_slice(), now],
    )?;
    Ok(kept > 0)
}
