//! What an administrator changes of a user: active or not, the handle, and deleting (enrollment.md 2.2-2.5).

use enroll_domain::Handle;
use enroll_domain::audit::{Action, SubjectKind};
use enroll_scim::Resource;
use enroll_store::tombstone::Deletion;
use enroll_store::user::UserRow;
use enroll_store::{Tx, handle, unique_value, user};
use serde_json::Value;

use super::people::{UserInfo, described};
use crate::access::find_user;
use crate::audit::{Changes, Moved, Scribe};
use crate::models::ResourceKind;
use crate::roles::{self, Reach};
use crate::scim::{IfMatch, check_version};
use crate::standing::{Leaving, depart};
use crate::{Error, Service};

/// What to change of a user; what is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// Deactivated or active.
    pub active: Option<bool>,
    /// The short name in the application.
    pub handle: Option<String>,
}

impl Service {
    /// Deactivates or reactivates a user, or gives another handle. What the user can act with ends with a deactivation and does
    /// not come back.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such user; [`Error::Invalid`] for what is no handle; [`Error::Conflict`] when the
    /// handle is taken, and for the last active server admin or the last owner of an organization.
    pub async fn change_user(
        &self,
        name: &str,
        change: &UserChange,
        if_match: Option<&IfMatch>,
    ) -> Result<UserInfo, Error> {
        let chosen = change
            .handle
            .as_deref()
            .map(|text| Handle::chosen(text).map_err(|error| Error::Invalid(format!("{text:?}: {error}"))));
        let (name, active, chosen) = (name.to_owned(), change.active, chosen.transpose()?);
        let if_match = if_match.cloned();
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let row = find_user(tx, &name)?;
                check_version(if_match.as_ref(), row.version)?;
                if let Some(active) = active.filter(|active| *active != row.active) {
                    set_active(tx, &scribe, &row, active)?;
                }
                if let Some(chosen) = chosen.as_ref().filter(|chosen| **chosen != row.handle) {
                    rename(tx, &scribe, &row, chosen)?;
                }
                described(tx, find_user(tx, &row.id.to_string())?)
            })
            .await
    }

    /// Deletes a user for good, as SCIM does. An identity provider that still has the person makes a new user of them.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such user; [`Error::PreconditionFailed`]; [`Error::Conflict`] for the last active
    /// server admin or the last owner of an organization.
    pub async fn delete_user(&self, name: &str, if_match: Option<&IfMatch>) -> Result<(), Error> {
        let (name, if_match) = (name.to_owned(), if_match.cloned());
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let row = find_user(tx, &name)?;
                check_version(if_match.as_ref(), row.version)?;
                delete(tx, &scribe, &row)
            })
            .await
    }
}

/// Deletes a user with all that is of her.
pub(super) fn delete(tx: &Tx<'_>, scribe: &Scribe, row: &UserRow) -> Result<(), Error> {
    depart(tx, scribe, row, Leaving::Deleted, || {
        let gone = Resource::from_stored(row.object()?);
        user::delete(tx, row.directory, row.id, Deletion { now: scribe.now(), by: &scribe.name() })?;
        unique_value::clear(tx, row.directory, *row.id.as_uuid())?;
        let subject = (row.directory, &ResourceKind::User, *row.id.as_uuid());
        let told = scribe.resource(tx, subject, Some(&gone), None, &Moved::default())?;
        Ok(roles::tell(tx, told, row.directory, &Reach::user(row.id))?)
    })
}

fn set_active(tx: &Tx<'_>, scribe: &Scribe, row: &UserRow, active: bool) -> Result<(), Error> {
    let before = Resource::from_stored(row.object()?);
    let mut object = row.object()?;
    object.insert("active".to_owned(), Value::Bool(active));
    let after = Resource::from_stored(object);
    let update = || {
        user::update(tx, row.directory, row.id, &after, scribe.now(), None)?;
        let subject = (row.directory, &ResourceKind::User, *row.id.as_uuid());
        let told = scribe.resource(tx, subject, Some(&before), Some(&after), &Moved::default())?;
        Ok(roles::tell(tx, told, row.directory, &Reach::user(row.id))?)
    };
    if active { update() } else { depart(tx, scribe, row, Leaving::Deactivated, update) }
}

fn rename(tx: &Tx<'_>, scribe: &Scribe, row: &UserRow, chosen: &Handle) -> Result<(), Error> {
    if !handle::change(tx, &row.handle, chosen, row.id)? {
        return Err(Error::Conflict(format!(
            "the handle {chosen} is taken: a user or an organization has or had it; choose another"
        )));
    }
    user::set_handle(tx, row.directory, row.id, chosen, scribe.now())?;
    let mut changes = Changes::default();
    changes.change("handle", Some(row.handle.as_str()), Some(chosen.as_str()));
    let id = row.id.to_string();
    let subject = (SubjectKind::User, id.as_str(), row.user_name.as_str());
    scribe.write(tx, Action::UserHandleChanged, row.directory, subject, &changes)?;
    Ok(())
}
