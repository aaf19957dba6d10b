//! Values bound to a statement.

use std::borrow::Cow;

use enroll_domain::Target;
use enroll_domain::id::{
    AuthorizationId, ClientId, CustomResourceId, DirectoryId, GrantId, GroupId, LogoutId, MappingId,
    OrganizationId, ResourceId, SessionId, SigningKeyId, TokenId, UserId, WebhookId,
};
use jiff::Timestamp;
use uuid::Uuid;

/// One bound value. Text never becomes part of a statement: it travels here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Param<'a> {
    /// No value.
    Null,
    /// A whole number; also a boolean (0, 1) and a time (milliseconds since 1970).
    Integer(i64),
    /// Text.
    Text(Cow<'a, str>),
    /// Bytes.
    Blob(Cow<'a, [u8]>),
    /// An id, stored as hyphenated lower-case text.
    Id(Uuid),
}

/// The parameters of a statement: `params![id, name, now]` is an array of [`Param`].
///
/// ```
/// use enroll_store::{Param, params};
///
/// assert_eq!(params!["acme", 7, None::<&str>], [Param::from("acme"), Param::Integer(7), Param::Null]);
/// ```
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { [$($crate::Param::from($value)),*] };
}

impl Param<'_> {
    /// The same value with its text or bytes copied, for keeping longer than what it was made from.
    pub fn into_owned(self) -> Param<'static> {
        match self {
            Self::Null => Param::Null,
            Self::Integer(number) => Param::Integer(number),
            Self::Text(text) => Param::Text(Cow::Owned(text.into_owned())),
            Self::Blob(bytes) => Param::Blob(Cow::Owned(bytes.into_owned())),
            Self::Id(id) => Param::Id(id),
        }
    }
}

impl From<i64> for Param<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<i32> for Param<'_> {
    fn from(number: i32) -> Self {
        Self::Integer(i64::from(number))
    }
}

impl From<u32> for Param<'_> {
    fn from(number: u32) -> Self {
        Self::Integer(i64::from(number))
    }
}

impl From<bool> for Param<'_> {
    fn from(value: bool) -> Self {
        Self::Integer(i64::from(value))
    }
}

/// Times are milliseconds since 1970: what SCIM answers show (RFC 7643 §2.3.5) and every engine orders.
impl From<Timestamp> for Param<'_> {
    fn from(time: Timestamp) -> Self {
        Self::Integer(time.as_millisecond())
    }
}

impl<'a> From<&'a str> for Param<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Param<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Param<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<&'a [u8]> for Param<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Blob(Cow::Borrowed(bytes))
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Param<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::Blob(Cow::Borrowed(bytes))
    }
}

impl From<Vec<u8>> for Param<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(Cow::Owned(bytes))
    }
}

impl<'a, T> From<Option<T>> for Param<'a>
where
    Param<'a>: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

impl From<Uuid> for Param<'_> {
    fn from(id: Uuid) -> Self {
        Self::Id(id)
    }
}

impl From<Target> for Param<'_> {
    fn from(target: Target) -> Self {
        match target {
            Target::Organization(organization) => organization.into(),
            Target::Resource(resource) => resource.into(),
        }
    }
}

macro_rules! from_ids {
    ($($id:ty)+) => {$(
        impl From<$id> for Param<'_> {
            fn from(id: $id) -> Self {
                Self::Id(*id.as_uuid())
            }
        }

        impl From<&$id> for Param<'_> {
            fn from(id: &$id) -> Self {
                Self::Id(*id.as_uuid())
            }
        }
    )+};
}

from_ids! { DirectoryId UserId GroupId OrganizationId MappingId CustomResourceId ResourceId TokenId GrantId SessionId ClientId AuthorizationId LogoutId SigningKeyId WebhookId }
