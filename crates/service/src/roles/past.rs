//! Which role a user had at an earlier time, and what brought it (enrollment.md §3.10).

use std::fmt;

use enroll_domain::time::Moment;
use enroll_domain::{Role, Target, UserId};
use enroll_store::{Tx, audit, directory, retell, role_history, tombstone};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::{UserSummary, find_user, summary};
use crate::admin::find_organization;
use crate::source::SourceView;
use crate::{Error, Service};

use super::brought::{About, Explained, ExplainedSource, explained, sources_of};

/// A user's role in an organization at an earlier time; with [`ResourceRole`](enroll_domain::ResourceRole), on a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PastAnswer_{R}")]
pub struct PastAnswer<R = Role, S = SourceView<R>> {
    /// Who.
    pub user: UserSummary,
    /// The organization's name.
    pub organization: String,
    /// The resource's name, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The time that was asked for.
    #[schemars(with = "Moment")]
    pub at: Timestamp,
    /// The effective role then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<R>,
    /// Every grant then, with where it came from and what brought it; those of a deactivated user were kept and not in force.
    #[schemars(with = "Vec<ExplainedSource>")]
    pub sources: Vec<Explained<S>>,
    /// Since when it was so: a role, or none after one; absent if there never was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Moment>")]
    pub since: Option<Timestamp>,
    /// The change that brought it; absent if it was so before the history begins, or as long as there is the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brought_by: Option<Cause>,
    /// Until when it was so; absent while it still is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Moment>")]
    pub until: Option<Timestamp>,
    /// The change that ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<Cause>,
    /// The time of a change before `at` of which the history is not complete yet: ask again shortly.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Moment>")]
    pub incomplete_since: Option<Timestamp>,
}

/// A change, as the audit trail has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cause {
    /// Its place in the audit trail.
    pub audit: i64,
    /// When it was made.
    #[schemars(with = "Moment")]
    pub time: Timestamp,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// By whom: the label of a token, or the user of the operating system.
    pub actor: String,
    /// The request that made it, as its answer and the request log name it.
    #[serde(rename = "requestId", skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { audit, time, action, subject, actor, request_id } = self;
        write!(f, "{action} {subject:?} by {actor} at {time} (audit entry {audit}")?;
        request_id.iter().try_for_each(|id| write!(f, ", request {id}"))?;
        f.write_str(")")
    }
}

impl<R: fmt::Display, S: fmt::Display> fmt::Display for PastAnswer<R, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let UserSummary { handle, user_name, .. } = &self.user;
        let at = self.at;
        write!(f, "At {at} {user_name} ({handle}) ")?;
        match (&self.role, &self.resource) {
            (Some(role), None) => write!(f, "was {role} of {}", self.organization)?,
            (None, None) => write!(f, "had no role in {}", self.organization)?,
            (Some(role), Some(resource)) => write!(f, "had {role} on {}/{resource}", self.organization)?,
            (None, Some(resource)) => write!(f, "had no role on {}/{resource}", self.organization)?,
        }
        match self.since {
            Some(since) => write!(f, ", since {since}.")?,
            None => f.write_str(".")?,
        }
        if !self.sources.is_empty() {
            f.write_str(if self.role.is_some() { "\nBecause:" } else { "\nKept, not in force:" })?;
            self.sources.iter().try_for_each(|source| write!(f, "\n  - {source}"))?;
        }
        match (&self.brought_by, self.since) {
            (Some(cause), _) => write!(f, "\nBrought by {cause}.")?,
            (None, Some(_)) => {
                f.write_str("\nIt was so before the history begins, or as long as there is the user.")?;
            }
            (None, None) => {}
        }
        if let Some(until) = self.until {
            write!(f, "\nUntil {until}")?;
            self.ended_by.iter().try_for_each(|cause| write!(f, ", ended by {cause}"))?;
            f.write_str(".")?;
        }
        if let Some(time) = self.incomplete_since {
            write!(
                f,
                "\nA large change of {time} is still being written into the history: ask again in a minute."
            )?;
        }
        Ok(())
    }
}

