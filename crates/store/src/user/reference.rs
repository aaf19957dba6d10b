//! Which user an admin means.

use enroll_domain::Handle;
use enroll_scim::Folded;

use super::{UserRow, columns, read};
use crate::{Param, StoreError, Tx, params};

/// What a reference to a user came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// Nobody.
    Nobody,
    /// One user.
    One(UserRow),
    /// Several: the userName of one is the handle of another, or users of two directories share it. The admin has to choose.
    Several(Vec<UserRow>),
}

/// In any directory: the references of an admin are not bound to one.
const BY_ID: &str = concat!("SELECT ", columns!(), " FROM users WHERE users.id = ?1");
const BY_HANDLE: &str = concat!("SELECT ", columns!(), " FROM users WHERE users.handle = ?1");
/// The index on userName begins with the directory.
const BY_USER_NAME: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM users WHERE users.directory_id IN (SELECT directories.id FROM directories) AND users.user_name_key = ?1"
);

/// Finds the user whom an admin means by an id, a handle or a userName, in any directory (design.md §8).
///
/// An id wins. A handle and a userName are looked up both, so that nobody is taken for somebody else by choosing a name.
///
/// # Errors
/// The store fails.
pub fn resolve(tx: &Tx<'_>, text: &str) -> Result<Reference, StoreError> {
    if let Ok(id) = text.parse() {
        let user = tx.first(BY_ID, &[Param::Id(id)], read)?;
        if let Some(user) = user {
            return Ok(Reference::One(user));
        }
    }
    let (handle, name) = (text.parse::<Handle>().ok(), Folded::new(text));
    let handle = handle.as_ref().map(|handle| params![handle.as_str()]);
    let name = params![name.as_str()];
    let by_handle = handle.as_ref().map(|handle| (BY_HANDLE, &handle[..]));
    let statements: Vec<_> = by_handle.into_iter().chain([(BY_USER_NAME, &name[..])]).collect();
    let mut users = Vec::new();
    tx.each_of(&statements, |_, row| {
        let user = read(row)?;
        if !users.contains(&user) {
            users.push(user);
        }
        Ok(())
    })?;
    Ok(match (users.pop(), users.is_empty()) {
        (None, _) => Reference::Nobody,
        (Some(user), true) => Reference::One(user),
        (Some(user), false) => {
            users.push(user);
            users.sort_by_key(|user| user.id);
            Reference::Several(users)
        }
    })
}
