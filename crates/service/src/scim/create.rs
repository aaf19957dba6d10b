//! `POST` (RFC 7644 §3.3).

use enroll_domain::{GroupId, Handle, UserId};
use enroll_scim::validate;
use enroll_scim::{Notes, Object, Resource, ScimError};
use enroll_store::user::NewUser;
use enroll_store::{StoreError, group, handle, user};
use serde_json::Value;

use super::members::{self, MemberIds};
use super::view::View;
use super::{Answer, ResourceKind, WriteOptions, group_name, note};
use crate::{Error, ScimSession, Service};

impl Service {
    /// Creates a user or a group from the body of a POST.
    ///
    /// # Errors
    /// [`Error::Scim`] when the body does not fit the schema (400), or a name is taken (409 `uniqueness`); [`Error::Store`]
    /// when the outcome of the commit is not known.
    pub async fn create(
        &self,
        session: &ScimSession,
        kind: ResourceKind,
        body: Object,
        options: &WriteOptions,
    ) -> Result<Answer, Error> {
        let mut notes = Notes::default();
        let resource = validate::create(self.model(kind), &session.dialect, body, &mut notes)?;
        note(session, &notes);
        let view = View::of_answer(self, session, kind, options)?;
        match kind {
            ResourceKind::User => self.create_user(view, resource).await,
            ResourceKind::Group => self.create_group(view, resource).await,
        }
    }

    async fn create_user(&self, view: View, resource: Resource) -> Result<Answer, Error> {
        let now = self.clock().now();
        let id = UserId::new(now, &self.entropy().id());
        let base = Handle::derive(address(&resource), resource.text("userName").unwrap_or_default());
        self.db()
            .write(move |tx| {
                let handle = handle::claim(tx, &base, id)?;
                let new =
                    NewUser { directory: view.directory, id, handle: &handle, now, resource: &resource };
                user::insert(tx, &new).map_err(|error| user_name_taken(error, &resource))?;
                view.user(tx, id, resource.clone().into_object(), (now, now, 1), true)
            })
            .await
    }

    async fn create_group(&self, view: View, mut resource: Resource) -> Result<Answer, Error> {
        let now = self.clock().now();
        let id = GroupId::new(now, &self.entropy().id());
        let members = MemberIds::of_values(resource.take("members"), self.limits())?;
        let name = group_name(&resource)?;
        self.db()
            .write(move |tx| {
                let new = group::NewGroup { directory: view.directory, id, now, resource: &resource };
                group::insert(tx, &new).map_err(|error| display_name_taken(error, &resource))?;
                members::add(tx, view.directory, id, &members, now)?;
                super::mappings::group_named(tx, view.directory, id, &name)?;
                view.group(tx, id, resource.clone().into_object(), (now, now, 1), true)
            })
            .await
    }
}

/// The e-mail address that a handle is made from: the primary one, else the first.
fn address(resource: &Resource) -> Option<&str> {
    let emails = resource.get("emails")?.as_array()?;
    let primary = emails.iter().find(|email| email.get("primary").and_then(Value::as_bool) == Some(true));
    primary.or_else(|| emails.first())?.get("value")?.as_str()
}

/// Names the userName that is taken (lessons 10: the filter finds the holder in the same directory).
pub(super) fn user_name_taken(error: StoreError, resource: &Resource) -> Error {
    taken(error, || {
        let name = resource.text("userName").unwrap_or_default();
        format!("the userName {name:?} is in use in this directory; look it up with the filter userName eq")
    })
}

/// Names the displayName that is taken.
pub(super) fn display_name_taken(error: StoreError, resource: &Resource) -> Error {
    taken(error, || {
        let name = resource.text("displayName").unwrap_or_default();
        format!(
            "a group with the displayName {name:?} is in this directory; look it up with the filter displayName eq"
        )
    })
}

fn taken(error: StoreError, detail: impl FnOnce() -> String) -> Error {
    match error {
        StoreError::Unique { .. } => ScimError::uniqueness(detail()).into(),
        other => other.into(),
    }
}
