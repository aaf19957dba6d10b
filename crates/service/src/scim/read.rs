//! `GET` of one resource (RFC 7644 §3.4.1).

use std::sync::Arc;

use bytes::Bytes;
use enroll_domain::{CustomResourceId, DirectoryId, GroupId, UserId};
use enroll_scim::ScimError;
use enroll_store::{group, user};

use super::view::View;
use super::{Answer, ProjectionRequest, ResourceKind, custom};
use crate::kept::{Kept, Weight};
use crate::{Error, ScimSession, Service};

/// Bytes of memory for users kept as they were answered.
const KEPT_BYTES: u64 = 32 * 1024 * 1024;

/// What an answer takes beside its text.
const KEPT_OVERHEAD: u64 = 256;

/// Users kept at most, roughly.
const KEPT_USERS: usize = 16 * 1024;

/// One resource, written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The representation after projection, as JSON.
    pub json: Bytes,
    /// `meta.location`
    pub location: String,
    /// `meta.version`, the ETag, for example `W/"3"`.
    pub version: String,
}

/// The users that were read last, as they are without `attributes` and `excludedAttributes`.
pub(crate) struct KeptUsers(Kept<(DirectoryId, UserId), Written>);

impl Default for KeptUsers {
    fn default() -> Self {
        Self(Kept::new(KEPT_USERS, KEPT_BYTES))
    }
}

impl Weight for Written {
    fn weight(&self) -> u64 {
        self.json.len() as u64 + KEPT_OVERHEAD
    }
}

impl Service {
    /// One resource of the session's directory.
    ///
    /// # Errors
    /// [`Error::Scim`] 404 when the directory has none of that id, 400 when the projection is contradictory.
    pub async fn get(
        &self,
        session: &ScimSession,
        kind: &ResourceKind,
        id: &str,
        projection: &ProjectionRequest,
    ) -> Result<Arc<Written>, Error> {
        let view = View::of_projection(self, session, kind, projection)?;
        match kind {
            ResourceKind::User => {
                let id: UserId = id.parse().map_err(|_| not_found(kind, id))?;
                if view.is_whole() {
                    let key = (view.directory, id);
                    let seen = self.seen().await;
                    self.users().0.get_or_load(seen, key, || self.read_user(&view, id)).await
                } else {
                    self.read_user(&view, id).map(Arc::new)
                }
            }
            ResourceKind::Group => {
                let missing = not_found(kind, id);
                let id: GroupId = id.parse().map_err(|_| missing.clone())?;
                let read = self.db().read(move |tx| {
                    let row = group::find(tx, view.directory, id)?.ok_or(missing)?;
                    let times = (row.created, row.last_modified, row.version);
                    written(view.group(tx, id, row.object()?, times, false)?)
                });
                read.await.map(Arc::new)
            }
            ResourceKind::Custom(of) => {
                let id: CustomResourceId = id.parse().map_err(|_| not_found(kind, id))?;
                let read = self.db().look_up(|tx| {
                    let row = custom::find(tx, &view, of, id)?;
                    let times = (row.created, row.last_modified, row.version);
                    written(view.custom(id, row.object()?, times, false))
                });
                read.map(Arc::new)
            }
        }
    }

    /// A user from the database. A few look-ups along indexes: handing them to another thread would cost more than doing them.
    fn read_user(&self, view: &View, id: UserId) -> Result<Written, Error> {
        self.db().look_up(|tx| {
            let (row, is_member) = user::find_with_membership(tx, view.directory, id)?
                .ok_or_else(|| not_found(&ResourceKind::User, &id.to_string()))?;
            let times = (row.created, row.last_modified, row.version);
            written(if is_member {
                view.user(tx, id, row.object()?, times, false)?
            } else {
                view.user_of_no_group(id, row.object()?, times, false)
            })
        })
    }
}

fn written(answer: Answer) -> Result<Written, Error> {
    let Answer { resource, location, version, .. } = answer;
    let json = serde_json::to_vec(&resource.unwrap_or_default())
        .map_err(|error| Error::Internal(format!("a resource cannot be written as JSON: {error}")))?;
    Ok(Written { json: json.into(), location, version })
}

/// The same answer for an id that never was, was deleted, or belongs to another directory.
pub(super) fn not_found(kind: &ResourceKind, id: &str) -> ScimError {
    let mut shown: String = id.chars().filter(|c| !c.is_control()).take(64).collect();
    if shown.len() < id.len() {
        shown.push('…');
    }
    ScimError::not_found(format!("this directory has no {} with the id {shown:?}", kind.name()))
}
