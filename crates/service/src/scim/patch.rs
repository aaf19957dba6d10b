//! `PATCH` (RFC 7644 §3.5.2): the whole request or nothing of it.

use enroll_domain::{CustomResourceId, GroupId, UserId};
use enroll_scim::patch::{MemberChange, PatchRequest};
use enroll_scim::{Object, Resource};
use enroll_store::{Tx, group, user};

use super::outcome::Book;
use super::read::not_found;
use super::replace::{store_group, store_user};
use super::view::View;
use super::{Answer, IfMatch, Outcome, ResourceKind, WriteOptions, conditions, custom, members};
use crate::audit::{Moved, Scribe};
use crate::brake::Tried;
use crate::{Error, ScimSession, Service};

impl Service {
    /// Changes a resource by the operations of a PATCH, in order, all or none.
    ///
    /// The result is [`Error::Scim`] for whatever RFC 7644 §3.5.2 and §3.12 refuse; 404 when there is none of that id;
    /// [`Error::PreconditionFailed`].
    pub async fn patch(
        &self,
        session: &ScimSession,
        kind: &ResourceKind,
        id: &str,
        body: Object,
        options: &WriteOptions,
    ) -> Outcome<Answer> {
        let book = Book::default();
        book.close(self.patch_noting(session, (kind, id), body, options, &book).await)
    }

    /// As [`Service::patch`], with the notes in `book`.
    pub(super) async fn patch_noting(
        &self,
        session: &ScimSession,
        (kind, id): (&ResourceKind, &str),
        body: Object,
        options: &WriteOptions,
        book: &Book,
    ) -> Result<Answer, Error> {
        session.writable()?;
        let view = View::of_answer(self, session, kind, options)?;
        let model = session.models.model(kind);
        let (request, members) = book.noting(|notes| {
            let mut request = PatchRequest::parse(body, model, &session.dialect, self.limits(), notes)?;
            let members = match kind {
                ResourceKind::User | ResourceKind::Custom(_) => Vec::new(),
                ResourceKind::Group => request.detach(model, "members", notes)?,
            };
            Ok::<_, Error>((request, members))
        })?;
        let view = view.after_write(request.written());
        let patch = Patch {
            book: book.clone(),
            request,
            members,
            if_match: options.if_match.clone(),
            scribe: Scribe::of_scim(session, self.clock().now()),
            view,
        };
        let missing = not_found(kind, id);
        let done = match kind {
            ResourceKind::User => {
                let id: UserId = id.parse().map_err(|_| missing)?;
                self.db().write(move |tx| patch.user(tx, id)).await
            }
            ResourceKind::Group => {
                let id: GroupId = id.parse().map_err(|_| missing)?;
                self.db().write(move |tx| patch.group(tx, id)).await
            }
            ResourceKind::Custom(of) => {
                let (of, id): (_, CustomResourceId) = (of.clone(), id.parse().map_err(|_| missing)?);
                let target = move |tx: &Tx<'_>| {
                    let target = (id, patch.if_match.as_ref());
                    custom::change(tx, &patch.view, &of, target, &patch.scribe, |current| {
                        patch.apply(current)
                    })
                };
                self.db().write(target).await
            }
        };
        self.told(session, Tried { method: "PATCH", kind, id }, done).await
    }
}

/// One PATCH; it may have to be carried out again.
struct Patch {
    book: Book,
    request: PatchRequest,
    /// What concerns the members of a group, which are rows and no part of its document.
    members: Vec<MemberChange>,
    if_match: Option<IfMatch>,
    scribe: Scribe,
    view: View,
}

impl Patch {
    fn user(&self, tx: &Tx<'_>, id: UserId) -> Result<Answer, Error> {
        let row = user::find(tx, self.view.directory, id)?
            .ok_or_else(|| not_found(&ResourceKind::User, &id.to_string()))?;
        conditions::check(self.if_match.as_ref(), row.version)?;
        let current = Resource::from_stored(row.object()?);
        let patched = self.apply(&current)?;
        store_user(tx, &self.view, &row, &current, patched, &self.scribe)
    }

    fn group(&self, tx: &Tx<'_>, id: GroupId) -> Result<Answer, Error> {
        let row = group::find(tx, self.view.directory, id)?
            .ok_or_else(|| not_found(&ResourceKind::Group, &id.to_string()))?;
        conditions::check(self.if_match.as_ref(), row.version)?;
        let current = Resource::from_stored(row.object()?);
        let patched = self.apply(&current)?;
        let mut moved = Moved::default();
        for change in &self.members {
            moved.extend(members::apply(tx, &self.view, id, change, self.scribe.now())?);
        }
        store_group(tx, &self.view, &row, &current, patched, &moved, &self.scribe)
    }

    fn apply(&self, current: &Resource) -> Result<Resource, Error> {
        let model = self.view.model();
        let patched = self.book.noting(|notes| self.request.apply(model, current, notes))?;
        Ok(patched.resource)
    }
}
