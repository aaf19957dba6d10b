//! `GET` of one resource (RFC 7644 §3.4.1).

use enroll_domain::{GroupId, UserId};
use enroll_scim::ScimError;
use enroll_store::{group, user};

use super::view::View;
use super::{Answer, ProjectionRequest, ResourceKind};
use crate::{Error, ScimSession, Service};

impl Service {
    /// One user or group of the session's directory.
    ///
    /// # Errors
    /// [`Error::Scim`] 404 when the directory has none of that id, 400 when the projection is contradictory.
    pub async fn get(
        &self,
        session: &ScimSession,
        kind: ResourceKind,
        id: &str,
        projection: &ProjectionRequest,
    ) -> Result<Answer, Error> {
        let view = View::of_projection(self, session, kind, projection)?;
        let missing = not_found(kind, id);
        match kind {
            // A few look-ups along indexes: handing them to another thread would cost more than doing them.
            ResourceKind::User => {
                let id: UserId = id.parse().map_err(|_| missing.clone())?;
                self.db().look_up(|tx| {
                    let row = user::find(tx, view.directory, id)?.ok_or(missing)?;
                    view.user(tx, id, row.object()?, (row.created, row.last_modified, row.version), false)
                })
            }
            ResourceKind::Group => {
                let id: GroupId = id.parse().map_err(|_| missing.clone())?;
                self.db()
                    .read(move |tx| {
                        let row = group::find(tx, view.directory, id)?.ok_or(missing)?;
                        view.group(
                            tx,
                            id,
                            row.object()?,
                            (row.created, row.last_modified, row.version),
                            false,
                        )
                    })
                    .await
            }
        }
    }
}

/// The same answer for an id that never was, was deleted, or belongs to another directory.
pub(super) fn not_found(kind: ResourceKind, id: &str) -> ScimError {
    let mut shown: String = id.chars().filter(|c| !c.is_control()).take(64).collect();
    if shown.len() < id.len() {
        shown.push('…');
    }
    ScimError::not_found(format!("this directory has no {} with the id {shown:?}", kind.name()))
}
