//! Handles and the names of organizations: one name space, and nothing in it is ever given out again (enrollment.md 1.5, 2.2).

use enroll_domain::{Handle, HandleBase, OrganizationId, OrganizationName, UserId};
use uuid::Uuid;

use crate::{Param, StoreError, Tx, params};

/// Whom a name belongs to, or belonged to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A user.
    User(UserId),
    /// An organization.
    Organization(OrganizationId),
    /// A user or an organization that was deleted.
    Tombstone(Uuid),
}

impl Owner {
    const fn parts(self) -> (&'static str, Uuid) {
        match self {
            Self::User(id) => ("user", *id.as_uuid()),
            Self::Organization(id) => ("organization", *id.as_uuid()),
            Self::Tombstone(id) => ("tombstone", id),
        }
    }

    fn from_parts(kind: &str, id: Uuid) -> Result<Self, StoreError> {
        match kind {
            "user" => Ok(Self::User(UserId::from_uuid(id))),
            "organization" => Ok(Self::Organization(OrganizationId::from_uuid(id))),
            "tombstone" => Ok(Self::Tombstone(id)),
            _ => Err(StoreError::Corrupt("a handle of an unknown kind of owner".to_owned())),
        }
    }
}

/// Takes a name, unless it is taken: the name, whose it is to be, and its id.
pub(crate) const TAKE: &str =
    "INSERT INTO handles (handle, owner_kind, owner_id) VALUES (?1, ?2, ?3) ON CONFLICT (handle) DO NOTHING";

/// As [`TAKE`], of a name that has to be free.
pub(crate) const TAKE_FREE: &str = "INSERT INTO handles (handle, owner_kind, owner_id) VALUES (?1, ?2, ?3)";

/// The parameters of [`TAKE`] and of [`TAKE_FREE`].
pub(crate) fn taking(name: &str, owner: Owner) -> [Param<'_>; 3] {
    let (kind, id) = owner.parts();
    params![name, kind, id]
}

/// Gives a user the first handle of a base with a number that is free, from 1; the handle without a number is taken.
pub(crate) fn claim_numbered(tx: &Tx<'_>, base: &HandleBase, user: UserId) -> Result<Handle, StoreError> {
    // Numbers begin with a digit; what follows the digits does not matter. `:` is the character behind `9`.
    let prefix = base.search_prefix();
    let numbered = tx.query(
        "SELECT handle FROM handles WHERE handle >= ?1 AND handle < ?2",
        &params![format!("{prefix}-0"), format!("{prefix}-:")],
        |row| Ok(row.text(0)?.to_owned()),
    )?;
    let plain = base.without_suffix();
    let taken = numbered.iter().map(String::as_str).chain(plain.as_ref().map(Handle::as_str));
    let handle = base.first_free(taken);
    if take(tx, handle.as_str(), Owner::User(user))? {
        Ok(handle)
    } else {
        Err(StoreError::Unique { constraint: "handles_pkey".to_owned() })
    }
}

/// Gives a user the handle that an admin chose; `false` if it is taken, or was once.
///
/// # Errors
/// The store fails.
pub fn claim_chosen(tx: &Tx<'_>, handle: &Handle, user: UserId) -> Result<bool, StoreError> {
    take(tx, handle.as_str(), Owner::User(user))
}

/// Gives a user another handle that an admin chose; `false` if it is taken, or was once by somebody else. The old one stays the
/// user's for ever.
///
/// # Errors
/// The store fails.
pub fn change(tx: &Tx<'_>, old: &Handle, new: &Handle, user: UserId) -> Result<bool, StoreError> {
    let free = match owner(tx, new.as_str())? {
        None => take(tx, new.as_str(), Owner::User(user))?,
        Some(Owner::Tombstone(id)) if id == *user.as_uuid() => {
            let sql = "UPDATE handles SET owner_kind = 'user' WHERE handle = ?1";
            tx.execute(sql, &params![new.as_str()])? > 0
        }
        Some(_) => false,
    };
    if free {
        bury(tx, old.as_str())?;
    }
    Ok(free)
}

/// Gives an organization its name; `false` if it is taken, or was once.
///
/// # Errors
/// The store fails.
pub fn claim_organization(
    tx: &Tx<'_>,
    name: &OrganizationName,
    organization: OrganizationId,
) -> Result<bool, StoreError> {
    take(tx, name.as_str(), Owner::Organization(organization))
}

/// Whom a name belongs to, or belonged to.
///
/// # Errors
/// The store fails.
pub fn owner(tx: &Tx<'_>, name: &str) -> Result<Option<Owner>, StoreError> {
    tx.first("SELECT owner_kind, owner_id FROM handles WHERE handle = ?1", &params![name], |row| {
        Owner::from_parts(row.text(0)?, row.id(1)?)
    })
}

/// Keeps a name for ever when its owner is deleted.
pub(crate) fn bury(tx: &Tx<'_>, name: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE handles SET owner_kind = 'tombstone' WHERE handle = ?1", &params![name]).map(drop)
}

fn take(tx: &Tx<'_>, name: &str, owner: Owner) -> Result<bool, StoreError> {
    Ok(tx.execute(TAKE, &taking(name, owner))? > 0)
}
