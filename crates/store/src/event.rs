//! The feed of events (enrollment.md 6.2): an ordered list without gaps, written in the transaction of the change.
//!
//! What a change was is told by its audit entry: an event of a change has its place in the feed and the place of that entry, and
//! nothing twice. An event that follows from a change, of a role, has data of its own.

use std::ops::ControlFlow;

use enroll_domain::event::{EventType, RoleEvent};
use enroll_domain::{DirectoryId, OrganizationId};
use jiff::Timestamp;

use crate::audit::KnownHead;
use crate::{Row, StoreError, Tx, params};

/// An event as stored, with what its audit entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Its place in the feed, from 1 and without gaps.
    pub sequence: i64,
    /// The place of the audit entry of the change.
    pub audit: i64,
    /// The first bytes of the entry's hash: no other history of this database has it at that place.
    pub mark: [u8; 8],
    /// What happened.
    pub of: EventType,
    /// When the change was made.
    pub time: Timestamp,
    /// The id of the directory, where what has changed is of one.
    pub directory: Option<String>,
    /// What kind of actor made the change.
    pub actor_kind: String,
    /// The actor's label.
    pub actor: String,
    /// What was changed.
    pub subject_kind: String,
    /// Its id.
    pub subject_id: String,
    /// Its name after the change.
    pub subject: String,
    /// What has changed, as a JSON object.
    pub data: String,
}

/// The event of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewRoleEvent<'a> {
    /// What happened.
    pub of: RoleEvent,
    /// The directory of the user; none is told of local people and bots.
    pub directory: Option<DirectoryId>,
    /// In which organization.
    pub organization: OrganizationId,
    /// The organization's name.
    pub name: &'a str,
    /// Who, old and new role and all sources, as a JSON object.
    pub data: &'a str,
}

/// Adds the event of the change that an audit entry tells of.
///
/// # Errors
/// The store fails.
pub fn append(tx: &Tx<'_>, audit: i64) -> Result<(), StoreError> {
    let place = next_place(tx)?;
    tx.execute_later("INSERT INTO events (sequence, audit) VALUES (?1, ?2)", &params![place, audit])
}

/// Adds the event of a role that follows from the change that an audit entry tells of.
///
/// # Errors
/// The store fails.
pub fn append_role(tx: &Tx<'_>, audit: i64, new: &NewRoleEvent<'_>) -> Result<(), StoreError> {
    let NewRoleEvent { of, directory, organization, name, data } = *new;
    let place = next_place(tx)?;
    tx.execute_later(
        "INSERT INTO events (sequence, audit, type, directory_id, subject_id, subject, data) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        &params![place, audit, of.as_str(), directory, organization, name, data],
    )
}

/// The place behind the last event, which is taken by asking.
fn next_place(tx: &Tx<'_>) -> Result<i64, StoreError> {
    let known = tx.known_head();
    let last = match known.and_then(KnownHead::event) {
        Some(last) => last,
        None => end(tx, "DESC")?.unwrap_or(0),
    };
    if let Some(known) = known {
        known.learn_event(last + 1);
    }
    Ok(last + 1)
}

/// The first and the last place of the feed; `None` while nothing has happened.
///
/// # Errors
/// The store fails.
pub fn bounds(tx: &Tx<'_>) -> Result<Option<(i64, i64)>, StoreError> {
    Ok(end(tx, "ASC")?.zip(end(tx, "DESC")?))
}

/// The place at one end of the feed.
fn end(tx: &Tx<'_>, order: &str) -> Result<Option<i64>, StoreError> {
    let sql = format!("SELECT sequence FROM events ORDER BY sequence {order} LIMIT 1");
    tx.first(&sql, &[], |row| row.integer(0))
}

/// Hands the events behind a place to `visit`, in order, until it says `Break`, `limit` at most.
///
/// # Errors
/// The store fails, or `visit` does.
pub fn each_after(
    tx: &Tx<'_>,
    sequence: i64,
    limit: u32,
    mut visit: impl FnMut(EventRow) -> Result<ControlFlow<()>, StoreError>,
) -> Result<(), StoreError> {
    tx.each(AFTER, &params![sequence, limit], |row| visit(read(row)?))
}

const AFTER: &str = "SELECT events.sequence, events.audit, audit_entries.hash, events.type, audit_entries.action, \
    audit_entries.recorded, events.directory_id, audit_entries.directory_id, audit_entries.actor_kind, audit_entries.actor, \
    audit_entries.subject_kind, events.subject_id, audit_entries.subject_id, events.subject, audit_entries.subject, \
    events.data, audit_entries.changes \
    FROM events JOIN audit_entries ON audit_entries.sequence = events.audit \
    WHERE events.sequence > ?1 ORDER BY events.sequence LIMIT ?2";

fn read(row: &Row<'_>) -> Result<EventRow, StoreError> {
    let role: Option<RoleEvent> = row.optional_id(3)?;
    let own = |column: usize| match role {
        Some(_) => row.optional_text(column).map(|text| text.map(str::to_owned)),
        None => row.optional_text(column + 1).map(|text| text.map(str::to_owned)),
    };
    let text = |column: usize| own(column).map(Option::unwrap_or_default);
    let mark = row.blob(2)?.first_chunk().copied();
    Ok(EventRow {
        sequence: row.integer(0)?,
        audit: row.integer(1)?,
        mark: mark.ok_or_else(|| StoreError::Corrupt("the hash of an audit entry".to_owned()))?,
        of: match role {
            Some(role) => EventType::Role(role),
            None => EventType::Change(row.id(4)?),
        },
        time: row.timestamp(5)?,
        directory: own(6)?,
        actor_kind: row.text(8)?.to_owned(),
        actor: row.text(9)?.to_owned(),
        subject_kind: if role.is_some() { "organization".to_owned() } else { row.text(10)?.to_owned() },
        subject_id: text(11)?,
        subject: text(13)?,
        data: text(15)?,
    })
}

/// Deletes events of changes made before a time, from the oldest on, `limit` at most; the last event stays, because the next one
/// takes the place behind it. Gives how many are gone.
///
/// # Errors
/// The store fails.
pub fn delete_before(tx: &Tx<'_>, time: Timestamp, limit: u32) -> Result<u64, StoreError> {
    let Some((first, last)) = bounds(tx)? else { return Ok(0) };
    let mut keep = first;
    let old = "SELECT events.sequence, audit_entries.recorded FROM events \
        JOIN audit_entries ON audit_entries.sequence = events.audit ORDER BY events.sequence LIMIT ?1";
    tx.each(old, &params![limit], |row| {
        let (sequence, recorded) = (row.integer(0)?, row.timestamp(1)?);
        if recorded >= time || sequence == last {
            return Ok(ControlFlow::Break(()));
        }
        keep = sequence + 1;
        Ok(ControlFlow::Continue(()))
    })?;
    crate::webhook::delete_deliveries_before(tx, keep)?;
    tx.execute("DELETE FROM events WHERE sequence < ?1", &params![keep])
}

#[cfg(test)]
mod tests {
    use super::AFTER;
    use crate::plan_tests::assert_index;

    #[test]
    fn the_feed_is_read_from_a_place_on() {
        let plan = assert_index(AFTER, 2);
        assert!(plan.iter().all(|step| step.starts_with("SEARCH")), "{plan:#?}");
    }
}
