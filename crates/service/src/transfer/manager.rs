//! Who manages a user, by name: an id means nobody in another instance.

use std::collections::HashMap;

use enroll_domain::{DirectoryId, UserId};
use enroll_store::user::UserRow;
use enroll_store::{Tx, user};

use crate::Error;
use crate::scim::Enterprise;

/// A user with her manager.
pub(super) struct Managed {
    pub(super) user: Enterprise,
    /// `None` also where what is said to be her manager is no user of the directory.
    pub(super) manager: Option<Manager>,
}

/// A manager who is a user of the directory.
#[derive(Clone)]
pub(super) struct Manager {
    pub(super) id: UserId,
    pub(super) user_name: String,
}

impl Managed {
    /// The users of a page, in its order.
    pub(super) fn all(tx: &Tx<'_>, directory: DirectoryId, page: &[UserRow]) -> Result<Vec<Self>, Error> {
        let users =
            page.iter().map(|row| Ok(Enterprise(row.object()?))).collect::<Result<Vec<_>, Error>>()?;
        let mut ids: Vec<UserId> = users.iter().filter_map(Enterprise::manager_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let names: HashMap<UserId, String> = user::names(tx, directory, ids)?.into_iter().collect();
        let managed = users.into_iter().map(|user| {
            let manager =
                user.manager_id().and_then(|id| Some(Manager { id, user_name: names.get(&id)?.clone() }));
            Self { user, manager }
        });
        Ok(managed.collect())
    }
}
