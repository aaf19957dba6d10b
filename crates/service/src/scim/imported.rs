//! What a file says of users and groups, written by the code that writes what SCIM says: the same checks, events and entries of
//! the audit trail, in the name of whoever imports.

mod manager;

use std::mem;

use enroll_domain::{DirectoryId, UserId};
use enroll_scim::validate;
use enroll_scim::{Folded, Note, Object, Resource, ScimError};
use enroll_store::user::UserRow;
use enroll_store::{Tx, group, user};
use serde_json::{Value, json};
use uuid::Uuid;

use super::create::{Creation, NewId};
use super::members::{self, MemberIds};
use super::outcome::Book;
use super::replace::{store_group, store_user};
use super::view::View;
use super::{ResourceKind, WriteOptions};
use crate::audit::{Moved, Scribe};
use crate::{Error, ScimSession, Service};

pub(crate) use manager::{Enterprise, SaidManager};

/// What came of one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    /// It was not there.
    Made,
    /// It was there and is another now.
    Changed,
    /// It was there as it is said to be.
    Same,
}

/// Users and groups of one directory, as a file has them.
pub(crate) struct Importing {
    service: Service,
    session: ScimSession,
    scribe: Scribe,
    users: View,
    groups: View,
    /// Whether what is named and not there may be made by an earlier part of the file, which has not been carried out either.
    dry: bool,
}

/// The names of members.
pub(crate) struct Names<'l> {
    /// userNames.
    pub(crate) users: &'l [String],
    /// displayNames of groups.
    pub(crate) groups: &'l [String],
}

impl Importing {
    /// For what `scribe` imports into the directory of the session.
    pub(crate) fn new(
        service: &Service,
        session: ScimSession,
        scribe: Scribe,
        dry: bool,
    ) -> Result<Self, Error> {
        let options = WriteOptions::default();
        let view = |kind| View::of_answer(service, &session, &kind, &options);
        let (users, groups) = (view(ResourceKind::User)?, view(ResourceKind::Group)?);
        Ok(Self { service: service.clone(), session, scribe, users, groups, dry })
    }

    /// Makes a user, or brings her who has the externalId or else the userName into this form. With `merge`, what is not named
    /// stays. Gives what is to be known of it, too, such as what was left out.
    pub(crate) fn user(
        &self,
        tx: &Tx<'_>,
        body: &Object,
        manager: SaidManager<'_>,
        merge: bool,
    ) -> Result<(Came, Vec<String>), Error> {
        let (book, found) = (Book::default(), self.find_user(tx, body)?);
        let current = found.as_ref().map(UserRow::object).transpose()?.map(Resource::from_stored);
        let (body, note) = self.with_manager(tx, body.clone(), manager, current.as_ref())?;
        let came = match (found, current) {
            (Some(row), Some(current)) => {
                let body = if merge { merged(&current, body) } else { body };
                self.bring(tx, &row, body, &book)?
            }
            _ => self.create(tx, &ResourceKind::User, self.with_schemas(&ResourceKind::User, body), &book)?,
        };
        Ok((came, left_out(&book).into_iter().chain(note).collect()))
    }

    /// Brings a user who is there into this form.
    fn bring(&self, tx: &Tx<'_>, row: &UserRow, body: Object, book: &Book) -> Result<Came, Error> {
        let current = Resource::from_stored(row.object()?);
        let body = self.with_schemas(&ResourceKind::User, body);
        let resource = book.noting(|notes| {
            let model = self.session.models.model(&ResourceKind::User);
            validate::replace(model, &self.session.dialect, &current, body, notes)
        })?;
        let stored = store_user(tx, &self.users, row, &current, resource, &self.scribe)?;
        Ok(if stored.changed { Came::Changed } else { Came::Same })
    }

    /// Makes a group, or brings the one with the displayName into this form. Its members stay. Gives what was left out of it, too.
    pub(crate) fn group(
        &self,
        tx: &Tx<'_>,
        body: &Object,
        merge: bool,
    ) -> Result<(Came, Vec<String>), Error> {
        let (book, mut body) = (Book::default(), self.with_schemas(&ResourceKind::Group, body.clone()));
        body.retain(|name, _| !name.eq_ignore_ascii_case("members"));
        let name = Folded::new(body.get("displayName").and_then(Value::as_str).unwrap_or_default());
        let came = match group::find_by_display_name(tx, self.session.directory, &name)? {
            None => self.create(tx, &ResourceKind::Group, body, &book)?,
            Some(row) => {
                let current = Resource::from_stored(row.object()?);
                if merge {
                    // It was found by this name: how it is written is not what is said of it.
                    body.remove("displayName");
                    body = merged(&current, body);
                }
                let resource = book.noting(|notes| {
                    let model = self.session.models.model(&ResourceKind::Group);
                    validate::replace(model, &self.session.dialect, &current, body, notes)
                })?;
                let moved = Moved::default();
                let stored = store_group(tx, &self.groups, &row, &current, resource, &moved, &self.scribe)?;
                if stored.changed { Came::Changed } else { Came::Same }
            }
        };
        Ok((came, left_out(&book)))
    }

