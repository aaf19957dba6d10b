//! Answers to checks, kept for as long as nothing is committed (`docs/decisions/0005`): applications ask the same again and again.

use enroll_domain::{ResourceRole, Role};

use super::CheckAnswer;
use crate::Error;
use crate::kept::{Kept, Seen, Weight};

/// Answers of each kind that there is room for, about.
const ANSWERS: usize = 16 * 1024;

/// What they may take, in bytes.
const BYTES: u64 = 8 * 1024 * 1024;

/// What an answer takes beside its text.
const OVERHEAD: u64 = 256;

/// User, organization and least role, as they were asked for.
type OnOrganization = (String, String, Option<Role>);

/// User, organization, its resource and least role, as they were asked for.
type OnResource = (String, String, String, Option<ResourceRole>);

/// The answers given last.
pub(crate) struct KeptChecks {
    organizations: Kept<OnOrganization, CheckAnswer>,
    resources: Kept<OnResource, CheckAnswer<ResourceRole>>,
}

impl Default for KeptChecks {
    fn default() -> Self {
        Self { organizations: Kept::new(ANSWERS, BYTES), resources: Kept::new(ANSWERS, BYTES) }
    }
}

impl<R> Weight for CheckAnswer<R> {
    fn weight(&self) -> u64 {
        self.reason.len() as u64 + OVERHEAD
    }
}

impl KeptChecks {
    /// The answer about an organization that is kept, or what `read` reads now.
    pub(super) async fn organization(
        &self,
        seen: Seen,
        (user, organization, least): (&str, &str, Option<Role>),
        read: impl FnOnce() -> Result<CheckAnswer, Error>,
    ) -> Result<CheckAnswer, Error> {
        let key = (user.to_owned(), organization.to_owned(), least);
        Ok(CheckAnswer::clone(&*self.organizations.get_or_load(seen, key, read).await?))
    }

    /// The answer about a resource that is kept, or what `read` reads now.
    pub(super) async fn resource(
        &self,
        seen: Seen,
        (user, organization, resource, least): (&str, &str, &str, Option<ResourceRole>),
        read: impl FnOnce() -> Result<CheckAnswer<ResourceRole>, Error>,
    ) -> Result<CheckAnswer<ResourceRole>, Error> {
        let key = (user.to_owned(), organization.to_owned(), resource.to_owned(), least);
        Ok(CheckAnswer::clone(&*self.resources.get_or_load(seen, key, read).await?))
    }
}
