//! Leases: which process does a piece of background work, so that no two do it at once and any may go on with it.

use jiff::Timestamp;

use crate::{StoreError, Tx, params};

/// Takes a lease that is free or has run out, or makes one's own last longer; answers whether one has it now.
///
/// # Errors
/// The store fails.
pub fn take(
    tx: &Tx<'_>,
    name: &str,
    holder: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let taken = tx.execute(
        "INSERT INTO leases (name, holder, until) VALUES (?1, ?2, ?4) \
         ON CONFLICT (name) DO UPDATE SET holder = ?2, until = ?4 WHERE leases.until <= ?3 OR leases.holder = ?2",
        &params![name, holder, now, until],
    )?;
    Ok(taken > 0)
}

/// Gives a lease back, so that another process need not wait for its end.
///
/// # Errors
/// The store fails.
pub fn give_back(tx: &Tx<'_>, name: &str, holder: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM leases WHERE name = ?1 AND holder = ?2", &params![name, holder]).map(drop)
}
