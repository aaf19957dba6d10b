//! What has to hold whenever somebody loses a standing: the one place that every writer asks (enrollment.md 2.3, 2.8; threats
//! S19, S21, S22). SCIM, the API and the command line differ only in what [`Scribe`] knows of them.

use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::{DirectoryId, GroupId, OrganizationId, Role, UserId, enrollment};
use enroll_store::member::Member;
use enroll_store::user::UserRow;
use enroll_store::{Tx, organization, owner, server_admin, slice, token};

use crate::audit::{Changes, Scribe};
use crate::{Error, brake, sessions};

/// Why a user's standing ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaving {
    Deactivated,
    Deleted,
}

impl Leaving {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Deactivated => "the user was deactivated",
            Self::Deleted => "the user was deleted",
        }
    }
}

/// Deactivates or deletes a user by `change`: every writer does it through here.
///
/// # Errors
/// [`Error::Protected`] (over SCIM) or [`Error::Conflict`] for the last active server admin; [`Error::Conflict`] for the last
/// owner of an organization, except over SCIM, where offboarding wins; [`Error::Held`] by the brake; those of `change`.
pub(crate) fn depart<T>(
    tx: &Tx<'_>,
    scribe: &Scribe,
    user: &UserRow,
    why: Leaving,
    change: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    let owned = if user.active {
        protect_last_admin(tx, scribe, user)?;
        owned(tx, user)?
    } else {
        Vec::new()
    };
    brake::lose(tx, scribe, user.directory, &[user.id])?;
    revoke_credentials(tx, scribe, user.id, why.as_str())?;
    let done = change()?;
    owners_left(tx, scribe, owned)?;
    Ok(done)
}

/// Ends everything that a user can act with, for good: it does not come back with the user. All that comes to count as a
/// credential is ended here.
pub(crate) fn revoke_credentials(
    tx: &Tx<'_>,
    scribe: &Scribe,
    user: UserId,
    reason: &str,
) -> Result<(), Error> {
    sessions::revoke_all(tx, scribe, user, reason)?;
    revoke_tokens(tx, scribe, user, reason, |_| true)
}

/// Ends what a user can do as a server admin only.
pub(crate) fn revoke_admin_credentials(tx: &Tx<'_>, scribe: &Scribe, user: UserId) -> Result<(), Error> {
    let admin = |scope| scope == enroll_domain::Scope::Admin;
    revoke_tokens(tx, scribe, user, "the user is no server admin any more", admin)
}

fn revoke_tokens(
    tx: &Tx<'_>,
    scribe: &Scribe,
    user: UserId,
    reason: &str,
    which: impl Fn(enroll_domain::Scope) -> bool,
) -> Result<(), Error> {
    for row in token::api::list_of_user(tx, user)?.into_iter().filter(|row| which(row.scope)) {
        token::api::delete(tx, row.id)?;
        let mut changes = Changes::default().without("label", &row.label);
        changes.note("user", user);
        changes.note("reason", reason);
        let id = row.id.to_string();
        let subject = (SubjectKind::ApiToken, id.as_str(), row.label.as_str());
        scribe.write_global(tx, Action::ApiTokenDeleted, subject, &changes)?;
    }
    Ok(())
}

/// Refuses what would leave the server without an active server admin (enrollment.md 2.8).
pub(crate) fn protect_last_admin(tx: &Tx<'_>, scribe: &Scribe, user: &UserRow) -> Result<(), Error> {
    if scribe.forces()
        || !user.active
        || !server_admin::is(tx, user.id)?
        || server_admin::is_other_active(tx, user.id)?
    {
        return Ok(());
    }
    let name = &user.user_name;
    let detail = format!(
        "{name} is the last active server admin and stays active: make another one first \
         (enroll admin grant USER, or enroll admin create NAME), then try again"
    );
    if scribe.is_scim() {
        Err(Error::Protected { user: user.id, name: name.clone(), detail })
    } else {
        Err(Error::Conflict(format!("{detail}; on the command line --force does it all the same")))
    }
}

/// The organizations that a user owns now, by whatever source.
fn owned(tx: &Tx<'_>, user: &UserRow) -> Result<Vec<OrganizationId>, Error> {
    let state = slice::of_users(tx, user.directory, &[user.id], false)?;
    let owned = |entry: &&enrollment::Enrollment| entry.effective_role == Some(Role::Owner);
    Ok(enrollment::enroll(&state).iter().filter(owned).map(|entry| entry.organization).collect())
}

/// Changes something by which somebody may own these organizations; refused when one loses its last active owner by it.
///
/// # Errors
/// [`Error::Conflict`]; those of `change`.
pub(crate) fn keeping_owners<T>(
    tx: &Tx<'_>,
    scribe: &Scribe,
    organizations: &[OrganizationId],
    change: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    let mut owned = Vec::new();
    for organization in organizations {
        if owner::has_active_owner(tx, *organization)? {
            owned.push(*organization);
        }
    }
    let done = change()?;
    owners_left(tx, scribe, owned)?;
    Ok(done)
}

/// Members have left a group over SCIM: tells of organizations that have lost their last owner, and asks the brake.
///
/// # Errors
/// [`Error::Held`]
pub(crate) fn members_left(
    tx: &Tx<'_>,
    scribe: &Scribe,
    directory: DirectoryId,
    group: GroupId,
    removed: &[Member],
) -> Result<(), Error> {
    if removed.is_empty() {
        return Ok(());
    }
    brake::members_left(tx, scribe, directory, group, removed)?;
    let owned = owner::organizations_owned_through(tx, directory, group)?;
    owners_left(tx, scribe, owned)
}

/// A group is deleted over SCIM by `change`.
///
/// # Errors
/// [`Error::Held`]; those of `change`.
pub(crate) fn group_goes<T>(
    tx: &Tx<'_>,
    scribe: &Scribe,
    directory: DirectoryId,
    group: GroupId,
    change: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    brake::members_left(tx, scribe, directory, group, &[Member::Group(group)])?;
    let organizations = owner::organizations_owned_through(tx, directory, group)?;
    keeping_owners(tx, scribe, &organizations, change)
}

/// What follows when organizations that had an active owner have none any more: over SCIM the trail is told, as offboarding
/// wins; an administrator is refused, unless forcing.
fn owners_left(tx: &Tx<'_>, scribe: &Scribe, owned: Vec<OrganizationId>) -> Result<(), Error> {
    for id in owned {
        if owner::has_active_owner(tx, id)? {
            continue;
        }
        let Some(row) = organization::find(tx, id)? else { continue };
        let name = row.name.as_str();
        if !scribe.is_scim() && !scribe.forces() {
            return Err(Error::Conflict(format!(
                "the organization {name} would lose its last owner: make somebody else owner first \
                 (enroll org grant {name} USER --role owner); on the command line --force does it all the same"
            )));
        }
        let id = id.to_string();
        let subject = (SubjectKind::Organization, id.as_str(), name);
        scribe.write_global(tx, Action::OrganizationNeedsOwner, subject, &Changes::default())?;
    }
    Ok(())
}
