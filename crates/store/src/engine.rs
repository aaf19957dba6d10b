//! SQLite: one thread that writes, a few connections that read.

mod batch;
mod checkpoint;
mod copy;
mod failure;
mod job;
mod open;
mod readers;
mod session;
mod state;
mod watch;
mod writer;

pub use state::Statistics;
pub use watch::Generation;

pub(crate) use batch::CAREFUL_BATCHES;
pub(crate) use copy::{Facts, copy_into, inspect, size};
pub(crate) use failure::Trouble;
pub(crate) use job::{Job, Work};
pub(crate) use open::{absolute, explain, make, open};
pub(crate) use readers::Readers;
pub(crate) use session::Session;
pub(crate) use state::State;
pub(crate) use writer::{Commit, Message, Writer};
