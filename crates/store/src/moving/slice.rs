//! A table in slices, in the order of its key: what is in memory does not grow with the table.

use std::ops::ControlFlow;

use super::layout::Table;
use crate::error::StoreError;
use crate::tx::{Param, Tx};

/// Rows in a slice at most. In tests each row is a slice, so that few rows cross many.
const ROWS: usize = if cfg!(test) { 1 } else { 1_000 };

/// Bytes in a slice, roughly: a row that goes beyond is the last.
const BYTES: usize = 8 * 1024 * 1024;

/// A row: a value for each column.
pub(super) type Values = Vec<Param<'static>>;

/// A table of a snapshot, from its first row on.
pub(super) struct Slices<'s, 't> {
    tx: &'s Tx<'t>,
    table: &'s Table,
    after: Option<Values>,
}

impl<'s, 't> Slices<'s, 't> {
    pub(super) fn of(tx: &'s Tx<'t>, table: &'s Table) -> Self {
        Self { tx, table, after: None }
    }

    /// The next rows; `None` at the end.
    ///
    /// # Errors
    /// The engine's.
    pub(super) fn next(&mut self) -> Result<Option<Vec<Values>>, StoreError> {
        let mut params = self.after.clone().unwrap_or_default();
        params.push(Param::Integer(i64::try_from(ROWS).unwrap_or(i64::MAX)));
        let (mut rows, mut bytes) = (Vec::new(), 0);
        self.tx.each(&self.table.select(self.after.is_some()), &params, |row| {
            let values = (0..self.table.columns.len())
                .map(|column| row.param(column))
                .collect::<Result<Values, _>>()?;
            bytes += values.iter().map(length).sum::<usize>();
            rows.push(values);
            Ok(if bytes < BYTES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        let Some(last) = rows.last() else { return Ok(None) };
        self.after = Some(self.table.key_of(last));
        Ok(Some(rows))
    }
}

fn length(value: &Param<'_>) -> usize {
    match value {
        Param::Text(text) => text.len(),
        Param::Blob(bytes) => bytes.len(),
        Param::Null | Param::Integer(_) | Param::Id(_) => size_of::<i64>(),
    }
}

/// A key for people.
pub(super) fn shown(key: &[Param<'static>]) -> String {
    let one = |value: &Param<'static>| match value {
        Param::Null => "NULL".to_owned(),
        Param::Integer(number) => number.to_string(),
        Param::Text(text) => format!("{text:?}"),
        Param::Blob(bytes) => data_encoding::HEXLOWER.encode(bytes),
        Param::Id(id) => id.to_string(),
    };
    key.iter().map(one).collect::<Vec<_>>().join(", ")
}
