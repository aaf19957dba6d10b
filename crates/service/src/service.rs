//! The service itself: the store, the schemas, the clock, and what was configured.

use std::fmt;
use std::sync::Arc;

use enroll_scim::{Limits, Registry};
use enroll_store::{Db, Health};

use crate::models::KeptModels;
use crate::scim::{CursorKey, KeptUsers};
use crate::session::KeptTokens;
use crate::{Clock, Entropy, Error, PublicUrl};

/// What a service is configured with.
#[derive(Debug, Clone)]
pub struct ServiceOptions {
    /// Where clients reach it; every `meta.location` begins with it.
    pub public_url: PublicUrl,
    /// Bounds on one request.
    pub limits: Limits,
    /// Resources in a page when the client does not say.
    pub default_page_size: u32,
    /// Most resources in a page.
    pub max_page_size: u32,
    /// The time of day.
    pub clock: Clock,
}

/// Every use case of Enroll. Cheap to clone; clones share the store.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    db: Db,
    models: KeptModels,
    options: ServiceOptions,
    cursor_key: CursorKey,
    tokens: KeptTokens,
    users: KeptUsers,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("options", self.options()).finish_non_exhaustive()
    }
}

impl Service {
    /// The service on an open store. Makes the directory `default` when the store is new (enrollment.md §1.2).
    ///
    /// # Errors
    /// [`Error::Store`] when the store cannot be written.
    pub async fn open(db: Db, options: ServiceOptions) -> Result<Self, Error> {
        let models = KeptModels::new()?;
        let cursor_key = CursorKey::open(&db, &options.clock, Entropy).await?;
        let (tokens, users) = (KeptTokens::default(), KeptUsers::default());
        let service = Self(Arc::new(Inner { db, models, options, cursor_key, tokens, users }));
        service.ensure_default_directory().await?;
        Ok(service)
    }

    /// Whether requests can be served; the text says why not.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn ready(&self) -> Result<(), String> {
        match self.db().health() {
            Health::Ok => Ok(()),
            Health::Failed { reason } => Err(reason),
        }
    }

    /// Finishes what is under way and closes the store. Nothing can be served afterwards.
    pub async fn close(&self) {
        self.db().close().await;
    }

    /// The schemas and resource types that every directory has.
    pub fn registry(&self) -> &Registry {
        self.0.models.core().registry()
    }

    /// Where clients reach the service.
    pub fn public_url(&self) -> &PublicUrl {
        &self.0.options.public_url
    }

    /// Bounds on one request.
    pub fn limits(&self) -> &Limits {
        &self.0.options.limits
    }

    /// What was configured.
    pub fn options(&self) -> &ServiceOptions {
        &self.0.options
    }

    /// The time of day.
    pub fn clock(&self) -> &Clock {
        &self.0.options.clock
    }

    /// Randomness.
    pub fn entropy(&self) -> Entropy {
        Entropy
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn cursor_key(&self) -> &CursorKey {
        &self.0.cursor_key
    }

    pub(crate) fn tokens(&self) -> &KeptTokens {
        &self.0.tokens
    }

    pub(crate) fn users(&self) -> &KeptUsers {
        &self.0.users
    }

    pub(crate) fn models(&self) -> &KeptModels {
        &self.0.models
    }
}
