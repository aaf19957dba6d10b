//! Which role a user had at an earlier time, and what brought it (enrollment.md §3.10).

use std::fmt;

use enroll_domain::time::Moment;
use enroll_domain::{Role, UserId};
use enroll_store::role_history::{self, RoleRow};
use enroll_store::{Tx, audit, directory, retell, tombstone};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::{UserSummary, find_user, summary};
use crate::admin::find_organization;
use crate::source::SourceView;
use crate::{Error, Service};

/// A user's role in an organization at an earlier time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PastAnswer {
    /// Who.
    pub user: UserSummary,
    /// The organization's name.
    pub organization: String,
    /// The time that was asked for.
    #[schemars(with = "Moment")]
    pub at: Timestamp,
    /// The effective role then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Every grant then, with where it came from; those of a deactivated user were kept and not in force.
    pub sources: Vec<SourceView>,
    /// Since when it was so: a role, or none after one; absent if there never was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Moment>")]
    pub since: Option<Timestamp>,
    /// The change that brought it; absent if it was so before the history begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brought_by: Option<Cause>,
    /// Until when it was so; absent while it still is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Moment>")]
    pub until: Option<Timestamp>,
    /// The change that ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<Cause>,
    /// The time of a change before `at` of which the history of this organization is not complete yet: ask again shortly.
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

impl fmt::Display for PastAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let UserSummary { handle, user_name, .. } = &self.user;
        let at = self.at;
        match self.role {
            Some(role) => write!(f, "At {at} {user_name} ({handle}) was {role} of {}", self.organization)?,
            None => write!(f, "At {at} {user_name} ({handle}) had no role in {}", self.organization)?,
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
            (None, Some(_)) => f.write_str("\nIt was so before the history begins.")?,
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
        let now = self.clock().now();
        if at > now {
            return Err(Error::Invalid(format!("{at} has not come yet: it is {now}")));
        }
        self.db().look_up(|tx| {
            let (user, organization) = (find(tx, user)?, find_organization(tx, organization)?);
            let beginning = role_history::beginning(tx)?;
            if at < beginning {
                return Err(Error::Invalid(format!(
                    "nothing is known of {at}: the history of roles begins at {beginning}"
                )));
            }
            let waiting = retell::of_organization(tx, organization.id)?;
            let incomplete_since = waiting.map(|row| row.recorded).filter(|recorded| *recorded <= at);
            let mut answer = PastAnswer {
                organization: organization.name.to_string(),
                at,
                role: None,
                sources: Vec::new(),
                since: None,
                brought_by: None,
                until: None,
                ended_by: None,
                incomplete_since,
                user: user.clone(),
            };
            match role_history::at(tx, user.id, organization.id, at)? {
                Some(row) => {
                    answer.role = row.role;
                    answer.sources = serde_json::from_str(&row.sources).map_err(|error| {
                        Error::Internal(format!("the sources of a role in the history: {error}"))
                    })?;
                    answer.since = Some(row.since);
                    answer.brought_by = cause(tx, row.begun_by)?;
                    answer.until = row.until;
                    answer.ended_by = row.ended_by.map(|entry| cause(tx, entry)).transpose()?.flatten();
                }
                None => {
                    if let Some(RoleRow { until, ended_by: Some(ended_by), .. }) =
                        role_history::ended_before(tx, user.id, organization.id, at)?
                    {
                        answer.since = until;
                        answer.brought_by = cause(tx, ended_by)?;
                    }
                }
            }
            Ok(answer)
        })
    }
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
fn find(tx: &Tx<'_>, name: &str) -> Result<UserSummary, Error> {
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
