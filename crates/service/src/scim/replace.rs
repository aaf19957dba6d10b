//! `PUT` (RFC 7644 §3.5.1).

use enroll_domain::{CustomResourceId, GroupId, UserId};
use enroll_scim::projection::written;
use enroll_scim::validate;
use enroll_scim::{Dialect, Object, Resource};
use enroll_store::user::UserRow;
use enroll_store::{Tx, group, user};
use serde_json::Value;

use super::create::{display_name_taken, user_name_taken};
use super::members::{self, MemberIds};
use super::outcome::Book;
use super::read::not_found;
use super::view::View;
use super::{Answer, Outcome, ResourceKind, WriteOptions, conditions, custom, group_name, mappings, unique};
use crate::audit::{Moved, Scribe};
use crate::brake::Tried;
use crate::models::CustomType;
use crate::roles::{self, Reach};
use crate::standing::{self, Leaving, depart};
use crate::{Error, ScimSession, Service};

impl Service {
    /// Replaces a resource by the body of a PUT. What the body leaves out is cleared, except `active` of a user and
    /// `members` of a group (`docs/decisions/0003`).
    ///
    /// The result is as that of [`Service::create`]; 404 when there is none of that id; [`Error::PreconditionFailed`].
    pub async fn replace(
        &self,
        session: &ScimSession,
        kind: &ResourceKind,
        id: &str,
        body: Object,
        options: &WriteOptions,
    ) -> Outcome<Answer> {
        let book = Book::default();
        book.close(self.replace_noting(session, (kind, id), body, options, &book).await)
    }

    /// As [`Service::replace`], with the notes in `book`.
    pub(super) async fn replace_noting(
        &self,
        session: &ScimSession,
        (kind, id): (&ResourceKind, &str),
        body: Object,
        options: &WriteOptions,
        book: &Book,
    ) -> Result<Answer, Error> {
        session.writable()?;
        let view = View::of_answer(self, session, kind, options)?;
        let view = view.after_write(written(session.models.model(kind), &body));
        let replacement = Replacement {
            dialect: session.dialect,
            book: book.clone(),
            body,
            if_match: options.if_match.clone(),
            scribe: Scribe::of_scim(session, self.clock().now()),
            view,
        };
        let missing = not_found(kind, id);
        let done = match kind {
            ResourceKind::User => {
                let id: UserId = id.parse().map_err(|_| missing)?;
                self.db().write(move |tx| replacement.user(tx, id)).await
            }
            ResourceKind::Group => {
                let id: GroupId = id.parse().map_err(|_| missing)?;
                self.db().write(move |tx| replacement.group(tx, id)).await
            }
            ResourceKind::Custom(of) => {
                let (of, id): (_, CustomResourceId) = (of.clone(), id.parse().map_err(|_| missing)?);
                self.db().write(move |tx| replacement.custom(tx, &of, id)).await
            }
        };
        self.told(session, Tried { method: "PUT", kind, id }, done).await
    }
}

/// The attribute that says whether a user may do anything.
const ACTIVE: &str = "active";

/// One PUT; it may have to be carried out again.
struct Replacement {
    dialect: Dialect,
    book: Book,
    body: Object,
    if_match: Option<super::IfMatch>,
    scribe: Scribe,
    view: View,
}

impl Replacement {
    fn user(&self, tx: &Tx<'_>, id: UserId) -> Result<Answer, Error> {
        let row = user::find(tx, self.view.directory, id)?
            .ok_or_else(|| not_found(&ResourceKind::User, &id.to_string()))?;
        conditions::check(self.if_match.as_ref(), row.version)?;
        let current = Resource::from_stored(row.object()?);
        let resource = self.read(&current)?;
        store_user(tx, &self.view, &row, &current, resource, &self.scribe)
    }

    fn group(&self, tx: &Tx<'_>, id: GroupId) -> Result<Answer, Error> {
        let directory = self.view.directory;
        let missing = || not_found(&ResourceKind::Group, &id.to_string());
        let row = group::find(tx, directory, id)?.ok_or_else(missing)?;
        conditions::check(self.if_match.as_ref(), row.version)?;
        let current = Resource::from_stored(row.object()?);
        let mut resource = self.read(&current)?;
        let moved = match resource.take("members") {
            Some(members) => {
                let ids = MemberIds::of_values(Some(members), self.view.service.limits())?;
                members::replace(tx, directory, id, &ids, self.scribe.now())?
            }
            None => Moved::default(),
        };
        store_group(tx, &self.view, &row, &current, resource, &moved, &self.scribe)
    }

