//! Values on their way to PostgreSQL and back.

use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::error::StoreError;
use crate::tx::{Param, Value};

type Failure = Box<dyn Error + Sync + Send>;

/// A value that cannot be bound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unfit {
    /// PostgreSQL has no such character.
    #[error("a text holds the character U+0000")]
    Nul,
    /// The statement has another type in that place.
    #[error("{0}")]
    Type(String),
}

impl From<Unfit> for StoreError {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Nul => Self::NulCharacter,
            Unfit::Type(what) => Self::Internal(what),
        }
    }
}

/// Whether PostgreSQL can hold a value at all.
pub(super) fn fits(param: &Param<'_>) -> Result<(), Unfit> {
    match param {
        Param::Text(value) if value.contains('\0') => Err(Unfit::Nul),
        _ => Ok(()),
    }
}

/// A parameter, bound as the type that the statement has in its place.
#[derive(Debug)]
pub(super) struct Bound<'p>(pub(super) &'p Param<'p>);

impl ToSql for Bound<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        let text = *ty == Type::TEXT || *ty == Type::VARCHAR || *ty == Type::UNKNOWN;
        match self.0 {
            Param::Null => return Ok(IsNull::Yes),
            Param::Integer(number) if *ty == Type::INT8 => out.extend_from_slice(&number.to_be_bytes()),
            Param::Integer(number) if *ty == Type::INT4 => {
                let narrow = i32::try_from(*number)
                    .map_err(|_| Unfit::Type(format!("{number} is bound where the statement has {ty}")))?;
                out.extend_from_slice(&narrow.to_be_bytes());
            }
            Param::Text(value) if text => {
                fits(self.0)?;
                out.extend_from_slice(value.as_bytes());
            }
            Param::Id(id) if text => {
                let mut buffer = uuid::Uuid::encode_buffer();
                out.extend_from_slice(id.hyphenated().encode_lower(&mut buffer).as_bytes());
            }
            Param::Blob(bytes) if *ty == Type::BYTEA => out.extend_from_slice(bytes),
            other => {
                return Err(Unfit::Type(format!("{other:?} is bound where the statement has {ty}")).into());
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'r> FromSql<'r> for Value<'r> {
    fn from_sql(ty: &Type, raw: &'r [u8]) -> Result<Self, Failure> {
        Ok(match *ty {
            Type::INT8 => Self::Integer(i64::from_sql(ty, raw)?),
            Type::INT4 => Self::Integer(i32::from_sql(ty, raw)?.into()),
            Type::INT2 => Self::Integer(i16::from_sql(ty, raw)?.into()),
            // The other engine has no type for it.
            Type::BOOL => Self::Integer(bool::from_sql(ty, raw)?.into()),
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => Self::Text(raw),
            Type::BYTEA => Self::Blob(raw),
            _ => Self::Other,
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Failure> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// One column; `None` when there is no such column.
pub(crate) fn read(row: &Row, column: usize) -> Option<Value<'_>> {
    row.try_get(column).ok()
}
