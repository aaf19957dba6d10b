//! Reading the trail.

use std::ops::ControlFlow;

use enroll_domain::DirectoryId;
use enroll_domain::audit::{ChainHash, Entry, Origin};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::read_hash;
use crate::{Param, Row, StoreError, Tx, dialect, params};

/// The columns that [`read`] reads.
pub(super) const SELECT: &str = "SELECT sequence, recorded, actor_kind, actor_id, actor, action, subject_kind, subject_id, \
     subject, directory_id, changes, hash, request_id, address, user_agent FROM audit_entries";

/// An entry with its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Chained {
    /// The entry.
    #[serde(flatten)]
    pub entry: Entry,
    /// The hash over it and everything before it.
    #[schemars(with = "String", regex(pattern = "^[0-9a-f]{64}$"))]
    pub hash: ChainHash,
}

/// Which entries to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Those about this user or any other subject of that id, and those that name the id among what has changed.
    pub about: Option<Uuid>,
    /// Those whose subject has this name.
    pub name: Option<String>,
    /// Those of this directory.
    pub directory: Option<DirectoryId>,
    /// Those made at this time or later.
    pub since: Option<Timestamp>,
    /// Those made before this time.
    pub until: Option<Timestamp>,
    /// Those by the actor of this label or id.
    pub actor: Option<String>,
    /// Those with this action.
    pub action: Option<String>,
    /// Those whose subject has this name or id.
    pub subject: Option<String>,
    /// Those before this place in the trail.
    pub before: Option<i64>,
    /// Those behind this place in the trail.
    pub behind: Option<i64>,
}

pub(super) fn read(row: &Row<'_>) -> Result<Chained, StoreError> {
    Ok(Chained {
        entry: Entry {
            sequence: row.integer(0)?,
            time: row.timestamp(1)?,
            actor_kind: row.text(2)?.to_owned(),
            actor_id: row.optional_text(3)?.map(str::to_owned),
            actor: row.text(4)?.to_owned(),
            action: row.text(5)?.to_owned(),
            subject_kind: row.text(6)?.to_owned(),
            subject_id: row.text(7)?.to_owned(),
            subject: row.text(8)?.to_owned(),
            directory: row.optional_text(9)?.map(str::to_owned),
            changes: row.text(10)?.to_owned(),
            origin: Origin {
                request_id: row.optional_text(12)?.map(str::to_owned),
                address: row.optional_text(13)?.map(str::to_owned),
                user_agent: row.optional_text(14)?.map(str::to_owned),
            },
        },
        hash: read_hash(row, 11)?,
    })
}

/// The newest entries that a query asks for, newest first, `limit` at most.
///
/// # Errors
/// The store fails.
pub fn newest(tx: &Tx<'_>, query: &Query, limit: usize) -> Result<Vec<Chained>, StoreError> {
    found(tx, query, " ORDER BY sequence DESC", limit)
}

/// The oldest entries that a query asks for, oldest first, `limit` at most.
///
/// # Errors
/// The store fails.
pub fn oldest(tx: &Tx<'_>, query: &Query, limit: usize) -> Result<Vec<Chained>, StoreError> {
    found(tx, query, " ORDER BY sequence", limit)
}

fn found(tx: &Tx<'_>, query: &Query, order: &str, limit: usize) -> Result<Vec<Chained>, StoreError> {
    let mut sql = format!("{SELECT} WHERE 1 = 1");
    let mut params: Vec<Param<'_>> = Vec::new();
    let mut placeholder = |param| {
        params.push(param);
        format!("?{}", params.len())
    };
    if let Some(id) = query.about {
        let (id, text) = (placeholder(Param::Id(id)), placeholder(Param::from(id.to_string())));
        let within = dialect::contains("changes", &text);
        sql.push_str(&format!(" AND (subject_id = {id} OR {within})"));
    }
    // Clocks are set back now and then: for a time all of the trail is asked, not only what follows on the first entry of it.
    let conditions = [
        (" AND subject = ", query.name.as_ref().map(Param::from)),
        (" AND directory_id = ", query.directory.map(Param::from)),
        (" AND recorded >= ", query.since.map(Param::from)),
        (" AND recorded < ", query.until.map(Param::from)),
        (" AND action = ", query.action.as_ref().map(Param::from)),
        (" AND sequence < ", query.before.map(Param::from)),
        (" AND sequence > ", query.behind.map(Param::from)),
    ];
    for (condition, param) in conditions {
        if let Some(param) = param {
            sql.push_str(condition);
            sql.push_str(&placeholder(param));
        }
    }
    for (one, other, text) in [("actor", "actor_id", &query.actor), ("subject", "subject_id", &query.subject)]
    {
        if let Some(text) = text {
            let text = placeholder(Param::from(text));
            sql.push_str(&format!(" AND ({one} = {text} OR {other} = {text})"));
        }
    }
    let limit = placeholder(Param::from(i64::try_from(limit).unwrap_or(i64::MAX)));
    sql.push_str(&format!("{order} LIMIT {limit}"));
    tx.query(&sql, &params, read)
}

/// The entries behind a place in the trail, in order, `limit` at most.
///
/// # Errors
/// The store fails.
pub fn after(tx: &Tx<'_>, sequence: i64, limit: u32) -> Result<Vec<Chained>, StoreError> {
    let sql = format!("{SELECT} WHERE sequence > ?1 ORDER BY sequence LIMIT ?2");
    tx.query(&sql, &[sequence.into(), limit.into()], read)
}

/// Entries behind a place that are about a directory or what is in it, or about one of two other subjects: in order, until `visit`
/// says `Break`. It reads on from that place, so its cost is that of what has been written since.
///
/// # Errors
/// The store fails, or `visit` does.
pub fn about_since(
    tx: &Tx<'_>,
    after: i64,
    directory: DirectoryId,
    subjects: [Uuid; 2],
    mut visit: impl FnMut(&Chained) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    let [first, second] = subjects;
    let sql = format!(
        "{SELECT} WHERE sequence > ?1 AND (directory_id = ?2 OR subject_id = ?3 OR subject_id = ?4) ORDER BY sequence"
    );
    tx.each(&sql, &params![after, directory, first, second], |row| Ok(visit(&read(row)?)))
}

/// The hash of the entry at a place, if there is one.
///
/// # Errors
/// The store fails; [`StoreError::Corrupt`] for a hash of another length.
pub fn hash_at(tx: &Tx<'_>, sequence: i64) -> Result<Option<ChainHash>, StoreError> {
    tx.first("SELECT hash FROM audit_entries WHERE sequence = ?1", &params![sequence], |row| {
        read_hash(row, 0)
    })
}
