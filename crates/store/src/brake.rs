//! The brake of a directory: its limits, its state, and who has lost access lately (enrollment.md 3.9).

use enroll_domain::{DirectoryId, UserId};
use jiff::Timestamp;

use crate::{Row, StoreError, Tx, params};

/// How many people may lose access in a sliding window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// So many people at most ...
    pub people: u32,
    /// ... or so many of a hundred of the directory's users, whichever are more.
    pub percent: u32,
    /// Within so many minutes.
    pub window_minutes: u32,
}

/// A directory's brake. A directory without a row has none of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BrakeRow {
    /// The limits; the brake is off without.
    pub limits: Option<Limits>,
    /// Whether every write over SCIM is refused.
    pub paused: bool,
    /// Since when a request is held.
    pub held: Option<Timestamp>,
    /// What was held.
    pub held_request: Option<String>,
    /// Until when nothing is held, as an administrator has said.
    pub approved_until: Option<Timestamp>,
}

fn read(row: &Row<'_>) -> Result<BrakeRow, StoreError> {
    let number = |column| -> Result<Option<u32>, StoreError> {
        Ok(row.optional_integer(column)?.and_then(|number| u32::try_from(number).ok()))
    };
    let limits = match (number(0)?, number(1)?, number(2)?) {
        (Some(people), Some(percent), Some(window_minutes)) => {
            Some(Limits { people, percent, window_minutes })
        }
        _ => None,
    };
    Ok(BrakeRow {
        limits,
        paused: row.boolean(3)?,
        held: row.optional_timestamp(4)?,
        held_request: row.optional_text(5)?.map(str::to_owned),
        approved_until: row.optional_timestamp(6)?,
    })
}

/// The brake of a directory.
///
/// # Errors
/// The store fails.
pub fn find(tx: &Tx<'_>, directory: DirectoryId) -> Result<BrakeRow, StoreError> {
    let row = tx.first(
        "SELECT people, percent, window_minutes, paused, held, held_request, approved_until FROM directory_brakes \
         WHERE directory_id = ?1",
        &params![directory],
        read,
    )?;
    Ok(row.unwrap_or_default())
}

/// Stores the brake of a directory.
///
/// # Errors
/// The store fails.
pub fn store(tx: &Tx<'_>, directory: DirectoryId, row: &BrakeRow) -> Result<(), StoreError> {
    let number = |of: fn(Limits) -> u32| row.limits.map(of).map(i64::from);
    tx.execute(
        "INSERT INTO directory_brakes (directory_id, people, percent, window_minutes, paused, held, held_request, \
         approved_until) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
         ON CONFLICT (directory_id) DO UPDATE SET people = ?2, percent = ?3, window_minutes = ?4, paused = ?5, \
         held = ?6, held_request = ?7, approved_until = ?8",
        &params![
            directory,
            number(|limits| limits.people),
            number(|limits| limits.percent),
            number(|limits| limits.window_minutes),
            row.paused,
            row.held,
            row.held_request.as_deref(),
            row.approved_until,
        ],
    )
    .map(drop)
}

/// Notes that users lose access now, those of them who are active, each once however often.
///
/// # Errors
/// The store fails.
pub fn note_losses(
    tx: &Tx<'_>,
    directory: DirectoryId,
    users: &[UserId],
    now: Timestamp,
) -> Result<(), StoreError> {
    for user in users {
        tx.execute(
            "INSERT INTO losses (directory_id, user_id, lost) \
             SELECT directory_id, id, ?3 FROM users WHERE directory_id = ?1 AND id = ?2 AND active = 1 \
             ON CONFLICT (directory_id, user_id) DO UPDATE SET lost = ?3",
            &params![directory, user, now],
        )?;
    }
    Ok(())
}

/// How many people have lost access after a time; forgets those before.
///
/// # Errors
/// The store fails.
pub fn losses_since(tx: &Tx<'_>, directory: DirectoryId, since: Timestamp) -> Result<u64, StoreError> {
    forget_losses(tx, directory, since)?;
    let count = tx.first(
        "SELECT count(*) FROM losses WHERE directory_id = ?1 AND lost > ?2",
        &params![directory, since],
        |row| row.integer(0),
    )?;
    Ok(u64::try_from(count.unwrap_or_default()).unwrap_or_default())
}

/// Forgets losses up to a time.
///
/// # Errors
/// The store fails.
pub fn forget_losses(tx: &Tx<'_>, directory: DirectoryId, until: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM losses WHERE directory_id = ?1 AND lost <= ?2", &params![directory, until])
        .map(drop)
}
