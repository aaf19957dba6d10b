//! The service itself: the store, the schemas, the clock, and what was configured.

use std::fmt;
use std::sync::Arc;

use enroll_domain::audit::Actor;
use enroll_scim::{Limits, Registry};
use enroll_store::idempotency::Attempt;
use enroll_store::{Db, Generation, Health};

use crate::access::KeptChecks;
use crate::kept::Seen;
use crate::models::KeptModels;
use crate::scim::{CursorKey, KeptUsers};
use crate::session::KeptTokens;
use crate::sessions::KeptSessions;
use crate::sign_in::KeptSamlKey;
use crate::versions::Expected;
use crate::{Clock, Entropy, Error, PublicUrl, RequestLogReader, SessionLimits};

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

/// How much a service has to do and has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Changes that wait for the writer or are being made.
    pub waiting_writes: usize,
    /// Commits since the start: one synchronisation of the disk each.
    pub commits: u64,
    /// Changes answered after those commits.
    pub writes: u64,
    /// How often the write-ahead log was copied into the database file.
    pub checkpoints: u64,
}

/// Every use case of Enroll. Cheap to clone; clones share the store.
#[derive(Clone)]
pub struct Service {
    db: Db,
    inner: Arc<Inner>,
    /// Who makes the changes that do not come over SCIM.
    actor: Arc<Actor>,
    /// The key of the request that makes them, if it has one.
    attempt: Option<Arc<Attempt>>,
    requests: Option<RequestLogReader>,
    session_limits: SessionLimits,
    /// Whether they are made although an organization or the server is left without anybody in charge.
    force: bool,
    /// What the request that it serves has seen of the database.
    seen: Option<Seen>,
    /// The version that the caller believes to change.
    expected: Expected,
}

struct Inner {
    models: KeptModels,
    options: ServiceOptions,
    cursor_key: CursorKey,
    tokens: KeptTokens,
    users: KeptUsers,
    sessions: KeptSessions,
    checks: KeptChecks,
    saml_key: KeptSamlKey,
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
        let (sessions, checks) = (KeptSessions::default(), KeptChecks::default());
        let saml_key = KeptSamlKey::default();
        let inner =
            Arc::new(Inner { models, options, cursor_key, tokens, users, sessions, checks, saml_key });
        let service = Self {
            db,
            inner,
            actor: Arc::new(Actor::system()),
            attempt: None,
            requests: None,
            session_limits: SessionLimits::default(),
            force: false,
            seen: None,
            expected: Expected::default(),
        };
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
            Health::Failed { reason } => Err(stopped(&reason)),
            Health::Unreachable { reason } => Err(format!(
                "the database server cannot be used ({reason}): look after it; a restart of this process is not needed"
            )),
        }
    }

    /// Whether the process should be left alone; the text says why only a restart helps. Answers at once: no database server is asked.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn alive(&self) -> Result<(), String> {
        self.db().failure().map_or(Ok(()), |reason| Err(stopped(&reason)))
    }

    /// How much there is to do, and what was done since the start: for operators.
    pub fn load(&self) -> Load {
        let done = self.db().statistics();
        Load {
            waiting_writes: self.db().waiting_writes(),
            commits: done.commits,
            writes: done.writes,
            checkpoints: done.checkpoints,
        }
    }

    /// Finishes what is under way and closes the store. Nothing can be served afterwards.
    pub async fn close(&self) {
        if let Some(log) = self.request_log().cloned() {
            // A thread that panicked has nothing left to write.
            let _ = tokio::task::spawn_blocking(move || log.close()).await;
        }
        self.db().close().await;
    }

    /// The schemas and resource types that every directory has.
    pub fn registry(&self) -> &Registry {
        self.inner.models.core().registry()
    }

    /// Where clients reach the service.
    pub fn public_url(&self) -> &PublicUrl {
        &self.inner.options.public_url
    }

    /// Bounds on one request.
    pub fn limits(&self) -> &Limits {
        &self.inner.options.limits
    }

    /// What was configured.
    pub fn options(&self) -> &ServiceOptions {
        &self.inner.options
    }

    /// The time of day.
    pub fn clock(&self) -> &Clock {
        &self.inner.options.clock
    }

    /// Randomness.
    pub fn entropy(&self) -> Entropy {
        Entropy
    }

    /// The state of the database now: while two of them are equal, nothing was committed in between.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub async fn generation(&self) -> Result<Generation, Error> {
        Ok(self.db().generation().await?)
    }

    /// The same service, for the rest of a request that only reads: what was seen of the database when it was authenticated is as new as
    /// it has to be, and looking again costs as much as most of the answer.
    #[must_use]
    pub fn reading(&self, seen: Seen) -> Self {
        Self { seen: Some(seen), ..self.clone() }
    }

    /// The state of the database, for what is kept.
    pub(crate) async fn seen(&self) -> Seen {
        match self.seen {
            Some(seen) => seen,
            None => Seen::now(self.db()).await,
        }
    }

    pub(crate) fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The same service, for changes that are made although an organization loses its last owner by them, or the server its last
    /// active server admin (enrollment.md 2.8): for somebody at the command line who says so.
    #[must_use]
    pub fn forcing(&self, force: bool) -> Self {
        Self { force, ..self.clone() }
    }

    /// The same service, with sessions that last otherwise.
    #[must_use]
    pub fn with_session_limits(self, session_limits: SessionLimits) -> Self {
        Self { session_limits, ..self }
    }

    pub(crate) fn session_limits(&self) -> &SessionLimits {
        &self.session_limits
    }

    pub(crate) fn forces(&self) -> bool {
        self.force
    }

    pub(crate) fn with_actor(self, actor: Actor) -> Self {
        Self { actor: Arc::new(actor), ..self }
    }

    pub(crate) fn attempt(&self) -> Option<&Arc<Attempt>> {
        self.attempt.as_ref()
    }

    pub(crate) fn with_attempt(self, attempt: Arc<Attempt>) -> Self {
        Self { attempt: Some(attempt), ..self }
    }

    pub(crate) fn reading_log(self, requests: RequestLogReader) -> Self {
        Self { requests: Some(requests), ..self }
    }

    pub(crate) fn requests(&self) -> Option<&RequestLogReader> {
        self.requests.as_ref()
    }

    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    pub(crate) fn expected(&self) -> &Expected {
        &self.expected
    }

    pub(crate) fn with_expected(self, expected: Expected) -> Self {
        Self { expected, ..self }
    }

    pub(crate) fn writing_to(self, db: Db) -> Self {
        Self { db, ..self }
    }

    pub(crate) fn cursor_key(&self) -> &CursorKey {
        &self.inner.cursor_key
    }

    pub(crate) fn tokens(&self) -> &KeptTokens {
        &self.inner.tokens
    }

    pub(crate) fn users(&self) -> &KeptUsers {
        &self.inner.users
    }

    pub(crate) fn sessions(&self) -> &KeptSessions {
        &self.inner.sessions
    }

    pub(crate) fn checks(&self) -> &KeptChecks {
        &self.inner.checks
    }

    pub(crate) fn kept_saml_key(&self) -> &KeptSamlKey {
        &self.inner.saml_key
    }

    pub(crate) fn models(&self) -> &KeptModels {
        &self.inner.models
    }
}

fn stopped(reason: &str) -> String {
    format!(
        "writing has stopped because the disk or the database file failed ({reason}): look after the disk, then restart"
    )
}
