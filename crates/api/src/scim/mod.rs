//! `/scim/v2`: one file for each thing a client can ask, and beside them what they share.
//!
//! A handler names what it needs as arguments: [`Authenticated`] is who calls, and there is no way to the use cases without
//! it; then parameters; the body last. What an extractor cannot read becomes a [`Refusal`], which is always a SCIM error.

mod answer;
mod authenticated;
pub(crate) mod body;
mod bulk;
mod create;
mod delete;
pub(crate) mod discovery;
mod kind;
mod list;
mod parameters;
mod patch;
mod read;
mod readiness;
mod refusal;
mod replace;
mod search;
mod unknown;
pub(crate) mod unsupported;

pub(crate) use authenticated::Authenticated;
pub(crate) use bulk::bulk;
pub(crate) use create::create;
pub(crate) use delete::delete;
pub(crate) use discovery::DiscoveryDocuments;
pub(crate) use kind::{Custom, Groups, Kind, Target, Users};
pub(crate) use list::list;
pub(crate) use patch::patch;
pub(crate) use read::read;
pub(crate) use readiness::readiness;
pub(crate) use refusal::Refusal;
pub(crate) use replace::replace;
pub(crate) use search::{list_all, search, search_all};
pub(crate) use unknown::unknown;