    fn custom(&self, tx: &Tx<'_>, of: &CustomType, id: CustomResourceId) -> Result<Answer, Error> {
        let target = (id, self.if_match.as_ref());
        custom::change(tx, &self.view, of, target, &self.scribe, |current| self.read(current))
    }

    fn read(&self, current: &Resource) -> Result<Resource, Error> {
        let model = self.view.model();
        let read = |notes: &mut _| validate::replace(model, &self.dialect, current, self.body.clone(), notes);
        Ok(self.book.noting(read)?)
    }
}

/// Stores what a PUT or PATCH made of a user; what has not changed keeps its version and time.
pub(super) fn store_user(
    tx: &Tx<'_>,
    view: &View,
    row: &UserRow,
    current: &Resource,
    resource: Resource,
    scribe: &Scribe,
) -> Result<Answer, Error> {
    let resource = with_active(resource, current);
    let changed = resource != *current;
    let (mut version, mut last_modified) = (row.version, row.last_modified);
    if changed {
        view.check_current(tx)?;
        let of = (&ResourceKind::User, view.model());
        unique::keep(tx, view.directory, of, *row.id.as_uuid(), &resource)?;
        let update = || {
            let stamp = user::update(tx, view.directory, row.id, &resource, scribe.now(), None)
                .map_err(|error| user_name_taken(error, &resource))?
                .ok_or_else(|| not_found(&ResourceKind::User, &row.id.to_string()))?;
            let subject = (view.directory, &ResourceKind::User, *row.id.as_uuid());
            let told = scribe.resource(tx, subject, Some(current), Some(&resource), &Moved::default())?;
            if resource.get(ACTIVE) != current.get(ACTIVE) {
                roles::tell(tx, told, view.directory, &Reach::user(row.id))?;
            }
            Ok(stamp)
        };
        let leaves = row.active && resource.get(ACTIVE) == Some(&Value::Bool(false));
        let stamp = if leaves { depart(tx, scribe, row, Leaving::Deactivated, update)? } else { update()? };
        (version, last_modified) = (stamp.version, stamp.last_modified);
    }
    view.user(tx, row.id, resource.into_object(), (row.created, last_modified, version), changed)
}

/// Only an explicit `active: true` brings a user back (enrollment.md §2.4): a change that takes the attribute away leaves it as
/// it was, since a user without one would count as active.
fn with_active(resource: Resource, current: &Resource) -> Resource {
    match current.get(ACTIVE) {
        Some(before) if resource.get(ACTIVE).is_none() => {
            let mut object = resource.into_object();
            object.insert(ACTIVE.to_owned(), before.clone());
            Resource::from_stored(object)
        }
        _ => resource,
    }
}

/// Stores what a PUT or PATCH made of a group. `moved` says who has come and gone; the mappings follow a new name.
pub(super) fn store_group(
    tx: &Tx<'_>,
    view: &View,
    row: &group::GroupRow,
    current: &Resource,
    resource: Resource,
    moved: &Moved,
    scribe: &Scribe,
) -> Result<Answer, Error> {
    let missing = || not_found(&ResourceKind::Group, &row.id.to_string());
    let (mut version, mut last_modified) = (row.version, row.last_modified);
    let changed = resource != *current;
    // Before anything is held: a request that cannot pass is not to wait for an approval.
    let renamed = resource.get("displayName") != current.get("displayName");
    let name = if renamed { Some(group_name(&resource)?) } else { None };
    if changed {
        view.check_current(tx)?;
        let of = (&ResourceKind::Group, view.model());
        unique::keep(tx, view.directory, of, *row.id.as_uuid(), &resource)?;
        let stamp = group::update(tx, view.directory, row.id, &resource, scribe.now(), None)
            .map_err(|error| display_name_taken(error, &resource))?
            .ok_or_else(missing)?;
        (version, last_modified) = (stamp.version, stamp.last_modified);
    } else if !moved.is_empty() {
        let stamp = group::touch(tx, view.directory, row.id, scribe.now())?.ok_or_else(missing)?;
        (version, last_modified) = (stamp.version, stamp.last_modified);
    }
    if changed || !moved.is_empty() {
        let subject = (view.directory, &ResourceKind::Group, *row.id.as_uuid());
        let told = scribe.resource(tx, subject, Some(current), Some(&resource), moved)?;
        let reach = Reach::of_moved(tx, view.directory, row.id, moved)?;
        roles::tell(tx, told, view.directory, &reach)?;
    }
    standing::members_left(tx, scribe, view.directory, row.id, &moved.removed)?;
    if let Some(name) = name {
        mappings::group_named(tx, scribe, view.directory, row.id, &name)?;
    }
    view.group(
        tx,
        row.id,
        resource.into_object(),
        (row.created, last_modified, version),
        changed || !moved.is_empty(),
    )
}
