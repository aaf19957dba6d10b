//! SCIM tokens and API tokens (enrollment.md 5). A secret is stored as its hash alone.

pub mod api;
pub mod scim;

use enroll_domain::TokenHash;
use jiff::{SignedDuration, Timestamp};

use crate::{Row, StoreError};

/// The last use of a token is written at most so often (enrollment.md 5.1).
const TOUCH_INTERVAL: SignedDuration = SignedDuration::from_mins(1);

/// When and from where a token was last used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastUse {
    /// When, to the minute.
    pub at: Timestamp,
    /// From which address.
    pub address: Option<String>,
}

/// A last use before this time is old enough to be written anew. The service asks [`needs_touch`] first, so that a request does
/// not wait for the writer only to learn that there is nothing to write.
fn stale_before(now: Timestamp) -> Timestamp {
    now.checked_sub(TOUCH_INTERVAL).unwrap_or(Timestamp::MIN)
}

/// Whether the last use of a token is so old that it is to be written anew.
pub fn needs_touch(last_use: Option<&LastUse>, now: Timestamp) -> bool {
    last_use.is_none_or(|last_use| last_use.at <= stale_before(now))
}

fn read_hash(row: &Row<'_>, column: usize) -> Result<TokenHash, StoreError> {
    let bytes = row.blob(column)?.try_into();
    bytes.map(TokenHash::from_bytes).map_err(|_| StoreError::Corrupt("the hash of a token".to_owned()))
}

fn read_last_use(row: &Row<'_>, at: usize, address: usize) -> Result<Option<LastUse>, StoreError> {
    let address = row.optional_text(address)?.map(str::to_owned);
    Ok(row.optional_timestamp(at)?.map(|at| LastUse { at, address }))
}
