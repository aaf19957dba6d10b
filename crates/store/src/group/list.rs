//! Lists of groups: a filter, the order of ids, a page.

use enroll_domain::{DirectoryId, GroupId};

use super::{GroupRow, SELECT, read};
use crate::filter::Compiled;
use crate::page::{self, Listed};
use crate::{Row, StoreError, Tx};

pub use crate::page::{Page, Search};

impl Listed for GroupRow {
    type Id = GroupId;

    const SELECT: &'static str = SELECT;
    const SELECT_ID: &'static str = "SELECT groups.id FROM groups WHERE groups.directory_id = ?1";
    const COUNT: &'static str = "SELECT count(*) FROM groups WHERE groups.directory_id = ?1";
    const ID: &'static str = "groups.id";

    fn id(&self) -> GroupId {
        self.id
    }

    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        read(row)
    }
}

/// The groups that meet the condition, ordered by id: one page of them.
///
/// Where the condition is not exact, so are the rows: see [`search`].
///
/// # Errors
/// The store fails.
pub fn list(
    tx: &Tx<'_>,
    directory: DirectoryId,
    condition: &Compiled,
    page: Page<GroupId>,
) -> Result<Vec<GroupRow>, StoreError> {
    page::list(tx, directory, condition, page)
}

/// How many groups meet the condition.
///
/// # Errors
/// The store fails.
pub fn count(tx: &Tx<'_>, directory: DirectoryId, condition: &Compiled) -> Result<u64, StoreError> {
    page::count::<GroupRow>(tx, directory, condition)
}

/// One page of the groups that meet a filter which the database cannot decide alone, and how many there are.
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
    page: Page<GroupId>,
    matches: impl FnMut(&[GroupRow]) -> Result<Vec<bool>, E>,
) -> Result<Search<GroupRow>, E> {
    page::search(tx, directory, condition, page, matches)
}
