//! Directories: one row for each connection to an identity provider (enrollment.md 1.2).

mod enrollment;

use std::fmt;
use std::str::FromStr;

use enroll_domain::{DirectoryId, DirectoryName, Idp, RebindPolicy};
use enroll_scim::{Dialect, Quirk};
use jiff::Timestamp;

use crate::{Row, StoreError, Tx, params};

pub use enrollment::{
    DefaultEnrollment, default_enrollment, enrolled, enrolling_into, note_enrolled, set_default_enrollment,
};

/// How strictly a directory reads requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DialectName {
    /// The RFC to the letter.
    Strict,
    /// What real identity providers send.
    #[default]
    Compat,
}

impl DialectName {
    /// The word in the database and in configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Compat => "compat",
        }
    }

    /// The quirks that it allows.
    pub fn dialect(self) -> Dialect {
        match self {
            Self::Strict => Dialect::strict(),
            Self::Compat => Dialect::compat(),
        }
    }
}

impl fmt::Display for DialectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The word is neither `strict` nor `compat`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a dialect: use strict or compat")]
pub struct UnknownDialect;

impl FromStr for DialectName {
    type Err = UnknownDialect;

    fn from_str(text: &str) -> Result<Self, UnknownDialect> {
        match text {
            "strict" => Ok(Self::Strict),
            "compat" => Ok(Self::Compat),
            _ => Err(UnknownDialect),
        }
    }
}

/// A directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryRow {
    /// Its id.
    pub id: DirectoryId,
    /// Its name, unique in the instance.
    pub name: DirectoryName,
    /// How strictly it reads requests.
    pub dialect: DialectName,
    /// What it does when a group appears with the name of a lost one.
    pub rebind: RebindPolicy,
    /// When it was made.
    pub created: Timestamp,
}

/// The homes of local people and bots, whose names no directory can have, are none that anybody manages (`docs/decisions/0008`).
const SELECT: &str = "SELECT id, name, dialect, rebind, created FROM directories WHERE name NOT LIKE '(%'";

/// Reads a directory from five columns that begin with `first`.
pub(crate) fn read(row: &Row<'_>, first: usize) -> Result<DirectoryRow, StoreError> {
    Ok(DirectoryRow {
        id: row.id(first)?,
        name: row.id(first + 1)?,
        dialect: row.id(first + 2)?,
        rebind: row.id(first + 3)?,
        created: row.timestamp(first + 4)?,
    })
}

/// Makes the home of local people or bots, unless it is there. Its name is none that a directory can have.
///
/// # Errors
/// The store fails.
pub fn ensure_built_in(tx: &Tx<'_>, id: DirectoryId, now: Timestamp) -> Result<(), StoreError> {
    let name = format!("({id})");
    tx.execute(
        "INSERT INTO directories (id, name, dialect, rebind, created) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (id) DO NOTHING",
        &params![id, name, DialectName::Strict.as_str(), RebindPolicy::Confirm.as_str(), now],
    )
    .map(drop)
}

/// Every directory, those of local people and bots included: for what looks at everything.
///
/// # Errors
/// The store fails.
pub fn every_id(tx: &Tx<'_>) -> Result<Vec<DirectoryId>, StoreError> {
    tx.query("SELECT id FROM directories ORDER BY id", &[], |row| row.id(0))
}

/// Adds a directory.
///
/// # Errors
/// [`StoreError::Unique`] when the name is taken.
pub fn insert(tx: &Tx<'_>, directory: &DirectoryRow) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO directories (id, name, dialect, rebind, created) VALUES (?1, ?2, ?3, ?4, ?5)",
        &params![
            directory.id,
            directory.name.as_str(),
            directory.dialect.as_str(),
            directory.rebind.as_str(),
            directory.created,
        ],
    )
    .map(drop)
}

/// A directory by its id.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, id: DirectoryId) -> Result<Option<DirectoryRow>, StoreError> {
    tx.first(&format!("{SELECT} AND id = ?1"), &params![id], |row| read(row, 0))
}

/// A directory by its name.
///
/// # Errors
/// The store fails.
pub fn find_by_name(tx: &Tx<'_>, name: &DirectoryName) -> Result<Option<DirectoryRow>, StoreError> {
    tx.first(&format!("{SELECT} AND name = ?1"), &params![name.as_str()], |row| read(row, 0))
}

/// All directories, ordered by name.
///
/// # Errors
/// The store fails.
pub fn list(tx: &Tx<'_>) -> Result<Vec<DirectoryRow>, StoreError> {
    tx.query(&format!("{SELECT} ORDER BY name"), &[], |row| read(row, 0))
}

/// Directories in the order of their names, from behind `after`.
///
/// # Errors
/// The store fails.
pub fn page(tx: &Tx<'_>, after: Option<&DirectoryName>, limit: u32) -> Result<Vec<DirectoryRow>, StoreError> {
    let after = after.map(DirectoryName::as_str).unwrap_or_default();
    let sql = format!("{SELECT} AND name > ?1 ORDER BY name LIMIT ?2");
    tx.query(&sql, &params![after, limit], |row| read(row, 0))
}

