//! Versions of objects whose changes are not counted: a digest of what a change can alter, for `ETag` and `If-Match`
//! (RFC 9110 §8.8.1). What happens to an object without a change of it (a token is used, a delivery fails) is no part of it.

use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::admin::{DirectoryInfo, GrantInfo, MappingInfo, ResourceGrantInfo, TokenInfo};
use crate::scim::{IfMatch, check_version_text};
use crate::webhooks::{WebhookInfo, WebhookState};
use crate::{Error, Service};

/// Bytes of the digest that are shown.
const BYTES: usize = 8;

/// An object whose version is told by what it is.
pub trait Versioned {
    /// The version: the same as long as nobody changes the object.
    fn version(&self) -> String;
}

fn digest(facts: &impl Serialize) -> String {
    // What cannot be written has a version that no client has seen.
    let text = serde_json::to_vec(facts).unwrap_or_default();
    HEXLOWER.encode(&Sha256::digest(text)[..BYTES])
}

impl Versioned for MappingInfo {
    fn version(&self) -> String {
        digest(self)
    }
}

impl Versioned for GrantInfo {
    fn version(&self) -> String {
        digest(&(self.id, self.role))
    }
}

impl Versioned for ResourceGrantInfo {
    fn version(&self) -> String {
        digest(&(self.id, self.role))
    }
}

impl Versioned for WebhookInfo {
    fn version(&self) -> String {
        let paused = self.state == WebhookState::Paused;
        digest(&(self.id, &self.url, &self.types, &self.directory, self.format, paused))
    }
}

impl Versioned for TokenInfo {
    fn version(&self) -> String {
        digest(&(self.id, &self.label, &self.scope, self.user, self.expires, &self.allow_from))
    }
}

impl Versioned for DirectoryInfo {
    fn version(&self) -> String {
        let settings = (self.dialect, self.rebind, self.unknown_extensions, self.idp, &self.quirks);
        digest(&(self.id, &self.name, settings, &self.default_enrollment))
    }
}

/// The version that the caller of a use case believes to change.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expected(Option<IfMatch>);

impl Expected {
    /// Checks it against what is there.
    ///
    /// # Errors
    /// [`Error::PreconditionFailed`]
    pub(crate) fn check(&self, there: &impl Versioned) -> Result<(), Error> {
        match &self.0 {
            None => Ok(()),
            expected => check_version_text(expected.as_ref(), &there.version()),
        }
    }

    /// For what would be made: nothing that is not there has a version.
    ///
    /// # Errors
    /// [`Error::Absent`]
    pub(crate) fn check_absent(&self, what: &str) -> Result<(), Error> {
        match self.0 {
            None => Ok(()),
            Some(_) => Err(Error::Absent(format!(
                "{what} is not there, so it has no version: leave out If-Match to make it"
            ))),
        }
    }
}

impl Service {
    /// The same service, for a change of one mapping, grant, webhook, token or directory that is made only if the object has this
    /// version; without one, whatever it has.
    #[must_use]
    pub fn expecting(self, if_match: Option<IfMatch>) -> Self {
        self.with_expected(Expected(if_match))
    }
}
