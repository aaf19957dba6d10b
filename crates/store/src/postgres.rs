//! PostgreSQL: one connection that writes, a few that read, one that looks whether anything was committed.
//!
//! Closures block (`docs/decisions/0001`); the client library does not. Input and output of those that read run on one thread of this
//! module, so that a caller may wait for them wherever it is, also on a thread of the server's own runtime; each of the others has a thread
//! to itself.

mod connect;
mod driver;
mod failure;
mod link;
mod open;
mod pool;
mod rows;
mod session;
mod statements;
mod tls;
mod url;
mod value;
mod wait;
mod watch;
mod writer;

pub use url::{DatabaseUrl, InvalidUrl};

pub(crate) use link::Link;
pub(crate) use open::{Opening, open};
pub(crate) use pool::Pool;
/// Locks the row that every writer locks first (`docs/decisions/0012`).
pub(crate) const LOCK_WRITERS: &str = "SELECT 1 FROM schema_migrations WHERE version = 0 FOR UPDATE";

/// Locks it and counts the commit (`docs/decisions/0022`): for whoever changes something. Gives a row.
pub(crate) const COUNT_COMMIT: &str =
    "UPDATE schema_migrations SET applied_at = applied_at + 1 WHERE version = 0 RETURNING version";

pub(crate) use session::{Fault, Reach, Session};
pub(crate) use value::read as read_value;
