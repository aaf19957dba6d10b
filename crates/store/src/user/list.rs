//! Lists of users: a filter, the order of ids, a page.

use enroll_domain::{DirectoryId, UserId};

use super::{SELECT, UserRow, read};
use crate::filter::Compiled;
use crate::id_list::id_lists;
use crate::page::{self, Listed};
use crate::{Row, StoreError, Tx};

pub use crate::page::{Page, Search};

impl Listed for UserRow {
    type Id = UserId;

    const SELECT: &'static str = SELECT;
    const SELECT_ID: &'static str = "SELECT users.id FROM users WHERE users.directory_id = ?1";
    const COUNT: &'static str = "SELECT count(*) FROM users WHERE users.directory_id = ?1";
    const ID: &'static str = "users.id";

    fn id(&self) -> UserId {
        self.id
    }

    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        read(row)
    }
}

/// The users that meet the condition, ordered by id: one page of them.
///
/// Where the condition is not exact, so are the rows: see [`search`].
///
/// # Errors
/// The store fails.
pub fn list(
    tx: &Tx<'_>,
    directory: DirectoryId,
    condition: &Compiled,
    page: Page<UserId>,
) -> Result<Vec<UserRow>, StoreError> {
    page::list(tx, directory, condition, page)
}

/// The userNames of those of the ids that are users of the directory, in no order.
///
/// # Errors
/// The store fails.
pub fn names(
    tx: &Tx<'_>,
    directory: DirectoryId,
    ids: impl IntoIterator<Item = UserId>,
) -> Result<Vec<(UserId, String)>, StoreError> {
    let mut found = Vec::new();
    for list in id_lists(2, ids.into_iter().map(|id| *id.as_uuid())) {
        let sql = format!(
            "SELECT users.id, users.user_name FROM users WHERE users.directory_id = ?1 AND users.id IN ({})",
            list.placeholders
        );
        found.extend(
            tx.query(&sql, &list.after([directory.into()]), |row| Ok((row.id(0)?, row.text(1)?.to_owned())))?,
        );
    }
    Ok(found)
}

/// How many users meet the condition.
///
/// # Errors
/// The store fails.
pub fn count(tx: &Tx<'_>, directory: DirectoryId, condition: &Compiled) -> Result<u64, StoreError> {
    page::count::<UserRow>(tx, directory, condition)
}

/// One page of the users that meet a filter which the database cannot decide alone, and how many there are.
///
/// `matches` is given candidates in the order of ids, a chunk at a time, and answers for each whether it meets the filter; it
/// may run statements of its own. Memory is bounded by the chunk and the page.
///
/// # Errors
/// The store fails, or `matches` does.
pub fn search<E: From<StoreError>>(
    tx: &Tx<'_>,
    directory: DirectoryId,
    condition: &Compiled,
    page: Page<UserId>,
    matches: impl FnMut(&[UserRow]) -> Result<Vec<bool>, E>,
) -> Result<Search<UserRow>, E> {
    page::search(tx, directory, condition, page, matches)
}
