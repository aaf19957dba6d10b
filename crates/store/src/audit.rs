//! The audit trail (enrollment.md 6.3, 6.4): one chain of entries for the whole database, read by administrators alone.
//!
//! Entries are added in the transaction of the change they tell of, and this crate has no statement that changes or deletes one.
//! Writing costs the same however long the trail is; what looks through it reads it from one end, so that no index has to be
//! kept for that.

mod read;
mod verify;

use std::cell::Cell;

use enroll_domain::DirectoryId;
use enroll_domain::audit::{Action, Actor, ChainHash, Entry, SubjectKind};
use jiff::Timestamp;

use crate::{Row, StoreError, Tx, params};

pub use read::{Chained, Query, about_since, after, hash_at, newest, oldest};
pub use verify::{Broken, ChainReport, verify};

/// What a change was made to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject<'a> {
    /// What it is.
    pub kind: SubjectKind,
    /// Its id.
    pub id: &'a str,
    /// Its name after the change.
    pub name: &'a str,
    /// The directory, where it is of one.
    pub directory: Option<DirectoryId>,
}

/// An entry to be added.
#[derive(Debug, Clone, Copy)]
pub struct NewEntry<'a> {
    /// When the change is made.
    pub now: Timestamp,
    /// Who makes it.
    pub actor: &'a Actor,
    /// What is done.
    pub action: Action,
    /// To what.
    pub subject: Subject<'a>,
    /// What has changed, as a JSON object; no secret may be in it.
    pub changes: &'a str,
}

/// The last entry of the trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its place; 0 when there is none.
    pub sequence: i64,
    /// Its hash.
    pub hash: ChainHash,
}

impl Head {
    /// Before the first entry.
    pub const START: Self = Self { sequence: 0, hash: ChainHash::START };

    /// From a row of the sequence and the hash.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a hash of another length.
    pub(crate) fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self { sequence: row.integer(0)?, hash: read_hash(row, 1)? })
    }
}

/// What a transaction that writes knows of the end of the trail, and of that of the feed of events. Only it can add to them, so it reads
/// the ends once, and writes the trail's down once, before it is committed.
#[derive(Debug, Default)]
pub(crate) struct KnownHead(Cell<Known>);

/// The ends as a transaction knows them, to come back to when entries are undone.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Known {
    head: Option<Head>,
    /// Whether entries were added that `audit_head` does not tell of yet.
    unwritten: bool,
    /// The place of the last event; 0 when there is none.
    event: Option<i64>,
}

impl KnownHead {
    /// For a transaction that begins.
    pub(crate) fn forget(&self) {
        self.0.take();
    }

    /// As the database has it.
    pub(crate) fn learn(&self, head: Head) {
        self.0.set(Known { head: Some(head), unwritten: false, ..self.0.get() });
    }

    /// The place of the last event, if it is known; 0 when there is none.
    pub(crate) fn event(&self) -> Option<i64> {
        self.0.get().event
    }

    /// As the database has it, or as this transaction has added it.
    pub(crate) fn learn_event(&self, place: i64) {
        self.0.set(Known { event: Some(place), ..self.0.get() });
    }

    pub(crate) fn now(&self) -> Known {
        self.0.get()
    }

    /// After the entries since then were undone.
    pub(crate) fn come_back_to(&self, then: Known) {
        self.0.set(then);
    }

    /// Writes the end of the trail down if it is not: to be done before the commit.
    ///
    /// # Errors
    /// The store fails.
    pub(crate) fn write_down(&self, tx: &Tx<'_>) -> Result<(), StoreError> {
        match self.0.get() {
            Known { head: Some(head), unwritten: true, .. } => write(tx, head.sequence),
            _ => Ok(()),
        }
    }
}

/// Adds an entry at the end of the trail and gives its place. It is there when the transaction is committed, and not otherwise.
///
/// # Errors
/// The store fails; [`StoreError::Corrupt`] when the trail has entries behind the one that is recorded as its last.
pub fn append(tx: &Tx<'_>, new: &NewEntry<'_>) -> Result<i64, StoreError> {
    let head = head(tx)?;
    let entry = Entry {
        sequence: head.sequence + 1,
        time: new.now,
        actor_kind: new.actor.kind.to_string(),
        actor_id: new.actor.id.map(|id| id.to_string()),
        actor: new.actor.label.clone(),
        action: new.action.to_string(),
        subject_kind: new.subject.kind.to_string(),
        subject_id: new.subject.id.to_owned(),
        subject: new.subject.name.to_owned(),
        directory: new.subject.directory.map(|id| id.to_string()),
        changes: new.changes.to_owned(),
        origin: new.actor.origin.clone(),
    };
    let hash = head.hash.next(&entry);
    let stored = tx.execute_later(
        "INSERT INTO audit_entries (sequence, recorded, actor_kind, actor_id, actor, action, subject_kind, subject_id, \
         subject, directory_id, changes, hash, request_id, address, user_agent) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        &params![
            entry.sequence,
            entry.time,
            &entry.actor_kind,
            entry.actor_id.as_deref(),
            &entry.actor,
            &entry.action,
            &entry.subject_kind,
            &entry.subject_id,
            &entry.subject,
            entry.directory.as_deref(),
            &entry.changes,
            hash.as_bytes(),
            entry.origin.request_id.as_deref(),
            entry.origin.address.as_deref(),
            entry.origin.user_agent.as_deref(),
        ],
    );
    stored.map_err(|error| match error {
        StoreError::Unique { .. } => StoreError::Corrupt(
            "the audit trail goes on behind its last entry: enroll audit verify".to_owned(),
        ),
        other => other,
    })?;
    let head = Head { sequence: entry.sequence, hash };
    match tx.known_head() {
        Some(known) => known.0.set(Known { head: Some(head), unwritten: true, ..known.0.get() }),
        None => write(tx, head.sequence)?,
    }
    Ok(entry.sequence)
}

/// Records an entry as the last. Nothing happens where there is no such entry: a closure may have undone it behind the writer's back.
fn write(tx: &Tx<'_>, sequence: i64) -> Result<(), StoreError> {
    tx.execute_later(
        "INSERT INTO audit_head (id, sequence, hash) SELECT 1, sequence, hash FROM audit_entries WHERE sequence = ?1 \
         ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash",
        &params![sequence],
    )
}

/// The last entry as it was recorded.
///
/// # Errors
/// The store fails; [`StoreError::Corrupt`] for a hash of another length.
pub fn head(tx: &Tx<'_>) -> Result<Head, StoreError> {
    if let Some(head) = tx.known_head().and_then(|known| known.0.get().head) {
        return Ok(head);
    }
    let found = tx.first("SELECT sequence, hash FROM audit_head WHERE id = 1", &[], Head::read)?;
    let head = found.unwrap_or(Head::START);
    if let Some(known) = tx.known_head() {
        known.learn(head);
    }
    Ok(head)
}

fn read_hash(row: &Row<'_>, column: usize) -> Result<ChainHash, StoreError> {
    let bytes = row.blob(column)?.try_into();
    bytes.map(ChainHash::from_bytes).map_err(|_| StoreError::Corrupt("the hash of an audit entry".to_owned()))
}
