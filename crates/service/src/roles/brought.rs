//! Since when a grant is held, and which change brought it (enrollment.md §3.10).

use std::fmt;

use enroll_domain::time::Moment;
use enroll_domain::{MappingId, OrganizationId, ResourceId, RoleWord, Target, UserId, Visibility};
use enroll_store::role_history::RoleRow;
use enroll_store::{Tx, fact_history, role_history};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::past::{Cause, cause};
use crate::Error;
use crate::source::{GroupSummary, ImpliedView, ResourceSourceView, SourceView};

/// Rows of the history that are looked through, newest first: an older grant is shown without its change.
const ROWS: u32 = 500;

/// A grant, since when it has been held without a break, and the change that brought it: [`Explained`] as it is written, for
/// descriptions of the API. The members of a flattened enum can only be described together.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what another type is written as")]
pub(crate) struct ExplainedSource {
    /// By a mapping, given by an administrator, given at first sign-in; on a resource also by a role on the organization, or because it
    /// is public.
    #[schemars(extend("enum" = ["group", "direct", "jit", "organization", "public"]))]
    kind: String,
    /// The role it gives.
    role: RoleWord,
    /// The mapping.
    #[serde(skip_serializing_if = "Option::is_none")]
    mapping: Option<MappingId>,
    /// The mapped group.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<GroupSummary>,
    /// From the group that has the user as a member to the mapped group; one entry when they are the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<Vec<GroupSummary>>,
    /// Where the role on the organization comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    via: Option<SourceView>,
    /// Since when it has been held without a break; absent where the history is not written yet or does not reach back so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Moment>")]
    since: Option<Timestamp>,
    /// The change that brought it; absent also where that was before the history.
    #[serde(skip_serializing_if = "Option::is_none")]
    brought_by: Option<Cause>,
}

/// A grant with what brought it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Explained<S = SourceView> {
    /// The grant.
    #[serde(flatten)]
    pub source: S,
    /// Since when it has been held without a break; absent where the history is not written yet or does not reach back so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The change that brought it; absent also where that was before the history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brought_by: Option<Cause>,
}

impl<S: fmt::Display> fmt::Display for Explained<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)?;
        match (&self.brought_by, &self.since) {
            (Some(cause), _) => write!(f, "\n      brought by {cause}"),
            (None, Some(since)) => write!(f, "\n      since {since} or longer"),
            (None, None) => Ok(()),
        }
    }
}

/// What makes a grant the same one at two times: the names of its groups and its role may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Mapping(MappingId),
    Direct,
    Jit,
}

/// Where the history knows a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Organization(Key),
    Resource(Key),
    Visibility,
}

/// A source that a history knows.
pub(crate) trait Placed {
    /// Where it is to be found.
    fn place(&self) -> Place;
}

impl Placed for SourceView {
    fn place(&self) -> Place {
        Place::Organization(key(self))
    }
}

impl Placed for ResourceSourceView {
    fn place(&self) -> Place {
        match self {
            Self::Own(own) => Place::Resource(key(own)),
            Self::Implied(ImpliedView::Organization { via, .. }) => Place::Organization(key(via)),
            Self::Implied(ImpliedView::Public { .. }) => Place::Visibility,
        }
    }
}

fn key<R>(source: &SourceView<R>) -> Key {
    match source {
        SourceView::Group { mapping, .. } => Key::Mapping(*mapping),
        SourceView::Direct { .. } => Key::Direct,
        SourceView::Jit { .. } => Key::Jit,
    }
}

/// A time in the history, with the grants that were held then.
struct Held {
    since: Timestamp,
    until: Option<Timestamp>,
    begun_by: i64,
    ended_by: Option<i64>,
    keys: Vec<Key>,
}

impl Held {
    fn read(row: &RoleRow) -> Result<Self, Error> {
        let keys = sources_of::<RoleWord>(row)?.iter().map(key).collect();
        let RoleRow { since, until, begun_by, ended_by, .. } = *row;
        Ok(Self { since, until, begun_by, ended_by, keys })
    }
}

/// The sources that a row of the history tells.
///
/// # Errors
/// [`Error::Internal`] for what is none.
pub(super) fn sources_of<R: DeserializeOwned>(row: &RoleRow) -> Result<Vec<SourceView<R>>, Error> {
    serde_json::from_str(&row.sources)
        .map_err(|error| Error::Internal(format!("the sources of a role in the history: {error}")))
}

/// Whose grants are explained, where, and of which time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About {
    pub(crate) user: UserId,
    pub(crate) organization: OrganizationId,
    pub(crate) resource: Option<ResourceId>,
    pub(crate) at: Timestamp,
}

impl About {
    /// What is held now, whatever the clock says.
    pub(crate) const fn now(
        user: UserId,
        organization: OrganizationId,
        resource: Option<ResourceId>,
    ) -> Self {
        Self { user, organization, resource, at: Timestamp::MAX }
    }
}

/// The grants of a user in an organization or on a resource, each with the change that brought it.
///
/// # Errors
/// [`Error::Internal`] for a history that cannot be read; the store fails.
pub(crate) fn explained<S: Placed>(
    tx: &Tx<'_>,
    about: About,
    sources: impl Iterator<Item = S>,
) -> Result<Vec<Explained<S>>, Error> {
    let held = |target: Target| -> Result<Vec<Held>, Error> {
        role_history::newest(tx, about.user, target, about.at, ROWS)?.iter().map(Held::read).collect()
    };
    let on_organization = held(Target::Organization(about.organization))?;
    let on_resource =
        about.resource.map_or_else(|| Ok(Vec::new()), |resource| held(Target::Resource(resource)))?;
    let explain = |source: S| {
        let (held, key) = match source.place() {
            Place::Organization(key) => (&on_organization, key),
            Place::Resource(key) => (&on_resource, key),
            Place::Visibility => return made_public(tx, about, source),
        };
        let begun = begin(held, key, about.at);
        let brought_by =
            begun.filter(|(_, last)| !last).map_or(Ok(None), |(held, _)| cause(tx, held.begun_by));
        Ok(Explained { since: begun.map(|(held, _)| held.since), brought_by: brought_by?, source })
    };
    sources.map(explain).collect()
}

/// What everybody has on a public resource, with the change that made it public.
fn made_public<S>(tx: &Tx<'_>, about: About, source: S) -> Result<Explained<S>, Error> {
    let last = match about.resource {
        Some(resource) => fact_history::last(tx, *resource.as_uuid(), about.at)?,
        None => None,
    };
    let made = last.filter(|change| change.new == Visibility::Public.as_str());
    let brought_by = made.as_ref().map_or(Ok(None), |change| cause(tx, change.audit))?;
    Ok(Explained { since: made.map(|change| change.changed), brought_by, source })
}

/// The earliest time from which on a grant was held until `at`, and whether the rows that were read end there.
fn begin(held: &[Held], key: Key, at: Timestamp) -> Option<(&Held, bool)> {
    let mut rows = held.iter().take_while(|row| row.keys.contains(&key)).enumerate();
    // What had ended by then was not held then: the history is behind.
    let (_, mut begun) = rows.next().filter(|(_, row)| row.until.is_none_or(|until| until > at))?;
    let mut last = 0;
    for (number, row) in rows {
        // Between two rows there may have been a time without any grant.
        if row.ended_by != Some(begun.begun_by) {
            break;
        }
        (begun, last) = (row, number);
    }
    let limit = usize::try_from(ROWS).unwrap_or(usize::MAX);
    Some((begun, last + 1 >= limit))
}
