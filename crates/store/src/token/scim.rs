//! SCIM tokens: each opens SCIM of one directory.

use enroll_domain::{AllowList, DirectoryId, TokenHash, TokenId};
use enroll_scim::Quirk;
use jiff::Timestamp;

use super::{LastUse, read_hash, read_last_use, stale_before};
use crate::custom_schema::{self, Definitions};
use crate::directory::{self, DirectoryRow};
use crate::{Row, StoreError, Tx, params};

/// A SCIM token as stored.
#[derive(Debug, Clone)]
pub struct ScimTokenRow {
    /// The public part.
    pub id: TokenId,
    /// The directory that it opens.
    pub directory: DirectoryId,
    /// What admins call it.
    pub label: String,
    /// The hash of the secret.
    pub secret_hash: TokenHash,
    /// When it was made.
    pub created: Timestamp,
    /// When it stops working, if ever.
    pub expires: Option<Timestamp>,
    /// From where it may be used.
    pub allow_from: AllowList,
    /// When and from where it was last used.
    pub last_use: Option<LastUse>,
}

/// The columns that [`read`] reads.
macro_rules! columns {
    () => {
        "scim_tokens.id, scim_tokens.directory_id, scim_tokens.label, scim_tokens.secret_hash, scim_tokens.created, \
         scim_tokens.expires, scim_tokens.last_used, scim_tokens.last_used_address, scim_tokens.allow_from"
    };
}

const SELECT: &str = concat!("SELECT ", columns!(), " FROM scim_tokens WHERE directory_id = ?1");
/// The token is what names the directory.
const BY_ID: &str = concat!("SELECT ", columns!(), " FROM scim_tokens WHERE id = ?1");

const WITH_DIRECTORY: &str = concat!(
    "SELECT ",
    columns!(),
    ", directories.id, directories.name, directories.dialect, directories.rebind, directories.created, \
     COALESCE((SELECT paused FROM directory_brakes WHERE directory_brakes.directory_id = directories.id), 0) \
     FROM scim_tokens JOIN directories ON directories.id = scim_tokens.directory_id \
     WHERE scim_tokens.id = ?1 AND directories.name NOT LIKE '(%'"
);

fn read(row: &Row<'_>) -> Result<ScimTokenRow, StoreError> {
    Ok(ScimTokenRow {
        id: row.id(0)?,
        directory: row.id(1)?,
        label: row.text(2)?.to_owned(),
        secret_hash: read_hash(row, 3)?,
        created: row.timestamp(4)?,
        expires: row.optional_timestamp(5)?,
        allow_from: read_networks(row, 8)?,
        last_use: read_last_use(row, 6, 7)?,
    })
}

fn read_networks(row: &Row<'_>, column: usize) -> Result<AllowList, StoreError> {
    let Some(text) = row.optional_text(column)? else { return Ok(AllowList::default()) };
    AllowList::read(text.split(',')).map_err(|_| StoreError::Corrupt("the networks of a token".to_owned()))
}

/// As the column has it.
fn networks(list: &AllowList) -> Option<String> {
    (!list.is_empty()).then(|| list.to_string())
}

/// Adds a token, not used yet.
///
/// # Errors
/// The store fails.
pub fn insert(tx: &Tx<'_>, token: &ScimTokenRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO scim_tokens (directory_id, id, label, secret_hash, created, expires, allow_from) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        &params![
            token.directory,
            token.id,
            &token.label,
            token.secret_hash.as_bytes(),
            token.created,
            token.expires,
            networks(&token.allow_from),
        ],
    )
    .map(drop)
}

/// A token by its public part, for verification. The caller checks secret and expiry, and takes the directory from here and
/// nowhere else (threat S5).
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, id: TokenId) -> Result<Option<ScimTokenRow>, StoreError> {
    tx.first(BY_ID, &params![id], read)
}

