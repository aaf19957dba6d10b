//! Pages of users and of groups, in the order of ids (RFC 7644 §3.4.2.4).

use std::fmt;

use enroll_domain::DirectoryId;

use crate::filter::Compiled;
use crate::{Param, Row, StoreError, Tx};

/// How many candidates are looked at together.
const CHUNK: u32 = 200;

/// Which part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page<Id> {
    /// Index paging: leave out the first `skip` (`startIndex` - 1). The cost grows with `skip`, at the price of one step of an
    /// index each.
    Skip {
        /// How many to leave out.
        skip: u64,
        /// How many to give at most.
        limit: u32,
    },
    /// Cursor paging (RFC 9865): what follows an id. The cost is the same for each page.
    After {
        /// The last id of the page before; none for the first page.
        after: Option<Id>,
        /// How many to give at most.
        limit: u32,
    },
}

impl<Id: Copy> Page<Id> {
    /// The same part, by another kind of id.
    pub fn map<Other>(self, id: impl FnOnce(Id) -> Other) -> Page<Other> {
        match self {
            Self::Skip { skip, limit } => Page::Skip { skip, limit },
            Self::After { after, limit } => Page::After { after: after.map(id), limit },
        }
    }

    /// The first of a list.
    pub const fn first(limit: u32) -> Self {
        Self::After { after: None, limit }
    }

    /// Whether it is empty of a list of `total`, without looking.
    pub const fn is_beyond(self, total: u64) -> bool {
        match self {
            Self::Skip { skip, limit } => limit == 0 || skip >= total,
            Self::After { limit, .. } => limit == 0 || total == 0,
        }
    }
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search<T> {
    /// How many meet the filter, on all pages.
    pub total: u64,
    /// Those of the page.
    pub rows: Vec<T>,
}

/// A table that is listed.
pub(crate) trait Listed: Sized {
    type Id: Copy + Ord + fmt::Display + Into<Param<'static>>;

    /// `SELECT ... WHERE directory_id = ?1`, ready for ` AND condition`.
    const SELECT: &'static str;
    /// The same for the id alone.
    const SELECT_ID: &'static str;
    /// The same for `count(*)`.
    const COUNT: &'static str;
    /// The id, with its table.
    const ID: &'static str;

    fn id(&self) -> Self::Id;
    fn read(row: &Row<'_>) -> Result<Self, StoreError>;
}

/// How the rows of a page are come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// From the index of the condition, if it has one: all rows that meet it are found, then brought into order. The few rows of a
    /// look-up are found at once. Left to itself a planner walks the whole directory in order, to save the sorting.
    Condition,
    /// From the index of the order: the condition is tried on one row after the other.
    Order,
}

/// The statement of one page, with its parameters.
pub(crate) fn statement<T: Listed>(
    directory: DirectoryId,
    condition: &Compiled,
    page: Page<T::Id>,
    start: Start,
) -> (String, Vec<Param<'static>>) {
    let (select, id, filter) = (T::SELECT, T::ID, &condition.sql);
    let filter = if condition.selective && start == Start::Condition {
        format!("{id} IN ({} AND ({filter}))", T::SELECT_ID)
    } else {
        format!("({filter})")
    };
    let mut params = parameters(directory, condition);
    let next = params.len() + 1;
    let order = match page {
        Page::Skip { skip, limit } => {
            params.extend([Param::from(limit), Param::from(i64::try_from(skip).unwrap_or(i64::MAX))]);
            format!("ORDER BY {id} LIMIT ?{next} OFFSET ?{}", next + 1)
        }
        Page::After { after: None, limit } => {
            params.push(Param::from(limit));
            format!("ORDER BY {id} LIMIT ?{next}")
        }
        Page::After { after: Some(after), limit } => {
            params.extend([after.into(), Param::from(limit)]);
            format!("AND {id} > ?{next} ORDER BY {id} LIMIT ?{}", next + 1)
        }
    };
    (format!("{select} AND {filter} {order}"), params)
}

fn parameters(directory: DirectoryId, condition: &Compiled) -> Vec<Param<'static>> {
    std::iter::once(directory.into()).chain(condition.params.iter().cloned()).collect()
}

/// The statement that counts, with its parameters.
pub(crate) fn count_statement<T: Listed>(
    directory: DirectoryId,
    condition: &Compiled,
) -> (String, Vec<Param<'static>>) {
    (format!("{} AND ({})", T::COUNT, condition.sql), parameters(directory, condition))
}

pub(crate) fn list<T: Listed>(
    tx: &Tx<'_>,
    directory: DirectoryId,
    condition: &Compiled,
    page: Page<T::Id>,
) -> Result<Vec<T>, StoreError> {
    let (sql, params) = statement::<T>(directory, condition, page, Start::Condition);
    tx.query(&sql, &params, T::read)
}

pub(crate) fn count<T: Listed>(
    tx: &Tx<'_>,
    directory: DirectoryId,
    condition: &Compiled,
) -> Result<u64, StoreError> {
    let (sql, params) = count_statement::<T>(directory, condition);
    let count = tx.first(&sql, &params, |row| row.integer(0))?.unwrap_or_default();
    Ok(u64::try_from(count).unwrap_or_default())
}

pub(crate) fn search<T: Listed, E: From<StoreError>>(
    tx: &Tx<'_>,
    directory: DirectoryId,
    condition: &Compiled,
    page: Page<T::Id>,
    mut matches: impl FnMut(&[T]) -> Result<Vec<bool>, E>,
) -> Result<Search<T>, E> {
    let (mut skip, after, limit) = match page {
        Page::Skip { skip, limit } => (skip, None, limit),
        Page::After { after, limit } => (0, after, limit),
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut found = Search { total: 0, rows: Vec::new() };
    let mut last = None;
    // What fits one chunk is looked up. Of more, looking all up again for each chunk would cost the square of it.
    let mut start = Start::Condition;
    loop {
        let next = Page::After { after: last, limit: CHUNK };
        let (sql, params) = statement::<T>(directory, condition, next, start);
        let chunk = tx.query(&sql, &params, T::read)?;
        let full = chunk.len() >= usize::try_from(CHUNK).unwrap_or(usize::MAX);
        last = chunk.last().map(T::id);
        start = Start::Order;
        let verdicts = matches(&chunk)?;
        if verdicts.len() != chunk.len() {
            return Err(
                StoreError::Internal("a search needs one verdict for each candidate".to_owned()).into()
            );
        }
        for (row, _) in chunk.into_iter().zip(verdicts).filter(|(_, verdict)| *verdict) {
            found.total += 1;
            let before = after.is_some_and(|after| row.id() <= after);
            if skip > 0 {
                skip -= 1;
            } else if !before && found.rows.len() < limit {
                found.rows.push(row);
            }
        }
        if !full {
            return Ok(found);
        }
    }
}
