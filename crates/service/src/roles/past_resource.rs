//! Which role a user had on a resource at an earlier time, and what brought it (enrollment.md §3.10).
//!
//! Nothing stores the role: most people have it by their role on the organization, and an organization of 10,000 people with 1,000
//! resources would have ten million rows (`docs/decisions/0007`). It is put together from what was told of the user in the organization
//! and on the resource itself, and from the facts of that time: who was active, which base role the organization had, who could read
//! the resource. The times at which one of these changed are the only ones at which the role can have changed.

use std::cmp::Reverse;
use std::str::FromStr;

use enroll_domain::enrollment::ResourceSource;
use enroll_domain::{ResourceRole, Target, Visibility};
use enroll_store::organization::OrganizationRow;
use enroll_store::resource::ResourceRow;
use enroll_store::role_history::{self, RoleRow};
use enroll_store::{StoreError, Tx, fact_history, resource, user};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::brought::{About, explained, sources_of};
use super::difference::unnamed;
use super::past::{PastAnswer, cause, find, has_come, incomplete_since, known};
use crate::access::UserSummary;
use crate::admin::{find_organization, find_resource_at};
use crate::audit::activity;
use crate::source::{ImpliedView, ResourceSourceView, SourceView};
use crate::{Error, Service};

/// A user's role on a resource at an earlier time.
pub type ResourcePastAnswer = PastAnswer<ResourceRole, ResourceSourceView>;

/// Changes that are looked through for the one that brought, or ended, what was: each that made no difference is passed.
const CHANGES: usize = 200;

/// The smallest difference between two times that are stored.
const TICK: SignedDuration = SignedDuration::from_millis(1);

impl Service {
    /// Which role `user` had on a resource of `organization` at an earlier time, and which change brought it. A user or resource that was
    /// deleted is found by id; the name of a resource stands for the one that had it then.
    ///
    /// # Errors
    /// As [`Service::check_resource`]; [`Error::Invalid`] for a time that has not come, or of which nothing is known.
    pub async fn explain_resource_at(
        &self,
        user: &str,
        organization: &str,
        resource: &str,
        at: Timestamp,
    ) -> Result<ResourcePastAnswer, Error> {
        has_come(at, self.clock().now())?;
        self.db().look_up(|tx| {
            let (user, organization) = (find(tx, user)?, find_organization(tx, organization)?);
            let resource = find_resource_at(tx, &organization, resource, at)?;
            let on_resource = Target::Resource(resource.id);
            let beginning = known(tx, on_resource, at)?;
            let waiting = [
                incomplete_since(tx, Target::Organization(organization.id), at)?,
                incomplete_since(tx, on_resource, at)?,
            ];
            let incomplete = waiting.into_iter().flatten().min();
            let past = Past { user: &user, organization: &organization, resource: &resource };
            let then = past.standing(tx, at)?;
            let (since, begun_by) = past.begin(tx, &then, at, beginning)?;
            let end = past.end(tx, &then)?;
            let about =
                About { user: user.id, organization: organization.id, resource: Some(resource.id), at };
            Ok(PastAnswer {
                organization: organization.name.to_string(),
                resource: Some(resource.name.to_string()),
                at,
                role: then.role,
                sources: explained(tx, about, then.sources.into_iter())?,
                since,
                brought_by: cause(tx, begun_by)?,
                until: end.map(|end| end.time),
                ended_by: end.map_or(Ok(None), |end| cause(tx, end.audit))?,
                incomplete_since: incomplete.map(|since| since.max(beginning)),
                user: user.clone(),
            })
        })
    }
}

/// A time at which something changed that the role may depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Change {
    time: Timestamp,
    /// Its audit entry; 0 when that is not known.
    audit: i64,
}

/// What was in force at a time.
struct Standing {
    role: Option<ResourceRole>,
    sources: Vec<ResourceSourceView>,
    /// The last change by then of what it was put together from.
    last: Option<Change>,
    /// The first one behind it.
    next: Option<Change>,
}

impl Standing {
    /// Whether it is the same role for the same reasons. The name of a group is no reason.
    fn is_same(&self, other: &Self) -> bool {
        let reasons = |of: &Self| of.sources.iter().cloned().map(without_names).collect::<Vec<_>>();
        self.role == other.role && reasons(self) == reasons(other)
    }
}

fn without_names(source: ResourceSourceView) -> ResourceSourceView {
    match source {
        ResourceSourceView::Own(own) => ResourceSourceView::Own(unnamed(own)),
        ResourceSourceView::Implied(ImpliedView::Organization { role, via }) => {
            ResourceSourceView::Implied(ImpliedView::Organization { role, via: unnamed(via) })
        }
        public @ ResourceSourceView::Implied(ImpliedView::Public { .. }) => public,
    }
}

/// Gathers the changes nearest to a time.
struct Changes {
    at: Timestamp,
    last: Option<Change>,
    next: Option<Change>,
}

impl Changes {
    fn note(&mut self, time: Timestamp, audit: i64) {
        let change = Change { time, audit };
        if time <= self.at {
            self.last = self.last.max(Some(change));
        } else {
            self.next = [self.next, Some(change)].into_iter().flatten().min();
        }
    }

