//! `POST` (RFC 7644 §3.3).

use enroll_domain::{CustomResourceId, GroupId, GroupName, Handle, HandleBase, UserId};
use enroll_scim::projection::written;
use enroll_scim::resource::primary_or_first;
use enroll_scim::validate;
use enroll_scim::{Object, Resource, ScimError};
use enroll_store::user::NewUser;
use enroll_store::{StoreError, Tx, custom_resource, group, user};
use jiff::Timestamp;
use uuid::Uuid;

use super::members::{self, MemberIds};
use super::outcome::Book;
use super::view::View;
use super::{Answer, Outcome, ResourceKind, WriteOptions, group_name, unique};
use crate::audit::{Moved, Scribe};
use crate::models::CustomType;
use crate::roles::{self, Reach};
use crate::{Error, ScimSession, Service};

impl Service {
    /// Creates a user, a group or a resource of a custom type from the body of a POST.
    ///
    /// The result is [`Error::Scim`] when the body does not fit the schema (400), or a name is taken (409 `uniqueness`);
    /// [`Error::Store`] when the outcome of the commit is not known.
    pub async fn create(
        &self,
        session: &ScimSession,
        kind: &ResourceKind,
        body: Object,
        options: &WriteOptions,
    ) -> Outcome<Answer> {
        let book = Book::default();
        let created = match Creation::prepare(self, session, NewId::of(self, kind), body, options, &book) {
            Ok(creation) => self.carry_out(creation).await,
            Err(error) => Err(error),
        };
        book.close(created)
    }

    /// One POST in a transaction of its own.
    pub(super) async fn carry_out(&self, creation: Creation) -> Result<Answer, Error> {
        self.db()
            .write(move |tx| {
                creation.insert(tx)?;
                creation.link(tx)?;
                creation.answer(tx, Company::Alone)
            })
            .await
    }
}

/// The id of a resource that is about to be created, and the time of its creation.
#[derive(Debug, Clone)]
pub(super) struct NewId {
    kind: ResourceKind,
    uuid: Uuid,
    now: Timestamp,
}

impl NewId {
    pub(super) fn of(service: &Service, kind: &ResourceKind) -> Self {
        let (now, random) = (service.clock().now(), service.entropy().id());
        let uuid = match kind {
            ResourceKind::User => *UserId::new(now, &random).as_uuid(),
            ResourceKind::Group => *GroupId::new(now, &random).as_uuid(),
            ResourceKind::Custom(_) => *CustomResourceId::new(now, &random).as_uuid(),
        };
        Self { kind: kind.clone(), uuid, now }
    }

    /// The id itself.
    pub(super) fn uuid(&self) -> Uuid {
        self.uuid
    }

    /// The id as clients see it.
    pub(super) fn text(&self) -> String {
        self.uuid.to_string()
    }
}

/// What a resource is created with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Company {
    /// Nothing: no group can have it as a member yet.
    Alone,
    /// Other resources, which may name it.
    Others,
}

/// One POST. It may have to be carried out again, and resources that name each other are inserted before they are linked.
pub(super) struct Creation {
    kind: ResourceKind,
    uuid: Uuid,
    view: View,
    resource: Resource,
    scribe: Scribe,
    what: What,
}

/// What is beside the document.
enum What {
    User { id: UserId, handle: HandleBase },
    Group { id: GroupId, name: GroupName, members: MemberIds },
    Custom { id: CustomResourceId, custom: CustomType },
}

impl Creation {
    /// Reads and checks the body.
    pub(super) fn prepare(
        service: &Service,
        session: &ScimSession,
        id: NewId,
        body: Object,
        options: &WriteOptions,
        book: &Book,
    ) -> Result<Self, Error> {
        session.writable()?;
        let NewId { kind, uuid, now } = id;
        let model = session.models.model(&kind);
        let written = written(model, &body);
        let mut resource = book.noting(|notes| validate::create(model, &session.dialect, body, notes))?;
        let view = View::of_answer(service, session, &kind, options)?.after_write(written);
        let what = match &kind {
            ResourceKind::User => What::User {
                id: UserId::from_uuid(uuid),
                handle: Handle::derive(address(&resource), resource.text("userName").unwrap_or_default()),
            },
            ResourceKind::Group => What::Group {
                id: GroupId::from_uuid(uuid),
                members: MemberIds::of_values(resource.take("members"), service.limits())?,
                name: group_name(&resource)?,
            },
            ResourceKind::Custom(custom) => {
                What::Custom { id: CustomResourceId::from_uuid(uuid), custom: custom.clone() }
            }
        };
        Ok(Self { kind, uuid, view, resource, scribe: Scribe::of_scim(session, now), what })
    }

    /// The same POST, told to the audit trail by somebody else than a client of SCIM.
    pub(super) fn told_by(self, scribe: Scribe) -> Self {
        Self { scribe, ..self }
    }

    /// Stores the resource itself.
    pub(super) fn insert(&self, tx: &Tx<'_>) -> Result<(), Error> {
        let Self { kind, uuid, view, resource, scribe, what } = self;
        let (directory, now) = (view.directory, scribe.now());
        view.check_current(tx)?;
        match what {
            What::User { id, handle } => {
                let new = NewUser { directory, id: *id, handle, now, resource };
                user::insert(tx, &new).map_err(|error| user_name_taken(error, resource))?;
            }
            What::Group { id, .. } => {
                let new = group::NewGroup { directory, id: *id, now, resource };
                group::insert(tx, &new).map_err(|error| display_name_taken(error, resource))?;
            }
            What::Custom { id, custom } => {
                let new = custom_resource::NewCustomResource {
                    directory,
                    type_key: custom.key(),
                    id: *id,
                    now,
                    resource,
                };
                custom_resource::insert(tx, &new)?;
            }
        }
        unique::keep(tx, directory, (kind, view.model()), *uuid, resource)
    }

    /// Stores what leads from it to others: members of a group, mappings to its name. The resource is whole then, and the audit
    /// trail is told of it.
    pub(super) fn link(&self, tx: &Tx<'_>) -> Result<(), Error> {
        let (directory, scribe) = (self.view.directory, &self.scribe);
        let moved = match &self.what {
            What::Group { id, members, .. } => members::add(tx, directory, *id, members, scribe.now())?,
            _ => Moved::default(),
        };
        let subject = (directory, &self.kind, self.uuid);
        let told = scribe.resource(tx, subject, None, Some(&self.resource), &moved)?;
        if let What::Group { id, name, .. } = &self.what {
            roles::tell(tx, told, directory, &Reach::of_moved(tx, directory, *id, &moved)?)?;
            super::mappings::group_named(tx, scribe, directory, *id, name)?;
        }
        Ok(())
    }

    /// What the client is told.
    pub(super) fn answer(&self, tx: &Tx<'_>, company: Company) -> Result<Answer, Error> {
        let (document, times) =
            (self.resource.clone().into_object(), (self.scribe.now(), self.scribe.now(), 1));
        match self.what {
            What::User { id, .. } if company == Company::Alone => {
                Ok(self.view.user_of_no_group(id, document, times, true))
            }
            What::User { id, .. } => self.view.user(tx, id, document, times, true),
            What::Group { id, .. } => self.view.group(tx, id, document, times, true),
            What::Custom { id, .. } => Ok(self.view.custom(id, document, times, true)),
        }
    }
}

/// The e-mail address that a handle is made from: the primary one, else the first.
fn address(resource: &Resource) -> Option<&str> {
    primary_or_first(resource.get("emails")?.as_array()?)?.get("value")?.as_str()
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