    /// Adds members to a group; nobody is taken out.
    pub(crate) fn members(&self, tx: &Tx<'_>, name: &str, named: &Names<'_>) -> Result<Came, Error> {
        let directory = self.session.directory;
        let Some(row) = group::find_by_display_name(tx, directory, &Folded::new(name))? else {
            return if self.dry { Ok(Came::Changed) } else { Err(missing("group", name).into()) };
        };
        let (mut ids, mut later): (Vec<Uuid>, bool) = (Vec::new(), false);
        for user_name in named.users {
            match user::find_by_user_name(tx, directory, &Folded::new(user_name))? {
                Some(found) => ids.push(*found.id.as_uuid()),
                None if self.dry => later = true,
                None => return Err(missing("user", user_name).into()),
            }
        }
        for nested in named.groups {
            match group::find_by_display_name(tx, directory, &Folded::new(nested))? {
                Some(found) => ids.push(*found.id.as_uuid()),
                None if self.dry => later = true,
                None => return Err(missing("group", nested).into()),
            }
        }
        let moved = members::add(tx, directory, row.id, &MemberIds::of_ids(ids), self.scribe.now())?;
        if moved.is_empty() {
            return Ok(if later { Came::Changed } else { Came::Same });
        }
        let current = Resource::from_stored(row.object()?);
        store_group(tx, &self.groups, &row, &current, current.clone(), &moved, &self.scribe)?;
        Ok(Came::Changed)
    }

    /// Whom an identity provider would mean: her who has the externalId, else her who has the userName.
    fn find_user(&self, tx: &Tx<'_>, body: &Object) -> Result<Option<UserRow>, Error> {
        let directory = self.session.directory;
        let text = |name| body.get(name).and_then(Value::as_str).unwrap_or_default();
        let by_name = user::find_by_user_name(tx, directory, &Folded::new(text("userName")))?;
        let external = text("externalId");
        if external.is_empty() {
            return Ok(by_name);
        }
        let mut by_external = user::find_by_external_id(tx, directory, external)?;
        match (by_external.pop(), by_name) {
            (None, by_name) => Ok(by_name),
            (Some(_), _) if !by_external.is_empty() => Err(ScimError::uniqueness(format!(
                "several users of this directory have the externalId {external:?}: which one is meant?"
            ))
            .into()),
            (Some(one), Some(other)) if one.id != other.id => Err(ScimError::uniqueness(format!(
                "the externalId {external:?} is that of {}, and the userName {:?} that of somebody else",
                one.user_name, other.user_name
            ))
            .into()),
            (Some(one), _) => Ok(Some(one)),
        }
    }

    fn create(&self, tx: &Tx<'_>, kind: &ResourceKind, body: Object, book: &Book) -> Result<Came, Error> {
        let (new, options) = (NewId::of(&self.service, kind), WriteOptions::default());
        let creation = Creation::prepare(&self.service, &self.session, new, body, &options, book)?
            .told_by(self.scribe.clone());
        creation.insert(tx)?;
        creation.link(tx)?;
        Ok(Came::Made)
    }

    /// A file does not repeat what its objects are: `schemas` names the core schema and the extensions that the object has.
    fn with_schemas(&self, kind: &ResourceKind, body: Object) -> Object {
        let base = self.session.models.model(kind).base().id.as_str().to_owned();
        let extensions = body.keys().filter(|name| name.starts_with("urn:")).cloned();
        let schemas: Vec<String> = std::iter::once(base).chain(extensions).collect();
        let mut whole = Object::new();
        whole.insert("schemas".to_owned(), json!(schemas));
        whole.extend(body.into_iter().filter(|(name, _)| name != "schemas"));
        whole
    }
}

/// Who or what a line names and is not there.
fn missing(what: &str, name: &str) -> ScimError {
    ScimError::invalid_value(format!("no {what} of this directory has the name {name:?}"))
}

/// What was left out of an object. What a quirk has read differently is what was meant.
fn left_out(book: &Book) -> Vec<String> {
    let notes: Vec<Note> = book.noting(mem::take).into();
    notes.into_iter().filter(|note| note.quirk.is_none()).map(|note| note.text).collect()
}

/// What is there with what is said of it: parts of a complex attribute and of an extension one by one, and the work e-mail in the
/// place of the one that was there.
fn merged(current: &Resource, said: Object) -> Object {
    let mut whole = current.clone().into_object();
    for (name, value) in said {
        match (whole.get_mut(&name), value) {
            (Some(Value::Object(old)), Value::Object(new)) => old.extend(new),
            (Some(Value::Array(old)), Value::Array(new)) if name != "schemas" => {
                for element in new {
                    put_element(old, element);
                }
            }
            (_, value) => {
                whole.insert(name, value);
            }
        }
    }
    whole
}

/// Puts an element in the place of the one with the same `type`, else behind all others.
fn put_element(list: &mut Vec<Value>, element: Value) {
    let kind = element.get("type").cloned();
    match list.iter_mut().find(|old| kind.is_some() && old.get("type") == kind.as_ref()) {
        Some(old) => match (old, element) {
            (Value::Object(old), Value::Object(new)) => old.extend(new),
            (old, element) => *old = element,
        },
        None => list.push(element),
    }
}

/// The id of a user by userName, for a grant.
pub(crate) fn user_named(tx: &Tx<'_>, directory: DirectoryId, name: &str) -> Result<Option<UserId>, Error> {
    Ok(user::find_by_user_name(tx, directory, &Folded::new(name))?.map(|row| row.id))
}
