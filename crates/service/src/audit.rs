//! The audit trail and the feed of events: every change writes an entry and an event in its own transaction (enrollment.md §6.2
//! to §6.4).

mod changes;
mod export;
mod read;

use std::fmt;
use std::sync::Arc;

use enroll_domain::DirectoryId;
use enroll_domain::audit::{Action, Actor, ActorKind, SubjectKind};
use enroll_scim::Resource;
use enroll_store::audit::{self, NewEntry, Subject};
use enroll_store::fact_history::{self, FactRow};
use enroll_store::idempotency::{self, Attempt};
use enroll_store::{StoreError, Tx, event};
use jiff::Timestamp;
use uuid::Uuid;

pub(crate) use changes::{Changes, Moved};
pub use enroll_store::audit::{Broken, ChainReport, Chained as ChainedEntry};
pub use export::AuditFormat;
pub use read::{AuditFilter, AuditQuery};

use changes::{is_active, of_resource};

use crate::idempotency::forgotten;
use crate::models::ResourceKind;
use crate::{ApiSession, ScimSession, Service};

/// An entry that was written, with its event: what follows from the change names it as its cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    /// Its place in the audit trail.
    pub(crate) sequence: i64,
    /// When the change was made.
    pub(crate) time: Timestamp,
}

impl Told {
    /// Writes down what the change has made of something that decides on access beside mappings and grants, if it has; `None` stands
    /// for what is not there. An earlier time is explained by it ([`fact_history`]).
    pub(crate) fn fact<T: fmt::Display>(
        self,
        tx: &Tx<'_>,
        subject: Uuid,
        old: Option<T>,
        new: Option<T>,
    ) -> Result<(), StoreError> {
        let text = |fact: Option<T>| fact.map(|fact| fact.to_string()).unwrap_or_default();
        let (old, new) = (text(old), text(new));
        if old == new {
            return Ok(());
        }
        fact_history::append(tx, subject, &FactRow { audit: self.sequence, changed: self.time, old, new })
    }
}

/// The word for a user who is active, or is not, in the history of facts.
pub(crate) const fn activity(active: bool) -> &'static str {
    if active { "active" } else { "deactivated" }
}

/// Writes the entries of one use case, and knows who acts and when.
///
/// A transaction may run more than once. What an entry says is therefore made of what the transaction has read; nothing is kept
/// here from one run to the next.
#[derive(Debug, Clone)]
pub(crate) struct Scribe {
    actor: Actor,
    now: Timestamp,
    /// The key of the request, taken with the first entry.
    attempt: Option<Arc<Attempt>>,
    force: bool,
}

impl Scribe {
    /// For what an identity provider does.
    pub(crate) fn of_scim(session: &ScimSession, now: Timestamp) -> Self {
        let actor = Actor::scim_token(session.token, &session.label).by(session.origin.clone());
        Self { actor, now, attempt: None, force: false }
    }

    /// For what an administrator does.
    pub(crate) fn of_service(service: &Service, now: Timestamp) -> Self {
        let (actor, attempt) = (service.actor().clone(), service.attempt().cloned());
        Self { actor, now, attempt, force: service.forces() }
    }

    /// For what a user does who is signing in or has signed in.
    pub(crate) fn of_actor(actor: Actor, now: Timestamp) -> Self {
        Self { actor, now, attempt: None, force: false }
    }

    /// For what an identity provider says of a user who is signing in. It takes effect as over SCIM does, where offboarding wins.
    pub(crate) fn of_sign_in(actor: Actor, now: Timestamp) -> Self {
        Self { actor, now, attempt: None, force: true }
    }

    /// Who acts, as tables beside the trail name them.
    pub(crate) fn name(&self) -> String {
        match self.actor.kind {
            ActorKind::ApiToken => format!("API token {}", self.actor.label),
            ActorKind::ScimToken => format!("SCIM token {}", self.actor.label),
            ActorKind::User => format!("user {}", self.actor.label),
            ActorKind::CommandLine | ActorKind::System => self.actor.label.clone(),
        }
    }

    /// Whether an identity provider acts.
    pub(crate) fn is_scim(&self) -> bool {
        self.actor.kind == ActorKind::ScimToken
    }

    /// Whether the protection of the last ones in charge is set aside.
    pub(crate) fn forces(&self) -> bool {
        self.force
    }

    /// When.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// What a write over SCIM did to a resource. Members are of a group alone.
    pub(crate) fn resource(
        &self,
        tx: &Tx<'_>,
        (directory, kind, id): (DirectoryId, &ResourceKind, Uuid),
        before: Option<&Resource>,
        after: Option<&Resource>,
        moved: &Moved,
    ) -> Result<Told, StoreError> {
        let (mut action, mut changes) = of_resource(kind, before, after);
        if action == Action::GroupUpdated && changes.is_empty() {
            action = match (moved.added.is_empty(), moved.removed.is_empty()) {
                (false, true) => Action::GroupMemberAdded,
                (true, false) => Action::GroupMemberRemoved,
                _ => Action::GroupMembersChanged,
            };
        }
        changes.members(&moved.added, &moved.removed);
        let resource = after.or(before);
        let text = |name| resource.and_then(|resource| resource.text(name));
        let (subject, name) = match kind {
            ResourceKind::User => (SubjectKind::User, text("userName")),
            ResourceKind::Group => (SubjectKind::Group, text("displayName")),
            ResourceKind::Custom(custom) => (SubjectKind::CustomResource, Some(custom.key().as_str())),
        };
        let text = id.to_string();
        let told = self.write(tx, action, directory, (subject, &text, name.unwrap_or_default()), &changes)?;
        // A user who is made active is no change: the id says since when there is one.
        if *kind == ResourceKind::User && (before.is_some() || !after.is_some_and(is_active)) {
            told.fact(tx, id, before.map(is_active).map(activity), after.map(is_active).map(activity))?;
        }
        Ok(told)
    }

    /// Writes an entry on something in a directory.
    pub(crate) fn write(
        &self,
        tx: &Tx<'_>,
        action: Action,
        directory: DirectoryId,
        (kind, id, name): (SubjectKind, &str, &str),
        changes: &Changes,
    ) -> Result<Told, StoreError> {
        // Local people and bots are in no directory that anybody knows.
        let directory = Some(directory).filter(|directory| !directory.is_built_in());
        self.append(tx, action, Subject { kind, id, name, directory }, changes)
    }

    /// Writes an entry on something that is in no directory.
    pub(crate) fn write_global(
        &self,
        tx: &Tx<'_>,
        action: Action,
        (kind, id, name): (SubjectKind, &str, &str),
        changes: &Changes,
    ) -> Result<Told, StoreError> {
        self.append(tx, action, Subject { kind, id, name, directory: None }, changes)
    }

    fn append(
        &self,
        tx: &Tx<'_>,
        action: Action,
        subject: Subject<'_>,
        changes: &Changes,
    ) -> Result<Told, StoreError> {
        if let Some(attempt) = &self.attempt {
            idempotency::take(tx, attempt, self.now, forgotten(self.now))?;
        }
        let changes = changes.text();
        let entry = NewEntry { now: self.now, actor: &self.actor, action, subject, changes: &changes };
        let sequence = audit::append(tx, &entry)?;
        event::append(tx, sequence)?;
        Ok(Told { sequence, time: self.now })
    }
}

impl ApiSession {
    /// Whom the audit trail names for what is done with this token: see [`Service::acting_as`].
    pub fn actor(&self) -> Actor {
        match &self.user {
            Some(user) => Actor::user_token(self.token, &user.name),
            None => Actor::api_token(self.token, &self.label),
        }
    }
}