/// A token, and how its directory reads requests.
#[derive(Debug, Clone)]
pub struct TokenWithDirectory {
    /// The token.
    pub token: ScimTokenRow,
    /// Its directory.
    pub directory: DirectoryRow,
    /// Whether every write over SCIM is refused.
    pub paused: bool,
    /// What the directory defines for itself.
    pub definitions: Definitions,
    /// The quirks that it accepts, or refuses, otherwise than its dialect.
    pub quirks: Vec<(Quirk, bool)>,
}

/// A token by its public part with what its directory reads requests by, in one round trip: what every SCIM request begins with.
///
/// # Errors
/// The store fails; [`StoreError::Corrupt`] for a rule for extensions that is none.
pub fn find_with_directory(tx: &Tx<'_>, id: TokenId) -> Result<Option<TokenWithDirectory>, StoreError> {
    let (mut found, mut definitions, mut quirks) = (None, Definitions::default(), Vec::new());
    let id = params![id];
    let statements = [
        (WITH_DIRECTORY, id.as_slice()),
        (custom_schema::OF_TOKEN, id.as_slice()),
        (directory::QUIRKS_OF_TOKEN, id.as_slice()),
    ];
    tx.each_of(&statements, |statement, row| {
        match statement {
            0 => found = Some((read(row)?, directory::read(row, 9)?, row.boolean(14)?)),
            1 => definitions.add(row)?,
            _ => quirks.extend(directory::read_quirk(row)?),
        }
        Ok(())
    })?;
    Ok(found.map(|(token, directory, paused)| TokenWithDirectory {
        token,
        directory,
        paused,
        definitions,
        quirks,
    }))
}

/// The tokens of a directory, oldest first.
///
/// # Errors
/// The store fails.
pub fn list(tx: &Tx<'_>, directory: DirectoryId) -> Result<Vec<ScimTokenRow>, StoreError> {
    tx.query(&format!("{SELECT} ORDER BY id"), &params![directory], read)
}

/// A page of the tokens of a directory, oldest first, from behind `after`.
///
/// # Errors
/// The store fails.
pub fn page(
    tx: &Tx<'_>,
    directory: DirectoryId,
    after: Option<TokenId>,
    limit: u32,
) -> Result<Vec<ScimTokenRow>, StoreError> {
    let after = after.map_or_else(String::new, |after| after.to_string());
    tx.query(&format!("{SELECT} AND id > ?2 ORDER BY id LIMIT ?3"), &params![directory, after, limit], read)
}

/// Writes label and networks of a token.
///
/// # Errors
/// The store fails.
pub fn update(tx: &Tx<'_>, token: &ScimTokenRow) -> Result<(), StoreError> {
    let sql = "UPDATE scim_tokens SET label = ?3, allow_from = ?4 WHERE directory_id = ?1 AND id = ?2";
    tx.execute(sql, &params![token.directory, token.id, &token.label, networks(&token.allow_from)]).map(drop)
}

/// Deletes a token: it stops working at once. Answers whether there was one.
///
/// # Errors
/// The store fails.
pub fn delete(tx: &Tx<'_>, directory: DirectoryId, id: TokenId) -> Result<bool, StoreError> {
    let sql = "DELETE FROM scim_tokens WHERE directory_id = ?1 AND id = ?2";
    Ok(tx.execute(sql, &params![directory, id])? > 0)
}

/// Notes the use of a token, at most once a minute; answers whether it was written.
///
/// # Errors
/// The store fails.
pub fn touch(
    tx: &Tx<'_>,
    directory: DirectoryId,
    id: TokenId,
    now: Timestamp,
    address: Option<&str>,
) -> Result<bool, StoreError> {
    let touched = tx.execute(
        "UPDATE scim_tokens SET last_used = ?3, last_used_address = ?4 \
         WHERE directory_id = ?1 AND id = ?2 AND (last_used IS NULL OR last_used <= ?5)",
        &params![directory, id, now, address, stale_before(now)],
    )?;
    Ok(touched > 0)
}
