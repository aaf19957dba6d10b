//! Reading what stands in a request's head: query, media types, credentials, entity tags, preferences.
//!
//! Plain functions on text, without HTTP types around them, so that each can be tested and fuzzed on its own.

pub(crate) mod bearer;
pub(crate) mod cookie;
pub(crate) mod entity_tag;
pub(crate) mod form;
pub(crate) mod media_type;
pub(crate) mod origin;
pub(crate) mod path;
mod percent;
pub(crate) mod prefer;
pub(crate) mod query;
