//! Both sides of a move, row by row.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::vec::IntoIter;

use super::MoveError;
use super::layout::{Layout, Table};
use super::slice::{Slices, Values, shown};
use crate::error::StoreError;
use crate::tx::{Param, Tx};

/// How often progress is told, in rows.
const TICK: u64 = 1_000;

/// The rows of a table, one by one.
struct Rows<'s, 't> {
    slices: Slices<'s, 't>,
    slice: IntoIter<Values>,
}

impl Rows<'_, '_> {
    fn next(&mut self) -> Result<Option<Values>, StoreError> {
        if let Some(row) = self.slice.next() {
            return Ok(Some(row));
        }
        self.slice = self.slices.next()?.unwrap_or_default().into_iter();
        Ok(self.slice.next())
    }
}

/// Reads all tables of both sides and gives how many rows each has.
///
/// # Errors
/// [`MoveError::Differs`] with the first row that is not the same.
pub(super) fn all(
    one: &Tx<'_>,
    other: &Tx<'_>,
    layout: &Layout,
    tell: &dyn Fn(u64),
) -> Result<BTreeMap<String, u64>, MoveError> {
    let (mut rows, mut done) = (BTreeMap::new(), 0);
    for table in &layout.tables {
        let same = compare(one, other, table, &|more| {
            if (done + more) % TICK == 0 {
                tell(done + more);
            }
        })?;
        done += same;
        rows.insert(table.name.clone(), same);
    }
    tell(done);
    Ok(rows)
}

fn compare(one: &Tx<'_>, other: &Tx<'_>, table: &Table, tell: &dyn Fn(u64)) -> Result<u64, MoveError> {
    let open = |tx| Rows { slices: Slices::of(tx, table), slice: IntoIter::default() };
    let (mut here, mut there) = (open(one), open(other));
    let mut same = 0;
    loop {
        let key = match (here.next()?, there.next()?) {
            (None, None) => return Ok(same),
            (Some(row), Some(copy)) if row == copy => {
                same += 1;
                tell(same);
                continue;
            }
            (Some(row), Some(copy)) => table.key_of(&row).into_iter().zip(table.key_of(&copy)).fold(
                (Ordering::Equal, Vec::new(), Vec::new()),
                |(so_far, mut row, mut copy), (one, other)| {
                    let order = so_far.then_with(|| order(&one, &other));
                    row.push(one);
                    copy.push(other);
                    (order, row, copy)
                },
            ),
            (Some(row), None) => (Ordering::Less, table.key_of(&row), Vec::new()),
            (None, Some(copy)) => (Ordering::Greater, Vec::new(), table.key_of(&copy)),
        };
        let (order, row, copy) = key;
        let first = if order == Ordering::Greater { copy } else { row };
        return Err(MoveError::Differs { table: table.name.clone(), key: shown(&first) });
    }
}

/// As both engines order the values of a key.
fn order(one: &Param<'_>, other: &Param<'_>) -> Ordering {
    match (one, other) {
        (Param::Integer(one), Param::Integer(other)) => one.cmp(other),
        (Param::Text(one), Param::Text(other)) => one.as_bytes().cmp(other.as_bytes()),
        (Param::Blob(one), Param::Blob(other)) => one.cmp(other),
        _ => Ordering::Equal,
    }
}
