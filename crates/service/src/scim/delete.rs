//! `DELETE` (RFC 7644 §3.6).

use std::sync::Arc;

use enroll_domain::{CustomResourceId, GroupId, UserId};
use enroll_scim::Resource;
use enroll_store::tombstone::Deletion;
use enroll_store::{custom_resource, group, user};

use super::read::not_found;
use super::{IfMatch, ResourceKind, conditions, mappings, unique};
use crate::audit::{Moved, Scribe};
use crate::brake::Tried;
use crate::roles::{self, Reach};
use crate::standing::{Leaving, depart, group_goes};
use crate::{Error, ScimSession, Service};

impl Service {
    /// Deletes a resource for good. Memberships and grants of a user end; a group's members stay users, and the mappings
    /// bound to it give nothing any more.
    ///
    /// # Errors
    /// [`Error::Scim`] 404 when the directory has none of that id; [`Error::PreconditionFailed`].
    pub async fn delete(
        &self,
        session: &ScimSession,
        kind: &ResourceKind,
        id: &str,
        if_match: Option<&IfMatch>,
    ) -> Result<(), Error> {
        session.writable()?;
        let directory = session.directory;
        let missing = not_found(kind, id);
        let (if_match, now) = (if_match.cloned(), self.clock().now());
        let scribe = Scribe::of_scim(session, now);
        let (models, of) = (Arc::clone(&session.models), kind.clone());
        let by = format!("SCIM token {}", session.label);
        let done = match kind {
            ResourceKind::User => {
                let id: UserId = id.parse().map_err(|_| missing.clone())?;
                self.db()
                    .write(move |tx| {
                        let row = user::find(tx, directory, id)?.ok_or_else(|| missing.clone())?;
                        conditions::check(if_match.as_ref(), row.version)?;
                        depart(tx, &scribe, &row, Leaving::Deleted, || {
                            user::delete(tx, directory, id, Deletion { now, by: &by })?;
                            unique::release(tx, directory, (&of, models.model(&of)), *id.as_uuid())?;
                            let gone = Resource::from_stored(row.object()?);
                            let subject = (directory, &of, *id.as_uuid());
                            let told = scribe.resource(tx, subject, Some(&gone), None, &Moved::default())?;
                            Ok(roles::tell(tx, told, directory, &Reach::user(id))?)
                        })
                    })
                    .await
            }
            ResourceKind::Group => {
                let id: GroupId = id.parse().map_err(|_| missing.clone())?;
                self.db()
                    .write(move |tx| {
                        let row = group::find(tx, directory, id)?.ok_or_else(|| missing.clone())?;
                        conditions::check(if_match.as_ref(), row.version)?;
                        let gone = Resource::from_stored(row.object()?);
                        let subject = (directory, &of, *id.as_uuid());
                        group_goes(tx, &scribe, directory, id, || {
                            let told = scribe.resource(tx, subject, Some(&gone), None, &Moved::default())?;
                            // Afterwards nobody could say who was in it, and what it was mapped to.
                            let reach = Reach::of_group(tx, directory, id)?;
                            mappings::group_deleted(tx, &scribe, directory, id)?;
                            group::delete(tx, directory, id, Deletion { now, by: &by })?;
                            unique::release(tx, directory, (&of, models.model(&of)), *id.as_uuid())?;
                            Ok(roles::tell(tx, told, directory, &reach)?)
                        })
                    })
                    .await
            }
            ResourceKind::Custom(custom) => {
                let (custom, id): (_, CustomResourceId) =
                    (custom.clone(), id.parse().map_err(|_| missing.clone())?);
                self.db()
                    .write(move |tx| {
                        let row = custom_resource::find(tx, directory, custom.key(), id)?
                            .ok_or_else(|| missing.clone())?;
                        conditions::check(if_match.as_ref(), row.version)?;
                        custom_resource::delete(tx, directory, id)?;
                        unique::release(tx, directory, (&of, models.model(&of)), *id.as_uuid())?;
                        let gone = Resource::from_stored(row.object()?);
                        let subject = (directory, &of, *id.as_uuid());
                        scribe.resource(tx, subject, Some(&gone), None, &Moved::default())?;
                        Ok(())
                    })
                    .await
            }
        };
        self.told(session, Tried { method: "DELETE", kind, id }, done).await
    }
}