impl Service {
    /// Which role `user` had in `organization` at an earlier time, and which change brought it. A user who was deleted is found
    /// by id.
    ///
    /// # Errors
    /// As [`Service::check`]; [`Error::Invalid`] for a time that has not come, or of which nothing is known.
    pub async fn explain_at(
        &self,
        user: &str,
        organization: &str,
        at: Timestamp,
    ) -> Result<PastAnswer, Error> {
        has_come(at, self.clock().now())?;
        self.db().look_up(|tx| {
            let (user, organization) = (find(tx, user)?, find_organization(tx, organization)?);
            let target = Target::Organization(organization.id);
            let beginning = known(tx, target, at)?;
            let mut answer = PastAnswer {
                organization: organization.name.to_string(),
                resource: None,
                at,
                role: None,
                sources: Vec::new(),
                since: None,
                brought_by: None,
                until: None,
                ended_by: None,
                incomplete_since: incomplete_since(tx, target, at)?.map(|since| since.max(beginning)),
                user: user.clone(),
            };
            let row = role_history::newest(tx, user.id, target, at, 1)?.pop();
            match row {
                Some(row) if row.until.is_none_or(|until| until > at) => {
                    let about = About { user: user.id, organization: organization.id, resource: None, at };
                    answer.role = row.role;
                    answer.sources = explained(tx, about, sources_of(&row)?.into_iter())?;
                    answer.since = Some(row.since);
                    answer.brought_by = cause(tx, row.begun_by)?;
                    answer.until = row.until;
                    answer.ended_by = cause(tx, row.ended_by.unwrap_or(0))?;
                }
                ended => {
                    if let Some(row) = ended {
                        answer.since = row.until;
                        answer.brought_by = cause(tx, row.ended_by.unwrap_or(0))?;
                    }
                    if let Some(next) = role_history::next(tx, user.id, target, at)? {
                        answer.until = Some(next.since);
                        answer.ended_by = cause(tx, next.begun_by)?;
                    }
                }
            }
            Ok(answer)
        })
    }
}

/// Refuses a time that has not come.
pub(super) fn has_come(at: Timestamp, now: Timestamp) -> Result<(), Error> {
    if at > now {
        return Err(Error::Invalid(format!("{at} has not come yet: it is {now}")));
    }
    Ok(())
}

/// Refuses a time of which nothing is known, and gives the beginning of the history.
pub(super) fn known(tx: &Tx<'_>, target: Target, at: Timestamp) -> Result<Timestamp, Error> {
    let beginning = role_history::beginning(tx, target)?;
    if at < beginning {
        let of = match target {
            Target::Organization(_) => "roles",
            Target::Resource(_) => "roles on resources",
        };
        return Err(Error::Invalid(format!(
            "nothing is known of {at}: the history of {of} begins at {beginning}; ask for that time or a later one"
        )));
    }
    Ok(beginning)
}

/// The time of a change by `at` that has not been told of on a target yet.
pub(super) fn incomplete_since(
    tx: &Tx<'_>,
    target: Target,
    at: Timestamp,
) -> Result<Option<Timestamp>, Error> {
    let waiting = retell::of_target(tx, target)?;
    Ok(waiting.map(|row| row.recorded).filter(|recorded| *recorded <= at))
}

/// The change that an audit entry tells; none for what was before the history.
pub(super) fn cause(tx: &Tx<'_>, sequence: i64) -> Result<Option<Cause>, Error> {
    if sequence == 0 {
        return Ok(None);
    }
    let found = audit::after(tx, sequence - 1, 1)?.into_iter().next();
    Ok(found.map(|found| Cause {
        audit: found.entry.sequence,
        time: found.entry.time,
        action: found.entry.action,
        subject: found.entry.subject,
        actor: found.entry.actor,
        request_id: found.entry.origin.request_id,
    }))
}

/// The user whom a caller names; of one who was deleted, the id, and what the tombstone says.
pub(super) fn find(tx: &Tx<'_>, name: &str) -> Result<UserSummary, Error> {
    let missing = match find_user(tx, name) {
        Ok(row) => return Ok(summary(&row)),
        Err(missing @ Error::NotFound(_)) => missing,
        Err(other) => return Err(other),
    };
    let Ok(id) = name.parse::<UserId>() else {
        return Err(Error::NotFound(format!(
            "{missing}; one who was deleted is found by id alone, which `enroll audit list --user {name}` shows"
        )));
    };
    for directory in directory::list(tx)? {
        if let Some(gone) = tombstone::find(tx, directory.id, *id.as_uuid())? {
            let handle = gone.handle.map(|handle| handle.to_string()).unwrap_or_default();
            return Ok(UserSummary { id, handle, user_name: gone.name });
        }
    }
    Err(missing)
}
