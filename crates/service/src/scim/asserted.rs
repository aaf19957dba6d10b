//! What an identity provider says of a user at sign-in, written by the code that writes what it says over SCIM: one way to
//! make a user or a group, whoever asks (enrollment.md 2.6, 4.2, 4.3).

use std::collections::HashSet;

use enroll_domain::audit::Actor;
use enroll_domain::sign_in::GroupsPolicy;
use enroll_domain::{GroupId, GroupName, UserId};
use enroll_scim::{Folded, Object, Resource};
use enroll_store::member;
use enroll_store::user::UserRow;
use enroll_store::{Tx, group, sign_in, user};
use serde_json::{Value, json};

use super::create::{Creation, NewId};
use super::members::{self, MemberIds};
use super::outcome::Book;
use super::replace::store_group;
use super::view::View;
use super::{ResourceKind, WriteOptions};
use crate::audit::{Moved, Scribe};
use crate::{Error, ScimSession, Service};

/// Makes a user from what an assertion says: the body of a POST.
///
/// # Errors
/// As [`Service::create`] in a transaction: what is not valid, and a userName that is taken.
pub(crate) fn provision(
    service: &Service,
    tx: &Tx<'_>,
    session: &ScimSession,
    body: Object,
) -> Result<UserRow, Error> {
    let name = body.get("userName").and_then(Value::as_str).unwrap_or_default().to_owned();
    let new = NewId::of(service, &ResourceKind::User);
    let id = UserId::from_uuid(new.uuid());
    let scribe = Scribe::of_sign_in(Actor::user(id, &name).by(session.origin.clone()), service.clock().now());
    create(service, tx, session, new, body, scribe)?;
    user::find(tx, session.directory, id)?
        .ok_or_else(|| Error::Internal("a user who was just made is not there".to_owned()))
}

fn create(
    service: &Service,
    tx: &Tx<'_>,
    session: &ScimSession,
    id: NewId,
    body: Object,
    scribe: Scribe,
) -> Result<(), Error> {
    let options = WriteOptions::default();
    let creation = Creation::prepare(service, session, id, body, &options, &Book::default())?.told_by(scribe);
    creation.insert(tx)?;
    creation.link(tx)
}

/// Puts a user into the groups that an assertion names, and with `replace` takes her out of all others. A group that is not there
/// is made. Gives how many groups she has joined and left, and the names that no group can have.
///
/// # Errors
/// As those of SCIM.
pub(crate) fn join_groups(
    service: &Service,
    tx: &Tx<'_>,
    session: &ScimSession,
    who: &UserRow,
    names: &[String],
    policy: GroupsPolicy,
) -> Result<Joined, Error> {
    let mut joined = Joined::default();
    if policy == GroupsPolicy::Ignore {
        return Ok(joined);
    }
    let actor = Actor::user(who.id, &who.user_name).by(session.origin.clone());
    let scribe = Scribe::of_sign_in(actor, service.clock().now());
    let view = View::of_answer(service, session, &ResourceKind::Group, &WriteOptions::default())?;
    let mine: HashSet<GroupId> = member::groups_of_users(tx, session.directory, &[who.id])?
        .into_iter()
        .filter(|group| group.direct)
        .map(|group| group.group)
        .collect();
    let mut named = HashSet::new();
    for name in names {
        let Ok(valid) = GroupName::new(name) else {
            joined.unusable += 1;
            continue;
        };
        let by_name = |name: &str| group::find_by_display_name(tx, session.directory, &Folded::new(name));
        // White space around a name is no part of it; a group that is called so all the same comes first.
        let id = match by_name(name)?.map_or_else(|| by_name(name.trim()), |found| Ok(Some(found)))? {
            Some(found) => found.id,
            None => {
                let new = NewId::of(service, &ResourceKind::Group);
                let id = GroupId::from_uuid(new.uuid());
                let Value::Object(body) = json!({
                    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                    "displayName": valid.as_str().trim(),
                }) else {
                    continue;
                };
                let made = tx.nested(|tx| {
                    create(service, tx, session, new, body, scribe.clone())?;
                    Ok::<_, Error>(sign_in::made_group(tx, session.directory, id)?)
                });
                match made {
                    Ok(()) => id,
                    // A name that is no name of a group here: the person is let in without it.
                    Err(error) if error.status() == 400 => {
                        joined.unusable += 1;
                        continue;
                    }
                    Err(error) => return Err(error),
                }
            }
        };
        if named.insert(id) && !mine.contains(&id) {
            let moved =
                members::add(tx, session.directory, id, &MemberIds::one(*who.id.as_uuid()), scribe.now())?;
            store(tx, &view, id, &moved, &scribe)?;
            joined.added += 1;
        }
    }
    if policy == GroupsPolicy::Replace {
        for id in mine.difference(&named) {
            let removed = member::remove(tx, session.directory, *id, &[*who.id.as_uuid()])?;
            store(tx, &view, *id, &Moved { added: Vec::new(), removed }, &scribe)?;
            joined.removed += 1;
        }
    }
    Ok(joined)
}

/// What came of the groups of an assertion.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Joined {
    /// Groups joined.
    pub(crate) added: usize,
    /// Groups left.
    pub(crate) removed: usize,
    /// Names that no group can have.
    pub(crate) unusable: usize,
}

fn store(tx: &Tx<'_>, view: &View, id: GroupId, moved: &Moved, scribe: &Scribe) -> Result<(), Error> {
    let missing = || Error::Internal("a group that was just found is not there".to_owned());
    let row = group::find(tx, view.directory, id)?.ok_or_else(missing)?;
    let current = Resource::from_stored(row.object()?);
    store_group(tx, view, &row, &current, current.clone(), moved, scribe).map(drop)
}
