//! One row of an answer.

use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::types::ValueRef;

use super::Param;
use crate::error::StoreError;
use crate::postgres;

/// One row; columns are counted from 0 in the order of the `SELECT`.
///
/// Every getter fails with [`StoreError::Corrupt`] when the column holds something else than asked for, and with
/// [`StoreError::Internal`] when there is no such column.
pub struct Row<'r>(Source<'r>);

enum Source<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'r> {
    Null,
    Integer(i64),
    Text(&'r [u8]),
    Blob(&'r [u8]),
    /// What this program never writes.
    Other,
}

impl<'r> From<&'r rusqlite::Row<'r>> for Row<'r> {
    fn from(row: &'r rusqlite::Row<'r>) -> Self {
        Self(Source::Sqlite(row))
    }
}

impl<'r> From<&'r tokio_postgres::Row> for Row<'r> {
    fn from(row: &'r tokio_postgres::Row) -> Self {
        Self(Source::Postgres(row))
    }
}

impl<'r> Row<'r> {
    /// Text.
    ///
    /// # Errors
    /// The column is absent, NULL or not text.
    pub fn text(&self, column: usize) -> Result<&'r str, StoreError> {
        self.optional_text(column)?.ok_or_else(|| mismatch(column, "text", "NULL"))
    }

    /// Text or NULL.
    ///
    /// # Errors
    /// The column is absent or not text.
    pub fn optional_text(&self, column: usize) -> Result<Option<&'r str>, StoreError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Text(bytes) => str::from_utf8(bytes)
                .map(Some)
                .map_err(|_| mismatch(column, "text", "bytes that are not UTF-8")),
            other => Err(mismatch(column, "text", kind(other))),
        }
    }

    /// A whole number.
    ///
    /// # Errors
    /// The column is absent, NULL or not a whole number.
    pub fn integer(&self, column: usize) -> Result<i64, StoreError> {
        self.optional_integer(column)?.ok_or_else(|| mismatch(column, "a whole number", "NULL"))
    }

    /// A whole number or NULL.
    ///
    /// # Errors
    /// The column is absent or not a whole number.
    pub fn optional_integer(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.value(column)? {
            Value::Null => Ok(None),
            Value::Integer(number) => Ok(Some(number)),
            other => Err(mismatch(column, "a whole number", kind(other))),
        }
    }

    /// A boolean.
    ///
    /// # Errors
    /// The column is absent or neither 0 nor 1.
    pub fn boolean(&self, column: usize) -> Result<bool, StoreError> {
        match self.integer(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(mismatch(column, "0 or 1", "another number")),
        }
    }

    /// Bytes.
    ///
    /// # Errors
    /// The column is absent or not bytes.
    pub fn blob(&self, column: usize) -> Result<&'r [u8], StoreError> {
        match self.value(column)? {
            Value::Blob(bytes) => Ok(bytes),
            other => Err(mismatch(column, "bytes", kind(other))),
        }
    }

    /// An id, or anything else that reads itself from text.
    ///
    /// # Errors
    /// The column is absent or not such text.
    pub fn id<T: FromStr>(&self, column: usize) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|_| mismatch(column, "an id or a known word", "other text"))
    }

    /// An id, or anything else that reads itself from text; or NULL.
    ///
    /// # Errors
    /// The column is absent or not such text.
    pub fn optional_id<T: FromStr>(&self, column: usize) -> Result<Option<T>, StoreError> {
        match self.optional_text(column)? {
            None => Ok(None),
            Some(_) => self.id(column).map(Some),
        }
    }

    /// A time, stored as milliseconds since 1970.
    ///
    /// # Errors
    /// The column is absent, or not a time of this calendar.
    pub fn timestamp(&self, column: usize) -> Result<Timestamp, StoreError> {
        self.optional_timestamp(column)?.ok_or_else(|| mismatch(column, "a time", "NULL"))
    }

    /// A time or NULL.
    ///
    /// # Errors
    /// The column is absent, or not a time of this calendar.
    pub fn optional_timestamp(&self, column: usize) -> Result<Option<Timestamp>, StoreError> {
        let Some(milliseconds) = self.optional_integer(column)? else { return Ok(None) };
        Timestamp::from_millisecond(milliseconds)
            .map(Some)
            .map_err(|_| mismatch(column, "a time", "a number out of range"))
    }

    /// Whatever the column holds, for writing it elsewhere.
    ///
    /// # Errors
    /// The column is absent, or holds what this program never writes.
    pub(crate) fn param(&self, column: usize) -> Result<Param<'static>, StoreError> {
        Ok(match self.value(column)? {
            Value::Null => Param::Null,
            Value::Integer(number) => Param::Integer(number),
            Value::Text(_) => Param::from(self.text(column)?.to_owned()),
            Value::Blob(bytes) => Param::from(bytes.to_vec()),
            other @ Value::Other => return Err(mismatch(column, "a value of the schema", kind(other))),
        })
    }

    fn value(&self, column: usize) -> Result<Value<'r>, StoreError> {
        let value = match self.0 {
            Source::Sqlite(row) => row.get_ref(column).ok().map(|value| match value {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(number) => Value::Integer(number),
                ValueRef::Real(_) => Value::Other,
                ValueRef::Text(text) => Value::Text(text),
                ValueRef::Blob(bytes) => Value::Blob(bytes),
            }),
            Source::Postgres(row) => postgres::read_value(row, column),
        };
        value.ok_or_else(|| StoreError::Internal(format!("the statement has no column {column}")))
    }
}

fn kind(value: Value<'_>) -> &'static str {
    match value {
        Value::Null => "NULL",
        Value::Integer(_) => "a whole number",
        Value::Other => "something else",
        Value::Text(_) => "text",
        Value::Blob(_) => "bytes",
    }
}

fn mismatch(column: usize, wanted: &str, found: &str) -> StoreError {
    StoreError::Corrupt(format!("column {column} should hold {wanted} and holds {found}"))
}
