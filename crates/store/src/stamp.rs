//! What a change gives a resource.

use jiff::Timestamp;

use crate::{Row, StoreError};

/// What a change gave a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The new version.
    pub version: i64,
    /// The time of the change; never before the one before it, whatever the clock says.
    pub last_modified: Timestamp,
}

/// Reads `RETURNING version, last_modified`.
pub(crate) fn read(row: &Row<'_>) -> Result<Stamp, StoreError> {
    Ok(Stamp { version: row.integer(0)?, last_modified: row.timestamp(1)? })
}
