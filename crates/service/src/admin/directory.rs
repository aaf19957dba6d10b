//! Directories: one connection to an identity provider each (enrollment.md §1.2).

use enroll_domain::id::DirectoryId;
use enroll_domain::{DirectoryName, RebindPolicy};
use jiff::Timestamp;
use serde::Serialize;

/// Settings of a directory; what is `None` stays as it is, or has its default in a new directory.
#[derive(Debug, Clone, Copy, Default)]
pub struct DirectorySettings {
    /// Whether requests are read by the RFCs to the letter; by default they are read as real identity providers write them.
    pub strict: Option<bool>,
    /// What happens when a mapped group is deleted and one of the same name is made; by default an admin confirms.
    pub rebind: Option<RebindPolicy>,
}

/// A directory as an administrator sees it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DirectoryInfo {
    /// The id.
    pub id: DirectoryId,
    /// The name, unique in the instance.
    pub name: String,
    /// `compat` or `strict`.
    pub dialect: &'static str,
    /// The rebind policy.
    pub rebind: RebindPolicy,
    /// When it was made.
    pub created: Timestamp,
    /// How many users it has.
    pub users: u64,
    /// How many groups it has.
    pub groups: u64,
}