/// Deletes a directory with its settings; answers whether there was one.
///
/// # Errors
/// [`StoreError::ForeignKey`] while it has users, groups, other resources, tokens, mappings or schemas, or an organization is
/// reserved to it.
pub fn delete(tx: &Tx<'_>, id: DirectoryId) -> Result<bool, StoreError> {
    for sql in [
        "DELETE FROM directory_quirks WHERE directory_id = ?1",
        "DELETE FROM directory_policies WHERE directory_id = ?1",
        "DELETE FROM directory_enrollments WHERE directory_id = ?1",
        "DELETE FROM directory_brakes WHERE directory_id = ?1",
        "DELETE FROM losses WHERE directory_id = ?1",
        "DELETE FROM directory_idps WHERE directory_id = ?1",
        "DELETE FROM sso_connections WHERE directory_id = ?1",
        "DELETE FROM sso_metadata WHERE directory_id = ?1",
        "DELETE FROM sign_in_domains WHERE directory_id = ?1",
        "DELETE FROM sign_in_requests WHERE directory_id = ?1",
        "DELETE FROM used_assertions WHERE directory_id = ?1",
        "DELETE FROM sign_ins WHERE directory_id = ?1",
    ] {
        tx.execute(sql, &params![id])?;
    }
    Ok(tx.execute("DELETE FROM directories WHERE id = ?1", &params![id])? > 0)
}

/// Changes dialect and rebind policy; answers whether there is such a directory.
///
/// # Errors
/// The store fails.
pub fn set_policy(
    tx: &Tx<'_>,
    id: DirectoryId,
    dialect: DialectName,
    rebind: RebindPolicy,
) -> Result<bool, StoreError> {
    let sql = "UPDATE directories SET dialect = ?2, rebind = ?3 WHERE id = ?1";
    Ok(tx.execute(sql, &params![id, dialect.as_str(), rebind.as_str()])? > 0)
}

/// The quirks that a directory accepts, or refuses, otherwise than its dialect, in the order of their names. One that this version
/// does not know has no effect.
///
/// # Errors
/// The store fails.
pub fn quirks(tx: &Tx<'_>, id: DirectoryId) -> Result<Vec<(Quirk, bool)>, StoreError> {
    let sql = "SELECT quirk, accepted FROM directory_quirks WHERE directory_id = ?1 ORDER BY quirk";
    Ok(tx.query(sql, &params![id], read_quirk)?.into_iter().flatten().collect())
}

/// As [`quirks`], of the directory that a SCIM token opens.
pub(crate) const QUIRKS_OF_TOKEN: &str = "SELECT quirk, accepted FROM directory_quirks \
    WHERE directory_id = (SELECT scim_tokens.directory_id FROM scim_tokens WHERE id = ?1) ORDER BY quirk";

/// `None` for a quirk that this version does not know.
pub(crate) fn read_quirk(row: &Row<'_>) -> Result<Option<(Quirk, bool)>, StoreError> {
    let (name, accepted) = (row.text(0)?, row.boolean(1)?);
    Ok(Quirk::ALL.into_iter().find(|quirk| quirk.name() == name).map(|quirk| (quirk, accepted)))
}

/// Lets a directory accept or refuse a quirk whatever its dialect; `None`: as the dialect has it.
///
/// # Errors
/// The store fails.
pub fn set_quirk(
    tx: &Tx<'_>,
    id: DirectoryId,
    quirk: Quirk,
    accepted: Option<bool>,
) -> Result<(), StoreError> {
    match accepted {
        None => {
            let sql = "DELETE FROM directory_quirks WHERE directory_id = ?1 AND quirk = ?2";
            tx.execute(sql, &params![id, quirk.name()])
        }
        Some(accepted) => tx.execute(
            "INSERT INTO directory_quirks (directory_id, quirk, accepted) VALUES (?1, ?2, ?3) \
             ON CONFLICT (directory_id, quirk) DO UPDATE SET accepted = ?3",
            &params![id, quirk.name(), accepted],
        ),
    }
    .map(drop)
}

/// Which identity provider a directory is of, as an administrator has said. A word that this version does not know is none.
///
/// # Errors
/// The store fails.
pub fn idp(tx: &Tx<'_>, id: DirectoryId) -> Result<Option<Idp>, StoreError> {
    let word = tx.first("SELECT idp FROM directory_idps WHERE directory_id = ?1", &params![id], |row| {
        Ok(row.text(0)?.to_owned())
    })?;
    Ok(word.and_then(|word| word.parse().ok()))
}

/// Says which identity provider a directory is of; `None`: nobody knows.
///
/// # Errors
/// The store fails.
pub fn set_idp(tx: &Tx<'_>, id: DirectoryId, idp: Option<Idp>) -> Result<(), StoreError> {
    match idp {
        None => tx.execute("DELETE FROM directory_idps WHERE directory_id = ?1", &params![id]),
        Some(idp) => tx.execute(
            "INSERT INTO directory_idps (directory_id, idp) VALUES (?1, ?2) ON CONFLICT (directory_id) DO UPDATE SET idp = ?2",
            &params![id, idp.as_str()],
        ),
    }
    .map(drop)
}

impl DirectoryRow {
    /// What the directory accepts: its dialect, with and without these quirks.
    pub fn dialect_with(&self, quirks: &[(Quirk, bool)]) -> Dialect {
        quirks.iter().fold(self.dialect.dialect(), |dialect, (quirk, accepted)| {
            if *accepted { dialect.with(*quirk) } else { dialect.without(*quirk) }
        })
    }
}
