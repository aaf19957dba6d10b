//! Since when a grant is held, and which change brought it (enrollment.md §3.10).

use std::fmt;

use enroll_domain::time::Moment;
use enroll_domain::{MappingId, OrganizationId, RoleWord, UserId};
use enroll_store::{Tx, role_history};
use jiff::Timestamp;
use schemars::JsonSchema;
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
    /// Since when it has been held without a break; absent for a grant on a resource itself, and where the history is not
    /// written yet or does not reach back so far.
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
    /// Since when it has been held without a break; absent for a grant on a resource itself, and where the history is not
    /// written yet or does not reach back so far.
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
enum Key {
    Mapping(MappingId),
    Direct,
    Jit,
}

/// A source that the history of an organization may know.
pub(crate) trait OnOrganization {
    /// The role on the organization that it is, or comes from.
    fn on_organization(&self) -> Option<&SourceView>;
}

impl OnOrganization for SourceView {
    fn on_organization(&self) -> Option<&SourceView> {
        Some(self)
    }
}

impl OnOrganization for ResourceSourceView {
    fn on_organization(&self) -> Option<&SourceView> {
        match self {
            Self::Implied(ImpliedView::Organization { via, .. }) => Some(via),
            Self::Own(_) | Self::Implied(ImpliedView::Public { .. }) => None,
        }
    }
}

fn key(source: &SourceView) -> Key {
    match source {
        SourceView::Group { mapping, .. } => Key::Mapping(*mapping),
        SourceView::Direct { .. } => Key::Direct,
        SourceView::Jit { .. } => Key::Jit,
    }
}

/// A time in the history, with the grants that were held then.
struct Held {
    since: Timestamp,
    begun_by: i64,
    ended_by: Option<i64>,
    keys: Vec<Key>,
}

/// The grants of a user in an organization, each with the change that brought it.
///
/// # Errors
/// [`Error::Internal`] for a history that cannot be read; the store fails.
pub(crate) fn explained<S: OnOrganization>(
    tx: &Tx<'_>,
    (user, organization): (UserId, OrganizationId),
    sources: impl Iterator<Item = S>,
) -> Result<Vec<Explained<S>>, Error> {
    let held: Vec<Held> = role_history::newest(tx, user, organization, ROWS)?
        .into_iter()
        .map(|row| {
            let sources: Vec<SourceView> = serde_json::from_str(&row.sources)
                .map_err(|error| Error::Internal(format!("the sources of a role in the history: {error}")))?;
            let keys = sources.iter().map(key).collect();
            Ok(Held { since: row.since, begun_by: row.begun_by, ended_by: row.ended_by, keys })
        })
        .collect::<Result<_, Error>>()?;
    let explain = |source: S| {
        let begun = source.on_organization().and_then(|source| begin(&held, key(source)));
        let brought_by =
            begun.filter(|(_, last)| !last).map_or(Ok(None), |(held, _)| cause(tx, held.begun_by));
        Ok(Explained { since: begun.map(|(held, _)| held.since), brought_by: brought_by?, source })
    };
    sources.map(explain).collect()
}

/// The earliest time from which on a grant was held until now, and whether the rows that were read end there.
fn begin(held: &[Held], key: Key) -> Option<(&Held, bool)> {
    let mut rows = held.iter().take_while(|row| row.keys.contains(&key)).enumerate();
    // What has ended is not what is held now: the history is behind.
    let (_, mut begun) = rows.next().filter(|(_, row)| row.ended_by.is_none())?;
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
