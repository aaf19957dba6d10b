//! Requests as real identity providers send them, with what they expect for an answer.
//!
//! Each JSON file of this folder is one sequence of idp-wire.md (§1 to §8; `accept_list` has §9, item by item), an array of [`Recorded`] exchanges
//! that are sent in order to an empty directory. Bodies are what the providers' documentation and traffic show;
//! ids that the server gives are captured from earlier answers and stand as `{{user1}}` in later requests.
//! Two placeholders are there from the start: `{{base}}`, the SCIM base URL, and `{{token}}`, the SCIM token.
//!
//! [`replay()`] sends a recording and gives every whole exchange with ids and times made stable, so that a test can
//! take a snapshot of it.

mod exchange;
mod expect;
mod placeholder;
mod replay;
mod stable;

pub use exchange::{Expect, Recorded, Statuses};
pub use replay::{Replayed, ReplayedAnswer, ReplayedRequest, failures, replay};

/// A recording is not usable.
#[derive(Debug, thiserror::Error)]
pub enum RecordedError {
    /// No file has this name.
    #[error("there is no recording {0:?}")]
    Unknown(String),
    /// The file is not an array of exchanges.
    #[error("the recording {name} cannot be read: {error}")]
    Unreadable {
        /// The name of the recording.
        name: String,
        /// What is wrong.
        error: serde_json::Error,
    },
    /// The HTTP client could not be built.
    #[error("the HTTP client could not be built: {0}")]
    Client(#[from] reqwest::Error),
}

/// A sequence of exchanges.
#[derive(Debug, Clone)]
pub struct Recording {
    /// The name of the file without `.json`.
    pub name: &'static str,
    /// The exchanges in their order.
    pub exchanges: Vec<Recorded>,
}

macro_rules! recordings {
    ($($name:literal),* $(,)?) => {
        const FILES: &[(&str, &str)] = &[$(($name, include_str!(concat!($name, ".json")))),*];
    };
}

recordings![
    "accept_list",
    "authentik",
    "entra_connection_test",
    "entra_disable",
    "entra_groups",
    "entra_manager",
    "entra_member_forms",
    "entra_patch_default",
    "entra_patch_flag",
    "entra_postman",
    "entra_provision_user",
    "entra_validator",
    "jumpcloud_test",
    "keycloak",
    "okta_assign",
    "okta_group_push",
    "okta_import",
    "okta_oin_patch",
    "okta_spec_test",
    "okta_test_connector",
    "okta_wizard_put",
    "onelogin",
];

/// The names of all recordings, in alphabetical order.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// Reads a recording.
///
/// ```
/// let recording = enroll_testkit::recorded::load("okta_assign")?;
/// assert_eq!(recording.exchanges[0].method, "GET");
/// # Ok::<(), enroll_testkit::recorded::RecordedError>(())
/// ```
///
/// # Errors
/// [`RecordedError`] if there is no such recording or its file is not an array of exchanges.
pub fn load(name: &str) -> Result<Recording, RecordedError> {
    let found = FILES.iter().find(|(candidate, _)| *candidate == name);
    let (name, text) = *found.ok_or_else(|| RecordedError::Unknown(name.to_owned()))?;
    let exchanges = serde_json::from_str(text)
        .map_err(|error| RecordedError::Unreadable { name: name.to_owned(), error })?;
    Ok(Recording { name, exchanges })
}

/// Reads all recordings.
///
/// # Errors
/// [`RecordedError`] if a file is not an array of exchanges.
pub fn all() -> Result<Vec<Recording>, RecordedError> {
    names().map(load).collect()
}