    /// What was told of a user on a target.
    fn told(&mut self, tx: &Tx<'_>, of: (&UserSummary, Target)) -> Result<Option<RoleRow>, StoreError> {
        let (user, target) = (of.0.id, of.1);
        if let Some(next) = role_history::next(tx, user, target, self.at)? {
            self.note(next.since, next.begun_by);
        }
        let Some(row) = role_history::newest(tx, user, target, self.at, 1)?.pop() else { return Ok(None) };
        self.note(row.since, row.begun_by);
        if let Some(until) = row.until {
            self.note(until, row.ended_by.unwrap_or(0));
        }
        Ok(Some(row).filter(|row| row.until.is_none_or(|until| until > self.at)))
    }

    /// What was so of a subject; `present` is what is now, which was then if it never changed since. `None` for what was not there.
    fn fact<T: FromStr>(
        &mut self,
        tx: &Tx<'_>,
        subject: Uuid,
        present: Option<String>,
    ) -> Result<Option<T>, Error> {
        let last = fact_history::last(tx, subject, self.at)?;
        let next = fact_history::next(tx, subject, self.at)?;
        for change in last.iter().chain(&next) {
            self.note(change.changed, change.audit);
        }
        let text = last.map(|change| change.new).or(next.map(|change| change.old)).or(present);
        text.filter(|text| !text.is_empty())
            .map(|text| {
                text.parse().map_err(|_| Error::Internal(format!("{text:?} in the history of facts")))
            })
            .transpose()
    }
}

/// Whose role on what.
struct Past<'a> {
    user: &'a UserSummary,
    organization: &'a OrganizationRow,
    resource: &'a ResourceRow,
}

impl Past<'_> {
    /// What was in force at a time.
    fn standing(&self, tx: &Tx<'_>, at: Timestamp) -> Result<Standing, Error> {
        let mut changes = Changes { at, last: None, next: None };
        let (user, organization, resource) = (self.user.id, self.organization.id, self.resource.id);
        let own = changes.told(tx, (self.user, Target::Resource(resource)))?;
        let roles = changes.told(tx, (self.user, Target::Organization(organization)))?;
        let base = Some(self.organization.base_resource_role.to_string());
        let base: Option<ResourceRole> = changes.fact(tx, *organization.as_uuid(), base)?;
        let present = resource::find(tx, resource)?.map(|row| row.visibility.to_string());
        let visibility: Option<Visibility> = changes.fact(tx, *resource.as_uuid(), present)?;
        let present = match user::resolve(tx, &user.to_string())? {
            user::Reference::One(row) => Some(activity(row.active).to_owned()),
            _ => None,
        };
        let active: Option<String> = changes.fact(tx, *user.as_uuid(), present)?;
        let made = user.made();
        if let Some(made) = made {
            changes.note(made, 0);
        }
        let is_there = visibility.is_some() && self.resource.created <= at;
        let mut sources: Vec<ResourceSourceView> = Vec::new();
        if is_there {
            let given = own.as_ref().map_or_else(|| Ok(Vec::new()), sources_of::<ResourceRole>)?;
            sources.extend(given.into_iter().map(ResourceSourceView::Own));
            let roles = roles.as_ref().map_or_else(|| Ok(Vec::new()), sources_of)?;
            let base = base.unwrap_or(self.organization.base_resource_role);
            sources.extend(roles.into_iter().map(|via: SourceView| {
                let role = via.role().on_resources(base);
                ResourceSourceView::Implied(ImpliedView::Organization { role, via })
            }));
        }
        let everybody = active.is_some() && made.is_none_or(|made| made <= at);
        if is_there && everybody && visibility == Some(Visibility::Public) {
            let role = ResourceSource::Public.role();
            sources.push(ResourceSourceView::Implied(ImpliedView::Public { role }));
        }
        // Stable: of the same role, in the order in which the present is explained.
        sources.sort_by_key(|source| Reverse(source.role()));
        let in_force = active.as_deref() == Some(activity(true));
        let role = sources.first().map(ResourceSourceView::role).filter(|_| in_force);
        Ok(Standing { role, sources, last: changes.last, next: changes.next })
    }

    /// Since when it was so, and the audit entry of the change that brought it; 0 when that was before the history.
    fn begin(
        &self,
        tx: &Tx<'_>,
        then: &Standing,
        at: Timestamp,
        beginning: Timestamp,
    ) -> Result<(Option<Timestamp>, i64), Error> {
        let mut last = then.last;
        for _ in 0..CHANGES {
            let Some(change) = last.filter(|change| change.time > beginning && change.time <= at) else {
                break;
            };
            let Ok(before) = change.time.checked_sub(TICK) else { break };
            let before = self.standing(tx, before)?;
            if !before.is_same(then) {
                return Ok((Some(change.time), change.audit));
            }
            last = before.last;
        }
        Ok((Some(beginning).filter(|_| !then.sources.is_empty()), 0))
    }

    /// The change that ended it.
    fn end(&self, tx: &Tx<'_>, then: &Standing) -> Result<Option<Change>, Error> {
        let mut next = then.next;
        for _ in 0..CHANGES {
            let Some(change) = next else { break };
            let after = self.standing(tx, change.time)?;
            if !after.is_same(then) {
                return Ok(Some(Change { audit: after.last.map_or(0, |last| last.audit), ..change }));
            }
            next = after.next;
        }
        Ok(None)
    }
}
