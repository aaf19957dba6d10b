//! Clients.

use enroll_domain::{
    ClientId, ClientKind, ClientScope, ClientUri, DirectoryId, SecretHash, SigningAlgorithm,
};
use jiff::Timestamp;

use super::{read_hash, read_words, write_words};
use crate::{Row, StoreError, Tx, params};

/// A client as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRow {
    /// The `client_id`.
    pub id: ClientId,
    /// What admins call it.
    pub name: String,
    /// Whether it has a secret.
    pub kind: ClientKind,
    /// The hash of its secret; none for a public client.
    pub secret_hash: Option<SecretHash>,
    /// The one directory whose users it is for; `None` for all.
    pub directory: Option<DirectoryId>,
    /// Where users come back to after signing in.
    pub redirect_uris: Vec<ClientUri>,
    /// Where users may go after signing out.
    pub post_logout_uris: Vec<ClientUri>,
    /// Where it is told that a session has ended.
    pub logout_uri: Option<ClientUri>,
    /// What it may be told.
    pub scopes: Vec<ClientScope>,
    /// How its ID tokens are signed.
    pub algorithm: SigningAlgorithm,
    /// Whether it is told that addresses are verified.
    pub email_verified: bool,
    /// When it was made.
    pub created: Timestamp,
    /// Grows by one with each change.
    pub version: i64,
}

const SELECT: &str = "SELECT id, name, kind, secret_hash, directory_id, redirect_uris, post_logout_uris, logout_uri, scopes, \
                      algorithm, email_verified, created, version FROM clients";

fn read(row: &Row<'_>) -> Result<ClientRow, StoreError> {
    let kind: ClientKind = row.id(2)?;
    Ok(ClientRow {
        id: row.id(0)?,
        name: row.text(1)?.to_owned(),
        kind,
        secret_hash: if kind == ClientKind::Confidential { Some(read_hash(row, 3)?) } else { None },
        directory: row.optional_id(4)?,
        redirect_uris: read_words(row, 5)?,
        post_logout_uris: read_words(row, 6)?,
        logout_uri: row.optional_id(7)?,
        scopes: read_words(row, 8)?,
        algorithm: row.id(9)?,
        email_verified: row.boolean(10)?,
        created: row.timestamp(11)?,
        version: row.integer(12)?,
    })
}

/// Adds a client.
///
/// # Errors
/// The store fails.
pub fn insert(tx: &Tx<'_>, client: &ClientRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO clients (id, name, kind, secret_hash, directory_id, redirect_uris, post_logout_uris, logout_uri, scopes, \
         algorithm, email_verified, created, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        &params![
            client.id,
            &client.name,
            client.kind.as_str(),
            client.secret_hash.as_ref().map(SecretHash::as_bytes),
            client.directory,
            write_words(&client.redirect_uris),
            write_words(&client.post_logout_uris),
            client.logout_uri.as_ref().map(ClientUri::as_str),
            write_words(&client.scopes),
            client.algorithm.as_str(),
            client.email_verified,
            client.created,
            client.version,
        ],
    )
    .map(drop)
}

/// Stores what of a client may change, and adds one to its version; answers whether there is one of that id and version.
///
/// # Errors
/// The store fails.
pub fn update(tx: &Tx<'_>, client: &ClientRow) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE clients SET name = ?2, secret_hash = ?3, directory_id = ?4, redirect_uris = ?5, post_logout_uris = ?6, \
         logout_uri = ?7, scopes = ?8, algorithm = ?9, email_verified = ?10, version = version + 1 \
         WHERE id = ?1 AND version = ?11",
        &params![
            client.id,
            &client.name,
            client.secret_hash.as_ref().map(SecretHash::as_bytes),
            client.directory,
            write_words(&client.redirect_uris),
            write_words(&client.post_logout_uris),
            client.logout_uri.as_ref().map(ClientUri::as_str),
            write_words(&client.scopes),
            client.algorithm.as_str(),
            client.email_verified,
            client.version,
        ],
    )?;
    Ok(changed > 0)
}

/// A client by its `client_id`.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, id: ClientId) -> Result<Option<ClientRow>, StoreError> {
    tx.first(&format!("{SELECT} WHERE id = ?1"), &params![id], read)
}

/// A page of the clients, oldest first, from behind `after`.
///
/// # Errors
/// The store fails.
pub fn page(tx: &Tx<'_>, after: Option<ClientId>, limit: u32) -> Result<Vec<ClientRow>, StoreError> {
    let after = after.map_or_else(String::new, |after| after.to_string());
    tx.query(&format!("{SELECT} WHERE id > ?1 ORDER BY id LIMIT ?2"), &params![after, limit], read)
}

/// Deletes a client with everything that it was given.
///
/// # Errors
/// The store fails.
pub fn delete(tx: &Tx<'_>, id: ClientId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM client_authorizations WHERE client_id = ?1", &params![id])?;
    tx.execute("DELETE FROM client_logouts WHERE client_id = ?1", &params![id])?;
    tx.execute("DELETE FROM clients WHERE id = ?1", &params![id]).map(drop)
}
